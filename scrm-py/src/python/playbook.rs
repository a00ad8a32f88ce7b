//! What did people write down, for Python? A playbook, and every fault in one.
//!
//! Read [`Playbook`] first.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};
use scrm_core::diagnostic::{Report, Severity};
use scrm_core::playbook::{self as core, FILES, HOLIDAYS, MAPPING};

use super::errors;
use super::gil::{caught, detached};
use super::limits::{self, limits_of};

/// Texts by file name.
type Files<'a> = BTreeMap<&'a str, &'a str>;

/// What people wrote down: monitors, topics, protocol, team and calendars, checked as a whole.
///
/// Made with `Playbook.load(folder)` or `Playbook.from_files({name: text})`. Pickles as its files.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Playbook {
    pub(super) inner: Arc<core::Playbook>,
}

#[pymethods]
impl Playbook {
    /// Reads a folder of TOML: `monitors.toml`, `topics.toml`, `protocol.toml`, `team.toml`, `calendars.toml`, and
    /// `mapping.toml` where there is one.
    ///
    /// Raises `scrm.PlaybookError` with every fault of every file when there is an error in them.
    #[staticmethod]
    ///
    /// `limits` are sizes by name, as docs/embedding.md lists them, which hold for what is compiled from it.
    #[pyo3(signature = (folder, /, *, limits = None))]
    fn load(py: Python<'_>, folder: PathBuf, limits: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let limits = limits_of(limits)?;
        Self::read(py, move || core::Playbook::load_within(folder, &limits))
    }

    /// Reads texts by file name, for hosts that keep a playbook elsewhere than in a folder.
    ///
    /// Raises `scrm.PlaybookError` as `load` does.
    #[staticmethod]
    #[pyo3(signature = (files, /, limits = None))]
    fn from_files(
        py: Python<'_>,
        files: BTreeMap<String, String>,
        limits: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let limits = limits_of(limits)?;
        Self::read(py, move || core::Playbook::from_files(&files, &limits))
    }

    /// Every fault of a folder, errors and warnings, in the order of files and places; an empty list when there is
    /// none.
    ///
    /// Raises `scrm.PlaybookError` only when the folder or a file cannot be read.
    #[staticmethod]
    #[pyo3(signature = (folder, /))]
    fn check(py: Python<'_>, folder: PathBuf) -> PyResult<Vec<Py<PyAny>>> {
        match detached(py, move || core::Playbook::load(folder))? {
            Ok(playbook) => diagnostics(py, playbook.warnings()),
            Err(core::PlaybookError::Faults(report)) => diagnostics(py, &report),
            Err(error) => Err(errors::playbook(py, &error)),
        }
    }

    /// What is probably not what was meant, though it can be used: a list of `scrm.Diagnostic`.
    #[getter]
    fn warnings(&self, py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
        diagnostics(py, self.inner.warnings())
    }

    /// The files it was read from: texts by file name.
    #[getter]
    fn files(&self) -> Files<'_> {
        let sources = self.inner.warnings().sources();
        let holidays = sources.names().filter(|name| name.ends_with(HOLIDAYS));
        let names = FILES.iter().copied().chain([MAPPING]).chain(holidays);
        names.filter_map(|name| Some((name, sources.get(name)?))).collect()
    }

    /// The protocol's id.
    #[getter]
    fn id(&self) -> &str {
        self.inner.protocol.id()
    }

    /// The protocol's version.
    #[getter]
    fn version(&self) -> &str {
        self.inner.protocol.version()
    }

    /// The hash over the rules in their canonical form; every decision carries it.
    #[getter]
    fn rules(&self) -> &str {
        self.inner.protocol.hash()
    }

    fn __repr__(&self) -> String {
        let playbook = &self.inner;
        format!(
            "<scrm.Playbook {} {}: {} monitors, {} topics, {} rules>",
            self.id(),
            self.version(),
            playbook.monitors.monitors.len(),
            playbook.topics.0.len(),
            playbook.protocol.rules().len()
        )
    }

    #[allow(clippy::type_complexity, reason = "what pickle asks for: a function and its arguments")]
    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Files<'_>, Bound<'py, PyDict>))> {
        let made = (self.files(), limits::changed(py, self.inner.limits())?);
        Ok((py.get_type::<Self>().getattr("from_files")?, made))
    }
}

impl Playbook {
    fn read(
        py: Python<'_>,
        read: impl FnOnce() -> Result<core::Playbook, core::PlaybookError> + Send,
    ) -> PyResult<Self> {
        let inner = detached(py, read)?.map_err(|error| errors::playbook(py, &error))?;
        Ok(Self { inner: Arc::new(inner) })
    }
}

/// The faults of a report as `scrm.Diagnostic`, each with its line and column.
pub(super) fn diagnostics(py: Python<'_>, report: &Report) -> PyResult<Vec<Py<PyAny>>> {
    static DIAGNOSTIC: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let class = DIAGNOSTIC.import(py, "scrm.errors", "Diagnostic")?;
    let one = |fault: &scrm_core::diagnostic::Diagnostic| {
        let (line, column) = caught(|| report.place(fault))?.unzip();
        let severity = match fault.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let fields = (fault.code, severity, &fault.file, line, column, &fault.message, &fault.help);
        Ok(class.call1(fields)?.unbind())
    };
    report.diagnostics().iter().map(one).collect()
}
