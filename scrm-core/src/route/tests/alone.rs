//! Does a protocol stand alone? One file with everything that it names, in TOML and in JSON.

use crate::model::Limits;
use crate::playbook::Playbook;

pub(super) const ACME: &str = include_str!("protocols/acme.toml");

pub(super) fn alone(name: &str, text: &str) -> Result<Playbook, String> {
    Playbook::from_file(name, text, &Limits::DEFAULT).map_err(|error| error.to_string())
}

#[test]
fn a_whole_protocol_in_one_file() {
    let playbook = alone("acme.toml", ACME).unwrap();
    assert_eq!(playbook.protocol.rules().len(), 10);
    assert!(playbook.calendars.get("hq").is_some());
    insta::assert_snapshot!(playbook.warnings());
    // Its example is run: an expectation that fails is a fault.
    let wrong = ACME.replace("escalate = 1, priority = 1 }", "escalate = 2, priority = 1 }");
    let error = alone("acme.toml", &wrong).unwrap_err();
    assert!(error.contains("expects escalate `2`, but it is `reputation/1`"), "{error}");
}

/// What TOML says, JSON says: the same protocol, to the hash.
#[test]
fn json_is_the_same_protocol() {
    let toml: toml::Value = toml::from_str(ACME).unwrap();
    let mut json = serde_json::to_value(&toml).unwrap();
    // Dates have no form of their own in JSON.
    for rule in json["rule"].as_array_mut().unwrap() {
        if rule["id"] == "praise" {
            rule["effective"] = serde_json::json!({ "from": "2026-01-01", "to": "2026-12-31" });
            rule["when"] = serde_json::json!({ "and": [
                { "field": "type", "is": "compliment" }, { "field": "sentiment", ">=": 0.3 },
            ] });
        }
    }
    let json = serde_json::to_string_pretty(&json).unwrap();
    let (toml, json) = (alone("acme.toml", ACME).unwrap(), alone("acme.json", &json).unwrap());
    assert_eq!(toml.protocol.canonical(), json.protocol.canonical());
    assert_eq!(toml.protocol.hash(), json.protocol.hash());
}

#[test]
fn faults_of_json_are_shown_in_their_place() {
    let faults = [
        r#"{"protocol": {"id": "a", "version": "1"}, "rule": [{"id": "r", "owner": "care", "why": "w",
            "when": {"field": "type", "iz": "complaint"}, "set": {"department": "care"}}]}"#,
        r#"{"protocol": {"id": "a", "version": "1"}, "rule": [{"id": "r", "owner": "care", "why": "w",
            "when": {"and": [{"field": "type", "is": "complaynt"}]}, "set": {"department": "care"}}]}"#,
        r#"{"protocol": {"id": "a", "version": "1", "id": "b"}}"#,
        r#"{"protocol": {"id": "a",}}"#,
        "[1, 2]",
        "",
        "{\"protocol\": // why\n 1}",
    ];
    let said: Vec<String> = faults.iter().map(|text| alone("acme.json", text).unwrap_err()).collect();
    insta::assert_snapshot!(said.join("\n----\n"));
    let deep = format!("{{\"rule\": {}{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert!(alone("acme.json", &deep).unwrap_err().contains("nesting depth"));
    let deep = format!("rule = {}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert!(alone("acme.toml", &deep).unwrap_err().contains("not valid TOML"));
}
