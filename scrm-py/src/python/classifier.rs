//! What is a text by itself, for Python? Labels as dictionaries, and why as something to look at.
//!
//! Read [`Classifier`] first. The labels are those of `scrm classify`, letter for letter.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyMapping, PyString};
use scrm_core::classify::{Settings, Thresholds};
use scrm_core::diagnostic::Report;
use scrm_core::listen::{TopicEntry, Topics};
use scrm_core::model::{Limits, Message, Topic};
use scrm_core::playbook as core;
use scrm_core::query::Dialect;
use serde_json::{Map, Value, json};

use super::errors::{self, ListenError, PlaybookError};
use super::gil::{caught, detached};
use super::message::{Messages, said_of};
use super::monitors::{parsed, text_of};
use super::playbook::{self, Playbook};
use super::threads::{spread, threads_of};
use super::value;
use crate::common::{self, Judge, Judged, Labels};

/// Says what a text is: its type, sentiment, topics and language, the action it needs, noise and personal data.
///
/// `topics` are the topics to look for: the path of a `topics.toml`, a dictionary of queries by path (`{"billing.refund":
/// 'refund* OR "money back"'}`; with examples to learn from, `{"query": ..., "examples": [...]}` in place of the query), or a `scrm.Playbook` or the path of its folder, of which the thresholds are used as well;
/// absent, none are. `type`, `sentiment`, `issue` (of topics), `action` and `language` are the confidences, 0 to 1, below
/// which each is unknown.
///
/// No monitor is asked: a text is never noise because none matches it. A text is a `str`, which stands for a public post
/// of which nothing else is known, or a message as everywhere else. Threads may share it. Pickles as what it was made of.
///
/// Raises `scrm.PlaybookError` when a file has faults, `scrm.QueryError` when a query has, `scrm.ListenError` when a
/// topic's path is none, and `ValueError` when a threshold does not lie between 0 and 1.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Classifier {
    judge: Arc<Judge>,
    source: Source,
}

/// The arguments that a classifier was made with: the topics, and thresholds by name.
type Made = ((Option<Py<PyAny>>,), Py<PyAny>);

/// What the topics were made of.
enum Source {
    Nothing,
    Queries(Map<String, Value>),
    Playbook(Py<Playbook>),
}

#[pymethods]
impl Classifier {
    #[new]
    #[pyo3(signature = (topics = None, *, r#type = None, sentiment = None, issue = None, action = None, language = None))]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        topics: Option<&Bound<'_, PyAny>>,
        r#type: Option<f32>,
        sentiment: Option<f32>,
        issue: Option<f32>,
        action: Option<f32>,
        language: Option<f32>,
    ) -> PyResult<Self> {
        let (source, topics, settings, limits) = source_of(py, topics)?;
        let base = settings.thresholds;
        let known = |name: &str, given: Option<f32>, base: f32| match given {
            None => Ok(base),
            Some(given) if (0.0..=1.0).contains(&given) => Ok(given),
            Some(given) => {
                Err(PyValueError::new_err(format!("`{name}` lies between 0 and 1, and {given} does not")))
            }
        };
        let thresholds = Thresholds {
            kind: known("type", r#type, base.kind)?,
            sentiment: known("sentiment", sentiment, base.sentiment)?,
            issue: known("issue", issue, base.issue)?,
            action: known("action", action, base.action)?,
            language: known("language", language, base.language)?,
        };
        let judge = detached(py, || Judge::new(&topics, Settings { thresholds, ..settings }, &limits))?;
        let judge = judge.map_err(|error| errors::compile(&error))?;
        Ok(Self { judge: Arc::new(judge), source })
    }

    /// What a text is, as a dictionary: `type` and `types`, `sentiment` (with `label`, `score` from -1 to 1, and
    /// `confidence`), `topics`, `action`, `noise` (with `reason` and `confidence`), `language`, and `pii`: personal data,
    /// each with `kind`, `start` and `end` in code points. `None` is unknown; for `noise`, that it is none.
    ///
    /// Raises `scrm.MessageError` when it is no message.
    #[pyo3(signature = (text, /))]
    fn classify(&self, py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let message = said_of(text, 0).map_err(|refusal| refusal.raise(None))?;
        let json = detached(py, || label(&self.judge, &message, false))??;
        value::loads(py, &json)
    }

    /// What each text is: a list in their order, the same for any number of threads.
    ///
    /// `texts` is any iterable of texts and messages. In the query of a topic, `is:duplicate` holds in one that says what
    /// an earlier one said, among the last 100,000. `threads` is the number of threads; absent, one for each processor.
    /// Other Python threads run meanwhile, and Ctrl-C stops it.
    ///
    /// Raises `scrm.MessageError`, whose `index` says which one is no message.
    #[pyo3(signature = (texts, threads = None))]
    fn classify_all(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        threads: Option<usize>,
    ) -> PyResult<Py<PyList>> {
        let threads = threads_of(threads)?;
        let mut texts = Messages::texts(texts)?;
        let labels = PyList::empty(py);
        let mut memory = self.judge.duplicates();
        loop {
            let chunk = texts.next()?;
            if chunk.is_empty() {
                return Ok(labels.unbind());
            }
            let list = detached(py, || {
                let repeats = match &mut memory {
                    Some(memory) => memory.observe_all(&chunk),
                    None => vec![false; chunk.len()],
                };
                let chunk: Vec<_> = chunk.iter().zip(repeats).collect();
                let each =
                    spread(&chunk, threads, |(message, repeats)| label(&self.judge, message, *repeats));
                each.into_iter().collect::<PyResult<Vec<_>>>().map(|each| format!("[{}]", each.join(",")))
            })??;
            labels.call_method1("extend", (value::loads(py, &list)?,))?;
        }
    }

    /// What a text is, and why: something to print, and to look at in a notebook.
    ///
    /// Raises `scrm.MessageError` when it is no message.
    #[pyo3(signature = (text, /))]
    fn explain(&self, py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<Explanation> {
        explained(py, &self.judge, text)
    }

    /// The confidences below which each axis is unknown, by its name.
    #[getter]
    fn thresholds(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let Thresholds { kind, sentiment, issue, action, language } = *self.judge.thresholds();
        let named = [
            ("type", kind),
            ("sentiment", sentiment),
            ("issue", issue),
            ("action", action),
            ("language", language),
        ];
        value::to_python(py, &named.into_iter().collect::<BTreeMap<_, _>>())
    }

    fn __getnewargs_ex__(&self, py: Python<'_>) -> PyResult<Made> {
        let topics = match &self.source {
            Source::Nothing => None,
            Source::Queries(queries) => Some(value::to_python(py, queries)?),
            Source::Playbook(playbook) => Some(playbook.clone_ref(py).into_any()),
        };
        Ok(((topics,), self.thresholds(py)?))
    }
}

/// What a text is, and why.
///
/// Made with `scrm.explain(text)` or `Classifier.explain(text)`. `print` shows a small table; a notebook shows the text
/// with its words in colour, green for what speaks for a label and red for what speaks against it.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Explanation {
    message: Message,
    judged: Judged,
}

#[pymethods]
impl Explanation {
    /// What was explained.
    #[getter]
    fn text(&self) -> &str {
        self.message.text()
    }

    /// What `classify` says, and besides: `confidence` of every axis, `influence` of the author, `evidence` for `type`,
    /// `sentiment`, `topics`, `action` and `noise`, each piece with `cue`, `weight`, and `start` and `end` in code points
    /// (`None` when it stands in no one place), `levels` (how likely each level of action is asked for), and the `model`.
    fn to_dict(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::to_python(py, &Labels::explained(&self.judged, self.message.text(), None))
    }

    fn __str__(&self) -> String {
        common::table(&self.judged, &self.message)
    }

    /// The text stays out: what is printed ends in logs.
    fn __repr__(&self) -> String {
        let kind = self.judged.classification.kind.value.map_or("unknown type", |kind| kind.as_str());
        let feels = self.judged.sentiment().map_or("unknown sentiment", |label| label.as_str());
        let length = self.text().chars().count();
        format!("<scrm.Explanation {kind}, {feels}, {length} characters>")
    }

    fn _repr_html_(&self) -> String {
        common::html(&self.judged, &self.message)
    }
}

/// What a text is, and why, by the thresholds of the library: something to print, and to look at in a notebook.
///
/// Raises `scrm.MessageError` when it is no message.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(super) fn explain(py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<Explanation> {
    static JUDGE: OnceLock<Judge> = OnceLock::new();
    let judge = match JUDGE.get() {
        Some(judge) => judge,
        None => {
            let none = || Judge::new(&Topics::default(), Settings::default(), &Limits::DEFAULT);
            let judge = detached(py, none)?.map_err(|error| errors::compile(&error))?;
            JUDGE.get_or_init(|| judge)
        }
    };
    explained(py, judge, text)
}

fn explained(py: Python<'_>, judge: &Judge, text: &Bound<'_, PyAny>) -> PyResult<Explanation> {
    let message = said_of(text, 0).map_err(|refusal| refusal.raise(None))?;
    let judged = detached(py, || judge.explain(&message, false))?;
    Ok(Explanation { message, judged })
}

fn label(judge: &Judge, message: &Message, repeats: bool) -> PyResult<String> {
    value::json(&Labels::new(&judge.judge(message, repeats), message.text(), None))
}

/// What the topics are made of, the topics, and the settings and limits that come with them.
fn source_of(
    py: Python<'_>,
    topics: Option<&Bound<'_, PyAny>>,
) -> PyResult<(Source, Topics, Settings, Limits)> {
    let (settings, limits) = (Settings::default(), Limits::DEFAULT);
    let Some(topics) = topics else {
        return Ok((Source::Nothing, Topics::default(), settings, limits));
    };
    if let Ok(playbook) = topics.cast::<Playbook>() {
        return Ok(of_playbook(playbook));
    }
    if let Ok(mapping) = topics.cast::<PyMapping>() {
        let topics = of_queries(mapping)?;
        return Ok((Source::Queries(queries_of(&topics)), topics, settings, limits));
    }
    if let Ok(path) = topics.extract::<PathBuf>() {
        if path.is_dir() {
            let read = detached(py, move || core::Playbook::load(path))?;
            let inner = Arc::new(read.map_err(|error| errors::playbook(py, &error))?);
            return Ok(of_playbook(&Bound::new(py, Playbook { inner })?));
        }
        let topics = of_file(py, &path)?;
        return Ok((Source::Queries(queries_of(&topics)), topics, settings, limits));
    }
    if topics.is_instance_of::<PyString>() {
        return Err(PlaybookError::new_err("the path holds half a character (a lone surrogate)"));
    }
    let kind = value::kind_of(topics);
    let fault = format!("`topics` are a path, a dictionary of queries or a scrm.Playbook, not {kind}");
    Err(PyTypeError::new_err(fault))
}

fn of_playbook(playbook: &Bound<'_, Playbook>) -> (Source, Topics, Settings, Limits) {
    let inner = &playbook.get().inner;
    let source = Source::Playbook(playbook.clone().unbind());
    (source, inner.topics.clone(), common::settings_of(inner), inner.limits().clone())
}

fn of_file(py: Python<'_>, path: &Path) -> PyResult<Topics> {
    let shown = path.to_string_lossy().into_owned();
    let read: Result<(Topics, Report), String> = detached(py, || common::read_topics(path))?;
    let (topics, report) = read.map_err(|fault| {
        let none: Vec<Py<PyAny>> = Vec::new();
        PlaybookError::new_err((fault, none, shown))
    })?;
    if report.errors() > 0 {
        let fault = caught(|| format!("the topics cannot be used\n\n{report}"))?;
        return Err(PlaybookError::new_err((fault, playbook::diagnostics(py, &report)?)));
    }
    Ok(topics)
}

/// Topics of queries by path: texts, or dictionaries of a `query` and `examples`.
fn of_queries(queries: &Bound<'_, PyMapping>) -> PyResult<Topics> {
    let mut topics = Topics::default();
    for pair in queries.items()?.iter() {
        let (path, entry) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let Ok(path) = path.cast::<PyString>() else {
            return Err(no_topic(None, "its path is a text"));
        };
        let name = text_of(path, "the path of a topic")?;
        let refuse = |fault: &str| no_topic(Some(&name), fault);
        let path = Topic::new(&name).map_err(|error| refuse(&error.to_string()))?;
        if name.split('.').any(str::is_empty) {
            return Err(refuse("it has an empty part; write parts joined by one dot: `service.delay`"));
        }
        let (query, examples) = query_of(&entry, &refuse)?;
        let query = parsed(queries.py(), Some(&name), &query, Dialect::Native)?;
        let entry = TopicEntry { path: path.clone(), name, owner: None, query, sensitive: false, examples };
        topics.0.insert(path, entry);
    }
    Ok(topics)
}

/// The query of a topic and its examples.
fn query_of(entry: &Bound<'_, PyAny>, refuse: &dyn Fn(&str) -> PyErr) -> PyResult<(String, Vec<String>)> {
    const FORM: &str = "it is a query, or a dictionary with `query` and perhaps `examples`, a list of texts";
    if let Ok(query) = entry.cast::<PyString>() {
        return Ok((text_of(query, "the query of a topic")?, Vec::new()));
    }
    let Ok(table) = entry.cast::<PyMapping>() else { return Err(refuse(FORM)) };
    let (mut query, mut examples) = (None, Vec::new());
    for pair in table.items()?.iter() {
        let (name, value) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        match name.extract::<String>().as_deref() {
            Ok("query") => query = value.extract::<String>().ok(),
            Ok("examples") => examples = value.extract().map_err(|_| refuse(FORM))?,
            _ => return Err(refuse(FORM)),
        }
    }
    query.map(|query| (query, examples)).ok_or_else(|| refuse(FORM))
}

fn no_topic(name: Option<&str>, fault: &str) -> PyErr {
    let topic = name.map_or_else(|| "a topic".to_owned(), |name| format!("topic `{name}`"));
    ListenError::new_err((format!("{topic}: {fault}"), "topic", name.map(str::to_owned)))
}

/// What [`of_queries`] reads the same topics from.
fn queries_of(topics: &Topics) -> Map<String, Value> {
    let one = |(path, topic): (&Topic, &TopicEntry)| {
        let query = topic.query.to_string();
        let entry = if topic.examples.is_empty() {
            Value::String(query)
        } else {
            json!({ "query": query, "examples": topic.examples })
        };
        (path.as_str().to_owned(), entry)
    };
    topics.0.iter().map(one).collect()
}
