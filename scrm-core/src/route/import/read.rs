//! What do the exports of all tools have in common? Texts that come as texts, numbers or lists, fields of the tool's own,
//! and questions that a condition may not be able to ask.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::draft::Draft;
use super::logic::{Formula, Logic, Test};
use super::{Note, Severity, Tool, is_sayable};
use crate::route::condition::{Comparison, quoted};
use crate::text::fold;

/// Longest value that a rule may ask for or set, in bytes.
const MOST_VALUE: usize = 512;

/// What was read so far.
pub(super) struct Reader {
    pub(super) tool: Tool,
    pub(super) logic: Logic,
    pub(super) notes: Vec<Note>,
    /// The field of the tool that a name stands for.
    fields: BTreeMap<String, String>,
}

/// A question, or why it cannot be asked.
pub(super) type Asked = Result<Formula, String>;

impl Reader {
    pub(super) fn new(tool: Tool) -> Self {
        Self { tool, logic: Logic::new(), notes: Vec::new(), fields: BTreeMap::new() }
    }

    /// A note about all rules.
    pub(super) fn note(&mut self, severity: Severity, message: String) {
        self.notes.push(Note { rule: String::new(), severity, message });
    }

    /// The name of a field of the tool, as conditions write it.
    pub(super) fn field(&mut self, own: &str) -> String {
        let plain: String = own
            .chars()
            .take(100)
            .map(|c| match c.to_ascii_lowercase() {
                c @ ('a'..='z' | '0'..='9' | '_' | '.' | '-') => c,
                _ => '_',
            })
            .collect();
        let mut name = format!("{}.{plain}", self.tool);
        let mut number = 1_usize;
        while self.fields.get(&name).is_some_and(|other| other != own) {
            number += 1;
            name = format!("{}.{plain}_{number}", self.tool);
        }
        if plain != own && !self.fields.contains_key(&name) {
            let own: String = own.chars().take(100).collect();
            self.note(Severity::Info, format!("the field `{own}` is called `{name}` here"));
        }
        self.fields.entry(name.clone()).or_insert_with(|| own.to_owned());
        name
    }

    pub(super) fn present(&mut self, field: &str) -> Formula {
        self.logic.ask(field, Test::Present)
    }

    /// The field has one of the values.
    pub(super) fn is_any(&mut self, field: &str, values: &[String]) -> Formula {
        let parts: Vec<Formula> =
            values.iter().map(|value| self.logic.ask(field, Test::Is(value.clone()))).collect();
        self.logic.any(&parts)
    }

    /// The set has each of the values, for `all` or `any` of them.
    pub(super) fn has(&mut self, field: &str, values: &[String]) -> Vec<Formula> {
        values.iter().map(|value| self.logic.ask(field, Test::Has(value.clone()))).collect()
    }

    pub(super) fn compare(&mut self, field: &str, comparison: Comparison, value: Option<&String>) -> Asked {
        match value.filter(|value| is_number(value)) {
            Some(value) => Ok(self.logic.ask(field, Test::Compare(comparison, value.clone()))),
            None => Err(format!("`{field}` is compared with something that is no number")),
        }
    }

    /// The text has one of the words or phrases.
    pub(super) fn words(&mut self, words: &[String]) -> Asked {
        let mut parts = Vec::new();
        for word in words {
            if !is_sayable(&format!("text has {}", quoted(word))) {
                return Err(format!("`{}` cannot be looked for as a word", short(word)));
            }
            parts.push(self.logic.ask("text", Test::Word(word.clone())));
        }
        Ok(self.logic.any(&parts))
    }

    /// One of the texts stands in the text.
    pub(super) fn contains(&mut self, texts: &[String]) -> Asked {
        let mut parts = Vec::new();
        for text in texts {
            if fold(text).trim().is_empty() {
                return Err("it looks for an empty text".to_owned());
            }
            parts.push(self.logic.ask("text", Test::Contains(text.clone())));
        }
        Ok(self.logic.any(&parts))
    }

    /// What can be said of a row of questions; the rest puts the rule on trial.
    pub(super) fn sayable(&mut self, asked: Vec<Asked>, draft: &mut Draft) -> Vec<Formula> {
        let mut sayable = Vec::new();
        for asked in asked {
            match asked {
                Ok(formula) => sayable.push(formula),
                Err(why) => draft.doubt(why, &mut self.notes),
            }
        }
        sayable
    }
}

/// A value as text: a text, a number, yes or no.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        // An entry of another table comes with its id.
        Value::Object(object) => object.get("id").or_else(|| object.get("value")).and_then(text),
        Value::Null | Value::Array(_) => None,
    }
}

/// One value, or those of a list.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(values)) => values.iter().filter_map(text).collect(),
        Some(value) => text(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The text under a key.
pub(super) fn text_under(object: &Value, key: &str) -> Option<String> {
    object.get(key).and_then(text)
}

/// The values, when every one of them can stand in a protocol.
pub(super) fn usable(values: Vec<String>) -> Result<Vec<String>, String> {
    match values.iter().find(|value| value.len() > MOST_VALUE) {
        Some(long) => {
            Err(format!("`{}…` is longer than the {MOST_VALUE} bytes that a value may have", short(long)))
        }
        None => Ok(values),
    }
}

/// Words between spaces, each once.
pub(super) fn split_words(values: &[String]) -> Vec<String> {
    let words: BTreeSet<String> =
        values.iter().flat_map(|value| value.split_whitespace()).map(str::to_owned).collect();
    words.into_iter().collect()
}

/// Digits, with a sign and a point if need be, as conditions read a number.
pub(super) fn is_number(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.len() <= 15 && part.bytes().all(|b| b.is_ascii_digit());
    let digits = text.strip_prefix('-').unwrap_or(text);
    match digits.split_once('.') {
        Some((whole, fraction)) => plain(whole) && plain(fraction),
        None => plain(digits),
    }
}

/// The beginning of a text, for a note.
pub(super) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
