//! Which case a message opens or joins, as a table.

mod assigners;
mod settings;

use std::collections::BTreeSet;

use chrono::Duration;

use super::{CasePolicy, is_matter, take_up};
use crate::engine::Engine;
use crate::model::{Assessment, Case, CaseStatus, Context, Event, IdentityKey, Message};
use crate::testing;

fn assessed(engine: &Engine, fields: &str) -> (Message, Assessment) {
    let message = testing::message(fields);
    let assessment = engine.assess(&message, &Context::default());
    (message, assessment)
}

fn opened(events: Vec<Event>) -> Case {
    match events.into_iter().next() {
        Some(Event::CaseOpened { case }) => *case,
        other => panic!("no case was opened: {other:?}"),
    }
}

fn none() -> BTreeSet<IdentityKey> {
    BTreeSet::new()
}

const FIRST: &str = r#""external_id":"1","text":"@northwind no signal again, this is terrible!","author":{"source":"x","native_id":"ann"}"#;

#[test]
fn messages_join_the_case_they_belong_to() {
    let engine = testing::engine();
    let (message, assessment) = assessed(&engine, FIRST);
    let case = opened(take_up(&message, &assessment, &[], &none(), &CasePolicy::default()));
    assert_eq!((case.messages, case.status), (1, CaseStatus::New));

    let says = r#""text":"@northwind still no signal, terrible!""#;
    let table = [
        (
            "the same author an hour later",
            r#""external_id":"2","author":{"source":"x","native_id":"ann"}"#,
            60,
            true,
        ),
        (
            "the same author after four days",
            r#""external_id":"2","author":{"source":"x","native_id":"ann"}"#,
            96 * 60,
            false,
        ),
        (
            "the same author in the thread after four days",
            r#""external_id":"2","thread":{"id":"1"},"author":{"source":"x","native_id":"ann"}"#,
            96 * 60,
            true,
        ),
        ("a stranger", r#""external_id":"2","author":{"source":"x","native_id":"bob"}"#, 60, false),
        (
            "a stranger in the thread",
            r#""external_id":"2","thread":{"parent":"1"},"author":{"source":"x","native_id":"bob"}"#,
            60,
            false,
        ),
        (
            "the same handle elsewhere",
            r#""external_id":"2","author":{"source":"forum","native_id":"ann"}"#,
            60,
            false,
        ),
        ("an unknown author", r#""external_id":"2""#, 60, false),
        ("an unknown author in the thread", r#""external_id":"2","thread":{"id":"1"}"#, 60, true),
        ("an edit", r#""external_id":"1""#, 60, true),
    ];
    for (name, fields, minutes, joins) in table {
        let at = case.opened + Duration::minutes(minutes);
        let (message, assessment) =
            assessed(&engine, &format!(r#"{fields},{says},"times":{{"created":"{}"}}"#, at.to_rfc3339()));
        let known = std::slice::from_ref(&case);
        let events = take_up(&message, &assessment, known, &none(), &CasePolicy::default());
        match events.into_iter().next() {
            Some(Event::CaseJoined { case: joined, .. }) => {
                assert!(joins, "{name}");
                assert_eq!(joined.id, case.id);
                assert_eq!(joined.messages, if name == "an edit" { 1 } else { 2 }, "{name}");
                assert!(joined.first_response_due <= case.first_response_due, "a promise stays: {name}");
            }
            Some(Event::CaseOpened { case: other }) => assert!(!joins && other.id != case.id, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn what_is_no_matter_opens_nothing() {
    let engine = testing::engine();
    let table = [
        r#""text":"lovely weather""#,
        r#""text":"@northwind we are on it!","direction":"out""#,
        r#""text":"customer called about @northwind","kind":"note","visibility":"internal","direction":"internal""#,
        r#""times":{"deleted":"2026-11-03T08:00:00Z"}"#,
    ];
    for fields in table {
        let (message, assessment) = assessed(&engine, fields);
        assert!(!is_matter(&message, &assessment), "{fields}");
        assert_eq!(take_up(&message, &assessment, &[], &none(), &CasePolicy::default()), [], "{fields}");
    }
}

#[test]
fn a_resolved_case_is_opened_again_for_a_while() {
    let engine = testing::engine();
    let (message, assessment) = assessed(&engine, FIRST);
    let case = opened(take_up(&message, &assessment, &[], &none(), &CasePolicy::default()));
    let end = Event::CaseResolved { case: case.id.clone(), at: case.opened + Duration::hours(1), by: None };
    let resolved = Case::after(Some(&case), &end).unwrap();
    let says = FIRST.replace("\"1\"", "\"2\"");
    let table = [(0, None), (2, Some(1)), (73, Some(1)), (74, None)];
    for (hours, reopened) in table {
        let at = (case.opened + Duration::hours(hours)).to_rfc3339();
        let (again, assessment) = assessed(&engine, &format!(r#"{says},"times":{{"created":"{at}"}}"#));
        let events =
            take_up(&again, &assessment, std::slice::from_ref(&resolved), &none(), &CasePolicy::default());
        let folded = |case: Option<Case>, event: &Event| Case::after(case.as_ref(), event);
        let after = events.iter().fold(Some(resolved.clone()), folded).unwrap();
        assert_eq!(Some(after.reopened).filter(|_| after.id == case.id), reopened, "{hours} h");
        assert!(after.is_open() && after.resolved.is_none(), "{hours} h");
    }
}

#[test]
fn a_case_goes_with_its_customer_over_channels() {
    let engine = testing::engine();
    let (message, assessment) = assessed(&engine, FIRST);
    let case = opened(take_up(&message, &assessment, &[], &none(), &CasePolicy::default()));
    let elsewhere = r#""source":"forum","external_id":"9","text":"@northwind still no signal, terrible!",
        "author":{"source":"forum","native_id":"annie"}"#;
    let message: Message = serde_json::from_str(&format!(
        r#"{{"kind":"post","visibility":"public","times":{{"created":"2026-11-02T09:00:00Z"}},{elsewhere}}}"#
    ))
    .unwrap();
    let assessment = engine.assess(&message, &Context::default());
    let accounts = [case.author.clone().unwrap(), message.author_key().unwrap().clone()].into();
    let known = std::slice::from_ref(&case);
    let stranger = take_up(&message, &assessment, known, &none(), &CasePolicy::default());
    assert_ne!(opened(stranger).id, case.id);
    let policy = CasePolicy { window: Duration::weeks(1000), ..CasePolicy::default() };
    match take_up(&message, &assessment, known, &accounts, &policy).as_slice() {
        [Event::CaseJoined { case: joined, .. }] => {
            assert_eq!((&joined.id, joined.messages, joined.also_in.len()), (&case.id, 2, 1));
        }
        other => panic!("{other:?}"),
    }
}
