//! How much was said, by how many people? Messages and distinct authors, by day and channel.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use crate::model::{Direction, IdentityKey, Outcome};
use crate::record::Entry;

/// Messages and people. People are distinct accounts; messages whose author is unknown count as messages alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Volume {
    /// Messages in their current versions, noise and our own included.
    pub messages: u64,
    /// Messages that are not noise.
    pub relevant: u64,
    /// Distinct authors of messages from outside.
    pub people: u64,
    /// Messages by channel, most first.
    pub channels: Vec<(String, u64)>,
    /// Messages by day.
    pub days: BTreeMap<NaiveDate, u64>,
    /// The busiest day.
    pub busiest: Option<NaiveDate>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    messages: u64,
    relevant: u64,
    people: BTreeSet<IdentityKey>,
    channels: BTreeMap<String, u64>,
    days: BTreeMap<NaiveDate, u64>,
}

impl Tally {
    pub(super) fn entry(&mut self, entry: &Entry, day: NaiveDate) {
        self.messages += 1;
        self.relevant += u64::from(!matches!(entry.assessment.outcome, Outcome::Noise(_)));
        if entry.message.direction() == Direction::In {
            self.people.extend(entry.message.author_key().cloned());
        }
        *self.channels.entry(entry.message.channel().to_owned()).or_default() += 1;
        *self.days.entry(day).or_default() += 1;
    }

    pub(super) fn join(&mut self, other: Self) {
        self.messages += other.messages;
        self.relevant += other.relevant;
        self.people.extend(other.people);
        add(&mut self.channels, other.channels);
        add(&mut self.days, other.days);
    }

    pub(super) fn measure(&self) -> Volume {
        let busiest = self
            .days
            .iter()
            .max_by_key(|(day, count)| (**count, std::cmp::Reverse(**day)))
            .map(|(day, _)| *day);
        Volume {
            messages: self.messages,
            relevant: self.relevant,
            people: self.people.len() as u64,
            channels: most_first(&self.channels),
            days: self.days.clone(),
            busiest,
        }
    }
}

/// Adds counts to counts.
pub(super) fn add<K: Ord>(to: &mut BTreeMap<K, u64>, from: BTreeMap<K, u64>) {
    for (key, count) in from {
        *to.entry(key).or_default() += count;
    }
}

/// Counts in falling order, equal ones in the order of their keys.
pub(super) fn most_first<K: Ord + Clone>(counts: &BTreeMap<K, u64>) -> Vec<(K, u64)> {
    let mut counts: Vec<(K, u64)> = counts.iter().map(|(key, count)| (key.clone(), *count)).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}
