//! Scopes, brands and the faults of `monitors.toml` and `topics.toml`.

mod batch;
mod hostile;
mod live;

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

/// What a file of monitors says, and its faults by code.
fn read(source: &str) -> (Monitors, Vec<String>) {
    let mut faults = Faults::new();
    let document = Document::parse("monitors.toml", source, &mut faults);
    let monitors = Monitors::read(&document, &Limits::DEFAULT, &mut faults);
    let told = faults.into_sorted().into_iter().map(|fault| format!("{}: {}", fault.code, fault.message));
    (monitors, told.collect())
}

#[test]
fn names_stand_for_what_the_file_says() {
    let (monitors, faults) = read(
        r##"
attributes = ["tier"]
[[list]]
id = "rivals"
terms = ["acme", "acme inc", "#acme", "{ACME}", "halden*"]
[[query]]
id = "noise"
query = "MACRO(jobs) OR weather"
[[query]]
id = "jobs"
query = "hiring OR vacancy"
[[monitor]]
id = "rivals"
query = "LIST(rivals) NEAR/5 (better OR worse) -MACRO(noise) tier:gold"
tags = ["market", "weekly"]
tenant = "client-a"
paused = true
[[monitor]]
id = "rule"
dialect = "x"
query = "snow -is:retweet"
channels = ["x", "Forum"]
kinds = ["post"]
languages = ["en"]
"##,
    );
    assert_eq!(faults, [] as [String; 0]);
    let printed: Vec<String> = monitors.monitors.values().map(|monitor| monitor.query.to_string()).collect();
    assert_eq!(
        printed,
        [
            "(acme OR \"acme inc\" OR #acme OR {ACME} OR halden*) NEAR/5 (better OR worse) AND \
             NOT ((hiring OR vacancy) OR weather) AND ext.tier:gold",
            "=snow AND NOT is:repost AND (channel:forum OR channel:x) AND kind:post AND (lang:en OR NOT has:lang)",
        ]
    );
    let rivals = &monitors.monitors["rivals"];
    assert!(rivals.paused && rivals.tags.contains("market"));
    assert_eq!(rivals.tenant.as_ref().map(crate::model::Tenant::as_str), Some("client-a"));
    assert!(rivals.source.as_deref().is_some_and(|source| source.starts_with("LIST(rivals)")));
    let mut faults = Faults::new();
    let topics = "[[topic]]\npath = \"rivals\"\nquery = \"LIST(rivals) tier:gold\"\n";
    let document = Document::parse("topics.toml", topics, &mut faults);
    Topics::read_with(&document, &monitors.names, &Limits::DEFAULT, &mut faults);
    assert_eq!(faults.into_sorted(), []);
}

#[test]
fn a_paused_monitor_hears_nothing() {
    let (monitors, _) = read("[[monitor]]\nid = \"a\"\nquery = \"lost\"\npaused = true\n");
    let listener = Listener::compile(&monitors, &Topics::default(), &Limits::DEFAULT).unwrap();
    let json = r#"{"source":"x","external_id":"1","kind":"form","visibility":"direct","text":"lost",
        "times":{"created":"2026-11-02T08:14:00Z"}}"#;
    let message: Message = serde_json::from_str(json).unwrap();
    assert_eq!(listener.scan(&message, &Text::new(message.text())).monitors, []);
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
[[monitor]]
id = "four"
dialect = "lucine"
query = "LIST(rivls) titel:x MACRO(a) (b OR c d)"
tenant = ""
paused = "yes"
"##;
    let names = r##"
attributes = ["tier", "to", "a b"]
[[list]]
id = "rivals"
terms = ["acme", "(acme", "!!"]
[[list]]
id = "rivals"
terms = []
[[list]]
terms = "x"
[[query]]
id = "a"
query = "x MACRO(b)"
[[query]]
id = "b"
query = "MACRO(a)"
[[query]]
id = "c"
[[monitor]]
id = "five"
query = "LIST(rivls) titel:x MACRO(a) (b OR c d)"
[[monitor]]
id = "six"
dialect = "x"
query = "snow AND -(day OR night)"
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
    for (name, text) in [("monitors.toml", monitors), ("names.toml", names), ("topics.toml", topics)] {
        sources.insert(name, text);
        let document = Document::parse(name, text, &mut faults);
        if name != "topics.toml" {
            Monitors::read(&document, &Limits::DEFAULT, &mut faults);
        } else {
            Topics::read(&document, &Limits::DEFAULT, &mut faults);
        }
    }
    insta::assert_snapshot!(Report::new(faults.into_sorted(), sources));
}

#[test]
fn the_playbooks_that_ship_are_well_written() {
    for playbook in ["airline", "northwind"] {
        let (mut faults, mut sources) = (Faults::new(), Sources::new());
        let mut document = |name: &str, faults: &mut Faults| {
            let root = env!("CARGO_MANIFEST_DIR");
            let text =
                std::fs::read_to_string(format!("{root}/../examples/playbooks/{playbook}/{name}")).unwrap();
            sources.insert(name, text.clone());
            Document::parse(name, &text, faults)
        };
        let monitors = Monitors::read(&document("monitors.toml", &mut faults), &Limits::DEFAULT, &mut faults);
        let topics = document("topics.toml", &mut faults);
        Topics::read_with(&topics, &monitors.names, &Limits::DEFAULT, &mut faults);
        let report = Report::new(faults.into_sorted(), sources);
        assert!(report.diagnostics().is_empty(), "{report}");
    }
}
