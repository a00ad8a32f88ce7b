//! What belongs together, and what must be done about it?

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::terms::terms;
use super::{
    Brand, CaseId, Department, IdentityKey, IncidentId, MessageKey, ReplyVisibility, Source, ThreadId, Topic,
};

/// What belongs together in one channel: a conversation, a mail thread, a post with its comments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Thread {
    /// Where it stands.
    pub source: Source,
    /// The platform's id of it, or its first message's.
    pub id: ThreadId,
}

terms! {
    /// Where a case stands.
    CaseStatus {
        /// Nobody has answered yet.
        New = "new",
        /// A person looks first: its decision is open.
        Review = "review",
        /// Somebody works on it.
        Active = "active",
        /// The customer's turn.
        Waiting = "waiting",
        /// Done.
        Resolved = "resolved",
    }
}

/// What we must do about one matter of one person; it may span threads and channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Case {
    /// Made from its first message, so the same messages open the same cases.
    pub id: CaseId,
    /// Where it stands.
    pub status: CaseStatus,
    /// The message that opened it.
    pub first: MessageKey,
    /// Whose matter it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<IdentityKey>,
    /// The thread it began in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<Thread>,
    /// The brand it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<Topic>,
    /// Who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<Department>,
    /// Where it is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<ReplyVisibility>,
    /// 1 (highest) to 5.
    pub priority: u8,
    /// The incident it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// When it was opened: when its first message was observed.
    pub opened: DateTime<Utc>,
    /// When its last message was observed.
    pub updated: DateTime<Utc>,
    /// When the first response is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response_due: Option<DateTime<Utc>>,
    /// When it must be resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution_due: Option<DateTime<Utc>>,
    /// How many messages it holds.
    pub messages: u32,
}

impl CaseId {
    /// The id of the case that `first` opens: the same in every run and on every machine.
    pub fn opened_by(first: &MessageKey) -> Self {
        let mut hash = Sha256::new();
        hash.update((first.source.as_str().len() as u64).to_le_bytes());
        hash.update(first.source.as_str());
        hash.update(first.external_id.as_str());
        Self::of_digest(&hash.finalize())
    }
}

/// Many cases with one cause. Micro and macro responses meet here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Incident {
    /// Its key in the protocol, or the issue's path where the protocol says `auto`.
    pub id: IncidentId,
    /// When its first case was opened.
    pub opened: DateTime<Utc>,
    /// The cases, in the order they joined.
    pub cases: Vec<CaseId>,
}
