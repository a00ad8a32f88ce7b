//! Do Rust and Python say the same? The cases stand in `cases/assess.json` and are read by both.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::path::Path;

use scrm_core::engine::Engine;
use scrm_core::model::{Context, Message};
use scrm_core::playbook::Playbook;
use serde_json::Value;

/// Whether `found` has everything that `expected` names.
fn holds(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            expected.iter().all(|(name, value)| found.get(name).is_some_and(|found| holds(value, found)))
        }
        (expected, found) => expected == found,
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
    for case in cases {
        let message: Message = serde_json::from_value(case["message"].clone()).unwrap();
        let found = serde_json::to_value(engine.assess(&message, &Context::default())).unwrap();
        assert!(holds(&case["expect"], &found), "{}: {found:#}", case["name"]);
    }
}
