//! Which statements answer the questions?
//!
//! Every one names the tenant first. What is visited is streamed: no more than a few rows are in memory at a time.

use std::collections::BTreeMap;
use std::error::Error;
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Row, Sql, Statement, Value, Visit, row, values};
use crate::model::{
    Assessment, Case, CaseId, DeliveryKey, Effect, Event, ExternalId, IdError, IdentityKey, Message,
    MessageKey, NativeId, PersonLabel, Source, Tenant, Topic,
};
use crate::record::error::Fault;
use crate::record::fold::{label_order, micros, time};
use crate::record::{
    CaseQuery, Entry, History, HistoryQuery, Quarantined, Raised, Seen, StoreErrorKind, Totals,
};

pub(in crate::record) fn seen(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    keys: &[DeliveryKey],
) -> Result<Vec<Seen>, Fault> {
    let erasures = sql.exists(&ANY_ERASURE, &values![tenant.as_str()])?;
    let mut versions: BTreeMap<MessageKey, Vec<String>> = BTreeMap::new();
    let ask = |key: &MessageKey| row![tenant.as_str(), key.source.as_str(), key.external_id.as_str()];
    let mut asked: Vec<_> = keys.iter().map(|key| ask(&key.message)).collect();
    if erasures {
        asked.extend(keys.iter().map(|key| ask(&key.message.erased())));
    }
    sql.ask_all(&VERSIONS, &asked, &mut |row| {
        versions.entry(message_key(row, 0)?).or_default().push(row.string(2)?.to_owned());
        Ok(ControlFlow::Continue(()))
    })?;
    let seen = |key: &DeliveryKey| match versions.get(&key.message) {
        Some(known) if known.iter().any(|version| key.version == version.as_str()) => Seen::Duplicate,
        Some(_) => Seen::Edit,
        None if erasures && versions.contains_key(&key.message.erased()) => Seen::Duplicate,
        None => Seen::New,
    };
    Ok(keys.iter().map(seen).collect())
}

pub(in crate::record) fn history(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    query: &HistoryQuery,
) -> Result<History, Fault> {
    let (tenant, since) = (tenant.as_str(), micros(query.since));
    let mut found = History::of(query);
    let authors: Vec<_> = (0_i64..)
        .zip(&query.authors)
        .map(|(place, author)| row![tenant, author.source.as_str(), author.native_id.as_str(), since, place])
        .collect();
    sql.ask_all(&BY_AUTHOR, &authors, &mut |row| {
        if let Some(times) = found.authors.get_mut(place(row)?) {
            times.push((time(row.number(1)?), row.number(2)? != 0));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    // Two of one moment lie in the order of what they are.
    found.authors.iter_mut().for_each(|times| times.sort_unstable());
    let issues: Vec<_> = (0_i64..)
        .zip(&query.issues)
        .map(|(place, issue)| row![tenant, issue.as_str(), since, place])
        .collect();
    sql.ask_all(&BY_ISSUE, &issues, &mut |row| {
        if let Some(times) = found.issues.get_mut(place(row)?) {
            times.push(time(row.number(1)?));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

pub(in crate::record) fn raised(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    issue: &Topic,
    since: DateTime<Utc>,
) -> Result<Vec<Raised>, Fault> {
    let mut found = Vec::new();
    sql.each(&RAISED, &values![tenant.as_str(), issue.as_str(), micros(since)], &mut |row| {
        let author = row.text(2)?.map(|_| identity_key(row, 1)).transpose()?;
        found.push((time(row.number(0)?), author));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// Which of many keys a row answers, where that stands in the first column.
fn place(row: &dyn Row) -> Result<usize, Fault> {
    Ok(usize::try_from(row.number(0)?).unwrap_or(usize::MAX))
}

type Wrap<T> = fn(&str) -> Result<T, IdError>;

fn id<T>(row: &dyn Row, column: usize, wrap: Wrap<T>) -> Result<T, Fault> {
    wrap(row.string(column)?).map_err(|error| unreadable("an id", error))
}

/// A message's key in two columns, the first of them named.
pub(in crate::record) fn message_key(row: &dyn Row, column: usize) -> Result<MessageKey, Fault> {
    Ok(MessageKey {
        source: id(row, column, |text| Source::new(text))?,
        external_id: id(row, column + 1, |text| ExternalId::new(text))?,
    })
}

/// An account's key in two columns, the first of them named.
pub(in crate::record) fn identity_key(row: &dyn Row, column: usize) -> Result<IdentityKey, Fault> {
    Ok(IdentityKey {
        source: id(row, column, |text| Source::new(text))?,
        native_id: id(row, column + 1, |text| NativeId::new(text))?,
    })
}

/// A word of a closed vocabulary.
pub(in crate::record) fn parsed<T>(
    what: &str,
    name: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Fault> {
    parse(name).ok_or_else(|| Fault::new(StoreErrorKind::Corrupt).detail(format!("{what} cannot be read")))
}

pub(in crate::record) fn open_cases(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    query: &CaseQuery,
) -> Result<Vec<Case>, Fault> {
    let mut found: BTreeMap<(i64, CaseId), Case> = BTreeMap::new();
    let mut visit = |row: &dyn Row| {
        let case = case(row.string(0)?)?;
        found.insert((micros(case.opened), case.id.clone()), case);
        Ok(ControlFlow::Continue(()))
    };
    let tenant = tenant.as_str();
    let threads: Vec<_> =
        query.threads.iter().map(|thread| row![tenant, thread.source.as_str(), thread.id.as_str()]).collect();
    sql.ask_all(&CASES_BY_THREAD, &threads, &mut visit)?;
    let authors: Vec<_> = query
        .authors
        .iter()
        .map(|author| row![tenant, author.source.as_str(), author.native_id.as_str()])
        .collect();
    sql.ask_all(&CASES_BY_AUTHOR, &authors, &mut visit)?;
    if let Some(since) = query.resolved_since {
        let asked: Vec<_> = authors.into_iter().map(|row| [row, row![micros(since)]].concat()).collect();
        sql.ask_all(&RESOLVED_BY_AUTHOR, &asked, &mut visit)?;
    }
    Ok(found.into_values().collect())
}

pub(in crate::record) fn entries(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    visit: &mut dyn FnMut(Entry) -> ControlFlow<()>,
) -> Result<(), Fault> {
    let mut labels: BTreeMap<MessageKey, Vec<PersonLabel>> = BTreeMap::new();
    sql.each(&ALL_LABELS, &values![tenant.as_str()], &mut |row| {
        let label = label(row.count(0)?, row.string(1)?)?;
        labels.entry(label.message.clone()).or_default().push(label);
        Ok(ControlFlow::Continue(()))
    })?;
    for labels in labels.values_mut() {
        labels.sort_by_cached_key(label_order);
    }
    sql.each(&ENTRIES, &values![tenant.as_str()], &mut |row| Ok(visit(entry(row, &labels)?)))
}

pub(in crate::record) fn entry_of(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    key: &MessageKey,
) -> Result<Option<Entry>, Fault> {
    let asked = values![tenant.as_str(), key.source.as_str(), key.external_id.as_str()];
    let labels = labels_of(sql, &asked)?;
    sql.first(&CURRENT, &asked, |row| labelled(row, &labels))
}

/// The labels of one message, asked for by its key, in the order in which they are laid over each other.
pub(super) fn labels_of(sql: &mut dyn Sql, key: &[Value]) -> Result<Vec<PersonLabel>, Fault> {
    let mut labels = Vec::new();
    sql.each(&LABELS_OF, key, &mut |row| {
        labels.push(label(row.count(0)?, row.string(1)?)?);
        Ok(ControlFlow::Continue(()))
    })?;
    labels.sort_by_cached_key(label_order);
    Ok(labels)
}

/// The labels of messages that are asked for by their keys, those of each in the order in which they are laid over each
/// other.
pub(super) fn labels_by_message(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    keys: &[Vec<Value>],
) -> Result<BTreeMap<MessageKey, Vec<PersonLabel>>, Fault> {
    let mut found: BTreeMap<MessageKey, Vec<PersonLabel>> = BTreeMap::new();
    if sql.exists(&ANY_LABEL, &values![tenant.as_str()])? {
        sql.ask_all(&LABELS_OF, keys, &mut |row| {
            let label = label(row.count(0)?, row.string(1)?)?;
            found.entry(label.message.clone()).or_default().push(label);
            Ok(ControlFlow::Continue(()))
        })?;
        for labels in found.values_mut() {
            labels.sort_by_cached_key(label_order);
        }
    }
    Ok(found)
}

/// A message with these labels laid over it.
pub(super) fn labelled(row: &dyn Row, labels: &[PersonLabel]) -> Result<Entry, Fault> {
    let versions = u32::try_from(row.number(1)?).unwrap_or(u32::MAX);
    Ok(captured(row.count(0)?, row.string(2)?)?.labelled(labels, versions))
}

fn entry(row: &dyn Row, labels: &BTreeMap<MessageKey, Vec<PersonLabel>>) -> Result<Entry, Fault> {
    let versions = u32::try_from(row.number(1)?).unwrap_or(u32::MAX);
    let captured = captured(row.count(0)?, row.string(2)?)?;
    let labels = if labels.is_empty() { None } else { labels.get(&captured.message.key()) };
    Ok(captured.labelled(labels.map(Vec::as_slice).unwrap_or_default(), versions))
}

pub(in crate::record) fn cases(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    visit: &mut dyn FnMut(Case) -> ControlFlow<()>,
) -> Result<(), Fault> {
    sql.each(&CASES, &values![tenant.as_str()], &mut |row| Ok(visit(case(row.string(0)?)?)))
}

pub(in crate::record) fn quarantined(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    visit: &mut dyn FnMut(Quarantined) -> ControlFlow<()>,
) -> Result<(), Fault> {
    sql.each(&QUARANTINED, &values![tenant.as_str()], &mut |row| {
        let seq = row.count(0)?;
        let Event::Quarantined { input, record, fault, raw } = event("quarantined", seq, row.string(1)?)?
        else {
            return Ok(ControlFlow::Continue(()));
        };
        Ok(visit(Quarantined { seq, input, record, fault, raw }))
    })
}

pub(in crate::record) fn log(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    after: u64,
    visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
) -> Result<(), Fault> {
    events(sql, &LOG, tenant, after, &mut |seq, row| {
        Ok(visit(seq, event(row.string(1)?, seq, row.string(2)?)?))
    })
}

pub(in crate::record) fn effects(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    after: u64,
    limit: usize,
) -> Result<Vec<Effect>, Fault> {
    let mut found = Vec::new();
    if limit == 0 {
        return Ok(found);
    }
    events(sql, &EFFECTS, tenant, after, &mut |seq, row| {
        found.extend(event(row.string(1)?, seq, row.string(2)?)?.effect(seq));
        Ok(if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(found)
}

/// What is done with each event, whose number is told beside its row.
type VisitEvent<'a> = dyn FnMut(u64, &dyn Row) -> Result<ControlFlow<()>, Fault> + 'a;

fn events(
    sql: &mut dyn Sql,
    statement: &'static Statement,
    tenant: &Tenant,
    after: u64,
    visit: &mut VisitEvent<'_>,
) -> Result<(), Fault> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let visit: &mut Visit<'_> = &mut |row| visit(row.count(0)?, row);
    sql.each(statement, &values![tenant.as_str(), after], visit)
}

pub(in crate::record) fn acked(sql: &mut dyn Sql, tenant: &Tenant, consumer: &str) -> Result<u64, Fault> {
    let asked = values![tenant.as_str(), consumer];
    Ok(sql.first(&ACKED, &asked, |row| row.count(0))?.unwrap_or_default())
}

pub(in crate::record) fn ack(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    consumer: &str,
    seq: u64,
) -> Result<(), Fault> {
    let seq = Value::Int(super::draft::number(seq)?);
    sql.run_all(&ACK, &[vec![tenant.as_str().into(), consumer.into(), seq]])
}

pub(in crate::record) fn totals(sql: &mut dyn Sql, tenant: &Tenant) -> Result<Totals, Fault> {
    let totals = sql.first(&TOTALS, &values![tenant.as_str()], |row| {
        Ok(Totals {
            messages: row.count(0)?,
            noise: row.count(1)?,
            decided: row.count(2)?,
            open: row.count(3)?,
            versions: row.count(4)?,
            deliveries_noise: row.count(5)?,
            deliveries_decided: row.count(6)?,
            deliveries_open: row.count(7)?,
            cases_open: row.count(8)?,
            quarantined: row.count(9)?,
        })
    })?;
    Ok(totals.unwrap_or_default())
}

/// What the log keeps of a capture: the event's own JSON, read without the detour over its tag.
#[derive(Deserialize)]
pub(in crate::record) struct Captured {
    pub(in crate::record) message: Message,
    pub(in crate::record) assessment: Assessment,
}

impl Captured {
    /// As an entry, with these labels laid over it.
    pub(super) fn labelled(self, labels: &[PersonLabel], versions: u32) -> Entry {
        let Self { message, mut assessment } = self;
        for label in labels {
            assessment.relabel(label);
        }
        Entry { message, assessment, versions }
    }
}

pub(in crate::record) fn captured(seq: u64, body: &str) -> Result<Captured, Fault> {
    serde_json::from_str(body).map_err(|error| unreadable(&format!("event {seq}"), error))
}

/// An event as it stands in the log.
pub(in crate::record) fn event(kind: &str, seq: u64, body: &str) -> Result<Event, Fault> {
    if kind == "captured" {
        let Captured { message, assessment } = captured(seq, body)?;
        return Ok(Event::Captured { message: Box::new(message), assessment: Box::new(assessment) });
    }
    serde_json::from_str(body).map_err(|error| unreadable(&format!("event {seq}"), error))
}

/// The label in a `labelled` event.
pub(in crate::record) fn label(seq: u64, body: &str) -> Result<PersonLabel, Fault> {
    match event("labelled", seq, body)? {
        Event::Labelled { label } => Ok(*label),
        other => parsed(&format!("event {seq}, a label and not `{}`,", other.name()), "", |_| None),
    }
}

pub(in crate::record) fn case(body: &str) -> Result<Case, Fault> {
    serde_json::from_str(body).map_err(|error| unreadable("a case", error))
}

/// Something in the store that this version cannot make sense of.
pub(in crate::record) fn unreadable(what: &str, error: impl Error + Send + Sync + 'static) -> Fault {
    Fault::new(StoreErrorKind::Corrupt).detail(format!("{what} cannot be read")).source(error)
}

static ANY_LABEL: Statement = Statement::new("SELECT 1 FROM labels WHERE tenant = ?1 LIMIT 1");
static ANY_ERASURE: Statement = Statement::new("SELECT 1 FROM erasures WHERE tenant = ?1 LIMIT 1");
static VERSIONS: Statement = Statement::new(
    "SELECT source, external_id, version FROM deliveries
     WHERE tenant = ?1 AND source = ?2 AND external_id = ?3",
);
// Without statistics the planner would rather walk through the whole table: the indexes are named. They have all that is
// asked for; a test looks at what SQLite opens.
pub(in crate::record) static BY_AUTHOR: Statement = Statement::new(
    "SELECT CAST(?5 AS BIGINT), observed, CASE WHEN type = 'complaint' THEN 1 ELSE 0 END
     FROM messages INDEXED BY messages_by_author
     WHERE tenant = ?1 AND author_source = ?2 AND author_id = ?3 AND observed >= ?4
         AND direction = 'in' AND outcome <> 'noise'
     ORDER BY observed",
);
pub(in crate::record) static BY_ISSUE: Statement = Statement::new(
    "SELECT CAST(?4 AS BIGINT), observed FROM messages INDEXED BY messages_by_issue
     WHERE tenant = ?1 AND issue = ?2 AND observed >= ?3 AND direction = 'in' AND outcome <> 'noise'
     ORDER BY observed",
);
static RAISED: Statement = Statement::new(
    "SELECT observed, author_source, author_id FROM messages INDEXED BY messages_by_issue
     WHERE tenant = ?1 AND issue = ?2 AND observed >= ?3 AND direction = 'in' AND outcome <> 'noise'
     ORDER BY observed, source, external_id",
);
static CASES_BY_THREAD: Statement = Statement::new(
    "SELECT body FROM cases INDEXED BY cases_by_thread
     WHERE tenant = ?1 AND thread_source = ?2 AND thread_id = ?3 AND status <> 'resolved'",
);
static CASES_BY_AUTHOR: Statement = Statement::new(
    "SELECT body FROM cases INDEXED BY cases_by_author
     WHERE tenant = ?1 AND author_source = ?2 AND author_id = ?3 AND status <> 'resolved'",
);
static RESOLVED_BY_AUTHOR: Statement = Statement::new(
    "SELECT body FROM cases INDEXED BY cases_of_author
     WHERE tenant = ?1 AND author_source = ?2 AND author_id = ?3 AND status = 'resolved' AND resolved >= ?4",
);
static CASES: Statement =
    Statement::new("SELECT body FROM cases INDEXED BY cases_in_order WHERE tenant = ?1 ORDER BY opened, id");

/// In the order in which the table lies, so nothing is sorted; a test asks SQLite for its plan.
pub(in crate::record) static ENTRIES: Statement = Statement::new(
    "SELECT l.seq, m.versions, l.body FROM messages m CROSS JOIN log l
     WHERE m.tenant = ?1 AND l.tenant = m.tenant AND l.seq = m.seq ORDER BY m.observed, m.source, m.external_id",
);

/// One message: the greatest of its versions is the current one.
pub(in crate::record) static CURRENT: Statement = Statement::new(
    "SELECT l.seq, (SELECT count(*) FROM deliveries WHERE tenant = ?1 AND source = ?2 AND external_id = ?3), l.body
     FROM (SELECT seq FROM deliveries WHERE tenant = ?1 AND source = ?2 AND external_id = ?3
           ORDER BY tombstone DESC, observed DESC, version DESC LIMIT 1) d
     CROSS JOIN log l WHERE l.tenant = ?1 AND l.seq = d.seq",
);
static LABELS_OF: Statement = Statement::new(
    "SELECT l.seq, l.body FROM labels x JOIN log l ON l.tenant = x.tenant AND l.seq = x.seq
     WHERE x.tenant = ?1 AND x.source = ?2 AND x.external_id = ?3",
);
static ALL_LABELS: Statement = Statement::new(
    "SELECT l.seq, l.body FROM labels x JOIN log l ON l.tenant = x.tenant AND l.seq = x.seq WHERE x.tenant = ?1",
);
static QUARANTINED: Statement = Statement::new(
    "SELECT seq, body FROM log WHERE tenant = ?1
         AND seq IN (SELECT seq FROM quarantine WHERE tenant = ?1 AND released IS NULL)
     ORDER BY seq",
);
static LOG: Statement =
    Statement::new("SELECT seq, kind, body FROM log WHERE tenant = ?1 AND seq > ?2 ORDER BY seq");
static EFFECTS: Statement = Statement::new(
    "SELECT seq, kind, body FROM log INDEXED BY log_effects
     WHERE tenant = ?1 AND seq > ?2 AND effect = 1 ORDER BY seq",
);
static ACKED: Statement = Statement::new("SELECT seq FROM consumers WHERE tenant = ?1 AND name = ?2");
static ACK: Statement = Statement::new(
    "INSERT INTO consumers (tenant, name, seq) VALUES (?1, ?2, ?3)
     ON CONFLICT (tenant, name) DO UPDATE SET
         seq = CASE WHEN excluded.seq > consumers.seq THEN excluded.seq ELSE consumers.seq END",
);
static TOTALS: Statement = Statement::new(
    "SELECT m.*, d.*,
         (SELECT count(*) FROM cases WHERE tenant = ?1 AND status <> 'resolved'),
         (SELECT count(*) FROM quarantine WHERE tenant = ?1 AND released IS NULL)
     FROM (SELECT count(*), count(*) FILTER (WHERE outcome = 'noise'),
               count(*) FILTER (WHERE outcome = 'decided'), count(*) FILTER (WHERE outcome = 'open')
           FROM messages WHERE tenant = ?1) m,
          (SELECT count(*), count(*) FILTER (WHERE outcome = 'noise'),
               count(*) FILTER (WHERE outcome = 'decided'), count(*) FILTER (WHERE outcome = 'open')
           FROM deliveries WHERE tenant = ?1) d",
);
