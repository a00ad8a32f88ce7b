//! What does it weigh that two accounts agree, or do not?

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How many accounts the table's `u` of an agreement counts for beside those given.
pub const SMOOTHING: f64 = 1_000.0;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// E-mail addresses, without regard to case.
    Email,
    /// Telephone numbers with their country.
    Phone,
    /// The displayed name.
    Name,
    /// The handle, without regard to case and to `_`, `-` and `.`.
    Handle,
    /// The place the profile names.
    Location,
    /// The profile's link.
    Url,
    /// The language.
    Language,
    /// Links from one account to the other's profile page.
    Declared,
}

/// How far two values agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchLevel {
    /// One e-mail address or number, confirmed for both.
    Confirmed,
    /// The same value.
    Same,
    /// The same but for accents or the order of words, or a Jaro-Winkler similarity of 0.95 or more (name); one's words
    /// are all among the other's (location); the same host (link).
    Close,
    /// A Jaro-Winkler similarity of 0.88 or more (name) or 0.92 or more (handle).
    Near,
    /// Each links to the other's page.
    Mutual,
    /// One links to the other's page, which anybody can.
    OneWay,
    /// None of these.
    Different,
}

/// How often a level holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// Among pairs of accounts of one person.
    pub m: f64,
    /// Among pairs of accounts of different people.
    pub u: f64,
}

/// What each level of each field weighs.
///
/// ```
/// use scrm_core::record::people::suggest::{Field, MatchLevel, Weight, Weights};
/// let mut weights = Weights::default();
/// weights.set(Field::Language, MatchLevel::Same, Weight { m: 0.8, u: 0.5 }).unwrap();
/// let error = weights.set(Field::Language, MatchLevel::Near, Weight { m: 0.1, u: 0.1 }).unwrap_err();
/// assert_eq!(error.to_string(), "`language` has no level `near`");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Weights(BTreeMap<(Field, MatchLevel), Weight>);

/// A weight that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WeightsError(String);

impl Default for Weights {
    fn default() -> Self {
        use Field::{Declared, Email, Handle, Language, Location, Name, Phone, Url};
        use MatchLevel::{Close, Confirmed, Different, Mutual, Near, OneWay, Same};
        let table = [
            (Email, Confirmed, 0.60, 1e-6),
            (Email, Same, 0.20, 1e-5),
            (Email, Different, 0.20, 0.999),
            (Phone, Confirmed, 0.60, 1e-6),
            (Phone, Same, 0.20, 1e-5),
            (Phone, Different, 0.20, 0.999),
            (Name, Same, 0.50, 1e-3),
            (Name, Close, 0.15, 2e-3),
            (Name, Near, 0.10, 1e-2),
            (Name, Different, 0.25, 0.98),
            (Handle, Same, 0.40, 1e-4),
            (Handle, Near, 0.15, 2e-3),
            (Handle, Different, 0.45, 0.99),
            (Location, Same, 0.40, 1e-2),
            (Location, Close, 0.20, 2e-2),
            (Location, Different, 0.40, 0.95),
            (Url, Same, 0.40, 1e-5),
            (Url, Close, 0.10, 1e-3),
            (Url, Different, 0.50, 0.99),
            (Language, Same, 0.90, 0.3),
            (Language, Different, 0.10, 0.7),
            (Declared, Mutual, 0.30, 1e-7),
            (Declared, OneWay, 0.10, 1e-5),
        ];
        Self(table.into_iter().map(|(field, level, m, u)| ((field, level), Weight { m, u })).collect())
    }
}

impl Weights {
    /// Changes the weight of a level. To raise one `m`, lower the others of the field first.
    ///
    /// # Errors
    /// When the field has no such level, `m` or `u` is not between 0 and 1, or the field's `m` are more than 1 together.
    pub fn set(&mut self, field: Field, level: MatchLevel, weight: Weight) -> Result<(), WeightsError> {
        let fault = |what: String| Err(WeightsError(format!("`{}` {what}", name(&field))));
        if !self.0.contains_key(&(field, level)) {
            return fault(format!("has no level `{}`", name(&level)));
        }
        for (what, p) in [("m", weight.m), ("u", weight.u)] {
            if !(p > 0.0 && p < 1.0) {
                return fault(format!("`{}`: `{what}` is {p}, which is not between 0 and 1", name(&level)));
            }
        }
        let others: f64 =
            self.levels(field).filter(|(other, _)| *other != level).map(|(_, weight)| weight.m).sum();
        let sum = others + weight.m;
        if sum > 1.0 + 1e-9 {
            return fault(format!("has `m` of {sum} together, more than 1"));
        }
        self.0.insert((field, level), weight);
        Ok(())
    }

    /// The weight of a level; none when the field has no such level.
    pub fn get(&self, field: Field, level: MatchLevel) -> Option<Weight> {
        self.0.get(&(field, level)).copied()
    }

    /// The levels of a field, the strongest first.
    pub fn levels(&self, field: Field) -> impl Iterator<Item = (MatchLevel, Weight)> {
        self.0.iter().filter(move |((of, _), _)| *of == field).map(|((_, level), weight)| (*level, *weight))
    }
}

/// What a field or level is called, here as in JSON.
fn name(what: &impl std::fmt::Debug) -> String {
    let mut name = String::new();
    for c in format!("{what:?}").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&name(self))
    }
}

impl std::fmt::Display for MatchLevel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&name(self))
    }
}
