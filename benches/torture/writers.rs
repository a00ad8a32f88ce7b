//! Do eight processes that deliver the same messages to one file get on with each other?

use std::process::{Command, Stdio};

use benches::dice::Dice;
use scrm_core::record::{SqliteStore, Store};

use crate::deliveries::{group, tenant};
use crate::settings::Settings;
use crate::verify;

/// How often in a row a commit may be told that the file is locked before this counts as starving.
const PATIENCE: u64 = 20;

pub(crate) fn run(settings: &Settings) -> Result<String, String> {
    let (processes, each) = (settings.get("processes", 8_u64), settings.get("messages", 400_u64));
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("record.db");
    let start = |process: u64| {
        Command::new(std::env::current_exe().unwrap())
            .args(["writers-child", "--file"])
            .arg(&file)
            .args(["--process", &process.to_string(), "--messages", &each.to_string()])
            .args(["--seed", &settings.seed().to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())
    };
    let children = (0..processes).map(start).collect::<Result<Vec<_>, _>>()?;
    let (mut appended, mut duplicates, mut waits) = (0, 0, 0);
    for child in children {
        let output = child.wait_with_output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let numbers: Vec<u64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [one, two, three] = numbers[..] else { return Err(format!("a writer gave up: {said}")) };
        appended += one;
        duplicates += two;
        waits += three;
    }
    // Neighbours share half of what they send.
    let distinct = (processes + 1) * each / 2;
    let all: Vec<_> = (0..distinct).collect();
    let found = verify::replays(&file, &all)?;
    if found.messages != distinct || duplicates != processes * each - distinct {
        return Err(format!("{} messages of {distinct}, {duplicates} told as duplicates", found.messages));
    }
    Ok(format!(
        "writers: {processes} processes, {} deliveries of {distinct} messages, {appended} events appended, {duplicates} duplicates, {waits} commits told to wait: 0 lost, 0 twice, nobody starved",
        processes * each
    ))
}

/// Sends its messages in an order of its own, in groups of one to ten.
pub(crate) fn child(settings: &Settings) -> Result<String, String> {
    let (process, each) = (settings.get("process", 0_u64), settings.get("messages", 0_u64));
    let mut dice = Dice::of(settings.seed(), 3, usize::try_from(process).unwrap());
    let mut numbers: Vec<_> = (process * each / 2..process * each / 2 + each).collect();
    for last in (1..numbers.len()).rev() {
        numbers.swap(last, dice.below(last + 1));
    }
    let mut store = SqliteStore::open(settings.file()).map_err(|error| error.to_string())?;
    let (mut appended, mut duplicates, mut waits) = (0, 0, 0);
    let mut rest = &numbers[..];
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(1 + dice.below(10)));
        let events = group(now.iter().copied());
        let mut tries = 0;
        let receipt = loop {
            match store.commit(&tenant(), &events) {
                Ok(receipt) => break receipt,
                Err(error) if error.is_retryable() && tries < PATIENCE => tries += 1,
                Err(error) => return Err(format!("after {tries} tries: {error}")),
            }
        };
        (appended, duplicates, waits) =
            (appended + receipt.appended, duplicates + receipt.duplicates, waits + tries);
        rest = later;
    }
    Ok(format!("{appended} {duplicates} {waits}"))
}
