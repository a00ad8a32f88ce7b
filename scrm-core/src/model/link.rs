//! Are these two accounts the same person? Claims, each revocable.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use sha2::{Digest, Sha256};

use super::{IdentityKey, LinkId, LinkState, PersonId};

/// What a claim says of two accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkClaim {
    /// One person has both.
    Same,
    /// They belong to different people. Beats every `Same` but a person's later one.
    Different,
}

impl LinkClaim {
    /// The name in JSON and in the views of the stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
        }
    }
}

/// What a claim stands on, strongest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "evidence", rename_all = "snake_case")]
pub enum LinkEvidence {
    /// The person proved both accounts to us.
    Authenticated,
    /// One account names the other, and the platform checked it.
    Declared,
    /// An exact key agrees: a confirmed address or number.
    Deterministic,
    /// A model's guess.
    Probabilistic {
        /// How sure, 0 to 1.
        score: f32,
    },
    /// A person of the team says so.
    Human {
        /// Who.
        person: PersonId,
    },
}

impl LinkEvidence {
    /// The name in JSON and in the views of the stores.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Authenticated => "authenticated",
            Self::Declared => "declared",
            Self::Deterministic => "deterministic",
            Self::Probabilistic { .. } => "probabilistic",
            Self::Human { .. } => "human",
        }
    }

    /// The same as protocols name it.
    pub fn state(&self) -> LinkState {
        match self {
            Self::Authenticated => LinkState::Authenticated,
            Self::Declared => LinkState::Declared,
            Self::Deterministic => LinkState::Deterministic,
            Self::Probabilistic { .. } => LinkState::Probabilistic,
            Self::Human { .. } => LinkState::Human,
        }
    }

    /// Whether a person of the team says so.
    pub fn is_human(&self) -> bool {
        matches!(self, Self::Human { .. })
    }
}

/// That a claim was taken back, by whom and when. Taking back restores exactly what was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Revocation {
    /// Who took it back; absent when its source did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A claim that two accounts belong to one person, or do not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IdentityLink {
    /// One account.
    pub a: IdentityKey,
    /// The other.
    pub b: IdentityKey,
    /// What is claimed.
    pub claim: LinkClaim,
    /// What it stands on.
    #[serde(flatten)]
    pub evidence: LinkEvidence,
    /// When it was claimed.
    pub at: DateTime<Utc>,
    /// That it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revocation>,
}

impl IdentityLink {
    /// Names the claim by what it says: the same claim has one id, whichever account it names first.
    pub fn id(&self) -> LinkId {
        let (a, b) = self.pair();
        let evidence = serde_json::to_string(&self.evidence).unwrap_or_default();
        let mut hash = Sha256::new();
        for part in [
            a.source.as_str(),
            a.native_id.as_str(),
            b.source.as_str(),
            b.native_id.as_str(),
            self.claim.as_str(),
            &evidence,
        ] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.update(self.at.timestamp_micros().to_le_bytes());
        LinkId::of_digest(&hash.finalize())
    }

    /// Whether it stands and says that one person has both.
    pub fn joins(&self) -> bool {
        self.claim == LinkClaim::Same && self.revoked.is_none()
    }

    /// The two accounts, lesser first.
    pub fn pair(&self) -> (&IdentityKey, &IdentityKey) {
        if self.a <= self.b { (&self.a, &self.b) } else { (&self.b, &self.a) }
    }
}
