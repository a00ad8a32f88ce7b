//! How do many rows of a store become a Python list? A page at a time, with a turn for signals after each.
//!
//! Read [`Page::add`] first. The rows are written as JSON while other Python threads run; only a full page needs Python.

use std::ops::ControlFlow;

use pyo3::prelude::*;
use pyo3::types::PyList;
use serde::Serialize;

use super::gil::CHUNK;
use super::value;

/// A list in the making.
pub(super) struct Page {
    list: Py<PyList>,
    json: String,
    rows: usize,
    raised: Option<PyErr>,
}

impl Page {
    /// An empty list.
    pub(super) fn new(py: Python<'_>) -> Self {
        Self { list: PyList::empty(py).unbind(), json: String::new(), rows: 0, raised: None }
    }

    /// One row more; breaks off when something raised.
    pub(super) fn add(&mut self, row: &impl Serialize) -> ControlFlow<()> {
        let added = self.write(row).and_then(|()| if self.rows == CHUNK { self.turn() } else { Ok(()) });
        match added {
            Ok(()) => ControlFlow::Continue(()),
            Err(raised) => {
                self.raised = Some(raised);
                ControlFlow::Break(())
            }
        }
    }

    /// The whole list.
    ///
    /// # Errors
    /// What was raised on the way, by a signal's handler for one.
    pub(super) fn finish(mut self) -> PyResult<Py<PyList>> {
        match self.raised.take() {
            Some(raised) => Err(raised),
            None => self.turn().map(|()| self.list),
        }
    }

    fn write(&mut self, row: &impl Serialize) -> PyResult<()> {
        self.json.push(if self.rows == 0 { '[' } else { ',' });
        self.json.push_str(&value::json(row)?);
        self.rows += 1;
        Ok(())
    }

    /// Moves what was written to the list.
    fn turn(&mut self) -> PyResult<()> {
        if self.rows == 0 {
            return Ok(());
        }
        self.json.push(']');
        Python::attach(|py| {
            py.check_signals()?;
            self.list.bind(py).call_method1("extend", (value::loads(py, &self.json)?,))?;
            Ok::<_, PyErr>(())
        })?;
        self.json.clear();
        self.rows = 0;
        Ok(())
    }
}
