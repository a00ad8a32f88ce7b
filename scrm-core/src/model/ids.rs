//! Which name is meant? One newtype per kind of id, so that none is taken for another.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::Limits;

/// An id that is no id: empty, too long, or holding a control character.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{what}` {fault}")]
pub struct IdError {
    what: &'static str,
    fault: String,
}

impl IdError {
    /// Which kind of id was refused, as it is named in JSON.
    pub fn what(&self) -> &str {
        self.what
    }
}

fn check(what: &'static str, value: &str) -> Result<(), IdError> {
    let max = Limits::DEFAULT.id_bytes;
    let fault = if value.trim().is_empty() {
        "is empty".to_owned()
    } else if value.len() > max {
        format!("is {} bytes long, more than the limit of {max}", value.len())
    } else if value.chars().any(char::is_control) {
        "holds a control character".to_owned()
    } else {
        return Ok(());
    };
    Err(IdError { what, fault })
}

/// Reads a text, and wraps it as an id.
struct Wrapped<T>(fn(&str) -> Result<T, IdError>);

impl<T> Visitor<'_> for Wrapped<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $what:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// Never empty, at most [`Limits::id_bytes`] long, without control characters.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Checks and wraps an id.
            ///
            /// # Errors
            /// When the text is empty, too long or holds a control character.
            pub fn new(value: impl AsRef<str>) -> Result<Self, IdError> {
                let value = value.as_ref();
                check($what, value)?;
                Ok(Self(value.into()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl $name {
            /// The id as text that is shared and not copied.
            #[allow(dead_code, reason = "not every kind stands in a table, and not every build has tables")]
            pub(crate) fn shared(&self) -> std::sync::Arc<str> {
                self.0.clone()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Wrapped(|text| Self::new(text)))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(value: String) -> Result<Self, IdError> {
                Self::new(value)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(value: &str) -> Result<Self, IdError> {
                Self::new(value)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.as_str())
            }
        }
    )*};
}

ids! {
    /// One customer of the vendor that embeds the engine; nothing of one tenant is visible to another.
    Tenant = "tenant";
    /// Where a message was captured: one platform, mailbox, shop or switchboard (`x`, `mail:support`).
    Source = "source";
    /// The medium of a message, an open vocabulary (`x`, `email`, `phone`, `letter`, `in_person`).
    Channel = "channel";
    /// The platform's id of a message.
    ExternalId = "external_id";
    /// The platform's id of an account. A handle is not one: handles change hands.
    NativeId = "native_id";
    /// The platform's edit stamp, or a hash of the content where it gives none.
    Version = "version";
    /// What belongs together in one channel.
    ThreadId = "thread_id";
    /// A view over one or more identities.
    CustomerId = "customer_id";
    /// What the company must do about one matter.
    CaseId = "case_id";
    /// Many cases with one cause.
    IncidentId = "incident_id";
    /// A stored listening query.
    MonitorId = "monitor_id";
    /// A brand the listening compares.
    Brand = "brand";
    /// A place in the tree of issues, parts separated by dots (`service.delay`).
    Topic = "topic";
    /// A rule of the protocol.
    RuleId = "rule_id";
    /// A department of the company.
    Department = "department";
    /// A person of the company's team.
    PersonId = "person_id";
    /// A response that somebody wrote.
    ResponseId = "response_id";
    /// A purchase, refund or other transaction.
    TransactionId = "transaction_id";
    /// A claim about two accounts.
    LinkId = "link_id";
    /// A question to a customer whether they may be quoted.
    PermissionId = "permission_id";
    /// A testimonial, a quote or a case study.
    AssetId = "asset_id";
    /// A programme of seven steps.
    ProgrammeId = "programme_id";
}

/// The first 128 bits of a hash in hexadecimal: always a valid id.
pub(crate) fn hex(digest: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |four: u8| DIGITS.get(usize::from(four)).copied().map_or('0', char::from);
    digest.iter().take(16).flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

impl Default for Tenant {
    /// The tenant of a host that has only one: `default`.
    fn default() -> Self {
        Self("default".into())
    }
}

impl Version {
    pub(super) fn of_digest(digest: &[u8]) -> Self {
        Self(format!("sha256:{}", hex(digest)).into())
    }
}

impl CaseId {
    pub(super) fn of_digest(digest: &[u8]) -> Self {
        Self(format!("case-{}", hex(digest)).into())
    }
}

impl LinkId {
    pub(super) fn of_digest(digest: &[u8]) -> Self {
        Self(format!("link-{}", hex(digest)).into())
    }
}

impl ResponseId {
    pub(super) fn of_digest(digest: &[u8]) -> Self {
        Self(format!("response-{}", hex(digest)).into())
    }
}

impl PermissionId {
    pub(super) fn of_digest(digest: &[u8]) -> Self {
        Self(format!("permission-{}", hex(digest)).into())
    }
}

impl AssetId {
    pub(super) fn of_digest(digest: &[u8]) -> Self {
        Self(format!("asset-{}", hex(digest)).into())
    }
}

impl Topic {
    /// Whether this topic is `ancestor` or stands below it in the tree.
    ///
    /// ```
    /// use scrm_core::model::Topic;
    /// let delay = Topic::new("service.delay").unwrap();
    /// assert!(delay.is_under("service") && delay.is_under("service.delay"));
    /// assert!(!delay.is_under("serv"));
    /// ```
    pub fn is_under(&self, ancestor: &str) -> bool {
        is_under(self.as_str(), ancestor)
    }
}

/// The same of the path of a topic.
pub(crate) fn is_under(topic: &str, ancestor: &str) -> bool {
    topic.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl CustomerId {
    /// The id of the customer that is named for `key`: source and native id, for people to read.
    ///
    /// A `/` in the source is escaped, so that no two accounts make one id; an id that would be too long is hashed.
    pub fn of_identity(key: &super::IdentityKey) -> Self {
        let source = key.source.as_str().replace('%', "%25").replace('/', "%2F");
        let id = format!("{source}/{}", key.native_id);
        if id.len() <= Limits::DEFAULT.id_bytes {
            Self(id.into())
        } else {
            Self(format!("sha256:{}", hex(&Sha256::digest(&id))).into())
        }
    }
}
