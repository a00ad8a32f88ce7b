//! What would other rules have decided, for Python? Two protocols over the messages of the past.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use scrm_core::route::{BacktestCase, Backtester};

use super::errors;
use super::gil::{CHUNK, detached, turn};
use super::protocol::Protocol;
use super::threads::threads_of;
use super::time::moment_or_now;
use super::value::{self, Unfit};
use crate::common::{Corpus, Line};

/// Decides a corpus by two protocols, and says what differs.
///
/// `corpus` is an iterable of dictionaries or JSON texts, all of them facts as `Protocol.decide` takes them, with `id`, `at`
/// and, where it is known, what people did (`{"outcome": {"department": ..., "first_response": ...}}`) besides; or all of
/// them messages, which are listened to and classified by the new protocol's playbook, and replayed in the order in
/// which they were observed. Open a file of JSON Lines and give it as it is.
///
/// Returns a dictionary of tables, each a list of dictionaries: `facets` with the matrix of values, `strata` with a `sample`
/// of changed cases, `rules`, `shadow`, `load`, `agreement`, `mutation`, `findings`, and counts. The same seed gives the same
/// result, whatever the order and the number of threads. `progress` is called with the number of cases done.
///
/// Raises `scrm.MessageError` with the `index` of what cannot be read.
#[pyfunction]
#[pyo3(signature = (old, new, corpus, *, seed = 0, sample = 5, now = None, threads = None, progress = None))]
#[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
pub(super) fn backtest(
    py: Python<'_>,
    old: &Bound<'_, Protocol>,
    new: &Bound<'_, Protocol>,
    corpus: &Bound<'_, PyAny>,
    seed: u64,
    sample: usize,
    now: Option<&Bound<'_, PyAny>>,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Py<PyAny>> {
    let (old, new) = (old.get(), new.get());
    let mut read = Corpus::new(&new.playbook, moment_or_now(py, now)?);
    let mut cases: Vec<BacktestCase> = Vec::new();
    for (index, item) in corpus.try_iter()?.enumerate() {
        let json = json_of(&item?, index)?;
        if json.trim().is_empty() {
            continue;
        }
        match read.line(&json) {
            Ok(Line::Facts(case)) => cases.push(*case),
            Ok(Line::Kept) => {}
            Err(fault) => return Err(bad(index, &fault)),
        }
        if index % CHUNK == 0 {
            turn(py)?;
        }
    }
    let mut backtester = Backtester::new(&old.router, &new.router, seed).sample(sample);
    if !new.playbook.team.departments.is_empty() {
        backtester = backtester.team(&new.playbook.team);
    }
    backtester = backtester.threads(threads_of(threads)?);
    let progress = progress.map(|progress| progress.clone().unbind());
    let raised: Mutex<Option<PyErr>> = Mutex::new(None);
    let told = |done: u64| {
        let told = Python::attach(|py| {
            py.check_signals()?;
            progress.as_ref().map(|progress| progress.call1(py, (done,))).transpose()
        });
        match told {
            Ok(_) => ControlFlow::Continue(()),
            Err(error) => {
                *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    let result = detached(py, || {
        let messages = read.replay(&old.router, &new.router)?;
        Ok::<_, String>(backtester.run_with(cases.into_iter().chain(messages), told))
    })?;
    if let Some(error) = raised.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    value::to_python(py, &result.map_err(errors::ScrmError::new_err)?)
}

fn json_of(item: &Bound<'_, PyAny>, index: usize) -> PyResult<String> {
    if let Ok(text) = item.cast::<PyString>() {
        return text.to_str().map(str::to_owned).map_err(|_| bad(index, "it holds half a character"));
    }
    if item.cast::<PyDict>().is_err() {
        return Err(bad(index, "facts and messages are dictionaries or JSON texts"));
    }
    match value::from_python(item) {
        Ok(json) => Ok(json.to_string()),
        Err(Unfit::Raised(error)) => Err(error),
        Err(Unfit::Value { path, fault }) => Err(bad(index, &format!("`{path}`: {fault}"))),
    }
}

fn bad(index: usize, fault: &str) -> PyErr {
    errors::MessageError::new_err((format!("case {index}: {fault}"), "facts", None::<String>, Some(index)))
}
