//! A report: the record of a week as one page of HTML that works offline.
//!
//! `cargo run --example report -- --db record.db --playbook DIR -o report.html` shows a record that is there; it is the
//! command `scrm report`, and takes its flags. Without a record it takes in the messages of an invented company, or of
//! `--playbook DIR --input FILE`, in memory, and writes `target/report.html`.
#![allow(clippy::print_stdout, reason = "a program that prints what it found")]

use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;

use scrm_core::desk::ReportQuery;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    #[allow(clippy::disallowed_methods, reason = "a program reads its command line")]
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    if given.iter().any(|arg| arg == "--db" || arg == "--help") {
        let args = ["report", "report"].map(OsString::from).into_iter().chain(given);
        return Ok(ExitCode::from(scrm_cli::cli::main(args, &|| false) as u8));
    }

    let (mut desk, _) = examples::demo::desk()?;
    let report = desk.report(&ReportQuery::default())?;
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/report.html");
    std::fs::write(page, report.to_html())?;
    println!("{page}: {} tables, {} charts", report.tables().count(), report.charts().len());
    Ok(ExitCode::SUCCESS)
}
