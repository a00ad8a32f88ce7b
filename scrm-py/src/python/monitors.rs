//! What is a monitor, as Python says it? A pair of id and query, or a dictionary with what belongs to it besides.
//!
//! Read [`Authored`] first.

use std::collections::{BTreeMap, BTreeSet};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString};
use scrm_core::diagnostic::{Diagnostic, Report, Sources, did_you_mean};
use scrm_core::listen::Monitor;
use scrm_core::model::{Brand, Limits, MonitorId, Tenant};
use scrm_core::query::{Dialect, Names, Query};

use super::gil::{caught, detached};
use super::listener::item;
use super::{errors, playbook, value};
use crate::common;

/// So many faults are told at once.
const MOST: usize = 100;

/// A monitor as it was given.
pub(super) struct Authored {
    id: MonitorId,
    query: String,
    dialect: Dialect,
    profile: Profile,
}

/// What belongs to a monitor besides its query.
#[derive(Default)]
pub(super) struct Profile {
    brand: Option<Brand>,
    tenant: Option<Tenant>,
    tags: BTreeSet<String>,
    paused: bool,
}

/// The faults of a query, and the query.
pub(super) struct Faulty {
    name: String,
    query: String,
    faults: Vec<Diagnostic>,
}

impl Profile {
    pub(super) fn of(
        brand: Option<&str>,
        tenant: Option<&str>,
        tags: Option<&Bound<'_, PyAny>>,
        paused: bool,
    ) -> PyResult<Self> {
        let refuse = |error: scrm_core::model::IdError| errors::no_monitor(None, error.to_string());
        let mut profile = Self { paused, ..Self::default() };
        profile.brand = brand.map(Brand::new).transpose().map_err(refuse)?;
        profile.tenant = tenant.map(Tenant::new).transpose().map_err(refuse)?;
        if let Some(tags) = tags {
            let no_list = || errors::no_monitor(None, "`tags` are a list of texts".to_owned());
            if tags.is_instance_of::<PyString>() {
                return Err(no_list());
            }
            for tag in tags.try_iter().map_err(|_| no_list())? {
                profile.tags.insert(text_of(tag?.cast::<PyString>().map_err(|_| no_list())?, "a tag")?);
            }
        }
        Ok(profile)
    }
}

impl Authored {
    pub(super) fn of(
        id: &Bound<'_, PyString>,
        query: &Bound<'_, PyString>,
        dialect: Dialect,
        profile: Profile,
    ) -> PyResult<Self> {
        let id = text_of(id, "the id of a monitor")?;
        let checked = MonitorId::new(&id)
            .map_err(|error| errors::no_monitor(Some(id.clone()), format!("monitor `{id}`: {error}")))?;
        let query = text_of(query, &format!("the query of monitor `{id}`"))?;
        Ok(Self { id: checked, query, dialect, profile })
    }

    /// A pair, or a dictionary.
    pub(super) fn read(entry: &Bound<'_, PyAny>, dialect: Dialect) -> PyResult<Self> {
        if let Ok(table) = entry.cast::<PyDict>() {
            return Self::of_table(table, dialect);
        }
        if let Ok(mapping) = entry.cast::<PyMapping>()
            && !entry.is_instance_of::<PyString>()
            && let Ok(table) = mapping.py().get_type::<PyDict>().call1((mapping,))
            && let Ok(table) = table.cast::<PyDict>()
        {
            return Self::of_table(table, dialect);
        }
        match entry.extract::<(Bound<'_, PyString>, Bound<'_, PyString>)>() {
            Ok((id, query)) => Self::of(&id, &query, dialect, Profile::default()),
            Err(_) => Err(errors::no_monitor(
                None,
                format!("a monitor is a pair (id, query) or a dictionary, not {}", value::kind_of(entry)),
            )),
        }
    }

    fn of_table(table: &Bound<'_, PyDict>, dialect: Dialect) -> PyResult<Self> {
        const NAMES: [&str; 7] = ["id", "query", "dialect", "brand", "tenant", "tags", "paused"];
        let text = |name: &str| -> PyResult<Option<Bound<'_, PyString>>> {
            let Some(value) = item(table, name)? else { return Ok(None) };
            let no_text = |_| errors::no_monitor(None, format!("`{name}` of a monitor is a text"));
            value.cast_into::<PyString>().map(Some).map_err(no_text)
        };
        let owned = |name: &str| -> PyResult<Option<String>> {
            text(name)?.map(|value| text_of(&value, &format!("`{name}` of a monitor"))).transpose()
        };
        let names = table.keys();
        let mut names = names.iter().map(|key| key.to_string());
        if let Some(name) = names.find(|name| !NAMES.contains(&name.as_str())) {
            let help = did_you_mean(&name, NAMES).map_or_else(
                || format!("it has: {}", NAMES.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(errors::no_monitor(None, format!("a monitor has no `{name}`; {help}")));
        }
        let missing =
            |name: &str| errors::no_monitor(None, format!("a monitor has no `{name}`, and needs one"));
        let id = text("id")?.ok_or_else(|| missing("id"))?;
        let query = text("query")?.ok_or_else(|| missing("query"))?;
        let dialect = owned("dialect")?.map_or(Ok(dialect), |name| dialect_of(&name))?;
        let paused = item(table, "paused")?.map_or(Ok(false), |flag| flag.extract())?;
        let (brand, tenant) = (owned("brand")?, owned("tenant")?);
        let tags = item(table, "tags")?;
        let profile = Profile::of(brand.as_deref(), tenant.as_deref(), tags.as_ref(), paused)?;
        Self::of(&id, &query, dialect, profile)
    }

    /// The monitor, when its query has no error.
    pub(super) fn monitor(self, names: &Names, limits: &Limits) -> Result<Monitor, Faulty> {
        let Self { id, query, dialect, profile } = self;
        let read = read(id.as_str(), &query, dialect, names, limits)?;
        let mut monitor = Monitor::new(id, read);
        monitor.source = Some(query);
        monitor.brand = profile.brand;
        monitor.tenant = profile.tenant;
        monitor.tags = profile.tags;
        monitor.paused = profile.paused;
        Ok(monitor)
    }
}

/// Reads a query; `name` says whose it is in the report.
fn read(name: &str, query: &str, dialect: Dialect, names: &Names, limits: &Limits) -> Result<Query, Faulty> {
    let read = Query::parse_as(query, dialect, names, limits);
    read.query.ok_or_else(|| {
        let faults = read.faults.into_iter().map(|fault| common::fault_in(name, fault)).collect();
        Faulty { name: name.to_owned(), query: query.to_owned(), faults }
    })
}

/// What `LIST(name)` and `MACRO(name)` stand for: lists of terms and queries, by name.
///
/// # Errors
/// `scrm.QueryError` with every fault in them.
pub(super) fn names_of(
    py: Python<'_>,
    lists: Option<BTreeMap<String, Vec<String>>>,
    queries: Option<BTreeMap<String, String>>,
    limits: &Limits,
) -> PyResult<Names> {
    let (lists, queries) = (lists.unwrap_or_default(), queries.unwrap_or_default());
    let read = detached(py, || scrm_core::listen::names_of(&lists, &queries, limits))?;
    read.or_else(|report| {
        let fault = caught(|| format!("the lists and queries cannot be used\n\n{report}"))?;
        Err(errors::QueryError::new_err((fault, playbook::diagnostics(py, &report)?)))
    })
}

/// A query by itself.
///
/// # Errors
/// `scrm.QueryError` with every fault in it.
pub(super) fn parsed(py: Python<'_>, name: Option<&str>, query: &str, dialect: Dialect) -> PyResult<Query> {
    let read = || read(name.unwrap_or("query"), query, dialect, &Names::new(), &Limits::DEFAULT);
    caught(read)?.map_err(|faulty| with_errors(py, vec![faulty]))
}

/// The exception with the faults of queries, as far as there is room for them.
pub(super) fn with_errors(py: Python<'_>, faulty: Vec<Faulty>) -> PyErr {
    let count = faulty.len();
    let first = faulty.first().map(|one| one.name.clone()).unwrap_or_default();
    let (mut faults, mut sources) = (Vec::new(), Sources::new());
    for one in faulty {
        if faults.len() < MOST {
            sources.insert(one.name, one.query);
            faults.extend(one.faults);
        }
    }
    let report = Report::new(faults, sources);
    let what = if count > 1 {
        format!("{count} queries cannot be used")
    } else {
        "the query cannot be used".to_owned()
    };
    let told = |faults| -> PyResult<_> { Ok((caught(|| format!("{what}\n\n{report}"))?, faults)) };
    match playbook::diagnostics(py, &report).and_then(told) {
        Ok((fault, faults)) => errors::QueryError::new_err((fault, faults, first)),
        Err(raised) => raised,
    }
}

/// The dialect of that name.
///
/// # Errors
/// `scrm.QueryError` when there is none.
pub(super) fn dialect_of(name: &str) -> PyResult<Dialect> {
    Dialect::parse(name).ok_or_else(|| {
        let names = || Dialect::ALL.into_iter().map(Dialect::as_str);
        let help = match did_you_mean(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it can be: {}", names().collect::<Vec<_>>().join(", ")),
        };
        errors::QueryError::new_err(format!("there is no dialect `{name}`; {help}"))
    })
}

/// A text of Python's, which may hold what is no character.
///
/// # Errors
/// `scrm.QueryError` when it does.
pub(super) fn text_of(text: &Bound<'_, PyString>, what: &str) -> PyResult<String> {
    text.to_str()
        .map(str::to_owned)
        .map_err(|_| errors::QueryError::new_err(format!("{what} holds half a character (a lone surrogate)")))
}
