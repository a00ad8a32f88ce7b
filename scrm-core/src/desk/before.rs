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
            for contact in self.store.history(&self.tenant, &query)? {
                before.customer_contact(contact.at, contact.author, contact.kind);
            }
        }
        if let Some(window) = needs.issue {
            let issues: BTreeSet<&Topic> =
                readings.iter().filter_map(|reading| reading.classification.issue()).collect();
            let issues = issues.into_iter().cloned().collect();
            let query = HistoryQuery { authors: Vec::new(), issues, since: first - window };
            for contact in self.store.history(&self.tenant, &query)? {
                before.issue_contact(contact.at, contact.issue);
            }
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
    fn issue_contact(&mut self, at: DateTime<Utc>, issue: Option<Topic>) {
        if let Some(issue) = issue {
            in_order(self.issues.entry(issue).or_default(), at);
        }
    }

    fn customer_contact(
        &mut self,
        at: DateTime<Utc>,
        author: Option<IdentityKey>,
        kind: Option<MessageType>,
    ) {
        if let Some(author) = author {
            let author = self.named.get(&author).cloned().unwrap_or(author);
            in_order(self.customers.entry(author).or_default(), (at, kind == Some(MessageType::Complaint)));
        }
    }

    pub(super) fn add(&mut self, message: &Message, assessment: &Assessment) {
        if message.direction() == Direction::In && !matches!(assessment.outcome, Outcome::Noise(_)) {
            let at = message.times().observed;
            self.issue_contact(at, assessment.classification.issue().cloned());
            self.customer_contact(at, message.author_key().cloned(), assessment.classification.kind.value);
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
