//! The main job: messages in, a brief out, everything on record.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use scrm_core::channels::{InputError, Records};
use scrm_core::desk::{Captures, Desk, IngestError, Ingested};
use scrm_core::engine::Engine;
use scrm_core::measure::Overview;
use scrm_core::model::Tenant;
use scrm_core::playbook::Playbook;
use scrm_core::record::{Store, StoreError, Totals};
use serde_json::json;

use super::args::Run;
use super::output::{complain, say};
use super::{Exit, Failure, input};
use crate::place;

/// What a run has to tell.
struct Outcome<'a> {
    playbook: &'a Playbook,
    db: String,
    input: String,
    ingested: Ingested,
    totals: Totals,
    brief: Overview,
}

pub(super) fn run(args: &Run, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    let as_of = args.as_of.as_deref().map(|text| time("--as-of", text)).transpose()?;
    let tenant =
        Tenant::new(&args.tenant).map_err(|error| Failure::new(Exit::Usage, format!("--tenant: {error}")))?;
    let playbook =
        Playbook::load(&args.playbook).map_err(|error| Failure::new(Exit::Playbook, error.to_string()))?;
    if !playbook.warnings().diagnostics().is_empty() {
        complain(&format!("the playbook has warnings\n\n{}", playbook.warnings()));
    }
    let mut engine =
        Engine::compile(&playbook).map_err(|error| Failure::new(Exit::Playbook, error.to_string()))?;
    if let Some(threads) = args.threads {
        engine = engine.with_threads(threads);
    }
    let format = input::format(args, &playbook)?;
    let input = input::open(&args.input)?;
    // The input is looked at before the database is made: a run that cannot begin leaves nothing behind.
    let records = Records::new(input.reader, &format, playbook.limits())
        .map_err(|error| bad_input(&input.name, &error))?;
    let path = database(args);
    let (store, db) = place::open(&path).map_err(|error| bad_store(&error))?;
    let mut desk = Desk::open(engine, store).for_tenant(tenant.clone());
    let bar = input.bar;
    let mut progress = |progress: scrm_core::desk::Progress| {
        bar.set_message(format!("{} messages", progress.captures.rows));
        if interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let ingested = desk.ingest(&input.name, records, now(), &mut progress);
    bar.finish_and_clear();
    let ingested = ingested.map_err(|error| match error {
        IngestError::Input(error) => bad_input(&input.name, &error),
        IngestError::Store(error) => bad_store(&error),
    })?;
    let brief = desk.overview(as_of).map_err(|error| bad_store(&error))?;
    let totals = desk.store().totals(&tenant).map_err(|error| bad_store(&error))?;
    let outcome = Outcome { playbook: &playbook, db, input: input.name, ingested, totals, brief };
    say(&if args.json { outcome.json() } else { outcome.text() })?;
    Ok(if outcome.ingested.interrupted { Exit::Interrupted } else { Exit::Done })
}

/// The database named, else one in the working folder that is called as the playbook.
fn database(args: &Run) -> PathBuf {
    let named = || {
        let folder = args.playbook.canonicalize().unwrap_or_else(|_| args.playbook.clone());
        let name =
            folder.file_name().map_or_else(|| "scrm".into(), |name| name.to_string_lossy().into_owned());
        PathBuf::from(format!("{name}.db"))
    };
    args.db.clone().unwrap_or_else(named)
}

fn bad_input(name: &str, error: &InputError) -> Failure {
    Failure::new(Exit::Input, format!("input `{name}`: {error}"))
}

pub(super) fn bad_store(error: &StoreError) -> Failure {
    Failure::new(Exit::Store, error.to_string())
}

pub(super) fn time(option: &str, written: &str) -> Result<DateTime<Utc>, Failure> {
    let fault = |_| {
        Failure::new(
            Exit::Usage,
            format!("{option} {written}: write a time with its zone, as in 2026-11-08T18:00:00Z"),
        )
    };
    DateTime::parse_from_rfc3339(written).map(|time| time.to_utc()).map_err(fault)
}

#[allow(clippy::disallowed_methods, reason = "a program knows what time it is, and tells the core")]
pub(super) fn now() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

impl Outcome<'_> {
    fn json(&self) -> String {
        let Self { playbook, db, input, ingested, totals, brief } = self;
        json!({
            "playbook": { "id": playbook.protocol.id(), "version": playbook.protocol.version(), "rules": playbook.protocol.hash() },
            "input": input,
            "db": db,
            "captures": ingested.captures,
            "changed": ingested.captures.changed(),
            "interrupted": ingested.interrupted,
            "malformed": ingested.malformed,
            "record": totals,
            "brief": brief,
        })
        .to_string()
    }

    fn text(&self) -> String {
        let Self { playbook, db, input, ingested, totals, brief } = self;
        let Captures { rows, distinct, duplicates, malformed, noise, decided, open, edits, cases_opened } =
            ingested.captures;
        let mut text = String::new();
        let lines = [
            format!("PLAYBOOK   {} {}", playbook.protocol.id(), playbook.protocol.version()),
            format!("INPUT      {input}"),
            format!(
                "           {rows} rows = {distinct} distinct + {duplicates} duplicates + {malformed} malformed"
            ),
            format!("           {distinct} distinct = {noise} noise + {decided} decided + {open} open"),
        ];
        for line in lines {
            let _ = writeln!(text, "{line}");
        }
        if ingested.interrupted {
            let _ = writeln!(text, "           interrupted: the rest was not read; run it again to go on");
        }
        let change = if ingested.captures.changed() {
            format!("{edits} edits or deletions among them; {cases_opened} cases opened")
        } else if rows > 0 {
            "nothing changed: every message was on record already".to_owned()
        } else {
            "nothing changed: there was no message in it".to_owned()
        };
        let _ = writeln!(text, "           {change}");
        for fault in &ingested.malformed {
            let _ = writeln!(text, "           line {}: {}", fault.line, fault.fault);
        }
        if malformed > ingested.malformed.len() as u64 {
            let _ = writeln!(text, "           … and {} more", malformed - ingested.malformed.len() as u64);
        }
        if malformed > 0 {
            let _ = writeln!(
                text,
                "           malformed records are kept in the view v_quarantine of the database"
            );
        }
        let Totals { messages, versions, cases_open, .. } = totals;
        let _ = writeln!(
            text,
            "RECORD     {db}: {messages} messages in {versions} versions, {cases_open} open cases\n"
        );
        let _ = write!(text, "{brief}");
        text
    }
}
