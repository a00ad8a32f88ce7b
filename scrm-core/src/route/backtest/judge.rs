//! What do two protocols say of one case? Both verdicts, and what the rules on trial would have changed.

use chrono::{DateTime, Utc};

use super::case::{BacktestCase, Subject};
use crate::model::{Facets, RuleId};
use crate::route::Router;
use crate::route::compile::Answers;
use crate::route::condition::{Facts, Field};
use crate::route::decide::{Moment, Ruling, rule_on, rule_with};
use crate::route::due::first_response;

/// What one protocol says of one case.
pub(super) struct Judged {
    pub(super) ruling: Ruling,
    /// When the first response falls due.
    pub(super) due: Option<DateTime<Utc>>,
    /// By place, the rules on trial that would have fired, with the facets that would then be, and whether rules would
    /// disagree that do not.
    pub(super) trials: Vec<Trial>,
}

/// What a rule on trial would have come to.
pub(super) struct Trial {
    pub(super) place: usize,
    pub(super) facets: Facets,
    pub(super) new_conflict: bool,
}

/// Type and issue of a case, in one text; empty where they are unknown.
#[derive(Debug, Default)]
pub(super) struct Stratum(pub(super) String);

impl Stratum {
    /// Between type and issue; in no name.
    pub(super) const BETWEEN: char = '\u{1f}';

    fn write<F: Facts>(&mut self, facts: &F) {
        self.0.clear();
        self.0.push_str(facts.name(&Field::Type).unwrap_or_default());
        self.0.push(Self::BETWEEN);
        self.0.push_str(facts.name(&Field::Issue).unwrap_or_default());
    }
}

/// Decides by one protocol.
pub(super) fn judge(router: &Router, case: &BacktestCase, stratum: Option<&mut Stratum>) -> Judged {
    let compiled = router.compiled();
    match &case.subject {
        Subject::Message(known) => {
            let (facts, moment) = router.observed_at(
                &known.message,
                &known.classification,
                &known.hits,
                &known.context,
                case.at,
            );
            judge_on(router, &facts, moment, stratum)
        }
        Subject::Facts(given) => {
            let at = given.at().unwrap_or(case.at);
            let day = Some(compiled.calendars.default_calendar().local_date(at));
            let facts = given.at_time(&compiled.calendars, at);
            judge_on(router, &facts, Moment { at, day, created: None }, stratum)
        }
    }
}

fn judge_on<F: Facts>(router: &Router, facts: &F, moment: Moment, stratum: Option<&mut Stratum>) -> Judged {
    let compiled = router.compiled();
    if let Some(stratum) = stratum {
        stratum.write(facts);
    }
    let mut answers = Answers::new(&compiled.pool, facts);
    let ruling = rule_on(compiled, &mut answers, moment.day);
    let due = first_response(compiled, &ruling.facets, moment);
    let trials = ruling.shadow.iter().map(|place| {
        let with = rule_with(compiled, &mut answers, &ruling.fired, *place);
        let known = |facet: &str| ruling.conflicts.iter().any(|conflict| conflict.facet == facet);
        let new_conflict = with.conflicts.iter().any(|conflict| !known(&conflict.facet));
        Trial { place: *place, facets: with.facets, new_conflict }
    });
    let trials = trials.collect();
    Judged { ruling, due, trials }
}

/// The rules behind a facet: those to which it owes its value, or those that disagree on it.
pub(super) fn behind(ruling: &Ruling, facet: crate::route::Facet) -> Vec<RuleId> {
    if let Some(rules) = ruling.by.get(&facet) {
        return rules.clone();
    }
    let conflict = ruling.conflicts.iter().find(|conflict| conflict.facet == facet.as_str());
    let mut rules: Vec<RuleId> =
        conflict.into_iter().flat_map(|conflict| conflict.values.values().flatten().cloned()).collect();
    rules.sort();
    rules
}
