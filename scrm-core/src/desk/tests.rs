//! The desk at work: one effect per delivery, cases, counters over groups and runs, and inputs with faults.

mod cases;
mod incidents;
mod people;
mod responses;
mod search;
mod tick;

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::{Captures, Desk, Ingested, Received};
use crate::channels::{Format, Records};
use crate::model::{
    HostWord, Limits, Message, Outcome, PersonId, ReplyScale, ReplyVisibility, Response, ResponseId, Tenant,
};
use crate::record::{Entry, MemoryStore, Seen, Store};
use crate::testing;

fn now() -> DateTime<Utc> {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

fn desk() -> Desk<MemoryStore> {
    Desk::open(testing::engine(), MemoryStore::new())
}

/// A complaint about an outage, by `author` at `minute` past nine.
fn outage(id: &str, author: &str, minute: u32) -> Message {
    testing::message(&format!(
        r#""external_id":"{id}","text":"@northwind no signal, this is terrible","author":{{"source":"x","native_id":"{author}"}},
           "times":{{"created":"2026-11-02T09:{minute:02}:00Z"}}"#
    ))
}

fn entries(desk: &mut Desk<MemoryStore>) -> Vec<Entry> {
    let (tenant, mut entries) = (desk.tenant().clone(), Vec::new());
    desk.store()
        .entries(&tenant, &mut |entry| {
            entries.push(entry);
            ControlFlow::Continue(())
        })
        .unwrap();
    entries
}

fn ingest(desk: &mut Desk<MemoryStore>, input: &str, stop_after: u64) -> Ingested {
    let records = Records::new(input.as_bytes(), &Format::Jsonl, &Limits::DEFAULT).unwrap();
    desk.ingest("test.jsonl", records, now(), &mut |progress| {
        if progress.captures.rows >= stop_after { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .unwrap()
}

fn seen(received: &[Received]) -> Vec<Seen> {
    received.iter().map(|one| one.seen).collect()
}

#[test]
fn a_delivery_has_one_effect() {
    let mut desk = desk();
    let edit = testing::message(
        r#""text":"@northwind never mind, thank you, great service","author":{"source":"x","native_id":"ann"},"times":{"created":"2026-11-02T09:00:00Z","edited":"2026-11-02T09:30:00Z","observed":"2026-11-02T09:30:00Z"}"#,
    );
    let first = outage("1", "ann", 0);
    let received = desk.receive(vec![first.clone(), edit.clone(), first.clone()], now()).unwrap();
    assert_eq!(seen(&received), [Seen::New, Seen::Edit, Seen::Duplicate]);
    let before = entries(&mut desk);
    assert_eq!((before.len(), before[0].versions), (1, 2));
    assert_eq!(before[0].message, edit, "the version observed last is the current one");

    let again = desk.receive(vec![edit, first], now()).unwrap();
    assert_eq!(seen(&again), [Seen::Duplicate, Seen::Duplicate]);
    assert!(again.iter().all(|one| one.outcome.is_none() && one.case.is_none()));
    assert_eq!(entries(&mut desk), before);
}

#[test]
fn a_deletion_is_a_tombstone() {
    let mut desk = desk();
    let gone = testing::message(r#""times":{"deleted":"2026-11-02T10:00:00Z"}"#);
    let received = desk.receive(vec![gone, outage("1", "ann", 0)], now()).unwrap();
    assert_eq!(seen(&received), [Seen::Edit, Seen::New], "receipts stand in the order of the call");
    assert!(matches!(received[0].outcome, Some(Outcome::Noise(_))));
    assert!(entries(&mut desk)[0].message.is_tombstone());
}

/// An engine whose only topic is what was said before.
fn engine_of_repeats() -> crate::engine::Engine {
    let mut files = testing::files();
    let topics = files.get_mut("topics.toml").unwrap();
    topics.push_str("[[topic]]\npath = \"again\"\nquery = 'signal is:duplicate'\n");
    let playbook = crate::playbook::Playbook::from_files(&files, &Limits::DEFAULT).unwrap();
    crate::engine::Engine::compile(&playbook).unwrap()
}

fn again(entries: &[Entry]) -> Vec<bool> {
    let of = |entry: &Entry| entry.assessment.hits.topics.iter().any(|hit| hit.id == *"again");
    entries.iter().map(of).collect()
}

#[test]
fn what_was_said_before_is_known_over_groups_calls_and_starts() {
    let messages = || {
        vec![outage("1", "ann", 0), outage("2", "bob", 20), outage("3", "cem", 40), outage("4", "dot", 59)]
    };
    let expected = [false, true, true, true];
    let mut at_once = Desk::open(engine_of_repeats(), MemoryStore::new());
    at_once.receive(messages().into_iter().rev().collect(), now()).unwrap();
    assert_eq!(again(&entries(&mut at_once)), expected, "in the order of observation");

    // Each desk is opened anew, and reads what the store has.
    let mut store = MemoryStore::new();
    for message in messages() {
        let mut desk = Desk::open(engine_of_repeats(), store);
        desk.receive(vec![message.clone()], now()).unwrap();
        desk.receive(vec![message], now()).unwrap();
        store = std::mem::take(desk.store());
    }
    let mut one_by_one = Desk::open(engine_of_repeats(), store);
    assert_eq!(again(&entries(&mut one_by_one)), expected);

    // Of another tenant nothing is known.
    one_by_one.receive(Vec::new(), now()).unwrap();
    let mut other = one_by_one.for_tenant(Tenant::new("other").unwrap());
    other.receive(vec![outage("9", "eve", 59)], now()).unwrap();
    assert_eq!(again(&entries(&mut other)), [false]);
}

#[test]
fn engines_know_what_was_said_before_within_a_call() {
    let engine = engine_of_repeats();
    let messages = [outage("3", "cem", 40), outage("1", "ann", 0), outage("2", "bob", 20)];
    let topics = |threads: usize| -> Vec<usize> {
        let engine = engine.clone().with_threads(threads.try_into().unwrap());
        let assessed = engine.assess_all(&messages);
        assessed.iter().map(|one| one.hits.topics.len()).collect()
    };
    assert_eq!(topics(1), [2, 1, 2], "one of them is `service.outage`");
    assert_eq!(topics(3), topics(1));
    let mut memory = engine.listener().duplicates().unwrap();
    let first = engine.assess_all_after(&mut memory, &messages[..1]);
    let rest = engine.assess_all_after(&mut memory, &messages[1..]);
    assert_eq!([first[0].hits.topics.len(), rest[0].hits.topics.len(), rest[1].hits.topics.len()], [1, 2, 2]);
    assert!(testing::engine().listener().duplicates().is_none());
}

#[test]
fn the_third_of_an_issue_in_an_hour_is_an_incident() {
    let priority = |desk: &mut Desk<MemoryStore>| -> Vec<Option<u8>> {
        entries(desk)
            .iter()
            .map(|entry| entry.assessment.decision.as_ref().unwrap().facets.priority)
            .collect()
    };
    let messages = || {
        vec![outage("1", "ann", 0), outage("2", "bob", 20), outage("3", "cem", 40), outage("4", "dot", 59)]
    };
    let mut at_once = desk();
    at_once.receive(messages(), now()).unwrap();
    assert_eq!(priority(&mut at_once), [None, None, Some(1), Some(1)]);

    // What went before comes from the record: one call for each message decides the same.
    let mut one_by_one = desk();
    for message in messages() {
        one_by_one.receive(vec![message], now()).unwrap();
    }
    assert_eq!(entries(&mut one_by_one), entries(&mut at_once));

    // Taken in backwards, each sees only what was observed before it.
    let mut backwards = desk();
    backwards.receive(messages().into_iter().rev().collect(), now()).unwrap();
    assert_eq!(entries(&mut backwards), entries(&mut at_once));
}

#[test]
fn tenants_share_a_store_and_nothing_else() {
    let mut desk = desk();
    desk.receive(vec![outage("1", "ann", 0)], now()).unwrap();
    let Desk { engine, store, .. } = desk;
    let mut other = Desk::open(engine, store).for_tenant(Tenant::new("other").unwrap());
    assert_eq!(entries(&mut other), []);
    assert_eq!(seen(&other.receive(vec![outage("1", "ann", 0)], now()).unwrap()), [Seen::New]);
}

fn lines() -> String {
    let good: Vec<String> = [outage("1", "ann", 0), outage("2", "bob", 1), outage("1", "ann", 0)]
        .iter()
        .map(|message| serde_json::to_string(message).unwrap())
        .collect();
    format!("{}\nnot json\n\n{}\n{{}}\n{}\n", good[0], good[1], good[2])
}

#[test]
fn the_counts_of_an_input_add_up_and_a_second_run_changes_nothing() {
    let mut desk = desk();
    let first = ingest(&mut desk, &lines(), u64::MAX);
    let Captures { rows, distinct, duplicates, malformed, noise, decided, open, .. } = first.captures;
    assert_eq!((rows, distinct, duplicates, malformed), (5, 2, 1, 2));
    assert_eq!((noise, decided, open), (0, 2, 0));
    assert_eq!(first.malformed.iter().map(|fault| fault.line).collect::<Vec<_>>(), [2, 5]);
    let tenant = desk.tenant().clone();
    let totals = desk.store().totals(&tenant).unwrap();
    let second = ingest(&mut desk, &lines(), u64::MAX);
    assert_eq!((second.captures.rows, second.captures.distinct, second.captures.duplicates), (5, 0, 3));
    assert!(!second.captures.changed());
    assert_eq!(desk.store().totals(&tenant).unwrap(), totals);
    assert_eq!(totals.quarantined, 2);
}

#[test]
fn an_interrupted_run_goes_on_where_it_stopped() {
    let many: String = (0..2500)
        .map(|i| serde_json::to_string(&outage(&i.to_string(), "ann", i % 60)).unwrap() + "\n")
        .collect();
    let mut stopped = desk();
    let first = ingest(&mut stopped, &many, 1);
    assert!(first.interrupted);
    assert_eq!(first.captures.rows, Limits::DEFAULT.group as u64);
    let rest = ingest(&mut stopped, &many, u64::MAX);
    assert_eq!((rest.captures.duplicates, rest.captures.distinct), (1000, 1500));
    assert!(!rest.interrupted);
}

#[test]
fn only_a_person_of_the_team_writes_a_response() {
    let mut desk = desk();
    let case = desk.receive(vec![outage("1", "ann", 0)], now()).unwrap()[0].case.clone().unwrap();
    let nobody = desk.human(&PersonId::new("bot").unwrap(), HostWord::vouch("a script")).unwrap_err();
    assert_eq!(nobody.to_string(), "`bot` is no person of the team; add them to `team.toml`");
    let ada = desk.human(&PersonId::new("ada").unwrap(), HostWord::vouch("session 17")).unwrap();
    let draft = |text: &str, scale| {
        let id = ResponseId::new("r1").unwrap();
        Response::draft(
            &ada,
            id,
            case.clone(),
            None,
            scale,
            ReplyVisibility::Private,
            text,
            ["legal".to_owned()].into(),
        )
    };
    assert_eq!(draft("  ", ReplyScale::Micro).unwrap_err().to_string(), "a response has a text");
    assert!(draft("Sorry!", ReplyScale::Both).is_err());
    assert_eq!(
        draft("Sorry!", ReplyScale::Micro).unwrap().send(now()).unwrap_err().to_string(),
        "not approved by legal"
    );
    let mut approved = draft("Sorry!", ReplyScale::Micro).unwrap();
    assert!(approved.approve("marketing", &ada, now()).is_err());
    approved.approve("legal", &ada, now()).unwrap();
    let record = approved.send(now()).unwrap();
    assert_eq!(
        (record.author.as_str(), record.vouched.as_str(), record.sent),
        ("ada", "session 17", Some(now()))
    );
}

fn any_message() -> impl Strategy<Value = Message> {
    let texts = prop::sample::select(vec![
        "@northwind no signal, terrible",
        "@northwind how do I get a refund?",
        "thanks @northwind, great staff!",
        "weather",
        "",
        "@halden outage @northwind fine?",
        "northwind 電波 😡",
    ]);
    (0u8..6, 0u8..3, 0u32..60, texts).prop_map(|(id, author, minute, text)| {
        testing::message(&format!(
            r#""external_id":"{id}","text":"{text}","author":{{"source":"x","native_id":"a{author}"}},"times":{{"created":"2026-11-02T09:{minute:02}:00Z"}}"#
        ))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn counts_add_up_for_any_messages(messages in prop::collection::vec(any_message(), 0..24)) {
        let mut desk = desk();
        let lines: String = messages.iter().map(|message| serde_json::to_string(message).unwrap() + "\n").collect();
        prop_assume!(!lines.is_empty());
        let Captures { rows, distinct, duplicates, malformed, noise, decided, open, .. } = ingest(&mut desk, &lines, u64::MAX).captures;
        prop_assert_eq!(rows, messages.len() as u64);
        prop_assert_eq!(rows, distinct + duplicates + malformed);
        prop_assert_eq!(distinct, noise + decided + open);
        let tenant = desk.tenant().clone();
        let totals = desk.store().totals(&tenant).unwrap();
        prop_assert_eq!(totals.versions, distinct);
        prop_assert_eq!(totals.messages, entries(&mut desk).len() as u64);
    }

    #[test]
    fn batches_do_not_depend_on_the_number_of_threads(messages in prop::collection::vec(any_message(), 1..24)) {
        let engine = testing::engine();
        let one = engine.clone().with_threads(std::num::NonZeroUsize::MIN).assess_all(&messages);
        let three = engine.with_threads(std::num::NonZeroUsize::new(3).unwrap()).assess_all(&messages);
        prop_assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&three).unwrap());
    }
}
