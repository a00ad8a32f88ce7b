//! How does each database keep an index of words? SQLite by FTS5, PostgreSQL by a `tsvector` for each message.
//!
//! In SQLite all tenants share one sequence of numbers. In PostgreSQL each has its own, so that none waits for another.

use std::ops::ControlFlow;

use super::super::{Dialect, Row, Sql, Statement, row, values};
use crate::record::error::Fault;
use crate::record::terms::Terms;

/// Bytes of words that a `tsvector` takes; it has places for 1 MiB. A message with more is let through by every search.
const TSVECTOR_BYTES: usize = 1_000_000;

/// The greatest number between two, both counted in.
pub(super) fn last_number(
    sql: &mut dyn Sql,
    tenant: &str,
    first: i64,
    last: i64,
) -> Result<Option<i64>, Fault> {
    let read = |row: &dyn Row| row.int(0);
    let found = match sql.dialect() {
        Dialect::Sqlite => sql.first(&LAST_NUMBER, &values![first, last], read)?,
        Dialect::Postgres => sql.first(&LAST_OF_TENANT, &values![tenant, first, last], read)?,
    };
    Ok(found.flatten())
}

/// Adds messages, each by its number and with its words.
pub(super) fn add(sql: &mut dyn Sql, tenant: i64, rows: Vec<(i64, String)>) -> Result<(), Fault> {
    let rows = rows.into_iter().map(|(doc, words)| (doc, own(tenant, &words)));
    match sql.dialect() {
        Dialect::Sqlite => {
            let rows: Vec<_> = rows.map(|(doc, words)| row![doc, words]).collect();
            sql.run_all(&FTS5_ADD, &rows)
        }
        Dialect::Postgres => {
            let fitting = |words: String| (words.len() <= TSVECTOR_BYTES).then_some(words);
            let rows: Vec<_> = rows.map(|(doc, words)| row![tenant, doc, fitting(words)]).collect();
            sql.run_all(&TSVECTOR_ADD, &rows)
        }
    }
}

/// Takes messages out, each with the words that it was added with.
pub(super) fn remove(sql: &mut dyn Sql, tenant: i64, rows: Vec<(i64, String)>) -> Result<(), Fault> {
    match sql.dialect() {
        Dialect::Sqlite => {
            let rows: Vec<_> = rows.into_iter().map(|(doc, words)| row![doc, own(tenant, &words)]).collect();
            sql.run_all(&FTS5_REMOVE, &rows)
        }
        Dialect::Postgres => {
            let rows: Vec<_> = rows.into_iter().map(|(doc, _)| row![tenant, doc]).collect();
            sql.run_all(&TSVECTOR_REMOVE, &rows)
        }
    }
}

/// Words with the number of their tenant.
fn own(tenant: i64, words: &str) -> String {
    let tenant = tenant.to_string();
    let mut own = String::with_capacity(words.len() + (words.len() / 4 + 1) * tenant.len());
    for word in words.split(' ') {
        if !own.is_empty() {
            own.push(' ');
        }
        own.push_str(&tenant);
        own.push_str(word);
    }
    own
}

/// Makes the index empty.
pub(super) fn clear(sql: &mut dyn Sql) -> Result<(), Fault> {
    match sql.dialect() {
        Dialect::Sqlite => sql.run_all(&FTS5_COMMAND, &[row!["delete-all"]]),
        Dialect::Postgres => sql.run_all(&TSVECTOR_CLEAR, &[Vec::new()]),
    }
}

/// Keeps others from writing while the index is made anew. SQLite has one writer anyway.
pub(super) fn stop_writers(sql: &mut dyn Sql) -> Result<(), Fault> {
    match sql.dialect() {
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => sql.run_all(&STOP_WRITERS, &[Vec::new()]),
    }
}

/// Leaves no word in the index that no message has: FTS5 keeps traces of what was taken out in its pages until they are
/// written again. A row that PostgreSQL deleted is the server's to clear.
pub(super) fn scour(sql: &mut dyn Sql) -> Result<(), Fault> {
    if sql.dialect() == Dialect::Postgres {
        return Ok(());
    }
    // What is one piece already would be left as it is: a second piece makes it two.
    sql.run_all(&FTS5_ADD, &[row![-1_i64, "0"]])?;
    sql.run_all(&FTS5_COMMAND, &[row!["optimize"]])?;
    sql.run_all(&FTS5_REMOVE, &[row![-1_i64, "0"]])
}

/// Visits the numbers in a range, both ends counted in, that an expression leads to, the greatest first.
pub(super) fn find(
    sql: &mut dyn Sql,
    tenant: i64,
    expression: &str,
    (from, to): (i64, i64),
    visit: &mut dyn FnMut(i64) -> ControlFlow<()>,
) -> Result<(), Fault> {
    let visit = &mut |row: &dyn Row| Ok(visit(row.number(0)?));
    match sql.dialect() {
        Dialect::Sqlite => sql.each(&FTS5_FIND, &values![expression, to, from], visit),
        Dialect::Postgres => sql.each(&TSVECTOR_FIND, &values![expression, to, from, tenant], visit),
    }
}

/// The formula in the language of the index; `None` when nothing fulfils it. Words are made of letters, digits, `_` and
/// what is not ASCII, and stand in quotes: whatever a person wrote, nothing of it is read as anything but a word.
pub(super) fn expression(dialect: Dialect, terms: &Terms, tenant: i64) -> Option<String> {
    let (and, or) = match dialect {
        Dialect::Sqlite => (" AND ", " OR "),
        Dialect::Postgres => (" & ", " | "),
    };
    let joined = |parts: Vec<String>, by: &str| (!parts.is_empty()).then(|| format!("({})", parts.join(by)));
    match terms {
        Terms::Word(word) => Some(match dialect {
            Dialect::Sqlite => format!("\"{tenant}{word}\""),
            Dialect::Postgres => format!("'{tenant}{word}'"),
        }),
        Terms::Prefix(word) => Some(match dialect {
            Dialect::Sqlite => format!("\"{tenant}{word}\" *"),
            Dialect::Postgres => format!("'{tenant}{word}':*"),
        }),
        Terms::All(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(|part| expression(dialect, part, tenant)).collect();
            joined(parts?, and)
        }
        Terms::Any(parts) => {
            joined(parts.iter().filter_map(|part| expression(dialect, part, tenant)).collect(), or)
        }
        Terms::Everything => None,
    }
}

static LAST_NUMBER: Statement =
    Statement::new("SELECT max(doc) FROM messages INDEXED BY messages_by_doc WHERE doc >= ?1 AND doc <= ?2");
static FTS5_ADD: Statement = Statement::new("INSERT INTO words (rowid, text) VALUES (?1, ?2)");
static FTS5_REMOVE: Statement =
    Statement::new("INSERT INTO words (words, rowid, text) VALUES ('delete', ?1, ?2)");
static FTS5_COMMAND: Statement = Statement::new("INSERT INTO words (words) VALUES (?1)");
static FTS5_FIND: Statement = Statement::new(
    "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid <= ?2 AND rowid >= ?3 ORDER BY rowid DESC",
);

static LAST_OF_TENANT: Statement =
    Statement::new("SELECT max(doc) FROM messages WHERE tenant = ?1 AND doc >= ?2 AND doc <= ?3");
static TSVECTOR_ADD: Statement = Statement::new(
    "INSERT INTO words (tenant, doc, text)
     SELECT ?1::int8, ?2::int8, array_to_tsvector(string_to_array(?3::text, ' ')) WHERE true",
);
static TSVECTOR_REMOVE: Statement = Statement::new("DELETE FROM words WHERE tenant = ?1 AND doc = ?2");
static TSVECTOR_CLEAR: Statement = Statement::new("DELETE FROM words");
static STOP_WRITERS: Statement =
    Statement::new("LOCK TABLE words_rule, messages IN SHARE ROW EXCLUSIVE MODE");
static TSVECTOR_FIND: Statement = Statement::new(
    "SELECT doc FROM words
     WHERE (text @@ ?1::text::tsquery OR text IS NULL) AND doc <= ?2 AND doc >= ?3 AND tenant = ?4
     ORDER BY doc DESC",
);
