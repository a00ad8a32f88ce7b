//! Is everything there that was acknowledged, once, and does it add up?

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use scrm_core::model::Event;
use scrm_core::record::{Entry, MemoryStore, Seen, SqliteStore, Store};

use crate::deliveries::{group, key, tenant};

/// What a good file holds.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) messages: u64,
}

/// Opens the file and asks whether these messages are recorded, the file is sound and the log has no holes.
pub(crate) fn holds(path: &Path, acknowledged: &[u64]) -> Result<Found, String> {
    let mut store = SqliteStore::open(path).map_err(|error| format!("it does not open: {error}"))?;
    let keys: Vec<_> = acknowledged.iter().map(|n| key(*n)).collect();
    let seen = store.seen(&tenant(), &keys).map_err(|error| error.to_string())?;
    let lost: Vec<_> =
        acknowledged.iter().zip(seen).filter(|(_, seen)| *seen != Seen::Duplicate).map(|(n, _)| *n).collect();
    if !lost.is_empty() {
        return Err(format!("acknowledged and lost: {lost:?}"));
    }
    let totals = store.totals(&tenant()).map_err(|error| error.to_string())?;
    if totals.messages != totals.versions {
        return Err(format!("a delivery counts twice: {totals:?}"));
    }
    drop(store);
    sound(path)?;
    Ok(Found { messages: totals.messages })
}

/// What SQLite says of its own file, and whether the numbers of the log are 1, 2, 3 ….
fn sound(path: &Path) -> Result<(), String> {
    let connection = rusqlite::Connection::open(path).map_err(|error| error.to_string())?;
    let ask = |sql: &str| {
        connection.query_row(sql, (), |row| row.get::<_, String>(0)).map_err(|error| error.to_string())
    };
    let integrity = ask("PRAGMA integrity_check")?;
    if integrity != "ok" {
        return Err(format!("the file is damaged: {integrity}"));
    }
    let log =
        ask("SELECT count(*) || ' ' || coalesce(min(seq), 1) || ' ' || coalesce(max(seq), 0) FROM log")?;
    let numbers: Vec<u64> = log.split(' ').filter_map(|number| number.parse().ok()).collect();
    if numbers.len() != 3 || numbers[1] != 1 || numbers[0] != numbers[2] {
        return Err(format!("the log has holes: {log}"));
    }
    Ok(())
}

/// All of [`holds`], and that the log, told to an empty store, adds up to the same record.
pub(crate) fn replays(path: &Path, acknowledged: &[u64]) -> Result<Found, String> {
    let found = holds(path, acknowledged)?;
    let mut store = SqliteStore::open(path).map_err(|error| error.to_string())?;
    let mut log = Vec::new();
    let mut times: BTreeMap<String, u64> = BTreeMap::new();
    let mut note = |_, event: Event| {
        if let Event::Captured { message, .. } = &event {
            *times.entry(message.external_id().to_string()).or_default() += 1;
        }
        log.push(event);
        ControlFlow::Continue(())
    };
    store.log(&tenant(), 0, &mut note).map_err(|error| error.to_string())?;
    if let Some((id, count)) = times.iter().find(|(_, count)| **count != 1) {
        return Err(format!("message {id} was captured {count} times"));
    }
    let mut again = MemoryStore::new();
    again.commit(&tenant(), &log).map_err(|error| error.to_string())?;
    if again.totals(&tenant()).ok() != store.totals(&tenant()).ok() || state(&mut again) != state(&mut store)
    {
        return Err("the log does not add up to the record".to_owned());
    }
    Ok(found)
}

fn state(store: &mut dyn Store) -> Option<(Vec<Entry>, String)> {
    let mut entries = Vec::new();
    let keep = &mut |entry| {
        entries.push(entry);
        ControlFlow::Continue(())
    };
    store.entries(&tenant(), keep).ok()?;
    let mut cases = String::new();
    let keep = &mut |case| {
        cases.push_str(&format!("{case:?}\n"));
        ControlFlow::Continue(())
    };
    store.cases(&tenant(), keep).ok()?;
    Some((entries, cases))
}

/// Whether the record takes a new message.
pub(crate) fn goes_on(path: &Path, number: u64) -> Result<(), String> {
    let mut store = SqliteStore::open(path).map_err(|error| error.to_string())?;
    let receipt = store.commit(&tenant(), &group([number])).map_err(|error| error.to_string())?;
    if receipt.appended + receipt.duplicates == 0 {
        return Err("it takes nothing new".to_owned());
    }
    Ok(())
}
