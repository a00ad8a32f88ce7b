//! What happened, and to whom? The system of record: one log, and the state it adds up to.
//!
//! Read [`Store`] first: what a desk asks of any store.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{
    Assessment, Case, Contact, DeliveryKey, Event, IdentityKey, Message, MessageKey, Tenant, Thread, Topic,
};

/// What the record knows of a delivery before it is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// A message that was never captured.
    New,
    /// Another version of a message that was captured: an edit or a tombstone.
    Edit,
    /// This very delivery was captured: it has no further effect.
    Duplicate,
}

/// Which earlier messages the counters of a protocol ask for.
#[derive(Debug, Clone, Default)]
pub struct HistoryQuery {
    /// By any of these authors …
    pub authors: Vec<IdentityKey>,
    /// … or on any of these issues …
    pub issues: Vec<Topic>,
    /// … observed at or after this time.
    pub since: DateTime<Utc>,
}

/// Which open cases a message could join.
#[derive(Debug, Clone, Default)]
pub struct CaseQuery {
    /// Cases begun in any of these threads …
    pub threads: Vec<Thread>,
    /// … or by any of these authors.
    pub authors: Vec<IdentityKey>,
}

/// What a commit did. The numbers are of this commit alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Events that were appended.
    pub appended: u64,
    /// Deliveries and quarantined records that were there already; with a delivery goes every event on its message.
    pub duplicates: u64,
    /// The number of the last event in the log.
    pub last: u64,
}

/// One message in its current version, with what the engine said of that version.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The message.
    pub message: Message,
    /// What the engine said.
    pub assessment: Assessment,
    /// How many versions were captured, this one included.
    pub versions: u32,
}
