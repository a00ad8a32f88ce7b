//! How does a captured message end? As noise, decided, or open: every one, and with the reason.

use serde::{Deserialize, Serialize};

use super::NoiseReason;
use super::terms::terms;

terms! {
    /// Why a message waits for a person.
    OpenReason {
        /// Rules disagree on a facet that allows one value.
        Conflict = "conflict",
        /// A mandatory facet is set by no rule, though every condition was known.
        Gap = "gap",
        /// A mandatory facet is set by no rule, and some condition was unknown.
        Unknown = "unknown",
        /// A rule asks for a person's review.
        Review = "review",
    }
}

/// How a captured message ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", content = "reason", rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing for the business, and why.
    Noise(NoiseReason),
    /// Every mandatory facet is set.
    Decided,
    /// A person must look, and why.
    Open(OpenReason),
}

impl Outcome {
    /// The name in JSON and in the views of the stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Noise(_) => "noise",
            Self::Decided => "decided",
            Self::Open(_) => "open",
        }
    }

    /// The reason's name, where there is one.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Noise(reason) => Some(reason.as_str()),
            Self::Decided => None,
            Self::Open(reason) => Some(reason.as_str()),
        }
    }
}
