//! What does a condition ask? The words between `and`, `or` and `not`, read into one [`Atom`].

use std::sync::Arc;

use super::lexer::Token;
use super::parser::Parser;
use super::{Atom, Field, Kind, Quantity, Values};
use crate::diagnostic::did_you_mean;
use crate::model::Span;

/// What begins a question besides the name of a field.
const QUESTIONS: [&str; 5] = ["text", "known", "in_hours", "confidence", "count"];

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
            "text" => self.text_has(),
            "known" => self.within_parentheses(Self::field_name).map(Atom::Known),
            "in_hours" => self.within_parentheses(Self::calendar).map(Atom::InHours),
            "confidence" => {
                let axis = self.within_parentheses(Self::axis_name)?;
                self.compared(Quantity::Confidence(axis), (0.0, 1.0))
            }
            "count" => {
                let (counter, window) = self.within_parentheses(Self::counter_and_window)?;
                self.compared(Quantity::Count(counter, window), (0.0, f64::MAX))
            }
            "and" | "or" | "is" | "in" | "under" | "between" | "has" => {
                self.misplaced(span, "the name of a field");
                None
            }
            _ => {
                let field = self.field_of(&word, span)?;
                self.asked_of(field)
            }
        }
    }

    fn text_has(&mut self) -> Option<Atom> {
        let known = self.take_word("has") && self.take_word("pii");
        if !known {
            self.misplaced(self.span(), "`has pii`");
        }
        known.then_some(Atom::PersonalData)
    }

    fn field_of(&mut self, word: &str, span: Span) -> Option<Field> {
        let field = Field::parse(word);
        if field.is_none() {
            if matches!(word, "NOT" | "AND" | "OR") {
                self.misplaced(span, "the name of a field");
                return None;
            }
            let known = || Field::ALL.iter().map(|field| field.as_str()).chain(QUESTIONS);
            let help = match did_you_mean(word, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the fields are: {}", known().collect::<Vec<_>>().join(", ")),
            };
            self.fault("P001", span, format!("there is no field `{word}`"), Some(help));
        }
        field
    }

    /// What follows the name of a field.
    fn asked_of(&mut self, field: Field) -> Option<Atom> {
        match field.kind() {
            Kind::Number(low, high) => self.compared(Quantity::Field(field), (low, high)),
            Kind::One(values) => self.asked_of_one(field, values),
            Kind::Set(values) => self.asked_of_set(field, values),
        }
    }

    fn asked_of_one(&mut self, field: Field, values: Values) -> Option<Atom> {
        if self.take_word("is") {
            let negated = self.take_word("not");
            let value = self.value(field, values)?;
            return Some(if negated { Atom::IsNot(field, value) } else { Atom::Is(field, value) });
        }
        if self.take_word("in") {
            return self.row(field, values).map(|values| Atom::In(field, values));
        }
        self.under_or_fault(field, values, "`is`, `is not` or `in`", |name| {
            format!("`{name}` is one name: write `{name} is …` or `{name} in [\"…\"]`")
        })
    }

    fn asked_of_set(&mut self, field: Field, values: Values) -> Option<Atom> {
        if self.take_word("has") {
            if self.take_word("any") {
                return self.row(field, values).map(|values| Atom::HasAny(field, values));
            }
            if self.take_word("all") {
                let row = self.row(field, values)?;
                // All of one value and any of one value are the same question.
                return Some(if row.len() == 1 {
                    Atom::HasAny(field, row)
                } else {
                    Atom::HasAll(field, row)
                });
            }
            return self.value(field, values).map(|value| Atom::HasAny(field, vec![value]));
        }
        self.under_or_fault(field, values, "`has`, `has any` or `has all`", |name| {
            format!("`{name}` is a set: write `{name} has \"…\"` or `{name} has any [\"…\"]`")
        })
    }

    fn under_or_fault(
        &mut self,
        field: Field,
        values: Values,
        expected: &str,
        help: fn(&str) -> String,
    ) -> Option<Atom> {
        if values == Values::Topics && self.take_word("under") {
            return self.value(field, values).map(|topic| Atom::Under(field, topic));
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
    fn row(&mut self, field: Field, values: Values) -> Option<Vec<Arc<str>>> {
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
    fn value(&mut self, field: Field, values: Values) -> Option<Arc<str>> {
        let (value, span) = self.text_or_word("a value")?;
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
        if self.vocabulary.is_some() && !known.contains(&id.as_str()) {
            self.unknown_name(span, &format!("there is no calendar `{id}`"), &id, &known);
            return None;
        }
        Some(id.into())
    }
}
