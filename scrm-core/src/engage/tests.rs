//! Which case a message opens or joins, as a table.

use chrono::Duration;

use super::{CasePolicy, is_matter, take_up};
use crate::engine::Engine;
use crate::model::{Assessment, Case, CaseStatus, Context, Event, Message};
use crate::testing;

fn assessed(engine: &Engine, fields: &str) -> (Message, Assessment) {
    let message = testing::message(fields);
    let assessment = engine.assess(&message, &Context::default());
    (message, assessment)
}

fn opened(event: Option<Event>) -> Case {
    match event {
        Some(Event::CaseOpened { case }) => *case,
        other => panic!("no case was opened: {other:?}"),
    }
}

const FIRST: &str = r#""external_id":"1","text":"@northwind no signal again, this is terrible!","author":{"source":"x","native_id":"ann"}"#;

#[test]
fn messages_join_the_case_they_belong_to() {
    let engine = testing::engine();
    let (message, assessment) = assessed(&engine, FIRST);
    let case = opened(take_up(&message, &assessment, &[], &CasePolicy::default()));
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
        let event = take_up(&message, &assessment, std::slice::from_ref(&case), &CasePolicy::default());
        match event {
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
        assert_eq!(take_up(&message, &assessment, &[], &CasePolicy::default()), None, "{fields}");
    }
}

#[test]
fn a_resolved_case_is_not_joined() {
    let engine = testing::engine();
    let (message, assessment) = assessed(&engine, FIRST);
    let case = opened(take_up(&message, &assessment, &[], &CasePolicy::default()));
    let resolved = Case { status: CaseStatus::Resolved, ..case };
    let (again, assessment) = assessed(&engine, &FIRST.replace("\"1\"", "\"2\""));
    opened(take_up(&again, &assessment, &[resolved], &CasePolicy::default()));
}
