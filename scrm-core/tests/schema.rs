//! Is the published JSON Schema that of the code? Needs the feature `schema`.
//!
//! Run with `UPDATE_SCHEMA=1` to write it anew; the difference shows what changes for whoever reads or writes the JSON.
#![cfg(feature = "schema")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]
#![allow(clippy::disallowed_methods, reason = "the test is told by its environment to write the file")]

use std::fs;
use std::path::{Path, PathBuf};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use scrm_core::model::*;
use serde_json::{Map, Value, json};

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema/model.schema.json")
}

/// One document: each main type under its own name, with everything that those are made of.
fn document() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut main = Vec::new();
    macro_rules! types {
        ($($name:ident),* $(,)?) => { $(add::<$name>(&mut generator, &mut main);)* };
    }
    types!(
        Message,
        Assessment,
        Hits,
        Classification,
        Decision,
        Case,
        Incident,
        ResponseRecord,
        Feedback,
        Identity,
        IdentityLink,
        Customer,
        Transaction,
        Consent,
        Preference,
        Relationship,
        Context,
        Change,
        Granted,
        Event,
    );
    let definitions: Map<String, Value> = generator.take_definitions(true).into_iter().collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "scrm model",
        "description": "What the engine reads and writes as JSON. A message on its own is `#/$defs/Message`. What a \
                        schema cannot say (a direct message is never public, a span lies inside its text) is said in \
                        docs/message.md and checked when JSON is read.",
        "anyOf": main,
        "$defs": sorted(Value::Object(definitions)),
    })
}

fn add<T: JsonSchema>(generator: &mut SchemaGenerator, main: &mut Vec<Value>) {
    main.push(generator.subschema_for::<T>().to_value());
}

/// The same with the names of every object in order, whatever map the JSON crate was built with.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().map(|(name, value)| (name, sorted(value))).collect())
        }
        value => value,
    }
}

/// Where two documents differ, as paths.
fn differences(old: &Value, new: &Value, at: &str, found: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let names: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
            for name in names {
                let inner = format!("{at}/{name}");
                differences(
                    old.get(name).unwrap_or(&Value::Null),
                    new.get(name).unwrap_or(&Value::Null),
                    &inner,
                    found,
                );
            }
        }
        (old, new) if old != new => found.push(at.to_owned()),
        _ => {}
    }
}

#[test]
fn the_published_schema_is_that_of_the_code() {
    let new = document();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::create_dir_all(path().parent().unwrap()).unwrap();
        fs::write(path(), format!("{}\n", serde_json::to_string_pretty(&new).unwrap())).unwrap();
    }
    let old: Value = serde_json::from_str(&fs::read_to_string(path()).unwrap_or("null".to_owned())).unwrap();
    let mut found = Vec::new();
    differences(&old, &new, "#", &mut found);
    assert!(
        found.is_empty(),
        "docs/schema/model.schema.json differs from the code at\n  {}\nwrite it anew with\n  \
         UPDATE_SCHEMA=1 cargo test -p scrm-core --features schema --test schema",
        found.join("\n  ")
    );
}

#[test]
fn a_message_requires_what_every_message_has() {
    let document = document();
    let message = &document["$defs"]["Message"];
    let mut required: Vec<_> =
        message["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    required.sort_unstable();
    assert_eq!(required, ["external_id", "kind", "source", "times", "visibility"]);
    let kinds = document["$defs"]["MessageKind"].to_string();
    for kind in MessageKind::ALL {
        assert!(kinds.contains(&format!("\"{kind}\"")), "{kind} is missing in {kinds}");
    }
}
