//! What does the engine say of a message, all stages together?

use serde::{Deserialize, Serialize};

use super::{Classification, Decision, Hits, Outcome};

/// What the engine says of one message: hits, classification, decision, and how it ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assessment {
    /// What listening found.
    pub hits: Hits,
    /// What it is.
    pub classification: Classification,
    /// What the protocol says; absent for noise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// How it ends.
    #[serde(flatten)]
    pub outcome: Outcome,
}
