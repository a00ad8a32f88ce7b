//! What does one training work on? The examples as numbers, and what each label is against the rest.

use super::descent::{Search, Side, descend, margin};
use super::example::check;
use super::folds::{Folds, folds};
use super::matrix::{Instance, Matrix};
use super::{Example, Examples, TrainError, Trainer, parallel};
use crate::classify::{Column, Features, TaskKind};

/// Labels that are learned side by side when there are many.
const SIDE_BY_SIDE: usize = 16;

/// Everything that a training works on.
pub(super) struct Lesson {
    pub(super) kind: TaskKind,
    pub(super) task: String,
    pub(super) labels: Vec<String>,
    pub(super) features: Features,
    pub(super) sides: Vec<Side>,
    pub(super) best_f1: bool,
    pub(super) seed: u64,
    matrix: Matrix,
    instances: Vec<Instance>,
    search: Search,
    pub(super) threads: usize,
}

/// Instances with their margin for each side.
pub(super) type Margins<'l> = Vec<(&'l Instance, Vec<f32>)>;

impl Lesson {
    pub(super) fn new(trainer: &Trainer, examples: &[Example]) -> Result<(Self, Examples), TrainError> {
        let cost = within(trainer.cost, 0.5, [1e-6, 1e6], "the cost is a number from 1e-6 to 1e6")?;
        let balance =
            within(trainer.balance, 0.0, [0.0, 1.0], "rare labels are made up for by a share from 0 to 1")?;
        let rarity =
            within(trainer.rarity, 1.0, [0.0, 2.0], "rare n-grams may weigh more by a power from 0 to 2")?;
        within(trainer.held_out, 0.0, [0.0, 0.5], "the share that is held out is from 0 to 0.5")?;
        let features = trainer.features.or_else(|| Features::new(13, 14, (2, 5)));
        let features = features.ok_or(TrainError::Setting("there are features"))?;
        let mut checked = check(examples, trainer.kind, trainer.labels.as_deref(), &trainer.limits)?;
        let (matrix, instances) = Matrix::new(&mut checked, &features, rarity, &trainer.limits);
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
            best_f1: trainer.best_f1.unwrap_or(false),
            seed,
            threads: trainer.threads.map_or(1, std::num::NonZeroUsize::get),
        };
        lesson.sides = lesson.sides(balance);
        Ok((lesson, checked.found))
    }

    /// Whether two labels are one question: what is not the second is the first.
    pub(super) fn is_binary(&self) -> bool {
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

    /// The weights of each side, learned from the instances that are asked for by number.
    pub(super) fn columns(&self, learned: impl Fn(usize) -> bool) -> Vec<Column> {
        let of: Vec<&Instance> = self
            .instances
            .iter()
            .enumerate()
            .filter(|(at, _)| learned(*at))
            .map(|(_, instance)| instance)
            .collect();
        let buckets = self.features.buckets();
        match self.sides.len() {
            1 => descend::<1>(&self.matrix, &of, &self.sides, buckets, self.search),
            2..=4 => descend::<4>(&self.matrix, &of, &self.sides, buckets, self.search),
            _ => {
                let chunks: Vec<&[Side]> = self.sides.chunks(SIDE_BY_SIDE).collect();
                let learn =
                    |sides: &&[Side]| descend::<SIDE_BY_SIDE>(&self.matrix, &of, sides, buckets, self.search);
                parallel::each(&chunks, self.threads, learn).into_iter().flatten().collect()
            }
        }
    }

    /// By instance, the part that it falls into.
    pub(super) fn parts(&self, by: Folds, seed: u64) -> Vec<usize> {
        folds(&self.instances, self.labels.len(), by, seed)
    }

    /// Learns from some instances and gives the margins of others.
    pub(super) fn margins(
        &self,
        learned: impl Fn(usize) -> bool,
        asked: impl Fn(usize) -> bool,
    ) -> Margins<'_> {
        let columns = self.columns(learned);
        let margins = |instance: &Instance| {
            let row = self.matrix.row(instance.row);
            columns.iter().map(|column| margin(column, &row, self.matrix.standards())).collect()
        };
        let of = self.instances.iter().enumerate().filter(|(at, _)| asked(*at));
        of.map(|(_, instance)| (instance, margins(instance))).collect()
    }
}

fn within(
    value: Option<f32>,
    default: f32,
    [least, most]: [f32; 2],
    fault: &'static str,
) -> Result<f32, TrainError> {
    match value.unwrap_or(default) {
        value if (least..=most).contains(&value) => Ok(value),
        _ => Err(TrainError::Setting(fault)),
    }
}
