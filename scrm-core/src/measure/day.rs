//! What was said on one day? Everything that measures ask of messages, added up message by message.
//!
//! Read [`DayPart`] first. A message belongs to the day on which it was said, in the zone of the measures; [`Said`] is what
//! one message adds, and takes away again when it is edited, taken down or labelled.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::sums::{Change, Counts, People, Sample, Top, number_of};
use super::words::{terms_of, words_of};
use crate::model::{
    Brand, Direction, MessageType, MonitorId, NoiseReason, OpenReason, Outcome, ReplyVisibility,
    SentimentLabel,
};
use crate::record::Entry;

/// Counts of the hours of a day, from midnight on the wall.
pub(super) type Hours = [u64; 24];

/// Some messages: how many, by how many, and how they feel.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) messages: u64,
    pub(super) people: People,
    pub(super) sentiment: Counts<SentimentLabel>,
}

impl Group {
    fn change(&mut self, said: &Said<'_>, change: Change) {
        change.of(&mut self.messages, 1);
        if let Some(author) = said.author {
            self.people.change(author, change);
        }
        if let Some(sentiment) = said.sentiment {
            self.sentiment.change(sentiment, change);
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.messages += other.messages;
        self.people.join(&other.people);
        self.sentiment.join(&other.sentiment);
    }

    /// `100 (positive - negative) / (positive + neutral + negative)`.
    pub(super) fn net(&self) -> Option<f64> {
        super::sentiment::net_of(&self.sentiment)
    }
}

/// The messages of one issue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct IssuePart {
    pub(super) group: Group,
    pub(super) hours: Hours,
    /// In how many messages each word stands.
    pub(super) words: Counts<String>,
    /// The words by which the issue was recognised.
    pub(super) terms: Counts<String>,
    pub(super) types: Counts<MessageType>,
    pub(super) departments: Counts<String>,
    /// Messages that wait for a person, because the protocol leaves them open.
    pub(super) open: u64,
    pub(super) sample: Sample,
    pub(super) loudest: Top,
}

/// What one monitor found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct MonitorPart {
    pub(super) messages: u64,
    /// Those that are not noise.
    pub(super) relevant: u64,
    /// By source.
    pub(super) sources: Counts<String>,
}

/// What we said ourselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Own {
    /// Answers to a message.
    pub(super) replies: u64,
    /// What nobody asked for.
    pub(super) unsolicited: u64,
}

/// One day.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct DayPart {
    /// All messages, noise and our own included.
    pub(super) messages: u64,
    pub(super) hours: Hours,
    /// Authors of messages from outside.
    pub(super) people: People,
    pub(super) decided: u64,
    pub(super) noise: Counts<NoiseReason>,
    pub(super) noise_sample: Sample,
    /// Why messages are open, and what exactly.
    pub(super) open: Counts<(OpenReason, String)>,
    /// Customers' messages that are not noise: what everything below counts.
    pub(super) voice: Group,
    pub(super) voice_hours: Hours,
    pub(super) voice_words: Counts<String>,
    pub(super) types: Counts<MessageType>,
    pub(super) sources: BTreeMap<String, Group>,
    pub(super) channels: BTreeMap<String, Group>,
    pub(super) brands: BTreeMap<Brand, Group>,
    /// By path; messages without an issue under an empty one.
    pub(super) issues: BTreeMap<String, IssuePart>,
    /// Decisions by department and place.
    pub(super) decisions: Counts<(String, ReplyVisibility)>,
    pub(super) monitors: BTreeMap<MonitorId, MonitorPart>,
    /// As posts say.
    pub(super) places: BTreeMap<String, Group>,
    /// As profiles say.
    pub(super) homes: BTreeMap<String, Group>,
    /// Followers of the authors who are known to have any.
    pub(super) followers: BTreeMap<u64, u64>,
    /// Times shown, of messages of which that is known; and how many these are.
    pub(super) views: (u64, u64),
    pub(super) own: Own,
    pub(super) loudest: Top,
}

/// What one message adds to its day.
pub(super) struct Said<'a> {
    entry: &'a Entry,
    pub(super) day: NaiveDate,
    hour: usize,
    author: Option<u64>,
    sentiment: Option<SentimentLabel>,
    words: BTreeSet<String>,
}

impl<'a> Said<'a> {
    pub(super) fn of(entry: &'a Entry, zone: Tz, common: &BTreeSet<&str>) -> Self {
        let (day, hour) = local(entry.message.times().said(), zone);
        let voice = is_voice(entry);
        Self {
            entry,
            day,
            hour,
            author: entry.message.author_key().map(number_of),
            sentiment: entry.assessment.classification.sentiment.value.map(|sentiment| sentiment.label),
            words: if voice { words_of(&entry.message, common) } else { BTreeSet::new() },
        }
    }
}

/// The day and the hour of an instant.
pub(super) fn local(at: DateTime<Utc>, zone: Tz) -> (NaiveDate, usize) {
    let local = at.with_timezone(&zone);
    (local.date_naive(), usize::try_from(local.hour()).unwrap_or_default())
}

/// Whether a message is a customer's, and no noise.
pub(super) fn is_voice(entry: &Entry) -> bool {
    entry.message.direction() == Direction::In && !matches!(entry.assessment.outcome, Outcome::Noise(_))
}

fn at(hours: &mut Hours, hour: usize, change: Change) {
    if let Some(count) = hours.get_mut(hour) {
        change.of(count, 1);
    }
}

/// The part under a key, made when it is needed and gone when it is empty.
pub(super) fn part<K: Ord + Clone, V: Default + PartialEq>(
    parts: &mut BTreeMap<K, V>,
    key: &K,
    change: impl FnOnce(&mut V),
) {
    if let Some(known) = parts.get_mut(key) {
        change(known);
        if *known == V::default() {
            parts.remove(key);
        }
    } else {
        let mut fresh = V::default();
        change(&mut fresh);
        if fresh != V::default() {
            parts.insert(key.clone(), fresh);
        }
    }
}

impl DayPart {
    pub(super) fn change(&mut self, said: &Said<'_>, change: Change) {
        let (message, assessment) = (&said.entry.message, &said.entry.assessment);
        change.of(&mut self.messages, 1);
        at(&mut self.hours, said.hour, change);
        if message.direction() == Direction::In
            && let Some(author) = said.author
        {
            self.people.change(author, change);
        }
        if message.direction() == Direction::Out {
            let asked = message.thread().parent.is_some();
            change.of(if asked { &mut self.own.replies } else { &mut self.own.unsolicited }, 1);
        }
        let relevant = !matches!(assessment.outcome, Outcome::Noise(_));
        for hit in &assessment.hits.monitors {
            part(&mut self.monitors, &hit.id, |monitor| {
                change.of(&mut monitor.messages, 1);
                change.of(&mut monitor.relevant, relevant.into());
                monitor.sources.change_of(message.source().as_str(), change);
            });
        }
        match assessment.outcome {
            Outcome::Noise(reason) => {
                self.noise.change(reason, change);
                self.noise_sample.change(&message.key(), change);
            }
            Outcome::Decided => change.of(&mut self.decided, 1),
            Outcome::Open(reason) => {
                self.open.change((reason, super::decisions::detail(said.entry, reason)), change);
            }
        }
        if let (Outcome::Decided, Some(decision)) = (assessment.outcome, &assessment.decision) {
            let facets = &decision.facets;
            let department = facets.department.as_ref().map_or("", |department| department.as_str());
            let place = facets.visibility.unwrap_or(ReplyVisibility::Private);
            self.decisions.change((department.to_owned(), place), change);
        }
        if is_voice(said.entry) {
            self.heard(said, change);
        }
    }

    fn heard(&mut self, said: &Said<'_>, change: Change) {
        let (message, assessment) = (&said.entry.message, &said.entry.assessment);
        self.voice.change(said, change);
        at(&mut self.voice_hours, said.hour, change);
        for word in &said.words {
            self.voice_words.change_of(word.as_str(), change);
        }
        if let Some(kind) = assessment.classification.kind.value {
            self.types.change(kind, change);
        }
        part(&mut self.sources, &message.source().as_str().to_owned(), |group| group.change(said, change));
        part(&mut self.channels, &message.channel().to_owned(), |group| group.change(said, change));
        for brand in &assessment.hits.brands {
            part(&mut self.brands, brand, |group| group.change(said, change));
        }
        let issue = assessment.classification.issue();
        let path = issue.map_or(String::new(), |issue| issue.as_str().to_owned());
        part(&mut self.issues, &path, |issue| issue.change(said, change));
        if let Some(place) = message.place().and_then(place_name) {
            part(&mut self.places, &place, |group| group.change(said, change));
        }
        let author = message.author();
        if let Some(home) = author.and_then(|author| tidy(author.location.as_deref()?)) {
            part(&mut self.homes, &home, |group| group.change(said, change));
        }
        if let (Some(number), Some(followers), Change::Add) =
            (said.author, author.and_then(|author| author.followers), change)
        {
            let known = self.followers.entry(number).or_default();
            *known = followers.max(*known);
        }
        if let (Some(number), Change::Take) = (said.author, change)
            && self.voice.people.contains(number) == Some(false)
        {
            self.followers.remove(&number);
        }
        if let Some(views) = message.metrics().views {
            change.of(&mut self.views.0, views);
            change.of(&mut self.views.1, 1);
        }
        self.loudest.change(loudness(said.entry), &message.key(), change);
    }

    /// All that a day has, and another part of it.
    pub(super) fn join(&mut self, other: &Self) {
        self.messages += other.messages;
        add(&mut self.hours, &other.hours);
        self.people.join(&other.people);
        self.decided += other.decided;
        self.noise.join(&other.noise);
        self.noise_sample.join(&other.noise_sample);
        self.open.join(&other.open);
        self.voice.join(&other.voice);
        add(&mut self.voice_hours, &other.voice_hours);
        self.voice_words.join(&other.voice_words);
        self.types.join(&other.types);
        join_all(&mut self.sources, &other.sources, Group::join);
        join_all(&mut self.channels, &other.channels, Group::join);
        join_all(&mut self.brands, &other.brands, Group::join);
        join_all(&mut self.issues, &other.issues, IssuePart::join);
        self.decisions.join(&other.decisions);
        join_all(&mut self.monitors, &other.monitors, MonitorPart::join);
        join_all(&mut self.places, &other.places, Group::join);
        join_all(&mut self.homes, &other.homes, Group::join);
        for (author, followers) in &other.followers {
            let known = self.followers.entry(*author).or_default();
            *known = (*known).max(*followers);
        }
        self.views = (self.views.0 + other.views.0, self.views.1 + other.views.1);
        self.own.replies += other.own.replies;
        self.own.unsolicited += other.own.unsolicited;
        self.loudest.join(&other.loudest);
    }
}

impl IssuePart {
    fn change(&mut self, said: &Said<'_>, change: Change) {
        let (message, assessment) = (&said.entry.message, &said.entry.assessment);
        self.group.change(said, change);
        at(&mut self.hours, said.hour, change);
        for word in &said.words {
            self.words.change_of(word.as_str(), change);
        }
        if let Some(issue) = assessment.classification.issue() {
            for term in terms_of(said.entry, issue) {
                self.terms.change(term, change);
            }
        }
        if let Some(kind) = assessment.classification.kind.value {
            self.types.change(kind, change);
        }
        let department =
            assessment.decision.as_ref().and_then(|decision| decision.facets.department.as_ref());
        if let Some(department) = department {
            self.departments.change_of(department.as_str(), change);
        }
        if matches!(assessment.outcome, Outcome::Open(_)) {
            change.of(&mut self.open, 1);
        }
        self.sample.change(&message.key(), change);
        self.loudest.change(loudness(said.entry), &message.key(), change);
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.group.join(&other.group);
        add(&mut self.hours, &other.hours);
        self.words.join(&other.words);
        self.terms.join(&other.terms);
        self.types.join(&other.types);
        self.departments.join(&other.departments);
        self.open += other.open;
        self.sample.join(&other.sample);
        self.loudest.join(&other.loudest);
    }
}

impl MonitorPart {
    pub(super) fn join(&mut self, other: &Self) {
        self.messages += other.messages;
        self.relevant += other.relevant;
        self.sources.join(&other.sources);
    }
}

fn add(ours: &mut Hours, theirs: &Hours) {
    ours.iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours += theirs);
}

/// Joins parts by key.
pub(super) fn join_all<K: Ord + Clone, V: Default>(
    ours: &mut BTreeMap<K, V>,
    theirs: &BTreeMap<K, V>,
    join: impl Fn(&mut V, &V),
) {
    for (key, part) in theirs {
        join(ours.entry(key.clone()).or_default(), part);
    }
}

/// The influence of a message's author, in thousandths.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score of 0 to 100")]
fn loudness(entry: &Entry) -> u32 {
    let score =
        entry.assessment.classification.influence.value.as_ref().map_or(0.0, |influence| influence.score);
    (score.clamp(0.0, 100.0) * 1000.0) as u32
}

fn place_name(place: &crate::model::Place) -> Option<String> {
    match (place.name.as_deref().and_then(tidy), place.country.as_deref().and_then(tidy)) {
        (Some(name), Some(country)) => Some(format!("{name}, {country}")),
        (name, country) => name.or(country),
    }
}

/// A name as it was written, without white space around it and in it more than once; nothing when it says nothing.
fn tidy(name: &str) -> Option<String> {
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then_some(name)
}
