//! What is learned from? Texts with their labels.

use std::collections::BTreeMap;

use super::TrainError;
use crate::classify::TaskKind;
use crate::diagnostic::did_you_mean;
use crate::model::Limits;

/// One text with what people (or a teacher) said of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Example {
    /// The text as it came.
    pub text: String,
    /// Its labels: one; several where each holds by itself; none when it is out of scope.
    pub labels: Vec<String>,
    /// How much it counts (default 1). A text may come several times, with other labels and weights that add up to one.
    pub weight: f32,
    /// Numbers besides the text, as many in each example.
    pub dense: Vec<f32>,
}

impl Example {
    /// A text with one label.
    pub fn new(text: impl Into<String>, label: impl Into<String>) -> Self {
        Self { text: text.into(), labels: vec![label.into()], weight: 1.0, dense: Vec::new() }
    }
}

/// What was found in the examples before anything was learned.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Examples {
    /// Rows that were given.
    pub rows: usize,
    /// Rows without any text, which are left out.
    pub empty: usize,
    /// Different texts.
    pub texts: usize,
    /// Texts that come with different labels.
    pub contradictory: usize,
    /// Texts without a label.
    pub unlabelled: usize,
    /// The labels, with the number of rows of each.
    pub labels: BTreeMap<String, usize>,
}

/// Examples that were looked through.
#[derive(Debug)]
pub(super) struct Checked<'e> {
    /// The labels in their order.
    pub(super) labels: Vec<String>,
    /// Rows that have a text: row number, example, numbers of its labels.
    pub(super) rows: Vec<(usize, &'e Example, Vec<usize>)>,
    pub(super) found: Examples,
}

/// Looks through examples. `given` are the labels of the task; without them, those that occur, in their order.
pub(super) fn check<'e>(
    examples: &'e [Example],
    kind: TaskKind,
    given: Option<&[String]>,
    limits: &Limits,
) -> Result<Checked<'e>, TrainError> {
    let limit = |what, found, limit| match found > limit {
        true => Err(TrainError::Limit { what, found, limit }),
        false => Ok(()),
    };
    limit("rows", examples.len(), limits.training_rows)?;
    let labels = match given {
        Some(labels) => labels.to_vec(),
        None => occurring(examples),
    };
    limit("labels", labels.len(), limits.training_labels)?;
    let numbers: BTreeMap<&str, usize> =
        labels.iter().enumerate().map(|(at, label)| (label.as_str(), at)).collect();
    let expected = examples.first().map_or(0, |first| first.dense.len());
    let mut found = Examples { rows: examples.len(), ..Examples::default() };
    let mut rows = Vec::with_capacity(examples.len());
    for (row, example) in (1..).zip(examples) {
        if !example.weight.is_finite() || example.weight < 0.0 {
            return Err(TrainError::Weight { row });
        }
        if example.dense.len() != expected || !example.dense.iter().all(|number| number.is_finite()) {
            return Err(TrainError::Dense { row, found: example.dense.len(), expected });
        }
        if kind == TaskKind::OneOf && example.labels.len() > 1 {
            return Err(TrainError::SeveralLabels { row });
        }
        if example.text.trim().is_empty() {
            found.empty += 1;
            continue;
        }
        let mut ids = Vec::with_capacity(example.labels.len());
        for label in &example.labels {
            let id = numbers.get(label.as_str()).ok_or_else(|| unknown(row, label, &labels))?;
            ids.push(*id);
            *found.labels.entry(label.clone()).or_default() += 1;
        }
        ids.sort_unstable();
        ids.dedup();
        rows.push((row, example, ids));
    }
    several(kind, &labels, &rows)?;
    Ok(Checked { labels, rows, found })
}

fn occurring(examples: &[Example]) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    let with_text = examples.iter().filter(|example| !example.text.trim().is_empty());
    let mut sorted: Vec<&String> = with_text.flat_map(|example| &example.labels).collect();
    sorted.sort_unstable();
    sorted.dedup();
    labels.extend(sorted.into_iter().cloned());
    labels
}

fn unknown(row: usize, label: &str, labels: &[String]) -> TrainError {
    let help = did_you_mean(label, labels.iter().map(String::as_str));
    TrainError::UnknownLabel {
        row,
        label: label.to_owned(),
        known: labels.join(", "),
        help: help.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default(),
    }
}

/// There is something to tell apart.
fn several(
    kind: TaskKind,
    labels: &[String],
    rows: &[(usize, &Example, Vec<usize>)],
) -> Result<(), TrainError> {
    if rows.is_empty() {
        return Err(TrainError::Empty);
    }
    let mut counts = vec![0_usize; labels.len()];
    for id in rows.iter().flat_map(|(_, _, ids)| ids) {
        if let Some(count) = counts.get_mut(*id) {
            *count += 1;
        }
    }
    let there: Vec<&String> =
        labels.iter().zip(&counts).filter(|(_, count)| **count > 0).map(|(label, _)| label).collect();
    let all = labels.iter().zip(&counts).find(|(_, count)| **count == rows.len());
    match (kind, there.as_slice(), all) {
        (_, [], _) => Err(TrainError::NoLabels),
        (TaskKind::OneOf, [only], _) => Err(TrainError::OneClass((*only).clone())),
        (TaskKind::AnyOf, _, Some((label, _))) => Err(TrainError::OneClass(label.clone())),
        _ => Ok(()),
    }
}
