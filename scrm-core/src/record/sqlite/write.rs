//! Which statements make up a commit?
//!
//! Read [`Writer`] first: one transaction of one tenant.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction};

use super::read::{event, unreadable};
use crate::model::{
    Assessment, Case, CaseId, DeliveryKey, Event, Message, ResponseId, ResponseRecord, Tenant, Version,
};
use crate::record::error::Fault;
use crate::record::fold::{Ledger, QuarantineKey, Rank, micros};

/// One commit in the making: dropped unfinished, it never was.
pub(super) struct Writer<'a> {
    transaction: &'a Transaction<'a>,
    tenant: &'a str,
    last: u64,
}

impl<'a> Writer<'a> {
    pub(super) fn new(transaction: &'a Transaction<'a>, tenant: &'a Tenant) -> Result<Self, Fault> {
        let mut last = transaction.prepare_cached("SELECT max(seq) FROM log WHERE tenant = ?1")?;
        let last: Option<i64> = last.query_row([tenant.as_str()], |row| row.get(0))?;
        Ok(Self { transaction, tenant: tenant.as_str(), last: last.map_or(0, i64::unsigned_abs) })
    }

    fn exists(&self, sql: &'static str, values: impl rusqlite::Params) -> Result<bool, Fault> {
        Ok(self.transaction.prepare_cached(sql)?.exists(values)?)
    }

    fn execute(&self, sql: &'static str, values: impl rusqlite::Params) -> Result<(), Fault> {
        self.transaction.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// How many versions of a message there are, and which one is current.
    fn versions(&self, key: &DeliveryKey) -> Result<(i64, Option<Rank>), Fault> {
        let mut known = self.transaction.prepare_cached(
            "SELECT tombstone, observed, version FROM deliveries
             WHERE tenant = ?1 AND source = ?2 AND external_id = ?3",
        )?;
        let (source, id) = (key.message.source.as_str(), key.message.external_id.as_str());
        let mut rows = known.query((self.tenant, source, id))?;
        let (mut count, mut current) = (0, None);
        while let Some(row) = rows.next()? {
            let version =
                Version::new(row.get::<_, String>(2)?).map_err(|error| unreadable("a version", error))?;
            let rank = Rank { tombstone: row.get(0)?, observed: row.get(1)?, version };
            count += 1;
            current = current.max(Some(rank));
        }
        Ok((count, current))
    }

    fn add_version(&self, seq: i64, key: &DeliveryKey, rank: &Rank, said: &Assessment) -> Result<(), Fault> {
        self.execute(
            "INSERT INTO deliveries
                 (tenant, source, external_id, version, seq, tombstone, observed, outcome, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            (
                self.tenant,
                key.message.source.as_str(),
                key.message.external_id.as_str(),
                key.version.as_str(),
                seq,
                rank.tombstone,
                rank.observed,
                said.outcome.as_str(),
                said.outcome.reason(),
            ),
        )
    }

    fn add_current(
        &self,
        seq: i64,
        rank: &Rank,
        versions: i64,
        message: &Message,
        said: &Assessment,
    ) -> Result<(), Fault> {
        let author = message.author_key();
        let sentiment = said.classification.sentiment.value;
        self.execute(
            "INSERT INTO messages (tenant, observed, source, external_id, version, versions, seq, channel,
                 direction, author_source, author_id, type, issue, sentiment, sentiment_score, outcome, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            rusqlite::params![
                self.tenant,
                rank.observed,
                message.source().as_str(),
                message.external_id().as_str(),
                rank.version.as_str(),
                versions,
                seq,
                message.channel(),
                message.direction().as_str(),
                author.map(|author| author.source.as_str()),
                author.map(|author| author.native_id.as_str()),
                said.classification.kind.value.map(crate::model::MessageType::as_str),
                said.classification.issue().map(crate::model::Topic::as_str),
                sentiment.map(|sentiment| sentiment.label.as_str()),
                sentiment.map(|sentiment| decimal(sentiment.score)),
                said.outcome.as_str(),
                said.outcome.reason(),
            ],
        )
    }

    /// Counts one version more of the message whose current version is `current`.
    fn count_version(&self, key: &DeliveryKey, current: &Rank) -> Result<(), Fault> {
        self.execute(
            "UPDATE messages SET versions = versions + 1
             WHERE tenant = ?1 AND observed = ?2 AND source = ?3 AND external_id = ?4",
            (self.tenant, current.observed, key.message.source.as_str(), key.message.external_id.as_str()),
        )
    }

    fn remove_current(&self, key: &DeliveryKey, current: &Rank) -> Result<(), Fault> {
        self.execute(
            "DELETE FROM messages WHERE tenant = ?1 AND observed = ?2 AND source = ?3 AND external_id = ?4",
            (self.tenant, current.observed, key.message.source.as_str(), key.message.external_id.as_str()),
        )
    }

    /// An account is kept as last seen; what a tombstone says of it counts only when nothing else is known.
    fn add_identity(&self, rank: &Rank, message: &Message) -> Result<(), Fault> {
        let Some(author) = message.author() else { return Ok(()) };
        let (source, id, body) = (author.key.source.as_str(), author.key.native_id.as_str(), json(author)?);
        self.execute(
            "INSERT INTO identities (tenant, source, native_id, first_seen, last_seen, live, observed, body)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?4, ?6)
             ON CONFLICT (tenant, source, native_id) DO UPDATE SET
                 first_seen = min(first_seen, excluded.first_seen),
                 last_seen = max(last_seen, excluded.last_seen)",
            (self.tenant, source, id, rank.observed, !rank.tombstone, &body),
        )?;
        self.execute(
            "UPDATE identities SET observed = ?4, live = ?5, body = ?6
             WHERE tenant = ?1 AND source = ?2 AND native_id = ?3 AND (?5, ?4, ?6) > (live, observed, body)",
            (self.tenant, source, id, rank.observed, !rank.tombstone, &body),
        )
    }
}

impl Ledger for Writer<'_> {
    fn has_delivery(&mut self, key: &DeliveryKey) -> Result<bool, Fault> {
        let (source, id) = (key.message.source.as_str(), key.message.external_id.as_str());
        self.exists(
            "SELECT 1 FROM deliveries WHERE tenant = ?1 AND source = ?2 AND external_id = ?3 AND version = ?4",
            (self.tenant, source, id, key.version.as_str()),
        )
    }

    fn has_quarantined(&mut self, key: &QuarantineKey) -> Result<bool, Fault> {
        self.exists(
            "SELECT 1 FROM quarantine WHERE tenant = ?1 AND input = ?2 AND record = ?3 AND hash = ?4",
            (self.tenant, &key.input, number(key.record)?, &key.hash),
        )
    }

    fn has_response(&mut self, id: &ResponseId) -> Result<bool, Fault> {
        self.exists("SELECT 1 FROM responses WHERE tenant = ?1 AND id = ?2", (self.tenant, id.as_str()))
    }

    fn case(&mut self, id: &CaseId) -> Result<Option<Case>, Fault> {
        let mut body =
            self.transaction.prepare_cached("SELECT body FROM cases WHERE tenant = ?1 AND id = ?2")?;
        let body: Option<String> = body.query_row((self.tenant, id.as_str()), |row| row.get(0)).optional()?;
        body.map(|body| super::read::case(&body)).transpose()
    }

    fn append(&mut self, added: &Event) -> Result<u64, Fault> {
        let body = json(added)?;
        let seq = self.last + 1;
        // A number that is no number is written as `null`, a field named like one of the model's own stands twice:
        // neither could be read again, and one such row would stop every reader. Better to refuse it now.
        event(kind(added), seq, &body).map_err(|_| {
            Fault::refused(
                "it could not be read back; give it finite numbers, and further fields other names",
            )
        })?;
        self.execute(
            "INSERT INTO log (tenant, seq, kind, body) VALUES (?1, ?2, ?3, ?4)",
            (self.tenant, number(seq)?, kind(added), body),
        )?;
        self.last = seq;
        Ok(seq)
    }

    fn add_delivery(
        &mut self,
        seq: u64,
        key: &DeliveryKey,
        message: &Message,
        assessment: &Assessment,
    ) -> Result<(), Fault> {
        let seq = number(seq)?;
        let rank = Rank::of(message, &key.version);
        let (versions, current) = self.versions(key)?;
        self.add_version(seq, key, &rank, assessment)?;
        self.add_identity(&rank, message)?;
        match current {
            Some(current) if current > rank => self.count_version(key, &current),
            Some(current) => {
                self.remove_current(key, &current)?;
                self.add_current(seq, &rank, versions + 1, message, assessment)
            }
            None => self.add_current(seq, &rank, 1, message, assessment),
        }
    }

    fn add_quarantined(&mut self, seq: u64, key: &QuarantineKey) -> Result<(), Fault> {
        self.execute(
            "INSERT INTO quarantine (tenant, input, record, hash, seq) VALUES (?1, ?2, ?3, ?4, ?5)",
            (self.tenant, &key.input, number(key.record)?, &key.hash, number(seq)?),
        )
    }

    fn add_response(&mut self, seq: u64, response: &ResponseRecord) -> Result<(), Fault> {
        self.execute(
            "INSERT INTO responses (tenant, id, case_id, sent, seq) VALUES (?1, ?2, ?3, ?4, ?5)",
            (
                self.tenant,
                response.id.as_str(),
                response.case.as_str(),
                response.sent.map(micros),
                number(seq)?,
            ),
        )
    }

    fn put_case(&mut self, case: &Case, resolved: Option<DateTime<Utc>>) -> Result<(), Fault> {
        let (author, thread) = (case.author.as_ref(), case.thread.as_ref());
        self.execute(
            "INSERT INTO cases (tenant, id, status, opened, updated, resolved, author_source, author_id,
                 thread_source, thread_id, incident, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT (tenant, id) DO UPDATE SET
                 status = excluded.status, opened = excluded.opened, updated = excluded.updated,
                 resolved = excluded.resolved, author_source = excluded.author_source,
                 author_id = excluded.author_id, thread_source = excluded.thread_source,
                 thread_id = excluded.thread_id, incident = excluded.incident, body = excluded.body",
            (
                self.tenant,
                case.id.as_str(),
                case.status.as_str(),
                micros(case.opened),
                micros(case.updated),
                resolved.map(micros),
                author.map(|author| author.source.as_str()),
                author.map(|author| author.native_id.as_str()),
                thread.map(|thread| thread.source.as_str()),
                thread.map(|thread| thread.id.as_str()),
                case.incident.as_ref().map(crate::model::IncidentId::as_str),
                json(case)?,
            ),
        )
    }

    fn last(&self) -> u64 {
        self.last
    }
}

/// The name of an event in the log, as in its JSON.
fn kind(event: &Event) -> &'static str {
    match event {
        Event::Captured { .. } => "captured",
        Event::Quarantined { .. } => "quarantined",
        Event::CaseOpened { .. } => "case_opened",
        Event::CaseJoined { .. } => "case_joined",
        Event::Responded { .. } => "responded",
        Event::CaseResolved { .. } => "case_resolved",
    }
}

/// The number as a person wrote it: 0.45 and not 0.44999998807907104.
fn decimal(score: f32) -> f64 {
    score.to_string().parse().unwrap_or_else(|_| f64::from(score))
}

fn json(value: &impl serde::Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|error| Fault::refused("it has no JSON form").source(error))
}

fn number(count: u64) -> Result<i64, Fault> {
    i64::try_from(count).map_err(|error| Fault::refused("a number in it is too large").source(error))
}
