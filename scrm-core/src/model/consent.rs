//! What do people allow and like, and what are they to us?

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::IdentityKey;
use super::terms::terms;

terms! {
    /// What somebody is to the company; many at once.
    Role {
        /// Buys from us.
        Customer = "customer",
        /// May buy from us.
        Prospect = "prospect",
        /// Supports us.
        Fan = "fan",
        /// Forms other people's opinions.
        Influencer = "influencer",
        /// Sells to us.
        Supplier = "supplier",
        /// Works beside us.
        Partner = "partner",
        /// Works for us.
        Employee = "employee",
    }
}

/// What somebody allowed or refused, for one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Consent {
    /// Whose.
    pub identity: IdentityKey,
    /// For what (`marketing`, `testimonial`).
    pub purpose: String,
    /// Allowed or refused.
    pub granted: bool,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Until when; absent means until it is withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Where it was given, for whoever must prove it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

impl Consent {
    /// Whether it allows its purpose at `now`.
    pub fn allows(&self, now: DateTime<Utc>) -> bool {
        self.granted && self.at <= now && self.until.is_none_or(|until| now < until)
    }
}

/// Something a person likes, as they or somebody else said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Preference {
    /// Whose.
    pub identity: IdentityKey,
    /// What about (`channel`, `language`).
    pub name: String,
    /// What they like.
    pub value: String,
    /// Who says so; absent means themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// How one account stands to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Relationship {
    /// From whom.
    pub from: IdentityKey,
    /// To whom.
    pub to: IdentityKey,
    /// As what (`follows`, `works_for`, `parent_of`).
    pub kind: String,
    /// Since when it is known.
    pub at: DateTime<Utc>,
}
