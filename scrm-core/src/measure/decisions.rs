//! What was decided? Decisions by department and visibility, and what stays open and why.

use std::collections::BTreeMap;

use serde::Serialize;

use super::volume::{add, most_first};
use crate::model::{OpenReason, Outcome, ReplyVisibility, RuleId};
use crate::record::Entry;

/// Decisions by department and visibility, and open messages by reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decisions {
    /// Messages that are decided.
    pub decided: u64,
    /// Messages that wait for a person.
    pub open: u64,
    /// For each department, how many are answered where.
    pub departments: BTreeMap<String, BTreeMap<ReplyVisibility, u64>>,
    /// Why messages are open, most frequent first.
    pub open_reasons: Vec<OpenCount>,
}

/// How many messages are open for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenCount {
    /// The reason.
    pub reason: OpenReason,
    /// What exactly: the rules that disagree, the facets that are missing.
    pub detail: String,
    /// How many.
    pub messages: u64,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    decided: u64,
    departments: BTreeMap<String, BTreeMap<ReplyVisibility, u64>>,
    open: BTreeMap<(OpenReason, String), u64>,
}

impl Tally {
    pub(super) fn entry(&mut self, entry: &Entry) {
        match entry.assessment.outcome {
            Outcome::Decided => self.decide(entry),
            Outcome::Open(reason) => *self.open.entry((reason, detail(entry, reason))).or_default() += 1,
            Outcome::Noise(_) => {}
        }
    }

    fn decide(&mut self, entry: &Entry) {
        self.decided += 1;
        let Some(decision) = &entry.assessment.decision else { return };
        let facets = &decision.facets;
        let department = facets.department.as_ref().map_or("(none)", |department| department.as_str());
        let places = self.departments.entry(department.to_owned()).or_default();
        *places.entry(facets.visibility.unwrap_or(ReplyVisibility::Private)).or_default() += 1;
    }

    pub(super) fn join(&mut self, other: Self) {
        self.decided += other.decided;
        for (department, places) in other.departments {
            add(self.departments.entry(department).or_default(), places);
        }
        add(&mut self.open, other.open);
    }

    pub(super) fn measure(&self) -> Decisions {
        let reasons = most_first(&self.open);
        Decisions {
            decided: self.decided,
            open: self.open.values().sum(),
            departments: self.departments.clone(),
            open_reasons: reasons
                .into_iter()
                .map(|((reason, detail), messages)| OpenCount { reason, detail, messages })
                .collect(),
        }
    }
}

pub(super) fn detail(entry: &Entry, reason: OpenReason) -> String {
    let Some(decision) = &entry.assessment.decision else { return String::new() };
    match reason {
        OpenReason::Conflict => {
            let sides = decision.conflicts.iter().map(|conflict| {
                let rules: Vec<&str> = conflict.values.values().flatten().map(RuleId::as_str).collect();
                format!("{}: {}", conflict.facet, rules.join(" against "))
            });
            sides.collect::<Vec<_>>().join("; ")
        }
        OpenReason::Gap | OpenReason::Unknown => format!("no {}", decision.gaps.join(", ")),
        OpenReason::Review => decision.review.iter().map(RuleId::as_str).collect::<Vec<_>>().join(", "),
    }
}
