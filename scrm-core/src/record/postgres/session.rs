//! How are the statements of `record/sql` asked of a PostgreSQL server, inside one transaction?
//!
//! Read [`State`] first. A journey to the server is what costs: many rows go in one, and a long answer comes in parts.

use std::collections::HashMap;
use std::error::Error as StdError;

use postgres::fallible_iterator::FallibleIterator;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Error, Statement as Prepared, Transaction};
use sha2::{Digest, Sha256};

use super::dialect;
use super::fault::{self, Trouble};
use crate::model::Tenant;
use crate::record::StoreErrorKind;
use crate::record::error::Fault;
use crate::record::sql::{Dialect, Row, Sql, Statement, Value, Visit, unreadable};

/// How many rows of a long answer are in memory at a time.
const PART: i32 = 128;

/// How many rows of values go to the server at once: with the largest events there are, some 130 MB.
const GROUP: usize = 512;

/// Statements that a connection has prepared.
pub(super) type Cache = HashMap<(&'static str, Form), Option<Prepared>>;

/// In which form a statement is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    One,
    Asked,
    Run,
}

/// Takes a lock of the tenant's until the transaction ends, and tells the transaction's number.
static LOCK: Statement = Statement::new("SELECT txid_current(), pg_advisory_xact_lock(?1)");

/// A transaction, as the statements of `record/sql` see it.
pub(super) struct State<'a> {
    pub(super) transaction: Transaction<'a>,
    pub(super) cache: &'a mut Cache,
    pub(super) schema: &'a str,
    /// What the server's last failure means for the transaction.
    pub(super) trouble: Trouble,
    /// The transaction's number, once it has locked a tenant.
    pub(super) number: Option<i64>,
}

impl State<'_> {
    fn prepared(&mut self, statement: &'static Statement, form: Form) -> Result<Option<Prepared>, Fault> {
        let key = (statement.sqlite, form);
        if let Some(found) = self.cache.get(&key) {
            return Ok(found.clone());
        }
        let text = match form {
            Form::One => Some(dialect::one(statement.sqlite)),
            Form::Asked => Some(dialect::asked(statement.sqlite, self.one(statement)?.params())),
            Form::Run => dialect::run(statement.sqlite, self.one(statement)?.params()),
        };
        let prepared = text.map(|text| self.transaction.prepare(&text)).transpose();
        let prepared = prepared.map_err(|error| failed(&mut self.trouble, &error))?;
        self.cache.insert(key, prepared.clone());
        Ok(prepared)
    }

    fn one(&mut self, statement: &'static Statement) -> Result<Prepared, Fault> {
        self.prepared(statement, Form::One)?.ok_or_else(|| Fault::new(StoreErrorKind::Corrupt))
    }

    /// Asks, and visits the rows as they come; the answer is read to its end either way.
    fn query(
        &mut self,
        prepared: &Prepared,
        values: &[&(dyn ToSql + Sync)],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        let rows = self.transaction.query_raw(prepared, values.iter().copied());
        let mut rows = rows.map_err(|error| failed(&mut self.trouble, &error))?;
        while let Some(row) = rows.next().map_err(|error| failed(&mut self.trouble, &error))? {
            if visit(&row)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Notes what the failure means, and says it.
fn failed(trouble: &mut Trouble, error: &Error) -> Fault {
    *trouble = fault::trouble(error);
    fault::fault(error)
}

impl Sql for State<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn lock(&mut self, tenant: &Tenant) -> Result<(), Fault> {
        let prepared = self.one(&LOCK)?;
        let key = lock_key(self.schema, tenant.as_str());
        let mut number = None;
        self.query(&prepared, &[&key], &mut |row| {
            number = row.int(0)?;
            Ok(std::ops::ControlFlow::Continue(()))
        })?;
        self.number = number;
        Ok(())
    }

    fn each(
        &mut self,
        statement: &'static Statement,
        values: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        let prepared = self.one(statement)?;
        let portal = self.transaction.bind(&prepared, &places(values));
        let portal = portal.map_err(|error| failed(&mut self.trouble, &error))?;
        loop {
            let rows = self.transaction.query_portal(&portal, PART);
            let rows = rows.map_err(|error| failed(&mut self.trouble, &error))?;
            for row in &rows {
                if visit(row)?.is_break() {
                    return Ok(());
                }
            }
            if i32::try_from(rows.len()).is_ok_and(|count| count < PART) {
                return Ok(());
            }
        }
    }

    fn ask_all(
        &mut self,
        statement: &'static Statement,
        keys: &[Vec<Value>],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        match keys {
            [] => Ok(()),
            [key] => {
                let prepared = self.one(statement)?;
                self.query(&prepared, &places(key), visit)
            }
            keys => {
                let Some(prepared) = self.prepared(statement, Form::Asked)? else { return Ok(()) };
                let mut stopped = false;
                for keys in keys.chunks(GROUP) {
                    let columns = columns(keys);
                    self.query(&prepared, &arrays(&columns), &mut |row| {
                        let flow = visit(row)?;
                        stopped = flow.is_break();
                        Ok(flow)
                    })?;
                    if stopped {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    fn run_all(&mut self, statement: &'static Statement, rows: &[Vec<Value>]) -> Result<(), Fault> {
        let many = if rows.len() > 1 { self.prepared(statement, Form::Run)? } else { None };
        let Some(prepared) = many else {
            let prepared = self.one(statement)?;
            for row in rows {
                let done = self.transaction.execute(&prepared, &places(row));
                done.map_err(|error| failed(&mut self.trouble, &error))?;
            }
            return Ok(());
        };
        for rows in rows.chunks(GROUP) {
            let columns = columns(rows);
            let done = self.transaction.execute(&prepared, &arrays(&columns));
            done.map_err(|error| failed(&mut self.trouble, &error))?;
        }
        Ok(())
    }
}

/// The number of a lock on one tenant of one schema. Two that share a number wait for each other, and no more than that.
pub(super) fn lock_key(schema: &str, tenant: &str) -> i64 {
    let hash = Sha256::digest(format!("scrm\n{schema}\n{tenant}"));
    hash.iter().take(8).fold(0, |key, byte| (key << 8) | i64::from(*byte))
}

fn places(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as _).collect()
}

/// The values of many rows, column by column.
fn columns(rows: &[Vec<Value>]) -> Vec<Vec<&Value>> {
    let width = rows.first().map_or(0, Vec::len);
    let mut columns = vec![Vec::with_capacity(rows.len()); width];
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    columns
}

fn arrays<'a>(columns: &'a [Vec<&'a Value>]) -> Vec<&'a (dyn ToSql + Sync)> {
    columns.iter().map(|column| column as _).collect()
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *ty == Type::INT2 => i16::try_from(*number)?.to_sql(ty, out),
            Self::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Self::Int(number) if *ty == Type::INT8 => number.to_sql(ty, out),
            Self::Real(number) if *ty == Type::FLOAT8 => number.to_sql(ty, out),
            _ => match self.as_text().filter(|_| *ty == Type::TEXT) {
                Some(text) => text.to_sql(ty, out),
                None => Err(format!("a value is no {ty}").into()),
            },
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl Row for postgres::Row {
    fn int(&self, column: usize) -> Result<Option<i64>, Fault> {
        let kind = self.columns().get(column).map(postgres::Column::type_);
        let found = match kind {
            Some(kind) if *kind == Type::INT2 => {
                self.try_get::<_, Option<i16>>(column).map(|n| n.map(i64::from))
            }
            Some(kind) if *kind == Type::INT4 => {
                self.try_get::<_, Option<i32>>(column).map(|n| n.map(i64::from))
            }
            _ => self.try_get::<_, Option<i64>>(column),
        };
        found.map_err(|error| unreadable("a number", error))
    }

    fn text(&self, column: usize) -> Result<Option<&str>, Fault> {
        self.try_get(column).map_err(|error| unreadable("a text", error))
    }
}
