//! What does a Python value say in JSON? And back.
//!
//! Read [`from_python`] first. In: dictionaries, lists, texts, numbers, aware datetimes, and what gives such a value by
//! `item()` (numpy's scalars). Out: whatever [`json.loads`](to_python) makes of the model's own JSON form, so that the
//! two are the same to the last digit.

use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::errors::ScrmError;
use super::time;

/// How deep values may be nested; JSON's reader has the same bound.
const DEPTH: usize = 128;

/// Why a value is none of JSON.
pub(super) enum Unfit {
    /// It has no JSON form.
    Value {
        /// Where it stands (`author.followers`, `participants[2]`).
        path: String,
        /// Why.
        fault: String,
    },
    /// Looking at it raised.
    Raised(PyErr),
}

impl Unfit {
    fn new(fault: impl Into<String>) -> Self {
        Self::Value { path: String::new(), fault: fault.into() }
    }

    /// The same, seen from outside `step`.
    fn inside(self, step: &str) -> Self {
        match self {
            Self::Value { path, fault } if path.is_empty() || path.starts_with('[') => {
                Self::Value { path: format!("{step}{path}"), fault }
            }
            Self::Value { path, fault } => Self::Value { path: format!("{step}.{path}"), fault },
            raised => raised,
        }
    }
}

impl From<PyErr> for Unfit {
    fn from(raised: PyErr) -> Self {
        Self::Raised(raised)
    }
}

/// The JSON value of a Python value.
pub(super) fn from_python(value: &Bound<'_, PyAny>) -> Result<Value, Unfit> {
    read(value, 0)
}

/// The Python value of what has a JSON form.
pub(super) fn to_python(py: Python<'_>, value: &impl Serialize) -> PyResult<Py<PyAny>> {
    loads(py, &json(value)?)
}

/// The JSON form.
pub(super) fn json(value: &impl Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| ScrmError::new_err(format!("no JSON form: {error}")))
}

/// The Python value of a JSON text.
pub(super) fn loads(py: Python<'_>, json: &str) -> PyResult<Py<PyAny>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    Ok(LOADS.import(py, "json", "loads")?.call1((json,))?.unbind())
}

fn read(value: &Bound<'_, PyAny>, depth: usize) -> Result<Value, Unfit> {
    if depth > DEPTH {
        return Err(Unfit::new(format!("nested more than {DEPTH} deep")));
    }
    if value.is_none() {
        Ok(Value::Null)
    } else if let Ok(text) = value.cast::<PyString>() {
        Ok(Value::String(text_of(text)?))
    } else if let Ok(flag) = value.cast::<PyBool>() {
        Ok(Value::Bool(flag.is_true()))
    } else if let Ok(number) = value.cast::<PyInt>() {
        whole(number)
    } else if let Ok(number) = value.cast::<PyFloat>() {
        let number = number.extract::<f64>()?;
        Number::from_f64(number).map(Value::Number).ok_or_else(|| not_finite(number))
    } else if let Ok(dict) = value.cast::<PyDict>() {
        // A copy of the items: what is called below may change the dictionary.
        table(&dict.items(), depth)
    } else if let Ok(list) = value.cast::<PyList>() {
        rows(list.iter(), depth)
    } else if let Ok(tuple) = value.cast::<PyTuple>() {
        rows(tuple.iter(), depth)
    } else {
        other(value, depth)
    }
}

fn text_of(text: &Bound<'_, PyString>) -> Result<String, Unfit> {
    text.to_str().map(str::to_owned).map_err(|error| {
        if error.is_instance_of::<PyUnicodeEncodeError>(text.py()) {
            Unfit::new("holds half a character (a lone surrogate); decode it with errors=\"replace\"")
        } else {
            Unfit::Raised(error)
        }
    })
}

fn whole(number: &Bound<'_, PyInt>) -> Result<Value, Unfit> {
    if let Ok(number) = number.extract::<i64>() {
        return Ok(Value::Number(number.into()));
    }
    match number.extract::<u64>() {
        Ok(number) => Ok(Value::Number(number.into())),
        Err(_) => Err(Unfit::new("a whole number beyond 64 bits")),
    }
}

fn not_finite(number: f64) -> Unfit {
    Unfit::new(format!("{number} is no number; leave out what is unknown, or give None"))
}

fn table(items: &Bound<'_, PyList>, depth: usize) -> Result<Value, Unfit> {
    let mut table = Map::with_capacity(items.len());
    for item in items.iter() {
        let (key, value) = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let Ok(key) = key.cast::<PyString>() else {
            return Err(Unfit::new(format!("a name is a text, not {}", kind_of(&key))));
        };
        let key = text_of(key)?;
        let value = read(&value, depth + 1).map_err(|unfit| unfit.inside(&key))?;
        table.insert(key, value);
    }
    Ok(Value::Object(table))
}

fn rows<'py>(values: impl Iterator<Item = Bound<'py, PyAny>>, depth: usize) -> Result<Value, Unfit> {
    let each = |(at, value): (usize, Bound<'py, PyAny>)| {
        read(&value, depth + 1).map_err(|unfit| unfit.inside(&format!("[{at}]")))
    };
    values.enumerate().map(each).collect::<Result<_, _>>().map(Value::Array)
}

/// What is no type of JSON, but says something that is.
fn other(value: &Bound<'_, PyAny>, depth: usize) -> Result<Value, Unfit> {
    if time::is_datetime(value)? {
        return time::rfc3339(value).map(Value::String).map_err(|error| {
            match time::said(value.py(), &error) {
                Some(fault) => Unfit::new(fault),
                None => Unfit::Raised(error),
            }
        });
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        return table(&mapping.items()?, depth);
    }
    if value.hasattr("item")? && !value.hasattr("__len__")? {
        return read(&value.call_method0("item")?, depth + 1);
    }
    Err(Unfit::new(format!("{} has no JSON form", kind_of(value))))
}

/// What a person calls the type of a value.
pub(super) fn kind_of(value: &Bound<'_, PyAny>) -> String {
    if value.is_none() {
        return "None".to_owned();
    }
    value.get_type().name().map_or_else(|_| "this".to_owned(), |name| name.to_string_lossy().into_owned())
}
