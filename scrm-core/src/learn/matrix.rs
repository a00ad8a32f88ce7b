//! Which features has each text? Buckets of all texts, one after the other.

use std::collections::HashMap;

use crate::classify::{Features, Units, per_gram};
use crate::model::Limits;
use crate::text::Text;

use super::example::Checked;

/// Texts as buckets, and what is said of them.
#[derive(Debug)]
pub(super) struct Matrix {
    /// Buckets of words and of characters by text, each run in order.
    buckets: Vec<u32>,
    /// Where in `buckets` a text begins, and where its characters do; one more at the end.
    starts: Vec<(usize, usize)>,
    dense: Vec<f32>,
    n_dense: usize,
    /// Of each number besides.
    standards: Vec<Standard>,
    squares: Vec<f32>,
    /// How fast the weight of a bucket is learned: rare ones may weigh more.
    gains: Vec<f32>,
}

/// How a number besides the text is brought to the size of the n-grams: all together are as large as those of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standard {
    pub(super) mean: f32,
    /// Nought when the number is always the same.
    pub(super) scale: f32,
}

impl Standard {
    /// That of every `step`th number from `at` on.
    fn of(numbers: &[f32], at: usize, step: usize) -> Self {
        let own = || numbers.iter().skip(at).step_by(step).map(|number| f64::from(*number));
        let count = own().count().max(1) as f64;
        let mean = own().sum::<f64>() / count;
        let variance = own().map(|number| (number - mean) * (number - mean)).sum::<f64>() / count;
        let scale = if variance > 1e-12 { 1.0 / (variance * step as f64).sqrt() } else { 0.0 };
        #[allow(clippy::cast_possible_truncation, reason = "no more exact than that")]
        let (mean, scale) = (mean as f32, scale as f32);
        Self { mean, scale }
    }

    fn of_raw(self, number: f32) -> f32 {
        (number - self.mean) * self.scale
    }

    /// What the number was.
    pub(super) fn raw(self, number: f32) -> f32 {
        if self.scale > 0.0 { number / self.scale + self.mean } else { self.mean }
    }
}

/// One thing that was said of a text.
#[derive(Debug, Clone)]
pub(super) struct Instance {
    /// Which text.
    pub(super) row: usize,
    pub(super) labels: Vec<usize>,
    pub(super) weight: f32,
}

/// A text's features.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'m> {
    pub(super) words: &'m [u32],
    pub(super) chars: &'m [u32],
    /// What one n-gram counts.
    pub(super) word: f32,
    pub(super) char: f32,
    pub(super) dense: &'m [f32],
    /// The sum of the squares of all, with that of the bias.
    pub(super) square: f32,
}

impl Matrix {
    /// Reads the examples; equal texts are one row.
    pub(super) fn new(
        checked: &mut Checked<'_>,
        features: &Features,
        rarity: f32,
        limits: &Limits,
    ) -> (Self, Vec<Instance>) {
        let n_dense = checked.rows.first().map_or(0, |(_, example, _)| example.dense.len());
        let mut matrix = Self {
            buckets: Vec::new(),
            starts: Vec::new(),
            dense: Vec::new(),
            n_dense,
            standards: Vec::new(),
            squares: Vec::new(),
            gains: Vec::new(),
        };
        let mut instances: Vec<Instance> = Vec::with_capacity(checked.rows.len());
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut first: Vec<Vec<usize>> = Vec::new();
        let mut contradicted: Vec<bool> = Vec::new();
        for (_, example, labels) in &checked.rows {
            let row = *known.entry(example.text.as_str()).or_insert(first.len());
            if row == first.len() {
                matrix.push(cut(&example.text, limits.text_bytes), &example.dense, features);
                first.push(labels.clone());
                contradicted.push(false);
            } else if first.get(row) != Some(labels)
                && let Some(mark) = contradicted.get_mut(row)
            {
                *mark = true;
            }
            instances.push(Instance { row, labels: labels.clone(), weight: example.weight });
        }
        matrix.starts.push((matrix.buckets.len(), matrix.buckets.len()));
        matrix.gains = matrix.gains(features, rarity);
        matrix.finish();
        checked.found.texts = first.len();
        checked.found.contradictory = contradicted.iter().filter(|mark| **mark).count();
        checked.found.unlabelled = first.iter().filter(|labels| labels.is_empty()).count();
        (matrix, instances)
    }

    fn push(&mut self, text: &str, dense: &[f32], features: &Features) {
        let text = Text::new(text);
        let units = Units::new(&text, &[]);
        let start = self.buckets.len();
        features.each_word(&units, |bucket, _, _| self.buckets.push(bucket));
        let middle = self.buckets.len();
        for unit in units.units().iter().filter(|unit| !unit.is_sign()) {
            features.each_char(units.word(unit), |bucket| self.buckets.push(bucket));
        }
        for part in [start..middle, middle..self.buckets.len()] {
            if let Some(part) = self.buckets.get_mut(part) {
                part.sort_unstable();
            }
        }
        self.starts.push((start, middle));
        self.dense.extend(dense);
    }

    /// A power of the inverse document frequency, one on the mean over all words and over all n-grams of characters.
    fn gains(&self, features: &Features, rarity: f32) -> Vec<f32> {
        let mut texts = vec![0.0_f32; features.buckets()];
        for row in (0..self.len()).map(|row| self.row(row)) {
            for run in [row.words, row.chars].into_iter().flat_map(|part| part.chunk_by(|a, b| a == b)) {
                if let Some(count) = run.first().and_then(|bucket| texts.get_mut(*bucket as usize)) {
                    *count += 1.0;
                }
            }
        }
        let all = self.len() as f32;
        let mut gains: Vec<f32> =
            texts.iter().map(|texts| (((1.0 + all) / (1.0 + texts)).ln() + 1.0).powf(rarity)).collect();
        let (words, chars) = gains.split_at_mut(features.word_buckets());
        let (of_words, of_chars) = texts.split_at(features.word_buckets());
        for (gains, texts) in [(words, of_words), (chars, of_chars)] {
            let sum: f32 = gains.iter().zip(texts).map(|(gain, texts)| gain * texts).sum();
            let mean = sum / texts.iter().sum::<f32>().max(1.0);
            gains.iter_mut().for_each(|gain| *gain /= mean.max(f32::MIN_POSITIVE));
        }
        gains
    }

    fn finish(&mut self) {
        self.standards = (0..self.n_dense).map(|at| Standard::of(&self.dense, at, self.n_dense)).collect();
        for row in self.dense.chunks_exact_mut(self.n_dense.max(1)) {
            row.iter_mut()
                .zip(&self.standards)
                .for_each(|(number, standard)| *number = standard.of_raw(*number));
        }
        self.squares = (0..self.len())
            .map(|row| {
                let row = self.row(row);
                let dense: f32 = row.dense.iter().map(|number| number * number).sum();
                let square = |buckets, value: f32| square(buckets, &self.gains) * value * value;
                1.0 + dense + square(row.words, row.word) + square(row.chars, row.char)
            })
            .collect();
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// How each number besides was brought to the size of the n-grams.
    pub(super) fn standards(&self) -> &[Standard] {
        &self.standards
    }

    /// By bucket, how fast its weight is learned.
    pub(super) fn gains_by_bucket(&self) -> &[f32] {
        &self.gains
    }

    /// How many numbers there are besides.
    pub(super) fn n_dense(&self) -> usize {
        self.n_dense
    }

    pub(super) fn row(&self, row: usize) -> Row<'_> {
        let (start, middle) = self.starts.get(row).copied().unwrap_or_default();
        let (end, _) = self.starts.get(row + 1).copied().unwrap_or_default();
        let words = self.buckets.get(start..middle).unwrap_or_default();
        let chars = self.buckets.get(middle..end).unwrap_or_default();
        Row {
            words,
            chars,
            word: per_gram(words.len()),
            char: per_gram(chars.len()),
            dense: self.dense.get(row * self.n_dense..(row + 1) * self.n_dense).unwrap_or_default(),
            square: self.squares.get(row).copied().unwrap_or(1.0),
        }
    }
}

/// The sum of the squares of the counts of sorted buckets, each times its gain.
fn square(buckets: &[u32], gains: &[f32]) -> f32 {
    let of = |run: &[u32]| {
        let gain = run.first().and_then(|bucket| gains.get(*bucket as usize)).copied().unwrap_or(1.0);
        (run.len() * run.len()) as f32 * gain
    };
    buckets.chunk_by(|a, b| a == b).map(of).sum()
}

/// The beginning of a text that is not longer than a message may be.
fn cut(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}
