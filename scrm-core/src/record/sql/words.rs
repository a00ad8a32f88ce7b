//! Which messages have these words? The index, kept in step with the current versions, and how it is asked.
//!
//! Each message has a number of its own, greater the later it was observed: the second, and its place among all messages
//! of that second. By these numbers the index is read from the newest backwards. Words begin with the number of their
//! tenant, so that nobody's words lie among another's. How the index is kept differs: `index` has that.

mod index;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::read::{self, captured};
use super::{Sql, Statement, Value, row, values};
use crate::model::{IdentityKey, Message, MessageKey, Tenant};
use crate::record::error::Fault;
use crate::record::fold::micros;
use crate::record::terms::{RULE, Terms, Words};
use crate::record::{CandidateQuery, Entry, Position};

/// Bits of a number that count within one second.
const WITHIN: u32 = 24;

/// Seconds from the year 0 to 1970: numbers are not negative.
const YEAR_0: i64 = 62_167_219_200;

/// Rows that are looked up at once.
const CHUNK: usize = 256;

/// The words of a message, as the index takes them.
pub(super) fn text(message: &Message) -> String {
    let mut words = Words::of(message);
    let mut text = String::with_capacity(message.text().len() * 2);
    for word in words.in_order() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

/// The first number of the second in which something was observed.
fn second(observed: i64) -> i64 {
    observed.div_euclid(1_000_000).saturating_add(YEAR_0).clamp(0, (1 << (63 - WITHIN)) - 1) << WITHIN
}

const LAST_OF_SECOND: i64 = (1 << WITHIN) - 1;

/// Gives new messages of one tenant their numbers.
#[derive(Default)]
pub(super) struct Numbers {
    /// The last number given in each second.
    given: BTreeMap<i64, i64>,
    /// The greatest number that there was before; absent until it is needed. What is later than that needs no look-up.
    greatest: Option<i64>,
}

impl Numbers {
    pub(super) fn next(&mut self, sql: &mut dyn Sql, tenant: &str, observed: i64) -> Result<i64, Fault> {
        let first = second(observed);
        let next = match self.given.get(&first).copied() {
            Some(last) => last + 1,
            None if first > self.greatest(sql, tenant)? => first,
            None => {
                index::last_number(sql, tenant, first, first + LAST_OF_SECOND)?.map_or(first, |last| last + 1)
            }
        };
        if next > first + LAST_OF_SECOND {
            return Err(Fault::refused("more than 16,777,216 messages were observed in one second"));
        }
        self.given.insert(first, next);
        Ok(next)
    }

    fn greatest(&mut self, sql: &mut dyn Sql, tenant: &str) -> Result<i64, Fault> {
        if let Some(known) = self.greatest {
            return Ok(known);
        }
        let found = index::last_number(sql, tenant, 0, i64::MAX)?.unwrap_or(-1);
        self.greatest = Some(found);
        Ok(found)
    }
}

/// Rows of the index: a message's number and its words.
#[derive(Debug, Default)]
pub(super) struct WordRows {
    pub(super) gone: Vec<(i64, String)>,
    pub(super) new: Vec<(i64, String)>,
}

impl WordRows {
    /// Writes what left the index and what came: in order, so that it is written once.
    pub(super) fn write(self, sql: &mut dyn Sql, tenant: &Tenant) -> Result<(), Fault> {
        if self.gone.is_empty() && self.new.is_empty() {
            return Ok(());
        }
        let number = tenant_number(sql, tenant)?;
        index::remove(sql, number, in_order(self.gone))?;
        index::add(sql, number, in_order(self.new))
    }
}

fn in_order(mut rows: Vec<(i64, String)>) -> Vec<(i64, String)> {
    rows.retain(|(_, words)| !words.is_empty());
    rows.sort_unstable();
    rows
}

fn tenant_number(sql: &mut dyn Sql, tenant: &Tenant) -> Result<i64, Fault> {
    let asked = values![tenant.as_str()];
    if let Some(number) = sql.first(&TENANT, &asked, |row| row.number(0))? {
        return Ok(number);
    }
    sql.run_all(&NEW_TENANT, &[row![tenant.as_str()]])?;
    Ok(sql.first(&TENANT, &asked, |row| row.number(0))?.unwrap_or_default())
}

/// Takes messages out of the index, each by its observation and key, with the words that the log has of it now.
///
/// Whoever changes what the log has of a current version calls this before.
pub(super) fn take_out(sql: &mut dyn Sql, keys: &[Vec<Value>], rows: &mut WordRows) -> Result<(), Fault> {
    sql.ask_all(&INDEXED, keys, &mut |row| {
        let found = captured(row.count(1)?, row.string(2)?)?;
        rows.gone.push((row.number(0)?, text(&found.message)));
        Ok(ControlFlow::Continue(()))
    })
}

/// The numbers that messages have, each asked for by its observation and key.
pub(super) fn numbers_of(sql: &mut dyn Sql, keys: &[Vec<Value>]) -> Result<BTreeMap<MessageKey, i64>, Fault> {
    let mut numbers = BTreeMap::new();
    sql.ask_all(&NUMBER_OF, keys, &mut |row| {
        numbers.insert(read::message_key(row, 0)?, row.number(2)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(numbers)
}

/// Writes the whole index anew, so that no word is left in it that no message has.
pub(super) fn scour(sql: &mut dyn Sql) -> Result<(), Fault> {
    index::scour(sql)
}

/// Whether the index is there, by the rule of this version.
pub(in crate::record) fn is_kept_up(sql: &mut dyn Sql) -> Result<bool, Fault> {
    Ok(sql.first(&RULE_OF, &[], |row| row.number(0))? == Some(RULE))
}

/// Makes the index, where there is none or one by another rule.
pub(in crate::record) fn keep_up(sql: &mut dyn Sql) -> Result<(), Fault> {
    index::stop_writers(sql)?;
    if is_kept_up(sql)? {
        return Ok(());
    }
    index::clear(sql)?;
    sql.run_all(&TENANTS_OF_MESSAGES, &[Vec::new()])?;
    let mut tenants = Vec::new();
    sql.each(&TENANTS, &[], &mut |row| {
        tenants.push((row.number(0)?, row.string(1)?.to_owned()));
        Ok(ControlFlow::Continue(()))
    })?;
    for (number, tenant) in tenants {
        let mut numbers = Numbers::default();
        let mut after = row![i64::MIN, "", ""];
        loop {
            let mut found = Vec::new();
            let mut asked = row![tenant.as_str()];
            asked.append(&mut after);
            sql.each(&NEXT_MESSAGES, &asked, &mut |row| {
                let key = row![row.number(0)?, row.string(1)?, row.string(2)?];
                let words = text(&captured(row.count(3)?, row.string(4)?)?.message);
                found.push((key, row.number(0)?, row.int(5)?, words));
                Ok(ControlFlow::Continue(()))
            })?;
            let Some((last, ..)) = found.last() else { break };
            after.clone_from(last);
            let (mut docs, mut words) = (Vec::new(), Vec::new());
            for (key, observed, doc, text) in found {
                let doc = match doc {
                    Some(doc) => doc,
                    None => {
                        let doc = numbers.next(sql, &tenant, observed)?;
                        let mut row = row![doc, tenant.as_str()];
                        row.extend(key);
                        docs.push(row);
                        doc
                    }
                };
                if !text.is_empty() {
                    words.push((doc, text));
                }
            }
            sql.run_all(&NUMBERED, &docs)?;
            index::add(sql, number, words)?;
        }
    }
    sql.run_all(&NEW_RULE, &[row![RULE]])
}

/// Where a message stands in the order of entries: when it was observed, its source and its id.
type Place = (i64, String, String);

/// Visits every message that `query` may match, the newest first, until the visit says that it is enough.
pub(in crate::record) fn candidates(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    query: &CandidateQuery,
    visit: &mut dyn FnMut(Entry) -> ControlFlow<()>,
) -> Result<(), Fault> {
    let until = query.until.map(|until| (micros(until), String::new(), String::new()));
    let before = query.before.as_ref().map(place);
    let end = until.into_iter().chain(before).min();
    let mut search = Search {
        has_labels: sql.exists(&ANY_LABEL, &values![tenant.as_str()])?,
        sql,
        tenant: tenant.as_str(),
        from: query.since.map_or(i64::MIN, micros),
        end: end.unwrap_or((i64::MAX, String::new(), String::new())),
        visit,
    };
    if !query.authors.is_empty() {
        return search.by(&query.authors.iter().collect());
    }
    let terms = query.terms.simplified();
    if terms == Terms::Everything {
        return search.everything();
    }
    let Some(number) = search.sql.first(&TENANT, &values![tenant.as_str()], |row| row.number(0))? else {
        return Ok(());
    };
    match index::expression(search.sql.dialect(), &terms, number) {
        Some(expression) => search.with_words(number, &expression),
        None => Ok(()),
    }
}

fn place(position: &Position) -> Place {
    let Position { observed, message } = position;
    (micros(*observed), message.source.as_str().to_owned(), message.external_id.as_str().to_owned())
}

/// A search from the newest message backwards.
struct Search<'a> {
    sql: &'a mut dyn Sql,
    tenant: &'a str,
    has_labels: bool,
    /// Observed at or after this …
    from: i64,
    /// … and before this.
    end: Place,
    visit: &'a mut dyn FnMut(Entry) -> ControlFlow<()>,
}

impl Search<'_> {
    fn end(&self) -> Vec<Value> {
        let (observed, source, id) = &self.end;
        row![*observed, source.as_str(), id.as_str()]
    }

    /// All messages.
    fn everything(&mut self) -> Result<(), Fault> {
        loop {
            let mut asked = row![self.tenant, self.from];
            asked.extend(self.end());
            let mut places = Vec::new();
            self.sql.each(&NEWEST, &asked, &mut |row| {
                places.push(place_of(row)?);
                Ok(ControlFlow::Continue(()))
            })?;
            if self.visit(&places)?.is_break() || places.len() < CHUNK {
                return Ok(());
            }
        }
    }

    /// The messages of some authors. Of each the newest are taken, so that the newest of all are among them.
    fn by(&mut self, authors: &BTreeSet<&IdentityKey>) -> Result<(), Fault> {
        loop {
            let end = self.end();
            let ask = |author: &&IdentityKey| {
                let mut asked =
                    row![self.tenant, author.source.as_str(), author.native_id.as_str(), self.from];
                asked.extend(end.iter().cloned());
                asked
            };
            let asked: Vec<_> = authors.iter().map(ask).collect();
            let mut places = BTreeSet::new();
            self.sql.ask_all(&NEWEST_BY_AUTHOR, &asked, &mut |row| {
                places.insert(place_of(row)?);
                Ok(ControlFlow::Continue(()))
            })?;
            let places: Vec<Place> = places.into_iter().rev().take(CHUNK).collect();
            if self.visit(&places)?.is_break() || places.len() < CHUNK {
                return Ok(());
            }
        }
    }

    /// The messages that the index leads to. Numbers are gathered second by second, since within one they say nothing.
    fn with_words(&mut self, number: i64, expression: &str) -> Result<(), Fault> {
        let mut top = second(self.end.0).saturating_add(LAST_OF_SECOND);
        loop {
            let (mut docs, mut more) = (Vec::new(), false);
            let mut lowest = top;
            index::find(self.sql, number, expression, (second(self.from), top), &mut |doc| {
                more = docs.len() >= CHUNK && lowest >> WITHIN != doc >> WITHIN;
                if more {
                    return ControlFlow::Break(());
                }
                lowest = doc;
                docs.push(row![doc, self.tenant]);
                ControlFlow::Continue(())
            })?;
            let mut places: BTreeSet<Place> = BTreeSet::new();
            self.sql.ask_all(&BY_NUMBER, &docs, &mut |row| {
                places.insert(place_of(row)?);
                Ok(ControlFlow::Continue(()))
            })?;
            let asked: Vec<Place> =
                places.into_iter().rev().filter(|place| place.0 >= self.from && *place < self.end).collect();
            if self.visit(&asked)?.is_break() || !more {
                return Ok(());
            }
            // On with the second before: all of this one has been visited.
            top = (lowest >> WITHIN << WITHIN) - 1;
        }
    }

    fn visit(&mut self, places: &[Place]) -> Result<ControlFlow<()>, Fault> {
        for (observed, source, id) in places {
            let labels = if self.has_labels {
                read::labels_of(self.sql, &values![self.tenant, source.as_str(), id.as_str()])?
            } else {
                Vec::new()
            };
            let asked = values![self.tenant, *observed, source.as_str(), id.as_str()];
            let entry = self.sql.first(&ENTRY, &asked, |row| read::labelled(row, &labels))?;
            if entry.is_some_and(|entry| (self.visit)(entry).is_break()) {
                return Ok(ControlFlow::Break(()));
            }
        }
        if let Some(last) = places.last() {
            self.end.clone_from(last);
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn place_of(row: &dyn super::Row) -> Result<Place, Fault> {
    Ok((row.number(0)?, row.string(1)?.to_owned(), row.string(2)?.to_owned()))
}

static TENANT: Statement = Statement::new("SELECT number FROM tenants WHERE tenant = ?1");
static NEW_TENANT: Statement = Statement::new("INSERT INTO tenants (tenant) VALUES (?1)");
static TENANTS: Statement = Statement::new("SELECT number, tenant FROM tenants ORDER BY number");
static TENANTS_OF_MESSAGES: Statement = Statement::new(
    "INSERT INTO tenants (tenant) SELECT DISTINCT tenant FROM messages WHERE true ORDER BY tenant ON CONFLICT DO NOTHING",
);
static NUMBERED: Statement = Statement::new(
    "UPDATE messages SET doc = ?1 WHERE tenant = ?2 AND observed = ?3 AND source = ?4 AND external_id = ?5",
);
static RULE_OF: Statement = Statement::new("SELECT rule FROM words_rule");
static NEW_RULE: Statement = Statement::new(
    "INSERT INTO words_rule (one, rule) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET rule = excluded.rule",
);
static NUMBER_OF: Statement = Statement::new(
    "SELECT source, external_id, doc FROM messages
     WHERE tenant = ?1 AND observed = ?2 AND source = ?3 AND external_id = ?4",
);
static INDEXED: Statement = Statement::new(
    "SELECT m.doc, l.seq, l.body FROM messages m CROSS JOIN log l
     WHERE m.tenant = ?1 AND m.observed = ?2 AND m.source = ?3 AND m.external_id = ?4
         AND l.tenant = m.tenant AND l.seq = m.seq",
);
static NEXT_MESSAGES: Statement = Statement::new(
    "SELECT m.observed, m.source, m.external_id, l.seq, l.body, m.doc FROM messages m CROSS JOIN log l
     WHERE m.tenant = ?1 AND (m.observed, m.source, m.external_id) > (?2, ?3, ?4)
         AND l.tenant = m.tenant AND l.seq = m.seq
     ORDER BY m.observed, m.source, m.external_id LIMIT 256",
);
static BY_NUMBER: Statement = Statement::new(
    "SELECT observed, source, external_id FROM messages INDEXED BY messages_by_doc WHERE doc = ?1 AND tenant = ?2",
);
static NEWEST: Statement = Statement::new(
    "SELECT observed, source, external_id FROM messages
     WHERE tenant = ?1 AND observed >= ?2 AND (observed, source, external_id) < (?3, ?4, ?5)
     ORDER BY observed DESC, source DESC, external_id DESC LIMIT 256",
);
static NEWEST_BY_AUTHOR: Statement = Statement::new(
    "SELECT observed, source, external_id FROM messages INDEXED BY messages_by_author
     WHERE tenant = ?1 AND author_source = ?2 AND author_id = ?3 AND observed >= ?4
         AND (observed, source, external_id) < (?5, ?6, ?7)
     ORDER BY observed DESC, source DESC, external_id DESC LIMIT 256",
);
static ENTRY: Statement = Statement::new(
    "SELECT l.seq, m.versions, l.body FROM messages m CROSS JOIN log l
     WHERE m.tenant = ?1 AND m.observed = ?2 AND m.source = ?3 AND m.external_id = ?4
         AND l.tenant = m.tenant AND l.seq = m.seq",
);
static ANY_LABEL: Statement = Statement::new("SELECT 1 FROM labels WHERE tenant = ?1 LIMIT 1");
