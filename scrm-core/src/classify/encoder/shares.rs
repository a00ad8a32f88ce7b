//! What did each unit bring to a logit?
//!
//! Between two bends of its rectifiers the network is linear. So a logit is a sum of what each unit brought to the mean and
//! to the columns where its value is the greatest, and of a rest that no unit brought; the sum is exact.

use super::{DIM, Encoded, Encoder, HIDDEN, OUTPUTS, Row};
use crate::classify::units::Units;

/// The row of a unit, negation taken in, and its weight in the mean.
pub(crate) type Weighed = (Row, f32);

/// What the units of some texts brought to one combination of the logits.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// By text, by unit.
    pub units: Vec<Vec<f32>>,
    /// What no unit brought.
    pub rest: f32,
}

impl Encoder {
    /// What each unit of the texts brought to the sum of the logits, each times its factor. The shares and the rest add up
    /// to that sum.
    pub fn shares(&self, texts: &[Units<'_>], encoded: &Encoded, factors: [f32; OUTPUTS]) -> Shares {
        self.shares_of(&self.rows_of(texts), encoded, [0.0; HIDDEN], factors)
    }

    /// The rows of the units of some texts, for [`Self::shares_of`].
    pub(crate) fn rows_of(&self, texts: &[Units<'_>]) -> Vec<Vec<Weighed>> {
        texts.iter().map(|units| self.rows(units)).collect()
    }

    /// The same for a sum of hidden values and logits, each times its factor.
    pub(crate) fn shares_of(
        &self,
        rows: &[Vec<Weighed>],
        encoded: &Encoded,
        mut slope: [f32; HIDDEN],
        factors: [f32; OUTPUTS],
    ) -> Shares {
        for (factor, weights) in factors.iter().zip(&self.output) {
            slope.iter_mut().zip(weights).for_each(|(slope, weight)| *slope += factor * weight);
        }
        let mut rest: f32 = factors.iter().zip(&self.output_bias).map(|(factor, bias)| factor * bias).sum();
        let mut of_pools = [0.0_f32; 2 * DIM];
        let layer = slope.iter().zip(&encoded.hidden).zip(&self.hidden).zip(&self.hidden_bias);
        for (((slope, value), weights), bias) in layer.filter(|(((_, value), _), _)| **value > 0.0) {
            debug_assert!(*value > 0.0);
            rest += slope * bias;
            of_pools.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += slope * weight);
        }
        let (of_mean, of_most) = of_pools.split_at(DIM);
        let most = encoded.pooled.get(DIM..).unwrap_or_default();
        let mass: f32 = rows.iter().flatten().map(|(_, weight)| weight).sum();
        // Of several that have the greatest value the first one brought it.
        let mut taken = [false; DIM];
        let mut share = |(row, weight): &Weighed| {
            let mean: f32 = row.iter().zip(of_mean).map(|(value, slope)| value * slope).sum();
            let mut sum = mean * weight / mass;
            let columns = row.iter().zip(of_most).zip(most).zip(&mut taken);
            for (((value, slope), most), taken) in columns {
                if !*taken && value >= most {
                    *taken = true;
                    sum += value * slope;
                }
            }
            sum
        };
        let units = rows.iter().map(|rows| rows.iter().map(&mut share).collect()).collect();
        Shares { units, rest }
    }

    /// The row of each unit, negation taken in, with its weight.
    fn rows(&self, units: &Units<'_>) -> Vec<Weighed> {
        let each = units.units().iter().map(|unit| {
            let (mut row, weight) = match self.known(unit.hash) {
                Some((row, weight)) => (*row, weight),
                None => self.spell(units.word(unit)),
            };
            if unit.negated {
                row.iter_mut().zip(&self.negation).for_each(|(value, more)| *value += more);
            }
            (row, weight)
        });
        each.collect()
    }
}
