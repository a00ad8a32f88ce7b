//! How do faults look on a screen? File, line, the line itself, a caret, and the way out.

use std::collections::BTreeMap;
use std::fmt;

use super::excerpt::Excerpt;
use super::{Diagnostic, Severity};

/// The texts of the files that faults point into, by name.
#[derive(Debug, Clone, Default)]
pub struct Sources(BTreeMap<String, String>);

impl Sources {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more file.
    pub fn insert(&mut self, file: impl Into<String>, text: impl Into<String>) {
        self.0.insert(file.into(), text.into());
    }

    /// The text of a file.
    pub fn get(&self, file: &str) -> Option<&str> {
        self.0.get(file).map(String::as_str)
    }

    /// The names of the files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Line and column (both from 1, the column in characters) of a byte of a file.
    pub fn line_column(&self, file: &str, byte: usize) -> Option<(usize, usize)> {
        let before = self.get(file)?.get(..byte)?;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..)?.chars().count() + 1;
        Some((before.matches('\n').count() + 1, column))
    }
}

/// Faults with the files they point into, ready to be read by a person.
#[derive(Debug, Clone)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
    sources: Sources,
}

impl Report {
    /// Faults and the files they were found in.
    pub fn new(diagnostics: Vec<Diagnostic>, sources: Sources) -> Self {
        Self { diagnostics, sources }
    }

    /// The faults.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The files.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Line and column of a fault, both from 1.
    pub fn place(&self, fault: &Diagnostic) -> Option<(usize, usize)> {
        self.sources.line_column(&fault.file, fault.span?.start())
    }

    /// Number of faults that forbid the use.
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|fault| fault.severity == Severity::Error).count()
    }

    fn write_place(&self, f: &mut fmt::Formatter<'_>, fault: &Diagnostic) -> fmt::Result {
        let Some(((line, column), text)) = self.place(fault).zip(self.sources.get(&fault.file)) else {
            return writeln!(f, "  --> {}", fault.file);
        };
        let (start, end) = fault.span.map_or((0, 0), |span| (span.start(), span.end()));
        let excerpt = Excerpt::of(text, start, end);
        let width = line.to_string().len();
        writeln!(f, "{:width$}--> {}:{line}:{column}", "", fault.file)?;
        writeln!(f, "{:width$} |", "")?;
        writeln!(f, "{line} | {}", excerpt.shown)?;
        let pad = " ".repeat(excerpt.before);
        writeln!(f, "{:width$} | {pad}{}", "", "^".repeat(excerpt.marked))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.diagnostics {
            let severity = match fault.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            writeln!(f, "{severity}[{}]: {}", fault.code, fault.message)?;
            self.write_place(f, fault)?;
            if let Some(help) = &fault.help {
                writeln!(f, "  = help: {help}")?;
            }
            writeln!(f)?;
        }
        let warnings = self.diagnostics.len() - self.errors();
        match (self.errors(), warnings) {
            (0, 0) => write!(f, "no faults"),
            (errors, warnings) => write!(f, "{errors} errors, {warnings} warnings"),
        }
    }
}
