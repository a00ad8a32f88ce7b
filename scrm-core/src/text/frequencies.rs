//! How often does a word stand in texts? Counted as they pass, in bounded memory.
//!
//! A count-min sketch (Cormode & Muthukrishnan 2005) with conservative updates: never too low, and too high by chance
//! only, by about 2 in a million texts for each thousand of distinct words.

use std::collections::BTreeSet;

use super::Text;

const ROWS: usize = 4;
const COLUMNS: usize = 1 << 16;

/// In how many texts each word stood, of those that were observed. A megabyte, whatever it has seen.
///
/// ```
/// use scrm_core::text::{Frequencies, Text};
/// let mut frequencies = Frequencies::new();
/// for text in ["my bag is lost", "the bag", "thanks"] {
///     frequencies.observe(&Text::new(text));
/// }
/// assert_eq!(frequencies.texts(), 3);
/// assert!((frequencies.share("bag") - 2.0 / 3.0).abs() < 1e-9);
/// assert!(frequencies.share("refund") < 0.01);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frequencies {
    texts: u64,
    counts: Vec<u32>,
}

impl Default for Frequencies {
    fn default() -> Self {
        Self::new()
    }
}

impl Frequencies {
    /// Of no text.
    pub fn new() -> Self {
        Self { texts: 0, counts: vec![0; ROWS * COLUMNS] }
    }

    /// How many texts were observed.
    pub fn texts(&self) -> u64 {
        self.texts
    }

    /// Counts the words of a text, each once.
    pub fn observe(&mut self, text: &Text<'_>) {
        self.texts += 1;
        let words: BTreeSet<&str> =
            (0..text.tokens().len()).filter_map(|index| text.folded_token(index)).collect();
        for word in words {
            let least = self.count(word).saturating_add(1);
            for at in places(word) {
                if let Some(count) = self.counts.get_mut(at) {
                    *count = (*count).max(least);
                }
            }
        }
    }

    /// Adds what another has counted: the sum is that of one that saw both.
    pub fn merge(&mut self, other: &Self) {
        self.texts += other.texts;
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count = count.saturating_add(*more);
        }
    }

    /// The share of the texts in which a folded word stood, 0 to 1; never too low. 0 when no text was observed.
    pub fn share(&self, folded: &str) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a share of counts")]
        let share = f64::from(self.count(folded)) / self.texts.max(1) as f64;
        share.min(1.0)
    }

    fn count(&self, word: &str) -> u32 {
        places(word).filter_map(|at| self.counts.get(at)).copied().min().unwrap_or(0)
    }
}

/// Where a word is counted: one place in each row (FNV-1a, and the same turned).
fn places(word: &str) -> impl Iterator<Item = usize> {
    let hash = word
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let step = (hash.rotate_left(32).wrapping_mul(0x9E37_79B9_7F4A_7C15)) | 1;
    (0..ROWS).zip(0u64..).map(move |(row, turn)| {
        let mixed = hash.wrapping_add(step.wrapping_mul(turn)).wrapping_mul(0xA076_1D64_78BD_642F) >> 48;
        row * COLUMNS + usize::try_from(mixed).unwrap_or(0) % COLUMNS
    })
}
