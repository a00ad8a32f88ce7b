//! Has this been said before, for Python? Reposts, copies and near copies, within a window.

use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use scrm_core::listen::{self as core, DuplicateKind};
use scrm_core::text::Text;
use serde_json::json;

use super::gil::detached;
use super::message::message_of;
use super::value;

/// The messages of a while, in groups that say the same.
///
/// `window` is how many messages are remembered, at most 2**20; `age` (a `datetime.timedelta`) is how long, by the times
/// at which they were observed; `threshold` is the share of common pairs of neighbouring words from which on two posts
/// are nearly the same; posts of fewer than `min_words` words are compared as a whole. Reads no clock: the same messages
/// in the same order give the same answers.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Duplicates {
    inner: Mutex<core::Duplicates>,
}

#[pymethods]
impl Duplicates {
    #[new]
    #[pyo3(signature = (*, window = 100_000, age = None, threshold = 0.8, min_words = 6))]
    fn new(
        window: usize,
        age: Option<&Bound<'_, PyAny>>,
        threshold: f32,
        min_words: usize,
    ) -> PyResult<Self> {
        if !(0.0..=1.0).contains(&threshold) {
            return Err(PyValueError::new_err("the threshold lies between 0 and 1"));
        }
        if !(1..=1 << 20).contains(&window) {
            return Err(PyValueError::new_err("the window holds at least one message and at most 2**20"));
        }
        let age = age.map(length).transpose()?;
        let settings = core::DuplicateSettings { window, age, threshold, min_words };
        Ok(Self { inner: Mutex::new(core::Duplicates::new(settings)) })
    }

    /// Takes note of a message, and says whether it repeats an earlier one: `None`, or a dictionary with `of` (`source`
    /// and `external_id` of the first message that said it), `kind` (`repost`, `exact` or `near`) and `similarity`
    /// (0 to 1). A newer version of a message is no duplicate of itself.
    ///
    /// `message` is a dictionary, a JSON text or a `scrm.Message`. Raises `scrm.MessageError` when it is no message.
    #[pyo3(signature = (message, /))]
    fn observe(&self, py: Python<'_>, message: &Bound<'_, PyAny>) -> PyResult<Option<Py<PyAny>>> {
        let message = message_of(message).map_err(|refusal| refusal.raise(None))?;
        let found = detached(py, || {
            let text = Text::new(message.text());
            self.inner.lock().unwrap_or_else(PoisonError::into_inner).observe(&message, &text)
        })?;
        let told = found.map(|found| {
            let kind = match found.kind {
                DuplicateKind::Repost => "repost",
                DuplicateKind::Exact => "exact",
                DuplicateKind::Near => "near",
            };
            json!({ "of": found.of, "kind": kind, "similarity": found.similarity })
        });
        told.map(|told| value::to_python(py, &told)).transpose()
    }

    /// Bytes that the window takes when it is full, but for the messages' ids.
    fn memory(&self) -> usize {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).memory()
    }
}

/// A length of time, from Python's.
fn length(age: &Bound<'_, PyAny>) -> PyResult<TimeDelta> {
    let seconds = age.call_method0("total_seconds").and_then(|seconds| seconds.extract::<f64>());
    let seconds = seconds.map_err(|_| PyTypeError::new_err("the age is a datetime.timedelta"))?;
    #[allow(clippy::cast_possible_truncation, reason = "the milliseconds of what Python can say fit")]
    let age = TimeDelta::milliseconds((seconds * 1000.0) as i64);
    Ok(age)
}
