//! Scopes, brands and the faults of `monitors.toml` and `topics.toml`.

use super::{Listener, Monitors, Topics};
use crate::diagnostic::{Document, Faults, Report, Sources};
use crate::model::{Hits, Limits, Message};
use crate::text::Text;

const MONITORS: &str = r##"
[[brand]]
id = "northwind"
ours = true
[[brand]]
id = "halden"

[[monitor]]
id = "b-northwind"
brand = "northwind"
query = "@northwind OR northwind"
[[monitor]]
id = "a-halden"
brand = "halden"
query = "halden"
languages = ["en"]
[[monitor]]
id = "mailbox"
brand = "northwind"
channels = ["email"]
[[monitor]]
id = "reviews"
kinds = ["review"]
"##;

const TOPICS: &str = r#"
[[topic]]
path = "service.delay"
words = ["late", "running behind", "delay*"]
[[topic]]
path = "service"
query = 'broken AND NOT record'
"#;

fn listener(limits: &Limits) -> Listener {
    let mut faults = Faults::new();
    let monitors =
        Monitors::read(&Document::parse("monitors.toml", MONITORS, &mut faults), limits, &mut faults);
    let topics = Topics::read(&Document::parse("topics.toml", TOPICS, &mut faults), limits, &mut faults);
    assert_eq!(faults.into_sorted(), []);
    Listener::compile(&monitors, &topics, limits).unwrap()
}

fn scan(limits: &Limits, fields: &str) -> (Message, Hits) {
    let kind = if fields.contains("\"kind\"") { "" } else { r#""kind":"form","# };
    let json = format!(
        r#"{{"source":"x","external_id":"1",{kind}"visibility":"direct","times":{{"created":"2026-11-02T08:14:00Z"}},{fields}}}"#
    );
    let message: Message = serde_json::from_str(&json).unwrap();
    let hits = listener(limits).scan(&message, &Text::new(message.text()));
    (message, hits)
}

#[test]
fn messages_concern_the_monitors_they_should() {
    type Row = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);
    let table: &[Row] = &[
        (r#""text":"nothing""#, &[], &[], &[]),
        (
            r#""text":"Halden is late, @Northwind too""#,
            &["a-halden", "b-northwind"],
            &["northwind", "halden"],
            &["service.delay"],
        ),
        (r#""text":"halden","language":"en-GB""#, &["a-halden"], &["halden"], &[]),
        (r#""text":"halden","language":"nl""#, &[], &[], &[]),
        (r#""text":"hi","kind":"review""#, &["reviews"], &[], &[]),
        (r#""text":"hi","channel":"email""#, &["mailbox"], &["northwind"], &[]),
        (
            r#""text":"running behind; broken","title":"northwind""#,
            &["b-northwind"],
            &["northwind"],
            &["service", "service.delay"],
        ),
        (r#""text":"broken record""#, &[], &[], &[]),
    ];
    for (fields, monitors, brands, topics) in table {
        let (_, hits) = scan(&Limits::DEFAULT, fields);
        let ids: Vec<&str> = hits.monitors.iter().map(|hit| hit.id.as_str()).collect();
        assert_eq!(ids, *monitors, "{fields}");
        assert_eq!(
            hits.brands.iter().map(crate::model::Brand::as_str).collect::<Vec<_>>(),
            *brands,
            "{fields}"
        );
        assert_eq!(hits.topics.iter().map(|hit| hit.id.as_str()).collect::<Vec<_>>(), *topics, "{fields}");
    }
}

#[test]
fn places_beyond_the_limit_are_counted() {
    let limits = Limits { hits: 3, ..Limits::DEFAULT };
    let (_, hits) = scan(&limits, r#""text":"late late late late late""#);
    assert_eq!((hits.topics[0].spans.len(), hits.truncated), (3, 2));
}

#[test]
fn all_faults_are_reported_at_once() {
    let monitors = r##"
title = "x"
[[brand]]
id = "northwind"
[[brand]]
id = "northwind"
[[monitor]]
brand = "nortwind"
query = "a AND"
chanels = ["x"]
[[monitor]]
id = "two"
[[monitor]]
id = ""
query = 7
[[monitor]]
id = "three"
query = "(open"
channels = "x"
kinds = ["reveiw"]
"##;
    let topics = r#"
[[topic]]
path = "a..b"
words = ["ok", "!!"]
[[topic]]
path = "c"
words = ["x"]
query = "y"
[topic2]
"#;
    let (mut faults, mut sources) = (Faults::new(), Sources::new());
    for (name, text) in [("monitors.toml", monitors), ("topics.toml", topics)] {
        sources.insert(name, text);
        let document = Document::parse(name, text, &mut faults);
        if name == "monitors.toml" {
            Monitors::read(&document, &Limits::DEFAULT, &mut faults);
        } else {
            Topics::read(&document, &Limits::DEFAULT, &mut faults);
        }
    }
    insta::assert_snapshot!(Report::new(faults.into_sorted(), sources));
}
