//! What does a tick cost with so many open clocks? By what is due, and not by what is open.

#![allow(missing_docs, clippy::print_stdout, reason = "a program that prints its figures")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::error::Error;
use std::time::Instant;

use benches::engine;
use chrono::{DateTime, Duration, Utc};
use scrm_core::desk::Desk;
use scrm_core::engine::Engine;
use scrm_core::model::{Case, Department, Event, ExternalId, MessageKey, Source};
use scrm_core::record::{MemoryStore, SqliteStore, Store};

/// The target for a tick with as many open clocks.
const OPEN: usize = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    println!(
        "{:>8} {:>9} {:>12} {:>12} {:>12} {:>12}",
        "open", "store", "first look", "none due", "10 due", "100 due"
    );
    let engine = engine(10);
    for open in [1_000, 10_000, OPEN] {
        run("memory", MemoryStore::new(), &engine, open)?;
        let folder = tempfile::tempdir()?;
        run("sqlite", SqliteStore::open(folder.path().join("tick.db"))?, &engine, open)?;
    }
    Ok(())
}

/// Cases whose first responses fall due one after another, ten in each second, four hours after they were opened.
fn run<S: Store>(name: &str, store: S, engine: &Engine, open: usize) -> Result<(), Box<dyn Error>> {
    let begin: DateTime<Utc> = "2026-11-02T08:00:00Z".parse()?;
    let sla =
        engine.router().protocol().slas().keys().next().ok_or("the protocol has no service level")?.clone();
    let mut desk = Desk::open(engine.clone(), store);
    let tenant = desk.tenant().clone();
    let mut events = Vec::with_capacity(1000);
    for number in 0..open {
        let first =
            MessageKey { source: Source::new("x")?, external_id: ExternalId::new(format!("{number}"))? };
        let at = begin + Duration::milliseconds(100 * i64::try_from(number)?);
        let mut case = Case::new(first, at);
        case.department = Some(Department::new("care")?);
        case.sla.insert(sla.clone(), at);
        events.push(Event::CaseOpened { case: Box::new(case) });
        if events.len() == 1000 || number + 1 == open {
            desk.store().commit(&tenant, &events)?;
            events.clear();
        }
    }
    let due = begin + Duration::hours(4);
    // Before any deadline, every case is looked at once.
    let (first, looked) = timed(&mut desk, due - Duration::seconds(1))?;
    assert_eq!(looked, open as u64, "every case was looked at");
    let (none, looked) = timed(&mut desk, due - Duration::seconds(1))?;
    assert_eq!(looked, 0, "nothing is due");
    let (ten, looked) = timed(&mut desk, due + Duration::milliseconds(950))?;
    assert_eq!(looked, 10);
    let (hundred, looked) = timed(&mut desk, due + Duration::milliseconds(10_950))?;
    assert_eq!(looked, 100);
    let [first, none, ten, hundred] = [first, none, ten, hundred].map(|spent| spent * 1000.0);
    println!("{open:>8} {name:>9} {first:>9.0} ms {none:>9.2} ms {ten:>9.2} ms {hundred:>9.2} ms");
    Ok(())
}

fn timed<S: Store>(desk: &mut Desk<S>, now: DateTime<Utc>) -> Result<(f64, u64), Box<dyn Error>> {
    let start = Instant::now();
    let ticked = desk.tick(now)?;
    Ok((start.elapsed().as_secs_f64(), ticked.looked_at))
}
