//! Which monitors does a text concern, for Python? Many queries at once, which may change while others match.
//!
//! Read [`Listener`] first. Each call takes one snapshot, and is answered by it alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyMapping, PyString};
use scrm_core::listen::{self as core, Change, LiveListener, Topics};
use scrm_core::model::{Brand, Limits, Message, Tenant};
use scrm_core::query::{self, Document, Query};
use scrm_core::text::{self, Text};
use serde::Serialize;
use serde_json::json;

use super::frequencies::Frequencies;
use super::gil::{CHUNK, caught, detached, turn};
use super::limits::limits_of;
use super::message::{Messages, Refusal, said_of};
use super::monitors::{Authored, Profile, dialect_of, names_of, parsed, text_of, with_errors};
use super::playbook::Playbook;
use super::threads::{spread, threads_of};
use super::{errors, value};
use crate::common::{self, Clauses, Spans};

/// Monitors, compiled: as many as there are, each word of a text is looked up once.
///
/// Made with `Listener.compile(source)`. A text is a `str`, which stands for a public post of which nothing else is
/// known, or a message as everywhere else: a dictionary or a `scrm.Message`. Threads may share it, and change monitors
/// while others match: each call is answered by the monitors of one version. Pickles as its bytes.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Listener {
    live: LiveListener,
    /// Held by whoever looks at the monitors before changing them.
    changing: Mutex<()>,
}

#[pymethods]
impl Listener {
    /// Compiles monitors.
    ///
    /// `source` is the path of a `monitors.toml` or of a playbook's folder, a `scrm.Playbook`, a dictionary of queries
    /// by id, or an iterable of `(id, query)` pairs and of dictionaries with `id`, `query` and perhaps `dialect`,
    /// `brand`, `tenant`, `tags`, `paused`. What an iterable gives is not kept. `dialect` is the language of queries
    /// that name none: `native`, `brandwatch`, `x`, `lucene` or `talkwalker`. With `frequencies`, monitors are found by
    /// those of their words that are rarest in the texts it has seen; what matches is the same. `lists` (texts by name)
    /// and `queries` (a query by name) are what `LIST(name)` and `MACRO(name)` stand for in queries that are given here; a
    /// file brings its own. `limits` are sizes by name, as docs/embedding.md lists them.
    ///
    /// Raises `scrm.PlaybookError` when a file has faults, `scrm.QueryError` when a query has, `scrm.ListenError` when
    /// the monitors do not go together.
    #[staticmethod]
    #[pyo3(signature = (source, /, *, dialect = "native", frequencies = None, lists = None, queries = None, limits = None))]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn compile(
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        dialect: &str,
        frequencies: Option<&Bound<'_, Frequencies>>,
        lists: Option<BTreeMap<String, Vec<String>>>,
        queries: Option<BTreeMap<String, String>>,
        limits: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let dialect = dialect_of(dialect)?;
        let sizes = limits_of(limits)?;
        let frequencies = frequencies.map(|frequencies| frequencies.get().counted());
        if let Ok(playbook) = source.cast::<Playbook>() {
            let playbook = playbook.get().inner.clone();
            let compile = move || {
                let limits = if sizes == Limits::DEFAULT { playbook.limits() } else { &sizes };
                compile(&playbook.monitors, frequencies.as_ref(), limits)
            };
            return Self::of(detached(py, compile)?);
        }
        if let Ok(path) = source.extract::<std::path::PathBuf>() {
            let shown = path.to_string_lossy().into_owned();
            let read = detached(py, || common::read_file_within(&path, &sizes))?;
            let (monitors, report) = read.map_err(|fault| {
                let none: Vec<Py<PyAny>> = Vec::new();
                errors::PlaybookError::new_err((fault, none, shown))
            })?;
            return Self::of_file(py, &monitors, &report, frequencies.as_ref(), &sizes);
        }
        if source.is_instance_of::<PyString>() {
            return Err(errors::PlaybookError::new_err("the path holds half a character (a lone surrogate)"));
        }
        let entries = match source.cast::<PyMapping>() {
            Ok(mapping) => mapping.items()?.into_any(),
            Err(_) => source.clone(),
        };
        let names = names_of(py, lists, queries, &sizes)?;
        Self::of_entries(&entries, dialect, frequencies.as_ref(), &names, &sizes)
    }

    /// Compiles the text of a `monitors.toml`.
    ///
    /// Raises `scrm.PlaybookError` with every fault in it.
    #[staticmethod]
    #[pyo3(signature = (toml, /))]
    fn from_toml(py: Python<'_>, toml: &Bound<'_, PyString>) -> PyResult<Self> {
        let toml = text_of(toml, "the file")?;
        let (monitors, report) = detached(py, move || common::read_text("monitors.toml", &toml))?;
        Self::of_file(py, &monitors, &report, None, &Limits::DEFAULT)
    }

    /// Reads a listener back from what `to_bytes` gave.
    ///
    /// Raises `scrm.ListenError` when the bytes are damaged, or another version wrote them.
    #[staticmethod]
    #[pyo3(signature = (data, /))]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        Self::of(detached(py, || core::Listener::from_bytes(data, &Limits::DEFAULT))?)
    }

    /// The monitors as bytes: reading them back is much faster than compiling.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let listener = self.live.snapshot();
        Ok(PyBytes::new(py, &detached(py, || listener.to_bytes())?))
    }

    /// The ids of the monitors that match a text, in order.
    #[pyo3(name = "match", signature = (text, /))]
    fn match_(&self, py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
        let message = one(text)?;
        let listener = self.live.snapshot();
        detached(py, || ids(&listener, &message, false).into_iter().map(str::to_owned).collect())
    }

    /// The monitors that match a text, in the order of their ids: dictionaries with `id`, `version` (of the listener,
    /// when the monitor last changed), `brand`, `tenant`, `tags`, and `spans`.
    ///
    /// Each span has `clause` (a word, phrase or pattern of the query), `places` (`[start, end]` in code points), and
    /// `zone` where that is not the text itself: `title`, `bio`, ...
    #[pyo3(signature = (text, /))]
    fn hits(&self, py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let message = one(text)?;
        let listener = self.live.snapshot();
        let json = detached(py, || {
            let text = Text::new(message.text());
            let document = Document::new(&message, &text, listener.uses());
            let mut clauses = Clauses::default();
            let heard = listener.hear(&document);
            let hit = |found: &core::Match<'_>| {
                let profile = found.profile().cloned().unwrap_or_default();
                Hit {
                    id: found.id().to_owned(),
                    version: found.version(),
                    brand: profile.brand,
                    tenant: profile.tenant,
                    tags: profile.tags,
                    spans: common::spans(&document, found, &mut clauses),
                }
            };
            value::json(&heard.matches.iter().map(hit).collect::<Vec<_>>())
        })??;
        value::loads(py, &json)
    }

    /// The ids of the monitors that match each text: a list in their order, the same for any number of threads.
    ///
    /// `texts` is any iterable of texts and messages. `is:duplicate` holds in one that says what an earlier one said, among
    /// the last 100,000. `threads` is the number of threads; absent, one for each
    /// processor. Other Python threads run meanwhile, and Ctrl-C stops it.
    ///
    /// Raises `scrm.MessageError`, whose `index` says which one is no message. With `on_fault="none"` there is `None` in
    /// the place of that one, and the others are matched.
    #[pyo3(signature = (texts, threads = None, *, on_fault = "raise"))]
    fn match_all(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        threads: Option<usize>,
        on_fault: &str,
    ) -> PyResult<Py<PyList>> {
        let threads = threads_of(threads)?;
        if !matches!(on_fault, "raise" | "none") {
            let fault = format!("`on_fault` is one of raise, none, not {on_fault:?}");
            return Err(PyValueError::new_err(fault));
        }
        let listener = self.live.snapshot();
        let mut texts = Messages::texts(texts)?;
        let matched = PyList::empty(py);
        let mut memory = listener.duplicates();
        loop {
            let rows = texts.rows(on_fault == "none")?;
            if rows.is_empty() {
                return Ok(matched.unbind());
            }
            let is_there: Vec<bool> = rows.iter().map(Option::is_some).collect();
            let chunk: Vec<Message> = rows.into_iter().flatten().collect();
            let found = detached(py, || {
                let repeats = match &mut memory {
                    Some(memory) => memory.observe_all(&chunk),
                    None => vec![false; chunk.len()],
                };
                let chunk: Vec<_> = chunk.iter().zip(repeats).collect();
                spread(&chunk, threads, |(message, repeats)| ids(&listener, message, *repeats))
            })?;
            let mut found = found.into_iter();
            for is_there in is_there {
                match if is_there { found.next() } else { None } {
                    Some(ids) => matched.append(PyList::new(py, ids)?)?,
                    None => matched.append(py.None())?,
                }
            }
        }
    }

    /// Why a monitor matches a text, or why not: a dictionary with `match`, `query` (in canonical form), `why` (a
    /// sentence), `misses` (what is in the way: each with `kind` and `why`) and `clauses` (each with `clause`, `holds`,
    /// `places` and perhaps `zone`). A paused monitor is explained as if it were not, and has
    /// `paused`.
    ///
    /// Raises `scrm.ListenError` when there is no such monitor.
    #[pyo3(signature = (id, text, /))]
    fn explain(&self, py: Python<'_>, id: &str, text: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let message = one(text)?;
        let listener = self.live.snapshot();
        let json = detached(py, || {
            let text = Text::new(message.text());
            let document = Document::new(&message, &text, listener.uses());
            let why = listener.explain(id, &document);
            why.map(|why| value::json(&common::explained(&document, &why)))
        })?;
        value::loads(py, &json.ok_or_else(|| unknown(id))??)
    }

    /// Which of many texts a query matches, by the code that listens: a dictionary with `messages` (how many were
    /// looked at), `matched` (their places in the input, from 0) and `clauses`: for each `clause`, the number of
    /// matching `messages` in which it is part of why.
    ///
    /// Raises `scrm.QueryError` when the query has faults.
    #[staticmethod]
    #[pyo3(signature = (query, texts, *, dialect = "native"))]
    fn backtest(
        py: Python<'_>,
        query: &Bound<'_, PyString>,
        texts: &Bound<'_, PyAny>,
        dialect: &str,
    ) -> PyResult<Py<PyAny>> {
        let query = parsed(py, None, &text_of(query, "the query")?, dialect_of(dialect)?)?;
        let mut all = core::Backtest { clauses: vec![0; query.clauses().len()], ..core::Backtest::default() };
        let mut texts = Messages::texts(texts)?;
        loop {
            let chunk = texts.next()?;
            if chunk.is_empty() {
                break;
            }
            let tested = detached(py, || core::backtest(&query, &chunk, &Limits::DEFAULT))?;
            let tested = tested.map_err(|error| errors::listen(&error))?;
            all.matched.extend(tested.matched.iter().map(|at| at + all.messages));
            all.messages += tested.messages;
            all.clauses.iter_mut().zip(tested.clauses).for_each(|(sum, count)| *sum += count);
        }
        let clauses: Vec<_> = query
            .clauses()
            .into_iter()
            .zip(all.clauses)
            .map(|(clause, count)| json!({ "clause": clause.to_string(), "messages": count }))
            .collect();
        let told = json!({ "messages": all.messages, "matched": all.matched, "clauses": clauses });
        value::to_python(py, &told)
    }

    /// What a change of a query gains and loses on many texts: a dictionary with `messages`, `gained` and `lost` (places
    /// in the input, from 0), and `kept` (how many both match).
    ///
    /// Raises `scrm.QueryError` when a query has faults.
    #[staticmethod]
    #[pyo3(signature = (old, new, texts, *, dialect = "native"))]
    fn diff(
        py: Python<'_>,
        old: &Bound<'_, PyString>,
        new: &Bound<'_, PyString>,
        texts: &Bound<'_, PyAny>,
        dialect: &str,
    ) -> PyResult<Py<PyAny>> {
        let dialect = dialect_of(dialect)?;
        let old = parsed(py, None, &text_of(old, "the old query")?, dialect)?;
        let new = parsed(py, None, &text_of(new, "the new query")?, dialect)?;
        let mut all = core::Diff::default();
        let mut texts = Messages::texts(texts)?;
        loop {
            let chunk = texts.next()?;
            if chunk.is_empty() {
                break;
            }
            let part = detached(py, || core::diff(&old, &new, &chunk, &Limits::DEFAULT))?;
            let part = part.map_err(|error| errors::listen(&error))?;
            all.gained.extend(part.gained.iter().map(|at| at + all.messages));
            all.lost.extend(part.lost.iter().map(|at| at + all.messages));
            all.messages += part.messages;
            all.kept += part.kept;
        }
        let core::Diff { messages, gained, lost, kept } = all;
        value::to_python(py, &json!({ "messages": messages, "gained": gained, "lost": lost, "kept": kept }))
    }

    /// Which monitors match the same texts: the pairs that share the most first, at most `most` of them, each a
    /// dictionary with `a`, `b`, `both`, `of_a`, `of_b` (how many texts match) and `share` (0 to 1).
    #[pyo3(signature = (texts, most = 20))]
    fn overlap(&self, py: Python<'_>, texts: &Bound<'_, PyAny>, most: usize) -> PyResult<Py<PyAny>> {
        let messages = Messages::texts(texts)?.all()?;
        let listener = self.live.snapshot();
        let overlaps = detached(py, || listener.overlap(&messages, most))?;
        let told = overlaps.iter().map(|pair| {
            let core::Overlap { a, b, both, of_a, of_b } = pair;
            json!({ "a": a, "b": b, "both": both, "of_a": of_a, "of_b": of_b, "share": pair.share() })
        });
        value::to_python(py, &told.collect::<Vec<_>>())
    }

    /// Which monitors cost the most on texts: at most `most` of them, each a dictionary with `id`, `looked` (texts for
    /// which its query was looked at), `held` (texts that it matches) and `steps`, an upper bound of the work.
    #[pyo3(signature = (texts, most = 20))]
    fn slowest(&self, py: Python<'_>, texts: &Bound<'_, PyAny>, most: usize) -> PyResult<Py<PyAny>> {
        let listener = self.live.snapshot();
        let mut counters = core::Counters::new();
        let mut texts = Messages::texts(texts)?;
        loop {
            let chunk = texts.next()?;
            if chunk.is_empty() {
                break;
            }
            detached(py, || {
                for message in &chunk {
                    let text = Text::new(message.text());
                    listener.count(&Document::new(message, &text, listener.uses()), &mut counters);
                }
            })?;
        }
        let costs = counters.slowest(most);
        let told = costs.iter().map(
            |cost| json!({ "id": cost.id, "looked": cost.looked, "held": cost.held, "steps": cost.steps }),
        );
        value::to_python(py, &told.collect::<Vec<_>>())
    }

    /// Adds a monitor; gives the version in which it is there.
    ///
    /// Raises `scrm.QueryError` when the query has faults, `scrm.ListenError` when there is a monitor of this id.
    #[pyo3(signature = (id, query, *, dialect = "native", brand = None, tenant = None, tags = None, paused = false))]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn add(
        &self,
        py: Python<'_>,
        id: &Bound<'_, PyString>,
        query: &Bound<'_, PyString>,
        dialect: &str,
        brand: Option<&str>,
        tenant: Option<&str>,
        tags: Option<&Bound<'_, PyAny>>,
        paused: bool,
    ) -> PyResult<u64> {
        let profile = Profile::of(brand, tenant, tags, paused)?;
        self.put(py, Authored::of(id, query, dialect_of(dialect)?, profile)?, false)
    }

    /// Puts a monitor in the place of the one with its id, its brand, tenant, tags and pause with it; gives the version
    /// in which it is there.
    ///
    /// Raises `scrm.QueryError` when the query has faults, `scrm.ListenError` when there is no monitor of this id.
    #[pyo3(signature = (id, query, *, dialect = "native", brand = None, tenant = None, tags = None, paused = false))]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn update(
        &self,
        py: Python<'_>,
        id: &Bound<'_, PyString>,
        query: &Bound<'_, PyString>,
        dialect: &str,
        brand: Option<&str>,
        tenant: Option<&str>,
        tags: Option<&Bound<'_, PyAny>>,
        paused: bool,
    ) -> PyResult<u64> {
        let profile = Profile::of(brand, tenant, tags, paused)?;
        self.put(py, Authored::of(id, query, dialect_of(dialect)?, profile)?, true)
    }

    /// Removes a monitor; gives the version in which it is gone.
    ///
    /// Raises `scrm.ListenError` when there is no such monitor.
    #[pyo3(signature = (id, /))]
    fn remove(&self, py: Python<'_>, id: String) -> PyResult<u64> {
        self.apply(py, Change::Remove(id))
    }

    /// Matches a monitor no more until it is resumed; gives the version from which on.
    ///
    /// Raises `scrm.ListenError` when there is no such monitor.
    #[pyo3(signature = (id, /))]
    fn pause(&self, py: Python<'_>, id: String) -> PyResult<u64> {
        self.apply(py, Change::Pause(id))
    }

    /// Matches a monitor again; gives the version from which on.
    ///
    /// Raises `scrm.ListenError` when there is no such monitor.
    #[pyo3(signature = (id, /))]
    fn resume(&self, py: Python<'_>, id: String) -> PyResult<u64> {
        self.apply(py, Change::Resume(id))
    }

    /// Tidies up after many changes, looking at no more than `budget` monitors; others match and change meanwhile.
    /// Gives a dictionary with `moved` and `remaining`, which is 0 when nothing is left to do.
    #[pyo3(signature = (budget = 10_000))]
    fn maintain(&self, py: Python<'_>, budget: usize) -> PyResult<Py<PyAny>> {
        let done = detached(py, || self.live.maintain(budget))?.map_err(|error| errors::listen(&error))?;
        value::to_python(py, &json!({ "moved": done.moved, "remaining": done.remaining }))
    }

    /// The canonical form of a monitor's query; `None` when there is no such monitor.
    #[pyo3(signature = (id, /))]
    fn query(&self, id: &str) -> Option<String> {
        self.live.snapshot().query(id).map(|query| query.to_string())
    }

    /// Bytes that the monitors take.
    fn memory(&self) -> usize {
        self.live.snapshot().memory()
    }

    /// Bytes of each tenant's monitors, by tenant; the empty name is that of monitors without one. What all share is
    /// `memory()` less their sum.
    fn memory_by_tenant(&self, py: Python<'_>) -> PyResult<BTreeMap<String, usize>> {
        let listener = self.live.snapshot();
        detached(py, || listener.memory_by_tenant())
    }

    /// Counts up with every change.
    #[getter]
    fn version(&self) -> u64 {
        self.live.snapshot().version()
    }

    fn __len__(&self) -> usize {
        self.live.snapshot().len()
    }

    fn __contains__(&self, id: &str) -> bool {
        self.live.snapshot().query(id).is_some()
    }

    fn __repr__(&self) -> String {
        let listener = self.live.snapshot();
        format!("<scrm.Listener of {} monitors, version {}>", listener.len(), listener.version())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((py.get_type::<Self>().getattr("from_bytes")?, (self.to_bytes(py)?,)))
    }
}

impl Listener {
    fn of(compiled: Result<core::Listener, core::ListenError>) -> PyResult<Self> {
        let listener = compiled.map_err(|error| errors::listen(&error))?;
        Ok(Self { live: LiveListener::new(listener), changing: Mutex::new(()) })
    }

    fn of_file(
        py: Python<'_>,
        monitors: &core::Monitors,
        report: &scrm_core::diagnostic::Report,
        frequencies: Option<&Arc<text::Frequencies>>,
        limits: &Limits,
    ) -> PyResult<Self> {
        if report.errors() > 0 {
            let faults = super::playbook::diagnostics(py, report)?;
            let fault = caught(|| format!("the monitors cannot be used\n\n{report}"))?;
            return Err(errors::PlaybookError::new_err((fault, faults)));
        }
        Self::of(detached(py, || compile(monitors, frequencies, limits))?)
    }

    fn of_entries(
        entries: &Bound<'_, PyAny>,
        dialect: query::Dialect,
        frequencies: Option<&Arc<text::Frequencies>>,
        names: &query::Names,
        limits: &Limits,
    ) -> PyResult<Self> {
        let py = entries.py();
        let mut entries = entries.try_iter().map_err(|_| {
            let kind = value::kind_of(entries);
            errors::no_monitor(
                None,
                format!("give a path, a scrm.Playbook or an iterable of monitors, not {kind}"),
            )
        })?;
        let mut builder = core::Listener::builder(limits);
        if let Some(frequencies) = frequencies {
            builder = builder.frequencies(frequencies);
        }
        let mut faulty = Vec::new();
        loop {
            turn(py)?;
            let mut chunk = Vec::new();
            while chunk.len() < CHUNK {
                let Some(entry) = entries.next() else { break };
                chunk.push(Authored::read(&entry?, dialect)?);
            }
            if chunk.is_empty() {
                break;
            }
            let added = detached(py, || {
                for authored in chunk {
                    match authored.monitor(names, limits) {
                        Ok(monitor) if faulty.is_empty() => builder.add(&monitor)?,
                        Ok(_) => {}
                        Err(fault) => faulty.push(fault),
                    }
                }
                Ok(())
            })?;
            added.map_err(|error| errors::listen(&error))?;
            if faulty.len() > CHUNK {
                break;
            }
        }
        if !faulty.is_empty() {
            return Err(with_errors(py, faulty));
        }
        Self::of(detached(py, || builder.build())?)
    }

    fn apply(&self, py: Python<'_>, change: Change) -> PyResult<u64> {
        let changed = detached(py, || {
            let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
            self.live.apply([change])
        })?;
        changed.map_err(|error| errors::listen(&error))
    }

    fn put(&self, py: Python<'_>, authored: Authored, is_there: bool) -> PyResult<u64> {
        let monitor = caught(|| authored.monitor(&query::Names::new(), &Limits::DEFAULT))?
            .map_err(|fault| with_errors(py, vec![fault]))?;
        let id = monitor.id.as_str().to_owned();
        let changed = detached(py, || {
            let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
            match (self.live.snapshot().query(&id).is_some(), is_there) {
                (true, false) => Err(core::ListenError::Twice(id)),
                (false, true) => Err(core::ListenError::Unknown(id)),
                _ => self.live.apply([Change::Put(Box::new(monitor))]),
            }
        })?;
        changed.map_err(|error| errors::listen(&error))
    }
}

/// A monitor that matches.
#[derive(Serialize)]
struct Hit {
    id: String,
    version: u32,
    brand: Option<Brand>,
    tenant: Option<Tenant>,
    tags: BTreeSet<String>,
    spans: Vec<Spans>,
}

/// A text or a message by itself.
fn one(text: &Bound<'_, PyAny>) -> PyResult<Message> {
    said_of(text, 0).map_err(|refusal: Refusal| refusal.raise(None))
}

fn unknown(id: &str) -> PyErr {
    errors::listen(&core::ListenError::Unknown(id.to_owned()))
}

fn compile(
    monitors: &core::Monitors,
    frequencies: Option<&Arc<text::Frequencies>>,
    limits: &Limits,
) -> Result<core::Listener, core::ListenError> {
    match frequencies {
        Some(frequencies) => {
            core::Listener::compile_observed(monitors, &Topics::default(), frequencies, limits)
        }
        None => core::Listener::compile(monitors, &Topics::default(), limits),
    }
}

fn ids<'l>(listener: &'l core::Listener, message: &Message, repeats: bool) -> Vec<&'l str> {
    let text = Text::new(message.text());
    listener.matches(&Document::new(message, &text, listener.uses()).duplicate(repeats))
}

/// Every fault of a query, errors and warnings, in the order of their places: dictionaries with `code`, `severity`
/// (`error` or `warning`), `span` (`[start, end]` in code points), `message` and `help`. An empty list when there is none.
///
/// `texts` are any texts that are there already (an iterable of `str`): a query that may hold in more than one of twenty of
/// them, by how often its words stand there, is warned of (`Q109`). `frequencies` has counted such texts already.
#[pyfunction]
///
/// `lists` and `queries` are what `LIST(name)` and `MACRO(name)` stand for, as in `Listener.compile`.
#[pyo3(signature = (query, dialect = "native", texts = None, frequencies = None, *, lists = None, queries = None))]
pub(super) fn check_query(
    py: Python<'_>,
    query: &Bound<'_, PyString>,
    dialect: &str,
    texts: Option<&Bound<'_, PyAny>>,
    frequencies: Option<&Bound<'_, Frequencies>>,
    lists: Option<BTreeMap<String, Vec<String>>>,
    queries: Option<BTreeMap<String, String>>,
) -> PyResult<Py<PyAny>> {
    let names = names_of(py, lists, queries, &Limits::DEFAULT)?;
    let (query, dialect) = (text_of(query, "the query")?, dialect_of(dialect)?);
    let known = frequencies.map(|frequencies| frequencies.get().counted());
    let mut frequencies = known.as_deref().cloned().unwrap_or_default();
    for text in texts.map(PyAnyMethods::try_iter).transpose()?.into_iter().flatten() {
        let text = text?;
        let text = text_of(text.cast::<PyString>()?, "a text")?;
        detached(py, || frequencies.observe(&Text::new(&text)))?;
    }
    let told = detached(py, || {
        let mut read = Query::parse_as(&query, dialect, &names, &Limits::DEFAULT);
        read.faults.extend(read.query.as_ref().and_then(|query| query.lint_volume(&frequencies)));
        let points = common::Points::of(&query);
        let told = read.faults.into_iter().map(|fault| {
            json!({
                "code": fault.code,
                "severity": fault.severity,
                "span": points.span(fault.span),
                "message": fault.message,
                "help": fault.help,
            })
        });
        told.collect::<Vec<_>>()
    })?;
    value::to_python(py, &told)
}

/// A query in the canonical form of this engine's own language, whatever language it is written in.
///
/// Raises `scrm.QueryError` when it has faults.
#[pyfunction]
#[pyo3(signature = (query, dialect = "native"))]
pub(super) fn format_query(py: Python<'_>, query: &Bound<'_, PyString>, dialect: &str) -> PyResult<String> {
    parsed(py, None, &text_of(query, "the query")?, dialect_of(dialect)?).map(|query| query.to_string())
}

/// A dictionary's value as it is, `None` being absent.
pub(super) fn item<'py>(table: &Bound<'py, PyDict>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    Ok(table.get_item(name)?.filter(|value| !value.is_none()))
}
