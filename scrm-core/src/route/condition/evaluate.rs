//! Does a condition hold? Kleene's three values: what cannot be answered is unknown, and never false.

use std::fmt::Write as _;

use super::wording::Wording;
use super::{Atom, AxisName, Comparison, Condition, Field, Kind, Quantity};
use crate::model::{Granted, Limits, Span, is_under};
use crate::query::Document;

/// The answer to a condition. The order is Kleene's: `and` is the least, `or` is the greatest.
///
/// ```
/// use scrm_core::route::condition::Truth;
/// assert_eq!(Truth::Unknown.and(Truth::False), Truth::False);
/// assert_eq!(Truth::Unknown.and(Truth::True), Truth::Unknown);
/// assert_eq!(Truth::Unknown.or(Truth::True), Truth::True);
/// assert_eq!(!Truth::Unknown, Truth::Unknown);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not hold.
    False,
    /// It cannot be answered.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    /// Whether both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Whether one of them holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The answer, or unknown when there is none.
    pub fn of(answer: Option<bool>) -> Self {
        answer.map_or(Self::Unknown, Self::from)
    }
}

impl std::ops::Not for Truth {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::Unknown => Self::Unknown,
            Self::False => Self::True,
        }
    }
}

impl From<bool> for Truth {
    fn from(answer: bool) -> Self {
        if answer { Self::True } else { Self::False }
    }
}

/// What a number is known to be: between the two, both included; mostly they are one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// It is not less.
    pub low: f64,
    /// It is not more.
    pub high: f64,
}

impl Range {
    /// A number that is known.
    pub fn exactly(number: f64) -> Self {
        Self { low: number, high: number }
    }

    pub(super) fn compare(self, comparison: Comparison, number: f64) -> Truth {
        let Self { low, high } = self;
        match comparison {
            Comparison::Equal if low == high => Truth::from(low == number),
            Comparison::Equal if number < low || high < number => Truth::False,
            Comparison::Equal => Truth::Unknown,
            Comparison::NotEqual => !self.compare(Comparison::Equal, number),
            Comparison::Less if low >= number => Truth::False,
            Comparison::Less if high < number => Truth::True,
            Comparison::AtMost if low > number => Truth::False,
            Comparison::AtMost if high <= number => Truth::True,
            Comparison::More => !self.compare(Comparison::AtMost, number),
            Comparison::AtLeast => !self.compare(Comparison::Less, number),
            Comparison::Less | Comparison::AtMost => Truth::Unknown,
        }
    }
}

/// What a condition is asked of: a message with all that is known of it, or an example.
///
/// `None` (or `false` from [`names`](Self::names)) is unknown.
pub trait Facts {
    /// The name that a field has.
    fn name(&self, field: &Field) -> Option<&str>;

    /// Calls `visit` with each name of a set; `false` when the set is unknown.
    fn names(&self, field: &Field, visit: &mut dyn FnMut(&str)) -> bool;

    /// The number that a quantity has.
    fn number(&self, quantity: &Quantity) -> Option<Range>;

    /// Whether the text holds personal data.
    fn personal_data(&self) -> Option<bool>;

    /// Whether a calendar is open.
    fn in_hours(&self, calendar: &str) -> Option<bool>;

    /// The time of day in the zone of the default calendar, in minutes from midnight.
    fn local_minutes(&self) -> Option<u16>;

    /// Whether the event that asks changed the field, and from the one to the other value where these are given.
    fn changed(&self, field: &Field, values: Option<(&str, &str)>) -> Option<bool>;

    /// Calls `ask` with the text; `false` when the text is unknown.
    fn with_text(&self, ask: &mut dyn FnMut(&Document<'_>)) -> bool;

    /// How sure the value on an axis is.
    fn confidence(&self, axis: AxisName) -> Option<f32>;

    /// The places in the text that speak for the answer to an atom.
    fn spans(&self, atom: &Atom) -> Vec<Span>;

    /// How often an incentive was given before.
    fn granted(&self, incentive: &str) -> Granted {
        let _ = incentive;
        Granted::default()
    }
}

impl Condition {
    /// Whether it holds.
    pub fn evaluate(&self, facts: &impl Facts) -> Truth {
        match self {
            Self::And(parts) => parts.iter().map(|part| part.evaluate(facts)).fold(Truth::True, Truth::and),
            Self::Or(parts) => parts.iter().map(|part| part.evaluate(facts)).fold(Truth::False, Truth::or),
            Self::Not(inner) => !inner.evaluate(facts),
            Self::Atom(atom) => atom.evaluate(facts),
        }
    }
}

impl Atom {
    /// Whether it holds.
    pub fn evaluate(&self, facts: &impl Facts) -> Truth {
        let one = |field: &Field, test: &dyn Fn(&str) -> bool| Truth::of(facts.name(field).map(test));
        match self {
            Self::HasAny(Field::Text, _)
            | Self::HasAll(Field::Text, _)
            | Self::ContainsText(_)
            | Self::Matches(_) => said(facts, self),
            Self::Is(field, value) => one(field, &|name| name == &**value),
            Self::IsNot(field, value) => one(field, &|name| name != &**value),
            Self::In(field, values) => one(field, &|name| values.iter().any(|value| **value == *name)),
            Self::Under(field, topic) => match field.kind() {
                Kind::Set(_) => any_name(facts, field, &|name| is_under(name, topic)),
                _ => one(field, &|name| is_under(name, topic)),
            },
            Self::HasAny(field, values) => {
                any_name(facts, field, &|name| values.iter().any(|value| **value == *name))
            }
            Self::HasAll(field, values) => values
                .iter()
                .map(|value| any_name(facts, field, &|name| name == &**value))
                .fold(Truth::True, Truth::and),
            Self::Compare(quantity, ..) | Self::Between(quantity, ..) => {
                facts.number(quantity).map_or(Truth::Unknown, |range| self.of_number(range))
            }
            Self::Changed(field, values) => {
                let values = values.as_ref().map(|(from, to)| (&**from, &**to));
                Truth::of(facts.changed(field, values))
            }
            Self::LocalTime(from, to) => {
                Truth::of(facts.local_minutes().map(|now| is_within(now, from.minutes(), to.minutes())))
            }
            Self::PersonalData => Truth::of(facts.personal_data()),
            Self::Known(field) => Truth::from(is_known(facts, field)),
            Self::InHours(calendar) => Truth::of(facts.in_hours(calendar)),
        }
    }

    /// Whether it holds of a number; unknown when it asks for something else than a number.
    pub(in crate::route) fn of_number(&self, range: Range) -> Truth {
        let compare = |quantity: &Quantity, comparison, number| {
            range.compare(comparison, if quantity.is_single() { single(number) } else { number })
        };
        match self {
            Self::Compare(quantity, comparison, number) => compare(quantity, *comparison, *number),
            Self::Between(quantity, low, high) => {
                compare(quantity, Comparison::AtLeast, *low).and(compare(quantity, Comparison::AtMost, *high))
            }
            _ => Truth::Unknown,
        }
    }

    /// The axis whose confidence the answer has.
    pub fn axis(&self) -> Option<AxisName> {
        match self {
            Self::Is(field, _)
            | Self::IsNot(field, _)
            | Self::In(field, _)
            | Self::Under(field, _)
            | Self::HasAny(field, _)
            | Self::HasAll(field, _)
            | Self::Compare(Quantity::Field(field), ..)
            | Self::Between(Quantity::Field(field), ..) => field.axis(),
            _ => None,
        }
    }
}

/// Whether the text says what an atom looks for, looked for by itself.
fn said(facts: &impl Facts, atom: &Atom) -> Truth {
    let Some(wording) = Wording::of(atom, &Limits::DEFAULT) else { return Truth::Unknown };
    let mut found = false;
    let known = facts.with_text(&mut |document| found = wording.holds(document));
    Truth::of(known.then_some(found))
}

/// Whether a time of day lies in a stretch, which may run over midnight.
fn is_within(now: u16, from: u16, to: u16) -> bool {
    if from <= to { from <= now && now < to } else { from <= now || now < to }
}

fn any_name(facts: &impl Facts, field: &Field, test: &dyn Fn(&str) -> bool) -> Truth {
    let mut found = false;
    let known = facts.names(field, &mut |name| found |= test(name));
    Truth::of(known.then_some(found))
}

fn is_known(facts: &impl Facts, field: &Field) -> bool {
    match field.kind() {
        Kind::One(_) => facts.name(field).is_some(),
        Kind::Set(_) => facts.names(field, &mut |_| {}),
        Kind::Number(..) => facts.number(&Quantity::Field(field.clone())).is_some(),
        Kind::Text => facts.with_text(&mut |_| {}),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "that is what it is for")]
pub(in crate::route) fn single(number: f64) -> f64 {
    f64::from(number as f32)
}

/// Writes the value that an atom looked at.
pub(in crate::route) fn write_observed(atom: &Atom, facts: &impl Facts, out: &mut String) {
    let one = |field: &Field, out: &mut String| out.push_str(facts.name(field).unwrap_or("unknown"));
    match atom {
        Atom::HasAny(Field::Text, _) | Atom::HasAll(Field::Text, _) => write_truth(said(facts, atom), out),
        Atom::Is(field, _) | Atom::IsNot(field, _) | Atom::In(field, _) => one(field, out),
        Atom::Under(field, _) if matches!(field.kind(), Kind::One(_)) => one(field, out),
        Atom::Under(field, _) | Atom::HasAny(field, _) | Atom::HasAll(field, _) => {
            write_names(field, facts, out);
        }
        Atom::Compare(quantity, ..) | Atom::Between(quantity, ..) => write_number(quantity, facts, out),
        Atom::Known(field) => match field.kind() {
            Kind::One(_) => one(field, out),
            Kind::Set(_) => write_names(field, facts, out),
            Kind::Number(..) => write_number(&Quantity::Field(field.clone()), facts, out),
            Kind::Text => write_answer(facts.with_text(&mut |_| {}).then_some(true), out),
        },
        Atom::Changed(field, values) => {
            let values = values.as_ref().map(|(from, to)| (&**from, &**to));
            write_answer(facts.changed(field, values), out);
        }
        Atom::LocalTime(..) => match facts.local_minutes() {
            // Writing to a String cannot fail.
            Some(now) => _ = write!(out, "{:02}:{:02}", now / 60, now % 60),
            None => out.push_str("unknown"),
        },
        Atom::ContainsText(_) | Atom::Matches(_) => write_truth(said(facts, atom), out),
        Atom::PersonalData => write_answer(facts.personal_data(), out),
        Atom::InHours(calendar) => write_answer(facts.in_hours(calendar), out),
    }
}

fn write_truth(truth: Truth, out: &mut String) {
    write_answer(if truth == Truth::Unknown { None } else { Some(truth == Truth::True) }, out);
}

fn write_answer(answer: Option<bool>, out: &mut String) {
    out.push_str(answer.map_or("unknown", |answer| if answer { "yes" } else { "no" }));
}

fn write_names(field: &Field, facts: &impl Facts, out: &mut String) {
    let start = out.len();
    let known = facts.names(field, &mut |name| {
        if out.len() > start {
            out.push_str(", ");
        }
        out.push_str(name);
    });
    match (known, out.len() > start) {
        (false, _) => out.push_str("unknown"),
        (true, false) => out.push_str("none"),
        (true, true) => {}
    }
}

fn write_number(quantity: &Quantity, facts: &impl Facts, out: &mut String) {
    let Some(Range { low, high }) = facts.number(quantity) else {
        out.push_str("unknown");
        return;
    };
    write_value(quantity, low, out);
    if low < high {
        out.push_str(" or ");
        write_value(quantity, high, out);
    }
}

#[allow(clippy::cast_possible_truncation, reason = "it came from single precision")]
fn write_value(quantity: &Quantity, number: f64, out: &mut String) {
    // Writing to a String cannot fail.
    _ = if quantity.is_single() { write!(out, "{}", number as f32) } else { write!(out, "{number}") };
}
