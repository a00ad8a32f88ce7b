//! What is on record is found by the language of the monitors, page by page.

use chrono::{DateTime, Duration, Utc};

use super::{desk, now, outage};
use crate::desk::{Desk, SearchError, SearchOptions, SearchPage};
use crate::model::{Message, Tenant};
use crate::query::Dialect;
use crate::record::{MemoryStore, Store};
use crate::testing;

fn wrote(id: &str, minute: u32, text: &str) -> Message {
    let text = serde_json::to_string(text).unwrap();
    testing::message(&format!(
        r#""external_id":"{id}","text":{text},"channel":"forum","author":{{"source":"x","native_id":"bob"}},
           "times":{{"created":"2026-11-02T09:{minute:02}:00Z"}}"#
    ))
}

fn filled() -> Desk<MemoryStore> {
    let mut desk = desk();
    let messages = vec![
        outage("1", "ann", 0),
        wrote("2", 1, "My bag is lost, and so is my other bag"),
        wrote("3", 2, "Lost: one coat"),
        wrote("4", 3, "The bag was found #LostBag"),
    ];
    desk.receive(messages, now()).unwrap();
    desk
}

fn ids(page: &SearchPage) -> Vec<&str> {
    page.hits.iter().map(|hit| hit.message.external_id().as_str()).collect()
}

#[test]
fn a_query_is_read_as_a_monitors_and_tells_where_its_clauses_stand() {
    let mut desk = filled();
    let page = desk.search("lost AND bag", &SearchOptions::default()).unwrap();
    assert_eq!(ids(&page), ["4", "2"]);
    assert!(!page.by_scan && page.next.is_none());
    let told: Vec<_> = page.hits[1]
        .places
        .iter()
        .map(|place| (place.clause, place.span.of(page.hits[1].message.text()).unwrap()))
        .collect();
    assert_eq!(told, [(0, "lost"), (1, "bag"), (1, "bag")]);
    let x = SearchOptions { dialect: Dialect::X, ..SearchOptions::default() };
    assert_eq!(ids(&desk.search("lost -coat", &x).unwrap()), ["4", "2"]);
    assert_eq!(ids(&desk.search("channel:forum -bag", &SearchOptions::default()).unwrap()), ["3"]);
}

#[test]
fn faults_are_told_as_those_of_a_monitor() {
    let mut desk = filled();
    let error = desk.search("lost AND (bag", &SearchOptions::default()).unwrap_err();
    let SearchError::Query(report) = &error else { panic!("{error}") };
    assert_eq!(report.diagnostics().iter().map(|fault| fault.code).collect::<Vec<_>>(), ["Q002"]);
    assert!(error.to_string().contains("--> query:1:10"), "{error}");
    let page = desk.search("lost or bag", &SearchOptions::default()).unwrap();
    assert_eq!(page.warnings.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["Q101"]);
}

#[test]
fn pages_go_on_where_the_last_one_ended() {
    let mut desk = filled();
    let mut options = SearchOptions { limit: 1, ..SearchOptions::default() };
    let mut found = Vec::new();
    loop {
        let page = desk.search("lost OR bag", &options).unwrap();
        found.extend(ids(&page).into_iter().map(str::to_owned));
        options.before = page.next;
        if options.before.is_none() {
            break;
        }
    }
    assert_eq!(found, ["4", "3", "2"]);
    // What is looked at has an end, too, and says so.
    let few = SearchOptions { scan: 2, ..SearchOptions::default() };
    let page = desk.search("author:ann", &few).unwrap();
    assert_eq!((ids(&page).len(), page.scanned, page.by_scan), (0, 2, true));
    let rest = SearchOptions { before: page.next, ..SearchOptions::default() };
    assert_eq!(ids(&desk.search("author:ann", &rest).unwrap()), ["1"]);
}

#[test]
fn a_search_keeps_to_times_accounts_and_the_tenant() {
    let mut desk = filled();
    let nine: DateTime<Utc> = "2026-11-02T09:00:00Z".parse().unwrap();
    let minute = |minute| Some(nine + Duration::minutes(minute));
    let within = SearchOptions { since: minute(1), until: minute(3), ..SearchOptions::default() };
    assert_eq!(ids(&desk.search("bag OR coat", &within).unwrap()), ["3", "2"]);
    let bob = wrote("9", 0, "").author_key().cloned().unwrap();
    let his = SearchOptions { accounts: vec![bob], ..SearchOptions::default() };
    assert_eq!(ids(&desk.search("NOT nothing", &his).unwrap()), ["4", "3", "2"]);
    let mut desk = desk.for_tenant(Tenant::new("other").unwrap());
    assert_eq!(ids(&desk.search("bag OR NOT bag", &SearchOptions::default()).unwrap()), [""; 0]);
    assert_eq!(desk.store().totals(&Tenant::new("other").unwrap()).unwrap().messages, 0);
}
