//! Why was it decided so, in one value for machines: each facet with the rules behind it, and what stood in the way.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{FacetChange, Inquiry};
use crate::model::{Conflict, Proof, RuleId, UnknownAtom};
use crate::route::Given;

/// A decision with everything that led to it, and what little would have led elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The message's source and id, `x:1789`; absent of facts written down by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The time it was decided for.
    pub now: DateTime<Utc>,
    /// The hash over the rules.
    pub rules: String,
    /// The facets that have a value.
    pub facets: BTreeMap<String, FacetExplained>,
    /// Rules that must agree and do not.
    pub conflicts: Vec<Conflict>,
    /// Mandatory facets that no rule sets.
    pub gaps: Vec<String>,
    /// What held, and what made it hold.
    pub proof: Vec<Proof>,
    /// The rules that nearly held, and what would have made them.
    pub near: Vec<NearExplained>,
    /// Questions that nobody could answer.
    pub unknown: Vec<UnknownAtom>,
    /// Rules that ask for a person's review.
    pub review: Vec<RuleId>,
    /// Rules on trial that would have fired.
    pub shadow: Vec<RuleId>,
}

/// One facet of a decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FacetExplained {
    /// Its value.
    pub value: Value,
    /// The rules that it is owed to.
    pub by: Vec<RuleId>,
    /// Rules that fired and would have set it, had not others overridden them.
    pub defeated: Vec<RuleId>,
    /// Of `sla`: when the first response is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_response_due: Option<DateTime<Utc>>,
    /// Of `sla`: when the matter must be resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution_due: Option<DateTime<Utc>>,
}

/// A rule that nearly held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NearExplained {
    /// The rule.
    pub rule: RuleId,
    /// What did not hold: `influence >= 80 (was 79)`.
    #[serde(rename = "false")]
    pub failing: Vec<String>,
    /// The fewest facts that would have to be otherwise.
    pub smallest_change: Option<Given>,
    /// What the decision would be then, by facet; `null` where no rule would set it.
    pub would_change: BTreeMap<String, Option<String>>,
}

impl Inquiry<'_> {
    /// The decision with everything that led to it.
    pub fn explain(&self) -> Explanation {
        let decision = self.decide();
        let values = match serde_json::to_value(&decision.facets) {
            Ok(Value::Object(values)) => values,
            _ => serde_json::Map::new(),
        };
        let defeated = self.defeated(&decision);
        let due = decision.due.as_ref();
        let explained = |(facet, value): (String, Value)| {
            let is_sla = facet == "sla";
            let one = FacetExplained {
                value,
                by: decision.by.get(&facet).cloned().unwrap_or_default(),
                defeated: defeated.get(facet.as_str()).cloned().unwrap_or_default(),
                first_response_due: due.filter(|_| is_sla).and_then(|due| due.first_response),
                resolution_due: due.filter(|_| is_sla).and_then(|due| due.resolution),
            };
            (facet, one)
        };
        let near = decision.near.iter().map(|near| {
            let found = self.why_not(near.rule.as_str()).ok();
            let would = found.iter().flat_map(|found| &found.would_change);
            NearExplained {
                rule: near.rule.clone(),
                failing: vec![format!("{} (was {})", near.atom, near.value)],
                would_change: would
                    .map(|FacetChange { facet, after, .. }| (facet.clone(), after.clone()))
                    .collect(),
                smallest_change: found.and_then(|found| found.smallest_change),
            }
        });
        Explanation {
            message: self.message_key(),
            now: decision.at,
            rules: decision.rules.clone(),
            near: near.collect(),
            facets: values.into_iter().map(explained).collect(),
            conflicts: decision.conflicts,
            gaps: decision.gaps,
            proof: decision.proof,
            unknown: decision.unknown,
            review: decision.review,
            shadow: decision.shadow,
        }
    }
}
