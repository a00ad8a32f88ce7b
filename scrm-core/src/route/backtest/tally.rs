//! What is counted of each case? All counts of one part of a corpus, which add up in any order.

use chrono::{DateTime, Utc};

use super::Both;
use super::bounded::{Bounded, Sum};
use super::case::{BacktestCase, Subject};
use super::facets::{self, Change, changes, is_set};
use super::judge::{Judged, Stratum, behind, judge};
use super::load::{Departments, LoadTally};
use super::people::AgreementTally;
use super::report::Completeness;
use super::rules::RuleTallies;
use super::sample::{ChangedCase, ChangedFacet, Drawn, number};
use crate::model::RuleId;
use crate::route::{Facet, Router};

/// Sorts of messages that are told apart.
pub(super) const MOST_STRATA: usize = 10_000;

/// What all parts of a run share.
pub(super) struct Plan<'a> {
    pub(super) old: &'a Router,
    pub(super) new: &'a Router,
    pub(super) seed: u64,
    /// Changed cases that are drawn of each stratum.
    pub(super) drawn: usize,
    pub(super) departments: Departments,
}

/// All counts of one part.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) cases: u64,
    pub(super) noise: u64,
    pub(super) changed: u64,
    pub(super) span: Option<(DateTime<Utc>, DateTime<Utc>)>,
    pub(super) completeness: Both<Completeness>,
    pub(super) facets: Vec<facets::Tally>,
    pub(super) strata: Bounded<String, Drawn>,
    pub(super) rules: Both<RuleTallies>,
    pub(super) load: Both<LoadTally>,
    pub(super) people: Both<AgreementTally>,
    /// Type and issue of the case at hand.
    stratum: Stratum,
}

impl Tally {
    pub(super) fn new(plan: &Plan<'_>) -> Self {
        Self {
            cases: 0,
            noise: 0,
            changed: 0,
            span: None,
            completeness: Both::default(),
            facets: vec![facets::Tally::default(); Facet::ALL.len()],
            strata: Bounded::new(MOST_STRATA),
            rules: Both {
                old: RuleTallies::new(plan.old.protocol()),
                new: RuleTallies::new(plan.new.protocol()),
            },
            load: Both::default(),
            people: Both::default(),
            stratum: Stratum::default(),
        }
    }

    /// Decides a case twice, and counts what comes of it.
    pub(super) fn add(&mut self, plan: &Plan<'_>, case: &BacktestCase) {
        if case.is_noise() {
            self.noise += 1;
            return;
        }
        let old = judge(plan.old, case, None);
        let new = judge(plan.new, case, Some(&mut self.stratum));
        self.cases += 1;
        self.span = join(self.span, Some((case.at, case.at)));
        self.completeness.old.add(&old.ruling);
        self.completeness.new.add(&new.ruling);
        let changes = changes(&old.ruling.facets, &new.ruling.facets);
        self.count_facets(&changes, &new);
        self.draw(plan, case, &changes, &old, &new);
        self.rules.old.fired(&old);
        self.rules.new.fired(&new);
        self.rules.new.looked_into(plan.new.protocol(), case, &new);
        // Both loads are told in the hours of the new one.
        let calendars = plan.new.calendars();
        self.load.old.add(&plan.departments, calendars, case.at, &old);
        self.load.new.add(&plan.departments, calendars, case.at, &new);
        if let Some(outcome) = &case.outcome {
            self.people.old.add(outcome, &old);
            self.people.new.add(outcome, &new);
        }
    }

    fn count_facets(&mut self, changes: &[Change], new: &Judged) {
        self.changed += u64::from(!changes.is_empty());
        let mut changes = changes.iter().peekable();
        for (facet, tally) in Facet::ALL.iter().zip(&mut self.facets) {
            match changes.next_if(|(changed, ..)| changed == facet) {
                Some((_, old, new)) => tally.differ(old.as_ref(), new.as_ref()),
                None => tally.agree(is_set(&new.ruling.facets, *facet)),
            }
        }
    }

    fn draw(&mut self, plan: &Plan<'_>, case: &BacktestCase, changes: &[Change], old: &Judged, new: &Judged) {
        let key = &self.stratum.0;
        let Some(drawn) = self.strata.entry(key.as_str(), || key.clone()) else { return };
        drawn.cases += 1;
        if !changes.is_empty() {
            let of = || write_down(plan, case, changes, old, new);
            drawn.draw(plan.drawn, number(plan.seed, &case.id), &case.id, of);
        }
    }

    /// Adds what another part counted.
    pub(super) fn merge(&mut self, other: Self) {
        self.cases += other.cases;
        self.noise += other.noise;
        self.changed += other.changed;
        self.span = join(self.span, other.span);
        merge(&mut self.completeness, other.completeness);
        for (mine, theirs) in self.facets.iter_mut().zip(other.facets) {
            mine.add(theirs);
        }
        self.strata.merge(other.strata);
        self.rules.old.merge(other.rules.old);
        self.rules.new.merge(other.rules.new);
        merge(&mut self.load, other.load);
        merge(&mut self.people, other.people);
    }
}

fn merge<T: Sum>(mine: &mut Both<T>, theirs: Both<T>) {
    mine.old.add(theirs.old);
    mine.new.add(theirs.new);
}

type TimeSpan = Option<(DateTime<Utc>, DateTime<Utc>)>;

fn join(a: TimeSpan, b: TimeSpan) -> TimeSpan {
    match (a, b) {
        (Some((from, to)), Some((other_from, other_to))) => Some((from.min(other_from), to.max(other_to))),
        (known, None) | (None, known) => known,
    }
}

fn write_down(
    plan: &Plan<'_>,
    case: &BacktestCase,
    changes: &[Change],
    old: &Judged,
    new: &Judged,
) -> ChangedCase {
    let fired = |router: &Router, judged: &Judged| -> Vec<RuleId> {
        let rules = router.protocol().rules();
        judged.ruling.fired.iter().filter_map(|place| Some(rules.get(*place)?.id.clone())).collect()
    };
    let changed = |(facet, was, is): &Change| ChangedFacet {
        facet: facet.as_str().to_owned(),
        old: was.clone(),
        new: is.clone(),
        old_by: behind(&old.ruling, *facet),
        new_by: behind(&new.ruling, *facet),
    };
    let (message, facts) = match &case.subject {
        Subject::Message(known) => (Some(known.message.key().to_string()), None),
        Subject::Facts(given) => (None, Some(given.clone())),
    };
    ChangedCase {
        id: case.id.clone(),
        at: case.at,
        message,
        facts,
        changes: changes.iter().map(changed).collect(),
        old_fired: fired(plan.old, old),
        new_fired: fired(plan.new, new),
    }
}
