//! What happened, and to whom? The system of record: one log, and the state it adds up to.
//!
//! Read [`Store`] first: what a desk asks of any store. [`MemoryStore`] keeps everything in memory;
//! [`SqliteStore`] (feature `sqlite`) keeps one file; [`PostgresStore`] (feature `postgres`) keeps a schema of a
//! PostgreSQL server, for many writers on many machines. All obey one law of commits and pass one suite of tests.
//!
//! # What a record promises
//! - A delivery, named by tenant, source, external id and version, has one effect, however often it is committed.
//! - The messages, their current versions and the totals depend on the *set* of deliveries alone, in whatever order
//!   they came. When one delivery comes twice with different content, the first one captured stands.
//! - A commit is all or nothing, and durable when it returns.
//! - The log replays: committed to an empty store, it adds up to the same state.
//! - Nothing of one tenant is visible to another; each has its own numbers in the log, from 1.
//!
//! Times order and bound to the microsecond; the messages themselves keep theirs in full.

#[cfg(not(all(feature = "sqlite", feature = "postgres")))]
mod absent;
mod as_of;
mod boxed;
pub mod erase;
mod error;
pub mod export;
mod fold;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod kept;
mod memory;
pub mod people;
mod postgres;
mod profile;
mod rewrite;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
mod sqlite;
mod subject;
mod terms;
mod work;

pub use as_of::entry_as_of;
pub use error::{StoreError, StoreErrorKind};
pub use memory::MemoryStore;
pub use postgres::PostgresStore;
pub use profile::{
    CurrencyValue, HistoryEntry, InfluenceAt, NamedLink, Profile, ProfileLimits, Promise, Sourced, Standings,
    profile, standings,
};
pub use rewrite::{Archive, OlderQuery, Plan, Rewrite, Rewritten, Scrub};
pub use sqlite::{SqliteOptions, SqliteStore};
pub use subject::{SubjectKind, SubjectQuery};
pub use terms::{Terms, words_of};
pub use work::{CaseAt, CommitOptions, DueCase, DueQuery, NextDue, Staff};

use std::ops::ControlFlow;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{
    Assessment, Case, CaseId, Customer, DeliveryKey, Direction, Effect, Event, Identity, IdentityKey,
    IdentityLink, Incident, IncidentId, LinkId, Message, MessageKey, MessageType, Part, SentimentLabel,
    Tenant, Thread, Topic, terms,
};

/// The system of record: events go in, the state they add up to comes out.
///
/// Every call names its tenant. A store is used by one thread at a time and can be moved between threads.
///
/// ```
/// use scrm_core::model::Tenant;
/// use scrm_core::record::{MemoryStore, Receipt, Store};
/// let tenant = Tenant::new("acme").unwrap();
/// let mut store: Box<dyn Store> = Box::new(MemoryStore::new());
/// assert_eq!(store.commit(&tenant, &[]).unwrap(), Receipt::default());
/// assert_eq!(store.totals(&tenant).unwrap().messages, 0);
/// ```
pub trait Store: Send {
    /// What is known of each of these deliveries, in the order asked. Each is judged against the store alone: a key
    /// that stands twice in `keys` is new both times.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn seen(&mut self, tenant: &Tenant, keys: &[DeliveryKey]) -> Result<Vec<Seen>, StoreError>;

    /// When earlier messages that counters ask for came in: incoming, no noise, in their current version.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn history(&mut self, tenant: &Tenant, query: &HistoryQuery) -> Result<History, StoreError>;

    /// When an issue was raised and by whom: by incoming messages, no noise, in their current version, observed at or after
    /// `since`, in the order of observation and then of their keys.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn raised(
        &mut self,
        tenant: &Tenant,
        issue: &Topic,
        since: DateTime<Utc>,
    ) -> Result<Vec<Raised>, StoreError>;

    /// Cases that a message could join, in the order of their opening and then of their
    /// ids. A query that names nobody and nothing finds none.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn open_cases(&mut self, tenant: &Tenant, query: &CaseQuery) -> Result<Vec<Case>, StoreError>;

    /// Appends events to the log and folds them into the state, all or nothing; durable when it returns.
    ///
    /// What is there already is left out and counted in [`Receipt::duplicates`]: a delivery, a quarantined record
    /// (same input, same number, same bytes), a response, a resolution. With a delivery that is there already go
    /// the events on cases that follow it in the same commit and name the same message.
    ///
    /// # Errors
    /// When an event is refused (it names a case that the record does not have, or cannot be kept), or the store
    /// cannot be written. Nothing of the commit is kept then.
    fn commit(&mut self, tenant: &Tenant, events: &[Event]) -> Result<Receipt, StoreError> {
        self.commit_with(tenant, events, &CommitOptions::default())
    }

    /// The same, if what it was decided on holds still.
    ///
    /// # Errors
    /// As [`commit`](Self::commit), and when something changed meanwhile ([`StoreErrorKind::Stale`]).
    fn commit_with(
        &mut self,
        tenant: &Tenant,
        events: &[Event],
        options: &CommitOptions,
    ) -> Result<Receipt, StoreError>;

    /// The number of the last event in the log; 0 when it is empty.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn last(&mut self, tenant: &Tenant) -> Result<u64, StoreError>;

    /// One case as it is now.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn case(&mut self, tenant: &Tenant, id: &CaseId) -> Result<Option<CaseAt>, StoreError>;

    /// Visits what happened to a case, in the order of the log: how it was opened, the messages that joined it, what was
    /// sent, what people and clocks did.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn case_log(
        &mut self,
        tenant: &Tenant,
        id: &CaseId,
        visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;

    /// The cases whose clocks are to be looked at, the one that was due first first, and of two the lesser id.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn due_cases(&mut self, tenant: &Tenant, query: &DueQuery) -> Result<Vec<DueCase>, StoreError>;

    /// Notes by which rules clocks are read, and whether these are others than before. Then the clocks of every case
    /// that is not resolved are to be looked at. No part of the log.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    fn clock_rules(&mut self, tenant: &Tenant, rules: &str) -> Result<bool, StoreError>;

    /// What the people of the team have, in the order of their ids. Who never had a case, and of whose presence nothing
    /// was said, is left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn staff(&mut self, tenant: &Tenant) -> Result<Vec<Staff>, StoreError>;

    /// One incident with its cases.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn incident(&mut self, tenant: &Tenant, id: &IncidentId) -> Result<Option<Incident>, StoreError>;

    /// Every incident in the order of its id, over or not. Their cases are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn incidents(&mut self, tenant: &Tenant) -> Result<Vec<Incident>, StoreError>;

    /// Visits every message in its current version, in the order of observation and then of its key.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn entries(
        &mut self,
        tenant: &Tenant,
        visit: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;

    /// Visits every case as it is now, in the order of opening and then of its id.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn cases(
        &mut self,
        tenant: &Tenant,
        visit: &mut dyn FnMut(Case) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;

    /// Visits every quarantined record in the order of the log.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn quarantined(
        &mut self,
        tenant: &Tenant,
        visit: &mut dyn FnMut(Quarantined) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;

    /// Visits the events of the log whose number is greater than `after`, in order; 0 visits all.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn log(
        &mut self,
        tenant: &Tenant,
        after: u64,
        visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;

    /// How much there is.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn totals(&mut self, tenant: &Tenant) -> Result<Totals, StoreError>;

    /// One message in its current version.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn entry(&mut self, tenant: &Tenant, key: &MessageKey) -> Result<Option<Entry>, StoreError>;

    /// Visits every message in its current version that a query may match, the one observed last first and of two the one
    /// whose key is greater. None that fulfils `query` is left out; others may be visited, too.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn candidates(
        &mut self,
        tenant: &Tenant,
        query: &CandidateQuery,
        visit: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;

    /// Visits the events that name any of the accounts, each once.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn involving(
        &mut self,
        tenant: &Tenant,
        query: &InvolvedQuery,
        visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;

    /// Visits every version of these messages and the events that name any of them, each once and in order: what
    /// answers, quotes or passes them on, the cases they belong to, responses, labels, transactions.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn citing(
        &mut self,
        tenant: &Tenant,
        messages: &[MessageKey],
        visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;

    /// Visits the events on responses, permissions, assets and programmes.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn about(
        &mut self,
        tenant: &Tenant,
        query: &SubjectQuery,
        visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;

    /// How much the accounts wrote, by what it is: one row per combination, in order. Current versions alone.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn tally(&mut self, tenant: &Tenant, authors: &[IdentityKey]) -> Result<Vec<Tally>, StoreError>;

    /// The last messages that these accounts wrote, were sent or are named in, by when they first came in, at most `limit`;
    /// each once and in its current version, the one observed last first and of two the one whose delivery is greater.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn messages_of(
        &mut self,
        tenant: &Tenant,
        accounts: &[IdentityKey],
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError>;

    /// The cases of these authors, resolved or not, the one updated last first and of two the lesser id, at most
    /// `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn cases_of(
        &mut self,
        tenant: &Tenant,
        authors: &[IdentityKey],
        limit: usize,
    ) -> Result<Vec<Case>, StoreError>;

    /// An account as last seen.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn identity(&mut self, tenant: &Tenant, key: &IdentityKey) -> Result<Option<SeenIdentity>, StoreError>;

    /// Every claim about the customer that the account belongs to, and about the accounts that those claims name,
    /// taken back or not, in the order of the log.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn links(&mut self, tenant: &Tenant, account: &IdentityKey) -> Result<Vec<IdentityLink>, StoreError>;

    /// One claim by its id, taken back or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn link(&mut self, tenant: &Tenant, id: &LinkId) -> Result<Option<IdentityLink>, StoreError>;

    /// The customers that the accounts belong to, in the order asked: an account alone when no claim joins it to another.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn customers(&mut self, tenant: &Tenant, accounts: &[IdentityKey]) -> Result<Vec<Customer>, StoreError>;

    /// The customer that one account belongs to.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn customer(&mut self, tenant: &Tenant, account: &IdentityKey) -> Result<Customer, StoreError> {
        let found = self.customers(tenant, std::slice::from_ref(account))?.pop();
        Ok(found.unwrap_or_else(|| Customer::of(account, &[], &[])))
    }

    /// What the host is told of, from events whose number is greater than `after`, in order, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn effects(&mut self, tenant: &Tenant, after: u64, limit: usize) -> Result<Vec<Effect>, StoreError>;

    /// Notes that a consumer has dealt with every effect up to the one of this number; it never goes back. Durable
    /// when it returns, and no part of the log.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn ack(&mut self, tenant: &Tenant, consumer: &str, seq: u64) -> Result<(), StoreError>;

    /// The number of the last effect that a consumer has dealt with; 0 at first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn acked(&mut self, tenant: &Tenant, consumer: &str) -> Result<u64, StoreError>;

    /// Replaces events of the log by what is left of them, as `plan` decides, all or nothing, and durable when it
    /// returns. The number of the entry that says so; 0 when nothing was to be done. This is how
    /// [`erase`](erase::erase) works; nothing else changes the log.
    ///
    /// # Errors
    /// When the plan fails, or the store cannot be read or written. Nothing is changed then.
    fn rewrite(&mut self, tenant: &Tenant, plan: &mut Plan<'_>) -> Result<u64, StoreError>;

    /// Clears what was rewritten out of the store's files, as far as they hold it still.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn scrub(&mut self) -> Result<Scrub, StoreError>;

    /// Copies the record into a new file, complete and as of one moment.
    ///
    /// # Errors
    /// When the store is no file ([`StoreErrorKind::Unsupported`]): copy a server's by its own means. When there is a file
    /// at `path`, or the copy cannot be written.
    fn backup_to(&mut self, path: &Path) -> Result<(), StoreError>;
}

/// What the record knows of a delivery before it is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// When an issue was raised, and by whom.
pub type Raised = (DateTime<Utc>, Option<IdentityKey>);

/// When earlier messages came in, as far as the counters of a protocol look at them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// For each author asked for, in the order asked: when, and whether it was a complaint; oldest first.
    pub authors: Vec<Vec<(DateTime<Utc>, bool)>>,
    /// For each issue asked for, in the order asked: when; oldest first.
    pub issues: Vec<Vec<DateTime<Utc>>>,
}

impl History {
    /// Nothing of anything that is asked for.
    fn of(query: &HistoryQuery) -> Self {
        Self { authors: vec![Vec::new(); query.authors.len()], issues: vec![Vec::new(); query.issues.len()] }
    }
}

/// Which open cases a message could join.
#[derive(Debug, Clone, Default)]
pub struct CaseQuery {
    /// Cases begun in any of these threads …
    pub threads: Vec<Thread>,
    /// … or by any of these authors.
    pub authors: Vec<IdentityKey>,
    /// Besides those that are open, cases of these authors that came to their end at this time or later.
    pub resolved_since: Option<DateTime<Utc>>,
}

/// Which messages a search looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateQuery {
    /// Messages with these words …
    pub terms: Terms,
    /// … by any of these authors; empty means by anybody or nobody …
    pub authors: Vec<IdentityKey>,
    /// … observed at or after this time …
    pub since: Option<DateTime<Utc>>,
    /// … and before this one …
    pub until: Option<DateTime<Utc>>,
    /// … and standing before this place in the order of entries.
    pub before: Option<Position>,
}

/// Where a message stands in the order of entries: by observation, to the microsecond, then by its key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// When it was observed.
    pub observed: DateTime<Utc>,
    /// The message.
    pub message: MessageKey,
}

impl Position {
    /// Where a message stands.
    pub fn of(message: &Message) -> Self {
        Self { observed: fold::time(fold::micros(message.times().observed)), message: message.key() }
    }
}

/// Which events are asked for by the accounts they name.
#[derive(Debug, Clone, Default)]
pub struct InvolvedQuery {
    /// Events that name any of these accounts …
    pub accounts: Vec<IdentityKey>,
    /// … as any of these; empty means as anything …
    pub parts: Vec<Involvement>,
    /// … with a number greater than this …
    pub after: u64,
    /// … and less than this; 0 means without an end.
    pub before: u64,
    /// From the last one backwards.
    pub newest_first: bool,
    /// At most so many; 0 means all.
    pub limit: usize,
}

impl InvolvedQuery {
    /// The messages that accounts wrote, were sent or are named in, the last ones first. An edited message stands in the log
    /// more than once, so some more events are asked for than messages are wanted.
    fn of_messages(accounts: &[IdentityKey], limit: usize) -> Self {
        use Involvement as I;
        Self {
            accounts: accounts.to_vec(),
            parts: vec![I::Author, I::To, I::Cc, I::Mentioned, I::Speaker, I::Reposted],
            newest_first: true,
            limit: limit.saturating_mul(4),
            ..Self::default()
        }
    }

    /// The numbers found, in the order asked for and no more than asked for.
    fn in_order(&self, found: impl DoubleEndedIterator<Item = u64>) -> Vec<u64> {
        let limit = if self.limit == 0 { usize::MAX } else { self.limit };
        if self.newest_first { found.rev().take(limit).collect() } else { found.take(limit).collect() }
    }
}

/// How many messages of one sort somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Which way they went.
    pub direction: Direction,
    /// How they ended: `noise`, `decided` or `open`.
    pub outcome: String,
    /// Their primary type.
    #[serde(rename = "type")]
    pub kind: Option<MessageType>,
    /// Their sentiment.
    pub sentiment: Option<SentimentLabel>,
    /// How many.
    pub messages: u64,
    /// When the first was observed.
    pub first: DateTime<Utc>,
    /// When the last was observed.
    pub last: DateTime<Utc>,
}

/// An account as last seen, and since when it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeenIdentity {
    /// The account.
    #[serde(flatten)]
    pub identity: Identity,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// When it was last seen.
    pub last_seen: DateTime<Utc>,
}

/// What a commit did. The numbers are of this commit alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Events that were appended.
    pub appended: u64,
    /// Deliveries, quarantined records, responses and resolutions that were there already. Events on cases that
    /// went with such a delivery are not counted.
    pub duplicates: u64,
    /// The number of the last event in the log; 0 when it is empty.
    pub last: u64,
}

/// One message in its current version, with what the engine said of that version.
///
/// A tombstone is the current version for good; else it is the version observed last, and of two observed at the
/// same moment the one whose version is greater.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The message.
    pub message: Message,
    /// What the engine said, and in its place what a person said of it.
    pub assessment: Assessment,
    /// How many versions were captured, this one included.
    pub versions: u32,
}

impl Entry {
    /// The one observed last first.
    fn sort_newest_first(entries: &mut [Self]) {
        entries.sort_by_cached_key(|entry| {
            std::cmp::Reverse((entry.message.times().observed, entry.message.delivery()))
        });
    }
}

/// One record of input that could not be read, as it is kept aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Its number in the log.
    pub seq: u64,
    /// The input's name.
    pub input: String,
    /// The line or record in it, counted from 1.
    pub record: u64,
    /// Why it could not be read.
    pub fault: String,
    /// The record as it came.
    pub raw: String,
}

terms! {
    /// As what an event names an account.
    Involvement {
        /// Wrote the message.
        Author = "author",
        /// The message was sent to them.
        To = "to",
        /// Got a copy.
        Cc = "cc",
        /// The message names them.
        Mentioned = "mentioned",
        /// Spoke in a conversation that was written down.
        Speaker = "speaker",
        /// Their words were passed on.
        Reposted = "reposted",
        /// A fact or a transaction is about them.
        Subject = "subject",
        /// The case is theirs.
        Case = "case",
        /// The response is to them.
        Answered = "answered",
        /// A claim joins them to another account, or keeps them apart.
        Link = "link",
    }
}

impl Involvement {
    fn of(part: Part) -> Self {
        match part {
            Part::To => Self::To,
            Part::Cc => Self::Cc,
            Part::Mentioned => Self::Mentioned,
            Part::Speaker => Self::Speaker,
            Part::Reposted => Self::Reposted,
        }
    }
}

/// How much a tenant's record holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Messages, whatever their versions: `noise + decided + open`.
    pub messages: u64,
    /// Distinct deliveries: `deliveries_noise + deliveries_decided + deliveries_open`.
    pub versions: u64,
    /// Messages whose current version is noise.
    pub noise: u64,
    /// Messages whose current version is decided.
    pub decided: u64,
    /// Messages whose current version is open.
    pub open: u64,
    /// Deliveries that are noise.
    pub deliveries_noise: u64,
    /// Deliveries that are decided.
    pub deliveries_decided: u64,
    /// Deliveries that are open.
    pub deliveries_open: u64,
    /// Cases that are not resolved.
    pub cases_open: u64,
    /// Records of input that could not be read.
    pub quarantined: u64,
}

#[cfg(all(test, feature = "postgres"))]
pub(crate) use postgres::tests::server::place as test_place;

#[cfg(test)]
mod tests;
