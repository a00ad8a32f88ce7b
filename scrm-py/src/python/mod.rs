//! What does Python see? The extension module `scrm._scrm`, which the package `scrm` re-exports.
//!
//! Every class is frozen and shares what was compiled; every long call goes through [`gil`]. There is no rule of the
//! business here: what is refused is refused by the core, and this says it in Python's terms.

mod answers;
mod backtest;
mod brief;
mod classifier;
mod desk;
mod duplicates;
mod engine;
mod errors;
mod examples;
mod frequencies;
mod gil;
mod input;
mod learn;
mod limits;
mod listener;
mod measured;
mod message;
mod model;
mod monitors;
mod page;
mod people;
mod playbook;
mod protocol;
mod report;
mod response;
mod slot;
mod spans;
mod threads;
mod time;
mod units;
mod value;

/// The compiled part of `scrm`; import it from there.
#[pyo3::pymodule(gil_used = false)]
mod _scrm {
    use std::ffi::OsString;
    use std::sync::{Mutex, PoisonError};

    use pyo3::exceptions::PyKeyboardInterrupt;
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::backtest::backtest;
    #[pymodule_export]
    use super::brief::Brief;
    #[pymodule_export]
    use super::classifier::{Classifier, Explanation, explain};
    #[pymodule_export]
    use super::desk::Desk;
    #[pymodule_export]
    use super::duplicates::Duplicates;
    #[pymodule_export]
    use super::engine::Engine;
    #[pymodule_export]
    use super::frequencies::Frequencies;
    use super::gil::detached;
    #[pymodule_export]
    use super::learn::{cross_validate, train};
    #[pymodule_export]
    use super::listener::{Listener, check_query, format_query};
    #[pymodule_export]
    use super::measured::{Audit, DayBrief, Forecast, Table};
    #[pymodule_export]
    use super::message::Message;
    #[pymodule_export]
    use super::model::Model;
    #[pymodule_export]
    use super::playbook::Playbook;
    #[pymodule_export]
    use super::protocol::{Protocol, import_rules};
    #[pymodule_export]
    use super::report::Report;
    #[pymodule_export]
    use super::response::{HumanAuthor, Response};
    #[pymodule_export]
    use super::units::units;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "it is Python's name")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// Runs a command line (without the program's name) and returns its exit status; `scrm --help` has the table.
    #[pyfunction]
    #[pyo3(signature = (args, /))]
    fn main(py: Python<'_>, args: Vec<OsString>) -> PyResult<u8> {
        let raised: Mutex<Option<PyErr>> = Mutex::new(None);
        let interrupted = || {
            let error = Python::attach(|py| py.check_signals().err());
            let interrupted = error.is_some();
            *raised.lock().unwrap_or_else(PoisonError::into_inner) = error;
            interrupted
        };
        let words = std::iter::once(OsString::from("scrm")).chain(args);
        let exit = detached(py, || crate::cli::main(words, &interrupted))?;
        // Ctrl-C is part of the table of exit statuses; what another handler raised is not.
        match raised.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) if !error.is_instance_of::<PyKeyboardInterrupt>(py) => Err(error),
            _ => Ok(exit as u8),
        }
    }
}
