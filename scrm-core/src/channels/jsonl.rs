//! What does a line of JSON say? The model's own form of a message, one object per line.

use std::io::BufRead;

use super::lines::{Line, Lines};
use super::{InputError, Malformed, Record};
use crate::model::{Limits, Message, MessageBuilder};

pub(super) struct Jsonl<R> {
    lines: Lines<R>,
    limits: Limits,
}

impl<R: BufRead> Jsonl<R> {
    pub(super) fn new(lines: Lines<R>, limits: Limits) -> Self {
        Self { lines, limits }
    }

    /// The next record; lines that hold nothing but white space are none.
    pub(super) fn next(&mut self) -> Option<Result<Record, InputError>> {
        loop {
            let line = match self.lines.next() {
                Ok(line) => line?,
                Err(error) => return Some(Err(error)),
            };
            if line.too_long || !line.bytes.iter().all(u8::is_ascii_whitespace) {
                return Some(Ok(Record { line: line.number, message: self.message(&line) }));
            }
        }
    }

    fn message(&self, line: &Line) -> Result<Message, Malformed> {
        let refuse = |fault: String| Malformed::new(fault, &line.bytes);
        if line.too_long {
            return Err(refuse(format!(
                "the line is longer than the limit of {} bytes",
                self.limits.record_bytes
            )));
        }
        let text = std::str::from_utf8(&line.bytes).map_err(|error| {
            refuse(format!("not UTF-8: the byte at {} is part of no character", error.valid_up_to()))
        })?;
        let builder: MessageBuilder = serde_json::from_str(text).map_err(|error| refuse(plain(&error)))?;
        builder.build_within(&self.limits).map_err(|error| refuse(error.to_string()))
    }
}

/// What the JSON reader says, with the column but not the line: each line is read by itself.
fn plain(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match said.rsplit_once(" at line ") {
        Some((what, _)) if error.column() > 0 => format!("{what} (column {})", error.column()),
        _ => said,
    }
}
