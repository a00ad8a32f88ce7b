//! What does a commit know, and what will it write? The state that it touches, read once, changed in memory.
//!
//! Read [`Draft::new`] first: it fetches in bulk what nearly every event asks for. What is rare is asked for one by one.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::read::{self, captured, event};
use super::tables::Rows;
use super::words::{self, Numbers, WordRows};
use super::{Sql, Statement, Value, cases, people, row, subject, unreadable, values};
use crate::model::{
    Assessment, Case, CaseId, Channel, Customer, DeliveryKey, Erasure, Event, Identity, IdentityKey,
    IdentityLink, Incident, IncidentId, LinkId, Message, MessageKey, MessageType, PersonId, PersonLabel,
    Presence, ResponseId, ResponseRecord, SentimentLabel, Tenant, Topic, Version,
};
use crate::record::Involvement;
use crate::record::error::Fault;
use crate::record::fold::{Ledger, NoteKey, QuarantineKey, Rank, in_order_seen, label_order, micros};
use crate::record::subject::Subject;

/// One commit in the making: dropped unfinished, it never was.
pub(super) struct Draft<'a> {
    sql: &'a mut dyn Sql,
    tenant: &'a Tenant,
    last: u64,
    has_erasures: bool,
    has_labels: bool,
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

#[derive(Default)]
struct Account {
    known: Option<(i64, i64, (bool, i64, String))>,
    changed: bool,
    /// Whether it is now known to have been seen earlier than the store has it, or at all.
    earlier: bool,
}

impl<'a> Draft<'a> {
    /// Reads what the events ask for.
    pub(super) fn new(sql: &'a mut dyn Sql, tenant: &'a Tenant, events: &[Event]) -> Result<Self, Fault> {
        let at = &values![tenant.as_str()];
        let last = sql.first(&LAST, at, |row| row.int(0))?.flatten().map_or(0, i64::unsigned_abs);
        let (has_erasures, has_labels) = (sql.exists(&ANY_ERASURE, at)?, sql.exists(&ANY_LABEL, at)?);
        let mut draft = Self {
            sql,
            tenant,
            last,
            has_erasures,
            has_labels,
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
            rows: Rows::default(),
            words: WordRows::default(),
            erased: false,
        };
        let mut keys = BTreeSet::new();
        let mut accounts = BTreeSet::new();
        let mut quarantined = BTreeSet::new();
        for event in events {
            match event {
                Event::Captured { message, .. } => {
                    if draft.has_erasures {
                        keys.insert(message.key().erased());
                    }
                    keys.insert(message.key());
                    accounts.extend(message.author_key().cloned());
                }
                Event::Labelled { label } => {
                    draft.has_labels = true;
                    keys.insert(label.message.clone());
                }
                Event::Quarantined { input, record, raw, .. } => {
                    quarantined.insert(QuarantineKey::new(input, *record, raw));
                }
                Event::Noted { fact } => {
                    if let crate::model::Fact::Account { identity, .. } = fact.as_ref() {
                        accounts.insert(identity.key.clone());
                    }
                }
                _ => {}
            }
        }
        draft.load_messages(keys)?;
        draft.load_accounts(&accounts)?;
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
        if self.has_labels {
            self.sql.ask_all(&LABELS_OF, &asked, &mut |row| {
                let label = read::label(row.count(0)?, row.string(1)?)?;
                messages.entry(label.message.clone()).or_default().labels.push(label);
                Ok(ControlFlow::Continue(()))
            })?;
            for known in messages.values_mut() {
                known.labels.sort_by_cached_key(label_order);
            }
        }
        Ok(())
    }

    fn load_accounts(&mut self, keys: &BTreeSet<IdentityKey>) -> Result<(), Fault> {
        let asked: Vec<_> = keys.iter().map(|key| self.account_of(key)).collect();
        let accounts = &mut self.accounts;
        self.sql.ask_all(&ACCOUNTS, &asked, &mut |row| {
            let rank = (row.number(4)? != 0, row.number(5)?, row.string(6)?.to_owned());
            let known = Some((row.number(2)?, row.number(3)?, rank));
            accounts.insert(read::identity_key(row, 0)?, Account { known, changed: false, earlier: false });
            Ok(ControlFlow::Continue(()))
        })
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
        row![self.tenant.as_str(), key.source.as_str(), key.external_id.as_str()]
    }

    fn account_of(&self, key: &IdentityKey) -> Vec<Value> {
        row![self.tenant.as_str(), key.source.as_str(), key.native_id.as_str()]
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
            let stored = row![tenant, observed, key.source.as_str(), key.external_id.as_str()];
            if known.words.is_some() { replaced.push(stored) } else { kept.push(stored) }
        }
        let numbered = words::numbers_of(self.sql, &kept)?;
        words::take_out(self.sql, &replaced, &mut self.words)?;
        let mut numbers = Numbers::default();
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
                let (source, id) = (key.source.as_str(), key.external_id.as_str());
                self.rows.gone_messages.push(row![tenant, observed, source, id]);
            }
            self.rows.messages.push(row);
        }
        Ok(())
    }

    fn finish_accounts(&mut self) {
        let tenant = self.tenant.as_str();
        for (key, account) in std::mem::take(&mut self.accounts) {
            let (true, Some((first, last, (live, observed, body)))) = (account.changed, account.known) else {
                continue;
            };
            let (source, id) = (key.source.as_str(), key.native_id.as_str());
            self.rows.identities.push(row![tenant, source, id, first, last, live, observed, body]);
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

    /// Who belongs together is worked out again for every customer that a claim of this commit touches, or one of whose
    /// accounts turns out to have been seen earlier: the account that was seen first names the customer.
    fn finish_links(&mut self) -> Result<(), Fault> {
        let links = std::mem::take(&mut self.links);
        let tenant = self.tenant.as_str();
        let mut touched: BTreeSet<IdentityKey> = BTreeSet::new();
        for (id, (seq, link)) in &links {
            touched.extend([link.a.clone(), link.b.clone()]);
            let revoked = link.revoked.as_ref().map(|revoked| micros(revoked.at));
            self.rows.links.push(row![
                tenant,
                id.as_str(),
                link.a.source.as_str(),
                link.a.native_id.as_str(),
                link.b.source.as_str(),
                link.b.native_id.as_str(),
                number(*seq)?,
                revoked,
                json(link)?,
            ]);
        }
        if self.sql.exists(&ANY_MEMBER, &values![tenant])? {
            let earlier = self.accounts.iter().filter(|(_, account)| account.earlier).map(|(key, _)| key);
            let asked: Vec<_> = earlier.map(|key| self.account_of(key)).collect();
            self.sql.ask_all(&MEMBER_KEY, &asked, &mut |row| {
                touched.insert(read::identity_key(row, 0)?);
                Ok(ControlFlow::Continue(()))
            })?;
        }
        self.regroup(touched.iter(), &links)
    }

    /// Works out again which customer each of these accounts, and each that they are joined to, belongs to.
    pub(super) fn regroup<'k>(
        &mut self,
        accounts: impl Iterator<Item = &'k IdentityKey>,
        changed: &BTreeMap<LinkId, (u64, IdentityLink)>,
    ) -> Result<(), Fault> {
        let tenant = self.tenant.as_str();
        let mut done: BTreeSet<IdentityKey> = BTreeSet::new();
        for account in accounts {
            if done.contains(account) {
                continue;
            }
            let (reached, around) = people::around(self.sql, self.tenant, account, changed)?;
            let first = self.first_seen(&reached)?;
            let seen =
                in_order_seen(reached.iter().cloned(), |key| first.get(key).copied().unwrap_or(i64::MAX));
            for customer in Customer::view(&seen, &around) {
                for member in customer.identities.iter().filter(|member| reached.contains(member)) {
                    let (source, id) = (member.source.as_str(), member.native_id.as_str());
                    self.rows.gone_members.push(row![tenant, source, id]);
                    if customer.identities.len() > 1 {
                        self.rows.members.push(row![tenant, source, id, customer.id.as_str()]);
                    }
                }
            }
            done.extend(reached);
        }
        Ok(())
    }

    /// When the accounts were first seen, those that were.
    fn first_seen(&mut self, keys: &BTreeSet<IdentityKey>) -> Result<BTreeMap<IdentityKey, i64>, Fault> {
        let asked: Vec<_> = keys.iter().map(|key| self.account_of(key)).collect();
        let mut first = BTreeMap::new();
        self.sql.ask_all(&ACCOUNTS, &asked, &mut |row| {
            first.insert(read::identity_key(row, 0)?, row.number(2)?);
            Ok(ControlFlow::Continue(()))
        })?;
        for key in keys {
            if let Some((at, ..)) = self.accounts.get(key).and_then(|account| account.known.as_ref()) {
                first.insert(key.clone(), *at);
            }
        }
        Ok(first)
    }

    /// The current version's assessment by the machine: of this commit, or read from the log.
    fn machine(&mut self, key: &MessageKey) -> Result<Option<Assessment>, Fault> {
        if let Some(found) = self.messages.get(key).and_then(|known| known.assessment.clone()) {
            return Ok(Some(found));
        }
        let asked = self.key_of(key);
        self.sql.first(&read::CURRENT, &asked, |row| Ok(captured(row.count(0)?, row.string(2)?)?.assessment))
    }
}

impl Ledger for Draft<'_> {
    fn has_delivery(&mut self, key: &DeliveryKey) -> Result<bool, Fault> {
        Ok(self.messages.get(&key.message).is_some_and(|known| known.captured.contains(&key.version)))
    }

    fn has_message(&mut self, key: &MessageKey) -> Result<bool, Fault> {
        Ok(self.messages.get(key).is_some_and(|known| known.current.is_some()))
    }

    fn has_erasures(&mut self) -> Result<bool, Fault> {
        Ok(self.has_erasures)
    }

    fn has_quarantined(&mut self, key: &QuarantineKey) -> Result<bool, Fault> {
        Ok(self.quarantined.contains(key))
    }

    fn is_held(&mut self, seq: u64) -> Result<Option<bool>, Fault> {
        if let Some(held) = self.held.get(&seq) {
            return Ok(Some(*held));
        }
        let asked = values![self.tenant.as_str(), number(seq)?];
        self.sql.first(&HELD, &asked, |row| Ok(row.int(0)?.is_none()))
    }

    fn has_response(&mut self, id: &ResponseId) -> Result<bool, Fault> {
        let asked = values![self.tenant.as_str(), id.as_str()];
        Ok(self.responses.contains(id) || self.sql.exists(&RESPONSE, &asked)?)
    }

    fn has_note(&mut self, note: &NoteKey) -> Result<bool, Fault> {
        let asked = values![self.tenant.as_str(), note.0.as_str()];
        Ok(self.notes.contains(note) || self.sql.exists(&NOTE, &asked)?)
    }

    fn case(&mut self, id: &CaseId) -> Result<Option<Case>, Fault> {
        if let Some((case, _)) = self.cases.get(id) {
            return Ok(Some(case.clone()));
        }
        let asked = values![self.tenant.as_str(), id.as_str()];
        self.sql.first(&CASE, &asked, |row| read::case(row.string(0)?))
    }

    fn incident(&mut self, id: &IncidentId) -> Result<Option<Incident>, Fault> {
        if let Some(incident) = self.incidents.get(id) {
            return Ok(Some(incident.clone()));
        }
        let asked = values![self.tenant.as_str(), id.as_str()];
        self.sql.first(&INCIDENT, &asked, |row| cases::incident(row.string(0)?))
    }

    fn stands(&mut self, id: &LinkId) -> Result<Option<bool>, Fault> {
        if let Some((_, link)) = self.links.get(id) {
            return Ok(Some(link.revoked.is_none()));
        }
        let asked = values![self.tenant.as_str(), id.as_str()];
        self.sql.first(&STANDS, &asked, |row| Ok(row.int(0)?.is_none()))
    }

    fn about(&mut self, subject: &Subject) -> Result<Vec<Event>, Fault> {
        if let Some(known) = self.subjects.get(subject) {
            return Ok(known.clone());
        }
        let found = subject::events_on(self.sql, self.tenant, subject)?;
        self.subjects.insert(subject.clone(), found.clone());
        Ok(found)
    }

    fn append(&mut self, added: &Event) -> Result<u64, Fault> {
        let body = json(added)?;
        let seq = self.last + 1;
        // A number that is no number is written as `null`, a field named like one of the model's own stands twice:
        // neither could be read again, and one such row would stop every reader. Better to refuse it now.
        event(added.name(), seq, &body).map_err(|_| {
            Fault::refused(
                "it could not be read back; give it finite numbers, and further fields other names",
            )
        })?;
        let tenant = self.tenant.as_str();
        self.rows.log.push(row![tenant, number(seq)?, added.name(), added.has_effect(), body]);
        self.last = seq;
        Ok(seq)
    }

    fn involve(&mut self, seq: u64, account: &IdentityKey, part: Involvement) -> Result<(), Fault> {
        let (source, id) = (account.source.as_str(), account.native_id.as_str());
        let row = row![self.tenant.as_str(), source, id, number(seq)?, part.as_str()];
        self.rows.involved.push(row);
        Ok(())
    }

    fn cite(&mut self, seq: u64, message: &MessageKey) -> Result<(), Fault> {
        let (source, id) = (message.source.as_str(), message.external_id.as_str());
        self.rows.cites.push(row![self.tenant.as_str(), source, id, number(seq)?]);
        Ok(())
    }

    fn tie(&mut self, seq: u64, subject: Subject, event: &Event) -> Result<(), Fault> {
        let row = row![self.tenant.as_str(), subject.0.as_str(), subject.1.as_str(), number(seq)?];
        self.rows.subjects.push(row);
        if let Some(known) = self.subjects.get_mut(&subject) {
            known.push(event.clone());
        }
        Ok(())
    }

    fn add_delivery(
        &mut self,
        seq: u64,
        key: &DeliveryKey,
        message: &Message,
        assessment: &Assessment,
    ) -> Result<(), Fault> {
        let rank = Rank::of(message, &key.version);
        self.rows.deliveries.push(row![
            self.tenant.as_str(),
            key.message.source.as_str(),
            key.message.external_id.as_str(),
            key.version.as_str(),
            number(seq)?,
            rank.tombstone,
            rank.observed,
            assessment.outcome.as_str(),
            assessment.outcome.reason(),
        ]);
        let known = self.messages.entry(key.message.clone()).or_default();
        known.captured.insert(key.version.clone());
        let versions = i64::try_from(known.captured.len()).unwrap_or(i64::MAX);
        if known.current.as_ref().is_some_and(|current| *current > rank) {
            return self.count_version(&key.message, versions);
        }
        let mut said = Cow::Borrowed(assessment);
        for label in &known.labels {
            said.to_mut().relabel(label);
        }
        known.row = Some(message_row(self.tenant, seq, &rank, versions, message, &said)?);
        known.words = Some(words::text(message));
        if self.has_labels {
            known.assessment = Some(assessment.clone());
        }
        known.current = Some(rank);
        Ok(())
    }

    fn see(&mut self, account: &Identity, at: DateTime<Utc>, live: bool) -> Result<(), Fault> {
        let (at, body) = (micros(at), json(account)?);
        let known = self.accounts.entry(account.key.clone()).or_default();
        let rank = (live, at, body);
        known.changed = true;
        known.earlier |= known.known.as_ref().is_none_or(|(first, ..)| at < *first);
        known.known = Some(match known.known.take() {
            None => (at, at, rank),
            Some((first, last, seen)) => (first.min(at), last.max(at), seen.max(rank)),
        });
        Ok(())
    }

    fn add_label(&mut self, seq: u64, label: &PersonLabel) -> Result<(), Fault> {
        let key = &label.message;
        self.rows.labels.push(row![
            self.tenant.as_str(),
            key.source.as_str(),
            key.external_id.as_str(),
            number(seq)?
        ]);
        let machine = self.machine(key)?;
        self.load_row(key)?;
        let Some(known) = self.messages.get_mut(key) else { return Ok(()) };
        known.labels.push(label.clone());
        known.labels.sort_by_cached_key(label_order);
        let (Some(mut said), Some(row)) = (machine, known.row.as_mut()) else { return Ok(()) };
        for label in &known.labels {
            said.relabel(label);
        }
        let labels = label_columns(&said);
        let from = row.len().saturating_sub(labels.len());
        row.splice(from.., labels);
        Ok(())
    }

    fn add_quarantined(&mut self, seq: u64, key: &QuarantineKey) -> Result<(), Fault> {
        let row = row![
            self.tenant.as_str(),
            key.input.as_str(),
            number(key.record)?,
            key.hash.as_str(),
            number(seq)?
        ];
        self.rows.quarantine.push(row);
        self.quarantined.insert(key.clone());
        self.held.insert(seq, true);
        Ok(())
    }

    fn release(&mut self, seq: u64, quarantined: u64) -> Result<(), Fault> {
        self.rows.released.push(row![self.tenant.as_str(), number(quarantined)?, number(seq)?]);
        self.held.insert(quarantined, false);
        Ok(())
    }

    fn add_response(&mut self, seq: u64, response: &ResponseRecord) -> Result<(), Fault> {
        let (tenant, sent) = (self.tenant.as_str(), response.sent.map(micros));
        let row = row![tenant, response.id.as_str(), response.case.as_str(), sent, number(seq)?];
        self.rows.responses.push(row);
        self.responses.insert(response.id.clone());
        Ok(())
    }

    fn add_note(&mut self, seq: u64, note: &NoteKey) -> Result<(), Fault> {
        self.rows.notes.push(row![self.tenant.as_str(), note.0.as_str(), number(seq)?]);
        self.notes.insert(note.clone());
        Ok(())
    }

    fn put_case(&mut self, case: &Case, at: DateTime<Utc>) -> Result<(), Fault> {
        let due = self.cases.get(&case.id).map_or(micros(at), |(_, due)| micros(at).min(*due));
        self.cases.insert(case.id.clone(), (case.clone(), due));
        Ok(())
    }

    fn follow(&mut self, seq: u64, case: &CaseId) -> Result<(), Fault> {
        self.rows.courses.push(row![self.tenant.as_str(), case.as_str(), number(seq)?]);
        Ok(())
    }

    fn put_incident(&mut self, incident: &Incident) -> Result<(), Fault> {
        self.incidents.insert(incident.id.clone(), incident.clone());
        Ok(())
    }

    fn put_presence(&mut self, presence: &Presence) -> Result<(), Fault> {
        self.presences.insert(presence.person.clone(), presence.clone());
        Ok(())
    }

    fn put_turn(&mut self, person: &PersonId, at: DateTime<Utc>) -> Result<(), Fault> {
        let last = self.turns.entry(person.clone()).or_insert(micros(at));
        *last = micros(at).max(*last);
        Ok(())
    }

    fn put_link(&mut self, seq: u64, id: &LinkId, link: &IdentityLink) -> Result<(), Fault> {
        let first = self.links.get(id).map_or(seq, |(first, _)| *first);
        self.links.insert(id.clone(), (first, link.clone()));
        Ok(())
    }

    fn add_erasure(&mut self, seq: u64, erasure: &Erasure) -> Result<(), Fault> {
        // One that names nobody took words out for their age: that there was one must be known as well.
        let nobody = erasure.identities.is_empty().then_some("");
        for key in erasure.identities.iter().map(crate::model::ErasedKey::as_str).chain(nobody) {
            self.rows.add_erasure(self.tenant.as_str(), key, micros(erasure.at), number(seq)?);
        }
        (self.has_erasures, self.erased) = (true, true);
        Ok(())
    }

    fn last(&self) -> u64 {
        self.last
    }
}

impl Draft<'_> {
    /// One version more of a message whose current version stays.
    fn count_version(&mut self, key: &MessageKey, versions: i64) -> Result<(), Fault> {
        self.load_row(key)?;
        if let Some(row) = self.messages.get_mut(key).and_then(|known| known.row.as_mut())
            && let Some(column) = row.get_mut(VERSIONS_COLUMN)
        {
            *column = Value::Int(versions);
        }
        Ok(())
    }

    /// Makes the row of a message in the store the one to be written again.
    fn load_row(&mut self, key: &MessageKey) -> Result<(), Fault> {
        let asked = self.key_of(key);
        let tenant = self.tenant;
        let Some(known) = self.messages.get_mut(key) else { return Ok(()) };
        let Some(rank) = known.current.as_ref().filter(|_| known.row.is_none()) else { return Ok(()) };
        let versions = i64::try_from(known.captured.len()).unwrap_or(i64::MAX);
        let labels = &known.labels;
        known.row = self.sql.first(&read::CURRENT, &asked, |row| {
            let seq = row.count(0)?;
            let mut found = captured(seq, row.string(2)?)?;
            for label in labels {
                found.assessment.relabel(label);
            }
            message_row(tenant, seq, rank, versions, &found.message, &found.assessment)
        })?;
        Ok(())
    }
}

/// Where the count of versions stands in a row of `messages`.
const VERSIONS_COLUMN: usize = 5;

/// Where its number in the index of words stands.
const NUMBER_COLUMN: usize = 13;

fn message_row(
    tenant: &Tenant,
    seq: u64,
    rank: &Rank,
    versions: i64,
    message: &Message,
    said: &Assessment,
) -> Result<Vec<Value>, Fault> {
    let (author, thread) = (message.author_key(), message.thread());
    let mut row = row![
        tenant.as_str(),
        rank.observed,
        message.source().as_str(),
        message.external_id().as_str(),
        rank.version.as_str(),
        versions,
        number(seq)?,
        message.channel(),
        message.direction().as_str(),
        author.map(|author| author.source.as_str()),
        author.map(|author| author.native_id.as_str()),
        thread.id.as_deref(),
        thread.parent.as_ref().map(crate::model::ExternalId::as_str),
        Value::Null,
    ];
    row.extend(label_columns(said));
    Ok(row)
}

/// The columns of `messages` that a person's label changes: its last six.
fn label_columns(said: &Assessment) -> Vec<Value> {
    let sentiment = said.classification.sentiment.value;
    row![
        said.classification.kind.value.map(MessageType::as_str),
        said.classification.issue().map(Topic::as_str),
        sentiment.map(|sentiment| SentimentLabel::as_str(sentiment.label)),
        sentiment.map(|sentiment| decimal(sentiment.score)),
        said.outcome.as_str(),
        said.outcome.reason(),
    ]
}

/// The number as a person wrote it: 0.45 and not 0.44999998807907104.
fn decimal(score: f32) -> f64 {
    score.to_string().parse().unwrap_or_else(|_| f64::from(score))
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|error| Fault::refused("it has no JSON form").source(error))
}

pub(super) fn number(count: u64) -> Result<i64, Fault> {
    i64::try_from(count).map_err(|error| Fault::refused("a number in it is too large").source(error))
}

static LAST: Statement = Statement::new("SELECT max(seq) FROM log WHERE tenant = ?1");
static ANY_ERASURE: Statement = Statement::new("SELECT 1 FROM erasures WHERE tenant = ?1 LIMIT 1");
static ANY_MEMBER: Statement = Statement::new("SELECT 1 FROM members WHERE tenant = ?1 LIMIT 1");
static MEMBER_KEY: Statement = Statement::new(
    "SELECT source, native_id FROM members WHERE tenant = ?1 AND source = ?2 AND native_id = ?3",
);
static ANY_LABEL: Statement = Statement::new("SELECT 1 FROM labels WHERE tenant = ?1 LIMIT 1");
static VERSIONS: Statement = Statement::new(
    "SELECT source, external_id, tombstone, observed, version FROM deliveries
     WHERE tenant = ?1 AND source = ?2 AND external_id = ?3",
);
static LABELS_OF: Statement = Statement::new(
    "SELECT l.seq, l.body FROM labels x JOIN log l ON l.tenant = x.tenant AND l.seq = x.seq
     WHERE x.tenant = ?1 AND x.source = ?2 AND x.external_id = ?3",
);
static ACCOUNTS: Statement = Statement::new(
    "SELECT source, native_id, first_seen, last_seen, live, observed, body FROM identities
     WHERE tenant = ?1 AND source = ?2 AND native_id = ?3",
);
static QUARANTINED: Statement = Statement::new(
    "SELECT input, record, hash FROM quarantine
     WHERE tenant = ?1 AND input = ?2 AND record = ?3 AND hash = ?4",
);
static HELD: Statement = Statement::new("SELECT released FROM quarantine WHERE tenant = ?1 AND seq = ?2");
static RESPONSE: Statement = Statement::new("SELECT 1 FROM responses WHERE tenant = ?1 AND id = ?2");
static NOTE: Statement = Statement::new("SELECT 1 FROM notes WHERE tenant = ?1 AND hash = ?2");
static CASE: Statement = Statement::new("SELECT body FROM cases WHERE tenant = ?1 AND id = ?2");
static INCIDENT: Statement = Statement::new("SELECT body FROM incidents WHERE tenant = ?1 AND id = ?2");
static STANDS: Statement = Statement::new("SELECT revoked FROM links WHERE tenant = ?1 AND id = ?2");
