//! What would other rules have decided? Two protocols over the messages of the past.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use scrm_core::playbook::Playbook;
use scrm_core::route::{BacktestCase, Backtester, Router};

use super::args::Backtest as Args;
use super::output::{complain, say};
use super::rows::Rows;
use super::tried::summary;
use super::{Exit, Failure, input, run};
use crate::common::{Corpus, Line};

pub(super) fn backtest(args: &Args, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    let [old, new] = [&args.old, &args.new]
        .map(|path| Playbook::load(path).map_err(|error| Failure::new(Exit::Playbook, error.to_string())));
    let (old, new) = (old?, new?);
    let now = match &args.now {
        Some(text) => run::time("--now", text)?,
        None => run::now(),
    };
    let routers =
        [&old, &new].map(|playbook| Router::compile(playbook.protocol.clone(), playbook.calendars.clone()));
    let [old, new_router] = &routers;
    let mut backtester = Backtester::new(old, new_router, args.seed).sample(args.sample);
    if !new.team.departments.is_empty() {
        backtester = backtester.team(&new.team);
    }
    if let Some(threads) = args.threads {
        backtester = backtester.threads(threads);
    }
    let input = input::raw(&args.input)?;
    let refuse = |fault: String| Failure::new(Exit::Input, format!("input `{}`: {fault}", input.name));
    let failed = |error: std::io::Error| refuse(format!("reading failed: {error}"));
    let lines = Rows::lines(input.reader, new.limits()).map_err(failed)?;
    let mut cases = Cases::new(Corpus::new(&new, now), lines, [old, new_router]);
    let progress = |_| if interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let result = backtester.run_with(&mut cases, progress);
    match cases.failed {
        Some(Fault::Input(error)) => return Err(failed(error)),
        Some(Fault::Playbook(error)) => return Err(Failure::new(Exit::Playbook, error)),
        None => {}
    }
    for (row, fault) in &cases.faults {
        complain(&format!("row {row}: {fault}"));
    }
    if cases.bad > 0 {
        complain(&format!("{} of {} rows cannot be read", cases.bad, cases.rows));
    }
    if cases.rows > 0 && cases.bad == cases.rows {
        return Err(refuse(format!("none of its {} rows can be read", cases.rows)));
    }
    if args.json {
        let json =
            serde_json::to_string(&result).map_err(|error| Failure::new(Exit::Output, error.to_string()))?;
        say(&json)?;
    } else {
        say(summary(&result).trim_end())?;
    }
    Ok(if result.complete { Exit::Done } else { Exit::Interrupted })
}

/// How many faults of rows are told.
const MOST_FAULTS: usize = 10;

/// The cases of an input: facts as they come; messages once all are there.
struct Cases<'a> {
    /// `None` when every line was read.
    corpus: Option<Corpus<'a>>,
    lines: Rows,
    routers: [&'a Router; 2],
    waiting: VecDeque<BacktestCase>,
    messages: Option<Box<dyn Iterator<Item = BacktestCase> + 'a>>,
    rows: u64,
    bad: u64,
    /// The first faults, each with its row.
    faults: Vec<(u64, String)>,
    failed: Option<Fault>,
}

/// Why there are no more cases.
enum Fault {
    Input(std::io::Error),
    Playbook(String),
}

impl<'a> Cases<'a> {
    fn new(corpus: Corpus<'a>, lines: Rows, routers: [&'a Router; 2]) -> Self {
        Self {
            corpus: Some(corpus),
            lines,
            routers,
            waiting: VecDeque::new(),
            messages: None,
            rows: 0,
            bad: 0,
            faults: Vec::new(),
            failed: None,
        }
    }

    /// Reads more lines; `false` when there are none.
    fn read(&mut self) -> Result<bool, Fault> {
        let Some(corpus) = &mut self.corpus else { return Ok(false) };
        let Some(block) = self.lines.next().map_err(Fault::Input)? else {
            let Some(corpus) = self.corpus.take() else { return Ok(false) };
            let [old, new] = self.routers;
            self.messages = Some(corpus.replay(old, new).map_err(Fault::Playbook)?);
            return Ok(false);
        };
        for row in block.rows() {
            self.rows += 1;
            let text = row.and_then(|row| std::str::from_utf8(row).map_err(|_| "the line is not UTF-8 text"));
            match text.map_err(str::to_owned).and_then(|text| corpus.line(text)) {
                Ok(Line::Facts(case)) => self.waiting.push_back(*case),
                Ok(Line::Kept) => {}
                Err(fault) => {
                    self.bad += 1;
                    if self.faults.len() < MOST_FAULTS {
                        self.faults.push((self.rows, fault));
                    }
                }
            }
        }
        Ok(true)
    }
}

impl Iterator for Cases<'_> {
    type Item = BacktestCase;

    fn next(&mut self) -> Option<BacktestCase> {
        loop {
            if let Some(case) = self.waiting.pop_front() {
                return Some(case);
            }
            match self.read() {
                Ok(true) => {}
                Ok(false) => return self.messages.as_mut()?.next(),
                Err(fault) => {
                    self.failed = Some(fault);
                    return None;
                }
            }
        }
    }
}
