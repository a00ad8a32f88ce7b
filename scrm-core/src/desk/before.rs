//! What went before a group of messages? What the counters and conditions of the protocol ask of the record.
//!
//! Read [`Before::context`] first. A customer's messages are counted over all the accounts that are taken for one person.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};

use super::Desk;
use crate::engine::Reading;
use crate::model::{
    Assessment, Context, Direction, IdentityKey, Message, MessageType, Outcome, Topic, recent,
};
use crate::record::{HistoryQuery, Standings, Store, StoreError, standings};

impl<S: Store> Desk<S> {
    /// What the protocol asks of the time before the group; nothing when it asks nothing.
    pub(super) fn before(
        &mut self,
        fresh: &[Message],
        readings: &[Reading],
        now: DateTime<Utc>,
    ) -> Result<Before, StoreError> {
        let needs = self.engine.router().needs();
        let Some(first) = fresh.iter().map(|message| message.times().observed).min() else {
            return Ok(Before::default());
        };
        let mut before = Before { issue: needs.issue, customer: needs.customer, ..Before::default() };
        if needs.customer.is_some() || needs.standings {
            let authors: BTreeSet<&IdentityKey> = fresh.iter().filter_map(Message::author_key).collect();
            let authors: Vec<IdentityKey> = authors.into_iter().cloned().collect();
            let customers = self.store.customers(&self.tenant, &authors)?;
            for (author, customer) in authors.iter().zip(customers) {
                let members = customer.identities;
                if needs.standings {
                    let at = first.min(now);
                    let standings = standings(&mut self.store, &self.tenant, author, &members, at)?;
                    before.standings.insert(author.clone(), standings);
                }
                let named = members.first().unwrap_or(author).clone();
                before.named.extend(members.into_iter().map(|member| (member, named.clone())));
            }
        }
        if let Some(window) = needs.customer {
            let authors = before.named.keys().cloned().collect();
            let query = HistoryQuery { authors, issues: Vec::new(), since: first - window };
            let found = self.store.history(&self.tenant, &query)?;
            for (author, contacts) in query.authors.iter().zip(found.authors) {
                before.customer_contacts(author, contacts);
            }
        }
        if let Some(window) = needs.issue {
            let issues: BTreeSet<&Topic> =
                readings.iter().filter_map(|reading| reading.classification.issue()).collect();
            let issues = issues.into_iter().cloned().collect();
            let query = HistoryQuery { authors: Vec::new(), issues, since: first - window };
            let found = self.store.history(&self.tenant, &query)?;
            before.issues = query.issues.into_iter().zip(found.issues).collect();
        }
        Ok(before)
    }
}

/// Adds an entry in its place; nearly always that is the end.
fn in_order<T: Ord>(entries: &mut Vec<T>, entry: T) {
    let place = entries.partition_point(|known| *known <= entry);
    entries.insert(place, entry);
}

/// Earlier contacts, as far as the counters look back.
#[derive(Default)]
pub(super) struct Before {
    issue: Option<Duration>,
    customer: Option<Duration>,
    issues: BTreeMap<Topic, Vec<DateTime<Utc>>>,
    customers: BTreeMap<IdentityKey, Vec<(DateTime<Utc>, bool)>>,
    /// For each account the first one of its customer, under which contacts are kept.
    named: BTreeMap<IdentityKey, IdentityKey>,
    standings: BTreeMap<IdentityKey, Standings>,
}

impl Before {
    /// What one account of a customer wrote, oldest first.
    fn customer_contacts(&mut self, author: &IdentityKey, contacts: Vec<(DateTime<Utc>, bool)>) {
        let author = self.named.get(author).unwrap_or(author).clone();
        let known = self.customers.entry(author).or_default();
        let is_first = known.is_empty();
        known.extend(contacts);
        if !is_first {
            known.sort_unstable();
        }
    }

    pub(super) fn add(&mut self, message: &Message, assessment: &Assessment) {
        if message.direction() == Direction::In && !matches!(assessment.outcome, Outcome::Noise(_)) {
            let at = message.times().observed;
            if let Some(issue) = assessment.classification.issue() {
                in_order(self.issues.entry(issue.clone()).or_default(), at);
            }
            if let Some(author) = message.author_key() {
                let author = self.named.get(author).unwrap_or(author).clone();
                let complaint = assessment.classification.kind.value == Some(MessageType::Complaint);
                in_order(self.customers.entry(author).or_default(), (at, complaint));
            }
        }
    }

    /// The context of a message: what its counters need, and no more.
    pub(super) fn context(&self, message: &Message, reading: &Reading, at: DateTime<Utc>) -> Context {
        let issue = self.issue.zip(reading.classification.issue()).map(|(window, issue)| {
            let times = self.issues.get(issue).map(Vec::as_slice).unwrap_or_default();
            recent(times, at, window, |time| *time).to_vec()
        });
        let customer = self.customer.zip(message.author_key()).map(|(window, author)| {
            let author = self.named.get(author).unwrap_or(author);
            let times = self.customers.get(author).map(Vec::as_slice).unwrap_or_default();
            recent(times, at, window, |(time, _)| *time).to_vec()
        });
        let standings = message.author_key().and_then(|author| self.standings.get(author)).cloned();
        let Standings { roles, consents, links } = standings.clone().unwrap_or_default();
        let roles = standings.map(|_| roles);
        Context { now: Some(at), issue, customer, roles, consents, links, ..Context::default() }
    }
}
