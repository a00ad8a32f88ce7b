//! How is the log changed, when a person is taken out of it? The one exception to a log that only grows.
//!
//! Read [`Rewrite`] first: what a store is told to change. [`Archive`] is what the one who decides may ask before, inside
//! the same transaction, so that nothing comes in between.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::StoreError;
use crate::model::{Erasure, Event, IdentityKey, MessageKey, Source};

/// What becomes of the log: events that are replaced where they stand, and the entry that says so at its end.
///
/// The state that a store keeps beside the log is brought to what the rewritten log adds up to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rewrite {
    /// The events that are replaced, or that name an account no longer.
    pub changes: Vec<Rewritten>,
    /// The accounts that these events named and name no longer.
    pub accounts: Vec<IdentityKey>,
    /// The entry of the ledger, which is appended to the log. Absent, nothing at all is done.
    pub erasure: Option<Erasure>,
}

/// One event as it stood, and what is left of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewritten {
    /// Its number in the log.
    pub seq: u64,
    /// What stands there.
    pub from: Event,
    /// What will stand there.
    pub to: Event,
}

/// What a rewriting may ask of one tenant's record before it decides.
///
/// Of the log it sees what it asks for, in order. Nobody writes meanwhile.
pub trait Archive {
    /// The events that name any of the accounts.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn involving(&mut self, accounts: &[IdentityKey]) -> Result<Vec<(u64, Event)>, StoreError>;

    /// The versions of these messages, and the events that name any of them; without those of the numbers that are known
    /// already.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn citing(
        &mut self,
        messages: &[MessageKey],
        known: &BTreeSet<u64>,
    ) -> Result<Vec<(u64, Event)>, StoreError>;

    /// Every record that was ever put aside, whether it was released since or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn put_aside(&mut self) -> Result<Vec<(u64, Event)>, StoreError>;

    /// Every account that an event names.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn accounts(&mut self) -> Result<Vec<IdentityKey>, StoreError>;

    /// Messages that were not erased and whose current version is older than asked, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn older(&mut self, query: &OlderQuery) -> Result<Vec<MessageKey>, StoreError>;
}

/// Which old messages are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OlderQuery {
    /// Of this source …
    pub source: Source,
    /// … observed before this time …
    pub before: DateTime<Utc>,
    /// … and, where this holds, by nobody of whom a fact, a transaction, a claim or a case is on record …
    pub strangers: bool,
    /// … at most so many.
    pub limit: usize,
}

/// How a store is asked what to rewrite. It may be asked again from the start.
pub type Plan<'a> = dyn FnMut(&mut dyn Archive) -> Result<Rewrite, StoreError> + 'a;

/// Whether what was rewritten has left the files of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scrub {
    /// It stands in none of them any more.
    Done,
    /// Somebody still reads an older state, which a file therefore keeps. Ask again when they are done.
    Pending,
    /// The rows are gone; what the database's files keep until it writes over them is the operator's matter.
    RowsOnly,
}
