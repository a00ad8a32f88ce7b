//! What does a host do day by day? It fetches effects, changes the playbook, tries again what could not be read.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Desk, Fault, IngestError, Received};
use crate::channels::{Format, Records};
use crate::engine::{CompileError, Engine};
use crate::model::{Effect, Event};
use crate::playbook::Playbook;
use crate::record::{Quarantined, Store, StoreError};

/// What came of trying again what was put aside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// Records that could be read now, and are on record.
    pub released: u64,
    /// Records that stay aside: the first 20, each with why.
    pub kept: Vec<Fault>,
    /// How many stay aside.
    pub held: u64,
}

impl<S: Store> Desk<S> {
    /// What the host is told of, from events whose number is greater than `after`, in order, at most `limit`.
    ///
    /// Deal with an effect, then [`ack`](Self::ack) it: whoever stops in between is told of it again.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn effects(&mut self, after: u64, limit: usize) -> Result<Vec<Effect>, StoreError> {
        self.store.effects(&self.tenant, after, limit)
    }

    /// Notes that `consumer` has dealt with every effect up to this number; it never goes back.
    ///
    /// # Errors
    /// When the store fails.
    pub fn ack(&mut self, consumer: &str, seq: u64) -> Result<(), StoreError> {
        self.store.ack(&self.tenant, consumer, seq)
    }

    /// The number of the last effect that `consumer` has dealt with: where it goes on after a start.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn acked(&mut self, consumer: &str) -> Result<u64, StoreError> {
        self.store.acked(&self.tenant, consumer)
    }

    /// Works by another playbook from now on. When it cannot be compiled, the desk goes on with the old one.
    ///
    /// # Errors
    /// When the playbook cannot be compiled.
    pub fn reload(&mut self, playbook: &Playbook) -> Result<(), CompileError> {
        let engine = Engine::compile(playbook)?;
        self.use_engine(engine);
        Ok(())
    }

    /// The same with an engine that is compiled already.
    pub fn use_engine(&mut self, engine: Engine) {
        (self.policy, self.memory) = (engine.playbook().engage.cases.clone(), None);
        self.engine = engine;
    }

    /// Tries again to read what was put aside, at most the first `limit` records of the input called `input` (of every
    /// input when `None`), as they would be read in `format`. Rows of CSV are read under `header`, the first line of
    /// their file. What can be read now is taken in and released; the rest stays aside.
    ///
    /// # Errors
    /// When the header does not fit the mapping, or the store fails. What was released before stays so.
    pub fn replay_quarantined(
        &mut self,
        format: &Format,
        header: Option<&str>,
        input: Option<&str>,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Result<Replayed, IngestError> {
        let mut held: Vec<Quarantined> = Vec::new();
        let tenant = self.tenant.clone();
        self.store.quarantined(&tenant, &mut |record| {
            if held.len() >= limit {
                return ControlFlow::Break(());
            }
            if input.is_none_or(|input| record.input == input) {
                held.push(record);
            }
            ControlFlow::Continue(())
        })?;
        let limits = self.engine.playbook().limits().clone();
        let mut replayed = Replayed::default();
        for record in held {
            let text = match header {
                Some(header) => format!("{header}\n{}", record.raw),
                None => record.raw,
            };
            let read = Records::new(text.as_bytes(), format, &limits)?.next();
            match read.transpose()?.map(|read| read.message) {
                Some(Ok(message)) => {
                    let released = vec![Event::Released { quarantined: record.seq }];
                    let _: Vec<Received> = self.receive_group(vec![message], released, now)?;
                    replayed.released += 1;
                }
                other => {
                    replayed.held += 1;
                    if replayed.kept.len() < 20 {
                        let fault = match other {
                            Some(Err(malformed)) => malformed.fault,
                            _ => "there is nothing in it".to_owned(),
                        };
                        replayed.kept.push(Fault { line: record.record, fault });
                    }
                }
            }
        }
        Ok(replayed)
    }
}
