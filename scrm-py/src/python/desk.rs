//! How do messages get on record, from Python? The engine joined to a store, one call at a time.
//!
//! Read [`Desk`] first.

use std::ops::ControlFlow;
use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyList;
use scrm_core::channels::Records;
use scrm_core::desk::{self as core, IngestError};
use scrm_core::model::{Assessment, HostWord, MessageBuilder, PersonId, Tenant};
use scrm_core::record::{Entry, SqliteStore, Store, StoreError};
use serde::Serialize;

use super::brief::Brief;
use super::engine::Engine;
use super::gil::detached;
use super::message::{Messages, in_points};
use super::page::Page;
use super::response::HumanAuthor;
use super::slot::Slot;
use super::time::{moment, moment_or_now};
use super::{errors, input, spans, value};
use crate::place::{self, AnyStore};

type Inner = core::Desk<AnyStore>;

/// An engine at work on a store: messages in, receipts out, everything on record.
///
/// Made with `Desk.open(engine, path)`; a context manager. Threads may share it: calls wait for each other. A child
/// process opens its own.
///
/// Do not open the same file with another SQLite in this process while the desk is open (Python's `sqlite3`, for one):
/// closing it there drops the desk's locks. Close the desk first, or read the file from another process.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Desk {
    slot: Slot<Inner>,
    engine: Py<Engine>,
}

#[pymethods]
impl Desk {
    /// Opens a record in an SQLite file, made when it is not there; `None` keeps it in memory until it is closed. Or in the
    /// schema `scrm` of a PostgreSQL server on this machine: `postgresql://user:password@host/database`.
    ///
    /// Raises `scrm.StoreError` when it cannot be used; what is not ours is left as it is.
    #[staticmethod]
    #[pyo3(signature = (engine, path = None, *, tenant = "default"))]
    fn open(
        py: Python<'_>,
        engine: &Bound<'_, Engine>,
        path: Option<PathBuf>,
        tenant: &str,
    ) -> PyResult<Self> {
        let tenant = Tenant::new(tenant).map_err(|error| errors::input("tenant", error.to_string(), None))?;
        let inner = engine.get().here();
        let opened = detached(py, move || {
            let (store, place) = match path {
                Some(path) => place::open(&path)?,
                None => (Box::new(SqliteStore::open_in_memory()?) as AnyStore, ":memory:".to_owned()),
            };
            Ok((core::Desk::open(inner, store).for_tenant(tenant), place))
        })?;
        let (desk, place) = opened.map_err(|error: StoreError| errors::store(&error))?;
        Ok(Self { slot: Slot::new(desk, place), engine: engine.clone().unbind() })
    }

    /// Takes messages in: assesses them, opens cases, and records everything; durable when it returns.
    ///
    /// `messages` is an iterable of dictionaries, JSON texts or `scrm.Message`; all are checked before the first one is
    /// recorded. `now` is an aware datetime; absent, the clock's. Each message is decided for the time it was observed,
    /// or for `now` when that is earlier.
    ///
    /// Returns a list of receipts in the order of the call, each a dictionary: `source`, `external_id`, `version`,
    /// `seen` (`new`, `edit` or `duplicate`), `outcome` and `reason` (absent for a duplicate), `case` and `opened`
    /// where a case was joined or opened. A message that was received before has no second effect.
    ///
    /// Raises `scrm.MessageError` when one is no message, `scrm.StoreError` when the store fails.
    #[pyo3(signature = (messages, now = None))]
    fn receive(
        &self,
        py: Python<'_>,
        messages: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let now = moment_or_now(py, now)?;
        let messages = Messages::of(messages)?.all()?;
        let received = self.with(py, move |desk| desk.receive(messages, now))?;
        value::to_python(py, &received)
    }

    /// Takes in a file, group by group, each durable as a whole. What cannot be read is kept aside (`quarantined`).
    ///
    /// `format` is `jsonl` or `csv`; absent, the file's name says. `mapping` says which column of CSV means what: the
    /// path of a `mapping.toml`, or a dictionary of the same shape; absent, the playbook's. `now` as in `receive`.
    /// `progress(line, captures)` is called after each group; it stops the ingestion by returning `False`.
    ///
    /// Returns a dictionary: `captures` (with `rows = distinct + duplicates + malformed` and
    /// `distinct = noise + decided + open`), `malformed` (the first 20 faults, each with its `line`) and `interrupted`.
    ///
    /// Raises `scrm.InputError` when the file cannot be read, `scrm.StoreError` when the store fails, and what
    /// `progress` raises. Ctrl-C stops it between two groups. What was recorded stays, and the same call may be made
    /// again.
    #[pyo3(signature = (path, format = None, mapping = None, now = None, progress = None))]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "arguments are handed over; `progress` is called detached"
    )]
    fn ingest(
        &self,
        py: Python<'_>,
        path: PathBuf,
        format: Option<&str>,
        mapping: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let now = moment_or_now(py, now)?;
        let engine = self.engine.get().here();
        let format = input::format(&path, format, mapping, engine.playbook())?;
        let reader = input::open(&path)?;
        let name = path.to_string_lossy().into_owned();
        let mut raised = None;
        let mut report = |progress_made: core::Progress| {
            let go_on = Python::attach(|py| go_on(py, progress.as_ref(), progress_made));
            match go_on {
                Ok(true) => ControlFlow::Continue(()),
                Ok(false) => ControlFlow::Break(()),
                Err(error) => {
                    raised = Some(error);
                    ControlFlow::Break(())
                }
            }
        };
        let ingested = self.slot.with(py, |desk| {
            let records = Records::new(reader, &format, engine.playbook().limits())?;
            desk.ingest(&name, records, now, &mut report)
        })?;
        if let Some(raised) = raised {
            return Err(raised);
        }
        let ingested = ingested.map_err(|error| match error {
            IngestError::Input(error) => errors::unread(&error, name.clone()),
            IngestError::Store(error) => errors::store(&error),
        })?;
        value::to_python(py, &ingested)
    }

    /// What a manager reads: the record measured, as of `now` (an aware datetime), or as of its last message.
    #[pyo3(signature = (now = None))]
    fn brief(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Brief> {
        let now = now.map(moment).transpose()?;
        Ok(Brief::new(self.with(py, move |desk| desk.brief(now))?))
    }

    /// How much the record holds, as a dictionary: `messages = noise + decided + open`, `versions`, `cases_open`,
    /// `quarantined`, and the same three outcomes by delivery.
    fn totals(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let totals = self.with(py, |desk| {
            let tenant = desk.tenant().clone();
            desk.store().totals(&tenant)
        })?;
        value::to_python(py, &totals)
    }

    /// Every message in its current version, in the order of observation: dictionaries with `message`, `assessment`
    /// and `versions` (how many were captured). Spans count code points.
    fn entries(&self, py: Python<'_>) -> PyResult<Py<PyList>> {
        self.list(py, |store, tenant, page| store.entries(tenant, &mut |entry| page.add(&Row::of(entry))))
    }

    /// Every case as it is now, in the order of opening: dictionaries.
    fn cases(&self, py: Python<'_>) -> PyResult<Py<PyList>> {
        self.list(py, |store, tenant, page| store.cases(tenant, &mut |case| page.add(&case)))
    }

    /// Every record of input that could not be read: dictionaries with `seq`, `input`, `record` (the line, from 1),
    /// `fault` and `raw`.
    fn quarantined(&self, py: Python<'_>) -> PyResult<Py<PyList>> {
        self.list(py, |store, tenant, page| store.quarantined(tenant, &mut |kept| page.add(&kept)))
    }

    /// A person of the team at the keyboard. Only such a one writes a response.
    ///
    /// `person` is an id of `team.toml`; `vouched_by` says how the host knows who it is (a session, a signed token),
    /// and is kept with what they write.
    ///
    /// Raises `scrm.ResponseError` when nobody of the team has this id.
    #[pyo3(signature = (person, *, vouched_by))]
    fn human(&self, py: Python<'_>, person: &str, vouched_by: String) -> PyResult<HumanAuthor> {
        let person =
            PersonId::new(person).map_err(|error| errors::response_text("person", error.to_string()))?;
        let human = self.slot.with(py, |desk| desk.human(&person, HostWord::vouch(vouched_by)))?;
        human.map(HumanAuthor::new).map_err(|error| errors::response_text("person", error.to_string()))
    }

    /// The engine it works with.
    #[getter]
    fn engine(&self, py: Python<'_>) -> Py<Engine> {
        self.engine.clone_ref(py)
    }

    /// Whether it can still be used.
    #[getter]
    fn closed(&self) -> bool {
        !self.slot.is_open()
    }

    /// Closes the record; what is in memory is gone. Closing twice is no fault.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.slot.close(py)
    }

    fn __enter__(this: Py<Self>) -> Py<Self> {
        this
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, pyo3::types::PyTuple>) -> PyResult<()> {
        self.close(py)
    }

    fn __repr__(&self) -> String {
        let state = if self.slot.is_open() { "" } else { ", closed" };
        format!("<scrm.Desk on {}{state}>", self.slot.place())
    }
}

impl Desk {
    fn with<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Inner) -> Result<R, StoreError> + Send,
    ) -> PyResult<R> {
        self.slot.with(py, work)?.map_err(|error| errors::store(&error))
    }

    /// What `visit` adds to a page, as a list.
    fn list(
        &self,
        py: Python<'_>,
        visit: impl FnOnce(&mut AnyStore, &Tenant, &mut Page) -> Result<(), StoreError> + Send,
    ) -> PyResult<Py<PyList>> {
        let mut page = Page::new(py);
        self.with(py, |desk| {
            let tenant = desk.tenant().clone();
            visit(desk.store(), &tenant, &mut page)
        })?;
        page.finish()
    }
}

/// An entry of the record, its places counted in code points.
#[derive(Serialize)]
struct Row {
    message: MessageBuilder,
    assessment: Assessment,
    versions: u32,
}

impl Row {
    fn of(entry: Entry) -> Self {
        let Entry { message, mut assessment, versions } = entry;
        spans::assessment(&mut assessment, message.text());
        Self { message: in_points(message), assessment, versions }
    }
}

/// Whether the ingestion goes on: signals get their turn, then the caller.
fn go_on(py: Python<'_>, progress: Option<&Py<PyAny>>, made: core::Progress) -> PyResult<bool> {
    py.check_signals()?;
    let Some(progress) = progress else { return Ok(true) };
    let answer = progress.call1(py, (made.line, value::to_python(py, &made.captures)?))?;
    Ok(!answer.bind(py).is(pyo3::types::PyBool::new(py, false)))
}
