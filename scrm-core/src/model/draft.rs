//! What is being written, and how far is it? A response from its first draft to what came back on it.
//!
//! Read [`ResponseState`] first: what the events on one response add up to. It also says which event may follow.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::terms::terms;
use super::{
    Approval, CaseId, Event, Feedback, FeedbackKind, MessageKey, PersonId, ReplyScale, ReplyVisibility,
    ResponseId, ResponseRecord, Source,
};

/// One edition of what a person writes in answer to a case. Writing it again gives the next edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResponseDraft {
    /// The response's id: the same in every edition, and when it is sent.
    pub id: ResponseId,
    /// The case it belongs to.
    pub case: CaseId,
    /// Which edition, counted from 1.
    pub edition: u32,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<MessageKey>,
    /// To one person or to everyone.
    pub scale: ReplyScale,
    /// Where.
    pub visibility: ReplyVisibility,
    /// On which source it is to be sent: the one the customer chose, unless there is a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Who wrote this edition.
    pub author: PersonId,
    /// How the host knew that this person wrote.
    pub vouched: String,
    /// What it says.
    pub text: String,
    /// Who must agree before it is sent.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub approve: BTreeSet<String>,
    /// Why it goes another way than was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The canned text it began as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canned: Option<String>,
    /// Placeholders of the canned text that nobody has filled in yet.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unfilled: BTreeSet<String>,
    /// When this edition was written.
    pub at: DateTime<Utc>,
}

terms! {
    /// How far a response is.
    ResponseStatus {
        /// It is being written.
        Draft = "draft",
        /// It was sent.
        Sent = "sent",
        /// It was let go.
        Discarded = "discarded",
    }
    /// How a message of ours was known to be a response that was sent.
    LinkRule {
        /// The host named the message.
        Named = "named",
        /// The same text in the same conversation at nearly the same time.
        SameText = "same_text",
    }
}

/// What the events on one response add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResponseState {
    /// The last edition, if it was drafted at the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<ResponseDraft>,
    /// Who wrote any of its editions.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub authors: BTreeSet<PersonId>,
    /// Who agreed to the last edition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// What was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<ResponseRecord>,
    /// Who let it go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discarded: Option<PersonId>,
    /// The messages on the network that it became.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub published: BTreeSet<MessageKey>,
    /// What came back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<Feedback>,
}

/// Whether an event may follow those that made a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    New,
    /// It is there already.
    Duplicate,
    /// It may not, and why.
    Refused(String),
}

impl ResponseState {
    /// What events add up to, in the order of the log. Events on other things change nothing.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut state = Self::default();
        events.into_iter().for_each(|event| state.apply(event));
        state
    }

    /// Takes the next event.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Drafted { draft } => {
                self.authors.insert(draft.author.clone());
                // Agreeing to one text is not agreeing to another.
                self.approvals.clear();
                self.draft = Some(draft.as_ref().clone());
            }
            Event::Approved { approval, .. } => self.approvals.push(approval.clone()),
            Event::Discarded { person, .. } => self.discarded = Some(person.clone()),
            // A host may put on record what is not sent yet.
            Event::Responded { response } if response.sent.is_some() => {
                self.sent = Some(response.as_ref().clone());
            }
            Event::Published { message, .. } => {
                self.published.insert(message.clone());
            }
            Event::FedBack { feedback } => self.feedback.push(feedback.clone()),
            _ => {}
        }
    }

    /// How far it is; `None` when nothing happened.
    pub fn status(&self) -> Option<ResponseStatus> {
        if self.sent.is_some() {
            Some(ResponseStatus::Sent)
        } else if self.discarded.is_some() {
            Some(ResponseStatus::Discarded)
        } else {
            self.draft.as_ref().map(|_| ResponseStatus::Draft)
        }
    }

    /// Whether somebody is writing it.
    pub fn is_open(&self) -> bool {
        self.status() == Some(ResponseStatus::Draft)
    }

    /// What it would be if it were sent as it is: the last edition of what somebody writes.
    pub fn unsent(&self) -> Option<ResponseRecord> {
        let draft = self.draft.as_ref().filter(|_| self.is_open())?.clone();
        Some(ResponseRecord {
            id: draft.id,
            case: draft.case,
            to: draft.to,
            scale: draft.scale,
            visibility: draft.visibility,
            author: draft.author,
            vouched: draft.vouched,
            text: draft.text,
            approvals: self.approvals.clone(),
            sent: None,
        })
    }

    /// The approvals that its last edition lacks.
    pub fn missing(&self) -> BTreeSet<String> {
        let asked = self.draft.iter().flat_map(|draft| &draft.approve);
        asked.filter(|of| !self.approvals.iter().any(|given| given.of == **of)).cloned().collect()
    }

    /// Whether an event on this response may follow. This is what keeps two people who write at one moment apart.
    pub fn judge(&self, event: &Event) -> Verdict {
        match event {
            Event::Drafted { draft } => self.judge_draft(draft),
            Event::Approved { edition, approval, .. } => self.judge_approval(*edition, approval),
            Event::Discarded { .. } if self.discarded.is_some() => Verdict::Duplicate,
            Event::Discarded { .. } => self.only_a_draft().map_or(Verdict::New, Verdict::Refused),
            Event::Responded { response } => self.judge_sending(response),
            Event::Published { .. } | Event::FedBack { .. } if self.sent.is_none() => {
                Verdict::Refused("the record has no such response; commit that it was sent first".to_owned())
            }
            Event::Published { message, .. } if self.published.contains(message) => Verdict::Duplicate,
            Event::FedBack { feedback } => {
                let same = |known: &Feedback| match (&known.kind, &feedback.kind) {
                    (FeedbackKind::Reply { message: a }, FeedbackKind::Reply { message: b }) => a == b,
                    (FeedbackKind::Silence, FeedbackKind::Silence) => true,
                    _ => known == feedback,
                };
                if self.feedback.iter().any(same) { Verdict::Duplicate } else { Verdict::New }
            }
            _ => Verdict::New,
        }
    }

    fn judge_draft(&self, draft: &ResponseDraft) -> Verdict {
        let edition = self.draft.as_ref().map_or(0, |known| known.edition);
        if self.draft.as_ref() == Some(draft) {
            return Verdict::Duplicate;
        }
        if self.sent.is_some() || self.discarded.is_some() {
            return Verdict::Refused("the response is no draft any more".to_owned());
        }
        if draft.edition != edition.saturating_add(1) {
            return Verdict::Refused(format!(
                "edition {edition} of the response is the last one; read it, then write edition {}",
                edition.saturating_add(1)
            ));
        }
        if self.draft.as_ref().is_some_and(|known| known.case != draft.case) {
            return Verdict::Refused("a response belongs to one case".to_owned());
        }
        Verdict::New
    }

    fn judge_approval(&self, edition: u32, approval: &Approval) -> Verdict {
        let Some(draft) = &self.draft else {
            return Verdict::Refused("the record has no draft of this response".to_owned());
        };
        if edition == draft.edition && self.approvals.iter().any(|given| given.of == approval.of) {
            return Verdict::Duplicate;
        }
        let fault = self.only_a_draft().or_else(|| {
            if edition != draft.edition {
                Some(format!("what was read is edition {edition}; the last one is {}", draft.edition))
            } else if !draft.approve.contains(&approval.of) {
                Some(format!("no approval by `{}` is asked for", approval.of))
            } else if self.authors.contains(&approval.person) {
                Some("nobody approves what they wrote themselves".to_owned())
            } else {
                None
            }
        });
        fault.map_or(Verdict::New, Verdict::Refused)
    }

    fn judge_sending(&self, response: &ResponseRecord) -> Verdict {
        if self.sent.is_some() {
            return Verdict::Duplicate;
        }
        if self.discarded.is_some() {
            return Verdict::Refused("the response was let go".to_owned());
        }
        let Some(draft) = &self.draft else { return Verdict::New };
        let approved = |of: &String| response.approvals.iter().any(|given| given.of == *of);
        let fault = if response.text != draft.text || response.case != draft.case {
            "what is sent is not what was drafted; read the last edition again"
        } else if !draft.approve.iter().all(approved) {
            "approvals are missing"
        } else {
            return Verdict::New;
        };
        Verdict::Refused(fault.to_owned())
    }

    fn only_a_draft(&self) -> Option<String> {
        (!self.is_open()).then(|| "the response is no draft any more, or never was one".to_owned())
    }
}

impl ResponseId {
    /// The id of what a person begins to write to a case at a time: doing it again gives the same.
    pub fn drafted_by(person: &PersonId, case: &CaseId, at: DateTime<Utc>) -> Self {
        let mut hash = Sha256::new();
        for part in [person.as_str(), case.as_str()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.update(at.timestamp_micros().to_le_bytes());
        Self::of_digest(&hash.finalize())
    }
}
