//! Which way does it feel? What the models say of English and of the languages they know, else what the words say.
//!
//! English: the logits are [`ENCODER`] times those of the encoder plus [`LINEAR`] times those of the linear model, and of
//! positive plus, of negative less [`WORDS`] times the score of the words alone (more in short texts); the probabilities
//! are their softmax. The languages of [`LEARNED`] have a linear model of their own together, to which the words' score
//! is added in the same way, times [`OTHER_WORDS`]. In any other
//! language with a word list the words are weighed; in the rest it is unknown.
//!
//! The score is `(1 - w) (p(positive) - p(negative)) + w m`, where `m` is the score of the words alone, which knows how
//! strong a word is, and `w` is [`OF_WORDS`].

use super::encoder::OUTPUTS;
use super::models::{Models, Part, Question, Verdict};
use super::mood::Mood;
use super::reasons;
use super::tongue::Tongue;
use super::words::Reading;
use crate::model::{Axis, Evidence, Sentiment, SentimentLabel};

/// What the logits of the encoder count. Both were fitted on the validation part of TweetEval.
const ENCODER: f32 = 0.7;
/// What those of the linear model count.
const LINEAR: f32 = 0.7;
/// What the score of the words alone counts, and what it counts where praise is mockery, which the models do not see.
const WORDS: f32 = 0.6;
const MOCKERY: f32 = 7.0;
/// What the score of the words counts beside the model of other languages.
const OTHER_WORDS: f32 = 0.6;
/// In a text of so few units the score of the words counts twice; the models learned little from such.
const SHORT: f32 = 16.0;
/// Mockery is at least so bad.
const MOCKED: f32 = 0.7;
/// How much of the score the words alone make.
const OF_WORDS: f32 = 0.3;
/// The languages that the second linear model was trained on.
const LEARNED: [&str; 7] = ["ar", "fr", "de", "hi", "it", "pt", "es"];

pub(super) const LABELS: [SentimentLabel; OUTPUTS] =
    [SentimentLabel::Negative, SentimentLabel::Neutral, SentimentLabel::Positive];
/// What the score of the words speaks for.
const SIGNS: [f32; OUTPUTS] = [-1.0, 0.0, 1.0];
/// The factors of a sum of logits that says how much more positive than negative; for neutral, how much more that than
/// either.
fn direction(label: SentimentLabel) -> [f32; OUTPUTS] {
    match label {
        SentimentLabel::Neutral => [-0.5, 1.0, -0.5],
        SentimentLabel::Negative | SentimentLabel::Positive => [-0.5, 0.0, 0.5],
    }
}

/// The axis; `verdict` is there when the models read the message.
pub(super) fn axis(
    readings: &[Reading<'_>],
    tongue: &Tongue,
    mood: &Mood,
    verdict: Option<(&Models, &Verdict<'_>)>,
    limit: usize,
) -> Axis<Sentiment> {
    let known = |code: &str| tongue.code().is_some_and(|own| own.split('-').next() == Some(code));
    match verdict {
        Some((_, verdict)) if verdict.is_empty() => Axis::unknown(),
        Some((models, verdict)) if tongue.is_english() => {
            let logits = english(models, verdict, mood);
            let evidence = |label| {
                let of_linear = direction(label).map(|factor| factor * LINEAR);
                let of_encoder =
                    direction(label).map(|factor| factor * ENCODER / models.encoder().temperature());
                verdict.parts(models, of_encoder, Question::Sentiment, &of_linear)
            };
            judged(readings, logits, mood, tongue.sure(), evidence, limit)
        }
        Some((models, verdict)) if LEARNED.into_iter().any(known) => {
            let words = OTHER_WORDS * of_words(verdict, mood);
            let linear: [f32; OUTPUTS] = verdict.logits(models, Question::Languages);
            let logits = std::array::from_fn(|at| {
                linear.get(at).copied().unwrap_or(0.0) + words * SIGNS.get(at).copied().unwrap_or(0.0)
            });
            let evidence =
                |label| verdict.parts(models, [0.0; OUTPUTS], Question::Languages, &direction(label));
            judged(readings, logits, mood, tongue.sure(), evidence, limit)
        }
        _ => mood.axis(readings, tongue.sure(), limit),
    }
}

/// The logits of English.
pub(super) fn english(models: &Models, verdict: &Verdict<'_>, mood: &Mood) -> [f32; OUTPUTS] {
    let linear: [f32; OUTPUTS] = verdict.logits(models, Question::Sentiment);
    let temperature = models.encoder().temperature();
    let words =
        if mood.mocks { MOCKERY * mood.score().min(-MOCKED) } else { WORDS * of_words(verdict, mood) };
    std::array::from_fn(|at| {
        let encoder = verdict.encoded.logits.get(at).copied().unwrap_or(0.0) / temperature;
        let of_words = words * SIGNS.get(at).copied().unwrap_or(0.0);
        ENCODER * encoder + LINEAR * linear.get(at).copied().unwrap_or(0.0) + of_words
    })
}

/// The score of the words, which counts more in short texts.
fn of_words(verdict: &Verdict<'_>, mood: &Mood) -> f32 {
    let units: usize = verdict.units.iter().map(|units| units.units().len()).sum();
    (1.0 + SHORT / units.max(1) as f32) * mood.score()
}

/// Probabilities that add up to one.
pub(super) fn softmax(logits: [f32; OUTPUTS]) -> [f32; OUTPUTS] {
    let largest = logits.into_iter().fold(f32::MIN, f32::max);
    let parts = logits.map(|logit| (logit - largest).exp());
    let sum: f32 = parts.iter().sum();
    parts.map(|part| part / sum)
}

fn judged(
    readings: &[Reading<'_>],
    logits: [f32; OUTPUTS],
    mood: &Mood,
    sure: f32,
    evidence: impl FnOnce(SentimentLabel) -> Vec<Part>,
    limit: usize,
) -> Axis<Sentiment> {
    let probabilities = softmax(logits);
    let best = probabilities.iter().zip(LABELS).max_by(|a, b| a.0.total_cmp(b.0));
    let Some((confidence, label)) = best else { return Axis::unknown() };
    let [negative, _, positive] = probabilities;
    let score = (1.0 - OF_WORDS) * (positive - negative) + OF_WORDS * mood.score();
    // The sign says what the label says.
    let score = match label {
        SentimentLabel::Positive => score.max(0.0),
        SentimentLabel::Negative => score.min(0.0),
        SentimentLabel::Neutral => score,
    };
    let evidence = if limit == 0 { Vec::new() } else { told(readings, evidence(label), limit) };
    Axis::new(Sentiment { label, score }, confidence * sure, evidence)
}

/// The strongest parts, as evidence.
pub(super) fn told(readings: &[Reading<'_>], parts: Vec<Part>, limit: usize) -> Vec<Evidence> {
    reasons::strongest(
        parts,
        limit,
        |part| part.weight,
        |part| {
            let reading = readings.get(part.text)?;
            let cue = format!("\"{}\"", part.span.of(reading.text.source())?);
            Some(Evidence { cue, span: reading.is_body.then_some(part.span), weight: part.weight })
        },
    )
}
