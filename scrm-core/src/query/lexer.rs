//! Which pieces is a query written in? Operators, parentheses, phrases, fields and terms, with their places.
//!
//! Read [`Lexer`] first: it gives one piece at a time and looks at each character once, so that no query, however long,
//! is held twice.

use super::Reach;
use super::dialect::{Rules, Signs};
use super::values::decimal;
use crate::model::Span;

/// One piece of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Open,
    Close,
    Comma,
    And,
    Or,
    Not,
    /// `+`, where the language has it.
    Must,
    Near(NearWord),
    /// `ATLEAST`, with its number if there is one.
    AtLeast(Option<u32>),
    Phrase(Phrase<'a>),
    /// `{…}`; the flag says whether the closing brace is there.
    Exact(&'a str, bool),
    /// `/…/`; the flag says whether the closing slash is there.
    Regex(&'a str, bool),
    Term(&'a str),
    /// A name and its colon; the value follows.
    Field(&'a str),
    /// `LIST(name)`; the flag says whether the closing parenthesis is there.
    List(&'a str, bool),
    /// `MACRO(name)`, likewise.
    Macro(&'a str, bool),
    /// `^2` behind something, which it makes weigh more.
    Boost,
}

/// A proximity operator as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NearWord {
    /// Absent when its number is missing or is none.
    pub(super) reach: Option<Reach>,
    pub(super) ordered: bool,
    pub(super) negated: bool,
}

/// A phrase as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phrase<'a> {
    /// What stands between the quotes.
    pub(super) inner: &'a str,
    pub(super) closed: bool,
    /// Whether `=` stands before it.
    pub(super) accented: bool,
    /// What follows `~` behind it; the inner one is absent when that is no number.
    pub(super) slack: Option<Option<u32>>,
}

/// Cuts a query into pieces, one after the other.
#[derive(Debug)]
pub(super) struct Lexer<'a> {
    source: &'a str,
    at: usize,
    rules: &'static Rules,
    /// Whether a comma parts what stands on its sides.
    pub(super) commas: bool,
    /// Whether values of an attribute are read, not words.
    pub(super) values: bool,
}

/// What closes a quotation: word processors change straight quotes behind people's backs.
pub(super) const QUOTES: [char; 3] = ['"', '\u{201C}', '\u{201D}'];

/// Faces with a parenthesis, or with what would be taken for a field.
const FACES: [&str; 12] = [":-)", ":-(", ":'(", ":')", ";-)", ">:(", ":)", ":(", ";)", "=)", "=(", "D:"];

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

fn is_end(c: char) -> bool {
    is_blank(c) || matches!(c, '(' | ')') || QUOTES.contains(&c)
}

impl<'a> Lexer<'a> {
    pub(super) fn new(source: &'a str, rules: &'static Rules) -> Self {
        Self { source, at: 0, rules, commas: false, values: false }
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// The character that comes next, blank or not.
    pub(super) fn upcoming(&self) -> Option<char> {
        self.rest().chars().next().filter(|c| !is_blank(*c))
    }

    /// Whether a comparison or a range of numbers comes next.
    pub(super) fn upcoming_number(&self) -> bool {
        let inner = self.rest().trim_start_matches(|c| c == '(' || is_blank(c));
        // The longest range of numbers is no longer than this.
        let end = inner
            .char_indices()
            .take(66)
            .find(|(_, c)| is_end(*c) || *c == ',')
            .map_or(inner.len(), |(at, _)| at);
        let word = inner.get(..end).unwrap_or_default();
        let open = |end: &str| end.is_empty() || decimal(end).is_some();
        inner.starts_with(['<', '>'])
            || word.split_once("..").is_some_and(|(from, to)| open(from) && open(to))
            || (self.rules.signs == Signs::Lucene && inner.starts_with(['[', '{']))
    }

    /// Passes over everything.
    pub(super) fn stop(&mut self) {
        self.at = self.source.len();
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Option<(Piece<'a>, Span)> {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches(is_blank);
        self.at += rest.len() - trimmed.len();
        let first = trimmed.chars().next()?;
        let (piece, length) = self.piece(trimmed, first);
        let length = length.max(first.len_utf8());
        let span = Span::new(self.at, self.at + length);
        self.at += length;
        Some((piece, span))
    }

    fn piece(&self, rest: &'a str, first: char) -> (Piece<'a>, usize) {
        match first {
            '(' => return (Piece::Open, 1),
            ')' => return (Piece::Close, 1),
            ',' if self.commas => return (Piece::Comma, 1),
            _ => {}
        }
        if QUOTES.contains(&first) {
            return phrase(rest, 0);
        }
        if self.values {
            return self.value(rest, first);
        }
        let second = rest.get(first.len_utf8()..).and_then(|rest| rest.chars().next());
        let stands = second.is_some_and(|c| !is_blank(c) && c != ')');
        match first {
            '-' if stands => (Piece::Not, 1),
            '+' if stands && self.rules.signs == Signs::Lucene => (Piece::Must, 1),
            '!' if stands && self.rules.signs == Signs::Lucene => (Piece::Not, 1),
            '^' if self.rules.signs == Signs::Lucene && second.is_some_and(|c| c.is_ascii_digit()) => {
                let digits = |c: char| c.is_ascii_digit() || c == '.';
                let number = rest.get(1..).unwrap_or_default();
                (Piece::Boost, 1 + number.len() - number.trim_start_matches(digits).len())
            }
            '{' if self.rules.braces => enclosed(rest),
            '/' if self.rules.expressions => regex(rest).unwrap_or_else(|| self.word(rest)),
            ':' | ';' | '=' | '>' | 'D' => match face(rest) {
                Some(length) => (Piece::Term(rest.get(..length).unwrap_or_default()), length),
                None if self.rules.native && first == '=' && second.is_some_and(|c| QUOTES.contains(&c)) => {
                    phrase(rest, 1)
                }
                None => self.word(rest),
            },
            _ => self.word(rest),
        }
    }

    /// A value behind `attribute:`, or an operator between such values.
    fn value(&self, rest: &'a str, first: char) -> (Piece<'a>, usize) {
        let digit = rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
        if first == '-' && !digit {
            return (Piece::Not, 1);
        }
        let bracket = self.rules.signs == Signs::Lucene && matches!(first, '[' | '{');
        let length = match rest.find([']', '}']).filter(|_| bracket) {
            Some(end) => end + 1,
            None => self.word_end(rest),
        };
        let word = rest.get(..length).unwrap_or_default();
        let piece = match word {
            "AND" => Piece::And,
            "OR" | "|" => Piece::Or,
            "NOT" => Piece::Not,
            "LIST" | "MACRO" => {
                let behind = rest.get(length..).unwrap_or_default();
                return self.operator(word, behind).unwrap_or((Piece::Term(word), length));
            }
            _ => Piece::Term(word),
        };
        (piece, length)
    }

    /// Where the word that `rest` begins with ends.
    fn word_end(&self, rest: &str) -> usize {
        let mut before = ' ';
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if is_end(c) && !(before == '\\' && self.rules.signs == Signs::Lucene) {
                return at;
            }
            let between_digits =
                before.is_ascii_digit() && chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
            if (c == ',' && self.commas && !between_digits)
                || (c == '^' && self.rules.signs == Signs::Lucene && at > 0)
            {
                return at;
            }
            before = c;
        }
        rest.len()
    }

    fn word(&self, rest: &'a str) -> (Piece<'a>, usize) {
        if let Some(name) = self.field_name(rest) {
            return (Piece::Field(name), name.len() + 1);
        }
        let length = self.word_end(rest);
        let word = rest.get(..length).unwrap_or_default();
        let behind = rest.get(length..).unwrap_or_default();
        self.operator(word, behind).unwrap_or((Piece::Term(word), length))
    }

    /// The name before a colon with something behind it; a name that is known needs nothing behind.
    fn field_name(&self, rest: &'a str) -> Option<&'a str> {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        let colon = rest.find(|c| !is_name(c))?;
        let (name, behind) = (rest.get(..colon)?, rest.get(colon..)?.strip_prefix(':')?);
        if !name.starts_with(char::is_alphabetic) || behind.starts_with("//") {
            return None;
        }
        let follows = behind.starts_with(|c| !is_blank(c) && c != ')');
        (follows || (self.rules.field)(name).is_some()).then_some(name)
    }

    /// The operator that `word` is, and the length that it takes with what belongs to it.
    fn operator(&self, word: &'a str, behind: &'a str) -> Option<(Piece<'a>, usize)> {
        let length = word.len();
        let first = *word.as_bytes().first()?;
        if !(first.is_ascii_uppercase() || matches!(first, b'|' | b'/' | b'&')) {
            return None;
        }
        let native = self.rules.native;
        let piece = match word {
            "AND" if self.rules.and_not => Piece::And,
            "OR" => Piece::Or,
            "|" if native => Piece::Or,
            "||" if self.rules.signs == Signs::Lucene => Piece::Or,
            "&&" if self.rules.signs == Signs::Lucene => Piece::And,
            "NOT" if self.rules.and_not => {
                // `NOT NEAR/3` is one operator.
                let next = behind.trim_start_matches(is_blank);
                let end = next.find(is_end).unwrap_or(next.len());
                return match next.get(..end).and_then(|next| self.near(next)) {
                    Some(near) => {
                        let near = NearWord { negated: true, ..near };
                        Some((Piece::Near(near), length + (behind.len() - next.len()) + end))
                    }
                    None => Some((Piece::Not, length)),
                };
            }
            "ATLEAST" if native => {
                let next = behind.trim_start_matches(is_blank);
                let digits = next.len() - next.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                let number = next.get(..digits).filter(|digits| !digits.is_empty());
                let number = number.map(|digits| digits.parse().unwrap_or(u32::MAX));
                let taken = if number.is_some() { behind.len() - next.len() + digits } else { 0 };
                return Some((Piece::AtLeast(number), length + taken));
            }
            "LIST" | "MACRO" if native && behind.starts_with('(') => {
                let inner = behind.get(1..).unwrap_or_default();
                let end = inner.find(')');
                let name = inner.get(..end.unwrap_or(inner.len())).unwrap_or_default().trim();
                let taken = length + 1 + end.map_or(inner.len(), |end| end + 1);
                let closed = end.is_some();
                let piece =
                    if word == "LIST" { Piece::List(name, closed) } else { Piece::Macro(name, closed) };
                return Some((piece, taken));
            }
            _ => Piece::Near(self.near(word)?),
        };
        Some((piece, length))
    }

    fn near(&self, word: &str) -> Option<NearWord> {
        let plain = |reach| Some(NearWord { reach: Some(reach), ordered: false, negated: false });
        match word {
            _ if !self.rules.proximity => return None,
            "SENTENCE" | "/s" if self.rules.native => return plain(Reach::Sentence),
            "PARAGRAPH" | "PARA" if self.rules.native => return plain(Reach::Paragraph),
            _ => {}
        }
        let (ordered, rest) = match word.strip_prefix("ONEAR") {
            Some(rest) => (true, rest),
            None => (false, word.strip_prefix("NEAR")?),
        };
        let Some(number) = rest.strip_prefix('/') else {
            return rest.is_empty().then_some(NearWord { reach: None, ordered, negated: false });
        };
        let (digits, forward) = match number.strip_suffix('f') {
            Some(digits) => (digits, true),
            None => (number, false),
        };
        let fits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let reach = fits.then(|| Reach::Words(digits.parse().unwrap_or(u32::MAX)));
        Some(NearWord { reach, ordered: ordered || forward, negated: false })
    }
}

/// Bytes of the face that `rest` begins with; it must stand alone.
fn face(rest: &str) -> Option<usize> {
    let face = FACES.iter().find(|face| rest.starts_with(**face))?;
    let behind = rest.get(face.len()..)?.chars().next();
    behind.is_none_or(|c| is_blank(c) || matches!(c, ')' | ',')).then_some(face.len())
}

/// Whether a term is a face.
pub(super) fn is_face(term: &str) -> bool {
    FACES.contains(&term)
}

/// A phrase; `lead` is the length of what stands before its opening quote.
fn phrase(rest: &str, lead: usize) -> (Piece<'_>, usize) {
    let open = rest.get(lead..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let from = lead + open;
    let inner = rest.get(from..).unwrap_or_default();
    let accented = lead > 0;
    let Some((at, close)) = inner.char_indices().find(|(_, c)| QUOTES.contains(c)) else {
        return (Piece::Phrase(Phrase { inner, closed: false, accented, slack: None }), rest.len());
    };
    let mut length = from + at + close.len_utf8();
    let behind = rest.get(length..).unwrap_or_default();
    let slack = behind.strip_prefix('~').map(|behind| {
        let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        length += 1 + digits;
        let digits = behind.get(..digits).filter(|digits| !digits.is_empty())?;
        Some(digits.parse().unwrap_or(u32::MAX))
    });
    let inner = inner.get(..at).unwrap_or_default();
    (Piece::Phrase(Phrase { inner, closed: true, accented, slack }), length)
}

/// `{…}`.
fn enclosed(rest: &str) -> (Piece<'_>, usize) {
    let inner = rest.get(1..).unwrap_or_default();
    match inner.find('}') {
        Some(end) => (Piece::Exact(inner.get(..end).unwrap_or_default(), true), end + 2),
        None => (Piece::Exact(inner, false), rest.len()),
    }
}

/// `/…/`, with `\/` for a slash; nothing when it is an operator or a slash alone.
fn regex(rest: &str) -> Option<(Piece<'_>, usize)> {
    let inner = rest.get(1..)?;
    let second = inner.chars().next().filter(|c| !is_blank(*c) && *c != ')')?;
    if second == 's' && inner.chars().nth(1).is_none_or(is_end) {
        return None;
    }
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            '/' if !escaped => return Some((Piece::Regex(inner.get(..at)?, true), at + 2)),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    // What is not closed ends with the word, so that the rest is read for its own faults.
    let end = inner.find(is_end).unwrap_or(inner.len());
    Some((Piece::Regex(inner.get(..end)?, false), 1 + end))
}
