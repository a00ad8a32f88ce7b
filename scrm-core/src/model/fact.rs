//! What is known of a person, besides what they said? One fact each, with who says so.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Consent, Ext, Identity, IdentityKey, Preference, Relationship, Role};

/// What somebody is to the company, or no longer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Standing {
    /// Whose account.
    pub identity: IdentityKey,
    /// As what.
    pub role: Role,
    /// Whether they are, or were until now.
    pub held: bool,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// What somebody else's data says of a person. It never takes the place of what they said themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Augmentation {
    /// Whose account.
    pub identity: IdentityKey,
    /// Who says so.
    pub provider: String,
    /// On which terms it may be used.
    pub licence: String,
    /// When they said it.
    pub at: DateTime<Utc>,
    /// What they say: names and values, as they came.
    #[serde(default)]
    pub values: Ext,
}

/// One thing that is known of an account. A later fact of the same kind goes before an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// An account as another system of the company knows it: the customer's master data.
    Account {
        /// The account; what the master data says besides stands in its further fields.
        identity: Box<Identity>,
        /// When it was so.
        at: DateTime<Utc>,
    },
    /// What they are to the company.
    Role(Standing),
    /// What they allowed or refused.
    Consent(Consent),
    /// What they like.
    Preference(Preference),
    /// How they stand to somebody else.
    Relationship(Relationship),
    /// What a third party says of them.
    Augmentation(Augmentation),
}

impl Fact {
    /// The accounts it speaks of.
    pub fn identities(&self) -> Vec<&IdentityKey> {
        match self {
            Self::Account { identity, .. } => vec![&identity.key],
            Self::Role(standing) => vec![&standing.identity],
            Self::Consent(consent) => vec![&consent.identity],
            Self::Preference(preference) => vec![&preference.identity],
            Self::Relationship(relationship) => vec![&relationship.from, &relationship.to],
            Self::Augmentation(augmentation) => vec![&augmentation.identity],
        }
    }

    /// Since when it is so.
    pub fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Account { at, .. } => *at,
            Self::Role(standing) => standing.at,
            Self::Consent(consent) => consent.at,
            Self::Preference(preference) => preference.at,
            Self::Relationship(relationship) => relationship.at,
            Self::Augmentation(augmentation) => augmentation.at,
        }
    }
}
