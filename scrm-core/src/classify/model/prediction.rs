//! Which labels hold, and how sure is that?

use super::{Task, TaskKind};
use serde::Serialize;

/// What one task of a model says of a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// The task.
    pub task: String,
    /// The labels that hold, the most probable first: one, or as many as hold.
    pub labels: Vec<String>,
    /// The most probable label, whether it holds or not.
    pub label: String,
    /// How probable that label is (0 to 1).
    pub probability: f32,
    /// How probable it is that the message is about one of the labels at all (0 to 1).
    pub in_scope: f32,
}

impl Prediction {
    pub(super) fn new(task: &Task, probabilities: &[f32], in_scope: f32) -> Self {
        let mut ranked: Vec<(&String, f32, f32)> = task
            .labels
            .iter()
            .enumerate()
            .map(|(at, label)| {
                let threshold = task.thresholds.get(at).copied().unwrap_or(0.5);
                (label, probabilities.get(at).copied().unwrap_or(0.0), threshold)
            })
            .collect();
        // Of equals, the first stays first.
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        let holding = |ranked: &[(&String, f32, f32)]| match task.kind {
            TaskKind::OneOf => ranked.iter().take(1).map(|(label, ..)| (*label).clone()).collect(),
            TaskKind::AnyOf => {
                ranked.iter().filter(|(_, p, t)| p >= t).map(|(label, ..)| (*label).clone()).collect()
            }
        };
        Self {
            task: task.name.clone(),
            labels: holding(&ranked),
            label: ranked.first().map(|(label, ..)| (*label).clone()).unwrap_or_default(),
            probability: ranked.first().map_or(0.0, |(_, probability, _)| *probability),
            in_scope,
        }
    }
}
