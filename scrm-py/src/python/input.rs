//! How is an input written, as Python says? By its format, or else by its name; CSV by a mapping.
//!
//! Read [`format`] first.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyDictMethods};
use scrm_core::channels::{Clock, Format, Mapping};
use scrm_core::diagnostic::{Document, Faults, Report, Sources};
use scrm_core::playbook::{Playbook, PlaybookError};

use super::errors;

/// Opens a file of messages.
pub(super) fn open(path: &Path) -> PyResult<BufReader<File>> {
    let shown = path.to_string_lossy().into_owned();
    let refuse =
        |fault: String| errors::input("io", format!("input `{shown}`: {fault}"), Some(shown.clone()));
    if path.is_dir() {
        return Err(refuse("it is a folder; give a file of messages".to_owned()));
    }
    let file = File::open(path).map_err(|error| refuse(reason(&error)))?;
    Ok(BufReader::with_capacity(256 * 1024, file))
}

/// How the input is written: as `format` says (`jsonl` or `csv`), else by the ending of its name.
pub(super) fn format(
    path: &Path,
    format: Option<&str>,
    mapping: Option<&Bound<'_, PyAny>>,
    playbook: &Playbook,
) -> PyResult<Format> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let shown = path.display();
    let csv = match (format, ending.as_str()) {
        (Some("jsonl"), _) | (None, "jsonl" | "ndjson" | "json") => false,
        (Some("csv"), _) | (None, "csv" | "tsv") => true,
        (Some(other), _) => {
            return Err(errors::input(
                "format",
                format!("there is no format `{other}`; give `csv` or `jsonl`"),
                None,
            ));
        }
        (None, _) => {
            let fault = "its name does not say how it is written; give format=\"csv\" or format=\"jsonl\"";
            return Err(errors::input("format", format!("input `{shown}`: {fault}"), None));
        }
    };
    match (csv, mapping) {
        (true, mapping) => mapping_of(mapping, playbook, ending == "tsv").map(Format::Csv),
        (false, None) => Ok(Format::Jsonl),
        (false, Some(_)) => Err(bad_mapping("a mapping is for CSV; JSON Lines are read as they are")),
    }
}

fn mapping_of(given: Option<&Bound<'_, PyAny>>, playbook: &Playbook, tabs: bool) -> PyResult<Mapping> {
    let mut mapping = match given {
        None => playbook.mapping.clone().unwrap_or_default(),
        Some(given) => match given.cast::<PyDict>() {
            Ok(table) => from_dict(table)?,
            Err(_) => from_file(given.py(), &given.extract::<PathBuf>()?)?,
        },
    };
    if tabs {
        mapping.set_delimiter("tab").map_err(bad_mapping)?;
    }
    let missing = mapping.missing();
    if missing.is_empty() {
        return Ok(mapping);
    }
    let help =
        "write them in a mapping.toml (in the playbook, or named with mapping=), or give mapping={...}";
    Err(bad_mapping(format!(
        "CSV needs to know which column means what\n  {}\n  {help}",
        missing.join("\n  ")
    )))
}

/// A mapping as its file has it: `source`, `kind`, ... for every row, `columns`, `time`, `delimiter`.
fn from_dict(table: &Bound<'_, PyDict>) -> PyResult<Mapping> {
    let mut mapping = Mapping::default();
    for (key, value) in table.items().extract::<Vec<(String, Bound<'_, PyAny>)>>()? {
        match key.as_str() {
            "format" => {}
            "columns" => {
                for (field, column) in value.cast::<PyDict>()?.items().extract::<Vec<(String, String)>>()? {
                    mapping.set_column(&field, &column).map_err(bad_mapping)?;
                }
            }
            "time" => mapping.set_clock(clock(value.cast::<PyDict>()?)?),
            "delimiter" => mapping.set_delimiter(&value.extract::<String>()?).map_err(bad_mapping)?,
            field => mapping.set(field, &value.extract::<String>()?).map_err(bad_mapping)?,
        }
    }
    Ok(mapping)
}

fn clock(time: &Bound<'_, PyDict>) -> PyResult<Clock> {
    let text = |name: &str| time.get_item(name)?.map(|text| text.extract::<String>()).transpose();
    Clock::new(text("format")?.as_deref(), text("zone")?.as_deref()).map_err(bad_mapping)
}

fn from_file(py: Python<'_>, path: &Path) -> PyResult<Mapping> {
    let shown = path.to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).map_err(|error| {
        errors::input("mapping", format!("mapping `{shown}`: {}", reason(&error)), Some(shown.clone()))
    })?;
    let (mut faults, mut sources) = (Faults::new(), Sources::new());
    let mapping = Mapping::read(&Document::parse(&shown, &text, &mut faults), &mut faults);
    if !faults.has_errors() {
        return Ok(mapping);
    }
    sources.insert(shown, text);
    Err(errors::playbook(py, &PlaybookError::Faults(Report::new(faults.into_sorted(), sources))))
}

fn bad_mapping(fault: impl Into<String>) -> PyErr {
    errors::input("mapping", fault, None)
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read; check its permissions".to_owned(),
        _ => error.to_string(),
    }
}
