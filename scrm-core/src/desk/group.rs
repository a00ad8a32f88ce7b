//! How does one group of messages become events? Read in parallel, decided one after another, committed as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::{Desk, Received, trace};
use crate::engage::{take_up, thread_of};
use crate::listen::Duplicates;
use crate::model::{Case, CaseId, DeliveryKey, Event, IdentityKey, Message, Thread};
use crate::record::{CaseQuery, Seen, Store, StoreError};
use crate::text::Text;

/// The order in which messages are taken in.
pub(super) fn order(message: &Message) -> (DateTime<Utc>, DeliveryKey) {
    (message.times().observed, message.delivery())
}

impl<S: Store> Desk<S> {
    /// Takes in one group, in the order given, with events that go along; durable when it returns.
    pub(super) fn receive_group(
        &mut self,
        group: Vec<Message>,
        also: Vec<Event>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Received>, StoreError> {
        let keys: Vec<DeliveryKey> = group.iter().map(Message::delivery).collect();
        let seen = judge(&keys, self.store.seen(&self.tenant, &keys)?);
        let fresh: Vec<Message> = group
            .into_iter()
            .zip(&seen)
            .filter(|(_, seen)| **seen != Seen::Duplicate)
            .map(|(message, _)| message)
            .collect();
        let mut memory = self.remembered()?;
        let readings = match &mut memory {
            Some(memory) => self.engine.read_all_after(memory, &fresh),
            None => self.engine.read_all(&fresh),
        };
        let mut before = self.before(&fresh, &readings, now)?;
        let mut cases = self.open_cases(&fresh)?;
        let mut events = also;
        let mut outcomes = Vec::with_capacity(fresh.len());
        let kinds = seen.iter().copied().filter(|seen| *seen != Seen::Duplicate);
        for ((message, reading), seen) in fresh.into_iter().zip(readings).zip(kinds) {
            let at = message.times().observed.min(now);
            let context = before.context(&message, &reading, at);
            let assessment = self.engine.conclude(&message, reading, &context);
            if seen == Seen::New {
                before.add(&message, &assessment);
            }
            let taken = take_up(&message, &assessment, &cases.near(&message), &self.policy);
            let opened = matches!(taken, Some(Event::CaseOpened { .. }));
            outcomes.push((assessment.outcome, taken.as_ref().and_then(case_id), opened));
            events.push(Event::Captured { message: Box::new(message), assessment: Box::new(assessment) });
            if let Some(event) = taken {
                cases.fold(&event);
                events.push(event);
            }
        }
        let answers = self.answers(&events)?;
        events.extend(answers);
        if !events.is_empty() {
            self.store
                .commit(&self.tenant, &events)
                .inspect_err(|error| trace::failed(&self.tenant, error))?;
        }
        self.memory = memory;
        let mut outcomes = outcomes.into_iter();
        let receipt = |(delivery, seen): (DeliveryKey, Seen)| {
            let ended = if seen == Seen::Duplicate { None } else { outcomes.next() };
            let (outcome, case, opened) =
                ended.map_or((None, None, false), |(outcome, case, opened)| (Some(outcome), case, opened));
            Received { delivery, seen, outcome, case, opened }
        };
        let received: Vec<Received> = keys.into_iter().zip(seen).map(receipt).collect();
        trace::group(&self.tenant, &received);
        Ok(received)
    }

    /// What is remembered for `is:duplicate`, when some query asks for that: after a start or a failure, what the record
    /// has. Whoever takes it puts it back once what it has seen is durable.
    fn remembered(&mut self) -> Result<Option<Duplicates>, StoreError> {
        if let Some(memory) = self.memory.take() {
            return Ok(Some(memory));
        }
        let Some(mut memory) = self.engine.listener().duplicates() else { return Ok(None) };
        self.store.entries(&self.tenant, &mut |entry| {
            memory.observe(&entry.message, &Text::new(entry.message.text()));
            ControlFlow::Continue(())
        })?;
        Ok(Some(memory))
    }

    fn open_cases(&mut self, fresh: &[Message]) -> Result<Cases, StoreError> {
        let threads: BTreeSet<Thread> = fresh.iter().filter_map(thread_of).collect();
        let authors: BTreeSet<&IdentityKey> = fresh.iter().filter_map(Message::author_key).collect();
        let query = CaseQuery {
            threads: threads.into_iter().collect(),
            authors: authors.into_iter().cloned().collect(),
        };
        let mut cases = Cases::default();
        for case in self.store.open_cases(&self.tenant, &query)? {
            cases.put(case);
        }
        Ok(cases)
    }
}

/// What each delivery is, repeats within the group included: of a message that comes twice, the second is an edit or
/// a duplicate.
fn judge(keys: &[DeliveryKey], stored: Vec<Seen>) -> Vec<Seen> {
    let mut deliveries = BTreeSet::new();
    let mut messages = BTreeSet::new();
    let judge_one = |(key, stored): (&DeliveryKey, Seen)| {
        let known = !messages.insert(key.message.clone());
        match stored {
            _ if !deliveries.insert(key.clone()) => Seen::Duplicate,
            Seen::New if known => Seen::Edit,
            stored => stored,
        }
    };
    keys.iter().zip(stored).map(judge_one).collect()
}

fn case_id(event: &Event) -> Option<CaseId> {
    match event {
        Event::CaseOpened { case } | Event::CaseJoined { case, .. } => Some(case.id.clone()),
        _ => None,
    }
}

/// Open cases that the group's messages could join, kept as the group goes on.
#[derive(Default)]
struct Cases {
    by_id: BTreeMap<CaseId, Case>,
    by_thread: BTreeMap<Thread, BTreeSet<CaseId>>,
    by_author: BTreeMap<IdentityKey, BTreeSet<CaseId>>,
}

impl Cases {
    fn put(&mut self, case: Case) {
        if let Some(thread) = &case.thread {
            self.by_thread.entry(thread.clone()).or_default().insert(case.id.clone());
        }
        if let Some(author) = &case.author {
            self.by_author.entry(author.clone()).or_default().insert(case.id.clone());
        }
        self.by_id.insert(case.id.clone(), case);
    }

    fn fold(&mut self, event: &Event) {
        if let Event::CaseOpened { case } | Event::CaseJoined { case, .. } = event {
            self.put(case.as_ref().clone());
        }
    }

    /// The cases begun in the message's thread or by its author.
    fn near(&self, message: &Message) -> Vec<Case> {
        let threads = thread_of(message).and_then(|thread| self.by_thread.get(&thread));
        let authors = message.author_key().and_then(|author| self.by_author.get(author));
        let ids: BTreeSet<&CaseId> = threads.into_iter().chain(authors).flatten().collect();
        ids.into_iter().filter_map(|id| self.by_id.get(id)).cloned().collect()
    }
}
