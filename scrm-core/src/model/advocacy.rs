//! Who lets us quote them, for what, and until when? Permissions, and what may be shown because of them.
//!
//! Read [`PermissionState`] first: what the events on one permission add up to, and whether it stands at a time.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::terms::terms;
use super::{AssetId, CaseId, Event, IdentityKey, MessageKey, PermissionId, PersonId, Verdict};

terms! {
    /// What is made of what a customer said or lived through.
    AssetKind {
        /// Their words, under their name.
        Testimonial = "testimonial",
        /// A sentence of theirs.
        Quote = "quote",
        /// The story of their case.
        CaseStudy = "case_study",
    }
    /// Where a permission stands.
    PermissionStatus {
        /// They were asked and have not answered.
        Asked = "asked",
        /// They said yes.
        Granted = "granted",
        /// They said no.
        Refused = "refused",
        /// They said yes, and took it back.
        Withdrawn = "withdrawn",
        /// They said yes, for a time that is over.
        Expired = "expired",
    }
}

/// One use: what, and where (`website`, `brochure`, `conference`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AssetUse {
    /// What is shown.
    pub what: AssetKind,
    /// Where it is shown.
    pub place: String,
}

/// That somebody was asked whether they may be quoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Permission {
    /// Its id.
    pub id: PermissionId,
    /// Who was asked.
    pub identity: IdentityKey,
    /// The case it came from.
    pub case: CaseId,
    /// The message that is to be quoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageKey>,
    /// For what.
    pub uses: BTreeSet<AssetUse>,
    /// Who asked.
    pub person: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

/// What they answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PermissionAnswer {
    /// To which question.
    pub permission: PermissionId,
    /// Who answered.
    pub identity: IdentityKey,
    /// For what they said yes; nothing is no.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub uses: BTreeSet<AssetUse>,
    /// Until when; absent means until they take it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Where it was given, for whoever must prove it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Who of the team recorded it.
    pub person: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

/// What the events on one permission add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PermissionState {
    /// What was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Permission>,
    /// The last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<PermissionAnswer>,
    /// When it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<DateTime<Utc>>,
}

impl PermissionState {
    /// What events add up to, in the order of the log.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut state = Self::default();
        events.into_iter().for_each(|event| state.apply(event));
        state
    }

    /// Takes the next event.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::PermissionAsked { permission } => self.asked = Some(permission.as_ref().clone()),
            Event::PermissionAnswered { answer } => self.answer = Some(answer.as_ref().clone()),
            Event::PermissionWithdrawn { at, .. } => self.withdrawn = Some(*at),
            _ => {}
        }
    }

    /// Whether an event on this permission may follow.
    pub fn judge(&self, event: &Event) -> Verdict {
        let refused = |why: &str| Verdict::Refused(why.to_owned());
        match event {
            Event::PermissionAsked { permission } => match &self.asked {
                Some(known) if known == permission.as_ref() => Verdict::Duplicate,
                Some(_) => refused("another question has this id"),
                None => Verdict::New,
            },
            _ if self.asked.is_none() => refused("the record has no such permission; ask for it first"),
            Event::PermissionAnswered { answer } if self.answer.as_ref() == Some(answer) => {
                Verdict::Duplicate
            }
            Event::PermissionAnswered { .. } if self.withdrawn.is_some() => {
                refused("the permission was taken back; ask again")
            }
            Event::PermissionAnswered { answer } => {
                let asked = self.asked.as_ref().map(|asked| &asked.uses);
                if asked.is_some_and(|asked| answer.uses.is_subset(asked)) {
                    Verdict::New
                } else {
                    refused("a permission is given for what was asked, and no more")
                }
            }
            Event::PermissionWithdrawn { .. } if self.withdrawn.is_some() => Verdict::Duplicate,
            _ => Verdict::New,
        }
    }

    /// Where it stands at `now`; `None` when nothing was asked.
    pub fn status(&self, now: DateTime<Utc>) -> Option<PermissionStatus> {
        self.asked.as_ref()?;
        if self.withdrawn.is_some_and(|at| at <= now) {
            return Some(PermissionStatus::Withdrawn);
        }
        Some(match &self.answer {
            None => PermissionStatus::Asked,
            Some(answer) if answer.uses.is_empty() => PermissionStatus::Refused,
            Some(answer) if answer.until.is_some_and(|until| until <= now) => PermissionStatus::Expired,
            Some(_) => PermissionStatus::Granted,
        })
    }

    /// Whether it allows a use at `now`.
    pub fn allows(&self, asset: &AssetUse, now: DateTime<Utc>) -> bool {
        let given = self.answer.as_ref();
        self.status(now) == Some(PermissionStatus::Granted)
            && given.is_some_and(|given| given.at <= now && given.uses.contains(asset))
    }
}

/// A testimonial, a quote or a case study, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// What it is.
    pub kind: AssetKind,
    /// Whose words or story.
    pub identity: IdentityKey,
    /// The case it leads back to.
    pub case: CaseId,
    /// The message it quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageKey>,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it says.
    pub text: String,
    /// Who made it.
    pub person: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

/// That an asset was taken out to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AssetExport {
    /// Which asset.
    pub asset: AssetId,
    /// Whose words or story.
    pub identity: IdentityKey,
    /// By which permission.
    pub permission: PermissionId,
    /// For what.
    #[serde(rename = "use")]
    pub used: AssetUse,
    /// Who took it.
    pub person: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

fn digest(parts: &[&str], at: DateTime<Utc>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update(at.timestamp_micros().to_le_bytes());
    hash.finalize().into()
}

impl PermissionId {
    /// The id of what is asked of somebody for a case at a time: asking again gives the same.
    pub fn asked_of(identity: &IdentityKey, case: &CaseId, at: DateTime<Utc>) -> Self {
        Self::of_digest(&digest(&[identity.source.as_str(), identity.native_id.as_str(), case.as_str()], at))
    }
}

impl AssetId {
    /// The id of what is made of a case at a time: making it again gives the same.
    pub fn made_of(kind: AssetKind, case: &CaseId, at: DateTime<Utc>) -> Self {
        Self::of_digest(&digest(&[kind.as_str(), case.as_str()], at))
    }
}
