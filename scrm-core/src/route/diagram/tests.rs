//! Tests of the diagrams: three of one protocol, names that would break out of their quotes, and a thousand rules.

use std::fmt::Write as _;

use super::*;
use crate::model::Limits;
use crate::playbook::Playbook;

fn protocol(text: &str) -> Protocol {
    Playbook::from_file("p.toml", text, &Limits::DEFAULT).unwrap_or_else(|error| panic!("{error}")).protocol
}

fn drawn(protocol: &Protocol) -> String {
    let mut out = String::new();
    for what in What::ALL {
        _ = writeln!(out, "# {} in Mermaid\n{}", what.as_str(), mermaid(protocol, what));
        _ = writeln!(out, "# {} in Graphviz\n{}", what.as_str(), graphviz(protocol, what));
    }
    out
}

#[test]
fn acme() {
    insta::assert_snapshot!(drawn(&protocol(include_str!("../tests/protocols/acme.toml"))));
}

#[test]
fn names_stay_names() {
    let hard = r##"
[protocol]
id = 'a "b" \ <i>'
version = "1"
[[ladder]]
id = "l"
rungs = [{ after = "0m", to = 'team:a"]; evil[label="x', mode = "channel" }, { after = "90m", to = 'role:<b>&amp;\n', mode = "in_person" }]
[[rule]]
id = "r"
owner = "x"
why = "w"
when = 'type is complaint'
set = { department = "顧客 \"1\" & <b>", owner = 'Größe <script>alert(1)</script>', tags = ["a;b", "#quot;", "`c`", "**d**", "1. e", "\\N", "%%f", "g", "h"], escalate = { ladder = "l", rung = 2 } }
[[rule]]
id = "s"
owner = "x"
why = "w"
when = 'type is question'
set = { department = "顧客 \"1\" & <b>", notify = ['team:t"'] }
overrides = ["r"]
status = "shadow"
"##;
    insta::assert_snapshot!(drawn(&protocol(hard)));
}

/// Every box is drawn once, every arrow joins two boxes, and the size grows with the rules.
#[test]
fn a_thousand_rules() {
    let mut text = "[protocol]\nid = \"p\"\nversion = \"1\"\n".to_owned();
    for number in 0..1000 {
        _ = writeln!(
            text,
            "[[rule]]\nid = \"r{number:04}\"\nowner = \"x\"\nwhy = \"w\"\nwhen = 'influence >= {}'\n\
             set = {{ department = \"d{}\" }}",
            number % 100,
            number % 12
        );
        if number > 0 {
            _ = writeln!(text, "overrides = [\"r{:04}\"]", number - 1);
        }
    }
    let protocol = protocol(&text);
    let rules = mermaid(&protocol, What::Rules);
    assert_eq!(rules.matches("[\"r").count(), 1000);
    assert_eq!(rules.matches("subgraph").count(), 12);
    assert_eq!(rules.matches("-->").count(), 999);
    assert_eq!(graphviz(&protocol, What::Rules).matches(" -> ").count(), 999);
    let departments = mermaid(&protocol, What::Departments);
    assert_eq!(departments.lines().count(), 1 + 13 + 12);
    assert!(departments.contains("and 79 more"), "{departments}");
}
