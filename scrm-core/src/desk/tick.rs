//! What has fallen due? Warnings, breaches, rungs, claims whose time ran out, cases that wait for somebody.
//!
//! Read [`Desk::tick`] first. It costs what is due and not what is open: the record says which cases are to be looked at,
//! and after each look when the next one is.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::clocks::{Look, clocks, look};
use super::team::{row_of, wanted};
use super::{ATTEMPTS, Desk, DeskError};
use crate::engage::{self, AssignPolicy, Seat};
use crate::model::{Assignment, CaseChange, CaseId, CaseMark, CaseStatus, Event};
use crate::record::{
    CaseAt, CommitOptions, DueCase, DueQuery, NextDue, Staff, Store, StoreError, StoreErrorKind,
};
use crate::route::{RunningClock, explain_clock};

/// What came of one tick, as counts; what must be done about it stands among the effects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticked {
    /// Cases whose clocks were looked at.
    pub looked_at: u64,
    /// Deadlines that come near.
    pub warned: u64,
    /// Deadlines that have passed.
    pub breached: u64,
    /// Rungs that were reached.
    pub escalated: u64,
    /// Claims whose time ran out.
    pub expired: u64,
    /// Cases that were given to somebody.
    pub assigned: u64,
    /// Cases that went into a queue.
    pub queued: u64,
    /// Cases that nobody could have.
    pub unassigned: u64,
    /// Incidents that are over.
    pub closed: u64,
}

impl Ticked {
    fn count(&mut self, events: &[Event]) {
        for event in events {
            let Event::CaseChanged { change, .. } = event else { continue };
            let number = match change.as_ref() {
                CaseChange::Warned { .. } => &mut self.warned,
                CaseChange::Breached { .. } => &mut self.breached,
                CaseChange::Escalated { .. } => &mut self.escalated,
                CaseChange::Released { .. } => &mut self.expired,
                CaseChange::Assigned { to: Assignment::Person { .. } } => &mut self.assigned,
                CaseChange::Assigned { to: Assignment::Queue { .. } } => &mut self.queued,
                CaseChange::Assigned { to: Assignment::Unassigned { .. } } => &mut self.unassigned,
                _ => continue,
            };
            *number += 1;
        }
    }
}

impl<S: Store> Desk<S> {
    /// Tells what has fallen due by `now`: each warning, breach and rung once for its case, whenever and however often this
    /// is called, by one process or by many, after a restart, and when the clock was set back or forward. Claims whose
    /// time ran out are released, and where `team.toml` has `[assign]`, cases that nobody has are given to somebody.
    ///
    /// All of it is recorded with what the host must do about it ([`effects`](Self::effects)), page by page, each page in
    /// one transaction. Under other rules or calendars than before, every open case is looked at once.
    ///
    /// ```
    /// use scrm_core::desk::Desk;
    /// use scrm_core::engine::Engine;
    /// use scrm_core::playbook::Playbook;
    /// use scrm_core::record::MemoryStore;
    /// # let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    /// let playbook = Playbook::load(format!("{root}/examples/playbooks/northwind")).unwrap();
    /// let mut desk = Desk::open(Engine::compile(&playbook).unwrap(), MemoryStore::new());
    /// let message = serde_json::from_str(r#"{"source":"x","external_id":"1","kind":"post",
    ///     "visibility":"public","text":"@northwind how do I cancel?","times":{"created":"2026-11-02T08:14:00Z"}}"#).unwrap();
    /// desk.receive(vec![message], "2026-11-02T08:14:00Z".parse().unwrap()).unwrap();
    /// // The first response is due within the hour; people are warned half an hour and ten minutes before.
    /// let ticked = desk.tick("2026-11-02T09:10:00Z".parse().unwrap()).unwrap();
    /// assert_eq!((ticked.warned, ticked.breached), (2, 0));
    /// let ticked = desk.tick("2026-11-02T09:15:00Z".parse().unwrap()).unwrap();
    /// assert_eq!((ticked.warned, ticked.breached), (0, 1));
    /// ```
    ///
    /// # Errors
    /// When the store fails. What was told before stays told, and the same call may simply be made again.
    pub fn tick(&mut self, now: DateTime<Utc>) -> Result<Ticked, StoreError> {
        let rules = self.clock_rules();
        self.store.clock_rules(&self.tenant, &rules)?;
        let mut ticked = Ticked::default();
        let limit = self.engine.playbook().limits().group.max(1);
        let mut after = None;
        loop {
            let query = DueQuery { by: now, after, limit };
            let Some(last) = self.tick_page(&query, now, &mut ticked)? else { break };
            after = Some(last);
        }
        ticked.closed = self.close_spikes(now)?;
        Ok(ticked)
    }

    /// How every clock of a case stands at `now`.
    ///
    /// # Errors
    /// When there is no such case, or the store cannot be read.
    pub fn clocks(&mut self, case: &CaseId, now: DateTime<Utc>) -> Result<Vec<RunningClock>, DeskError> {
        let CaseAt { case, .. } = self.known(case)?;
        let events: Vec<Event> = self.case_log(&case.id)?.into_iter().map(|(_, event)| event).collect();
        Ok(clocks(self.engine.router(), &case, &events, now))
    }

    /// Why the clocks of a case stand where they stand, and what they have told so far, as text for people.
    ///
    /// # Errors
    /// When there is no such case, or the store cannot be read.
    // Writing to a String cannot fail, so results are dropped.
    pub fn explain_clock(&mut self, case: &CaseId, now: DateTime<Utc>) -> Result<String, DeskError> {
        let running = self.clocks(case, now)?;
        let CaseAt { case, .. } = self.known(case)?;
        let mut out = String::new();
        if running.is_empty() {
            _ = writeln!(out, "no service level holds for this case");
        }
        for clock in &running {
            out.push_str(&explain_clock(clock));
        }
        for mark in &case.told {
            _ = match mark {
                CaseMark::Warning { sla, clock, before } => {
                    writeln!(out, "told: {} of {sla} is due in {before}", clock.replace('_', " "))
                }
                CaseMark::Breach { sla, clock } => {
                    writeln!(out, "told: {} of {sla} is overdue", clock.replace('_', " "))
                }
                CaseMark::Rung { ladder, rung, at } => {
                    writeln!(out, "told: rung {rung} of {ladder}, {}", at.format("%Y-%m-%dT%H:%M:%SZ"))
                }
            };
        }
        Ok(out)
    }

    /// By which rules clocks are read: the protocol's, and the calendars'.
    fn clock_rules(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.engine.router().protocol().hash());
        hash.update(format!("{:?}", self.engine.router().calendars()));
        hash.update([u8::from(self.engine.playbook().engage.assign.is_some())]);
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Looks at one page of cases; where the last of them stands, `None` when there are no more.
    fn tick_page(
        &mut self,
        query: &DueQuery,
        now: DateTime<Utc>,
        ticked: &mut Ticked,
    ) -> Result<Option<(DateTime<Utc>, CaseId)>, StoreError> {
        let mut tried = 1;
        loop {
            let due = self.store.due_cases(&self.tenant, query)?;
            let Some(last) = due.last().map(|case| (case.due, case.case.id.clone())) else { return Ok(None) };
            let page = self.look_at(&due, now)?;
            match self.store.commit_with(&self.tenant, &page.events, &page.options) {
                // Somebody took what was to be given, or gave it: look again.
                Err(error) if error.kind() == StoreErrorKind::Stale && tried < ATTEMPTS => tried += 1,
                Err(error) => return Err(error),
                Ok(receipt) => {
                    ticked.looked_at += due.len() as u64;
                    // Where another process told something first, its events were left out here.
                    if receipt.duplicates == 0 {
                        ticked.count(&page.events);
                    }
                    return Ok((due.len() >= query.limit).then_some(last));
                }
            }
        }
    }

    fn look_at(&mut self, due: &[DueCase], now: DateTime<Utc>) -> Result<Page, StoreError> {
        let policy = self.engine.playbook().engage.assign.clone();
        let staff = if policy.is_some() { self.store.staff(&self.tenant)? } else { Vec::new() };
        let seats = policy.as_ref().map(|policy| self.seats(&staff, policy, now)).unwrap_or_default();
        let mut page = Page { seats, staff, ..Page::default() };
        for due in due {
            let mut look = look(self.engine.router(), &due.case, &due.events, now);
            if let Some(policy) = &policy {
                page.give(due, &mut look, policy, now);
            }
            page.events.append(&mut look.events);
            let (case, revision) = (due.case.id.clone(), due.revision);
            page.options.due.push(NextDue { case, revision, at: look.next });
        }
        Ok(page)
    }
}

/// Whether a case lies in the same queue as before, or has nobody for the same reason.
fn is_same(before: &Assignment, to: &Assignment) -> bool {
    match (before, to) {
        (Assignment::Queue { queue: before, .. }, Assignment::Queue { queue, .. }) => before == queue,
        (Assignment::Unassigned { reason: before, .. }, Assignment::Unassigned { reason, .. }) => {
            before == reason
        }
        _ => false,
    }
}

/// What a page of due cases comes to.
#[derive(Default)]
struct Page {
    events: Vec<Event>,
    options: CommitOptions,
    /// The team, with what it is given on this page.
    seats: Vec<Seat>,
    /// The team as it was before.
    staff: Vec<Staff>,
}

impl Page {
    /// Gives a case to somebody, when nobody has it.
    fn give(&mut self, due: &DueCase, look: &mut Look, policy: &AssignPolicy, now: DateTime<Utc>) {
        let case = &due.case;
        let has_it = case.assigned.as_ref().and_then(Assignment::person).is_some();
        let answers_it = case.claim.as_ref().is_some_and(|claim| claim.holds(now));
        if has_it || answers_it || matches!(case.status, CaseStatus::Waiting | CaseStatus::Resolved) {
            return;
        }
        // What nobody could have is looked at again, but not at each turn of the clock.
        if let Some(again) = case.assigned.as_ref().and_then(|to| to.at().checked_add_signed(policy.retry))
            && case.assigned.as_ref().is_some_and(|to| to.person().is_none())
            && now < again
        {
            look.not_after(again);
            return;
        }
        let wanted = wanted(case, &due.events, policy, now);
        let to = engage::assign(&wanted, &self.seats, policy, now);
        if let Some(person) = to.person() {
            if let Some(seat) = self.seats.iter_mut().find(|seat| seat.person == *person) {
                seat.load = seat.load.saturating_add(wanted.weight);
                seat.last_assigned = Some(now);
            }
            if !self.options.staff.iter().any(|row| row.person == *person) {
                self.options.staff.push(row_of(&self.staff, person));
            }
        } else {
            look.not_after(now.checked_add_signed(policy.retry).unwrap_or(now));
            // Nothing has changed for it: that is said once.
            if case.assigned.as_ref().is_some_and(|before| is_same(before, &to)) {
                return;
            }
        }
        // A clock of its own may start when somebody has it.
        if to.person().is_some() {
            look.not_after(now);
        }
        self.options.unchanged.push((case.id.clone(), due.revision));
        let change = Box::new(CaseChange::Assigned { to });
        look.events.push(Event::CaseChanged { case: case.id.clone(), at: now, by: None, change });
    }
}
