//! What is in the index of words, is it made anew when it must be, and what is left of who was erased?

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::Connection;

use crate::model::{ErasedKey, Erasure, Event, Tenant};
use crate::record::sqlite::schema;
use crate::record::tests::fixtures::*;
use crate::record::{CandidateQuery, SqliteStore, Store, Terms};

fn wrote(id: usize, version: &str, text: &str) -> Event {
    let sketch = said(id, i64::try_from(id).unwrap()).version(version);
    let mut message = sketch.message().into_builder();
    message.text = text.to_owned();
    Event::Captured { message: Box::new(message.build().unwrap()), assessment: sketch.assessment() }
}

fn found(store: &mut SqliteStore, tenant: &Tenant, word: &str) -> Vec<String> {
    let terms = Terms::Word(word.to_owned());
    let query = CandidateQuery { terms, authors: Vec::new(), since: None, until: None, before: None };
    let mut ids = Vec::new();
    let mut visit = |entry: crate::record::Entry| {
        ids.push(entry.message.external_id().to_string());
        ControlFlow::Continue(())
    };
    store.candidates(tenant, &query, &mut visit).unwrap();
    ids
}

/// Every word in the index, with how many messages have it.
fn words(connection: &Connection) -> Vec<(String, i64)> {
    let held = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.held USING fts5vocab(main, words, row)";
    connection.execute_batch(held).unwrap();
    let mut statement = connection.prepare("SELECT term, doc FROM held").unwrap();
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn words_begin_with_their_tenant_and_end_where_tokens_do() {
    let mut store = SqliteStore::open_in_memory().unwrap();
    let other = Tenant::new("other").unwrap();
    store.commit(&other, &[wrote(1, "v1", "don't #go @ann $dal")]).unwrap();
    store.commit(&tenant(), &[wrote(1, "v1", "don't 電")]).unwrap();
    let held = ["1cdal", "1hgo", "1mann", "1pdon_27t", "1pgo", "2pdon_27t", "2p電"];
    assert_eq!(words(store.connection()), held.map(|word| (word.to_owned(), 1)));
    assert_eq!(found(&mut store, &other, "p電"), [""; 0]);
    // Nothing of a word is read as anything but a word.
    for hostile in ["p\" OR text : \"", "p*", "NEAR(a b)", "p\"", "p)"] {
        let query = crate::query::Query::parse(&format!("{{x}} OR \"{}\"", hostile.replace('"', "'"))).query;
        let terms = query.as_ref().map_or(Terms::Everything, Terms::of);
        let query = CandidateQuery { terms, authors: Vec::new(), since: None, until: None, before: None };
        store.candidates(&tenant(), &query, &mut |_| ControlFlow::Continue(())).unwrap();
    }
}

#[test]
fn a_file_of_format_1_gets_its_index() {
    let folder = tempfile::tempdir().unwrap();
    let (new, old) = (folder.path().join("new.db"), folder.path().join("old.db"));
    let mut store = SqliteStore::open(&new).unwrap();
    let other = Tenant::new("other").unwrap();
    let group: Vec<Event> = (0..600).map(|id| wrote(id, "v1", &format!("lost bag{}", id % 7))).collect();
    store.commit(&tenant(), &group).unwrap();
    store.commit(&tenant(), &[wrote(3, "v2", "found")]).unwrap();
    store.commit(&other, &[wrote(9, "v1", "lost")]).unwrap();
    drop(store);
    // The same events in the tables of format 1.
    let connection = Connection::open(&old).unwrap();
    connection.execute_batch(schema::MIGRATIONS[0]).unwrap();
    connection.execute_batch(&format!("ATTACH '{}' AS new", new.display())).unwrap();
    for (table, columns) in [
        ("log", "id, tenant, seq, kind, body"),
        ("deliveries", "*"),
        (
            "messages",
            "tenant, observed, source, external_id, version, versions, seq, channel, direction, author_source,
             author_id, type, issue, sentiment, sentiment_score, outcome, reason",
        ),
    ] {
        let named = if columns == "*" { String::new() } else { format!("({columns})") };
        let sql = format!("INSERT INTO main.{table} {named} SELECT {columns} FROM new.{table}");
        connection.execute_batch(&sql).unwrap();
    }
    drop(connection);
    let (mut migrated, mut store) = (SqliteStore::open(&old).unwrap(), SqliteStore::open(&new).unwrap());
    assert_eq!(words(migrated.connection()), words(store.connection()));
    assert_eq!(found(&mut migrated, &tenant(), "pbag3"), found(&mut store, &tenant(), "pbag3"));
    assert_eq!(found(&mut migrated, &tenant(), "pbag3").len(), 85);
    // What comes after is found beside it.
    migrated.commit(&tenant(), &[wrote(700, "v1", "bag3"), wrote(10, "v2", "none")]).unwrap();
    assert_eq!(found(&mut migrated, &tenant(), "pbag3").len(), 85);
    assert_eq!(found(&mut migrated, &tenant(), "pbag3").first().map(String::as_str), Some("700"));
}

#[test]
fn an_index_by_another_rule_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    let mut store = SqliteStore::open(&path).unwrap();
    store.commit(&tenant(), &[wrote(1, "v1", "lost"), wrote(2, "v1", "lost bag")]).unwrap();
    let before = words(store.connection());
    let other = "UPDATE words_rule SET rule = rule - 1;
        INSERT INTO words (words) VALUES ('delete-all'); INSERT INTO words (rowid, text) VALUES (7, '1pold')";
    store.connection().execute_batch(other).unwrap();
    drop(store);
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(words(store.connection()), before);
    assert_eq!(found(&mut store, &tenant(), "plost"), ["2", "1"]);
}

/// How often some bytes stand in the file and in what lies beside it.
fn traces(path: &Path, wanted: &[u8]) -> usize {
    let mut count = 0;
    for end in ["", "-wal"] {
        let bytes = std::fs::read(format!("{}{end}", path.display())).unwrap_or_default();
        count += bytes.windows(wanted.len()).filter(|window| *window == wanted).count();
    }
    count
}

#[test]
fn nothing_is_left_of_the_words_of_who_was_erased() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    let mut store = SqliteStore::open(&path).unwrap();
    // In the log they stand with an accent, in the index without one, too: those are not the log's.
    let filler =
        |id: usize| (0..12).map(|n| format!(" w{}", (id * 7919 + n * 104_729) % 9973)).collect::<String>();
    let text =
        |id: usize| if id.is_multiple_of(9) { format!("quágga{id}{}", filler(id)) } else { filler(id) };
    for group in 0..10 {
        let ids = group * 200..(group + 1) * 200;
        store.commit(&tenant(), &ids.map(|id| wrote(id, "v1", &text(id))).collect::<Vec<_>>()).unwrap();
    }
    let truncate = |store: &SqliteStore| {
        store.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(())).unwrap();
    };
    truncate(&store);
    assert!(traces(&path, b"quagga") > 5, "the test must be able to fail");
    let gone: Vec<Event> =
        (0..2000).filter(|id: &usize| id.is_multiple_of(9)).map(|id| wrote(id, "v2", "gone")).collect();
    store.commit(&tenant(), &gone).unwrap();
    truncate(&store);
    assert!(traces(&path, b"quagga") > 0, "taken out of the index, words still stand in its pages");
    let key = said(1, 1).message().author_key().cloned().unwrap();
    let erasure = Erasure { identities: vec![ErasedKey::of_identity(&key)], at: at(9) };
    store.commit(&tenant(), &[Event::Erased { erasure }]).unwrap();
    truncate(&store);
    assert_eq!(traces(&path, b"quagga"), 0);
    assert!(words(store.connection()).iter().all(|(word, _)| !word.contains('q')));
    assert_eq!(found(&mut store, &tenant(), "pgone").len(), gone.len());
    store.connection().execute_batch("INSERT INTO words (words) VALUES ('integrity-check')").unwrap();
}
