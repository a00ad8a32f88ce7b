//! Do Rust and Python say the same? The cases stand in `cases/assess.json` and are read by both.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::path::Path;

use scrm_core::engine::Engine;
use scrm_core::model::{Context, Message};
use scrm_core::playbook::Playbook;
use serde_json::Value;

/// Where `found` is not what `expected` names, as lines of path, wanted and found.
fn differences(path: &str, expected: &Value, found: &Value) -> Vec<String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected
            .iter()
            .flat_map(|(name, value)| {
                differences(&format!("{path}.{name}"), value, found.get(name).unwrap_or(&Value::Null))
            })
            .collect(),
        (expected, found) if expected == found => Vec::new(),
        (expected, found) => vec![format!("{path} should be {expected} and is {found}")],
    }
}

#[test]
fn messages_are_assessed_as_the_cases_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let playbook = Playbook::load(root.join("../examples/playbooks/northwind")).unwrap();
    let engine = Engine::compile(&playbook).unwrap();
    let file = std::fs::read_to_string(root.join("tests/cases/assess.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&file).unwrap();
    assert!(cases.len() >= 10);
    let wrong: Vec<String> = cases
        .iter()
        .flat_map(|case| {
            let message: Message = serde_json::from_value(case["message"].clone()).unwrap();
            let found = serde_json::to_value(engine.assess(&message, &Context::default())).unwrap();
            differences(case["name"].as_str().unwrap(), &case["expect"], &found)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
