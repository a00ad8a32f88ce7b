//! What did people write down about answering? `replies.toml`: guidelines, lengths, canned texts, content to offer.
//!
//! Read [`Replies`] first. A playbook may have this file; without it replies are looked at by the same rules with their
//! defaults.

mod canned;
mod content;
mod lint;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Document, Faults, Table, Text};
use crate::model::Topic;

pub use canned::{Canned, CannedPart, Filled, PLACEHOLDERS};
pub use content::{Content, ContentGap, gaps, suggest};
pub use lint::{LEGALESE, LIX_MAX, LintFinding, LintKind, RECENT, RESEMBLANCE, lint, lix, resemblance};

/// Guidelines are points that people can keep in mind: so many at most.
pub const GUIDELINES_MAX: usize = 5;

/// Letters of one point of the guidelines.
const POINT_LETTERS: usize = 160;

/// Characters of a reply, unless the file says otherwise.
pub const LENGTH_DEFAULT: usize = 1200;

/// Everything in `replies.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replies {
    /// The points that everybody who answers keeps to.
    pub guidelines: Vec<String>,
    /// The longest reply on a source or channel, in characters; `default` for all others.
    pub lengths: BTreeMap<String, usize>,
    /// Words that no reply should have, besides [`LEGALESE`].
    pub legalese: BTreeSet<String>,
    /// Texts to begin with, by id.
    pub canned: BTreeMap<String, Canned>,
    /// What can be offered besides words, by id.
    pub contents: BTreeMap<String, Content>,
}

impl Replies {
    /// Reads `replies.toml`; every fault goes to `faults`, and what could be read is kept. `topics` are those there are.
    ///
    /// ```
    /// use std::collections::BTreeSet;
    /// use scrm_core::diagnostic::{Document, Faults};
    /// use scrm_core::engage::Replies;
    /// let source = r#"
    /// [[guideline]]
    /// text = "Say what happens next, and by when"
    /// [[canned]]
    /// id = "thanks"
    /// text = "Thank you, {customer}!"
    /// "#;
    /// let mut faults = Faults::new();
    /// let document = Document::parse("replies.toml", source, &mut faults);
    /// let replies = Replies::read(&document, &BTreeSet::new(), &mut faults);
    /// assert!(!faults.has_errors());
    /// let filled = replies.canned["thanks"].fill(&[("customer".to_owned(), "{agent}".to_owned())].into());
    /// assert_eq!(filled.text, "Thank you, {agent}!", "a value is never read as a placeholder");
    /// ```
    pub fn read(document: &Document, topics: &BTreeSet<String>, faults: &mut Faults) -> Self {
        let root = document.root("the file");
        let mut read = Self::default();
        let points = root.tables("guideline", "a `[[guideline]]`", faults);
        for (at, table) in points.iter().enumerate() {
            read.guideline(at, table, faults);
        }
        if let Some(reply) = root.table("reply", "`[reply]`", faults) {
            read.reply(&reply, faults);
        }
        for table in root.tables("canned", "a `[[canned]]`", faults) {
            read.canned(&table, topics, faults);
        }
        for table in root.tables("content", "a `[[content]]`", faults) {
            read.content(&table, topics, faults);
        }
        root.finish(faults);
        read
    }

    fn guideline(&mut self, at: usize, table: &Table<'_>, faults: &mut Faults) {
        let text = table.text("text", faults);
        table.finish(faults);
        let Some(text) = text else { return };
        let warn = |code, message: String, help: &str| {
            Diagnostic::warning(code, table.file(), Some(text.span), message).help(help)
        };
        if at >= GUIDELINES_MAX {
            let message = format!(
                "this is point {} of the guidelines; nobody keeps more than {GUIDELINES_MAX} in mind",
                at + 1
            );
            faults.push(warn("R001", message, "say it in five points, or drop some"));
        }
        if text.value.chars().count() > POINT_LETTERS {
            let message = format!("a point of the guidelines is longer than {POINT_LETTERS} letters");
            faults.push(warn("R002", message, "one point, one sentence"));
        }
        if let Some(word) = lint::legalese(&text.value, &self.legalese).first() {
            let word = word.of(&text.value).unwrap_or_default().to_owned();
            let message = format!("`{word}` is the language of contracts, not of people");
            faults.push(warn("R003", message, "say it as you would say it to somebody"));
        }
        self.guidelines.push(text.value);
    }

    fn reply(&mut self, table: &Table<'_>, faults: &mut Faults) {
        if let Some(lengths) = table.table("length", "`length` of `[reply]`", faults) {
            for (name, span, node) in lengths.all() {
                match node.value {
                    crate::diagnostic::Value::Integer(most) if most > 0 => {
                        self.lengths.insert(name.clone(), usize::try_from(most).unwrap_or(usize::MAX));
                    }
                    _ => {
                        let message = format!("the length of a reply on `{name}` is no number of characters");
                        let fault = Diagnostic::error("R004", table.file(), Some(*span), message);
                        faults.push(fault.help("write a whole number, as `x = 280`"));
                    }
                }
            }
        }
        self.legalese.extend(table.texts("legalese", faults).into_iter().map(|text| text.value));
        table.finish(faults);
    }

    fn canned(&mut self, table: &Table<'_>, topics: &BTreeSet<String>, faults: &mut Faults) {
        let id = table.text("id", faults);
        let text = table.text("text", faults);
        let ask: BTreeSet<String> = table.texts("ask", faults).into_iter().map(|text| text.value).collect();
        let about = known_topics(table, topics, faults);
        table.finish(faults);
        let (Some(id), Some(text)) = (id, text) else { return };
        let canned = Canned::read(id.value.clone(), &text, &ask, about, table.file(), faults);
        if self.canned.insert(id.value.clone(), canned).is_some() {
            faults.push(table.twice("canned", &id.value, &id));
        }
    }

    fn content(&mut self, table: &Table<'_>, topics: &BTreeSet<String>, faults: &mut Faults) {
        let id = table.text("id", faults);
        let title = table.text("title", faults);
        let url = table.optional_text("url", faults).map(|url| url.value);
        let about = known_topics(table, topics, faults);
        table.finish(faults);
        let (Some(id), Some(title)) = (id, title) else { return };
        if about.is_empty() {
            let message = format!("`{}` is offered for no topic, so nobody is ever told of it", id.value);
            faults.push(
                Diagnostic::warning("R020", table.file(), Some(id.span), message).help("add `topics = […]`"),
            );
        }
        let content = Content { id: id.value.clone(), title: title.value, url, topics: about };
        if self.contents.insert(id.value.clone(), content).is_some() {
            faults.push(table.twice("content", &id.value, &id));
        }
    }

    /// The longest reply on a source or channel, in characters.
    pub fn length(&self, source: &str) -> usize {
        let named = self.lengths.get(source).or_else(|| self.lengths.get("default"));
        named.copied().unwrap_or(LENGTH_DEFAULT)
    }
}

/// The topics of `topics = […]`, each of which must be there.
fn known_topics(table: &Table<'_>, topics: &BTreeSet<String>, faults: &mut Faults) -> BTreeSet<Topic> {
    let mut known = BTreeSet::new();
    for text in table.texts("topics", faults) {
        let is_known = |text: &Text| topics.is_empty() || topics.contains(&text.value);
        match Topic::new(&text.value) {
            Ok(topic) if is_known(&text) => {
                known.insert(topic);
            }
            _ => faults.push(table.unknown("topic", &text, topics.iter().map(String::as_str))),
        }
    }
    known
}

#[cfg(test)]
mod tests;
