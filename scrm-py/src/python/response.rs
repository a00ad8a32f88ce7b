//! Who answered, and what, from Python? A person of the team, vouched for by the host; there is no other way in.
//!
//! Read [`HumanAuthor`] first: a desk makes it, and Python cannot. [`Response`] is what such a person writes.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use pyo3::prelude::*;
use scrm_core::model::{
    self, CaseId, ExternalId, IdError, MessageKey, ReplyScale, ReplyVisibility, ResponseError, ResponseId,
    Source,
};

use super::message::Message;
use super::time::moment;
use super::{errors, value};

/// A person of the team who is known to act now. Only `Desk.human` makes one; it does not pickle.
#[pyclass(frozen, module = "scrm")]
pub(super) struct HumanAuthor {
    inner: model::HumanAuthor,
}

impl HumanAuthor {
    pub(super) fn new(inner: model::HumanAuthor) -> Self {
        Self { inner }
    }

    pub(super) fn inner(&self) -> &model::HumanAuthor {
        &self.inner
    }
}

#[pymethods]
impl HumanAuthor {
    /// The person's id in `team.toml`.
    #[getter]
    fn person(&self) -> &str {
        self.inner.person().as_str()
    }

    /// How the host knows who it is.
    #[getter]
    fn vouched_by(&self) -> &str {
        self.inner.vouched()
    }

    fn __repr__(&self) -> String {
        format!("<scrm.HumanAuthor {}>", self.person())
    }
}

/// A response that a person is writing. Made with `Response.draft`; it becomes a record when it is sent.
#[pyclass(frozen, module = "scrm")]
pub(super) struct Response {
    draft: Draft,
    steps: Mutex<Steps>,
}

struct Draft {
    author: Py<HumanAuthor>,
    id: ResponseId,
    case: CaseId,
    to: Option<MessageKey>,
    scale: ReplyScale,
    visibility: ReplyVisibility,
    text: String,
    approve: BTreeSet<String>,
}

/// What happened to a draft. The core's own response is made from it anew at each step, so that a refused step leaves
/// the draft as it was.
#[derive(Default)]
struct Steps {
    approvals: Vec<(String, Py<HumanAuthor>, DateTime<Utc>)>,
    sent: bool,
}

#[pymethods]
impl Response {
    /// Begins a response to a case.
    ///
    /// `scale` is `micro` (to one person) or `macro` (to everyone); `visibility` is `public`, `public_then_private` or
    /// `private`. `to` is the message it answers: a `scrm.Message`, or `(source, external_id)`. `approve` names who must
    /// agree before it is sent, as the decision's facet has it.
    ///
    /// Raises `scrm.ResponseError` when the text is empty, or when the scale or another word is none of these.
    #[staticmethod]
    #[pyo3(
        signature = (author, id, case, text, scale, visibility, to = None, approve = Vec::new()),
        text_signature = "(author, id, case, text, scale, visibility, to=None, approve=())"
    )]
    #[allow(clippy::too_many_arguments, reason = "each is one field of the response")]
    fn draft(
        author: Py<HumanAuthor>,
        id: &str,
        case: &str,
        text: String,
        scale: &str,
        visibility: &str,
        to: Option<&Bound<'_, PyAny>>,
        approve: Vec<String>,
    ) -> PyResult<Self> {
        let unknown = |kind, word: &str, words: Vec<&str>| {
            errors::response_text(
                kind,
                format!("there is no {kind} `{word}`; it is one of: {}", words.join(", ")),
            )
        };
        let scales = || ReplyScale::ALL.iter().map(|scale| scale.as_str()).collect();
        let visibilities = || ReplyVisibility::ALL.iter().map(|visibility| visibility.as_str()).collect();
        let draft = Draft {
            author,
            id: ResponseId::new(id).map_err(bad_id)?,
            case: CaseId::new(case).map_err(bad_id)?,
            to: to.map(key_of).transpose()?,
            scale: ReplyScale::parse(scale).ok_or_else(|| unknown("scale", scale, scales()))?,
            visibility: ReplyVisibility::parse(visibility)
                .ok_or_else(|| unknown("visibility", visibility, visibilities()))?,
            text,
            approve: approve.into_iter().collect(),
        };
        let response = Self { draft, steps: Mutex::default() };
        response.replay(&[]).map_err(|error| errors::response(&error))?;
        Ok(response)
    }

    /// A person agrees, in the capacity that was asked for, at a time (an aware datetime).
    ///
    /// Raises `scrm.ResponseError` when nobody asked for it, or when it was given already.
    #[pyo3(signature = (of, by, at))]
    fn approve(&self, of: String, by: Py<HumanAuthor>, at: &Bound<'_, PyAny>) -> PyResult<()> {
        let at = moment(at)?;
        let mut steps = self.unsent()?;
        steps.approvals.push((of, by, at));
        self.replay(&steps.approvals).map(drop).map_err(|error| {
            steps.approvals.pop();
            errors::response(&error)
        })
    }

    /// Sends it, once, at a time (an aware datetime), and returns the record as a dictionary.
    ///
    /// Raises `scrm.ResponseError` when approvals are missing (`missing` has them) or when it was sent before.
    #[pyo3(signature = (at))]
    fn send(&self, py: Python<'_>, at: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let at = moment(at)?;
        let record = self.send_by(|response| response.send(at).map_err(|error| errors::response(&error)))?;
        value::to_python(py, &record)
    }

    /// Its id.
    #[getter]
    fn id(&self) -> &str {
        self.draft.id.as_str()
    }

    /// The case it belongs to.
    #[getter]
    fn case(&self) -> &str {
        self.draft.case.as_str()
    }

    /// What it says.
    #[getter]
    fn text(&self) -> &str {
        &self.draft.text
    }

    /// Whether it was sent.
    #[getter]
    fn sent(&self) -> bool {
        self.steps().sent
    }

    fn __repr__(&self) -> String {
        let state = if self.sent() { "sent" } else { "draft" };
        format!("<scrm.Response {} by {}, {state}>", self.draft.id, self.draft.author.get().person())
    }
}

impl Response {
    /// Hands the draft with its approvals to `send`, once; what fails leaves it as it was.
    pub(super) fn send_by<R>(&self, send: impl FnOnce(&model::Response) -> PyResult<R>) -> PyResult<R> {
        let mut steps = self.unsent()?;
        let response = self.replay(&steps.approvals).map_err(|error| errors::response(&error))?;
        let sent = send(&response)?;
        steps.sent = true;
        Ok(sent)
    }

    fn steps(&self) -> MutexGuard<'_, Steps> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unsent(&self) -> PyResult<MutexGuard<'_, Steps>> {
        let steps = self.steps();
        if steps.sent {
            return Err(errors::response_text(
                "sent",
                format!("response `{}` was sent already", self.draft.id),
            ));
        }
        Ok(steps)
    }

    fn replay(
        &self,
        approvals: &[(String, Py<HumanAuthor>, DateTime<Utc>)],
    ) -> Result<model::Response, ResponseError> {
        let Draft { author, id, case, to, scale, visibility, text, approve } = &self.draft;
        let mut response = model::Response::draft(
            &author.get().inner,
            id.clone(),
            case.clone(),
            to.clone(),
            *scale,
            *visibility,
            text.clone(),
            approve.clone(),
        )?;
        for (of, by, at) in approvals {
            response.approve(of, &by.get().inner, *at)?;
        }
        Ok(response)
    }
}

pub(super) fn key_of(to: &Bound<'_, PyAny>) -> PyResult<MessageKey> {
    if let Ok(message) = to.cast::<Message>() {
        return Ok(message.get().inner.key());
    }
    let (source, external_id) = to.extract::<(String, String)>()?;
    Ok(MessageKey {
        source: Source::new(source).map_err(bad_id)?,
        external_id: ExternalId::new(external_id).map_err(bad_id)?,
    })
}

#[allow(clippy::needless_pass_by_value, reason = "what map_err gives")]
fn bad_id(error: IdError) -> PyErr {
    errors::response_text("id", error.to_string())
}
