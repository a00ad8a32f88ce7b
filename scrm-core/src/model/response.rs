//! Who answered, and what? A person wrote every response.
//!
//! A [`Response`] is made by a [`HumanAuthor`] and by nothing else. A `HumanAuthor` is no data: it cannot be read from
//! JSON, cloned from a record or built by hand. A desk mints it from a person of the playbook's team and the host's
//! word that this person is at the keyboard. What a store reads back is a [`ResponseRecord`]: what was sent, no more.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{CaseId, MessageKey, PersonId, ReplyScale, ReplyVisibility, ResponseId};

/// The host's word that a person, and no machine, is acting: how the host knows it (a session, a signed token).
#[derive(Debug)]
pub struct HostWord {
    how: String,
}

impl HostWord {
    /// The host vouches for the person at the keyboard; `how` says how it knows, and is kept with what they write.
    pub fn vouch(how: impl Into<String>) -> Self {
        Self { how: how.into() }
    }
}

/// A person of the team who is known to act now. Only a desk makes one.
///
/// ```compile_fail
/// let bot = scrm_core::model::HumanAuthor { person: todo!(), vouched: todo!() };
/// ```
/// ```compile_fail
/// let bot: scrm_core::model::HumanAuthor = serde_json::from_str("{}").unwrap();
/// ```
#[derive(Debug)]
pub struct HumanAuthor {
    person: PersonId,
    vouched: String,
}

impl HumanAuthor {
    /// For the desk, which has checked that `person` is in the team.
    pub(crate) fn mint(person: PersonId, word: HostWord) -> Self {
        Self { person, vouched: word.how }
    }

    /// Who.
    pub fn person(&self) -> &PersonId {
        &self.person
    }

    /// How the host knows.
    pub fn vouched(&self) -> &str {
        &self.vouched
    }
}

/// That a person agreed to a response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Approval {
    /// In which capacity: a name of the decision's `approve` facet.
    pub of: String,
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A response that a person is writing. It becomes a record when it is sent.
#[derive(Debug)]
pub struct Response {
    record: ResponseRecord,
    needed: BTreeSet<String>,
}

/// Why a response cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// It says nothing.
    #[error("a response has a text")]
    Empty,
    /// It speaks to one person and to everyone, or to nobody: a response has one scale.
    #[error("a response is `micro` or `macro`, not `{0}`")]
    Scale(ReplyScale),
    /// Approvals are missing.
    #[error("not approved by {}", .0.join(", "))]
    Unapproved(Vec<String>),
    /// Nobody asked for this approval.
    #[error("no approval by `{0}` is asked for")]
    NotAsked(String),
}

impl Response {
    /// Begins a response to a case. `approve` names who must agree before it is sent.
    ///
    /// # Errors
    /// When the text is empty or the scale is neither `micro` nor `macro`.
    #[allow(clippy::too_many_arguments, reason = "each is one field of the response, and none has a default")]
    pub fn draft(
        author: &HumanAuthor,
        id: ResponseId,
        case: CaseId,
        to: Option<MessageKey>,
        scale: ReplyScale,
        visibility: ReplyVisibility,
        text: impl Into<String>,
        approve: BTreeSet<String>,
    ) -> Result<Self, ResponseError> {
        let text = text.into();
        if text.trim().is_empty() {
            return Err(ResponseError::Empty);
        }
        if !matches!(scale, ReplyScale::Micro | ReplyScale::Macro) {
            return Err(ResponseError::Scale(scale));
        }
        let record = ResponseRecord {
            id,
            case,
            to,
            scale,
            visibility,
            author: author.person.clone(),
            vouched: author.vouched.clone(),
            text,
            approvals: Vec::new(),
            sent: None,
        };
        Ok(Self { record, needed: approve })
    }

    /// A person agrees, in the capacity that was asked for.
    ///
    /// # Errors
    /// When nobody asked for an approval of that name.
    pub fn approve(&mut self, of: &str, by: &HumanAuthor, at: DateTime<Utc>) -> Result<(), ResponseError> {
        if !self.needed.remove(of) {
            return Err(ResponseError::NotAsked(of.to_owned()));
        }
        self.record.approvals.push(Approval { of: of.to_owned(), person: by.person.clone(), at });
        Ok(())
    }

    /// The record of what is sent. The draft stays: what could not be recorded can be sent again, and a record that is
    /// there already has no second effect.
    ///
    /// # Errors
    /// When approvals are missing.
    pub fn send(&self, at: DateTime<Utc>) -> Result<ResponseRecord, ResponseError> {
        if !self.needed.is_empty() {
            return Err(ResponseError::Unapproved(self.needed.iter().cloned().collect()));
        }
        Ok(ResponseRecord { sent: Some(at), ..self.record.clone() })
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.record.text
    }
}

/// What was sent, by whom and with whose approval, as the record keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResponseRecord {
    /// Its id.
    pub id: ResponseId,
    /// The case it belongs to.
    pub case: CaseId,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<MessageKey>,
    /// To one person or to everyone.
    pub scale: ReplyScale,
    /// Where.
    pub visibility: ReplyVisibility,
    /// Who wrote it.
    pub author: PersonId,
    /// How the host knew that this person wrote.
    pub vouched: String,
    /// What it says.
    pub text: String,
    /// Who agreed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// When it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<DateTime<Utc>>,
}
