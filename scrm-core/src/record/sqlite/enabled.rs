//! What is a record in one SQLite file?
//!
//! Read [`SqliteStore`] first. `open` looks at the file, `schema` has the tables and the views for analysts; what is
//! written and asked stands in `record/sql`.

use std::path::{Path, PathBuf};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};

use super::ledger::Ledger;
use super::session::Session;
use super::{backup, schema};
use crate::model::Tenant;
use crate::record::error::Fault;
use crate::record::sql::{
    Database, Dialect, Row, Sql, Statement, Value, Visit, Work, ask, erased, store_over_tables, unreadable,
};
use crate::record::{Scrub, SqliteOptions, StoreError, erase};

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
    path: Option<PathBuf>,
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
        let mut store = Self { session, place, path: Some(path.as_ref().to_owned()) };
        store.catch_up()?;
        Ok(store)
    }

    /// A record in memory, in SQL. It is gone when it is dropped.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn open_in_memory() -> Result<Self, StoreError> {
        let place = ":memory:".to_owned();
        let session = Session::in_memory().map_err(|fault| fault.at(&place))?;
        Ok(Self { session, place, path: None })
    }

    /// Copies the record into a new file, complete and as of one moment, while others may go on reading and writing it.
    /// Nobody who was erased is in the copy.
    ///
    /// Keep the ledger of erasures (`<file>.erasures`) where the record is: when the copy takes its place one day, whoever
    /// was erased since is erased again as it is opened.
    ///
    /// # Errors
    /// When there is a file at `path`, or the copy cannot be written.
    pub fn backup_to(&mut self, path: impl AsRef<Path>) -> Result<(), StoreError> {
        let (path, place) = (path.as_ref(), path.as_ref().display().to_string());
        self.session.apart(|connection| backup::copy(connection, path)).map_err(|fault| fault.at(&place))
    }

    fn ledger(&self) -> Option<Ledger> {
        self.path.as_deref().map(Ledger::beside)
    }

    /// Erases again whom the ledger beside the file names and the file does not: it is an older copy.
    fn catch_up(&mut self) -> Result<(), StoreError> {
        let Some(ledger) = self.ledger() else { return Ok(()) };
        let known = ask(self, erased)?;
        let missing = ledger.missing(&known).map_err(|fault| fault.at(&self.place))?;
        for (tenant, erasures) in &missing {
            for erasure in erasures {
                erase::again(self, tenant, erasure)?;
            }
        }
        if !missing.is_empty() {
            Database::scrub(self)?;
        }
        Ok(())
    }

    /// The connection, for tests that break it.
    #[cfg(test)]
    pub(in crate::record) fn connection(&self) -> &Connection {
        self.session.held()
    }
}

store_over_tables!(SqliteStore);

impl Database for SqliteStore {
    fn reading(&mut self, questions: &mut Work<'_>) -> Result<(), StoreError> {
        self.session.read(|state| questions(&mut State(state))).map_err(|fault| fault.at(&self.place))
    }

    fn writing(&mut self, work: &mut Work<'_>) -> Result<(), StoreError> {
        self.session.write(|state| work(&mut State(state))).map_err(|fault| fault.at(&self.place))
    }

    fn scrub(&mut self) -> Result<Scrub, StoreError> {
        let Some(ledger) = self.ledger() else { return Ok(Scrub::Done) };
        let erased = ask(self, erased)?;
        ledger.write(&erased).map_err(|fault| fault.at(&self.place))?;
        let truncate = |connection: &Connection| {
            Ok(connection.query_row(schema::TRUNCATE, (), |row| row.get::<_, i64>(0))?)
        };
        let busy = self.session.apart(truncate).map_err(|fault| fault.at(&self.place))?;
        Ok(if busy == 0 { Scrub::Done } else { Scrub::Pending })
    }

    fn backup(&mut self, path: &Path) -> Result<(), StoreError> {
        self.backup_to(path)
    }
}

/// A transaction, as the statements of `record/sql` see it.
pub(super) struct State<'a>(pub(super) &'a Connection);

impl Sql for State<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    /// Whoever writes has the whole file to himself.
    fn lock(&mut self, _: &Tenant) -> Result<(), Fault> {
        Ok(())
    }

    fn each(
        &mut self,
        statement: &'static Statement,
        values: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        let mut prepared = self.0.prepare_cached(statement.sqlite)?;
        let mut rows = prepared.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            if visit(row)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn ask_all(
        &mut self,
        statement: &'static Statement,
        keys: &[Vec<Value>],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        let mut prepared = self.0.prepare_cached(statement.sqlite)?;
        for key in keys {
            let mut rows = prepared.query(params_from_iter(key))?;
            while let Some(row) = rows.next()? {
                if visit(row)?.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn run_all(&mut self, statement: &'static Statement, rows: &[Vec<Value>]) -> Result<(), Fault> {
        let mut prepared = self.0.prepare_cached(statement.sqlite)?;
        for row in rows {
            prepared.execute(params_from_iter(row))?;
        }
        Ok(())
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Shared(text) => ValueRef::Text(text.as_bytes()),
            Self::Name(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl Row for rusqlite::Row<'_> {
    fn int(&self, column: usize) -> Result<Option<i64>, Fault> {
        let value = self.get_ref(column)?;
        value.as_i64_or_null().map_err(|error| unreadable("a number", error))
    }

    fn text(&self, column: usize) -> Result<Option<&str>, Fault> {
        let value = self.get_ref(column)?;
        value.as_str_or_null().map_err(|error| unreadable("a text", error))
    }
}
