//! What is opened, and what is refused?

use crate::record::postgres::schema;
use crate::record::postgres::tests::server::{fresh, shared};
use crate::record::tests::fixtures::*;
use crate::record::{PostgresStore, Store, StoreErrorKind as Kind};

fn refused(address: &str, schema: &str, kind: Kind, words: &str) {
    let error = PostgresStore::open_schema(address, schema).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(words), "`{words}` in `{error}`");
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        source = error.source();
    }
}

#[test]
fn what_cannot_be_opened_says_why() {
    let address = shared().address();
    let gone = address.replace("/postgres", "/gone");
    let cases = [
        ("postgresql://scrm:a_secret@localhost:port/crm", "cannot be read"),
        ("host=localhost password=secret with spaces", "cannot be read"),
        ("postgresql://scrm:a_secret@db.example.com/crm", "is on another machine"),
        ("postgresql://scrm:a_secret@10.0.0.7/crm", "is on another machine"),
        ("postgresql://scrm:a_secret@localhost/crm?sslmode=require", "connect with TLS"),
        ("dbname=secret", "names no host"),
        (&gone, "create the database first"),
    ];
    for (address, words) in cases {
        refused(address, "scrm", Kind::Open, words);
    }
    for name in ["", "Scrm", "a b", "a\"b", "1a", "pg_scrm", &"x".repeat(64)] {
        refused(&address, name, Kind::Open, "a schema's name");
    }
    refused(
        "postgresql://scrm:a_secret@127.0.0.1:1/crm",
        "scrm",
        Kind::Connection,
        "127.0.0.1:1/crm, schema scrm",
    );
}

#[test]
fn what_is_not_ours_is_left_as_it_is() {
    let (foreign, newer) = (fresh(), fresh());
    let mut client = shared().client();
    client
        .batch_execute(&format!("CREATE SCHEMA {foreign}; CREATE TABLE {foreign}.messages (id BIGINT)"))
        .unwrap();
    refused(&shared().address(), &foreign, Kind::NotOurs, "another program");
    let tables = client.query("SELECT 1 FROM pg_tables WHERE schemaname = $1", &[&foreign]).unwrap();
    assert_eq!(tables.len(), 1);

    let mut store = PostgresStore::open_schema(&shared().address(), &newer).unwrap();
    store.client().execute("UPDATE scrm_format SET version = 99", &[]).unwrap();
    let kind = Kind::TooNew { found: 99, max: schema::NEWEST };
    refused(&shared().address(), &newer, kind, "has format 99");
    assert_eq!(schema::MIGRATIONS.len(), usize::try_from(schema::NEWEST).unwrap());
}

#[test]
fn an_empty_schema_is_begun_and_opened_again() {
    let name = fresh();
    shared().client().batch_execute(&format!("CREATE SCHEMA {name}")).unwrap();
    for expected in 0..2 {
        let mut store = PostgresStore::open_schema(&shared().address(), &name).unwrap();
        assert_eq!(store.totals(&tenant()).unwrap().messages, expected);
        store.commit(&tenant(), &[said(expected, 1).captured()]).unwrap();
    }
}

#[test]
fn a_host_brings_its_own_connections() {
    let name = fresh();
    let mut store = PostgresStore::open_with(|| shared().client_of("scrm"), &name).unwrap();
    store.commit(&tenant(), &[said(1, 1).captured()]).unwrap();
    assert_eq!(store.totals(&tenant()).unwrap().messages, 1);
    assert!(!format!("{store:?}").contains("secret"));
}

#[test]
fn a_user_needs_what_is_documented_and_no_more() {
    let name = fresh();
    drop(PostgresStore::open_schema(&shared().address(), &name).unwrap());
    let mut client = shared().client();
    client
        .batch_execute(&format!("CREATE ROLE {name}_desk LOGIN; CREATE ROLE {name}_analyst LOGIN"))
        .unwrap();
    let desk = shared().address().replace("scrm:a_secret@", &format!("{name}_desk@"));
    refused(&desk, &name, Kind::Open, "grant this user");
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/record.md");
    let page = std::fs::read_to_string(page).unwrap();
    let grants = page.split("```sql\n").nth(1).unwrap().split("```").next().unwrap();
    let grants = grants.replace("scrm", &name).replace("desk", &format!("{name}_desk"));
    client.batch_execute(&grants.replace("analyst", &format!("{name}_analyst"))).unwrap();

    let mut store = PostgresStore::open_schema(&desk, &name).unwrap();
    let case = case_of(&said(1, 1));
    store
        .commit(&tenant(), &[said(1, 1).captured(), opened(&case), said(1, 2).version("v2").captured()])
        .unwrap();
    store.ack(&tenant(), "mailer", 2).unwrap();
    assert_eq!(store.totals(&tenant()).unwrap().messages, 1);
    for sql in ["DELETE FROM log", "UPDATE log SET body = ''", "TRUNCATE log", "DROP VIEW v_messages"] {
        assert!(store.client().batch_execute(sql).is_err(), "{sql}");
    }

    let mut analyst = shared().client_of(&format!("{name}_analyst")).unwrap();
    assert_eq!(analyst.query(&format!("SELECT * FROM {name}.v_messages"), &[]).unwrap().len(), 1);
    assert!(analyst.query(&format!("SELECT * FROM {name}.log"), &[]).is_err());
}
