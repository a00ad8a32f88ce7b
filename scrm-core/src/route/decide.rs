//! What does the protocol say about one message? Every rule is asked, those that hold are merged, and all of it is
//! proven.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::compile::{Answers, Literal, Node, Verdict};
use super::condition::{Facts, Field, Truth, write_observed};
use super::due::{clocks, escalations};
use super::facet::{Facet, FacetSet};
use super::merge::{Merged, Offer, merge};
use super::protocol::{Example, OnUnknown, Rule};
use super::router::{Compiled, CompiledRule};
use crate::model::{Conflict, Decision, Facets, NearMiss, Proof, RuleId, UnknownAtom};

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

impl Moment {
    /// That of an example: its own time, or else no day, so that every rule is in force.
    pub(super) fn of_example(compiled: &Compiled, example: &Example) -> Self {
        let at = example.given.at();
        let day = at.map(|at| compiled.calendars.default_calendar().local_date(at));
        Self { at: at.unwrap_or(DateTime::<Utc>::UNIX_EPOCH), day, created: None }
    }
}

/// A rule with its compiled form and its place.
type Judged<'a> = (usize, &'a Rule, &'a CompiledRule);

/// What the rules say of one message, and nothing of why.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ruling {
    pub(super) facets: Facets,
    /// The rules to which each facet owes its value.
    pub(super) by: BTreeMap<Facet, Vec<RuleId>>,
    /// The places of the rules that fired, also those that others overrode.
    pub(super) fired: Vec<usize>,
    /// The places of rules on trial that would have fired.
    pub(super) shadow: Vec<usize>,
    /// The places of rules that ask for a review.
    pub(super) review: Vec<usize>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) gaps: Vec<Facet>,
}

/// Asks every rule and merges what they say.
pub(super) fn decide<F: Facts>(
    compiled: &Compiled,
    answers: &mut Answers<'_, F>,
    moment: Moment,
) -> Decision {
    let mut decision = blank(compiled, moment.at);
    let fired = judge(compiled, answers, moment, &mut decision);
    decision.fired = fired.iter().map(|(_, rule, _)| rule.id.clone()).collect();
    let mut merged = merge(&offers(&fired), is_open(answers.facts));
    if let Some(withheld) = withhold(compiled, answers, &mut merged) {
        note_withheld(compiled, answers, &withheld, &mut decision);
    }
    if let Some(incentive) = &merged.facets.incentive {
        let open = limits(compiled, answers.facts, incentive).filter(|(.., given)| given.is_none());
        decision.subject_to = open.map(|(limit, ..)| limit).collect();
    }
    for (_, rule, compiled_rule) in &fired {
        prove(compiled, answers, rule, compiled_rule, &mut decision.proof);
    }
    finish(compiled, merged, moment, &mut decision);
    decision
}

/// The same without proof, deadlines, what was unknown and what nearly held.
pub(super) fn rule_on<F: Facts>(
    compiled: &Compiled,
    answers: &mut Answers<'_, F>,
    day: Option<NaiveDate>,
) -> Ruling {
    let candidates = compiled.index.candidates(&answers.touched);
    let (mut shadow, mut review) = (Vec::new(), Vec::new());
    let fired =
        ask(compiled, answers, day, &candidates, &mut shadow, |_, (place, _, compiled_rule), verdict| {
            if verdict == Verdict::Unknown && compiled_rule.on_unknown == OnUnknown::Review {
                review.push(place);
            }
        });
    let merged = merge_with(compiled, answers, &offers(&fired));
    let gaps = gaps(compiled, &merged).collect();
    let fired = fired.into_iter().map(|(place, ..)| place).collect();
    let Merged { facets, by, conflicts, .. } = merged;
    Ruling { facets, by, fired, shadow, review, conflicts, gaps }
}

/// What would be decided if one more rule had fired, whether it is on trial or not; `fired` as a ruling says.
pub(super) fn rule_with<F: Facts>(
    compiled: &Compiled,
    answers: &mut Answers<'_, F>,
    fired: &[usize],
    more: usize,
) -> Merged {
    let rules = compiled.protocol.rules();
    let judged = |place: usize| Some((place, rules.get(place)?, compiled.rules.get(place)?));
    let before = fired.partition_point(|place| *place < more);
    let (low, high) = fired.split_at_checked(before).unwrap_or((fired, &[]));
    let all = low.iter().chain([&more]).chain(high);
    let all: Vec<Judged<'_>> = all.filter_map(|place| judged(*place)).collect();
    merge_with(compiled, answers, &offers(&all))
}

/// What rules say together of a message.
pub(super) fn merge_with<F: Facts>(
    compiled: &Compiled,
    answers: &mut Answers<'_, F>,
    offers: &[Offer<'_>],
) -> Merged {
    let mut merged = merge(offers, is_open(answers.facts));
    withhold(compiled, answers, &mut merged);
    merged
}

/// What each rule that fired sets, but for the facets on which others silence it.
fn offers<'a>(fired: &[Judged<'a>]) -> Vec<Offer<'a>> {
    let offer = |(place, rule, _): &Judged<'a>| {
        let rule: &'a Rule = rule;
        Offer { rule: &rule.id, set: &rule.set, silent: silent_on(*place, fired) }
    };
    fired.iter().map(offer).collect()
}

/// Whether strangers can see the message.
pub(super) fn is_open<F: Facts>(facts: &F) -> bool {
    matches!(facts.name(&Field::Seen), Some("public" | "unlisted"))
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
        subject_to: Vec::new(),
    }
}

/// Asks the rules at these places; those that fire come back in the order of their ids, and `note` sees what every rule
/// that is not on trial came to.
fn ask<'a, 'f, F: Facts>(
    compiled: &'a Compiled,
    answers: &mut Answers<'f, F>,
    day: Option<NaiveDate>,
    candidates: &[u32],
    shadow: &mut Vec<usize>,
    mut note: impl FnMut(&mut Answers<'f, F>, Judged<'a>, Verdict),
) -> Vec<Judged<'a>> {
    let rules = compiled.protocol.rules();
    let mut fired = Vec::new();
    for place in candidates.iter().map(|place| *place as usize) {
        let (Some(rule), Some(compiled_rule)) = (rules.get(place), compiled.rules.get(place)) else {
            continue;
        };
        if !is_in_force(rule, day) {
            continue;
        }
        let verdict = answers.verdict(&compiled_rule.when);
        let fires = verdict == Verdict::Holds
            || (verdict == Verdict::Unknown && compiled_rule.on_unknown == OnUnknown::Fire);
        if rule.shadow {
            shadow.extend(fires.then_some(place));
            continue;
        }
        if fires {
            fired.push((place, rule, compiled_rule));
        }
        note(answers, (place, rule, compiled_rule), verdict);
    }
    fired
}

fn is_in_force(rule: &Rule, day: Option<NaiveDate>) -> bool {
    day.is_none_or(|day| rule.is_in_force(day))
}

/// The rules that fire, in the order of their ids; what the others came to is written into the decision.
fn judge<'a, F: Facts>(
    compiled: &'a Compiled,
    answers: &mut Answers<'_, F>,
    moment: Moment,
    decision: &mut Decision,
) -> Vec<Judged<'a>> {
    let rules = compiled.protocol.rules();
    let mut near = Nearest::default();
    let mut shadow = Vec::new();
    let candidates = compiled.index.candidates(&answers.touched);
    let fired = ask(
        compiled,
        answers,
        moment.day,
        &candidates,
        &mut shadow,
        |answers, (place, rule, compiled_rule), verdict| match verdict {
            Verdict::Unknown => note_unknown(compiled, answers, rule, compiled_rule, decision),
            Verdict::Nearly(literal, held) => near.insert(held, place, literal),
            Verdict::Holds | Verdict::Fails => {}
        },
    );
    decision.shadow = shadow.into_iter().filter_map(|place| Some(rules.get(place)?.id.clone())).collect();
    for (held, place) in compiled.index.nearly(&answers.touched).map(|near| (near.held(), near.place())) {
        if !near.would_take(held, place) {
            break;
        }
        let (Some(rule), Some(compiled_rule)) = (rules.get(place), compiled.rules.get(place)) else {
            continue;
        };
        let judged = u32::try_from(place).is_ok_and(|place| candidates.binary_search(&place).is_ok());
        if judged || rule.shadow || !is_in_force(rule, moment.day) {
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

/// An incentive that was taken back, and why.
struct Withheld<'a> {
    why: Why<'a>,
    /// The rules that would have given it.
    givers: Vec<RuleId>,
}

enum Why<'a> {
    /// It is never given under this condition, which holds or is unknown.
    Never(&'a Node, Truth),
    /// So many were given, which is all there may be.
    Spent(String, u64),
}

/// Takes back an incentive that is not to be given here; whether it is never given must be known.
fn withhold<'a, F: Facts>(
    compiled: &'a Compiled,
    answers: &mut Answers<'_, F>,
    merged: &mut Merged,
) -> Option<Withheld<'a>> {
    let incentive = merged.facets.incentive.as_ref()?;
    let never = compiled.never.iter().find(|(id, _)| id == incentive).map(|(_, never)| never);
    let never = never.map(|never| (never, answers.truth(never))).filter(|(_, truth)| *truth != Truth::False);
    let why = match never {
        Some((never, truth)) => Why::Never(never, truth),
        None => {
            let mut limits = limits(compiled, answers.facts, incentive);
            limits.find_map(|(limit, most, given)| {
                Some(Why::Spent(limit, given.filter(|given| *given >= most)?))
            })?
        }
    };
    merged.facets.incentive = None;
    let givers = merged.by.remove(&Facet::Incentive).unwrap_or_default();
    Some(Withheld { why, givers })
}

/// The budget and the cap of an incentive, with how many there may be and how many there were.
fn limits<'a, F: Facts>(
    compiled: &'a Compiled,
    facts: &F,
    incentive: &str,
) -> impl Iterator<Item = (String, u64, Option<u64>)> + use<'a, F> {
    let granted = facts.granted(incentive);
    compiled.protocol.incentives().get(incentive).into_iter().flat_map(move |one| one.limits(granted))
}

fn note_withheld<F: Facts>(
    compiled: &Compiled,
    answers: &mut Answers<'_, F>,
    Withheld { why, givers }: &Withheld<'_>,
    decision: &mut Decision,
) {
    let (never, truth) = match why {
        Why::Never(never, truth) => (*never, *truth),
        Why::Spent(limit, given) => {
            decision.proof.extend(givers.iter().map(|rule| Proof {
                rule: rule.clone(),
                atom: limit.clone(),
                value: format!("{given} given"),
                confidence: None,
                spans: Vec::new(),
            }));
            return;
        }
    };
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
            let mut proof = proof_of(compiled, answers, rule, *literal);
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
    rule: &RuleId,
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

/// The mandatory facets that no rule set.
fn gaps(compiled: &Compiled, merged: &Merged) -> impl Iterator<Item = Facet> {
    let set = merged.set;
    compiled.protocol.mandatory().iter().copied().filter(move |facet| !set.contains(*facet))
}

fn finish(compiled: &Compiled, merged: Merged, moment: Moment, decision: &mut Decision) {
    decision.gaps = gaps(compiled, &merged).map(|facet| facet.as_str().to_owned()).collect();
    decision.by = merged.by.into_iter().map(|(facet, rules)| (facet.as_str().to_owned(), rules)).collect();
    decision.conflicts = merged.conflicts;
    decision.facets = merged.facets;
    decision.due = clocks(compiled, &decision.facets, moment);
    decision.escalations = escalations(compiled, &decision.facets, decision.at);
}
