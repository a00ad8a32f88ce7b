//! How do machines write a condition? As a tree of tables, which says the same as the text that people write.
//!
//! | tree | text |
//! |---|---|
//! | `{"and": [a, b]}`, `{"or": [a, b]}`, `{"not": a}` | `a and b`, `a or b`, `not a` |
//! | `{"field": "type", "is": "complaint"}`, `"is not"` | `type is complaint` |
//! | `{"field": "issue", "in": ["a", "b"]}`, `"under"`, `"has"`, `"has any"`, `"has all"` | `issue in ["a", "b"]` |
//! | `{"field": "influence", ">=": 80}`, `"between": [1, 2]` | `influence >= 80` |
//! | `{"field": "text", "contains_text": "x"}`, `"matches": "re"` | `text contains_text "x"` |
//! | `{"question": "in_hours(\"hq\")"}` | `in_hours("hq")`, and every other question that names no value |
//!
//! What stands under `field` and `question` is written as in a text.

use super::print::slashed;
use super::quoted;
use crate::diagnostic::{Node, Value};
use crate::model::Span;

/// Where a tree is wrong, and how.
pub(in crate::route) type TreeFault = (Span, String);

const OPERATORS: [&str; 15] = [
    "is",
    "is not",
    "in",
    "under",
    "has",
    "has any",
    "has all",
    "contains_text",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "between",
];

/// The text that says what a tree says.
pub(in crate::route) fn text_of(node: &Node) -> Result<String, TreeFault> {
    let wrong = |message: &str| Err((node.span, message.to_owned()));
    let Value::Table(entries) = &node.value else {
        return match &node.value {
            Value::Text(text, _) => Ok(format!("({text})")),
            _ => wrong("a condition is a text or a table"),
        };
    };
    match entries.as_slice() {
        [(key, _, inner)] if key == "and" || key == "or" => joined(key, inner),
        [(key, _, inner)] if key == "not" => Ok(format!("not {}", text_of(inner)?)),
        [(key, _, Node { value: Value::Text(question, _), .. })] if key == "question" => Ok(question.clone()),
        [(a, _, x), (b, _, y)] if a == "field" || b == "field" => {
            let (field, operator, value) = if a == "field" { (x, b, y) } else { (y, a, x) };
            let Value::Text(field, _) = &field.value else { return wrong("`field` is a text") };
            compared(field, operator, value)
        }
        _ => wrong("a table of a condition has `and`, `or`, `not`, `question`, or `field` and one operator"),
    }
}

fn joined(word: &str, node: &Node) -> Result<String, TreeFault> {
    match &node.value {
        Value::Array(parts) if !parts.is_empty() => {
            let parts: Result<Vec<String>, TreeFault> = parts.iter().map(text_of).collect();
            Ok(format!("({})", parts?.join(&format!(" {word} "))))
        }
        _ => Err((node.span, format!("`{word}` takes a list of conditions"))),
    }
}

fn compared(field: &str, operator: &str, value: &Node) -> Result<String, TreeFault> {
    let wrong = |message: String| Err((value.span, message));
    if operator == "matches" {
        return match &value.value {
            Value::Text(source, _) => Ok(format!("{field} matches {}", slashed(source))),
            _ => wrong("`matches` takes a regular expression as a text".to_owned()),
        };
    }
    if !OPERATORS.contains(&operator) {
        return wrong(format!(
            "there is no operator `{operator}`: there are {}, matches",
            OPERATORS.join(", ")
        ));
    }
    let one = |node: &Node| match &node.value {
        Value::Text(text, _) => Ok(quoted(text)),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        _ => Err((node.span, format!("`{operator}` takes a text or a number"))),
    };
    match &value.value {
        Value::Array(items) if operator == "between" => match items.as_slice() {
            [low, high] => Ok(format!("{field} between {} and {}", one(low)?, one(high)?)),
            _ => wrong("`between` takes two numbers".to_owned()),
        },
        Value::Array(items) => {
            let items: Result<Vec<String>, TreeFault> = items.iter().map(one).collect();
            Ok(format!("{field} {operator} [{}]", items?.join(", ")))
        }
        _ => Ok(format!("{field} {operator} {}", one(value)?)),
    }
}
