//! Does a process that is killed at any moment lose anything that it acknowledged?

#![allow(clippy::disallowed_methods, reason = "the test is its own child process, and kills it")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::record::tests::fixtures::*;
use crate::record::{Seen, SqliteStore, Store};

const FILE: &str = "SCRM_TEST_CRASH_FILE";
const FIRST: &str = "SCRM_TEST_CRASH_FIRST";

/// The child: commits messages one by one from a number on, and says after each that it is committed.
#[test]
#[ignore = "run by the test below, as a process of its own"]
fn child() {
    let (Ok(file), Ok(first)) = (std::env::var(FILE), std::env::var(FIRST)) else { return };
    let mut store = SqliteStore::open(file).unwrap();
    for number in first.parse::<u64>().unwrap().. {
        let group = [said(number, 1).captured(), opened(&case_of(&said(number, 1)))];
        store.commit(&tenant(), &group).unwrap();
        println!("committed {number}");
    }
}

/// Starts a child at `first`, kills it while it works after `acks` commits, and says what was committed last.
fn run_and_kill(file: &Path, first: u64, acks: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "record::sqlite::tests::crash::child", "--ignored", "--nocapture"])
        .env(FILE, file)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let number = |line: String| line.split("committed ").nth(1)?.parse::<u64>().ok();
    let seen = lines.by_ref().filter_map(number).take(acks).last();
    child.kill().unwrap();
    child.wait().unwrap();
    // What was said before the kill and not yet read.
    lines.filter_map(number).last().or(seen).unwrap()
}

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("record.db");
    let mut next = 0;
    for acks in [1, 2, 3, 5, 8, 13, 4, 1] {
        let last = run_and_kill(&file, next, acks);
        // Whoever was not told sends again: the last one twice, and the one that may have been under way.
        next = last;
    }
    let mut store = SqliteStore::open(&file).unwrap();
    let keys: Vec<_> = (0..=next).map(|number| said(number, 1).key()).collect();
    let seen = store.seen(&tenant(), &keys).unwrap();
    assert!(seen.iter().all(|seen| *seen == Seen::Duplicate), "{seen:?}");
    // At most one commit more than was acknowledged, and each with its case or not at all.
    let totals = store.totals(&tenant()).unwrap();
    assert_eq!(totals.versions, totals.messages);
    assert_eq!(totals.cases_open, totals.messages);
    assert!((next + 1..=next + 2).contains(&totals.messages), "{next} {totals:?}");
    let sound: String = store.connection().query_row("PRAGMA integrity_check", (), |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}
