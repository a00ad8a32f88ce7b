//! What did this payload say? One file per format: bytes in, messages out.
//!
//! Read [`Records`] first: an input as a row of records, each a message or the reason why it is none. A record that
//! cannot be read is kept as it came, with its number, and the rest goes on.

mod csv;
mod jsonl;
mod lines;
mod mapping;

use std::io::BufRead;

pub use mapping::{Clock, Mapping};

use crate::model::{Limits, Message};

/// How an input is written.
#[derive(Debug, Clone)]
pub enum Format {
    /// One JSON object per line, in the model's own form.
    Jsonl,
    /// Rows under a header, read by a mapping.
    Csv(Mapping),
}

/// One record of an input, with the line it began on (from 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The line, from 1.
    pub line: u64,
    /// The message, or why there is none.
    pub message: Result<Message, Malformed>,
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct Malformed {
    /// Why.
    pub fault: String,
    /// The record as it came; bytes that are no text are replaced, and what is too long is cut.
    pub raw: String,
}

impl Malformed {
    fn new(fault: impl Into<String>, raw: &[u8]) -> Self {
        const KEPT: usize = 64 * 1024;
        let kept = raw.get(..KEPT).unwrap_or(raw);
        Self { fault: fault.into(), raw: String::from_utf8_lossy(kept).into_owned() }
    }
}

/// Why an input cannot be read at all, or no further.
#[derive(Debug, thiserror::Error)]
#[error("{fault}")]
pub struct InputError {
    kind: InputErrorKind,
    fault: String,
    source: Option<std::io::Error>,
}

/// What stands in the way of reading an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputErrorKind {
    /// There is nothing in it.
    Empty,
    /// It is not UTF-8, but another encoding of text, or no text at all.
    Encoding,
    /// Columns that the mapping names are not there.
    Columns,
    /// Reading failed.
    Io,
}

impl InputError {
    fn new(kind: InputErrorKind, fault: impl Into<String>) -> Self {
        Self { kind, fault: fault.into(), source: None }
    }

    fn io(source: std::io::Error) -> Self {
        Self { kind: InputErrorKind::Io, fault: format!("reading failed: {source}"), source: Some(source) }
    }

    /// What stands in the way.
    pub fn kind(&self) -> InputErrorKind {
        self.kind
    }

    /// What the system said, where it said something.
    pub fn io_error(&self) -> Option<&std::io::Error> {
        self.source.as_ref()
    }
}

/// An input as a row of records. Reads as it is asked; holds one record at a time.
///
/// ```
/// use scrm_core::channels::{Format, Records};
/// use scrm_core::model::Limits;
/// let input = "not json\n{\"source\":\"x\",\"external_id\":\"1\",\"kind\":\"post\",\"visibility\":\"public\",\
///              \"text\":\"hi\",\"times\":{\"created\":\"2026-11-02T08:14:00Z\"}}\n";
/// let records = Records::new(input.as_bytes(), &Format::Jsonl, &Limits::DEFAULT).unwrap();
/// let read: Vec<_> = records.collect::<Result<_, _>>().unwrap();
/// assert!(read[0].message.is_err() && read[1].message.is_ok());
/// assert_eq!(read[1].line, 2);
/// ```
pub struct Records<R>(Kind<R>);

enum Kind<R> {
    Jsonl(jsonl::Jsonl<R>),
    Csv(Box<csv::Csv<R>>),
}

impl<R: BufRead> Records<R> {
    /// Begins to read; the header of a CSV input is read at once.
    ///
    /// # Errors
    /// When there is nothing to read, when it is no UTF-8 text, or when columns are missing.
    pub fn new(input: R, format: &Format, limits: &Limits) -> Result<Self, InputError> {
        let lines = lines::Lines::new(input, limits)?;
        Ok(Self(match format {
            Format::Jsonl => Kind::Jsonl(jsonl::Jsonl::new(lines, limits.clone())),
            Format::Csv(mapping) => {
                Kind::Csv(Box::new(csv::Csv::new(lines, mapping.clone(), limits.clone())?))
            }
        }))
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Record, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Kind::Jsonl(jsonl) => jsonl.next(),
            Kind::Csv(csv) => csv.next(),
        }
    }
}

#[cfg(test)]
mod tests;
