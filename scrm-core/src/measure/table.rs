//! What does a measure give? A table: named, typed columns, each with its unit and meaning, and rows.
//!
//! Read [`Table`] first. Every result of [`measure`](super) has this form, so that each is written as JSON, as CSV, as plain
//! text or as Arrow by one piece of code, and a page that shows one needs to know nothing else.

mod cell;
mod csv;
mod json;
mod text;

pub(super) use text::length;

use serde::Serialize;

pub use cell::{Cell, CellType};

/// One column: what its cells are, and how they are to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name, the same in JSON, CSV and Arrow.
    pub name: String,
    /// What its cells are.
    #[serde(rename = "type")]
    pub kind: CellType,
    /// What is counted or measured (`messages`, `people`, `percent`, `s`); absent where there is none.
    pub unit: Option<String>,
    /// What it says, in one line.
    pub meaning: String,
}

/// Named, typed columns and rows. Every cell is of its column's type, or empty: unknown is never zero.
///
/// ```
/// use scrm_core::measure::{Cell, CellType, Table};
/// let mut table = Table::new("volume", "Messages by channel")
///     .column("channel", CellType::Text, None, "where it was said")
///     .column("messages", CellType::Integer, Some("messages"), "how many");
/// table.push(vec![Cell::from("x"), Cell::from(12_u64)]).unwrap();
/// table.push(vec![Cell::from("=cmd()"), Cell::Null]).unwrap();
/// assert!(table.push(vec![Cell::from(1_u64), Cell::Null]).is_err(), "a number is no text");
/// assert_eq!(table.to_csv(), "channel,messages\r\nx,12\r\n'=cmd(),\r\n");
/// assert_eq!(table.to_jsonl(), "{\"channel\":\"x\",\"messages\":12}\n{\"channel\":\"=cmd()\",\"messages\":null}\n");
/// assert_eq!(table.cells("messages").unwrap().count(), 2);
/// ```
// INVARIANT: every row has as many cells as there are columns, each of its column's type or `Null`.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    name: String,
    title: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// A row that does not fit the columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// It has more or fewer cells.
    #[error("a row of `{table}` has {expected} cells, not {found}")]
    Width {
        /// Which table.
        table: String,
        /// How many columns it has.
        expected: usize,
        /// How many cells came.
        found: usize,
    },
    /// A cell is of another type than its column.
    #[error("column `{column}` holds {expected}, not {found}")]
    Type {
        /// Which column.
        column: String,
        /// What it holds.
        expected: CellType,
        /// What came.
        found: CellType,
    },
}

impl Table {
    /// A table without columns and rows. `name` is for programs, `title` for people.
    pub fn new(name: impl Into<String>, title: impl Into<String>) -> Self {
        Self { name: name.into(), title: title.into(), columns: Vec::new(), rows: Vec::new() }
    }

    /// The same under another name, so that it can stand beside others.
    #[must_use]
    pub fn renamed(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The same with one column more, which is empty in the rows that are there.
    #[must_use]
    pub fn column(mut self, name: &str, kind: CellType, unit: Option<&str>, meaning: &str) -> Self {
        self.columns.push(Column {
            name: name.to_owned(),
            kind,
            unit: unit.map(str::to_owned),
            meaning: meaning.to_owned(),
        });
        for row in &mut self.rows {
            row.push(Cell::Null);
        }
        self
    }

    /// One row more.
    ///
    /// # Errors
    /// When it does not fit the columns; the table is then as before.
    pub fn push(&mut self, row: Vec<Cell>) -> Result<(), RowError> {
        if row.len() != self.columns.len() {
            let (expected, found) = (self.columns.len(), row.len());
            return Err(RowError::Width { table: self.name.clone(), expected, found });
        }
        for (column, cell) in self.columns.iter().zip(&row) {
            if let Some(found) = cell.kind().filter(|kind| *kind != column.kind) {
                return Err(RowError::Type { column: column.name.clone(), expected: column.kind, found });
            }
        }
        self.rows.push(row);
        Ok(())
    }

    /// One row of a measure of this crate, whose cells fit; a test reads every measure's table.
    pub(crate) fn row<const N: usize>(&mut self, row: [Cell; N]) {
        let pushed = self.push(row.into());
        debug_assert!(pushed.is_ok(), "{pushed:?}");
    }

    /// Its name, for programs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it shows, for people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The rows, each with one cell for each column.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[Cell]> {
        self.rows.iter().map(Vec::as_slice)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The cells of one column, from the first row to the last; `None` when there is no such column.
    pub fn cells(&self, column: &str) -> Option<impl Iterator<Item = &Cell>> {
        let at = self.columns.iter().position(|known| known.name == column)?;
        Some(self.rows.iter().filter_map(move |row| row.get(at)))
    }

    /// One cell, by row (from 0) and the column's name.
    pub fn get(&self, row: usize, column: &str) -> Option<&Cell> {
        let at = self.columns.iter().position(|known| known.name == column)?;
        self.rows.get(row)?.get(at)
    }
}

#[cfg(test)]
mod tests;
