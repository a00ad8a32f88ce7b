//! What does an authored file of JSON say, and where? The same tree of values as of TOML, with their places.

use std::collections::BTreeSet;

use jsonc_parser::ast::{ObjectPropName, Value as Json};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::document::{Node, Value};
use super::{Diagnostic, Faults};
use crate::model::Span;

/// JSON and nothing more than JSON.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The root of a JSON file; syntax faults go to `faults`, and the tree is then empty.
pub(super) fn read(file: &str, source: &str, faults: &mut Faults) -> Node {
    let mut fault = |span: Option<Span>, message: String| {
        let help = "see https://www.json.org for how a JSON file is written";
        faults.push(Diagnostic::error("B001", file, span, format!("not valid JSON: {message}")).help(help));
    };
    let empty = Node { span: Span::new(0, 0), value: Value::Table(Vec::new()) };
    match parse_to_ast(source, &CollectOptions::default(), &STRICT) {
        Err(error) => {
            let span = Span::new(error.range().start, error.range().end.max(error.range().start));
            fault(Some(span), error.kind().to_string().to_lowercase());
            empty
        }
        Ok(parsed) => match parsed.value {
            Some(value @ Json::Object(_)) => {
                let mut twice = Vec::new();
                let root = node(&value, source, &mut twice);
                for (key, span) in twice {
                    fault(Some(span), format!("the key `{key}` stands twice in one object"));
                }
                root
            }
            Some(value) => {
                fault(Some(place(&value)), "an object was expected".to_owned());
                empty
            }
            None => {
                fault(None, "the file is empty".to_owned());
                empty
            }
        },
    }
}

fn place(value: &impl Ranged) -> Span {
    Span::new(value.start(), value.end())
}

fn node(json: &Json<'_>, source: &str, twice: &mut Vec<(String, Span)>) -> Node {
    let span = place(json);
    let value = match json {
        Json::StringLit(text) => {
            let inner = span.start() + 1;
            let plain =
                Span::new(inner, span.end().saturating_sub(1).max(inner)).of(source) == Some(&text.value);
            Value::Text(text.value.to_string(), plain.then_some(inner))
        }
        Json::NumberLit(number) => match (number.value.parse(), number.value.parse()) {
            (Ok(whole), _) => Value::Integer(whole),
            (_, Ok(number)) => Value::Float(number),
            _ => Value::Text(number.value.to_owned(), None),
        },
        Json::BooleanLit(flag) => Value::Bool(flag.value),
        Json::NullKeyword(_) => Value::Text("null".to_owned(), None),
        Json::Array(items) => {
            Value::Array(items.elements.iter().map(|item| node(item, source, twice)).collect())
        }
        Json::Object(object) => {
            let mut seen = BTreeSet::new();
            let mut entries = Vec::new();
            for property in &object.properties {
                let (key, at) = match &property.name {
                    ObjectPropName::String(key) => (key.value.to_string(), place(key)),
                    ObjectPropName::Word(key) => (key.value.to_owned(), place(key)),
                };
                if !seen.insert(key.clone()) {
                    twice.push((key.clone(), at));
                }
                // What is null is as if it were not there.
                if !matches!(property.value, Json::NullKeyword(_)) {
                    entries.push((key, at, node(&property.value, source, twice)));
                }
            }
            Value::Table(entries)
        }
    };
    Node { span, value }
}
