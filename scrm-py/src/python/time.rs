//! When is it? Aware datetimes only: a time without a zone is no time.
//!
//! Nothing here reads a clock but [`now`], which asks Python's.

use chrono::{DateTime, NaiveDate, Utc};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use super::value::kind_of;

/// The time a caller names.
///
/// # Errors
/// `TypeError` when it is no datetime, `ValueError` when it has no time zone or lies beyond the calendar.
pub(super) fn moment(value: &Bound<'_, PyAny>) -> PyResult<DateTime<Utc>> {
    if !is_datetime(value)? {
        return Err(PyTypeError::new_err(format!("a time is a datetime.datetime, not {}", kind_of(value))));
    }
    let written = rfc3339(value)?;
    DateTime::parse_from_rfc3339(&written)
        .map(|time| time.to_utc())
        .map_err(|_| PyValueError::new_err(format!("`{written}` is no time")))
}

/// The time a caller names, or else what Python's clock says.
pub(super) fn moment_or_now(py: Python<'_>, value: Option<&Bound<'_, PyAny>>) -> PyResult<DateTime<Utc>> {
    match value {
        Some(value) => moment(value),
        None => now(py),
    }
}

/// The day a caller names: a `datetime.date`.
///
/// # Errors
/// `TypeError` when it is none, or a time: which day that is depends on a zone.
pub(super) fn day(value: &Bound<'_, PyAny>) -> PyResult<NaiveDate> {
    static DATE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let is_day = value.is_instance(DATE.import(value.py(), "datetime", "date")?)? && !is_datetime(value)?;
    if !is_day {
        return Err(PyTypeError::new_err(format!("a day is a datetime.date, not {}", kind_of(value))));
    }
    let written: String = value.call_method0("isoformat")?.extract()?;
    written.parse().map_err(|_| PyValueError::new_err(format!("`{written}` is no day")))
}

fn now(py: Python<'_>) -> PyResult<DateTime<Utc>> {
    moment(&datetime(py)?.call_method1("now", (utc(py)?,))?)
}

/// Whether a value is a `datetime.datetime`.
pub(super) fn is_datetime(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value.is_instance(datetime(value.py())?)
}

/// An aware datetime as text, in UTC.
pub(super) fn rfc3339(value: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = value.py();
    if value.call_method0("utcoffset")?.is_none() {
        return Err(PyValueError::new_err(format!(
            "the time {} has no time zone; give an aware datetime, as of datetime.now(timezone.utc)",
            value.str()?.to_string_lossy()
        )));
    }
    let utc = value.call_method1("astimezone", (utc(py)?,)).map_err(|error| {
        if error.is_instance_of::<PyOverflowError>(py) {
            PyValueError::new_err("the time lies beyond the calendar")
        } else {
            error
        }
    })?;
    utc.call_method0("isoformat")?.extract()
}

/// What a `ValueError` says; `None` for any other exception.
pub(super) fn said(py: Python<'_>, error: &PyErr) -> Option<String> {
    error.is_instance_of::<PyValueError>(py).then(|| error.value(py).to_string())
}

fn datetime(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static DATETIME: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    DATETIME.import(py, "datetime", "datetime")
}

fn utc(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static ZONE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    ZONE.import(py, "datetime", "timezone")?.getattr("utc")
}
