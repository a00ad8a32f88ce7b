//! What do the rules say, why, and what if? A protocol for Python.
//!
//! Read [`Protocol`] first.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyType};
use scrm_core::model::Limits;
use scrm_core::playbook as core;
use scrm_core::route::diagram::{What, graphviz, mermaid};
use scrm_core::route::import::{self, Tool};
use scrm_core::route::{self, Budget, Domain, Facet, Finding, Given, Inquiry, Router};
use serde::Serialize;

use super::errors::{self, ScrmError};
use super::gil::{CHUNK, caught, detached, turn};
use super::playbook::{Playbook, diagnostics};
use super::time::{self, moment_or_now};
use super::value::{self, Unfit, kind_of};

/// A protocol: rules that decide who answers, where, how fast and with what, and why.
///
/// Made with `Protocol.load(path)` of a file in which it stands alone (TOML, or JSON when it ends in `.json`) or of the
/// folder of a playbook, with `Protocol.from_text(text)`, or with `Protocol.of(playbook)`. It decides on *facts*:
/// dictionaries with the fields of conditions as keys, `{"type": "complaint", "influence": 91}`; what is absent is
/// unknown. For messages there is `Engine`. Two are equal when their rules and calendars are, however they were written.
/// Threads may share it. Pickles as its text.
///
/// Everything raises `scrm.MessageError` on facts that are none, with every fault, and `TypeError` on what is no dictionary.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Protocol {
    pub(super) playbook: Arc<core::Playbook>,
    pub(super) router: Router,
}

#[pymethods]
impl Protocol {
    /// Reads a file in which a protocol stands alone, or the folder of a playbook.
    ///
    /// Raises `scrm.PlaybookError` with every fault.
    #[staticmethod]
    #[pyo3(signature = (path, /))]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        Self::read(py, move || core::Playbook::load(path))
    }

    /// Reads a text: TOML, or JSON when `name` ends in `.json`.
    ///
    /// Raises `scrm.PlaybookError` with every fault.
    #[staticmethod]
    ///
    /// `holidays` are the texts of the iCalendar files that its calendars name, by file name; `load` finds them beside the
    /// file.
    #[pyo3(signature = (text, name = "protocol.toml", holidays = None))]
    fn from_text(
        py: Python<'_>,
        text: &str,
        name: &str,
        holidays: Option<BTreeMap<String, String>>,
    ) -> PyResult<Self> {
        let holidays = holidays.unwrap_or_default();
        Self::read(py, || core::Playbook::from_file_with(name, text, &holidays, &Limits::DEFAULT))
    }

    /// The protocol of a playbook.
    #[staticmethod]
    #[pyo3(signature = (playbook, /))]
    fn of(playbook: &Bound<'_, Playbook>) -> PyResult<Self> {
        let inner = Arc::clone(&playbook.get().inner);
        detached(playbook.py(), || Self::made(inner))
    }

    /// What is probably not what was meant, though it can be used: a list of `scrm.Diagnostic`.
    fn check(&self, py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
        diagnostics(py, self.playbook.warnings())
    }

    /// What is decided on facts: a dictionary, or for an iterable of facts a list of dictionaries.
    ///
    /// `now` is the time it is decided for where the facts have no `at`: an aware datetime, or else the time of the clock.
    #[pyo3(signature = (facts, now = None))]
    #[allow(
        clippy::redundant_closure_for_method_calls,
        reason = "the method alone stands for one lifetime only"
    )]
    fn decide(&self, facts: &Bound<'_, PyAny>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        self.each(facts, now, |inquiry| inquiry.decide())
    }

    /// Why facts are decided as they are: each facet with the rules behind it and those that were overridden, what held,
    /// and which rules nearly held, each with the smallest change that would make it.
    #[pyo3(signature = (facts, now = None))]
    #[allow(
        clippy::redundant_closure_for_method_calls,
        reason = "the method alone stands for one lifetime only"
    )]
    fn explain(&self, facts: &Bound<'_, PyAny>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        self.each(facts, now, |inquiry| inquiry.explain())
    }

    /// The same as a text for people.
    #[pyo3(signature = (facts, now = None))]
    fn explain_text(&self, facts: &Bound<'_, PyAny>, now: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
        let (given, now) = (self.given(facts, None)?, moment_or_now(facts.py(), now)?);
        Ok(route::explain(&self.router.about_given(&given, now).decide()))
    }

    /// Why a rule does not fire: the questions in its way with the values they saw, the smallest change of the facts that
    /// would make it fire, and what that would change.
    ///
    /// Raises `ValueError` when there is no such rule.
    #[pyo3(signature = (rule, facts, now = None))]
    fn why_not(
        &self,
        rule: &str,
        facts: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let py = facts.py();
        let (given, now) = (self.given(facts, None)?, moment_or_now(py, now)?);
        let found = detached(py, || self.router.about_given(&given, now).why_not(rule))?;
        value::to_python(py, &found.map_err(|error| PyValueError::new_err(error.to_string()))?)
    }

    /// What would be decided if some facts were otherwise: `before`, `after`, and the facets that differ.
    #[pyo3(signature = (facts, changes, now = None))]
    fn what_if(
        &self,
        facts: &Bound<'_, PyAny>,
        changes: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let py = facts.py();
        let (given, changes) = (self.given(facts, None)?, self.given(changes, None)?);
        let now = moment_or_now(py, now)?;
        value::to_python(py, &detached(py, || self.router.about_given(&given, now).what_if(&changes))?)
    }

    /// What the rules can do together: conflicts, gaps, rules that never decide, and the like; a list of `scrm.Finding`,
    /// each proven, with the facts of a witness where one is possible.
    ///
    /// With `unknown` any fact may be unknown; `on` is the day whose rules are looked at, else rules that are in force on
    /// different days never meet; `budget` are the steps of the proof, and what they do not suffice for is told as P090.
    #[pyo3(signature = (*, unknown = false, on = None, budget = None))]
    fn analyze(
        &self,
        py: Python<'_>,
        unknown: bool,
        on: Option<&Bound<'_, PyAny>>,
        budget: Option<u64>,
    ) -> PyResult<Vec<Py<PyAny>>> {
        static FINDING: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let protocol = &self.playbook.protocol;
        let mut domain = Domain::of(protocol, protocol.vocabulary());
        if unknown {
            domain = domain.with_unknown();
        }
        if let Some(day) = on {
            domain = domain.on(time::day(day)?);
        }
        let budget = budget.map_or_else(Budget::default, Budget::steps);
        let team = Some(&self.playbook.team).filter(|team| !team.departments.is_empty());
        let analysis = detached(py, || protocol.analyze(&domain, &self.playbook.calendars, team, budget))?;
        let class = FINDING.import(py, "scrm.findings", "Finding")?;
        let one = |finding: &Finding| {
            let witness =
                finding.witness.as_ref().map(|witness| value::to_python(py, witness)).transpose()?;
            let fields = (
                finding.code,
                &finding.rules,
                finding.facet.map(Facet::as_str),
                finding.grade.as_str(),
                &finding.message,
                &finding.help,
                witness,
                &finding.assuming,
            );
            Ok(class.call1(fields)?.unbind())
        };
        analysis.findings().iter().map(one).collect()
    }

    /// The protocol's id.
    #[getter]
    fn id(&self) -> &str {
        self.playbook.protocol.id()
    }

    /// The protocol's version.
    #[getter]
    fn version(&self) -> &str {
        self.playbook.protocol.version()
    }

    /// The hash over the rules in their canonical form; every decision carries it.
    #[getter]
    fn hash(&self) -> &str {
        self.playbook.protocol.hash()
    }

    /// The rules, in the order of their ids: dictionaries with `id`, `owner`, `why`, `when`, `shadow`.
    #[getter]
    fn rules<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let rule = |rule: &route::Rule| {
            let dict = PyDict::new(py);
            dict.set_item("id", rule.id.as_str())?;
            dict.set_item("owner", &rule.owner)?;
            dict.set_item("why", &rule.why)?;
            dict.set_item("when", rule.when.to_string())?;
            dict.set_item("shadow", rule.shadow)?;
            Ok(dict)
        };
        self.playbook.protocol.rules().iter().map(rule).collect()
    }

    /// A drawing of the rules, of `departments` or of `ladders`, as text for Mermaid or for `graphviz`.
    #[pyo3(signature = (what = "rules", format = "mermaid"))]
    fn diagram(&self, what: &str, format: &str) -> PyResult<String> {
        let one_of = |name: &str, given: &str, known: &str| {
            PyValueError::new_err(format!("`{name}` is one of {known}, not {given:?}"))
        };
        let what = What::parse(what).ok_or_else(|| one_of("what", what, "rules, departments, ladders"))?;
        match format {
            "mermaid" => Ok(mermaid(&self.playbook.protocol, what)),
            "graphviz" => Ok(graphviz(&self.playbook.protocol, what)),
            other => Err(one_of("format", other, "mermaid, graphviz")),
        }
    }

    /// The rules as TOML in one form, whatever way they were written: it reads back as the same protocol.
    fn canonical(&self) -> String {
        self.playbook.protocol.canonical()
    }

    fn __len__(&self) -> usize {
        self.playbook.protocol.rules().len()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| {
            let (one, other) = (&self.playbook, &other.get().playbook);
            let calendars = |playbook: &core::Playbook| {
                let calendars = playbook.calendars.clone();
                calendars.ids().filter_map(|id| calendars.get(id).cloned()).collect::<Vec<_>>()
            };
            one.protocol.hash() == other.protocol.hash() && calendars(one) == calendars(other)
        })
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash().hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        format!("<scrm.Protocol {} {}: {} rules>", self.id(), self.version(), self.__len__())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let py = slf.py();
        let class = slf.get_type();
        let playbook = &slf.get().playbook;
        if let Some((name, text)) = playbook.alone() {
            let sources = playbook.warnings().sources();
            let holidays = sources.names().filter(|name| name.ends_with(core::HOLIDAYS));
            let holidays: BTreeMap<&str, &str> =
                holidays.filter_map(|name| Some((name, sources.get(name)?))).collect();
            return Ok((class.getattr("from_text")?, (text, name, holidays).into_pyobject(py)?.into_any()));
        }
        let playbook = Playbook { inner: Arc::clone(playbook) };
        Ok((class.getattr("of")?, (playbook,).into_pyobject(py)?.into_any()))
    }
}

impl Protocol {
    fn made(playbook: Arc<core::Playbook>) -> Self {
        let router = Router::compile(playbook.protocol.clone(), playbook.calendars.clone());
        Self { playbook, router }
    }

    fn read(
        py: Python<'_>,
        read: impl FnOnce() -> Result<core::Playbook, core::PlaybookError> + Send,
    ) -> PyResult<Self> {
        let made = detached(py, || read().map(|playbook| Self::made(Arc::new(playbook))))?;
        made.map_err(|error| errors::playbook(py, &error))
    }

    /// Answers one dictionary of facts, or each of many.
    fn each<T: Serialize + Send>(
        &self,
        facts: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
        answer: impl Fn(&Inquiry<'_>) -> T + Send + Sync,
    ) -> PyResult<Py<PyAny>> {
        let py = facts.py();
        let now = moment_or_now(py, now)?;
        if facts.cast::<PyDict>().is_ok() {
            let given = self.given(facts, None)?;
            return value::to_python(py, &detached(py, || answer(&self.router.about_given(&given, now)))?);
        }
        if facts.cast::<PyString>().is_ok() {
            return Err(PyTypeError::new_err(
                "facts are a dictionary, or an iterable of dictionaries, not a str",
            ));
        }
        let list = PyList::empty(py);
        let mut chunk = Vec::new();
        let mut rows = facts.try_iter()?.enumerate();
        loop {
            let row = rows.next();
            let ended = row.is_none();
            if let Some((index, row)) = row {
                chunk.push(self.given(&row?, Some(index))?);
            }
            if ended || chunk.len() == CHUNK {
                let answers = detached(py, || {
                    let answers = chunk.iter().map(|given| answer(&self.router.about_given(given, now)));
                    answers.map(|answer| value::json(&answer)).collect::<PyResult<Vec<String>>>()
                })??;
                for answer in answers {
                    list.append(value::loads(py, &answer)?)?;
                }
                chunk.clear();
                turn(py)?;
            }
            if ended {
                return Ok(list.into_any().unbind());
            }
        }
    }

    /// The facts of a dictionary; `index` says which of many it is.
    fn given(&self, facts: &Bound<'_, PyAny>, index: Option<usize>) -> PyResult<Given> {
        let which = index.map_or_else(String::new, |index| format!("facts {index}: "));
        let json = match value::from_python(facts) {
            Ok(json) => json,
            Err(Unfit::Raised(error)) => return Err(error),
            Err(Unfit::Value { path, fault }) => {
                let place = if path.is_empty() { String::new() } else { format!("`{path}`: ") };
                return Err(errors::MessageError::new_err((
                    format!("{which}{place}{fault}"),
                    "facts",
                    Some(path),
                    index,
                )));
            }
        };
        if !json.is_object() {
            return Err(PyTypeError::new_err(format!(
                "{which}facts are a dictionary, not {}",
                kind_of(facts)
            )));
        }
        let text = serde_json::to_string(&json).map_err(|error| ScrmError::new_err(error.to_string()))?;
        let read = || {
            let read = Given::from_json(&text, self.playbook.protocol.vocabulary());
            read.map_err(|report| format!("{which}these are no facts\n\n{report}"))
        };
        caught(read)?.map_err(|fault| errors::MessageError::new_err((fault, "facts", None::<String>, index)))
    }
}

/// Makes a protocol of the rules of another tool: `zendesk`, `chatwoot` or `zammad`, as it exports them in JSON.
///
/// Returns a dictionary with `protocol` (TOML, for `Protocol.from_text`), `rules` (how many), and `notes`, dictionaries of
/// what it could not say. Raises `ValueError` when there is no such tool, `scrm.InputError` when the text is no export of it.
#[pyfunction]
#[pyo3(signature = (text, *, tool))]
pub(super) fn import_rules<'py>(py: Python<'py>, text: &str, tool: &str) -> PyResult<Bound<'py, PyDict>> {
    let known = || Tool::ALL.iter().map(|tool| tool.as_str()).collect::<Vec<_>>().join(", ");
    let tool = Tool::parse(tool)
        .ok_or_else(|| PyValueError::new_err(format!("`tool` is one of {}, not {tool:?}", known())))?;
    let imported = detached(py, || import::import(tool, text, &Limits::DEFAULT))?
        .map_err(|error| errors::input("other", error.to_string(), None))?;
    let notes = PyList::empty(py);
    for note in &imported.notes {
        let dict = PyDict::new(py);
        dict.set_item("rule", &note.rule)?;
        dict.set_item("severity", note.severity.as_str())?;
        dict.set_item("message", &note.message)?;
        notes.append(dict)?;
    }
    let dict = PyDict::new(py);
    dict.set_item("protocol", &imported.protocol)?;
    dict.set_item("rules", imported.rules)?;
    dict.set_item("notes", notes)?;
    Ok(dict)
}
