//! Where does a row end? Rows of an input as bytes, in blocks that are looked at apart from each other.
//!
//! Read [`Rows::next`] first. It holds one block at a time, and one row of it is never longer than the limit.

use std::collections::VecDeque;
use std::io::{self, Read};

use scrm_core::model::Limits;

/// Rows of a block, and its bytes; whichever is reached first ends it.
const ROWS: usize = 1024;
const BYTES: usize = 256 * 1024;

/// Some rows that follow each other.
pub(super) struct Block {
    bytes: Vec<u8>,
    rows: Vec<Row>,
    /// The number of its first row, from 1.
    pub first: u64,
}

struct Row {
    start: usize,
    end: usize,
    fault: Option<&'static str>,
}

impl Block {
    /// The rows: their bytes without the line end, or why they cannot be read.
    pub(super) fn rows(&self) -> impl Iterator<Item = Result<&[u8], &'static str>> {
        self.rows.iter().map(|row| match row.fault {
            Some(fault) => Err(fault),
            None => Ok(self.bytes.get(row.start..row.end).unwrap_or_default()),
        })
    }
}

/// An input as rows. A row of cells goes on over lines while a quote is open; blank lines are none.
pub(super) struct Rows {
    input: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    /// What stands between cells; absent, each line is a row.
    delimiter: Option<u8>,
    /// How many cells a row has, once that is known.
    width: Option<usize>,
    limit: usize,
    /// Lines that were taken for part of a row and are none.
    waiting: VecDeque<Line>,
    next: u64,
}

#[derive(Clone)]
struct Line {
    bytes: Vec<u8>,
    too_long: bool,
}

const TAB: u8 = b'\t';

/// How many cells a line has when its quotes are characters like others.
fn width(line: &[u8]) -> usize {
    line.iter().filter(|byte| **byte == TAB).count() + 1
}

const TOO_LONG: &str = "the line is longer than the limit of a record";
const UNCLOSED: &str = "a quote is opened here and not closed, up to the end or the limit of a record";

impl Rows {
    /// Begins, with a first look at the input.
    pub(super) fn new(
        input: Box<dyn Read + Send>,
        delimiter: Option<u8>,
        limits: &Limits,
    ) -> io::Result<Self> {
        let mut rows = Self {
            input,
            buffer: vec![0; BYTES],
            at: 0,
            filled: 0,
            delimiter,
            width: None,
            limit: limits.record_bytes,
            waiting: VecDeque::new(),
            next: 1,
        };
        rows.fill()?;
        Ok(rows)
    }

    /// The same of lines that are rows each, behind a byte order mark if there is one.
    pub(super) fn lines(input: Box<dyn Read + Send>, limits: &Limits) -> io::Result<Self> {
        let mut rows = Self::new(input, None, limits)?;
        rows.skip_mark();
        Ok(rows)
    }

    /// The bytes that the input begins with.
    pub(super) fn head(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    /// Passes over a byte order mark at the beginning.
    pub(super) fn skip_mark(&mut self) {
        if self.head().starts_with(b"\xEF\xBB\xBF") {
            self.at = 3;
        }
    }

    /// Says how many cells a row has.
    pub(super) fn set_width(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// The first row, which is not counted: a header. `None` at the end.
    pub(super) fn header(&mut self) -> io::Result<Option<Result<Vec<u8>, &'static str>>> {
        let mut block = Block { bytes: Vec::new(), rows: Vec::new(), first: 0 };
        while block.rows.is_empty() {
            if !self.row(&mut block)? {
                return Ok(None);
            }
        }
        Ok(block.rows().next().map(|row| row.map(<[u8]>::to_vec)))
    }

    /// The next rows, as far as they are there without waiting; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Block>> {
        let mut block = Block { bytes: Vec::new(), rows: Vec::new(), first: self.next };
        while block.rows.len() < ROWS && block.bytes.len() < BYTES {
            let waits = self.at == self.filled && self.waiting.is_empty();
            if (waits && !block.rows.is_empty()) || !self.row(&mut block)? {
                break;
            }
        }
        self.next += block.rows.len() as u64;
        Ok(if block.rows.is_empty() { None } else { Some(block) })
    }

    /// Adds the next row to a block; a blank line adds none. Says whether there was anything.
    fn row(&mut self, block: &mut Block) -> io::Result<bool> {
        let start = block.bytes.len();
        let mut add = |bytes: &[u8], fault| {
            block.bytes.extend_from_slice(bytes);
            block.rows.push(Row { start, end: start + bytes.len(), fault });
        };
        let Some(first) = self.line()? else { return Ok(false) };
        if first.too_long {
            add(&[], Some(TOO_LONG));
            return Ok(true);
        }
        if first.bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(true);
        }
        let Some(delimiter) = self.delimiter else {
            add(&first.bytes, None);
            return Ok(true);
        };
        let mut quotes = Quotes { delimiter, open: false, at_start: true, after_quote: false };
        quotes.read(&first.bytes);
        if !quotes.open {
            add(&first.bytes, None);
            return Ok(true);
        }
        if self.is_plain(&first.bytes) && self.next_is_row()? {
            add(&first.bytes, None);
            return Ok(true);
        }
        let mut row = first.bytes.clone();
        let mut taken: VecDeque<Line> = VecDeque::new();
        while quotes.open {
            let next = self.line()?;
            match next {
                Some(line) if !line.too_long && row.len() + line.bytes.len() < self.limit => {
                    row.push(b'\n');
                    quotes.read(b"\n");
                    row.extend_from_slice(&line.bytes);
                    quotes.read(&line.bytes);
                    taken.push_back(line);
                }
                next => {
                    // The first line alone is at fault; the others are read again.
                    taken.extend(next);
                    taken.append(&mut self.waiting);
                    self.waiting = taken;
                    if self.is_plain(&first.bytes) {
                        add(&first.bytes, None);
                    } else {
                        add(&[], Some(UNCLOSED));
                    }
                    return Ok(true);
                }
            }
        }
        add(&row, None);
        Ok(true)
    }

    /// Whether a line is a row by itself, its quotes being characters like others: where tabs part the cells, few who
    /// write such files put cells in quotes, and people's texts begin with quotes that are never closed.
    fn is_plain(&self, line: &[u8]) -> bool {
        self.delimiter == Some(TAB) && self.width == Some(width(line))
    }

    /// Whether the next line is a row by itself, or there is none.
    fn next_is_row(&mut self) -> io::Result<bool> {
        let Some(next) = self.line()? else { return Ok(true) };
        let is_row = self.is_plain(&next.bytes);
        self.waiting.push_front(next);
        Ok(is_row)
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.waiting.pop_front() {
            return Ok(Some(line));
        }
        let mut line = Line { bytes: Vec::new(), too_long: false };
        let mut any = false;
        loop {
            if self.at == self.filled && !self.fill()? {
                break;
            }
            any = true;
            let rest = self.buffer.get(self.at..self.filled).unwrap_or_default();
            let end = rest.iter().position(|byte| *byte == b'\n');
            let taken = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            line.too_long |= line.bytes.len() + taken.len() > self.limit;
            if !line.too_long {
                line.bytes.extend_from_slice(taken);
            }
            self.at += taken.len() + usize::from(end.is_some());
            if end.is_some() {
                break;
            }
        }
        if line.bytes.last() == Some(&b'\r') {
            line.bytes.pop();
        }
        Ok(any.then_some(line))
    }

    /// Fills the buffer again; says whether there was anything left to read.
    fn fill(&mut self) -> io::Result<bool> {
        (self.at, self.filled) = (0, 0);
        loop {
            match self.input.read(&mut self.buffer) {
                Ok(read) => {
                    self.filled = read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whether a quote is open: one opens where a cell begins, and two in a row are a quote within.
struct Quotes {
    delimiter: u8,
    open: bool,
    at_start: bool,
    after_quote: bool,
}

impl Quotes {
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

/// Reads the cells of rows.
pub(super) struct Cells {
    reader: csv_core::Reader,
    delimiter: u8,
    width: Option<usize>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    /// Cells with `delimiter` between them; `width` says how many a row has, where that is known.
    pub(super) fn new(delimiter: u8, width: Option<usize>) -> Self {
        let reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Self { reader, delimiter, width, bytes: Vec::new(), ends: Vec::new() }
    }

    /// The cells of a row.
    ///
    /// # Errors
    /// When it is no UTF-8 text.
    pub(super) fn read(&mut self, row: &[u8]) -> Result<Vec<&str>, String> {
        if let Err(error) = std::str::from_utf8(row) {
            return Err(format!("not UTF-8: the byte at {} is part of no character", error.valid_up_to()));
        }
        let plain = self.delimiter == TAB && self.width == Some(width(row)) && !row.contains(&b'\n');
        let ended = if plain { self.part(row) } else { self.split(row) };
        ended.and_then(|ended| self.cells(ended)).ok_or_else(|| "the row cannot be read".to_owned())
    }

    /// Parts a row at its tabs; a cell that stands in quotes as a whole is what stands in them.
    fn part(&mut self, row: &[u8]) -> Option<usize> {
        self.bytes.clear();
        self.ends.clear();
        for cell in row.split(|byte| *byte == TAB) {
            match quoted(cell) {
                Some(inner) => {
                    let mut after_quote = false;
                    for byte in inner {
                        after_quote = *byte == b'"' && !after_quote;
                        if !after_quote {
                            self.bytes.push(*byte);
                        }
                    }
                }
                None => self.bytes.extend_from_slice(cell),
            }
            self.ends.push(self.bytes.len());
        }
        Some(self.ends.len())
    }

    fn split(&mut self, row: &[u8]) -> Option<usize> {
        self.reader.reset();
        self.bytes.clear();
        self.bytes.resize(row.len(), 0);
        self.ends.clear();
        self.ends.resize(row.iter().filter(|byte| **byte == self.delimiter).count() + 1, 0);
        let (mut input, mut written, mut ended) = (row, 0, 0);
        loop {
            let (result, read, wrote, closed) =
                self.reader.read_record(input, self.bytes.get_mut(written..)?, self.ends.get_mut(ended..)?);
            input = input.get(read..)?;
            written += wrote;
            ended += closed;
            match result {
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::Record => break,
                _ => return None,
            }
        }
        Some(ended)
    }

    fn cells(&self, ended: usize) -> Option<Vec<&str>> {
        let ends = self.ends.get(..ended)?;
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let cell = |(start, end): (usize, &usize)| std::str::from_utf8(self.bytes.get(start..*end)?).ok();
        starts.zip(ends).map(cell).collect()
    }
}

/// What stands in the quotes in which a whole cell stands, those within written twice.
fn quoted(cell: &[u8]) -> Option<&[u8]> {
    let inner = cell.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut runs = inner.split(|byte| *byte != b'"');
    runs.all(|quotes| quotes.len() % 2 == 0).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(input: &'static str, delimiter: Option<u8>) -> Vec<Result<String, &'static str>> {
        let mut limits = Limits::DEFAULT;
        limits.record_bytes = 16;
        let mut rows = Rows::new(Box::new(input.as_bytes()), delimiter, &limits).unwrap();
        let mut all = Vec::new();
        while let Some(block) = rows.next().unwrap() {
            assert_eq!(block.first, all.len() as u64 + 1);
            all.extend(block.rows().map(|row| row.map(|row| String::from_utf8(row.to_vec()).unwrap())));
        }
        all
    }

    #[test]
    fn rows_end_where_no_quote_is_open() {
        let ok = |row: &str| Ok(row.to_owned());
        assert_eq!(rows("a\r\n\n b\nc", None), [ok("a"), ok(" b"), ok("c")]);
        assert_eq!(rows("", None), []);
        assert_eq!(rows("a,\"b\nc\"\nd,\"e\"\"\n\"\n", Some(b',')), [ok("a,\"b\nc\""), ok("d,\"e\"\"\n\"")]);
        assert_eq!(rows("a,b\"c\nd", Some(b',')), [ok("a,b\"c"), ok("d")]);
        assert_eq!(rows("\"a\nb\nc", Some(b',')), [Err(UNCLOSED), ok("b"), ok("c")]);
        assert_eq!(rows("12345678901234567\nb", None), [Err(TOO_LONG), ok("b")]);
        assert_eq!(rows("a,\"b\n12345678901234567\nc", Some(b',')), [Err(UNCLOSED), Err(TOO_LONG), ok("c")]);
    }

    #[test]
    fn cells_are_those_between_delimiters() {
        let mut cells = Cells::new(TAB, None);
        assert_eq!(cells.read(b"a\t\"b\tc\"\t").unwrap(), ["a", "b\tc", ""]);
        assert_eq!(cells.read("é\t\"\"\"x\"".as_bytes()).unwrap(), ["é", "\"x"]);
        assert!(cells.read(b"\xff").is_err());
        let mut cells = Cells::new(TAB, Some(2));
        assert_eq!(cells.read(b"a\t\"b").unwrap(), ["a", "\"b"]);
        assert_eq!(cells.read(b"\"a\" b\t\"c \"\"d\"\"\"").unwrap(), ["\"a\" b", "c \"d\""]);
        assert_eq!(cells.read(b"\"\t\"\"").unwrap(), ["\"", ""]);
        assert_eq!(cells.read(b"\"a\tb\"\tc").unwrap(), ["a\tb", "c"]);
        assert_eq!(cells.read(b"\"a\nb\"\tc").unwrap(), ["a\nb", "c"]);
    }

    #[test]
    fn a_text_between_tabs_may_begin_with_a_quote() {
        let limits = Limits::DEFAULT;
        let input = "1\t\"a\n2\tb\n3\t\"c\nd\"\n4\t\"e";
        let mut rows = Rows::new(Box::new(input.as_bytes()), Some(TAB), &limits).unwrap();
        rows.set_width(2);
        let block = rows.next().unwrap().unwrap();
        let read: Vec<_> =
            block.rows().map(|row| String::from_utf8(row.unwrap().to_vec()).unwrap()).collect();
        assert_eq!(read, ["1\t\"a", "2\tb", "3\t\"c\nd\"", "4\t\"e"]);
    }
}
