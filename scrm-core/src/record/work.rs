//! What does a desk ask of the record when people work on cases, and what must still hold when it commits?

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{Case, CaseId, Channel, Event, PersonId, Presence};

/// A case as it is now, and which event of the log made it so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseAt {
    /// The case.
    pub case: Case,
    /// The number of the last event that happened to it.
    pub revision: u64,
}

/// What a commit was decided on, and what goes along with it.
///
/// A commit whose expectations do not hold any more is refused as a whole
/// ([`Stale`](super::StoreErrorKind::Stale)): two people who claim one case at one time are never both told that they
/// have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitOptions {
    /// Cases to which nothing happened after the event of this number.
    pub unchanged: Vec<(CaseId, u64)>,
    /// People who still have as much as this.
    pub staff: Vec<Staff>,
    /// Whether nothing else was recorded after the event of this number.
    pub last: Option<u64>,
    /// When the clocks of these cases are to be looked at next. Of a case to which something happened meanwhile it is
    /// not noted: its clocks are looked at again.
    pub due: Vec<NextDue>,
}

/// When the clocks of a case are to be looked at next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextDue {
    /// Which case.
    pub case: CaseId,
    /// The last event that was considered.
    pub revision: u64,
    /// When; never, until something happens to it, when `None`.
    pub at: Option<DateTime<Utc>>,
}

/// Which cases have clocks that are to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueQuery {
    /// Those to be looked at by this time …
    pub by: DateTime<Utc>,
    /// … that stand after this one in the order of time and then of ids …
    pub after: Option<(DateTime<Utc>, CaseId)>,
    /// … at most so many.
    pub limit: usize,
}

/// A case whose clocks are to be looked at, with everything that happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct DueCase {
    /// When they were to be looked at.
    pub due: DateTime<Utc>,
    /// The case.
    pub case: Case,
    /// The number of the last event that happened to it.
    pub revision: u64,
    /// Everything that happened to it, in the order of the log.
    pub events: Vec<Event>,
}

/// What somebody of the team has, and what was said of their presence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Who.
    pub person: PersonId,
    /// How many cases they have that are not resolved, by the medium of the first message.
    pub cases: BTreeMap<Option<Channel>, u64>,
    /// When they were given a case last.
    pub last_assigned: Option<DateTime<Utc>>,
    /// What was said of their presence last.
    pub presence: Option<Presence>,
}

impl Staff {
    /// Somebody who has nothing, and of whom nothing was said.
    pub fn new(person: PersonId) -> Self {
        Self { person, cases: BTreeMap::new(), last_assigned: None, presence: None }
    }
}
