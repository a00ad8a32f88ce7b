//! How often does a word stand in texts, for Python? Counted as they pass, kept as bytes.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use scrm_core::text::{self as core, Text, fold};

use super::errors;
use super::gil::detached;
use super::message::{Messages, said_of};

/// In how many texts each word stood, of those that were observed: a megabyte, whatever it has seen.
///
/// `Frequencies(texts)` counts those of an iterable of texts and messages, which is not kept. A share is never too low, and
/// too high by chance only. Given to `Listener.compile` it says by which of their words monitors are found, and to
/// `check_query` how many messages a query may hold in. Threads may share it. Pickles as its bytes.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Frequencies {
    inner: Mutex<Arc<core::Frequencies>>,
}

#[pymethods]
impl Frequencies {
    /// Raises `scrm.MessageError`, whose `index` says which one is no text and no message.
    #[new]
    #[pyo3(signature = (texts = None, /))]
    fn new(py: Python<'_>, texts: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let made = Self::of(core::Frequencies::new());
        texts.map(|texts| made.observe_all(py, texts)).transpose()?;
        Ok(made)
    }

    /// Counts the words of a text or a message, each once.
    #[pyo3(signature = (text, /))]
    fn observe(&self, py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<()> {
        let message = said_of(text, 0).map_err(|refusal| refusal.raise(None))?;
        detached(py, || self.change(|inner| inner.observe(&Text::new(message.text()))))
    }

    /// Counts the words of each text of an iterable. Other Python threads run meanwhile, and Ctrl-C stops it.
    ///
    /// Raises `scrm.MessageError`, whose `index` says which one is no text and no message.
    #[pyo3(signature = (texts, /))]
    fn observe_all(&self, py: Python<'_>, texts: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut texts = Messages::texts(texts)?;
        loop {
            let chunk = texts.next()?;
            if chunk.is_empty() {
                return Ok(());
            }
            detached(py, || {
                self.change(|inner| chunk.iter().for_each(|one| inner.observe(&Text::new(one.text()))));
            })?;
        }
    }

    /// Adds what another has counted: the sum is that of one that saw both.
    #[pyo3(signature = (other, /))]
    fn merge(&self, other: &Bound<'_, Self>) {
        let other = other.get().counted();
        self.change(|inner| inner.merge(&other));
    }

    /// The share of the texts in which a word stood, 0 to 1, whatever its case.
    #[pyo3(signature = (word, /))]
    fn share(&self, word: &str) -> f64 {
        self.counted().share(&fold(word))
    }

    /// How many texts were observed.
    #[getter]
    fn texts(&self) -> u64 {
        self.counted().texts()
    }

    /// The counts as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let counted = self.counted();
        Ok(PyBytes::new(py, &detached(py, || counted.to_bytes())?))
    }

    /// Reads counts back from what `to_bytes` gave.
    ///
    /// Raises `scrm.ListenError` when the bytes are damaged or none.
    #[staticmethod]
    #[pyo3(signature = (data, /))]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        let read = detached(py, || core::Frequencies::from_bytes(data))?;
        read.map(Self::of).map_err(|error| errors::ListenError::new_err(error.to_string()))
    }

    fn __repr__(&self) -> String {
        format!("<scrm.Frequencies of {} texts>", self.texts())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((py.get_type::<Self>().getattr("from_bytes")?, (self.to_bytes(py)?,)))
    }
}

impl Frequencies {
    fn of(counted: core::Frequencies) -> Self {
        Self { inner: Mutex::new(Arc::new(counted)) }
    }

    /// What was counted until now; what comes later does not change it.
    pub(super) fn counted(&self) -> Arc<core::Frequencies> {
        Arc::clone(&self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, change: impl FnOnce(&mut core::Frequencies)) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut inner));
    }
}
