//! When does a rule hold? The condition: its syntax tree, its canonical form, and its three-valued truth.
//!
//! Read [`Condition`] first; [`Atom`] is what stands between `and`, `or` and `not`. [`evaluate`](Condition::evaluate)
//! asks [`Facts`], which is a trait so that a message and an example of a protocol are judged by the same code.

mod atom;
mod check;
mod declared;
mod evaluate;
mod field;
mod lexer;
mod parser;
mod print;
mod quantity;
mod tree;
mod wording;

use std::sync::Arc;

use crate::model::{Limits, Span};
use crate::route::{Period, PeriodError, Vocabulary};

pub(super) use check::{nearest, value_fault};
pub use declared::{DeclaredField, DeclaredKind};
pub use evaluate::{Facts, Range, Truth};
pub(super) use evaluate::{single, write_observed};
pub(super) use field::DAYS;
pub use field::{AxisName, Field, Kind, Values};
pub(super) use print::quoted;
pub(super) use tree::text_of;
pub(super) use wording::{MOST_SPANS, Wording};

/// When a rule holds.
///
/// ```
/// use scrm_core::route::Condition;
/// let condition = Condition::parse(r#"(type is "complaint") and issue under service"#).unwrap();
/// // It prints in one canonical form, which reads back as the same tree.
/// assert_eq!(condition.to_string(), r#"type is complaint and issue under "service""#);
/// assert_eq!(Condition::parse(&condition.to_string()).unwrap(), condition);
///
/// let error = Condition::parse("influense >= 80 or type is angry").unwrap_err();
/// assert_eq!(error.faults()[0].help.as_deref(), Some("did you mean `influence`?"));
/// assert_eq!(error.faults()[1].message, "`angry` is not a value of `type`");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All hold.
    And(Vec<Condition>),
    /// At least one holds.
    Or(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// One question to the facts.
    Atom(Atom),
}

/// One question to the facts. Values in a row are sorted, each once.
#[derive(Debug, Clone, PartialEq)]
pub enum Atom {
    /// `field is value`
    Is(Field, Arc<str>),
    /// `field is not value`
    IsNot(Field, Arc<str>),
    /// `field in [values]`
    In(Field, Vec<Arc<str>>),
    /// `field under topic`: the topic or one below it; of `topics`, any of them.
    Under(Field, Arc<str>),
    /// `field has any [values]`; of one value, `field has value`. Of `text` the values are words, phrases, and phrases
    /// whose words end in `*`.
    HasAny(Field, Vec<Arc<str>>),
    /// `field has all [values]`
    HasAll(Field, Vec<Arc<str>>),
    /// `quantity >= number`
    Compare(Quantity, Comparison, f64),
    /// `quantity between low and high`, both included
    Between(Quantity, f64, f64),
    /// `text has pii`
    PersonalData,
    /// `text contains_text "part"`: these characters in a row, also within a word; case and width do not count.
    ContainsText(Arc<str>),
    /// `text matches /regex/`: without regard to case, cutting no word.
    Matches(Arc<str>),
    /// `changed(field)`, `changed(field, from, to)`: what the event changed that asks for the decision.
    Changed(Field, Option<(Arc<str>, Arc<str>)>),
    /// `local_time between "09:00" and "17:30"`, in the zone of the default calendar: the first included, the second
    /// not; over midnight when the second is the smaller.
    LocalTime(ClockTime, ClockTime),
    /// `known(field)`
    Known(Field),
    /// `in_hours(calendar)`
    InHours(Arc<str>),
}

/// A number that the facts have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// A field of numbers.
    Field(Field),
    /// `confidence(axis)`: 0 to 1; 0 when nothing was found.
    Confidence(AxisName),
    /// `count(counter, window)`: messages in the time before, this one included.
    Count(Counter, Period),
    /// `rate_vs_baseline(counter, window)`: messages in the window against the mean of the 24 windows before it, which
    /// is taken to be at least one message in all of them.
    Rate(Counter, Period),
}

/// A time of day on a clock on the wall, in minutes from midnight: 0 to 1440.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// INVARIANT: at most 24 * 60.
pub struct ClockTime(u16);

impl ClockTime {
    /// Minutes from midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl std::str::FromStr for ClockTime {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let parse = || -> Option<Self> {
            let (hours, minutes) = text.split_once(':')?;
            let number = |part: &str| {
                let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
                digits.then(|| part.parse::<u16>().ok()).flatten()
            };
            let (hours, minutes) = (number(hours)?, number(minutes)?);
            (minutes < 60 && hours * 60 + minutes <= 24 * 60).then_some(Self(hours * 60 + minutes))
        };
        parse().ok_or_else(|| PeriodError::of(text))
    }
}

impl std::fmt::Display for ClockTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// Messages on the same issue.
    Issue,
    /// Messages of the same author.
    Messages,
    /// Complaints of the same author.
    Complaints,
}

impl Quantity {
    /// Whether it is kept in single precision, so that it is compared in it: `-0.7` is `-0.7` on both sides.
    pub(super) fn is_single(&self) -> bool {
        matches!(self, Self::Confidence(_) | Self::Field(Field::Sentiment | Field::Influence))
    }
}

impl Counter {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Issue, Self::Messages, Self::Complaints];

    /// The name in protocols.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Messages => "customer.messages",
            Self::Complaints => "customer.complaints",
        }
    }
}

/// How two numbers stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Equal, Self::NotEqual, Self::Less, Self::AtMost, Self::More, Self::AtLeast];

    /// The sign in protocols.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// One fault of a condition, with its place in the condition's own text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConditionFault {
    /// P001 to P007, see [`Protocol`](crate::route::Protocol).
    pub code: &'static str,
    /// Where (bytes of the condition).
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
}

/// Every fault of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionError(Vec<ConditionFault>);

impl ConditionError {
    /// The faults, in the order of their places.
    pub fn faults(&self) -> &[ConditionFault] {
        &self.0
    }
}

impl std::fmt::Display for ConditionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let messages: Vec<&str> = self.0.iter().map(|fault| fault.message.as_str()).collect();
        f.write_str(&messages.join("; "))
    }
}

impl std::error::Error for ConditionError {}

impl Condition {
    /// Reads a condition in which every topic, brand, monitor and calendar is taken to exist.
    ///
    /// # Errors
    /// With every fault of the text.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        parser::parse(text, None, &Limits::DEFAULT).map_err(ConditionError)
    }

    /// Reads a condition whose names must be in the vocabulary.
    ///
    /// # Errors
    /// With every fault of the text.
    pub fn parse_with(text: &str, vocabulary: &Vocabulary, limits: &Limits) -> Result<Self, ConditionError> {
        parser::parse(text, Some(vocabulary), limits).map_err(ConditionError)
    }

    /// Calls `visit` with every atom, from left to right.
    pub fn atoms<'a>(&'a self, visit: &mut dyn FnMut(&'a Atom)) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.atoms(visit)),
            Self::Not(inner) => inner.atoms(visit),
            Self::Atom(atom) => visit(atom),
        }
    }
}

#[cfg(test)]
mod tests;
