//! What is a record in one SQLite file?
//!
//! Read [`SqliteStore`] first. `open` looks at the file, `write` holds the statements of a commit, `read` those of
//! the questions, `schema` the tables and the views for analysts.

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::Transaction;

use super::read;
use super::session::Session;
use super::write::Writer;
use crate::model::{Case, Contact, DeliveryKey, Event, Tenant};
use crate::record::error::Fault;
use crate::record::fold::apply;
use crate::record::{
    CaseQuery, Entry, HistoryQuery, Quarantined, Receipt, Seen, SqliteOptions, Store, StoreError, Totals,
};

/// A record in one SQLite file.
///
/// Commits are durable (`synchronous = FULL` over a write-ahead log), so gather messages into groups: a group of
/// 1,000 costs about as much waiting as one alone. Other processes may read the file at any time, and may write it
/// through this type; a writer waits up to five seconds for another.
///
/// On Linux the file may also be read by another copy of SQLite in the same process (Python's `sqlite3`, for one). On
/// other systems it may not: closing it there drops this one's locks.
///
/// A store belongs to the process that opened it. In a child that this process forks every call says so
/// ([`Forked`](crate::record::StoreErrorKind::Forked)), and dropping it leaves the parent's file alone; the child opens
/// its own.
///
/// ```
/// use scrm_core::model::Tenant;
/// use scrm_core::record::{SqliteStore, Store};
/// let mut store = SqliteStore::open_in_memory().unwrap();
/// let tenant = Tenant::new("acme").unwrap();
/// assert_eq!(store.totals(&tenant).unwrap().messages, 0);
/// ```
#[derive(Debug)]
pub struct SqliteStore {
    session: Session,
    place: String,
}

impl SqliteStore {
    /// Opens a record, or begins one where there is no file or an empty one.
    ///
    /// # Errors
    /// When the path is empty, a folder, or in no folder; when the file is no database, another program's or a
    /// newer version's (it is left as it is, to the byte); when it cannot be read or written, or is locked.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, SqliteOptions::default())
    }

    /// The same, with settings of its own.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub fn open_with(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Self, StoreError> {
        let place = path.as_ref().display().to_string();
        let session = Session::open(path.as_ref(), options).map_err(|fault| fault.at(&place))?;
        Ok(Self { session, place })
    }

    /// A record in memory, in SQL. It is gone when it is dropped.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn open_in_memory() -> Result<Self, StoreError> {
        let place = ":memory:".to_owned();
        let session = Session::in_memory().map_err(|fault| fault.at(&place))?;
        Ok(Self { session, place })
    }

    /// Runs questions that must agree with each other on one state of the file.
    fn reading<T>(
        &mut self,
        questions: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        self.session.read(questions).map_err(|fault| fault.at(&self.place))
    }

    /// The connection, for tests that break it.
    #[cfg(test)]
    pub(super) fn connection(&self) -> &rusqlite::Connection {
        self.session.held()
    }
}

impl Store for SqliteStore {
    fn seen(&mut self, tenant: &Tenant, keys: &[DeliveryKey]) -> Result<Vec<Seen>, StoreError> {
        self.reading(|state| keys.iter().map(|key| read::seen(state, tenant, key)).collect())
    }

    fn history(&mut self, tenant: &Tenant, query: &HistoryQuery) -> Result<Vec<Contact>, StoreError> {
        self.reading(|state| read::history(state, tenant, query))
    }

    fn open_cases(&mut self, tenant: &Tenant, query: &CaseQuery) -> Result<Vec<Case>, StoreError> {
        self.reading(|state| read::open_cases(state, tenant, query))
    }

    fn commit(&mut self, tenant: &Tenant, events: &[Event]) -> Result<Receipt, StoreError> {
        let committed = self.session.write(|state| apply(&mut Writer::new(state, tenant)?, events));
        committed.map_err(|fault| fault.at(&self.place))
    }

    fn entries(
        &mut self,
        tenant: &Tenant,
        visit: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.reading(|state| read::entries(state, tenant, visit))
    }

    fn cases(
        &mut self,
        tenant: &Tenant,
        visit: &mut dyn FnMut(Case) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.reading(|state| read::cases(state, tenant, visit))
    }

    fn quarantined(
        &mut self,
        tenant: &Tenant,
        visit: &mut dyn FnMut(Quarantined) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.reading(|state| read::quarantined(state, tenant, visit))
    }

    fn log(
        &mut self,
        tenant: &Tenant,
        after: u64,
        visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.reading(|state| read::log(state, tenant, after, visit))
    }

    fn totals(&mut self, tenant: &Tenant) -> Result<Totals, StoreError> {
        self.reading(|state| read::totals(state, tenant))
    }
}
