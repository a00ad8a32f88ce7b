//! How large may things be, as Python says it? A dictionary of limits by name.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use scrm_core::diagnostic::did_you_mean;
use scrm_core::model::Limits;

/// The limits that a dictionary sets, and the usual ones besides.
///
/// # Errors
/// `ValueError` when there is no limit of a name or a number is none, `TypeError` when it is no dictionary.
pub(super) fn limits_of(given: Option<&Bound<'_, PyAny>>) -> PyResult<Limits> {
    let mut limits = Limits::DEFAULT;
    let Some(given) = given.filter(|given| !given.is_none()) else { return Ok(limits) };
    let table = given
        .cast::<PyDict>()
        .map_err(|_| PyTypeError::new_err("`limits` are a dictionary: {\"text_bytes\": 65536}"))?;
    for (name, most) in table.iter() {
        let name =
            name.cast::<PyString>().map_err(|_| PyTypeError::new_err("the name of a limit is a text"))?;
        let name = name.to_string_lossy();
        let most: usize = most
            .extract()
            .map_err(|_| PyValueError::new_err(format!("limit `{name}` is a whole number from 0 on")))?;
        if !limits.set(&name, most) {
            let help = match did_you_mean(&name, Limits::NAMES) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the limits are: {}", Limits::NAMES.join(", ")),
            };
            return Err(PyValueError::new_err(format!("there is no limit `{name}`; {help}")));
        }
    }
    Ok(limits)
}

/// Those of the limits that are not the usual ones, by name.
pub(super) fn changed<'py>(py: Python<'py>, limits: &Limits) -> PyResult<Bound<'py, PyDict>> {
    let changed = PyDict::new(py);
    for (name, most) in limits.all() {
        if Limits::DEFAULT.all().any(|(other, usual)| other == name && usual != most) {
            changed.set_item(name, most)?;
        }
    }
    Ok(changed)
}
