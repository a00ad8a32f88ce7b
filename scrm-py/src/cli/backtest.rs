//! What would other rules have decided? Two protocols over the messages of the past.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;

use scrm_core::playbook::Playbook;
use scrm_core::route::{Backtest, BacktestCase, Backtester, Router};

use super::args::Backtest as Args;
use super::output::{complain, say};
use super::{Exit, Failure, input, run};
use crate::common::{Corpus, Line, line_limit};

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
    let input = input::open(&args.input)?;
    let mut corpus = Corpus::new(&new, now);
    // What cannot be read is counted, and the first faults are told.
    let (bad, failed) = (RefCell::new(Vec::new()), RefCell::new(None));
    let mut rows = 0_u64;
    let mut lines = BufReader::new(input.reader).split(b'\n');
    let facts = std::iter::from_fn(|| {
        loop {
            let line = match lines.next()? {
                Ok(line) => line,
                Err(error) => {
                    *failed.borrow_mut() = Some(error.to_string());
                    return None;
                }
            };
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            rows += 1;
            match read(&mut corpus, &line) {
                Ok(Line::Facts(case)) => return Some(*case),
                Ok(Line::Kept) => {}
                Err(fault) => bad.borrow_mut().push((rows, fault)),
            }
        }
    });
    let progress = |_| if interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let mut facts = facts.peekable();
    // Facts are decided as they come; messages once all are there.
    let of_facts = facts.peek().is_some();
    let mut result = None;
    if of_facts {
        result = Some(backtester.run_with(facts, progress));
    } else {
        drop(facts);
    }
    let result = match result {
        Some(result) => result,
        None => {
            let cases: Box<dyn Iterator<Item = BacktestCase>> =
                corpus.replay(old, new_router).map_err(|error| Failure::new(Exit::Playbook, error))?;
            backtester.run_with(cases, progress)
        }
    };
    if let Some(error) = failed.into_inner() {
        return Err(Failure::new(Exit::Input, format!("input `{}`: {error}", input.name)));
    }
    let bad = bad.into_inner();
    for (row, fault) in bad.iter().take(10) {
        complain(&format!("row {row}: {fault}"));
    }
    if !bad.is_empty() {
        complain(&format!("{} of {rows} rows cannot be read", bad.len()));
    }
    if rows > 0 && bad.len() as u64 == rows {
        return Err(Failure::new(
            Exit::Input,
            format!("input `{}`: none of its {rows} rows can be read", input.name),
        ));
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

fn read(corpus: &mut Corpus<'_>, line: &[u8]) -> Result<Line, String> {
    if line.len() > line_limit() {
        return Err("the line is longer than the limit of a record".to_owned());
    }
    let text = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text".to_owned())?;
    corpus.line(text)
}

/// The result for people: what changes, and what is against it.
fn summary(result: &Backtest) -> String {
    let mut text = String::new();
    let Backtest { cases, noise, changed, mutation, .. } = result;
    _ = writeln!(text, "{cases} cases decided, {changed} otherwise, {noise} noise besides");
    for facet in &result.facets {
        _ = writeln!(
            text,
            "{}: {} same, {} added, {} removed, {} changed",
            facet.facet, facet.same, facet.added, facet.removed, facet.changed
        );
        for change in facet.matrix.iter().filter(|change| change.old != change.new).take(5) {
            let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "none".to_owned());
            _ = writeln!(text, "  {} -> {}: {}", side(&change.old), side(&change.new), change.cases);
        }
    }
    _ = writeln!(text, "examples notice {} of {} mutants", mutation.killed, mutation.mutants);
    for finding in &result.findings {
        _ = writeln!(text, "{}[{}]: {}", finding.grade.as_str(), finding.code, finding.message);
    }
    text
}
