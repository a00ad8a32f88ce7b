//! What does an example say of its message? Facts written down by hand; what is not written is unknown.

mod write;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::condition::{
    Atom, AxisName, Comparison, Condition, Facts, Field, Kind, Quantity, Range, single, value_fault,
};
use super::{Vocabulary, moment};
use crate::calendar::Calendars;
use crate::diagnostic::{Diagnostic, Faults, Node, Table, Value, as_text};
use crate::model::Span;

/// Facts written down by hand, as in `given = { type = "complaint", influence = 91, seen = "public" }`.
///
/// Keys are the fields of conditions, `pii`, counters and confidences as conditions write them
/// (`'count(issue, "15m")' = 30`), and `at`, the time for `weekday` and `in_hours`. One type also stands for the set
/// `types`, one issue for `topics`, one brand for `brands`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    names: BTreeMap<Field, String>,
    sets: BTreeMap<Field, BTreeSet<String>>,
    numbers: BTreeMap<Quantity, f64>,
    personal_data: Option<bool>,
    at: Option<DateTime<Utc>>,
}

/// A reader of one table of facts.
struct Reader<'a, 'f> {
    given: Given,
    file: &'a str,
    vocabulary: &'a Vocabulary,
    faults: &'f mut Faults,
}

impl Given {
    pub(super) fn read(table: &Table<'_>, vocabulary: &Vocabulary, faults: &mut Faults) -> Self {
        let mut reader = Reader { given: Self::default(), file: table.file(), vocabulary, faults };
        for (key, span, node) in table.all() {
            match &node.value {
                // `author.followers` without quotes is a table in TOML.
                Value::Table(inner) => {
                    for (rest, span, node) in inner {
                        reader.fact(&format!("{key}.{rest}"), *span, node);
                    }
                }
                _ => reader.fact(key, *span, node),
            }
        }
        reader.given
    }

    /// The time it is given for.
    pub fn at(&self) -> Option<DateTime<Utc>> {
        self.at
    }

    /// The facts, with the calendars that say what its time means.
    pub(super) fn with<'a>(&'a self, calendars: &'a Calendars) -> GivenFacts<'a> {
        GivenFacts { given: self, calendars }
    }
}

impl Reader<'_, '_> {
    fn fault(&mut self, code: &'static str, span: Span, message: String, help: Option<String>) {
        let mut fault = Diagnostic::error(code, self.file, Some(span), message);
        fault.help = help;
        self.faults.push(fault);
    }

    fn fact(&mut self, key: &str, span: Span, node: &Node) {
        match (key, &node.value) {
            ("pii", Value::Bool(flag)) => self.given.personal_data = Some(*flag),
            ("at", Value::Date(text) | Value::Text(text, _)) if text.parse::<DateTime<Utc>>().is_ok() => {
                self.given.at = text.parse().ok();
            }
            ("pii", _) => self.fault("P002", node.span, "`pii` is true or false".to_owned(), None),
            ("at", _) => {
                let help = "write it as 2026-11-02T08:14:00Z".to_owned();
                self.fault("P002", node.span, "`at` is a time with a zone".to_owned(), Some(help));
            }
            _ => match Field::parse(key) {
                Some(field) => self.field(field, node),
                None => self.quantity(key, span, node),
            },
        }
    }

    fn field(&mut self, field: Field, node: &Node) {
        match (field.kind(), &node.value) {
            (Kind::One(values), Value::Text(..) | Value::Bool(_)) => {
                let name = match &node.value {
                    Value::Bool(flag) => flag.to_string(),
                    _ => as_text(node).map(|text| text.value).unwrap_or_default(),
                };
                match value_fault(field, values, &name, Some(self.vocabulary)) {
                    None => _ = self.given.names.insert(field, name),
                    Some((code, message, help)) => self.fault(code, node.span, message, help),
                }
            }
            (Kind::Set(values), Value::Array(items)) => {
                let mut set = BTreeSet::new();
                for item in items {
                    let name = as_text(item).map(|text| text.value).unwrap_or_default();
                    match value_fault(field, values, &name, Some(self.vocabulary)) {
                        None => _ = set.insert(name),
                        Some((code, message, help)) => self.fault(code, item.span, message, help),
                    }
                }
                self.given.sets.insert(field, set);
            }
            (Kind::Number(low, high), Value::Integer(_) | Value::Float(_)) => {
                self.number(Quantity::Field(field), (low, high), node);
            }
            (kind, _) => {
                let wanted = match kind {
                    Kind::One(_) => "a name",
                    Kind::Set(_) => "a list of names",
                    Kind::Number(..) => "a number",
                };
                self.fault("P002", node.span, format!("`{field}` is {wanted}"), None);
            }
        }
    }

    /// A key such as `count(issue, "15m")`, read as a condition reads it.
    fn quantity(&mut self, key: &str, span: Span, node: &Node) {
        match Condition::parse(&format!("{key} = 0")) {
            Ok(Condition::Atom(Atom::Compare(quantity, Comparison::Equal, _))) => {
                let high = if matches!(quantity, Quantity::Confidence(_)) { 1.0 } else { f64::MAX };
                self.number(quantity, (0.0, high), node);
            }
            result => {
                let known = Field::ALL.iter().map(|field| field.as_str()).chain(["pii", "at"]);
                let help = match result {
                    Err(error) if key.contains('(') => {
                        error.faults().first().map(|fault| fault.message.clone())
                    }
                    _ => crate::diagnostic::did_you_mean(key, known)
                        .map(|near| format!("did you mean `{near}`?")),
                };
                self.fault("P001", span, format!("there is no field `{key}`"), help);
            }
        }
    }

    fn number(&mut self, quantity: Quantity, (low, high): (f64, f64), node: &Node) {
        #[allow(clippy::cast_precision_loss, reason = "authored numbers are small")]
        let number = match node.value {
            Value::Integer(number) => number as f64,
            Value::Float(number) => number,
            _ => return self.fault("P002", node.span, format!("`{quantity}` is a number"), None),
        };
        if (low..=high).contains(&number) {
            let number = if quantity.is_single() { single(number) } else { number };
            self.given.numbers.insert(quantity, number);
        } else {
            let range = if high < f64::MAX {
                format!("it goes from {low} to {high}")
            } else {
                format!("it is never less than {low}")
            };
            self.fault("P002", node.span, format!("`{quantity}` is never {number}"), Some(range));
        }
    }
}

/// Facts of an example, judged by calendars.
pub(super) struct GivenFacts<'a> {
    given: &'a Given,
    calendars: &'a Calendars,
}

impl Facts for GivenFacts<'_> {
    fn name(&self, field: Field) -> Option<&str> {
        let given = self.given.names.get(&field).map(String::as_str);
        match (given, field) {
            (None, Field::Weekday) => Some(moment::weekday(self.calendars, self.given.at?)),
            _ => given,
        }
    }

    fn names(&self, field: Field, visit: &mut dyn FnMut(&str)) -> bool {
        if let Some(set) = self.given.sets.get(&field) {
            set.iter().for_each(|name| visit(name));
            return true;
        }
        let one = match field {
            Field::Types => Field::Type,
            Field::Topics => Field::Issue,
            Field::Brands => Field::Brand,
            _ => return false,
        };
        self.given.names.get(&one).map(|name| visit(name)).is_some()
    }

    fn number(&self, quantity: Quantity) -> Option<Range> {
        let number = self.given.numbers.get(&quantity).copied();
        match quantity {
            Quantity::Confidence(axis) => self.confidence(axis).map(|sure| Range::exactly(f64::from(sure))),
            _ => number.map(Range::exactly),
        }
    }

    fn personal_data(&self) -> Option<bool> {
        self.given.personal_data
    }

    fn in_hours(&self, calendar: &str) -> Option<bool> {
        Some(self.calendars.get(calendar)?.is_open(self.given.at?))
    }

    fn confidence(&self, axis: AxisName) -> Option<f32> {
        #[allow(clippy::cast_possible_truncation, reason = "it was made from single precision")]
        let sure = self.given.numbers.get(&Quantity::Confidence(axis)).map(|sure| *sure as f32);
        sure
    }

    fn spans(&self, _: &Atom) -> Vec<Span> {
        Vec::new()
    }
}
