//! What if the host opens and closes the file itself, forks, moves the file, or puts an older one in its place?

#![allow(clippy::disallowed_methods, reason = "the tests are their own child processes")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::record::sql::commit;
use crate::record::sqlite::enabled::State;
use crate::record::sqlite::session::Session;
use crate::record::tests::fixtures::*;
use crate::record::{CommitOptions, SqliteOptions, SqliteStore, Store, StoreErrorKind as Kind};

const FILE: &str = "SCRM_TEST_HOSTILE_FILE";
const POSIX: &str = "SCRM_TEST_POSIX_LOCKS";

/// Whether this process is a child that is to show what happens with the locks that SQLite takes by itself.
pub(in crate::record::sqlite) fn wants_posix_locks() -> bool {
    std::env::var_os(POSIX).is_some()
}

/// Runs one of these tests as a process of its own and returns the lines in which it says how it went.
pub(in crate::record::sqlite) fn process(test: &str, file: &Path, locks: Option<&str>) -> Vec<String> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", &format!("record::sqlite::{test}"), "--ignored", "--nocapture"])
        .env(FILE, file)
        .stderr(Stdio::inherit());
    if let Some(locks) = locks {
        command.env(POSIX, locks);
    }
    let output = command.output().unwrap();
    let ended_itself = output.status.success() || output.status.code().is_none();
    assert!(ended_itself, "{test}: {}", String::from_utf8_lossy(&output.stdout));
    let said = String::from_utf8(output.stdout).unwrap();
    said.lines().filter_map(|line| line.split("said ").nth(1)).map(str::to_owned).collect()
}

pub(in crate::record::sqlite) fn file() -> Option<std::path::PathBuf> {
    std::env::var_os(FILE).map(Into::into)
}

/// What a backup, a scan for viruses or another copy of SQLite does to the process that runs it.
fn open_and_close(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        drop(std::fs::File::open(name).unwrap());
    }
}

#[test]
#[ignore = "run by the tests below, as a process of its own"]
fn victim() {
    let Some(path) = file() else { return };
    let mut session = Session::open(&path, SqliteOptions::default()).unwrap();
    let tenant = tenant();
    let written = session.write(|state| {
        open_and_close(&path);
        for line in process("tests::hostile::third", &path, None) {
            println!("said third {line}");
        }
        commit(&mut State(state), &tenant, &[said("victim", 2).captured()], &CommitOptions::default())
    });
    println!("said victim {}", if written.is_ok() { "written" } else { "refused" });
}

#[test]
#[ignore = "run by the tests below, as a process of its own"]
fn third() {
    let Some(path) = file() else { return };
    let mut store = SqliteStore::open(path).unwrap();
    store.connection().busy_timeout(Duration::ZERO).unwrap();
    match store.commit(&tenant(), &[said("third", 3).captured()]) {
        Ok(_) => println!("said written"),
        Err(error) => println!("said {:?}", error.kind()),
    }
}

/// Who was told that their message is recorded, and how many messages are.
fn second_opener(locks: Option<&str>) -> (Vec<String>, u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    // It stays open, so that nobody is the last to close the file and moves the log into it.
    let mut store = SqliteStore::open(&path).unwrap();
    store.commit(&tenant(), &[said(1, 1).captured()]).unwrap();
    let told = process("tests::hostile::victim", &path, locks);
    (told, store.totals(&tenant()).unwrap().messages)
}

#[cfg(target_os = "linux")]
#[test]
fn whoever_closes_the_file_in_our_process_drops_no_lock_of_ours() {
    assert_eq!(second_opener(None), (vec!["third Busy".to_owned(), "victim written".to_owned()], 2));
}

/// The test above is worth something: with the locks that SQLite takes by itself, a message that was acknowledged is gone.
#[cfg(unix)]
#[test]
fn without_locks_of_our_own_a_commit_would_be_lost() {
    let (told, messages) = second_opener(Some("1"));
    assert_eq!((&*told[0], &*told[1]), ("third written", "victim written"));
    assert!(messages < 3, "all three were acknowledged, and all are there: {messages}");
}

#[cfg(unix)]
#[test]
fn two_stores_of_one_process_exclude_each_other_and_leave_one_file() {
    for first in [0, 1] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.db");
        let open = || {
            let store = SqliteStore::open(&path).unwrap();
            store.connection().busy_timeout(Duration::ZERO).unwrap();
            store
        };
        let mut stores = vec![open(), open()];
        stores[0].connection().execute_batch("BEGIN IMMEDIATE").unwrap();
        let error = stores[1].commit(&tenant(), &[said(1, 1).captured()]).unwrap_err();
        assert_eq!(error.kind(), Kind::Busy);
        assert_eq!(process("tests::hostile::third", &path, None), ["Busy"]);
        stores[0].connection().execute_batch("ROLLBACK").unwrap();
        assert_eq!(process("tests::hostile::third", &path, None), ["written"]);
        stores[1].commit(&tenant(), &[said(1, 1).captured()]).unwrap();
        // Whoever opened it first may close it first: the other keeps its locks.
        drop(stores.remove(first));
        stores[0].connection().execute_batch("BEGIN IMMEDIATE").unwrap();
        assert_eq!(process("tests::hostile::third", &path, None), ["Busy"]);
        stores[0].connection().execute_batch("ROLLBACK").unwrap();
        drop(stores);
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "the last one moves the log into the file"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_was_moved_or_replaced_takes_no_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    let mut store = SqliteStore::open(&path).unwrap();
    store.commit(&tenant(), &[said(1, 1).captured()]).unwrap();
    std::fs::rename(&path, folder.path().join("moved.db")).unwrap();
    for replaced in [false, true] {
        if replaced {
            std::fs::copy(folder.path().join("moved.db"), &path).unwrap();
        }
        let error = store.commit(&tenant(), &[said(2, 2).captured()]).unwrap_err();
        assert_eq!(error.kind(), Kind::ForeignWriter);
        assert!(error.to_string().contains("it was moved, replaced or deleted"), "{error}");
    }
    std::fs::rename(folder.path().join("moved.db"), &path).unwrap();
    store.commit(&tenant(), &[said(2, 2).captured()]).unwrap();
}

#[test]
fn a_log_that_lost_what_was_acknowledged_takes_no_commit() {
    let mut store = SqliteStore::open_in_memory().unwrap();
    store.commit(&tenant(), &[said(1, 1).captured(), said(2, 2).captured()]).unwrap();
    store
        .connection()
        .execute_batch(
            "PRAGMA foreign_keys = OFF; DROP TRIGGER log_is_not_cut; DELETE FROM log WHERE seq = 2",
        )
        .unwrap();
    let error = store.commit(&tenant(), &[said(3, 3).captured()]).unwrap_err();
    assert_eq!(error.kind(), Kind::ForeignWriter);
    assert!(error.to_string().contains("a commit that was acknowledged is missing"), "{error}");
}
