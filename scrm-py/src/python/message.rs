//! What was said, as Python gives it? A dictionary, a JSON text or a [`Message`]: checked once, then frozen.
//!
//! Read [`Message`] first, then [`message_of`], through which every message comes in.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyMapping, PyString};
use scrm_core::model::{self, MessageBuilder};
use serde::de::Deserializer;

use super::errors::{BadMessage, message_kind};
use super::gil::{CHUNK, turn};
use super::value::{self, Unfit, kind_of, to_python};
use super::{errors, spans};
use crate::common;

/// One utterance from any channel, checked and frozen.
///
/// Made from a dictionary, or from a JSON text. The dictionary has the fields of the JSON form; times may be aware
/// datetimes, and `start` and `end` of its `spans` count code points. The JSON text is the form in which messages are
/// stored; its spans count bytes of UTF-8.
///
/// Required: `source`, `external_id`, `kind`, `visibility`, `text`, and `times` with `created` or `observed`.
///
/// Raises `scrm.MessageError` when it is no message.
#[pyclass(frozen, eq, module = "scrm")]
#[derive(PartialEq)]
pub(super) struct Message {
    pub(super) inner: model::Message,
}

#[pymethods]
impl Message {
    #[new]
    #[pyo3(signature = (message, /))]
    fn new(message: &Bound<'_, PyAny>) -> PyResult<Self> {
        let inner = message_of(message).map_err(|refusal| refusal.raise(None))?;
        Ok(Self { inner })
    }

    /// Where it was captured (`x`, `mail:support`).
    #[getter]
    fn source(&self) -> &str {
        self.inner.source().as_str()
    }

    /// The platform's id of it.
    #[getter]
    fn external_id(&self) -> &str {
        self.inner.external_id().as_str()
    }

    /// The platform's edit stamp, or a hash of the content.
    #[getter]
    fn version(&self) -> String {
        self.inner.version().as_str().to_owned()
    }

    /// `(source, external_id)`: names the message, whatever its version.
    #[getter]
    fn key(&self) -> (&str, &str) {
        (self.source(), self.external_id())
    }

    /// `(source, external_id, version)`: names this delivery, which has one effect.
    #[getter]
    fn delivery(&self) -> (&str, &str, String) {
        (self.source(), self.external_id(), self.version())
    }

    /// The medium: what the payload said, else the source's name.
    #[getter]
    fn channel(&self) -> &str {
        self.inner.channel()
    }

    /// What sort of utterance (`post`, `email`, `call`, ...).
    #[getter]
    fn kind(&self) -> &'static str {
        self.inner.kind().as_str()
    }

    /// Which way it went: `in`, `out` or `internal`.
    #[getter]
    fn direction(&self) -> &'static str {
        self.inner.direction().as_str()
    }

    /// Who can see it: `public`, `unlisted`, `followers`, `group`, `direct` or `internal`.
    #[getter]
    fn visibility(&self) -> &'static str {
        self.inner.visibility().as_str()
    }

    /// Subject or headline.
    #[getter]
    fn title(&self) -> Option<&str> {
        self.inner.title()
    }

    /// What was said; empty when it was taken down.
    #[getter]
    fn text(&self) -> &str {
        self.inner.text()
    }

    /// The language the payload names (BCP 47).
    #[getter]
    fn language(&self) -> Option<&str> {
        self.inner.language()
    }

    /// Who said it, as a dictionary; `None` when unknown.
    #[getter]
    fn author(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.inner.author().map(|author| to_python(py, author)).transpose()
    }

    /// When: a dictionary of RFC 3339 texts, `observed` always among them.
    #[getter]
    fn times(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        to_python(py, self.inner.times())
    }

    /// What parts of the text are: dictionaries with `start` and `end` in code points, `kind` and perhaps `value`.
    #[getter]
    fn spans(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        to_python(py, &in_points(self.inner.clone()).spans)
    }

    /// Whether it says that the message was taken down.
    #[getter]
    fn deleted(&self) -> bool {
        self.inner.is_tombstone()
    }

    /// The message as a dictionary; spans count code points, times are RFC 3339 texts.
    fn to_dict(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        to_python(py, &in_points(self.inner.clone()))
    }

    /// The message as it is stored: one line of JSON; spans count bytes of UTF-8.
    fn to_json(&self) -> PyResult<String> {
        value::json(&self.inner)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.inner.delivery().hash(&mut hasher);
        hasher.finish()
    }

    /// The text stays out: what is printed ends in logs.
    fn __repr__(&self) -> String {
        let Self { inner } = self;
        let length = inner.text().chars().count();
        format!("<scrm.Message {} {} {}, {length} characters>", inner.key(), self.kind(), self.visibility())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().into_any(), (self.to_json()?,)))
    }
}

/// What a message's dictionary is made from: its spans count code points.
pub(super) fn in_points(message: model::Message) -> MessageBuilder {
    let mut message = message.into_builder();
    spans::to_points(&mut message);
    message
}

/// Why a value gives no message.
pub(super) enum Refusal {
    /// It breaks a rule of the model.
    Bad(BadMessage),
    /// Looking at it raised.
    Raised(PyErr),
}

impl Refusal {
    fn bad(kind: &'static str, field: Option<String>, fault: impl Into<String>) -> Self {
        Self::Bad(BadMessage { kind, field, fault: fault.into() })
    }

    /// The exception; `index` says which message of a batch it is.
    pub(super) fn raise(self, index: Option<usize>) -> PyErr {
        match self {
            Self::Bad(bad) => bad.raise(index),
            Self::Raised(raised) => raised,
        }
    }
}

/// The message that a Python value is.
pub(super) fn message_of(value: &Bound<'_, PyAny>) -> Result<model::Message, Refusal> {
    if let Ok(message) = value.cast::<Message>() {
        return Ok(message.get().inner.clone());
    }
    let builder = if let Ok(text) = value.cast::<PyString>() {
        from_json(text)?
    } else if value.cast::<PyDict>().is_ok() || value.cast::<PyMapping>().is_ok() {
        from_dict(value)?
    } else {
        let fault =
            format!("a message is a dictionary, a JSON text or a scrm.Message, not {}", kind_of(value));
        return Err(Refusal::bad("type", None, fault));
    };
    builder.build().map_err(|error| Refusal::bad(message_kind(error.kind()), None, error.to_string()))
}

/// The message that a text or a message is: a text by itself is the post of row `at`, from 0.
pub(super) fn said_of(value: &Bound<'_, PyAny>, at: usize) -> Result<model::Message, Refusal> {
    let Ok(text) = value.cast::<PyString>() else { return message_of(value) };
    let Ok(text) = text.to_str() else {
        return Err(Refusal::bad("form", None, "the text holds half a character (a lone surrogate)"));
    };
    let said = common::said(text.to_owned(), at as u64 + 1, &model::Limits::DEFAULT);
    said.map_err(|fault| Refusal::bad("limit", None, fault))
}

fn from_json(text: &Bound<'_, PyString>) -> Result<MessageBuilder, Refusal> {
    let Ok(text) = text.to_str() else {
        return Err(Refusal::bad("form", None, "the text holds half a character (a lone surrogate)"));
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    let builder = builder(&mut reader)?;
    reader.end().map_err(|error| Refusal::bad("form", None, error.to_string()))?;
    Ok(builder)
}

fn from_dict(value: &Bound<'_, PyAny>) -> Result<MessageBuilder, Refusal> {
    let value = value::from_python(value).map_err(|unfit| match unfit {
        Unfit::Value { path, fault } => {
            Refusal::bad("type", Some(path).filter(|path| !path.is_empty()), fault)
        }
        Unfit::Raised(raised) => Refusal::Raised(raised),
    })?;
    let mut builder = builder(value)?;
    spans::to_bytes(&mut builder).map_err(|fault| Refusal::bad("span", None, fault))?;
    Ok(builder)
}

/// Reads the fields, and knows which one it was that could not be read.
fn builder<'de, D>(reader: D) -> Result<MessageBuilder, Refusal>
where
    D: Deserializer<'de>,
    D::Error: std::fmt::Display,
{
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let path = error.path().to_string();
        let field = Some(path).filter(|path| path != "." && !path.contains('?'));
        Refusal::bad("form", field, error.inner().to_string())
    })
}

/// The messages of an iterable, a chunk at a time.
pub(super) struct Messages<'py> {
    values: Bound<'py, PyIterator>,
    taken: usize,
    read: Read,
}

/// How the value at a place of an iterable is read.
type Read = fn(&Bound<'_, PyAny>, usize) -> Result<model::Message, Refusal>;

impl<'py> Messages<'py> {
    /// Begins; one message by itself is refused, for its parts would be taken for messages.
    pub(super) fn of(values: &Bound<'py, PyAny>) -> PyResult<Self> {
        Self::read(values, |value, _| message_of(value))
    }

    /// The same, of texts and messages.
    pub(super) fn texts(values: &Bound<'py, PyAny>) -> PyResult<Self> {
        Self::read(values, said_of)
    }

    fn read(values: &Bound<'py, PyAny>, read: Read) -> PyResult<Self> {
        let single = values.is_instance_of::<PyString>() || values.is_instance_of::<PyDict>();
        if single || values.is_instance_of::<Message>() {
            let fault = "give a list of messages; for one alone, [message]".to_owned();
            return Err(BadMessage { kind: "type", field: None, fault }.raise(None));
        }
        let values = values.try_iter().map_err(|_| {
            let fault = format!("give a list of messages, not {}", kind_of(values));
            BadMessage { kind: "type", field: None, fault }.raise(None)
        })?;
        Ok(Self { values, taken: 0, read })
    }

    /// The next chunk; empty at the end. Other threads and signals get their turn before it.
    pub(super) fn next(&mut self) -> PyResult<Vec<model::Message>> {
        Ok(self.rows(false)?.into_iter().flatten().collect())
    }

    /// The same; with `lenient`, nothing stands for what is no message.
    pub(super) fn rows(&mut self, lenient: bool) -> PyResult<Vec<Option<model::Message>>> {
        turn(self.values.py())?;
        let mut chunk = Vec::new();
        while chunk.len() < CHUNK {
            let Some(value) = self.values.next() else { break };
            let message = match (self.read)(&value?, self.taken) {
                Ok(message) => Some(message),
                Err(Refusal::Bad(_)) if lenient => None,
                Err(refusal) => return Err(refusal.raise(Some(self.taken))),
            };
            self.taken += 1;
            chunk.push(message);
        }
        Ok(chunk)
    }

    /// All of them.
    pub(super) fn all(mut self) -> PyResult<Vec<model::Message>> {
        let mut all = Vec::new();
        loop {
            let chunk = self.next()?;
            if chunk.is_empty() {
                return Ok(all);
            }
            all.extend(chunk);
        }
    }
}

/// What went before a message, as a dictionary: `now`, `issue`, `customer`, `granted`.
pub(super) fn context_of(value: Option<&Bound<'_, PyAny>>) -> PyResult<model::Context> {
    let Some(value) = value else { return Ok(model::Context::default()) };
    let refuse =
        |fault: String| errors::input("context", format!("the context cannot be used: {fault}"), None);
    let value = value::from_python(value).map_err(|unfit| match unfit {
        Unfit::Value { path, fault } => refuse(format!("`{path}`: {fault}")),
        Unfit::Raised(raised) => raised,
    })?;
    serde_path_to_error::deserialize(value).map_err(|error| refuse(error.to_string()))
}
