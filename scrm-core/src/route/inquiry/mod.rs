//! What is decided, why not otherwise, and what if? One question after the other about one message.
//!
//! Read [`Inquiry`] first.

mod change;
mod explanation;
mod overlay;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::compile::Answers;
use super::condition::{Facts, Truth};
use super::decide::{Moment, decide};
use super::examples::values;
use super::facet::Facet;
use super::given::{Given, GivenFacts};
use super::observed::Observed;
use super::plain::{self, PlainDecision};
use super::protocol::OnUnknown;
use super::router::Router;
use crate::model::{Classification, Context, Decision, Hits, Message, RuleId};
use change::smallest;
pub use explanation::{Explanation, FacetExplained, NearExplained};
use overlay::Overlay;

/// One message and all that is known of it, or facts written down by hand, before a router.
///
/// ```
/// use scrm_core::model::Limits;
/// use scrm_core::playbook::Playbook;
/// use scrm_core::route::{Given, Router};
/// let playbook = Playbook::from_file("care.toml", r#"
///     [protocol]
///     id = "care"
///     version = "1"
///     [[rule]]
///     id = "loud"
///     owner = "comms"
///     why = "Reach plus anger goes to the press office"
///     when = 'influence >= 80 and sentiment <= -0.5'
///     set = { department = "comms", priority = 1 }
/// "#, &Limits::DEFAULT).unwrap();
/// let router = Router::compile(playbook.protocol.clone(), playbook.calendars.clone());
/// let read = |json| Given::from_json(json, playbook.protocol.vocabulary()).unwrap();
///
/// let facts = read(r#"{"influence": 79, "sentiment": -0.7}"#);
/// let now = "2026-11-02T08:14:00Z".parse().unwrap();
/// let inquiry = router.about_given(&facts, now);
/// assert!(inquiry.decide().facets.department.is_none());
///
/// let why_not = inquiry.why_not("loud").unwrap();
/// assert_eq!(why_not.failing[0].atom, "influence >= 80");
/// assert_eq!(why_not.smallest_change, Some(read(r#"{"influence": 80}"#)));
///
/// let what_if = inquiry.what_if(&read(r#"{"influence": 91}"#));
/// assert_eq!(what_if.changed[0].after.as_deref(), Some("comms"));
/// ```
pub struct Inquiry<'a> {
    router: &'a Router,
    facts: Known<'a>,
    moment: Moment,
}

enum Known<'a> {
    Observed(Observed<'a>),
    Given(GivenFacts<'a>),
}

/// What another set of facts would change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhatIf {
    /// The decision on the facts as they are.
    pub before: Decision,
    /// The decision on the facts as they would be.
    pub after: Decision,
    /// The facets that differ, in the order of the decision.
    pub changed: Vec<FacetChange>,
}

/// A facet that two decisions set in two ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacetChange {
    /// Which.
    pub facet: String,
    /// What the one says; absent when no rule sets it.
    pub before: Option<String>,
    /// What the other says.
    pub after: Option<String>,
}

/// Why a rule does not decide about a message, and what would have to be otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhyNot {
    /// The rule.
    pub rule: RuleId,
    /// Whether it fires after all.
    pub fires: bool,
    /// Whether its condition is `true`, `false` or `unknown`.
    pub condition: &'static str,
    /// What it does when its condition is unknown: `skip`, `fire` or `review`.
    pub on_unknown: &'static str,
    /// Whether the day lies in its time.
    pub in_force: bool,
    /// Whether it is on trial and decides nothing.
    pub shadow: bool,
    /// The questions because of which it does not fire, with the values they saw.
    pub failing: Vec<FailingAtom>,
    /// Facets on which rules that override it are heard in its place, with these rules.
    pub silenced: Vec<(String, RuleId)>,
    /// The fewest facts that would have to be otherwise so that its condition holds; absent when it holds, or when
    /// nothing was found.
    pub smallest_change: Option<Given>,
    /// What that would change in the decision.
    pub would_change: Vec<FacetChange>,
    /// Whether the search for the change ended before everything was tried.
    pub exhausted: bool,
}

/// One question that stands in the way of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailingAtom {
    /// The question.
    pub atom: String,
    /// The value it looked at.
    pub value: String,
    /// Whether nobody knows the answer; else it is the wrong one.
    pub unknown: bool,
}

/// There is no such rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule `{rule}`{help}")]
pub struct NoSuchRule {
    /// The name that was asked for.
    pub rule: String,
    help: String,
}

impl Router {
    /// Questions about a message, decided as [`decide`](Self::decide) does.
    pub fn about<'a>(
        &'a self,
        message: &'a Message,
        classification: &'a Classification,
        hits: &'a Hits,
        context: &'a Context,
    ) -> Inquiry<'a> {
        let (facts, moment) = self.observed(message, classification, hits, context);
        Inquiry { router: self, facts: Known::Observed(facts), moment }
    }

    /// Questions about facts written down by hand, decided for `now`, unless the facts have a time themselves.
    pub fn about_given<'a>(&'a self, given: &'a Given, now: DateTime<Utc>) -> Inquiry<'a> {
        let compiled = self.compiled();
        let at = given.at().unwrap_or(now);
        let day = Some(compiled.calendars.default_calendar().local_date(at));
        let moment = Moment { at, day, created: None };
        Inquiry { router: self, facts: Known::Given(given.at_time(&compiled.calendars, at)), moment }
    }
}

impl Inquiry<'_> {
    /// What is decided.
    pub fn decide(&self) -> Decision {
        match &self.facts {
            Known::Observed(facts) => self.decide_on(facts),
            Known::Given(facts) => self.decide_on(facts),
        }
    }

    /// What is decided, each rule asked by itself: slow, and the definition that [`decide`](Self::decide) is held to.
    pub fn decide_plainly(&self) -> PlainDecision {
        let protocol = self.router.protocol();
        match &self.facts {
            Known::Observed(facts) => plain::decide(protocol, facts, self.moment.day),
            Known::Given(facts) => plain::decide(protocol, facts, self.moment.day),
        }
    }

    /// What would be decided if these facts were otherwise.
    pub fn what_if(&self, changes: &Given) -> WhatIf {
        let before = self.decide();
        let after = self.decide_with(changes);
        let changed = difference(&before, &after);
        WhatIf { before, after, changed }
    }

    /// Why a rule does not fire, and the smallest change that would make it.
    ///
    /// The change is looked for among the fields that the rule's condition asks for, by [`Self::BUDGET`] trials at most:
    /// the fewest fields, and of those the values nearest to what they are.
    ///
    /// # Errors
    /// When there is no such rule.
    pub fn why_not(&self, rule: &str) -> Result<WhyNot, NoSuchRule> {
        let protocol = self.router.protocol();
        let ids = || protocol.rules().iter().map(|known| known.id.as_str());
        let why_not = ids().position(|known| known == rule).and_then(|place| match &self.facts {
            Known::Observed(facts) => self.why_not_on(facts, place),
            Known::Given(facts) => self.why_not_on(facts, place),
        });
        why_not.ok_or_else(|| {
            let near = crate::diagnostic::did_you_mean(rule, ids());
            let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            NoSuchRule { rule: rule.to_owned(), help }
        })
    }

    /// How often the search for the smallest change asks the rule at most.
    pub const BUDGET: usize = 20_000;

    fn decide_on<F: Facts>(&self, facts: &F) -> Decision {
        let compiled = self.router.compiled();
        decide(compiled, &mut Answers::new(&compiled.pool, facts), self.moment)
    }

    fn decide_with(&self, changes: &Given) -> Decision {
        match &self.facts {
            Known::Observed(facts) => self.decide_over(facts, changes),
            Known::Given(facts) => self.decide_over(facts, changes),
        }
    }

    fn decide_over<F: Facts>(&self, facts: &F, changes: &Given) -> Decision {
        let calendars = &self.router.compiled().calendars;
        let at = changes.at().unwrap_or(self.moment.at);
        let day = self.moment.day.map(|_| calendars.default_calendar().local_date(at));
        let overlay = Overlay { base: facts, changes: changes.with(calendars) };
        let compiled = self.router.compiled();
        let moment = Moment { at, day, created: self.moment.created };
        decide(compiled, &mut Answers::new(&compiled.pool, &overlay), moment)
    }

    fn why_not_on<F: Facts>(&self, facts: &F, place: usize) -> Option<WhyNot> {
        let compiled = self.router.compiled();
        let rule = compiled.protocol.rules().get(place)?;
        let compiled_rule = compiled.rules.get(place)?;
        let mut answers = Answers::new(&compiled.pool, facts);
        let truth = answers.truth(&compiled_rule.when);
        let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
        if truth == Truth::False {
            answers.reasons(&compiled_rule.when, false, &mut wrong);
        }
        answers.unknowns(&compiled_rule.when, &mut unknown);
        let in_force = self.moment.day.is_none_or(|day| rule.is_in_force(day));
        let holds = |truth| {
            truth == Truth::True || (truth == Truth::Unknown && compiled_rule.on_unknown == OnUnknown::Fire)
        };
        let mut failing = Vec::new();
        if !holds(truth) {
            let wrong = wrong
                .into_iter()
                .map(|literal| (super::decide::written(compiled, &answers, literal.contrary()), false));
            let unknown = unknown.into_iter().map(|atom| {
                let literal = super::compile::Literal { atom, positive: true };
                (super::decide::written(compiled, &answers, literal), true)
            });
            failing = wrong
                .chain(unknown)
                .map(|((atom, value), unknown)| FailingAtom { atom, value, unknown })
                .collect();
            failing.dedup();
        }
        let decision = self.decide();
        let fires = holds(truth) && in_force && !rule.shadow;
        let silenced = if fires { self.silencers(place, &decision) } else { Vec::new() };
        let silenced = silenced.into_iter().map(|(facet, rule)| (facet.as_str().to_owned(), rule)).collect();
        let search = if holds(truth) {
            change::Found::default()
        } else {
            smallest(&rule.when, facts, &compiled.calendars, compiled.protocol.vocabulary(), Self::BUDGET)
        };
        let would_change = match &search.change {
            Some(change) => difference(&decision, &self.decide_with(change)),
            None => Vec::new(),
        };
        Some(WhyNot {
            rule: rule.id.clone(),
            fires,
            condition: match truth {
                Truth::True => "true",
                Truth::Unknown => "unknown",
                Truth::False => "false",
            },
            on_unknown: compiled_rule.on_unknown.as_str(),
            in_force,
            shadow: rule.shadow,
            failing,
            silenced,
            smallest_change: search.change,
            would_change,
            exhausted: search.exhausted,
        })
    }

    /// The rules that are heard in the place of the one at `place`, by facet.
    fn silencers(&self, place: usize, decision: &Decision) -> Vec<(Facet, RuleId)> {
        let compiled = self.router.compiled();
        let rules = compiled.protocol.rules();
        let Some(own) = compiled.rules.get(place) else { return Vec::new() };
        let fired = |id: &RuleId| decision.fired.contains(id);
        let over = compiled.rules.iter().zip(rules);
        let over = over.filter(|(other, rule)| other.silences.contains(place) && fired(&rule.id));
        over.flat_map(|(other, rule)| {
            own.facets
                .iter()
                .filter(|facet| other.facets.contains(*facet))
                .map(|facet| (facet, rule.id.clone()))
        })
        .collect()
    }

    /// The rules that fired and are not heard, by facet.
    fn defeated(&self, decision: &Decision) -> BTreeMap<&'static str, Vec<RuleId>> {
        let mut defeated: BTreeMap<&'static str, Vec<RuleId>> = BTreeMap::new();
        for id in &decision.fired {
            let rules = self.router.protocol().rules();
            let Ok(place) = rules.binary_search_by(|rule| rule.id.cmp(id)) else { continue };
            let facets: BTreeSet<Facet> =
                self.silencers(place, decision).into_iter().map(|(facet, _)| facet).collect();
            for facet in facets {
                defeated.entry(facet.as_str()).or_default().push(id.clone());
            }
        }
        defeated
    }

    fn message_key(&self) -> Option<String> {
        match &self.facts {
            Known::Observed(facts) => Some(facts.message.key().to_string()),
            Known::Given(_) => None,
        }
    }
}

/// The facets that two decisions set in two ways.
pub(super) fn difference(before: &Decision, after: &Decision) -> Vec<FacetChange> {
    let (before, after) = (values(&before.facets), values(&after.facets));
    let of = |facet: Facet, all: &[(Facet, String)]| {
        all.iter().find(|(known, _)| *known == facet).map(|(_, value)| value.clone())
    };
    Facet::ALL
        .iter()
        .map(|facet| FacetChange {
            facet: facet.as_str().to_owned(),
            before: of(*facet, &before),
            after: of(*facet, &after),
        })
        .filter(|change| change.before != change.after)
        .collect()
}
