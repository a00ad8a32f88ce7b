//! What does each row of an input say, by name? An object for each line of JSON, or for each row of cells.
//!
//! Read [`Objects`] first.

use std::collections::VecDeque;
use std::io::Read;
use std::path::Path;

use indicatif::ProgressBar;
use scrm_core::channels::{Format, Records};
use scrm_core::model::Limits;
use serde_json::{Map, Value};

use super::args::TableFormat;
use super::input::Input;
use super::rows::{Block, Cells, Rows};
use super::{Exit, Failure, labelled};

/// The rows of an input with their numbers, from 1. A row that cannot be read is a text that says why: whoever takes
/// objects refuses it with that. When reading fails, the rows end and [`failed`](Self::failed) says why.
pub(super) struct Objects {
    name: String,
    rows: Rows,
    header: Option<Vec<String>>,
    cells: Cells,
    waiting: VecDeque<(u64, Value)>,
    failed: Option<String>,
    bar: ProgressBar,
}

impl Objects {
    /// Begins to read; the header of a table is read at once.
    pub(super) fn new(
        input: Input<Box<dyn Read + Send>>,
        format: Option<TableFormat>,
        path: &Path,
    ) -> Result<Self, Failure> {
        let delimiter = labelled::delimiter(path, format)?;
        let limits = Limits::DEFAULT;
        let Input { name, reader, bar } = input;
        let bad = |fault: String| Failure::new(Exit::Input, format!("input `{name}`: {fault}"));
        let failed = |error: std::io::Error| bad(format!("reading failed: {error}"));
        let mut rows = Rows::new(reader, delimiter, &limits).map_err(failed)?;
        // What is no text is refused as every input is.
        Records::new(rows.head(), &Format::Jsonl, &limits).map_err(|error| bad(error.to_string()))?;
        rows.skip_mark();
        let header = match delimiter {
            None => None,
            Some(delimiter) => Some(labelled::names(&mut rows, delimiter).map_err(&bad)?),
        };
        let cells = Cells::new(delimiter.unwrap_or(b','), header.as_ref().map(Vec::len));
        Ok(Self { name, rows, header, cells, waiting: VecDeque::new(), failed: None, bar })
    }

    /// Why reading ended before the end of the input.
    pub(super) fn failed(&self) -> Option<Failure> {
        let fault = self.failed.as_ref()?;
        Some(Failure::new(Exit::Input, format!("input `{}`: reading failed: {fault}", self.name)))
    }

    fn take(&mut self, block: &Block) {
        for (number, row) in (block.first..).zip(block.rows()) {
            let object = row.map_err(str::to_owned).and_then(|row| match &self.header {
                None => serde_json::from_slice(row).map_err(|error| error.to_string()),
                Some(header) => {
                    let cells = self.cells.read(row)?;
                    if cells.len() != header.len() {
                        return Err(format!(
                            "the row has {} cells, the header {}",
                            cells.len(),
                            header.len()
                        ));
                    }
                    let cell = |(name, cell): (&String, &&str)| (name.clone(), Value::from(*cell));
                    let object: Map<String, Value> = header.iter().zip(cells.iter()).map(cell).collect();
                    Ok(Value::Object(object))
                }
            });
            self.waiting.push_back((number, object.unwrap_or_else(Value::String)));
        }
    }
}

impl Iterator for Objects {
    type Item = (u64, Value);

    fn next(&mut self) -> Option<Self::Item> {
        while self.waiting.is_empty() {
            match self.rows.next() {
                Ok(Some(block)) => self.take(&block),
                Ok(None) => {
                    self.bar.finish_and_clear();
                    return None;
                }
                Err(error) => {
                    self.failed = Some(error.to_string());
                    return None;
                }
            }
        }
        self.waiting.pop_front()
    }
}
