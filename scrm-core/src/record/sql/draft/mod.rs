//! What does a commit know, and what will it write? The state that it touches, read once, changed in memory.
//!
//! Read [`Draft::new`] first: it fetches in bulk what nearly every event asks for. What is rare is asked for one by one.
//! `ledger` takes note of events, `rows` makes the rows of a table, `people` works out again who belongs together.

mod ledger;
mod people;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::read;
use super::tables::Rows;
use super::words::{self, Numbers, WordRows};
use super::{Sql, Statement, Value, row, unreadable, values};
use crate::model::{
    Assessment, Case, CaseId, Channel, CustomerId, Event, IdentityKey, IdentityLink, Incident, IncidentId,
    LinkId, MessageKey, PersonId, PersonLabel, Presence, ResponseId, Tenant, Version,
};
use crate::record::error::Fault;
use crate::record::fold::{NoteKey, QuarantineKey, Rank, micros};
use crate::record::subject::Subject;
use rows::NUMBER_COLUMN;
pub(super) use rows::{json, number};

/// One commit in the making: dropped unfinished, it never was.
pub(super) struct Draft<'a> {
    sql: &'a mut dyn Sql,
    tenant: &'a Tenant,
    last: u64,
    has_erasures: bool,
    /// Whether a person's label comes with this commit.
    is_labelling: bool,
    messages: BTreeMap<MessageKey, Versions>,
    accounts: BTreeMap<IdentityKey, Account>,
    /// Cases as they will be, and when their clocks are to be looked at.
    cases: BTreeMap<CaseId, (Case, i64)>,
    incidents: BTreeMap<IncidentId, Incident>,
    presences: BTreeMap<PersonId, Presence>,
    turns: BTreeMap<PersonId, i64>,
    responses: BTreeSet<ResponseId>,
    quarantined: BTreeSet<QuarantineKey>,
    held: BTreeMap<u64, bool>,
    notes: BTreeSet<NoteKey>,
    links: BTreeMap<LinkId, (u64, IdentityLink)>,
    /// The events on things that this commit asked for, its own included.
    subjects: BTreeMap<Subject, Vec<Event>>,
    /// The accounts whose customer was worked out again: which, when it has more than one.
    members: BTreeMap<IdentityKey, Option<CustomerId>>,
    rows: Rows,
    /// What leaves the index of words and what comes.
    pub(super) words: WordRows,
    erased: bool,
}

/// A message as the store has it, and as it will be.
#[derive(Default)]
struct Versions {
    captured: BTreeSet<Version>,
    current: Option<Rank>,
    /// When the current version in the store was observed, if the store has any.
    stored: Option<i64>,
    /// The row to be written, when it is another than the one in the store.
    row: Option<Vec<Value>>,
    /// The words to be looked up by, when the current version is another than the one in the store.
    words: Option<String>,
    /// The current version as the machine has it, when it came with this commit.
    assessment: Option<Assessment>,
    labels: Vec<PersonLabel>,
}

/// An account as this commit sees it: first, last, and its body with what decides whether it stands. The store keeps of both
/// what goes further.
struct Account {
    first: i64,
    last: i64,
    rank: (bool, i64, String),
}

impl<'a> Draft<'a> {
    /// Reads what the events ask for.
    pub(in crate::record::sql) fn new(
        sql: &'a mut dyn Sql,
        tenant: &'a Tenant,
        events: &[Event],
    ) -> Result<Self, Fault> {
        let at = &values![tenant.as_str()];
        let last = sql.first(&LAST, at, |row| row.int(0))?.flatten().map_or(0, i64::unsigned_abs);
        let has_erasures = sql.exists(&ANY_ERASURE, at)?;
        let mut draft = Self {
            sql,
            tenant,
            last,
            has_erasures,
            is_labelling: false,
            messages: BTreeMap::new(),
            accounts: BTreeMap::new(),
            cases: BTreeMap::new(),
            incidents: BTreeMap::new(),
            presences: BTreeMap::new(),
            turns: BTreeMap::new(),
            responses: BTreeSet::new(),
            quarantined: BTreeSet::new(),
            held: BTreeMap::new(),
            notes: BTreeSet::new(),
            links: BTreeMap::new(),
            subjects: BTreeMap::new(),
            members: BTreeMap::new(),
            rows: Rows::default(),
            words: WordRows::default(),
            erased: false,
        };
        let mut keys = BTreeSet::new();
        let mut quarantined = BTreeSet::new();
        for event in events {
            match event {
                Event::Captured { message, .. } => {
                    if draft.has_erasures {
                        keys.insert(message.key().erased());
                    }
                    keys.insert(message.key());
                }
                Event::Labelled { label } => {
                    draft.is_labelling = true;
                    keys.insert(label.message.clone());
                }
                Event::Quarantined { input, record, raw, .. } => {
                    quarantined.insert(QuarantineKey::new(input, *record, raw));
                }
                _ => {}
            }
        }
        draft.load_messages(keys)?;
        draft.load_quarantined(quarantined)?;
        Ok(draft)
    }

    pub(super) fn load_messages(&mut self, keys: BTreeSet<MessageKey>) -> Result<(), Fault> {
        let asked: Vec<_> = keys.iter().map(|key| self.key_of(key)).collect();
        let messages = &mut self.messages;
        messages.extend(keys.into_iter().map(|key| (key, Versions::default())));
        self.sql.ask_all(&VERSIONS, &asked, &mut |row| {
            let known = messages.entry(read::message_key(row, 0)?).or_default();
            let version = Version::new(row.string(4)?).map_err(|error| unreadable("a version", error))?;
            let rank = Rank { tombstone: row.number(2)? != 0, observed: row.number(3)?, version };
            known.captured.insert(rank.version.clone());
            if known.current.as_ref().is_none_or(|current| *current < rank) {
                known.stored = Some(rank.observed);
                known.current = Some(rank);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        for (key, labels) in read::labels_by_message(self.sql, self.tenant, &asked)? {
            messages.entry(key).or_default().labels = labels;
        }
        Ok(())
    }

    fn load_quarantined(&mut self, keys: BTreeSet<QuarantineKey>) -> Result<(), Fault> {
        let mut asked = Vec::new();
        for key in keys {
            asked.push(row![self.tenant.as_str(), key.input, number(key.record)?, key.hash]);
        }
        let quarantined = &mut self.quarantined;
        self.sql.ask_all(&QUARANTINED, &asked, &mut |row| {
            let (input, record) = (row.string(0)?.to_owned(), row.count(1)?);
            quarantined.insert(QuarantineKey { input, record, hash: row.string(2)?.to_owned() });
            Ok(ControlFlow::Continue(()))
        })
    }

    fn key_of(&self, key: &MessageKey) -> Vec<Value> {
        row![self.tenant.shared(), key.source.shared(), key.external_id.shared()]
    }

    fn account_of(&self, key: &IdentityKey) -> Vec<Value> {
        row![self.tenant.shared(), key.source.shared(), key.native_id.shared()]
    }

    /// Writes everything that the events changed.
    pub(super) fn finish(mut self) -> Result<(), Fault> {
        self.finish_messages()?;
        self.finish_cases()?;
        self.finish_work()?;
        self.finish_links()?;
        self.finish_accounts();
        self.rows.write(self.sql)?;
        self.words.write(self.sql, self.tenant)?;
        if self.erased { words::scour(self.sql) } else { Ok(()) }
    }

    fn finish_messages(&mut self) -> Result<(), Fault> {
        let tenant = self.tenant.as_str();
        let (mut kept, mut replaced) = (Vec::new(), Vec::new());
        for (key, known) in &self.messages {
            let (Some(_), Some(observed)) = (&known.row, known.stored) else { continue };
            let stored = row![self.tenant.shared(), observed, key.source.shared(), key.external_id.shared()];
            if known.words.is_some() { replaced.push(stored) } else { kept.push(stored) }
        }
        let numbered = words::numbers_of(self.sql, &kept)?;
        words::take_out(self.sql, &replaced, &mut self.words)?;
        let mut numbers = Numbers::default();
        let mut messages = Vec::with_capacity(self.messages.len());
        for (key, known) in std::mem::take(&mut self.messages) {
            let (Some(mut row), Some(rank)) = (known.row, known.current) else { continue };
            let mut number = numbered.get(&key).copied();
            if let Some(words) = known.words {
                let new = numbers.next(self.sql, tenant, rank.observed)?;
                self.words.new.push((new, words));
                number = Some(new);
            }
            if let Some(column) = row.get_mut(NUMBER_COLUMN) {
                *column = number.into();
            }
            if let Some(observed) = known.stored {
                let (source, id) = (key.source.shared(), key.external_id.shared());
                self.rows.gone_messages.push(row![self.tenant.shared(), observed, source, id]);
            }
            messages.push((rank.observed, row));
        }
        // In the order in which the table lies: many are added behind its last row.
        messages.sort_by_key(|(observed, _)| *observed);
        self.rows.messages = messages.into_iter().map(|(_, row)| row).collect();
        Ok(())
    }

    fn finish_accounts(&mut self) {
        let tenant = self.tenant.shared();
        for (key, account) in std::mem::take(&mut self.accounts) {
            let Account { first, last, rank: (live, observed, body) } = account;
            let (source, id) = (key.source.shared(), key.native_id.shared());
            self.rows.identities.push(row![tenant.clone(), source, id, first, last, live, observed, body]);
        }
    }

    fn finish_cases(&mut self) -> Result<(), Fault> {
        for (case, due) in std::mem::take(&mut self.cases).into_values() {
            let (author, thread) = (case.author.as_ref(), case.thread.as_ref());
            self.rows.cases.push(row![
                self.tenant.as_str(),
                case.id.as_str(),
                case.status.as_str(),
                micros(case.opened),
                micros(case.updated),
                case.resolved.map(micros),
                author.map(|author| author.source.as_str()),
                author.map(|author| author.native_id.as_str()),
                thread.map(|thread| thread.source.as_str()),
                thread.map(|thread| thread.id.as_str()),
                case.incident.as_ref().map(IncidentId::as_str),
                case.holder().map(PersonId::as_str),
                case.channel.as_ref().map(Channel::as_str),
                due,
                json(&case)?,
            ]);
        }
        Ok(())
    }

    /// Incidents, and what the people of the team were given and said.
    fn finish_work(&mut self) -> Result<(), Fault> {
        let tenant = self.tenant.as_str();
        for incident in std::mem::take(&mut self.incidents).into_values() {
            let (opened, closed) = (micros(incident.opened), incident.closed.map(micros));
            self.rows.incidents.push(row![tenant, incident.id.as_str(), opened, closed, json(&incident)?]);
        }
        for presence in std::mem::take(&mut self.presences).into_values() {
            self.rows.presences.push(row![tenant, presence.person.as_str(), json(&presence)?]);
        }
        for (person, at) in std::mem::take(&mut self.turns) {
            self.rows.turns.push(row![tenant, person.as_str(), at]);
        }
        Ok(())
    }
}

static LAST: Statement = Statement::new("SELECT max(seq) FROM log WHERE tenant = ?1");
static ANY_ERASURE: Statement = Statement::new("SELECT 1 FROM erasures WHERE tenant = ?1 LIMIT 1");
static VERSIONS: Statement = Statement::new(
    "SELECT source, external_id, tombstone, observed, version FROM deliveries
     WHERE tenant = ?1 AND source = ?2 AND external_id = ?3",
);
static QUARANTINED: Statement = Statement::new(
    "SELECT input, record, hash FROM quarantine
     WHERE tenant = ?1 AND input = ?2 AND record = ?3 AND hash = ?4",
);
