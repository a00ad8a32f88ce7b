//! When? Five times that are never mixed.

use chrono::{DateTime, Datelike, Utc};
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
    created: Option<Stamp>,
    declared: Option<Stamp>,
    edited: Option<Stamp>,
    deleted: Option<Stamp>,
    observed: Option<Stamp>,
}

/// A time as written, which must name its zone.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Stamp(DateTime<Utc>);

impl TryFrom<String> for Stamp {
    type Error = String;
    fn try_from(written: String) -> Result<Self, String> {
        let fault =
            || format!("time `{written}` is not RFC 3339 with its zone, such as `2026-11-02T08:14:00Z`");
        let time = DateTime::parse_from_rfc3339(&written).map_err(|_| fault())?.to_utc();
        // In its own zone the year may have four digits that it has not in UTC, where it could not be read back.
        if (0..=9999).contains(&time.year()) { Ok(Self(time)) } else { Err(fault()) }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Stamp {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        DateTime::<Utc>::json_schema(generator)
    }
}

/// Neither a time of observation nor one of creation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`times` needs `observed` or `created`")]
pub struct TimesError;

impl TryFrom<RawTimes> for Times {
    type Error = TimesError;
    fn try_from(raw: RawTimes) -> Result<Self, TimesError> {
        let [created, declared, edited, deleted, observed] =
            [raw.created, raw.declared, raw.edited, raw.deleted, raw.observed]
                .map(|stamp| stamp.map(|stamp| stamp.0));
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
