//! What does a condition ask? The words between `and`, `or` and `not`, read into one [`Atom`].

use std::sync::Arc;

use super::lexer::Token;
use super::parser::Parser;
use super::wording::{self, Fault};
use super::{Atom, ClockTime, Field, Kind, Quantity, Values};
use crate::diagnostic::did_you_mean;
use crate::model::Span;

/// What begins a question besides the name of a field.
const QUESTIONS: [&str; 9] = [
    "known",
    "changed",
    "in_hours",
    "local_time",
    "consent",
    "link",
    "confidence",
    "count",
    "rate_vs_baseline",
];

impl Parser<'_> {
    /// One question; `None` when it has a fault, which is reported.
    pub(super) fn atom(&mut self) -> Option<Atom> {
        let Some((token, span)) = self.take() else {
            self.misplaced(self.span(), "a question");
            return None;
        };
        let Token::Word(word) = token else {
            self.misplaced(span, "the name of a field");
            return None;
        };
        match word.as_str() {
            "known" => self.within_parentheses(Self::field_name).map(Atom::Known),
            "changed" => self.within_parentheses(Self::change),
            "local_time" => self.local_time(),
            "contains_text" => self.contains_text(),
            "consent" => {
                let field = self.field_of(&word, span)?;
                // Alone it asks whether it was given.
                if matches!(self.peek(), Some(Token::Word(word)) if matches!(word.as_str(), "is" | "in")) {
                    return self.asked_of(&field);
                }
                Some(Atom::Is(field, "true".into()))
            }
            "in_hours" => self.within_parentheses(Self::calendar).map(Atom::InHours),
            "confidence" => {
                let axis = self.within_parentheses(Self::axis_name)?;
                self.compared(Quantity::Confidence(axis), (0.0, 1.0))
            }
            "count" => {
                let (counter, window) = self.within_parentheses(Self::counter_and_window)?;
                self.compared(Quantity::Count(counter, window), (0.0, f64::MAX))
            }
            "rate_vs_baseline" => {
                let (counter, window) = self.within_parentheses(Self::counter_and_window)?;
                self.compared(Quantity::Rate(counter, window), (0.0, f64::MAX))
            }
            "and" | "or" | "is" | "in" | "under" | "between" | "has" => {
                self.misplaced(span, "the name of a field");
                None
            }
            _ => {
                let field = self.field_of(&word, span)?;
                self.asked_of(&field)
            }
        }
    }

    fn contains_text(&mut self) -> Option<Atom> {
        let text = if self.peek() == Some(&Token::Sign("(")) {
            self.within_parentheses(|parser| parser.text_or_word("a text"))
        } else {
            self.text_or_word("a text")
        };
        let (text, span) = text?;
        if crate::text::fold(&text).trim().is_empty() {
            self.fault(
                "P002",
                span,
                "every text contains nothing",
                Some("write what it must contain".to_owned()),
            );
            return None;
        }
        Some(Atom::ContainsText(text.into()))
    }

    fn matches(&mut self) -> Option<Atom> {
        let span = self.span();
        let Some((Token::Regex(source), _)) = self.take() else {
            self.misplaced(span, "a regular expression between slashes");
            return None;
        };
        let checked = wording::regex(&source, self.limits);
        self.sound(span, checked.map(|_| ()))?;
        Some(Atom::Matches(source.into()))
    }

    /// Reports what is wrong with a text that is looked for.
    fn sound(&mut self, span: Span, checked: Result<(), Fault>) -> Option<()> {
        checked.map_err(|(message, help)| self.fault("P002", span, message, help)).ok()
    }

    /// `between "09:00" and "17:30"`
    fn local_time(&mut self) -> Option<Atom> {
        if !self.take_word("between") {
            self.misplaced(self.span(), "`between`");
            return None;
        }
        let from = self.clock_time();
        if !self.take_word("and") {
            self.misplaced(self.span(), "`and`");
            return None;
        }
        let (from, to) = from.zip(self.clock_time())?;
        Some(Atom::LocalTime(from, to))
    }

    fn clock_time(&mut self) -> Option<ClockTime> {
        let (text, span) = self.text_or_word("a time of day")?;
        let time = text.parse().ok();
        if time.is_none() {
            let message = format!("`{text}` is not a time of day");
            self.fault("P002", span, message, Some("write it as \"17:30\"".to_owned()));
        }
        time
    }

    /// A field, and if need be what it was and what it is now.
    fn change(&mut self) -> Option<Atom> {
        let field = self.field_name()?;
        if !self.take_sign(",") {
            return Some(Atom::Changed(field, None));
        }
        let from = self.changed_value(&field);
        if !self.take_sign(",") {
            self.misplaced(self.span(), "`,` and what it is now");
            return None;
        }
        let to = self.changed_value(&field);
        Some(Atom::Changed(field, Some((from?, to?))))
    }

    fn changed_value(&mut self, field: &Field) -> Option<Arc<str>> {
        match field.kind() {
            Kind::One(values) | Kind::Set(values) => self.value(field, values),
            _ => self.text_or_word("a value").map(|(value, _)| value.into()),
        }
    }

    /// The field of this name, with what stands in parentheses behind it.
    fn field_of(&mut self, word: &str, span: Span) -> Option<Field> {
        match word {
            "consent" => return self.within_parentheses(Self::name).map(Field::Consent),
            "link" => return self.within_parentheses(Self::linked).map(Field::Link),
            _ => {}
        }
        let declared = self.vocabulary.and_then(|vocabulary| vocabulary.fields.get(word));
        let field = Field::parse(word).or_else(|| declared.cloned().map(Field::Declared));
        if field.is_none() {
            if matches!(word, "NOT" | "AND" | "OR") {
                self.misplaced(span, "the name of a field");
                return None;
            }
            let own = self.vocabulary.into_iter().flat_map(|vocabulary| vocabulary.fields.keys());
            let own: Vec<&str> = own.map(String::as_str).collect();
            let known = || Field::ALL.iter().map(Field::as_str).chain(own.iter().copied()).chain(QUESTIONS);
            let help = match did_you_mean(word, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the fields are: {}", known().collect::<Vec<_>>().join(", ")),
            };
            self.fault("P001", span, format!("there is no field `{word}`"), Some(help));
        }
        field
    }

    /// What is agreed to, or what is linked to.
    fn name(&mut self) -> Option<Arc<str>> {
        let (name, span) = self.text_or_word("a name in quotes")?;
        if name.trim().is_empty() {
            self.fault("P002", span, "the name is empty", None);
            return None;
        }
        Some(name.into())
    }

    /// `customer, "crm"`
    fn linked(&mut self) -> Option<Arc<str>> {
        if !(self.take_word("customer") && self.take_sign(",")) {
            self.misplaced(self.span(), "`customer,` and a system");
            return None;
        }
        self.name()
    }

    /// What follows the name of a field.
    fn asked_of(&mut self, field: &Field) -> Option<Atom> {
        match field.kind() {
            Kind::Number(low, high) => self.compared(Quantity::Field(field.clone()), (low, high)),
            Kind::One(values) => self.asked_of_one(field, values),
            Kind::Set(values) => self.asked_of_set(field, values),
            Kind::Text => self.asked_of_text(field),
        }
    }

    fn asked_of_text(&mut self, field: &Field) -> Option<Atom> {
        if self.take_word("contains_text") {
            return self.contains_text();
        }
        if self.take_word("matches") {
            return self.matches();
        }
        if matches!(self.peek(), Some(Token::Word(word)) if word == "has") {
            // `pii` is a word of its own; in quotes it would be one that is looked for.
            let next = self.tokens.get(self.at + 1).map(|(token, _)| token);
            if matches!(next, Some(Token::Word(word)) if word == "pii") {
                self.at += 2;
                return Some(Atom::PersonalData);
            }
            return self.asked_of_set(field, Values::Any);
        }
        self.misplaced(self.span(), "`has`, `contains_text` or `matches`");
        None
    }

    fn asked_of_one(&mut self, field: &Field, values: Values) -> Option<Atom> {
        if self.take_word("is") {
            let negated = self.take_word("not");
            let value = self.value(field, values)?;
            let field = field.clone();
            return Some(if negated { Atom::IsNot(field, value) } else { Atom::Is(field, value) });
        }
        if self.take_word("in") {
            return self.row(field, values).map(|values| Atom::In(field.clone(), values));
        }
        self.under_or_fault(field, values, "`is`, `is not` or `in`", |name| {
            format!("`{name}` is one name: write `{name} is …` or `{name} in [\"…\"]`")
        })
    }

    fn asked_of_set(&mut self, field: &Field, values: Values) -> Option<Atom> {
        if self.take_word("has") {
            if self.take_word("any") {
                return self.row(field, values).map(|values| Atom::HasAny(field.clone(), values));
            }
            if self.take_word("all") {
                let row = self.row(field, values)?;
                // All of one value and any of one value are the same question.
                return Some(if row.len() == 1 {
                    Atom::HasAny(field.clone(), row)
                } else {
                    Atom::HasAll(field.clone(), row)
                });
            }
            return self.value(field, values).map(|value| Atom::HasAny(field.clone(), vec![value]));
        }
        self.under_or_fault(field, values, "`has`, `has any` or `has all`", |name| {
            format!("`{name}` is a set: write `{name} has \"…\"` or `{name} has any [\"…\"]`")
        })
    }

    fn under_or_fault(
        &mut self,
        field: &Field,
        values: Values,
        expected: &str,
        help: fn(&str) -> String,
    ) -> Option<Atom> {
        if values == Values::Topics && self.take_word("under") {
            return self.value(field, values).map(|topic| Atom::Under(field.clone(), topic));
        }
        let span = self.span();
        match self.peek() {
            Some(Token::Word(_) | Token::Sign("=" | "!=" | "<" | "<=" | ">" | ">=")) => {
                let message = format!("`{}` cannot be asked of `{field}`", self.source(span));
                self.fault("P002", span, message, Some(help(field.as_str())));
            }
            _ => self.misplaced(span, expected),
        }
        None
    }

    /// `["a", "b"]`, sorted, each once.
    fn row(&mut self, field: &Field, values: Values) -> Option<Vec<Arc<str>>> {
        if !self.take_sign("[") {
            self.misplaced(self.span(), "`[`");
            return None;
        }
        // Every value is read, so that the faults of all are reported.
        let mut row = Some(Vec::new());
        loop {
            match (self.value(field, values), row.as_mut()) {
                (Some(value), Some(row)) => row.push(value),
                _ => row = None,
            }
            self.count_value();
            if !self.take_sign(",") {
                break;
            }
            // A comma may end the row.
            if self.peek() == Some(&Token::Sign("]")) {
                break;
            }
        }
        if !self.take_sign("]") {
            if row.is_some() {
                self.misplaced(self.span(), "`,` or `]`");
            }
            return None;
        }
        let mut row = row?;
        row.sort_unstable();
        row.dedup();
        Some(row)
    }

    /// One name, bare or in quotes, that the field can have.
    fn value(&mut self, field: &Field, values: Values) -> Option<Arc<str>> {
        let (value, span) = self.text_or_word("a value")?;
        if *field == Field::Text {
            let checked = wording::phrase(&value, self.limits);
            self.sound(span, checked.map(|_| ()))?;
        }
        self.check_value(field, values, &value, span).then(|| value.into())
    }

    /// A name, bare or in quotes.
    pub(super) fn text_or_word(&mut self, expected: &str) -> Option<(String, Span)> {
        let span = self.span();
        let value = match self.peek() {
            Some(Token::Word(word)) if !matches!(word.as_str(), "and" | "or" | "not") => word.clone(),
            Some(Token::Quoted(text)) => text.clone(),
            Some(Token::Number(_)) => self.source(span).to_owned(),
            _ => {
                self.misplaced(span, expected);
                return None;
            }
        };
        self.take();
        Some((value, span))
    }

    fn within_parentheses<T>(&mut self, inner: fn(&mut Self) -> Option<T>) -> Option<T> {
        if !self.take_sign("(") {
            self.misplaced(self.span(), "`(`");
            return None;
        }
        let Some(value) = inner(self) else {
            self.recover();
            self.take_sign(")");
            return None;
        };
        if !self.take_sign(")") {
            self.misplaced(self.span(), "`)`");
            return None;
        }
        Some(value)
    }

    fn field_name(&mut self) -> Option<Field> {
        let (word, span) = self.text_or_word("the name of a field")?;
        self.field_of(&word, span)
    }

    fn calendar(&mut self) -> Option<Arc<str>> {
        let (id, span) = self.text_or_word("the id of a calendar")?;
        let known: Vec<&str> =
            self.vocabulary.into_iter().flat_map(|v| &v.calendars).map(String::as_str).collect();
        if self.vocabulary.is_some_and(|vocabulary| !vocabulary.knows(&vocabulary.calendars, &id)) {
            self.unknown_name(span, &format!("there is no calendar `{id}`"), &id, &known);
            return None;
        }
        Some(id.into())
    }
}
