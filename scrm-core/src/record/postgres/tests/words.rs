//! How are words looked up, and what is left of a person who was erased?

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::server::{fresh, shared};
use crate::model::{Event, IdentityKey, Tenant};
use crate::record::erase::{EraseOptions, Whom, erase};
use crate::record::tests::fixtures::*;
use crate::record::{CandidateQuery, PostgresStore, Scrub, Store, StoreErrorKind, Terms};

fn wrote(id: &str, minute: i64, text: &str) -> Event {
    let sketch = said(id, minute);
    let mut message = sketch.message().into_builder();
    message.text = text.to_owned();
    Event::Captured { message: Box::new(message.build().unwrap()), assessment: sketch.assessment() }
}

fn found(store: &mut PostgresStore, tenant: &Tenant, terms: Terms) -> Vec<String> {
    let query = CandidateQuery { terms, authors: Vec::new(), since: None, until: None, before: None };
    let mut ids = Vec::new();
    let visit = &mut |entry: crate::record::Entry| {
        ids.push(entry.message.external_id().to_string());
        ControlFlow::Continue(())
    };
    store.candidates(tenant, &query, visit).unwrap();
    ids
}

fn word(word: &str) -> Terms {
    Terms::Word(word.to_owned())
}

#[test]
fn a_message_of_more_words_than_a_row_holds_is_always_looked_at() {
    let mut store = shared().store();
    // The number of the tenant stands before each word: a long one makes them longer than a row holds.
    let sql = "ALTER TABLE tenants ALTER COLUMN number RESTART WITH 1000000000000000";
    store.client().batch_execute(sql).unwrap();
    let letter = |n: u32| char::from(b'a' + (n % 26) as u8);
    let long: String = (0..52_000_u32)
        .flat_map(|n| [letter(n / 17_576), letter(n / 676), letter(n / 26), letter(n), ' '])
        .collect();
    let events = [wrote("long", 1, &long), wrote("short", 2, "a lost bag"), wrote("other", 3, "a new bag")];
    store.commit(&tenant(), &events).unwrap();
    let sql = "SELECT count(*) FROM words WHERE text IS NULL";
    assert_eq!(store.client().query_one(sql, &[]).unwrap().get::<_, i64>(0), 1);
    assert_eq!(found(&mut store, &tenant(), word("plost")), ["short", "long"]);
    assert_eq!(found(&mut store, &tenant(), Terms::Prefix("pba".to_owned())), ["other", "short", "long"]);
}

#[test]
fn each_tenant_has_numbers_of_its_own() {
    let mut store = shared().store();
    let other = Tenant::new("other").unwrap();
    for tenant in [&tenant(), &other] {
        store.commit(tenant, &[wrote("a", 1, "lost"), wrote("b", 1, "lost")]).unwrap();
        assert_eq!(found(&mut store, tenant, word("plost")), ["b", "a"]);
    }
    let sql = "SELECT count(*), count(DISTINCT doc) FROM messages";
    let row = store.client().query_one(sql, &[]).unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (4, 2));
}

#[test]
fn an_index_by_another_rule_is_made_anew() {
    let schema = fresh();
    let open = || PostgresStore::open_schema(&shared().address(), &schema).unwrap();
    let mut store = open();
    store.commit(&tenant(), &[wrote("a", 1, "lost"), wrote("b", 2, "lost"), wrote("c", 3, "")]).unwrap();
    let sql = "UPDATE words_rule SET rule = 0; UPDATE messages SET doc = NULL WHERE external_id = 'b'; DELETE FROM words";
    store.client().batch_execute(sql).unwrap();
    assert!(found(&mut store, &tenant(), word("plost")).is_empty());
    assert_eq!(found(&mut open(), &tenant(), word("plost")), ["b", "a"]);
}

#[test]
fn of_who_was_erased_no_row_says_a_word() {
    let mut store = shared().store();
    store.commit(&tenant(), &[wrote("a", 1, "the unmistakable bag"), quarantined(1, "{\"a\": 1")]).unwrap();
    let everything = |store: &mut PostgresStore| {
        let sql = "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = current_schema() AND c.relkind = 'r'";
        let tables: BTreeSet<String> =
            store.client().query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect();
        assert!(tables.contains("words") && tables.contains("cites"), "{tables:?}");
        let text = |table: &String| {
            let sql = format!("SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t");
            store.client().query_one(&sql, &[]).unwrap().get::<_, String>(0)
        };
        tables.iter().map(text).collect::<String>()
    };
    assert!(everything(&mut store).matches("unmistakable").count() > 1);
    let Event::Captured { message, .. } = wrote("a", 1, "") else { return };
    let account: IdentityKey = message.author_key().unwrap().clone();
    let whom = Whom::Accounts([account].into());
    let receipt = erase(&mut store, &tenant(), &whom, &EraseOptions::default(), at(60)).unwrap();
    assert_eq!((receipt.counts.messages, receipt.state), (1, Scrub::RowsOnly));
    assert!(!everything(&mut store).contains("unmistakable"));
    let error = store.client().batch_execute("UPDATE log SET body = ''").unwrap_err();
    assert!(error.as_db_error().unwrap().message().contains("append-only"), "{error}");
}

#[test]
fn a_server_is_copied_by_its_own_means() {
    let error = shared().store().backup_to("copy.db".as_ref()).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unsupported);
    assert!(error.to_string().contains("pg_dump"), "{error}");
}
