//! How is a table written for a spreadsheet? As CSV (RFC 4180) in which no text is a formula.
//!
//! A spreadsheet takes a cell for a formula by how it begins, and the text of a customer may begin in any way. A text that
//! begins with `=`, `+`, `-`, `@`, a tab or an end of a line, also after white space and what is not seen, or with the wide
//! forms of these signs, gets an apostrophe before it, which spreadsheets take for the mark of a text. Numbers, times and
//! dates are written as they are: their columns hold nothing else. JSON has the text as it came.

use super::Table;
use super::cell::{Cell, time};

impl Table {
    /// The table as CSV: a header and one line for each row, each ended by CR LF. An empty cell is unknown; an empty
    /// text is `""`. Lists are one cell, with `; ` between their texts; durations are seconds.
    pub fn to_csv(&self) -> String {
        let mut out = String::new();
        let names = self.columns.iter().map(|column| written(&column.name));
        out.push_str(&names.collect::<Vec<_>>().join(","));
        out.push_str("\r\n");
        for row in &self.rows {
            for (at, cell) in row.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                put(cell, &mut out);
            }
            out.push_str("\r\n");
        }
        out
    }
}

fn put(cell: &Cell, out: &mut String) {
    match cell {
        Cell::Null => {}
        Cell::Text(text) => out.push_str(&written(text)),
        Cell::Texts(texts) => out.push_str(&written(&texts.join("; "))),
        Cell::Integer(number) | Cell::Duration(number) => out.push_str(&number.to_string()),
        Cell::Number(number) => out.push_str(&number.to_string()),
        Cell::Boolean(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Cell::Time(at) => out.push_str(&time(*at)),
        Cell::Date(day) => out.push_str(&day.to_string()),
    }
}

/// A text, inert and in quotation marks where it needs them.
fn written(text: &str) -> String {
    let mark = if is_formula(text) { "'" } else { "" };
    let needs = |c: char| matches!(c, ',' | '"' | '\r' | '\n' | ';' | '\t');
    let spaced = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
    if text.is_empty() || spaced || text.contains(needs) {
        format!("\"{mark}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{mark}{text}")
    }
}

/// Whether a spreadsheet may take a text for a formula.
pub(super) fn is_formula(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let unseen = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let first = text.chars().find(|c| !unseen(*c));
    first.is_some_and(|c| {
        matches!(c, '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}' | '\u{2212}')
    })
}
