//! What does a protocol say, read off the rules one by one? Plain, and slow: the definition that the router is held to.
//!
//! It shares nothing with the router but the conditions' own meaning and the names of things.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{Condition, Facts, Field, Truth};
use super::facet::{AskedVisibility, Facet};
use super::protocol::{OnUnknown, Protocol, Rule};
use crate::model::{Conflict, Facets, ReplyScale, RuleId};
use chrono::NaiveDate;

/// What the rules say of one message, each asked by itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlainDecision {
    /// The facets.
    pub facets: Facets,
    /// Facets on which rules that must agree do not, each value with its rules.
    pub conflicts: Vec<Conflict>,
    /// Mandatory facets that no rule sets.
    pub gaps: Vec<String>,
    /// The rules that fire.
    pub fired: BTreeSet<RuleId>,
    /// The rules on trial that would fire.
    pub shadow: Vec<RuleId>,
    /// The rules that ask for a review.
    pub review: Vec<RuleId>,
    /// The rules whose condition is unknown.
    pub unknown: BTreeSet<RuleId>,
    /// The rules of which one part alone does not hold: those with most parts first, five at most.
    pub near: Vec<RuleId>,
}

/// Asks each rule, and merges what those that fire say.
pub(super) fn decide<F: Facts>(protocol: &Protocol, facts: &F, day: Option<NaiveDate>) -> PlainDecision {
    let mut decision = PlainDecision::default();
    let mut fired: Vec<&Rule> = Vec::new();
    let mut near: Vec<(usize, &Rule)> = Vec::new();
    for rule in protocol.rules().iter().filter(|rule| day.is_none_or(|day| rule.is_in_force(day))) {
        let on_unknown = rule.on_unknown.unwrap_or(protocol.on_unknown());
        let fires = match rule.when.evaluate(facts) {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => on_unknown == OnUnknown::Fire,
        };
        if rule.shadow {
            decision.shadow.extend(fires.then(|| rule.id.clone()));
            continue;
        }
        if rule.when.evaluate(facts) == Truth::Unknown {
            decision.unknown.insert(rule.id.clone());
            decision.review.extend((on_unknown == OnUnknown::Review).then(|| rule.id.clone()));
        }
        if fires {
            fired.push(rule);
        }
        near.extend(nearly(&rule.when, facts).map(|held| (held, rule)));
    }
    near.sort_by(|(a, x), (b, y)| b.cmp(a).then(x.id.cmp(&y.id)));
    decision.near = near.into_iter().take(5).map(|(_, rule)| rule.id.clone()).collect();
    decision.fired = fired.iter().map(|rule| rule.id.clone()).collect();
    let open = matches!(facts.name(&Field::Seen), Some("public" | "unlisted"));
    let mut set = BTreeSet::new();
    for facet in Facet::ALL {
        let heard: Vec<&Rule> = fired
            .iter()
            .filter(|rule| rule.set.facets().contains(*facet))
            .filter(|rule| {
                !fired
                    .iter()
                    .any(|other| other.set.facets().contains(*facet) && is_over(protocol, other, rule))
            })
            .copied()
            .collect();
        if !heard.is_empty() {
            set.insert(*facet);
            say(*facet, &heard, open, &mut decision);
        }
    }
    if let Some(incentive) = decision.facets.incentive.clone() {
        let never = protocol.incentives().get(&incentive).and_then(|incentive| incentive.never_if.as_ref());
        if never.is_some_and(|never| never.evaluate(facts) != Truth::False) {
            decision.facets.incentive = None;
        }
        let granted = facts.granted(&incentive);
        let mut limits =
            protocol.incentives().get(&incentive).into_iter().flat_map(|one| one.limits(granted));
        if limits.any(|(_, most, given)| given.is_some_and(|given| given >= most)) {
            decision.facets.incentive = None;
        }
    }
    let gaps = protocol.mandatory().iter().filter(|facet| !set.contains(facet));
    decision.gaps = gaps.map(|facet| facet.as_str().to_owned()).collect();
    decision
}

/// How many parts of a row hold, when all but one do and that one is a question or its contrary.
fn nearly<F: Facts>(condition: &Condition, facts: &F) -> Option<usize> {
    let Condition::And(parts) = condition else { return None };
    let (held, others): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.evaluate(facts) == Truth::True);
    let [other] = others.as_slice() else { return None };
    let literal = match other {
        Condition::Atom(_) => true,
        Condition::Not(inner) => matches!(**inner, Condition::Atom(_)),
        _ => false,
    };
    (literal && other.evaluate(facts) == Truth::False).then_some(held.len())
}

/// Whether one rule overrides another, itself or through others.
fn is_over(protocol: &Protocol, rule: &Rule, other: &Rule) -> bool {
    let (mut seen, mut todo) = (BTreeSet::new(), vec![rule]);
    while let Some(rule) = todo.pop() {
        for id in &rule.overrides {
            if *id == other.id {
                return true;
            }
            if seen.insert(id) {
                todo.extend(protocol.rule(id.as_str()));
            }
        }
    }
    false
}

/// What rules say together on one facet.
fn say(facet: Facet, heard: &[&Rule], open: bool, decision: &mut PlainDecision) {
    let sets = || heard.iter().map(|rule| &rule.set);
    let facets = &mut decision.facets;
    let mut agree = |get: &dyn Fn(&Rule) -> Option<String>| {
        let mut values: BTreeMap<String, Vec<RuleId>> = BTreeMap::new();
        for rule in heard {
            values.entry(get(rule).unwrap_or_default()).or_default().push(rule.id.clone());
        }
        if values.len() > 1 {
            decision.conflicts.push(Conflict { facet: facet.as_str().to_owned(), values });
            return None;
        }
        values.into_keys().next()
    };
    match facet {
        Facet::Department => {
            let name = agree(&|rule| rule.set.department.as_ref().map(ToString::to_string));
            facets.department = name.and_then(|name| crate::model::Department::new(name).ok());
        }
        Facet::Owner => facets.owner = agree(&|rule| rule.set.owner.clone()),
        Facet::Incident => facets.incident = agree(&|rule| rule.set.incident.clone()),
        Facet::Incentive => facets.incentive = agree(&|rule| rule.set.incentive.clone()),
        Facet::Visibility => {
            facets.visibility = sets()
                .filter_map(|set| set.visibility.map(|asked: AskedVisibility| asked.resolve(open)))
                .max();
        }
        Facet::Respond => {
            let all: BTreeSet<ReplyScale> = sets().filter_map(|set| set.respond).collect();
            let both = all.contains(&ReplyScale::Micro) && all.contains(&ReplyScale::Macro);
            facets.respond = if both { Some(ReplyScale::Both) } else { all.last().copied() };
        }
        Facet::Priority => facets.priority = sets().filter_map(|set| set.priority).min(),
        Facet::Advocacy => facets.advocacy = sets().filter_map(|set| set.advocacy).max(),
        Facet::Record => facets.record = sets().filter_map(|set| set.record).max(),
        Facet::Hold => facets.hold = sets().any(|set| set.hold == Some(true)),
        Facet::Escalate => {
            for climb in sets().filter_map(|set| set.escalate.as_ref()) {
                let rung = facets.escalate.entry(climb.ladder.clone()).or_default();
                *rung = climb.rung.max(*rung);
            }
        }
        Facet::Sla => facets.sla = sets().flat_map(|set| set.sla.clone()).collect(),
        Facet::Skills => facets.skills = sets().flat_map(|set| set.skills.clone()).collect(),
        Facet::Tags => facets.tags = sets().flat_map(|set| set.tags.clone()).collect(),
        Facet::Approve => facets.approve = sets().flat_map(|set| set.approve.clone()).collect(),
        Facet::Notify => facets.notify = sets().flat_map(|set| set.notify.clone()).collect(),
    }
}
