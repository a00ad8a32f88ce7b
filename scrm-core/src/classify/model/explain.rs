//! Why is a logit what it is? The part that each stretch of the text has in it.

use super::{LANES, Model, per_gram};
use crate::classify::units::Units;
use crate::model::Span;
use serde::Serialize;
use std::collections::BTreeMap;

/// What one stretch of a text adds to a logit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contribution {
    /// Where it stands (bytes); absent for what stands in no one place.
    pub span: Option<Span>,
    /// What it adds; the sign is the direction.
    pub weight: f32,
}

/// The parts of one logit: with the bias they add up to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// The logit.
    pub logit: f32,
    /// What it is without any text.
    pub bias: f32,
    /// The parts, the largest first.
    pub contributions: Vec<Contribution>,
}

impl Model {
    /// Why the logit of a column is what it is: `column` counts the labels of all tasks, one after the other.
    ///
    /// An n-gram of characters adds to its word, a pair of words to the stretch of both.
    pub fn explain(&self, units: &Units<'_>, dense: &[f32], column: usize) -> Option<Explained> {
        let inner = &*self.0;
        let (n_blocks, n_block, lane) = (inner.blocks.len(), column / LANES, column % LANES);
        let block = inner.blocks.get(n_block).filter(|_| column < inner.columns)?;
        let weight = |bucket: u32| {
            let row = inner.table.get(bucket as usize * n_blocks + n_block);
            f64::from(row.and_then(|row| row.get(lane)).copied().unwrap_or(0))
        };
        let (mut words, mut chars) = (Vec::new(), Vec::new());
        inner.features.each_word(units, |bucket, from, to| words.push((from, to, weight(bucket))));
        for (at, unit) in units.units().iter().enumerate().filter(|(_, unit)| !unit.is_sign()) {
            inner.features.each_char(units.word(unit), |bucket| chars.push((at, at + 1, weight(bucket))));
        }
        let mut stretches: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for (parts, scales) in [(&words, &block.words), (&chars, &block.chars)] {
            let of_one = f64::from(scales.get(lane)? * per_gram(parts.len()));
            for (from, to, weight) in parts {
                *stretches.entry((*from, *to)).or_default() += weight * of_one;
            }
        }
        let place = |from: usize, to: usize| {
            let all = units.units();
            let (first, last) = (all.get(from)?, all.get(to.checked_sub(1)?)?);
            Some(Span::new(first.span.start().min(last.span.start()), first.span.end().max(last.span.end())))
        };
        let mut contributions: Vec<(Option<Span>, f64)> =
            stretches.into_iter().map(|((from, to), weight)| (place(from, to), weight)).collect();
        let of_dense = dense.iter().zip(inner.dense_weights.iter().skip(n_block).step_by(n_blocks));
        if inner.dense > 0 {
            let parts = of_dense
                .map(|(number, row)| f64::from(*number) * f64::from(row.get(lane).copied().unwrap_or(0.0)));
            contributions.push((None, parts.sum()));
        }
        contributions.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let bias = block.bias.get(lane).copied()?;
        let logit = contributions.iter().fold(f64::from(bias), |sum, (_, weight)| sum + weight);
        #[allow(clippy::cast_possible_truncation, reason = "a logit is no more exact than that")]
        let contributions = contributions
            .into_iter()
            .map(|(span, weight)| Contribution { span, weight: weight as f32 })
            .collect();
        #[allow(clippy::cast_possible_truncation, reason = "a logit is no more exact than that")]
        Some(Explained { logit: logit as f32, bias, contributions })
    }
}
