//! What is said of each row of a table? A line for each, in the order of the rows.
//!
//! Read [`answer`] first. One thread reads, others do the work, and this one writes; between them there are never more
//! than a few blocks of rows, so that the input may be of any length.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use indicatif::ProgressBar;
use scrm_core::channels::{Format, Records};
use scrm_core::listen::Duplicates;
use scrm_core::model::{Limits, Message};
use scrm_core::query::Uses;
use scrm_core::text::Text;
use serde::Serialize;

use super::args::{Table, TableFormat};
use super::input::{self, Input};
use super::output::complain;
use super::rows::{Block, Cells, Rows};
use super::{Exit, Failure};
use crate::common::{self, Columns, Filled};

/// How long the writer waits before it looks whether somebody wants to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// Says something of each message, on any thread.
pub(super) trait Teller: Send + Sync + 'static {
    /// What one thread uses again for each message.
    type Tools: Default;
    /// What is counted besides rows.
    type Tally: Tally;

    /// What is asked of messages: which columns are words.
    fn uses(&self) -> &Uses;

    /// What remembers the rows before one, when it is asked whether they said the same.
    fn duplicates(&self) -> Option<Duplicates> {
        None
    }

    /// Appends what is said of a message, without the end of the line. `repeats` says whether an earlier row said the
    /// same, when that is asked.
    fn tell(
        &self,
        message: &Message,
        row: u64,
        repeats: bool,
        tools: &mut Self::Tools,
        lines: &mut Lines<Self::Tally>,
    ) -> Result<(), serde_json::Error>;

    /// Says on standard error what the lines do not say.
    fn conclude(&self, totals: &Totals<Self::Tally>) {
        totals.tell_bad();
        totals.tell_odd();
    }
}

/// Counts of which many become one.
pub(super) trait Tally: Default + Send + 'static {
    /// Takes in those of other rows.
    fn add(&mut self, other: Self);
}

impl Tally for () {
    fn add(&mut self, (): Self) {}
}

/// What came of a block.
#[derive(Default)]
pub(super) struct Lines<T> {
    pub bytes: Vec<u8>,
    pub totals: Totals<T>,
}

/// What came of all rows.
#[derive(Default)]
pub(super) struct Totals<T> {
    pub rows: u64,
    pub bad: u64,
    pub tally: T,
    first_fault: String,
    /// By column: how many cells could not be read as what its name says.
    odd: BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct BadLine<'a> {
    row: u64,
    error: &'a str,
}

/// A table that is open: its rows, and how messages are made of them.
struct Opened {
    name: String,
    bar: ProgressBar,
    rows: Rows,
    reader: Reader,
}

impl Opened {
    fn new(args: &Table, uses: &Uses) -> Result<Self, Failure> {
        let limits = Limits::DEFAULT;
        let delimiter = delimiter(args)?;
        let Input { name, reader, bar } = input::raw(&args.input)?;
        let bad = |fault: String| Failure::new(Exit::Input, format!("input `{name}`: {fault}"));
        let mut rows =
            Rows::new(reader, delimiter, &limits).map_err(|error| bad(format!("reading failed: {error}")))?;
        // What is no text is refused as every input is.
        Records::new(rows.head(), &Format::Jsonl, &limits).map_err(|error| bad(error.to_string()))?;
        rows.skip_mark();
        let columns = match delimiter {
            None => None,
            Some(delimiter) => Some(columns(&mut rows, delimiter, &args.text_column, uses).map_err(&bad)?),
        };
        let delimiter = delimiter.unwrap_or(b',');
        let reader = Reader { columns, delimiter, text: args.text_column.clone(), limits };
        Ok(Self { name, bar, rows, reader })
    }
}

/// Shows each message of a table, in the order of the rows; gives the number of rows that cannot be read. `None` when
/// somebody wants to stop.
pub(super) fn each(
    args: &Table,
    uses: &Uses,
    interrupted: &dyn Fn() -> bool,
    seen: &mut dyn FnMut(&Message),
) -> Result<Option<u64>, Failure> {
    let Opened { name, bar, mut rows, reader } = Opened::new(args, uses)?;
    let bad = |fault: String| Failure::new(Exit::Input, format!("input `{name}`: {fault}"));
    let mut cells = Cells::new(reader.delimiter, reader.columns.as_ref().map(Columns::len));
    let (mut read, mut refused, mut first) = (0u64, 0u64, None);
    while let Some(block) = rows.next().map_err(|error| bad(format!("reading failed: {error}")))? {
        if interrupted() {
            return Ok(None);
        }
        for (number, row) in (block.first..).zip(block.rows()) {
            match row.map_err(str::to_owned).and_then(|row| reader.message(row, number, &mut cells)) {
                Ok(row) => {
                    read += 1;
                    seen(&row.message);
                }
                Err(fault) => {
                    refused += 1;
                    first.get_or_insert(fault);
                }
            }
        }
    }
    bar.finish_and_clear();
    match first {
        Some(fault) if read == 0 => Err(bad(format!("no row can be read; the first: {fault}"))),
        _ => Ok(Some(refused)),
    }
}

/// Says of each row what the teller says of its message, and gives the exit status.
pub(super) fn answer<T: Teller>(
    args: &Table,
    teller: T,
    interrupted: &dyn Fn() -> bool,
) -> Result<Exit, Failure> {
    let Opened { name, bar, rows, reader } = Opened::new(args, teller.uses())?;
    let bad = |fault: String| Failure::new(Exit::Input, format!("input `{name}`: {fault}"));
    let turns = teller.duplicates();
    let turns = turns.map(|memory| Turns { next: Mutex::new((1, memory)), passed: Condvar::new() });
    let worker = Arc::new(Worker { teller, turns, reader });
    let threads = args.threads.or_else(|| std::thread::available_parallelism().ok());
    let mut totals = Totals::default();
    let ended = run(rows, &worker, threads.unwrap_or(NonZeroUsize::MIN), interrupted, &mut totals);
    bar.finish_and_clear();
    let ended = match ended {
        Ok(ended) => ended,
        Err(Stop::Read(error)) => return Err(bad(format!("reading failed: {error}"))),
        Err(Stop::Write(error)) => return Err(error.into()),
        Err(Stop::Fault) => {
            return Err(bad("a fault in scrm itself, please report it".to_owned()));
        }
    };
    worker.teller.conclude(&totals);
    match ended {
        Ended::Interrupted => Ok(Exit::Interrupted),
        Ended::Done if totals.rows > 0 && totals.bad == totals.rows => {
            Err(bad(format!("no row can be read; the first: {}", totals.first_fault)))
        }
        Ended::Done | Ended::Closed => Ok(Exit::Done),
    }
}

/// What stands between the cells of the input; none when its lines are JSON. The ending of its name counts more than
/// `--format jsonl`, which is also what comes out.
fn delimiter(args: &Table) -> Result<Option<u8>, Failure> {
    let ending =
        args.input.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match (args.format, ending.as_str()) {
        (Some(TableFormat::Csv), _) | (None | Some(TableFormat::Jsonl), "csv") => Ok(Some(b',')),
        (Some(TableFormat::Tsv), _) | (None | Some(TableFormat::Jsonl), "tsv") => Ok(Some(b'\t')),
        (Some(TableFormat::Jsonl), _) | (None, "jsonl" | "ndjson" | "json") => Ok(None),
        (None, _) => {
            let shown = args.input.display();
            Err(Failure::new(
                Exit::Usage,
                format!(
                    "input `{shown}`: its name does not say how it is written; give --format csv, --format tsv or \
                     --format jsonl"
                ),
            ))
        }
    }
}

fn columns(rows: &mut Rows, delimiter: u8, text: &str, uses: &Uses) -> Result<Columns, String> {
    let header = rows.header().map_err(|error| format!("reading failed: {error}"))?;
    let header = header.ok_or_else(|| "the input is empty; its first row names the columns".to_owned())?;
    let in_header = |fault: String| format!("the header in line 1: {fault}");
    let header = header.map_err(|fault| in_header(fault.to_owned()))?;
    let mut cells = Cells::new(delimiter, None);
    let names: Vec<String> = cells.read(&header).map_err(in_header)?.into_iter().map(str::to_owned).collect();
    rows.set_width(names.len());
    Columns::new(&names, text, uses, &Limits::DEFAULT)
}

/// Makes messages of rows, and has something said of them.
struct Worker<T> {
    teller: T,
    turns: Option<Turns>,
    reader: Reader,
}

/// Makes messages of rows.
struct Reader {
    columns: Option<Columns>,
    delimiter: u8,
    text: String,
    limits: Limits,
}

impl Reader {
    fn message(&self, row: &[u8], number: u64, cells: &mut Cells) -> Result<Filled, String> {
        let Some(columns) = &self.columns else {
            if let Err(error) = std::str::from_utf8(row) {
                return Err(format!(
                    "not UTF-8: the byte at {} is part of no character",
                    error.valid_up_to()
                ));
            }
            return common::read_json(row, &self.text, number, &self.limits);
        };
        let cells = cells.read(row)?;
        if cells.len() != columns.len() {
            return Err(format!("the row has {} cells, the header {}", cells.len(), columns.len()));
        }
        columns.message(&cells, number)
    }
}

impl<T: Teller> Worker<T> {
    fn block(&self, block: &Block, cells: &mut Cells, tools: &mut T::Tools) -> Lines<T::Tally> {
        let mut lines = Lines::default();
        let mut read = |(number, row): (u64, Result<&[u8], &'static str>)| {
            row.map_err(str::to_owned).and_then(|row| self.reader.message(row, number, cells))
        };
        let rows = (block.first..).zip(block.rows());
        match &self.turns {
            None => rows.for_each(|row| self.line(row.0, read(row), false, tools, &mut lines)),
            Some(turns) => {
                let rows: Vec<_> = rows.map(|row| (row.0, read(row))).collect();
                let repeats = turns.observe(block.first, &rows);
                for ((number, read), repeats) in rows.into_iter().zip(repeats) {
                    self.line(number, read, repeats, tools, &mut lines);
                }
            }
        }
        lines
    }

    fn line(
        &self,
        number: u64,
        read: Result<Filled, String>,
        repeats: bool,
        tools: &mut T::Tools,
        lines: &mut Lines<T::Tally>,
    ) {
        let written = match read {
            Ok(Filled { message, odd }) => {
                for column in odd {
                    *lines.totals.odd.entry(column).or_default() += 1;
                }
                self.teller.tell(&message, number, repeats, tools, lines)
            }
            Err(error) => {
                lines.totals.bad += 1;
                let written =
                    serde_json::to_writer(&mut lines.bytes, &BadLine { row: number, error: &error });
                if lines.totals.first_fault.is_empty() {
                    lines.totals.first_fault = error;
                }
                written
            }
        };
        debug_assert!(written.is_ok(), "what is written to memory has a JSON form");
        lines.bytes.push(b'\n');
        lines.totals.rows += 1;
    }
}

/// Lets blocks remember their rows one after another, in the order of the input.
struct Turns {
    /// The row that is next, and what is remembered of those before it.
    next: Mutex<(u64, Duplicates)>,
    passed: Condvar,
}

impl Turns {
    /// Which of the rows repeat an earlier one. Waits for the blocks before: the first that is not done is never one that
    /// waits, since blocks are taken in their order.
    fn observe(&self, first: u64, rows: &[(u64, Result<Filled, String>)]) -> Vec<bool> {
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next =
            self.passed.wait_while(next, |next| next.0 != first).unwrap_or_else(PoisonError::into_inner);
        let memory = &mut next.1;
        let repeat = |(_, read): &(u64, Result<Filled, String>)| {
            read.as_ref()
                .is_ok_and(|row| memory.observe(&row.message, &Text::new(row.message.text())).is_some())
        };
        let repeats = rows.iter().map(repeat).collect();
        next.0 += rows.len() as u64;
        self.passed.notify_all();
        repeats
    }
}

impl<T: Tally> Totals<T> {
    fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.bad += other.bad;
        self.tally.add(other.tally);
        if self.first_fault.is_empty() {
            self.first_fault = other.first_fault;
        }
        for (column, count) in other.odd {
            *self.odd.entry(column).or_default() += count;
        }
    }

    /// Says how many rows cannot be read, if any.
    pub(super) fn tell_bad(&self) {
        if self.bad > 0 {
            complain(&format!("{} of {} rows cannot be read; their lines say why", self.bad, self.rows));
        }
    }

    /// Says of which columns there are cells that are not what the name says.
    pub(super) fn tell_odd(&self) {
        for (column, count) in &self.odd {
            complain(&format!(
                "{count} cells of the column `{column}` are not what its name says, and are kept as other columns are"
            ));
        }
    }
}

/// How the work ended.
enum Ended {
    Done,
    Interrupted,
    /// Nobody reads on.
    Closed,
}

/// Why the work could not be ended.
enum Stop {
    Read(io::Error),
    Write(io::Error),
    Fault,
}

/// A block on its way to whoever works on it, and where to the lines go.
type Job<T> = (Block, SyncSender<Lines<T>>);

/// Lines that will come, in the order of the input; or that reading failed.
type Coming<T> = Result<Receiver<Lines<T>>, io::Error>;

fn run<T: Teller>(
    rows: Rows,
    worker: &Arc<Worker<T>>,
    threads: NonZeroUsize,
    interrupted: &dyn Fn() -> bool,
    totals: &mut Totals<T::Tally>,
) -> Result<Ended, Stop> {
    let (jobs, taken) = sync_channel::<Job<T::Tally>>(threads.get());
    let (order, coming) = sync_channel::<Coming<T::Tally>>(threads.get() * 2);
    // None of them is waited for: one that waits for its input ends with the program.
    let start = || std::thread::Builder::new();
    start().spawn(move || read(rows, &jobs, &order)).map_err(Stop::Read)?;
    let taken = Arc::new(Mutex::new(taken));
    for number in 0..threads.get() {
        let (worker, taken) = (Arc::clone(worker), Arc::clone(&taken));
        match start().spawn(move || work(&worker, &taken)) {
            // Fewer threads than asked for do the same work.
            Err(_) if number > 0 => break,
            started => drop(started.map_err(Stop::Read)?),
        }
    }
    drop(taken);
    write(&coming, interrupted, totals)
}

fn read<T: Tally>(mut rows: Rows, jobs: &SyncSender<Job<T>>, order: &SyncSender<Coming<T>>) {
    loop {
        match rows.next() {
            Ok(None) => return,
            Ok(Some(block)) => {
                let (done, lines) = sync_channel(1);
                if order.send(Ok(lines)).is_err() || jobs.send((block, done)).is_err() {
                    return;
                }
            }
            Err(error) => {
                let _ = order.send(Err(error));
                return;
            }
        }
    }
}

fn work<T: Teller>(worker: &Worker<T>, taken: &Mutex<Receiver<Job<T::Tally>>>) {
    let width = worker.reader.columns.as_ref().map(Columns::len);
    let (mut cells, mut tools) = (Cells::new(worker.reader.delimiter, width), T::Tools::default());
    loop {
        let job = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((block, done)) = job else { return };
        let _ = done.send(worker.block(&block, &mut cells, &mut tools));
    }
}

fn write<T: Tally>(
    coming: &Receiver<Coming<T>>,
    interrupted: &dyn Fn() -> bool,
    totals: &mut Totals<T>,
) -> Result<Ended, Stop> {
    let mut out = io::stdout().lock();
    let mut next: Option<Receiver<Lines<T>>> = None;
    loop {
        if interrupted() {
            return Ok(Ended::Interrupted);
        }
        let lines = match &next {
            Some(lines) => match lines.recv_timeout(PATIENCE) {
                Ok(lines) => lines,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return Err(Stop::Fault),
            },
            None => match coming.recv_timeout(PATIENCE) {
                Ok(Ok(lines)) => {
                    next = Some(lines);
                    continue;
                }
                Ok(Err(error)) => return Err(Stop::Read(error)),
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return Ok(Ended::Done),
            },
        };
        next = None;
        totals.add(lines.totals);
        match put(&mut out, &lines.bytes, interrupted) {
            Ok(true) => {}
            Ok(false) => return Ok(Ended::Interrupted),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Ended::Closed),
            Err(error) => return Err(Stop::Write(error)),
        }
    }
}

/// Writes all of it, unless somebody wants to stop while nobody reads; says whether it did.
fn put(out: &mut impl Write, mut bytes: &[u8], interrupted: &dyn Fn() -> bool) -> io::Result<bool> {
    while !bytes.is_empty() {
        match out.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if !bytes.is_empty() && interrupted() {
            return Ok(false);
        }
    }
    out.flush().map(|()| true)
}
