//! How does work run outside Python's lock? Through one door: let go of the lock, work, turn a panic into an error.
//!
//! Read [`detached`] first. Long work goes through the door chunk by chunk, and between two chunks Python's signal
//! handlers get their turn, so that Ctrl-C works inside a batch.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::prelude::*;

use super::errors::ScrmError;

/// Messages taken through the door at once: some milliseconds of work.
pub(super) const CHUNK: usize = 1024;

/// Runs `work` while other Python threads run.
///
/// A panic would be a fault of scrm. It comes out as a `ScrmError` like any other, and not as pyo3's
/// `PanicException`, which passes every `except Exception`.
pub(super) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    py.detach(|| catch_unwind(AssertUnwindSafe(work))).map_err(|panic| fault(panic.as_ref()))
}

/// Runs `work` under Python's lock, where it is short or works on Python's objects; a panic comes out as with
/// [`detached`].
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| fault(panic.as_ref()))
}

/// Gives other Python threads and signal handlers their turn.
///
/// # Errors
/// What a handler raises: `KeyboardInterrupt` after Ctrl-C.
pub(super) fn turn(py: Python<'_>) -> PyResult<()> {
    py.detach(|| ());
    py.check_signals()
}

/// The process this is. What was made in another one, before a fork, has lost its threads and its files' locks.
pub(super) fn process() -> u32 {
    std::process::id()
}

fn fault(panic: &(dyn Any + Send)) -> PyErr {
    let said = panic.downcast_ref::<&str>().copied();
    let said =
        said.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given");
    ScrmError::new_err(format!("a fault in scrm itself, please report it: {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_comes_out_as_an_error() {
        Python::initialize();
        Python::attach(|py| {
            assert_eq!(detached(py, || 7).unwrap(), 7);
            assert!(detached(py, || -> u8 { panic!("of its own") }).is_err());
            assert!(detached(py, || -> u8 { panic!("number {}", 7) }).is_err());
            assert_eq!(caught(|| 7).unwrap(), 7);
            assert!(caught(|| -> u8 { panic!("of its own") }).is_err());
            assert!(turn(py).is_ok());
        });
    }
}
