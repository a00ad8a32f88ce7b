//! What are the lines of an iCalendar text? Folded lines joined, and each cut into its name, parameters and value.

use crate::model::Span;

/// One line of content (RFC 5545, 3.1).
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Where it begins, counted from 1.
    pub(super) number: usize,
    /// Its first part, before it was folded.
    pub(super) span: Span,
    /// In capitals.
    pub(super) name: String,
    params: Vec<(String, String)>,
    pub(super) value: String,
}

impl Line {
    /// The value of a parameter.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether its value is this word, whatever the case.
    pub(super) fn says(&self, word: &str) -> bool {
        self.value.trim().eq_ignore_ascii_case(word)
    }
}

/// Every line; those without a colon have no name.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut joined: Vec<(usize, Span, String)> = Vec::new();
    let mut at = 0;
    for (number, raw) in (1..).zip(text.split('\n')) {
        let line = raw.strip_suffix('\r').unwrap_or(raw);
        let span = Span::new(at, at + line.len());
        at += raw.len() + 1;
        let folded = line.strip_prefix([' ', '\t']);
        match (folded, joined.last_mut()) {
            (Some(rest), Some((_, _, before))) => before.push_str(rest),
            _ if line.trim().is_empty() => {}
            _ => joined.push((number, span, line.trim_start_matches('\u{FEFF}').to_owned())),
        }
    }
    joined.into_iter().map(|(number, span, line)| cut(number, span, &line)).collect()
}

fn cut(number: usize, span: Span, line: &str) -> Line {
    let mut parts: Vec<String> = vec![String::new()];
    let (mut quoted, mut value) = (false, None);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            ':' if !quoted => {
                value = Some(chars.as_str().to_owned());
                break;
            }
            ';' if !quoted => parts.push(String::new()),
            _ => parts.last_mut().into_iter().for_each(|part| part.push(c)),
        }
    }
    let mut parts = parts.into_iter();
    let name = parts.next().filter(|_| value.is_some()).unwrap_or_default();
    let params = parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_ascii_uppercase(), value.to_owned()))
    });
    Line {
        number,
        span,
        name: name.trim().to_ascii_uppercase(),
        params: params.collect(),
        value: value.unwrap_or_default(),
    }
}

/// A text as it was before commas, semicolons and line ends were escaped.
pub(super) fn unescaped(text: &str) -> String {
    let (mut out, mut escaped) = (String::new(), false);
    for c in text.chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (true, 'n' | 'N') => (escaped, _) = (false, out.push(' ')),
            _ => (escaped, _) = (false, out.push(c)),
        }
    }
    out
}
