//! How does a fault become a Python exception? One class of `scrm.errors` for each phase, with its fields.
//!
//! The classes are Python's own, so they pickle and type-check; here is only who raises which, and what the kinds are
//! called.

use pyo3::prelude::*;
use pyo3::types::PyString;
use scrm_core::channels::{InputError as CoreInput, InputErrorKind};
use scrm_core::classify::ModelError as CoreModel;
use scrm_core::desk::DeskError as CoreDesk;
use scrm_core::engage::{Refusal, ResponseRefusal};
use scrm_core::engine::CompileError;
use scrm_core::learn::TrainError as CoreTrain;
use scrm_core::listen::ListenError as CoreListen;
use scrm_core::model::{MessageErrorKind, ResponseError as CoreResponse};
use scrm_core::playbook::PlaybookError as CorePlaybook;
use scrm_core::record::{StoreError as CoreStore, StoreErrorKind};

use super::gil::caught;
use super::playbook::diagnostics;

pyo3::import_exception!(scrm.errors, ScrmError);
pyo3::import_exception!(scrm.errors, PlaybookError);
pyo3::import_exception!(scrm.errors, QueryError);
pyo3::import_exception!(scrm.errors, LearnError);
pyo3::import_exception!(scrm.errors, ListenError);
pyo3::import_exception!(scrm.errors, MessageError);
pyo3::import_exception!(scrm.errors, InputError);
pyo3::import_exception!(scrm.errors, DeskError);
pyo3::import_exception!(scrm.errors, StoreError);
pyo3::import_exception!(scrm.errors, ResponseError);

/// A playbook that cannot be used: with its faults, or with the path that cannot be read.
pub(super) fn playbook(py: Python<'_>, error: &CorePlaybook) -> PyErr {
    match error {
        CorePlaybook::Faults(report) => {
            match diagnostics(py, report).and_then(|faults| Ok((caught(|| error.to_string())?, faults))) {
                Ok(told) => PlaybookError::new_err(told),
                Err(raised) => raised,
            }
        }
        CorePlaybook::Unreadable { path, .. } => {
            let none: Vec<Py<PyAny>> = Vec::new();
            PlaybookError::new_err((error.to_string(), none, path.to_string_lossy().into_owned()))
        }
    }
}

/// Monitors that do not go together, or one that is not there.
pub(super) fn listen(error: &CoreListen) -> PyErr {
    let (kind, monitor) = match error {
        CoreListen::Monitor(id, _) => ("limit", Some(id.clone())),
        CoreListen::Index(_) | CoreListen::TooLarge => ("limit", None),
        CoreListen::Memory(_) => ("memory", None),
        CoreListen::Twice(id) => ("twice", Some(id.clone())),
        CoreListen::Unknown(id) => ("unknown", Some(id.clone())),
        CoreListen::Bytes(_) => ("bytes", None),
        _ => ("other", None),
    };
    ListenError::new_err((error.to_string(), kind, monitor))
}

/// What stands in the way of compiling topics.
pub(super) fn compile(error: &CompileError) -> PyErr {
    match error {
        CompileError::Listen(error) => listen(error),
        error => ListenError::new_err((error.to_string(), "topics", None::<String>)),
    }
}

/// Something that is no monitor, whatever its query.
pub(super) fn no_monitor(id: Option<String>, fault: String) -> PyErr {
    ListenError::new_err((fault, "monitor", id))
}

/// A message that is none, and why.
#[derive(Debug)]
pub(super) struct BadMessage {
    /// Which rule it breaks.
    pub kind: &'static str,
    /// The field, as a path (`author.followers`).
    pub field: Option<String>,
    /// What is wrong.
    pub fault: String,
}

impl BadMessage {
    /// The exception; `index` says which message of a batch it is.
    pub(super) fn raise(self, index: Option<usize>) -> PyErr {
        let Self { kind, field, fault } = self;
        let fault = match &field {
            Some(field) => format!("`{field}`: {fault}"),
            None => fault,
        };
        let fault = match index {
            Some(index) => format!("message {index}: {fault}"),
            None => fault,
        };
        MessageError::new_err((fault, kind, field, index))
    }
}

/// The name of a broken rule.
pub(super) fn message_kind(kind: MessageErrorKind) -> &'static str {
    match kind {
        MessageErrorKind::Visibility => "visibility",
        MessageErrorKind::Text => "text",
        MessageErrorKind::Span => "span",
        MessageErrorKind::Limit => "limit",
        MessageErrorKind::Place => "place",
        MessageErrorKind::Ext => "ext",
        _ => "other",
    }
}

/// An input that cannot be read, or what was said about it.
pub(super) fn input(kind: &'static str, fault: impl Into<String>, path: Option<String>) -> PyErr {
    InputError::new_err((fault.into(), kind, path))
}

/// An input that cannot be read.
pub(super) fn unread(error: &CoreInput, path: String) -> PyErr {
    let kind = match error.kind() {
        InputErrorKind::Empty => "empty",
        InputErrorKind::Encoding => "encoding",
        InputErrorKind::Columns => "columns",
        InputErrorKind::Io => "io",
        _ => "other",
    };
    input(kind, format!("input `{path}`: {error}"), Some(path))
}

/// A store that failed.
pub(super) fn store(error: &CoreStore) -> PyErr {
    let kind = match error.kind() {
        StoreErrorKind::NotOurs => "not_ours",
        StoreErrorKind::TooNew { .. } => "too_new",
        StoreErrorKind::NotADatabase => "not_a_database",
        StoreErrorKind::IsDirectory => "is_directory",
        StoreErrorKind::Open => "open",
        StoreErrorKind::Full => "full",
        StoreErrorKind::Busy => "busy",
        StoreErrorKind::Connection => "connection",
        StoreErrorKind::Corrupt => "corrupt",
        StoreErrorKind::Io => "io",
        StoreErrorKind::Forked => "forked",
        StoreErrorKind::ForeignWriter => "foreign_writer",
        StoreErrorKind::Input => "input",
        StoreErrorKind::Unsupported => "unsupported",
        _ => "other",
    };
    StoreError::new_err((error.to_string(), kind, error.place().to_owned(), error.is_retryable()))
}

/// Something that a desk does not do.
pub(super) fn desk(error: &CoreDesk) -> PyErr {
    let kind = match error {
        CoreDesk::Store(error) => return store(error),
        CoreDesk::Response(error) => return response(error),
        CoreDesk::NotOfTheTeam(_) => "person",
        CoreDesk::NoSuchLink(_) => "link",
        CoreDesk::NotAllowed { .. } => "not_allowed",
        CoreDesk::Guess => "guess",
        CoreDesk::NoSuchCase(_) => "case",
        CoreDesk::NoCanned(_) => "canned",
        CoreDesk::Advocacy(_) => "advocacy",
        CoreDesk::Programme(_) => "programme",
        CoreDesk::Mark { .. } => "value",
        CoreDesk::ResponseRefused(ResponseRefusal::DraftedBefore(draft)) => {
            let draft = serde_json::to_string(draft).ok();
            return DeskError::new_err((error.to_string(), "drafted", None::<String>, draft));
        }
        CoreDesk::ResponseRefused(refusal) => refused(refusal),
        CoreDesk::NoSuchDepartment(_) => "department",
        CoreDesk::Refused(Refusal::Claimed { claim, draft }) => {
            let claim = serde_json::to_string(claim).ok();
            let draft = draft.as_ref().and_then(|draft| serde_json::to_string(draft).ok());
            return DeskError::new_err((error.to_string(), "claimed", claim, draft));
        }
        CoreDesk::Refused(_) => "refused",
        _ => "other",
    };
    DeskError::new_err((error.to_string(), kind))
}

/// Why nobody writes, approves or sends this.
fn refused(refusal: &ResponseRefusal) -> &'static str {
    match refusal {
        ResponseRefusal::Empty | ResponseRefusal::TooLong(_) => "empty",
        ResponseRefusal::Scale(_) => "scale",
        ResponseRefusal::NotDecided(..) => "not_decided",
        ResponseRefusal::Private => "private",
        ResponseRefusal::DraftedBefore(_) => "drafted",
        ResponseRefusal::NoDraft(_) => "no_draft",
        ResponseRefusal::Stale { .. } => "stale",
        ResponseRefusal::OwnWork(_) => "own_work",
        ResponseRefusal::NotAsked(_) => "not_asked",
        ResponseRefusal::NotInRole { .. } => "not_in_role",
        ResponseRefusal::Unapproved(_) => "unapproved",
        ResponseRefusal::Unfilled(_) => "unfilled",
        ResponseRefusal::Hold => "hold",
        ResponseRefusal::Leaks(_) => "leak",
        ResponseRefusal::Locked(_) => "locked",
        _ => "other",
    }
}

/// An argument that is not what it should be.
pub(super) fn desk_value(fault: impl Into<String>) -> PyErr {
    DeskError::new_err((fault.into(), "value"))
}

/// A search whose query has faults.
pub(super) fn desk_query(fault: String) -> PyErr {
    DeskError::new_err((fault, "query"))
}

/// A response that cannot go on.
pub(super) fn response(error: &CoreResponse) -> PyErr {
    let missing = match error {
        CoreResponse::Unapproved(missing) => missing.clone(),
        _ => Vec::new(),
    };
    let kind = match error {
        CoreResponse::Empty => "empty",
        CoreResponse::Scale(_) => "scale",
        CoreResponse::Unapproved(_) => "unapproved",
        CoreResponse::NotAsked(_) => "not_asked",
        _ => "other",
    };
    ResponseError::new_err((error.to_string(), kind, missing))
}

/// The same, for what the binding looks up before the core is asked.
pub(super) fn response_text(kind: &'static str, fault: String) -> PyErr {
    ResponseError::new_err((fault, kind, Vec::<String>::new()))
}

/// Rows from which nothing can be learned.
pub(super) fn learn(error: &CoreTrain) -> PyErr {
    let kind = match error {
        CoreTrain::Empty => "empty",
        CoreTrain::OneClass(_) => "one_class",
        CoreTrain::NoLabels | CoreTrain::UnknownLabel { .. } | CoreTrain::SeveralLabels { .. } => "label",
        CoreTrain::Weight { .. } => "weight",
        CoreTrain::Dense { .. } => "dense",
        CoreTrain::Limit { .. } => "limit",
        CoreTrain::Setting(_) => "setting",
        CoreTrain::TooFew { .. } => "too_few",
        _ => "other",
    };
    learn_text(kind, error.to_string())
}

/// The same, for what the binding finds out.
pub(super) fn learn_text(kind: &'static str, fault: impl Into<String>) -> PyErr {
    LearnError::new_err((fault.into(), kind))
}

/// A file of a model that cannot be read or written.
pub(super) fn learn_file(path: &str, fault: &str) -> PyErr {
    LearnError::new_err((format!("model `{path}`: {fault}"), "io", path.to_owned()))
}

/// Bytes that are no model, or models that do not go together.
pub(super) fn model(error: &CoreModel, path: Option<String>) -> PyErr {
    let kind = match error {
        CoreModel::Bytes(_) => "bytes",
        _ => "join",
    };
    let fault = match &path {
        Some(path) => format!("model `{path}`: {error}"),
        None => error.to_string(),
    };
    LearnError::new_err((fault, kind, path))
}

/// The text of a str to learn from or to judge.
pub(super) fn text_of(text: &Bound<'_, PyString>) -> PyResult<String> {
    let half = || "the text holds half a character (a lone surrogate); decode it with errors=\"replace\"";
    text.to_str().map(str::to_owned).map_err(|_| learn_text("rows", half()))
}
