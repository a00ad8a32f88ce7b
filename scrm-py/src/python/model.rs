//! What does a trained model say, for Python?
//!
//! Read [`Model`] first.

use std::path::PathBuf;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use scrm_core::classify::{self as core, Task, Units};
use scrm_core::diagnostic::did_you_mean;
use scrm_core::learn::{Answer, Example, Examples, Report};
use scrm_core::model::Limits;
use scrm_core::text::Text;
use serde_json::json;

use super::errors::{learn_text, model as unread, text_of};
use super::examples::{Names, examples, numbers};
use super::gil::{CHUNK, detached, turn};
use super::{errors, value};
use crate::common::Points;

/// A linear model over the n-grams of a text: one logit per label, and why.
///
/// Made by `scrm.train`, or read with `Model.load` and `Model.from_bytes`. Immutable; threads may share it; it pickles
/// as its bytes. Places in a text count code points.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Model {
    pub(super) inner: core::Model,
    pub(super) report: Option<Report>,
    pub(super) examples: Option<Examples>,
}

#[pymethods]
impl Model {
    /// Reads a model back from what `to_bytes` gave.
    ///
    /// Raises `scrm.LearnError` when the bytes are damaged, foreign, or of another version.
    #[staticmethod]
    #[pyo3(signature = (data, /))]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        let read = detached(py, || core::Model::from_bytes(data, &Limits::DEFAULT))?;
        read.map(Self::of).map_err(|error| unread(&error, None))
    }

    /// Reads a model from a file.
    ///
    /// Raises `scrm.LearnError` when the file cannot be read, or is no model.
    #[staticmethod]
    #[pyo3(signature = (path, /))]
    #[expect(clippy::needless_pass_by_value, reason = "Python's path becomes ours")]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let shown = path.to_string_lossy().into_owned();
        let bytes = detached(py, || std::fs::read(&path))?;
        let bytes = bytes.map_err(|error| errors::learn_file(&shown, &error.to_string()))?;
        let read = detached(py, || core::Model::from_bytes(&bytes, &Limits::DEFAULT))?;
        read.map(Self::of).map_err(|error| unread(&error, Some(shown)))
    }

    /// One model with the tasks of all, which read the same n-grams: a text is looked at once for all of them.
    ///
    /// Raises `scrm.LearnError` when one reads other n-grams than the first.
    #[staticmethod]
    #[pyo3(signature = (name, models))]
    #[expect(clippy::needless_pass_by_value, reason = "Python's list becomes ours")]
    fn join(name: &str, models: Vec<PyRef<'_, Self>>) -> PyResult<Self> {
        let models: Vec<core::Model> = models.iter().map(|model| model.inner.clone()).collect();
        core::Model::join(name, &models).map(Self::of).map_err(|error| unread(&error, None))
    }

    /// The model as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &detached(py, || self.inner.to_bytes())?))
    }

    /// Writes the model to a file.
    ///
    /// Raises `scrm.LearnError` when it cannot be written.
    #[pyo3(signature = (path, /))]
    #[expect(clippy::needless_pass_by_value, reason = "Python's path becomes ours")]
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let written = detached(py, || std::fs::write(&path, self.inner.to_bytes()))?;
        written.map_err(|error| errors::learn_file(&path.to_string_lossy(), &error.to_string()))
    }

    /// What is said of each text: dictionaries with `task`, `labels` (those that hold), `label` (the most probable),
    /// `probability`, and `in_scope` (how probable it is that one of the labels is meant at all).
    ///
    /// `texts` is an iterable of str; `task` names the question where the model has several; `dense` are the numbers
    /// besides, a sequence for each text.
    #[pyo3(signature = (texts, *, task = None, dense = None))]
    fn predict(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        task: Option<&str>,
        dense: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let task = self.task(task)?;
        let said = self.each(py, texts, dense, |logits| task.predict(logits))?;
        value::to_python(py, &said)
    }

    /// How probable each label is, for each text: dictionaries by label.
    #[pyo3(signature = (texts, *, task = None, dense = None))]
    fn probabilities<'py>(
        &self,
        py: Python<'py>,
        texts: &Bound<'_, PyAny>,
        task: Option<&str>,
        dense: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let task = self.task(task)?;
        let all = self.each(py, texts, dense, |logits| task.probabilities(logits))?;
        let table = |probabilities: &Vec<f32>| {
            let table = PyDict::new(py);
            for (label, probability) in task.labels().iter().zip(probabilities) {
                table.set_item(label, probability)?;
            }
            Ok(table)
        };
        all.iter().map(table).collect()
    }

    /// Why a label has the logit that it has: a dictionary with `task`, `label`, `logit`, `bias`, and `contributions`,
    /// the largest first, each with `text`, `span` (`[start, end]` in code points, or `None`) and `weight`. Bias and
    /// weights add up to the logit.
    ///
    /// `label` is the one that is explained; absent, the most probable.
    #[pyo3(signature = (text, label = None, *, task = None, dense = None))]
    fn explain(
        &self,
        py: Python<'_>,
        text: &Bound<'_, PyString>,
        label: Option<&str>,
        task: Option<&str>,
        dense: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (task, source) = (self.task(task)?, text_of(text)?);
        let dense = dense.map_or_else(|| Ok(Vec::new()), numbers)?;
        let text = Text::new(&source);
        let units = Units::new(&text, &[]);
        let label =
            label.map_or_else(|| task.predict(&self.inner.logits(&units, &dense)).label, str::to_owned);
        let at = task.labels().iter().position(|known| *known == label);
        let at = at.ok_or_else(|| unknown("label", &label, task.labels().iter().map(String::as_str)))?;
        let column = task.column() + at;
        let why = self.inner.explain(&units, &dense, column);
        let why = why.ok_or_else(|| learn_text("label", format!("there is no label `{label}`")))?;
        let points = Points::of(&source);
        let parts = why.contributions.iter().map(|part| {
            let place = part.span.map(|span| points.span(span)).map(|span| [span.start(), span.end()]);
            json!({ "text": part.span.and_then(|span| span.of(&source)), "span": place, "weight": part.weight })
        });
        let told = json!({
            "task": task.name(), "label": label, "logit": why.logit, "bias": why.bias,
            "contributions": parts.collect::<Vec<_>>(),
        });
        value::to_python(py, &told)
    }

    /// How good the model is on rows, as `train` takes them: the report as a dictionary; its `text` is the table for
    /// people.
    #[pyo3(signature = (rows, *, text = "text", label = "label", task = None, dense = None))]
    fn evaluate(
        &self,
        rows: &Bound<'_, PyAny>,
        text: &str,
        label: &str,
        task: Option<&str>,
        dense: Option<&str>,
    ) -> PyResult<Py<PyAny>> {
        let (py, task) = (rows.py(), self.task(task)?);
        let examples = examples(rows, &Names { text, label, weight: None, dense })?;
        let mut answers = Vec::with_capacity(examples.len());
        for chunk in examples.chunks(CHUNK) {
            turn(py)?;
            let said =
                detached(py, || chunk.iter().map(|example| self.answer(task, example)).collect::<Vec<_>>())?;
            for answer in said {
                answers.push(
                    answer.map_err(|label| {
                        unknown("label", &label, task.labels().iter().map(String::as_str))
                    })?,
                );
            }
        }
        told(py, &Report::new(task.kind(), task.labels(), &answers))
    }

    /// The name and version that it signs its labels with.
    #[getter]
    fn name(&self) -> &str {
        self.inner.name()
    }

    /// The labels of each task.
    #[getter]
    fn tasks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let table = PyDict::new(py);
        for task in self.inner.tasks() {
            table.set_item(task.name(), task.labels())?;
        }
        Ok(table)
    }

    /// The report of the training, on rows that were left out (probabilities were fitted on them); `None` when there
    /// were too few, or the model was read back.
    #[getter]
    fn report(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.report.as_ref().map(|report| told(py, report)).transpose()
    }

    /// What was found in the rows of the training (`rows`, `empty`, `texts`, `contradictory`, `unlabelled`, `labels`);
    /// `None` when the model was read back.
    #[getter]
    fn examples(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.examples.as_ref().map(|examples| value::to_python(py, examples)).transpose()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let from_bytes = py.get_type::<Self>().getattr("from_bytes")?;
        Ok((from_bytes, (self.to_bytes(py)?,)))
    }
}

impl Model {
    fn of(inner: core::Model) -> Self {
        Self { inner, report: None, examples: None }
    }

    fn task(&self, name: Option<&str>) -> PyResult<&Task> {
        let tasks = self.inner.tasks();
        let found = match name {
            Some(name) => tasks.iter().find(|task| task.name() == name),
            None => tasks.first(),
        };
        found.ok_or_else(|| unknown("task", name.unwrap_or_default(), tasks.iter().map(Task::name)))
    }

    /// Asks the model of each text, some at a time.
    fn each<T: Send>(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        dense: Option<&Bound<'_, PyAny>>,
        ask: impl Fn(&[f32]) -> T + Sync,
    ) -> PyResult<Vec<T>> {
        if texts.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err("texts are an iterable of str, not one str; give [text]"));
        }
        let mut dense = dense.map(PyAnyMethods::try_iter).transpose()?;
        let mut texts = texts.try_iter()?;
        let mut all = Vec::new();
        loop {
            let mut chunk: Vec<(String, Vec<f32>)> = Vec::new();
            for text in texts.by_ref().take(CHUNK) {
                let text = text?;
                let text = text.cast::<PyString>().map_err(|_| {
                    PyTypeError::new_err(format!(
                        "text {} is {}, not a str",
                        all.len() + chunk.len(),
                        value::kind_of(&text)
                    ))
                })?;
                let row = match &mut dense {
                    None => Vec::new(),
                    Some(rows) => match rows.next() {
                        Some(row) => numbers(&row?)?,
                        None => {
                            return Err(PyValueError::new_err("there are fewer rows of `dense` than texts"));
                        }
                    },
                };
                chunk.push((text_of(text)?, row));
            }
            if chunk.is_empty() {
                return Ok(all);
            }
            turn(py)?;
            all.extend(detached(py, || {
                let one = |(text, dense): &(String, Vec<f32>)| ask(&self.logits(text, dense));
                chunk.iter().map(one).collect::<Vec<_>>()
            })?);
        }
    }

    fn logits(&self, text: &str, dense: &[f32]) -> Vec<f32> {
        let text = Text::new(text);
        self.inner.logits(&Units::new(&text, &[]), dense)
    }

    /// What is said of an example; or a label that there is not.
    fn answer(&self, task: &Task, example: &Example) -> Result<Answer, String> {
        let logits = self.logits(&example.text, &example.dense);
        let said = task.predict(&logits);
        let number = |label: &String| {
            task.labels().iter().position(|known| known == label).ok_or_else(|| label.clone())
        };
        let mut gold = example.labels.iter().map(number).collect::<Result<Vec<_>, _>>()?;
        let mut labels = said.labels.iter().map(number).collect::<Result<Vec<_>, _>>()?;
        gold.sort_unstable();
        labels.sort_unstable();
        let probabilities = task.probabilities(&logits);
        Ok(Answer { gold, said: labels, probabilities, in_scope: said.in_scope })
    }
}

/// A report as a dictionary, with the table for people.
pub(super) fn told(py: Python<'_>, report: &Report) -> PyResult<Py<PyAny>> {
    let mut json = serde_json::to_value(report).unwrap_or_default();
    if let Some(table) = json.as_object_mut() {
        table.insert("text".to_owned(), report.to_string().into());
    }
    value::to_python(py, &json)
}

fn unknown<'n>(what: &'static str, name: &str, known: impl Iterator<Item = &'n str> + Clone) -> PyErr {
    let near = did_you_mean(name, known.clone()).map(|near| format!("; did you mean `{near}`?"));
    let only = || format!(", only: {}", known.collect::<Vec<_>>().join(", "));
    learn_text(what, format!("there is no {what} `{name}`{}", near.unwrap_or_else(only)))
}
