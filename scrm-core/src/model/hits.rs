//! What did the listener find?

use serde::{Deserialize, Serialize};

use super::{Brand, MonitorId, Span, Topic};

/// One monitor that a message concerns, with the places that made it match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Hit_of_{Id}"))]
pub struct Hit<Id> {
    /// Which query matched.
    pub id: Id,
    /// Where, in the message's own text (bytes), in order. Places in a title are not listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
}

/// Everything that listening found in one message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hits {
    /// The version of the listener by which the message was matched, counted from 1: a message sees exactly one. 0 where
    /// nobody listened, and in records that are older than this field.
    #[serde(default, skip_serializing_if = "is_unversioned")]
    pub version: u64,
    /// Monitors that match, in the order of their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub monitors: Vec<Hit<MonitorId>>,
    /// Brands of those monitors: ours first, then by first place in the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brands: Vec<Brand>,
    /// Where each brand is named in the text, when there are several: the places of the first clause of its monitors that
    /// is met, in the order of the brands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<Hit<Brand>>,
    /// Topics whose words stand in the message, in the order of their paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Hit<Topic>>,
    /// Spans beyond the limit, which were counted and not kept.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub truncated: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_unversioned(n: &u64) -> bool {
    *n == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}
