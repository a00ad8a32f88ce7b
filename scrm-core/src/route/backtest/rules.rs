//! Which rules fire, for whom, and what would those on trial change?

use std::collections::BTreeMap;

use serde::Serialize;

use super::bounded::Sum;
use super::case::BacktestCase;
use super::facets::{FacetCounts, Tally, changes, is_set};
use super::judge::Judged;
use crate::model::{IdentityKey, RuleId};
use crate::route::{Facet, Protocol};

/// How often one rule fired, in cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleCounts {
    /// The rule.
    pub rule: RuleId,
    /// Under the old protocol, or would have, on trial; absent when it is not in it.
    pub old: Option<u64>,
    /// Under the new protocol, or would have, on trial; absent when it is not in it.
    pub new: Option<u64>,
    /// Cases in which some facet of the new decision is owed to it.
    pub decided: u64,
}

/// What a rule on trial would have done under the new protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShadowRule {
    /// The rule.
    pub rule: RuleId,
    /// Cases in which it would have fired.
    pub would_fire: u64,
    /// Cases that would have been decided otherwise.
    pub would_change: u64,
    /// Cases in which it would have disagreed with other rules that agree without it.
    pub would_conflict: u64,
    /// The facets that it would have changed, over the cases in which it would have fired.
    pub facets: Vec<FacetCounts>,
}

/// For whom a rule fired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Customer {
    #[default]
    Nobody,
    One(IdentityKey),
    /// Or somebody whom nobody knows.
    Several,
}

/// The counts of one rule.
#[derive(Debug, Clone, Default)]
pub(super) struct RuleTally {
    pub(super) fired: u64,
    decided: u64,
    customer: Customer,
    trial: Option<Box<Trials>>,
}

#[derive(Debug, Clone, Default)]
struct Trials {
    changed: u64,
    conflicts: u64,
    facets: BTreeMap<Facet, Tally>,
}

/// The counts of all rules of one protocol, by place.
#[derive(Debug, Clone)]
pub(super) struct RuleTallies(pub(super) Vec<RuleTally>);

impl RuleTallies {
    pub(super) fn new(protocol: &Protocol) -> Self {
        Self(vec![RuleTally::default(); protocol.rules().len()])
    }

    /// Counts the rules that fired or would have.
    pub(super) fn fired(&mut self, judged: &Judged) {
        for place in judged.ruling.fired.iter().chain(&judged.ruling.shadow) {
            if let Some(rule) = self.0.get_mut(*place) {
                rule.fired += 1;
            }
        }
    }

    /// Counts for whom they fired, what is owed to them, and what those on trial would have changed.
    pub(super) fn looked_into(&mut self, protocol: &Protocol, case: &BacktestCase, judged: &Judged) {
        let ruling = &judged.ruling;
        for place in ruling.fired.iter().chain(&ruling.shadow) {
            let Some((tally, rule)) = self.0.get_mut(*place).zip(protocol.rules().get(*place)) else {
                continue;
            };
            tally.decided += u64::from(ruling.by.values().any(|by| by.contains(&rule.id)));
            tally.customer.meet(case.author());
        }
        for trial in &judged.trials {
            let Some(tally) = self.0.get_mut(trial.place) else { continue };
            let trials = tally.trial.get_or_insert_default();
            let changes = changes(&ruling.facets, &trial.facets);
            trials.changed += u64::from(!changes.is_empty());
            trials.conflicts += u64::from(trial.new_conflict);
            for facet in Facet::ALL {
                let tally = trials.facets.entry(*facet).or_default();
                match changes.iter().find(|(changed, ..)| changed == facet) {
                    Some((_, old, new)) => tally.differ(old.as_ref(), new.as_ref()),
                    None => tally.agree(is_set(&ruling.facets, *facet)),
                }
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            mine.fired += theirs.fired;
            mine.decided += theirs.decided;
            match theirs.customer {
                Customer::Nobody => {}
                Customer::One(key) => mine.customer.meet(Some(&key)),
                Customer::Several => mine.customer = Customer::Several,
            }
            let Some(theirs) = theirs.trial else { continue };
            let trials = mine.trial.get_or_insert_default();
            trials.changed += theirs.changed;
            trials.conflicts += theirs.conflicts;
            for (facet, tally) in theirs.facets {
                trials.facets.entry(facet).or_default().add(tally);
            }
        }
    }

    /// What the rules on trial would have done, those that never would have included.
    pub(super) fn shadow(&self, protocol: &Protocol) -> Vec<ShadowRule> {
        let rules = protocol.rules().iter().zip(&self.0).filter(|(rule, _)| rule.shadow);
        let report = rules.map(|(rule, tally)| {
            let trials = tally.trial.as_deref().cloned().unwrap_or_default();
            let facets = trials.facets.into_iter().map(|(facet, tally)| tally.report(facet));
            ShadowRule {
                rule: rule.id.clone(),
                would_fire: tally.fired,
                would_change: trials.changed,
                would_conflict: trials.conflicts,
                facets: facets.filter(|facet| facet.added + facet.removed + facet.changed > 0).collect(),
            }
        });
        report.collect()
    }
}

impl RuleTally {
    /// The one author of all messages for which it fired, when it fired more than once.
    pub(super) fn only_customer(&self) -> Option<&IdentityKey> {
        match &self.customer {
            Customer::One(key) if self.fired > 1 => Some(key),
            _ => None,
        }
    }
}

impl Customer {
    fn meet(&mut self, author: Option<&IdentityKey>) {
        *self = match (std::mem::take(self), author) {
            (Self::Nobody, Some(author)) => Self::One(author.clone()),
            (Self::One(known), Some(author)) if known == *author => Self::One(known),
            _ => Self::Several,
        };
    }
}

/// How often each rule of either protocol fired, in the order of the ids.
pub(super) fn report(
    (old, old_tallies): (&Protocol, &RuleTallies),
    (new, new_tallies): (&Protocol, &RuleTallies),
) -> Vec<RuleCounts> {
    let mut counts: BTreeMap<&RuleId, RuleCounts> = BTreeMap::new();
    let blank = |id: &RuleId| RuleCounts { rule: id.clone(), old: None, new: None, decided: 0 };
    for (rule, tally) in old.rules().iter().zip(&old_tallies.0) {
        counts.entry(&rule.id).or_insert_with(|| blank(&rule.id)).old = Some(tally.fired);
    }
    for (rule, tally) in new.rules().iter().zip(&new_tallies.0) {
        let counts = counts.entry(&rule.id).or_insert_with(|| blank(&rule.id));
        (counts.new, counts.decided) = (Some(tally.fired), tally.decided);
    }
    counts.into_values().collect()
}
