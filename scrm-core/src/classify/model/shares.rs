//! What did each unit bring to a sum of logits?

use super::{LANES, Model, per_gram, set};
use crate::classify::features::Features;
use crate::classify::units::Units;

/// The n-grams of some texts, written down once for all that is asked of them.
#[derive(Debug)]
pub(crate) struct Trace {
    /// By text: units, then the buckets of words with the units (from, to), then those of characters with their unit.
    texts: Vec<OfText>,
    /// What one n-gram of words counts, and one of characters.
    word: f32,
    char: f32,
}

#[derive(Debug)]
struct OfText {
    units: usize,
    words: Vec<(u32, u32, u32)>,
    chars: Vec<(u32, u32)>,
}

impl Trace {
    /// Writes down the n-grams of some texts.
    pub(crate) fn new(features: &Features, texts: &[Units<'_>]) -> Self {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let of_text = |units: &Units<'_>| {
            let (mut words, mut chars) = (Vec::new(), Vec::new());
            features.each_word(units, |bucket, from, to| words.push((bucket, number(from), number(to))));
            for (at, unit) in units.units().iter().enumerate().filter(|(_, unit)| !unit.is_sign()) {
                features.each_char(units.word(unit), |bucket| chars.push((bucket, number(at))));
            }
            OfText { units: units.units().len(), words, chars }
        };
        let texts: Vec<OfText> = texts.iter().map(of_text).collect();
        let words = texts.iter().map(|text| text.words.len()).sum();
        let chars = texts.iter().map(|text| text.chars.len()).sum();
        Self { texts, word: per_gram(words), char: per_gram(chars) }
    }
}

impl Model {
    /// What each unit of each text brought to the sum of some columns, each times its factor; what stands in several units
    /// counts for each alike. With the biases and what the dense numbers bring they add up to that sum.
    pub(crate) fn shares(&self, trace: &Trace, columns: &[(usize, f32)]) -> Vec<Vec<f32>> {
        let inner = &*self.0;
        let n_blocks = inner.blocks.len();
        // The factors of each block's lanes, for words and for characters: one look at a row serves all columns.
        let mut factors = vec![[[0.0_f32; LANES]; 2]; n_blocks];
        for (column, factor) in columns.iter().filter(|(column, _)| *column < inner.columns) {
            let (n_block, lane) = (column / LANES, column % LANES);
            let (Some(block), Some([words, chars])) = (inner.blocks.get(n_block), factors.get_mut(n_block))
            else {
                continue;
            };
            let scale = |scales: &[f32; LANES]| factor * scales.get(lane).copied().unwrap_or(0.0);
            set(words, lane, scale(&block.words) * trace.word);
            set(chars, lane, scale(&block.chars) * trace.char);
        }
        let used =
            |[words, chars]: &[[f32; LANES]; 2]| words.iter().chain(chars).any(|factor| *factor != 0.0);
        let factors: Vec<_> = factors.iter().enumerate().filter(|(_, factors)| used(factors)).collect();
        let weight = |bucket: u32, of_chars: usize| -> f32 {
            let of_block = |(n_block, factors): &(usize, &[[f32; LANES]; 2])| {
                let row = inner.table.get(bucket as usize * n_blocks + n_block);
                row.zip(factors.get(of_chars)).map_or(0.0, |(row, factors)| dot(row, factors))
            };
            factors.iter().map(of_block).sum()
        };
        let of_text = |text: &OfText| {
            let mut shares = vec![0.0_f32; text.units];
            for (bucket, from, to) in &text.words {
                let (from, to) = (*from as usize, (*to).max(from + 1) as usize);
                let each = weight(*bucket, 0) / (to - from) as f32;
                shares.iter_mut().take(to).skip(from).for_each(|share| *share += each);
            }
            for (bucket, unit) in &text.chars {
                if let Some(share) = shares.get_mut(*unit as usize) {
                    *share += weight(*bucket, 1);
                }
            }
            shares
        };
        trace.texts.iter().map(of_text).collect()
    }

    /// The factor of each dense number in the sum of some columns, each times its factor.
    pub(crate) fn dense_slopes(&self, columns: &[(usize, f32)]) -> Vec<f32> {
        let inner = &*self.0;
        let n_blocks = inner.blocks.len();
        let slope = |number: usize| {
            let of = |(column, factor): &(usize, f32)| {
                let row = inner.dense_weights.get(number * n_blocks + column / LANES);
                factor * row.and_then(|row| row.get(column % LANES)).copied().unwrap_or(0.0)
            };
            columns.iter().map(of).sum()
        };
        (0..inner.dense).map(slope).collect()
    }

    /// What a column is without any text.
    #[cfg(test)]
    pub(crate) fn bias(&self, column: usize) -> f32 {
        let block = self.0.blocks.get(column / LANES);
        block.and_then(|block| block.bias.get(column % LANES)).copied().unwrap_or(0.0)
    }
}

/// The sum of products.
#[inline]
fn dot(row: &[i8; LANES], factors: &[f32; LANES]) -> f32 {
    row.iter().zip(factors).map(|(weight, factor)| f32::from(*weight) * factor).sum()
}
