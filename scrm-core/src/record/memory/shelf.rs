//! What does one tenant have, when it is all in memory?

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Utc};

use crate::model::{
    Assessment, Case, CaseId, Customer, DeliveryKey, Direction, Erasure, Event, Identity, IdentityKey,
    IdentityLink, Incident, IncidentId, LinkId, Message, MessageKey, MessageType, Outcome, PersonId,
    PersonLabel, Presence, ResponseId, ResponseRecord, Topic, Version,
};
use crate::record::error::Fault;
use crate::record::fold::{
    Ledger, NoteKey, QuarantineKey, Rank, apply, in_order_seen, label_order, micros, time,
};
use crate::record::subject::Subject;
use crate::record::{
    Entry, History, HistoryQuery, InvolvedQuery, Involvement, OlderQuery, Raised, Rewritten, Seen,
    SeenIdentity, Staff, SubjectQuery, Tally, Totals,
};

/// What one tenant has. The indexes by author and issue hold candidates: every message that ever matched.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) log: Vec<Event>,
    messages: BTreeMap<MessageKey, Versions>,
    /// Current versions in the order of entries.
    pub(super) order: BTreeSet<(i64, MessageKey)>,
    by_author: BTreeMap<IdentityKey, BTreeSet<MessageKey>>,
    by_issue: BTreeMap<Topic, BTreeSet<MessageKey>>,
    labels: BTreeMap<MessageKey, Vec<PersonLabel>>,
    pub(super) involved: BTreeMap<IdentityKey, BTreeSet<(u64, Involvement)>>,
    /// Where the versions of a message stand, and the events that name it.
    cites: BTreeMap<MessageKey, BTreeSet<u64>>,
    /// Where the events on a thing stand.
    subjects: BTreeMap<Subject, BTreeSet<u64>>,
    pub(super) identities: BTreeMap<IdentityKey, Account>,
    pub(super) cases: BTreeMap<CaseId, Case>,
    /// Where the events of a case stand in the log.
    pub(super) courses: BTreeMap<CaseId, BTreeSet<u64>>,
    /// When the clocks of a case are to be looked at, and the same in the order of time.
    due: BTreeMap<CaseId, i64>,
    pub(super) by_due: BTreeSet<(i64, CaseId)>,
    pub(super) incidents: BTreeMap<IncidentId, Incident>,
    pub(super) presences: BTreeMap<PersonId, Presence>,
    pub(super) turns: BTreeMap<PersonId, DateTime<Utc>>,
    pub(super) links: BTreeMap<LinkId, (u64, IdentityLink)>,
    linked: BTreeMap<IdentityKey, BTreeSet<LinkId>>,
    quarantined: BTreeSet<QuarantineKey>,
    pub(super) held: BTreeSet<u64>,
    responses: BTreeSet<ResponseId>,
    notes: BTreeSet<NoteKey>,
    erasures: Vec<Erasure>,
}

#[derive(Debug)]
struct Versions {
    captured: BTreeSet<Version>,
    current: Rank,
    /// Where the current version stands in the log.
    place: usize,
}

/// An account: the body is the one seen last, what a tombstone says counting only when nothing else is known.
#[derive(Debug)]
pub(super) struct Account {
    first: i64,
    last: i64,
    rank: (bool, i64, String),
    identity: Identity,
}

impl Account {
    pub(super) fn seen(&self) -> SeenIdentity {
        SeenIdentity {
            identity: self.identity.clone(),
            first_seen: time(self.first),
            last_seen: time(self.last),
        }
    }
}

impl Shelf {
    pub(super) fn event(&self, seq: u64) -> Option<&Event> {
        self.log.get(usize::try_from(seq).ok()?.checked_sub(1)?)
    }

    pub(super) fn seen(&self, key: &DeliveryKey) -> Seen {
        match self.messages.get(&key.message) {
            Some(known) if known.captured.contains(&key.version) => Seen::Duplicate,
            Some(_) => Seen::Edit,
            None if !self.erasures.is_empty() && self.messages.contains_key(&key.message.erased()) => {
                Seen::Duplicate
            }
            None => Seen::New,
        }
    }

    /// A message in its current version, as the machine and then people have it.
    fn current(&self, key: &MessageKey) -> Option<(&Message, Cow<'_, Assessment>)> {
        let known = self.messages.get(key)?;
        let Some(Event::Captured { message, assessment }) = self.log.get(known.place) else { return None };
        let mut assessment = Cow::Borrowed(assessment.as_ref());
        for label in self.labels.get(key).into_iter().flatten() {
            assessment.to_mut().relabel(label);
        }
        Some((message, assessment))
    }

    pub(super) fn entry(&self, key: &MessageKey) -> Option<Entry> {
        let (message, assessment) = self.current(key)?;
        let versions = self.messages.get(key)?.captured.len();
        let versions = u32::try_from(versions).unwrap_or(u32::MAX);
        Some(Entry { message: message.clone(), assessment: assessment.into_owned(), versions })
    }

    pub(super) fn cases_in_order(&self) -> Vec<&Case> {
        let mut cases: Vec<_> = self.cases.values().collect();
        cases.sort_by_key(|case| (micros(case.opened), &case.id));
        cases
    }

    pub(super) fn history(&self, query: &HistoryQuery) -> History {
        let since = micros(query.since);
        let asked = |keys: Option<&BTreeSet<MessageKey>>, is_of: &dyn Fn(&Message, &Assessment) -> bool| {
            let mut found = Vec::new();
            for (message, said) in keys.into_iter().flatten().filter_map(|key| self.current(key)) {
                let observed = micros(message.times().observed);
                let counts =
                    message.direction() == Direction::In && !matches!(said.outcome, Outcome::Noise(_));
                if counts && observed >= since && is_of(message, &said) {
                    let complaint = said.classification.kind.value == Some(MessageType::Complaint);
                    found.push((time(observed), complaint));
                }
            }
            found.sort_unstable();
            found
        };
        let by = |author: &IdentityKey| {
            asked(self.by_author.get(author), &|message, _| message.author_key() == Some(author))
        };
        let on = |issue: &Topic| {
            let found =
                asked(self.by_issue.get(issue), &|_, said| said.classification.issue() == Some(issue));
            found.into_iter().map(|(at, _)| at).collect()
        };
        History {
            authors: query.authors.iter().map(by).collect(),
            issues: query.issues.iter().map(on).collect(),
        }
    }

    pub(super) fn raised(&self, issue: &Topic, since: DateTime<Utc>) -> Vec<Raised> {
        let mut found = BTreeMap::new();
        for key in self.by_issue.get(issue).into_iter().flatten() {
            let Some((message, said)) = self.current(key) else { continue };
            let observed = micros(message.times().observed);
            let counts = message.direction() == Direction::In && !matches!(said.outcome, Outcome::Noise(_));
            if counts && observed >= micros(since) && said.classification.issue() == Some(issue) {
                found.insert((observed, key), (time(observed), message.author_key().cloned()));
            }
        }
        found.into_values().collect()
    }

    pub(super) fn tally(&self, authors: &[IdentityKey]) -> Vec<Tally> {
        let keys: BTreeSet<&MessageKey> =
            authors.iter().filter_map(|author| self.by_author.get(author)).flatten().collect();
        let mut found: BTreeMap<_, Tally> = BTreeMap::new();
        for key in keys {
            let Some((message, assessment)) = self.current(key) else { continue };
            if !message.author_key().is_some_and(|author| authors.contains(author)) {
                continue;
            }
            let labels = &assessment.classification;
            let (kind, sentiment) =
                (labels.kind.value, labels.sentiment.value.map(|sentiment| sentiment.label));
            let at = time(micros(message.times().observed));
            let (direction, outcome) = (message.direction(), assessment.outcome.as_str());
            let order = (
                direction.as_str(),
                outcome,
                kind.map(MessageType::as_str),
                sentiment.map(crate::model::SentimentLabel::as_str),
            );
            let tally = found.entry(order).or_insert_with(|| Tally {
                direction,
                outcome: outcome.to_owned(),
                kind,
                sentiment,
                messages: 0,
                first: at,
                last: at,
            });
            tally.messages += 1;
            tally.first = tally.first.min(at);
            tally.last = tally.last.max(at);
        }
        found.into_values().collect()
    }

    pub(super) fn involving(&self, query: &InvolvedQuery) -> BTreeSet<u64> {
        let before = if query.before == 0 { u64::MAX } else { query.before };
        let asked = |(seq, part): &&(u64, Involvement)| {
            *seq > query.after && *seq < before && (query.parts.is_empty() || query.parts.contains(part))
        };
        let accounts = query.accounts.iter().filter_map(|account| self.involved.get(account));
        accounts.flatten().filter(asked).map(|(seq, _)| *seq).collect()
    }

    pub(super) fn messages_of(&self, accounts: &[IdentityKey], limit: usize) -> Vec<Entry> {
        let query = InvolvedQuery::of_messages(accounts, limit);
        let (mut known, mut found) = (BTreeSet::new(), Vec::new());
        for seq in query.in_order(self.involving(&query).into_iter()) {
            if found.len() == limit {
                break;
            }
            if let Some(Event::Captured { message, .. }) = self.event(seq)
                && known.insert(message.key())
            {
                found.extend(self.entry(&message.key()));
            }
        }
        Entry::sort_newest_first(&mut found);
        found
    }

    pub(super) fn citing(&self, messages: &[MessageKey]) -> BTreeSet<u64> {
        messages.iter().filter_map(|key| self.cites.get(key)).flatten().copied().collect()
    }

    /// The numbers of the events on a thing, or on all things of a sort.
    pub(super) fn on(&self, query: &SubjectQuery) -> Vec<u64> {
        let limit = if query.limit == 0 { usize::MAX } else { query.limit };
        let Some(id) = &query.id else {
            let of = self.subjects.iter().filter(|((kind, _), _)| *kind == query.kind);
            return of.flat_map(|(_, numbers)| numbers).take(limit).copied().collect();
        };
        let numbers = self.subjects.get(&(query.kind, id.clone())).into_iter().flatten().copied();
        if query.newest_first {
            let mut last: Vec<u64> = numbers.collect();
            last.reverse();
            last.truncate(limit);
            return last;
        }
        numbers.take(limit).collect()
    }

    /// Events by their numbers, in order.
    pub(super) fn events(&self, numbers: &BTreeSet<u64>) -> Vec<(u64, Event)> {
        numbers.iter().filter_map(|seq| Some((*seq, self.event(*seq)?.clone()))).collect()
    }

    pub(super) fn older(&self, query: &OlderQuery) -> Vec<MessageKey> {
        let before = micros(query.before);
        let is_known =
            |account: &IdentityKey| {
                self.involved.get(account).into_iter().flatten().any(|(_, part)| {
                    matches!(part, Involvement::Subject | Involvement::Link | Involvement::Case)
                })
            };
        let asked = |key: &&MessageKey| {
            let author = self.current(key).and_then(|(message, _)| message.author_key());
            key.source == query.source
                && !key.external_id.is_erased()
                && !(query.strangers && author.is_some_and(is_known))
        };
        let old = self.order.iter().take_while(|(observed, _)| *observed < before).map(|(_, key)| key);
        old.filter(asked).take(query.limit).cloned().collect()
    }

    /// Replaces events where they stand, and adds everything up again.
    pub(super) fn rewrite(&mut self, changes: Vec<Rewritten>, erasure: Erasure) -> Result<u64, Fault> {
        let mut log = self.log.clone();
        for Rewritten { seq, to, .. } in changes {
            let place = usize::try_from(seq).ok().and_then(|seq| seq.checked_sub(1));
            if let Some(event) = place.and_then(|place| log.get_mut(place)) {
                *event = to;
            }
        }
        log.push(Event::Erased { erasure });
        let mut rewritten = Self::default();
        apply(&mut rewritten, &log)?;
        if rewritten.log.len() != log.len() {
            return Err(Fault::refused("what is left of the events does not add up to as many"));
        }
        *self = rewritten;
        Ok(self.last())
    }

    /// The accounts that can be reached from one over claims that stand for one person, and the claims about them in the
    /// order of the log.
    pub(super) fn links_around<'a>(
        &'a self,
        account: &'a IdentityKey,
    ) -> (BTreeSet<&'a IdentityKey>, BTreeMap<u64, IdentityLink>) {
        let mut reached = BTreeSet::from([account]);
        let mut next = VecDeque::from([account]);
        let mut found = BTreeMap::new();
        while let Some(account) = next.pop_front() {
            for id in self.linked.get(account).into_iter().flatten() {
                let Some((seq, link)) = self.links.get(id) else { continue };
                found.insert(*seq, link.clone());
                for other in [&link.a, &link.b] {
                    if link.joins() && reached.insert(other) {
                        next.push_back(other);
                    }
                }
            }
        }
        (reached, found)
    }

    pub(super) fn customer(&self, account: &IdentityKey) -> Customer {
        let (reached, links) = self.links_around(account);
        let first = |key: &IdentityKey| self.identities.get(key).map_or(i64::MAX, |known| known.first);
        let seen = in_order_seen(reached.into_iter().cloned(), first);
        Customer::of(account, &seen, &links.into_values().collect::<Vec<_>>())
    }

    pub(super) fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for (_, key) in &self.order {
            totals.messages += 1;
            match self.current(key).map(|(_, assessment)| assessment.outcome) {
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
        totals.cases_open = self.cases.values().filter(|case| case.is_open()).count() as u64;
        totals.quarantined = self.held.len() as u64;
        totals
    }

    /// Notes when the clocks of a case are to be looked at next.
    pub(super) fn set_due(&mut self, case: &CaseId, due: Option<i64>) {
        if let Some(before) = self.due.remove(case) {
            self.by_due.remove(&(before, case.clone()));
        }
        if let Some(due) = due {
            self.due.insert(case.clone(), due);
            self.by_due.insert((due, case.clone()));
        }
    }

    /// The number of the last event that happened to a case; 0 when there is none.
    pub(super) fn revision(&self, case: &CaseId) -> u64 {
        self.courses.get(case).and_then(|course| course.last()).copied().unwrap_or_default()
    }

    /// Has every case looked at that is not resolved.
    pub(super) fn look_at_all(&mut self) {
        let open: Vec<(CaseId, i64)> = self
            .cases
            .values()
            .filter(|case| case.is_open())
            .map(|case| (case.id.clone(), micros(case.opened)))
            .collect();
        for (case, opened) in open {
            self.set_due(&case, Some(opened));
        }
    }

    /// What the people of the team have, and what was said of them.
    pub(super) fn staff(&self) -> Vec<Staff> {
        let mut staff: BTreeMap<PersonId, Staff> = BTreeMap::new();
        for person in self.presences.keys().chain(self.turns.keys()) {
            staff.entry(person.clone()).or_insert_with(|| Staff::new(person.clone()));
        }
        for case in self.cases.values().filter(|case| case.is_open()) {
            let Some(person) = case.holder() else { continue };
            let row = staff.entry(person.clone()).or_insert_with(|| Staff::new(person.clone()));
            *row.cases.entry(case.channel.clone()).or_default() += 1;
        }
        for (person, row) in &mut staff {
            row.presence = self.presences.get(person).cloned();
            row.last_assigned = self.turns.get(person).map(|at| time(micros(*at)));
        }
        staff.into_values().collect()
    }

    /// Forgets every event from `kept` on. What is left went through once and goes through again.
    pub(super) fn go_back_to(&mut self, kept: usize) {
        let mut log = std::mem::take(&mut self.log);
        log.truncate(kept);
        *self = Self::default();
        let _ = apply(self, &log);
    }
}

impl Ledger for Shelf {
    fn has_delivery(&mut self, key: &DeliveryKey) -> Result<bool, Fault> {
        Ok(self.messages.get(&key.message).is_some_and(|known| known.captured.contains(&key.version)))
    }

    fn has_message(&mut self, key: &MessageKey) -> Result<bool, Fault> {
        Ok(self.messages.contains_key(key))
    }

    fn has_erasures(&mut self) -> Result<bool, Fault> {
        Ok(!self.erasures.is_empty())
    }

    fn has_quarantined(&mut self, key: &QuarantineKey) -> Result<bool, Fault> {
        Ok(self.quarantined.contains(key))
    }

    fn is_held(&mut self, seq: u64) -> Result<Option<bool>, Fault> {
        let is_one = matches!(self.event(seq), Some(Event::Quarantined { .. }));
        Ok(is_one.then(|| self.held.contains(&seq)))
    }

    fn has_response(&mut self, id: &ResponseId) -> Result<bool, Fault> {
        Ok(self.responses.contains(id))
    }

    fn has_note(&mut self, note: &NoteKey) -> Result<bool, Fault> {
        Ok(self.notes.contains(note))
    }

    fn case(&mut self, id: &CaseId) -> Result<Option<Case>, Fault> {
        Ok(self.cases.get(id).cloned())
    }

    fn stands(&mut self, id: &LinkId) -> Result<Option<bool>, Fault> {
        Ok(self.links.get(id).map(|(_, link)| link.revoked.is_none()))
    }

    fn about(&mut self, subject: &Subject) -> Result<Vec<Event>, Fault> {
        let numbers = self.subjects.get(subject).cloned().unwrap_or_default();
        Ok(self.events(&numbers).into_iter().map(|(_, event)| event).collect())
    }

    fn append(&mut self, event: &Event) -> Result<u64, Fault> {
        self.log.push(event.clone());
        Ok(self.last())
    }

    fn involve(&mut self, seq: u64, account: &IdentityKey, part: Involvement) -> Result<(), Fault> {
        self.involved.entry(account.clone()).or_default().insert((seq, part));
        Ok(())
    }

    fn cite(&mut self, seq: u64, message: &MessageKey) -> Result<(), Fault> {
        self.cites.entry(message.clone()).or_default().insert(seq);
        Ok(())
    }

    fn tie(&mut self, seq: u64, subject: Subject, _: &Event) -> Result<(), Fault> {
        self.subjects.entry(subject).or_default().insert(seq);
        Ok(())
    }

    fn add_delivery(
        &mut self,
        seq: u64,
        key: &DeliveryKey,
        message: &Message,
        assessment: &Assessment,
    ) -> Result<(), Fault> {
        self.cites.entry(key.message.clone()).or_default().insert(seq);
        let place = self.log.len().saturating_sub(1);
        let rank = Rank::of(message, &key.version);
        if let Some(author) = message.author_key() {
            self.by_author.entry(author.clone()).or_default().insert(key.message.clone());
        }
        if let Some(issue) = assessment.classification.issue() {
            self.by_issue.entry(issue.clone()).or_default().insert(key.message.clone());
        }
        let Some(known) = self.messages.get_mut(&key.message) else {
            self.order.insert((rank.observed, key.message.clone()));
            let captured = BTreeSet::from([key.version.clone()]);
            self.messages.insert(key.message.clone(), Versions { captured, current: rank, place });
            return Ok(());
        };
        known.captured.insert(key.version.clone());
        if rank > known.current {
            self.order.remove(&(known.current.observed, key.message.clone()));
            self.order.insert((rank.observed, key.message.clone()));
            (known.current, known.place) = (rank, place);
        }
        Ok(())
    }

    fn see(&mut self, account: &Identity, at: DateTime<Utc>, live: bool) -> Result<(), Fault> {
        let body = serde_json::to_string(account)
            .map_err(|error| Fault::refused("it has no JSON form").source(error))?;
        let at = micros(at);
        let rank = (live, at, body);
        let fresh = || Account { first: at, last: at, rank: rank.clone(), identity: account.clone() };
        let known = self.identities.entry(account.key.clone()).or_insert_with(fresh);
        known.first = known.first.min(at);
        known.last = known.last.max(at);
        if rank > known.rank {
            (known.rank, known.identity) = (rank, account.clone());
        }
        Ok(())
    }

    fn add_label(&mut self, _: u64, label: &PersonLabel) -> Result<(), Fault> {
        if let Some(issue) = label.topics.as_ref().and_then(|topics| topics.first()) {
            self.by_issue.entry(issue.clone()).or_default().insert(label.message.clone());
        }
        let labels = self.labels.entry(label.message.clone()).or_default();
        labels.push(label.clone());
        labels.sort_by_cached_key(label_order);
        Ok(())
    }

    fn add_quarantined(&mut self, seq: u64, key: &QuarantineKey) -> Result<(), Fault> {
        self.quarantined.insert(key.clone());
        self.held.insert(seq);
        Ok(())
    }

    fn release(&mut self, _: u64, quarantined: u64) -> Result<(), Fault> {
        self.held.remove(&quarantined);
        Ok(())
    }

    fn add_response(&mut self, _: u64, response: &ResponseRecord) -> Result<(), Fault> {
        self.responses.insert(response.id.clone());
        Ok(())
    }

    fn add_note(&mut self, _: u64, note: &NoteKey) -> Result<(), Fault> {
        self.notes.insert(note.clone());
        Ok(())
    }

    fn incident(&mut self, id: &IncidentId) -> Result<Option<Incident>, Fault> {
        Ok(self.incidents.get(id).cloned())
    }

    fn put_case(&mut self, case: &Case, at: DateTime<Utc>) -> Result<(), Fault> {
        self.cases.insert(case.id.clone(), case.clone());
        let due = self.due.get(&case.id).map_or(micros(at), |due| micros(at).min(*due));
        self.set_due(&case.id, Some(due));
        Ok(())
    }

    fn follow(&mut self, seq: u64, case: &CaseId) -> Result<(), Fault> {
        self.courses.entry(case.clone()).or_default().insert(seq);
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
        let last = self.turns.entry(person.clone()).or_insert(at);
        *last = at.max(*last);
        Ok(())
    }

    fn put_link(&mut self, seq: u64, id: &LinkId, link: &IdentityLink) -> Result<(), Fault> {
        for account in [&link.a, &link.b] {
            self.linked.entry(account.clone()).or_default().insert(id.clone());
        }
        let first = self.links.get(id).map_or(seq, |(first, _)| *first);
        self.links.insert(id.clone(), (first, link.clone()));
        Ok(())
    }

    fn add_erasure(&mut self, _: u64, erasure: &Erasure) -> Result<(), Fault> {
        self.erasures.push(erasure.clone());
        Ok(())
    }

    fn last(&self) -> u64 {
        self.log.len() as u64
    }
}
