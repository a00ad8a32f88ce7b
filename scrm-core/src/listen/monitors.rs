//! What do we listen for? The brands and stored queries of `monitors.toml`.

use std::collections::{BTreeMap, BTreeSet};

use super::scope::{Scope, unscoped};
use super::{Profile, names};
use crate::diagnostic::{Diagnostic, Document, Faults, Table, Text, did_you_mean};
use crate::model::{Brand, Department, Limits, MonitorId, Tenant};
use crate::query::{Dialect, Names, Query};

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

/// A stored query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// Its id.
    pub id: MonitorId,
    /// The brand whose mention it finds.
    pub brand: Option<Brand>,
    /// What must hold of a message: the written query, and the channels, kinds and languages it listens to. A message
    /// whose payload states no language is not left out.
    pub query: Query,
    /// The query as written; absent, everything in its scope concerns us (our own mailbox, our counter).
    pub source: Option<String>,
    /// What it is for, in words of the host's own.
    pub tags: BTreeSet<String>,
    /// The client it belongs to, where one service listens for several.
    pub tenant: Option<Tenant>,
    /// The department that looks after it.
    pub owner: Option<Department>,
    /// Whether it is kept and not listened to.
    pub paused: bool,
}

impl Monitor {
    /// A monitor with a query and nothing else.
    pub fn new(id: MonitorId, query: Query) -> Self {
        Self {
            id,
            brand: None,
            query,
            source: None,
            tags: BTreeSet::new(),
            tenant: None,
            owner: None,
            paused: false,
        }
    }

    pub(super) fn profile(&self) -> Profile {
        Profile { brand: self.brand.clone(), tenant: self.tenant.clone(), tags: self.tags.clone() }
    }
}

/// Everything in `monitors.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Monitors {
    /// The brands, by id.
    pub brands: BTreeMap<Brand, WatchedBrand>,
    /// The monitors, by id.
    pub monitors: BTreeMap<MonitorId, Monitor>,
    /// What queries may name: attributes of the caller's own, lists, and other queries.
    pub names: Names,
}

impl Monitors {
    /// Reads `monitors.toml`; every fault goes to `faults`, and what could be read is kept.
    pub fn read(document: &Document, limits: &Limits, faults: &mut Faults) -> Self {
        let root = document.root("the file");
        let mut read = Self::default();
        for table in root.tables("brand", "a `[[brand]]`", faults) {
            read.brand(&table, faults);
        }
        read.names = names::read(&root, limits, faults);
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
        let dialect = table.optional_text("dialect", faults);
        let scope = Scope::read(table, faults);
        let tags = table.texts("tags", faults).into_iter().map(|text| text.value).collect();
        let tenant = table.optional_text("tenant", faults);
        let owner = table.optional_text("owner", faults);
        let paused = table.flag("paused", faults);
        table.finish(faults);
        if !table.has("query") && !table.has("channels") && !table.has("kinds") {
            faults.push(unscoped(table));
        }
        let dialect = dialect.map_or(Some(Dialect::Native), |text| known_dialect(table, &text, faults));
        let source = query.as_ref().map(|text| text.value.clone());
        let query = query
            .zip(dialect)
            .and_then(|(text, dialect)| parsed(table, &text, dialect, &self.names, limits, faults));
        let brand = brand.and_then(|text| self.known_brand(table, &text, faults));
        let owner = table.checked(owner, Department::new, faults).map(|(owner, _)| owner);
        let tenant = table.checked(tenant, Tenant::new, faults).map(|(tenant, _)| tenant);
        let Some((id, place)) = table.checked(id, MonitorId::new, faults) else { return };
        if source.is_some() && query.is_none() {
            return;
        }
        let Some(query) = scope.around(query) else { return };
        let monitor = Monitor { id: id.clone(), brand, query, source, tags, tenant, owner, paused };
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

fn known_dialect(table: &Table<'_>, text: &Text, faults: &mut Faults) -> Option<Dialect> {
    let dialect = Dialect::parse(&text.value);
    if dialect.is_none() {
        let names = || Dialect::ALL.into_iter().map(Dialect::as_str);
        let message = format!("there is no dialect `{}`", text.value);
        let help = match did_you_mean(&text.value, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it can be: {}", names().collect::<Vec<_>>().join(", ")),
        };
        faults.push(Diagnostic::error("B007", table.file(), Some(text.span), message).help(help));
    }
    dialect
}

/// The query that `text` holds, when it has no error; its faults are placed in the file.
pub(super) fn parsed(
    table: &Table<'_>,
    text: &Text,
    dialect: Dialect,
    names: &Names,
    limits: &Limits,
    faults: &mut Faults,
) -> Option<Query> {
    let parsed = Query::parse_as(&text.value, dialect, names, limits);
    faults.extend(parsed.faults.into_iter().map(|fault| fault.into_diagnostic(table.file(), text)));
    parsed.query
}
