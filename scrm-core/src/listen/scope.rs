//! Where does a monitor listen? Its channels, kinds and languages, as parts of its query.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Faults, Table, Text};
use crate::model::{MessageKind, Span};
use crate::query::{Attribute, Condition, Query, Test};
use crate::text::fold;

/// The keys of a `[[monitor]]` that scope it; empty ones scope nothing.
#[derive(Debug, Default)]
pub(super) struct Scope {
    channels: BTreeSet<String>,
    kinds: BTreeSet<MessageKind>,
    languages: BTreeSet<String>,
}

impl Scope {
    pub(super) fn read(table: &Table<'_>, faults: &mut Faults) -> Self {
        let names = |texts: Vec<Text>| texts.iter().map(|text| fold(text.value.trim())).collect();
        Self {
            channels: names(table.texts("channels", faults)),
            kinds: table
                .texts("kinds", faults)
                .iter()
                .filter_map(|text| known_kind(table, text, faults))
                .collect(),
            languages: names(table.texts("languages", faults)),
        }
    }

    /// The scope alone, or the query within it; `None` when there is neither.
    ///
    /// A message whose payload states no language is of every language.
    pub(super) fn around(&self, query: Option<Query>) -> Option<Query> {
        let mut parts = match query {
            Some(Query::And(parts)) => parts,
            query => query.into_iter().collect(),
        };
        let any = |attribute: Attribute, values: &mut dyn Iterator<Item = &str>| {
            values.map(|value| is(&attribute, value)).collect::<Vec<_>>()
        };
        parts.extend(Query::any(any(Attribute::Channel, &mut self.channels.iter().map(String::as_str))));
        parts.extend(Query::any(any(Attribute::Kind, &mut self.kinds.iter().map(|kind| kind.as_str()))));
        let mut languages = any(Attribute::Lang, &mut self.languages.iter().map(String::as_str));
        if !languages.is_empty() {
            languages.push(Query::Not(Box::new(is(&Attribute::Has, "lang"))));
        }
        parts.extend(Query::any(languages));
        Query::all(parts)
    }
}

fn is(attribute: &Attribute, value: &str) -> Query {
    let condition = Condition::Is(value.into());
    Query::Test(Test { attribute: attribute.clone(), condition, span: Span::new(0, 0) })
}

fn known_kind(table: &Table<'_>, text: &Text, faults: &mut Faults) -> Option<MessageKind> {
    let kind = MessageKind::parse(&text.value);
    if kind.is_none() {
        faults.push(table.unknown(
            "kind of message",
            text,
            MessageKind::ALL.iter().map(|kind| kind.as_str()),
        ));
    }
    kind
}

/// A monitor that would find everything.
pub(super) fn unscoped(table: &Table<'_>) -> Diagnostic {
    Diagnostic::error(
        "B011",
        table.file(),
        Some(table.span()),
        "a `[[monitor]]` has neither `query` nor `channels` nor `kinds`",
    )
    .help("write a `query`, or name the `channels` or `kinds` in which everything concerns you")
}
