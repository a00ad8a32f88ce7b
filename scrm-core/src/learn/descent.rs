//! Which weights tell the labels apart? One label against the rest, by dual coordinate descent.
//!
//! Support vector machines with squared hinge loss, after Hsieh, Chang, Lin, Keerthi and Sundararajan, "A Dual
//! Coordinate Descent Method for Large-scale Linear SVM" (2008). Several labels go side by side: a text is looked at
//! once for all of them. An n-gram's inverse document frequency is no factor of the text but of how fast its weight
//! grows, which comes to the same and costs nothing when the model is asked.

use super::matrix::{Instance, Matrix, Row, Standard};
use super::random::Random;
use crate::classify::Column;

/// How the weights are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    pub(super) cost: f32,
    pub(super) epochs: usize,
    pub(super) seed: u64,
    pub(super) tolerance: f32,
}

/// What one label is against the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side {
    pub(super) label: usize,
    /// What an example of it counts, and one of the others.
    pub(super) yes: f32,
    pub(super) no: f32,
}

/// The weights of some labels, `L` at most, each against the rest.
pub(super) fn descend<const L: usize>(
    matrix: &Matrix,
    instances: &[&Instance],
    sides: &[Side],
    buckets: usize,
    search: Search,
) -> Vec<Column> {
    let mut weights = Weights::<L> {
        buckets: vec![[0.0; L]; buckets],
        dense: vec![[0.0; L]; matrix.n_dense()],
        bias: [0.0; L],
    };
    let targets: Vec<Target<L>> = instances
        .iter()
        .filter(|instance| instance.weight > 0.0)
        .map(|instance| Target::new(instance, sides, search.cost))
        .collect();
    let mut alphas = vec![[0.0_f32; L]; targets.len()];
    let mut order: Vec<usize> = (0..targets.len()).collect();
    let mut random = Random::new(search.seed);
    for _ in 0..search.epochs {
        random.shuffle(&mut order);
        let mut largest = 0.0_f32;
        for at in &order {
            let (Some(target), Some(alpha)) = (targets.get(*at), alphas.get_mut(*at)) else { continue };
            let row = matrix.row(target.row);
            let margins = weights.margins(&row);
            let (step, violation) = target.step(&margins, alpha, row.square);
            largest = largest.max(violation);
            if step.iter().any(|part| *part != 0.0) {
                weights.add(&row, &step, matrix.gains_by_bucket());
            }
        }
        if largest < search.tolerance {
            break;
        }
    }
    (0..sides.len()).map(|lane| weights.column(lane, matrix.standards())).collect()
}

/// What is wanted of one instance.
struct Target<const L: usize> {
    row: usize,
    /// 1 where a label is its own, -1 where it is not.
    signs: [f32; L],
    /// One half of one over its cost.
    diagonal: [f32; L],
}

impl<const L: usize> Target<L> {
    fn new(instance: &Instance, sides: &[Side], cost: f32) -> Self {
        let mut target = Self { row: instance.row, signs: [-1.0; L], diagonal: [f32::INFINITY; L] };
        for ((side, sign), diagonal) in sides.iter().zip(&mut target.signs).zip(&mut target.diagonal) {
            let own = instance.labels.contains(&side.label);
            *sign = if own { 1.0 } else { -1.0 };
            *diagonal = 0.5 / (cost * instance.weight * if own { side.yes } else { side.no });
        }
        target
    }

    /// How far each weight vector goes along this text, and how far it was from where it should be.
    #[inline]
    fn step(&self, margins: &[f32; L], alphas: &mut [f32; L], square: f32) -> ([f32; L], f32) {
        let mut step = [0.0; L];
        let mut violation = 0.0_f32;
        let lanes = step.iter_mut().zip(alphas).zip(margins.iter().zip(&self.signs)).zip(&self.diagonal);
        for (((step, alpha), (margin, sign)), diagonal) in lanes {
            if !diagonal.is_finite() {
                continue;
            }
            let gradient = sign * margin - 1.0 + diagonal * *alpha;
            let projected = if *alpha == 0.0 { gradient.min(0.0) } else { gradient };
            if projected == 0.0 {
                continue;
            }
            violation = violation.max(projected.abs());
            let moved = (*alpha - gradient / (square + diagonal)).max(0.0);
            *step = (moved - *alpha) * sign;
            *alpha = moved;
        }
        (step, violation)
    }
}

/// The weights of some labels side by side.
struct Weights<const L: usize> {
    buckets: Vec<[f32; L]>,
    dense: Vec<[f32; L]>,
    bias: [f32; L],
}

impl<const L: usize> Weights<L> {
    #[inline]
    fn margins(&self, row: &Row<'_>) -> [f32; L] {
        let mut margins = self.bias;
        for (buckets, value) in [(row.words, row.word), (row.chars, row.char)] {
            let mut sum = [0.0; L];
            for bucket in buckets {
                let Some(weights) = self.buckets.get(*bucket as usize) else { continue };
                sum.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
            }
            margins.iter_mut().zip(&sum).for_each(|(margin, sum)| *margin += sum * value);
        }
        for (number, weights) in row.dense.iter().zip(&self.dense) {
            margins.iter_mut().zip(weights).for_each(|(margin, weight)| *margin += number * weight);
        }
        margins
    }

    #[inline]
    fn add(&mut self, row: &Row<'_>, step: &[f32; L], gains: &[f32]) {
        for (buckets, value) in [(row.words, row.word), (row.chars, row.char)] {
            let step = step.map(|part| part * value);
            for bucket in buckets {
                let bucket = *bucket as usize;
                let (Some(weights), Some(gain)) = (self.buckets.get_mut(bucket), gains.get(bucket)) else {
                    continue;
                };
                weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight += step * gain);
            }
        }
        for (number, weights) in row.dense.iter().zip(&mut self.dense) {
            weights.iter_mut().zip(step).for_each(|(weight, step)| *weight += number * step);
        }
        self.bias.iter_mut().zip(step).for_each(|(bias, step)| *bias += step);
    }

    /// The weights of one label, for numbers as they came.
    fn column(&self, lane: usize, standards: &[Standard]) -> Column {
        let of = |weights: &[f32; L]| weights.get(lane).copied().unwrap_or(0.0);
        let dense: Vec<f32> = self
            .dense
            .iter()
            .zip(standards)
            .map(|(weights, standard)| of(weights) * standard.scale)
            .collect();
        let moved: f32 = dense.iter().zip(standards).map(|(weight, standard)| weight * standard.mean).sum();
        Column { buckets: self.buckets.iter().map(of).collect(), dense, bias: of(&self.bias) - moved }
    }
}

/// The margin of a row under one label's weights.
pub(super) fn margin(column: &Column, row: &Row<'_>, standards: &[Standard]) -> f32 {
    let of = |buckets: &[u32]| -> f32 {
        buckets.iter().map(|bucket| column.buckets.get(*bucket as usize).copied().unwrap_or(0.0)).sum()
    };
    let raw = row.dense.iter().zip(standards).map(|(number, standard)| standard.raw(*number));
    let dense: f32 = raw.zip(&column.dense).map(|(number, weight)| number * weight).sum();
    column.bias + of(row.words) * row.word + of(row.chars) * row.char + dense
}
