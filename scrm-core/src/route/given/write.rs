//! How are facts made and written without a file? Value by value, and back under the keys that examples use.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Given;
use crate::route::condition::{Field, Kind, Quantity, Values, single};

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

    /// The same at a time.
    #[must_use]
    pub fn now(mut self, at: DateTime<Utc>) -> Self {
        self.at = Some(at);
        self
    }
}

/// A number in the fewest digits that read back as the same one.
struct Number(Quantity, f64);

impl Serialize for Number {
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
        for field in Field::ALL {
            let key = field.as_str();
            if let Some(name) = self.names.get(field) {
                match (field.kind(), name.as_str()) {
                    (Kind::One(Values::Flags), flag) => map.serialize_entry(key, &(flag == "true"))?,
                    _ => map.serialize_entry(key, name)?,
                }
            }
            if let Some(names) = self.sets.get(field) {
                map.serialize_entry(key, names)?;
            }
            let quantity = Quantity::Field(*field);
            if let Some(number) = self.numbers.get(&quantity) {
                map.serialize_entry(key, &Number(quantity, *number))?;
            }
        }
        for (quantity, number) in &self.numbers {
            if !matches!(quantity, Quantity::Field(_)) {
                map.serialize_entry(&quantity.to_string(), &Number(*quantity, *number))?;
            }
        }
        if let Some(flag) = self.personal_data {
            map.serialize_entry("pii", &flag)?;
        }
        if let Some(at) = self.at {
            map.serialize_entry("at", &at.to_rfc3339_opts(SecondsFormat::Secs, true))?;
        }
        map.end()
    }
}
