//! How do labelled rows become a model, for Python? And how good is what is learned from them?
//!
//! Read [`train`] first.

use std::num::NonZeroUsize;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use scrm_core::classify::{Features, TaskKind};
use scrm_core::diagnostic::did_you_mean;
use scrm_core::learn::{Folds, Trainer};

use super::errors::{learn, learn_text};
use super::examples::{Names, examples};
use super::gil::detached;
use super::model::{Model, told};

/// Learns a model from rows: a data frame (pandas, polars, pyarrow), a dictionary of columns, an iterable of
/// dictionaries, or an iterable of pairs of text and label.
///
/// `text`, `label`, `weight` and `dense` name the columns; a row counts its weight (default 1), and `dense` are numbers
/// besides the text. A label is a str or a number; a list of them where several hold; `None` for what belongs to none.
///
/// Settings: `any_of` (each label holds by itself), `task` (what the question is called), `name`, `labels` (their
/// order; another one is an error), `cost` (0.5), `balance` (0, to 1), `rarity` (1, from 0 to 2), `epochs` (30),
/// `held_out` (0.2), `best_f1`, `seed` (0), `threads`, `word_bits` (13), `char_bits` (14), `chars` ((2, 5)). The same
/// rows, settings and seed give the same model, on any number of threads.
///
/// Raises `scrm.LearnError` when the rows say nothing that can be learned.
#[pyfunction]
#[pyo3(signature = (rows, *, text = "text", label = "label", weight = None, dense = None, **settings))]
pub(super) fn train(
    rows: &Bound<'_, PyAny>,
    text: &str,
    label: &str,
    weight: Option<&str>,
    dense: Option<&str>,
    settings: Option<&Bound<'_, PyDict>>,
) -> PyResult<Model> {
    let trainer = trainer(settings)?;
    let examples = examples(rows, &Names { text, label, weight, dense })?;
    let trained = detached(rows.py(), || trainer.train(&examples))?.map_err(|error| learn(&error))?;
    Ok(Model { inner: trained.model, report: trained.report, examples: Some(trained.examples) })
}

/// Measures what such training learns: rows are put into `folds` parts, and each part is asked of what was learned from
/// the others. Returns the report as a dictionary; its `text` is the table for people.
///
/// A text is in one part with all that is said of it; with `by_row`, each row goes by itself, as in most published
/// figures. Other arguments are those of `train`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "they are keywords of Python")]
#[pyo3(signature = (rows, *, folds = 10, by_row = false, text = "text", label = "label", weight = None, dense = None,
    **settings))]
pub(super) fn cross_validate(
    rows: &Bound<'_, PyAny>,
    folds: usize,
    by_row: bool,
    text: &str,
    label: &str,
    weight: Option<&str>,
    dense: Option<&str>,
    settings: Option<&Bound<'_, PyDict>>,
) -> PyResult<Py<PyAny>> {
    let trainer = trainer(settings)?;
    let examples = examples(rows, &Names { text, label, weight, dense })?;
    let folds = if by_row { Folds::Rows(folds) } else { Folds::Texts(folds) };
    let report = detached(rows.py(), || trainer.cross_validate(&examples, folds))?;
    told(rows.py(), &report.map_err(|error| learn(&error))?)
}

/// The names of the settings of [`train`].
const SETTINGS: [&str; 15] = [
    "any_of",
    "task",
    "name",
    "labels",
    "cost",
    "balance",
    "rarity",
    "epochs",
    "held_out",
    "best_f1",
    "seed",
    "threads",
    "word_bits",
    "char_bits",
    "chars",
];

fn trainer(settings: Option<&Bound<'_, PyDict>>) -> PyResult<Trainer> {
    let mut trainer = Trainer::one_of();
    let (mut any_of, mut bits, mut chars) = (false, (13, 14), (2, 5));
    let Some(settings) = settings else { return Ok(trainer) };
    for (key, value) in settings.items().extract::<Vec<(String, Bound<'_, PyAny>)>>()? {
        if value.is_none() {
            continue;
        }
        trainer = match key.as_str() {
            "any_of" => {
                any_of = value.extract()?;
                trainer
            }
            "task" => trainer.task(value.extract::<String>()?),
            "name" => trainer.name(value.extract::<String>()?),
            "labels" => trainer.labels(value.extract::<Vec<String>>()?),
            "cost" => trainer.cost(value.extract()?),
            "balance" => trainer.balance(value.extract()?),
            "rarity" => trainer.rarity(value.extract()?),
            "epochs" => trainer.epochs(value.extract()?),
            "held_out" => trainer.held_out(value.extract()?),
            "best_f1" => {
                if value.extract()? {
                    trainer.best_f1()
                } else {
                    trainer
                }
            }
            "seed" => trainer.seed(value.extract()?),
            "threads" => trainer.threads(value.extract::<NonZeroUsize>()?),
            "word_bits" => {
                bits.0 = value.extract()?;
                trainer
            }
            "char_bits" => {
                bits.1 = value.extract()?;
                trainer
            }
            "chars" => {
                chars = value.extract()?;
                trainer
            }
            other => {
                let near = did_you_mean(other, SETTINGS).map(|near| format!("; did you mean `{near}`?"));
                let fault = format!("there is no setting `{other}`{}", near.unwrap_or_default());
                return Err(PyTypeError::new_err(fault));
            }
        };
    }
    let features = Features::new(bits.0, bits.1, chars);
    let features = features.ok_or_else(|| {
        learn_text("setting", "`word_bits` and `char_bits` are from 4 to 20, `chars` two lengths from 1 to 5")
    })?;
    let kind = if any_of { TaskKind::AnyOf } else { TaskKind::OneOf };
    Ok(trainer.kind(kind).features(features))
}
