//! What does a term look for? Words, phrases, literals, expressions, and the names of lists and queries.

use super::dialect::{Loose, Wildcards};
use super::lexer::Phrase;
use super::names::Meaning;
use super::parser::{Parser, Subject, nodes};
use super::words::{Reading, is_anything, words};
use super::{Atom, Form, Pattern, Query, Regex, Zone};
use crate::diagnostic::did_you_mean;
use crate::model::Span;
use crate::text::Text;

impl<'a> Parser<'a> {
    /// A term: `span` is its own place, `place` that of its field as well.
    pub(super) fn term(&mut self, term: &'a str, span: Span, place: Span) -> Option<Query> {
        let zone = match &self.subject {
            Subject::Values(..) => return self.value(term, false, place),
            Subject::Literal => return self.exact(term, true, place),
            Subject::Within => {
                let within = format!("*{}*", term.trim_matches('*'));
                return self.words(&within, Form::Plain, Zone::Default, span, place);
            }
            Subject::Words(zone) => zone.clone(),
        };
        self.operators_in_disguise(term, span);
        let inexact = term.rsplit_once('~').is_some_and(|(_, n)| n.bytes().all(|byte| byte.is_ascii_digit()));
        if term.len() > 1 && (term.starts_with('~') || inexact) {
            let message = format!("`{term}` is an inexact word, which queries do not have");
            self.error("Q010", span, message, "write the spellings with OR, or with `?` and `*`");
            return None;
        }
        match term
            .strip_prefix('=')
            .filter(|rest| self.rules.native && !rest.is_empty() && !super::lexer::is_face(term))
        {
            Some(word) => self.words(word, Form::Accented, zone, span, place),
            None if self.rules.escapes && term.contains('\\') => {
                self.words(&term.replace('\\', ""), self.rules.plain, zone, span, place)
            }
            None => self.words(term, self.rules.plain, zone, span, place),
        }
    }

    /// Signs that are operators elsewhere, and here are as good as not there.
    fn signs_of_others(&mut self, term: &str, span: Span) {
        let meant = |rest: &str| rest.starts_with(char::is_alphanumeric);
        let (what, help) = match term {
            // There is no word in them, which is told below.
            "&&" | "||" => return,
            _ => {
                let bang = term.strip_prefix('!').filter(|rest| meant(rest));
                let plus = term.strip_prefix('+').filter(|rest| rest.starts_with(char::is_alphabetic));
                let or = ["||", "|"].iter().find_map(|sign| term.split_once(sign));
                let both = term.split_once("&&");
                let sides = |(a, b): &(&str, &str)| !a.is_empty() && !b.is_empty();
                match (bang, plus, or.filter(sides), both.filter(sides)) {
                    (Some(rest), ..) => (
                        format!("`!` does not deny here: `{rest}` must stand"),
                        format!("write `-{rest}` for a word that must not stand"),
                    ),
                    (_, Some(rest), ..) => {
                        ("`+` says nothing here: every word must stand".to_owned(), format!("write `{rest}`"))
                    }
                    (_, _, Some((a, b)), _) => (
                        format!("`{term}` is looked for as words side by side"),
                        format!("write `{a} OR {b}`"),
                    ),
                    (_, _, _, Some((a, b))) => (
                        format!("`{term}` is looked for as words side by side"),
                        format!("write `{a} AND {b}`"),
                    ),
                    _ => return,
                }
            }
        };
        self.warning("Q110", span, what, help);
    }

    fn operators_in_disguise(&mut self, term: &str, span: Span) {
        if self.rules.native {
            self.signs_of_others(term, span);
        }
        let (2..=12) = term.len() else { return };
        if self.rules.native && term == "CONTEXT" {
            let help =
                "write `(a OR b) NEAR/2 (c OR d)` for words near each other, or `\"CONTEXT\"` for the word";
            self.warning("Q111", span, "`CONTEXT` is looked for as a word", help);
        }
        let near = ["near", "onear"]
            .iter()
            .any(|near| term.strip_prefix(near).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
        if matches!(term, "and" | "or" | "not") || near {
            let upper = if near && !term.contains('/') {
                format!("{}/5", term.to_uppercase())
            } else {
                term.to_uppercase().replace('F', "f")
            };
            let message = format!("`{term}` is looked for as a word");
            let help = if self.rules.and_not {
                format!("write `{upper}` for the operator, or `\"{term}\"` for the word")
            } else {
                format!("write `\"{term}\"` for the word")
            };
            self.warning("Q101", span, message, help);
        }
        if !self.rules.and_not && matches!(term, "AND" | "NOT") {
            let message = format!("{} reads `{term}` as a word", self.rules.name);
            let help =
                if term == "AND" { "leave it out: a blank joins" } else { "write `-` before the word" };
            self.warning("Q203", span, message, help);
        }
    }

    pub(super) fn phrase(&mut self, phrase: Phrase<'a>, span: Span, place: Span) -> Option<Query> {
        if !phrase.closed {
            self.error("Q005", span, "this quote is not closed", "close it with `\"`");
        }
        let zone = match &self.subject {
            Subject::Values(..) => return self.value(phrase.inner, true, place),
            Subject::Literal => return self.exact(phrase.inner, true, place),
            Subject::Within => Zone::Default,
            Subject::Words(zone) => zone.clone(),
        };
        let form = if phrase.accented { Form::Accented } else { self.rules.plain };
        let slack = match phrase.slack {
            None => None,
            Some(None) => {
                self.error("Q025", span, "`~` has no number behind it", "write `\"lost bag\"~5`");
                None
            }
            Some(Some(n)) => Some(n),
        };
        let atom = self.words(phrase.inner, form, zone, span, place);
        let Some(n) = slack else { return atom };
        match atom {
            Some(Query::Atom(Atom { zone, pattern: Pattern::Words(words), span })) if words.len() > 1 => {
                if words.len() > Query::LOOSE_WORDS {
                    let most = Query::LOOSE_WORDS;
                    let message = format!("`\"…\"~n` takes at most {most} words");
                    self.error("Q031", span, message, "join shorter ones with `NEAR/n`");
                    return None;
                }
                let slack = self.slack(n, words.len(), place);
                Some(Query::Atom(Atom { zone, pattern: Pattern::Loose { words, slack }, span }))
            }
            atom => atom,
        }
    }

    /// How many other words may stand among those of `"…"~n`.
    fn slack(&mut self, n: u32, words: usize, place: Span) -> u32 {
        let name = self.rules.name;
        match self.rules.loose {
            Loose::Between => n,
            Loose::Moves => {
                let message = format!("{name} counts moves of words here, not the words between");
                self.warning(
                    "Q201",
                    place,
                    message,
                    "try it on past messages; two words swapped are two moves",
                );
                n
            }
            Loose::Within => {
                if words > 2 {
                    let message = format!("{name} says of two words alone how far apart they may be");
                    self.warning("Q201", place, message, "here all words stand within that many");
                }
                n.saturating_sub(1)
            }
        }
    }

    fn words(&mut self, text: &str, plain: Form, zone: Zone, span: Span, place: Span) -> Option<Query> {
        if !self.grow(1, place) {
            return None;
        }
        let literal;
        let mut text = text;
        if text.contains(['*', '?']) && self.subject != Subject::Within {
            self.check_wildcards(text, span);
            if self.rules.wildcards == Wildcards::None {
                literal = text.replace(['*', '?'], " ");
                text = &literal;
            }
        }
        let words = words(text, Reading { plain, link: zone == Zone::Url });
        if words.is_empty() {
            let message = format!("`{}` holds no word that could be looked for", shown(text));
            let help = match text {
                "||" => "write `OR` for either of two",
                "&" | "&&" => "write `AND`, or nothing: a blank joins",
                _ => "punctuation is not matched; write the words around it, or `{C++}` for very characters",
            };
            self.error("Q011", span, message, help);
            return None;
        }
        if is_anything(&words) {
            let message = format!("`{}` stands for any word at all", shown(text));
            self.error("Q009", span, message, "write some letters: `word*` for all words that begin so");
            return None;
        }
        Some(Query::Atom(Atom { zone, pattern: Pattern::Words(words), span: place }))
    }

    fn check_wildcards(&mut self, text: &str, span: Span) {
        let name = self.rules.name;
        let leading =
            text.split(char::is_whitespace).any(|word| word.len() > 1 && word.starts_with(['*', '?']));
        let inner =
            text.split(char::is_whitespace).any(|word| word.trim_end_matches(['*', '?']).contains('*'));
        let message = match self.rules.wildcards {
            Wildcards::NotFirst if leading => format!("{name} has no word that begins with a wildcard"),
            Wildcards::Last if inner => format!("{name} has `*` at the end of a word alone"),
            Wildcards::None => format!("{name} has no wildcards and reads `*` and `?` as blanks"),
            _ => return,
        };
        let help = match self.rules.wildcards {
            Wildcards::None => "remove it, or write the query in the native language",
            _ => "it is read as a wildcard here",
        };
        self.warning("Q204", span, message, help);
    }

    pub(super) fn exact(&mut self, inner: &str, closed: bool, place: Span) -> Option<Query> {
        if !closed {
            self.error("Q020", place, "this brace is not closed", "close it with `}`");
            return None;
        }
        if !self.grow(1, place) {
            return None;
        }
        if Text::new(inner).tokens().is_empty() {
            let message = format!("`{{{}}}` holds no word that could be looked for", shown(inner));
            self.error("Q020", place, message, "write at least one letter or digit between the braces");
            return None;
        }
        let zone = self.zone();
        Some(Query::Atom(Atom { zone, pattern: Pattern::Exact(inner.into()), span: place }))
    }

    fn zone(&self) -> Zone {
        match &self.subject {
            Subject::Words(zone) => zone.clone(),
            _ => Zone::Default,
        }
    }

    pub(super) fn regex(&mut self, inner: &str, closed: bool, place: Span) -> Option<Query> {
        if !closed {
            let message = format!("the expression `/{}` is not closed", shown(inner));
            self.error("Q018", place, message, "close it with `/`, or put it in quotes");
            return None;
        }
        if !self.grow(1, place) {
            return None;
        }
        if self.rules.escapes {
            let help = "here it may span several; begin and end it with letters or digits";
            let name = self.rules.name;
            self.warning("Q207", place, format!("{name} compares an expression with one word"), help);
        }
        let source = if inner.contains("\\/") { unescaped(inner) } else { inner.to_owned() };
        match Regex::new(&source, self.limits.regex_bytes) {
            Ok(regex) if !source.is_empty() => {
                let zone = self.zone();
                return Some(Query::Atom(Atom { zone, pattern: Pattern::Regex(regex), span: place }));
            }
            Err(regex::Error::CompiledTooBig(_)) => {
                let limit = self.limits.regex_bytes;
                let message = format!("this expression takes more than {limit} bytes when compiled");
                self.error("Q019", place, message, "write smaller counts, or `[a-z]` for `\\w`");
            }
            Err(error) => {
                let told = error.to_string();
                let last = told.lines().last().unwrap_or_default();
                let reason = last.strip_prefix("error: ").unwrap_or(last);
                let message = format!("this is no regular expression: {reason}");
                let help = "see https://docs.rs/regex/latest/regex/#syntax for how one is written";
                self.error("Q018", place, message, help);
            }
            Ok(_) => self.error("Q018", place, "this expression is empty", "write it between the slashes"),
        }
        None
    }

    /// `LIST(name)` or `MACRO(name)`.
    pub(super) fn named(&mut self, what: &str, name: &str, closed: bool, place: Span) -> Option<Query> {
        if !closed {
            self.error("Q002", place, "this parenthesis is not closed", "close it with `)`");
            return None;
        }
        let names = self.names;
        let (kind, known) = if what == "LIST" { ("list", &names.lists) } else { ("query", &names.queries) };
        let query = match known.get(name) {
            Some(Meaning::Query(query)) => query,
            Some(Meaning::Broken) => {
                let message = format!("the {kind} `{name}` has faults of its own");
                self.error("Q023", place, message, "mend it first");
                return None;
            }
            Some(Meaning::Itself) => {
                let message = format!("`{what}({name})` leads back to itself");
                self.error("Q024", place, message, "write out one of the queries that name each other");
                return None;
            }
            None => {
                let help = match did_you_mean(name, known.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("define it in monitors.toml: a `[[{kind}]]` with that `id`"),
                };
                self.error("Q023", place, format!("there is no {kind} `{}`", shown(name)), help);
                return None;
            }
        };
        if !self.grow(nodes(query), place) {
            return None;
        }
        if matches!(self.subject, Subject::Values(..)) {
            let mut terms = Vec::new();
            for clause in query.clauses() {
                let Query::Atom(Atom { pattern: Pattern::Words(words), .. }) = clause else { continue };
                let written = words.iter().map(|word| &*word.text).collect::<Vec<_>>().join(" ");
                terms.extend(self.value(&written, true, place));
            }
            return Query::any(terms);
        }
        let mut query = query.clone();
        moved(&mut query, &self.zone(), place);
        Some(query)
    }
}

/// The same query at another place, its words looked for in another zone.
fn moved(query: &mut Query, zone: &Zone, place: Span) {
    match query {
        Query::Atom(atom) => {
            atom.span = place;
            if atom.zone == Zone::Default {
                atom.zone = zone.clone();
            }
        }
        Query::Test(test) => test.span = place,
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => {
            parts.iter_mut().for_each(|part| moved(part, zone, place));
        }
        Query::Not(part) => moved(part, zone, place),
        Query::Near(near) => {
            moved(&mut near.left, zone, place);
            moved(&mut near.right, zone, place);
        }
    }
}

fn unescaped(inner: &str) -> String {
    let mut source = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek().copied()) {
            ('\\', Some('/')) => {}
            ('\\', Some(next)) => {
                source.extend([c, next]);
                chars.next();
            }
            _ => source.push(c),
        }
    }
    source
}

/// The first characters of what somebody wrote.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
