//! What is probably not meant? Warnings about a query that can be read.
//!
//! Read [`check`] first. What the parser alone can see (operators in small letters, AND beside OR) it warns of itself.

use std::collections::BTreeSet;

use super::{Atom, Attribute, Condition, Form, Pattern, Query, QueryFault, Test, Word, Zone, pattern};
use crate::diagnostic::Severity;
use crate::model::Span;
use crate::text::common;

/// Ranks of words that alone would make a monitor hear everything.
const VERY_COMMON: usize = 40;

/// So many warnings of a query are told.
const MOST: usize = 50;
/// Up to so many parts, each is compared with each; beyond, through an index.
const PAIRWISE: usize = 16;

/// Appends the warnings about `query`.
pub(super) fn check(query: &Query, source: &str, faults: &mut Vec<QueryFault>) {
    let mut lint = Lint { faults, source, told: 0 };
    let whole = Span::new(0, source.len());
    match strength(query) {
        0 => lint.warn(
            "Q103",
            whole,
            "the query matches texts in which none of its words stands".into(),
            "join it with a word that must stand: `word AND NOT other`",
        ),
        1 => lint.warn(
            "Q108",
            whole,
            "the query hangs on a very common word".into(),
            "join it with a word that is rarer, or make it part of a phrase",
        ),
        _ => {}
    }
    lint.visit(query);
}

/// What must stand for a query to hold: 0 nothing, 1 a very common word, 2 something rarer.
fn strength(query: &Query) -> u8 {
    match query {
        Query::Atom(Atom { pattern: Pattern::Words(words), .. }) => match words.as_slice() {
            [word]
                if word.form == Form::Plain
                    && !word.glob
                    && common(&word.text).is_some_and(|rank| rank < VERY_COMMON) =>
            {
                1
            }
            _ => 2,
        },
        Query::Atom(_) => 2,
        Query::Test(test) => match (&test.attribute, &test.condition) {
            (Attribute::Lang | Attribute::Has | Attribute::Is, _) | (_, Condition::Between(..)) => 0,
            _ => 2,
        },
        Query::Not(_) => 0,
        Query::And(parts) => parts.iter().map(strength).max().unwrap_or(0),
        Query::Or(parts) => parts.iter().map(strength).min().unwrap_or(0),
        Query::AtLeast(count, parts) => {
            let mut each: Vec<u8> = parts.iter().map(strength).collect();
            each.sort_unstable();
            each.get((*count as usize).saturating_sub(1)).copied().unwrap_or(2)
        }
        Query::Near(near) if near.negated => strength(&near.left),
        Query::Near(near) => strength(&near.left).max(strength(&near.right)),
    }
}

struct Lint<'f> {
    faults: &'f mut Vec<QueryFault>,
    source: &'f str,
    told: usize,
}

impl Lint<'_> {
    fn warn(&mut self, code: &'static str, span: Span, message: String, help: &str) {
        self.told += 1;
        if self.told <= MOST {
            let help = Some(help.to_owned());
            self.faults.push(QueryFault { code, severity: Severity::Warning, span, message, help });
        }
    }

    /// A part in its author's words, where they stand together.
    fn said(&self, query: &Query) -> String {
        match query {
            Query::Atom(Atom { span, .. }) | Query::Test(Test { span, .. }) => {
                span.of(self.source).map_or_else(|| query.to_string(), str::to_owned)
            }
            _ => query.to_string(),
        }
    }

    fn visit(&mut self, query: &Query) {
        match query {
            Query::Atom(atom) => self.atom(atom),
            Query::Test(_) => {}
            Query::And(parts) => {
                self.question(parts);
                self.contradictions(parts);
                self.idle(parts, |narrow, wide| (wide, narrow));
                parts.iter().for_each(|part| self.visit(part));
            }
            Query::Or(parts) => {
                self.idle(parts, |narrow, wide| (narrow, wide));
                parts.iter().for_each(|part| self.visit(part));
            }
            Query::AtLeast(_, parts) => parts.iter().for_each(|part| self.visit(part)),
            Query::Not(part) => self.visit(part),
            Query::Near(near) => {
                self.visit(&near.left);
                self.visit(&near.right);
            }
        }
    }

    /// Words in a row with a question mark behind the last of them.
    fn question(&mut self, parts: &[Query]) {
        let Some((Query::Atom(last), before)) = parts.split_last() else { return };
        let Pattern::Words(words) = &last.pattern else { return };
        let is_word = |part: &Query| match part {
            Query::Atom(Atom { zone: Zone::Default, pattern: Pattern::Words(words), span }) => {
                let said = span.of(self.source).unwrap_or_default();
                matches!(words.as_slice(), [word] if word.form == Form::Plain && !word.glob)
                    && said.starts_with(char::is_alphanumeric)
            }
            _ => false,
        };
        let blank = |pair: &[Query]| match pair {
            [one, other] => {
                let between = self.source.get(place(one).end()..place(other).start());
                between.is_some_and(|between| between.trim().is_empty())
            }
            _ => false,
        };
        if let [word] = words.as_slice()
            && word.glob
            && is_asked(&word.text)
            && !before.is_empty()
            && before.iter().all(is_word)
            && parts.windows(2).all(blank)
        {
            self.warn(
                "Q107",
                last.span,
                "`?` stands for one more character of the last word".into(),
                "remove it: punctuation is not matched",
            );
        }
    }

    fn atom(&mut self, atom: &Atom) {
        let Pattern::Words(words) = &atom.pattern else { return };
        let written = atom.span.of(self.source).unwrap_or_default();
        if written.starts_with("LIST(") || written.starts_with("MACRO(") {
            // It was told where the name is defined.
            return;
        }
        match words.as_slice() {
            [word] if word.glob => {
                let letters = word.text.chars().filter(|c| !matches!(c, '*' | '?')).count();
                if letters < 3 && word.text.is_ascii() {
                    let message = format!("`{}` stands for a great many words", word.text);
                    self.warn(
                        "Q104",
                        atom.span,
                        message,
                        "write at least three letters besides the wildcards",
                    );
                }
            }
            [_, .., last] if last.glob && is_asked(&last.text) => self.warn(
                "Q107",
                atom.span,
                "`?` stands for one more character of the last word".into(),
                "remove it: punctuation is not matched",
            ),
            _ => {}
        }
    }

    /// Parts joined by AND that never hold together.
    fn contradictions(&mut self, parts: &[Query]) {
        if parts.len() > 512 {
            return;
        }
        for (at, part) in parts.iter().enumerate() {
            let others =
                || parts.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, part)| part);
            let found = match part {
                Query::Not(denied) => others().find(|other| denies(denied, other)),
                Query::Test(test) => parts
                    .iter()
                    .take(at)
                    .find(|other| matches!(other, Query::Test(other) if excludes(test, other))),
                _ => None,
            };
            if let Some(found) = found {
                let message = format!("`{}` and `{}` never hold together", self.said(part), self.said(found));
                self.warn("Q105", place(part), message, "remove one of them; OR is for either");
            }
        }
    }

    /// Parts that say nothing beside others; `idle` says which of a narrower and a wider one does not.
    fn idle(&mut self, parts: &[Query], idle: fn(usize, usize) -> (usize, usize)) {
        let mut found: Vec<(usize, usize)> = Vec::new();
        if parts.len() <= PAIRWISE {
            for (at, part) in parts.iter().enumerate() {
                for (before, other) in parts.iter().enumerate().take(at) {
                    if covers(other, part) {
                        found.push(if part == other { (at, before) } else { idle(at, before) });
                    } else if covers(part, other) {
                        found.push(idle(before, at));
                    }
                }
            }
        } else {
            found = indexed(parts, idle);
        }
        for (at, other) in found {
            if let (Some(part), Some(other)) = (parts.get(at), parts.get(other))
                // The terms of a list stand where it is named, and are nobody's slip here.
                && place(part) != place(other)
            {
                let message = if part == other {
                    format!("`{}` stands here twice", self.said(part))
                } else {
                    format!("`{}` adds nothing beside `{}`", self.said(part), self.said(other))
                };
                self.warn("Q106", place(part), message, "remove it");
            }
        }
    }
}

/// `idle` for many parts, each looked up among the single words and the wildcards.
fn indexed(parts: &[Query], idle: fn(usize, usize) -> (usize, usize)) -> Vec<(usize, usize)> {
    let mut known: std::collections::BTreeMap<(&Zone, &[Word]), usize> = std::collections::BTreeMap::new();
    let mut globs: Vec<(usize, &Query)> = Vec::new();
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let Some((zone, words)) = atom_of(part) else { continue };
        match known.get(&(zone, words)) {
            Some(before) => found.push((at, *before)),
            None => {
                known.insert((zone, words), at);
                if let [word] = words
                    && word.glob
                {
                    globs.push((at, part));
                }
            }
        }
    }
    let repeated: BTreeSet<usize> = found.iter().map(|(at, _)| *at).collect();
    for (at, part) in parts.iter().enumerate().filter(|(at, _)| !repeated.contains(at)) {
        let Some((zone, words)) = atom_of(part) else { continue };
        if words.len() > 1 {
            let single = words.iter().find_map(|word| known.get(&(zone, std::slice::from_ref(word))));
            found.extend(single.map(|wide| idle(at, *wide)));
        }
        if globs.len().saturating_mul(parts.len()) <= 200_000 {
            let wide = globs.iter().find(|(glob, wide)| *glob != at && covers(wide, part));
            found.extend(wide.map(|(wide, _)| idle(at, *wide)));
        }
    }
    found
}

fn atom_of(query: &Query) -> Option<(&Zone, &[Word])> {
    match query {
        Query::Atom(Atom { zone, pattern: Pattern::Words(words), .. }) => Some((zone, words)),
        _ => None,
    }
}

/// Whether `wide` holds wherever `narrow` does, so far as that can be seen.
fn covers(wide: &Query, narrow: &Query) -> bool {
    covers_at(wide, narrow, 1)
}

/// The same, looking into groups so many levels deep.
fn covers_at(wide: &Query, narrow: &Query, levels: u8) -> bool {
    let (Some((zone, one)), Some((other, words))) = (atom_of(wide), atom_of(narrow)) else {
        return wide == narrow || (levels > 0 && covers_group(wide, narrow, levels - 1));
    };
    if zone != other {
        return false;
    }
    match one {
        [word] => words.iter().any(|narrow| includes(word, narrow)),
        _ => one == words,
    }
}

/// The same of groups: of AND, one part is enough to be narrow; of OR, to be wide.
fn covers_group(wide: &Query, narrow: &Query, levels: u8) -> bool {
    let small = |parts: &[Query]| parts.len() <= PAIRWISE;
    match (wide, narrow) {
        (_, Query::And(parts)) if small(parts) && parts.iter().any(|part| covers_at(wide, part, levels)) => {
            true
        }
        (Query::Or(parts), _) if small(parts) && parts.iter().any(|part| covers_at(part, narrow, levels)) => {
            true
        }
        (Query::And(parts), _) if small(parts) => parts.iter().all(|part| covers_at(part, narrow, levels)),
        (_, Query::Or(parts)) if small(parts) => parts.iter().all(|part| covers_at(wide, part, levels)),
        _ => false,
    }
}

fn includes(wide: &Word, narrow: &Word) -> bool {
    let form = wide.form == narrow.form || (wide.form == Form::Plain && narrow.form == Form::Accented);
    form && (wide.text == narrow.text && wide.glob == narrow.glob
        || (wide.glob && !narrow.glob && pattern::globs(&wide.text, &narrow.text)))
}

/// Whether what must not hold holds wherever `query` does, or one of several does.
fn denies(denied: &Query, query: &Query) -> bool {
    match denied {
        Query::Or(parts) => parts.iter().any(|part| covers(part, query)),
        _ => covers(denied, query),
    }
}

/// Whether two tests of one attribute that has one value never hold together.
fn excludes(one: &Test, other: &Test) -> bool {
    if one.attribute != other.attribute {
        return false;
    }
    match (&one.condition, &other.condition) {
        (Condition::Is(a), Condition::Is(b)) => {
            let single = matches!(
                one.attribute,
                Attribute::Source | Attribute::Channel | Attribute::Kind | Attribute::Country
            );
            let dialect =
                |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.starts_with(['-', '_']));
            let opposite =
                |a: &str, b: &str| matches!((a, b), ("public", "private") | ("incoming", "outgoing"));
            if one.attribute == Attribute::Is {
                return opposite(a, b) || opposite(b, a);
            }
            let language = one.attribute == Attribute::Lang && !dialect(a, b) && !dialect(b, a);
            (single || language) && a != b
        }
        (Condition::Between(from, to), Condition::Between(low, high)) => {
            let behind =
                |from: &Option<i128>, to: &Option<i128>| from.zip(*to).is_some_and(|(from, to)| from > to);
            behind(from, high) || behind(low, to)
        }
        _ => false,
    }
}

/// Where a part stands: from its first clause to its last.
fn place(query: &Query) -> Span {
    match query {
        Query::Atom(atom) => atom.span,
        Query::Test(test) => test.span,
        Query::Not(part) => place(part),
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => {
            let first = parts.first().map_or(Span::new(0, 0), place);
            let last = parts.last().map_or(first, place);
            Span::new(first.start(), last.end())
        }
        Query::Near(near) => Span::new(place(&near.left).start(), place(&near.right).end()),
    }
}

/// Whether a word with `?` behind it is a question.
fn is_asked(text: &str) -> bool {
    text.strip_suffix('?').is_some_and(|word| !word.contains(['*', '?']))
}
