//! What is wrong in what people wrote? Every fault at once, with its place, its code and the way out.
//!
//! Read [`Diagnostic`] first: one fault. [`Faults`] collects them while an authored file is read; [`Report`] prints
//! them with the line and a caret under the place.

mod document;
mod excerpt;
mod json;
mod report;
mod suggest;

pub use document::{Document, Node, Table, Text, Value, as_text};
pub use report::{Report, Sources};
pub use suggest::did_you_mean;

use serde::Serialize;

use crate::model::Span;

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot be used.
    Error,
    /// It can be used, and is probably not what was meant.
    Warning,
}

/// One fault in an authored file.
///
/// The message is for its author, who may never see Rust: lower case, no full stop, their own words in backticks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// A code that stays the same over versions: a letter for the stage and three digits.
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// The file, relative to the playbook.
    pub file: String,
    /// Where in the file (bytes); absent when the fault concerns the whole file.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: &'static str, file: &str, span: Option<Span>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            file: file.to_owned(),
            span,
            message: message.into(),
            help: None,
        }
    }

    /// A warning.
    pub fn warning(code: &'static str, file: &str, span: Option<Span>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, file, span, message) }
    }

    /// The same with the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The faults found so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Diagnostic>);

impl Faults {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more.
    pub fn push(&mut self, fault: Diagnostic) {
        self.0.push(fault);
    }

    /// Those of another part.
    pub fn extend(&mut self, faults: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(faults);
    }

    /// Whether something cannot be used.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|fault| fault.severity == Severity::Error)
    }

    /// Whether there are none, not even warnings.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faults in the order of files and places.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.0.sort_by(|a, b| {
            (&a.file, a.span, a.code, &a.message).cmp(&(&b.file, b.span, b.code, &b.message))
        });
        self.0
    }
}

#[cfg(test)]
mod tests;
