//! What is a text to be compared by? Its words in order as one number, its pairs of words as a sketch.

use crate::text::{Text, TokenKind};

/// Words that are looked at.
const MAX_WORDS: usize = 4096;
/// Minima of a text, and how many of them make a band.
const MINIMA: usize = 64;
const BAND: usize = 4;
/// Smallest pairs that are kept.
const SMALLEST: usize = 32;

/// The smallest hashes of the pairs of words of a text, in order; all of them, if they are few.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sketch([u16; SMALLEST]);

/// Stands behind the last pair.
const NONE: u16 = u16::MAX;

impl Sketch {
    /// The share of common pairs (Jaccard), estimated from the smallest of both together.
    pub(super) fn similarity(&self, other: &Self) -> f32 {
        let mut left = self.0.iter().copied().take_while(|pair| *pair != NONE).peekable();
        let mut right = other.0.iter().copied().take_while(|pair| *pair != NONE).peekable();
        let (mut common, mut all) = (0_u16, 0_u16);
        while usize::from(all) < SMALLEST {
            match (left.peek().copied(), right.peek().copied()) {
                (None, None) => break,
                (Some(a), Some(b)) if a == b => {
                    common += 1;
                    left.next();
                    right.next();
                }
                (Some(a), b) if b.is_none_or(|b| a < b) => {
                    left.next();
                }
                _ => {
                    right.next();
                }
            }
            all += 1;
        }
        if all == 0 { 0.0 } else { f32::from(common) / f32::from(all) }
    }
}

/// Reads one text after the other, in the same space.
#[derive(Debug, Default)]
pub(super) struct Reader {
    words: Vec<u64>,
    pairs: Vec<u64>,
    bands: Vec<u64>,
}

impl Reader {
    /// The hash of a text's words; `None` when it has none. With fewer than `min_words` it has no sketch.
    pub(super) fn read(&mut self, text: &Text<'_>, min_words: usize) -> Option<u64> {
        self.words.clear();
        self.pairs.clear();
        self.bands.clear();
        self.words.extend(own_words(text).take(MAX_WORDS).map(|word| hash(word.as_bytes(), 1)));
        let all = self.words.iter().fold(self.words.len() as u64, |all, word| mix(all ^ word));
        if self.words.len() >= min_words.max(2) {
            let pairs = self.words.iter().zip(self.words.iter().skip(1));
            self.pairs.extend(pairs.map(|(a, b)| mix(a.rotate_left(23) ^ b)));
            self.pairs.sort_unstable();
            self.pairs.dedup();
            self.read_bands();
        }
        (!self.words.is_empty()).then_some(all)
    }

    /// The sketch of the text that was read last.
    pub(super) fn sketch(&self) -> Sketch {
        let mut sketch = Sketch([NONE; SMALLEST]);
        for (kept, pair) in sketch.0.iter_mut().zip(&self.pairs) {
            *kept = ((pair >> 48) as u16).min(NONE - 1);
        }
        sketch
    }

    /// The hashes of its bands; none, if it has no sketch.
    pub(super) fn bands(&self) -> &[u64] {
        &self.bands
    }

    fn read_bands(&mut self) {
        let mut minima = [u64::MAX; MINIMA];
        for pair in &self.pairs {
            // The high bits order the sketch; the bins are chosen by the low ones.
            if let Some(least) = minima.get_mut((pair % MINIMA as u64) as usize) {
                *least = (*least).min(*pair);
            }
        }
        let filled = minima;
        for (bin, least) in minima.iter_mut().enumerate().filter(|(_, least)| **least == u64::MAX) {
            *least = borrowed(&filled, bin);
        }
        let bands = minima.chunks_exact(BAND).enumerate();
        self.bands.extend(bands.map(|(at, band)| band.iter().fold(at as u64, |all, least| mix(all ^ least))));
    }
}

/// What an empty bin takes: the minimum of a full one, which its own sequence of bins comes to first.
fn borrowed(filled: &[u64; MINIMA], bin: usize) -> u64 {
    let mut state = bin as u64;
    for _ in 0..64 {
        state = mix(state + 1);
        // One number is good for ten draws of six bits.
        for draw in 0..10 {
            match filled.get((state >> (6 * draw) & 63) as usize) {
                Some(least) if *least != u64::MAX => return *least,
                _ => {}
            }
        }
    }
    filled.iter().copied().find(|least| *least != u64::MAX).unwrap_or_default()
}

/// The words that are the author's own: no links, no handles and `RT` before them, no hashtags behind.
fn own_words<'a>(text: &'a Text<'_>) -> impl Iterator<Item = &'a str> {
    let tokens = text.tokens();
    let mut first = 0;
    loop {
        let kind = |at: usize| tokens.get(at).map(|token| token.kind);
        match kind(first) {
            Some(TokenKind::Mention | TokenKind::Url) => first += 1,
            Some(TokenKind::Word)
                if text.folded_token(first) == Some("rt") && kind(first + 1) == Some(TokenKind::Mention) =>
            {
                first += 2;
            }
            _ => break,
        }
    }
    let behind = |kind| matches!(kind, TokenKind::Hashtag | TokenKind::Url);
    let last = tokens.iter().rposition(|token| !behind(token.kind)).map_or(0, |last| last + 1);
    (first..last).filter_map(|at| {
        let token = tokens.get(at).filter(|token| token.kind != TokenKind::Url)?;
        token.folded.of(text.folded())
    })
}

/// A hash of bytes, eight at a time.
pub(super) fn hash(bytes: &[u8], seed: u64) -> u64 {
    let mut chunks = bytes.chunks_exact(8);
    let mut state = seed ^ bytes.len() as u64;
    for chunk in &mut chunks {
        state = mix(state ^ chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    }
    mix(state ^ chunks.remainder().iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)))
}

/// Spreads every bit over all (the finaliser of SplitMix64).
pub(super) fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}
