//! Tests of the stage: what is decided, how facets merge, what is reported, and what never depends on an order.

mod alone;
mod asking;
mod deciding;
mod merging;
mod order;
mod reading;

use chrono::{DateTime, Utc, Weekday};

use super::*;
use crate::calendar::{Calendar, Calendars, Opening};
use crate::diagnostic::{Document, Faults, Report, Sources};
use crate::model::{
    Axis, Classification, Context, Decision, Evidence, Granted, Hit, Hits, Influence, Labeller, Message,
    MessageType, PersonalData, RuleId, Sentiment, SentimentLabel, Span, Topic,
};

const NORTHWIND: &str = include_str!("northwind.toml");

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(super) fn vocabulary() -> Vocabulary {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Vocabulary {
        departments: set(&["care", "finance", "comms", "legal", "network-ops", "community"]),
        people: set(&["ada", "ben"]),
        roles: set(&["duty-manager", "executive"]),
        skills: set(&["billing", "french"]),
        topics: set(&["service.delivery", "service.outage", "billing", "product"]),
        monitors: set(&["northwind-brand"]),
        brands: set(&["northwind"]),
        calendars: set(&["hq"]),
        ..Vocabulary::default()
    }
}

pub(super) fn calendars() -> Calendars {
    let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
    let hours: Opening = "09:00-17:00".parse().unwrap();
    let hq = Calendar::new("hq", chrono_tz::Europe::London);
    Calendars::of([days.iter().fold(hq, |hq, day| hq.open(*day, [hours]))], "hq")
}

/// Reads a protocol and prints what is wrong with it.
pub(super) fn read(source: &str) -> (Protocol, String) {
    let mut faults = Faults::new();
    let document = Document::parse("protocol.toml", source, &mut faults);
    let protocol = Protocol::read(&document, &vocabulary(), &mut faults);
    let mut sources = Sources::new();
    sources.insert("protocol.toml", source);
    (protocol, Report::new(faults.into_sorted(), sources).to_string())
}

fn router(source: &str) -> Router {
    let (protocol, report) = read(source);
    assert!(!report.contains("error["), "{report}");
    Router::compile(protocol, calendars())
}

/// A protocol of rules alone: `id: when => set`, with ` > other` after the id for an override.
fn rules(lines: &[&str]) -> Router {
    use std::fmt::Write as _;
    let mut source = "[protocol]\nid = \"test\"\nversion = \"1\"\n".to_owned();
    for extra in ["a", "b"] {
        _ = writeln!(source, "[[sla]]\nid = \"{extra}\"\nfirst_response = {{ within = \"1h\" }}");
        _ = writeln!(
            source,
            "[[ladder]]\nid = \"{extra}\"\nrungs = [{{ after = \"0m\", to = \"team:care\", mode = \"channel\" }},
            {{ after = \"30m\", to = \"person:ada\", mode = \"phone\" }}]"
        );
        _ = writeln!(
            source,
            "[[incentive]]\nid = \"{extra}\"\nvalue = \"1 EUR\"\nbudget = \"9 EUR per day\""
        );
        _ = writeln!(source, "cap = \"1 per customer per 1d\"");
    }
    for line in lines {
        let (id, rest) = line.split_once(": ").unwrap();
        let (when, set) = rest.split_once(" => ").unwrap();
        let (id, overrides) = id.split_once(" > ").unwrap_or((id, ""));
        _ = writeln!(source, "[[rule]]\nid = \"{id}\"\nowner = \"care\"\nwhy = \"test\"\nwhen = '{when}'");
        _ = writeln!(source, "set = {{ {set} }}");
        if !overrides.is_empty() {
            _ = writeln!(source, "overrides = [\"{overrides}\"]");
        }
    }
    router(&source)
}

/// A message with what is said of it, to be changed in place.
#[derive(Debug, Clone)]
struct Case {
    visibility: &'static str,
    classification: Classification,
    hits: Hits,
    context: Context,
}

impl Case {
    fn new() -> Self {
        let classification = Classification {
            kind: Axis::unknown(),
            types: Vec::new(),
            topics: Axis::unknown(),
            sentiment: Axis::unknown(),
            action: Axis::unknown(),
            influence: Axis::unknown(),
            noise: None,
            targets: Vec::new(),
            levels: None,
            personal_data: Vec::new(),
            language: Axis::unknown(),
            labeller: Labeller::Machine { model: "test".to_owned() },
        };
        Self { visibility: "public", classification, hits: Hits::default(), context: Context::default() }
    }

    fn kind(mut self, kind: MessageType, confidence: f32) -> Self {
        let evidence = vec![Evidence::at("word", Span::new(0, 9), 1.0)];
        self.classification.kind = Axis::new(kind, confidence, evidence);
        self.classification.types = vec![kind];
        self
    }

    fn issue(mut self, topic: &str, confidence: f32) -> Self {
        let topic = Topic::new(topic).unwrap();
        self.hits.topics = vec![Hit { id: topic.clone(), spans: vec![Span::new(3, 9)] }];
        self.classification.topics = Axis::new(vec![topic], confidence, Vec::new());
        self
    }

    fn sentiment(mut self, score: f32) -> Self {
        let label = if score < 0.0 { SentimentLabel::Negative } else { SentimentLabel::Positive };
        self.classification.sentiment = Axis::new(Sentiment { label, score }, 0.9, Vec::new());
        self
    }

    fn influence(mut self, score: f32) -> Self {
        self.classification.influence = Axis::new(Influence { score, parts: Vec::new() }, 1.0, Vec::new());
        self
    }

    fn seen(mut self, visibility: &'static str) -> Self {
        self.visibility = visibility;
        self
    }

    fn personal_data(mut self) -> Self {
        self.classification.personal_data =
            vec![PersonalData { kind: "email".to_owned(), span: Span::new(1, 5) }];
        self
    }

    fn at(mut self, now: &str) -> Self {
        self.context.now = Some(utc(now));
        self
    }

    fn message(&self) -> Message {
        let direction = if self.visibility == "internal" { "internal" } else { "in" };
        serde_json::from_value(serde_json::json!({
            "source": "x", "external_id": "1", "kind": "post", "visibility": self.visibility,
            "direction": direction, "text": "no signal since this morning",
            "times": { "created": "2026-11-02T10:14:00Z" },
        }))
        .unwrap()
    }

    fn decide(&self, router: &Router) -> Decision {
        router.decide(&self.message(), &self.classification, &self.hits, &self.context)
    }
}
