//! Does a file of an older format become one of the newest, with everything that was in it?

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::Connection;

use crate::model::*;
use crate::record::sqlite::schema;
use crate::record::tests::fixtures::*;
use crate::record::{InvolvedQuery, SqliteStore, Store};

/// What format 1 could hold.
fn events() -> Vec<Event> {
    let (one, two) = (said(1, 1), said(2, 60 * 24).by("bob").on("mail"));
    let (case, other) = (case_of(&one), case_of(&two));
    let edit = two.clone().version("v2").ends(Outcome::Open(OpenReason::Gap));
    let mut notified = said(3, 3).by("eve");
    notified.outgoing = true;
    let Event::Captured { message, mut assessment } = notified.captured() else { panic!("a capture") };
    assessment.decision.as_mut().unwrap().facets.notify.insert("legal".to_owned());
    let mut builder = message.into_builder();
    builder.thread.id = Some("t1".to_owned());
    builder.thread.parent = Some(ExternalId::new("1").unwrap());
    let to = Identity::new(Source::new("x").unwrap(), NativeId::new("ana").unwrap());
    builder.participants.push(Participant { identity: to, part: Part::To });
    let message = Box::new(builder.build().unwrap());
    vec![
        one.captured(),
        opened(&case),
        two.captured(),
        opened(&other),
        edit.captured(),
        joined(&other, &edit),
        Event::Captured { message, assessment },
        responded("r1", &case, 9),
        resolved(&case, 30),
        quarantined(7, "{oops"),
    ]
}

/// Columns of each table, as format 1 had them.
const TABLES: [(&str, &str); 7] = [
    ("log", "id, tenant, seq, kind, body"),
    ("deliveries", "tenant, source, external_id, version, seq, tombstone, observed, outcome, reason"),
    (
        "messages",
        "tenant, observed, source, external_id, version, versions, seq, channel, direction, author_source, author_id,
         type, issue, sentiment, sentiment_score, outcome, reason",
    ),
    ("identities", "tenant, source, native_id, first_seen, last_seen, live, observed, body"),
    (
        "cases",
        "tenant, id, status, opened, updated, resolved, author_source, author_id, thread_source, thread_id, incident, body",
    ),
    ("responses", "tenant, id, case_id, sent, seq"),
    ("quarantine", "tenant, input, record, hash, seq"),
];

/// A file of format 1 with what a record of the newest format says.
fn write_format_1(from: &Path, to: &Path) {
    let old = Connection::open(to).unwrap();
    old.execute_batch(schema::MIGRATIONS[0]).unwrap();
    // A view of its own, by a name that the newest format has as well.
    old.execute_batch("CREATE VIEW v_messages AS SELECT tenant, seq FROM messages").unwrap();
    old.execute("ATTACH ?1 AS new", [from.to_str().unwrap()]).unwrap();
    for (table, columns) in TABLES {
        let sql = format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM new.{table}");
        old.execute(&sql, ()).unwrap();
    }
}

/// Every row of every table but FTS5's own, in order.
fn dump(path: &Path) -> Vec<String> {
    let store = SqliteStore::open(path).unwrap();
    let file = store.connection();
    let names =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'words%' ORDER BY name";
    let mut names = file.prepare(names).unwrap();
    let tables: Vec<String> = names.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut lines = Vec::new();
    for table in tables {
        let mut columns = file.prepare("SELECT name FROM pragma_table_info(?1) ORDER BY name").unwrap();
        let columns: Vec<String> =
            columns.query_map([&table], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let cells: Vec<String> = columns.iter().map(|name| format!("quote(\"{name}\")")).collect();
        let sql = format!("SELECT {} AS line FROM \"{table}\" ORDER BY line", cells.join(" || ' | ' || "));
        let mut rows = file.prepare(&sql).unwrap();
        let rows = rows.query_map((), |row| row.get::<_, String>(0)).unwrap();
        lines.extend(rows.map(|line| format!("{table}: {}", line.unwrap())));
    }
    lines
}

#[test]
fn a_file_of_format_1_becomes_what_a_new_one_would_be() {
    let folder = tempfile::tempdir().unwrap();
    let (new, old) = (folder.path().join("new.db"), folder.path().join("old.db"));
    let mut store = SqliteStore::open(&new).unwrap();
    store.commit(&tenant(), &events()).unwrap();
    store.commit(&Tenant::new("other").unwrap(), &events()).unwrap();
    drop(store);
    write_format_1(&new, &old);
    assert_eq!(dump(&old), dump(&new));

    let mut store = SqliteStore::open(&old).unwrap();
    let mut involved = 0;
    let account = IdentityKey { source: Source::new("x").unwrap(), native_id: NativeId::new("ana").unwrap() };
    let query = InvolvedQuery { accounts: vec![account], ..InvolvedQuery::default() };
    store
        .involving(&tenant(), &query, &mut |_, _| {
            involved += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(involved, 5, "said, opened, addressed, answered, resolved");
    assert_eq!(store.effects(&tenant(), 0, 99).unwrap().len(), 6);
    assert_eq!(store.commit(&tenant(), &events()).unwrap().appended, 0, "everything was there");
}

#[test]
fn a_migration_that_is_stopped_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let (new, old) = (folder.path().join("new.db"), folder.path().join("old.db"));
    let mut store = SqliteStore::open(&new).unwrap();
    store.commit(&tenant(), &events()).unwrap();
    drop(store);
    write_format_1(&new, &old);
    {
        // Another program's table stands where a new one must.
        let file = Connection::open(&old).unwrap();
        file.execute_batch("CREATE TABLE members (x)").unwrap();
    }
    SqliteStore::open(&old).unwrap_err();
    let file = Connection::open(&old).unwrap();
    let version: i64 = file.query_row(schema::VERSION, (), |row| row.get(0)).unwrap();
    let views: i64 = file
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'v_messages'", (), |row| row.get(0))
        .unwrap();
    assert_eq!((version, views), (1, 1), "nothing of the step was kept");
    file.execute_batch("DROP TABLE members").unwrap();
    drop(file);
    assert_eq!(dump(&old), dump(&new));
}
