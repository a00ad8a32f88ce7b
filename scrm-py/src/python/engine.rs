//! What does the engine say of a message, for Python? Dictionaries in the order of the call.
//!
//! Read [`Engine`] first.

use std::num::NonZeroUsize;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyAnyMethods, PyList};
use scrm_core::engine as core;
use scrm_core::listen::Duplicates;
use scrm_core::model::{self, Assessment};

use super::errors::PlaybookError;
use super::gil::{detached, process};
use super::message::{Messages, context_of, message_of};
use super::playbook::Playbook;
use super::{spans, value};

/// A playbook, compiled. Immutable; any number of threads may use it at once.
///
/// Made with `Engine.compile(playbook)`. Pickles as its playbook, which is compiled again.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Engine {
    inner: core::Engine,
    playbook: Py<Playbook>,
    home: u32,
}

#[pymethods]
impl Engine {
    /// Compiles a playbook.
    ///
    /// Raises `scrm.PlaybookError` when its queries together are too large to be held.
    #[staticmethod]
    #[pyo3(signature = (playbook, /))]
    pub(super) fn compile(py: Python<'_>, playbook: &Bound<'_, Playbook>) -> PyResult<Self> {
        let source = playbook.get().inner.clone();
        let inner = detached(py, move || core::Engine::compile(&source))?
            .map_err(|error| PlaybookError::new_err(error.to_string()))?;
        Ok(Self { inner, playbook: playbook.clone().unbind(), home: process() })
    }

    /// What the engine says of one message, as a dictionary: `hits`, `classification`, `decision` (absent for noise),
    /// `outcome` (`noise`, `decided` or `open`) and its `reason`. All spans are `[start, end]` in code points of the
    /// message's text, confidences lie between 0 and 1, times are RFC 3339 texts.
    ///
    /// `message` is a dictionary, a JSON text or a `scrm.Message`. `context` says what went before: `now` (the time to
    /// decide for; absent, that of observation), `issue` (times of earlier messages on the same issue) and `customer`
    /// (earlier messages of the same author, each as `[time, was_a_complaint]`); what is absent is unknown.
    ///
    /// Raises `scrm.MessageError` when it is no message, `scrm.InputError` when the context is none.
    #[pyo3(signature = (message, context = None))]
    fn assess(
        &self,
        py: Python<'_>,
        message: &Bound<'_, PyAny>,
        context: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let message = message_of(message).map_err(|refusal| refusal.raise(None))?;
        let context = context_of(context)?;
        let assessment = detached(py, || {
            let mut assessment = self.inner.assess(&message, &context);
            spans::assessment(&mut assessment, message.text());
            assessment
        })?;
        value::to_python(py, &assessment)
    }

    /// What the engine says of each message by itself: a list in their order, the same for any number of threads.
    ///
    /// `messages` is any iterable of what `assess` takes. `threads` is the number of threads; absent, one for each
    /// processor. Other Python threads run meanwhile, and Ctrl-C stops it. In a forked child it runs on one thread.
    ///
    /// Where a query asks for `is:duplicate`, it holds in what repeats an earlier message among the last 100,000. The
    /// messages are taken 1,024 at a time, each such group in the order of observation.
    ///
    /// Raises `scrm.MessageError`, whose `index` says which message is none.
    #[pyo3(signature = (messages, threads = None))]
    fn assess_all(
        &self,
        py: Python<'_>,
        messages: &Bound<'_, PyAny>,
        threads: Option<usize>,
    ) -> PyResult<Py<PyList>> {
        let engine = match threads.map(NonZeroUsize::new) {
            None => self.here(),
            Some(Some(threads)) if self.is_home() => self.inner.clone().with_threads(threads),
            Some(Some(_)) => self.here(),
            Some(None) => return Err(PyValueError::new_err("there is at least one thread")),
        };
        let mut messages = Messages::of(messages)?;
        let assessed = PyList::empty(py);
        let mut memory = engine.listener().duplicates();
        loop {
            let chunk = messages.next()?;
            if chunk.is_empty() {
                return Ok(assessed.unbind());
            }
            let json = detached(py, || value::json(&assess(&engine, memory.as_mut(), &chunk)))??;
            assessed.call_method1("extend", (value::loads(py, &json)?,))?;
        }
    }

    /// The playbook it was compiled from.
    #[getter]
    fn playbook(&self, py: Python<'_>) -> Py<Playbook> {
        self.playbook.clone_ref(py)
    }

    fn __repr__(&self) -> String {
        let protocol = &self.inner.playbook().protocol;
        format!("<scrm.Engine of {} {}>", protocol.id(), protocol.version())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Py<Playbook>,))> {
        Ok((py.get_type::<Self>().getattr("compile")?, (self.playbook(py),)))
    }
}

impl Engine {
    /// The engine for this process. A forked child has none of its parent's threads, and waiting for them would never
    /// end: there it works on the caller's own.
    pub(super) fn here(&self) -> core::Engine {
        if self.is_home() { self.inner.clone() } else { self.inner.clone().with_threads(NonZeroUsize::MIN) }
    }

    fn is_home(&self) -> bool {
        self.home == process()
    }
}

fn assess(
    engine: &core::Engine,
    memory: Option<&mut Duplicates>,
    messages: &[model::Message],
) -> Vec<Assessment> {
    let mut assessments = match memory {
        Some(memory) => engine.assess_all_after(memory, messages),
        None => engine.assess_all(messages),
    };
    for (assessment, message) in assessments.iter_mut().zip(messages) {
        spans::assessment(assessment, message.text());
    }
    assessments
}
