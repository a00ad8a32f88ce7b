//! Would the examples notice a fault? Each rule is changed in small ways, and the examples are asked again.

use serde::Serialize;

use super::mutations::{Mutant, Touches, mutants};
use crate::calendar::Calendars;
use crate::model::RuleId;
use crate::route::compile::Answers;
use crate::route::condition::Truth;
use crate::route::decide::{Moment, is_open, merge_with, rule_on};
use crate::route::examples::is_met;
use crate::route::facet::FacetSet;
use crate::route::given::GivenFacts;
use crate::route::merge::Offer;
use crate::route::protocol::{Example, OnUnknown, Silenced, silenced_by};
use crate::route::router::Compiled;
use crate::route::{Protocol, Router, Rule};

/// Changes that no example notices that are listed.
const MOST_SURVIVORS: usize = 1_000;

/// How much of a protocol its examples hold in place.
///
/// A small change of one rule is *killed* when an example that was as expected no longer is. Rules on trial are left out,
/// since they decide nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MutationScore {
    /// Examples that are as expected.
    pub examples: u64,
    /// Examples that are not, and so notice nothing.
    pub failing: u64,
    /// Small changes that were tried.
    pub mutants: u64,
    /// Of these, the ones that some example notices.
    pub killed: u64,
    /// Their share, 0 to 1; absent when there is nothing to change.
    pub score: Option<f64>,
    /// Those that none notices, in the order of the rules: 1,000 at most.
    pub survivors: Vec<Survivor>,
    /// Those that none notices and that are not listed.
    pub others: u64,
}

/// A small change of one rule that no example notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Survivor {
    /// The rule.
    pub rule: RuleId,
    /// What was changed: `delete the rule`, `department: care -> finance`, `influence >= 80 -> influence >= 81`.
    pub mutation: String,
}

/// One example that is as expected, with all that is known of it.
struct Asked<'a> {
    example: &'a Example,
    answers: Answers<'a, GivenFacts<'a>>,
    /// The places of the rules that fire.
    fired: Vec<usize>,
    moment: Moment,
}

/// Changes every rule of a protocol in small ways, and counts the changes that its examples notice.
///
/// ```
/// use scrm_core::model::Limits;
/// use scrm_core::playbook::Playbook;
/// use scrm_core::route::mutation_score;
/// let playbook = Playbook::from_file("care.toml", r#"
///     [protocol]
///     id = "care"
///     version = "1"
///     [[rule]]
///     id = "loud"
///     owner = "comms"
///     why = "Reach goes to the press office"
///     when = 'influence >= 80'
///     set = { priority = 1 }
///     [[example]]
///     given = { influence = 80 }
///     expect = { priority = 1 }
/// "#, &Limits::DEFAULT).unwrap();
/// let score = mutation_score(&playbook.protocol, &playbook.calendars);
/// assert_eq!((score.mutants, score.killed), (5, 4));
/// assert_eq!(score.survivors[0].mutation, "influence >= 80 -> influence >= 79");
/// ```
pub fn mutation_score(protocol: &Protocol, calendars: &Calendars) -> MutationScore {
    let router = Router::compile(protocol.clone(), calendars.clone());
    let compiled = router.compiled();
    let facts: Vec<GivenFacts<'_>> =
        protocol.examples().iter().map(|example| example.given.with(&compiled.calendars)).collect();
    let all = protocol.examples().iter().zip(&facts);
    let mut asked: Vec<Asked<'_>> =
        all.filter_map(|(example, facts)| ask(compiled, example, facts)).collect();
    let mut score = MutationScore {
        examples: asked.len() as u64,
        failing: (facts.len() - asked.len()) as u64,
        mutants: 0,
        killed: 0,
        score: None,
        survivors: Vec::new(),
        others: 0,
    };
    for (place, rule) in protocol.rules().iter().enumerate().filter(|(_, rule)| !rule.shadow) {
        for mutant in mutants(protocol, rule) {
            score.mutants += 1;
            if is_killed(compiled, place, &mutant, &mut asked) {
                score.killed += 1;
            } else if score.survivors.len() < MOST_SURVIVORS {
                score.survivors.push(Survivor { rule: rule.id.clone(), mutation: mutant.mutation });
            } else {
                score.others += 1;
            }
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    let share = score.killed as f64 / score.mutants as f64;
    score.score = (score.mutants > 0).then_some(share);
    score
}

/// What the protocol says of an example, when that is as expected.
fn ask<'a>(compiled: &'a Compiled, example: &'a Example, facts: &'a GivenFacts<'a>) -> Option<Asked<'a>> {
    let mut answers = Answers::new(&compiled.pool, facts);
    let moment = Moment::of_example(compiled, example);
    let ruling = rule_on(compiled, &mut answers, moment.day);
    let met = is_met(example, &ruling.facets, is_open(facts));
    met.then_some(Asked { example, answers, fired: ruling.fired, moment })
}

/// Whether some example is no longer as expected.
fn is_killed(compiled: &Compiled, place: usize, mutant: &Mutant, asked: &mut [Asked<'_>]) -> bool {
    let Some(own) = compiled.rules.get(place) else { return false };
    // What the rule silences is worked out anew when that can matter to an example.
    let mut silences: Option<Vec<Silenced>> = None;
    asked.iter_mut().any(|one| {
        let fired = one.fired.contains(&place);
        let fires = match (&mutant.rule, mutant.touches) {
            (None, _) => false,
            (Some(rule), Touches::Condition) => fires(compiled, rule, one),
            (Some(_), Touches::Settings | Touches::Overrides) => fired,
        };
        let overrides = mutant.touches == Touches::Overrides
            && one.fired.iter().any(|other| own.silences.contains(*other));
        if !overrides && !fires && !fired || (mutant.touches == Touches::Condition && fires == fired) {
            return false;
        }
        if overrides && silences.is_none() {
            silences = Some(silenced_with(compiled, place, mutant));
        }
        !holds(compiled, place, mutant, fires, silences.as_deref(), one)
    })
}

fn fires(compiled: &Compiled, rule: &Rule, one: &Asked<'_>) -> bool {
    let on_unknown = rule.on_unknown.unwrap_or(compiled.protocol.on_unknown());
    let truth = rule.when.evaluate(one.answers.facts);
    let holds = truth == Truth::True || (truth == Truth::Unknown && on_unknown == OnUnknown::Fire);
    holds && one.moment.day.is_none_or(|day| rule.is_in_force(day))
}

/// What each rule silences when one of them is changed.
fn silenced_with(compiled: &Compiled, place: usize, mutant: &Mutant) -> Vec<Silenced> {
    let mut gone = compiled.protocol.rules().get(place).cloned();
    if let Some(rule) = &mut gone {
        rule.overrides.clear();
    }
    let changed = mutant.rule.as_ref().or(gone.as_ref());
    let rules = compiled.protocol.rules().iter().enumerate();
    silenced_by(rules.map(|(at, rule)| changed.filter(|_| at == place).unwrap_or(rule)))
}

/// Whether an example is as expected under a mutant.
fn holds(
    compiled: &Compiled,
    place: usize,
    mutant: &Mutant,
    fires: bool,
    silences: Option<&[Silenced]>,
    one: &mut Asked<'_>,
) -> bool {
    let rules = compiled.protocol.rules();
    let mut fired: Vec<usize> = one.fired.iter().copied().filter(|other| *other != place).collect();
    if fires {
        fired.insert(fired.partition_point(|other| *other < place), place);
    }
    let rule_at = |at: usize| mutant.rule.as_ref().filter(|_| at == place).or_else(|| rules.get(at));
    let silenced = |by: usize, at: usize| match silences {
        Some(silences) => silences.get(by).is_some_and(|silenced| silenced.contains(at)),
        None => compiled.rules.get(by).is_some_and(|rule| rule.silences.contains(at)),
    };
    let silent = |at: usize| {
        let over = fired.iter().filter(|by| **by != at && silenced(**by, at));
        let facets = over.filter_map(|by| Some(rule_at(*by)?.set.facets()));
        facets.fold(FacetSet::default(), FacetSet::union)
    };
    let offers: Vec<Offer<'_>> = fired
        .iter()
        .filter_map(|at| {
            let rule = rule_at(*at)?;
            Some(Offer { rule: &rule.id, set: &rule.set, silent: silent(*at) })
        })
        .collect();
    let merged = merge_with(compiled, &mut one.answers, &offers);
    is_met(one.example, &merged.facets, is_open(one.answers.facts))
}
