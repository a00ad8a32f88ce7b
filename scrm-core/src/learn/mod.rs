//! How do labelled examples become a model?
//!
//! Read [`Trainer`] first: it takes [`Example`]s and gives a [`Model`](crate::classify::Model), with a [`Report`] on
//! examples it did not learn from. The same examples, settings and seed give the same bytes, on any number of threads.

mod calibrate;
mod calibration;
mod descent;
mod error;
mod example;
mod folds;
mod lesson;
mod matrix;
mod parallel;
mod print;
mod random;
mod report;
mod trainer;

pub mod weak;

pub use error::TrainError;
pub use example::{Example, Examples};
pub use folds::Folds;
pub use report::{Answer, ClassReport, Report};
pub use trainer::{Trained, Trainer};

#[cfg(test)]
mod tests;
