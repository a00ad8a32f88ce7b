//! Which words does somebody begin with? A canned text: placeholders that stand for values, and nothing else.
//!
//! A placeholder is `{name}`; braces are written twice. It has no code and holds no other, and what it is filled with is
//! taken as it is.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Faults, Text, did_you_mean};
use crate::model::{Span, Topic};

/// Placeholders that the desk can fill: how the customer is called, their handle, who writes, the brand, the case.
pub const PLACEHOLDERS: [&str; 5] = ["customer", "handle", "agent", "brand", "case"];

/// One piece of a canned text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CannedPart {
    /// Words.
    Text(String),
    /// A place for a value.
    Placeholder(String),
}

/// A text to begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canned {
    /// Its id.
    pub id: String,
    /// Its pieces, in order.
    pub parts: Vec<CannedPart>,
    /// The topics it is for.
    pub topics: BTreeSet<Topic>,
}

/// A canned text with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The text; a placeholder without a value stands in it as `{name}`.
    pub text: String,
    /// The placeholders without a value.
    pub unfilled: BTreeSet<String>,
}

impl Canned {
    /// Reads the text, whose placeholders are those of [`PLACEHOLDERS`] and of `ask`.
    pub(super) fn read(
        id: String,
        text: &Text,
        ask: &BTreeSet<String>,
        topics: BTreeSet<Topic>,
        file: &str,
        faults: &mut Faults,
    ) -> Self {
        let mut parts = Vec::new();
        for piece in pieces(&text.value) {
            let fault = |code, span, message: String, help: String| {
                Diagnostic::error(code, file, Some(text.place(span)), message).help(help)
            };
            match piece {
                Ok(CannedPart::Placeholder(name)) => {
                    if !PLACEHOLDERS.contains(&name.as_str()) && !ask.contains(&name) {
                        let known = PLACEHOLDERS.into_iter().chain(ask.iter().map(String::as_str));
                        let help = did_you_mean(&name, known).map_or_else(
                            || {
                                format!(
                                    "known are {}; what the author fills in stands in `ask = […]`",
                                    PLACEHOLDERS.join(", ")
                                )
                            },
                            |near| format!("did you mean `{near}`?"),
                        );
                        let at = text.value.find(&format!("{{{name}}}")).unwrap_or_default();
                        let span = Span::new(at, at + name.len() + 2);
                        faults.push(fault("R010", span, format!("there is no placeholder `{name}`"), help));
                    }
                    parts.push(CannedPart::Placeholder(name));
                }
                Ok(words) => parts.push(words),
                Err((span, message)) => {
                    let help =
                        "a placeholder is `{name}`, and holds no other; write `{{` for a brace".to_owned();
                    faults.push(fault("R011", span, message.to_owned(), help));
                }
            }
        }
        Self { id, parts, topics }
    }

    /// The text with these values. They are taken as they are, whatever they look like.
    pub fn fill(&self, values: &BTreeMap<String, String>) -> Filled {
        let mut filled = Filled { text: String::new(), unfilled: BTreeSet::new() };
        for part in &self.parts {
            match part {
                CannedPart::Text(words) => filled.text.push_str(words),
                CannedPart::Placeholder(name) => {
                    match values.get(name).filter(|value| !value.trim().is_empty()) {
                        Some(value) => filled.text.push_str(value),
                        None => {
                            filled.text.extend(["{", name, "}"]);
                            filled.unfilled.insert(name.clone());
                        }
                    }
                }
            }
        }
        filled
    }

    /// Its placeholders.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            CannedPart::Placeholder(name) => Some(name.as_str()),
            CannedPart::Text(_) => None,
        })
    }

    /// Its words without its placeholders.
    pub fn words(&self) -> String {
        let words = self.parts.iter().filter_map(|part| match part {
            CannedPart::Text(words) => Some(words.as_str()),
            CannedPart::Placeholder(_) => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

type Piece = Result<CannedPart, (Span, &'static str)>;

/// The pieces of a text; each fault with its place.
fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut words = String::new();
    let mut open: Option<(usize, String)> = None;
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let doubled =
            open.is_none() && matches!(c, '{' | '}') && letters.peek().is_some_and(|(_, next)| *next == c);
        match (&mut open, c) {
            _ if doubled => {
                letters.next();
                words.push(c);
            }
            (None, '{') => open = Some((at, String::new())),
            (None, '}') => found.push(Err((Span::new(at, at + 1), "a `}` that closes nothing"))),
            (None, c) => words.push(c),
            (Some((start, _)), '{') => {
                found.push(Err((Span::new(*start, at + 1), "a placeholder inside a placeholder")));
                open = Some((at, String::new()));
            }
            (Some((start, name)), '}') => {
                if !words.is_empty() {
                    found.push(Ok(CannedPart::Text(std::mem::take(&mut words))));
                }
                let plain =
                    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
                found.push(if plain {
                    Ok(CannedPart::Placeholder(std::mem::take(name)))
                } else {
                    Err((Span::new(*start, at + 1), "a placeholder is a name, and no code"))
                });
                open = None;
            }
            (Some((_, name)), c) => name.push(c),
        }
    }
    if !words.is_empty() {
        found.push(Ok(CannedPart::Text(words)));
    }
    if let Some((start, _)) = open {
        found.push(Err((Span::new(start, text.len()), "a placeholder that is not closed")));
    }
    found
}
