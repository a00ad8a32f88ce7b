//! How does one group of messages become events? Read in parallel, decided one after another, committed as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::incidents::{Spikes, joins};
use super::{Desk, Received, trace};
use crate::engage::{take_up, thread_of};
use crate::listen::Duplicates;
use crate::model::{
    Assessment, Case, CaseId, DeliveryKey, Direction, Event, IdentityKey, Message, Outcome, Thread,
};
use crate::record::{CaseQuery, CommitOptions, Seen, Store, StoreError, StoreErrorKind};
use crate::text::Text;

/// The order in which messages are taken in.
pub(super) fn order(message: &Message) -> (DateTime<Utc>, DeliveryKey) {
    (message.times().observed, message.delivery())
}

impl<S: Store> Desk<S> {
    /// Takes in one group, in the order given, with events that go along; durable when it returns.
    ///
    /// Where somebody else works on one of the cases meanwhile, it is decided again by how the case then is.
    pub(super) fn receive_group(
        &mut self,
        group: Vec<Message>,
        also: Vec<Event>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Received>, StoreError> {
        for _ in 1..super::ATTEMPTS {
            match self.receive_once(group.clone(), also.clone(), now) {
                Err(error) if error.kind() == StoreErrorKind::Stale => {}
                done => return done,
            }
        }
        self.receive_once(group, also, now)
    }

    fn receive_once(
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
        let last = self.store.last(&self.tenant)?;
        let mut cases = self.open_cases(&fresh)?;
        let mut spikes = self.spikes(&fresh, &readings)?;
        let mut events = also;
        let mut outcomes = Vec::with_capacity(fresh.len());
        let kinds = seen.iter().copied().filter(|seen| *seen != Seen::Duplicate);
        for ((message, reading), seen) in fresh.into_iter().zip(readings).zip(kinds) {
            let at = message.times().observed.min(now);
            let context = before.context(&message, &reading, at);
            let assessment = self.engine.conclude(&message, reading, &context);
            if seen == Seen::New {
                before.add(&message, &assessment);
                if let Some(issue) =
                    assessment.classification.issue().filter(|_| counts(&message, &assessment))
                {
                    spikes.add(&message, issue);
                }
            }
            let (near, accounts) = cases.near(&message);
            let mut taken = take_up(&message, &assessment, &near, &accounts, &self.policy);
            let begins = self.join_incidents(&mut taken, &mut spikes, &cases, at)?;
            let opened = matches!(taken.as_slice(), [Event::CaseOpened { .. }]);
            outcomes.push((assessment.outcome, taken.first().and_then(Event::case).cloned(), opened));
            events.push(Event::Captured { message: Box::new(message), assessment: Box::new(assessment) });
            for event in taken.into_iter().chain(begins) {
                cases.fold(&event);
                events.push(event);
            }
        }
        let answers = self.answers(&events)?;
        events.extend(answers);
        if !events.is_empty() {
            let joined = events.iter().filter(|event| !matches!(event, Event::CaseOpened { .. }));
            let unchanged: BTreeSet<&CaseId> = joined.filter_map(Event::case).collect();
            let unchanged = unchanged.into_iter().map(|case| (case.clone(), last)).collect();
            let options = CommitOptions { unchanged, ..CommitOptions::default() };
            self.store
                .commit_with(&self.tenant, &events, &options)
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

    /// Says of the case that a message has joined or opened which incident it is part of, and what begins by that: the
    /// incident, and that others who raised the same are part of it.
    fn join_incidents(
        &mut self,
        taken: &mut [Event],
        spikes: &mut Spikes,
        cases: &Cases,
        at: DateTime<Utc>,
    ) -> Result<Vec<Event>, StoreError> {
        let Some(Event::CaseOpened { case } | Event::CaseJoined { case, .. }) = taken.last_mut() else {
            return Ok(Vec::new());
        };
        let (opens, begun) = spikes.take_in(case, at);
        let mut events: Vec<Event> = opens.into_iter().collect();
        if let Some(begun) = begun {
            let raised: BTreeMap<CaseId, Case> =
                self.raised_before(&begun)?.into_iter().map(|case| (case.id.clone(), case)).collect();
            let known = cases.by_id.values().filter(|case| case.issue.as_ref() == Some(&begun.issue));
            let others = raised.keys().chain(known.map(|case| &case.id)).collect::<BTreeSet<_>>();
            let now = |id: &&CaseId| cases.by_id.get(*id).or_else(|| raised.get(*id));
            for id in others.into_iter().filter(|id| **id != case.id) {
                if now(&id).is_some_and(|other| other.is_open() && other.incident.is_none()) {
                    events.push(joins(id, &begun.incident, at, None));
                }
            }
        }
        Ok(events)
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

    /// The cases that the group may join, of its threads and of the customers who wrote.
    fn open_cases(&mut self, fresh: &[Message]) -> Result<Cases, StoreError> {
        let threads: BTreeSet<Thread> = fresh.iter().filter_map(thread_of).collect();
        let authors: BTreeSet<&IdentityKey> = fresh.iter().filter_map(Message::author_key).collect();
        let authors: Vec<IdentityKey> = authors.into_iter().cloned().collect();
        let mut cases = Cases::default();
        for (author, customer) in authors.iter().zip(self.store.customers(&self.tenant, &authors)?) {
            cases.accounts.insert(author.clone(), customer.identities);
        }
        let accounts: BTreeSet<&IdentityKey> = cases.accounts.values().flatten().chain(&authors).collect();
        let first = fresh.iter().map(|message| message.times().observed).min();
        let query = CaseQuery {
            threads: threads.into_iter().collect(),
            authors: accounts.into_iter().cloned().collect(),
            resolved_since: first.and_then(|first| first.checked_sub_signed(self.policy.reopen)),
        };
        for case in self.store.open_cases(&self.tenant, &query)? {
            cases.put(case);
        }
        Ok(cases)
    }
}

/// Whether a message counts for what is raised more often than before: somebody outside said it, and it is no noise.
fn counts(message: &Message, assessment: &Assessment) -> bool {
    message.direction() == Direction::In && !matches!(assessment.outcome, Outcome::Noise(_))
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

/// Cases that the group's messages could join, kept as the group goes on.
#[derive(Default)]
struct Cases {
    by_id: BTreeMap<CaseId, Case>,
    by_thread: BTreeMap<Thread, BTreeSet<CaseId>>,
    by_author: BTreeMap<IdentityKey, BTreeSet<CaseId>>,
    /// For each author the accounts of the same customer.
    accounts: BTreeMap<IdentityKey, BTreeSet<IdentityKey>>,
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
        let before = event.case().and_then(|id| self.by_id.get(id));
        if let Some(case) = Case::after(before, event) {
            self.put(case);
        }
    }

    /// The cases begun in the message's thread or by its customer, and the accounts of that one.
    fn near(&self, message: &Message) -> (Vec<Case>, BTreeSet<IdentityKey>) {
        let author = message.author_key();
        let accounts = author.and_then(|author| self.accounts.get(author)).cloned().unwrap_or_default();
        let threads = thread_of(message).and_then(|thread| self.by_thread.get(&thread));
        let authors = accounts.iter().chain(author).filter_map(|author| self.by_author.get(author));
        let ids: BTreeSet<&CaseId> = threads.into_iter().chain(authors).flatten().collect();
        (ids.into_iter().filter_map(|id| self.by_id.get(id)).cloned().collect(), accounts)
    }
}
