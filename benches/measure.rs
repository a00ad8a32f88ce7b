//! What does it cost to know how things are going? The brief of a day, out of records of growing size.
//!
//! `cargo bench --bench measure` prints the curve up to 200,000 messages in an SQLite file; `-- --messages 1000000` goes so
//! far. Nineteen in twenty cases are resolved, as in a record that people work with; the days have some 4,000 messages. For
//! each size: reading the whole log once, reading what was kept of it, a brief out of that, a brief after a hundred
//! messages more, and the report of all days as a page. Answers are asserted; of the times, that reading costs no more per message as the record grows.

#![allow(clippy::print_stdout, reason = "what was measured is what this program is for")]
#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(clippy::cast_precision_loss, reason = "figures")]

use std::error::Error;
use std::time::Instant;

use benches::{engine, posts_from};
use chrono::{DateTime, NaiveDate, Utc};
use scrm_core::desk::{Desk, ReportQuery};
use scrm_core::measure::{Cell, Measure, Measures};
use scrm_core::model::{Event, Tenant};
use scrm_core::record::{SqliteStore, Store};

type Failure = Box<dyn Error>;

/// Messages that are taken in at a time.
const GROUP: usize = 1_000;
/// Messages that come after the brief.
const MORE: usize = 100;

fn main() -> Result<(), Failure> {
    let most = argument("--messages").unwrap_or(200_000);
    let sizes: Vec<usize> = [10_000, 30_000, 100_000, 200_000, 500_000, 1_000_000]
        .into_iter()
        .filter(|size| *size <= most)
        .collect();
    let folder = tempfile::tempdir()?;
    let engine = engine(100);
    let file = folder.path().join("measure.db");
    let mut desk = Desk::open(engine.clone(), SqliteStore::open(&file)?);
    println!(
        "{:>10} {:>8} {:>10} {:>10} {:>8} {:>9} {:>9} {:>11} {:>10} {:>9} {:>8}",
        "messages",
        "days",
        "read s",
        "us each",
        "kept MB",
        "write s",
        "load s",
        "load+brief",
        "after +100",
        "report s",
        "page MB"
    );
    let (mut had, mut each) = (0, Vec::new());
    for size in sizes {
        fill(&mut desk, had, size - had)?;
        had = size;
        // A desk that has measured nothing yet reads the whole log.
        let mut fresh = Desk::open(engine.clone(), SqliteStore::open(&file)?);
        let (messages, reading) = timed(|| Ok(fresh.measures()?.messages()))?;
        assert_eq!(messages, size as u64, "every message is counted once");
        check(&mut fresh, size)?;
        let (kept, writing) = timed(|| Ok(serde_json::to_vec(fresh.measures()?)?))?;
        let expected = fresh.brief(last_day(&mut fresh)?)?;
        drop(fresh);
        // A start: what was kept is read back, and a brief made of it.
        let mut started = Desk::open(engine.clone(), SqliteStore::open(&file)?);
        let (read, loading) = timed(|| Ok(serde_json::from_slice::<Measures>(&kept)?))?;
        started.keep(read);
        let day = expected.day;
        let (brief, briefing) = timed(|| Ok(started.brief(day)?))?;
        assert_eq!(brief, expected, "what was kept says what was read");
        assert_eq!(brief.balance.captured, brief.balance.noise + brief.balance.decided + brief.balance.open);
        // And after a hundred messages more.
        fill(&mut started, had, MORE)?;
        had += MORE;
        let (after, incremental) = timed(|| Ok(started.brief(day)?))?;
        assert!(after.balance.captured >= brief.balance.captured);
        assert_eq!(started.measures()?.messages(), had as u64);
        // The whole record as one page.
        let (page, showing) = timed(|| Ok(started.report(&ReportQuery::default())?.to_html()))?;
        assert!(page.len() <= 5_000_000, "a page of {} bytes", page.len());
        println!(
            "{size:>10} {:>8} {reading:>10.2} {:>10.1} {:>8.1} {writing:>9.2} {loading:>9.3} {:>8.0} ms {:>7.1} ms {showing:>9.2} {:>8.2}",
            started.measures()?.days().count(),
            1e6 * reading / size as f64,
            kept.len() as f64 / 1e6,
            1e3 * (loading + briefing),
            1e3 * incremental,
            page.len() as f64 / 1e6
        );
        each.push(reading / size as f64);
        desk = started;
    }
    if let (Some(first), Some(last)) = (each.first(), each.last()) {
        assert!(last / first < 3.0, "a message costs {:.1} times as much in a larger record", last / first);
    }
    Ok(())
}

/// What the tables say, against what the store says.
fn check(desk: &mut Desk<SqliteStore>, size: usize) -> Result<(), Failure> {
    let tenant = Tenant::default();
    let totals = desk.store().totals(&tenant)?;
    let frame = desk.frame();
    let volume = desk.measure(Measure::Volume, &frame)?;
    let sum: i64 = volume.cells("messages").into_iter().flatten().filter_map(Cell::as_integer).sum();
    assert_eq!(sum, i64::try_from(size)?);
    let balance = desk.measure(Measure::Balance, &frame)?;
    let of = |end: &str| {
        let row = balance.rows().find(|row| {
            row.first().and_then(Cell::as_text) == Some("messages")
                && row.get(1).and_then(Cell::as_text) == Some(end)
                && row.get(2).is_some_and(Cell::is_null)
        });
        row.and_then(|row| row.get(3)).and_then(Cell::as_integer).unwrap_or_default().unsigned_abs()
    };
    assert_eq!((of("noise"), of("decided"), of("open")), (totals.noise, totals.decided, totals.open));
    let load = desk.measure(Measure::Load, &frame)?;
    let opened: i64 = load.cells("opened").into_iter().flatten().filter_map(Cell::as_integer).sum();
    let resolved: i64 = load.cells("resolved").into_iter().flatten().filter_map(Cell::as_integer).sum();
    assert_eq!((opened - resolved).unsigned_abs(), totals.cases_open);
    Ok(())
}

fn last_day(desk: &mut Desk<SqliteStore>) -> Result<NaiveDate, Failure> {
    desk.measures()?.days().next_back().ok_or_else(|| "a record without days".into())
}

/// Takes in `count` messages from number `from` on, and resolves nineteen in twenty of the cases that they open.
fn fill(desk: &mut Desk<SqliteStore>, from: usize, count: usize) -> Result<(), Failure> {
    let now = DateTime::from_timestamp(4_000_000_000, 0).unwrap_or_default();
    for start in (from..from + count).step_by(GROUP) {
        let messages = posts_from(start, GROUP.min(from + count - start));
        let ended: Vec<DateTime<Utc>> =
            messages.iter().map(|message| message.times().observed + chrono::Duration::hours(2)).collect();
        let received = desk.receive(messages, now)?;
        let mut events = Vec::new();
        for (number, (received, at)) in received.into_iter().zip(ended).enumerate() {
            if let Some(case) = received.case.filter(|_| received.opened && number % 20 > 0) {
                events.push(Event::CaseResolved { case, at, by: None });
            }
        }
        desk.store().commit(&Tenant::default(), &events)?;
    }
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<(T, f64), Failure> {
    let start = Instant::now();
    let done = work()?;
    Ok((done, start.elapsed().as_secs_f64()))
}

#[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
fn argument(name: &str) -> Option<usize> {
    let words: Vec<String> = std::env::args().collect();
    let at = words.iter().position(|word| word == name)?;
    words.get(at + 1)?.parse().ok()
}
