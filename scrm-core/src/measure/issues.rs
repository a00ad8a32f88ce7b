//! What was it about? The top issues of each day, each with its own words.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use super::sentiment::{self, NetSentiment};
use super::volume::{add, most_first};
use super::words::{WordCounts, common, terms_of, words_of};
use crate::model::{IdentityKey, Topic};
use crate::record::Entry;

/// How many issues of a day are shown.
const TOP: usize = 5;
/// How many words of an issue are shown, and how many of them are those by which it was recognised.
const WORDS: usize = 6;
const TERMS: usize = 3;

/// One day with its top issues.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Day {
    /// The day, in the zone of the default calendar.
    pub date: NaiveDate,
    /// Customers' messages of the day that are not noise.
    pub messages: u64,
    /// The issues that most messages were about, three to five of them where there are so many.
    pub issues: Vec<Issue>,
}

/// One issue of a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Issue {
    /// Its place in the tree of issues.
    pub issue: Topic,
    /// Messages whose primary topic it is.
    pub messages: u64,
    /// Their distinct authors.
    pub people: u64,
    /// How they feel.
    pub sentiment: NetSentiment,
    /// Its own words: those by which it was recognised, then those that tell it from everything else in the record.
    pub words: Vec<String>,
}

#[derive(Debug, Clone, Default)]
struct One {
    people: BTreeSet<IdentityKey>,
    sentiment: sentiment::Tally,
    words: WordCounts,
    terms: BTreeMap<String, u64>,
}

impl One {
    fn own_words(&self, all: &WordCounts) -> Vec<String> {
        let terms = most_first(&self.terms).into_iter().map(|(term, _)| term);
        let telling = self.words.own(all, WORDS).into_iter();
        let mut own: Vec<String> = Vec::new();
        for word in terms.take(TERMS).chain(telling) {
            let known = own.iter().any(|term| term.split(' ').any(|part| part == word));
            if !known && own.len() < WORDS {
                own.push(word);
            }
        }
        own
    }
}

#[derive(Debug, Clone)]
pub(super) struct Tally {
    days: BTreeMap<NaiveDate, (u64, BTreeMap<Topic, One>)>,
    all: WordCounts,
    common: BTreeSet<&'static str>,
}

impl Default for Tally {
    fn default() -> Self {
        Self { days: BTreeMap::new(), all: WordCounts::default(), common: common() }
    }
}

impl Tally {
    pub(super) fn entry(&mut self, entry: &Entry, day: NaiveDate) {
        let words = words_of(&entry.message, &self.common);
        self.all.add(&words);
        let (messages, issues) = self.days.entry(day).or_default();
        *messages += 1;
        if let Some(issue) = entry.assessment.classification.issue() {
            let one = issues.entry(issue.clone()).or_default();
            one.people.extend(entry.message.author_key().cloned());
            one.sentiment.entry(entry);
            one.words.add(&words);
            for term in terms_of(entry, issue) {
                *one.terms.entry(term).or_default() += 1;
            }
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        self.all.join(other.all);
        for (day, (messages, issues)) in other.days {
            let ours = self.days.entry(day).or_default();
            ours.0 += messages;
            for (issue, theirs) in issues {
                let one = ours.1.entry(issue).or_default();
                one.people.extend(theirs.people);
                one.sentiment.join(&theirs.sentiment);
                one.words.join(theirs.words);
                add(&mut one.terms, theirs.terms);
            }
        }
    }

    pub(super) fn measure(&self) -> Vec<Day> {
        let day = |(date, (messages, issues)): (&NaiveDate, &(u64, BTreeMap<Topic, One>))| {
            let mut ranked: Vec<(&Topic, &One)> = issues.iter().collect();
            ranked.sort_by(|a, b| b.1.words.messages.cmp(&a.1.words.messages).then_with(|| a.0.cmp(b.0)));
            let issues = ranked.into_iter().take(TOP).map(|(issue, one)| Issue {
                issue: issue.clone(),
                messages: one.words.messages,
                people: one.people.len() as u64,
                sentiment: one.sentiment.measure(),
                words: one.own_words(&self.all),
            });
            Day { date: *date, messages: *messages, issues: issues.collect() }
        };
        self.days.iter().map(day).collect()
    }
}
