//! What does a model read of a text?
//!
//! Read [`Units`] first: the author's words in the form that models were trained on. Training, predicting and explaining
//! all read through it, and it reads through the one tokeniser.

mod hash;
mod read;
mod turn;

use crate::model::Span;
use crate::text::Text;

pub(in crate::classify) use hash::{OFFSET, hash, step};

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
        read::read(text, foreign)
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

#[cfg(test)]
mod tests;
