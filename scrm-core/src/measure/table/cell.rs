//! What stands in one place of a table? A value of a closed set of types, or nothing.

use chrono::{DateTime, Duration, NaiveDate, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

use crate::model::{MessageKey, Span};

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CellType {
    /// Text, as people wrote it or as the engine names things.
    Text,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Number,
    /// Yes or no.
    Boolean,
    /// A point in time; RFC 3339 in UTC.
    Time,
    /// A day on the wall; ISO 8601.
    Date,
    /// A length of time, in whole seconds.
    Duration,
    /// Texts, in order.
    Texts,
}

impl CellType {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Text,
        Self::Integer,
        Self::Number,
        Self::Boolean,
        Self::Time,
        Self::Date,
        Self::Duration,
        Self::Texts,
    ];

    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Time => "time",
            Self::Date => "date",
            Self::Duration => "duration",
            Self::Texts => "texts",
        }
    }

    /// Whether columns of it are set to the right.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number | Self::Duration)
    }
}

impl std::fmt::Display for CellType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// What stands in one place of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Unknown, or nothing to say.
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number. Made with [`Cell::from`], it is finite: what is not becomes [`Cell::Null`].
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// A point in time.
    Time(DateTime<Utc>),
    /// A day.
    Date(NaiveDate),
    /// Seconds.
    Duration(i64),
    /// Texts.
    Texts(Vec<String>),
}

impl Cell {
    /// What it is; `None` for an empty cell, which fits any column.
    pub fn kind(&self) -> Option<CellType> {
        Some(match self {
            Self::Null => return None,
            Self::Text(_) => CellType::Text,
            Self::Integer(_) => CellType::Integer,
            Self::Number(_) => CellType::Number,
            Self::Boolean(_) => CellType::Boolean,
            Self::Time(_) => CellType::Time,
            Self::Date(_) => CellType::Date,
            Self::Duration(_) => CellType::Duration,
            Self::Texts(_) => CellType::Texts,
        })
    }

    /// Whether it is empty.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The whole number: an integer, or seconds.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) | Self::Duration(number) => Some(*number),
            _ => None,
        }
    }

    /// The number, whole or not.
    #[allow(clippy::cast_precision_loss, reason = "counts and seconds are far below 2^53")]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Integer(number) | Self::Duration(number) => Some(*number as f64),
            _ => None,
        }
    }

    /// The texts, if these are some.
    pub fn as_texts(&self) -> Option<&[String]> {
        if let Self::Texts(texts) = self { Some(texts) } else { None }
    }
}

/// A time as tables write it.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) | Self::Duration(number) => serializer.serialize_i64(*number),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Boolean(yes) => serializer.serialize_bool(*yes),
            Self::Time(at) => serializer.serialize_str(&time(*at)),
            Self::Date(day) => serializer.collect_str(day),
            Self::Texts(texts) => texts.serialize(serializer),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Self::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Cell {
    fn from(count: u32) -> Self {
        Self::Integer(count.into())
    }
}

impl From<u8> for Cell {
    fn from(count: u8) -> Self {
        Self::Integer(count.into())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Null }
    }
}

impl From<bool> for Cell {
    fn from(yes: bool) -> Self {
        Self::Boolean(yes)
    }
}

impl From<DateTime<Utc>> for Cell {
    fn from(at: DateTime<Utc>) -> Self {
        Self::Time(at)
    }
}

impl From<NaiveDate> for Cell {
    fn from(day: NaiveDate) -> Self {
        Self::Date(day)
    }
}

impl From<Duration> for Cell {
    fn from(time: Duration) -> Self {
        Self::Duration(time.num_seconds())
    }
}

impl From<Vec<String>> for Cell {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}

impl From<&MessageKey> for Cell {
    fn from(key: &MessageKey) -> Self {
        Self::Text(key.to_string())
    }
}

impl From<&[Span]> for Cell {
    /// Spans as `start-end`, in bytes.
    fn from(spans: &[Span]) -> Self {
        Self::Texts(spans.iter().map(|span| format!("{}-{}", span.start(), span.end())).collect())
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
