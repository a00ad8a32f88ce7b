//! When? Five times that are never mixed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The times of a message, each kept for what it is.
///
/// All but `observed` may be unknown; an unknown time is absent, never zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "RawTimes")]
pub struct Times {
    /// When the platform says it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<DateTime<Utc>>,
    /// When its author says it was made: the date on a letter, a client's own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<DateTime<Utc>>,
    /// When this version was made from an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<DateTime<Utc>>,
    /// When it was taken down; such a message is a tombstone and has no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<DateTime<Utc>>,
    /// When we received it. Nothing is known before it was observed.
    pub observed: DateTime<Utc>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawTimes {
    created: Option<DateTime<Utc>>,
    declared: Option<DateTime<Utc>>,
    edited: Option<DateTime<Utc>>,
    deleted: Option<DateTime<Utc>>,
    observed: Option<DateTime<Utc>>,
}

/// Neither a time of observation nor one of creation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`times` needs `observed` or `created`")]
pub struct TimesError;

impl TryFrom<RawTimes> for Times {
    type Error = TimesError;
    fn try_from(raw: RawTimes) -> Result<Self, TimesError> {
        let RawTimes { created, declared, edited, deleted, observed } = raw;
        let observed = observed.or(deleted).or(edited).or(created).ok_or(TimesError)?;
        Ok(Self { created, declared, edited, deleted, observed })
    }
}

impl Times {
    /// Times of a message that was seen at `observed`, nothing else being known.
    pub fn observed(observed: DateTime<Utc>) -> Self {
        Self { created: None, declared: None, edited: None, deleted: None, observed }
    }

    /// Times of a message made at `created` and seen at once.
    pub fn created(created: DateTime<Utc>) -> Self {
        Self { created: Some(created), ..Self::observed(created) }
    }

    /// The moment the message belongs to in reports: created, else declared, else observed.
    pub fn said(&self) -> DateTime<Utc> {
        self.created.or(self.declared).unwrap_or(self.observed)
    }
}
