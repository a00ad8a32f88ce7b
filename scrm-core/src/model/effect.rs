//! What must the host do about an event? Effects are data: the engine itself sends nothing.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Case, CaseChange, CaseId, Event, IdentityKey, IncidentChange, IncidentId, MessageKey, PermissionId,
    PersonId, ResponseId, ResponseRecord,
};

/// What the host is told of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum EffectKind {
    /// A case was opened: somebody must get it.
    CaseOpened {
        /// The case as it began.
        case: Box<Case>,
    },
    /// A message joined a case: whoever has the case must know.
    CaseJoined {
        /// The case as it then was.
        case: Box<Case>,
        /// The message that joined.
        message: MessageKey,
    },
    /// A case came to an end.
    CaseResolved {
        /// Which.
        case: CaseId,
        /// When.
        at: DateTime<Utc>,
    },
    /// Something else happened to a case: somebody must get it, is to be warned or called, or must know.
    CaseChanged {
        /// Which.
        case: CaseId,
        /// When.
        at: DateTime<Utc>,
        /// Who did it; absent when nobody did.
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
    /// A response is on record, for whoever publishes it or counts it.
    Responded {
        /// What was written.
        response: Box<ResponseRecord>,
    },
    /// The protocol names people who must be told of a message that opened no case.
    Notify {
        /// Which message.
        message: MessageKey,
        /// Whom, as the `notify` facet names them.
        whom: BTreeSet<String>,
    },
    /// Two accounts are now taken for one person, or no longer: copies of the customer must be brought up to date.
    Linked {
        /// The two accounts.
        identities: [IdentityKey; 2],
    },
    /// A draft needs the approval of somebody before it can be sent.
    ApprovalAsked {
        /// Which response.
        response: ResponseId,
        /// The case it belongs to.
        case: CaseId,
        /// Which edition of it.
        edition: u32,
        /// Whose, as the `approve` facet names them.
        of: BTreeSet<String>,
    },
    /// A customer took a permission back: what is shown by it must come down.
    PermissionWithdrawn {
        /// Which.
        permission: PermissionId,
        /// Whose.
        identity: IdentityKey,
    },
    /// A person was erased: the host's own copies must go as well.
    Erased {
        /// The number of the erasure in its ledger.
        erasure: u64,
    },
}

/// One thing to do, numbered like the event it follows from: an event has one effect or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Effect {
    /// The number of its event in the log.
    pub seq: u64,
    /// What it is.
    #[serde(flatten)]
    pub kind: EffectKind,
}

impl Event {
    /// What the host is told of this event, when it stands in the log under `seq`.
    pub fn effect(&self, seq: u64) -> Option<Effect> {
        let kind = match self {
            Self::Captured { message, assessment } => {
                let whom = &assessment.decision.as_ref()?.facets.notify;
                if whom.is_empty() {
                    return None;
                }
                EffectKind::Notify { message: message.key(), whom: whom.clone() }
            }
            Self::CaseOpened { case } => EffectKind::CaseOpened { case: case.clone() },
            Self::CaseJoined { case, message } => {
                EffectKind::CaseJoined { case: case.clone(), message: message.clone() }
            }
            Self::CaseResolved { case, at, .. } => EffectKind::CaseResolved { case: case.clone(), at: *at },
            Self::CaseChanged { case, at, by, change } => EffectKind::CaseChanged {
                case: case.clone(),
                at: *at,
                by: by.clone(),
                change: change.clone(),
            },
            Self::IncidentChanged { incident, at, change } => {
                EffectKind::IncidentChanged { incident: incident.clone(), at: *at, change: change.clone() }
            }
            Self::Responded { response } => EffectKind::Responded { response: response.clone() },
            Self::Linked { link } | Self::LinkRevoked { link, .. } => {
                EffectKind::Linked { identities: [link.a.clone(), link.b.clone()] }
            }
            Self::Drafted { draft } if !draft.approve.is_empty() => EffectKind::ApprovalAsked {
                response: draft.id.clone(),
                case: draft.case.clone(),
                edition: draft.edition,
                of: draft.approve.clone(),
            },
            Self::PermissionWithdrawn { permission, identity, .. } => {
                EffectKind::PermissionWithdrawn { permission: permission.clone(), identity: identity.clone() }
            }
            Self::Erased { .. } => EffectKind::Erased { erasure: seq },
            Self::Quarantined { .. }
            | Self::Released { .. }
            | Self::Labelled { .. }
            | Self::Noted { .. }
            | Self::Transacted { .. }
            | Self::Drafted { .. }
            | Self::Approved { .. }
            | Self::Discarded { .. }
            | Self::Published { .. }
            | Self::FedBack { .. }
            | Self::PermissionAsked { .. }
            | Self::PermissionAnswered { .. }
            | Self::AssetMade { .. }
            | Self::AssetExported { .. }
            | Self::ProgrammeBegun { .. }
            | Self::ProgrammePlanned { .. }
            | Self::ProgrammeActivated { .. }
            | Self::PresenceChanged { .. }
            | Self::Forgotten { .. } => return None,
        };
        Some(Effect { seq, kind })
    }

    /// Whether the host is told of it: [`effect`](Self::effect) without making one.
    pub fn has_effect(&self) -> bool {
        match self {
            Self::Captured { assessment, .. } => {
                assessment.decision.as_ref().is_some_and(|decision| !decision.facets.notify.is_empty())
            }
            Self::Drafted { draft } => !draft.approve.is_empty(),
            Self::Quarantined { .. }
            | Self::Released { .. }
            | Self::Labelled { .. }
            | Self::Noted { .. }
            | Self::Transacted { .. }
            | Self::Approved { .. }
            | Self::Discarded { .. }
            | Self::Published { .. }
            | Self::FedBack { .. }
            | Self::PermissionAsked { .. }
            | Self::PermissionAnswered { .. }
            | Self::AssetMade { .. }
            | Self::AssetExported { .. }
            | Self::ProgrammeBegun { .. }
            | Self::ProgrammePlanned { .. }
            | Self::ProgrammeActivated { .. }
            | Self::PresenceChanged { .. }
            | Self::Forgotten { .. } => false,
            _ => true,
        }
    }
}
