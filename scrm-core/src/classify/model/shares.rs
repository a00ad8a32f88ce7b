//! What did each unit bring to a sum of logits?

use super::{LANES, Model, per_gram};
use crate::classify::units::Units;

impl Model {
    /// What each unit of one of the texts brought to the sum of some columns, each times its factor; a pair of words counts
    /// half for each. With the biases and what the dense numbers bring they add up to that sum.
    pub(crate) fn shares(
        &self,
        units: &Units<'_>,
        columns: &[(usize, f32)],
        texts: &[Units<'_>],
    ) -> Vec<f32> {
        let inner = &*self.0;
        let n_blocks = inner.blocks.len();
        let all = units.units().len();
        let (of_words, of_chars) = self.grams(texts);
        let (word, char) = (per_gram(of_words), per_gram(of_chars));
        let mut shares = vec![0.0; all];
        for (column, factor) in columns {
            let (n_block, lane) = (column / LANES, column % LANES);
            let Some(block) = inner.blocks.get(n_block).filter(|_| *column < inner.columns) else { continue };
            let weight = |bucket: u32| {
                let row = inner.table.get(bucket as usize * n_blocks + n_block);
                f32::from(row.and_then(|row| row.get(lane)).copied().unwrap_or(0))
            };
            let (mut words, mut chars) = (Vec::new(), Vec::new());
            inner.features.each_word(units, |bucket, from, to| words.push((from, to, weight(bucket))));
            for (at, unit) in units.units().iter().enumerate().filter(|(_, unit)| !unit.is_sign()) {
                inner.features.each_char(units.word(unit), |bucket| chars.push((at, at + 1, weight(bucket))));
            }
            for (parts, scales, gram) in [(&words, &block.words, word), (&chars, &block.chars, char)] {
                let one = factor * scales.get(lane).copied().unwrap_or(0.0) * gram;
                for (from, to, weight) in parts {
                    let to = (*to).clamp(from + 1, all.max(from + 1));
                    let each = weight * one / (to - from) as f32;
                    shares.iter_mut().take(to).skip(*from).for_each(|share| *share += each);
                }
            }
        }
        shares
    }

    /// How many n-grams of words and of characters some texts have.
    fn grams(&self, texts: &[Units<'_>]) -> (usize, usize) {
        let (mut words, mut chars) = (0, 0);
        for units in texts {
            self.0.features.each_word(units, |_, _, _| words += 1);
            for unit in units.units().iter().filter(|unit| !unit.is_sign()) {
                self.0.features.each_char(units.word(unit), |_| chars += 1);
            }
        }
        (words, chars)
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
