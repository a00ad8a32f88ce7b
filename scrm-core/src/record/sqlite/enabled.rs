//! What is a record in one SQLite file?
//!
//! Read [`SqliteStore`] first. `open` looks at the file, `write` holds the statements of a commit, `read` those of
//! the questions, `schema` the tables and the views for analysts.

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::write::Writer;
use super::{open, read};
use crate::model::{Case, Contact, DeliveryKey, Event, Tenant};
use crate::record::error::Fault;
use crate::record::fold::apply;
use crate::record::{CaseQuery, Entry, HistoryQuery, Quarantined, Receipt, Seen, Store, StoreError, Totals};

/// A record in one SQLite file.
///
/// Commits are durable (`synchronous = FULL` over a write-ahead log), so gather messages into groups: a group of
/// 1,000 costs about as much waiting as one alone. Other processes may read the file at any time, and may write it
/// through this type; a writer waits up to five seconds for another.
///
/// Do not open the file with another copy of SQLite in the same process (Python's `sqlite3`, for one): closing it
/// there drops this one's locks. Open it from another process.
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
    connection: Connection,
    place: String,
}

impl SqliteStore {
    /// Opens a record, or begins one where there is no file or an empty one.
    ///
    /// # Errors
    /// When the path is empty, a folder, or in no folder; when the file is no database, another program's or a
    /// newer version's (it is left as it is, to the byte); when it cannot be read or written, or is locked.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let place = path.as_ref().display().to_string();
        let connection = open::open(path.as_ref()).map_err(|fault| fault.at(&place))?;
        Ok(Self { connection, place })
    }

    /// A record in memory, in SQL. It is gone when it is dropped.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn open_in_memory() -> Result<Self, StoreError> {
        let place = ":memory:".to_owned();
        let connection = open::open_in_memory().map_err(|fault| fault.at(&place))?;
        Ok(Self { connection, place })
    }

    /// Runs questions that must agree with each other on one state of the file.
    fn reading<T>(
        &mut self,
        questions: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let begun = self.connection.transaction_with_behavior(TransactionBehavior::Deferred);
        begun.map_err(Fault::from).and_then(|state| questions(&state)).map_err(|fault| fault.at(&self.place))
    }

    /// The connection, for tests that break it.
    #[cfg(test)]
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
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
        let commit = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let receipt = apply(&mut Writer::new(&transaction, tenant)?, events)?;
            transaction.commit()?;
            Ok(receipt)
        };
        commit(&mut self.connection).map_err(|fault: Fault| fault.at(&self.place))
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
