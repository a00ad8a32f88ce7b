//! What do the tables refuse, how are they searched, and what do the views say?

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde_json::Value;

use crate::model::{Event, MessageType, NoiseReason, OpenReason, Outcome, Topic};
use crate::record::postgres::tests::server::shared;
use crate::record::tests::fixtures::*;
use crate::record::tests::people::*;
use crate::record::{PostgresStore, Store, StoreErrorKind};

fn events() -> Vec<Event> {
    let (one, two) = (said(1, 1), said(2, 60 * 24).by("bob").on("mail"));
    let (case, other) = (case_of(&one), case_of(&two));
    let edit = two.clone().version("v2").ends(Outcome::Open(OpenReason::Gap));
    let spam = said(3, 3).by("eve").ends(Outcome::Noise(NoiseReason::Spam));
    let gone = said(4, 5).version("gone").deleted().ends(Outcome::Noise(NoiseReason::Deleted));
    let mut label = label_of(&one, 5);
    (label.kind, label.topics) = (Some(MessageType::Question), Some(vec![Topic::new("price").unwrap()]));
    let mut odd = said(5, 4).by("dan").message().into_builder();
    odd.text = "a \\u0000 that is none, \u{0}\u{0} and \\\u{0}: “late” 😡\n".to_owned();
    let odd =
        Event::Captured { message: Box::new(odd.build().unwrap()), assessment: said(5, 4).assessment() };
    vec![
        one.captured(),
        opened(&case),
        two.captured(),
        opened(&other),
        edit.captured(),
        joined(&other, &edit),
        spam.captured(),
        gone.captured(),
        odd,
        responded("r1", &case, 9),
        resolved(&case, 30),
        quarantined(7, "{oops"),
        quarantined(8, "released"),
        Event::Released { quarantined: 13 },
        labelled(&label),
        linked(&same("ana", "dan", 2)),
        linked(&same("ana", "eve", 3)),
        revoked(&same("ana", "eve", 3), 9),
        bought("ana", "t1"),
    ]
}

fn filled() -> PostgresStore {
    let mut store = shared().store();
    store.commit(&tenant(), &events()).unwrap();
    store
}

/// Rows of a view as JSON, by column, in the order of their text.
fn rows(store: &mut PostgresStore, view: &str) -> Vec<BTreeMap<String, Value>> {
    let found = store.client().query(&format!("SELECT to_jsonb(v)::text FROM {view} v"), &[]).unwrap();
    sorted(found.iter().map(|row| serde_json::from_str(row.get::<_, &str>(0)).unwrap()).collect())
}

fn sorted(mut rows: Vec<BTreeMap<String, Value>>) -> Vec<BTreeMap<String, Value>> {
    rows.sort_by_cached_key(|row| format!("{row:?}"));
    rows
}

#[test]
fn the_log_can_only_grow() {
    let mut store = filled();
    let sql = [
        "UPDATE log SET body = ''",
        "DELETE FROM log",
        "UPDATE log SET seq = 99 WHERE seq = 1",
        "TRUNCATE log",
    ];
    for sql in sql {
        let error = store.client().batch_execute(sql).unwrap_err();
        assert!(error.as_db_error().unwrap().message().contains("append-only"), "{error}");
    }
}

#[test]
fn a_delivery_is_unique_by_constraint() {
    let error =
        filled().client().batch_execute("INSERT INTO deliveries SELECT * FROM deliveries").unwrap_err();
    assert!(error.as_db_error().unwrap().message().contains("deliveries_pkey"), "{error}");
}

#[test]
fn what_cannot_be_kept_is_refused_and_not_told() {
    let mut store = shared().store();
    let raw = "a_secret".to_owned();
    let event = Event::Quarantined { input: "posts\0".to_owned(), record: 1, fault: String::new(), raw };
    let error = store.commit(&tenant(), &[said(1, 1).captured(), event]).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Input);
    assert!(error.to_string().contains("the character 0"), "{error}");
    assert_eq!(store.totals(&tenant()).unwrap().versions, 0);
    // Ids may have 1 KiB each; an index of PostgreSQL keeps less than three of them.
    let random = |seed: u64| {
        (0..1_000)
            .map(|n| char::from(b'a' + (((n + seed) * (n + seed) * 7_919 / 31) % 26) as u8))
            .collect::<String>()
    };
    let long = crate::model::Tenant::new(random(1)).unwrap();
    let error = store.commit(&long, &[said(random(2), 1).version(&random(3)).captured()]).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Input);
    assert!(error.to_string().contains("shorten them"), "{error}");
    // Rows that another hand changed are said to be damaged, and not quoted.
    store.commit(&tenant(), &[said(1, 1).captured()]).unwrap();
    store.client().batch_execute("ALTER TABLE log RENAME COLUMN kind TO sort").unwrap();
    let error = store.commit(&tenant(), &[quarantined(1, "a_secret")]).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt);
    assert!(!format!("{error} {error:?}").contains("a_secret"), "{error:?}");
}

#[test]
fn order_is_by_bytes() {
    let mut store = shared().store();
    let ids = ["b", "é", "B", "a", "_", "10", "9"];
    store.commit(&tenant(), &ids.map(|id| said(id, 1).captured())).unwrap();
    let mut found = Vec::new();
    let visit = &mut |entry: crate::record::Entry| {
        found.push(entry.message.external_id().to_string());
        ControlFlow::Continue(())
    };
    store.entries(&tenant(), visit).unwrap();
    assert_eq!(found, ["10", "9", "B", "_", "a", "b", "é"]);
}

#[test]
fn the_views_have_the_columns_that_are_promised() {
    let mut store = shared().store();
    let page = include_str!("../../sqlite/schema.rs");
    let promised: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("//! | `v_")).collect();
    assert_eq!(promised.len(), 16);
    for line in promised {
        let cells: Vec<_> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let statement = store.client().prepare(&format!("SELECT * FROM v_{}", cells[0])).unwrap();
        let columns: Vec<_> = statement.columns().iter().map(postgres::Column::name).collect();
        assert_eq!(columns.join(" "), cells[2], "{}", cells[0]);
    }
    let sql = "SELECT 1 FROM pg_views WHERE schemaname = current_schema()";
    assert_eq!(store.client().query(sql, &[]).unwrap().len(), 16);
}

#[test]
fn a_character_0_is_read_as_another() {
    let found = rows(&mut filled(), "v_messages");
    let odd = found.iter().find(|row| row["external_id"] == "5").unwrap();
    assert_eq!(odd["text"], "a \\u0000 that is none, \u{fffd}\u{fffd} and \\\u{fffd}: “late” 😡\n");
}

#[cfg(feature = "sqlite")]
#[test]
fn the_views_say_what_those_of_sqlite_say() {
    use crate::record::SqliteStore;
    use rusqlite::types::Value as Cell;

    let mut store = filled();
    let mut other = SqliteStore::open_in_memory().unwrap();
    other.commit(&tenant(), &events()).unwrap();
    let views = "messages decisions cases responses quarantine daily incidents authors customers links labels transactions";
    for view in views.split(' ').map(|view| format!("v_{view}")) {
        let found = rows(&mut store, &view);
        let kinds: BTreeMap<String, bool> = found
            .iter()
            .flatten()
            .map(|(column, value)| (column.clone(), value.is_array() || value.is_object()))
            .filter(|(_, is_json)| *is_json)
            .collect();
        let mut statement = other.connection().prepare(&format!("SELECT * FROM {view}")).unwrap();
        let names: Vec<_> = statement.column_names().map(str::to_owned).collect();
        let mut answer = statement.query(()).unwrap();
        let mut wanted = Vec::new();
        while let Some(row) = answer.next().unwrap() {
            let cell = |(n, name): (usize, &String)| {
                let value = match row.get(n).unwrap() {
                    Cell::Null | Cell::Blob(_) => Value::Null,
                    Cell::Integer(number) => number.into(),
                    Cell::Real(number) if number.fract() == 0.0 => (number as i64).into(),
                    Cell::Real(number) => number.into(),
                    Cell::Text(text) if kinds.contains_key(name) => serde_json::from_str(&text).unwrap(),
                    Cell::Text(text) => text.replace('\0', "\u{fffd}").into(),
                };
                (name.clone(), value)
            };
            wanted.push(names.iter().enumerate().map(cell).collect());
        }
        assert!(!found.is_empty(), "{view}");
        assert_eq!(found, sorted(wanted), "{view}");
    }
}

#[test]
fn what_is_searched_often_has_an_index() {
    let mut store = shared().store();
    let noted: Vec<Event> = (0..3_000).map(|n| said(n, n).by(&format!("author {n}")).captured()).collect();
    store.commit(&tenant(), &noted).unwrap();
    store.client().batch_execute("ANALYZE").unwrap();
    let questions = [
        ("SELECT * FROM messages WHERE tenant = 'acme' AND author_source = 'x' AND author_id = 'author 7' AND observed >= 0
          AND direction = 'in' AND outcome <> 'noise'", "messages_by_author"),
        ("SELECT * FROM log WHERE tenant = 'acme' AND seq > 2990 AND effect = 1 ORDER BY seq", "log_"),
        ("SELECT q.* FROM unnest($1::text[], $2::text[], $3::text[]) AS k(p1, p2, p3) CROSS JOIN LATERAL
          (SELECT * FROM deliveries WHERE tenant = k.p1 AND source = k.p2 AND external_id = k.p3) q", "deliveries_pkey"),
    ];
    for (sql, index) in questions {
        let keys: Vec<String> = (0..3).map(|n| n.to_string()).collect();
        let (tenants, sources) = (vec!["acme"; 3], vec!["x"; 3]);
        let explain = format!("EXPLAIN {sql}");
        let plan = if sql.contains('$') {
            store.client().query(&explain, &[&tenants, &sources, &keys])
        } else {
            store.client().query(&explain, &[])
        };
        let plan: Vec<String> = plan.unwrap().iter().map(|row| row.get(0)).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
        assert!(!plan.iter().any(|step| step.contains("Seq Scan")), "{plan:#?}");
    }
}
