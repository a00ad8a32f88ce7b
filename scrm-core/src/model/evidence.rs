//! Why is it so? The places and reasons behind a value.

use serde::{Deserialize, Serialize};

use super::Span;

/// One reason for a value: a cue, where it stands, and how much it counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// What it is, in words a person understands (`word "delayed"`, `question mark`).
    pub cue: String,
    /// Where it stands in the message's text (bytes); absent when it stands in no one place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// What it added to the value's score; the sign is the direction.
    pub weight: f32,
}

impl Evidence {
    /// A cue at a place.
    pub fn at(cue: impl Into<String>, span: Span, weight: f32) -> Self {
        Self { cue: cue.into(), span: Some(span), weight }
    }

    /// A cue that stands in no one place.
    pub fn of(cue: impl Into<String>, weight: f32) -> Self {
        Self { cue: cue.into(), span: None, weight }
    }
}
