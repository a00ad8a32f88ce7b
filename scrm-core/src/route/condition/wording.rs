//! What does a condition look for in a text? Words, phrases and beginnings of words, as queries of the listener; letters
//! in a row; regular expressions.
//!
//! `text has "money back"` finds what the query `"money back"` finds, so a rule and a monitor mean the same by it.

use std::sync::Arc;

use super::{Atom, Field};
use crate::model::{Limits, Span};
use crate::query::{self, Document, Pattern, Query, Regex, Zone};
use crate::text::fold;

/// Places in the text that one proof names at most.
pub(in crate::route) const MOST_SPANS: usize = 32;

/// What one atom looks for in a text.
#[derive(Debug, Clone)]
pub(in crate::route) enum Wording {
    /// What a query finds.
    Query(Query),
    /// These characters in a row, both sides folded.
    Contains(String),
}

/// What is wrong with a text that is looked for, and the way out.
pub(super) type Fault = (String, Option<String>);

/// The query for a word, a phrase, or one whose last word ends in `*`.
pub(super) fn phrase(text: &str, limits: &Limits) -> Result<Query, Fault> {
    let quoted = format!("\"{}\"", text.replace(['"', '\u{201C}', '\u{201D}'], " "));
    let parsed = Query::parse_within(&quoted, limits);
    parsed.query.ok_or_else(|| {
        let fault =
            parsed.faults.into_iter().find(|fault| fault.severity == crate::diagnostic::Severity::Error);
        let message = format!("`{text}` cannot be looked for");
        match fault {
            Some(fault) => (format!("{message}: {}", fault.message), fault.help),
            None => (message, None),
        }
    })
}

/// The query for a regular expression.
pub(super) fn regex(source: &str, limits: &Limits) -> Result<Query, Fault> {
    let regex = Regex::new(source, limits.regex_bytes).map_err(|error| {
        let help = match error {
            regex::Error::CompiledTooBig(_) => "it is too large: repeat less, or split it in two",
            _ => "see https://docs.rs/regex for what a regular expression can say",
        };
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        (format!("`/{source}/` is not a regular expression: {reason}"), Some(help.to_owned()))
    })?;
    let (zone, pattern) = (Zone::Default, Pattern::Regex(regex));
    Ok(Query::Atom(query::Atom { zone, pattern, span: Span::new(0, 0) }))
}

impl Wording {
    /// What the atom looks for; `None` when it asks for something else than a text.
    pub(in crate::route) fn of(atom: &Atom, limits: &Limits) -> Option<Self> {
        let phrases =
            |texts: &[Arc<str>]| texts.iter().filter_map(|text| phrase(text, limits).ok()).collect();
        match atom {
            Atom::HasAny(Field::Text, texts) => Query::any(phrases(texts)).map(Self::Query),
            Atom::HasAll(Field::Text, texts) => Query::all(phrases(texts)).map(Self::Query),
            Atom::Matches(source) => regex(source, limits).ok().map(Self::Query),
            Atom::ContainsText(text) => Some(Self::Contains(fold(text))),
            _ => None,
        }
    }

    /// Whether it stands in a message, looked for by itself.
    pub(in crate::route) fn holds(&self, document: &Document<'_>) -> bool {
        match self {
            Self::Query(query) => query.holds(document, Limits::DEFAULT.query_places),
            Self::Contains(folded) => {
                document.texts().iter().any(|zone| fold(zone.text().source()).contains(folded.as_str()))
            }
        }
    }

    /// Where it stands in the message's own text.
    pub(in crate::route) fn spans(&self, document: &Document<'_>) -> Vec<Span> {
        let Self::Query(query) = self else { return Vec::new() };
        let mut spans = Vec::new();
        let mut atoms = |query: &Query| {
            let places = query.places(document, Limits::DEFAULT.query_places);
            spans.extend(places.into_iter().filter_map(|place| document.span(place)));
        };
        match query {
            Query::And(parts) | Query::Or(parts) => parts.iter().for_each(&mut atoms),
            query => atoms(query),
        }
        spans.sort_unstable();
        spans.dedup();
        spans.truncate(MOST_SPANS);
        spans
    }
}
