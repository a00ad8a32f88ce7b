//! What is measured, in Python? Tables, a forecast, an audit: text for reading, dictionaries for counting.
//!
//! Read [`Table`] first.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use scrm_core::measure::{self, Days, Frame};
use serde_json::Value;

use super::time::{day, moment};
use super::value;

/// A table: named, typed columns and rows. `rows()` is a list of dictionaries, ready for a dataframe.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Table {
    inner: measure::Table,
}

impl Table {
    pub(super) fn new(inner: measure::Table) -> Self {
        Self { inner }
    }
}

#[pymethods]
impl Table {
    /// Its name, for programs.
    #[getter]
    fn name(&self) -> &str {
        self.inner.name()
    }

    /// What it shows, for people.
    #[getter]
    fn title(&self) -> &str {
        self.inner.title()
    }

    /// Its columns: dictionaries with `name`, `type` (`text`, `integer`, `number`, `boolean`, `time`, `date`, `duration` or
    /// `texts`), `unit` and `meaning`.
    #[getter]
    fn columns(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::to_python(py, &self.inner.columns())
    }

    /// The rows: dictionaries by the names of the columns. `None` is unknown; times are RFC 3339 texts, durations seconds.
    fn rows(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::loads(py, &self.inner.to_records())
    }

    /// The columns: a dictionary of lists.
    fn to_columns(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::loads(py, &self.inner.to_columns())
    }

    /// The whole: `name`, `title`, `columns` and `rows`.
    fn to_dict(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::loads(py, &self.inner.to_json())
    }

    /// The same as one line of JSON.
    fn to_json(&self) -> String {
        self.inner.to_json()
    }

    /// Comma-separated values for a spreadsheet: no text in it is a formula.
    fn to_csv(&self) -> String {
        self.inner.to_csv()
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn __str__(&self) -> String {
        self.inner.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<scrm.Table {}: {} rows>", self.inner.name(), self.inner.len())
    }
}

fn tables(inner: Vec<measure::Table>) -> Vec<Table> {
    inner.into_iter().map(Table::new).collect()
}

/// What a manager reads of one day: `str(brief)` for reading, `to_dict()` for counting, `tables()` for dataframes.
#[pyclass(frozen, module = "scrm")]
pub(super) struct DayBrief {
    inner: measure::Brief,
}

impl DayBrief {
    pub(super) fn new(inner: measure::Brief) -> Self {
        Self { inner }
    }
}

#[pymethods]
impl DayBrief {
    /// The brief as a dictionary: `day`, `as_of`, `advice`, `volume`, `people`, `sentiment`, `issues`, `spikes`,
    /// `departments`, `waiting`, `overdue`, `first`, `share_of_voice`, `balance` …
    fn to_dict(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::to_python(py, &self.inner)
    }

    /// The same as one line of JSON.
    fn to_json(&self) -> PyResult<String> {
        value::json(&self.inner)
    }

    /// Its parts as tables: `advice`, `day`, `issues`, `words`, `samples`, `spikes`, `departments`, `first`,
    /// `share_of_voice`, `balance`.
    fn tables(&self) -> Vec<Table> {
        tables(self.inner.tables())
    }

    fn __str__(&self) -> String {
        self.inner.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<scrm.DayBrief of {}: {} messages>", self.inner.day, self.inner.volume.count)
    }
}

/// Expected load against people and promises: `str(forecast)` for reading, `to_dict()` for counting, `tables()`.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Forecast {
    inner: measure::Forecast,
}

impl Forecast {
    pub(super) fn new(inner: measure::Forecast) -> Self {
        Self { inner }
    }
}

#[pymethods]
impl Forecast {
    /// The forecast as a dictionary: `from`, `days`, `history`, `runs`, `seed`, and `departments`, each with `expected`,
    /// `capacity`, `missed`, `attainment`, `more_people` and `hours` of the week.
    fn to_dict(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::to_python(py, &self.inner)
    }

    /// The same as one line of JSON.
    fn to_json(&self) -> PyResult<String> {
        value::json(&self.inner)
    }

    /// Two tables: `departments`, and `hours` of the week.
    fn tables(&self) -> Vec<Table> {
        tables(self.inner.tables())
    }

    fn __str__(&self) -> String {
        self.inner.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<scrm.Forecast of {} days from {}>", self.inner.days, self.inner.from)
    }
}

/// The audit: `str(audit)` for reading, `to_json()` to keep for the next one, `tables()`.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Audit {
    inner: measure::Audit,
}

impl Audit {
    pub(super) fn new(inner: measure::Audit) -> Self {
        Self { inner }
    }
}

#[pymethods]
impl Audit {
    /// The audit as a dictionary: `as_of`, `score`, `scored`, `points` and `changes`.
    fn to_dict(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::to_python(py, &self.inner)
    }

    /// The same as one line of JSON, which `desk.audit(last=…)` takes.
    fn to_json(&self) -> PyResult<String> {
        value::json(&self.inner)
    }

    /// `points`, and `changes` where there was an audit before.
    fn tables(&self) -> Vec<Table> {
        tables(self.inner.tables())
    }

    fn __str__(&self) -> String {
        self.inner.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<scrm.Audit as of {}>", self.inner.as_of)
    }
}

/// The audit before: one that was made here, its JSON or its dictionary.
pub(super) fn last_audit(last: &Bound<'_, PyAny>) -> PyResult<measure::Audit> {
    if let Ok(audit) = last.cast::<Audit>() {
        return Ok(audit.get().inner.clone());
    }
    let bad = |fault: String| PyValueError::new_err(format!("`last` is no audit: {fault}"));
    if let Ok(text) = last.cast::<PyString>() {
        return serde_json::from_str(text.to_str()?).map_err(|error| bad(error.to_string()));
    }
    let read: Value = match value::from_python(last) {
        Ok(read) => read,
        Err(value::Unfit::Raised(error)) => return Err(error),
        Err(value::Unfit::Value { fault, .. }) => return Err(bad(fault)),
    };
    serde_json::from_value(read).map_err(|error| bad(error.to_string()))
}

/// Days as a caller names them: one, a pair of the first and the last (`None` for an open end), or none for all.
pub(super) fn days(days: Option<&Bound<'_, PyAny>>) -> PyResult<Days> {
    let Some(days) = days else { return Ok(Days::ALL) };
    let Ok(pair) = days.cast::<PyTuple>() else { return Ok(Days::one(day(days)?)) };
    if pair.len() != 2 {
        return Err(PyTypeError::new_err("`days` is a date, or a pair of the first and the last"));
    }
    let end = |at: usize| -> PyResult<Option<chrono::NaiveDate>> {
        let end = pair.get_item(at)?;
        if end.is_none() { Ok(None) } else { day(&end).map(Some) }
    };
    Ok(Days { from: end(0)?, to: end(1)? })
}

/// What measures ask besides the record, as keyword arguments give it.
pub(super) struct Asked {
    pub(super) days: Days,
    pub(super) as_of: Option<chrono::DateTime<chrono::Utc>>,
    pub(super) settings: Vec<(String, f64)>,
}

impl Asked {
    pub(super) fn new(
        asked_days: Option<&Bound<'_, PyAny>>,
        as_of: Option<&Bound<'_, PyAny>>,
        settings: Option<&Bound<'_, pyo3::types::PyDict>>,
    ) -> PyResult<Self> {
        let mut read = Vec::new();
        for (name, value) in settings.into_iter().flatten() {
            let name: String = name.extract()?;
            if !SETTINGS.contains(&name.as_str()) {
                return Err(PyTypeError::new_err(format!(
                    "there is no setting `{name}`; there are {}",
                    SETTINGS.join(", ")
                )));
            }
            let number: f64 = value.extract()?;
            if !(0.0..=1e9).contains(&number) {
                return Err(PyValueError::new_err(format!(
                    "`{name}` is from 0 to a thousand million, not {number}"
                )));
            }
            read.push((name, number));
        }
        Ok(Self { days: days(asked_days)?, as_of: as_of.map(moment).transpose()?, settings: read })
    }

    /// Over what the playbook says.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked when it was read")]
    pub(super) fn over(&self, frame: Frame) -> Frame {
        let mut frame = frame.over(self.days);
        frame.as_of = self.as_of;
        for (name, number) in &self.settings {
            match name.as_str() {
                "baseline" => frame.baseline = *number as u32,
                "open_hours" => frame.open_hours = *number as u32,
                "value_days" => frame.value_days = *number as u32,
                "minutes" => frame.minutes = *number,
                _ => frame.hourly_cost = *number,
            }
        }
        frame
    }
}

/// The settings of measures.
const SETTINGS: [&str; 5] = ["baseline", "open_hours", "value_days", "minutes", "hourly_cost"];
