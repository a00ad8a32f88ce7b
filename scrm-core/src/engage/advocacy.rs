//! Who might speak for us, and may we quote them? Candidates, permissions, and what may be shown because of them.
//!
//! Read [`candidate_of`] first, then [`export`]: nothing is taken out without a permission that stands.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{
    Advocacy, Assessment, Asset, AssetExport, AssetId, AssetUse, Case, CaseId, CaseStatus, Direction,
    IdentityKey, Message, MessageKey, MessageType, PermissionId, PermissionState, PersonId, SentimentLabel,
    terms,
};

terms! {
    /// Why somebody may speak for us.
    CandidateReason {
        /// They praised us.
        Compliment = "compliment",
        /// Their complaint was solved, and they said so kindly.
        SolvedComplaint = "solved_complaint",
        /// The protocol says that their author is asked.
        Decided = "decided",
    }
}

/// Somebody who might speak for us, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Candidate {
    /// Who.
    pub identity: IdentityKey,
    /// Why.
    pub reason: CandidateReason,
    /// What they said.
    pub message: MessageKey,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Whether a message makes its author a candidate. `case` is the case it belongs to, with the type of its first message.
pub fn candidate_of(
    message: &Message,
    assessment: &Assessment,
    case: Option<(&Case, Option<MessageType>)>,
) -> Option<Candidate> {
    if message.direction() != Direction::In || message.is_tombstone() {
        return None;
    }
    let labels = &assessment.classification;
    let positive =
        labels.sentiment.value.is_some_and(|sentiment| sentiment.label == SentimentLabel::Positive);
    let negative =
        labels.sentiment.value.is_some_and(|sentiment| sentiment.label == SentimentLabel::Negative);
    let facets = assessment.decision.as_ref().map(|decision| &decision.facets);
    let solved = case.is_some_and(|(case, first)| {
        case.status == CaseStatus::Resolved
            && first == Some(MessageType::Complaint)
            && case.first != message.key()
    });
    let reason = if labels.kind.value == Some(MessageType::Compliment) && !negative {
        CandidateReason::Compliment
    } else if solved && positive {
        CandidateReason::SolvedComplaint
    } else if facets.and_then(|facets| facets.advocacy) == Some(Advocacy::AskPermission) {
        CandidateReason::Decided
    } else {
        return None;
    };
    Some(Candidate {
        identity: message.author_key()?.clone(),
        reason,
        message: message.key(),
        case: case.map(|(case, _)| case.id.clone()),
        at: message.times().said(),
    })
}

/// Why an asset is not made or not taken out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdvocacyRefusal {
    /// Somebody is asked for something.
    #[error("a permission is asked for at least one use")]
    NoUse,
    /// The case is somebody else's.
    #[error("the case `{0}` is not theirs, and a testimonial leads back to a case of its own")]
    NotTheirCase(CaseId),
    /// It says nothing.
    #[error("an asset has a text")]
    Empty,
    /// A quote is what somebody said.
    #[error("a quote has the words of the message it quotes; `{0}` does not hold them")]
    NotTheirWords(MessageKey),
    /// There is no such asset.
    #[error("the record has no asset `{0}`")]
    NoAsset(AssetId),
    /// There is no such permission.
    #[error("the record has no permission `{0}`")]
    NoPermission(PermissionId),
    /// An end that has passed.
    #[error("a permission that is over before it is given allows nothing")]
    Over,
    /// Nobody said yes to this use, or they took it back, or its time is over.
    #[error("no permission allows `{}` on `{}` now", .0.what, .0.place)]
    NotAllowed(AssetUse),
}

/// Takes an asset out for a use, by a permission that stands: of several the first one by its id.
///
/// # Errors
/// When no permission of the person allows this use now.
pub fn export<'a>(
    asset: &Asset,
    used: AssetUse,
    permissions: impl IntoIterator<Item = &'a PermissionState>,
    person: &PersonId,
    now: DateTime<Utc>,
) -> Result<AssetExport, AdvocacyRefusal> {
    let allowing = |state: &&PermissionState| {
        let same = state.asked.as_ref().is_some_and(|asked| {
            // A permission to quote one message is none to quote another.
            asked.identity == asset.identity
                && (asked.message.is_none()
                    || asked.message == asset.message
                    || asset.message.is_none() && asked.case == asset.case)
        });
        same && used.what == asset.kind && state.allows(&used, now)
    };
    let ids = permissions.into_iter().filter(allowing).filter_map(|state| Some(&state.asked.as_ref()?.id));
    match ids.min() {
        Some(permission) => Ok(AssetExport {
            asset: asset.id.clone(),
            identity: asset.identity.clone(),
            permission: permission.clone(),
            used,
            person: person.clone(),
            at: now,
        }),
        None => Err(AdvocacyRefusal::NotAllowed(used)),
    }
}

/// Somebody who lets us quote them, for what, and how far their word goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advocate {
    /// Who.
    pub identity: IdentityKey,
    /// How they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What they allow now.
    pub uses: BTreeSet<AssetUse>,
    /// Followers, as last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<u64>,
    /// What was made of their words.
    pub assets: Vec<AssetId>,
    /// How often it was taken out to be shown.
    pub exports: u64,
    /// Since when they allow it.
    pub since: DateTime<Utc>,
}
