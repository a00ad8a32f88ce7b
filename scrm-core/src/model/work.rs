//! What do people do with a case? They claim it, hand it over, wait, take it up again; and clocks tell of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::terms::terms;
use super::{Department, Escalation, IncidentId, MessageKey, PersonId};

terms! {
    /// Whose turn it is while a case waits.
    WaitingOn {
        /// The customer's.
        Customer = "customer",
        /// A supplier's, a partner's, or anybody else's outside.
        ThirdParty = "third_party",
        /// Nobody's: it is on hold.
        Hold = "hold",
    }
}

/// That one person is answering a case, and nobody else for now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Claim {
    /// Who.
    pub person: PersonId,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when, unless they claim it again; absent, until they release it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

impl Claim {
    /// Whether it holds at `now`. At its very end it does not.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// Who was given a case, or why nobody was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Assignment {
    /// A person has it.
    Person {
        /// Who.
        person: PersonId,
        /// Since when.
        at: DateTime<Utc>,
    },
    /// Everybody who could have it is full: it lies in a queue.
    Queue {
        /// Which.
        queue: String,
        /// Since when.
        at: DateTime<Utc>,
    },
    /// There is nobody who could have it.
    Unassigned {
        /// Why.
        reason: String,
        /// Since when.
        at: DateTime<Utc>,
    },
}

impl Assignment {
    /// The person who has it.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person { person, .. } => Some(person),
            Self::Queue { .. } | Self::Unassigned { .. } => None,
        }
    }

    /// Since when.
    pub fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Person { at, .. } | Self::Queue { at, .. } | Self::Unassigned { at, .. } => *at,
        }
    }
}

/// Whose turn it is, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Waiting {
    /// Whose.
    pub on: WaitingOn,
    /// Why, in somebody's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// One thing that clocks and ladders tell of, once for each case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "mark", rename_all = "snake_case")]
pub enum CaseMark {
    /// A deadline comes near.
    Warning {
        /// The service level.
        sla: String,
        /// Its clock: `first_response` or `resolution`.
        clock: String,
        /// How long before the deadline, as the protocol says it: `30m`.
        before: String,
    },
    /// A deadline has passed.
    Breach {
        /// The service level.
        sla: String,
        /// Its clock.
        clock: String,
    },
    /// A rung was reached.
    Rung {
        /// The ladder.
        ladder: String,
        /// The rung, counted from 1.
        rung: u8,
        /// When it was to be climbed.
        at: DateTime<Utc>,
    },
}

/// What happened to a case, besides messages and responses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CaseChange {
    /// A person answers it now.
    Claimed {
        /// The claim.
        claim: Claim,
    },
    /// A claim came to its end.
    Released {
        /// The claim that it was.
        claim: Claim,
        /// Whether its time ran out.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        expired: bool,
    },
    /// It was given to somebody, or could not be.
    Assigned {
        /// To whom.
        to: Assignment,
    },
    /// Another department has it from now on, and within it a person, where one is named.
    HandedOver {
        /// Which.
        department: Department,
        /// Who.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
        /// Why, in somebody's words.
        reason: String,
    },
    /// It is somebody else's turn.
    Waiting {
        /// Whose.
        on: WaitingOn,
        /// Why, in somebody's words.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// Work goes on.
    Resumed,
    /// It was opened again.
    Reopened {
        /// Why, in somebody's words.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        /// The message that opened it again, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageKey>,
    },
    /// A deadline comes near.
    Warned {
        /// The service level.
        sla: String,
        /// Its clock: `first_response` or `resolution`.
        clock: String,
        /// How long before the deadline, as the protocol says it.
        before: String,
        /// The deadline.
        due: DateTime<Utc>,
        /// Whom it concerns, by a name of the protocol's kind: `person:…` or `team:…`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// A deadline has passed.
    Breached {
        /// The service level.
        sla: String,
        /// Its clock.
        clock: String,
        /// The deadline.
        due: DateTime<Utc>,
        /// Whom it concerns.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// A rung of a ladder was reached: somebody must be called.
    Escalated {
        /// Which rung, who, and how.
        escalation: Escalation,
    },
    /// It is part of an incident from now on.
    JoinedIncident {
        /// Which.
        incident: IncidentId,
    },
}

impl CaseChange {
    /// The name in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Claimed { .. } => "claimed",
            Self::Released { .. } => "released",
            Self::Assigned { .. } => "assigned",
            Self::HandedOver { .. } => "handed_over",
            Self::Waiting { .. } => "waiting",
            Self::Resumed => "resumed",
            Self::Reopened { .. } => "reopened",
            Self::Warned { .. } => "warned",
            Self::Breached { .. } => "breached",
            Self::Escalated { .. } => "escalated",
            Self::JoinedIncident { .. } => "joined_incident",
        }
    }

    /// What clocks and ladders tell by it, once for each case.
    pub fn mark(&self) -> Option<CaseMark> {
        match self {
            Self::Warned { sla, clock, before, .. } => {
                let (sla, clock, before) = (sla.clone(), clock.clone(), before.clone());
                Some(CaseMark::Warning { sla, clock, before })
            }
            Self::Breached { sla, clock, .. } => {
                Some(CaseMark::Breach { sla: sla.clone(), clock: clock.clone() })
            }
            Self::Escalated { escalation } => {
                let Escalation { ladder, rung, at, .. } = escalation;
                Some(CaseMark::Rung { ladder: ladder.clone(), rung: *rung, at: *at })
            }
            _ => None,
        }
    }

    /// The same without what people wrote, when the customer is erased.
    #[must_use]
    pub fn without_words(mut self) -> Self {
        match &mut self {
            Self::HandedOver { reason, .. }
            | Self::Waiting { reason, .. }
            | Self::Reopened { reason, .. } => {
                reason.clear();
            }
            _ => {}
        }
        self
    }
}
