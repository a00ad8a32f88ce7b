//! Which words does the command line know?

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Social customer relationship management: listen, classify, route, record, engage, measure.
#[derive(Debug, Parser)]
#[command(name = "scrm", version, about, after_help = EXITS)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub command: Command,
}

const EXITS: &str = "Exit status: 0 done, 1 output cannot be written, 2 command line not understood, 3 playbook or mapping \
has faults, 4 input cannot be read, 5 database cannot be used, 130 interrupted";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Take in messages, assess and record them, and print a brief.
    Run(Box<Run>),
    /// Read a playbook and report every fault in it.
    Check(Check),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The folder of the playbook.
    #[arg(long, value_name = "DIR")]
    pub playbook: PathBuf,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum InputFormat {
    /// One JSON object per line, in the model's own form.
    Jsonl,
    /// Rows under a header, read by a mapping.
    Csv,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The folder of the playbook.
    #[arg(long, value_name = "DIR")]
    pub playbook: PathBuf,
    /// The messages; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub input: PathBuf,
    /// The database, made when it is not there [default: the playbook's name with `.db`, here].
    #[arg(long, value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// How the input is written [default: by its name: .csv, .tsv, .jsonl, .ndjson].
    #[arg(long, value_enum)]
    pub format: Option<InputFormat>,
    /// The mapping for CSV [default: the playbook's mapping.toml].
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Fill a field from a CSV column, over the mapping: `text=body`. May be given many times.
    #[arg(long, value_name = "FIELD=COLUMN")]
    pub map: Vec<String>,
    /// Set a field of every CSV row, over the mapping: `source=shop`. May be given many times.
    #[arg(long, value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// How CSV times are written, over the mapping: `%m/%d/%Y %H:%M`.
    #[arg(long, value_name = "FORMAT")]
    pub time_format: Option<String>,
    /// The zone of CSV times that name none, over the mapping: `Europe/Amsterdam`.
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// The tenant of the database to work for.
    #[arg(long, default_value = "default")]
    pub tenant: String,
    /// Threads for assessing [default: one for each processor].
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    /// Brief as of this time (RFC 3339) [default: that of the last message].
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}
