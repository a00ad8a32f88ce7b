//! Which files are refused, and are they left as they were? What happens when there is no space, or no lock?

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::record::sqlite::schema;
use crate::record::tests::fixtures::*;
use crate::record::{SqliteStore, Store, StoreError, StoreErrorKind as Kind};

fn bytes(path: &Path) -> Vec<u8> {
    Sha256::digest(std::fs::read(path).unwrap()).to_vec()
}

/// The file and its log as a crash would leave them now.
fn crash(path: &Path, to: &Path) -> PathBuf {
    std::fs::copy(path, to).unwrap();
    std::fs::copy(path.with_extension("db-wal"), to.with_extension("db-wal")).unwrap();
    to.to_owned()
}

/// Opening is refused for this reason and in these words, and changes neither the file nor its folder.
fn refused(path: &Path, kind: Kind, words: &[&str]) {
    let names = |path: &Path| {
        let folder = path.parent().filter(|folder| folder.is_dir())?;
        Some(std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>())
    };
    let before = (path.is_file().then(|| bytes(path)), names(path));
    let error = SqliteStore::open(path).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    let text = error.to_string();
    for word in words.iter().copied().chain([&*path.display().to_string()]) {
        assert!(text.contains(word), "`{word}` in `{text}`");
    }
    assert_eq!((path.is_file().then(|| bytes(path)), names(path)), before);
}

#[test]
fn what_is_not_ours_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);

    for (name, text) in [("short.txt", "hello"), ("long.txt", &*"a line of text\n".repeat(1000))] {
        std::fs::write(file(name), text).unwrap();
        refused(&file(name), Kind::NotADatabase, &["choose another file"]);
    }
    let foreign = Connection::open(file("foreign.db")).unwrap();
    foreign.execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
    refused(&file("foreign.db"), Kind::NotOurs, &["another program"]);
    // Also while its owner has it open, with a log that is not yet moved into the file.
    foreign.execute_batch("PRAGMA journal_mode = WAL; INSERT INTO bookmarks VALUES ('a')").unwrap();
    refused(&file("foreign.db"), Kind::NotOurs, &["another program"]);
    let marked = Connection::open(file("marked.db")).unwrap();
    marked.execute_batch("PRAGMA application_id = 7; VACUUM").unwrap();
    refused(&file("marked.db"), Kind::NotOurs, &["another program"]);

    refused(folder.path(), Kind::IsDirectory, &["is a folder"]);
    refused(&file("none/record.db"), Kind::Open, &["there is no folder", "none`; make it first"]);
    refused(Path::new(""), Kind::Open, &["the path is empty"]);
    refused(Path::new(":memory:"), Kind::Open, &["that is no file"]);
}

#[test]
fn a_newer_format_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    drop(SqliteStore::open(&path).unwrap());
    let newer = Connection::open(&path).unwrap();
    // First in the log beside the file alone, then in the file.
    newer
        .execute_batch("PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 9; CREATE TABLE news (a)")
        .unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert_eq!(error.kind(), Kind::TooNew { found: 9, max: schema::NEWEST });
    let before = bytes(&path);
    drop(SqliteStore::open(&path).unwrap_err());
    assert_eq!(bytes(&path), before);
    // Nor is its log moved into it when its owner crashed and nobody else has it open.
    let crashed = crash(&path, &folder.path().join("crashed.db"));
    assert_eq!(
        SqliteStore::open(&crashed).unwrap_err().kind(),
        Kind::TooNew { found: 9, max: schema::NEWEST }
    );
    assert_eq!(bytes(&crashed), before);
    drop(newer);
    refused(&path, Kind::TooNew { found: 9, max: schema::NEWEST }, &["format 9", "up to 3", "newer version"]);
}

#[test]
fn an_empty_file_becomes_a_record_and_odd_names_are_names() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["plain.db", "file:a?mode=memory#x%20.db", "ünï code.db"] {
        let path = folder.path().join(name);
        std::fs::write(&path, "").unwrap();
        let mut store = SqliteStore::open(&path).unwrap();
        store.commit(&tenant(), &[said(1, 1).captured()]).unwrap();
        drop(store);
        assert!(std::fs::metadata(&path).unwrap().len() > 0, "{name}");
        assert_eq!(SqliteStore::open(&path).unwrap().totals(&tenant()).unwrap().messages, 1);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "a closed record is one file");
}

#[test]
fn a_record_has_the_settings_it_promises() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("record.db")).unwrap();
    let ask = |pragma: &str| {
        let found = store
            .connection()
            .query_row(&format!("PRAGMA {pragma}"), (), |row| row.get::<_, rusqlite::types::Value>(0));
        match found.unwrap() {
            rusqlite::types::Value::Text(text) => text,
            rusqlite::types::Value::Integer(number) => number.to_string(),
            other => panic!("{other:?}"),
        }
    };
    let settings = [
        ("application_id", &*schema::APPLICATION_ID.to_string()),
        ("user_version", &*schema::NEWEST.to_string()),
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("trusted_schema", "0"),
        ("busy_timeout", "5000"),
        ("page_size", "16384"),
    ];
    for (pragma, expected) in settings {
        assert_eq!(ask(pragma), expected, "{pragma}");
    }
    assert_eq!(schema::MIGRATIONS.len(), usize::try_from(schema::NEWEST).unwrap());
}

#[test]
fn a_full_disk_keeps_what_was_acknowledged_and_goes_on_when_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    let mut store = SqliteStore::open(&path).unwrap();
    let limit = |store: &SqliteStore, pages: i64| {
        store.connection().pragma_update(None, "max_page_count", pages).unwrap();
    };
    limit(&store, 40);
    let pair = |n: u64| [said(n, 1).captured(), said(format!("{n}b"), 2).captured()];
    let mut commits = (0..100).map(|n| store.commit(&tenant(), &pair(n)));
    let acknowledged = commits.by_ref().take_while(Result::is_ok).count() as u64;
    drop(commits);
    let error = store.commit(&tenant(), &pair(acknowledged)).unwrap_err();
    assert!(acknowledged > 3);
    assert_eq!(error.kind(), Kind::Full);
    assert!(error.is_retryable() && error.to_string().contains("free some space"), "{error}");
    assert_eq!(store.totals(&tenant()).unwrap().messages, 2 * acknowledged);
    limit(&store, 1_000_000);
    store.commit(&tenant(), &[said(acknowledged, 1).captured()]).unwrap();
    drop(store);
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.totals(&tenant()).unwrap().messages, 2 * acknowledged + 1);
    let sound: String = store.connection().query_row("PRAGMA integrity_check", (), |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}

#[test]
fn a_lock_of_another_connection_is_busy_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    let mut store = SqliteStore::open(&path).unwrap();
    store.connection().busy_timeout(std::time::Duration::ZERO).unwrap();
    let other = SqliteStore::open(&path).unwrap();
    other.connection().execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.commit(&tenant(), &[said(1, 1).captured()]).unwrap_err();
    assert_eq!(error.kind(), Kind::Busy);
    assert!(error.is_retryable() && error.to_string().contains("locked by another process"), "{error}");
    // Reading needs no lock.
    assert_eq!(store.totals(&tenant()).unwrap().messages, 0);
    other.connection().execute_batch("ROLLBACK").unwrap();
    store.commit(&tenant(), &[said(1, 1).captured()]).unwrap();
}

#[test]
fn many_open_and_write_one_new_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = &path;
            scope.spawn(move || {
                let mut store = SqliteStore::open(path).unwrap();
                for n in 0..10 {
                    // Every message comes from two of them, and counts once.
                    let group = [
                        said(n * 10 + writer / 2, n).captured(),
                        said(format!("{writer}-{n}"), n).captured(),
                    ];
                    // On a slow disk a writer may wait longer than the store does; it is told that it may try again.
                    let tries = (0..20).map(|_| store.commit(&tenant(), &group));
                    let mut done =
                        tries.skip_while(|tried| tried.as_ref().is_err_and(StoreError::is_retryable));
                    done.next().unwrap().unwrap();
                }
            });
        }
    });
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.totals(&tenant()).unwrap().messages, 20 + 40);
    let mut numbers = Vec::new();
    let mut note = |seq, _| {
        numbers.push(seq);
        std::ops::ControlFlow::Continue(())
    };
    store.log(&tenant(), 0, &mut note).unwrap();
    assert_eq!(numbers, (1..=60).collect::<Vec<_>>());
}

#[test]
fn a_record_can_be_opened_while_its_log_is_moved_into_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    let mut store = SqliteStore::open(&path).unwrap();
    store.connection().execute_batch("PRAGMA wal_autocheckpoint = 0").unwrap();
    let group: Vec<_> = (0..50).map(|n| said(n, n).captured()).collect();
    store.commit(&tenant(), &group).unwrap();
    // The first page of the log is in the file and names a size that the file does not have yet.
    let torn = crash(&path, &folder.path().join("torn.db"));
    let mut file = std::fs::read(&torn).unwrap();
    file[28..32].copy_from_slice(&1000_u32.to_be_bytes());
    std::fs::write(&torn, file).unwrap();
    assert_eq!(SqliteStore::open(&torn).unwrap().totals(&tenant()).unwrap().messages, 50);
    // Without the log that is damage.
    let mut file = std::fs::read(&torn).unwrap();
    file.truncate(5 * 16384);
    let torn = folder.path().join("damaged.db");
    std::fs::write(&torn, file).unwrap();
    let before = bytes(&torn);
    let error = SqliteStore::open(&torn).unwrap_err();
    assert_eq!(error.kind(), Kind::Corrupt);
    assert!(error.to_string().contains("its pages do not fit together; go back to a backup"), "{error}");
    assert_eq!(bytes(&torn), before);
}

#[test]
fn a_damaged_row_is_corrupt_and_named() {
    let mut store = SqliteStore::open_in_memory().unwrap();
    store.commit(&tenant(), &[said(1, 1).captured()]).unwrap();
    let damage = "DROP TRIGGER log_is_not_changed; UPDATE log SET body = substr(body, 1, 40)";
    store.connection().execute_batch(damage).unwrap();
    let error = store.entries(&tenant(), &mut |_| std::ops::ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error.kind(), Kind::Corrupt);
    assert!(error.to_string().contains("event 1 cannot be read; go back to a backup"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
    assert!(!error.to_string().contains("parcel"), "an error holds no content");
}
