//! What belongs together, and what must be done about it?

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::terms::terms;
use super::{
    Assignment, Brand, CaseId, CaseMark, Channel, Claim, Department, Escalation, IdentityKey, IncidentId,
    MessageKey, ReplyVisibility, Source, ThreadId, Topic, Waiting,
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
        /// Somebody else's turn: the customer's, a third party's, or nobody's for now.
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
    /// When its first message was made, as the platform says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<DateTime<Utc>>,
    /// The medium of its first message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Other threads that its messages stand in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub also_in: BTreeSet<Thread>,
    /// The service levels that hold, and since when each does.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sla: BTreeMap<String, DateTime<Utc>>,
    /// Skills that whoever answers must have.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub skills: BTreeSet<String>,
    /// The person or role in charge, as the protocol names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Rungs to be climbed until somebody responds, first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<Escalation>,
    /// Who was given it, or why nobody was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned: Option<Assignment>,
    /// Who is answering it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// Whose turn it is, while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// How often it was handed over.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hops: u32,
    /// When the first response was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<DateTime<Utc>>,
    /// When it came to its end, while it is resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<DateTime<Utc>>,
    /// How often it was opened again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reopened: u32,
    /// What its clocks and ladders have told the host already: nothing is told twice.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub told: BTreeSet<CaseMark>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Case {
    /// A case of one message that was observed at `at`, of which nothing else is known.
    pub fn new(first: MessageKey, at: DateTime<Utc>) -> Self {
        Self {
            id: CaseId::opened_by(&first),
            status: CaseStatus::New,
            first,
            author: None,
            thread: None,
            brand: None,
            issue: None,
            department: None,
            visibility: None,
            priority: 3,
            incident: None,
            opened: at,
            updated: at,
            first_response_due: None,
            resolution_due: None,
            messages: 1,
            created: None,
            channel: None,
            also_in: BTreeSet::new(),
            sla: BTreeMap::new(),
            skills: BTreeSet::new(),
            owner: None,
            escalations: Vec::new(),
            assigned: None,
            claim: None,
            waiting: None,
            hops: 0,
            answered: None,
            resolved: None,
            reopened: 0,
            told: BTreeSet::new(),
        }
    }

    /// Whether it has not come to its end.
    pub fn is_open(&self) -> bool {
        self.status != CaseStatus::Resolved
    }
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
