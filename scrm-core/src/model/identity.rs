//! Whose account is it? One account on one source, keyed by the platform's own id.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Ext, NativeId, Source};

/// What names an account for good: its source and the platform's id.
///
/// Handles and display names are not part of it: they change, and they change hands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IdentityKey {
    /// Where the account lives.
    pub source: Source,
    /// The platform's id of it.
    pub native_id: NativeId,
}

impl std::fmt::Display for IdentityKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.source, self.native_id)
    }
}

/// One account on one source, as last seen. What is absent is unknown, not zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Identity {
    /// Source and native id.
    #[serde(flatten)]
    pub key: IdentityKey,
    /// The name in mentions, without its sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// The displayed name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the account says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// The place the profile names; no statement about any message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The profile's link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether the platform vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    /// Whether the account says it is run by a machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<bool>,
    /// Accounts that follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followers: Option<u64>,
    /// Accounts that it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub following: Option<u64>,
    /// Messages it has published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posts: Option<u64>,
    /// When the account was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<DateTime<Utc>>,
    /// Everything else the payload said.
    #[serde(flatten)]
    pub ext: Ext,
}

impl Identity {
    /// The names of the fields in JSON; what else stands there goes to `ext`.
    pub const FIELDS: &'static [&'static str] = &[
        "source",
        "native_id",
        "handle",
        "name",
        "bio",
        "location",
        "url",
        "verified",
        "bot",
        "followers",
        "following",
        "posts",
        "created",
    ];

    /// An account of which only the key is known.
    pub fn new(source: Source, native_id: NativeId) -> Self {
        Self {
            key: IdentityKey { source, native_id },
            handle: None,
            name: None,
            bio: None,
            location: None,
            url: None,
            verified: None,
            bot: None,
            followers: None,
            following: None,
            posts: None,
            created: None,
            ext: Ext::new(),
        }
    }

    /// What a person reads: the handle, else the name, else the native id.
    pub fn label(&self) -> &str {
        self.handle.as_deref().or(self.name.as_deref()).unwrap_or(self.key.native_id.as_str())
    }
}
