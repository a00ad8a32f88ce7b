//! What do people talk about that no topic knows? Phrases of messages without a topic.
//!
//! One or two words side by side. Told are those that stand in messages without a topic more often than in those that have
//! one, the most telling first (the log-likelihood ratio of `words.rs`), if enough people wrote them on enough messages;
//! a word that stands nearly always in one of the pairs told is left to the pair.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use super::words::{common, log_likelihood, phrases_of};
use crate::model::IdentityKey;
use crate::record::Entry;

/// How many are told.
const TOP: usize = 10;
/// In so many messages of so many people a phrase stands at least.
const LEAST_MESSAGES: u64 = 5;
const LEAST_PEOPLE: usize = 3;
/// A word that stands with this share of its messages in one pair is no phrase of its own.
const WITHIN: f64 = 0.7;

/// A phrase that may deserve a topic of its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuggestedTopic {
    /// The phrase, folded.
    pub phrase: String,
    /// Messages without a topic in which it stands.
    pub messages: u64,
    /// Their distinct authors.
    pub people: u64,
    /// The days on which they were said.
    pub days: u64,
}

#[derive(Debug, Clone, Default)]
struct One {
    messages: u64,
    people: BTreeSet<IdentityKey>,
    days: BTreeSet<NaiveDate>,
}

#[derive(Debug, Clone)]
pub(super) struct Tally {
    unexplained: BTreeMap<String, One>,
    n_unexplained: u64,
    explained: BTreeMap<String, u64>,
    n_explained: u64,
    common: BTreeSet<&'static str>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            unexplained: BTreeMap::new(),
            n_unexplained: 0,
            explained: BTreeMap::new(),
            n_explained: 0,
            common: common(),
        }
    }
}

impl Tally {
    pub(super) fn entry(&mut self, entry: &Entry, day: NaiveDate) {
        let phrases = phrases_of(&entry.message, &self.common);
        if entry.assessment.classification.issue().is_some() {
            self.n_explained += 1;
            for phrase in phrases {
                *self.explained.entry(phrase).or_default() += 1;
            }
            return;
        }
        self.n_unexplained += 1;
        for phrase in phrases {
            let one = self.unexplained.entry(phrase).or_default();
            one.messages += 1;
            one.people.extend(entry.message.author_key().cloned());
            one.days.insert(day);
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        self.n_unexplained += other.n_unexplained;
        self.n_explained += other.n_explained;
        super::volume::add(&mut self.explained, other.explained);
        for (phrase, theirs) in other.unexplained {
            let one = self.unexplained.entry(phrase).or_default();
            one.messages += theirs.messages;
            one.people.extend(theirs.people);
            one.days.extend(theirs.days);
        }
    }

    pub(super) fn measure(&self) -> Vec<SuggestedTopic> {
        let mut scored: Vec<(f64, &String, &One)> = self
            .unexplained
            .iter()
            .filter(|(_, one)| one.messages >= LEAST_MESSAGES && one.people.len() >= LEAST_PEOPLE)
            .filter_map(|(phrase, one)| {
                let elsewhere = self.explained.get(phrase).copied().unwrap_or(0);
                let score = log_likelihood(one.messages, self.n_unexplained, elsewhere, self.n_explained);
                (score > 0.0).then_some((score, phrase, one))
            })
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let is_within = |phrase: &str, one: &One| {
            let pairs = scored.iter().filter(|(_, pair, _)| pair.split(' ').count() == 2);
            #[allow(clippy::cast_precision_loss, reason = "counts of messages")]
            let mut shares = pairs
                .filter(|(_, pair, _)| pair.split(' ').any(|word| word == phrase))
                .map(|(_, _, pair)| pair.messages as f64 / one.messages as f64);
            shares.any(|share| share >= WITHIN)
        };
        let own = scored.iter().filter(|(_, phrase, one)| phrase.contains(' ') || !is_within(phrase, one));
        own.take(TOP)
            .map(|(_, phrase, one)| SuggestedTopic {
                phrase: (*phrase).clone(),
                messages: one.messages,
                people: one.people.len() as u64,
                days: one.days.len() as u64,
            })
            .collect()
    }
}
