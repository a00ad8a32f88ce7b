//! What do the tables refuse, how are they searched, and what do the views say?

use std::ops::ControlFlow;

use proptest::num::f64::{NORMAL, SUBNORMAL, ZERO};
use proptest::prelude::{ProptestConfig as Config, prop_assume};
use proptest::test_runner::TestRunner;
use rusqlite::types::Value;

use crate::model::{Event, NoiseReason, OpenReason, Outcome};
use crate::record::sql::read;
use crate::record::tests::fixtures::*;
use crate::record::{SqliteStore, Store, StoreErrorKind};

/// Rows as text, columns joined by ` | `.
fn rows(store: &SqliteStore, sql: &str) -> Vec<String> {
    let mut statement = store.connection().prepare(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query(()).unwrap();
    let mut found = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let column = |n| match row.get::<_, Value>(n).unwrap() {
            Value::Null => "-".to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Real(number) => number.to_string(),
            Value::Text(text) => text,
            Value::Blob(_) => "blob".to_owned(),
        };
        found.push((0..columns).map(column).collect::<Vec<_>>().join(" | "));
    }
    found
}

fn filled() -> SqliteStore {
    let mut store = SqliteStore::open_in_memory().unwrap();
    let (one, two) = (said(1, 1), said(2, 60 * 24).by("bob").on("mail"));
    let case = case_of(&one);
    let other = case_of(&two);
    let edit = two.clone().version("v2").ends(Outcome::Open(OpenReason::Gap));
    let spam = said(3, 3).by("eve").ends(Outcome::Noise(NoiseReason::Spam));
    let gone = said(4, 5).version("gone").deleted().ends(Outcome::Noise(NoiseReason::Deleted));
    let events = [
        one.captured(),
        opened(&case),
        two.captured(),
        opened(&other),
        edit.captured(),
        joined(&other, &edit),
        spam.captured(),
        gone.captured(),
        responded("r1", &case, 9),
        resolved(&case, 30),
        quarantined(7, "{oops"),
    ];
    store.commit(&tenant(), &events).unwrap();
    store
}

#[test]
fn the_log_can_only_grow() {
    let store = filled();
    for sql in ["UPDATE log SET body = ''", "DELETE FROM log", "UPDATE log SET seq = 99 WHERE seq = 1"] {
        let error = store.connection().execute(sql, ()).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

#[test]
fn what_is_deleted_is_referred_to_by_nothing() {
    // Else a row could go only after a look through all rows that might refer to it.
    let store = filled();
    let sql = "SELECT DISTINCT f.\"table\" FROM sqlite_schema s, pragma_foreign_key_list(s.name) f WHERE s.type = 'table'";
    let parents = rows(&store, sql);
    assert!(parents.iter().all(|parent| ["log", "cases"].contains(&parent.as_str())), "{parents:?}");
}

#[test]
fn a_delivery_is_unique_by_constraint() {
    let store = filled();
    let sql = "INSERT INTO deliveries SELECT * FROM deliveries";
    let error = store.connection().execute(sql, ()).unwrap_err();
    assert!(error.to_string().contains("UNIQUE constraint failed: deliveries.tenant"), "{error}");
}

#[test]
fn what_could_not_be_read_back_is_refused() {
    let mut store = SqliteStore::open_in_memory().unwrap();
    let (message, assessment) = (Box::new(said(1, 1).message()), said(1, 1).assessment());
    let mut no_number = assessment;
    no_number.classification.action.confidence = f32::NAN;
    let event = Event::Captured { message, assessment: no_number };
    let error = store.commit(&tenant(), &[said(2, 2).captured(), event]).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Input);
    assert!(error.to_string().contains("event 2: it could not be read back"), "{error}");
    assert_eq!(store.totals(&tenant()).unwrap().versions, 0);
}

#[test]
fn every_number_comes_back_as_it_was() {
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let numbers = proptest::collection::vec(NORMAL | SUBNORMAL | ZERO, 16);
    let outcome = runner.run(&numbers, |numbers| {
        let mut store = SqliteStore::open_in_memory().unwrap();
        let (mut message, mut assessment) = (said(1, 1).message().into_builder(), said(1, 1).assessment());
        message.ext.insert("numbers".to_owned(), serde_json::json!(numbers));
        assessment.classification.kind.confidence = numbers[0] as f32;
        let confidence = assessment.classification.kind.confidence;
        prop_assume!(confidence.is_finite());
        let event = Event::Captured { message: Box::new(message.build().unwrap()), assessment };
        let receipt = store.commit(&tenant(), std::slice::from_ref(&event)).unwrap();
        let mut check = |_, back| {
            assert_eq!(back, event);
            ControlFlow::Continue(())
        };
        store.log(&tenant(), receipt.last - 1, &mut check).unwrap();
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn counters_are_answered_by_an_index_alone() {
    let store = filled();
    for statement in [&read::BY_AUTHOR, &read::BY_ISSUE] {
        let mut program = store.connection().prepare(&format!("EXPLAIN {}", statement.sqlite)).unwrap();
        let nothing = vec![Value::Null; program.parameter_count()];
        let steps = program.query_map(rusqlite::params_from_iter(nothing), |row| row.get(1)).unwrap();
        let steps: Vec<String> = steps.collect::<Result<_, _>>().unwrap();
        let opened = steps.iter().filter(|step| *step == "OpenRead").count();
        assert_eq!(opened, 1, "{}: {steps:?}", statement.sqlite);
        assert!(!steps.iter().any(|step| step.contains("Sort")), "{steps:?}");
    }
}

#[test]
fn nothing_is_sorted_that_lies_in_order() {
    let store = filled();
    let mut plan =
        store.connection().prepare(&format!("EXPLAIN QUERY PLAN {}", read::ENTRIES.sqlite)).unwrap();
    let steps: Vec<String> =
        plan.query_map(["acme"], |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(steps.len(), 2, "{steps:?}");
    assert!(steps.iter().all(|step| step.starts_with("SEARCH") && step.contains("tenant=?")), "{steps:?}");
}

#[test]
fn the_views_have_the_columns_that_are_promised() {
    let store = SqliteStore::open_in_memory().unwrap();
    let page = include_str!("../schema.rs");
    let promised: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("//! | `v_")).collect();
    assert_eq!(promised.len(), 16);
    for line in promised {
        let cells: Vec<_> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let view = format!("v_{}", cells[0]);
        let statement = store.connection().prepare(&format!("SELECT * FROM {view}")).unwrap();
        assert_eq!(statement.column_names().collect::<Vec<_>>().join(" "), cells[2], "{view}");
    }
    let views = rows(&store, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'");
    assert_eq!(views, ["16"]);
}

#[test]
fn the_views_say_what_happened() {
    let store = filled();
    let checks: &[(&str, &[&str])] = &[
        (
            "SELECT external_id, versions, author, said_at, observed_at, deleted, type, issue, topics, sentiment,
                 sentiment_score, action, influence, outcome, reason, monitors, brands FROM v_messages",
            &[
                "1 | 1 | ana_says | 2026-11-02T08:01:00Z | 2026-11-02T08:01:00Z | 0 | complaint | service.delay | [\"service.delay\"] | negative | -0.45 | reply | 12.5 | decided | - | [\"parcels\"] | [\"acme\"]",
                "3 | 1 | eve_says | 2026-11-02T08:03:00Z | 2026-11-02T08:03:00Z | 0 | complaint | service.delay | [\"service.delay\"] | negative | -0.45 | reply | 12.5 | noise | spam | [\"parcels\"] | [\"acme\"]",
                "4 | 1 | ana_says | 2026-11-02T08:05:00Z | 2026-11-02T08:05:00Z | 1 | complaint | service.delay | [\"service.delay\"] | negative | -0.45 | reply | 12.5 | noise | deleted | [\"parcels\"] | [\"acme\"]",
                "2 | 2 | bob_says | 2026-11-03T08:00:00Z | 2026-11-03T08:00:00Z | 0 | complaint | service.delay | [\"service.delay\"] | negative | -0.45 | reply | 12.5 | open | gap | [\"parcels\"] | [\"acme\"]",
            ],
        ),
        (
            "SELECT external_id, version, current, outcome, department, visibility, priority, incident, sla, skills,
                 tags, escalate, first_response_due, rules_fired, rules_hash FROM v_decisions ORDER BY seq",
            &[
                "1 | v1 | 1 | decided | customer_care | public_then_private | 2 | late_parcels | [\"answer within the hour\"] | [\"parcels\"] | [] | {} | 2026-11-02T09:00:00Z | [\"complaints\"] | sha256:00112233445566778899aabbccddeeff",
                "2 | v1 | 0 | decided | customer_care | public_then_private | 2 | late_parcels | [\"answer within the hour\"] | [\"parcels\"] | [] | {} | 2026-11-02T09:00:00Z | [\"complaints\"] | sha256:00112233445566778899aabbccddeeff",
                "2 | v2 | 1 | open | customer_care | public_then_private | 2 | late_parcels | [\"answer within the hour\"] | [\"parcels\"] | [] | {} | 2026-11-02T09:00:00Z | [\"complaints\"] | sha256:00112233445566778899aabbccddeeff",
            ],
        ),
        (
            "SELECT status, first_external_id, author, thread_id, department, priority, incident, opened_at,
                 updated_at, first_response_at, resolved_at, messages FROM v_cases ORDER BY opened_at",
            &[
                "resolved | 1 | ana_says | 1 | customer_care | 2 | late_parcels | 2026-11-02T08:01:00Z | 2026-11-02T08:01:00Z | 2026-11-02T08:09:00Z | 2026-11-02T08:30:00Z | 1",
                "new | 2 | bob_says | 2 | customer_care | 2 | late_parcels | 2026-11-03T08:00:00Z | 2026-11-03T08:00:00Z | - | - | 2",
            ],
        ),
        (
            "SELECT id, to_source, to_external_id, scale, visibility, person, text, sent_at, seq FROM v_responses",
            &["r1 | x | 1 | micro | public | mia | it is on its way | 2026-11-02T08:09:00Z | 9"],
        ),
        ("SELECT * FROM v_quarantine", &["acme | 11 | posts.jsonl | 7 | expected `,` or `}` | {oops"]),
        (
            "SELECT * FROM v_daily",
            &[
                "acme | 2026-11-02 | x | 3 | 2 | 1 | 0 | 1 | 0 | 0 | 0 | 0 | 1 | 0 | 0 | -1",
                "acme | 2026-11-03 | mail | 1 | 0 | 0 | 1 | 1 | 0 | 0 | 0 | 0 | 1 | 0 | 0 | -1",
            ],
        ),
        (
            "SELECT * FROM v_incidents",
            &["acme | late_parcels | 2 | 1 | 3 | 2026-11-02T08:01:00Z | 2026-11-03T08:00:00Z | [\"customer_care\"]"],
        ),
        (
            "SELECT source, native_id, handle, verified, followers, first_seen_at, last_seen_at, messages,
                 complaints, last_message_at FROM v_authors",
            &[
                "mail | bob | bob_says | 0 | 1440 | 2026-11-03T08:00:00Z | 2026-11-03T08:00:00Z | 1 | 1 | 2026-11-03T08:00:00Z",
                "x | ana | ana_says | 0 | 1 | 2026-11-02T08:01:00Z | 2026-11-02T08:05:00Z | 1 | 1 | 2026-11-02T08:01:00Z",
                "x | eve | eve_says | 0 | 3 | 2026-11-02T08:03:00Z | 2026-11-02T08:03:00Z | 0 | 0 | -",
            ],
        ),
    ];
    for (sql, expected) in checks {
        assert_eq!(rows(&store, sql), *expected, "{sql}");
    }
}

#[test]
fn accounts_do_not_depend_on_the_order_of_deliveries() {
    let set = [said(1, 1), said(2, 7), said(3, 7), said(4, 9).deleted(), said(2, 3).version("v0")];
    let seen = |order: &[usize]| {
        let mut store = SqliteStore::open_in_memory().unwrap();
        for n in order {
            store.commit(&tenant(), &[set[*n].captured()]).unwrap();
        }
        rows(&store, "SELECT * FROM identities")
    };
    let expected = seen(&[0, 1, 2, 3, 4]);
    for order in [[4, 3, 2, 1, 0], [3, 0, 4, 2, 1], [2, 3, 1, 4, 0]] {
        assert_eq!(seen(&order), expected);
    }
}
