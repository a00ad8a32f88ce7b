//! What was planned for each issue before anybody is spoken to first? The human steps of a seven-step programme.
//!
//! Read [`ProgrammePlans`] first: what the events on one programme add up to.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Brand, Event, MessageKey, PersonId, ProgrammeId, Topic, Verdict};

/// That a programme was begun, and over what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProgrammeScope {
    /// Its id.
    pub id: ProgrammeId,
    /// Whose issues; absent means every brand's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// Messages said at or after this time …
    pub from: DateTime<Utc>,
    /// … and before this one; absent means without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Who began it.
    pub person: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

/// How one issue is resolved inside the company, and who answers for that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IssuePlan {
    /// Of which programme.
    pub programme: ProgrammeId,
    /// The issue.
    pub issue: Topic,
    /// Who answers for it.
    pub owner: PersonId,
    /// The way through the company: who does what until it is resolved.
    pub path: String,
    /// The message that raised it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raised_by: Option<MessageKey>,
    /// Who planned it.
    pub person: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

/// What the events on one programme add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProgrammePlans {
    /// Over what it was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ProgrammeScope>,
    /// The last plan for each issue.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub plans: BTreeMap<Topic, IssuePlan>,
    /// When engagement was opened, and by whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activated: Option<(DateTime<Utc>, PersonId)>,
}

impl ProgrammePlans {
    /// What events add up to, in the order of the log.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut plans = Self::default();
        events.into_iter().for_each(|event| plans.apply(event));
        plans
    }

    /// Takes the next event.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::ProgrammeBegun { scope } => self.scope = Some(scope.as_ref().clone()),
            Event::ProgrammePlanned { plan } => {
                self.plans.insert(plan.issue.clone(), plan.as_ref().clone());
            }
            Event::ProgrammeActivated { person, at, .. } => self.activated = Some((*at, person.clone())),
            _ => {}
        }
    }

    /// Whether an event on this programme may follow.
    pub fn judge(&self, event: &Event) -> Verdict {
        match event {
            Event::ProgrammeBegun { scope } => match &self.scope {
                Some(known) if known == scope.as_ref() => Verdict::Duplicate,
                Some(_) => Verdict::Refused("another programme has this id".to_owned()),
                None => Verdict::New,
            },
            _ if self.scope.is_none() => Verdict::Refused("the record has no such programme".to_owned()),
            Event::ProgrammePlanned { plan } if self.plans.get(&plan.issue) == Some(plan) => {
                Verdict::Duplicate
            }
            Event::ProgrammeActivated { .. } if self.activated.is_some() => Verdict::Duplicate,
            _ => Verdict::New,
        }
    }
}
