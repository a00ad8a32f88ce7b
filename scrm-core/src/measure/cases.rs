//! What waits? Open cases by status, and those that wait longest.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::volume::{add, most_first};
use crate::model::{Case, CaseId, CaseStatus, IncidentId, MessageKey, Topic};

/// How many cases are shown.
const TOP: usize = 5;

/// What waits for us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Cases that are not resolved.
    pub cases: u64,
    /// Of those, how many a person must look at first.
    pub review: u64,
    /// Of those, how many first responses are overdue.
    pub overdue: u64,
    /// Incidents with the number of their cases, largest first.
    pub incidents: Vec<(IncidentId, u64)>,
    /// The cases that wait longest: those that should have been answered, the most overdue first, then the oldest.
    pub longest: Vec<WaitingCase>,
}

/// One case that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaitingCase {
    /// Its id.
    pub case: CaseId,
    /// The message that opened it.
    pub first: MessageKey,
    /// Who has it.
    pub department: Option<String>,
    /// 1 (highest) to 5.
    pub priority: u8,
    /// What it is about.
    pub issue: Option<Topic>,
    /// Since when it waits.
    pub opened: DateTime<Utc>,
    /// When the first response is due.
    pub due: Option<DateTime<Utc>>,
    /// Seconds since it was opened.
    pub waiting_s: i64,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    open: Vec<Case>,
    incidents: BTreeMap<IncidentId, u64>,
}

impl Tally {
    pub(super) fn case(&mut self, case: &Case) {
        if let Some(incident) = &case.incident {
            *self.incidents.entry(incident.clone()).or_default() += 1;
        }
        if case.status != CaseStatus::Resolved {
            self.open.push(case.clone());
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        self.open.extend(other.open);
        add(&mut self.incidents, other.incidents);
    }

    pub(super) fn measure(&self, now: DateTime<Utc>) -> Waiting {
        let unanswered = |case: &&Case| matches!(case.status, CaseStatus::New | CaseStatus::Review);
        let overdue = |case: &Case| case.first_response_due.is_some_and(|due| due < now);
        let mut waiting: Vec<&Case> = self.open.iter().filter(unanswered).collect();
        waiting.sort_by_key(|case| {
            let due = case.first_response_due.filter(|due| *due < now);
            (due.is_none(), due, case.opened, case.id.clone())
        });
        let shown = waiting.iter().take(TOP).map(|case| WaitingCase {
            case: case.id.clone(),
            first: case.first.clone(),
            department: case.department.as_ref().map(|department| department.as_str().to_owned()),
            priority: case.priority,
            issue: case.issue.clone(),
            opened: case.opened,
            due: case.first_response_due,
            waiting_s: now.signed_duration_since(case.opened).num_seconds(),
        });
        Waiting {
            cases: self.open.len() as u64,
            review: self.open.iter().filter(|case| case.status == CaseStatus::Review).count() as u64,
            overdue: waiting.iter().filter(|case| overdue(case)).count() as u64,
            incidents: most_first(&self.incidents),
            longest: shown.collect(),
        }
    }
}
