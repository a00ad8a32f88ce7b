//! What does a row say? Rows under a header, read by a mapping; columns it does not name are kept in `ext`.

use std::collections::BTreeSet;
use std::io::BufRead;

use serde_json::{Map, Number, Value};

use super::lines::{Line, Lines};
use super::mapping::{Cell, FIELDS};
use super::{InputError, InputErrorKind, Malformed, Mapping, Record};
use crate::diagnostic::did_you_mean;
use crate::model::{Limits, Message, MessageBuilder};

pub(super) struct Csv<R> {
    lines: Lines<R>,
    mapping: Mapping,
    limits: Limits,
    header: Vec<String>,
    reader: csv_core::Reader,
    /// For each column, the fields it fills; a column may fill several.
    fields: Vec<Vec<(&'static str, Cell)>>,
}

impl<R: BufRead> Csv<R> {
    pub(super) fn new(mut lines: Lines<R>, mapping: Mapping, limits: Limits) -> Result<Self, InputError> {
        let first =
            lines.next()?.ok_or_else(|| InputError::new(InputErrorKind::Empty, "the input is empty"))?;
        let refuse = || {
            InputError::new(
                InputErrorKind::Encoding,
                "the header in line 1 is not UTF-8 text of a sensible length",
            )
        };
        let mut reader = csv_core::ReaderBuilder::new().delimiter(mapping.delimiter).build();
        let header = cells(&mut reader, &first.bytes, mapping.delimiter)
            .filter(|_| !first.too_long)
            .ok_or_else(refuse)?;
        check_columns(&header, &mapping)?;
        let fields = header.iter().map(|column| filled_by(column, &mapping)).collect();
        Ok(Self { lines, mapping, limits, header, reader, fields })
    }

    pub(super) fn next(&mut self) -> Option<Result<Record, InputError>> {
        loop {
            let first = match self.lines.next() {
                Ok(line) => line?,
                Err(error) => return Some(Err(error)),
            };
            if first.bytes.iter().all(u8::is_ascii_whitespace) && !first.too_long {
                continue;
            }
            let number = first.number;
            let message = match self.row(&first) {
                Ok(Ok(row)) => self.message(&row),
                Ok(Err(malformed)) => Err(malformed),
                Err(error) => return Some(Err(error)),
            };
            return Some(Ok(Record { line: number, message }));
        }
    }

    /// The bytes of a row, which goes on over lines while a quote is open. When the quote is not closed within the
    /// limit, the first line alone is malformed and the others are read again.
    fn row(&mut self, first: &Line) -> Result<Result<Vec<u8>, Malformed>, InputError> {
        if first.too_long {
            let fault = format!("the line is longer than the limit of {} bytes", self.limits.record_bytes);
            return Ok(Err(Malformed::new(fault, &first.bytes)));
        }
        let mut quotes = Quotes::new(self.mapping.delimiter);
        quotes.read(&first.bytes);
        let mut row = first.bytes.clone();
        let mut taken: Vec<Line> = Vec::new();
        while quotes.open {
            let next = self
                .lines
                .next()?
                .filter(|line| !line.too_long && row.len() + line.bytes.len() < self.limits.record_bytes);
            let Some(line) = next else {
                self.lines.put_back(taken);
                let fault = "a quote is opened here and not closed, up to the end or the limit of a record";
                return Ok(Err(Malformed::new(fault, &first.bytes)));
            };
            row.push(b'\n');
            quotes.read(b"\n");
            row.extend_from_slice(&line.bytes);
            quotes.read(&line.bytes);
            taken.push(line);
        }
        Ok(Ok(row))
    }

    fn message(&mut self, row: &[u8]) -> Result<Message, Malformed> {
        let refuse = |fault: String| Malformed::new(fault, row);
        if let Err(error) = std::str::from_utf8(row) {
            return Err(refuse(format!(
                "not UTF-8: the byte at {} is part of no character",
                error.valid_up_to()
            )));
        }
        let cells = cells(&mut self.reader, row, self.mapping.delimiter)
            .ok_or_else(|| refuse("the row cannot be read".to_owned()))?;
        if cells.len() != self.header.len() {
            return Err(refuse(format!(
                "the row has {} cells, the header {}",
                cells.len(),
                self.header.len()
            )));
        }
        let object = self.object(&cells).map_err(refuse)?;
        let builder: MessageBuilder =
            serde_json::from_value(Value::Object(object)).map_err(|error| refuse(error.to_string()))?;
        builder.build_within(&self.limits).map_err(|error| refuse(error.to_string()))
    }

    /// The row in the model's JSON form, which has one reader and one set of checks.
    fn object(&self, cells: &[String]) -> Result<Map<String, Value>, String> {
        let mut object = Map::new();
        for (field, value) in &self.mapping.constants {
            put(&mut object, field, Value::String(value.clone()));
        }
        for ((cell, column), fields) in cells.iter().zip(&self.header).zip(&self.fields) {
            if fields.is_empty() && !cell.is_empty() {
                // A column of the sender's own never takes a field's place.
                let mapped = FIELDS.iter().any(|(field, _)| field.split('.').next() == Some(column));
                let name = if mapped || MessageBuilder::FIELDS.contains(&column.as_str()) {
                    format!("{column}_column")
                } else {
                    column.clone()
                };
                object.insert(name, Value::String(cell.clone()));
            }
            for (field, kind) in fields.iter().filter(|_| !cell.trim().is_empty()) {
                put(
                    &mut object,
                    field,
                    self.value(*kind, cell).map_err(|fault| format!("column `{column}`: {fault}"))?,
                );
            }
        }
        if let Some(Value::Object(author)) = object.get_mut("author") {
            if author.contains_key("native_id") {
                let source = self.mapping.constants.get("source").cloned().unwrap_or_default();
                author.insert("source".to_owned(), Value::String(source));
            } else {
                object.remove("author");
            }
        }
        let is_deleted = object.get("times").is_some_and(|times| times.get("deleted").is_some());
        if is_deleted {
            object.remove("text");
            object.remove("title");
        } else {
            object.entry("text").or_insert_with(|| Value::String(String::new()));
        }
        Ok(object)
    }

    fn value(&self, kind: Cell, cell: &str) -> Result<Value, String> {
        let trimmed = cell.trim();
        match kind {
            Cell::Text => Ok(Value::String(cell.to_owned())),
            Cell::Time => self.mapping.clock.read(trimmed).map(|time| Value::String(time.to_rfc3339())),
            Cell::Count => {
                let whole = trimmed.strip_suffix(".0").unwrap_or(trimmed);
                whole.parse::<u64>().map(Value::from).map_err(|_| format!("`{trimmed}` is not a count"))
            }
            Cell::Number => {
                let number = trimmed.parse().ok().and_then(Number::from_f64);
                number.map(Value::Number).ok_or_else(|| format!("`{trimmed}` is not a number"))
            }
            Cell::Flag => match trimmed.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" | "t" | "y" => Ok(Value::Bool(true)),
                "false" | "no" | "0" | "f" | "n" => Ok(Value::Bool(false)),
                _ => Err(format!("`{trimmed}` is neither true nor false")),
            },
        }
    }
}

/// Sets a field named as in a mapping: `text`, `author.handle`, `created` (which stands in `times`).
fn put(object: &mut Map<String, Value>, field: &str, value: Value) {
    let time = ["created", "declared", "edited", "deleted", "observed"].contains(&field);
    let (outer, inner) = if time {
        ("times", Some(field))
    } else {
        field.split_once('.').map_or((field, None), |(a, b)| (a, Some(b)))
    };
    match inner {
        None => {
            object.insert(outer.to_owned(), value);
        }
        Some(inner) => {
            let nested = object.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(nested) = nested {
                nested.insert(inner.to_owned(), value);
            }
        }
    }
}

fn filled_by(column: &str, mapping: &Mapping) -> Vec<(&'static str, Cell)> {
    let fills = |field: &str| mapping.columns.get(field).is_some_and(|name| name == column);
    FIELDS.iter().filter(|(field, _)| fills(field)).copied().collect()
}

fn check_columns(header: &[String], mapping: &Mapping) -> Result<(), InputError> {
    let wanted: BTreeSet<&String> = mapping.columns.values().collect();
    let missing: Vec<String> = wanted
        .into_iter()
        .filter(|column| !header.contains(column))
        .map(|column| match did_you_mean(column, header.iter().map(String::as_str)) {
            Some(near) => format!("`{column}` (did you mean `{near}`?)"),
            None => format!("`{column}`"),
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let fault =
        format!("line 1: the header has no column {}; it has: {}", missing.join(", "), header.join(", "));
    Err(InputError::new(InputErrorKind::Columns, fault))
}

/// The cells of one row; `None` when it is no UTF-8. The reader is used again for every row, since making one is dear.
fn cells(reader: &mut csv_core::Reader, row: &[u8], delimiter: u8) -> Option<Vec<String>> {
    reader.reset();
    let mut bytes = vec![0; row.len()];
    let mut ends = vec![0; row.iter().filter(|byte| **byte == delimiter).count() + 1];
    let (mut input, mut written, mut ended) = (row, 0, 0);
    loop {
        let (result, read, wrote, closed) =
            reader.read_record(input, bytes.get_mut(written..)?, ends.get_mut(ended..)?);
        input = input.get(read..)?;
        written += wrote;
        ended += closed;
        match result {
            // Nothing is left to read: the reader is told so once more, and closes the last cell.
            csv_core::ReadRecordResult::InputEmpty => {}
            csv_core::ReadRecordResult::Record => break,
            _ => return None,
        }
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let cell =
        |(start, end): (usize, &usize)| Some(std::str::from_utf8(bytes.get(start..*end)?).ok()?.to_owned());
    starts.zip(ends.get(..ended)?).map(cell).collect()
}

/// Whether a quote is open: one opens where a cell begins, and two in a row are a quote within.
struct Quotes {
    delimiter: u8,
    open: bool,
    at_start: bool,
    after_quote: bool,
}

impl Quotes {
    fn new(delimiter: u8) -> Self {
        Self { delimiter, open: false, at_start: true, after_quote: false }
    }

    fn read(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'"' if self.open => {
                    self.open = false;
                    self.after_quote = true;
                    continue;
                }
                b'"' if self.at_start || self.after_quote => self.open = true,
                _ => {}
            }
            self.at_start = !self.open && *byte == self.delimiter;
            self.after_quote = false;
        }
    }
}
