//! How long does it take, for half of them and for nearly all? Quantiles of lengths of time.
//!
//! A histogram whose limits grow by a constant factor: DDSketch (Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable
//! quantile sketch with relative-error guarantees", VLDB 2019). Every quantile is within 1 % of the true one, and what is
//! joined is exactly what would have been counted at once; a t-digest promises neither.

use serde::{Deserialize, Serialize};

use super::{Change, Counts};

/// The relative error of every quantile.
pub(in crate::measure) const ERROR: f64 = 0.01;

/// Lengths of time, in whole seconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::measure) struct Quantiles {
    /// Lengths of less than a second.
    none: u64,
    /// By the number of the class.
    classes: Counts<i32>,
}

/// The factor between the limits of two classes.
fn growth() -> f64 {
    (1.0 + ERROR) / (1.0 - ERROR)
}

impl Quantiles {
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a class of at most 2,200"
    )]
    pub(in crate::measure) fn change(&mut self, seconds: i64, change: Change) {
        if seconds < 1 {
            change.of(&mut self.none, 1);
        } else {
            let class = ((seconds as f64).ln() / growth().ln()).ceil() as i32;
            self.classes.change(class, change);
        }
    }

    pub(in crate::measure) fn join(&mut self, other: &Self) {
        self.none += other.none;
        self.classes.join(&other.classes);
    }

    pub(in crate::measure) fn count(&self) -> u64 {
        self.none + self.classes.total()
    }

    /// The length that a share `q` (0 to 1) does not exceed; `None` of nothing.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list, and seconds"
    )]
    pub(in crate::measure) fn at(&self, q: f64) -> Option<i64> {
        let last = self.count().checked_sub(1)?;
        let place = (q.clamp(0.0, 1.0) * last as f64).floor() as u64;
        let mut before = self.none;
        if place < before {
            return Some(0);
        }
        for (class, count) in self.classes.iter() {
            before += count;
            if place < before {
                let middle = 2.0 * growth().powi(*class) / (growth() + 1.0);
                return Some(middle.round() as i64);
            }
        }
        None
    }
}
