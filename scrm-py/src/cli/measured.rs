//! How is it going? The record measured: a brief of a day, any measure as a table, a forecast of work, an audit.
//!
//! Read [`brief`] first. Every command names the database; with a playbook it knows monitors, brands and who works when.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use scrm_core::desk::Desk;
use scrm_core::engine::Engine;
use scrm_core::measure::{Audit, Brief, BriefQuery, Days, ForecastQuery, Measure, Measures, Table};
use scrm_core::model::Limits;
use scrm_core::playbook::Playbook;
use serde::Serialize;

use super::args::Recorded;
use super::output::{complain, say};
use super::record::{open, tenant};
use super::run::{bad_store, time};
use super::{Exit, Failure};
use crate::place::AnyStore;

/// How tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// Text for people.
    Table,
    /// One JSON object.
    Json,
    /// One JSON object for each row.
    Jsonl,
    /// Rows under a header; no text in it is a formula.
    Csv,
}

/// The record that is measured.
#[derive(Debug, Args)]
pub(super) struct Source {
    #[command(flatten)]
    pub record: Recorded,
    /// The folder of the playbook: its zone, monitors, brands, departments and people. Without one, days are cut in UTC.
    #[arg(long, value_name = "DIR")]
    pub playbook: Option<PathBuf>,
    /// Go on from what was measured before and is kept in this file, and keep it again; it is made when it is not there.
    #[arg(long, value_name = "FILE")]
    pub keep: Option<PathBuf>,
}

/// The same, and how what was measured is written.
#[derive(Debug, Args)]
pub(super) struct Measured {
    #[command(flatten)]
    pub source: Source,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    pub format: OutputFormat,
    /// The same as --format json.
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

impl Measured {
    fn format(&self) -> OutputFormat {
        if self.json { OutputFormat::Json } else { self.format }
    }
}

#[derive(Debug, Args)]
pub(super) struct Briefing {
    #[command(flatten)]
    pub measured: Measured,
    /// The day [default: the last one on record].
    #[arg(long, value_name = "DATE")]
    pub day: Option<NaiveDate>,
    /// What waits, as of this time (RFC 3339) [default: the end of the day].
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Days before it to compare with.
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub baseline: u32,
    /// Write one part of it: advice, day, issues, words, samples, spikes, departments, first, share_of_voice or balance.
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Measuring {
    /// What is measured; `list` says what there is.
    #[arg(value_name = "NAME")]
    pub name: String,
    #[command(flatten)]
    pub measured: Measured,
    /// From this day [default: from the first].
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// To this day, which is included [default: to the last].
    #[arg(long, value_name = "DATE")]
    pub to: Option<NaiveDate>,
    /// What waits, as of this time (RFC 3339) [default: the end of the last day].
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Days before to compare with.
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub baseline: u32,
    /// Hours that a case may wait for a decision (open_loop).
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub open_hours: u32,
    /// Minutes that handling one case takes (cost).
    #[arg(long, value_name = "N", default_value_t = 6.0)]
    pub minutes: f64,
    /// What an hour of work costs (cost).
    #[arg(long, value_name = "N", default_value_t = 0.0)]
    pub hourly_cost: f64,
}

#[derive(Debug, Args)]
pub(super) struct Forecasting {
    #[command(flatten)]
    pub measured: Measured,
    /// The first day [default: the day after the last one on record].
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// How many days.
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub days: u32,
    /// Days before the first one that say how much comes.
    #[arg(long, value_name = "N", default_value_t = 28)]
    pub history: u32,
    /// How often it is simulated.
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub runs: u32,
    /// By which chance draws: the same seed gives the same forecast.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// How many times as much comes.
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub growth: f64,
    /// The share of first responses that shall be given in time, 0 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 0.9)]
    pub target: f64,
    /// Write one part of it: departments or hours.
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Auditing {
    #[command(flatten)]
    pub measured: Measured,
    /// From this day [default: from the first].
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// To this day, which is included [default: to the last].
    #[arg(long, value_name = "DATE")]
    pub to: Option<NaiveDate>,
    /// The audit before, as `scrm audit --json` printed it.
    #[arg(long, value_name = "FILE")]
    pub last: Option<PathBuf>,
    /// Write one part of it: points or changes.
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,
}

/// A playbook that says nothing, for a record that is measured without one.
const NONE: &str = "[protocol]\nid = \"none\"\nversion = \"1\"\n";

/// The record, with the engine of its playbook and what was measured before.
pub(super) fn desk(args: &Source) -> Result<Desk<AnyStore>, Failure> {
    let faults = |error: String| Failure::new(Exit::Playbook, error);
    let playbook = match &args.playbook {
        Some(folder) => Playbook::load(folder),
        None => Playbook::from_file("none.toml", NONE, &Limits::DEFAULT),
    };
    let playbook = playbook.map_err(|error| faults(error.to_string()))?;
    let engine = Engine::compile(&playbook).map_err(|error| faults(error.to_string()))?;
    let mut desk = Desk::open(engine, open(&args.record)?).for_tenant(tenant(&args.record)?);
    if let Some(kept) = args.keep.as_deref().and_then(kept) {
        desk.keep(kept);
    }
    Ok(desk)
}

/// What was measured before; what cannot be read is measured anew.
fn kept(path: &Path) -> Option<Measures> {
    let text = std::fs::read(path).ok()?;
    let read = serde_json::from_slice(&text);
    if let Err(error) = &read {
        complain(&format!("`{}` is not what was measured before, and is made anew: {error}", path.display()));
    }
    read.ok()
}

/// Brings what is measured up to date, and keeps it where that is asked for.
pub(super) fn bring_up_to_date(args: &Source, desk: &mut Desk<AnyStore>) -> Result<(), Failure> {
    let measures = desk.measures().map_err(|error| bad_store(&error))?;
    let Some(path) = &args.keep else { return Ok(()) };
    let bad = |error: String| {
        Failure::new(Exit::Output, format!("`{}` cannot be written: {error}", path.display()))
    };
    let text = serde_json::to_vec(measures).map_err(|error| bad(error.to_string()))?;
    // In its place in one step, so that an interruption leaves the old one.
    let new = path.with_extension("new");
    std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, path)).map_err(|error| {
        complain(&bad(error.to_string()).message);
        Failure::new(Exit::Output, error.to_string())
    })
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::new(Exit::Output, format!("no JSON form: {error}")))
}

fn show(table: &Table, format: OutputFormat) -> Result<(), Failure> {
    let text = match format {
        OutputFormat::Table => table.to_string(),
        OutputFormat::Json => table.to_json(),
        OutputFormat::Jsonl => table.to_jsonl(),
        OutputFormat::Csv => table.to_csv(),
    };
    Ok(say(text.trim_end())?)
}

/// One of several tables, or all of them where the format has room for that.
fn choose(tables: &[Table], name: Option<&str>, format: OutputFormat) -> Result<(), Failure> {
    let names = || tables.iter().map(Table::name).collect::<Vec<_>>().join(", ");
    match name {
        Some(name) => match tables.iter().find(|table| table.name() == name) {
            Some(table) => show(table, format),
            None => Err(Failure::new(Exit::Usage, format!("--table {name}: there are {}", names()))),
        },
        None => {
            Err(Failure::new(Exit::Usage, format!("say with --table which one is written so: {}", names())))
        }
    }
}

pub(super) fn brief(args: &Briefing) -> Result<Exit, Failure> {
    let as_of = args.as_of.as_deref().map(|text| time("--as-of", text)).transpose()?;
    let mut desk = desk(&args.measured.source)?;
    bring_up_to_date(&args.measured.source, &mut desk)?;
    let last = desk.measures().map_err(|error| bad_store(&error))?.days().next_back();
    let Some(day) = args.day.or(last) else {
        complain("there is nothing on record");
        return Ok(Exit::Done);
    };
    let mut query = BriefQuery::from(day);
    query.baseline = args.baseline;
    query.as_of = as_of;
    let brief: Brief = desk.brief(query).map_err(|error| bad_store(&error))?;
    match (args.measured.format(), &args.table) {
        (OutputFormat::Table, None) => say(brief.to_string().trim_end())?,
        (OutputFormat::Json, None) => say(&json(&brief)?)?,
        (format, name) => choose(&brief.tables(), name.as_deref(), format)?,
    }
    Ok(Exit::Done)
}

pub(super) fn measure(args: &Measuring) -> Result<Exit, Failure> {
    let names = || Measure::ALL.iter().map(|measure| measure.as_str()).collect::<Vec<_>>().join(", ");
    let all = args.name == "all";
    let measure = Measure::parse(&args.name);
    if args.name == "list" {
        say(&names())?;
        return Ok(Exit::Done);
    }
    if measure.is_none() && !all {
        let fault = format!("`{}` is no measure; there are {}, and all", args.name, names());
        return Err(Failure::new(Exit::Usage, fault));
    }
    let mut desk = desk(&args.measured.source)?;
    bring_up_to_date(&args.measured.source, &mut desk)?;
    let mut frame = desk.frame().over(Days { from: args.from, to: args.to });
    frame.as_of = args.as_of.as_deref().map(|text| time("--as-of", text)).transpose()?;
    frame.baseline = args.baseline;
    frame.open_hours = args.open_hours;
    (frame.minutes, frame.hourly_cost) = (args.minutes, args.hourly_cost);
    let measures = desk.measures().map_err(|error| bad_store(&error))?;
    let format = args.measured.format();
    if let Some(measure) = measure {
        show(&measures.table(measure, &frame), format)?;
        return Ok(Exit::Done);
    }
    let tables: Vec<Table> = Measure::ALL.iter().map(|measure| measures.table(*measure, &frame)).collect();
    match format {
        OutputFormat::Json => say(&json(&tables)?)?,
        OutputFormat::Table => tables.iter().try_for_each(|table| show(table, format))?,
        _ => choose(&tables, None, format)?,
    }
    Ok(Exit::Done)
}

pub(super) fn forecast(args: &Forecasting) -> Result<Exit, Failure> {
    let mut desk = desk(&args.measured.source)?;
    bring_up_to_date(&args.measured.source, &mut desk)?;
    let last = desk.measures().map_err(|error| bad_store(&error))?.days().next_back();
    let Some(from) = args.from.or_else(|| last.and_then(|last| last.succ_opt())) else {
        complain("there is nothing on record");
        return Ok(Exit::Done);
    };
    let mut query = ForecastQuery::from(from);
    (query.days, query.history, query.runs, query.seed) = (args.days, args.history, args.runs, args.seed);
    (query.growth, query.target) = (args.growth, args.target);
    let forecast = desk.forecast(query).map_err(|error| bad_store(&error))?;
    match (args.measured.format(), &args.table) {
        (OutputFormat::Table, None) => say(forecast.to_string().trim_end())?,
        (OutputFormat::Json, None) => say(&json(&forecast)?)?,
        (format, name) => choose(&forecast.tables(), name.as_deref(), format)?,
    }
    Ok(Exit::Done)
}

pub(super) fn audit(args: &Auditing) -> Result<Exit, Failure> {
    let last: Option<Audit> = args.last.as_deref().map(audit_before).transpose()?;
    let mut desk = desk(&args.measured.source)?;
    bring_up_to_date(&args.measured.source, &mut desk)?;
    let days = Days { from: args.from, to: args.to };
    let audit = desk.audit(days, last.as_ref()).map_err(|error| bad_store(&error))?;
    match (args.measured.format(), &args.table) {
        (OutputFormat::Table, None) => say(audit.to_string().trim_end())?,
        (OutputFormat::Json, None) => say(&json(&audit)?)?,
        (format, name) => choose(&audit.tables(), name.as_deref(), format)?,
    }
    Ok(Exit::Done)
}

fn audit_before(path: &Path) -> Result<Audit, Failure> {
    let bad = |error: String| Failure::new(Exit::Input, format!("--last {}: {error}", path.display()));
    let text = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))
}
