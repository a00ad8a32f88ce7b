//! What became of the cases? Opened, answered, resolved, by day and department; and those that wait.
//!
//! Read [`CaseBook`] first. A case that is not resolved has a row; all that measures ask of it is folded into the day on which
//! it was opened, and folded out again when it changes. The row of a resolved case is dropped, what was folded stays. When
//! such a case comes back, it is counted anew as one that came again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::day::{Hours, join_all, local, part};
use super::sums::{Change, Counts, Quantiles};
use crate::model::{Case, CaseChange, CaseId, CaseStatus, IncidentId, MessageKey, MonitorId, Topic};

/// One case, as far as it is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct CaseRow {
    pub(super) first: MessageKey,
    /// The department; empty when nobody has it.
    pub(super) department: String,
    pub(super) issue: Option<Topic>,
    pub(super) priority: u8,
    pub(super) review: bool,
    pub(super) incident: Option<IncidentId>,
    pub(super) opened: DateTime<Utc>,
    pub(super) due: Option<DateTime<Utc>>,
    pub(super) resolution_due: Option<DateTime<Utc>>,
    pub(super) answered: Option<DateTime<Utc>>,
    pub(super) resolved: Option<DateTime<Utc>>,
    pub(super) messages: u32,
    /// Monitors that found any of its messages.
    pub(super) monitors: BTreeSet<MonitorId>,
    /// Whether it was resolved before and came back.
    pub(super) again: bool,
}

impl CaseRow {
    pub(super) fn of(case: &Case) -> Self {
        Self {
            first: case.first.clone(),
            department: case.department.as_ref().map_or(String::new(), |name| name.as_str().to_owned()),
            issue: case.issue.clone(),
            priority: case.priority,
            review: case.status == CaseStatus::Review,
            incident: case.incident.clone(),
            opened: case.opened,
            due: case.first_response_due,
            resolution_due: case.resolution_due,
            answered: case.answered,
            resolved: case.resolved,
            messages: case.messages,
            monitors: BTreeSet::new(),
            again: false,
        }
    }

    /// The case as it is now; what is known of its answers stays.
    fn update(&mut self, case: &Case) {
        let now = Self::of(case);
        *self = Self {
            // What was answered before it came back is counted already.
            answered: if self.again {
                self.answered
            } else {
                self.answered.into_iter().chain(case.answered).min()
            },
            monitors: std::mem::take(&mut self.monitors),
            again: self.again,
            ..now
        };
    }

    /// Whether nobody had answered it at an instant.
    pub(super) fn waits_at(&self, at: DateTime<Utc>) -> bool {
        self.opened <= at && self.left().is_none_or(|left| left > at)
    }

    /// Whether its first response was overdue at an instant.
    pub(super) fn is_late_at(&self, at: DateTime<Utc>) -> bool {
        self.waits_at(at) && self.due.is_some_and(|due| due < at)
    }

    /// When it was answered, or resolved without an answer.
    pub(super) fn left(&self) -> Option<DateTime<Utc>> {
        self.answered.into_iter().chain(self.resolved).min()
    }
}

/// The cases that were opened on one day for one department.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct CaseDay {
    pub(super) opened: u64,
    /// Cases that came back after they had been resolved.
    pub(super) again: u64,
    pub(super) hours: Hours,
    pub(super) priorities: Counts<u8>,
    /// How many hours after the one in which it is opened the first response falls due.
    pub(super) promises: Counts<i64>,
    pub(super) answered: u64,
    pub(super) resolved: u64,
    pub(super) first_response: Quantiles,
    pub(super) resolution: Quantiles,
    /// First responses that were promised for an instant and given: in time, and late.
    pub(super) response_met: u64,
    pub(super) response_late: u64,
    pub(super) resolution_met: u64,
    pub(super) resolution_late: u64,
}

/// What changed on one day, whenever the cases were opened.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct CaseFlow {
    /// Answered, or resolved without an answer.
    pub(super) left: u64,
    pub(super) answered: u64,
    pub(super) resolved: u64,
    /// First responses that became overdue on this day and were given later; and those given late on this day.
    pub(super) late_from: u64,
    pub(super) late_until: u64,
    /// Cases that the department handed over to another.
    pub(super) handed_over: u64,
    /// Responses sent, by the person.
    pub(super) responses: Counts<String>,
}

/// Cases that a monitor led to, and those of them that somebody acted upon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Acted {
    pub(super) cases: u64,
    pub(super) acted: u64,
}

/// Departments by name.
pub(super) type ByDepartment<T> = BTreeMap<String, T>;

/// All cases of a record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct CaseBook {
    pub(super) rows: BTreeMap<CaseId, CaseRow>,
    pub(super) days: BTreeMap<NaiveDate, ByDepartment<CaseDay>>,
    pub(super) flow: BTreeMap<NaiveDate, ByDepartment<CaseFlow>>,
    pub(super) monitors: BTreeMap<MonitorId, Acted>,
}

impl CaseBook {
    /// A case was opened, joined or otherwise changed; `monitors` found the message by which.
    pub(super) fn put(&mut self, case: &Case, monitors: &[MonitorId], opened: bool, zone: Tz) {
        self.change(&case.id, zone, |row| match row {
            Some(mut row) => {
                row.update(case);
                row.monitors.extend(monitors.iter().cloned());
                Some(row)
            }
            None => {
                let mut row = CaseRow::of(case);
                row.monitors.extend(monitors.iter().cloned());
                if !opened {
                    (row.again, row.answered, row.resolved) = (true, None, None);
                }
                Some(row)
            }
        });
    }

    /// Somebody answered a case.
    pub(super) fn answer(&mut self, case: &CaseId, person: &str, at: DateTime<Utc>, zone: Tz) {
        let mut department = String::new();
        self.change(case, zone, |row| {
            let mut row = row?;
            row.answered = Some(row.answered.map_or(at, |before| before.min(at)));
            department.clone_from(&row.department);
            Some(row)
        });
        cell(&mut self.flow, local(at, zone).0, &department, |flow| {
            flow.responses.change_of(person, Change::Add)
        });
    }

    /// Something else happened to a case.
    pub(super) fn changed(&mut self, case: &CaseId, at: DateTime<Utc>, change: &CaseChange, zone: Tz) {
        let mut handed = None;
        self.change(case, zone, |row| {
            let mut row = row?;
            match change {
                CaseChange::HandedOver { department, .. } => {
                    handed = Some(std::mem::replace(&mut row.department, department.as_str().to_owned()));
                    row.review = false;
                }
                CaseChange::JoinedIncident { incident } => row.incident = Some(incident.clone()),
                CaseChange::Claimed { .. } | CaseChange::Waiting { .. } | CaseChange::Resumed => {
                    row.review = false
                }
                _ => {}
            }
            Some(row)
        });
        if let Some(from) = handed {
            cell(&mut self.flow, local(at, zone).0, &from, |flow| Change::Add.of(&mut flow.handed_over, 1));
        }
    }

    /// A case came back after it had been resolved, and is now like this.
    pub(super) fn reopened(&mut self, case: &Case, zone: Tz) {
        self.change(&case.id, zone, |row| {
            let fresh = || CaseRow { again: true, answered: None, ..CaseRow::of(case) };
            Some(CaseRow { resolved: None, ..row.unwrap_or_else(fresh) })
        });
    }

    /// A case came to an end: its row goes, what it was stays counted.
    pub(super) fn resolve(&mut self, case: &CaseId, at: DateTime<Utc>, zone: Tz) {
        self.change(case, zone, |row| row.map(|row| CaseRow { resolved: Some(at), ..row }));
        self.rows.remove(case);
    }

    fn change(&mut self, id: &CaseId, zone: Tz, change: impl FnOnce(Option<CaseRow>) -> Option<CaseRow>) {
        let before = self.rows.remove(id);
        if let Some(row) = &before {
            self.fold(row, Change::Take, zone);
        }
        if let Some(row) = change(before) {
            self.fold(&row, Change::Add, zone);
            self.rows.insert(id.clone(), row);
        }
    }

    /// Adds all that is measured of a row, or takes it away again.
    fn fold(&mut self, row: &CaseRow, change: Change, zone: Tz) {
        let (day, hour) = local(row.opened, zone);
        cell(&mut self.days, day, &row.department, |cell| cell.change(row, hour, change));
        let mut on = |at: DateTime<Utc>, count: fn(&mut CaseFlow) -> &mut u64| {
            cell(&mut self.flow, local(at, zone).0, &row.department, |flow| change.of(count(flow), 1));
        };
        if let Some(left) = row.left() {
            on(left, |flow| &mut flow.left);
            if let Some(due) = row.due.filter(|due| *due < left) {
                on(due, |flow| &mut flow.late_from);
                on(left, |flow| &mut flow.late_until);
            }
        }
        if let Some(answered) = row.answered {
            on(answered, |flow| &mut flow.answered);
        }
        if let Some(resolved) = row.resolved {
            on(resolved, |flow| &mut flow.resolved);
        }
        for monitor in &row.monitors {
            part(&mut self.monitors, monitor, |acted| {
                change.of(&mut acted.cases, 1);
                change.of(&mut acted.acted, row.left().is_some().into());
            });
        }
    }

    /// The cases of another part of the record.
    pub(super) fn join(&mut self, other: &Self) {
        self.rows.extend(other.rows.iter().map(|(id, row)| (id.clone(), row.clone())));
        for (day, theirs) in &other.days {
            join_all(self.days.entry(*day).or_default(), theirs, CaseDay::join);
        }
        for (day, theirs) in &other.flow {
            join_all(self.flow.entry(*day).or_default(), theirs, CaseFlow::join);
        }
        join_all(&mut self.monitors, &other.monitors, |ours, theirs| {
            ours.cases += theirs.cases;
            ours.acted += theirs.acted;
        });
    }

    /// How many cases nobody had answered at the end of a day, for each department.
    pub(super) fn backlog(&self, day: NaiveDate) -> ByDepartment<u64> {
        let mut sums: ByDepartment<u64> = BTreeMap::new();
        for (name, cell) in self.days.range(..=day).flat_map(|(_, departments)| departments) {
            *sums.entry(name.clone()).or_default() += cell.opened;
        }
        for (name, flow) in self.flow.range(..=day).flat_map(|(_, departments)| departments) {
            let sum = sums.entry(name.clone()).or_default();
            *sum = sum.saturating_sub(flow.left);
        }
        sums
    }
}

/// Changes what a department has on a day; what is empty afterwards is not kept.
fn cell<T: Default + PartialEq>(
    days: &mut BTreeMap<NaiveDate, ByDepartment<T>>,
    day: NaiveDate,
    department: &str,
    change: impl FnOnce(&mut T),
) {
    let departments = days.entry(day).or_default();
    part(departments, &department.to_owned(), change);
    if departments.is_empty() {
        days.remove(&day);
    }
}

impl CaseDay {
    fn change(&mut self, row: &CaseRow, hour: usize, change: Change) {
        change.of(&mut self.opened, 1);
        change.of(&mut self.again, row.again.into());
        if let Some(count) = self.hours.get_mut(hour) {
            change.of(count, 1);
        }
        self.priorities.change(row.priority, change);
        if let Some(due) = row.due {
            let hours = due.timestamp().div_euclid(3600) - row.opened.timestamp().div_euclid(3600);
            self.promises.change(hours, change);
        }
        // What came back was answered before: a second first response there is not.
        if let Some(answered) = row.answered.filter(|_| !row.again) {
            change.of(&mut self.answered, 1);
            self.first_response.change(answered.signed_duration_since(row.opened).num_seconds(), change);
            if let Some(due) = row.due {
                change.of(if answered <= due { &mut self.response_met } else { &mut self.response_late }, 1);
            }
        }
        if let Some(resolved) = row.resolved {
            change.of(&mut self.resolved, 1);
            self.resolution.change(resolved.signed_duration_since(row.opened).num_seconds(), change);
            if let Some(due) = row.resolution_due {
                change.of(
                    if resolved <= due { &mut self.resolution_met } else { &mut self.resolution_late },
                    1,
                );
            }
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.opened += other.opened;
        self.again += other.again;
        self.hours.iter_mut().zip(&other.hours).for_each(|(ours, theirs)| *ours += theirs);
        self.priorities.join(&other.priorities);
        self.promises.join(&other.promises);
        self.answered += other.answered;
        self.resolved += other.resolved;
        self.first_response.join(&other.first_response);
        self.resolution.join(&other.resolution);
        self.response_met += other.response_met;
        self.response_late += other.response_late;
        self.resolution_met += other.resolution_met;
        self.resolution_late += other.resolution_late;
    }
}

impl CaseFlow {
    pub(super) fn join(&mut self, other: &Self) {
        self.left += other.left;
        self.answered += other.answered;
        self.resolved += other.resolved;
        self.late_from += other.late_from;
        self.late_until += other.late_until;
        self.handed_over += other.handed_over;
        self.responses.join(&other.responses);
    }
}
