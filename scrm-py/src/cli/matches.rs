//! Which monitors does each row match? A line of JSON for each row, in the order of the rows.
//!
//! Read [`matches`] first. One thread reads, others match, and this one writes; between them there are never more than a
//! few blocks of rows, so that the input may be of any length.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use scrm_core::channels::{Format, Records};
use scrm_core::diagnostic::did_you_mean;
use scrm_core::listen::{Listener, Monitors, Topics};
use scrm_core::model::{Limits, Message};
use scrm_core::query::Document;
use scrm_core::text::Text;
use serde::Serialize;

use super::args::{Match, TableFormat};
use super::output::complain;
use super::rows::{Block, Cells, Rows};
use super::{Exit, Failure, input};
use crate::common::{self, Clauses, Columns, Explained, Filled, Spans};

/// How long the writer waits before it looks whether somebody wants to stop.
const PATIENCE: Duration = Duration::from_millis(50);

pub(super) fn matches(args: &Match, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    let (monitors, report) =
        common::read_file(&args.monitors).map_err(|fault| Failure::new(Exit::Playbook, fault))?;
    if report.errors() > 0 {
        let fault = format!("the monitors cannot be used\n\n{report}");
        return Err(Failure::new(Exit::Playbook, fault));
    }
    if !report.diagnostics().is_empty() {
        complain(&format!("the monitors have warnings\n\n{report}"));
    }
    let limits = Limits::DEFAULT;
    let listener = Listener::compile(&monitors, &Topics::default(), &limits)
        .map_err(|error| Failure::new(Exit::Playbook, error.to_string()))?;
    if let Some(id) = &args.explain {
        known(id, &monitors)?;
    }
    let delimiter = delimiter(args)?;
    let raw = input::raw(&args.input)?;
    let bad = |fault: String| Failure::new(Exit::Input, format!("input `{}`: {fault}", raw.name));
    let mut rows =
        Rows::new(raw.reader, delimiter, &limits).map_err(|error| bad(format!("reading failed: {error}")))?;
    // What is no text is refused as every input is.
    Records::new(rows.head(), &Format::Jsonl, &limits).map_err(|error| bad(error.to_string()))?;
    rows.skip_mark();
    let columns = match delimiter {
        None => None,
        Some(delimiter) => Some(columns(&mut rows, delimiter, &args.text_column, &listener).map_err(&bad)?),
    };
    drop(monitors);
    let matcher = Matcher {
        listener,
        columns,
        delimiter: delimiter.unwrap_or(b','),
        text: args.text_column.clone(),
        spans: args.spans,
        explain: args.explain.clone(),
        stats: args.stats,
        limits,
    };
    let threads = args.threads.or_else(|| std::thread::available_parallelism().ok());
    let mut totals = Totals::default();
    let ended = run(rows, matcher, threads.unwrap_or(NonZeroUsize::MIN), interrupted, &mut totals);
    raw.bar.finish_and_clear();
    let ended = match ended {
        Ok(ended) => ended,
        Err(Stop::Read(error)) => return Err(bad(format!("reading failed: {error}"))),
        Err(Stop::Write(error)) => return Err(error.into()),
        Err(Stop::Fault) => {
            return Err(bad("a fault in scrm itself, please report it".to_owned()));
        }
    };
    totals.tell(args.stats);
    match ended {
        Ended::Interrupted => Ok(Exit::Interrupted),
        Ended::Done if totals.rows > 0 && totals.bad == totals.rows => {
            Err(bad(format!("no row can be read; the first: {}", totals.first_fault)))
        }
        Ended::Done | Ended::Closed => Ok(Exit::Done),
    }
}

fn known(id: &str, monitors: &Monitors) -> Result<(), Failure> {
    if monitors.monitors.contains_key(id) {
        return Ok(());
    }
    let ids = monitors.monitors.keys().map(scrm_core::model::MonitorId::as_str);
    let help = did_you_mean(id, ids).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err(Failure::new(Exit::Usage, format!("--explain {id}: there is no monitor `{id}`{help}")))
}

/// What stands between the cells of the input; none when its lines are JSON. The ending of its name counts more than
/// `--format jsonl`, which is also what comes out.
fn delimiter(args: &Match) -> Result<Option<u8>, Failure> {
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

fn columns(rows: &mut Rows, delimiter: u8, text: &str, listener: &Listener) -> Result<Columns, String> {
    let header = rows.header().map_err(|error| format!("reading failed: {error}"))?;
    let header = header.ok_or_else(|| "the input is empty; its first row names the columns".to_owned())?;
    let in_header = |fault: String| format!("the header in line 1: {fault}");
    let header = header.map_err(|fault| in_header(fault.to_owned()))?;
    let mut cells = Cells::new(delimiter, None);
    let names: Vec<String> = cells.read(&header).map_err(in_header)?.into_iter().map(str::to_owned).collect();
    rows.set_width(names.len());
    Columns::new(&names, text, listener.uses(), &Limits::DEFAULT)
}

/// What is asked of each row.
struct Matcher {
    listener: Listener,
    columns: Option<Columns>,
    delimiter: u8,
    text: String,
    spans: bool,
    explain: Option<String>,
    stats: bool,
    limits: Limits,
}

/// What came of a block.
#[derive(Default)]
struct Lines {
    json: Vec<u8>,
    totals: Totals,
}

/// What came of all rows.
#[derive(Default)]
struct Totals {
    rows: u64,
    matched: u64,
    bad: u64,
    first_fault: String,
    /// By monitor: how many rows it matches.
    hits: BTreeMap<String, u64>,
    /// By column: how many cells could not be read as what its name says.
    odd: BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct Line<'a> {
    row: u64,
    hits: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spans: Option<BTreeMap<&'a str, Vec<Spans>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: Option<Explained>,
}

#[derive(Serialize)]
struct BadLine<'a> {
    row: u64,
    error: &'a str,
}

/// What one thread uses again for each row.
struct Tools {
    cells: Cells,
    clauses: Clauses,
}

impl Matcher {
    fn block(&self, block: &Block, tools: &mut Tools) -> Lines {
        let mut lines = Lines::default();
        for (number, row) in (block.first..).zip(block.rows()) {
            let read = row.map_err(str::to_owned).and_then(|row| self.message(row, number, &mut tools.cells));
            let written = match read {
                Ok(Filled { message, odd }) => {
                    for column in odd {
                        *lines.totals.odd.entry(column).or_default() += 1;
                    }
                    self.row(&message, number, tools, &mut lines)
                }
                Err(error) => {
                    lines.totals.bad += 1;
                    let written =
                        serde_json::to_writer(&mut lines.json, &BadLine { row: number, error: &error });
                    if lines.totals.first_fault.is_empty() {
                        lines.totals.first_fault = error;
                    }
                    written
                }
            };
            debug_assert!(written.is_ok(), "what is written to memory has a JSON form");
            lines.json.push(b'\n');
            lines.totals.rows += 1;
        }
        lines
    }

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

    fn row(
        &self,
        message: &Message,
        row: u64,
        tools: &mut Tools,
        lines: &mut Lines,
    ) -> Result<(), serde_json::Error> {
        let text = Text::new(message.text());
        let document = Document::new(message, &text, self.listener.uses());
        let heard;
        let (hits, spans) = if self.spans {
            heard = self.listener.hear(&document);
            let spans = heard.matches.iter();
            let spans = spans.map(|found| (found.id(), common::spans(&document, found, &mut tools.clauses)));
            (heard.matches.iter().map(scrm_core::listen::Match::id).collect(), Some(spans.collect()))
        } else {
            (self.listener.matches(&document), None)
        };
        let why = self.explain.as_ref().and_then(|id| self.listener.explain(id, &document));
        let explain = why.map(|why| common::explained(&document, &why));
        lines.totals.matched += u64::from(!hits.is_empty());
        if self.stats {
            for id in &hits {
                match lines.totals.hits.get_mut(*id) {
                    Some(count) => *count += 1,
                    None => drop(lines.totals.hits.insert((*id).to_owned(), 1)),
                }
            }
        }
        serde_json::to_writer(&mut lines.json, &Line { row, hits, spans, explain })
    }
}

impl Totals {
    fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.matched += other.matched;
        self.bad += other.bad;
        if self.first_fault.is_empty() {
            self.first_fault = other.first_fault;
        }
        for (sums, counts) in [(&mut self.hits, other.hits), (&mut self.odd, other.odd)] {
            for (name, count) in counts {
                *sums.entry(name).or_default() += count;
            }
        }
    }

    /// Says on standard error what the lines do not say.
    fn tell(&self, stats: bool) {
        if stats {
            let Self { rows, matched, bad, .. } = self;
            complain(&format!("{rows} rows, {matched} with hits, {bad} that cannot be read"));
            let mut hits: Vec<(&String, &u64)> = self.hits.iter().collect();
            hits.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            for (id, count) in hits {
                complain(&format!("{count:>9}  {id}"));
            }
        } else if self.bad > 0 {
            complain(&format!("{} of {} rows cannot be read; their lines say why", self.bad, self.rows));
        }
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

/// A block on its way to whoever matches it, and where to the lines go.
type Job = (Block, SyncSender<Lines>);

/// Lines that will come, in the order of the input; or that reading failed.
type Coming = Result<Receiver<Lines>, io::Error>;

fn run(
    rows: Rows,
    matcher: Matcher,
    threads: NonZeroUsize,
    interrupted: &dyn Fn() -> bool,
    totals: &mut Totals,
) -> Result<Ended, Stop> {
    let (jobs, taken) = sync_channel::<Job>(threads.get());
    let (order, coming) = sync_channel::<Coming>(threads.get() * 2);
    // None of them is waited for: one that waits for its input ends with the program.
    let start = || std::thread::Builder::new();
    start().spawn(move || read(rows, &jobs, &order)).map_err(Stop::Read)?;
    let (matcher, taken) = (Arc::new(matcher), Arc::new(Mutex::new(taken)));
    for number in 0..threads.get() {
        let (matcher, taken) = (Arc::clone(&matcher), Arc::clone(&taken));
        match start().spawn(move || work(&matcher, &taken)) {
            // Fewer threads than asked for do the same work.
            Err(_) if number > 0 => break,
            started => drop(started.map_err(Stop::Read)?),
        }
    }
    drop(taken);
    write(&coming, interrupted, totals)
}

fn read(mut rows: Rows, jobs: &SyncSender<Job>, order: &SyncSender<Coming>) {
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

fn work(matcher: &Matcher, taken: &Mutex<Receiver<Job>>) {
    let width = matcher.columns.as_ref().map(Columns::len);
    let mut tools = Tools { cells: Cells::new(matcher.delimiter, width), clauses: Clauses::default() };
    loop {
        let job = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((block, done)) = job else { return };
        let _ = done.send(matcher.block(&block, &mut tools));
    }
}

fn write(
    coming: &Receiver<Coming>,
    interrupted: &dyn Fn() -> bool,
    totals: &mut Totals,
) -> Result<Ended, Stop> {
    let mut out = io::stdout().lock();
    let mut next: Option<Receiver<Lines>> = None;
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
        match put(&mut out, &lines.json, interrupted) {
            Ok(true) => {}
            Ok(false) => return Ok(Ended::Interrupted),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Ended::Closed),
            Err(error) => return Err(Stop::Write(error)),
        }
    }
}

/// Writes all of it, unless somebody wants to stop while nobody reads; says whether it did.
fn put(out: &mut impl Write, mut json: &[u8], interrupted: &dyn Fn() -> bool) -> io::Result<bool> {
    while !json.is_empty() {
        match out.write(json) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => json = json.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if !json.is_empty() && interrupted() {
            return Ok(false);
        }
    }
    out.flush().map(|()| true)
}
