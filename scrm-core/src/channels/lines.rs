//! Where does a line end? Lines of bounded length, numbered; one that is too long is passed over, not held.

use std::collections::VecDeque;
use std::io::BufRead;

use super::{InputError, InputErrorKind};
use crate::model::Limits;

/// One physical line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub number: u64,
    /// Its bytes without the line end; of a line that is too long, the beginning.
    pub bytes: Vec<u8>,
    /// Whether it was longer than the limit.
    pub too_long: bool,
}

/// An input's lines, as they are asked for. Lines can be put back, to be read again another way.
pub(super) struct Lines<R> {
    input: R,
    number: u64,
    max: usize,
    waiting: VecDeque<Line>,
}

impl<R: BufRead> Lines<R> {
    /// Looks at the first bytes: a byte order mark is passed over, what is no UTF-8 text is refused.
    pub(super) fn new(mut input: R, limits: &Limits) -> Result<Self, InputError> {
        let head = input.fill_buf().map_err(InputError::io)?;
        if head.is_empty() {
            return Err(InputError::new(
                InputErrorKind::Empty,
                "the input is empty; give a file with at least one record",
            ));
        }
        if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
            return Err(InputError::new(
                InputErrorKind::Encoding,
                "the input is UTF-16 text; save it as UTF-8",
            ));
        }
        let binary: &[(&[u8], &str)] = &[
            (b"PK\x03\x04", "a ZIP archive or a spreadsheet"),
            (b"\x1F\x8B", "compressed (gzip)"),
            (b"SQLite format 3", "an SQLite database"),
        ];
        if let Some((_, what)) = binary.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Err(InputError::new(
                InputErrorKind::Encoding,
                format!("the input is {what}; give CSV or JSON Lines as UTF-8 text"),
            ));
        }
        if head.starts_with(b"\xEF\xBB\xBF") {
            input.consume(3);
        }
        Ok(Self { input, number: 0, max: limits.record_bytes, waiting: VecDeque::new() })
    }

    pub(super) fn next(&mut self) -> Result<Option<Line>, InputError> {
        if let Some(line) = self.waiting.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let mut length = 0usize;
        let mut ended = false;
        while !ended {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(InputError::io(error)),
            };
            if chunk.is_empty() {
                break;
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            ended = end.is_some();
            let taken = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
            let room = self.max.saturating_sub(bytes.len()).min(taken.len());
            bytes.extend_from_slice(taken.get(..room).unwrap_or_default());
            length += taken.len();
            let used = taken.len() + usize::from(ended);
            self.input.consume(used);
        }
        if length == 0 && !ended {
            return Ok(None);
        }
        self.number += 1;
        let too_long = length > self.max;
        if bytes.last() == Some(&b'\r') && !too_long {
            bytes.pop();
        }
        Ok(Some(Line { number: self.number, bytes, too_long }))
    }

    /// Puts lines back, to be read next, in their order.
    pub(super) fn put_back(&mut self, lines: Vec<Line>) {
        for line in lines.into_iter().rev() {
            self.waiting.push_front(line);
        }
    }
}
