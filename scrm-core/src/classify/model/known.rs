//! What do the characters of a common word add? Summed beforehand, so that one look replaces some dozen.

use super::{Batch, Inner, LANES};
use crate::classify::units::hash;

const EMPTY: u32 = u32::MAX;

/// Sums of words' characters by the hashes of the words: an open-addressed table.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// Hash and number of a word; a power of two of them, at least half of them empty.
    slots: Vec<(u64, u32)>,
    n_grams: Vec<u16>,
    /// For each word, one row per block.
    rows: Vec<[i16; LANES]>,
}

impl Known {
    pub(super) fn new<'w>(model: &Inner, words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut known = Self::default();
        let words: Vec<&str> = words.into_iter().collect();
        known.slots = vec![(0, EMPTY); (words.len() * 2).next_power_of_two().max(2)];
        let mut batch = Batch::default();
        for word in words {
            let hash = hash(word);
            let mask = known.slots.len() - 1;
            let Ok(number) = u32::try_from(known.n_grams.len()) else { break };
            let mut at = first(hash) & mask;
            while known.slots.get(at).is_some_and(|slot| slot.1 != EMPTY && slot.0 != hash) {
                at = (at + 1) & mask;
            }
            let Some(slot) = known.slots.get_mut(at).filter(|slot| slot.1 == EMPTY) else { continue };
            *slot = (hash, number);
            model.features.each_char(word, |bucket| batch.push(bucket));
            known.n_grams.push(u16::try_from(batch.len).unwrap_or(u16::MAX));
            let n_blocks = model.blocks.len();
            known.rows.extend((0..n_blocks).map(|n_block| model.batch(&batch, n_block, n_blocks)));
            batch.len = 0;
        }
        known
    }

    /// How many n-grams of characters a word has, and their sums by block.
    #[inline]
    pub(super) fn get(&self, hash: u64, n_blocks: usize) -> Option<(usize, &[[i16; LANES]])> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = first(hash) & mask;
        loop {
            let (of, number) = *self.slots.get(at)?;
            if number == EMPTY {
                return None;
            }
            if of == hash {
                let number = number as usize;
                let rows = self.rows.get(number * n_blocks..(number + 1) * n_blocks)?;
                return Some((usize::from(*self.n_grams.get(number)?), rows));
            }
            at = (at + 1) & mask;
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a mask follows")]
fn first(hash: u64) -> usize {
    (hash ^ (hash >> 32)) as usize
}
