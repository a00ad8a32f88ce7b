//! How is a record kept in tables? What every SQL store does alike.
//!
//! Read [`Sql`] first: what a database must do. `store` is the store on top of any such database, `draft` one commit in
//! the making, `tables` and `words` what is written, `rewrite` an erasure, `read` and `people` the questions. Opening,
//! locking and the text of tables and views belong to each database (`sqlite`, `postgres`).

pub(in crate::record) mod cases;
mod draft;
pub(in crate::record) mod people;
pub(in crate::record) mod read;
mod rewrite;
mod store;
pub(in crate::record) mod subject;
mod tables;
pub(in crate::record) mod words;

pub(in crate::record) use read::unreadable;
pub(in crate::record) use rewrite::rewrite;
#[cfg(feature = "sqlite")]
pub(in crate::record) use rewrite::{Erased, erased};
pub(in crate::record) use store::{Database, Work, ask, change, commit, store_over_tables};

use std::ops::ControlFlow;
use std::sync::Arc;

use super::error::Fault;
use crate::model::Tenant;

/// A statement. Places for values are `?1`, `?2` and so on; each is a constant of this folder.
///
/// SQLite runs the text as it stands; PostgreSQL's forms are derived from it by rule (`postgres/dialect.rs`). So a text
/// keeps to what both read: in `DO UPDATE` columns of the table are qualified, a `CROSS JOIN` has its condition in
/// `WHERE`, and `VALUES` are places alone, in their order.
#[derive(Debug)]
pub(in crate::record) struct Statement {
    /// In SQLite's dialect, where it is run once for each row of values.
    pub(in crate::record) sqlite: &'static str,
}

impl Statement {
    pub(in crate::record) const fn new(sqlite: &'static str) -> Self {
        Self { sqlite }
    }
}

/// Which database it is, for the few statements that each has of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::record) enum Dialect {
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code, reason = "this build has no SQLite"))]
    Sqlite,
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "this build has no PostgreSQL"))]
    Postgres,
}

/// A value on its way into a table.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(in crate::record) enum Value {
    /// Nothing.
    Null,
    /// A whole number, a time in microseconds, or 0 and 1 for no and yes.
    Int(i64),
    /// A number.
    Real(f64),
    /// A text.
    Text(String),
    /// A text that others hold, too: an id.
    Shared(Arc<str>),
    /// A word of a closed vocabulary.
    Name(&'static str),
}

#[cfg(feature = "postgres")]
impl Value {
    /// The text, when it is one.
    pub(in crate::record) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Shared(text) => Some(text),
            Self::Name(text) => Some(text),
            Self::Null | Self::Int(_) | Self::Real(_) => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Self::Shared(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Int(i64::from(yes))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of a statement, in the order of their places.
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::record::sql::Value::from($value)),*] };
}
pub(in crate::record) use values;

/// The values of one row among many.
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$($crate::record::sql::Value::from($value)),*] };
}
pub(in crate::record) use row;

/// One row of an answer.
pub(in crate::record) trait Row {
    /// A whole number; `None` when the column is empty.
    ///
    /// # Errors
    /// When the column holds something else.
    fn int(&self, column: usize) -> Result<Option<i64>, Fault>;
    /// A text; `None` when the column is empty.
    ///
    /// # Errors
    /// When the column holds something else.
    fn text(&self, column: usize) -> Result<Option<&str>, Fault>;
}

impl dyn Row + '_ {
    /// A whole number that is there.
    fn number(&self, column: usize) -> Result<i64, Fault> {
        self.int(column)?.ok_or_else(|| missing("a number"))
    }

    /// A count or a number of the log.
    fn count(&self, column: usize) -> Result<u64, Fault> {
        Ok(self.number(column)?.unsigned_abs())
    }

    /// A text that is there.
    fn string(&self, column: usize) -> Result<&str, Fault> {
        self.text(column)?.ok_or_else(|| missing("a text"))
    }
}

fn missing(what: &str) -> Fault {
    Fault::new(super::StoreErrorKind::Corrupt).detail(format!("{what} is missing"))
}

/// What is done with each row of an answer.
pub(in crate::record) type Visit<'a> = dyn FnMut(&dyn Row) -> Result<ControlFlow<()>, Fault> + 'a;

/// A database inside one transaction.
pub(in crate::record) trait Sql {
    /// Which database it is.
    fn dialect(&self) -> Dialect;

    /// Makes sure that nobody else writes to this tenant's log until the transaction ends.
    ///
    /// # Errors
    /// When somebody else does, and goes on for too long.
    fn lock(&mut self, tenant: &Tenant) -> Result<(), Fault>;

    /// Asks once, and visits the rows of the answer in order. No more than a few rows are in memory at a time.
    ///
    /// # Errors
    /// When the database fails, or the visit does.
    fn each(
        &mut self,
        statement: &'static Statement,
        values: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault>;

    /// Asks the same once for each of `keys`, and visits all the rows: those of one key in order, the keys in any. The
    /// whole answer may be in memory at a time.
    ///
    /// # Errors
    /// When the database fails, or the visit does.
    fn ask_all(
        &mut self,
        statement: &'static Statement,
        keys: &[Vec<Value>],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault>;

    /// Runs a statement once for each of `rows`.
    ///
    /// # Errors
    /// When the database fails.
    fn run_all(&mut self, statement: &'static Statement, rows: &[Vec<Value>]) -> Result<(), Fault>;
}

impl dyn Sql + '_ {
    /// The first row of an answer, read by `read`.
    fn first<T>(
        &mut self,
        statement: &'static Statement,
        values: &[Value],
        mut read: impl FnMut(&dyn Row) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let mut found = None;
        self.ask_all(statement, &[values.to_vec()], &mut |row| {
            found = Some(read(row)?);
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// Whether there is any row.
    fn exists(&mut self, statement: &'static Statement, values: &[Value]) -> Result<bool, Fault> {
        Ok(self.first(statement, values, |_| Ok(()))?.is_some())
    }
}
