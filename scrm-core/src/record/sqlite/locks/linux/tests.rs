//! What becomes of a store and of its locks when the process forks?

#![allow(clippy::disallowed_methods, reason = "the test is its own child process")]

use std::time::Duration;

use crate::record::sqlite::tests::hostile::{file, process};
use crate::record::tests::fixtures::*;
use crate::record::{SqliteStore, Store, StoreErrorKind as Kind};

/// Runs `work` in a forked child, and says whether it went well. A process of one thread only may do so.
fn in_child(work: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child has no thread but this one, and ends without running what its parent has to clean up.
    unsafe {
        let child = libc::fork();
        if child == 0 {
            libc::_exit(i32::from(
                !std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or(false),
            ));
        }
        let mut status = 0;
        libc::waitpid(child, &raw mut status, 0) == child && status == 0
    }
}

fn kind(committed: Result<crate::record::Receipt, crate::record::StoreError>) -> Option<Kind> {
    committed.err().map(|error| error.kind())
}

#[test]
#[ignore = "run by the test below, as a process of its own"]
fn forker() {
    let Some(path) = file() else { return };
    let mut held = Some(SqliteStore::open(&path).unwrap());
    let store = held.as_mut().unwrap();
    store.commit(&tenant(), &[said("parent", 1).captured()]).unwrap();
    for turn in 0..20_u32 {
        // With a transaction open, and without.
        let sql = if turn % 2 == 0 { "BEGIN IMMEDIATE" } else { "SELECT 1" };
        let store = held.as_mut().unwrap();
        store.connection().query_row(sql, (), |_| Ok(())).ok();
        let message = said(format!("child {turn}"), 2).captured();
        let went_well = in_child(|| {
            let store = held.as_mut().unwrap();
            let refused = kind(store.commit(&tenant(), std::slice::from_ref(&message))) == Some(Kind::Forked)
                && store.totals(&tenant()).unwrap_err().kind() == Kind::Forked
                && store.seen(&tenant(), &[]).unwrap_err().to_string().contains("open it again here");
            // Gone in the child; the parent has it still.
            drop(held.take());
            let mut own = SqliteStore::open(&path).unwrap();
            own.connection().busy_timeout(Duration::ZERO).unwrap();
            let expected = (turn % 2 == 0).then_some(Kind::Busy);
            let done = kind(own.commit(&tenant(), std::slice::from_ref(&message))) == expected;
            // And so on: a child of the child.
            let again = in_child(|| own.totals(&tenant()).is_err() && SqliteStore::open(&path).is_ok());
            refused && done && again
        });
        println!("said {}", if went_well { "well" } else { "badly" });
        let store = held.as_mut().unwrap();
        if turn % 2 == 0 {
            println!("said third {}", process("tests::hostile::third", &path, None).join(""));
            store.connection().execute_batch("ROLLBACK").unwrap();
        }
        store.commit(&tenant(), &[said(format!("after {turn}"), 2).captured()]).unwrap();
    }
    println!("said {}", held.unwrap().totals(&tenant()).unwrap().messages);
}

#[test]
fn a_forked_child_is_refused_and_leaves_file_and_locks_to_its_parent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    let mut told = process("locks::linux::tests::forker", &path, None);
    assert_eq!(told.pop().unwrap(), (1 + 20 + 10).to_string());
    let expected: Vec<_> = (0..10).flat_map(|_| ["well", "third Busy", "well"]).collect();
    assert_eq!(told, expected);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(SqliteStore::open(&path).unwrap().totals(&tenant()).unwrap().messages, 31);
}

#[test]
#[ignore = "run by the test below, as a process of its own"]
fn orphaner() {
    let Some(path) = file() else { return };
    let store = SqliteStore::open(path).unwrap();
    store.connection().execute_batch("BEGIN IMMEDIATE").unwrap();
    // SAFETY: the child only waits to be ended; the parent is killed in the middle of its transaction.
    unsafe {
        let child = libc::fork();
        if child == 0 {
            libc::close(1);
            libc::close(2);
            libc::pause();
        }
        println!("said {child}");
        libc::kill(libc::getpid(), libc::SIGKILL);
    }
}

#[test]
fn a_child_that_outlives_its_parent_holds_no_lock() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    drop(SqliteStore::open(&path).unwrap());
    let child: libc::pid_t = process("locks::linux::tests::orphaner", &path, None)[0].parse().unwrap();
    let written = process("tests::hostile::third", &path, None);
    // SAFETY: the child of the process above, which waits for this.
    let alive = unsafe { libc::kill(child, libc::SIGKILL) } == 0;
    assert!(alive);
    assert_eq!(written, ["written"]);
}
