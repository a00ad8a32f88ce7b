//! What came back? The answer to a response, even if it is silence.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{MessageKey, ResponseId};

/// What came back on a response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FeedbackKind {
    /// A message.
    Reply {
        /// Which one.
        message: MessageKey,
    },
    /// A mark for satisfaction.
    Csat {
        /// The mark.
        score: u8,
        /// The best mark there is.
        best: u8,
    },
    /// Nothing, until the time it was asked for.
    Silence,
}

/// Feedback on one response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Feedback {
    /// The response it answers.
    pub response: ResponseId,
    /// What came.
    #[serde(flatten)]
    pub kind: FeedbackKind,
    /// When.
    pub at: DateTime<Utc>,
}
