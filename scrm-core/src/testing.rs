//! What do tests of several modules need? A small playbook, an engine of it, and messages.

use std::collections::BTreeMap;

use crate::engine::Engine;
use crate::model::{Limits, Message};
use crate::playbook::Playbook;

/// The files of a small playbook: one brand of ours, one competitor, three topics, two departments.
pub(crate) fn files() -> BTreeMap<String, String> {
    let files = [
        (
            "monitors.toml",
            r#"
[[brand]]
id = "northwind"
name = "Northwind"
ours = true
[[brand]]
id = "halden"
name = "Halden"
[[monitor]]
id = "northwind"
brand = "northwind"
query = "@northwind OR northwind"
[[monitor]]
id = "halden"
brand = "halden"
query = "@halden OR halden"
"#,
        ),
        (
            "topics.toml",
            r#"
[[topic]]
path = "service.outage"
words = ["no signal", "outage", "network down"]
[[topic]]
path = "billing.refund"
words = ["refund", "money back"]
[[topic]]
path = "staff"
words = ["staff", "clerk"]
"#,
        ),
        (
            "protocol.toml",
            r#"
[protocol]
id = "test"
version = "1"
mandatory = ["department", "visibility"]
on_unknown = "skip"
[[sla]]
id = "normal"
calendar = "hq"
first_response = { within = "4h" }
[[rule]]
id = "money"
owner = "billing"
why = "Money is private"
when = 'issue under "billing"'
set = { department = "billing", visibility = "private", sla = "normal", respond = "micro" }
overrides = ["contact"]
[[rule]]
id = "contact"
owner = "care"
why = "Everything else goes to care"
when = 'type in ["question", "complaint", "request", "suggestion"] and kind is not note'
set = { department = "care", visibility = "as_asked", sla = "normal", respond = "micro" }
[[rule]]
id = "praise"
owner = "care"
why = "Praise is thanked for"
when = 'type is compliment'
set = { department = "care", visibility = "as_asked", respond = "micro" }
[[rule]]
id = "note"
owner = "care"
why = "A note asks for nothing"
when = 'kind is note'
set = { department = "care", visibility = "private", respond = "none" }
[[rule]]
id = "spike"
owner = "care"
why = "Three of one issue in an hour are an incident"
when = 'count(issue, "1h") >= 3'
set = { incident = "auto", priority = 1 }
[[rule]]
id = "again"
owner = "care"
why = "Who writes a third time in a week is called"
when = 'count(customer.messages, "7d") >= 3'
set = { tags = ["repeat"] }
"#,
        ),
        (
            "team.toml",
            r#"
[[department]]
id = "care"
owner = "ada"
[[department]]
id = "billing"
[[person]]
id = "ada"
name = "Ada"
departments = ["care", "billing"]
"#,
        ),
        (
            "calendars.toml",
            r#"
default = "hq"
[[calendar]]
id = "hq"
tz = "Europe/Amsterdam"
week = { mon = ["09:00-17:00"], tue = ["09:00-17:00"], wed = ["09:00-17:00"], thu = ["09:00-17:00"], fri = ["09:00-17:00"] }
"#,
        ),
    ];
    files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// An engine of the small playbook.
pub(crate) fn engine() -> Engine {
    let playbook = Playbook::from_files(&files(), &Limits::DEFAULT).unwrap();
    assert!(playbook.warnings().diagnostics().is_empty(), "{}", playbook.warnings());
    Engine::compile(&playbook).unwrap()
}

/// A message of the fields given as JSON, over those of a public post on 2 November 2026 at 10:00 in Amsterdam.
pub(crate) fn message(fields: &str) -> Message {
    let mut object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(
        r#"{"source":"x","external_id":"1","kind":"post","visibility":"public","times":{"created":"2026-11-02T09:00:00Z"}}"#,
    )
    .unwrap();
    let over: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&format!("{{{fields}}}")).unwrap();
    object.extend(over);
    serde_json::from_value(object.into()).unwrap()
}
