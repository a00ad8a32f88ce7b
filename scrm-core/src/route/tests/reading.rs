//! What is reported of a protocol, and what its examples say.

use super::*;

#[test]
fn the_protocol_of_northwind_has_one_warning() {
    let (protocol, report) = read(NORTHWIND);
    insta::assert_snapshot!("northwind", report);
    assert_eq!(protocol.rules().len(), 10);
    assert_eq!(protocol.rule("spike").unwrap().id.as_str(), "spike");
    assert!(protocol.rule("nobody").is_none());
    assert_eq!(protocol.check_examples(&calendars()), []);
}

#[test]
fn every_fault_is_reported() {
    let source = r#"
colour = "blue"

[protocol]
id = "broken"
mandatory = ["departmnet", "visibility"]
on_unknown = "ignore"

[axes]
type = 1.5
mood = 0.5

[[sla]]
id = "public"
calendar = "hp"
first_response = { within = "soon", warn = ["30m"] }
[[sla]]
id = "public"
first_response = { within = "1h", warn = ["2h"] }
[[sla]]
id = "empty"

[[ladder]]
id = "reputation"
rungs = [
  { after = "30m", to = "role:duty-manger", mode = "fone" },
  { after = "30m", to = "team:care", mode = "phone" },
  { after = "10m", to = "somebody", mode = "phone" },
  { after = "2h", to = "person:adam", mode = "channel" },
]
[[ladder]]
id = "none"

[[incentive]]
id = "free"
value = "ten euros"
cap = "many"
never_if = 'type is angry'

[[rule]]
id = "Bad Id"
when = 'type is complaint and issue under "servise"'
set = {}

[[rule]]
id = "a"
owner = "caer"
why = " "
when = 'influense >= 80'
set = { department = "care", visibility = "publik", respond = "loud", priority = 0, sla = "pubic", escalate = { ladder = "reputatoin", rung = 1 }, hold = "yes", colour = "blue" }
overrides = ["b", "nobody"]
on_unknown = "skp"
status = "trial"
effective = { from = 2026-12-31, to = 2026-01-01 }

[[rule]]
id = "b"
owner = "care"
why = "because"
when = 'type is complaint'
set = { skills = ["frensh"], approve = ["nobody"], notify = ["role:nobody"], owner = "eve", incident = "", incentive = "fre", escalate = { ladder = "reputation", rung = 9 }, sla = ["empty", "gone"] }
overrides = ["c"]

[[rule]]
id = "c"
owner = "care"
why = "because"
when = 'type is question'
set = { department = "care", priority = 2.5 }
overrides = ["b"]

[[rule]]
id = "c"
owner = "care"
why = "because"
when = "type is \"question\" \u0041ND x"
set = { department = 7 }
overrides = ["c"]
effective = { from = "soon" }

[[rule]]
id = "d"
owner = "care"
why = "because"
when = 'seen is public'
set = { tags = ["x"] }
overrides = ["d"]

[[example]]
given = { type = "angry", influense = 3, influence = 300, issue = ["billing"], topics = ["billin"], pii = "yes", at = "noon", "count(issue)" = 3, sentiment = "bad" }
expect = { department = "car" }
[[example]]
expect = {}
"#;
    let (_, report) = read(source);
    insta::assert_snapshot!("every_fault", report);
}

#[test]
fn an_empty_file_is_a_protocol_that_decides_nothing() {
    let (protocol, report) = read("");
    assert!(report.contains("protocol.toml has no `protocol`"), "{report}");
    let decision = Case::new().decide(&Router::compile(protocol, calendars()));
    assert_eq!(decision.facets, crate::model::Facets::default());
}

#[test]
fn an_example_that_fails_names_the_facet() {
    let examples = r#"
[[example]]
given = { type = "complaint", issue = "service.delivery", seen = "public", influence = 79, sentiment = -0.7 }
expect = { department = "finance", priority = 1, visibility = "public_then_private", hold = true }
[[example]]
given = { type = "question", issue = "billing", seen = "public" }
expect = { department = "finance", sla = "normal" }
[[example]]
given = { type = "compliment", sentiment = 0.9, at = 2027-05-01T12:00:00Z }
expect = { incentive = "thank-you" }
"#;
    let source = format!("{NORTHWIND}{examples}");
    let (protocol, report) = read(&source);
    assert!(!report.contains("error["), "{report}");
    let mut sources = Sources::new();
    sources.insert("protocol.toml", source);
    let mut faults = Faults::new();
    faults.extend(protocol.check_examples(&calendars()));
    insta::assert_snapshot!("examples", Report::new(faults.into_sorted(), sources).to_string());
}

#[test]
fn a_role_that_is_written_with_escapes_still_has_a_place() {
    let (_, report) = read(
        "[protocol]\nid = \"a\"\nversion = \"1\"\n[[rule]]\nid = \"r\"\nowner = \"care\"\nwhy = \"x\"\nset = { hold = true }\nwhen = \"type is \\\"angry\\\"\"\n",
    );
    assert!(report.contains("9 | when = \"type is"), "{report}");
    assert!(report.contains("protocol.toml:9:8"), "{report}");
}

#[test]
fn a_circle_is_told_beside_other_faults() {
    let rule = |id: &str, when: &str, over: &str| {
        format!(
            "[[rule]]\nid = \"{id}\"\nowner = \"care\"\nwhy = \"w\"\nwhen = '{when}'\nset = {{ priority = 1 }}\noverrides = [\"{over}\"]\n"
        )
    };
    let source = format!(
        "[protocol]\nid = \"p\"\nversion = \"1\"\n{}{}",
        rule("a", "tpye is complaint", "b"),
        rule("b", "type is complaint", "a")
    );
    let (_, report) = read(&source);
    let report = report.to_string();
    assert!(report.contains("P001") && report.contains("P013"), "{report}");
}

#[test]
fn a_budget_is_in_the_currency_of_what_it_pays_for() {
    let source = "[protocol]\nid = \"p\"\nversion = \"1\"\n[[incentive]]\nid = \"gift\"\nvalue = \"10 GBP\"\n\
                  budget = \"500 EUR per month\"\ncap = \"1 per customer per 90d\"\n";
    let report = read(source).1.to_string();
    assert!(report.contains("P015") && report.contains("write the budget in `GBP`"), "{report}");
}
