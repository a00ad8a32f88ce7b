//! How does a commit take note of its events?

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::super::read::{captured, event};
use super::super::{Statement, Value, cases, read, row, subject, values, words};
use super::rows::{EVENT_BYTES, VERSIONS_COLUMN, json, json_of, label_columns, message_row, number};
use super::{Account, Draft};
use crate::model::{
    Assessment, Case, CaseId, DeliveryKey, Erasure, Event, Identity, IdentityKey, IdentityLink, Incident,
    IncidentId, LinkId, Message, MessageKey, PersonId, PersonLabel, Presence, ResponseId, ResponseRecord,
};
use crate::record::error::Fault;
use crate::record::fold::{Ledger, NoteKey, QuarantineKey, Rank, label_order, micros};
use crate::record::subject::Subject;
use crate::record::{Involvement, kept};

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
        let body = json_of(added, EVENT_BYTES)?;
        let seq = self.last + 1;
        // A number that is no number is written as `null`, a field named like one of the model's own stands twice:
        // neither could be read again, and one such row would stop every reader. Better to refuse it now.
        if !kept::surely(added) {
            event(added.name(), seq, &body).map_err(|_| {
                Fault::refused(
                    "it could not be read back; give it finite numbers, and further fields other names",
                )
            })?;
        }
        let (tenant, kind) = (self.tenant.shared(), Value::Name(added.name()));
        self.rows.log.push(row![tenant, number(seq)?, kind, added.has_effect(), body]);
        self.last = seq;
        Ok(seq)
    }

    fn involve(&mut self, seq: u64, account: &IdentityKey, part: Involvement) -> Result<(), Fault> {
        let (source, id) = (account.source.shared(), account.native_id.shared());
        let row = row![self.tenant.shared(), source, id, number(seq)?, Value::Name(part.as_str())];
        self.rows.involved.push(row);
        Ok(())
    }

    fn cite(&mut self, seq: u64, message: &MessageKey) -> Result<(), Fault> {
        let (source, id) = (message.source.shared(), message.external_id.shared());
        self.rows.cites.push(row![self.tenant.shared(), source, id, number(seq)?]);
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
            self.tenant.shared(),
            key.message.source.shared(),
            key.message.external_id.shared(),
            key.version.shared(),
            number(seq)?,
            rank.tombstone,
            rank.observed,
            Value::Name(assessment.outcome.as_str()),
            assessment.outcome.reason().map(Value::Name),
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
        if self.is_labelling {
            known.assessment = Some(assessment.clone());
        }
        known.current = Some(rank);
        Ok(())
    }

    fn see(&mut self, account: &Identity, at: DateTime<Utc>, live: bool) -> Result<(), Fault> {
        let (at, body) = (micros(at), json(account)?);
        let rank = (live, at, body);
        match self.accounts.get_mut(&account.key) {
            Some(seen) => {
                (seen.first, seen.last) = (seen.first.min(at), seen.last.max(at));
                if rank > seen.rank {
                    seen.rank = rank;
                }
            }
            None => {
                self.accounts.insert(account.key.clone(), Account { first: at, last: at, rank });
            }
        }
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
    /// The current version's assessment by the machine: of this commit, or read from the log.
    fn machine(&mut self, key: &MessageKey) -> Result<Option<Assessment>, Fault> {
        if let Some(found) = self.messages.get(key).and_then(|known| known.assessment.clone()) {
            return Ok(Some(found));
        }
        let asked = self.key_of(key);
        self.sql.first(&read::CURRENT, &asked, |row| Ok(captured(row.count(0)?, row.string(2)?)?.assessment))
    }

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

static HELD: Statement = Statement::new("SELECT released FROM quarantine WHERE tenant = ?1 AND seq = ?2");
static RESPONSE: Statement = Statement::new("SELECT 1 FROM responses WHERE tenant = ?1 AND id = ?2");
static NOTE: Statement = Statement::new("SELECT 1 FROM notes WHERE tenant = ?1 AND hash = ?2");
static CASE: Statement = Statement::new("SELECT body FROM cases WHERE tenant = ?1 AND id = ?2");
static INCIDENT: Statement = Statement::new("SELECT body FROM incidents WHERE tenant = ?1 AND id = ?2");
static STANDS: Statement = Statement::new("SELECT revoked FROM links WHERE tenant = ?1 AND id = ?2");
