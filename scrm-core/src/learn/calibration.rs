//! How do margins become probabilities? A line for each label, or one factor for all, and where a label holds.

use super::calibrate::{best_f1, platt, temperature};
use super::lesson::{Lesson, Margins};
use super::matrix::Instance;
use super::report::Answer;
use crate::classify::{Column, Task, TaskKind, sigmoid};

/// How margins become logits.
pub(super) struct Calibration {
    /// Slope and offset of each side.
    lines: Vec<[f32; 2]>,
    thresholds: Vec<f32>,
    scope: [f32; 2],
}

impl Calibration {
    pub(super) fn none(lesson: &Lesson) -> Self {
        Self {
            lines: vec![[1.0, 0.0]; lesson.sides.len()],
            thresholds: vec![0.5; lesson.labels.len()],
            scope: [1.0, 0.0],
        }
    }

    pub(super) fn fit(lesson: &Lesson, answers: &Margins<'_>) -> Self {
        let mut this = Self::none(lesson);
        if lesson.kind == TaskKind::OneOf && !lesson.is_binary() {
            let points: Vec<(Vec<f32>, usize, f32)> = answers
                .iter()
                .filter_map(|(instance, margins)| {
                    Some((margins.clone(), *instance.labels.first()?, instance.weight))
                })
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
                    Some((sigmoid(logit), instance.weight))
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

    pub(super) fn answer(&self, lesson: &Lesson, instance: &Instance, margins: &[f32]) -> Answer {
        let logits = self.logits(lesson, margins);
        let task = self.task(lesson);
        let probabilities = task.probabilities(&logits);
        let said = match lesson.kind {
            TaskKind::OneOf => {
                let largest = logits.iter().copied().reduce(f32::max);
                logits.iter().position(|logit| Some(*logit) == largest).into_iter().collect()
            }
            TaskKind::AnyOf => {
                let holds = |at: &usize| {
                    probabilities.get(*at).zip(self.thresholds.get(*at)).is_some_and(|(p, t)| p >= t)
                };
                (0..lesson.labels.len()).filter(holds).collect()
            }
        };
        Answer { gold: instance.labels.clone(), said, in_scope: task.in_scope(&logits), probabilities }
    }

    pub(super) fn task(&self, lesson: &Lesson) -> Task {
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
    pub(super) fn apply(&self, lesson: &Lesson, columns: &[Column]) -> Vec<Column> {
        let line = |column: &Column, slope: f32, offset: f32| Column {
            buckets: column.buckets.iter().map(|weight| weight * slope).collect(),
            dense: column.dense.iter().map(|weight| weight * slope).collect(),
            bias: column.bias * slope + offset,
        };
        if let (true, Some(column), Some([slope, offset])) =
            (lesson.is_binary(), columns.first(), self.lines.first())
        {
            return vec![line(column, -slope / 2.0, -offset / 2.0), line(column, slope / 2.0, offset / 2.0)];
        }
        columns
            .iter()
            .zip(&self.lines)
            .map(|(column, [slope, offset])| line(column, *slope, *offset))
            .collect()
    }
}
