//! What never depends on an order, and that counting fast is counting.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use proptest::prelude::*;

use super::*;
use crate::model::Facets;
use crate::route::Facet;
use crate::route::backtest::bounded::Bounded;
use crate::route::backtest::facets::changes;
use crate::route::compile::Answers;
use crate::route::condition::{Field, Quantity};
use crate::route::decide::{Moment, decide, rule_on};
use crate::route::due::first_response;

fn any_facts() -> impl Strategy<Value = Given> {
    (
        prop::option::of(prop::sample::select(vec!["question", "complaint", "compliment", "suggestion"])),
        prop::option::of(prop::sample::select(vec!["billing", "product", "service.outage"])),
        prop::option::of(prop::sample::select(vec![-0.5, 0.3, 0.9])),
        prop::option::of(prop::sample::select(vec![9.0, 10.0, 90.0, 91.0])),
        prop::option::of(prop::sample::select(vec![2.0, 3.0])),
        prop::option::of(prop::sample::select(vec!["public", "direct"])),
    )
        .prop_map(|(kind, issue, sentiment, influence, count, seen)| {
            let mut given = Given::default();
            given = kind.map_or(given.clone(), |kind| given.name(Field::Type, kind));
            given = issue.map_or(given.clone(), |issue| given.name(Field::Issue, issue));
            given = seen.map_or(given.clone(), |seen| given.name(Field::Seen, seen));
            given = sentiment
                .map_or(given.clone(), |score| given.number(Quantity::Field(Field::Sentiment), score));
            given = influence
                .map_or(given.clone(), |score| given.number(Quantity::Field(Field::Influence), score));
            let window = Quantity::Count(crate::route::condition::Counter::Issue, "1h".parse().unwrap());
            count.map_or(given.clone(), |count| given.number(window, count))
        })
}

fn any_case() -> impl Strategy<Value = BacktestCase> {
    let answered = prop::option::of((prop::sample::select(vec!["care", "finance"]), 0i64..5));
    (0u8..12, 0i64..200, any_facts(), answered).prop_map(|(id, hours, facts, answered)| {
        let at = utc("2026-11-02T08:14:00Z") + chrono::Duration::hours(hours);
        let mut case = BacktestCase::of_facts(id.to_string(), at, facts);
        case.outcome = answered.map(|(name, late)| HumanOutcome {
            department: department(name),
            first_response: Some(at + chrono::Duration::hours(late)),
        });
        case
    })
}

fn routers() -> &'static (Router, Router) {
    static ROUTERS: std::sync::OnceLock<(Router, Router)> = std::sync::OnceLock::new();
    ROUTERS.get_or_init(|| (router(OLD), router(NEW)))
}

fn people() -> Team {
    team(&[("ada", &["care", "comms"], Some(5)), ("ben", &["finance"], Some(2))])
}

fn tested(cases: Vec<BacktestCase>, seed: u64, threads: usize) -> String {
    let (old, new) = routers();
    let (team, threads) = (people(), NonZeroUsize::new(threads).unwrap());
    let tester = Backtester::new(old, new, seed).team(&team).sample(2).threads(threads);
    serde_json::to_string(&tester.run(cases)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn order_and_threads_change_no_byte(
        (cases, shuffled) in prop::collection::vec(any_case(), 0..40)
            .prop_flat_map(|cases| (Just(cases.clone()), Just(cases).prop_shuffle())),
        seed in any::<u64>(),
    ) {
        let one = tested(cases.clone(), seed, 1);
        prop_assert_eq!(&one, &tested(cases, seed, 2));
        prop_assert_eq!(&one, &tested(shuffled, seed, 3));
    }

    #[test]
    fn counts_are_those_of_the_plain_decisions(cases in prop::collection::vec(any_case(), 0..40)) {
        let (old, new) = routers();
        let done = backtest(old, new, cases.clone(), 7);
        let mut facets: BTreeMap<(Facet, Option<String>, Option<String>), u64> = BTreeMap::new();
        let mut fired: BTreeMap<String, u64> = BTreeMap::new();
        let (mut changed, mut agreed, mut gaps) = (0, 0, 0);
        for case in &cases {
            let Subject::Facts(given) = &case.subject else { continue };
            let [before, after] = [old, new].map(|router| router.about_given(given, case.at).decide_plainly());
            for change in changes(&before.facets, &after.facets) {
                *facets.entry(change).or_default() += 1;
            }
            changed += u64::from(before.facets != after.facets);
            let known = case.outcome.as_ref().is_some_and(|known| known.department == after.facets.department);
            agreed += u64::from(known);
            let is_gap = after.conflicts.is_empty() && after.review.is_empty() && !after.gaps.is_empty();
            gaps += u64::from(is_gap);
            for rule in after.fired.iter().chain(&after.shadow) {
                *fired.entry(rule.to_string()).or_default() += 1;
            }
        }
        let counted = done.facets.iter().flat_map(|facet| facet.matrix.iter().map(|pair| {
            ((Facet::parse(&facet.facet).unwrap(), pair.old.clone(), pair.new.clone()), pair.cases)
        }));
        prop_assert_eq!(counted.collect::<BTreeMap<_, _>>(), facets);
        for facet in &done.facets {
            let sum = facet.same + facet.unset + facet.added + facet.removed + facet.changed;
            prop_assert_eq!(sum, done.cases);
        }
        let rules = done.rules.iter().filter_map(|rule| Some((rule.rule.to_string(), rule.new.filter(|n| *n > 0)?)));
        prop_assert_eq!(rules.collect::<BTreeMap<_, _>>(), fired);
        prop_assert_eq!((done.changed, done.completeness.new.gap), (changed, gaps));
        prop_assert_eq!(done.agreement.map_or(0, |both| both.new.agreed), agreed);
        let load: u64 = done.load.departments.iter().map(|load| load.work.new.cases).sum();
        prop_assert_eq!(load, cases.len() as u64);
    }

    #[test]
    fn a_ruling_is_a_decision_without_its_reasons(given in any_facts(), day in any::<bool>()) {
        let (old, new) = routers();
        let acme = router(include_str!("../../tests/northwind.toml"));
        for router in [old, new, &acme] {
            let compiled = router.compiled();
            let facts = given.with(&compiled.calendars);
            let at = utc("2026-11-02T10:14:00Z");
            let moment = Moment { at, day: day.then(|| at.date_naive()), created: None };
            let decision = decide(compiled, &mut Answers::new(&compiled.pool, &facts), moment);
            let ruling = rule_on(compiled, &mut Answers::new(&compiled.pool, &facts), moment.day);
            let ids = |places: &[usize]| -> Vec<_> {
                places.iter().map(|place| router.protocol().rules()[*place].id.clone()).collect()
            };
            prop_assert_eq!(ids(&ruling.fired), decision.fired);
            prop_assert_eq!(ids(&ruling.shadow), decision.shadow);
            prop_assert_eq!(ids(&ruling.review), decision.review);
            let by: BTreeMap<String, _> =
                ruling.by.into_iter().map(|(facet, rules)| (facet.as_str().to_owned(), rules)).collect();
            prop_assert_eq!(by, decision.by);
            prop_assert_eq!(ruling.gaps.iter().map(|facet| facet.as_str()).collect::<Vec<_>>(), decision.gaps);
            let due = decision.due.and_then(|due| due.first_response);
            prop_assert_eq!(first_response(compiled, &ruling.facets, moment), due);
            prop_assert_eq!(ruling.conflicts, decision.conflicts);
            prop_assert_eq!(ruling.facets, decision.facets);
        }
    }

    #[test]
    fn what_is_kept_of_too_much_depends_on_no_order(
        (keys, shuffled) in prop::collection::vec(0u8..20, 0..60)
            .prop_flat_map(|keys| (Just(keys.clone()), Just(keys).prop_shuffle())),
        most in 1usize..10,
        cut in 0usize..60,
    ) {
        let count = |keys: &[u8]| {
            let mut counts: Bounded<u8, u64> = Bounded::new(most);
            for key in keys {
                if let Some(count) = counts.entry(key, || *key) {
                    *count += 1;
                }
            }
            counts
        };
        let (first, second) = shuffled.split_at(cut.min(shuffled.len()));
        let mut parts = count(first);
        parts.merge(count(second));
        let mut plain: BTreeMap<u8, u64> = BTreeMap::new();
        keys.iter().for_each(|key| *plain.entry(*key).or_default() += 1);
        let plain: Vec<(u8, u64)> = plain.into_iter().take(most).collect();
        prop_assert_eq!(parts.into_iter().collect::<Vec<_>>(), plain.clone());
        prop_assert_eq!(count(&keys).into_iter().collect::<Vec<_>>(), plain);
    }
}

#[test]
fn another_seed_draws_others_and_the_same_seed_the_same() {
    let case = |number: usize| {
        let facts = facts(r#"{"type": "complaint", "issue": "product"}"#);
        BacktestCase::of_facts(number.to_string(), utc("2026-11-02T10:00:00Z"), facts)
    };
    let (old, new) = routers();
    let drawn = |seed| {
        let done = Backtester::new(old, new, seed).sample(3).run((0..100).map(case));
        assert_eq!((done.strata.len(), done.strata[0].cases, done.strata[0].changed), (1, 100, 100));
        done.strata[0].sample.iter().map(|case| case.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(drawn(7), drawn(7));
    assert_ne!(drawn(7), drawn(8));
    assert_eq!(drawn(8).len(), 3);
}

#[test]
fn nothing_differs_from_itself() {
    let facets = Facets { priority: Some(1), hold: true, ..Facets::default() };
    assert!(changes(&facets, &facets).is_empty());
    let changed = changes(&facets, &Facets::default());
    let names: Vec<&str> = changed.iter().map(|(facet, ..)| facet.as_str()).collect();
    assert_eq!(names, ["priority", "hold"]);
}
