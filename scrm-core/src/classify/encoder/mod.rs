//! What does a text say, as numbers? A bag of its units, each with a row of weights, and a small network on top.
//!
//! Read [`Encoder`] first. Training happens outside (`scrm-py/training`); `read.rs` says how its file is laid out,
//! `shares.rs` what each unit brought to a logit.

mod read;
mod shares;

use super::model::sigmoid;
use super::units::{Unit, Units};
pub use read::EncoderError;
pub use shares::Shares;
pub(crate) use shares::Weighed;

/// Numbers of a row.
pub(super) const DIM: usize = 64;
/// Values of the hidden layer: what linear models take besides the words.
pub const HIDDEN: usize = 64;
/// Logits: of negative, neutral and positive.
pub const OUTPUTS: usize = 3;
/// Characters of a unit outside the vocabulary that are looked at.
const SPELT: usize = 24;

pub(crate) type Row = [f32; DIM];

/// Rows of numbers, each with a gate.
#[derive(Debug, Clone)]
struct Rows {
    rows: Vec<Row>,
    /// Before the logistic function.
    gates: Vec<f32>,
    /// Behind it.
    weights: Vec<f32>,
}

/// What an encoder says of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Encoded {
    /// The mean of the units' rows, each weighed by its gate; then the greatest value of each column.
    pub(super) pooled: [f32; 2 * DIM],
    /// The values of the hidden layer.
    pub hidden: [f32; HIDDEN],
    /// Of negative, neutral and positive.
    pub logits: [f32; OUTPUTS],
}

/// A trained encoder: from the units of a text to numbers that say how it feels.
///
/// Each unit has a row of 64 numbers; one outside the vocabulary has the mean of the rows of its character n-grams (3 to
/// 5, of `<unit>`), and one in the scope of a negation has a vector added. The mean of the rows, each weighed by its gate
/// (a logistic function of a number of its own), and the greatest value of each column make 128 numbers; a layer of 64
/// with a rectifier and one of 3 make the logits. After the bags of Joulin et al. 2016 (arXiv 1607.01759) and the mean and
/// max pooling of Shen et al. 2018 (arXiv 1805.09843), distilled from a larger model.
#[derive(Debug, Clone)]
pub struct Encoder {
    /// The higher halves of the hashes of the vocabulary, in order.
    hashes: Vec<u32>,
    /// Open-addressed by hash: 0 is free, else one more than the number of a word.
    slots: Vec<u32>,
    words: Rows,
    grams: Rows,
    negation: Row,
    hidden: Vec<[f32; 2 * DIM]>,
    hidden_bias: [f32; HIDDEN],
    output: [[f32; HIDDEN]; OUTPUTS],
    output_bias: [f32; OUTPUTS],
    temperature: f32,
}

/// The rows of a text's units on their way into the two pools.
struct Pools<'e> {
    sum: Row,
    most: Row,
    mass: f32,
    /// Rows with their weights that are still to be taken in, together: the pools are read and written once for all.
    waiting: [(&'e Row, f32); WAITING],
    n_waiting: usize,
}

/// Rows that are taken in together, and columns that are looked at together.
const WAITING: usize = 32;
const COLUMNS: usize = 16;
static NONE: Row = [0.0; DIM];

impl<'e> Pools<'e> {
    fn new() -> Self {
        let waiting = [(&NONE, 0.0); WAITING];
        Self { sum: [0.0; DIM], most: [f32::MIN; DIM], mass: 0.0, waiting, n_waiting: 0 }
    }

    #[inline]
    fn push(&mut self, row: &'e Row, weight: f32) {
        if self.n_waiting == WAITING {
            self.flush();
        }
        self.mass += weight;
        if let Some(slot) = self.waiting.get_mut(self.n_waiting) {
            *slot = (row, weight);
            self.n_waiting = self.n_waiting.wrapping_add(1);
        }
    }

    /// Takes in a row that was made for this unit alone, in its turn.
    fn made(&mut self, row: &Row, weight: f32) {
        self.flush();
        self.mass += weight;
        take(&mut self.sum, &mut self.most, &[(row, weight)]);
    }

    fn flush(&mut self) {
        let waiting = self.waiting.get(..self.n_waiting).unwrap_or_default();
        take(&mut self.sum, &mut self.most, waiting);
        self.n_waiting = 0;
    }
}

/// Adds rows to the pools, some columns at a time, so that these stay in registers.
fn take(sum: &mut Row, most: &mut Row, rows: &[(&Row, f32)]) {
    let (sums, _) = sum.as_chunks_mut::<COLUMNS>();
    let (mosts, _) = most.as_chunks_mut::<COLUMNS>();
    for (part, (sum, most)) in sums.iter_mut().zip(mosts).enumerate() {
        let (mut added, mut greatest) = (*sum, *most);
        for (row, weight) in rows {
            let (parts, _) = row.as_chunks::<COLUMNS>();
            let Some(values) = parts.get(part) else { continue };
            for ((added, greatest), value) in added.iter_mut().zip(&mut greatest).zip(values) {
                *added += weight * value;
                *greatest = if *value > *greatest { *value } else { *greatest };
            }
        }
        (*sum, *most) = (added, greatest);
    }
}

impl Encoder {
    /// What logits are divided by before they become probabilities; fitted on texts that training did not see.
    pub fn temperature(&self) -> f32 {
        self.temperature
    }

    /// Reads what stands in the texts together.
    pub fn encode(&self, texts: &[Units<'_>]) -> Encoded {
        let mut pools = Pools::new();
        for units in texts {
            for unit in units.units() {
                self.pool(units, unit, &mut pools);
            }
        }
        pools.flush();
        self.network(&pools)
    }

    /// How many of the words of a text stand in the vocabulary, and how many words there are; signs do not count.
    pub(super) fn familiar(&self, units: &Units<'_>) -> (usize, usize) {
        let words = units.units().iter().filter(|unit| !unit.is_sign());
        let known = words.clone().filter(|unit| self.known(unit.hash).is_some()).count();
        (known, words.count())
    }

    #[inline]
    fn pool<'e>(&'e self, units: &Units<'_>, unit: &Unit, pools: &mut Pools<'e>) {
        match self.known(unit.hash) {
            Some((row, weight)) if !unit.negated => pools.push(row, weight),
            known => {
                let (mut row, weight) =
                    known.map_or_else(|| self.spell(units.word(unit)), |(row, weight)| (*row, weight));
                if unit.negated {
                    row.iter_mut().zip(&self.negation).for_each(|(value, more)| *value += more);
                }
                pools.made(&row, weight);
            }
        }
    }

    /// The row of a word of the vocabulary, and its weight.
    #[inline]
    fn known(&self, hash: u64) -> Option<(&Row, f32)> {
        let short = short(hash);
        let mut at = home(short, self.slots.len());
        loop {
            let number = (*self.slots.get(at)? as usize).checked_sub(1)?;
            if self.hashes.get(number) == Some(&short) {
                return Some((self.words.rows.get(number)?, *self.words.weights.get(number)?));
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// The row of a word outside the vocabulary, and its weight: by the mean of its n-grams.
    fn spell(&self, word: &str) -> (Row, f32) {
        let (mut sum, mut gate, mut count) = ([0.0; DIM], 0.0, 0.0_f32);
        grams(word, &mut |hash| {
            #[allow(clippy::cast_possible_truncation, reason = "the lowest bits")]
            let at = hash as usize & (self.grams.rows.len() - 1);
            if let (Some(row), Some(more)) = (self.grams.rows.get(at), self.grams.gates.get(at)) {
                sum.iter_mut().zip(row).for_each(|(sum, more)| *sum += more);
                gate += more;
                count += 1.0;
            }
        });
        let count = count.max(1.0);
        (sum.map(|sum| sum / count), sigmoid(gate / count))
    }

    fn network(&self, pools: &Pools<'_>) -> Encoded {
        let mut pooled = [0.0; 2 * DIM];
        if pools.mass > 0.0 {
            let mean = pools.sum.iter().map(|sum| sum / pools.mass);
            pooled.iter_mut().zip(mean.chain(pools.most)).for_each(|(slot, value)| *slot = value);
        }
        let mut hidden = self.hidden_bias;
        for (value, weights) in hidden.iter_mut().zip(&self.hidden) {
            *value = (*value + dot(weights, &pooled)).max(0.0);
        }
        let mut logits = self.output_bias;
        for (value, weights) in logits.iter_mut().zip(&self.output) {
            *value += dot(weights, &hidden);
        }
        Encoded { pooled, hidden, logits }
    }
}

/// The sum of products, eight at a time: the order is fixed, so that every machine gives the same.
#[inline]
fn dot<const N: usize>(a: &[f32; N], b: &[f32; N]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

/// The higher half.
#[inline]
fn short(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or(0)
}

/// Where a word is looked for first; `slots` is a power of two.
#[inline]
fn home(short: u32, slots: usize) -> usize {
    short as usize & (slots.wrapping_sub(1))
}

/// Calls `seen` with the hash of each n-gram of three to five characters of `<word>`, its first 24 characters at most.
fn grams(word: &str, seen: &mut dyn FnMut(u64)) {
    let mut framed = String::with_capacity(word.len().min(4 * SPELT) + 2);
    framed.push('<');
    framed.extend(word.chars().take(SPELT));
    framed.push('>');
    for (from, _) in framed.char_indices() {
        let mut hash = super::units::OFFSET;
        let rest = framed.get(from..).unwrap_or_default();
        for (number, c) in rest.chars().take(5).enumerate() {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                hash = super::units::step(hash, byte);
            }
            if number >= 2 {
                seen(hash);
            }
        }
    }
}

#[cfg(test)]
mod tests;
