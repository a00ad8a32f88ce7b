//! How are facts made and written without a file? Value by value, and back under the keys that examples use.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Given;
use crate::model::{Change, Granted};
use crate::route::condition::{Atom, ClockTime, Field, Kind, Quantity, Values, single};

/// Facts value by value; what is not named is unknown.
///
/// ```
/// use scrm_core::route::Given;
/// use scrm_core::route::condition::{Field, Quantity};
/// let given = Given::default().name(Field::Type, "complaint").number(Quantity::Field(Field::Sentiment), -0.7);
/// assert_eq!(serde_json::to_string(&given).unwrap(), r#"{"type":"complaint","sentiment":-0.7}"#);
/// ```
impl Given {
    /// The same with the name that a field has.
    #[must_use]
    pub fn name(mut self, field: Field, name: &str) -> Self {
        self.names.insert(field, name.to_owned());
        self
    }

    /// The same with the names of a set.
    #[must_use]
    pub fn names(mut self, field: Field, names: impl IntoIterator<Item = String>) -> Self {
        self.sets.insert(field, names.into_iter().collect::<BTreeSet<_>>());
        self
    }

    /// The same with a number, in the precision in which it is kept.
    #[must_use]
    pub fn number(mut self, quantity: Quantity, number: f64) -> Self {
        let number = if quantity.is_single() { single(number) } else { number };
        self.numbers.insert(quantity, number);
        self
    }

    /// The same, saying whether the text holds personal data.
    #[must_use]
    pub fn personal_data(mut self, there: bool) -> Self {
        self.personal_data = Some(there);
        self
    }

    /// The same with what was written.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// The same, saying whether a calendar is open.
    #[must_use]
    pub fn in_hours(mut self, calendar: &str, open: bool) -> Self {
        self.open.insert(calendar.to_owned(), open);
        self
    }

    /// The same at a time of day.
    #[must_use]
    pub fn local_time(mut self, time: ClockTime) -> Self {
        self.time = Some(time);
        self
    }

    /// The same with what the event changed.
    #[must_use]
    pub fn changes(mut self, changes: Vec<Change>) -> Self {
        self.changes = Some(changes);
        self
    }

    /// The same with how often an incentive was given before.
    #[must_use]
    pub fn granted(mut self, incentive: &str, granted: Granted) -> Self {
        self.granted.insert(incentive.to_owned(), granted);
        self
    }

    /// The same at a time.
    #[must_use]
    pub fn now(mut self, at: DateTime<Utc>) -> Self {
        self.at = Some(at);
        self
    }
}

/// A number in the fewest digits that read back as the same one.
struct Number<'a>(&'a Quantity, f64);

impl Serialize for Number<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(quantity, number) = self;
        #[allow(clippy::cast_possible_truncation, reason = "it was made from single precision")]
        let short = if quantity.is_single() {
            (*number as f32).to_string().parse().unwrap_or(*number)
        } else {
            *number
        };
        #[allow(clippy::cast_possible_truncation, reason = "a whole number far below 2^63")]
        if short.fract() == 0.0 && short.abs() < 1e15 {
            serializer.serialize_i64(short as i64)
        } else {
            serializer.serialize_f64(short)
        }
    }
}

impl Serialize for Given {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (field, name) in &self.names {
            match (field.kind(), name.as_str()) {
                (Kind::One(Values::Flags), flag) => {
                    map.serialize_entry(&field.to_string(), &(flag == "true"))?;
                }
                _ => map.serialize_entry(&field.to_string(), name)?,
            }
        }
        for (field, names) in &self.sets {
            map.serialize_entry(&field.to_string(), names)?;
        }
        for (quantity, number) in &self.numbers {
            map.serialize_entry(&quantity.to_string(), &Number(quantity, *number))?;
        }
        if let Some(text) = &self.text {
            map.serialize_entry("text", text)?;
        }
        if let Some(flag) = self.personal_data {
            map.serialize_entry("pii", &flag)?;
        }
        for (calendar, open) in &self.open {
            map.serialize_entry(&Atom::InHours(calendar.as_str().into()).to_string(), open)?;
        }
        if let Some(time) = self.time {
            map.serialize_entry("local_time", &time.to_string())?;
        }
        if let Some(changes) = &self.changes {
            map.serialize_entry("changed", changes)?;
        }
        if !self.granted.is_empty() {
            map.serialize_entry("granted", &self.granted)?;
        }
        if let Some(at) = self.at {
            map.serialize_entry("at", &at.to_rfc3339_opts(SecondsFormat::Secs, true))?;
        }
        map.end()
    }
}
