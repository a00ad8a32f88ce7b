//! What is to be learned, and how? The settings of a training, and the training itself.
//!
//! Read [`Trainer`] first.

use std::num::NonZeroUsize;

use super::calibrate::{best_f1, platt, temperature};
use super::descent::{Search, Side, descend, margin};
use super::example::check;
use super::folds::folds;
use super::matrix::{Instance, Matrix};
use super::report::Answer;
use super::{Example, Examples, Report, TrainError};
use crate::classify::{Column, Features, Model, Task, TaskKind, sigmoid};
use crate::model::Limits;

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
    kind: TaskKind,
    name: Option<String>,
    task: Option<String>,
    labels: Option<Vec<String>>,
    features: Option<Features>,
    cost: Option<f32>,
    epochs: Option<usize>,
    balance: Option<f32>,
    held_out: Option<f32>,
    thresholds: Option<bool>,
    seed: Option<u64>,
    threads: Option<NonZeroUsize>,
    limits: Limits,
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
            thresholds: None,
            seed: None,
            threads: None,
            limits: Limits::DEFAULT,
        }
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

    /// Which share of the examples is left out to find probabilities (default 0.2). None with 0: they are then no more
    /// than an order.
    #[must_use]
    pub fn held_out(self, held_out: f32) -> Self {
        Self { held_out: Some(held_out), ..self }
    }

    /// A label of [any of](Self::any_of) holds from where its F1 is best (default: from probability 0.5).
    #[must_use]
    pub fn best_f1(self) -> Self {
        Self { thresholds: Some(true), ..self }
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
        let held_out = self.held_out.unwrap_or(0.2);
        if held_out > 0.0 {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in 0..=0.5")]
            let n_folds = (1.0 / held_out).round() as usize;
            let parts = lesson.folds(n_folds);
            let answers = lesson.leave_out(&parts, 0);
            if answers.iter().any(|(instance, _)| !instance.labels.is_empty()) {
                calibration = Calibration::fit(&lesson, &answers);
                report = Some(lesson.report(&calibration, &answers));
            }
        }
        let all: Vec<usize> = (0..lesson.instances.len()).collect();
        let columns = calibration.apply(&lesson, &lesson.columns(&all));
        let name = self.name.as_deref().unwrap_or("model/1");
        let model = Model::of_columns(name, lesson.features, calibration.task(&lesson), &columns);
        Ok(Trained { model, report, examples: found })
    }

    /// How good models are that are learned from all examples but one part in `folds`, on the part left out, with
    /// probabilities fitted within what they are learned from.
    ///
    /// Each text falls into one part, and each part has its share of every label.
    ///
    /// # Errors
    /// As [`train`](Self::train); when a label has fewer texts than there are parts.
    pub fn cross_validate(&self, examples: &[Example], folds: usize) -> Result<Report, TrainError> {
        if !(2..=100).contains(&folds) {
            return Err(TrainError::Setting("examples are put into 2 to 100 parts"));
        }
        let (lesson, found) = Lesson::new(self, examples)?;
        if let Some((label, count)) = found.labels.iter().find(|(_, count)| **count < folds) {
            return Err(TrainError::TooFew { label: label.clone(), found: *count, folds });
        }
        let parts = lesson.folds(folds);
        let inner = lesson.folds_of(5, lesson.seed ^ 0x1A_51DE);
        let mut answers = Vec::new();
        for part in 0..folds {
            // What the probabilities are fitted on is neither learned from nor measured on.
            let fit = lesson.margins_of(|row| parts.get(row) != Some(&part) && inner.get(row) != Some(&0), |row| {
                parts.get(row) != Some(&part) && inner.get(row) == Some(&0)
            });
            let calibration = Calibration::fit(&lesson, &fit);
            let left_out = lesson.leave_out(&parts, part);
            answers.extend(left_out.iter().map(|(instance, margins)| calibration.answer(&lesson, instance, margins)));
        }
        Ok(Report::new(self.kind, &lesson.labels, &answers))
    }
}

/// Everything that a training works on.
pub(super) struct Lesson {
    kind: TaskKind,
    task: String,
    labels: Vec<String>,
    features: Features,
    matrix: Matrix,
    instances: Vec<Instance>,
    sides: Vec<Side>,
    search: Search,
    best_f1: bool,
    seed: u64,
    threads: usize,
}

type Margins<'l> = Vec<(&'l Instance, Vec<f32>)>;

impl Lesson {
    fn new(trainer: &Trainer, examples: &[Example]) -> Result<(Self, Examples), TrainError> {
        let within = |value: Option<f32>, default: f32, least: f32, most: f32, fault| match value.unwrap_or(default) {
            value if value.is_finite() && (least..=most).contains(&value) => Ok(value),
            _ => Err(TrainError::Setting(fault)),
        };
        let cost = within(trainer.cost, 0.5, 1e-6, 1e6, "the cost is a number from 1e-6 to 1e6")?;
        let balance = within(trainer.balance, 0.0, 0.0, 1.0, "rare labels are made up for by a share from 0 to 1")?;
        within(trainer.held_out, 0.2, 0.0, 0.5, "the share that is held out is from 0 to 0.5")?;
        let features = trainer.features.or_else(|| Features::new(13, 14, (2, 5)));
        let features = features.ok_or(TrainError::Setting("there are features"))?;
        let mut checked = check(examples, trainer.kind, trainer.labels.as_deref(), &trainer.limits)?;
        let (matrix, instances) = Matrix::new(&mut checked, &features, &trainer.limits);
        let seed = trainer.seed.unwrap_or(0);
        let mut lesson = Self {
            kind: trainer.kind,
            task: trainer.task.clone().unwrap_or_else(|| "label".to_owned()),
            labels: checked.labels,
            features,
            matrix,
            instances,
            sides: Vec::new(),
            search: Search { cost, epochs: trainer.epochs.unwrap_or(30), seed, tolerance: 0.02 },
            best_f1: trainer.thresholds.unwrap_or(false),
            seed,
            threads: trainer.threads.map_or(1, NonZeroUsize::get),
        };
        lesson.sides = lesson.sides(balance);
        Ok((lesson, checked.found))
    }

    /// Whether two labels are one question: what is not the second is the first.
    fn is_binary(&self) -> bool {
        self.kind == TaskKind::OneOf
            && self.labels.len() == 2
            && self.instances.iter().all(|instance| instance.labels.len() == 1)
    }

    fn sides(&self, balance: f32) -> Vec<Side> {
        let all: f32 = self.instances.iter().map(|instance| instance.weight).sum();
        let side = |label: usize| {
            let own = self.instances.iter().filter(|instance| instance.labels.contains(&label));
            let own: f32 = own.map(|instance| instance.weight).sum();
            let share = |part: f32| if part > 0.0 { (all / (2.0 * part)).powf(balance) } else { 1.0 };
            Side { label, yes: share(own), no: share(all - own) }
        };
        if self.is_binary() { vec![side(1)] } else { (0..self.labels.len()).map(side).collect() }
    }

    /// The weights of each side, learned from some instances.
    fn columns(&self, of: &[usize]) -> Vec<Column> {
        let buckets = self.features.buckets();
        if self.sides.len() == 1 {
            return descend::<1>(&self.matrix, &self.instances, of, &self.sides, buckets, self.search);
        }
        if self.sides.len() <= 4 {
            return descend::<4>(&self.matrix, &self.instances, of, &self.sides, buckets, self.search);
        }
        let chunk = |sides: &[Side]| {
            descend::<16>(&self.matrix, &self.instances, of, sides, buckets, self.search)
        };
        let chunks: Vec<&[Side]> = self.sides.chunks(16).collect();
        super::parallel::each(&chunks, self.threads, |sides| chunk(sides)).into_iter().flatten().collect()
    }

    fn folds(&self, n: usize) -> Vec<usize> {
        self.folds_of(n, self.seed)
    }

    fn folds_of(&self, n: usize, seed: u64) -> Vec<usize> {
        folds(&self.instances, self.matrix.len(), self.labels.len(), n, seed)
    }

    fn leave_out(&self, parts: &[usize], part: usize) -> Margins<'_> {
        self.margins_of(|row| parts.get(row) != Some(&part), |row| parts.get(row) == Some(&part))
    }

    /// Learns from some rows and gives the margins of others.
    fn margins_of(&self, learned: impl Fn(usize) -> bool, asked: impl Fn(usize) -> bool) -> Margins<'_> {
        let of: Vec<usize> = self
            .instances
            .iter()
            .enumerate()
            .filter(|(_, instance)| learned(instance.row))
            .map(|(at, _)| at)
            .collect();
        let columns = self.columns(&of);
        let margins = |instance: &Instance| {
            let row = self.matrix.row(instance.row);
            columns.iter().map(|column| margin(column, &row, self.matrix.dense_scale)).collect()
        };
        self.instances
            .iter()
            .filter(|instance| asked(instance.row))
            .map(|instance| (instance, margins(instance)))
            .collect()
    }

    fn report(&self, calibration: &Calibration, answers: &Margins<'_>) -> Report {
        let answers: Vec<Answer> = answers
            .iter()
            .map(|(instance, margins)| calibration.answer(self, instance, margins))
            .collect();
        Report::new(self.kind, &self.labels, &answers)
    }
}

/// How margins become logits.
struct Calibration {
    /// Slope and offset of each side.
    lines: Vec<[f32; 2]>,
    thresholds: Vec<f32>,
    scope: [f32; 2],
}

impl Calibration {
    fn none(lesson: &Lesson) -> Self {
        Self {
            lines: vec![[1.0, 0.0]; lesson.sides.len()],
            thresholds: vec![0.5; lesson.labels.len()],
            scope: [1.0, 0.0],
        }
    }

    fn fit(lesson: &Lesson, answers: &Margins<'_>) -> Self {
        let mut this = Self::none(lesson);
        if lesson.kind == TaskKind::OneOf && !lesson.is_binary() {
            let points: Vec<(Vec<f32>, usize, f32)> = answers
                .iter()
                .filter_map(|(instance, margins)| Some((margins.clone(), *instance.labels.first()?, instance.weight)))
                .collect();
            this.lines = vec![[temperature(&points), 0.0]; lesson.sides.len()];
        } else {
            for (at, (line, side)) in this.lines.iter_mut().zip(&lesson.sides).enumerate() {
                let point = |(instance, margins): &(&Instance, Vec<f32>)| {
                    Some((*margins.get(at)?, instance.labels.contains(&side.label), instance.weight))
                };
                *line = platt(&answers.iter().filter_map(point).collect::<Vec<_>>());
            }
        }
        if lesson.kind == TaskKind::AnyOf && lesson.best_f1 {
            for at in 0..lesson.labels.len() {
                let point = |(instance, margins): &(&Instance, Vec<f32>)| {
                    let logit = this.logits(lesson, margins).get(at).copied()?;
                    Some((sigmoid(logit), instance.labels.contains(&at), instance.weight))
                };
                let points: Vec<_> = answers.iter().filter_map(point).collect();
                if let Some(threshold) = this.thresholds.get_mut(at) {
                    *threshold = best_f1(&points);
                }
            }
        }
        this.scope = this.fit_scope(lesson, answers);
        this
    }

    /// In scope is what has a label where some have none; else, what is told right.
    fn fit_scope(&self, lesson: &Lesson, answers: &Margins<'_>) -> [f32; 2] {
        let unlabelled = answers.iter().any(|(instance, _)| instance.labels.is_empty());
        let task = self.task(lesson);
        let point = |(instance, margins): &(&Instance, Vec<f32>)| {
            let logits = self.logits(lesson, margins);
            let largest = logits.iter().copied().reduce(f32::max)?;
            let said = logits.iter().position(|logit| *logit == largest)?;
            let own = if unlabelled { !instance.labels.is_empty() } else { instance.labels.contains(&said) };
            Some((largest, own, instance.weight))
        };
        match task.kind() {
            TaskKind::OneOf => platt(&answers.iter().filter_map(point).collect::<Vec<_>>()),
            TaskKind::AnyOf => [1.0, 0.0],
        }
    }

    fn logits(&self, lesson: &Lesson, margins: &[f32]) -> Vec<f32> {
        let logits = self.lines.iter().zip(margins).map(|([slope, offset], margin)| slope * margin + offset);
        match (lesson.is_binary(), logits.clone().next()) {
            (true, Some(logit)) => vec![-logit / 2.0, logit / 2.0],
            _ => logits.collect(),
        }
    }

    fn answer(&self, lesson: &Lesson, instance: &Instance, margins: &[f32]) -> Answer {
        let logits = self.logits(lesson, margins);
        let task = self.task(lesson);
        let probabilities = task.probabilities(&logits);
        let said = match lesson.kind {
            TaskKind::OneOf => {
                let largest = logits.iter().copied().reduce(f32::max);
                logits.iter().position(|logit| Some(*logit) == largest).into_iter().collect()
            }
            TaskKind::AnyOf => {
                let holds = |at: &usize| probabilities.get(*at).zip(self.thresholds.get(*at)).is_some_and(|(p, t)| p >= t);
                (0..lesson.labels.len()).filter(holds).collect()
            }
        };
        Answer { gold: instance.labels.clone(), said, in_scope: task.in_scope(&logits), probabilities }
    }

    fn task(&self, lesson: &Lesson) -> Task {
        Task {
            name: lesson.task.clone(),
            kind: lesson.kind,
            first: 0,
            labels: lesson.labels.clone(),
            thresholds: self.thresholds.clone(),
            scope: self.scope,
        }
    }

    /// The weights of each label, so that they give logits.
    fn apply(&self, lesson: &Lesson, columns: &[Column]) -> Vec<Column> {
        let line = |column: &Column, slope: f32, offset: f32| Column {
            buckets: column.buckets.iter().map(|weight| weight * slope).collect(),
            dense: column.dense.iter().map(|weight| weight * slope).collect(),
            bias: column.bias * slope + offset,
        };
        if let (true, Some(column), Some([slope, offset])) = (lesson.is_binary(), columns.first(), self.lines.first()) {
            return vec![line(column, -slope / 2.0, -offset / 2.0), line(column, slope / 2.0, offset / 2.0)];
        }
        columns.iter().zip(&self.lines).map(|(column, [slope, offset])| line(column, *slope, *offset)).collect()
    }
}
