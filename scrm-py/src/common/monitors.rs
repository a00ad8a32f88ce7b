//! What is listened for, as a file or a text says it? `monitors.toml` by itself, without the rest of a playbook.

use std::io;
use std::path::Path;

#[cfg(feature = "python")]
use scrm_core::diagnostic::{Diagnostic, Severity};
use scrm_core::diagnostic::{Document, Faults, Report, Sources};
use scrm_core::listen::Monitors;
use scrm_core::model::Limits;
#[cfg(feature = "python")]
use scrm_core::query::QueryFault;

/// The file of a playbook that says what is listened for.
const FILE: &str = "monitors.toml";

/// Reads the monitors of a file, or of the playbook in a folder; the report has every fault.
///
/// # Errors
/// When there is nothing that can be read, and why.
pub(crate) fn read_file(path: &Path) -> Result<(Monitors, Report), String> {
    read_file_within(path, &Limits::DEFAULT)
}

/// The same within limits.
///
/// # Errors
/// As [`read_file`].
pub(crate) fn read_file_within(path: &Path, limits: &Limits) -> Result<(Monitors, Report), String> {
    let path = if path.is_dir() { path.join(FILE) } else { path.to_owned() };
    let shown = path.to_string_lossy();
    let refuse = |fault: &str| format!("monitors `{shown}`: {fault}");
    if path.is_dir() {
        return Err(refuse("it is a folder where a file should be"));
    }
    let text = text_of(&path).map_err(|fault| refuse(&fault))?;
    Ok(read_text_within(&shown, &text, limits))
}

/// What stands in an authored file.
///
/// # Errors
/// When it cannot be read, or is no text.
pub(super) fn text_of(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read; check its permissions".to_owned(),
        _ => error.to_string(),
    })?;
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text; save it as UTF-8".to_owned())
}

/// Reads monitors from a text; the report has every fault, and the monitors are of use only when it has no error.
pub(crate) fn read_text(name: &str, text: &str) -> (Monitors, Report) {
    read_text_within(name, text, &Limits::DEFAULT)
}

fn read_text_within(name: &str, text: &str, limits: &Limits) -> (Monitors, Report) {
    let (mut faults, mut sources) = (Faults::new(), Sources::new());
    let document = Document::parse(name, text, &mut faults);
    let monitors = Monitors::read(&document, limits, &mut faults);
    sources.insert(name, text);
    (monitors, Report::new(faults.into_sorted(), sources))
}

/// A fault of a query that stands by itself, the query being the whole of the file `name`.
#[cfg(feature = "python")]
pub(crate) fn fault_in(name: &str, fault: QueryFault) -> Diagnostic {
    let QueryFault { code, severity, span, message, help } = fault;
    let mut placed = match severity {
        Severity::Error => Diagnostic::error(code, name, Some(span), message),
        Severity::Warning => Diagnostic::warning(code, name, Some(span), message),
    };
    placed.help = help;
    placed
}
