//! What is in a record, in Python? All of it on one page of text, or its numbers.

use pyo3::prelude::*;
use scrm_core::measure;

use super::value;

/// The measures of a record on one page: `str(brief)` for reading, `to_dict()` for counting.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Brief {
    inner: measure::Overview,
}

impl Brief {
    pub(super) fn new(inner: measure::Overview) -> Self {
        Self { inner }
    }
}

#[pymethods]
impl Brief {
    /// The measures as a dictionary: `as_of`, `zone`, `from`, `until`, `volume`, `sentiment`, `share_of_voice`,
    /// `days`, `decisions`, `waiting`, `influential`, `noise`. Shares are in percent, net sentiment runs from -100 to
    /// 100, waiting times are in seconds.
    fn to_dict(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::to_python(py, &self.inner)
    }

    /// The same as one line of JSON.
    fn to_json(&self) -> PyResult<String> {
        value::json(&self.inner)
    }

    fn __str__(&self) -> String {
        self.inner.to_string()
    }

    fn __repr__(&self) -> String {
        let messages = self.inner.volume.messages;
        format!("<scrm.Brief as of {}: {messages} messages>", self.inner.as_of.to_rfc3339())
    }
}
