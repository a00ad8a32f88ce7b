//! Which statements answer the questions?
//!
//! Every one names the tenant first. What is visited is streamed: no more than a row is in memory at a time.

use std::collections::BTreeMap;
use std::error::Error;
use std::ops::ControlFlow;

use rusqlite::{CachedStatement, Params, Row, Transaction};
use serde::Deserialize;

use crate::model::{
    Assessment, Case, CaseId, Contact, DeliveryKey, Event, ExternalId, IdError, IdentityKey, Message,
    MessageKey, MessageType, NativeId, Source, Tenant, Topic,
};
use crate::record::error::Fault;
use crate::record::fold::{micros, time};
use crate::record::{CaseQuery, Entry, HistoryQuery, Quarantined, Seen, StoreErrorKind, Totals};

type Asked<'a> = Transaction<'a>;

pub(super) fn seen(state: &Asked<'_>, tenant: &Tenant, key: &DeliveryKey) -> Result<Seen, Fault> {
    let mut versions = state.prepare_cached(
        "SELECT max(version = ?4) FROM deliveries WHERE tenant = ?1 AND source = ?2 AND external_id = ?3",
    )?;
    let (source, id) = (key.message.source.as_str(), key.message.external_id.as_str());
    let same = versions.query_row((tenant.as_str(), source, id, key.version.as_str()), |row| row.get(0))?;
    Ok(match same {
        None => Seen::New,
        Some(false) => Seen::Edit,
        Some(true) => Seen::Duplicate,
    })
}

type Contacts = BTreeMap<(i64, MessageKey), Contact>;

pub(super) fn history(
    state: &Asked<'_>,
    tenant: &Tenant,
    query: &HistoryQuery,
) -> Result<Vec<Contact>, Fault> {
    let (tenant, since) = (tenant.as_str(), micros(query.since));
    let mut found = Contacts::new();
    // Without statistics the planner would rather walk through the whole table: the indexes are named.
    let mut by_author = state.prepare_cached(
        "SELECT observed, source, external_id, author_source, author_id, type, issue FROM messages INDEXED BY messages_by_author
         WHERE tenant = ?1 AND author_source = ?2 AND author_id = ?3 AND observed >= ?4
             AND direction = 'in' AND outcome <> 'noise'",
    )?;
    for author in &query.authors {
        let values = (tenant, author.source.as_str(), author.native_id.as_str(), since);
        add_contacts(&mut by_author, values, &mut found)?;
    }
    let mut by_issue = state.prepare_cached(
        "SELECT observed, source, external_id, author_source, author_id, type, issue FROM messages INDEXED BY messages_by_issue
         WHERE tenant = ?1 AND issue = ?2 AND observed >= ?3 AND direction = 'in' AND outcome <> 'noise'",
    )?;
    for issue in &query.issues {
        add_contacts(&mut by_issue, (tenant, issue.as_str(), since), &mut found)?;
    }
    Ok(found.into_values().collect())
}

fn add_contacts(
    statement: &mut CachedStatement<'_>,
    values: impl Params,
    found: &mut Contacts,
) -> Result<(), Fault> {
    let mut rows = statement.query(values)?;
    while let Some(row) = rows.next()? {
        let observed = row.get(0)?;
        let key = MessageKey { source: id(row, 1, Source::new)?, external_id: id(row, 2, ExternalId::new)? };
        found.insert((observed, key), contact(row, observed)?);
    }
    Ok(())
}

fn contact(row: &Row<'_>, observed: i64) -> Result<Contact, Fault> {
    let (source, native_id) = (maybe(row, 3, Source::new)?, maybe(row, 4, NativeId::new)?);
    let kind: Option<String> = row.get(5)?;
    Ok(Contact {
        at: time(observed),
        author: source.zip(native_id).map(|(source, native_id)| IdentityKey { source, native_id }),
        kind: kind.as_deref().and_then(MessageType::parse),
        issue: maybe(row, 6, Topic::new)?,
    })
}

type Wrap<T> = fn(String) -> Result<T, IdError>;

fn id<T>(row: &Row<'_>, column: usize, wrap: Wrap<T>) -> Result<T, Fault> {
    wrap(row.get(column)?).map_err(|error| unreadable("an id", error))
}

fn maybe<T>(row: &Row<'_>, column: usize, wrap: Wrap<T>) -> Result<Option<T>, Fault> {
    let found: Option<String> = row.get(column)?;
    found.map(wrap).transpose().map_err(|error| unreadable("an id", error))
}

pub(super) fn open_cases(state: &Asked<'_>, tenant: &Tenant, query: &CaseQuery) -> Result<Vec<Case>, Fault> {
    let mut found: BTreeMap<(i64, CaseId), Case> = BTreeMap::new();
    let mut add = |statement: &mut CachedStatement<'_>, source: &str, native: &str| {
        let mut rows = statement.query((tenant.as_str(), source, native))?;
        while let Some(row) = rows.next()? {
            let case = case(text(row, 0)?)?;
            found.insert((micros(case.opened), case.id.clone()), case);
        }
        Ok::<_, Fault>(())
    };
    let mut by_thread = state.prepare_cached(
        "SELECT body FROM cases INDEXED BY cases_by_thread
         WHERE tenant = ?1 AND thread_source = ?2 AND thread_id = ?3 AND status <> 'resolved'",
    )?;
    for thread in &query.threads {
        add(&mut by_thread, thread.source.as_str(), thread.id.as_str())?;
    }
    let mut by_author = state.prepare_cached(
        "SELECT body FROM cases INDEXED BY cases_by_author
         WHERE tenant = ?1 AND author_source = ?2 AND author_id = ?3 AND status <> 'resolved'",
    )?;
    for author in &query.authors {
        add(&mut by_author, author.source.as_str(), author.native_id.as_str())?;
    }
    Ok(found.into_values().collect())
}

/// In the order in which the table lies, so nothing is sorted; a test asks SQLite for its plan.
pub(super) const ENTRIES: &str = "
SELECT l.seq, m.versions, l.body FROM messages m CROSS JOIN log l ON l.tenant = m.tenant AND l.seq = m.seq
WHERE m.tenant = ?1 ORDER BY m.observed, m.source, m.external_id";

pub(super) fn entries(
    state: &Asked<'_>,
    tenant: &Tenant,
    visit: &mut dyn FnMut(Entry) -> ControlFlow<()>,
) -> Result<(), Fault> {
    let mut entries = state.prepare_cached(ENTRIES)?;
    let mut rows = entries.query([tenant.as_str()])?;
    while let Some(row) = rows.next()? {
        let Captured { message, assessment } = captured(row.get::<_, i64>(0)?.unsigned_abs(), text(row, 2)?)?;
        if visit(Entry { message, assessment, versions: row.get(1)? }).is_break() {
            break;
        }
    }
    Ok(())
}

pub(super) fn cases(
    state: &Asked<'_>,
    tenant: &Tenant,
    visit: &mut dyn FnMut(Case) -> ControlFlow<()>,
) -> Result<(), Fault> {
    // Sorting carries the ids; the bodies are fetched one by one.
    let mut ids = state.prepare_cached("SELECT id FROM cases WHERE tenant = ?1 ORDER BY opened, id")?;
    let mut body = state.prepare_cached("SELECT body FROM cases WHERE tenant = ?1 AND id = ?2")?;
    let mut rows = ids.query([tenant.as_str()])?;
    while let Some(row) = rows.next()? {
        let body: String = body.query_row((tenant.as_str(), text(row, 0)?), |row| row.get(0))?;
        if visit(case(&body)?).is_break() {
            break;
        }
    }
    Ok(())
}

pub(super) fn quarantined(
    state: &Asked<'_>,
    tenant: &Tenant,
    visit: &mut dyn FnMut(Quarantined) -> ControlFlow<()>,
) -> Result<(), Fault> {
    let mut kept = state.prepare_cached(
        "SELECT seq, body FROM log WHERE tenant = ?1 AND seq IN (SELECT seq FROM quarantine WHERE tenant = ?1)
         ORDER BY seq",
    )?;
    let mut rows = kept.query([tenant.as_str()])?;
    while let Some(row) = rows.next()? {
        let seq = row.get::<_, i64>(0)?.unsigned_abs();
        let Event::Quarantined { input, record, fault, raw } = event("quarantined", seq, text(row, 1)?)?
        else {
            continue;
        };
        if visit(Quarantined { seq, input, record, fault, raw }).is_break() {
            break;
        }
    }
    Ok(())
}

pub(super) fn log(
    state: &Asked<'_>,
    tenant: &Tenant,
    after: u64,
    visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
) -> Result<(), Fault> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let mut events = state
        .prepare_cached("SELECT seq, kind, body FROM log WHERE tenant = ?1 AND seq > ?2 ORDER BY seq")?;
    let mut rows = events.query((tenant.as_str(), after))?;
    while let Some(row) = rows.next()? {
        let seq = row.get::<_, i64>(0)?.unsigned_abs();
        if visit(seq, event(text(row, 1)?, seq, text(row, 2)?)?).is_break() {
            break;
        }
    }
    Ok(())
}

pub(super) fn totals(state: &Asked<'_>, tenant: &Tenant) -> Result<Totals, Fault> {
    let mut totals = state.prepare_cached(
        "SELECT m.*, d.*,
             (SELECT count(*) FROM cases WHERE tenant = ?1 AND status <> 'resolved'),
             (SELECT count(*) FROM quarantine WHERE tenant = ?1)
         FROM (SELECT count(*), count(*) FILTER (WHERE outcome = 'noise'),
                   count(*) FILTER (WHERE outcome = 'decided'), count(*) FILTER (WHERE outcome = 'open')
               FROM messages WHERE tenant = ?1) m,
              (SELECT count(*), count(*) FILTER (WHERE outcome = 'noise'),
                   count(*) FILTER (WHERE outcome = 'decided'), count(*) FILTER (WHERE outcome = 'open')
               FROM deliveries WHERE tenant = ?1) d",
    )?;
    let totals = totals.query_row([tenant.as_str()], |row| {
        let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        Ok(Totals {
            messages: count(0)?,
            noise: count(1)?,
            decided: count(2)?,
            open: count(3)?,
            versions: count(4)?,
            deliveries_noise: count(5)?,
            deliveries_decided: count(6)?,
            deliveries_open: count(7)?,
            cases_open: count(8)?,
            quarantined: count(9)?,
        })
    })?;
    Ok(totals)
}

/// What the log keeps of a capture: the event's own JSON, read without the detour over its tag.
#[derive(Deserialize)]
struct Captured {
    message: Message,
    assessment: Assessment,
}

fn captured(seq: u64, body: &str) -> Result<Captured, Fault> {
    serde_json::from_str(body).map_err(|error| unreadable(&format!("event {seq}"), error))
}

/// An event as it stands in the log.
pub(super) fn event(kind: &str, seq: u64, body: &str) -> Result<Event, Fault> {
    if kind == "captured" {
        let Captured { message, assessment } = captured(seq, body)?;
        return Ok(Event::Captured { message: Box::new(message), assessment: Box::new(assessment) });
    }
    serde_json::from_str(body).map_err(|error| unreadable(&format!("event {seq}"), error))
}

pub(super) fn case(body: &str) -> Result<Case, Fault> {
    serde_json::from_str(body).map_err(|error| unreadable("a case", error))
}

fn text<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a str, Fault> {
    row.get_ref(column)?.as_str().map_err(|error| unreadable("a text", error))
}

/// Something in the file that this version cannot make sense of.
pub(super) fn unreadable(what: &str, error: impl Error + Send + Sync + 'static) -> Fault {
    Fault::new(StoreErrorKind::Corrupt).detail(format!("{what} cannot be read")).source(error)
}
