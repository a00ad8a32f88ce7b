//! What does a model read of a text?
//!
//! Read [`Units`] first: the author's words in the form that models were trained on. Training, predicting and explaining
//! all read through it, and it reads through the one tokeniser.

use crate::model::Span;
use crate::text::{Text, Token, TokenKind, fold, parts};

/// How many words a negation reaches, at most.
const REACH: u8 = 5;

/// The units that stand for a kind of thing and not for a word.
const SIGNS: [&str; 13] = [
    "<url>",
    "<user>",
    "<email>",
    "<num>",
    "<cash>",
    "<hashtag>",
    "<long>",
    "<caps>",
    "!",
    "!!",
    "?",
    "??",
    "...",
];
pub(super) const URL: u8 = 0;
pub(super) const USER: u8 = 1;
pub(super) const EMAIL: u8 = 2;
pub(super) const NUM: u8 = 3;
pub(super) const CASH: u8 = 4;
pub(super) const HASHTAG: u8 = 5;
const LONG: u8 = 6;
const CAPS: u8 = 7;
/// One exclamation mark; the next number is that of several.
pub(super) const BANG: u8 = 8;
/// One question mark; the next number is that of several.
pub(super) const QUESTION: u8 = 10;
pub(super) const DOTS: u8 = 12;

/// Words that turn round what stands behind them, in the languages of the shipped models.
const NEGATORS: &[&str] = &[
    "not",
    "no",
    "never",
    "cannot",
    "without",
    "nobody",
    "nothing",
    "nowhere",
    "neither",
    "nor",
    "none",
    "hardly",
    "barely",
    "don't",
    "dont",
    "doesn't",
    "doesnt",
    "didn't",
    "didnt",
    "can't",
    "cant",
    "couldn't",
    "couldnt",
    "won't",
    "wont",
    "wouldn't",
    "wouldnt",
    "shouldn't",
    "shouldnt",
    "isn't",
    "isnt",
    "aren't",
    "arent",
    "wasn't",
    "wasnt",
    "weren't",
    "werent",
    "ain't",
    "aint",
    "haven't",
    "havent",
    "hasn't",
    "hasnt",
    "hadn't",
    "hadnt",
    "nicht",
    "kein",
    "keine",
    "keinen",
    "nie",
    "ohne",
    "pas",
    "jamais",
    "aucun",
    "aucune",
    "sans",
    "nunca",
    "sin",
    "non",
    "senza",
    "não",
    "nao",
    "sem",
    "नहीं",
    "मत",
    "لا",
    "ليس",
    "لم",
    "لن",
];
/// Words behind which a negation reaches no further.
const TURNS: &[&str] =
    &["but", "however", "although", "though", "aber", "mais", "pero", "mas", "però", "لكن", "लेकिन"];

/// Where a unit's word is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// In the folded form of the text.
    Folded(Span),
    /// In what was made of it.
    Made(Span),
    /// Among the signs.
    Sign(u8),
}

/// One unit: a word, an emoji, or a sign such as `<url>` or `??`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// Where it stands in the text (bytes).
    pub span: Span,
    /// FNV-1a, 64 bits, of its word.
    pub hash: u64,
    /// Whether a negation reaches it.
    pub negated: bool,
    word: Word,
}

impl Unit {
    /// Whether it stands for a kind of thing (`<url>`, `!!`) and not for a word.
    pub fn is_sign(&self) -> bool {
        matches!(self.word, Word::Sign(_))
    }

    /// The number of the sign that it is, if it is one.
    #[inline]
    pub(super) fn sign(&self) -> Option<u8> {
        match self.word {
            Word::Sign(sign) => Some(sign),
            Word::Folded(_) | Word::Made(_) => None,
        }
    }
}

/// The author's words of one text as models read them.
///
/// A word is in its folded form; letters that stand three times or more in a row are cut to two. Links, mentions, e-mail
/// addresses, numbers and cashtags are `<url>`, `<user>`, `<email>`, `<num>`, `<cash>`; a hashtag is `<hashtag>` and the
/// words it was run together from. `<long>` follows a drawn-out word, `<caps>` one in capitals in a text that is not.
/// Emoji, emoticons, `!`, `!!`, `?`, `??` and `...` are units of their own. Up to five words behind a negation, in its
/// clause, are marked.
///
/// ```
/// use scrm_core::classify::Units;
/// use scrm_core::text::Text;
/// let text = Text::new("@northwind NOT happy, sooooo slow!! #LostBag 😡 https://example.com");
/// let units = Units::new(&text, &[]);
/// let words: Vec<&str> = units.units().iter().map(|unit| units.word(unit)).collect();
/// assert_eq!(words, ["<user>", "not", "<caps>", "happy", "soo", "<long>", "slow", "!!", "<hashtag>", "lost", "bag",
///     "😡", "<url>"]);
/// assert!(units.units()[3].negated && !units.units()[6].negated);
/// ```
#[derive(Debug, Clone)]
pub struct Units<'t> {
    text: &'t Text<'t>,
    units: Vec<Unit>,
    made: String,
}

impl<'t> Units<'t> {
    /// Reads a text, leaving out what lies in `foreign` (stretches in order that do not overlap): words of others.
    pub fn new(text: &'t Text<'t>, foreign: &[Span]) -> Self {
        let mut reader = Reader {
            units: Self { text, units: Vec::with_capacity(text.tokens().len() * 2), made: String::new() },
            foreign,
            reach: 0,
            words: 0,
            shouted: 0,
        };
        reader.read();
        reader.units
    }

    /// The units, in order.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The word of one of these units.
    pub fn word(&self, unit: &Unit) -> &str {
        match unit.word {
            Word::Folded(span) => span.of(self.text.folded()).unwrap_or_default(),
            Word::Made(span) => span.of(&self.made).unwrap_or_default(),
            Word::Sign(sign) => SIGNS.get(usize::from(sign)).copied().unwrap_or_default(),
        }
    }

    /// Some of these units alone.
    pub(super) fn only(&self, units: Vec<Unit>) -> Self {
        Self { text: self.text, units, made: self.made.clone() }
    }

    /// The text that was read.
    pub fn text(&self) -> &'t Text<'t> {
        self.text
    }
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
        let role = TABLE.role(hash);
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

/// FNV-1a, 64 bits.
pub(super) const fn hash(word: &str) -> u64 {
    let bytes = word.as_bytes();
    let mut hash = OFFSET;
    let mut at = 0;
    while at < bytes.len() {
        #[expect(clippy::indexing_slicing, reason = "within the length; a const function has no iterators")]
        let byte = bytes[at];
        hash = step(hash, byte);
        at += 1;
    }
    hash
}

/// One byte more.
#[inline]
pub(super) const fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(PRIME)
}

pub(super) const OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01B3;

/// The hash of a word in which no letter stands three times in a row.
#[inline]
fn hash_of(word: &str) -> Option<u64> {
    let mut hash = OFFSET;
    let (mut last, mut run) = (0, 0);
    for byte in word.bytes() {
        hash = step(hash, byte);
        run = if byte == last { run + 1 } else { 1 };
        last = byte;
        if run == 3 && byte.is_ascii_alphabetic() {
            return None;
        }
    }
    Some(hash)
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

/// What a word does to a negation.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Negates,
    Ends,
}

const SLOTS: usize = 512;

/// The hashes of [`NEGATORS`] and [`TURNS`] by their lowest bits.
struct Table([u64; SLOTS]);

static SIGN_HASHES: [u64; SIGNS.len()] = hashes(&SIGNS);
static TABLE: Table = Table(table());
static ENDS: [u64; TURNS.len()] = hashes(TURNS);

impl Table {
    #[inline]
    fn role(&self, hash: u64) -> Option<Turn> {
        let mut at = hash as usize % SLOTS;
        loop {
            match self.0.get(at) {
                Some(0) | None => return None,
                Some(known) if *known == hash => {
                    return Some(if ENDS.contains(&hash) { Turn::Ends } else { Turn::Negates });
                }
                Some(_) => at = (at + 1) % SLOTS,
            }
        }
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "computed when compiling, where a slip is an error of the compiler"
)]
const fn hashes<const N: usize>(words: &[&str]) -> [u64; N] {
    let mut hashes = [0; N];
    let mut at = 0;
    while at < N {
        hashes[at] = hash(words[at]);
        at += 1;
    }
    hashes
}

#[expect(
    clippy::indexing_slicing,
    reason = "computed when compiling, where a slip is an error of the compiler"
)]
const fn table() -> [u64; SLOTS] {
    let mut slots = [0; SLOTS];
    let mut at = 0;
    while at < NEGATORS.len() + TURNS.len() {
        let word = if at < NEGATORS.len() { NEGATORS[at] } else { TURNS[at - NEGATORS.len()] };
        let hash = hash(word);
        let mut slot = hash as usize % SLOTS;
        while slots[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = hash;
        at += 1;
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, foreign: &[Span]) -> String {
        let text = Text::new(text);
        let units = Units::new(&text, foreign);
        let each = units.units().iter().map(|unit| {
            assert_eq!(unit.hash, hash(units.word(unit)), "{}", units.word(unit));
            assert!(unit.span.of(text.source()).is_some());
            format!("{}{}", if unit.negated { "¬" } else { "" }, units.word(unit))
        });
        each.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn units_of_texts() {
        let table = [
            ("", ""),
            ("!!!", "!!"),
            ("Is it? Really??", "is it ? really ??"),
            ("I don't like this at all, but ok", "i don't ¬like ¬this ¬at ¬all but ok"),
            ("not good but great", "not ¬good but great"),
            ("no one two three four five six", "no ¬one ¬two ¬three ¬four ¬five six"),
            ("Never. Again", "never again"),
            ("goooood 5 stars $ACME a@b.example", "good <long> <num> stars <cash> <email>"),
            ("WHY ARE YOU SHOUTING", "why are you shouting"),
            ("please STOP it", "please stop <caps> it"),
            ("#ClimateAction #fail", "<hashtag> climate action <hashtag> fail"),
            ("hmm… well... ok.", "hmm ... well ... ok"),
            ("👍🏽 :-) ❤️", "👍 :-) ❤"),
            ("Das ist nicht gut", "das ist nicht ¬gut"),
        ];
        for (text, expected) in table {
            assert_eq!(read(text, &[]), expected, "{text}");
        }
    }

    #[test]
    fn words_of_others_are_left_out() {
        assert_eq!(read("mine (theirs! not) mine!", &[Span::new(5, 18)]), "mine mine !");
    }
}
