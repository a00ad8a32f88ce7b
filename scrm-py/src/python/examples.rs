//! Which texts have which labels, as Python gives them? A data frame, columns, dictionaries or pairs.
//!
//! Read [`examples`] first.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyIterator, PyList, PyMapping, PyString, PyTuple};
use scrm_core::learn::Example;
use serde_json::Value;

use super::errors::{learn_text, text_of};
use super::gil::{CHUNK, turn};
use super::value::{self, Unfit, kind_of};

/// What the columns are called.
pub(super) struct Names<'a> {
    pub text: &'a str,
    pub label: &'a str,
    pub weight: Option<&'a str>,
    pub dense: Option<&'a str>,
}

/// The rows of a data frame (pandas, polars, pyarrow), of a dictionary of columns, of an iterable of dictionaries, or of
/// an iterable of pairs of text and label.
pub(super) fn examples(rows: &Bound<'_, PyAny>, names: &Names<'_>) -> PyResult<Vec<Example>> {
    if rows.is_instance_of::<PyString>() {
        return Err(PyTypeError::new_err(
            "rows are a data frame, or an iterable of dictionaries or pairs, not a str",
        ));
    }
    let is_table =
        rows.hasattr("columns")? || rows.hasattr("column_names")? || rows.cast::<PyMapping>().is_ok();
    if is_table {
        return of_columns(rows, names);
    }
    let mut all = Vec::new();
    for (number, row) in PyIterator::from_object(rows)?.enumerate() {
        let row = row?;
        if number % CHUNK == CHUNK - 1 {
            turn(rows.py())?;
        }
        all.push(of_row(&row, names).map_err(|error| at(row.py(), number, error))?);
    }
    Ok(all)
}

fn of_columns(rows: &Bound<'_, PyAny>, names: &Names<'_>) -> PyResult<Vec<Example>> {
    let column = |name: &str| column(rows, name);
    let (texts, labels) = (column(names.text)?, column(names.label)?);
    let (weights, dense) = (names.weight.map(column).transpose()?, names.dense.map(column).transpose()?);
    let rows = [Some(&labels), weights.as_ref(), dense.as_ref()];
    if rows.into_iter().flatten().any(|column| column.len() != texts.len()) {
        return Err(learn_text("rows", "the columns are not equally long"));
    }
    let mut all = Vec::with_capacity(texts.len());
    for (number, (text, label)) in texts.iter().zip(labels.iter()).enumerate() {
        let example = example(
            &text,
            &label,
            cell(weights.as_ref(), number)?.as_ref(),
            cell(dense.as_ref(), number)?.as_ref(),
        );
        all.push(example.map_err(|error| at(text.py(), number, error))?);
    }
    Ok(all)
}

fn cell<'py>(column: Option<&Bound<'py, PyList>>, number: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
    column.map(|column| column.get_item(number)).transpose()
}

/// A column as a list: pandas and polars have `to_list`, pyarrow `to_pylist`, numpy `tolist`.
fn column<'py>(rows: &Bound<'py, PyAny>, name: &str) -> PyResult<Bound<'py, PyList>> {
    let column =
        rows.get_item(name).map_err(|_| learn_text("rows", format!("there is no column `{name}`")))?;
    for method in ["to_list", "to_pylist", "tolist"] {
        if column.hasattr(method)? {
            return Ok(column.call_method0(method)?.cast_into()?);
        }
    }
    column.try_iter()?.collect::<PyResult<Vec<_>>>().and_then(|items| PyList::new(rows.py(), items))
}

fn of_row(row: &Bound<'_, PyAny>, names: &Names<'_>) -> PyResult<Example> {
    if let Ok(row) = row.cast::<PyMapping>() {
        let get =
            |name: &str| row.get_item(name).map_err(|_| learn_text("rows", format!("there is no `{name}`")));
        let (weight, dense) = (names.weight.map(get).transpose()?, names.dense.map(get).transpose()?);
        return example(&get(names.text)?, &get(names.label)?, weight.as_ref(), dense.as_ref());
    }
    match row.cast::<PyTuple>().map(|pair| (pair.len(), pair)) {
        Ok((2, pair)) => example(&pair.get_item(0)?, &pair.get_item(1)?, None, None),
        _ => Err(learn_text(
            "rows",
            format!("{} is no dictionary and no pair of text and label", kind_of(row)),
        )),
    }
}

fn example(
    text: &Bound<'_, PyAny>,
    label: &Bound<'_, PyAny>,
    weight: Option<&Bound<'_, PyAny>>,
    dense: Option<&Bound<'_, PyAny>>,
) -> PyResult<Example> {
    let text = match text.cast::<PyString>() {
        Ok(text) => text_of(text)?,
        Err(_) => return Err(learn_text("rows", format!("the text is {}, not a str", kind_of(text)))),
    };
    let labels = match label.cast::<PyList>() {
        Ok(list) => list.iter().map(|label| label_of(&label)).collect::<PyResult<Vec<_>>>()?,
        Err(_) => vec![label_of(label)?],
    };
    Ok(Example {
        text,
        labels: labels.into_iter().flatten().collect(),
        weight: weight.map_or(Ok(1.0), PyAnyMethods::extract::<f32>)?,
        dense: dense.map_or_else(|| Ok(Vec::new()), numbers)?,
    })
}

/// Numbers besides a text: any sequence of them.
pub(super) fn numbers(row: &Bound<'_, PyAny>) -> PyResult<Vec<f32>> {
    row.try_iter()?.map(|number| number?.extract::<f32>()).collect()
}

/// A label as a text; `None` and not-a-number are none.
fn label_of(label: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    if label.is_none() {
        return Ok(None);
    }
    if let Ok(text) = label.cast::<PyString>() {
        return text_of(text).map(Some);
    }
    // A column of whole numbers with gaps is one of floating ones.
    if let Ok(number) = label.cast::<PyFloat>() {
        let number = number.extract::<f64>()?;
        return Ok((!number.is_nan()).then(|| number.to_string()));
    }
    match value::from_python(label) {
        Ok(Value::Bool(flag)) => Ok(Some(if flag { "True" } else { "False" }.to_owned())),
        Ok(Value::Number(number)) => Ok(Some(number.to_string())),
        Ok(Value::String(text)) => Ok(Some(text)),
        Err(Unfit::Raised(error)) => Err(error),
        _ => Err(learn_text(
            "rows",
            format!("{} is no label: a str, a number, or a list of them", kind_of(label)),
        )),
    }
}

/// The same error, saying which row it is.
fn at(py: Python<'_>, number: usize, error: PyErr) -> PyErr {
    match error.is_instance_of::<super::errors::LearnError>(py) {
        true => learn_text("rows", format!("row {number}: {}", error.value(py))),
        false => error,
    }
}
