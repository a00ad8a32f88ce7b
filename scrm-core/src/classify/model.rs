//! What does a linear model say of a message? Small whole numbers per n-gram and label, summed.
//!
//! Read [`Model`] first. Several tasks share one table, so that the n-grams of a message are hashed and looked up once,
//! whatever is asked of it; models of the same [`Features`] are [joined](Model::join) into one.

mod bytes;
mod explain;
mod known;
mod prediction;
mod shares;
mod task;

pub use bytes::ModelError;
pub use explain::{Contribution, Explained};
pub use prediction::Prediction;
pub(crate) use shares::Trace;
pub use task::{Task, TaskKind};

pub(crate) use task::sigmoid;

use std::sync::Arc;

use super::features::{Features, WORD_GRAMS};
use super::units::Units;
use crate::text::Text;
use known::Known;

/// Columns that are summed together; those of a bucket stand side by side.
pub(crate) const LANES: usize = 16;
const HALF: usize = LANES / 2;
/// Weights that sixteen bits hold the sum of: 256 times 127 is less than 2^15.
const BATCH: usize = 256;
const _: () = assert!(WORD_GRAMS <= BATCH, "the n-grams of a word are one batch");

/// A linear model over the hashed n-grams of a message and perhaps some numbers besides: one logit per label.
///
/// Weights are whole numbers in -127..=127 with one scale per label and table; sums are exact and the same on every
/// machine. Immutable, shared between threads, cheap to clone; made by a [`Trainer`](crate::learn::Trainer) or read
/// [from bytes](Model::from_bytes).
#[derive(Debug, Clone)]
pub struct Model(Arc<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    name: String,
    features: Features,
    tasks: Vec<Task>,
    /// Numbers besides the n-grams.
    dense: usize,
    /// Labels of all tasks.
    columns: usize,
    /// INVARIANT: one per `LANES` columns, the last perhaps in part; `table` has `features.buckets()` times as many
    /// rows, bucket by bucket, `dense_weights` has `dense` times as many.
    blocks: Vec<Block>,
    table: Vec<[i8; LANES]>,
    dense_weights: Vec<[f32; LANES]>,
    known: Known,
}

/// What is the same for all buckets, for [`LANES`] columns.
#[derive(Debug, Clone, Copy, Default)]
struct Block {
    /// What one stands for in the table of words, and in that of characters.
    words: [f32; LANES],
    chars: [f32; LANES],
    bias: [f32; LANES],
}

/// The weights of one label before they are made small.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// One per bucket, those of words first.
    pub(crate) buckets: Vec<f32>,
    pub(crate) dense: Vec<f32>,
    pub(crate) bias: f32,
}

impl Model {
    /// Makes the weights of a task small. `columns` are those of its labels.
    pub(crate) fn of_columns(name: &str, features: Features, task: Task, columns: &[Column]) -> Self {
        let dense = columns.iter().map(|column| column.dense.len()).max().unwrap_or(0);
        let n_blocks = columns.len().div_ceil(LANES);
        let mut table = vec![[0; LANES]; features.buckets() * n_blocks];
        let mut dense_weights = vec![[0.0; LANES]; dense * n_blocks];
        let mut blocks = vec![Block::default(); n_blocks];
        for (at, column) in columns.iter().enumerate() {
            let (n_block, lane) = (at / LANES, at % LANES);
            let (words, chars) = column.buckets.split_at(features.word_buckets().min(column.buckets.len()));
            let scales = [scale(words), scale(chars)];
            if let Some(block) = blocks.get_mut(n_block) {
                set(&mut block.words, lane, scales[0]);
                set(&mut block.chars, lane, scales[1]);
                set(&mut block.bias, lane, column.bias);
            }
            let small = words.iter().map(|weight| (weight, scales[0]));
            let small = small.chain(chars.iter().map(|weight| (weight, scales[1])));
            for (row, (weight, scale)) in table.iter_mut().skip(n_block).step_by(n_blocks).zip(small) {
                #[allow(clippy::cast_possible_truncation, reason = "the scale makes it fit")]
                set(row, lane, (weight / scale).round().clamp(-127.0, 127.0) as i8);
            }
            for (row, weight) in dense_weights.iter_mut().skip(n_block).step_by(n_blocks).zip(&column.dense) {
                set(row, lane, *weight);
            }
        }
        Self::of(Inner {
            name: name.to_owned(),
            features,
            tasks: vec![task],
            dense,
            columns: columns.len(),
            blocks,
            table,
            dense_weights,
            known: Known::default(),
        })
    }

    fn of(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The same model with the sums of these words' characters made beforehand: it says the same, and sooner.
    ///
    /// Each takes `32` bytes per sixteen labels. Give the common words of the language.
    #[must_use]
    pub fn with_known_words<'w>(self, words: impl IntoIterator<Item = &'w str>) -> Self {
        let known = Known::new(&self.0, words);
        Self::of(Inner { known, ..Inner::clone(&self.0) })
    }

    /// The name and version that it signs its labels with.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Which n-grams it reads.
    pub fn features(&self) -> &Features {
        &self.0.features
    }

    /// How many numbers it reads besides the n-grams.
    pub fn dense(&self) -> usize {
        self.0.dense
    }

    /// What it answers; each task's logits follow those of the one before.
    pub fn tasks(&self) -> &[Task] {
        &self.0.tasks
    }

    /// Bytes of its weights.
    pub fn weight_bytes(&self) -> usize {
        self.0.features.buckets() * self.0.columns + 4 * self.0.columns * (self.0.dense + 3)
    }

    /// The logit of each label of each task. `dense` are the numbers besides; those that are missing count nothing.
    pub fn logits(&self, units: &Units<'_>, dense: &[f32]) -> Vec<f32> {
        self.logits_of(std::slice::from_ref(units), dense)
    }

    /// The same for several texts together.
    pub fn logits_of(&self, texts: &[Units<'_>], dense: &[f32]) -> Vec<f32> {
        let inner = &*self.0;
        let mut sums = Sums::new(inner.blocks.len());
        for units in texts {
            inner.words(units, &mut sums);
            inner.chars(units, &mut sums);
        }
        let mut logits = Vec::with_capacity(inner.blocks.len() * LANES);
        let (word, char) = (per_gram(sums.n_words), per_gram(sums.n_chars));
        for (n_block, (block, (words, chars))) in
            inner.blocks.iter().zip(sums.words.iter().zip(&sums.chars)).enumerate()
        {
            let mut row = block.bias;
            let scaled = words.iter().zip(&block.words).zip(chars.iter().zip(&block.chars));
            for (logit, ((words, of_word), (chars, of_char))) in row.iter_mut().zip(scaled) {
                *logit += *words as f32 * (of_word * word) + *chars as f32 * (of_char * char);
            }
            // Many numbers are nought; to ask which ones costs more than to add them.
            for (number, rows) in dense.iter().zip(inner.dense_weights.chunks_exact(inner.blocks.len())) {
                let Some(weights) = rows.get(n_block) else { continue };
                row.iter_mut().zip(weights).for_each(|(logit, weight)| *logit += number * weight);
            }
            logits.extend(row);
        }
        logits.truncate(inner.columns);
        logits
    }

    /// What each task says of a plain text, all of it the author's.
    pub fn predict(&self, text: &str) -> Vec<Prediction> {
        let text = Text::new(text);
        let logits = self.logits(&Units::new(&text, &[]), &[]);
        self.tasks().iter().map(|task| task.predict(&logits)).collect()
    }
}

/// Sums of small weights, by block.
struct Sums {
    words: Vec<[i32; LANES]>,
    chars: Vec<[i32; LANES]>,
    n_words: usize,
    n_chars: usize,
}

impl Sums {
    fn new(n_blocks: usize) -> Self {
        let none = vec![[0; LANES]; n_blocks];
        Self { words: none.clone(), chars: none, n_words: 0, n_chars: 0 }
    }
}

impl Inner {
    fn words(&self, units: &Units<'_>, sums: &mut Sums) {
        let mut batch = Batch::default();
        self.features.each_word(units, |bucket, _, _| {
            batch.push(bucket);
            if batch.len == BATCH {
                sums.n_words += BATCH;
                self.add(&mut batch, &mut sums.words);
            }
        });
        sums.n_words += batch.len;
        self.add(&mut batch, &mut sums.words);
    }

    fn chars(&self, units: &Units<'_>, sums: &mut Sums) {
        let mut batch = Batch::default();
        for unit in units.units().iter().filter(|unit| !unit.is_sign()) {
            if let Some((number, rows)) = self.known.get(unit.hash, self.blocks.len()) {
                sums.n_chars += number;
                sums.chars.iter_mut().zip(rows).for_each(|(sum, row)| widen(sum, row));
                continue;
            }
            self.features.each_char(units.word(unit), |bucket| batch.push(bucket));
            sums.n_chars += batch.len;
            self.add(&mut batch, &mut sums.chars);
        }
    }

    /// Adds the rows of a batch to the sums, and empties it.
    fn add(&self, batch: &mut Batch, sums: &mut [[i32; LANES]]) {
        let n_blocks = self.blocks.len();
        for (n_block, sum) in sums.iter_mut().enumerate() {
            widen(sum, &self.batch(batch, n_block, n_blocks));
        }
        batch.len = 0;
    }

    #[inline]
    fn batch(&self, batch: &Batch, n_block: usize, n_blocks: usize) -> [i16; LANES] {
        // Eight at a time, as the smallest machines add them; no more than `BATCH` rows, so that nothing wraps.
        let (mut low, mut high) = ([0_i16; HALF], [0_i16; HALF]);
        for bucket in batch.buckets() {
            let at = (*bucket as usize).wrapping_mul(n_blocks).wrapping_add(n_block);
            let Some(row) = self.table.get(at) else { continue };
            let (first, second) = row.split_at(HALF);
            low.iter_mut().zip(first).for_each(|(sum, weight)| *sum = sum.wrapping_add(i16::from(*weight)));
            high.iter_mut().zip(second).for_each(|(sum, weight)| *sum = sum.wrapping_add(i16::from(*weight)));
        }
        let mut sum = [0; LANES];
        sum.iter_mut().zip(low.iter().chain(&high)).for_each(|(sum, part)| *sum = *part);
        sum
    }
}

/// Buckets that are looked up one after the other.
struct Batch {
    buckets: [u32; BATCH],
    len: usize,
}

impl Default for Batch {
    fn default() -> Self {
        Self { buckets: [0; BATCH], len: 0 }
    }
}

impl Batch {
    #[inline]
    fn push(&mut self, bucket: u32) {
        if let Some(slot) = self.buckets.get_mut(self.len) {
            *slot = bucket;
            self.len = self.len.wrapping_add(1);
        }
    }

    fn buckets(&self) -> &[u32] {
        self.buckets.get(..self.len).unwrap_or_default()
    }
}

/// Beyond so many n-grams a text is no message but a document: each counts less, so that what is repeated without end
/// does not become sure without end.
const GRAMS: usize = 1024;

/// What one n-gram among so many counts.
pub(crate) fn per_gram(number: usize) -> f32 {
    match number {
        0 => 0.0,
        1..=GRAMS => 1.0 / (number as f32).sqrt(),
        _ => (GRAMS as f32).sqrt() / number as f32,
    }
}

#[inline]
fn widen(sum: &mut [i32; LANES], row: &[i16; LANES]) {
    // Texts have a limit that is far below what 32 bits hold.
    sum.iter_mut().zip(row).for_each(|(sum, part)| *sum = sum.wrapping_add(i32::from(*part)));
}

fn set<T>(row: &mut [T], at: usize, value: T) {
    if let Some(slot) = row.get_mut(at) {
        *slot = value;
    }
}

/// What one stands for, so that the largest weight is 127.
fn scale(weights: &[f32]) -> f32 {
    let largest = weights.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
    if largest > 0.0 { largest / 127.0 } else { 1.0 }
}

#[cfg(test)]
mod tests;
