//! Do many cases have one cause? The incident they meet in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{CaseId, IncidentId, PersonId, Topic};

/// An issue that is raised far more often than before: what was counted, and against what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Spike {
    /// How many messages raised it within the window.
    pub count: u64,
    /// The window, as the playbook says it: `1h`.
    pub window: String,
    /// How many raised it in the time before.
    pub before: u64,
    /// How long that time is: `1d`.
    pub baseline: String,
}

/// Many cases with one cause. Micro and macro responses meet here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Incident {
    /// Its key in the protocol, or the issue's path where it was found by itself.
    pub id: IncidentId,
    /// When it began, the last time it did.
    pub opened: DateTime<Utc>,
    /// The cases, in the order they were opened.
    pub cases: Vec<CaseId>,
    /// When it ended; absent while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<DateTime<Utc>>,
    /// The issue that its cases raise, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<Topic>,
    /// What was counted, when it was found by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spike: Option<Spike>,
}

/// What happened to an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum IncidentChange {
    /// It begins.
    Opened {
        /// The issue that its cases raise, where one does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        issue: Option<Topic>,
        /// What was counted, when it was found by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spike: Option<Spike>,
        /// Who opened it, when a person did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PersonId>,
    },
    /// It is over.
    Closed {
        /// Who closed it, when a person did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PersonId>,
    },
}

impl Incident {
    /// How an incident stands after a change at `at`; `None` when that changes nothing.
    ///
    /// One that is over can begin again. What is open is not opened, and what is not open is not closed.
    pub fn after(
        before: Option<&Self>,
        id: &IncidentId,
        at: DateTime<Utc>,
        change: &IncidentChange,
    ) -> Option<Self> {
        match (before, change) {
            (Some(open), IncidentChange::Opened { .. }) if open.closed.is_none() => None,
            (_, IncidentChange::Opened { issue, spike, .. }) => Some(Self {
                id: id.clone(),
                opened: at,
                cases: Vec::new(),
                closed: None,
                issue: issue.clone(),
                spike: spike.clone(),
            }),
            (Some(open), IncidentChange::Closed { .. }) if open.closed.is_none() => {
                Some(Self { closed: Some(at), ..open.clone() })
            }
            (_, IncidentChange::Closed { .. }) => None,
        }
    }
}
