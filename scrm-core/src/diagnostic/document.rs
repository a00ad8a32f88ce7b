//! What stands in an authored file, and where? A file of TOML or JSON as a tree of values with their places.
//!
//! [`Document::parse`] goes on after a fault, and so do the readers of [`Table`]: whoever wrote the file sees all of
//! its faults at once.

use std::cell::RefCell;
use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Diagnostic, Faults, did_you_mean};
use crate::model::{IdError, Span};

/// A value of an authored file with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it stands in the file (bytes).
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text; the number is where its first character stands in the file, when it is written without escapes.
    Text(String, Option<usize>),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// A date or a time, as written.
    Date(String),
    /// Values in a row.
    Array(Vec<Node>),
    /// Named values, in the order of the file.
    Table(Vec<(String, Span, Node)>),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(..) => "a text",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::Date(_) => "a date",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// A text of an authored file with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// What it says.
    pub value: String,
    /// Where it stands, quotes included.
    pub span: Span,
    inner: Option<usize>,
}

impl Text {
    /// A text that is not written as such, but says what stands there.
    pub(crate) fn whole(value: String, span: Span) -> Self {
        Self { value, span, inner: None }
    }

    /// The same text between double quotes, its own quotes being blanks; places in it are those of this text.
    #[must_use]
    pub fn quoted(&self) -> Self {
        let value = format!("\"{}\"", self.value.replace(['"', '\u{201C}', '\u{201D}'], " "));
        // A curly quote is longer than the blank in its place, and a text without quotes in the file has none before it.
        let plain = value.len() == self.value.len() + 2;
        Self { value, span: self.span, inner: self.inner.and_then(|at| at.checked_sub(1)).filter(|_| plain) }
    }

    /// The place in the file of a place in the text; the whole text when it was written with escapes.
    pub fn place(&self, within: Span) -> Span {
        match self.inner {
            Some(at) => Span::new(at + within.start(), at + within.end()),
            None => self.span,
        }
    }
}

/// One authored file, read as far as it can be.
#[derive(Debug, Clone)]
pub struct Document {
    file: String,
    root: Node,
}

impl Document {
    /// Reads a TOML file; syntax faults go to `faults`, and what could be read is kept.
    pub fn parse(file: &str, source: &str, faults: &mut Faults) -> Self {
        let (table, errors) = DeTable::parse_recoverable(source);
        for error in errors {
            let span = error.span().map(Span::from);
            let message = error.message().trim().to_lowercase();
            let fault = Diagnostic::error("B001", file, span, format!("not valid TOML: {message}"));
            faults.push(fault.help("see https://toml.io for how a TOML file is written"));
        }
        let span = Span::from(table.span());
        let root = Node { span, value: Value::Table(entries(table.get_ref(), source)) };
        Self { file: file.to_owned(), root }
    }

    /// Reads a JSON file, whose root is an object; a fault of syntax goes to `faults`, and nothing is kept then.
    pub fn parse_json(file: &str, source: &str, faults: &mut Faults) -> Self {
        Self { file: file.to_owned(), root: super::json::read(file, source, faults) }
    }

    /// Reads a file by its name: JSON when it ends in `.json`, else TOML.
    pub fn parse_as_named(file: &str, source: &str, faults: &mut Faults) -> Self {
        let is_json =
            std::path::Path::new(file).extension().is_some_and(|ext| ext.eq_ignore_ascii_case("json"));
        if is_json { Self::parse_json(file, source, faults) } else { Self::parse(file, source, faults) }
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        !matches!(&self.root.value, Value::Table(entries) if !entries.is_empty())
    }

    /// The document in two: what stands under one of the keys at its top, and all the rest.
    pub fn split(&self, keys: &[&str]) -> (Self, Self) {
        let entries = match &self.root.value {
            Value::Table(entries) => entries.clone(),
            _ => Vec::new(),
        };
        let (with, without) = entries.into_iter().partition(|(key, _, _)| keys.contains(&key.as_str()));
        let part = |entries| {
            let root = Node { span: self.root.span, value: Value::Table(entries) };
            Self { file: self.file.clone(), root }
        };
        (part(with), part(without))
    }

    /// The file's name.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The file as one table, whose top level is called `what` in messages.
    pub fn root(&self, what: &'static str) -> Table<'_> {
        let entries = match &self.root.value {
            Value::Table(entries) => entries.as_slice(),
            _ => &[],
        };
        Table { file: &self.file, what, span: Span::new(0, 0), entries, used: RefCell::default() }
    }
}

fn entries(table: &DeTable<'_>, source: &str) -> Vec<(String, Span, Node)> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), Span::from(key.span()), node(value, source)))
        .collect();
    entries.sort_by_key(|(_, span, _)| *span);
    entries
}

fn node(spanned: &Spanned<DeValue<'_>>, source: &str) -> Node {
    let span = Span::from(spanned.span());
    let value = match spanned.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string(), inner_start(text, span, source)),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::Text(number.as_str().to_owned(), None), Value::Integer),
        DeValue::Float(number) => number
            .as_str()
            .parse()
            .map_or_else(|_| Value::Text(number.as_str().to_owned(), None), Value::Float),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| node(item, source)).collect()),
        DeValue::Table(table) => Value::Table(entries(table, source)),
    };
    Node { span, value }
}

/// Where the text's first character stands, when the file holds it letter by letter.
fn inner_start(text: &str, span: Span, source: &str) -> Option<usize> {
    let raw = span.of(source)?;
    let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| raw.starts_with(quote))?;
    let inner = raw.strip_prefix(quotes)?.strip_suffix(quotes)?;
    let trimmed = inner.strip_prefix('\n').filter(|_| quotes.len() == 3).unwrap_or(inner);
    (trimmed == text).then(|| span.start() + quotes.len() + (inner.len() - trimmed.len()))
}

/// A reader over one table: it takes keys by name, reports what is missing or of the wrong kind, and in
/// [`finish`](Self::finish) every key that nobody asked for.
#[derive(Debug)]
pub struct Table<'a> {
    file: &'a str,
    what: &'static str,
    span: Span,
    entries: &'a [(String, Span, Node)],
    used: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Table<'a> {
    /// The file it stands in.
    pub fn file(&self) -> &'a str {
        self.file
    }

    /// Where it stands: its header or, when it has none, its first value.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Whether `key` is there.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _, _)| name == key)
    }

    /// The value under `key`, which thereby is known.
    pub fn get(&self, key: &'static str) -> Option<&'a Node> {
        self.used.borrow_mut().insert(key);
        self.entries.iter().find(|(name, _, _)| name == key).map(|(_, _, node)| node)
    }

    /// Every key with its place and value, for tables whose keys are the author's own; all are thereby known.
    pub fn all(&self) -> &'a [(String, Span, Node)] {
        self.entries
    }

    fn wrong_kind(&self, key: &str, node: &Node, wanted: &str, faults: &mut Faults) {
        let message = format!("`{key}` of {} is {}, not {wanted}", self.what, node.value.kind());
        faults.push(Diagnostic::error("B003", self.file, Some(node.span), message));
    }

    /// Reports that `key` is missing.
    pub fn missing(&self, key: &str, faults: &mut Faults) {
        let message = format!("{} has no `{key}`", self.what);
        faults.push(
            Diagnostic::error("B004", self.file, Some(self.span), message).help(format!("add `{key} = …`")),
        );
    }

    /// The text under `key`, if it is there.
    pub fn optional_text(&self, key: &'static str, faults: &mut Faults) -> Option<Text> {
        let node = self.get(key)?;
        let text = as_text(node);
        if text.is_none() {
            self.wrong_kind(key, node, "a text", faults);
        }
        text
    }

    /// The text under `key`, which must be there.
    pub fn text(&self, key: &'static str, faults: &mut Faults) -> Option<Text> {
        if !self.has(key) {
            self.used.borrow_mut().insert(key);
            self.missing(key, faults);
            return None;
        }
        self.optional_text(key, faults)
    }

    /// The texts in the list under `key`; none when it is not there.
    pub fn texts(&self, key: &'static str, faults: &mut Faults) -> Vec<Text> {
        let Some(node) = self.get(key) else { return Vec::new() };
        let Value::Array(items) = &node.value else {
            self.wrong_kind(key, node, "a list of texts", faults);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match as_text(item) {
                Some(text) => texts.push(text),
                None => self.wrong_kind(key, item, "a text", faults),
            }
        }
        texts
    }

    /// The flag under `key`; `false` when it is not there.
    pub fn flag(&self, key: &'static str, faults: &mut Faults) -> bool {
        match self.get(key) {
            None => false,
            Some(Node { value: Value::Bool(flag), .. }) => *flag,
            Some(node) => {
                self.wrong_kind(key, node, "true or false", faults);
                false
            }
        }
    }

    /// The number under `key`, if it is there, with its place.
    pub fn number(&self, key: &'static str, faults: &mut Faults) -> Option<(f64, Span)> {
        let node = self.get(key)?;
        #[allow(clippy::cast_precision_loss, reason = "authored numbers are small")]
        match node.value {
            Value::Integer(number) => Some((number as f64, node.span)),
            Value::Float(number) => Some((number, node.span)),
            _ => {
                self.wrong_kind(key, node, "a number", faults);
                None
            }
        }
    }

    /// The table under `key`, called `what` in messages, if it is there.
    pub fn table(&self, key: &'static str, what: &'static str, faults: &mut Faults) -> Option<Table<'a>> {
        let node = self.get(key)?;
        let table = self.reader(node, what);
        if table.is_none() {
            self.wrong_kind(key, node, "a table", faults);
        }
        table
    }

    /// The tables in the list under `key` (`[[key]]`), each called `what` in messages.
    pub fn tables(&self, key: &'static str, what: &'static str, faults: &mut Faults) -> Vec<Table<'a>> {
        let Some(node) = self.get(key) else { return Vec::new() };
        let Value::Array(items) = &node.value else {
            self.wrong_kind(key, node, &format!("a list: write `[[{key}]]`"), faults);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            match self.reader(item, what) {
                Some(table) => tables.push(table),
                None => self.wrong_kind(key, item, "a table", faults),
            }
        }
        tables
    }

    fn reader(&self, node: &'a Node, what: &'static str) -> Option<Table<'a>> {
        let Value::Table(entries) = &node.value else { return None };
        Some(Table { file: self.file, what, span: node.span, entries, used: RefCell::default() })
    }

    /// The text as an id, with its place; a fault when it cannot be one.
    pub fn checked<Id>(
        &self,
        text: Option<Text>,
        new: impl Fn(String) -> Result<Id, IdError>,
        faults: &mut Faults,
    ) -> Option<(Id, Text)> {
        let text = text?;
        match new(text.value.clone()) {
            Ok(id) => Some((id, text)),
            Err(error) => {
                faults.push(Diagnostic::error("B005", self.file, Some(text.span), error.to_string()));
                None
            }
        }
    }

    /// The fault that `id` names a second thing, a `what`.
    pub fn twice(&self, what: &str, id: &str, place: &Text) -> Diagnostic {
        let message = format!("there is a second {what} `{id}`");
        Diagnostic::error("B006", self.file, Some(place.span), message)
            .help("ids name one thing each; rename or remove one")
    }

    /// The fault that `text` names a `what` which nobody has defined; `known` are those there are.
    pub fn unknown<'k>(
        &self,
        what: &str,
        text: &Text,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Diagnostic {
        let fault = Diagnostic::error(
            "B007",
            self.file,
            Some(text.span),
            format!("there is no {what} `{}`", text.value),
        );
        match did_you_mean(&text.value, known) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help(format!("define the {what}, or remove it here")),
        }
    }

    /// Reports every key that nobody asked for.
    pub fn finish(&self, faults: &mut Faults) {
        let used = self.used.borrow();
        for (name, span, _) in self.entries.iter().filter(|(name, _, _)| !used.contains(name.as_str())) {
            let message = format!("{} has no key `{name}`", self.what);
            let mut fault = Diagnostic::error("B002", self.file, Some(*span), message);
            fault = match did_you_mean(name, used.iter().copied()) {
                Some(known) => fault.help(format!("did you mean `{known}`?")),
                None => fault
                    .help(format!("it can have: {}", used.iter().copied().collect::<Vec<_>>().join(", "))),
            };
            faults.push(fault);
        }
    }
}

/// The node as a text, if it is one.
pub fn as_text(node: &Node) -> Option<Text> {
    match &node.value {
        Value::Text(value, inner) => Some(Text { value: value.clone(), span: node.span, inner: *inner }),
        _ => None,
    }
}
