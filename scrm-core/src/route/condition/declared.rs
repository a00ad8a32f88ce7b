//! Which fields does a protocol bring along? Those of the caller's own: `[[field]]`.
//!
//! Its value comes with the context of a decision, else from what a message has beyond the model.

use super::{Field, Kind, Values};
use crate::diagnostic::{Diagnostic, Faults, Table, did_you_mean};
use crate::model::Ext;

/// A field of the caller's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeclaredField {
    /// Its name, as conditions write it.
    pub name: String,
    /// What sort of value it has.
    pub kind: DeclaredKind,
    /// The names it can have; empty when any can come.
    pub values: Vec<String>,
}

/// What sort of value a declared field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeclaredKind {
    /// One name.
    Name,
    /// Any number of names.
    Names,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
}

impl DeclaredKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Name, Self::Names, Self::Number, Self::Flag];

    /// The name in protocols.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Names => "names",
            Self::Number => "number",
            Self::Flag => "flag",
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Name => Kind::One(Values::Any),
            Self::Names => Kind::Set(Values::Any),
            Self::Number => Kind::Number(f64::MIN, f64::MAX),
            Self::Flag => Kind::One(Values::Flags),
        }
    }
}

impl DeclaredField {
    /// Reads one `[[field]]`; what is wrong goes to `faults`.
    pub(in crate::route) fn read(table: &Table<'_>, faults: &mut Faults) -> Option<Self> {
        let name = table.text("name", faults);
        let kind = table.text("kind", faults);
        let values = table.texts("values", faults);
        table.finish(faults);
        let (name, kind) = (name?, kind?);
        let wordy = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | '-');
        if !name.value.starts_with(|c: char| c.is_ascii_lowercase()) || !name.value.chars().all(wordy) {
            let message = format!("`{}` cannot be the name of a field", name.value);
            let help = "a name is lower-case letters, digits, `_`, `.` and `-`, a letter first";
            faults.push(Diagnostic::error("P019", table.file(), Some(name.span), message).help(help));
            return None;
        }
        if Field::parse(&name.value).is_some() || RESERVED.contains(&name.value.as_str()) {
            let message = format!("`{}` is a word of every protocol", name.value);
            let help = "give your field another name, such as `own.…`";
            faults.push(Diagnostic::error("P010", table.file(), Some(name.span), message).help(help));
            return None;
        }
        let Some(found) = DeclaredKind::ALL.into_iter().find(|known| known.as_str() == kind.value) else {
            let known = DeclaredKind::ALL.map(DeclaredKind::as_str);
            let help = match did_you_mean(&kind.value, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("a kind is one of: {}", known.join(", ")),
            };
            let message = format!("`{}` is not a kind of field", kind.value);
            faults.push(Diagnostic::error("P015", table.file(), Some(kind.span), message).help(help));
            return None;
        };
        if let Some(first) =
            values.first().filter(|_| !matches!(found, DeclaredKind::Name | DeclaredKind::Names))
        {
            let message = format!("a {} has no list of values", found.as_str());
            let help = "leave `values` out, or make it a `name` or `names`";
            faults.push(Diagnostic::error("P015", table.file(), Some(first.span), message).help(help));
        }
        let mut values: Vec<String> = values.into_iter().map(|text| text.value).collect();
        values.sort_unstable();
        values.dedup();
        Some(Self { name: name.value, kind: found, values })
    }

    /// The name that a record has for it.
    pub(in crate::route) fn name_in<'a>(&self, records: [&'a Ext; 2]) -> Option<&'a str> {
        match self.value_in(records)? {
            serde_json::Value::String(name) => Some(name),
            serde_json::Value::Bool(true) => Some("true"),
            serde_json::Value::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// Calls `visit` with each name that a record has for it; `false` when there are none to be had.
    pub(in crate::route) fn names_in(&self, records: [&Ext; 2], visit: &mut dyn FnMut(&str)) -> bool {
        let Some(serde_json::Value::Array(names)) = self.value_in(records) else { return false };
        names.iter().filter_map(serde_json::Value::as_str).for_each(visit);
        true
    }

    /// The number that a record has for it.
    pub(in crate::route) fn number_in(&self, records: [&Ext; 2]) -> Option<f64> {
        self.value_in(records)?.as_f64()
    }

    fn value_in<'a>(&self, records: [&'a Ext; 2]) -> Option<&'a serde_json::Value> {
        records.into_iter().find_map(|record| record.get(&self.name))
    }
}

/// Words that begin a question, and keys of facts that are no fields.
const RESERVED: [&str; 18] = [
    "and",
    "or",
    "not",
    "is",
    "in",
    "has",
    "under",
    "between",
    "known",
    "changed",
    "in_hours",
    "local_time",
    "consent",
    "link",
    "confidence",
    "count",
    "pii",
    "at",
];
