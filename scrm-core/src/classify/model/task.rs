//! What does one task of a model answer, and how sure is it?

use super::Prediction;

/// How the labels of a task go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Exactly one of them holds: probabilities add up to one.
    OneOf,
    /// Each holds or not, by itself.
    AnyOf,
}

/// One question that a model answers: some labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    pub(crate) name: String,
    pub(crate) kind: TaskKind,
    /// Which of the model's logits is that of the first label.
    pub(crate) first: usize,
    pub(crate) labels: Vec<String>,
    /// Of each label, for [`TaskKind::AnyOf`]: the probability from which it holds.
    pub(crate) thresholds: Vec<f32>,
    /// Slope and offset from the largest logit to the logit of being in scope.
    pub(crate) scope: [f32; 2],
}

impl Task {
    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How its labels go together.
    pub fn kind(&self) -> TaskKind {
        self.kind
    }

    /// Which of the model's logits is that of its first label.
    pub fn column(&self) -> usize {
        self.first
    }

    /// The labels, in the order of their logits.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Of each label, when each holds by itself: the probability from which it holds.
    pub fn thresholds(&self) -> &[f32] {
        &self.thresholds
    }

    /// Its part of the logits of a model.
    pub fn logits<'l>(&self, logits: &'l [f32]) -> &'l [f32] {
        logits.get(self.first..self.first + self.labels.len()).unwrap_or_default()
    }

    /// The probability of each label, from the logits of its model.
    pub fn probabilities(&self, logits: &[f32]) -> Vec<f32> {
        let logits = self.logits(logits);
        match self.kind {
            TaskKind::AnyOf => logits.iter().map(|logit| sigmoid(*logit)).collect(),
            TaskKind::OneOf => {
                let largest = logits.iter().copied().fold(f32::MIN, f32::max);
                let parts: Vec<f32> = logits.iter().map(|logit| (logit - largest).exp()).collect();
                let sum: f32 = parts.iter().sum();
                parts.iter().map(|part| part / sum).collect()
            }
        }
    }

    /// How probable it is that one of the labels is meant at all, from the logits of its model.
    pub fn in_scope(&self, logits: &[f32]) -> f32 {
        let [slope, offset] = self.scope;
        self.logits(logits)
            .iter()
            .copied()
            .reduce(f32::max)
            .map_or(0.0, |largest| sigmoid(slope * largest + offset))
    }

    /// The labels that hold, with how sure that is, from the logits of its model.
    pub fn predict(&self, logits: &[f32]) -> Prediction {
        let probabilities = self.probabilities(logits);
        let in_scope = self.in_scope(logits);
        Prediction::new(self, &probabilities, in_scope)
    }
}

pub(crate) fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}
