//! How is a record shown to others, from Python? One page of HTML, the tables and the charts on it.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use scrm_core::report;

use super::gil::detached;
use super::measured::Table;
use super::value;

/// A record as one page that works offline: `save(path)`, or `str(report)`; a notebook shows it in a frame.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Report {
    inner: report::Report,
}

impl Report {
    pub(super) fn new(inner: report::Report) -> Self {
        Self { inner }
    }
}

#[pymethods]
impl Report {
    /// The page, complete: no script, nothing from anywhere.
    fn to_html(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || self.inner.to_html())
    }

    /// Writes the page into a file.
    #[allow(clippy::needless_pass_by_value, reason = "arguments are handed over")]
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        Ok(detached(py, || std::fs::write(&path, self.inner.to_html()))??)
    }

    /// The tables of the page, whole, in its order: a list of `scrm.Table`.
    fn tables(&self) -> Vec<Table> {
        self.inner.tables().cloned().map(Table::new).collect()
    }

    /// The charts of the page by name, each as a Vega-Lite document with its numbers in it: a dictionary, as
    /// `altair.Chart.from_dict` takes it.
    fn charts(&self, py: Python<'_>) -> PyResult<Py<PyDict>> {
        let charts = PyDict::new(py);
        for chart in self.inner.charts() {
            charts.set_item(chart.name(), value::to_python(py, &chart.vega_lite())?)?;
        }
        Ok(charts.unbind())
    }

    /// For notebooks: the page in a frame of its own, which can do nothing.
    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || self.inner.to_frame())
    }

    fn __str__(&self, py: Python<'_>) -> PyResult<String> {
        self.to_html(py)
    }

    fn __repr__(&self) -> String {
        format!("<scrm.Report: {} tables, {} charts>", self.inner.tables().count(), self.inner.charts().len())
    }
}
