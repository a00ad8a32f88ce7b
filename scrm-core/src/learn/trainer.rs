//! What is to be learned, and how? The settings of a training, and the training itself.
//!
//! Read [`Trainer`] first.

use std::num::NonZeroUsize;

use super::calibration::Calibration;
use super::lesson::Lesson;
use super::{Example, Examples, Folds, Report, TrainError, parallel};
use crate::classify::{Features, Model, TaskKind};
use crate::model::Limits;

/// The share that is left out to fit probabilities.
const HELD_OUT: f32 = 0.2;
/// In cross-validation, one part in so many of what a model is learned from.
const FITTED: usize = 5;

/// Learns a linear model from labelled examples.
///
/// ```
/// use scrm_core::learn::{Example, Trainer};
/// let rows = [("where is my bag", "baggage"), ("my bag is lost", "baggage"), ("bag not on the belt", "baggage"),
///     ("refund my ticket", "money"), ("I want my money back", "money"), ("charged twice, refund please", "money")];
/// let examples: Vec<Example> = rows.map(|(text, label)| Example::new(text, label)).into();
/// let trained = Trainer::one_of().train(&examples).unwrap();
/// assert_eq!(trained.model.predict("you lost my bag!")[0].label, "baggage");
/// assert_eq!(trained.model.to_bytes(), Trainer::one_of().train(&examples).unwrap().model.to_bytes());
/// ```
#[derive(Debug, Clone)]
pub struct Trainer {
    pub(super) kind: TaskKind,
    pub(super) name: Option<String>,
    pub(super) task: Option<String>,
    pub(super) labels: Option<Vec<String>>,
    pub(super) features: Option<Features>,
    pub(super) cost: Option<f32>,
    pub(super) epochs: Option<usize>,
    pub(super) balance: Option<f32>,
    pub(super) held_out: Option<f32>,
    pub(super) rarity: Option<f32>,
    pub(super) best_f1: Option<bool>,
    pub(super) seed: Option<u64>,
    pub(super) threads: Option<NonZeroUsize>,
    pub(super) limits: Limits,
}

/// What came of a training.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The model, learned from all examples.
    pub model: Model,
    /// How good a model of the same kind is on examples that it was not learned from; absent when there were too few to
    /// leave any out. The probabilities were fitted on the same examples.
    pub report: Option<Report>,
    /// What was found in the examples.
    pub examples: Examples,
}

impl Trainer {
    /// Learns which one of the labels holds.
    pub fn one_of() -> Self {
        Self::new(TaskKind::OneOf)
    }

    /// Learns of each label whether it holds.
    pub fn any_of() -> Self {
        Self::new(TaskKind::AnyOf)
    }

    /// Learns labels that go together in one of the two ways.
    pub fn new(kind: TaskKind) -> Self {
        Self {
            kind,
            name: None,
            task: None,
            labels: None,
            features: None,
            cost: None,
            epochs: None,
            balance: None,
            held_out: None,
            rarity: None,
            best_f1: None,
            seed: None,
            threads: None,
            limits: Limits::DEFAULT,
        }
    }

    /// The same settings for labels that go together in this way.
    #[must_use]
    pub fn kind(self, kind: TaskKind) -> Self {
        Self { kind, ..self }
    }

    /// The name and version that the model signs its labels with (default `model/1`).
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// What the question is called (default `label`).
    #[must_use]
    pub fn task(self, task: impl Into<String>) -> Self {
        Self { task: Some(task.into()), ..self }
    }

    /// The labels that there are, in this order (default: those that occur, by the alphabet). Another one is an error.
    #[must_use]
    pub fn labels<S: Into<String>>(self, labels: impl IntoIterator<Item = S>) -> Self {
        Self { labels: Some(labels.into_iter().map(Into::into).collect()), ..self }
    }

    /// Which n-grams are read (default: words in 2^13, 2 to 5 characters in 2^14 buckets).
    #[must_use]
    pub fn features(self, features: Features) -> Self {
        Self { features: Some(features), ..self }
    }

    /// What a wrong example costs against large weights (default 0.5): the more, the closer to the examples.
    #[must_use]
    pub fn cost(self, cost: f32) -> Self {
        Self { cost: Some(cost), ..self }
    }

    /// How often each example is looked at, at most (default 30).
    #[must_use]
    pub fn epochs(self, epochs: usize) -> Self {
        Self { epochs: Some(epochs), ..self }
    }

    /// How far rare labels are made up for: 0 (default) not at all, 1 until each counts as much as all others.
    #[must_use]
    pub fn balance(self, balance: f32) -> Self {
        Self { balance: Some(balance), ..self }
    }

    /// How much more rare n-grams may weigh than common ones: the power of their inverse document frequency, from 0 to 2
    /// (default 1).
    #[must_use]
    pub fn rarity(self, rarity: f32) -> Self {
        Self { rarity: Some(rarity), ..self }
    }

    /// Which share of the examples is left out to find probabilities (default 0.2). None with 0: they are then no more
    /// than an order.
    #[must_use]
    pub fn held_out(self, held_out: f32) -> Self {
        Self { held_out: Some(held_out), ..self }
    }

    /// A label of [any of](Self::any_of) holds from where its F1 is best (default: from probability 0.5).
    #[must_use]
    pub fn best_f1(self) -> Self {
        Self { best_f1: Some(true), ..self }
    }

    /// The seed (default 0).
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// Threads for many labels (default 1); the model is the same.
    #[must_use]
    pub fn threads(self, threads: NonZeroUsize) -> Self {
        Self { threads: Some(threads), ..self }
    }

    /// The limits that hold (default [`Limits::DEFAULT`]).
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Learns a model.
    ///
    /// # Errors
    /// When the examples do not say anything that can be learned, or a setting cannot be.
    pub fn train(&self, examples: &[Example]) -> Result<Trained, TrainError> {
        let (lesson, found) = Lesson::new(self, examples)?;
        let mut calibration = Calibration::none(&lesson);
        let mut report = None;
        let held_out = self.held_out.unwrap_or(HELD_OUT);
        if held_out > 0.0 {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be in 0..=0.5"
            )]
            let parts =
                lesson.parts(Folds::Texts((1.0 / held_out).round().min(1000.0) as usize), lesson.seed);
            let answers = lesson.margins(|at| parts.get(at) != Some(&0), |at| parts.get(at) == Some(&0));
            if answers.iter().any(|(instance, _)| !instance.labels.is_empty()) {
                calibration = Calibration::fit(&lesson, &answers);
                let answers =
                    answers.iter().map(|(instance, margins)| calibration.answer(&lesson, instance, margins));
                report = Some(Report::new(self.kind, &lesson.labels, &answers.collect::<Vec<_>>()));
            }
        }
        let columns = calibration.apply(&lesson, &lesson.columns(|_| true));
        let name = self.name.as_deref().unwrap_or("model/1");
        let model = Model::of_columns(name, lesson.features, calibration.task(&lesson), &columns);
        Ok(Trained { model, report, examples: found })
    }

    /// How good models are that are learned from all examples but one part, on the part left out, for each part.
    ///
    /// Each part has its share of every label. Probabilities are fitted within what a model is learned from.
    ///
    /// # Errors
    /// As [`train`](Self::train); when a label has fewer examples than there are parts.
    pub fn cross_validate(&self, examples: &[Example], folds: Folds) -> Result<Report, TrainError> {
        let n_parts = folds.number();
        if !(2..=100).contains(&n_parts) {
            return Err(TrainError::Setting("examples are put into 2 to 100 parts"));
        }
        let (mut lesson, found) = Lesson::new(self, examples)?;
        // The threads go to the parts.
        let threads = std::mem::replace(&mut lesson.threads, 1);
        if let Some((label, count)) = found.labels.iter().find(|(_, count)| **count < n_parts) {
            return Err(TrainError::TooFew { label: label.clone(), found: *count, folds: n_parts });
        }
        let parts = lesson.parts(folds, lesson.seed);
        // What probabilities are fitted on is neither learned from nor measured on.
        let inner = lesson.parts(Folds::Texts(FITTED), lesson.seed ^ 0x001A_51DE);
        let measured = |part: &usize| {
            let known = |at: usize| parts.get(at) != Some(part);
            let fitted = |at: usize| inner.get(at) == Some(&0);
            let fit = lesson.margins(|at| known(at) && !fitted(at), |at| known(at) && fitted(at));
            let calibration = Calibration::fit(&lesson, &fit);
            let left_out = lesson.margins(known, |at| !known(at));
            left_out
                .iter()
                .map(|(instance, margins)| calibration.answer(&lesson, instance, margins))
                .collect::<Vec<_>>()
        };
        let all: Vec<usize> = (0..n_parts).collect();
        let answers = parallel::each(&all, threads, measured).concat();
        Ok(Report::new(self.kind, &lesson.labels, &answers))
    }
}
