//! What does a message consist of? Its keys, its place in a thread, participants, place, counts and attachments.

use serde::{Deserialize, Serialize};

use super::{ExternalId, Identity, Source, Version};

/// Names a message on its source, whatever its version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageKey {
    /// Where it was captured.
    pub source: Source,
    /// The platform's id.
    pub external_id: ExternalId,
}

impl std::fmt::Display for MessageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.source, self.external_id)
    }
}

/// Names one delivery: a message in one version. Within a tenant, a delivery has one effect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeliveryKey {
    /// Which message.
    #[serde(flatten)]
    pub message: MessageKey,
    /// Which version of it.
    pub version: Version,
}

/// How a message hangs together with others on its source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ThreadRef {
    /// The platform's id of the thread or conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The message that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ExternalId>,
    /// The message that this one quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted: Option<ExternalId>,
    /// The message that this one passes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repost_of: Option<ExternalId>,
}

impl ThreadRef {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What somebody besides the author has to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// It was addressed to them.
    To,
    /// They got a copy.
    Cc,
    /// It names them.
    Mentioned,
    /// They speak in it.
    Speaker,
    /// Their words are passed on in it.
    Reposted,
}

/// Somebody besides the author.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Participant {
    /// Who.
    pub identity: Identity,
    /// As what.
    pub part: Part,
}

/// Where a message was made, as the message itself says (an author's home stands in the [`Identity`]).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// ISO 3166 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Degrees north, -90 to 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east, -180 to 180.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

/// What the platform counted when the message was observed. An absent count is unknown, not zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Metrics {
    /// Approvals of any name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likes: Option<u64>,
    /// Times passed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reposts: Option<u64>,
    /// Answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies: Option<u64>,
    /// Times quoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quotes: Option<u64>,
    /// Times shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<u64>,
}

impl Metrics {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Something that came with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attachment {
    /// Its kind, as the payload says (`image`, `video`, `application/pdf`).
    pub kind: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it can be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
