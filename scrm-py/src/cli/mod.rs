//! What can be done from a shell? One table of verbs, flags and exit codes.
//!
//! Read [`main`] first. It opens files, reads the clock and writes to the terminal, which the core never does; what it
//! does with them is the core's.

mod analyze;
mod answers;
mod args;
mod backtest;
mod builtin;
mod cases;
mod check;
mod classify;
mod decide;
mod evaluate;
mod import;
mod input;
mod labelled;
mod matches;
mod measured;
mod objects;
mod output;
mod record;
mod report;
mod rows;
mod run;
mod table;
mod train;
mod tried;
mod volume;

use std::ffi::OsString;

use clap::Parser;
use scrm_core::desk::ImportKind;

use args::{Command, CommandLine};

/// How a command ended; its number is the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// The output could not be written.
    Output = 1,
    /// The command line was not understood.
    Usage = 2,
    /// The playbook, the monitors, the topics, the mapping or the model have faults or cannot be read.
    Playbook = 3,
    /// The input cannot be read.
    Input = 4,
    /// The database cannot be opened, read or written.
    Store = 5,
    /// A protocol is proven to be wrong: rules conflict, or leave a gap in a mandatory facet.
    Findings = 6,
    /// It was interrupted; what was read until then is on record.
    Interrupted = 130,
}

/// Why a command did not end well, in words for whoever typed it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(Exit::Output, format!("the output cannot be written: {error}"))
    }
}

/// Runs a command line (the program's name first) and says how it ended.
///
/// `interrupted` is asked between groups of messages whether somebody wants to stop.
pub fn main(args: impl IntoIterator<Item = OsString>, interrupted: &dyn Fn() -> bool) -> Exit {
    let parsed = CommandLine::try_parse_from(args);
    let command = match parsed {
        Ok(CommandLine { command }) => command,
        Err(error) => {
            // Help and version are asked for; they go to standard output and are no failure.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let done = match command {
        Command::Run(args) => run::run(&args, interrupted),
        Command::Check(args) => check::check(&args, interrupted),
        Command::Match(args) => matches::matches(&args, interrupted),
        Command::Classify(args) => classify::classify(&args, interrupted),
        Command::Decide(args) => decide::decide(&args.facts, interrupted),
        Command::Explain(args) => decide::explain(&args.facts, interrupted),
        Command::WhyNot(args) => decide::why_not(&args, interrupted),
        Command::WhatIf(args) => decide::what_if(&args, interrupted),
        Command::Analyze(args) => analyze::analyze(&args),
        Command::Backtest(args) => backtest::backtest(&args, interrupted),
        Command::ImportRules(args) => import::import(&args),
        Command::Diagram(args) => analyze::diagram(&args),
        Command::Profile(args) => record::profile(&args),
        Command::Search(args) => record::search(&args),
        Command::Erase(args) => record::erase_person(&args),
        Command::Export(args) => record::export_person(&args),
        Command::Backup(args) => record::backup(&args),
        Command::Link(args) => record::link(&args),
        Command::Revoke(args) => record::revoke(&args),
        Command::SuggestLinks(args) => record::suggest(&args),
        Command::ImportCustomers(args) => record::import_people(&args, ImportKind::Customers),
        Command::ImportTransactions(args) => record::import_people(&args, ImportKind::Transactions),
        Command::Report(args) => report::report(&args),
        Command::Brief(args) => measured::brief(&args),
        Command::Measure(args) => measured::measure(&args),
        Command::Forecast(args) => measured::forecast(&args),
        Command::Audit(args) => measured::audit(&args),
        Command::Case(command) => cases::case(&command),
        Command::Tick(args) => cases::tick(&args),
        Command::Incidents(args) => cases::incidents(&args),
        Command::Away(args) => cases::away(&args),
        Command::Back(args) => cases::back(&args),
        Command::Effects(args) => record::effects(&args),
        Command::Ack(args) => record::ack(&args),
        Command::Impact(args) => answers::impact(&args),
        Command::Advocates(args) => answers::advocates(&args),
        Command::Programme(args) => answers::programme(&args),
        Command::Train(args) => train::train(&args, interrupted),
        Command::Evaluate(args) => evaluate::evaluate(&args, interrupted),
    };
    match done {
        Ok(exit) => exit,
        Err(failure) if failure.exit == Exit::Output => Exit::Output,
        Err(failure) => {
            output::complain(&failure.message);
            failure.exit
        }
    }
}
