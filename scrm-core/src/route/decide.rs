//! What does the protocol say about one message? Every rule is asked, those that hold are merged, and all of it is
//! proven.

use chrono::{DateTime, NaiveDate, Utc};

use super::compile::{Answers, Literal, Verdict};
use super::condition::{Facts, Field, Truth, write_observed};
use super::due::{clocks, escalations};
use super::facet::FacetSet;
use super::merge::{Merged, Offer, merge};
use super::protocol::{OnUnknown, Rule};
use super::router::{Compiled, CompiledRule};
use crate::model::{Decision, Facets, NearMiss, Proof, UnknownAtom};

/// How many rules that nearly held are named.
const MOST_NEAR: usize = 5;

/// When it is decided; without a day every rule is in force.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) at: DateTime<Utc>,
    pub(super) day: Option<NaiveDate>,
    /// When the message was made, as the platform says.
    pub(super) created: Option<DateTime<Utc>>,
}

/// A rule with its compiled form and its place.
type Judged<'a> = (usize, &'a Rule, &'a CompiledRule);

/// Asks every rule and merges what they say.
pub(super) fn decide<F: Facts>(
    compiled: &Compiled,
    answers: &mut Answers<'_, F>,
    moment: Moment,
) -> Decision {
    let mut decision = blank(compiled, moment.at);
    let fired = judge(compiled, answers, moment, &mut decision);
    decision.fired = fired.iter().map(|(_, rule, _)| rule.id.clone()).collect();
    let offers: Vec<Offer<'_>> = fired
        .iter()
        .map(|(place, rule, _)| Offer { rule: &rule.id, set: &rule.set, silent: silent_on(*place, &fired) })
        .collect();
    let open = matches!(answers.facts.name(&Field::Seen), Some("public" | "unlisted"));
    let mut merged = merge(&offers, open);
    withhold(compiled, answers, &mut merged, &mut decision);
    for (_, rule, compiled_rule) in &fired {
        prove(compiled, answers, rule, compiled_rule, &mut decision.proof);
    }
    finish(compiled, merged, moment, &mut decision);
    decision
}

fn blank(compiled: &Compiled, at: DateTime<Utc>) -> Decision {
    Decision {
        rules: compiled.protocol.hash().to_owned(),
        at,
        facets: Facets::default(),
        by: Default::default(),
        fired: Vec::new(),
        due: None,
        escalations: Vec::new(),
        proof: Vec::new(),
        conflicts: Vec::new(),
        gaps: Vec::new(),
        review: Vec::new(),
        unknown: Vec::new(),
        near: Vec::new(),
        shadow: Vec::new(),
    }
}

/// The rules that fire, in the order of their ids; what the others came to is written into the decision.
fn judge<'a, F: Facts>(
    compiled: &'a Compiled,
    answers: &mut Answers<'_, F>,
    moment: Moment,
    decision: &mut Decision,
) -> Vec<Judged<'a>> {
    let rules = compiled.protocol.rules();
    let in_force = |rule: &Rule| moment.day.is_none_or(|day| rule.is_in_force(day));
    let mut fired = Vec::new();
    let mut near = Nearest::default();
    let candidates = compiled.index.candidates(&answers.touched);
    for place in candidates.iter().map(|place| *place as usize) {
        let (Some(rule), Some(compiled_rule)) = (rules.get(place), compiled.rules.get(place)) else {
            continue;
        };
        if !in_force(rule) {
            continue;
        }
        let verdict = answers.verdict(&compiled_rule.when);
        let fires = verdict == Verdict::Holds
            || (verdict == Verdict::Unknown && compiled_rule.on_unknown == OnUnknown::Fire);
        if rule.shadow {
            decision.shadow.extend(fires.then(|| rule.id.clone()));
            continue;
        }
        if fires {
            fired.push((place, rule, compiled_rule));
        }
        match verdict {
            Verdict::Unknown => note_unknown(compiled, answers, rule, compiled_rule, decision),
            Verdict::Nearly(literal, held) => near.insert(held, place, literal),
            Verdict::Holds | Verdict::Fails => {}
        }
    }
    for (held, place) in compiled.index.nearly(&answers.touched).map(|near| (near.held(), near.place())) {
        if !near.would_take(held, place) {
            break;
        }
        let (Some(rule), Some(compiled_rule)) = (rules.get(place), compiled.rules.get(place)) else {
            continue;
        };
        let judged = u32::try_from(place).is_ok_and(|place| candidates.binary_search(&place).is_ok());
        if judged || rule.shadow || !in_force(rule) {
            continue;
        }
        if let Verdict::Nearly(literal, held) = answers.verdict(&compiled_rule.when) {
            near.insert(held, place, literal);
        }
    }
    decision.near = near
        .0
        .into_iter()
        .filter_map(|(_, place, literal)| {
            let (atom, value) = written(compiled, answers, literal);
            Some(NearMiss { rule: rules.get(place)?.id.clone(), atom, value })
        })
        .collect();
    fired
}

/// The rules that nearly hold: those of which most parts do come first, equal ones in the order of their ids.
#[derive(Default)]
struct Nearest(Vec<(usize, usize, Literal)>);

impl Nearest {
    fn would_take(&self, held: usize, place: usize) -> bool {
        self.0.len() < MOST_NEAR
            || self.0.last().is_some_and(|(last, at, _)| held > *last || (held == *last && place < *at))
    }

    fn insert(&mut self, held: usize, place: usize, literal: Literal) {
        if self.would_take(held, place) && self.0.iter().all(|(_, known, _)| *known != place) {
            let at =
                self.0.partition_point(|(known, at, _)| *known > held || (*known == held && *at < place));
            self.0.insert(at, (held, place, literal));
            self.0.truncate(MOST_NEAR);
        }
    }
}

fn note_unknown<F: Facts>(
    compiled: &Compiled,
    answers: &mut Answers<'_, F>,
    rule: &Rule,
    compiled_rule: &CompiledRule,
    decision: &mut Decision,
) {
    if compiled_rule.on_unknown == OnUnknown::Review {
        decision.review.push(rule.id.clone());
    }
    let mut atoms = Vec::new();
    answers.unknowns(&compiled_rule.when, &mut atoms);
    for (_, text) in atoms.into_iter().filter_map(|atom| compiled.pool.get(atom)) {
        decision.unknown.push(UnknownAtom {
            rule: rule.id.clone(),
            atom: text.to_owned(),
            then: compiled_rule.on_unknown.as_str().to_owned(),
        });
    }
}

/// The facets on which the rule at `place` is silenced by others that fired.
fn silent_on(place: usize, fired: &[Judged<'_>]) -> FacetSet {
    fired
        .iter()
        .filter(|(other, _, compiled)| *other != place && compiled.silences.contains(place))
        .fold(FacetSet::default(), |silent, (_, _, compiled)| silent.union(compiled.facets))
}

/// Takes back an incentive that is not to be given here; whether it may be given must be known.
fn withhold<F: Facts>(
    compiled: &Compiled,
    answers: &mut Answers<'_, F>,
    merged: &mut Merged,
    decision: &mut Decision,
) {
    let Some(incentive) = merged.facets.incentive.clone() else { return };
    let Some((_, never)) = compiled.never.iter().find(|(id, _)| *id == incentive) else { return };
    let truth = answers.truth(never);
    if truth == Truth::False {
        return;
    }
    merged.facets.incentive = None;
    let givers = merged.by.remove(&super::Facet::Incentive).unwrap_or_default();
    let mut unknown = Vec::new();
    answers.unknowns(never, &mut unknown);
    let mut held = Vec::new();
    if truth == Truth::True {
        answers.reasons(never, true, &mut held);
    }
    for rule in givers {
        for (_, text) in unknown.iter().filter_map(|atom| compiled.pool.get(*atom)) {
            let (atom, then) = (format!("never_if {text}"), OnUnknown::Skip.as_str().to_owned());
            decision.unknown.push(UnknownAtom { rule: rule.clone(), atom, then });
        }
        for literal in &held {
            let mut proof = proof_of(compiled, answers, &rule, *literal);
            proof.atom = format!("never_if {}", proof.atom);
            decision.proof.push(proof);
        }
    }
}

fn prove<F: Facts>(
    compiled: &Compiled,
    answers: &mut Answers<'_, F>,
    rule: &Rule,
    compiled_rule: &CompiledRule,
    proof: &mut Vec<Proof>,
) {
    let mut held = Vec::new();
    answers.reasons(&compiled_rule.when, true, &mut held);
    proof.extend(held.into_iter().map(|literal| proof_of(compiled, answers, &rule.id, literal)));
}

fn proof_of<F: Facts>(
    compiled: &Compiled,
    answers: &Answers<'_, F>,
    rule: &crate::model::RuleId,
    literal: Literal,
) -> Proof {
    let facts = answers.facts;
    let (text, value) = written(compiled, answers, literal);
    let found = compiled.pool.get(literal.atom).map(|(atom, _)| atom);
    let confidence = found.and_then(|atom| facts.confidence(atom.axis()?));
    let words = compiled.pool.word_spans(literal.atom, facts);
    let spans = words.or_else(|| found.map(|atom| facts.spans(atom))).unwrap_or_default();
    Proof { rule: rule.clone(), atom: text, value, confidence, spans }
}

/// A literal as text, and the value that it looked at.
pub(super) fn written<F: Facts>(
    compiled: &Compiled,
    answers: &Answers<'_, F>,
    literal: Literal,
) -> (String, String) {
    let Some((atom, text)) = compiled.pool.get(literal.atom) else { return Default::default() };
    let mut value = String::new();
    write_observed(atom, answers.facts, &mut value);
    (if literal.positive { text.to_owned() } else { format!("not {text}") }, value)
}

fn finish(compiled: &Compiled, merged: Merged, moment: Moment, decision: &mut Decision) {
    let mandatory = compiled.protocol.mandatory().iter();
    decision.gaps = mandatory
        .filter(|facet| !merged.set.contains(**facet))
        .map(|facet| facet.as_str().to_owned())
        .collect();
    decision.by = merged.by.into_iter().map(|(facet, rules)| (facet.as_str().to_owned(), rules)).collect();
    decision.conflicts = merged.conflicts;
    decision.facets = merged.facets;
    decision.due = clocks(compiled, &decision.facets, moment);
    decision.escalations = escalations(compiled, &decision.facets, decision.at);
}
