//! What do we listen for? The brands and stored queries of `monitors.toml`.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Document, Faults, Table, Text};
use crate::model::{Brand, Department, Limits, MessageKind, MonitorId};
use crate::query::Query;

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

/// A stored query with its scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// Its id.
    pub id: MonitorId,
    /// The brand whose mention it finds.
    pub brand: Option<Brand>,
    /// What must stand in a message; absent, everything in its scope concerns us (our own mailbox, our counter).
    pub query: Option<Query>,
    /// The channels it listens to; empty means all.
    pub channels: BTreeSet<String>,
    /// The kinds of message it listens to; empty means all.
    pub kinds: BTreeSet<MessageKind>,
    /// The languages it listens to; empty means all. A message whose language is unknown is not left out.
    pub languages: BTreeSet<String>,
    /// The department that looks after it.
    pub owner: Option<Department>,
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
        let languages =
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
        let monitor = Monitor { id: id.clone(), brand, query, channels, kinds, languages, owner };
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
