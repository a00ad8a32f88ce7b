//! How does a table look on a screen? Plain text in columns, without anything that steers a terminal.

use std::fmt::{self, Formatter};

use super::cell::{Cell, time};
use super::{CellType, Table};

/// Characters of a cell that are shown.
const WIDEST: usize = 48;

impl fmt::Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let shown: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(|cell| short(&plain(cell))).collect()).collect();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|at| {
                let cells = shown.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
                cells.chain(self.columns.get(at).map(|column| column.name.chars().count())).max().unwrap_or(0)
            })
            .collect();
        writeln!(f, "{}", self.title)?;
        let names: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
        for row in std::iter::once(&names).chain(&shown) {
            let mut line = String::from("  ");
            for ((cell, width), column) in row.iter().zip(&widths).zip(&self.columns) {
                let (width, cell) = (*width, cell.as_str());
                if column.kind.is_numeric() {
                    line.push_str(&format!("{cell:>width$}  "));
                } else {
                    line.push_str(&format!("{cell:<width$}  "));
                }
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        if self.rows.is_empty() { writeln!(f, "  (nothing)") } else { Ok(()) }
    }
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Null => "-".to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => format!("{number:.2}"),
        Cell::Boolean(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Cell::Time(at) => time(*at),
        Cell::Date(day) => day.to_string(),
        Cell::Duration(seconds) => length(*seconds),
        Cell::Texts(texts) => texts.join(", "),
    }
}

/// A length of time in its two largest units.
pub(crate) fn length(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.unsigned_abs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{sign}{seconds} s"),
        (0, 0, _) => format!("{sign}{minutes} min"),
        (0, _, _) => format!("{sign}{hours} h {minutes:02}"),
        _ => format!("{sign}{days} d {hours} h"),
    }
}

fn short(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= WIDEST {
        return line;
    }
    line.chars().take(WIDEST - 1).chain(['…']).collect()
}

impl Table {
    /// Whether a column is set to the right on a screen and on a page.
    pub fn is_numeric(&self, column: &str) -> bool {
        self.columns.iter().any(|known| known.name == column && CellType::is_numeric(known.kind))
    }
}
