//! How is a text cut into units?

use super::hash::{hash, hash_of, hashes};
use super::turn::{Turn, turn};
use super::{
    BANG, CAPS, CASH, DOTS, EMAIL, HASHTAG, LONG, NUM, QUESTION, SIGNS, URL, USER, Unit, Units, Word,
};
use crate::model::Span;
use crate::text::{Text, Token, TokenKind, fold, parts};

/// How many words a negation reaches, at most.
const REACH: u8 = 5;

static SIGN_HASHES: [u64; SIGNS.len()] = hashes(&SIGNS);

/// The units of a text, leaving out what lies in `foreign`.
pub(super) fn read<'t>(text: &'t Text<'t>, foreign: &[Span]) -> Units<'t> {
    let units = Units { text, units: Vec::with_capacity(text.tokens().len() * 2), made: String::new() };
    let mut reader = Reader { units, foreign, reach: 0, words: 0, shouted: 0 };
    reader.read();
    reader.units
}

struct Reader<'t, 'f> {
    units: Units<'t>,
    foreign: &'f [Span],
    /// How many words the negation that was read last still reaches.
    reach: u8,
    words: usize,
    shouted: usize,
}

impl Reader<'_, '_> {
    fn read(&mut self) {
        let text = self.units.text;
        let head = text.tokens().first().map_or(text.source().len(), |token| token.span.start());
        self.between(text.source().get(..head).unwrap_or_default(), 0);
        for (at, token) in text.tokens().iter().enumerate() {
            if self.is_foreign(token.span) {
                self.reach = 0;
            } else {
                self.token(token);
            }
            let after = text.after(at);
            if after != " " {
                self.between(after, token.span.end());
            }
        }
        // Capitals stand out only where not everything is in capitals.
        if self.shouted * 2 > self.words {
            self.units.units.retain(|unit| unit.word != Word::Sign(CAPS));
        }
    }

    fn is_foreign(&self, span: Span) -> bool {
        let next = self.foreign.partition_point(|foreign| foreign.end() <= span.start());
        self.foreign.get(next).is_some_and(|foreign| foreign.overlaps(span))
    }

    fn token(&mut self, token: &Token) {
        match token.kind {
            TokenKind::Url => self.sign(URL, token.span),
            TokenKind::Mention => self.sign(USER, token.span),
            TokenKind::Email => self.sign(EMAIL, token.span),
            TokenKind::Number => self.sign(NUM, token.span),
            TokenKind::Cashtag => self.sign(CASH, token.span),
            TokenKind::Emoji | TokenKind::Emoticon => self.word(token.folded, token.span),
            TokenKind::Hashtag => self.hashtag(token),
            TokenKind::Word => {
                self.words += 1;
                self.word(token.folded, token.span);
                if self.is_loud(token.span) {
                    self.shouted += 1;
                    self.sign(CAPS, token.span);
                }
            }
        }
    }

    fn hashtag(&mut self, token: &Token) {
        self.sign(HASHTAG, token.span);
        let Some(raw) = token.span.of(self.units.text.source()) else { return };
        let name = TokenKind::Hashtag.name_of(raw);
        let from = token.span.end() - name.len();
        let parts = parts(name);
        if parts.is_empty() {
            return self.word(token.folded, token.span);
        }
        for part in parts {
            let span = Span::new(from + part.start(), from + part.end());
            let start = self.units.made.len();
            self.units.made.push_str(&fold(part.of(name).unwrap_or_default()));
            self.made(start, span);
        }
    }

    /// A word of the folded text.
    fn word(&mut self, folded: Span, span: Span) {
        let word = folded.of(self.units.text.folded()).unwrap_or_default();
        match hash_of(word) {
            Some(hash) => self.push(Word::Folded(folded), hash, span),
            None => {
                let start = self.units.made.len();
                shorten(word, &mut self.units.made);
                self.made(start, span);
                self.sign(LONG, span);
            }
        }
    }

    /// A word that was written to the end of `made`.
    fn made(&mut self, start: usize, span: Span) {
        let place = Span::new(start, self.units.made.len());
        let hash = hash(place.of(&self.units.made).unwrap_or_default());
        self.push(Word::Made(place), hash, span);
    }

    fn push(&mut self, word: Word, hash: u64, span: Span) {
        let role = turn(hash);
        if matches!(role, Some(Turn::Ends)) {
            self.reach = 0;
        }
        let negated = self.reach > 0;
        self.reach = if matches!(role, Some(Turn::Negates)) { REACH } else { self.reach.saturating_sub(1) };
        self.units.units.push(Unit { span, hash, negated, word });
    }

    fn sign(&mut self, sign: u8, span: Span) {
        let hash = SIGN_HASHES.get(usize::from(sign)).copied().unwrap_or_default();
        self.units.units.push(Unit { span, hash, negated: false, word: Word::Sign(sign) });
    }

    /// What stands between two tokens, from `from` on: ends of clauses, and punctuation that says something.
    fn between(&mut self, between: &str, from: usize) {
        let mut chars = between.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let sign = match c {
                '!' | '！' => Some(BANG),
                '?' | '？' | '؟' => Some(QUESTION),
                '…' => Some(DOTS),
                '.' => None,
                ',' | ';' | ':' | '(' | ')' | '–' | '—' | '،' | '、' | '，' | '"' | '“' | '”' | '|'
                | '\n' | '。' | '।' => {
                    self.reach = 0;
                    continue;
                }
                _ => continue,
            };
            let mut run = 1_usize;
            let mut end = at + c.len_utf8();
            while let Some((at, next)) = chars.next_if(|(_, next)| *next == c) {
                run += 1;
                end = at + next.len_utf8();
            }
            self.reach = 0;
            let span = Span::new(from + at, from + end);
            let sign = match sign {
                Some(DOTS) => DOTS,
                Some(sign) => sign + u8::from(run > 1),
                None if run > 2 => DOTS,
                None => continue,
            };
            if !self.is_foreign(span) {
                self.sign(sign, span);
            }
        }
    }

    fn is_loud(&self, span: Span) -> bool {
        let source = span.of(self.units.text.source()).unwrap_or_default();
        let bytes = source.as_bytes();
        bytes.len() > 2
            && bytes.first().is_some_and(|first| !first.is_ascii_lowercase())
            && if source.is_ascii() {
                bytes.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'\'')
            } else {
                source.chars().all(|c| c.is_uppercase() || matches!(c, '\'' | '’'))
            }
    }
}

/// Appends a word with each run of three letters or more cut to two.
fn shorten(word: &str, into: &mut String) {
    let (mut last, mut run) = ('\0', 0);
    for c in word.chars() {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run < 3 || !c.is_alphabetic() {
            into.push(c);
        }
    }
}
