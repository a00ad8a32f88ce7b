//! A report: the record of a week as one page of HTML that works offline.
//!
//! `cargo run --example report -- --db record.db --playbook DIR -o report.html` shows a record that is there; it is the
//! command `scrm report`, and takes its flags. Without arguments it takes in the messages of an invented company, in memory,
//! and writes `target/report.html`.

use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;

use scrm_core::channels::{Format, Records};
use scrm_core::desk::{Desk, ReportQuery};
use scrm_core::engine::Engine;
use scrm_core::playbook::Playbook;
use scrm_core::record::MemoryStore;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    #[allow(clippy::disallowed_methods, reason = "a program reads its command line")]
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    if !given.is_empty() {
        let args = [OsString::from("report"), OsString::from("report")].into_iter().chain(given);
        return Ok(ExitCode::from(scrm_cli::cli::main(args, &|| false) as u8));
    }

    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let playbook = Playbook::load(format!("{root}playbooks/northwind"))?;
    let mut desk = Desk::open(Engine::compile(&playbook)?, MemoryStore::new());
    let input = std::io::BufReader::new(std::fs::File::open(format!("{root}data/northwind.jsonl"))?);
    let records = Records::new(input, &Format::Jsonl, playbook.limits())?;
    desk.ingest("northwind.jsonl", records, "2026-11-08T18:00:00Z".parse()?, &mut |_| {
        std::ops::ControlFlow::Continue(())
    })?;

    let report = desk.report(&ReportQuery::default())?;
    let page = format!("{root}../target/report.html");
    std::fs::write(&page, report.to_html())?;
    #[allow(clippy::print_stdout, reason = "a program speaks to whoever started it")]
    {
        println!("{page}: {} tables, {} charts", report.tables().count(), report.charts().len());
    }
    Ok(ExitCode::SUCCESS)
}
