//! Is somebody of the team there? What was said of it, besides rosters.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::PersonId;
use super::terms::terms;

terms! {
    /// Whether a person of the team is there.
    PresenceKind {
        /// There, when their hours say so.
        Here = "here",
        /// Away for some time.
        Away = "away",
        /// Gone for good.
        Left = "left",
    }
}

/// What was said last of a person's presence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Presence {
    /// Who.
    pub person: PersonId,
    /// Whether they are there.
    pub presence: PresenceKind,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when, for those who are away; absent, until they say that they are back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

impl Presence {
    /// Whether it keeps the person from work at `now`.
    pub fn is_absent(&self, now: DateTime<Utc>) -> bool {
        let lasts = self.presence == PresenceKind::Left || self.until.is_none_or(|until| now < until);
        self.presence != PresenceKind::Here && self.from <= now && lasts
    }
}
