//! What is it? Five axes, noise and personal data, each with its confidence and its evidence.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::terms::terms;
use super::{Brand, Evidence, PersonId, Span, Topic};

/// A value on one axis with how sure it is and why.
///
/// `value` is `None` when it is *unknown*: nothing was found, or what was found lies below the playbook's threshold.
/// Unknown is a third truth value, never false.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Axis_of_{T}"))]
pub struct Axis<T> {
    /// The value; absent when unknown.
    pub value: Option<T>,
    /// How sure, 0 to 1. Kept for an unknown value too: it is what fell short.
    pub confidence: f32,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

impl<T> Axis<T> {
    /// A value with its confidence and evidence.
    pub fn new(value: T, confidence: f32, evidence: Vec<Evidence>) -> Self {
        Self { value: Some(value), confidence, evidence }
    }

    /// Nothing is known.
    pub fn unknown() -> Self {
        Self { value: None, confidence: 0.0, evidence: Vec::new() }
    }

    /// The same, but unknown when the confidence is below `threshold`.
    #[must_use]
    pub fn above(mut self, threshold: f32) -> Self {
        if self.confidence < threshold {
            self.value = None;
        }
        self
    }

    /// Whether there is a value.
    pub fn is_known(&self) -> bool {
        self.value.is_some()
    }
}

terms! {
    /// What sort of contact a message is.
    MessageType {
        /// It asks for an answer.
        Question = "question",
        /// It says that something is wrong.
        Complaint = "complaint",
        /// It praises.
        Compliment = "compliment",
        /// It asks for something to be done.
        Request = "request",
        /// It says what could be better.
        Suggestion = "suggestion",
        /// None of these.
        Other = "other",
    }

    /// Which way a message feels.
    SentimentLabel {
        /// Against.
        Negative = "negative",
        /// Neither.
        Neutral = "neutral",
        /// In favour.
        Positive = "positive",
    }

    /// What must be done about a message, least first.
    Action {
        /// Nothing.
        None = "none",
        /// Somebody answers.
        Reply = "reply",
        /// Somebody answers at once.
        Urgent = "urgent",
        /// Somebody with more say takes it over.
        Escalate = "escalate",
    }

    /// Why a message is noise.
    NoiseReason {
        /// No monitor of the playbook matches it.
        NoMonitor = "no_monitor",
        /// Unwanted advertising.
        Spam = "spam",
        /// Written by a machine.
        Bot = "bot",
        /// Passed on without a word of the author's own.
        Repost = "repost",
        /// An automatic reply: out of office, receipt.
        AutoReply = "auto_reply",
        /// Nothing is said: no words beyond names, tags and links.
        NoContent = "no_content",
        /// It speaks of something else.
        OffTopic = "off_topic",
        /// It was taken down.
        Deleted = "deleted",
        /// Our own words.
        Own = "own",
    }
}

/// Sentiment of a message as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sentiment {
    /// Which way.
    pub label: SentimentLabel,
    /// How far, -1 (against) to 1 (in favour).
    pub score: f32,
}

/// How likely each level of action is asked for, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ActionLevels {
    /// Somebody answers.
    pub reply: f32,
    /// Somebody answers at once.
    pub urgent: f32,
    /// Somebody with more say takes it over.
    pub escalate: f32,
}

/// Sentiment of a message towards one brand that it names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetSentiment {
    /// The brand.
    pub brand: Brand,
    /// Which way.
    pub label: SentimentLabel,
    /// How far, -1 (against) to 1 (in favour).
    pub score: f32,
    /// How sure, 0 to 1.
    pub confidence: f32,
}

/// How much weight an author's word has, 0 to 100, with the parts it was made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Influence {
    /// 0 to 100.
    pub score: f32,
    /// What it was made of; a count that is missing is not listed, and is not read as zero.
    pub parts: Vec<InfluencePart>,
}

/// One part of an influence score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InfluencePart {
    /// Its name (`followers`, `reposts`).
    pub name: String,
    /// The count it stands on.
    pub count: u64,
    /// What it added to the score.
    pub points: f32,
}

/// That a message is noise, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Noise {
    /// Why.
    pub reason: NoiseReason,
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// The cues.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// A stretch of the text that tells who or where somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PersonalData {
    /// What it is (`email`, `phone`, `card`, `iban`).
    pub kind: String,
    /// Where it stands in the text (bytes).
    pub span: Span,
}

/// Who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Labeller {
    /// A model or a set of rules, with its version.
    Machine {
        /// Its name and version.
        model: String,
    },
    /// A person of the team, whose label beats every machine's.
    Person {
        /// Who.
        person: PersonId,
        /// When.
        at: DateTime<Utc>,
    },
}

/// What one message is. Append-only: a later one supersedes it, nothing is changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Classification {
    /// The primary type.
    #[serde(rename = "type")]
    pub kind: Axis<MessageType>,
    /// Every type that holds, the primary one first.
    pub types: Vec<MessageType>,
    /// Topics of the playbook, the primary one (the `issue` of protocols) first.
    pub topics: Axis<Vec<Topic>>,
    /// Which way it feels.
    pub sentiment: Axis<Sentiment>,
    /// Which way it feels towards each of the brands that it names, when these are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<TargetSentiment>,
    /// What must be done.
    pub action: Axis<Action>,
    /// How likely each level of action is asked for; absent when nothing is to be done with it (noise, our own words).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<ActionLevels>,
    /// How much weight the author's word has.
    pub influence: Axis<Influence>,
    /// That it is noise, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<Noise>,
    /// Personal data in the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal_data: Vec<PersonalData>,
    /// The language it is written in (BCP 47).
    pub language: Axis<String>,
    /// Who says so.
    pub labeller: Labeller,
}

impl Classification {
    /// The primary topic, which protocols call `issue`.
    pub fn issue(&self) -> Option<&Topic> {
        self.topics.value.as_ref().and_then(|topics| topics.first())
    }
}
