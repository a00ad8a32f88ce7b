//! Is an erasure in the file: against a reader, a kill, an old backup?

#![allow(clippy::disallowed_methods, reason = "the test is its own child process, and kills it")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::model::{IdentityKey, NativeId, Source};
use crate::record::erase::{EraseOptions, Whom, erase};
use crate::record::tests::fixtures::*;
use crate::record::{Scrub, SqliteStore, Store, StoreErrorKind, Totals};

fn account(name: &str) -> IdentityKey {
    IdentityKey { source: Source::new("x").unwrap(), native_id: NativeId::new(name).unwrap() }
}

fn forget(store: &mut SqliteStore, name: &str) -> Scrub {
    let whom = Whom::Accounts(BTreeSet::from([account(name)]));
    erase(store, &tenant(), &whom, &EraseOptions::default(), at(5000)).unwrap().state
}

fn fill(store: &mut SqliteStore, count: u64) -> Totals {
    let said = |n: u64| said(n, 1).by(if n.is_multiple_of(2) { "zana" } else { "zbob" });
    for group in (0..count).collect::<Vec<_>>().chunks(500) {
        let events: Vec<_> =
            group.iter().flat_map(|n| [said(*n).captured(), opened(&case_of(&said(*n)))]).collect();
        store.commit(&tenant(), &events).unwrap();
    }
    store.totals(&tenant()).unwrap()
}

/// How often a word stands in the files whose names begin with the record's.
fn count(path: &Path, word: &str) -> usize {
    let name = path.file_name().unwrap().to_str().unwrap();
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let ours = files.filter(|file| file.file_name().unwrap().to_str().unwrap().starts_with(name));
    ours.map(|file| {
        let bytes = std::fs::read(file).unwrap();
        bytes.windows(word.len()).filter(|window| *window == word.as_bytes()).count()
    })
    .sum()
}

#[test]
fn what_is_overwritten_is_what_makes_the_difference() {
    let folder = tempfile::tempdir().unwrap();
    for (name, setting) in [("on.db", "ON"), ("off.db", "OFF")] {
        let path = folder.path().join(name);
        let mut store = SqliteStore::open(&path).unwrap();
        store.connection().execute_batch(&format!("PRAGMA secure_delete = {setting}")).unwrap();
        fill(&mut store, 200);
        assert_eq!(forget(&mut store, "zana"), Scrub::Done);
        drop(store);
        // The test itself can find what is left.
        assert_eq!(count(&path, "zana") == 0, setting == "ON", "{setting}");
        assert!(count(&path, "zbob") > 100);
    }
}

#[test]
fn a_reader_keeps_it_pending() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    let mut store = SqliteStore::open(&path).unwrap();
    let before = fill(&mut store, 40);
    store.connection().busy_timeout(Duration::ZERO).unwrap();
    let mut reader = SqliteStore::open(&path).unwrap();
    reader
        .entries(&tenant(), &mut |_| {
            assert_eq!(forget(&mut store, "zana"), Scrub::Pending);
            assert_eq!(store.scrub().unwrap(), Scrub::Pending);
            ControlFlow::Break(())
        })
        .unwrap();
    assert!(count(&path, "zana") > 0, "the log beside the file keeps what the reader reads");
    assert_eq!(store.scrub().unwrap(), Scrub::Done);
    assert_eq!(count(&path, "zana"), 0);
    assert_eq!(store.totals(&tenant()).unwrap(), before);
}

#[test]
fn an_old_backup_is_told_who_was_erased_since() {
    let folder = tempfile::tempdir().unwrap();
    let (path, backup) = (folder.path().join("record.db"), folder.path().join("backup.db"));
    let mut store = SqliteStore::open(&path).unwrap();
    let before = fill(&mut store, 40);
    store.backup_to(&backup).unwrap();
    let refused = store.backup_to(&backup).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Open);
    assert!(refused.to_string().contains("a backup is written to a new one"), "{refused}");
    // A copy is a record of its own.
    assert_eq!(SqliteStore::open(&backup).unwrap().totals(&tenant()).unwrap(), before);
    assert!(count(&backup, "zana") > 0);

    assert_eq!(forget(&mut store, "zana"), Scrub::Done);
    // What they say later is a new beginning.
    store.commit(&tenant(), &[said(1000, 6000).by("zana").captured()]).unwrap();
    let after = folder.path().join("after.db");
    store.backup_to(&after).unwrap();
    drop(store);
    // The ledger holds hashes.
    let ledger = std::fs::read_to_string(path.with_extension("db.erasures")).unwrap();
    assert_eq!(ledger.lines().count(), 1);
    assert!(!ledger.contains("zana") && ledger.contains("\"tenant\":\"acme\""), "{ledger}");
    // A line that a crash cut short was never acknowledged.
    std::fs::write(path.with_extension("db.erasures"), format!("{ledger}{{\"tenant\":\"ac")).unwrap();

    // A newer backup knows by itself, and keeps the new beginning.
    std::fs::copy(&after, &path).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    assert!(store.identity(&tenant(), &account("zana")).unwrap().is_some());
    drop(store);

    std::fs::copy(&backup, &path).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.totals(&tenant()).unwrap(), before);
    assert_eq!(store.identity(&tenant(), &account("zana")).unwrap(), None);
    assert!(store.identity(&tenant(), &account("zbob")).unwrap().is_some());
    assert_eq!(store.commit(&tenant(), &[said(0, 1).by("zana").captured()]).unwrap().duplicates, 1);
    drop(store);
    assert_eq!(count(&path, "zana"), 0);
    assert_eq!(std::fs::read_to_string(path.with_extension("db.erasures")).unwrap(), ledger);

    std::fs::write(path.with_extension("db.erasures"), "nonsense\n").unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(error.to_string().contains("line 1 of its ledger of erasures cannot be read"), "{error}");
}

const FILE: &str = "SCRM_TEST_ERASE_FILE";

/// The child: erases one of two, and says when it is done.
#[test]
#[ignore = "run by the test below, as a process of its own"]
fn child() {
    let Ok(file) = std::env::var(FILE) else { return };
    let mut store = SqliteStore::open(file).unwrap();
    forget(&mut store, "zana");
}

#[test]
fn a_killed_erasure_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let full = folder.path().join("full.db");
    let before = fill(&mut SqliteStore::open(&full).unwrap(), 600);
    for millis in [5, 25, 60, 120, 250] {
        let path = folder.path().join(format!("record{millis}.db"));
        std::fs::copy(&full, &path).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "record::sqlite::tests::erase::child", "--ignored"])
            .env(FILE, &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut store = SqliteStore::open(&path).unwrap();
        assert_eq!(store.totals(&tenant()).unwrap(), before, "all or nothing");
        assert_eq!(forget(&mut store, "zana"), Scrub::Done);
        assert_eq!(store.totals(&tenant()).unwrap(), before);
        drop(store);
        assert_eq!(count(&path, "zana"), 0);
    }
}

#[test]
fn nothing_but_an_erasure_changes_the_log() {
    let mut store = SqliteStore::open_in_memory().unwrap();
    fill(&mut store, 4);
    forget(&mut store, "zana");
    let error = store.connection().execute("UPDATE log SET body = '{}'", ()).unwrap_err();
    assert!(error.to_string().contains("append-only"), "{error}");
}

#[test]
fn an_older_file_learns_which_events_name_which_messages() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.db"), folder.path().join("new.db"));
    let mut reply = said(2, 2).by("bob").message().into_builder();
    reply.thread.parent = Some(crate::model::ExternalId::new("1").unwrap());
    reply.thread.id = Some("1".to_owned());
    reply.thread.quoted = Some(crate::model::ExternalId::new("7").unwrap());
    let reply = Box::new(reply.build().unwrap());
    let case = case_of(&said(1, 1));
    let events = [
        said(1, 1).captured(),
        crate::model::Event::Captured { message: reply, assessment: said(1, 1).assessment() },
        opened(&case),
        joined(&case, &said(2, 2)),
        responded("r1", &case, 3),
    ];
    let mut store = SqliteStore::open(&new).unwrap();
    store.commit(&tenant(), &events).unwrap();
    let cites = |store: &SqliteStore| -> Vec<(String, String, i64)> {
        let sql = "SELECT source, external_id, seq FROM cites ORDER BY seq, external_id";
        let mut asked = store.connection().prepare(sql).unwrap();
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        asked.query_map((), row).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let wanted = cites(&store);
    assert_eq!(wanted.len(), 6, "{wanted:?}");

    let connection = rusqlite::Connection::open(&old).unwrap();
    connection.execute_batch(crate::record::sqlite::schema::MIGRATIONS[0]).unwrap();
    connection.execute("ATTACH ?1 AS new", [new.to_str().unwrap()]).unwrap();
    let copy =
        "INSERT INTO log (id, tenant, seq, kind, body) SELECT id, tenant, seq, kind, body FROM new.log";
    connection.execute(copy, ()).unwrap();
    drop(connection);
    assert_eq!(cites(&SqliteStore::open(&old).unwrap()), wanted);
}
