//! Which features does a model read in a message? Hashed n-grams of its words, and of the characters within them.
//!
//! Read [`Features`] first. Training, predicting and explaining all read a message through [`Features::each_word`] and
//! [`Features::each_char`], so the three cannot disagree. Nothing is allocated and no string is built: the n-grams of
//! characters are cut from one number that slides over the word.

mod sentence;

use super::units::{Unit, Units, hash};
use sentence::Sentence;

/// Characters of one word that count; what is longer is no word that anybody learns.
pub(crate) const WORD_CHARS: usize = 48;
/// The most n-grams of characters that one word has.
pub(crate) const WORD_GRAMS: usize = (WORD_CHARS + 2) * 5;

/// Bits of one character in the sliding window; five of them leave four for the length.
const CHAR_BITS: u32 = 12;
const LEAST_CHARS: u8 = 1;
const MOST_CHARS: u8 = 5;
const LEAST_BITS: u8 = 4;
const MOST_BITS: u8 = 20;

/// The golden ratio: its product spreads a hash over the upper bits.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
const NEGATED: u64 = 0xD6E8_FEB8_6659_FD93;
/// Stand before the first and behind the last word.
const BEGIN: u64 = 0xA5A3_5641_2F0C_9B17;
const END: u64 = 0x3C79_AC49_2BA7_B653;
/// Stand before what is said of a place or a form.
const FIRST_WORD: u64 = 0x2545_F491_4F6C_DD1D;
const ASKED: u64 = 0x1B03_7387_12FA_D5C9;
const SHAPE: u64 = 0xA076_1D64_78BD_642F;
const PRICE: u64 = 0xE703_7ED1_A0B4_28DB;

const NUMBER: u64 = hash("<num>");
const QUESTIONS: [u64; 2] = [hash("?"), hash("??")];

/// Which n-grams a model reads, and into how many buckets they are hashed.
///
/// Words: each unit and each pair of neighbours; a unit in the scope of a negation is another word than outside it.
/// Besides, how each sentence begins, and that a question mark ends it or stands behind the last word, and how a number is written (its digits, not which
/// ones, and the sign before it).
/// Characters: n-grams within a unit and its two ends (`<re`, `efun`, `nd>`); signs such as `<url>` have none. Each of
/// the two has a table of its own and counts as `1 / sqrt(number of n-grams)` of the message (less beyond 1,024 of them).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features {
    word_bits: u8,
    char_bits: u8,
    least_chars: u8,
    most_chars: u8,
}

impl Features {
    /// Words in `2^word_bits` and n-grams of `chars.0` to `chars.1` characters in `2^char_bits` buckets.
    ///
    /// `None` when a table has fewer than 2^4 or more than 2^20 buckets, or the characters are not in order within 1..=5.
    ///
    /// ```
    /// use scrm_core::classify::Features;
    /// assert_eq!(Features::new(13, 14, (2, 5)).unwrap().buckets(), 8192 + 16384);
    /// assert!(Features::new(13, 14, (2, 9)).is_none());
    /// assert!(Features::new(13, 64, (2, 5)).is_none());
    /// ```
    pub fn new(word_bits: u8, char_bits: u8, chars: (u8, u8)) -> Option<Self> {
        let bits = LEAST_BITS..=MOST_BITS;
        let (least_chars, most_chars) = chars;
        let fits = bits.contains(&word_bits)
            && bits.contains(&char_bits)
            && LEAST_CHARS <= least_chars
            && least_chars <= most_chars
            && most_chars <= MOST_CHARS;
        fits.then_some(Self { word_bits, char_bits, least_chars, most_chars })
    }

    /// Binary logarithm of the number of buckets for words.
    pub fn word_bits(&self) -> u8 {
        self.word_bits
    }

    /// Binary logarithm of the number of buckets for characters.
    pub fn char_bits(&self) -> u8 {
        self.char_bits
    }

    /// The shortest and the longest n-gram of characters.
    pub fn chars(&self) -> (u8, u8) {
        (self.least_chars, self.most_chars)
    }

    /// How many buckets there are; those of words come first.
    pub fn buckets(&self) -> usize {
        self.word_buckets() + (1 << self.char_bits)
    }

    /// How many buckets there are for words.
    pub(crate) fn word_buckets(&self) -> usize {
        1 << self.word_bits
    }

    /// Calls `found` with the bucket of each word and pair, and the units (from, to) that it stands in.
    #[inline]
    pub(crate) fn each_word(&self, units: &Units<'_>, mut found: impl FnMut(u32, usize, usize)) {
        let bits = u32::from(self.word_bits);
        let mut found = |hash: u64, from: usize, to: usize| found(bucket(hash, bits), from, to);
        let mut before = BEGIN;
        let mut last = None;
        let mut sentence = Sentence::default();
        let all = units.units();
        for (at, unit) in all.iter().enumerate() {
            let word = marked(unit);
            found(word, at, at + 1);
            found(pair(before, word), at.saturating_sub(1), at + 1);
            before = word;
            if !unit.is_sign() {
                last = Some(at);
                sentence.word(units, at, word, &mut found);
            } else if QUESTIONS.contains(&unit.hash) {
                sentence.asked(&mut found);
            } else if unit.hash == NUMBER {
                written(units, unit, |hash| found(hash, at, at + 1));
            }
        }
        if let Some(end) = all.len().checked_sub(1) {
            found(pair(before, END), end, end + 1);
        }
        let behind = last.map_or(0, |last| last + 1);
        let asks = |unit: &Unit| QUESTIONS.contains(&unit.hash);
        if let Some(at) = all.get(behind..).and_then(|rest| rest.iter().position(asks)) {
            found(ASKED, behind + at, behind + at + 1);
        }
    }

    /// Calls `found` with the bucket of each n-gram of characters of one word; signs such as `<url>` have none.
    #[inline]
    pub(crate) fn each_char(&self, word: &str, mut found: impl FnMut(u32)) {
        let (least, most) = (usize::from(self.least_chars), usize::from(self.most_chars));
        let grams = GRAMS.get(least.wrapping_sub(1)..most).unwrap_or_default();
        let (bits, offset) = (u32::from(self.char_bits), 1_u32 << self.word_bits);
        let (mut window, mut length) = (0_u64, 0_u32);
        // Nothing here can run over: lengths are bounded by `WORD_CHARS`, buckets by their bits.
        let mut step = |code: u64| {
            window = (window << CHAR_BITS) | code;
            length = length.wrapping_add(1);
            for gram in grams.iter().take_while(|gram| gram.length <= length) {
                found(offset.wrapping_add(bucket((window & gram.kept) | gram.mark, bits)));
            }
        };
        step(u64::from(b'<'));
        if word.is_ascii() {
            word.bytes().take(WORD_CHARS).for_each(|byte| step(u64::from(byte)));
        } else {
            word.chars().take(WORD_CHARS).for_each(|c| step(code(c)));
        }
        step(u64::from(b'>'));
    }
}

/// The hash of a unit's word; another one in the scope of a negation.
#[inline]
fn marked(unit: &Unit) -> u64 {
    if unit.negated { unit.hash ^ NEGATED } else { unit.hash }
}

/// N-grams of one length in the sliding window.
struct Gram {
    length: u32,
    /// The bits of its characters.
    kept: u64,
    /// Tells it from those of other lengths.
    mark: u64,
}

impl Gram {
    const fn new(length: u32) -> Self {
        Self { length, kept: (1 << (CHAR_BITS * length)) - 1, mark: (length as u64) << 60 }
    }
}

/// By length, from 1.
static GRAMS: [Gram; 5] = [Gram::new(1), Gram::new(2), Gram::new(3), Gram::new(4), Gram::new(5)];

/// How a number is written: its shape, the sign before it, and both.
fn written(units: &Units<'_>, unit: &Unit, mut found: impl FnMut(u64)) {
    let source = units.text().source();
    let digits = unit.span.of(source).unwrap_or_default().bytes().take(WORD_CHARS);
    let shape = digits.fold(SHAPE, |shape, byte| {
        pair(shape, if byte.is_ascii_digit() { u64::from(b'0') } else { u64::from(byte) })
    });
    found(shape);
    let before = source.get(..unit.span.start()).and_then(|before| before.chars().next_back());
    if let Some(sign) = before.filter(|c| !c.is_alphanumeric() && !c.is_whitespace()) {
        found(pair(PRICE, u64::from(u32::from(sign))));
        found(pair(shape, u64::from(u32::from(sign))));
    }
}

#[inline]
fn pair(first: u64, second: u64) -> u64 {
    first.wrapping_mul(NEGATED).rotate_left(29) ^ second
}

#[inline]
#[allow(clippy::cast_possible_truncation, reason = "at most 20 bits are left")]
fn bucket(hash: u64, bits: u32) -> u32 {
    hash.wrapping_mul(SPREAD).wrapping_shr(64_u32.wrapping_sub(bits)) as u32
}

/// A character in [`CHAR_BITS`]: those of ASCII as they are, others hashed to what lies behind them.
#[inline]
fn code(c: char) -> u64 {
    let code = u64::from(u32::from(c));
    if code < 128 { code } else { 128 + (code.wrapping_mul(SPREAD) >> 40) % ((1 << CHAR_BITS) - 128) }
}

#[cfg(test)]
mod tests;
