//! What do we listen for? The brands and stored queries of `monitors.toml`.

use std::collections::{BTreeMap, BTreeSet};

use super::Profile;
use crate::diagnostic::{Diagnostic, Document, Faults, Table, Text};
use crate::model::Span;
use crate::model::{Brand, Department, Limits, MessageKind, MonitorId};
use crate::query::{Attribute, Condition, Query, Test};

/// A brand the listening compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedBrand {
    /// Its id.
    pub id: Brand,
    /// Its name, for people.
    pub name: String,
    /// Whether we answer for it; the others are competitors.
    pub ours: bool,
}

/// A stored query: what must hold of a message, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// Its id.
    pub id: MonitorId,
    /// What must hold of a message: the query as written, joined with its scope.
    pub query: Query,
    /// The brand whose mention it finds.
    pub brand: Option<Brand>,
    /// Whose it is, where several share a listener.
    pub tenant: Option<String>,
    /// What its owner calls it by; handed on with each match.
    pub tags: Vec<String>,
    /// The department that looks after it.
    pub owner: Option<Department>,
    /// Whether it is not matched for now.
    pub paused: bool,
}

impl Monitor {
    /// A monitor with a query and nothing else.
    pub fn new(id: MonitorId, query: Query) -> Self {
        Self { id, query, brand: None, tenant: None, tags: Vec::new(), owner: None, paused: false }
    }

    pub(super) fn profile(&self) -> Profile {
        Profile {
            brand: self.brand.clone(),
            tenant: self.tenant.as_deref().map(Into::into),
            tags: self.tags.iter().map(|tag| tag.as_str().into()).collect(),
        }
    }
}

/// Everything in `monitors.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Monitors {
    /// The brands, by id.
    pub brands: BTreeMap<Brand, WatchedBrand>,
    /// The monitors, by id.
    pub monitors: BTreeMap<MonitorId, Monitor>,
}

impl Monitors {
    /// Reads `monitors.toml`; every fault goes to `faults`, and what could be read is kept.
    pub fn read(document: &Document, limits: &Limits, faults: &mut Faults) -> Self {
        let root = document.root("the file");
        let mut read = Self::default();
        for table in root.tables("brand", "a `[[brand]]`", faults) {
            read.brand(&table, faults);
        }
        for table in root.tables("monitor", "a `[[monitor]]`", faults) {
            read.monitor(&table, limits, faults);
        }
        root.finish(faults);
        if read.monitors.is_empty() && !faults.has_errors() {
            let fault = Diagnostic::error(
                "B010",
                document.file(),
                None,
                "there is no `[[monitor]]`, so nothing is listened for",
            );
            faults.push(fault.help("add one with an `id` and a `query`"));
        }
        read
    }

    fn brand(&mut self, table: &Table<'_>, faults: &mut Faults) {
        let id = table.text("id", faults);
        let name = table.optional_text("name", faults);
        let ours = table.flag("ours", faults);
        table.finish(faults);
        let Some((id, place)) = table.checked(id, Brand::new, faults) else { return };
        let name = name.map_or_else(|| id.as_str().to_owned(), |name| name.value);
        if self.brands.insert(id.clone(), WatchedBrand { id: id.clone(), name, ours }).is_some() {
            faults.push(table.twice("brand", id.as_str(), &place));
        }
    }

    fn monitor(&mut self, table: &Table<'_>, limits: &Limits, faults: &mut Faults) {
        let id = table.text("id", faults);
        let brand = table.optional_text("brand", faults);
        let query = table.optional_text("query", faults);
        let channels: BTreeSet<String> =
            table.texts("channels", faults).into_iter().map(|text| text.value).collect();
        let kinds: BTreeSet<MessageKind> =
            table.texts("kinds", faults).iter().filter_map(|text| known_kind(table, text, faults)).collect();
        let languages: BTreeSet<String> =
            table.texts("languages", faults).into_iter().map(|text| text.value.to_lowercase()).collect();
        let owner = table.optional_text("owner", faults);
        table.finish(faults);
        if !table.has("query") && !table.has("channels") && !table.has("kinds") {
            let fault = Diagnostic::error(
                "B011",
                table.file(),
                Some(table.span()),
                "a `[[monitor]]` has neither `query` nor `channels` nor `kinds`",
            );
            faults.push(
                fault.help(
                    "write a `query`, or name the `channels` or `kinds` in which everything concerns you",
                ),
            );
        }
        let written = query.is_some();
        let query = query.and_then(|text| parsed(table, &text, limits, faults));
        let brand = brand.and_then(|text| self.known_brand(table, &text, faults));
        let owner =
            owner.and_then(|text| table.checked(Some(text), Department::new, faults)).map(|(owner, _)| owner);
        let Some((id, place)) = table.checked(id, MonitorId::new, faults) else { return };
        if written && query.is_none() {
            return;
        }
        let Some(query) = in_scope(query, &channels, &kinds, &languages) else { return };
        let monitor = Monitor { brand, owner, ..Monitor::new(id.clone(), query) };
        if self.monitors.insert(id.clone(), monitor).is_some() {
            faults.push(table.twice("monitor", id.as_str(), &place));
        }
    }

    fn known_brand(&self, table: &Table<'_>, text: &Text, faults: &mut Faults) -> Option<Brand> {
        if let Some((brand, _)) = self.brands.get_key_value(text.value.as_str()) {
            return Some(brand.clone());
        }
        faults.push(table.unknown("brand", text, self.brands.keys().map(Brand::as_str)));
        None
    }
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

/// The query that `text` holds, when it has no error; its faults are placed in the file.
pub(super) fn parsed(table: &Table<'_>, text: &Text, limits: &Limits, faults: &mut Faults) -> Option<Query> {
    let parsed = Query::parse_within(&text.value, limits);
    faults.extend(parsed.faults.into_iter().map(|fault| fault.into_diagnostic(table.file(), text)));
    parsed.query
}

/// A query and its scope as one query.
fn in_scope(
    query: Option<Query>,
    channels: &BTreeSet<String>,
    kinds: &BTreeSet<MessageKind>,
    languages: &BTreeSet<String>,
) -> Option<Query> {
    let is = |attribute: &Attribute, value: &str| {
        Query::Test(Test {
            attribute: attribute.clone(),
            condition: Condition::Is(crate::text::fold(value).into()),
            span: Span::new(0, 0),
        })
    };
    let any = |attribute: Attribute, values: &mut dyn Iterator<Item = &str>| {
        Query::any(values.map(|value| is(&attribute, value)).collect())
    };
    let mut parts: Vec<Query> = query.into_iter().collect();
    parts.extend(any(Attribute::Channel, &mut channels.iter().map(String::as_str)));
    parts.extend(any(Attribute::Kind, &mut kinds.iter().map(|kind| kind.as_str())));
    if let Some(spoken) = any(Attribute::Lang, &mut languages.iter().map(String::as_str)) {
        parts.push(Query::Or(vec![spoken, Query::Not(Box::new(is(&Attribute::Has, "lang")))]));
    }
    Query::all(parts)
}
