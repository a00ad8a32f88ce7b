//! What does a person say a message is? Their word beats the machine's, and is kept to learn from.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Action, Assessment, Axis, Classification, Evidence, Labeller, MessageKey, MessageType, Noise,
    NoiseReason, OpenReason, Outcome, PersonId, Sentiment, SentimentLabel, Topic,
};

/// A person's label of one message. What is absent is left as the machine has it.
///
/// Of two labels that name the same axis the later one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PersonLabel {
    /// Which message.
    pub message: MessageKey,
    /// Who says so.
    pub person: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// Its primary type.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<MessageType>,
    /// Its topics, the primary one first; an empty list says that none fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<Topic>>,
    /// Its sentiment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<SentimentLabel>,
    /// What it needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// That it is noise, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<NoiseReason>,
    /// That it is no noise, whatever the machine says. Not together with `noise`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_noise: bool,
}

impl PersonLabel {
    /// A label that says nothing yet.
    pub fn new(message: MessageKey, person: PersonId, at: DateTime<Utc>) -> Self {
        Self {
            message,
            person,
            at,
            kind: None,
            topics: None,
            sentiment: None,
            action: None,
            noise: None,
            not_noise: false,
        }
    }

    /// Whether it says nothing at all, or two things that exclude each other.
    pub fn fault(&self) -> Option<&'static str> {
        let says_noise = self.noise.is_some() || self.not_noise;
        let says = self.kind.is_some()
            || self.topics.is_some()
            || self.sentiment.is_some()
            || self.action.is_some()
            || says_noise;
        match () {
            () if !says => Some(
                "a label says nothing; give `type`, `topics`, `sentiment`, `action`, `noise` or `not_noise`",
            ),
            () if self.noise.is_some() && self.not_noise => {
                Some("a label says both `noise` and `not_noise`; give one of them")
            }
            () => None,
        }
    }
}

impl Assessment {
    /// The same with a person's word in place of the machine's.
    ///
    /// What a person calls noise ends as noise; noise that a person calls none waits for a person's decision. The
    /// decision itself is left as it was: it tells what was done.
    pub fn relabel(&mut self, label: &PersonLabel) {
        self.classification.relabel(label);
        match (label.noise, self.outcome) {
            (Some(reason), _) => self.outcome = Outcome::Noise(reason),
            (None, Outcome::Noise(_)) if label.not_noise => self.outcome = Outcome::Open(OpenReason::Review),
            _ => {}
        }
    }
}

impl Classification {
    fn relabel(&mut self, label: &PersonLabel) {
        let said = || vec![Evidence::of(format!("{} says so", label.person), 1.0)];
        if let Some(kind) = label.kind {
            self.kind = Axis::new(kind, 1.0, said());
            self.types.retain(|other| *other != kind);
            self.types.insert(0, kind);
        }
        if let Some(topics) = &label.topics {
            self.topics = Axis::new(topics.clone(), 1.0, said());
        }
        if let Some(sentiment) = label.sentiment {
            let score = match self.sentiment.value {
                Some(known) if known.label == sentiment => known.score,
                _ => match sentiment {
                    SentimentLabel::Negative => -1.0,
                    SentimentLabel::Neutral => 0.0,
                    SentimentLabel::Positive => 1.0,
                },
            };
            self.sentiment = Axis::new(Sentiment { label: sentiment, score }, 1.0, said());
        }
        if let Some(action) = label.action {
            self.action = Axis::new(action, 1.0, said());
        }
        if let Some(reason) = label.noise {
            self.noise = Some(Noise { reason, confidence: 1.0, evidence: said() });
        } else if label.not_noise {
            self.noise = None;
        }
        self.labeller = Labeller::Person { person: label.person.clone(), at: label.at };
    }
}
