//! Who has the desk? One call at a time; the others wait, and can be interrupted while they do.
//!
//! Read [`Slot::with`] first.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

use pyo3::prelude::*;

use super::errors::StoreError;
use super::gil::{detached, process};

/// How long a waiting call sleeps before signals get their turn.
const PATIENCE: Duration = Duration::from_millis(50);

/// A thing that one call at a time may use, in the process that made it.
pub(super) struct Slot<T> {
    state: Mutex<State<T>>,
    freed: Condvar,
    home: u32,
    place: String,
}

enum State<T> {
    Idle(Box<T>),
    Busy(ThreadId),
    Closed,
}

impl<T: Send> Slot<T> {
    /// Holds a thing; `place` names it in errors.
    pub(super) fn new(held: T, place: String) -> Self {
        let state = Mutex::new(State::Idle(Box::new(held)));
        Self { state, freed: Condvar::new(), home: process(), place }
    }

    /// Uses what is held, outside Python's lock. After a panic it is closed: nobody knows in what state it is.
    ///
    /// # Errors
    /// When it is closed, when it belongs to another process, or when this very thread is using it already.
    pub(super) fn with<R: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut T) -> R + Send) -> PyResult<R> {
        let mut held = self.take(py)?;
        let done = detached(py, || (work(&mut held), held));
        let (result, state) = match done {
            Ok((result, held)) => (Ok(result), State::Idle(held)),
            Err(error) => (Err(error), State::Closed),
        };
        self.put(state);
        result
    }

    /// Takes what is held away for good. Closing twice is no fault.
    pub(super) fn close(&self, py: Python<'_>) -> PyResult<()> {
        if matches!(*self.lock(), State::Closed) {
            return Ok(());
        }
        let held = self.take(py)?;
        self.put(State::Closed);
        detached(py, || drop(held))
    }

    /// Whether it can still be used.
    pub(super) fn is_open(&self) -> bool {
        !matches!(*self.lock(), State::Closed)
    }

    /// What names it.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    fn take(&self, py: Python<'_>) -> PyResult<Box<T>> {
        if self.home != process() {
            return Err(
                self.fault("forked", "belongs to the process that opened it; open it again in this one")
            );
        }
        loop {
            let mut state = self.lock();
            match *state {
                State::Closed => return Err(self.fault("closed", "is closed; open it again")),
                State::Busy(thread) if thread == std::thread::current().id() => {
                    return Err(
                        self.fault("busy", "is at work for this very thread; call it when that is done")
                    );
                }
                State::Busy(_) => {}
                State::Idle(_) => {
                    let busy = State::Busy(std::thread::current().id());
                    if let State::Idle(held) = std::mem::replace(&mut *state, busy) {
                        return Ok(held);
                    }
                }
            }
            drop(state);
            let busy = |state: &mut State<T>| matches!(state, State::Busy(_));
            detached(py, || drop(self.freed.wait_timeout_while(self.lock(), PATIENCE, busy)))?;
            py.check_signals()?;
        }
    }

    fn put(&self, state: State<T>) {
        *self.lock() = state;
        self.freed.notify_all();
    }

    /// Held for a moment only, and never while something can fail.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, kind: &'static str, fault: &str) -> PyErr {
        let place = self.place.clone();
        StoreError::new_err((format!("the desk on `{place}` {fault}"), kind, place, false))
    }
}

impl<T> Drop for Slot<T> {
    /// In a forked child the file is the parent's: it is left alone, not closed.
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if self.home != process() {
            std::mem::forget(std::mem::replace(state, State::Closed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_at_a_time_and_none_after_a_panic() {
        Python::initialize();
        Python::attach(|py| {
            let slot = Slot::new(1, "a test".to_owned());
            assert_eq!(slot.with(py, |held| std::mem::replace(held, 2)).unwrap(), 1);
            let nested = slot.with(py, |_| Python::attach(|py| slot.with(py, |held| *held).is_err()));
            assert!(nested.unwrap(), "a call within a call would wait for itself");
            assert_eq!(slot.with(py, |held| *held).unwrap(), 2);
            assert!(slot.with(py, |_| -> u8 { panic!("of its own") }).is_err());
            assert!(!slot.is_open() && slot.with(py, |held| *held).is_err());
            assert!(slot.close(py).is_ok());
        });
    }
}
