//! How do messages get on record, from Python? The engine joined to a store, one call at a time.
//!
//! Read [`Desk`] first.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use scrm_core::channels::Records;
use scrm_core::desk::{
    self as core, DeskError, ImportKind, InfluenceFailure, IngestError, SearchError, SearchOptions,
};
use scrm_core::measure::{BriefQuery, ForecastQuery, Measure};
use scrm_core::model::{
    Assessment, AssetId, Case, CaseId, Department, Fact, Feedback, HostWord, IncidentId, LinkId,
    MessageBuilder, PermissionId, PersonId, PersonLabel, ProgrammeId, ProgrammeScope, ResponseId, Revocation,
    Tenant, Topic, Transaction, WaitingOn,
};
use scrm_core::record::erase::retention::{Authors, Retention};
use scrm_core::record::erase::{EraseOptions, Whom};
use scrm_core::record::people::influence::InfluenceSettings;
use scrm_core::record::{Entry, ProfileLimits, SqliteStore, Store, StoreError};
use serde::Serialize;
use serde_json::{Value, json};

use super::answers;
use super::brief::Brief;
use super::engine::Engine;
use super::gil::detached;
use super::measured::{self, Asked, Audit, DayBrief, Forecast, Table, last_audit};
use super::message::{Messages, in_points};
use super::page::Page;
use super::playbook::Playbook;
use super::report::Report;
use super::response::{HumanAuthor, Response, key_of};
use super::slot::Slot;
use super::time::{day, moment, moment_or_now};
use super::{errors, input, people, spans, value};
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
    engine: Mutex<Py<Engine>>,
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
        Ok(Self { slot: Slot::new(desk, place), engine: Mutex::new(engine.clone().unbind()) })
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
        let engine = self.engine(py).get().here();
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

    /// What a manager reads of one day (a `datetime.date`), against the `baseline` days before: what is out of the usual,
    /// what waits, whom to answer, and what to do first; what waits as of `now`, by default the end of the day. Without a
    /// day it is the whole record on one page, as of `now`, or as of its last message.
    ///
    /// Returns a `scrm.DayBrief`, or without a day a `scrm.Brief`.
    #[pyo3(signature = (day = None, *, now = None, baseline = 7))]
    fn brief(
        &self,
        py: Python<'_>,
        day: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
        baseline: u32,
    ) -> PyResult<Py<PyAny>> {
        // A time in the place of the day is a `now`: it asks for the whole record.
        let (day, now) = match day {
            Some(time) if super::time::is_datetime(time)? => (None, Some(time)),
            day => (day, now),
        };
        let now = now.map(moment).transpose()?;
        let Some(day) = day else {
            let brief = Brief::new(self.with(py, move |desk| desk.overview(now))?);
            return Ok(Bound::new(py, brief)?.into_any().unbind());
        };
        let mut query = BriefQuery::from(super::time::day(day)?);
        (query.as_of, query.baseline) = (now, baseline);
        let brief = DayBrief::new(self.with(py, move |desk| desk.brief(query))?);
        Ok(Bound::new(py, brief)?.into_any().unbind())
    }

    /// One measure of the record, as a `scrm.Table`; `desk.measures()` has them all by name.
    ///
    /// `days` is a `datetime.date`, or a pair of the first and the last (`None` for an open end); absent, every day. `as_of`
    /// (an aware datetime) is when what waits is asked for. Settings are `baseline` (days to compare with), `open_hours`,
    /// `value_days`, `minutes` (of handling one case) and `hourly_cost`.
    #[pyo3(signature = (name, days = None, *, as_of = None, **settings))]
    fn measure(
        &self,
        py: Python<'_>,
        name: &str,
        days: Option<&Bound<'_, PyAny>>,
        as_of: Option<&Bound<'_, PyAny>>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Table> {
        let Some(measure) = Measure::parse(name) else {
            let known: Vec<&str> = Measure::ALL.iter().map(|measure| measure.as_str()).collect();
            let fault = format!("`{name}` is no measure; there are {}", known.join(", "));
            return Err(pyo3::exceptions::PyValueError::new_err(fault));
        };
        let asked = Asked::new(days, as_of, settings)?;
        let table = self.with(py, move |desk| {
            let frame = asked.over(desk.frame());
            desk.measure(measure, &frame)
        })?;
        Ok(Table::new(table))
    }

    /// Every measure of the record: a dictionary of `scrm.Table` by name. The arguments are those of `measure`.
    #[pyo3(signature = (days = None, *, as_of = None, **settings))]
    fn measures(
        &self,
        py: Python<'_>,
        days: Option<&Bound<'_, PyAny>>,
        as_of: Option<&Bound<'_, PyAny>>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyDict>> {
        let asked = Asked::new(days, as_of, settings)?;
        let tables = self.with(py, move |desk| {
            let frame = asked.over(desk.frame());
            let measures = desk.measures()?;
            Ok(Measure::ALL.iter().map(|measure| measures.table(*measure, &frame)).collect::<Vec<_>>())
        })?;
        let found = PyDict::new(py);
        for table in tables {
            let name = table.name().to_owned();
            found.set_item(name, Bound::new(py, Table::new(table))?)?;
        }
        Ok(found.unbind())
    }

    /// What was measured so far, as a text to keep; `keep_measures` of a later desk on the same record goes on from there and
    /// reads only what was added since.
    fn kept_measures(&self, py: Python<'_>) -> PyResult<String> {
        let kept = self.with(py, |desk| Ok(serde_json::to_string(desk.measures()?)))?;
        kept.map_err(|error| errors::desk_value(error.to_string()))
    }

    /// Goes on from what `kept_measures` gave. What does not fit the record or this version is measured anew.
    ///
    /// Raises `ValueError` when it is none of that.
    fn keep_measures(&self, py: Python<'_>, kept: &str) -> PyResult<()> {
        let kept = serde_json::from_str(kept).map_err(|error| {
            pyo3::exceptions::PyValueError::new_err(format!("not what was measured before: {error}"))
        })?;
        self.with(py, move |desk| {
            desk.keep(kept);
            Ok(())
        })
    }

    /// How much work will come to each department in `days` days from `start` (a `datetime.date`), and whether its people can
    /// do it, by simulation: a `scrm.Forecast`. `history` days before it say how much comes; `growth` times as much is
    /// expected; the same `seed` gives the same forecast; `target` (0 to 1) is the share of first responses that shall be
    /// in time.
    #[pyo3(signature = (start, *, days = 7, history = 28, runs = 200, seed = 0, growth = 1.0, target = 0.9))]
    #[allow(clippy::too_many_arguments, reason = "each is one field of a query")]
    fn forecast(
        &self,
        py: Python<'_>,
        start: &Bound<'_, PyAny>,
        days: u32,
        history: u32,
        runs: u32,
        seed: u64,
        growth: f64,
        target: f64,
    ) -> PyResult<Forecast> {
        let mut query = ForecastQuery::from(day(start)?);
        (query.days, query.history, query.runs, query.seed) = (days, history, runs, seed);
        (query.growth, query.target) = (growth, target);
        Ok(Forecast::new(self.with(py, move |desk| desk.forecast(query))?))
    }

    /// The audit of some days (as `measure` takes them): a `scrm.Audit`. `last` is the audit before, to say what is
    /// different: a `scrm.Audit`, its JSON or its dictionary.
    #[pyo3(signature = (days = None, *, last = None))]
    fn audit(
        &self,
        py: Python<'_>,
        days: Option<&Bound<'_, PyAny>>,
        last: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Audit> {
        let days = measured::days(days)?;
        let last = last.map(last_audit).transpose()?;
        Ok(Audit::new(self.with(py, move |desk| desk.audit(days, last.as_ref()))?))
    }

    /// The record as one page of HTML with charts, which works offline: a `scrm.Report`.
    ///
    /// `days` as in `measure`; `day` (a `datetime.date`) is looked at closely, absent the last of them. What waits is asked
    /// for as of `as_of`, an aware datetime; absent, the end of the last day.
    #[pyo3(signature = (days = None, *, day = None, as_of = None))]
    fn report(
        &self,
        py: Python<'_>,
        days: Option<&Bound<'_, PyAny>>,
        day: Option<&Bound<'_, PyAny>>,
        as_of: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Report> {
        let mut query = core::ReportQuery::default().over(measured::days(days)?);
        (query.day, query.as_of) = (day.map(super::time::day).transpose()?, as_of.map(moment).transpose()?);
        Ok(Report::new(self.with(py, move |desk| desk.report(&query))?))
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

    /// Records a person's word on a message: it beats the machine's, and is kept to learn from.
    ///
    /// `message` is a `scrm.Message` or `(source, external_id)`; `person` an id of `team.toml`; `at` an aware datetime,
    /// absent the clock's. At least one of the others is given: `type`, `topics` (a list, the primary one first),
    /// `sentiment` (`negative`, `neutral`, `positive`), `action`, `noise` (the reason), `not_noise`.
    ///
    /// Returns a receipt: `appended`, `duplicates`, `last`.
    ///
    /// Raises `scrm.DeskError` when the person is not of the team or a word is none of these, `scrm.StoreError` when the
    /// record has no such message.
    #[pyo3(signature = (message, person, *, at = None, r#type = None, topics = None, sentiment = None, action = None,
        noise = None, not_noise = false))]
    #[allow(clippy::too_many_arguments, reason = "each is one axis of a label")]
    fn label(
        &self,
        py: Python<'_>,
        message: &Bound<'_, PyAny>,
        person: &str,
        at: Option<&Bound<'_, PyAny>>,
        r#type: Option<&str>,
        topics: Option<&Bound<'_, PyAny>>,
        sentiment: Option<&str>,
        action: Option<&str>,
        noise: Option<&str>,
        not_noise: bool,
    ) -> PyResult<Py<PyAny>> {
        let message = key_of(message)?;
        let topics = topics.map(|topics| people::read_all::<String>("topic", topics)).transpose()?;
        let label: PersonLabel = people::read(
            "label",
            json!({
                "message": message, "person": person, "at": moment_or_now(py, at)?, "type": r#type, "topics": topics,
                "sentiment": sentiment, "action": action, "noise": noise, "not_noise": not_noise,
            }),
        )?;
        let receipt = self.act(py, move |desk| desk.label(label))?;
        value::to_python(py, &receipt)
    }

    /// Records what became known of people: an iterable of dictionaries, each with `fact` (`account`, `role`, `consent`,
    /// `preference`, `relationship`, `augmentation`) and the fields of that fact. The same said twice is one.
    ///
    /// Returns a receipt. Raises `scrm.DeskError` when one is no fact.
    fn note(&self, py: Python<'_>, facts: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let facts: Vec<Fact> = people::read_all("fact", facts)?;
        let receipt = self.with(py, move |desk| desk.note(facts))?;
        value::to_python(py, &receipt)
    }

    /// Records what was bought, paid and given back: an iterable of dictionaries with `id`, `identity` (`source`,
    /// `native_id`), `kind`, `at`, and where known `amount` (`minor`, `currency`) and `message`.
    ///
    /// Returns a receipt. Raises `scrm.DeskError` when one is no transaction.
    fn transact(&self, py: Python<'_>, transactions: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let transactions: Vec<Transaction> = people::read_all("transaction", transactions)?;
        let receipt = self.with(py, move |desk| desk.transact(transactions))?;
        value::to_python(py, &receipt)
    }

    /// Takes in the company's own data about its customers: an iterable of dictionaries, one account each, with `source`,
    /// `native_id` and what else is known (`name`, `email`, `phone`, `roles`, `consents`, `preferences`, `same_as`, `at`
    /// …); every other field is kept with the account. `name` says where they come from. Doing it again adds nothing.
    ///
    /// Returns a dictionary: `rows`, `recorded`, `duplicates`, `malformed`, and `faults` (the first 20 rows that could not
    /// be used; all are in `quarantined()`).
    #[pyo3(signature = (rows, *, name = "customers", now = None))]
    fn import_customers(
        &self,
        py: Python<'_>,
        rows: &Bound<'_, PyAny>,
        name: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        self.import(py, ImportKind::Customers, rows, name, now)
    }

    /// Takes in transactions of another system: an iterable of dictionaries with `id`, `source`, `native_id`, `kind`, `at`,
    /// and where known `amount` (`"19.99"`) with `currency`, and `message` (`source/external_id`).
    ///
    /// Returns a dictionary as `import_customers` does.
    #[pyo3(signature = (rows, *, name = "transactions", now = None))]
    fn import_transactions(
        &self,
        py: Python<'_>,
        rows: &Bound<'_, PyAny>,
        name: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        self.import(py, ImportKind::Transactions, rows, name, now)
    }

    /// Records a claim that two accounts are one person's (`claim` is `same`), or are not (`different`). `a` and `b` are
    /// `(source, native_id)`. With a `person` of the team it is their word; without, `evidence` says what it stands on:
    /// `authenticated`, `declared` or `deterministic`. A guess is no claim.
    ///
    /// Returns the claim's id, by which `revoke` takes it back.
    ///
    /// Raises `scrm.DeskError` when the person is not of the team, or it is a guess.
    #[pyo3(signature = (a, b, *, claim = "same", person = None, evidence = None, at = None))]
    #[allow(
        clippy::too_many_arguments,
        clippy::needless_pass_by_value,
        reason = "each is one field of a claim; arguments are handed over"
    )]
    fn link(
        &self,
        py: Python<'_>,
        a: (String, String),
        b: (String, String),
        claim: &str,
        person: Option<&str>,
        evidence: Option<&str>,
        at: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let at = moment_or_now(py, at)?;
        let link = people::claim(&a, &b, claim, person, evidence, at)?;
        let id = self.act(py, move |desk| desk.link(link))?;
        Ok(id.as_str().to_owned())
    }

    /// Takes a claim back. Who belongs together is then what it would be had the claim never been made.
    ///
    /// Returns a receipt. Raises `scrm.DeskError` when there is no such claim, or the person is not of the team.
    #[pyo3(signature = (id, *, person = None, at = None))]
    fn revoke(
        &self,
        py: Python<'_>,
        id: &str,
        person: Option<&str>,
        at: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let id = LinkId::new(id).map_err(|error| errors::desk_value(error.to_string()))?;
        let at = moment_or_now(py, at)?;
        let revocation: Revocation = people::read("revocation", json!({ "person": person, "at": at }))?;
        let receipt = self.act(py, move |desk| desk.revoke(&id, revocation))?;
        value::to_python(py, &receipt)
    }

    /// Which accounts of the record may be one person's; a person decides.
    ///
    /// Between different sources only confirmed keys are compared, unless `across_networks` is set and both sources are
    /// among `inference`, those whose terms allow that. `threshold` is the least probability.
    ///
    /// Returns a dictionary: `suggestions` (each with `a`, `b`, `probability`, and in `waterfall` the weight of every
    /// field), `compared`, `withheld`, `skipped`.
    #[pyo3(signature = (*, across_networks = false, inference = Vec::new(), threshold = 0.5),
        text_signature = "($self, *, across_networks=False, inference=(), threshold=0.5)")]
    fn suggest_links(
        &self,
        py: Python<'_>,
        across_networks: bool,
        inference: Vec<String>,
        threshold: f64,
    ) -> PyResult<Py<PyAny>> {
        let settings = people::settings(across_networks, inference, threshold)?;
        let found = self.with(py, move |desk| desk.suggest_links_by(&settings))?;
        value::to_python(py, &found)
    }

    /// The influence of the accounts of the record as of a day (a `datetime.date`, absent today in UTC), the most influential
    /// `top` first: reach, replies and reposts received, and a rank in the graph of who turns to whom. `days` leaves out what
    /// is older.
    ///
    /// Returns a dictionary: `as_of`, `since`, and `accounts`, each with `score` (0 to 100), `parts` (what it is made of),
    /// `unknown` (points that nobody counted) and the counts themselves. The desk reads the log once, and then only what was
    /// added.
    #[pyo3(signature = (as_of = None, *, days = None, top = 100))]
    fn influence(
        &self,
        py: Python<'_>,
        as_of: Option<&Bound<'_, PyAny>>,
        days: Option<u32>,
        top: usize,
    ) -> PyResult<Py<PyAny>> {
        let as_of = match as_of {
            Some(as_of) => day(as_of)?,
            None => moment_or_now(py, None)?.date_naive(),
        };
        let settings = InfluenceSettings { days, ..InfluenceSettings::default() };
        let snapshot = self.slot.with(py, move |desk| desk.influence(as_of, &settings))?;
        let snapshot = snapshot.map_err(|error| match error {
            InfluenceFailure::Store(error) => errors::store(&error),
            error => errors::desk_value(error.to_string()),
        })?;
        let told = json!({
            "as_of": snapshot.as_of, "since": snapshot.since, "accounts": snapshot.most(top),
        });
        value::to_python(py, &told)
    }

    /// What the record knows of the customer that an account, `(source, native_id)`, belongs to: the view from every side,
    /// as a dictionary. `now` is an aware datetime, absent the clock's; `recent` says how many messages, cases and
    /// responses are listed (the counts are over all of them).
    #[pyo3(signature = (account, *, now = None, recent = 50))]
    #[allow(clippy::needless_pass_by_value, reason = "arguments are handed over")]
    fn profile(
        &self,
        py: Python<'_>,
        account: (String, String),
        now: Option<&Bound<'_, PyAny>>,
        recent: usize,
    ) -> PyResult<Py<PyAny>> {
        let account = people::account(&account)?;
        let now = moment_or_now(py, now)?;
        let limits = ProfileLimits { recent, ..ProfileLimits::default() };
        let mut profile = self.with(py, move |desk| desk.profile(&account, now, limits))?;
        let history: Vec<_> = std::mem::take(&mut profile.history)
            .into_iter()
            .map(|entry| {
                let entry = Entry { message: entry.message, assessment: entry.assessment, versions: 1 };
                let Row { message, assessment, .. } = Row::of(entry);
                json!({ "message": message, "assessment": assessment })
            })
            .collect();
        let mut told = people::value_of(&profile)?;
        if let Some(told) = told.as_object_mut() {
            told.insert("history".to_owned(), history.into());
        }
        value::to_python(py, &told)
    }

    /// Searches the record by a query in the language of the monitors, newest first: a page of at most `limit` messages.
    ///
    /// `accounts` (a list of `(source, native_id)`), `since` and `until` (aware datetimes) narrow it; `before` goes on where
    /// the page before ended (its `next`). At most `scan` messages are looked at for one page.
    ///
    /// Returns a dictionary: `hits` (each with `message`, `assessment` and `places`, spans in code points of its text), `next`
    /// (absent when there is no more), `scanned`, `by_scan` and `warnings`.
    ///
    /// Raises `scrm.DeskError` (kind `query`) when the query has faults.
    #[pyo3(signature = (query, *, limit = 50, accounts = Vec::new(), since = None, until = None, before = None, scan = 10_000),
        text_signature = "($self, query, *, limit=50, accounts=(), since=None, until=None, before=None, scan=10000)")]
    #[allow(clippy::too_many_arguments, clippy::needless_pass_by_value, reason = "each has a default")]
    fn search(
        &self,
        py: Python<'_>,
        query: String,
        limit: usize,
        accounts: Vec<(String, String)>,
        since: Option<&Bound<'_, PyAny>>,
        until: Option<&Bound<'_, PyAny>>,
        before: Option<&Bound<'_, PyAny>>,
        scan: usize,
    ) -> PyResult<Py<PyAny>> {
        let before = before.map(|before| people::read_value("place", before)).transpose()?;
        let options = SearchOptions {
            limit,
            scan,
            before,
            since: since.map(moment).transpose()?,
            until: until.map(moment).transpose()?,
            accounts: accounts.iter().map(people::account).collect::<PyResult<_>>()?,
            ..SearchOptions::default()
        };
        let page = self.slot.with(py, move |desk| desk.search(&query, &options))?;
        let page = page.map_err(|error| match error {
            SearchError::Store(error) => errors::store(&error),
            error => errors::desk_query(error.to_string()),
        })?;
        value::to_python(py, &people::found(page)?)
    }

    /// Erases a person: what they said and what is known of them goes, in every version; what was counted stays. Whoever is
    /// joined to the account, `(source, native_id)`, by claims is erased with it, unless `only_account` is set.
    ///
    /// `redact_mentions` blocks their names out of what other people said to or of them; `known_as` names what they are called
    /// besides. `now` is an aware datetime, absent the clock's.
    ///
    /// Returns a receipt: `counts`, `mentions` (where other people's words name them still) and `state`, which is `done` when
    /// it is out of the file, `pending` while a reader of the file stands in the way (then call `scrub` later), and
    /// `rows_only` in PostgreSQL, whose files the server clears.
    #[pyo3(signature = (account, *, only_account = false, redact_mentions = false, known_as = Vec::new(), now = None),
        text_signature = "($self, account, *, only_account=False, redact_mentions=False, known_as=(), now=None)")]
    #[allow(clippy::needless_pass_by_value, reason = "arguments are handed over")]
    fn erase(
        &self,
        py: Python<'_>,
        account: (String, String),
        only_account: bool,
        redact_mentions: bool,
        known_as: Vec<String>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let account = people::account(&account)?;
        let whom = if only_account { Whom::Accounts([account].into()) } else { Whom::Customer(account) };
        let mut options = EraseOptions::default();
        options.redact_mentions = redact_mentions;
        options.known_as = known_as.into_iter().collect();
        let now = moment_or_now(py, now)?;
        let receipt = self.with(py, move |desk| desk.erase(&whom, &options, now))?;
        value::to_python(py, &receipt)
    }

    /// Takes what was erased out of the file as well, where a reader stood in the way before: `done` or `pending`; in
    /// PostgreSQL `rows_only`.
    fn scrub(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::to_python(py, &self.with(py, core::Desk::scrub)?)
    }

    /// Everything that the record knows of the customer to whom the account, `(source, native_id)`, belongs: a dictionary
    /// with `format`, `customer`, `identities`, `events` (every event that names them, in order) and `cases`. Places in texts
    /// are counted in bytes, as in every file of the model's own form.
    ///
    /// What other people said to or of them stands in it with those people's names: look at it before it is handed over.
    #[allow(clippy::needless_pass_by_value, reason = "arguments are handed over")]
    fn export(&self, py: Python<'_>, account: (String, String)) -> PyResult<Py<PyAny>> {
        let account = people::account(&account)?;
        let export = self.with(py, move |desk| desk.export(&account))?;
        value::to_python(py, &export)
    }

    /// Takes words and author out of messages of a source that are older than `days`, at most `limit` of them, the oldest
    /// first; what was counted stays. `strangers` takes only those of people of whom nothing else is known.
    ///
    /// Returns a dictionary: `messages`, `more` (then call it again) and `state`.
    #[pyo3(signature = (source, days, *, strangers = false, limit = 10_000, now = None))]
    fn retain(
        &self,
        py: Python<'_>,
        source: &str,
        days: u32,
        strangers: bool,
        limit: usize,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let source = people::read("source", json!(source))?;
        let authors = if strangers { Authors::Strangers } else { Authors::Everybody };
        let rule = Retention { source, keep: Duration::days(days.into()), authors };
        let now = moment_or_now(py, now)?;
        let retained = self.with(py, move |desk| desk.retain(&rule, limit, now))?;
        value::to_python(py, &retained)
    }

    /// Copies the record into a new file, complete and as of one moment. Nobody who was erased is in the copy.
    ///
    /// Raises `scrm.StoreError` when there is a file at `path`, or (kind `unsupported`) when the record is on a server: use
    /// its own means, such as `pg_dump`.
    fn backup(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        self.with(py, move |desk| desk.store().backup_to(&path))
    }

    /// What the host is told to do, from events whose number is greater than `after`, in order: dictionaries with `seq` and
    /// `effect` (`case_opened`, `case_joined`, `case_resolved`, `case_changed`, `incident_changed`, `responded`, `notify`,
    /// `linked`, `erased`).
    #[pyo3(signature = (after = 0, limit = 100))]
    fn effects(&self, py: Python<'_>, after: u64, limit: usize) -> PyResult<Py<PyAny>> {
        let effects = self.with(py, move |desk| desk.effects(after, limit))?;
        value::to_python(py, &effects)
    }

    /// Notes that `consumer` has dealt with every effect up to this number; it never goes back.
    #[pyo3(signature = (seq, *, consumer = "default".to_owned()), text_signature = "($self, seq, *, consumer='default')")]
    fn ack(&self, py: Python<'_>, seq: u64, consumer: String) -> PyResult<()> {
        self.with(py, move |desk| desk.ack(&consumer, seq))
    }

    /// The number of the last effect that `consumer` has dealt with; 0 at first.
    #[pyo3(signature = (*, consumer = "default".to_owned()), text_signature = "($self, *, consumer='default')")]
    fn acked(&self, py: Python<'_>, consumer: String) -> PyResult<u64> {
        self.with(py, move |desk| desk.acked(&consumer))
    }

    /// Sends a response, as far as the record goes: it is on record as sent at `at` (an aware datetime), and its case waits
    /// for the customer. Publishing it is the host's part.
    ///
    /// Returns the record as a dictionary. Raises `scrm.ResponseError` when approvals are missing or it was sent before,
    /// `scrm.StoreError` when the record has no such case.
    fn respond(
        &self,
        py: Python<'_>,
        response: &Bound<'_, Response>,
        at: &Bound<'_, PyAny>,
    ) -> PyResult<Py<PyAny>> {
        let at = moment(at)?;
        let record = response.get().send_by(|response| self.act(py, |desk| desk.respond(response, at)))?;
        value::to_python(py, &record)
    }

    /// One case as it is now, a dictionary; `None` when the record has none of this id.
    fn case(&self, py: Python<'_>, case: &str) -> PyResult<Option<Py<PyAny>>> {
        let case: CaseId = people::id("case", case)?;
        let found = self.with(py, move |desk| desk.case(&case))?;
        found.map(|found| value::to_python(py, &found.case)).transpose()
    }

    /// What happened to a case, in the order of the log: dictionaries with `seq` and `event`.
    fn case_log(&self, py: Python<'_>, case: &str) -> PyResult<Py<PyAny>> {
        let case: CaseId = people::id("case", case)?;
        let log = self.with(py, move |desk| desk.case_log(&case))?;
        let log: Vec<Value> = log
            .into_iter()
            .map(|(seq, event)| {
                let mut event = people::value_of(&event)?;
                if let Some(fields) = event.as_object_mut() {
                    fields.insert("seq".to_owned(), json!(seq));
                }
                Ok(event)
            })
            .collect::<PyResult<_>>()?;
        value::to_python(py, &log)
    }

    /// A person of the team takes a case to answer it, for as long as `[cases]` of `team.toml` says; who has it already, has
    /// it for longer. Returns the case.
    ///
    /// Raises `scrm.DeskError` of kind `claimed` when somebody else has it: `claim` says who and since when, `draft` what they
    /// have written so far.
    #[pyo3(signature = (case, person, *, now = None))]
    fn claim(
        &self,
        py: Python<'_>,
        case: &str,
        person: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        self.act_on(py, case, person, now, scrm_core::desk::Desk::claim)
    }

    /// A person lets a case go that they claimed. Returns the case.
    #[pyo3(signature = (case, person, *, now = None))]
    fn release(
        &self,
        py: Python<'_>,
        case: &str,
        person: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        self.act_on(py, case, person, now, scrm_core::desk::Desk::release)
    }

    /// `person` gives a case to another department, or to somebody (`to`) of it, and says why. Returns the case.
    ///
    /// Raises `scrm.DeskError` when there is no such department, no reason, or it was handed over too often.
    #[pyo3(signature = (case, department, person, reason, *, to = None, now = None))]
    #[allow(clippy::too_many_arguments, reason = "each is one part of handing over")]
    fn hand_over(
        &self,
        py: Python<'_>,
        case: &str,
        department: &str,
        person: &str,
        reason: String,
        to: Option<&str>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let department: Department = people::id("department", department)?;
        let to: Option<PersonId> = to.map(|to| people::id("person", to)).transpose()?;
        self.act_on(py, case, person, now, move |desk, case, person, now| {
            desk.hand_over(case, &department, to.as_ref(), &reason, person, now)
        })
    }

    /// From now on it is somebody else's turn: `on` is `customer`, `third_party` or `hold`. Returns the case.
    #[pyo3(signature = (case, on, person, *, reason = String::new(), now = None),
        text_signature = "($self, case, on, person, *, reason='', now=None)")]
    fn wait(
        &self,
        py: Python<'_>,
        case: &str,
        on: &str,
        person: &str,
        reason: String,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let on: WaitingOn = people::read("turn", json!(on))?;
        self.act_on(py, case, person, now, move |desk, case, person, now| {
            desk.wait(case, on, &reason, person, now)
        })
    }

    /// Work on a case that waits goes on. Returns the case.
    #[pyo3(signature = (case, person, *, now = None))]
    fn resume(
        &self,
        py: Python<'_>,
        case: &str,
        person: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        self.act_on(py, case, person, now, scrm_core::desk::Desk::resume)
    }

    /// The matter is done with, a person says. Returns the case.
    #[pyo3(signature = (case, person, *, now = None))]
    fn resolve(
        &self,
        py: Python<'_>,
        case: &str,
        person: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        self.act_on(py, case, person, now, scrm_core::desk::Desk::resolve)
    }

    /// The matter was not done with after all, a person says. Returns the case.
    #[pyo3(signature = (case, person, *, reason = String::new(), now = None),
        text_signature = "($self, case, person, *, reason='', now=None)")]
    fn reopen(
        &self,
        py: Python<'_>,
        case: &str,
        person: &str,
        reason: String,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        self.act_on(py, case, person, now, move |desk, case, person, now| {
            desk.reopen(case, &reason, person, now)
        })
    }

    /// Gives a case to `to`, as `person` says; without both, to whoever `[assign]` of `team.toml` finds. Returns who has it:
    /// a dictionary with `to` (`person`, `queue` or `unassigned`) and who, which queue, or why nobody.
    #[pyo3(signature = (case, *, to = None, person = None, now = None))]
    fn assign(
        &self,
        py: Python<'_>,
        case: &str,
        to: Option<&str>,
        person: Option<&str>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let case: CaseId = people::id("case", case)?;
        let now = moment_or_now(py, now)?;
        let given = match (to, person) {
            (None, None) => Some(self.act(py, move |desk| desk.assign(&case, now))?),
            (Some(to), Some(person)) => {
                let (to, person): (PersonId, PersonId) =
                    (people::id("person", to)?, people::id("person", person)?);
                self.act(py, move |desk| desk.assign_to(&case, &to, &person, now))?.assigned
            }
            _ => return Err(errors::desk_value("`to` and `person` go together: to whom, and who says so")),
        };
        value::to_python(py, &given)
    }

    /// Tells what has fallen due by `now` (an aware datetime, absent the clock's): warnings, breaches and rungs, each once,
    /// however often this is called; releases claims whose time ran out, and gives cases to people where `team.toml` has
    /// `[assign]`. What must be done about it stands among the effects.
    ///
    /// Returns counts: `looked_at`, `warned`, `breached`, `escalated`, `expired`, `assigned`, `queued`, `unassigned`, `closed`.
    #[pyo3(signature = (now = None))]
    fn tick(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let now = moment_or_now(py, now)?;
        let ticked = self.with(py, move |desk| desk.tick(now))?;
        value::to_python(py, &ticked)
    }

    /// Why the clocks of a case stand where they stand, as text.
    #[pyo3(signature = (case, now = None))]
    fn explain_clock(&self, py: Python<'_>, case: &str, now: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
        let case: CaseId = people::id("case", case)?;
        let now = moment_or_now(py, now)?;
        self.act(py, move |desk| desk.explain_clock(&case, now))
    }

    /// Every incident, over or not: dictionaries with `id`, `opened`, `closed`, `issue`, `spike` and `cases`.
    fn incidents(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let found = self.with(py, |desk| {
            let ids: Vec<_> = desk.incidents()?.into_iter().map(|incident| incident.id).collect();
            let mut found = Vec::new();
            for id in ids {
                found.extend(desk.incident(&id)?);
            }
            Ok(found)
        })?;
        value::to_python(py, &found)
    }

    /// A person says that an incident begins; with `case`, that this case is part of it.
    #[pyo3(signature = (incident, person, *, case = None, issue = None, now = None))]
    fn open_incident(
        &self,
        py: Python<'_>,
        incident: &str,
        person: &str,
        case: Option<&str>,
        issue: Option<&str>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (incident, person): (IncidentId, PersonId) =
            (people::id("incident", incident)?, people::id("person", person)?);
        let issue: Option<Topic> = issue.map(|issue| people::id("issue", issue)).transpose()?;
        let case: Option<CaseId> = case.map(|case| people::id("case", case)).transpose()?;
        let now = moment_or_now(py, now)?;
        self.act(py, move |desk| match case {
            Some(case) => desk.join_incident(&case, &incident, &person, now).map(drop),
            None => desk.open_incident(&incident, issue, &person, now),
        })
    }

    /// A person says that an incident is over.
    #[pyo3(signature = (incident, person, *, now = None))]
    fn close_incident(
        &self,
        py: Python<'_>,
        incident: &str,
        person: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (incident, person): (IncidentId, PersonId) =
            (people::id("incident", incident)?, people::id("person", person)?);
        let now = moment_or_now(py, now)?;
        self.act(py, move |desk| desk.close_incident(&incident, &person, now))
    }

    /// Somebody of the team is away from `now` on, until a time (an aware datetime) or until they are back: they are given
    /// nothing.
    #[pyo3(signature = (person, *, until = None, now = None))]
    fn away(
        &self,
        py: Python<'_>,
        person: &str,
        until: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let person: PersonId = people::id("person", person)?;
        let (until, now) = (until.map(moment).transpose()?, moment_or_now(py, now)?);
        self.act(py, move |desk| desk.away(&person, until, now))
    }

    /// Somebody of the team is there again.
    #[pyo3(signature = (person, *, now = None))]
    fn back(&self, py: Python<'_>, person: &str, now: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let person: PersonId = people::id("person", person)?;
        let now = moment_or_now(py, now)?;
        self.act(py, move |desk| desk.back(&person, now))
    }

    /// Somebody has left the team.
    #[pyo3(signature = (person, *, now = None))]
    fn left(&self, py: Python<'_>, person: &str, now: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let person: PersonId = people::id("person", person)?;
        let now = moment_or_now(py, now)?;
        self.act(py, move |desk| desk.left(&person, now))
    }

    /// The team as assigners see it: dictionaries with `person`, `departments`, `skills`, `capacity`, `load` and `absent`
    /// (why they are not there, else `None`).
    #[pyo3(signature = (now = None))]
    fn team(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let now = moment_or_now(py, now)?;
        let seats = self.with(py, move |desk| desk.team(now))?;
        value::to_python(py, &seats)
    }

    /// Works by another playbook from now on. One that cannot be compiled changes nothing.
    ///
    /// Raises `scrm.PlaybookError` when it cannot be compiled.
    fn reload(&self, py: Python<'_>, playbook: &Bound<'_, Playbook>) -> PyResult<()> {
        let engine = Engine::compile(py, playbook)?;
        let inner = engine.here();
        self.slot.with(py, move |desk| desk.use_engine(inner))?;
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = Py::new(py, engine)?;
        Ok(())
    }

    /// Tries again to read what was put aside, at most `limit` records (of one `input`, or of all). `format` is `jsonl` or
    /// `csv`; rows of CSV are read under `header`, the first line of their file, by `mapping` or the playbook's.
    ///
    /// Returns a dictionary: `released`, `held`, and `kept` (the first 20 that stay aside, each with why).
    #[pyo3(signature = (format = "jsonl", *, header = None, mapping = None, input = None, limit = 1000, now = None))]
    #[allow(clippy::too_many_arguments, reason = "each has a default")]
    fn replay_quarantined(
        &self,
        py: Python<'_>,
        format: &str,
        header: Option<String>,
        mapping: Option<&Bound<'_, PyAny>>,
        input: Option<String>,
        limit: usize,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let now = moment_or_now(py, now)?;
        let engine = self.engine(py).get().here();
        let named = format!("quarantine.{format}");
        let format = input::format(named.as_ref(), Some(format), mapping, engine.playbook())?;
        let replayed = self.slot.with(py, move |desk| {
            desk.replay_quarantined(&format, header.as_deref(), input.as_deref(), limit, now)
        })?;
        let replayed = replayed.map_err(|error| match error {
            IngestError::Input(error) => errors::unread(&error, named),
            IngestError::Store(error) => errors::store(&error),
        })?;
        value::to_python(py, &replayed)
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

    /// A person begins an answer to a case: `author` from `human`, the text, and where it goes otherwise than decided, why
    /// (`reason`). `scale` is `micro` (to one person) or `macro` (to everyone); `visibility`, `source` and `to` (the message
    /// it answers) are as decided and as the customer chose when they are absent.
    ///
    /// Returns the draft as a dictionary. Raises `scrm.DeskError` with the reason as its `kind`: `drafted` (somebody else
    /// writes one: see `responses`), `claimed`, `leak` (see `check_response`), `not_decided`, `private`, `locked`, `empty` …
    #[pyo3(signature = (author, case, text, *, scale = "micro", visibility = None, source = None, to = None, reason = None,
        canned = None, unfilled = None, now = None))]
    #[allow(clippy::too_many_arguments, reason = "each is one field of a draft")]
    fn draft(
        &self,
        py: Python<'_>,
        author: &Bound<'_, HumanAuthor>,
        case: &str,
        text: String,
        scale: &str,
        visibility: Option<&str>,
        source: Option<&str>,
        to: Option<&Bound<'_, PyAny>>,
        reason: Option<String>,
        canned: Option<String>,
        unfilled: Option<Vec<String>>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (case, now): (CaseId, _) = (people::read("case", json!(case))?, moment_or_now(py, now)?);
        let to = to.map(key_of).transpose()?;
        let new = answers::draft(
            text,
            scale,
            visibility,
            source,
            to,
            reason,
            canned,
            unfilled.unwrap_or_default(),
        )?;
        let author = author.get().inner();
        let draft = self.act(py, move |desk| desk.draft(author, &case, new, now))?;
        value::to_python(py, &draft)
    }

    /// A person writes a draft anew, having read `edition` of it. Whoever agreed to the old text has not agreed to the new
    /// one. Returns the draft. Raises `scrm.DeskError` as `draft` does, and with the kind `stale` when it was changed since.
    #[pyo3(signature = (author, response, edition, text, *, now = None))]
    fn revise(
        &self,
        py: Python<'_>,
        author: &Bound<'_, HumanAuthor>,
        response: &str,
        edition: u32,
        text: String,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (id, now): (ResponseId, _) =
            (people::read("response", json!(response))?, moment_or_now(py, now)?);
        let author = author.get().inner();
        let draft = self.act(py, move |desk| desk.revise(author, &id, edition, text, now))?;
        value::to_python(py, &draft)
    }

    /// A person agrees to the edition of a draft that they read, `of` being what the decision calls for. Returns a receipt.
    /// Raises `scrm.DeskError` with the kind `own_work`, `not_in_role`, `not_asked`, `stale` or `no_draft`.
    #[pyo3(signature = (by, response, edition, of, *, now = None))]
    fn approve(
        &self,
        py: Python<'_>,
        by: &Bound<'_, HumanAuthor>,
        response: &str,
        edition: u32,
        of: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (id, now): (ResponseId, _) =
            (people::read("response", json!(response))?, moment_or_now(py, now)?);
        let by = by.get().inner();
        let receipt = self.act(py, move |desk| desk.approve(by, &id, edition, of, now))?;
        value::to_python(py, &receipt)
    }

    /// A person lets a draft go. Returns a receipt.
    #[pyo3(signature = (by, response, *, now = None))]
    fn discard(
        &self,
        py: Python<'_>,
        by: &Bound<'_, HumanAuthor>,
        response: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (id, now): (ResponseId, _) =
            (people::read("response", json!(response))?, moment_or_now(py, now)?);
        let by = by.get().inner();
        let receipt = self.act(py, move |desk| desk.discard(by, &id, now))?;
        value::to_python(py, &receipt)
    }

    /// A draft goes out, as far as the record goes; publishing it is the host's part. Returns the record.
    ///
    /// Raises `scrm.DeskError` with the kind `unapproved`, `unfilled`, `leak`, `hold` or `no_draft`; the draft stays.
    #[pyo3(signature = (response, *, now = None))]
    fn sent(&self, py: Python<'_>, response: &str, now: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let (id, now): (ResponseId, _) =
            (people::read("response", json!(response))?, moment_or_now(py, now)?);
        let record = self.act(py, move |desk| desk.sent(&id, now))?;
        value::to_python(py, &record)
    }

    /// Everything that was written to a case, the oldest first: dictionaries with `draft`, `authors`, `approvals`, `sent`,
    /// `discarded`, `published` and `feedback`, as far as each is.
    fn responses(&self, py: Python<'_>, case: &str) -> PyResult<Py<PyAny>> {
        let case: CaseId = people::read("case", json!(case))?;
        let states = self.with(py, move |desk| desk.responses(&case))?;
        value::to_python(py, &states)
    }

    /// What there is to say of a text to a case before it is written down: `leaks` (what it would tell that is known from a
    /// private message alone; such a text is refused), `findings` (length, legalese, readability, sameness, unfilled),
    /// `content` to offer, `guidelines`, and what was decided: `visibility`, `scale`, `approve`. Spans count code points.
    #[pyo3(signature = (case, text, *, visibility = None))]
    fn check_response(
        &self,
        py: Python<'_>,
        case: &str,
        text: &str,
        visibility: Option<&str>,
    ) -> PyResult<Py<PyAny>> {
        let (case, visibility): (CaseId, _) =
            (people::read("case", json!(case))?, answers::visibility(visibility)?);
        let check = self.act(py, move |desk| desk.check_response(&case, text, visibility))?;
        value::to_python(py, &answers::checked(&check, text)?)
    }

    /// A canned text for a case, as a dictionary: `text`, and `unfilled`, the placeholders that nobody has filled in.
    /// `values` are what only its author knows.
    #[pyo3(signature = (author, case, id, values = None))]
    fn canned(
        &self,
        py: Python<'_>,
        author: &Bound<'_, HumanAuthor>,
        case: &str,
        id: &str,
        values: Option<BTreeMap<String, String>>,
    ) -> PyResult<Py<PyAny>> {
        let case: CaseId = people::read("case", json!(case))?;
        let (author, values) = (author.get().inner(), values.unwrap_or_default());
        let filled = self.act(py, move |desk| desk.canned(author, &case, id, &values))?;
        value::to_python(py, &json!({ "text": filled.text, "unfilled": filled.unfilled }))
    }

    /// Records which message on the network a response became: a `scrm.Message` or `(source, external_id)`. Returns a receipt.
    #[pyo3(signature = (response, message, *, now = None))]
    fn published(
        &self,
        py: Python<'_>,
        response: &str,
        message: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (id, now): (ResponseId, _) =
            (people::read("response", json!(response))?, moment_or_now(py, now)?);
        let message = key_of(message)?;
        let receipt = self.act(py, move |desk| desk.published(&id, message, now))?;
        value::to_python(py, &receipt)
    }

    /// Records what came back on a response: a dictionary with `response`, `kind` (`reply` with `message`, `csat` with
    /// `score` and `best`, `silence`) and `at`. Replies that come in are linked by themselves. Returns a receipt.
    fn feedback(&self, py: Python<'_>, feedback: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let feedback: Feedback = people::read_value("feedback", feedback)?;
        let receipt = self.act(py, move |desk| desk.feedback(feedback))?;
        value::to_python(py, &receipt)
    }

    /// Records silence on every response on which nothing came back within so many `hours`. Returns a receipt.
    #[pyo3(signature = (hours, *, now = None))]
    fn silences(&self, py: Python<'_>, hours: u32, now: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let now = moment_or_now(py, now)?;
        let receipt = self.with(py, move |desk| desk.silences(Duration::hours(i64::from(hours)), now))?;
        value::to_python(py, &receipt)
    }

    /// What our responses did, as a dictionary: `all`, `cases`, `issues` and `rules`, each with how many were answered, and
    /// how people felt before and after.
    fn impact(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let impact = self.with(py, |desk| Ok(desk.impact()?.measure()))?;
        value::to_python(py, &impact)
    }

    /// Who might speak for us, and was not asked yet: dictionaries with `identity`, `reason`, `message`, `case` and `at`.
    #[pyo3(signature = (*, now = None))]
    fn candidates(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let now = moment_or_now(py, now)?;
        let found = self.with(py, move |desk| desk.candidates(now))?;
        value::to_python(py, &found)
    }

    /// A person asks a customer, `(source, native_id)`, whether they may be quoted: `uses` are pairs of what
    /// (`testimonial`, `quote`, `case_study`) and where. Returns the permission asked for, with its `id`.
    #[pyo3(signature = (by, account, case, uses, *, message = None, now = None))]
    #[allow(clippy::too_many_arguments, reason = "each is one field of a permission")]
    #[allow(clippy::needless_pass_by_value, reason = "Python's arguments come by value")]
    fn permission_ask(
        &self,
        py: Python<'_>,
        by: &Bound<'_, HumanAuthor>,
        account: (String, String),
        case: &str,
        uses: Vec<(String, String)>,
        message: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (account, case): (_, CaseId) = (people::account(&account)?, people::read("case", json!(case))?);
        let (message, uses) = (message.map(key_of).transpose()?, answers::uses(uses)?);
        let (by, now) = (by.get().inner(), moment_or_now(py, now)?);
        let asked = self.act(py, move |desk| desk.permission_ask(by, &account, &case, message, uses, now))?;
        value::to_python(py, &asked)
    }

    /// A person records that the customer said yes: to which `uses` (absent: all that were asked), `until` when, and on
    /// what `evidence`. Returns a receipt.
    #[pyo3(signature = (by, permission, *, uses = None, until = None, evidence = None, now = None))]
    #[allow(clippy::too_many_arguments, reason = "each is one field of the answer")]
    fn permission_grant(
        &self,
        py: Python<'_>,
        by: &Bound<'_, HumanAuthor>,
        permission: &str,
        uses: Option<Vec<(String, String)>>,
        until: Option<&Bound<'_, PyAny>>,
        evidence: Option<String>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let id: PermissionId = people::read("permission", json!(permission))?;
        let (uses, until) = (uses.map(answers::uses).transpose()?, until.map(moment).transpose()?);
        let (by, now) = (by.get().inner(), moment_or_now(py, now)?);
        let receipt = self.act(py, move |desk| desk.permission_grant(by, &id, uses, until, evidence, now))?;
        value::to_python(py, &receipt)
    }

    /// A person records that the customer said no. Returns a receipt.
    #[pyo3(signature = (by, permission, *, now = None))]
    fn permission_refuse(
        &self,
        py: Python<'_>,
        by: &Bound<'_, HumanAuthor>,
        permission: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let id: PermissionId = people::read("permission", json!(permission))?;
        let (by, now) = (by.get().inner(), moment_or_now(py, now)?);
        let receipt = self.act(py, move |desk| desk.permission_refuse(by, &id, now))?;
        value::to_python(py, &receipt)
    }

    /// Records that the customer took a permission back: from now on it allows nothing. Returns a receipt.
    #[pyo3(signature = (permission, *, now = None))]
    fn permission_withdraw(
        &self,
        py: Python<'_>,
        permission: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (id, now): (PermissionId, _) =
            (people::read("permission", json!(permission))?, moment_or_now(py, now)?);
        let receipt = self.act(py, move |desk| desk.permission_withdraw(&id, now))?;
        value::to_python(py, &receipt)
    }

    /// Every permission that was asked for, by id: dictionaries with `asked`, `answer` and `withdrawn`, as far as each is.
    fn permissions(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let states = self.with(py, scrm_core::desk::Desk::permissions)?;
        value::to_python(py, &states)
    }

    /// A person makes a testimonial, a quote or a case study of a customer's case: a dictionary with `kind`, `identity`
    /// (`source`, `native_id`), `case`, `text`, and where it has them `message` (`source`, `external_id`) and `title`.
    /// Returns the asset, with its `id`.
    #[pyo3(signature = (by, asset, *, now = None))]
    fn asset_make(
        &self,
        py: Python<'_>,
        by: &Bound<'_, HumanAuthor>,
        asset: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let asset: core::NewAsset = people::read_value("asset", asset)?;
        let (by, now) = (by.get().inner(), moment_or_now(py, now)?);
        let asset = self.act(py, move |desk| desk.asset_make(by, asset, now))?;
        value::to_python(py, &asset)
    }

    /// A person takes an asset out to be shown at a `place`. Returns `asset`, `export` (with the permission) and the `case`
    /// that it leads back to. Raises `scrm.DeskError` of the kind `advocacy` when no permission allows it now.
    #[pyo3(signature = (by, asset, place, *, now = None))]
    fn asset_export(
        &self,
        py: Python<'_>,
        by: &Bound<'_, HumanAuthor>,
        asset: &str,
        place: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (id, now): (AssetId, _) = (people::read("asset", json!(asset))?, moment_or_now(py, now)?);
        let by = by.get().inner();
        let exported = self.act(py, move |desk| desk.asset_export(by, &id, place, now))?;
        value::to_python(py, &exported)
    }

    /// Every asset: dictionaries with `asset`, `uses` (what is allowed now) and `exports` (what it was taken out for).
    #[pyo3(signature = (*, now = None))]
    fn assets(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let now = moment_or_now(py, now)?;
        let states = self.with(py, move |desk| desk.assets(now))?;
        value::to_python(py, &states)
    }

    /// Who lets us quote them now, the one whose word goes farthest first: dictionaries with `identity`, `name`, `uses`,
    /// `followers`, `assets`, `exports` and `since`.
    #[pyo3(signature = (*, now = None))]
    fn advocates(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let now = moment_or_now(py, now)?;
        let found = self.with(py, move |desk| desk.advocates(now))?;
        value::to_python(py, &found)
    }

    /// What people ask for and how much content there is for it: dictionaries with `topic`, `asked` and `contents`, what is
    /// asked most and answered by nothing first.
    fn content_gaps(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let gaps = self.with(py, scrm_core::desk::Desk::content_gaps)?;
        value::to_python(py, &gaps)
    }

    /// A person begins a programme of seven steps over what is said from a time on. Returns a receipt.
    #[pyo3(signature = (by, id, since, *, until = None, brand = None, now = None))]
    #[allow(clippy::too_many_arguments, reason = "each is one field of a programme")]
    fn programme_begin(
        &self,
        py: Python<'_>,
        by: &Bound<'_, HumanAuthor>,
        id: &str,
        since: &Bound<'_, PyAny>,
        until: Option<&Bound<'_, PyAny>>,
        brand: Option<&str>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let scope: ProgrammeScope = people::read(
            "programme",
            json!({
                "id": id, "brand": brand, "from": moment(since)?, "until": until.map(moment).transpose()?,
                "person": by.get().inner().person(), "at": moment_or_now(py, now)?,
            }),
        )?;
        let receipt = self.act(py, move |desk| desk.programme_begin(scope))?;
        value::to_python(py, &receipt)
    }

    /// A person plans how an issue is resolved: who answers for it (`owner`), and which way it goes (`path`). Returns a receipt.
    #[pyo3(signature = (by, id, issue, owner, path, *, now = None))]
    #[allow(clippy::too_many_arguments, reason = "each is one field of a plan")]
    fn programme_plan(
        &self,
        py: Python<'_>,
        by: &Bound<'_, HumanAuthor>,
        id: &str,
        issue: &str,
        owner: &str,
        path: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (id, issue): (ProgrammeId, Topic) =
            (people::read("programme", json!(id))?, people::read("issue", json!(issue))?);
        let (owner, now): (PersonId, _) = (people::read("person", json!(owner))?, moment_or_now(py, now)?);
        let by = by.get().inner();
        let receipt = self.act(py, move |desk| desk.programme_plan(by, &id, &issue, &owner, path, now))?;
        value::to_python(py, &receipt)
    }

    /// A person opens engagement. Raises `scrm.DeskError` of the kind `programme` while one of the first six steps is not
    /// complete. Returns a receipt.
    #[pyo3(signature = (by, id, *, now = None))]
    fn programme_activate(
        &self,
        py: Python<'_>,
        by: &Bound<'_, HumanAuthor>,
        id: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (id, now): (ProgrammeId, _) = (people::read("programme", json!(id))?, moment_or_now(py, now)?);
        let by = by.get().inner();
        let receipt = self.act(py, move |desk| desk.programme_activate(by, &id, now))?;
        value::to_python(py, &receipt)
    }

    /// A programme as it stands, as a dictionary: `steps` (each with `number`, `name`, `done` and `says`), what each of them
    /// shows (`messages`, `people`, `brands`, `products`, `days`, `samples`, `raised`) and what people planned (`plans`).
    fn programme(&self, py: Python<'_>, id: &str) -> PyResult<Py<PyAny>> {
        let id: ProgrammeId = people::read("programme", json!(id))?;
        let programme = self.act(py, move |desk| desk.programme(&id))?;
        value::to_python(py, &programme)
    }

    /// The engine it works with.
    #[getter]
    fn engine(&self, py: Python<'_>) -> Py<Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner).clone_ref(py)
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
    fn import(
        &self,
        py: Python<'_>,
        kind: ImportKind,
        rows: &Bound<'_, PyAny>,
        name: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let now = moment_or_now(py, now)?;
        let rows: Vec<Value> = people::read_all("row", rows)?;
        let imported = self.with(py, move |desk| desk.import(kind, name, (1..).zip(rows), now))?;
        value::to_python(py, &imported)
    }

    /// What a person does with a case, and the case as it then is.
    fn act_on(
        &self,
        py: Python<'_>,
        case: &str,
        person: &str,
        now: Option<&Bound<'_, PyAny>>,
        work: impl FnOnce(&mut Inner, &CaseId, &PersonId, DateTime<Utc>) -> Result<Case, DeskError> + Send,
    ) -> PyResult<Py<PyAny>> {
        let (case, person): (CaseId, PersonId) = (people::id("case", case)?, people::id("person", person)?);
        let now = moment_or_now(py, now)?;
        let case = self.act(py, move |desk| work(desk, &case, &person, now))?;
        value::to_python(py, &case)
    }

    fn act<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Inner) -> Result<R, DeskError> + Send,
    ) -> PyResult<R> {
        self.slot.with(py, work)?.map_err(|error| errors::desk(&error))
    }

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
