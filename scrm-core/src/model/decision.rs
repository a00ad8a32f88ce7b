//! Who acts, where, by when, with what? The facets that a protocol sets, with the proof.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Advocacy, Department, RecordScope, ReplyScale, ReplyVisibility, RuleId, Span};

/// The facets of a decision after every rule that fired was merged. What is absent was set by no rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Facets {
    /// Which department answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<Department>,
    /// Where it is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<ReplyVisibility>,
    /// To whom the answer speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond: Option<ReplyScale>,
    /// 1 (highest) to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// The service levels that hold, by name.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub sla: BTreeSet<String>,
    /// Ladders that are climbed: the highest rung of each, counted from 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub escalate: BTreeMap<String, u8>,
    /// Skills that whoever answers must have.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub skills: BTreeSet<String>,
    /// Marks for people.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// Who must approve a response before it is sent.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub approve: BTreeSet<String>,
    /// Who is told.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub notify: BTreeSet<String>,
    /// The person or role in charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The incident it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// What may be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incentive: Option<String>,
    /// Whether praise is asked for permission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advocacy: Option<Advocacy>,
    /// Whether nothing may be sent for now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hold: bool,
    /// How much the record keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordScope>,
}

/// When a service level falls due, in business time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SlaClocks {
    /// When the first response is due, and which service level says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response: Option<DateTime<Utc>>,
    /// When the matter must be resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<DateTime<Utc>>,
}

/// One rung to be climbed, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Escalation {
    /// The ladder.
    pub ladder: String,
    /// The rung, counted from 1.
    pub rung: u8,
    /// Who is called.
    pub to: String,
    /// How: `channel`, `phone`, `in_person` or `executive`.
    pub mode: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// One condition that held, and what made it hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proof {
    /// The rule that fired.
    pub rule: RuleId,
    /// The condition, as written in its canonical form.
    pub atom: String,
    /// The value it looked at.
    pub value: String,
    /// How sure that value is, where it has a confidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f32>,
    /// Where it stands in the text (bytes).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
}

/// Two rules that must agree on a facet and do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Conflict {
    /// The facet.
    pub facet: String,
    /// Each value with the rules that set it.
    pub values: BTreeMap<String, Vec<RuleId>>,
}

/// A rule that would have fired but for one condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NearMiss {
    /// The rule.
    pub rule: RuleId,
    /// The one condition that did not hold, and the value it saw.
    pub atom: String,
    /// The value it looked at.
    pub value: String,
}

/// A condition that could not be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnknownAtom {
    /// The rule.
    pub rule: RuleId,
    /// The condition.
    pub atom: String,
    /// What the rule did about it: `skip`, `fire` or `review`.
    pub then: String,
}

/// What the protocol says about one message, and why. Append-only, and the same bytes for the same input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decision {
    /// The hash over the canonical form of the rules.
    pub rules: String,
    /// The time it was decided for.
    pub at: DateTime<Utc>,
    /// The facets.
    pub facets: Facets,
    /// Which rules set each facet.
    pub by: BTreeMap<String, Vec<RuleId>>,
    /// The rules that fired, also those that others overrode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fired: Vec<RuleId>,
    /// When it falls due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<SlaClocks>,
    /// Rungs to climb, first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<Escalation>,
    /// The conditions that held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proof: Vec<Proof>,
    /// Facets on which rules disagree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// Mandatory facets that no rule set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
    /// Rules that ask for a person's review because a condition is unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub review: Vec<RuleId>,
    /// Conditions that could not be answered, in rules that might have fired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<UnknownAtom>,
    /// Rules one condition away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<NearMiss>,
    /// Rules on trial that would have fired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shadow: Vec<RuleId>,
    /// What the incentive depends on besides, because nobody said how often it was given: its budget, its cap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subject_to: Vec<String>,
}

impl Decision {
    /// Whether every mandatory facet is set, without conflict and without review.
    pub fn is_complete(&self) -> bool {
        self.gaps.is_empty() && self.conflicts.is_empty() && self.review.is_empty()
    }
}
