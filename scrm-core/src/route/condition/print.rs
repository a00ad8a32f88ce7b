//! How is a condition written? One canonical form: no needless parentheses, names quoted, terms of the field bare.

use std::fmt;
use std::sync::Arc;

use super::{Atom, Condition, Field, Kind, Quantity};

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => list(f, parts, " and "),
            Self::Or(parts) => list(f, parts, " or "),
            Self::Not(inner) => {
                f.write_str("not ")?;
                operand(f, inner)
            }
            Self::Atom(atom) => write!(f, "{atom}"),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, parts: &[Condition], between: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        // `and` binds closer than `or`, so only an `and` inside an `or` needs no parentheses.
        match part {
            Condition::And(_) if between == " or " => write!(f, "{part}")?,
            _ => operand(f, part)?,
        }
    }
    Ok(())
}

fn operand(f: &mut fmt::Formatter<'_>, part: &Condition) -> fmt::Result {
    match part {
        Condition::And(_) | Condition::Or(_) => write!(f, "({part})"),
        Condition::Not(_) | Condition::Atom(_) => write!(f, "{part}"),
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // A consent is a question by itself.
            Self::Is(field @ Field::Consent(_), value) if &**value == "true" => write!(f, "{field}"),
            Self::Is(field, value) => write!(f, "{field} is {}", value_of(field, value)),
            Self::IsNot(field, value) => write!(f, "{field} is not {}", value_of(field, value)),
            Self::In(field, values) => write!(f, "{field} in {}", row(values)),
            Self::Under(field, topic) => write!(f, "{field} under {}", quoted(topic)),
            Self::HasAny(field, values) => match values.as_slice() {
                [value] => write!(f, "{field} has {}", quoted(value)),
                _ => write!(f, "{field} has any {}", row(values)),
            },
            Self::HasAll(field, values) => write!(f, "{field} has all {}", row(values)),
            Self::Compare(quantity, comparison, number) => {
                write!(f, "{quantity} {} {number}", comparison.as_str())
            }
            Self::Between(quantity, low, high) => write!(f, "{quantity} between {low} and {high}"),
            Self::ContainsText(text) => write!(f, "text contains_text {}", quoted(text)),
            Self::Matches(source) => write!(f, "text matches {}", slashed(source)),
            Self::Changed(field, None) => write!(f, "changed({field})"),
            Self::Changed(field, Some((from, to))) => {
                write!(f, "changed({field}, {}, {})", quoted(from), quoted(to))
            }
            Self::LocalTime(from, to) => write!(f, "local_time between \"{from}\" and \"{to}\""),
            Self::PersonalData => f.write_str("text has pii"),
            Self::Known(field) => write!(f, "known({field})"),
            Self::InHours(calendar) => write!(f, "in_hours({})", quoted(calendar)),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Consent(purpose) => write!(f, "consent({})", quoted(purpose)),
            Self::Link(system) => write!(f, "link(customer, {})", quoted(system)),
            _ => f.write_str(self.as_str()),
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => write!(f, "{field}"),
            Self::Confidence(axis) => write!(f, "confidence({})", axis.as_str()),
            Self::Count(counter, window) => write!(f, "count({}, \"{window}\")", counter.as_str()),
            Self::Rate(counter, window) => write!(f, "rate_vs_baseline({}, \"{window}\")", counter.as_str()),
        }
    }
}

/// Terms that are the same in every playbook stand bare, names in quotes.
fn value_of(field: &Field, value: &str) -> String {
    match field.kind() {
        Kind::One(values) | Kind::Set(values) if values.closed().is_some() => value.to_owned(),
        _ => quoted(value),
    }
}

fn row(values: &[Arc<str>]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", values.join(", "))
}

/// A regular expression between slashes, those within it escaped.
pub(super) fn slashed(source: &str) -> String {
    let mut out = String::from("/");
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(std::iter::once(c).chain(chars.next())),
            '/' => out.push_str("\\/"),
            c => out.push(c),
        }
    }
    out.push('/');
    out
}

/// A text in quotes, as a condition and as TOML reads it.
pub(crate) fn quoted(text: &str) -> String {
    use fmt::Write as _;
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // Writing to a String cannot fail.
            c if c.is_control() => _ = write!(out, "\\u{:04X}", c as u32),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
