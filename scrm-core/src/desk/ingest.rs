//! How does a whole input get on record? Record by record, in groups, with what cannot be read kept aside.

use std::io::BufRead;
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Captures, Desk};
use crate::channels::{InputError, Record, Records};
use crate::model::{Event, Message};
use crate::record::{Store, StoreError};

/// How far an ingestion is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// The line of the input that was read last.
    pub line: u64,
    /// The counts so far.
    pub captures: Captures,
}

/// A record that could not be read, for the report; the record itself is in the store's quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The line, from 1.
    pub line: u64,
    /// Why.
    pub fault: String,
}

/// What came of an input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingested {
    /// The counts.
    pub captures: Captures,
    /// The first records that could not be read, at most 20; all are in the store's quarantine.
    pub malformed: Vec<Fault>,
    /// Whether it was stopped before its end; what was read until then is on record.
    pub interrupted: bool,
}

/// Why an input could not be taken in to its end. What was recorded before stays recorded.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The input could not be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<S: Store> Desk<S> {
    /// Takes in an input called `name`, group by group. Within a group messages are taken in the order in which they
    /// were observed; a whole input is not put in order, so one that runs newest first is better sorted beforehand:
    /// the counters of its rules see only what was taken in before.
    /// After each group, which is then durable, `progress` is told how
    /// far it is and may break off.
    ///
    /// # Errors
    /// When the input cannot be read or the store fails; groups that were recorded before stay recorded, and the same
    /// call may simply be made again.
    pub fn ingest<R: BufRead>(
        &mut self,
        name: &str,
        records: Records<R>,
        now: DateTime<Utc>,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Ingested, IngestError> {
        let size = self.engine.playbook().limits().group.max(1);
        let mut ingested = Ingested::default();
        let mut group = Group::default();
        for record in records {
            group.add(name, record?, &mut ingested);
            if group.rows == size {
                let line = group.line;
                self.record_group(std::mem::take(&mut group), now, &mut ingested.captures)?;
                if progress(Progress { line, captures: ingested.captures }).is_break() {
                    ingested.interrupted = true;
                    return Ok(ingested);
                }
            }
        }
        let line = group.line;
        self.record_group(group, now, &mut ingested.captures)?;
        let _ = progress(Progress { line, captures: ingested.captures });
        Ok(ingested)
    }

    fn record_group(
        &mut self,
        group: Group,
        now: DateTime<Utc>,
        captures: &mut Captures,
    ) -> Result<(), StoreError> {
        let Group { mut messages, malformed, .. } = group;
        messages.sort_by_cached_key(super::group::order);
        captures.rows += malformed.len() as u64;
        captures.malformed += malformed.len() as u64;
        for received in self.receive_group(messages, malformed, now)? {
            captures.count(&received);
            captures.cases_opened += u64::from(received.opened);
        }
        Ok(())
    }
}

/// Records read and not yet on record.
#[derive(Default)]
struct Group {
    rows: usize,
    line: u64,
    messages: Vec<Message>,
    malformed: Vec<Event>,
}

impl Group {
    fn add(&mut self, name: &str, Record { line, message }: Record, ingested: &mut Ingested) {
        self.rows += 1;
        self.line = line;
        match message {
            Ok(message) => self.messages.push(message),
            Err(fault) => {
                if ingested.malformed.len() < 20 {
                    ingested.malformed.push(Fault { line, fault: fault.fault.clone() });
                }
                self.malformed.push(Event::Quarantined {
                    input: name.to_owned(),
                    record: line,
                    fault: fault.fault,
                    raw: fault.raw,
                });
            }
        }
    }
}
