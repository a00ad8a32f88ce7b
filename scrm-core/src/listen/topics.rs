//! What do people talk about? The tree of issues of `topics.toml`, each with the words that tell of it.

use std::collections::BTreeMap;

use super::monitors::parsed;
use crate::diagnostic::{Diagnostic, Document, Faults, Table, Text};
use crate::model::{Department, Limits, Topic};
use crate::query::{Dialect, Names, Query};

/// One place in the tree of issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicEntry {
    /// Its path.
    pub path: Topic,
    /// Its name, for people.
    pub name: String,
    /// The department it belongs to.
    pub owner: Option<Department>,
    /// What tells of it.
    pub query: Query,
    /// Whether it must never be spoken of in public.
    pub sensitive: bool,
    /// Texts that are about it, from which a model learns it ([`crate::engine::Engine::compile`]).
    pub examples: Vec<String>,
}

/// Everything in `topics.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topics(pub BTreeMap<Topic, TopicEntry>);

impl Topics {
    /// Reads `topics.toml`; every fault goes to `faults`, and what could be read is kept.
    pub fn read(document: &Document, limits: &Limits, faults: &mut Faults) -> Self {
        Self::read_with(document, &Names::new(), limits, faults)
    }

    /// The same, whose queries may use the names that `monitors.toml` defines
    /// ([`Monitors::names`](super::Monitors::names)).
    pub fn read_with(document: &Document, names: &Names, limits: &Limits, faults: &mut Faults) -> Self {
        let root = document.root("the file");
        let mut read = Self::default();
        for table in root.tables("topic", "a `[[topic]]`", faults) {
            read.topic(&table, names, limits, faults);
        }
        root.finish(faults);
        read
    }

    fn topic(&mut self, table: &Table<'_>, names: &Names, limits: &Limits, faults: &mut Faults) {
        let path = table.text("path", faults);
        let name = table.optional_text("name", faults);
        let owner = table.optional_text("owner", faults);
        let words = table.texts("words", faults);
        let query = table.optional_text("query", faults);
        let sensitive = table.flag("sensitive", faults);
        let examples = table.texts("examples", faults).into_iter().map(|text| text.value).collect();
        table.finish(faults);
        if table.has("words") == table.has("query") {
            let fault = Diagnostic::error(
                "B012",
                table.file(),
                Some(table.span()),
                "a `[[topic]]` has either `words` or `query`",
            );
            faults.push(fault.help(
                "`words = [\"late\", \"delay*\"]` for any of several terms, `query = '…'` for AND and NOT",
            ));
        }
        let query = match query {
            Some(text) => parsed(table, &text, Dialect::Native, names, limits, faults),
            None => Query::any(words.iter().filter_map(|word| term(table, word, limits, faults)).collect()),
        };
        let owner =
            owner.and_then(|text| table.checked(Some(text), Department::new, faults)).map(|(owner, _)| owner);
        let Some((path, place)) = table.checked(path, Topic::new, faults) else { return };
        if path.as_str().split('.').any(str::is_empty) {
            let message = format!("`{path}` has an empty part");
            faults.push(
                Diagnostic::error("B013", table.file(), Some(place.span), message)
                    .help("write parts joined by one dot: `service.delay`"),
            );
        }
        let Some(query) = query else { return };
        let name = name.map_or_else(|| path.as_str().to_owned(), |name| name.value);
        let entry = TopicEntry { path: path.clone(), name, owner, query, sensitive, examples };
        if self.0.insert(path.clone(), entry).is_some() {
            faults.push(table.twice("topic", path.as_str(), &place));
        }
    }
}

/// One entry of `words`: a word, or several that stand side by side.
fn term(table: &Table<'_>, word: &Text, limits: &Limits, faults: &mut Faults) -> Option<Query> {
    parsed(table, &word.quoted(), Dialect::Native, &Names::new(), limits, faults)
}
