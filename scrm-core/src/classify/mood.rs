//! Which way do its words feel? Words with weights, and what stands around them.
//!
//! Each word of the lexicon brings its weight. It is turned round by a negation in its clause, made larger by
//! boosters (`very`), capitals and drawn-out letters, smaller by dampers (`a bit`); what stands behind a `but` counts
//! more than what stands before. The sum `s` becomes a score `tanh(s / 5)`.

use super::lexicon::Lexicon;
use super::model::sigmoid;
use super::role::Role;
use super::words::{CAPITALS, CLAUSE, DRAWN, Reading, SENTENCE};
use super::{mockery, reasons};
use crate::model::{Axis, Evidence, Sentiment, SentimentLabel};

/// What is left of a good word behind a negation, turned round.
const GOOD_NEGATED: f32 = -0.8;
/// What is left of a bad word behind a negation, turned round.
const BAD_NEGATED: f32 = -0.35;
const CAPITALS_FACTOR: f32 = 1.25;
const DRAWN_FACTOR: f32 = 1.2;
const BEFORE_BUT: f32 = 0.6;
const BEHIND_BUT: f32 = 1.3;
/// What an exclamation mark adds to what is good (as a sum) or takes from what is bad (as a share), up to three.
const PER_BANG: f32 = 0.4;
const PER_ANGRY_BANG: f32 = 0.06;
/// What is left of the sum of a text that passes on a link: it reports more than it feels.
const LINKED: f32 = 0.75;
/// How much the words of a title count against those of the text.
const TITLE: f32 = 0.8;
/// The sum that makes a score of tanh(1), about 0.76.
const SCALE: f32 = 5.0;
/// Sums from here on are positive; from the negative on negative.
const POSITIVE: f32 = 1.1;
const NEGATIVE: f32 = -0.6;
/// What is left of the confidence when no word was weighed.
const SILENT: f32 = 0.6;

/// What one word or phrase brought.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Which reading it stands in.
    pub(super) reading: usize,
    pub(super) first: usize,
    pub(super) len: usize,
    pub(super) weight: f32,
    /// What turned it round, in words.
    pub(super) note: &'static str,
}

/// All that bears on the sentiment of a message.
#[derive(Debug, Default)]
pub(super) struct Mood {
    pub(super) parts: Vec<Part>,
    /// The sum of the weights.
    pub(super) sum: f32,
    /// What exclamation marks brought to it.
    bangs: f32,
    /// Whether praise in it is mockery.
    pub(super) mocks: bool,
}

impl Mood {
    /// Weighs all readings of a message.
    pub(super) fn new(readings: &[Reading<'_>], lexicon: &Lexicon) -> Self {
        let mut mood = Self::default();
        for (at, reading) in readings.iter().enumerate() {
            let from = mood.parts.len();
            weigh(at, reading, lexicon, &mut mood.parts);
            let Some(parts) = mood.parts.get_mut(from..) else { continue };
            mood.mocks |= mockery::turn(reading, parts);
            let factor = if reading.is_body { 1.0 } else { TITLE }
                * if reading.tally.links > 0 { LINKED } else { 1.0 };
            for part in parts {
                part.weight *= factor;
                mood.sum += part.weight;
            }
        }
        let bangs: usize = readings.iter().map(|reading| reading.tally.bangs).sum();
        mood.bangs = match bangs.min(3) as f32 {
            bangs if mood.sum < 0.0 => mood.sum * PER_ANGRY_BANG * bangs,
            bangs => PER_BANG * bangs,
        };
        mood.sum += mood.bangs;
        mood
    }

    /// The score, -1 to 1.
    pub(super) fn score(&self) -> f32 {
        (self.sum / SCALE).tanh()
    }

    /// The axis by the words alone; `sure` is how sure the language is (0 to 1), and `limit` how many reasons are kept.
    pub(super) fn axis(&self, readings: &[Reading<'_>], sure: f32, limit: usize) -> Axis<Sentiment> {
        let words: usize = readings.iter().map(|reading| reading.items.len()).sum();
        if words == 0 {
            return Axis::unknown();
        }
        let label = match self.sum {
            sum if sum >= POSITIVE => SentimentLabel::Positive,
            sum if sum <= NEGATIVE => SentimentLabel::Negative,
            _ => SentimentLabel::Neutral,
        };
        // Where no word of the list stands, that nothing is felt is hardly known.
        let silent = if self.parts.is_empty() { SILENT } else { 1.0 };
        let confidence = self.confidence(label) * sure * silent;
        Axis::new(Sentiment { label, score: self.score() }, confidence, self.evidence(readings, limit))
    }

    /// A logistic in the size of the sum (for neutral: in all that was weighed), fitted to the training part of
    /// TweetEval; negative starts 0.9 higher than there, where one message in six is negative: customers complain more.
    fn confidence(&self, label: SentimentLabel) -> f32 {
        let weighed: f32 = self.parts.iter().map(|part| part.weight.abs()).sum();
        let size = self.sum.abs().min(10.0);
        sigmoid(match label {
            SentimentLabel::Positive => -0.7 + 0.58 * size,
            SentimentLabel::Negative => -0.65 + 0.61 * size,
            SentimentLabel::Neutral => 0.8 - 0.32 * weighed.min(8.0),
        })
    }

    fn evidence(&self, readings: &[Reading<'_>], limit: usize) -> Vec<Evidence> {
        reasons::strongest(
            self.parts.iter().collect(),
            limit,
            |part: &&Part| part.weight,
            |part| {
                let reading = readings.get(part.reading)?;
                let cue = format!("{}\"{}\"", part.note, reading.words_at(part.first, part.len));
                Some(Evidence { cue, span: reading.place(part.first, part.len), weight: part.weight })
            },
        )
    }
}

/// Appends the parts of one reading: at each place the longest entry that has a weight.
fn weigh(number: usize, reading: &Reading<'_>, lexicon: &Lexicon, parts: &mut Vec<Part>) {
    let boosts = boosts(reading);
    let mut free = 0;
    let mut at = 0;
    while let Some(first) = reading.found.get(at).map(|found| found.first) {
        let group = reading.found.iter().skip(at).take_while(|found| found.first == first);
        let mut longest = None;
        for found in group {
            at += 1;
            let sense = lexicon.get(found.entry).and_then(|entry| entry.sense(reading.lang));
            longest = sense.map(|weight| (found.len, weight)).or(longest);
        }
        let Some((len, weight)) = longest.filter(|_| first >= free) else { continue };
        // `damn good` is good: a booster right before a word is no word of its own.
        if let Some(last) = parts.last()
            && last.reading == number
            && last.len == 1
            && last.first + 1 == first
            && boosts.get(last.first).is_some_and(|boost| *boost > 0.0)
            && reading.items.get(last.first).is_some_and(|item| !item.is(CLAUSE))
        {
            parts.pop();
        }
        free = first + len;
        if weight != 0.0 {
            parts.push(around(number, reading, &boosts, first, len, weight));
        }
    }
    but(reading, number, parts);
}

/// The part with what stands around it taken in.
fn around(
    number: usize,
    reading: &Reading<'_>,
    boosts: &[f32],
    first: usize,
    len: usize,
    weight: f32,
) -> Part {
    let mut factor = 1.0;
    for distance in 1..=3 {
        let Some(before) = first.checked_sub(distance) else { break };
        if reading.items.get(before).is_some_and(|item| item.is(CLAUSE)) {
            break;
        }
        factor += boosts.get(before).copied().unwrap_or_default()
            * [1.0, 0.9, 0.8].get(distance - 1).unwrap_or(&0.8);
    }
    if let Some(item) = reading.items.get(first) {
        factor *= if item.is(CAPITALS) { CAPITALS_FACTOR } else { 1.0 };
        factor *= if item.is(DRAWN) { DRAWN_FACTOR } else { 1.0 };
    }
    let mut part = Part { reading: number, first, len, weight: weight * factor.max(0.2), note: "word " };
    if reading.is_negated(first) {
        part.weight *= if weight > 0.0 { GOOD_NEGATED } else { BAD_NEGATED };
        part.note = "negated ";
    }
    part
}

/// What the words make of the next ones: boosters more, dampers less, each at its last word.
fn boosts(reading: &Reading<'_>) -> Vec<f32> {
    let mut boosts = vec![0.0; reading.items.len()];
    for hit in &reading.roles {
        let weight = match hit.role {
            Role::Booster => hit.weight,
            Role::Damper => -hit.weight,
            _ => continue,
        };
        if let Some(boost) = boosts.get_mut(hit.end() - 1) {
            *boost = weight;
        }
    }
    boosts
}

/// Weighs the sides of the first `but` of each sentence.
fn but(reading: &Reading<'_>, number: usize, parts: &mut [Part]) {
    let mut done = 0;
    for hit in reading.roles.iter().filter(|hit| hit.role == Role::But) {
        if hit.first < done {
            continue;
        }
        let behind = reading.items.iter().take(hit.first).rev().position(|item| item.is(SENTENCE));
        let start = behind.map_or(0, |back| hit.first - back);
        let end = reading.sentence_end(hit.first, 40);
        done = end;
        let from = parts.partition_point(|part| (part.reading, part.first) < (number, start));
        for part in parts.iter_mut().skip(from).take_while(|part| part.first < end) {
            part.weight *= if part.first < hit.first { BEFORE_BUT } else { BEHIND_BUT };
        }
    }
}
