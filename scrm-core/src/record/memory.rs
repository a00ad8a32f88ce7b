//! How is a record kept in memory? For tests, for one run over a file, and as the plain twin of the other stores.
//!
//! Read [`MemoryStore`] first. The log is the truth; everything else is an index over it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::error::Fault;
use super::fold::{Ledger, QuarantineKey, Rank, apply, micros, time};
use super::{CaseQuery, Entry, HistoryQuery, Quarantined, Receipt, Seen, Store, StoreError, Totals};
use crate::model::{
    Assessment, Case, CaseId, CaseStatus, Contact, DeliveryKey, Direction, Event, IdentityKey, Message,
    MessageKey, Outcome, ResponseId, ResponseRecord, Tenant, Topic, Version,
};

/// A record in memory. It is gone when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryStore {
    shelves: BTreeMap<Tenant, Shelf>,
}

impl MemoryStore {
    /// An empty record.
    pub fn new() -> Self {
        Self::default()
    }
}

/// What one tenant has. Places are places in `log`.
#[derive(Debug, Default)]
struct Shelf {
    log: Vec<Event>,
    messages: BTreeMap<MessageKey, Versions>,
    /// Current versions in the order of entries.
    order: BTreeMap<(i64, MessageKey), usize>,
    /// Every version that counters may ask for, current or not.
    by_author: BTreeMap<IdentityKey, Vec<usize>>,
    by_issue: BTreeMap<Topic, Vec<usize>>,
    cases: BTreeMap<CaseId, Case>,
    quarantined: BTreeSet<QuarantineKey>,
    responses: BTreeSet<ResponseId>,
}

#[derive(Debug)]
struct Versions {
    captured: BTreeSet<Version>,
    current: Rank,
    place: usize,
}

impl Store for MemoryStore {
    fn seen(&mut self, tenant: &Tenant, keys: &[DeliveryKey]) -> Result<Vec<Seen>, StoreError> {
        let shelf = self.shelves.get(tenant);
        let seen = |key: &DeliveryKey| match shelf.and_then(|shelf| shelf.messages.get(&key.message)) {
            None => Seen::New,
            Some(versions) if versions.captured.contains(&key.version) => Seen::Duplicate,
            Some(_) => Seen::Edit,
        };
        Ok(keys.iter().map(seen).collect())
    }

    fn history(&mut self, tenant: &Tenant, query: &HistoryQuery) -> Result<Vec<Contact>, StoreError> {
        let found = self.shelves.get(tenant).map(|shelf| shelf.history(query));
        Ok(found.unwrap_or_default())
    }

    fn open_cases(&mut self, tenant: &Tenant, query: &CaseQuery) -> Result<Vec<Case>, StoreError> {
        let wanted = |case: &&Case| {
            let by_thread = case.thread.as_ref().is_some_and(|thread| query.threads.contains(thread));
            let by_author = case.author.as_ref().is_some_and(|author| query.authors.contains(author));
            case.status != CaseStatus::Resolved && (by_thread || by_author)
        };
        let cases = self.shelves.get(tenant).map(Shelf::cases_in_order).unwrap_or_default();
        Ok(cases.into_iter().filter(wanted).cloned().collect())
    }

    fn commit(&mut self, tenant: &Tenant, events: &[Event]) -> Result<Receipt, StoreError> {
        let shelf = self.shelves.entry(tenant.clone()).or_default();
        let kept = shelf.log.len();
        apply(shelf, events).map_err(|fault| {
            shelf.go_back_to(kept);
            fault.at("the record in memory")
        })
    }

    fn entries(
        &mut self,
        tenant: &Tenant,
        visit: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let Some(shelf) = self.shelves.get(tenant) else { return Ok(()) };
        for ((_, key), place) in &shelf.order {
            let Some((message, assessment)) = shelf.captured(*place) else { continue };
            let versions = shelf.messages.get(key).map_or(0, |versions| versions.captured.len());
            let versions = u32::try_from(versions).unwrap_or(u32::MAX);
            let entry = Entry { message: message.clone(), assessment: assessment.clone(), versions };
            if visit(entry).is_break() {
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
            Event::Quarantined { input, record, fault, raw } => {
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
        Ok(self.shelves.get(tenant).map(Shelf::totals).unwrap_or_default())
    }
}

impl Shelf {
    /// The capture at a place of the log.
    fn captured(&self, place: usize) -> Option<(&Message, &Assessment)> {
        match self.log.get(place) {
            Some(Event::Captured { message, assessment }) => Some((message, assessment)),
            _ => None,
        }
    }

    fn cases_in_order(&self) -> Vec<&Case> {
        let mut cases: Vec<_> = self.cases.values().collect();
        cases.sort_by_key(|case| (micros(case.opened), &case.id));
        cases
    }

    fn history(&self, query: &HistoryQuery) -> Vec<Contact> {
        let since = micros(query.since);
        let by_author = query.authors.iter().filter_map(|author| self.by_author.get(author));
        let by_issue = query.issues.iter().filter_map(|issue| self.by_issue.get(issue));
        let mut found = BTreeMap::new();
        for place in by_author.chain(by_issue).flatten() {
            let Some((message, assessment)) = self.captured(*place) else { continue };
            let key = message.key();
            let is_current = self.messages.get(&key).is_some_and(|versions| versions.place == *place);
            let observed = micros(message.times().observed);
            if is_current && observed >= since {
                found.insert((observed, key), contact(message, assessment));
            }
        }
        found.into_values().collect()
    }

    fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for place in self.order.values() {
            totals.messages += 1;
            match self.captured(*place).map(|(_, assessment)| assessment.outcome) {
                Some(Outcome::Noise(_)) => totals.noise += 1,
                Some(Outcome::Decided) => totals.decided += 1,
                Some(Outcome::Open(_)) => totals.open += 1,
                None => {}
            }
        }
        for event in &self.log {
            let Event::Captured { assessment, .. } = event else { continue };
            totals.versions += 1;
            match assessment.outcome {
                Outcome::Noise(_) => totals.deliveries_noise += 1,
                Outcome::Decided => totals.deliveries_decided += 1,
                Outcome::Open(_) => totals.deliveries_open += 1,
            }
        }
        totals.cases_open =
            self.cases.values().filter(|case| case.status != CaseStatus::Resolved).count() as u64;
        totals.quarantined = self.quarantined.len() as u64;
        totals
    }

    /// Forgets every event from `kept` on. What is left went through once and goes through again.
    fn go_back_to(&mut self, kept: usize) {
        let mut log = std::mem::take(&mut self.log);
        log.truncate(kept);
        *self = Self::default();
        let _ = apply(self, &log);
    }

    fn index(&mut self, place: usize, message: &Message, assessment: &Assessment) {
        if message.direction() != Direction::In || matches!(assessment.outcome, Outcome::Noise(_)) {
            return;
        }
        if let Some(author) = message.author_key() {
            self.by_author.entry(author.clone()).or_default().push(place);
        }
        if let Some(issue) = assessment.classification.issue() {
            self.by_issue.entry(issue.clone()).or_default().push(place);
        }
    }
}

fn contact(message: &Message, assessment: &Assessment) -> Contact {
    Contact {
        at: time(micros(message.times().observed)),
        author: message.author_key().cloned(),
        kind: assessment.classification.kind.value,
        issue: assessment.classification.issue().cloned(),
    }
}

impl Ledger for Shelf {
    fn has_delivery(&mut self, key: &DeliveryKey) -> Result<bool, Fault> {
        Ok(self.messages.get(&key.message).is_some_and(|known| known.captured.contains(&key.version)))
    }

    fn has_quarantined(&mut self, key: &QuarantineKey) -> Result<bool, Fault> {
        Ok(self.quarantined.contains(key))
    }

    fn has_response(&mut self, id: &ResponseId) -> Result<bool, Fault> {
        Ok(self.responses.contains(id))
    }

    fn case(&mut self, id: &CaseId) -> Result<Option<Case>, Fault> {
        Ok(self.cases.get(id).cloned())
    }

    fn append(&mut self, event: &Event) -> Result<u64, Fault> {
        self.log.push(event.clone());
        Ok(self.last())
    }

    fn add_delivery(
        &mut self,
        _: u64,
        key: &DeliveryKey,
        message: &Message,
        assessment: &Assessment,
    ) -> Result<(), Fault> {
        let place = self.log.len().saturating_sub(1);
        let rank = Rank::of(message, &key.version);
        self.index(place, message, assessment);
        let Some(known) = self.messages.get_mut(&key.message) else {
            self.order.insert((rank.observed, key.message.clone()), place);
            let captured = BTreeSet::from([key.version.clone()]);
            self.messages.insert(key.message.clone(), Versions { captured, current: rank, place });
            return Ok(());
        };
        known.captured.insert(key.version.clone());
        if rank > known.current {
            self.order.remove(&(known.current.observed, key.message.clone()));
            self.order.insert((rank.observed, key.message.clone()), place);
            (known.current, known.place) = (rank, place);
        }
        Ok(())
    }

    fn add_quarantined(&mut self, _: u64, key: &QuarantineKey) -> Result<(), Fault> {
        self.quarantined.insert(key.clone());
        Ok(())
    }

    fn add_response(&mut self, _: u64, response: &ResponseRecord) -> Result<(), Fault> {
        self.responses.insert(response.id.clone());
        Ok(())
    }

    fn put_case(&mut self, case: &Case, _: Option<DateTime<Utc>>) -> Result<(), Fault> {
        self.cases.insert(case.id.clone(), case.clone());
        Ok(())
    }

    fn last(&self) -> u64 {
        self.log.len() as u64
    }
}
