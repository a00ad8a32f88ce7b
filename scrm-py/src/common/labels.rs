//! How are labels told to a program? As JSON, with the places counted in code points.
//!
//! Read [`Labels`] first.

use scrm_core::model::{
    Action, ActionLevels, Axis, Evidence, Influence, Labeller, MessageType, NoiseReason, SentimentLabel,
    Span, Topic,
};
use serde::Serialize;

use super::judge::Judged;
use super::points::Points;

/// What is said of one message.
#[derive(Serialize)]
pub(crate) struct Labels<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    #[serde(rename = "type")]
    kind: Option<MessageType>,
    types: &'a [MessageType],
    sentiment: Mood,
    topics: &'a [Topic],
    action: Option<Action>,
    noise: Option<Noise>,
    language: Option<&'a str>,
    pii: Vec<Pii<'a>>,
    #[serde(flatten)]
    why: Option<Why<'a>>,
}

#[derive(Serialize)]
struct Mood {
    label: Option<SentimentLabel>,
    /// Absent when there is nothing that could feel anyhow.
    score: Option<f32>,
    confidence: f32,
}

#[derive(Serialize)]
struct Noise {
    reason: NoiseReason,
    confidence: f32,
}

#[derive(Serialize)]
struct Pii<'a> {
    kind: &'a str,
    #[serde(flatten)]
    place: Place,
}

/// `start` and `end` in code points; neither, of what stands in no one place of the text.
#[derive(Serialize, Clone, Copy)]
struct Place {
    start: Option<usize>,
    end: Option<usize>,
}

/// What is added when it is to be explained.
#[derive(Serialize)]
struct Why<'a> {
    confidence: Sure,
    levels: Option<ActionLevels>,
    influence: Option<&'a Influence>,
    evidence: Reasons<'a>,
    model: Option<&'a str>,
}

#[derive(Serialize)]
struct Sure {
    #[serde(rename = "type")]
    kind: f32,
    sentiment: f32,
    topics: f32,
    action: f32,
    influence: f32,
    language: f32,
}

#[derive(Serialize)]
struct Reasons<'a> {
    #[serde(rename = "type")]
    kind: Vec<Reason<'a>>,
    sentiment: Vec<Reason<'a>>,
    topics: Vec<Reason<'a>>,
    action: Vec<Reason<'a>>,
    noise: Vec<Reason<'a>>,
}

#[derive(Serialize)]
struct Reason<'a> {
    cue: &'a str,
    #[serde(flatten)]
    place: Place,
    weight: f32,
}

impl<'a> Labels<'a> {
    /// Labels alone; `text` is what they were made of.
    pub(crate) fn new(judged: &'a Judged, text: &str, row: Option<u64>) -> Self {
        let label = &judged.classification;
        let points = (!label.personal_data.is_empty()).then(|| Points::of(text));
        let pii = label
            .personal_data
            .iter()
            .map(|data| Pii { kind: &data.kind, place: Place::of(Some(data.span), points.as_ref()) });
        Self {
            row,
            kind: label.kind.value,
            types: &label.types,
            sentiment: Mood {
                label: judged.sentiment(),
                // No zero below zero.
                score: label.sentiment.value.map(|sentiment| sentiment.score + 0.0),
                confidence: label.sentiment.confidence,
            },
            topics: label.topics.value.as_deref().unwrap_or_default(),
            action: label.action.value,
            noise: label
                .noise
                .as_ref()
                .map(|noise| Noise { reason: noise.reason, confidence: noise.confidence }),
            language: label.language.value.as_deref(),
            pii: pii.collect(),
            why: None,
        }
    }

    /// Labels with the reasons for them.
    pub(crate) fn explained(judged: &'a Judged, text: &str, row: Option<u64>) -> Self {
        let label = &judged.classification;
        let points = Points::of(text);
        let reasons = |evidence: &'a [Evidence]| -> Vec<Reason<'a>> {
            let each = evidence.iter();
            each.map(|one| Reason {
                cue: &one.cue,
                place: Place::of(one.span, Some(&points)),
                weight: one.weight,
            })
            .collect()
        };
        let evidence = Reasons {
            kind: reasons(&label.kind.evidence),
            sentiment: reasons(&label.sentiment.evidence),
            topics: reasons(&label.topics.evidence),
            action: reasons(&label.action.evidence),
            noise: label.noise.as_ref().map_or_else(Vec::new, |noise| reasons(&noise.evidence)),
        };
        let confidence = Sure {
            kind: label.kind.confidence,
            sentiment: label.sentiment.confidence,
            topics: label.topics.confidence,
            action: label.action.confidence,
            influence: label.influence.confidence,
            language: label.language.confidence,
        };
        let model = match &label.labeller {
            Labeller::Machine { model } => Some(model.as_str()),
            Labeller::Person { .. } => None,
        };
        let Axis { value: influence, .. } = &label.influence;
        let why = Why { confidence, levels: label.levels, influence: influence.as_ref(), evidence, model };
        Self { why: Some(why), ..Self::new(judged, text, row) }
    }
}

impl Place {
    fn of(span: Option<Span>, points: Option<&Points>) -> Self {
        let span = span.map(|span| points.map_or(span, |points| points.span(span)));
        Self { start: span.map(Span::start), end: span.map(Span::end) }
    }
}
