//! How good is it? Measures over examples that were not learned from.

use serde::Serialize;

use crate::classify::TaskKind;

/// What was said of one example, and what is so.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// The numbers of the labels that hold.
    pub gold: Vec<usize>,
    /// The numbers of the labels that are said to hold, in their order.
    pub said: Vec<usize>,
    /// How probable each label is; empty where that is not known.
    pub probabilities: Vec<f32>,
    /// How probable it is that one of the labels is meant at all.
    pub in_scope: f32,
}

/// The measures of one label. Shares are from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassReport {
    /// The label.
    pub label: String,
    /// Examples that have it.
    pub support: u64,
    /// Of what is said to have it, what has.
    pub precision: f64,
    /// Of what has it, what is said to.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// How probable it is that an example that has it gets a larger probability than one that has it not; absent where
    /// one of the two is missing, or no probabilities are known.
    pub auc: Option<f64>,
}

/// How good a classifier is on labelled examples. Shares are from 0 to 1; it prints as a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// How the labels go together.
    pub kind: TaskKind,
    /// Examples that are in scope.
    pub rows: u64,
    /// By label.
    pub classes: Vec<ClassReport>,
    /// Examples all of whose labels were found, and no other.
    pub accuracy: f64,
    /// The mean of the labels' F1.
    pub macro_f1: f64,
    /// The mean of the labels' recall.
    pub macro_recall: f64,
    /// How far the confidence is from the share that is right, on the mean over ten bands of it.
    pub calibration_error: Option<f64>,
    /// How probable it is that an example in scope is held more probably to be so than one out of scope.
    pub scope_auc: Option<f64>,
    /// What is so by what was said: a row for each label that holds, a column for each that is said to. Only where
    /// exactly one holds.
    pub confusion: Vec<Vec<u64>>,
}

impl Report {
    /// The measures over some answers; labels are numbered as they stand in `labels`.
    pub fn new(kind: TaskKind, labels: &[String], answers: &[Answer]) -> Self {
        let scoped: Vec<&Answer> = match kind {
            TaskKind::OneOf => answers.iter().filter(|answer| !answer.gold.is_empty()).collect(),
            TaskKind::AnyOf => answers.iter().collect(),
        };
        let classes: Vec<ClassReport> =
            labels.iter().enumerate().map(|(at, label)| class(at, label, &scoped)).collect();
        // A label that nobody has says nothing about the mean.
        let there: Vec<&ClassReport> = classes.iter().filter(|class| class.support > 0).collect();
        let mean = |of: fn(&ClassReport) -> f64| {
            ratio(there.iter().map(|class| of(class)).sum(), there.len() as f64)
        };
        let right = scoped.iter().filter(|answer| answer.gold == answer.said).count();
        Self {
            kind,
            rows: scoped.len() as u64,
            accuracy: ratio(right as f64, scoped.len() as f64),
            macro_f1: mean(|class| class.f1),
            macro_recall: mean(|class| class.recall),
            calibration_error: calibration_error(kind, &scoped),
            scope_auc: match kind {
                TaskKind::OneOf => {
                    auc(answers.iter().map(|answer| (answer.in_scope, !answer.gold.is_empty())))
                }
                TaskKind::AnyOf => None,
            },
            confusion: match kind {
                TaskKind::OneOf => confusion(labels.len(), &scoped),
                TaskKind::AnyOf => Vec::new(),
            },
            classes,
        }
    }

    /// The measures of a label.
    pub fn class(&self, label: &str) -> Option<&ClassReport> {
        self.classes.iter().find(|class| class.label == label)
    }
}

fn class(at: usize, label: &str, answers: &[&Answer]) -> ClassReport {
    let (mut hit, mut said, mut so) = (0_u64, 0_u64, 0_u64);
    for answer in answers {
        let (is_said, is_so) = (answer.said.contains(&at), answer.gold.contains(&at));
        hit += u64::from(is_said && is_so);
        said += u64::from(is_said);
        so += u64::from(is_so);
    }
    let of = |answer: &&Answer| Some((*answer.probabilities.get(at)?, answer.gold.contains(&at)));
    ClassReport {
        label: label.to_owned(),
        support: so,
        precision: ratio(hit as f64, said as f64),
        recall: ratio(hit as f64, so as f64),
        f1: ratio(2.0 * hit as f64, (said + so) as f64),
        auc: auc(answers.iter().filter_map(of)),
    }
}

fn confusion(n_labels: usize, answers: &[&Answer]) -> Vec<Vec<u64>> {
    let mut table = vec![vec![0; n_labels]; n_labels];
    for answer in answers {
        let (Some(gold), Some(said)) = (answer.gold.first(), answer.said.first()) else { continue };
        if let Some(cell) = table.get_mut(*gold).and_then(|row| row.get_mut(*said)) {
            *cell += 1;
        }
    }
    table
}

/// The area under the curve of true by false positives: ranks, equals in the middle (Mann and Whitney).
pub(crate) fn auc(points: impl Iterator<Item = (f32, bool)>) -> Option<f64> {
    let mut points: Vec<(f32, bool)> = points.collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let yes = points.iter().filter(|point| point.1).count() as f64;
    let no = points.len() as f64 - yes;
    let mut below = 0.0;
    let mut wins = 0.0;
    for equal in points.chunk_by(|a, b| a.0 == b.0) {
        let own = equal.iter().filter(|point| point.1).count() as f64;
        let other = equal.len() as f64 - own;
        wins += own * (below + other / 2.0);
        below += other;
    }
    (yes > 0.0 && no > 0.0).then(|| wins / (yes * no))
}

fn calibration_error(kind: TaskKind, answers: &[&Answer]) -> Option<f64> {
    let mut bands = [(0.0_f64, 0.0_f64, 0.0_f64); 10];
    let mut all = 0.0;
    let mut put = |probability: f32, right: bool| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a band from 0 to 9")]
        let band = bands.get_mut(((probability * 10.0) as usize).min(9));
        if let Some((sum, hits, number)) = band {
            (*sum, *hits, *number) =
                (*sum + f64::from(probability), *hits + f64::from(u8::from(right)), *number + 1.0);
        }
        all += 1.0;
    };
    for answer in answers {
        match kind {
            TaskKind::OneOf => {
                let said = *answer.said.first()?;
                put(*answer.probabilities.get(said)?, answer.gold.contains(&said));
            }
            TaskKind::AnyOf => {
                for (label, probability) in answer.probabilities.iter().enumerate() {
                    put(*probability, answer.gold.contains(&label));
                }
            }
        }
    }
    let none = answers.iter().all(|answer| answer.probabilities.is_empty());
    (all > 0.0 && !none).then(|| bands.iter().map(|(sum, hits, _)| (sum - hits).abs()).sum::<f64>() / all)
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
