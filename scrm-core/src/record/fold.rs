//! What does a commit do? The one law that every store keeps.
//!
//! Read [`apply`] first; [`Ledger`] is what a store lends it for the time of one transaction.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::Receipt;
use super::error::Fault;
use crate::model::{
    Assessment, Case, CaseId, CaseStatus, DeliveryKey, Event, Message, MessageKey, ResponseId,
    ResponseRecord, Version,
};

/// A store inside one transaction: what it knows, and how it takes note of something new.
pub(super) trait Ledger {
    /// Whether this delivery was captured.
    fn has_delivery(&mut self, key: &DeliveryKey) -> Result<bool, Fault>;
    /// Whether this record was put aside.
    fn has_quarantined(&mut self, key: &QuarantineKey) -> Result<bool, Fault>;
    /// Whether this response was noted.
    fn has_response(&mut self, id: &ResponseId) -> Result<bool, Fault>;
    /// The case as it is now.
    fn case(&mut self, id: &CaseId) -> Result<Option<Case>, Fault>;

    /// Appends to the log and returns the event's number.
    fn append(&mut self, event: &Event) -> Result<u64, Fault>;
    /// Notes a delivery that was not there.
    fn add_delivery(
        &mut self,
        seq: u64,
        key: &DeliveryKey,
        message: &Message,
        assessment: &Assessment,
    ) -> Result<(), Fault>;
    /// Notes a record that was not there.
    fn add_quarantined(&mut self, seq: u64, key: &QuarantineKey) -> Result<(), Fault>;
    /// Notes a response that was not there.
    fn add_response(&mut self, seq: u64, response: &ResponseRecord) -> Result<(), Fault>;
    /// Notes how a case is now, and when it was resolved.
    fn put_case(&mut self, case: &Case, resolved: Option<DateTime<Utc>>) -> Result<(), Fault>;
    /// The number of the last event in the log.
    fn last(&self) -> u64;
}

/// Appends what is new among `events` and folds it into the state.
pub(super) fn apply(ledger: &mut dyn Ledger, events: &[Event]) -> Result<Receipt, Fault> {
    let mut receipt = Receipt::default();
    let mut repeated = BTreeSet::new();
    for (event, number) in events.iter().zip(1..) {
        match fold(ledger, event, &mut repeated).map_err(|fault| fault.of_event(number))? {
            Effect::Appended => receipt.appended += 1,
            Effect::Duplicate => receipt.duplicates += 1,
            Effect::WithDuplicate => {}
        }
    }
    receipt.last = ledger.last();
    Ok(receipt)
}

enum Effect {
    Appended,
    Duplicate,
    WithDuplicate,
}

/// `repeated` holds the messages whose last delivery in this commit was there already.
fn fold(
    ledger: &mut dyn Ledger,
    event: &Event,
    repeated: &mut BTreeSet<MessageKey>,
) -> Result<Effect, Fault> {
    match event {
        Event::Captured { message, assessment } => {
            let key = message.delivery();
            if ledger.has_delivery(&key)? {
                repeated.insert(key.message);
                return Ok(Effect::Duplicate);
            }
            repeated.remove(&key.message);
            let seq = ledger.append(event)?;
            ledger.add_delivery(seq, &key, message, assessment)?;
        }
        Event::Quarantined { input, record, raw, .. } => {
            let key = QuarantineKey::new(input, *record, raw);
            if ledger.has_quarantined(&key)? {
                return Ok(Effect::Duplicate);
            }
            let seq = ledger.append(event)?;
            ledger.add_quarantined(seq, &key)?;
        }
        Event::CaseOpened { case } => return put(ledger, event, case, &case.first, repeated),
        Event::CaseJoined { case, message } => return put(ledger, event, case, message, repeated),
        Event::Responded { response } => return respond(ledger, event, response),
        Event::CaseResolved { case, at } => return resolve(ledger, event, case, *at),
    }
    Ok(Effect::Appended)
}

fn put(
    ledger: &mut dyn Ledger,
    event: &Event,
    case: &Case,
    message: &MessageKey,
    repeated: &BTreeSet<MessageKey>,
) -> Result<Effect, Fault> {
    if repeated.contains(message) {
        return Ok(Effect::WithDuplicate);
    }
    ledger.append(event)?;
    ledger.put_case(case, None)?;
    Ok(Effect::Appended)
}

/// A response hands the case to the customer, unless it is done with.
fn respond(ledger: &mut dyn Ledger, event: &Event, response: &ResponseRecord) -> Result<Effect, Fault> {
    if ledger.has_response(&response.id)? {
        return Ok(Effect::Duplicate);
    }
    let mut case = known(ledger, &response.case)?;
    let seq = ledger.append(event)?;
    ledger.add_response(seq, response)?;
    if case.status != CaseStatus::Resolved {
        case.status = CaseStatus::Waiting;
        ledger.put_case(&case, None)?;
    }
    Ok(Effect::Appended)
}

fn resolve(ledger: &mut dyn Ledger, event: &Event, id: &CaseId, at: DateTime<Utc>) -> Result<Effect, Fault> {
    let mut case = known(ledger, id)?;
    if case.status == CaseStatus::Resolved {
        return Ok(Effect::Duplicate);
    }
    ledger.append(event)?;
    case.status = CaseStatus::Resolved;
    ledger.put_case(&case, Some(at))?;
    Ok(Effect::Appended)
}

fn known(ledger: &mut dyn Ledger, id: &CaseId) -> Result<Case, Fault> {
    let missing = || Fault::refused(format!("the record has no case `{id}`; commit its opening first"));
    ledger.case(id)?.ok_or_else(missing)
}

/// Which of two versions of a message is the current one: the greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) tombstone: bool,
    pub(super) observed: i64,
    pub(super) version: Version,
}

impl Rank {
    pub(super) fn of(message: &Message, version: &Version) -> Self {
        let observed = micros(message.times().observed);
        Self { tombstone: message.is_tombstone(), observed, version: version.clone() }
    }
}

/// Names a quarantined record: the same bytes at the same place of the same input are the same record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct QuarantineKey {
    pub(super) input: String,
    pub(super) record: u64,
    pub(super) hash: String,
}

impl QuarantineKey {
    fn new(input: &str, record: u64, raw: &str) -> Self {
        let digest = Sha256::digest(raw.as_bytes());
        let hash = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { input: input.to_owned(), record, hash }
    }
}

/// A time as the stores order it: microseconds since 1970.
pub(super) fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// The time that [`micros`] was made from, to the microsecond.
pub(super) fn time(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}
