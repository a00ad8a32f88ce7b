//! Tests: what is counted, that nothing depends on order or threads, and that the fast ways say what the slow ones say.

mod counting;
mod mutating;
mod order;
mod queue;
mod replaying;

use chrono::{DateTime, Utc, Weekday};
use serde_json::json;

use super::*;
use crate::calendar::{Calendar, Calendars, Opening, Person, Team};
use crate::model::{Classification, Context, Department, Hits, Message, PersonId};
use crate::route::{Given, Protocol, Router};

const OLD: &str = include_str!("old.toml");
const NEW: &str = include_str!("new.toml");

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn protocol(source: &str) -> Protocol {
    let (protocol, report) = crate::route::tests::read(source);
    assert!(!report.contains("error["), "{report}");
    protocol
}

fn calendars() -> Calendars {
    let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
    let hours: Opening = "09:00-17:00".parse().unwrap();
    let hq = Calendar::new("hq", chrono_tz::Europe::London);
    Calendars::of([days.iter().fold(hq, |hq, day| hq.open(*day, [hours]))], "hq")
}

fn router(source: &str) -> Router {
    Router::compile(protocol(source), calendars())
}

fn facts(json: &str) -> Given {
    Given::from_json(json, protocol(NEW).vocabulary()).unwrap()
}

/// People with their departments and how many cases a day they answer.
fn team(people: &[(&str, &[&str], Option<u32>)]) -> Team {
    let mut team = Team::default();
    for (id, departments, capacity) in people {
        let id = PersonId::new(id).unwrap();
        let person = Person {
            departments: departments.iter().map(|name| (*name).to_owned()).collect(),
            capacity: *capacity,
            ..Person::new(id.clone())
        };
        team.people.insert(id, person);
    }
    team
}

/// A message: id, author, type, issue and when it was observed.
fn message(id: &str, author: &str, kind: &str, issue: &str, observed: &str) -> (Message, Classification) {
    let message = json!({
        "source": "x", "external_id": id, "kind": "post", "visibility": "public", "text": "no signal",
        "author": { "source": "x", "native_id": author },
        "times": { "created": "2026-11-01T10:14:00Z", "observed": observed },
    });
    let unknown = json!({ "value": null, "confidence": 0.0 });
    let classification = json!({
        "type": { "value": kind, "confidence": 0.9 }, "types": [kind],
        "topics": { "value": [issue], "confidence": 0.9 }, "sentiment": unknown, "action": unknown,
        "influence": unknown, "language": unknown, "labeller": { "by": "machine", "model": "test" },
    });
    (serde_json::from_value(message).unwrap(), serde_json::from_value(classification).unwrap())
}

fn department(name: &str) -> Option<Department> {
    Department::new(name).ok()
}

fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap()
}
