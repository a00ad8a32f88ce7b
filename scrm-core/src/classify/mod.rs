//! What is it: type, content, sentiment, action needed, influence?
//!
//! Read [`Classifier`] first: rules and word lists of our own, compiled once, that label any message with reasons.
//! Each axis has its file, and each file says by which formula it judges.

mod action;
mod encoder;
mod features;
mod form;
mod influence;
mod kind;
mod lexicon;
mod mockery;
mod model;
mod models;
mod mood;
mod noise;
mod reasons;
mod role;
mod sentiment;
mod spelling;
mod targets;
mod tongue;
mod topics;
mod units;
mod words;

pub use encoder::{Encoded, Encoder, EncoderError, HIDDEN, OUTPUTS, Shares};
pub use features::Features;
pub use model::{Contribution, Explained, Model, ModelError, Prediction, Task, TaskKind};
pub use models::{Models, ModelsError, SIGNALS};
pub use units::{Unit, Units};

pub(crate) use model::{Column, per_gram, sigmoid};

use std::sync::Arc;

use crate::model::{
    Action, ActionWeights, Axis, Classification, Context, Direction, Evidence, Hits, Labeller, Message,
    MessageKind, MessageType, Noise,
};
use crate::text::{Text, personal_data};

use kind::Kinds;
use lexicon::Lexicon;
use mood::Mood;
use tongue::Tongue;
use words::Reading;

/// The name and version that this classifier signs its labels with.
pub const MODEL: &str = "scrm-contact/1";

/// Below which confidence an axis is unknown. The names are those of a protocol's `[axes]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Of `type` (default 0.5).
    pub kind: f32,
    /// Of `sentiment` (default 0.4).
    pub sentiment: f32,
    /// Of `issue` (default 0.3).
    pub issue: f32,
    /// Of `action` (default 0.4).
    pub action: f32,
    /// Of `language` (default 0.3).
    pub language: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { kind: 0.5, sentiment: 0.4, issue: 0.3, action: 0.4, language: 0.3 }
    }
}

/// How a [`Classifier`] judges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Below which confidence an axis is unknown.
    pub thresholds: Thresholds,
    /// How much each reason for an action counts (default 1).
    pub action: ActionWeights,
    /// How many reasons are kept per axis (default 6).
    pub evidence: usize,
    /// Whether a message that no monitor matches is noise (default true). False where nothing was listened for, and
    /// each message stands alone.
    pub unheard_is_noise: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            thresholds: Thresholds::default(),
            action: ActionWeights::default(),
            evidence: 6,
            unheard_is_noise: true,
        }
    }
}

/// Says what a message is. Immutable, shared between threads, cheap to clone.
///
/// ```
/// use scrm_core::classify::{Classifier, Settings};
/// use scrm_core::model::{Action, Hits, Message, MessageType, SentimentLabel};
/// use scrm_core::text::Text;
///
/// let classifier = Classifier::new(Settings::default());
/// let message: Message = serde_json::from_str(r#"{"source":"x","external_id":"1","kind":"post","visibility":"public",
///     "text":"@northwind no signal since this morning, this is ridiculous!!","times":{"created":"2026-11-02T08:14:00Z"}}"#)
///     .unwrap();
/// let label = classifier.classify(&message, &Text::new(message.text()), &Hits::default());
/// assert_eq!(label.kind.value, Some(MessageType::Complaint));
/// assert_eq!(label.sentiment.value.unwrap().label, SentimentLabel::Negative);
/// assert_eq!(label.action.value, Some(Action::None), "no monitor asked for it, so it is noise");
/// assert!(label.sentiment.evidence.iter().any(|reason| reason.cue.contains("ridiculous")));
/// ```
#[derive(Debug, Clone)]
pub struct Classifier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    lexicon: Arc<Lexicon>,
    models: Option<Models>,
    /// What was learned of the playbook's topics.
    topics: Option<Model>,
}

impl Classifier {
    /// Builds the vocabulary; some milliseconds, once.
    pub fn new(settings: Settings) -> Self {
        let lexicon = Arc::new(Lexicon::new());
        Self(Arc::new(Inner { settings, lexicon, models: Models::shipped(), topics: None }))
    }

    /// The same with other models than the shipped ones.
    #[must_use]
    pub fn with_models(&self, models: Models) -> Self {
        let Inner { settings, lexicon, topics, .. } = &*self.0;
        let (lexicon, topics) = (lexicon.clone(), topics.clone());
        Self(Arc::new(Inner { settings: *settings, lexicon, models: Some(models), topics }))
    }

    /// The same, which knows topics by a model too: of its first task each label is the path of a topic.
    #[must_use]
    pub fn with_topics(&self, topics: Model) -> Self {
        let Inner { settings, lexicon, models, .. } = &*self.0;
        let (lexicon, models) = (lexicon.clone(), models.clone());
        Self(Arc::new(Inner { settings: *settings, lexicon, models, topics: Some(topics) }))
    }

    /// Numbers that the shipped linear models read besides the n-grams: what the encoder and the rules find in a text, and how it is
    /// written.
    /// Those who train such models learn from them.
    pub fn signals(&self, encoder: &Encoder, message: &Message, text: &Text<'_>) -> [f32; SIGNALS] {
        let (readings, _) = self.read(message, text, None);
        let units: Vec<Units<'_>> =
            readings.iter().map(|reading| Units::new(reading.text, &reading.foreign)).collect();
        let mood = Mood::new(&readings, &self.0.lexicon);
        let kinds = Kinds::new(message, &readings, &mood, false);
        models::signals(&units, &encoder.encode(&units), &kinds, &mood)
    }

    /// What it judges by.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Says what a message is. `text` is the message's text cut into tokens, `hits` what the listener found in it.
    ///
    /// Words in foreign spans (quoted, passed on, the company's own turns) are not the author's and do not count; a
    /// title counts for type and sentiment. The same arguments give the same label, on any thread.
    pub fn classify(&self, message: &Message, text: &Text<'_>, hits: &Hits) -> Classification {
        let title = message.title().map(Text::new);
        let (readings, tongue) = self.read(message, text, title.as_ref());
        self.judge(message, text, hits, &readings, tongue)
    }

    /// Takes in what went before: a customer who writes again, and a message that has waited, are more urgent.
    pub fn in_context(&self, classification: &mut Classification, message: &Message, context: &Context) {
        let Settings { action, thresholds, .. } = &self.0.settings;
        action::in_context(classification, message, context, action, thresholds.action);
    }

    /// The author's words of text and title, read in one language.
    fn read<'t>(
        &self,
        message: &Message,
        text: &'t Text<'t>,
        title: Option<&'t Text<'t>>,
    ) -> (Vec<Reading<'t>>, Tongue) {
        let lexicon = &self.0.lexicon;
        let mut readings = Vec::with_capacity(2);
        readings.push(Reading::new(text, message.spans(), lexicon));
        if let Some(title) = title {
            readings.push(Reading { is_body: false, ..Reading::new(title, &[], lexicon) });
        }
        let tongue = Tongue::of(message, text, &readings, lexicon);
        for reading in &mut readings {
            reading.read_in(tongue.lang, lexicon);
        }
        (readings, tongue)
    }

    fn judge(
        &self,
        message: &Message,
        text: &Text<'_>,
        hits: &Hits,
        readings: &[Reading<'_>],
        tongue: Tongue,
    ) -> Classification {
        let Settings { thresholds, action: weights, evidence: limit, unheard_is_noise } = self.0.settings;
        let mood = Mood::new(readings, &self.0.lexicon);
        let mut kinds = Kinds::new(message, readings, &mood, limit > 0);
        let verdict = self.0.models.as_ref().map(|models| (models, models.read(readings, &kinds, &mood)));
        let verdict = verdict.as_ref().map(|(models, verdict)| (*models, verdict));
        let tongue = &tongue.unless(|| verdict.is_some_and(|(models, verdict)| verdict.is_strange(models)));
        if let Some((models, verdict)) = verdict.filter(|_| tongue.is_english()) {
            kinds.settle(models, verdict, sentiment::english(models, verdict, &mood), mood.mocks);
        }
        let influence = influence::influence(message);
        let heard = unheard_is_noise.then_some(hits);
        let english = verdict.filter(|_| tongue.is_english());
        let noise = noise::noise(message, readings, &kinds, heard, english, limit);
        let (kind, types) = match aside(message) {
            Some(reason) => (
                Axis::new(MessageType::Other, 1.0, vec![Evidence::of(reason, 1.0)]),
                vec![MessageType::Other],
            ),
            None => kinds.axis(readings, verdict, thresholds.kind, limit),
        };
        let (action, levels) = match (&noise, aside(message)) {
            (Some(noise), _) => (not_to_do(noise), None),
            (None, Some(reason)) => (Axis::new(Action::None, 1.0, vec![Evidence::of(reason, 1.0)]), None),
            (None, None) => {
                let loud = influence.value.as_ref().map(|influence| influence.score);
                let (action, levels) = action::action(readings, &kinds, loud, &weights, limit);
                (action, Some(levels))
            }
        };
        let targets = english
            .map_or_else(Vec::new, |(models, verdict)| targets::targets(hits, readings, models, verdict));
        let topics = readings.first().map_or_else(Axis::unknown, |body| {
            topics::topics(hits, body, self.0.topics.as_ref(), thresholds.issue, limit)
        });
        Classification {
            kind,
            types,
            topics: topics.above(thresholds.issue),
            sentiment: sentiment::axis(readings, tongue, &mood, verdict, limit).above(thresholds.sentiment),
            targets,
            action: action.above(thresholds.action),
            levels,
            influence,
            noise,
            personal_data: personal_data(text),
            language: tongue.axis().above(thresholds.language),
            labeller: Labeller::Machine { model: MODEL.to_owned() },
        }
    }
}

impl Default for Classifier {
    fn default() -> Self {
        Self::new(Settings::default())
    }
}

/// Why a message is none of a customer's contacts, if it is none: our own words, or talk of our own people. A note is
/// what our people wrote down of a customer, and is judged as one.
fn aside(message: &Message) -> Option<&'static str> {
    match message.direction() {
        Direction::Out => Some("sent by us"),
        Direction::Internal if message.kind() != MessageKind::Note => Some("between our own people"),
        _ => None,
    }
}

/// Noise needs no action, as surely as it is noise.
fn not_to_do(noise: &Noise) -> Axis<Action> {
    let why = format!("noise: {}", noise.reason.as_str());
    Axis::new(Action::None, noise.confidence, vec![Evidence::of(why, noise.confidence)])
}

#[cfg(test)]
mod tests;
