//! How fast is the record: what does a commit cost, and what the questions asked of it while messages come in?
//!
//! `cargo bench --bench record` prints the figures of 200,000 messages in a file, in groups of a thousand, each durable;
//! `-- --messages 10000000` takes so many, `-- --part bare` does one part alone (`groups`, `bare`, `grown`, `latency`).
//! Ratios within one run are asserted, times are printed:
//! groups against one commit per message (20 times at least), and against a bare program that writes the same rows into
//! the same tables in the same groups (half as fast at least).

#![allow(clippy::print_stdout, reason = "what was measured is what this program is for")]
#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(clippy::unreachable, reason = "a bench that made a wrong message measures nothing")]
#![allow(clippy::cast_precision_loss, reason = "figures")]

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use benches::{engine, posts_from};
use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use scrm_core::desk::{Desk, SearchOptions};
use scrm_core::engine::Engine;
use scrm_core::model::{Event, IdentityKey, Message, NativeId, Source, Tenant, Topic};
use scrm_core::record::{History, HistoryQuery, ProfileLimits, SqliteStore, Store};

type Failure = Box<dyn Error>;

/// Messages of one commit.
const GROUP: usize = 1_000;
/// Commits of one message each.
const ALONE: usize = 300;
/// Messages of the comparison with a bare program.
const BARE: usize = 20_000;
/// The customer with a long history: one in so many messages is theirs, up to this many.
const HEAVY: usize = 10_000;

fn main() -> Result<(), Failure> {
    let messages = argument("--messages").unwrap_or(200_000);
    let folder = tempfile::tempdir()?;
    let engine = engine(100);
    let part: Option<String> = argument("--part");
    let asked = |name: &str| part.as_ref().is_none_or(|part| part == name);
    println!("load {}", load());
    let ratio = asked("groups").then(|| groups_and_single_commits(&engine, folder.path())).transpose()?;
    let share = asked("bare").then(|| against_a_bare_program(&engine, folder.path())).transpose()?;
    if asked("grown") {
        grown(&engine, folder.path(), messages)?;
    }
    if asked("latency") {
        latency(&engine, folder.path())?;
    }
    println!("load {}", load());
    if let Some(ratio) = ratio {
        assert!(ratio >= 20.0, "a group is worth less than 20 commits: {ratio:.1}");
    }
    if let Some(share) = share {
        assert!(share >= 0.5, "a bare program writes the same more than twice as fast: {share:.2}");
    }
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
fn argument<T: FromStr>(name: &str) -> Option<T> {
    let words: Vec<String> = std::env::args().collect();
    let at = words.iter().position(|word| word == name)?;
    words.get(at + 1)?.parse().ok()
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim().to_owned()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(4_000_000_000, 0).unwrap_or_default()
}

/// What the engine says of messages, as events: the part that is not the record's is done before the clock starts.
fn events(engine: &Engine, messages: Vec<Message>) -> Vec<Event> {
    let assessed = engine.assess_all(&messages);
    let event = |(message, assessment)| Event::Captured {
        message: Box::new(message),
        assessment: Box::new(assessment),
    };
    messages.into_iter().zip(assessed).map(event).collect()
}

/// Messages from number `from` on; one in twenty is by the customer with a long history until they have theirs.
fn made(from: usize, count: usize) -> Vec<Message> {
    let of_one = |(number, message): (usize, Message)| {
        if !number.is_multiple_of(20) || number / 20 >= HEAVY {
            return message;
        }
        let mut made = message.into_builder();
        if let Some(author) = &mut made.author {
            author.key = heavy();
        }
        made.build().unwrap_or_else(|error| unreachable!("{error}"))
    };
    (from..).zip(posts_from(from, count)).map(of_one).collect()
}

fn account(name: &str) -> IdentityKey {
    match (Source::new("x"), NativeId::new(name)) {
        (Ok(source), Ok(native_id)) => IdentityKey { source, native_id },
        (source, id) => unreachable!("{source:?} {id:?}"),
    }
}

fn heavy() -> IdentityKey {
    account("heavy")
}

fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn groups_and_single_commits(engine: &Engine, folder: &Path) -> Result<f64, Failure> {
    let tenant = Tenant::default();
    let mut store = SqliteStore::open(folder.join("groups.db"))?;
    let events = events(engine, posts_from(0, BARE + ALONE));
    let (grouped, alone) = events.split_at(BARE);
    let start = Instant::now();
    for group in grouped.chunks(GROUP) {
        store.commit(&tenant, group)?;
    }
    let by_group = per_second(BARE, start.elapsed());
    let start = Instant::now();
    for event in alone {
        store.commit(&tenant, std::slice::from_ref(event))?;
    }
    let one_by_one = per_second(ALONE, start.elapsed());
    let ratio = by_group / one_by_one;
    println!(
        "acknowledged: {by_group:.0}/s in groups of {GROUP}, {one_by_one:.0}/s one by one: {ratio:.1} times"
    );
    assert_eq!(store.totals(&tenant)?.messages, (BARE + ALONE) as u64);
    Ok(ratio)
}

/// The tables that a capture is written to, in the order of references; the index of words is written with its own words.
const TABLES: [&str; 6] = ["log", "deliveries", "messages", "involved", "cites", "identities"];

/// Copies what a store wrote, row by row, into a file with the same tables, indexes and settings, by a program that does
/// nothing else.
fn against_a_bare_program(engine: &Engine, folder: &Path) -> Result<f64, Failure> {
    let tenant = Tenant::default();
    let (ours, theirs) = (folder.join("ours.db"), folder.join("theirs.db"));
    let events = events(engine, posts_from(0, BARE));
    let mut store = SqliteStore::open(&ours)?;
    let (start, worked) = (Instant::now(), processor());
    for group in events.chunks(GROUP) {
        store.commit(&tenant, group)?;
    }
    let (ours_took, ours_worked) = (start.elapsed(), processor() - worked);
    drop(store);
    drop(SqliteStore::open(&theirs)?);
    let bare = rows(&ours)?;
    let connection = Connection::open(&theirs)?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
         PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA cache_size = -8000;
         PRAGMA journal_size_limit = 33554432; INSERT OR IGNORE INTO tenants (tenant) VALUES ('default');",
    )?;
    let (start, worked) = (Instant::now(), processor());
    for group in 0..BARE.div_ceil(GROUP) {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for (sql, tables) in &bare {
            let mut statement = connection.prepare_cached(sql)?;
            for row in tables.get(group).into_iter().flatten() {
                statement.execute(params_from_iter(row))?;
            }
        }
        connection.execute_batch("COMMIT")?;
    }
    let (theirs_took, theirs_worked) = (start.elapsed(), processor() - worked);
    let count = |path: &Path| -> Result<Vec<i64>, Failure> {
        let connection = Connection::open(path)?;
        let count = |table: &&str| {
            connection.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get(0))
        };
        Ok(TABLES.iter().map(count).collect::<Result<_, _>>()?)
    };
    assert_eq!(count(&ours)?, count(&theirs)?);
    let share = theirs_took.as_secs_f64() / ours_took.as_secs_f64();
    println!(
        "the same rows by a bare program: {:.0}/s; ours {:.0}/s, {:.0} % of that",
        per_second(BARE, theirs_took),
        per_second(BARE, ours_took),
        share * 100.0
    );
    println!(
        "of the processor's time: {:.1} us a message; ours {:.1} us, {:.0} % of that fast",
        theirs_worked.as_secs_f64() * 1e6 / BARE as f64,
        ours_worked.as_secs_f64() * 1e6 / BARE as f64,
        theirs_worked.as_secs_f64() / ours_worked.as_secs_f64() * 100.0
    );
    Ok(share)
}

type Rows = Vec<(String, Vec<Vec<Vec<Value>>>)>;

/// For each table its statement, and the rows of each group.
fn rows(path: &Path) -> Result<Rows, Failure> {
    let connection = Connection::open(path)?;
    let mut found = Rows::new();
    for table in TABLES {
        let by_seq = match table {
            "identities" => "(SELECT min(seq) FROM involved i WHERE i.native_id = identities.native_id)",
            _ => "seq",
        };
        let mut statement = connection.prepare(&format!("SELECT {by_seq}, * FROM {table} ORDER BY 1"))?;
        let columns = statement.column_count() - 1;
        let mut groups = vec![Vec::new(); BARE.div_ceil(GROUP)];
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let group = usize::try_from(row.get::<_, i64>(0)? - 1)? / GROUP;
            let values: Result<Vec<Value>, _> = (1..=columns).map(|column| row.get(column)).collect();
            if let Some(group) = groups.get_mut(group) {
                group.push(values?);
            }
        }
        let places: Vec<String> = (1..=columns).map(|n| format!("?{n}")).collect();
        found.push((format!("INSERT INTO {table} VALUES ({})", places.join(", ")), groups));
    }
    let mut statement = connection
        .prepare("SELECT l.seq, l.body, m.doc FROM log l JOIN messages m USING (seq) ORDER BY 1")?;
    let mut groups = vec![Vec::new(); BARE.div_ceil(GROUP)];
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let body: serde_json::Value = serde_json::from_str(&row.get::<_, String>(1)?)?;
        let message: Message = serde_json::from_value(body.get("message").cloned().unwrap_or_default())?;
        let words: Vec<String> =
            scrm_core::record::words_of(&message).into_iter().map(|word| format!("1{word}")).collect();
        if let Some(group) = groups.get_mut(usize::try_from(row.get::<_, i64>(0)? - 1)? / GROUP) {
            group.push(vec![row.get(2)?, Value::Text(words.join(" "))]);
        }
    }
    found.push(("INSERT INTO words (rowid, text) VALUES (?1, ?2)".to_owned(), groups));
    Ok(found)
}

/// A record that grows: size, time to open, and what its questions cost at each size.
fn grown(engine: &Engine, folder: &Path, messages: usize) -> Result<(), Failure> {
    let path = folder.join("grown.db");
    let tenant = Tenant::default();
    let mut store = SqliteStore::open(&path)?;
    let (mut written, mut took) = (0, Duration::ZERO);
    let mut costs = Vec::new();
    println!(
        "messages    /s      bytes each  open ms  profile ms  of few ms  history us  search ms  processor: profile ms, history us"
    );
    for share in [8, 4, 2, 1] {
        let size = messages / share;
        while written < size {
            let events = events(engine, made(written, GROUP.min(size - written)));
            let start = Instant::now();
            store.commit(&tenant, &events)?;
            took += start.elapsed();
            written += events.len();
        }
        drop(store);
        let bytes = std::fs::metadata(&path)?.len() as f64 / written as f64;
        let start = Instant::now();
        store = SqliteStore::open(&path)?;
        let open = start.elapsed();
        let long = median(5, || store_profile(&mut store, &tenant, &heavy()))?;
        let few = median(21, || store_profile(&mut store, &tenant, &account("u7")))?;
        let worked = processor();
        for _ in 0..20 {
            store_profile(&mut store, &tenant, &heavy())?;
        }
        let worked_long = (processor() - worked) / 20;
        let (history, worked_history) = history(&mut store, &tenant, written)?;
        let mut desk = Desk::open(engine.clone(), store);
        let search = median(5, || {
            let page = desk.search("(waiting NEAR/3 answer) -weather", &SearchOptions::default())?;
            assert_eq!(page.hits.len(), 50);
            Ok(())
        })?;
        store = SqliteStore::open(&path)?;
        drop(desk);
        println!(
            "{written:<10} {:<8.0} {bytes:<11.0} {:<8.1} {:<11.2} {:<10.2} {:<11.1} {:<10.2} {:<11.2} {:.1}",
            per_second(written, took),
            ms(open),
            ms(long),
            ms(few),
            history.as_secs_f64() * 1e6,
            ms(search),
            ms(worked_long),
            worked_history.as_secs_f64() * 1e6,
        );
        costs.push((written as f64, long.as_secs_f64()));
    }
    if written_of_heavy(written) > 0 {
        let many = ms(Duration::from_secs_f64(costs.last().map_or(0.0, |(_, took)| *took)));
        println!("profile of a customer with {} interactions: {many:.2} ms", written_of_heavy(written));
    }
    // Once the history is full the cost of the profile may grow with the depth of the trees, and no faster.
    let full: Vec<_> = costs.iter().filter(|(written, _)| *written >= (HEAVY * 20) as f64).collect();
    if let (Some(first), Some(last)) = (full.first(), full.last()) {
        let allowed = last.0.ln() / first.0.ln();
        let grew = last.1 / first.1;
        println!("profile: {grew:.2} times at {:.0} times the size", last.0 / first.0);
        assert!(full.len() < 2 || grew < allowed * 2.0, "a profile costs {grew:.2} times as much");
    }
    Ok(())
}

/// Messages of the customer with a long history among the first so many.
fn written_of_heavy(written: usize) -> usize {
    written.div_ceil(20).min(HEAVY)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The processor's time that this thread has had: on a machine that is busy otherwise it says more than the clock. Zero
/// where the system does not tell.
fn processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or_default())
}

fn median(times: usize, mut run: impl FnMut() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let mut taken = Vec::new();
    for _ in 0..times {
        let start = Instant::now();
        run()?;
        taken.push(start.elapsed());
    }
    taken.sort_unstable();
    Ok(taken.get(times / 2).copied().unwrap_or_default())
}

fn store_profile(store: &mut SqliteStore, tenant: &Tenant, account: &IdentityKey) -> Result<(), Failure> {
    let profile = scrm_core::record::profile(store, tenant, account, now(), ProfileLimits::default())?;
    assert!(!profile.history.is_empty() && profile.history.len() <= ProfileLimits::default().recent);
    Ok(())
}

/// What the router's counters ask for one message: the messages of one customer and of one issue, about a hundred.
fn history(
    store: &mut SqliteStore,
    tenant: &Tenant,
    written: usize,
) -> Result<(Duration, Duration), Failure> {
    let issue = Topic::new("delivery.parcel")?;
    let last = 1_772_000_000 + i64::try_from(written)? * 20;
    let mut since = DateTime::from_timestamp(last, 0).unwrap_or_default();
    let query = |since| HistoryQuery { authors: vec![account("u7")], issues: vec![issue.clone()], since };
    let count = |found: &History| {
        let authors: usize = found.authors.iter().map(Vec::len).sum();
        authors + found.issues.iter().map(Vec::len).sum::<usize>()
    };
    let mut found = 0;
    for _ in 0..10_000 {
        found = count(&store.history(tenant, &query(since))?);
        if found >= 100 {
            break;
        }
        since -= chrono::Duration::minutes(20);
    }
    assert!(found >= 100, "{found} messages in the window");
    let query = query(since);
    let mut ask = || {
        assert_eq!(count(&store.history(tenant, &query)?), found);
        Ok(())
    };
    let took = median(201, &mut ask)?;
    let worked = processor();
    for _ in 0..5_000 {
        ask()?;
    }
    Ok((took, (processor() - worked) / 5_000))
}

/// From the call to the receipt: read, decided, durable. One message at a time, then a group.
fn latency(engine: &Engine, folder: &Path) -> Result<(), Failure> {
    let mut desk = Desk::open(engine.clone(), SqliteStore::open(folder.join("latency.db"))?);
    desk.receive(posts_from(0, BARE), now())?;
    for (size, times) in [(1, 400), (GROUP, 20)] {
        let mut taken = Vec::new();
        for run in 0..times {
            let messages = posts_from(BARE + size * 1_000 + run * size, size);
            let start = Instant::now();
            let received = desk.receive(messages, now())?;
            taken.push(start.elapsed());
            assert!(received.iter().all(|one| one.outcome.is_some()));
        }
        taken.sort_unstable();
        let at =
            |percent: usize| ms(taken.get((taken.len() - 1) * percent / 100).copied().unwrap_or_default());
        println!("receive {size}, decide, make durable: p50 {:.2} ms, p99 {:.2} ms", at(50), at(99));
    }
    let mut entries = 0;
    let tenant = Tenant::default();
    desk.store().entries(&tenant, &mut |_| {
        entries += 1;
        ControlFlow::Continue(())
    })?;
    assert_eq!(entries, BARE + 400 + 20 * GROUP);
    Ok(())
}
