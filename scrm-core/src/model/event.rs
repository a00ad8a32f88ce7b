//! What happened? The log's events: the record is their sum.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Approval, Assessment, Asset, AssetExport, Case, CaseChange, CaseId, Erasure, Fact, Feedback, IdentityKey,
    IdentityLink, IncidentChange, IncidentId, IssuePlan, LinkRule, Message, MessageKey, Permission,
    PermissionAnswer, PermissionId, PersonId, PersonLabel, Presence, ProgrammeId, ProgrammeScope,
    ResponseDraft, ResponseId, ResponseRecord, Revocation, Transaction,
};

/// One thing that happened, as the log keeps it. Append-only: a later event adds, none is changed.
///
/// There is one exception. Erasing a person rewrites the events that name them to what is left when they are taken
/// out: a message without words or author, whose counts stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A delivery was captured and assessed: a new message, an edit or a tombstone.
    Captured {
        /// What came in.
        message: Box<Message>,
        /// What the engine said of it.
        assessment: Box<Assessment>,
    },
    /// A record of input could not be read; it is kept aside as it came.
    Quarantined {
        /// Where it stood: the input's name, and the line or record in it, counted from 1.
        input: String,
        /// The line or record, counted from 1.
        record: u64,
        /// Why it could not be read.
        fault: String,
        /// The record as it came; bytes that are no text are replaced. Cut at the limit for a record.
        raw: String,
    },
    /// A record that was put aside could be read after all, or somebody gave it up.
    Released {
        /// The number of its `quarantined` event in the log.
        quarantined: u64,
    },
    /// A matter was taken up.
    CaseOpened {
        /// The case as it began.
        case: Box<Case>,
    },
    /// A message joined an open case, which now looks like this.
    CaseJoined {
        /// The case as it is now.
        case: Box<Case>,
        /// The message that joined.
        message: MessageKey,
    },
    /// A person answered.
    Responded {
        /// What was sent.
        response: Box<ResponseRecord>,
    },
    /// A case came to an end.
    CaseResolved {
        /// Which.
        case: CaseId,
        /// When.
        at: DateTime<Utc>,
        /// Who said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PersonId>,
    },
    /// Something else happened to a case.
    CaseChanged {
        /// Which.
        case: CaseId,
        /// When.
        at: DateTime<Utc>,
        /// Who did it; absent when nobody did: a clock, a policy.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PersonId>,
        /// What.
        change: Box<CaseChange>,
    },
    /// An incident began or ended.
    IncidentChanged {
        /// Which.
        incident: IncidentId,
        /// When.
        at: DateTime<Utc>,
        /// What.
        change: Box<IncidentChange>,
    },
    /// Somebody of the team is away, back, or gone.
    PresenceChanged {
        /// What is said of whom.
        presence: Presence,
    },
    /// A person said what a message is.
    Labelled {
        /// What they said.
        label: Box<PersonLabel>,
    },
    /// Something became known of a person.
    Noted {
        /// What.
        fact: Box<Fact>,
    },
    /// Something was bought, paid or given back.
    Transacted {
        /// What.
        transaction: Box<Transaction>,
    },
    /// Two accounts were claimed to be one person's, or not to be.
    Linked {
        /// The claim.
        link: Box<IdentityLink>,
    },
    /// A claim was taken back.
    LinkRevoked {
        /// The claim, as it was made.
        link: Box<IdentityLink>,
        /// By whom, and when.
        revocation: Revocation,
    },
    /// A person wrote a response, or wrote it anew.
    Drafted {
        /// This edition of it.
        draft: Box<ResponseDraft>,
    },
    /// A person agreed to what somebody else wrote.
    Approved {
        /// To which response.
        response: ResponseId,
        /// To which edition of it.
        edition: u32,
        /// Who, and in which capacity.
        approval: Approval,
    },
    /// A draft was let go.
    Discarded {
        /// Which response.
        response: ResponseId,
        /// By whom.
        person: PersonId,
        /// When.
        at: DateTime<Utc>,
    },
    /// A response that was sent is known to be a message of ours on the network.
    Published {
        /// The response.
        response: ResponseId,
        /// The message.
        message: MessageKey,
        /// How that is known.
        by: LinkRule,
        /// When.
        at: DateTime<Utc>,
    },
    /// Something came back on a response, if only silence.
    FedBack {
        /// What.
        feedback: Feedback,
    },
    /// A customer was asked whether they may be quoted.
    PermissionAsked {
        /// What was asked.
        permission: Box<Permission>,
    },
    /// A customer answered that.
    PermissionAnswered {
        /// What they said.
        answer: Box<PermissionAnswer>,
    },
    /// A customer took a permission back.
    PermissionWithdrawn {
        /// Which.
        permission: PermissionId,
        /// Whose.
        identity: IdentityKey,
        /// When.
        at: DateTime<Utc>,
    },
    /// A testimonial, a quote or a case study was made.
    AssetMade {
        /// It.
        asset: Box<Asset>,
    },
    /// An asset was taken out to be shown.
    AssetExported {
        /// Which, where, and by whose leave.
        export: Box<AssetExport>,
    },
    /// A programme of seven steps was begun.
    ProgrammeBegun {
        /// Over what.
        scope: Box<ProgrammeScope>,
    },
    /// How an issue is resolved was planned.
    ProgrammePlanned {
        /// The plan.
        plan: Box<IssuePlan>,
    },
    /// A programme's engagement was opened.
    ProgrammeActivated {
        /// Which programme.
        programme: ProgrammeId,
        /// By whom.
        person: PersonId,
        /// When.
        at: DateTime<Utc>,
    },
    /// A person was erased.
    Erased {
        /// The entry of the ledger.
        erasure: Erasure,
    },
    /// What is left of an event that was all about a person who was erased: that it happened.
    Forgotten {
        /// The name of the event that stood here.
        was: String,
    },
}

impl Event {
    /// The name in JSON and in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Captured { .. } => "captured",
            Self::Quarantined { .. } => "quarantined",
            Self::Released { .. } => "released",
            Self::CaseOpened { .. } => "case_opened",
            Self::CaseJoined { .. } => "case_joined",
            Self::Responded { .. } => "responded",
            Self::CaseResolved { .. } => "case_resolved",
            Self::CaseChanged { .. } => "case_changed",
            Self::IncidentChanged { .. } => "incident_changed",
            Self::PresenceChanged { .. } => "presence_changed",
            Self::Labelled { .. } => "labelled",
            Self::Noted { .. } => "noted",
            Self::Transacted { .. } => "transacted",
            Self::Linked { .. } => "linked",
            Self::LinkRevoked { .. } => "link_revoked",
            Self::Drafted { .. } => "drafted",
            Self::Approved { .. } => "approved",
            Self::Discarded { .. } => "discarded",
            Self::Published { .. } => "published",
            Self::FedBack { .. } => "fed_back",
            Self::PermissionAsked { .. } => "permission_asked",
            Self::PermissionAnswered { .. } => "permission_answered",
            Self::PermissionWithdrawn { .. } => "permission_withdrawn",
            Self::AssetMade { .. } => "asset_made",
            Self::AssetExported { .. } => "asset_exported",
            Self::ProgrammeBegun { .. } => "programme_begun",
            Self::ProgrammePlanned { .. } => "programme_planned",
            Self::ProgrammeActivated { .. } => "programme_activated",
            Self::Erased { .. } => "erased",
            Self::Forgotten { .. } => "forgotten",
        }
    }
}
