//! Do the names of a condition exist? Terms of the field by themselves, names by the playbook.

use super::parser::Parser;
use super::{Field, Values};
use crate::diagnostic::did_you_mean;
use crate::model::Span;
use crate::route::Vocabulary;

/// What is wrong with a name: the code, the message, and the way out.
pub(in crate::route) type NameFault = (&'static str, String, Option<String>);

/// What is wrong with a value of a field; without a vocabulary every name is taken to exist.
pub(in crate::route) fn value_fault(
    field: &Field,
    values: Values,
    value: &str,
    vocabulary: Option<&Vocabulary>,
) -> Option<NameFault> {
    if let Some(closed) = field.terms() {
        let help = || match did_you_mean(value, closed.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("`{field}` is one of: {}", closed.join(", ")),
        };
        let message = || format!("`{value}` is not a value of `{field}`");
        return (!closed.contains(&value)).then(|| ("P002", message(), Some(help())));
    }
    let vocabulary = vocabulary.filter(|vocabulary| !values.is_known(value, vocabulary))?;
    let what = match values {
        Values::Topics => "topic",
        Values::Brands => "brand",
        _ => "monitor",
    };
    let help = nearest(value, values.named(vocabulary));
    Some(("P001", format!("there is no {what} `{value}`"), help))
}

/// The nearest of the names that exist, or all of them when they are few.
pub(in crate::route) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.collect();
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if known.is_empty() || known.len() > 12 => None,
        None => Some(format!("there are: {}", known.join(", "))),
    }
}

impl Parser<'_> {
    /// Whether the field can have the value; a fault is reported.
    pub(super) fn check_value(&mut self, field: &Field, values: Values, value: &str, span: Span) -> bool {
        let fault = value_fault(field, values, value, self.vocabulary);
        let good = fault.is_none();
        if let Some((code, message, help)) = fault {
            self.fault(code, span, message, help);
        }
        good
    }

    /// Reports a name that does not exist, with the nearest one that does.
    pub(super) fn unknown_name(&mut self, span: Span, message: &str, name: &str, known: &[&str]) {
        let help = nearest(name, known.iter().copied());
        self.fault("P001", span, message, help);
    }
}
