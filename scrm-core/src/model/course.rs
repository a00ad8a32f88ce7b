//! How does a case stand after what happened? State and event to state: the one law of cases.
//!
//! Read [`Case::after`]. Stores fold the log by it, and whoever wants to know how a case came to be where it is folds the
//! events of [`Store::case_log`](crate::record::Store::case_log).

use chrono::{DateTime, Utc};

use super::{
    Assignment, Case, CaseChange, CaseId, CaseStatus, Claim, Event, PersonId, ResponseRecord, Waiting,
    WaitingOn,
};

impl Event {
    /// The case that it happened to.
    pub fn case(&self) -> Option<&CaseId> {
        match self {
            Self::CaseOpened { case } | Self::CaseJoined { case, .. } => Some(&case.id),
            Self::CaseResolved { case, .. } | Self::CaseChanged { case, .. } => Some(case),
            Self::Responded { response } => Some(&response.case),
            Self::Drafted { draft } => Some(&draft.case),
            _ => None,
        }
    }
}

impl Case {
    /// Who has it: whoever answers it now, else whoever was given it.
    pub fn holder(&self) -> Option<&PersonId> {
        let assigned = || self.assigned.as_ref().and_then(Assignment::person);
        self.claim.as_ref().map(|claim| &claim.person).or_else(assigned)
    }

    /// How a case stands after an event; `None` when the event changes nothing of it: it is about something else, or
    /// there is no such case yet.
    ///
    /// Any event may follow any other: what makes no sense (a release of a claim that is not there) changes nothing.
    /// Whether a person may do something is not asked here but before it is recorded.
    pub fn after(before: Option<&Self>, event: &Event) -> Option<Self> {
        match event {
            Event::CaseOpened { case } | Event::CaseJoined { case, .. } => Some(case.as_ref().clone()),
            Event::Responded { response } => before?.clone().responded(response),
            Event::CaseResolved { at, .. } => before.filter(|case| case.is_open())?.clone().ended(*at),
            Event::CaseChanged { at, change, .. } => before?.clone().changed(*at, change),
            _ => None,
        }
    }

    /// A response that was sent hands the case to the customer, unless it is done with. A draft changes nothing.
    fn responded(mut self, response: &ResponseRecord) -> Option<Self> {
        let sent = response.sent?;
        self.answered = Some(self.answered.map_or(sent, |first| first.min(sent)));
        if self.is_open() {
            self.wait(WaitingOn::Customer, "", sent);
        }
        Some(self)
    }

    fn ended(mut self, at: DateTime<Utc>) -> Option<Self> {
        (self.status, self.resolved) = (CaseStatus::Resolved, Some(at));
        (self.claim, self.waiting) = (None, None);
        Some(self)
    }

    fn changed(mut self, at: DateTime<Utc>, change: &CaseChange) -> Option<Self> {
        if let Some(mark) = change.mark() {
            return self.told.insert(mark).then_some(self);
        }
        match change {
            CaseChange::Claimed { claim } => self.claimed(claim),
            CaseChange::Released { claim, .. } => {
                if self.claim.as_ref() != Some(claim) {
                    return None;
                }
                self.claim = None;
                self.settle();
            }
            CaseChange::Assigned { to } => self.assigned = Some(to.clone()),
            CaseChange::HandedOver { department, person, .. } => {
                let to = |person: &PersonId| Assignment::Person { person: person.clone(), at };
                self.department = Some(department.clone());
                (self.assigned, self.claim) = (person.as_ref().map(to), None);
                self.hops = self.hops.saturating_add(1);
                self.settle();
            }
            CaseChange::Waiting { on, reason } => {
                if !self.is_open() {
                    return None;
                }
                self.wait(*on, reason, at);
            }
            CaseChange::Resumed => {
                self.waiting.take()?;
                self.resume();
            }
            CaseChange::Reopened { .. } => {
                if self.is_open() {
                    return None;
                }
                (self.resolved, self.waiting) = (None, None);
                self.reopened = self.reopened.saturating_add(1);
                self.resume();
            }
            CaseChange::JoinedIncident { incident } => {
                if self.incident.as_ref() == Some(incident) {
                    return None;
                }
                self.incident = Some(incident.clone());
            }
            CaseChange::Warned { .. } | CaseChange::Breached { .. } | CaseChange::Escalated { .. } => {}
        }
        Some(self)
    }

    fn claimed(&mut self, claim: &Claim) {
        self.claim = Some(claim.clone());
        if matches!(self.status, CaseStatus::New | CaseStatus::Review) {
            self.status = CaseStatus::Active;
        }
    }

    fn wait(&mut self, on: WaitingOn, reason: &str, since: DateTime<Utc>) {
        self.status = CaseStatus::Waiting;
        self.waiting = Some(Waiting { on, reason: reason.to_owned(), since });
    }

    /// Where a case stands that nobody waits for: somebody has it or has answered it, or nobody has.
    fn resume(&mut self) {
        let begun = self.claim.is_some() || self.answered.is_some();
        self.status = if begun { CaseStatus::Active } else { CaseStatus::New };
    }

    /// After the one who had it let it go.
    fn settle(&mut self) {
        if self.status == CaseStatus::Active {
            self.resume();
        }
    }
}
