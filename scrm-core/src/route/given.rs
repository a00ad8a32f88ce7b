//! What does an example say of its message? Facts written down by hand; what is not written is unknown.

mod write;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::condition::{
    Atom, AxisName, ClockTime, Comparison, Condition, Facts, Field, Kind, Quantity, Range, single,
    value_fault,
};
use super::{Vocabulary, moment};
use crate::calendar::Calendars;
use crate::diagnostic::{Diagnostic, Document, Faults, Node, Report, Sources, Table, Value, as_text};
use crate::model::{Change, Granted, Limits, Span};
use crate::query;
use crate::text;

/// Facts written down by hand, as in `given = { type = "complaint", influence = 91, seen = "public" }`.
///
/// Keys are the fields of conditions; `text`, what was written; `pii`, whether that holds personal data; what conditions
/// write with parentheses, as they write it (`'count(issue, "15m")' = 30`, `'consent("marketing")' = true`,
/// `'in_hours("hq")' = false`); `changed`, a list of fields, or of tables with `field`, `from` and `to`; `local_time`;
/// `granted`, how often incentives were given (`{ thank-you = { in_period = 3, to_customer = 0 } }`); and `at`, the time for `weekday`, `local_time` and `in_hours` where these are not given. One type also stands for the set
/// `types`, one issue for `topics`, one brand for `brands`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    names: BTreeMap<Field, String>,
    sets: BTreeMap<Field, BTreeSet<String>>,
    numbers: BTreeMap<Quantity, f64>,
    personal_data: Option<bool>,
    text: Option<String>,
    open: BTreeMap<String, bool>,
    time: Option<ClockTime>,
    changes: Option<Vec<Change>>,
    granted: BTreeMap<String, Granted>,
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
                Value::Table(inner) if key == "granted" => reader.granted(inner),
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

    /// Facts from JSON: an object with the keys named above, names checked against the vocabulary.
    ///
    /// # Errors
    /// With every fault of the text.
    ///
    /// ```
    /// use scrm_core::route::{Given, Vocabulary};
    /// let given = Given::from_json(r#"{"type": "complaint", "influence": 91}"#, &Vocabulary::default()).unwrap();
    /// assert_eq!(serde_json::to_string(&given).unwrap(), r#"{"type":"complaint","influence":91}"#);
    /// let report = Given::from_json(r#"{"influense": 91}"#, &Vocabulary::default()).unwrap_err();
    /// assert!(report.to_string().contains("did you mean `influence`?"));
    /// ```
    pub fn from_json(json: &str, vocabulary: &Vocabulary) -> Result<Self, Report> {
        let mut faults = Faults::new();
        let document = Document::parse_json("facts", json, &mut faults);
        let given = Self::read(&document.root("the facts"), vocabulary, &mut faults);
        if faults.is_empty() {
            return Ok(given);
        }
        let mut sources = Sources::new();
        sources.insert("facts", json);
        Err(Report::new(faults.into_sorted(), sources))
    }

    /// The time it is given for.
    pub fn at(&self) -> Option<DateTime<Utc>> {
        self.at
    }

    /// The facts, with the calendars that say what its time means.
    pub(super) fn with<'a>(&'a self, calendars: &'a Calendars) -> GivenFacts<'a> {
        GivenFacts { given: self, calendars, at: self.at }
    }

    /// The same at a time, where they have none themselves.
    pub(super) fn at_time<'a>(&'a self, calendars: &'a Calendars, at: DateTime<Utc>) -> GivenFacts<'a> {
        GivenFacts { given: self, calendars, at: Some(self.at.unwrap_or(at)) }
    }
}

impl Reader<'_, '_> {
    fn fault(&mut self, code: &'static str, span: Span, message: String, help: Option<String>) {
        let mut fault = Diagnostic::error(code, self.file, Some(span), message);
        fault.help = help;
        self.faults.push(fault);
    }

    /// How often each incentive was given.
    fn granted(&mut self, incentives: &[(String, Span, Node)]) {
        for (incentive, span, node) in incentives {
            let mut granted = Granted::default();
            let Value::Table(counts) = &node.value else {
                let help = Some("write it as { in_period = 3, to_customer = 0 }".to_owned());
                self.fault("P002", *span, format!("`{incentive}` says not how often it was given"), help);
                continue;
            };
            for (key, span, node) in counts {
                let count = match node.value {
                    Value::Integer(count) => u64::try_from(count).ok(),
                    _ => None,
                };
                match (key.as_str(), count) {
                    ("in_period", Some(_)) => granted.in_period = count,
                    ("to_customer", Some(_)) => granted.to_customer = count,
                    ("in_period" | "to_customer", None) => {
                        self.fault("P002", node.span, format!("`{key}` is a whole number from 0 on"), None);
                    }
                    _ => {
                        let help = Some("it has: in_period, to_customer".to_owned());
                        self.fault("P001", *span, format!("`granted` has no `{key}`"), help);
                    }
                }
            }
            self.given.granted.insert(incentive.clone(), granted);
        }
    }

    fn fact(&mut self, key: &str, span: Span, node: &Node) {
        match (key, &node.value) {
            ("pii", Value::Bool(flag)) => self.given.personal_data = Some(*flag),
            ("at", Value::Date(text) | Value::Text(text, _)) if text.parse::<DateTime<Utc>>().is_ok() => {
                self.given.at = text.parse().ok();
            }
            ("text", Value::Text(text, _)) => self.given.text = Some(text.clone()),
            ("local_time", Value::Text(text, _)) if text.parse::<ClockTime>().is_ok() => {
                self.given.time = text.parse().ok();
            }
            ("changed", Value::Array(items)) => {
                let changes = items.iter().filter_map(|item| self.change(item)).collect();
                self.given.changes = Some(changes);
            }
            ("local_time", _) => {
                let help = "write it as \"17:30\"".to_owned();
                self.fault("P002", node.span, "`local_time` is a time of day".to_owned(), Some(help));
            }
            ("changed", _) => {
                let help = "write the fields in a list".to_owned();
                self.fault("P002", node.span, "`changed` is a list of fields".to_owned(), Some(help));
            }
            ("pii", _) => self.fault("P002", node.span, "`pii` is true or false".to_owned(), None),
            ("at", _) => {
                let help = "write it as 2026-11-02T08:14:00Z".to_owned();
                self.fault("P002", node.span, "`at` is a time with a zone".to_owned(), Some(help));
            }
            _ => match Field::parse(key)
                .or_else(|| self.vocabulary.fields.get(key).cloned().map(Field::Declared))
            {
                Some(field) => self.field(field, node),
                None => self.question(key, span, node),
            },
        }
    }

    /// A field that changed: its name, or a table with what it was and what it is.
    fn change(&mut self, node: &Node) -> Option<Change> {
        let change = match &node.value {
            Value::Text(field, _) => Change { field: field.clone(), from: None, to: None },
            Value::Table(entries) => {
                let text = |key: &str| {
                    let node = entries.iter().find(|(name, _, _)| name == key).map(|(_, _, node)| node);
                    node.and_then(as_text).map(|text| text.value)
                };
                Change { field: text("field").unwrap_or_default(), from: text("from"), to: text("to") }
            }
            _ => Change { field: String::new(), from: None, to: None },
        };
        if change.field.is_empty() {
            let help = Some("write it as { field = \"…\", from = \"…\", to = \"…\" }".to_owned());
            self.fault("P002", node.span, "it does not say which field changed".to_owned(), help);
            return None;
        }
        Some(change)
    }

    fn field(&mut self, field: Field, node: &Node) {
        match (field.kind(), &node.value) {
            (Kind::One(values), Value::Text(..) | Value::Bool(_)) => {
                let name = match &node.value {
                    Value::Bool(flag) => flag.to_string(),
                    _ => as_text(node).map(|text| text.value).unwrap_or_default(),
                };
                match value_fault(&field, values, &name, Some(self.vocabulary)) {
                    None => _ = self.given.names.insert(field, name),
                    Some((code, message, help)) => self.fault(code, node.span, message, help),
                }
            }
            (Kind::Set(values), Value::Array(items)) => {
                let mut set = BTreeSet::new();
                for item in items {
                    let name = as_text(item).map(|text| text.value).unwrap_or_default();
                    match value_fault(&field, values, &name, Some(self.vocabulary)) {
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
                    Kind::Text => "a text",
                };
                self.fault("P002", node.span, format!("`{field}` is {wanted}"), None);
            }
        }
    }

    /// A key such as `count(issue, "15m")`, read as a condition reads it.
    fn question(&mut self, key: &str, span: Span, node: &Node) {
        let read = |text: &str| Condition::parse_with(text, self.vocabulary, &Limits::DEFAULT);
        if let Ok(Condition::Atom(atom)) = read(key) {
            match (atom, &node.value) {
                (Atom::InHours(calendar), Value::Bool(flag)) => {
                    self.given.open.insert(calendar.to_string(), *flag);
                }
                (Atom::Is(field, _), _) => self.field(field, node),
                _ => self.fault("P002", node.span, format!("`{key}` is true or false"), None),
            }
            return;
        }
        // Every link can be asked whether it is none.
        if let Ok(Condition::Atom(Atom::Is(field, _))) = read(&format!("{key} is none")) {
            return self.field(field, node);
        }
        match read(&format!("{key} = 0")) {
            Ok(Condition::Atom(Atom::Compare(quantity, Comparison::Equal, _))) => {
                let high = if matches!(quantity, Quantity::Confidence(_)) { 1.0 } else { f64::MAX };
                self.number(quantity, (0.0, high), node);
            }
            result => {
                let own = self.vocabulary.fields.keys().map(String::as_str);
                let known = Field::ALL.iter().map(Field::as_str).chain(own).chain([
                    "pii",
                    "at",
                    "changed",
                    "local_time",
                ]);
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
            let range = if low > f64::MIN && high < f64::MAX {
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
    at: Option<DateTime<Utc>>,
}

impl Facts for GivenFacts<'_> {
    fn granted(&self, incentive: &str) -> Granted {
        self.given.granted.get(incentive).copied().unwrap_or_default()
    }

    fn name(&self, field: &Field) -> Option<&str> {
        let given = self.given.names.get(field).map(String::as_str);
        match (given, field) {
            (None, Field::Weekday) => Some(moment::weekday(self.calendars, self.at?)),
            _ => given,
        }
    }

    fn names(&self, field: &Field, visit: &mut dyn FnMut(&str)) -> bool {
        if let Some(set) = self.given.sets.get(field) {
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

    fn number(&self, quantity: &Quantity) -> Option<Range> {
        let number = self.given.numbers.get(quantity).copied();
        match quantity {
            Quantity::Confidence(axis) => self.confidence(*axis).map(|sure| Range::exactly(f64::from(sure))),
            _ => number.map(Range::exactly),
        }
    }

    fn personal_data(&self) -> Option<bool> {
        let found = |text: &String| !text::personal_data(&text::Text::new(text)).is_empty();
        self.given.personal_data.or_else(|| self.given.text.as_ref().map(found))
    }

    fn local_minutes(&self) -> Option<u16> {
        let time = self.given.time.map(ClockTime::minutes);
        time.or_else(|| self.at.map(|at| moment::minutes(self.calendars, at)))
    }

    fn changed(&self, field: &Field, values: Option<(&str, &str)>) -> Option<bool> {
        Some(moment::changed(self.given.changes.as_deref()?, field, values))
    }

    fn with_text(&self, ask: &mut dyn FnMut(&query::Document<'_>)) -> bool {
        let Some(text) = &self.given.text else { return false };
        ask(&query::Document::of_text(&text::Text::new(text)));
        true
    }

    fn in_hours(&self, calendar: &str) -> Option<bool> {
        if let Some(open) = self.given.open.get(calendar) {
            return Some(*open);
        }
        Some(self.calendars.get(calendar)?.is_open(self.at?))
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
