//! What did our responses do? How people felt before and after, by case, by issue and by rule.
//!
//! Read [`Impact`] first. Sums are of whole millionths, so two halves joined are exactly the whole.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{CaseId, RuleId, Topic};

/// What came of one response.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseOutcome {
    /// The case it belongs to.
    pub case: CaseId,
    /// What that is about.
    pub issue: Option<Topic>,
    /// The rules that decided what it answers.
    pub rules: Vec<RuleId>,
    /// How the customer felt before, -1 to 1.
    pub before: Option<f32>,
    /// How they felt when they last answered, -1 to 1.
    pub after: Option<f32>,
    /// Their marks, each with the best there is.
    pub marks: Vec<(u8, u8)>,
    /// Whether nothing came back in time.
    pub silent: bool,
    /// Whether the customer answered.
    pub replied: bool,
}

/// Of one case, issue or rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ImpactEffect {
    /// Responses.
    pub responses: u64,
    /// Responses that the customer answered.
    pub replied: u64,
    /// Responses on which nothing came back in time.
    pub silent: u64,
    /// Responses of which it is known how the customer felt before and after.
    pub compared: u64,
    /// Of those: after which they felt better.
    pub better: u64,
    /// Of those: after which they felt worse.
    pub worse: u64,
    /// Of those: how much better on average, -2 to 2.
    pub change: Option<f64>,
    /// Marks for satisfaction.
    pub marks: u64,
    /// Their average, 0 to 1.
    pub satisfaction: Option<f64>,
}

/// A change of sentiment below this is none.
const SAME: i64 = 50_000;

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Tally {
    counts: ImpactEffect,
    change: i64,
    satisfaction: i64,
}

impl Tally {
    fn add(&mut self, outcome: &ResponseOutcome) {
        let counts = &mut self.counts;
        counts.responses += 1;
        counts.replied += u64::from(outcome.replied);
        counts.silent += u64::from(outcome.silent);
        if let (Some(before), Some(after)) = (outcome.before, outcome.after) {
            let change = millionths(after) - millionths(before);
            counts.compared += 1;
            counts.better += u64::from(change > SAME);
            counts.worse += u64::from(change < -SAME);
            self.change += change;
        }
        for (score, best) in &outcome.marks {
            counts.marks += 1;
            self.satisfaction += i64::from(*score) * 1_000_000 / i64::from((*best).max(1));
        }
    }

    fn join(&mut self, other: &Self) {
        let (own, theirs) = (&mut self.counts, &other.counts);
        own.responses += theirs.responses;
        own.replied += theirs.replied;
        own.silent += theirs.silent;
        own.compared += theirs.compared;
        own.better += theirs.better;
        own.worse += theirs.worse;
        own.marks += theirs.marks;
        self.change += other.change;
        self.satisfaction += other.satisfaction;
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of responses are far below 2^52")]
    fn measure(&self) -> ImpactEffect {
        let mean = |sum: i64, count: u64| (count > 0).then(|| sum as f64 / 1_000_000.0 / count as f64);
        ImpactEffect {
            change: mean(self.change, self.counts.compared),
            satisfaction: mean(self.satisfaction, self.counts.marks),
            ..self.counts
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a score is from -1 to 1")]
fn millionths(score: f32) -> i64 {
    (f64::from(score.clamp(-1.0, 1.0)) * 1_000_000.0).round() as i64
}

/// The impact of responses. Fed response by response; two of them can be joined.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Impact {
    all: Tally,
    cases: BTreeMap<CaseId, Tally>,
    issues: BTreeMap<Option<Topic>, Tally>,
    rules: BTreeMap<RuleId, Tally>,
}

/// The impact of responses, for reading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImpactTable {
    /// Of all responses.
    pub all: ImpactEffect,
    /// By case.
    pub cases: BTreeMap<CaseId, ImpactEffect>,
    /// By issue; an empty name stands for those without one.
    pub issues: BTreeMap<String, ImpactEffect>,
    /// By rule that decided what was answered.
    pub rules: BTreeMap<RuleId, ImpactEffect>,
}

impl Impact {
    /// Takes one response.
    pub fn add(&mut self, outcome: &ResponseOutcome) {
        self.all.add(outcome);
        self.cases.entry(outcome.case.clone()).or_default().add(outcome);
        self.issues.entry(outcome.issue.clone()).or_default().add(outcome);
        for rule in &outcome.rules {
            self.rules.entry(rule.clone()).or_default().add(outcome);
        }
    }

    /// Adds what another measured of other responses.
    pub fn join(&mut self, other: Self) {
        fn all<K: Ord>(own: &mut BTreeMap<K, Tally>, theirs: BTreeMap<K, Tally>) {
            for (key, tally) in theirs {
                own.entry(key).or_default().join(&tally);
            }
        }
        self.all.join(&other.all);
        all(&mut self.cases, other.cases);
        all(&mut self.issues, other.issues);
        all(&mut self.rules, other.rules);
    }

    /// The measure.
    pub fn measure(&self) -> ImpactTable {
        fn all<K: Ord + Clone>(tallies: &BTreeMap<K, Tally>) -> BTreeMap<K, ImpactEffect> {
            tallies.iter().map(|(key, tally)| (key.clone(), tally.measure())).collect()
        }
        let name = |issue: &Option<Topic>| {
            issue.as_ref().map_or_else(String::new, |issue| issue.as_str().to_owned())
        };
        ImpactTable {
            all: self.all.measure(),
            cases: all(&self.cases),
            issues: self.issues.iter().map(|(issue, tally)| (name(issue), tally.measure())).collect(),
            rules: all(&self.rules),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn outcome() -> impl Strategy<Value = ResponseOutcome> {
        let score = || prop::option::of(-1.0_f32..1.0);
        (
            0..3_u8,
            prop::option::of(0..2_u8),
            score(),
            score(),
            prop::collection::vec((0..=5_u8, Just(5_u8)), 0..3),
        )
            .prop_map(|(case, issue, before, after, marks)| ResponseOutcome {
                case: CaseId::new(format!("c{case}")).unwrap(),
                issue: issue.map(|issue| Topic::new(format!("t{issue}")).unwrap()),
                rules: vec![RuleId::new(format!("r{case}")).unwrap()],
                before,
                after,
                silent: after.is_none(),
                replied: after.is_some(),
                marks,
            })
    }

    proptest! {
        #[test]
        fn halves_joined_are_the_whole(outcomes in prop::collection::vec(outcome(), 0..20), cut in 0..20_usize) {
            let of = |outcomes: &[ResponseOutcome]| {
                let mut impact = Impact::default();
                outcomes.iter().for_each(|outcome| impact.add(outcome));
                impact
            };
            let cut = cut.min(outcomes.len());
            let mut joined = of(&outcomes[..cut]);
            joined.join(of(&outcomes[cut..]));
            prop_assert_eq!(&joined, &of(&outcomes));
            prop_assert_eq!(joined.measure(), of(&outcomes).measure());
        }
    }

    #[test]
    fn better_and_worse() {
        let mut impact = Impact::default();
        let plain = ResponseOutcome {
            case: CaseId::new("c").unwrap(),
            issue: None,
            rules: Vec::new(),
            before: Some(-0.5),
            after: Some(0.5),
            marks: vec![(4, 5)],
            silent: false,
            replied: true,
        };
        impact.add(&plain);
        impact.add(&ResponseOutcome { after: Some(-0.75), marks: Vec::new(), ..plain.clone() });
        impact.add(&ResponseOutcome {
            after: None,
            silent: true,
            replied: false,
            marks: vec![(1, 5)],
            ..plain
        });
        let all = impact.measure().all;
        assert_eq!((all.responses, all.compared, all.better, all.worse, all.silent), (3, 2, 1, 1, 1));
        assert_eq!((all.change, all.satisfaction), (Some(0.375), Some(0.5)));
    }
}
