//! How is a record kept in memory? For tests, for one run over a file, and as the plain twin of the other stores.
//!
//! Read [`MemoryStore`] first; `shelf` is what one tenant has. The log is the truth, everything else an index over it.

mod shelf;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};
use std::path::Path;

use chrono::{DateTime, Utc};

use super::error::Fault;
use super::fold::{apply, expect_cases, expect_last, expect_staff, micros, time};
use super::{
    Archive, CandidateQuery, CaseAt, CaseQuery, CommitOptions, DueCase, DueQuery, Entry, History,
    HistoryQuery, InvolvedQuery, OlderQuery, Plan, Quarantined, Raised, Receipt, Rewrite, Scrub, Seen,
    SeenIdentity, Staff, Store, StoreError, StoreErrorKind, SubjectQuery, Tally, Totals,
};
use crate::model::{
    Case, CaseId, Customer, DeliveryKey, Effect, Event, IdentityKey, IdentityLink, Incident, IncidentId,
    LinkId, MessageKey, Tenant, Topic,
};
use shelf::Shelf;

/// A record in memory. It is gone when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryStore {
    shelves: BTreeMap<Tenant, Shelf>,
    acked: BTreeMap<(Tenant, String), u64>,
    /// By which rules clocks are read.
    rules: BTreeMap<Tenant, String>,
}

impl MemoryStore {
    /// An empty record.
    pub fn new() -> Self {
        Self::default()
    }

    fn of<T: Default>(&self, tenant: &Tenant, ask: impl FnOnce(&Shelf) -> T) -> Result<T, StoreError> {
        Ok(self.shelves.get(tenant).map(ask).unwrap_or_default())
    }
}

impl Store for MemoryStore {
    fn seen(&mut self, tenant: &Tenant, keys: &[DeliveryKey]) -> Result<Vec<Seen>, StoreError> {
        let empty = Shelf::default();
        let shelf = self.shelves.get(tenant).unwrap_or(&empty);
        Ok(keys.iter().map(|key| shelf.seen(key)).collect())
    }

    fn history(&mut self, tenant: &Tenant, query: &HistoryQuery) -> Result<History, StoreError> {
        let shelf = self.shelves.get(tenant);
        Ok(shelf.map_or_else(|| History::of(query), |shelf| shelf.history(query)))
    }

    fn raised(
        &mut self,
        tenant: &Tenant,
        issue: &Topic,
        since: DateTime<Utc>,
    ) -> Result<Vec<Raised>, StoreError> {
        self.of(tenant, |shelf| shelf.raised(issue, since))
    }

    fn open_cases(&mut self, tenant: &Tenant, query: &CaseQuery) -> Result<Vec<Case>, StoreError> {
        let wanted = |case: &&Case| {
            let by_thread = case.thread.as_ref().is_some_and(|thread| query.threads.contains(thread));
            let by_author = case.author.as_ref().is_some_and(|author| query.authors.contains(author));
            let ended_since = case
                .resolved
                .zip(query.resolved_since)
                .is_some_and(|(end, since)| micros(end) >= micros(since));
            if case.is_open() { by_thread || by_author } else { by_author && ended_since }
        };
        self.of(tenant, |shelf| shelf.cases_in_order().into_iter().filter(wanted).cloned().collect())
    }

    fn commit_with(
        &mut self,
        tenant: &Tenant,
        events: &[Event],
        options: &CommitOptions,
    ) -> Result<Receipt, StoreError> {
        let shelf = self.shelves.entry(tenant.clone()).or_default();
        let kept = shelf.log.len();
        expect(shelf, options).map_err(|fault| fault.at("the record in memory"))?;
        let current = options.due.iter().filter(|next| shelf.revision(&next.case) == next.revision);
        let due: Vec<_> = current.map(|next| (next.case.clone(), next.at.map(micros))).collect();
        let receipt = apply(shelf, events).map_err(|fault| {
            shelf.go_back_to(kept);
            fault.at("the record in memory")
        })?;
        for (case, at) in due {
            shelf.set_due(&case, at);
        }
        Ok(receipt)
    }

    fn last(&mut self, tenant: &Tenant) -> Result<u64, StoreError> {
        self.of(tenant, |shelf| shelf.log.len() as u64)
    }

    fn case(&mut self, tenant: &Tenant, id: &CaseId) -> Result<Option<CaseAt>, StoreError> {
        self.of(tenant, |shelf| {
            let case = shelf.cases.get(id)?.clone();
            Some(CaseAt { case, revision: shelf.revision(id) })
        })
    }

    fn case_log(
        &mut self,
        tenant: &Tenant,
        id: &CaseId,
        visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let Some(shelf) = self.shelves.get(tenant) else { return Ok(()) };
        let numbers = shelf.courses.get(id).into_iter().flatten();
        let mut events = numbers.filter_map(|seq| Some((*seq, shelf.event(*seq)?.clone())));
        let _ = events.try_for_each(|(seq, event)| visit(seq, event));
        Ok(())
    }

    fn due_cases(&mut self, tenant: &Tenant, query: &DueQuery) -> Result<Vec<DueCase>, StoreError> {
        let after = query.after.as_ref().map(|(at, case)| (micros(*at), case.clone()));
        self.of(tenant, |shelf| {
            let from = after.map_or(Bound::Unbounded, Bound::Excluded);
            let waiting = shelf.by_due.range((from, Bound::Unbounded));
            let due = waiting.take_while(|(at, _)| *at <= micros(query.by)).take(query.limit);
            let whole = |(at, id): &(i64, CaseId)| {
                let course = shelf.courses.get(id).cloned().unwrap_or_default();
                let events = shelf.events(&course).into_iter().map(|(_, event)| event).collect();
                let (due, case, revision) = (time(*at), shelf.cases.get(id)?.clone(), shelf.revision(id));
                Some(DueCase { due, case, revision, events })
            };
            due.filter_map(whole).collect()
        })
    }

    fn clock_rules(&mut self, tenant: &Tenant, rules: &str) -> Result<bool, StoreError> {
        let shelf = self.shelves.entry(tenant.clone()).or_default();
        let others = self.rules.get(tenant).map(String::as_str) != Some(rules);
        if others {
            shelf.look_at_all();
            self.rules.insert(tenant.clone(), rules.to_owned());
        }
        Ok(others)
    }

    fn staff(&mut self, tenant: &Tenant) -> Result<Vec<Staff>, StoreError> {
        self.of(tenant, Shelf::staff)
    }

    fn incident(&mut self, tenant: &Tenant, id: &IncidentId) -> Result<Option<Incident>, StoreError> {
        self.of(tenant, |shelf| {
            let mut incident = shelf.incidents.get(id)?.clone();
            let cases = shelf.cases_in_order().into_iter().filter(|case| case.incident.as_ref() == Some(id));
            incident.cases = cases.map(|case| case.id.clone()).collect();
            Some(incident)
        })
    }

    fn incidents(&mut self, tenant: &Tenant) -> Result<Vec<Incident>, StoreError> {
        self.of(tenant, |shelf| shelf.incidents.values().cloned().collect())
    }

    fn entries(
        &mut self,
        tenant: &Tenant,
        visit: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let Some(shelf) = self.shelves.get(tenant) else { return Ok(()) };
        for (_, key) in &shelf.order {
            if let Some(entry) = shelf.entry(key)
                && visit(entry).is_break()
            {
                break;
            }
        }
        Ok(())
    }

    fn cases(
        &mut self,
        tenant: &Tenant,
        visit: &mut dyn FnMut(Case) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let cases = self.shelves.get(tenant).map(Shelf::cases_in_order).unwrap_or_default();
        let _ = cases.into_iter().cloned().try_for_each(visit);
        Ok(())
    }

    fn quarantined(
        &mut self,
        tenant: &Tenant,
        visit: &mut dyn FnMut(Quarantined) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let Some(shelf) = self.shelves.get(tenant) else { return Ok(()) };
        let quarantined = |(event, seq): (&Event, u64)| match event {
            Event::Quarantined { input, record, fault, raw } if shelf.held.contains(&seq) => {
                let (input, fault, raw) = (input.clone(), fault.clone(), raw.clone());
                Some(Quarantined { seq, input, record: *record, fault, raw })
            }
            _ => None,
        };
        let _ = shelf.log.iter().zip(1..).filter_map(quarantined).try_for_each(visit);
        Ok(())
    }

    fn log(
        &mut self,
        tenant: &Tenant,
        after: u64,
        visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let Some(shelf) = self.shelves.get(tenant) else { return Ok(()) };
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        let mut events = shelf.log.iter().zip(1..).skip(skip);
        let _ = events.try_for_each(|(event, seq)| visit(seq, event.clone()));
        Ok(())
    }

    fn totals(&mut self, tenant: &Tenant) -> Result<Totals, StoreError> {
        self.of(tenant, Shelf::totals)
    }

    fn entry(&mut self, tenant: &Tenant, key: &MessageKey) -> Result<Option<Entry>, StoreError> {
        self.of(tenant, |shelf| shelf.entry(key))
    }

    fn candidates(
        &mut self,
        tenant: &Tenant,
        query: &CandidateQuery,
        visit: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let Some(shelf) = self.shelves.get(tenant) else { return Ok(()) };
        let (since, until) = (query.since.map(micros), query.until.map(micros));
        let before = query.before.as_ref().map(|place| (micros(place.observed), &place.message));
        for (observed, key) in shelf.order.iter().rev() {
            if since.is_some_and(|since| *observed < since) {
                break;
            }
            let after = until.is_some_and(|until| *observed >= until)
                || before.is_some_and(|before| (*observed, key) >= before);
            let Some(entry) = shelf.entry(key).filter(|_| !after) else { continue };
            let author = entry.message.author_key();
            let asked =
                query.authors.is_empty() || author.is_some_and(|author| query.authors.contains(author));
            if asked && visit(entry).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn involving(
        &mut self,
        tenant: &Tenant,
        query: &InvolvedQuery,
        visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let Some(shelf) = self.shelves.get(tenant) else { return Ok(()) };
        let found = shelf.involving(query).into_iter();
        let event = |seq: u64| Some((seq, shelf.event(seq)?.clone()));
        let visit = |(seq, event)| visit(seq, event);
        let _ = query.in_order(found).into_iter().filter_map(event).try_for_each(visit);
        Ok(())
    }

    fn tally(&mut self, tenant: &Tenant, authors: &[IdentityKey]) -> Result<Vec<Tally>, StoreError> {
        self.of(tenant, |shelf| shelf.tally(authors))
    }

    fn messages_of(
        &mut self,
        tenant: &Tenant,
        accounts: &[IdentityKey],
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        self.of(tenant, |shelf| shelf.messages_of(accounts, limit))
    }

    fn cases_of(
        &mut self,
        tenant: &Tenant,
        authors: &[IdentityKey],
        limit: usize,
    ) -> Result<Vec<Case>, StoreError> {
        self.of(tenant, |shelf| {
            let theirs = |case: &&Case| case.author.as_ref().is_some_and(|author| authors.contains(author));
            let mut cases: Vec<_> = shelf.cases_in_order().into_iter().filter(theirs).collect();
            cases.sort_by_key(|case| (std::cmp::Reverse(micros(case.updated)), &case.id));
            cases.into_iter().take(limit).cloned().collect()
        })
    }

    fn identity(&mut self, tenant: &Tenant, key: &IdentityKey) -> Result<Option<SeenIdentity>, StoreError> {
        self.of(tenant, |shelf| shelf.identities.get(key).map(shelf::Account::seen))
    }

    fn links(&mut self, tenant: &Tenant, account: &IdentityKey) -> Result<Vec<IdentityLink>, StoreError> {
        self.of(tenant, |shelf| shelf.links_around(account).1.into_values().collect())
    }

    fn link(&mut self, tenant: &Tenant, id: &LinkId) -> Result<Option<IdentityLink>, StoreError> {
        self.of(tenant, |shelf| shelf.links.get(id).map(|(_, link)| link.clone()))
    }

    fn customers(&mut self, tenant: &Tenant, accounts: &[IdentityKey]) -> Result<Vec<Customer>, StoreError> {
        let empty = Shelf::default();
        let shelf = self.shelves.get(tenant).unwrap_or(&empty);
        Ok(accounts.iter().map(|account| shelf.customer(account)).collect())
    }

    fn effects(&mut self, tenant: &Tenant, after: u64, limit: usize) -> Result<Vec<Effect>, StoreError> {
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        self.of(tenant, |shelf| {
            let effects = shelf.log.iter().zip(1..).skip(skip);
            effects.filter_map(|(event, seq)| event.effect(seq)).take(limit).collect()
        })
    }

    fn ack(&mut self, tenant: &Tenant, consumer: &str, seq: u64) -> Result<(), StoreError> {
        let acked = self.acked.entry((tenant.clone(), consumer.to_owned())).or_default();
        *acked = seq.max(*acked);
        Ok(())
    }

    fn acked(&mut self, tenant: &Tenant, consumer: &str) -> Result<u64, StoreError> {
        Ok(self.acked.get(&(tenant.clone(), consumer.to_owned())).copied().unwrap_or_default())
    }

    fn citing(
        &mut self,
        tenant: &Tenant,
        messages: &[MessageKey],
        visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let found = self.of(tenant, |shelf| shelf.events(&shelf.citing(messages)))?;
        let _ = found.into_iter().try_for_each(|(seq, event)| visit(seq, event));
        Ok(())
    }

    fn about(
        &mut self,
        tenant: &Tenant,
        query: &SubjectQuery,
        visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let Some(shelf) = self.shelves.get(tenant) else { return Ok(()) };
        let event = |seq: u64| Some((seq, shelf.event(seq)?.clone()));
        let visit = |(seq, event)| visit(seq, event);
        let _ = shelf.on(query).into_iter().filter_map(event).try_for_each(visit);
        Ok(())
    }

    fn rewrite(&mut self, tenant: &Tenant, plan: &mut Plan<'_>) -> Result<u64, StoreError> {
        let shelf = self.shelves.entry(tenant.clone()).or_default();
        let Rewrite { changes, erasure, .. } = plan(&mut Open(shelf))?;
        let Some(erasure) = erasure else { return Ok(0) };
        shelf.rewrite(changes, erasure).map_err(|fault| fault.at("the record in memory"))
    }

    /// There is no file.
    fn scrub(&mut self) -> Result<Scrub, StoreError> {
        Ok(Scrub::Done)
    }

    fn backup_to(&mut self, _: &Path) -> Result<(), StoreError> {
        let detail = "it is in memory and no file; commit its log to another store";
        Err(Fault::new(StoreErrorKind::Unsupported).detail(detail).at("memory"))
    }
}

/// Whether what a commit was decided on holds still.
fn expect(shelf: &Shelf, options: &CommitOptions) -> Result<(), Fault> {
    expect_last(options.last, shelf.log.len() as u64)?;
    expect_cases(&options.unchanged, |case| shelf.revision(case))?;
    if options.staff.is_empty() { Ok(()) } else { expect_staff(&options.staff, &shelf.staff()) }
}

/// What one tenant has, as a rewriting sees it.
struct Open<'a>(&'a Shelf);

impl Archive for Open<'_> {
    fn involving(&mut self, accounts: &[IdentityKey]) -> Result<Vec<(u64, Event)>, StoreError> {
        let query = InvolvedQuery { accounts: accounts.to_vec(), ..InvolvedQuery::default() };
        Ok(self.0.events(&self.0.involving(&query)))
    }

    fn citing(
        &mut self,
        messages: &[MessageKey],
        known: &BTreeSet<u64>,
    ) -> Result<Vec<(u64, Event)>, StoreError> {
        Ok(self.0.events(&(&self.0.citing(messages) - known)))
    }

    fn put_aside(&mut self) -> Result<Vec<(u64, Event)>, StoreError> {
        let events = self.0.log.iter().zip(1..);
        let aside = events.filter(|(event, _)| matches!(event, Event::Quarantined { .. }));
        Ok(aside.map(|(event, seq)| (seq, event.clone())).collect())
    }

    fn accounts(&mut self) -> Result<Vec<IdentityKey>, StoreError> {
        Ok(self.0.involved.keys().cloned().collect())
    }

    fn older(&mut self, query: &OlderQuery) -> Result<Vec<MessageKey>, StoreError> {
        Ok(self.0.older(query))
    }
}
