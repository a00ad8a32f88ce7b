//! How is it shown to others? The record as one page, its charts as Vega-Lite, its tables as CSV.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;
use scrm_core::desk::ReportQuery;
use scrm_core::measure::Days;
use scrm_core::report::Report;

use super::measured::{Source, bring_up_to_date, desk};
use super::output::{complain, say};
use super::run::{bad_store, time};
use super::{Exit, Failure};

#[derive(Debug, Args)]
pub(super) struct Reporting {
    #[command(flatten)]
    pub source: Source,
    /// The page; `-` writes it to standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// What stands above the page [default: the name of the playbook].
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// From this day [default: from the first].
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// To this day, which is included [default: to the last].
    #[arg(long, value_name = "DATE")]
    pub to: Option<NaiveDate>,
    /// The day that is looked at closely [default: the last of them].
    #[arg(long, value_name = "DATE")]
    pub day: Option<NaiveDate>,
    /// What waits, as of this time (RFC 3339) [default: the end of the last day].
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Write each chart besides into this folder, as a Vega-Lite document with its numbers (NAME.vl.json).
    #[arg(long, value_name = "DIR")]
    pub charts: Option<PathBuf>,
    /// Write each table besides into this folder, whole, as CSV in which no text is a formula (NAME.csv).
    #[arg(long, value_name = "DIR")]
    pub tables: Option<PathBuf>,
}

pub(super) const EXAMPLE: &str = "The page needs no network, no script and no other file; it may be mailed or put on a wall. It holds \
texts and names of customers: keep it as you keep the record.\n\nExample: scrm report --db record.db --playbook my-playbook -o report.html";

pub(super) fn report(args: &Reporting) -> Result<Exit, Failure> {
    let as_of = args.as_of.as_deref().map(|text| time("--as-of", text)).transpose()?;
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        return Err(Failure::new(Exit::Usage, format!("--from {from} is after --to {to}")));
    }
    let mut desk = desk(&args.source)?;
    bring_up_to_date(&args.source, &mut desk)?;
    let mut query = ReportQuery::default().over(Days { from: args.from, to: args.to });
    (query.day, query.as_of) = (args.day, as_of);
    let mut report = desk.report(&query).map_err(|error| bad_store(&error))?;
    let stem = || args.source.record.db.file_stem().map(OsStr::to_string_lossy).unwrap_or_default();
    if let Some(title) =
        args.title.clone().or_else(|| args.source.playbook.is_none().then(|| format!("Report of {}", stem())))
    {
        report = report.titled(title);
    }
    let page = report.to_html();
    if args.output == Path::new("-") {
        std::io::stdout().lock().write_all(page.as_bytes())?;
    } else {
        write(&args.output, &page)?;
    }
    let charts = report.charts();
    if let Some(folder) = &args.charts {
        make(folder)?;
        for chart in &charts {
            write(&folder.join(format!("{}.vl.json", chart.name())), &format!("{:#}\n", chart.vega_lite()))?;
        }
    }
    if let Some(folder) = &args.tables {
        make(folder)?;
        for table in report.tables() {
            write(&folder.join(format!("{}.csv", table.name())), &table.to_csv())?;
        }
    }
    told(args, &report, charts.len(), page.len())?;
    Ok(Exit::Done)
}

fn told(args: &Reporting, report: &Report, charts: usize, bytes: usize) -> Result<(), Failure> {
    if report.tables().all(|table| table.is_empty() || table.name() == "figures") {
        complain("there is nothing on record of these days");
    }
    if args.output != Path::new("-") {
        let (tables, kilobytes) = (report.tables().count(), bytes.div_ceil(1000));
        say(&format!("{}: {tables} tables, {charts} charts, {kilobytes} kB", args.output.display()))?;
    }
    Ok(())
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    complain(&format!("`{}` cannot be written: {error}", path.display()));
    Failure::new(Exit::Output, error.to_string())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| unwritten(path, &error))
}

fn make(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))
}
