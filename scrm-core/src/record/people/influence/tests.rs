//! Is rank what the reference gives, and can it be bought?

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use serde::Deserialize;

use super::rank::{Edge, Effort, rank};
use super::*;
use crate::model::{IdentityKey, NativeId, Source};

const EFFORT: Effort = Effort { damping: 0.85, tolerance: 1e-12, iterations: 200 };

fn account(n: u32) -> IdentityKey {
    IdentityKey { source: Source::new("x").unwrap(), native_id: NativeId::new(n.to_string()).unwrap() }
}

/// A moment on a day of November 2026.
fn moment(day: u32) -> DateTime<Utc> {
    format!("2026-11-{day:02}T12:00:00Z").parse().unwrap()
}

fn day(day: u32) -> NaiveDate {
    moment(day).date_naive()
}

fn done(from: u32, to: u32, kind: InteractionKind, on: u32, weight: u32) -> Interaction {
    Interaction { from: account(from), to: account(to), kind, at: moment(on), weight }
}

fn graph(interactions: &[Interaction]) -> InteractionGraph {
    let mut graph = InteractionGraph::new(InfluenceLimits::default());
    for interaction in interactions {
        graph.add(interaction).unwrap();
    }
    graph
}

fn settings() -> InfluenceSettings {
    InfluenceSettings::default()
}

fn ranks(snapshot: &InfluenceSnapshot) -> Vec<(IdentityKey, f64)> {
    let known = |a: &AccountInfluence| Some((a.account.clone(), a.page_rank?));
    snapshot.accounts.iter().filter_map(known).collect()
}

fn any_interaction(accounts: u32) -> impl Strategy<Value = Interaction> {
    use InteractionKind::{Mention, Reply, Repost};
    let kind = prop_oneof![Just(Reply), Just(Repost), Just(Mention)];
    (0..accounts, 0..accounts, kind, 1u32..29, 1u32..4)
        .prop_map(|(a, b, kind, on, n)| done(a, b, kind, on, n))
}

fn any_interactions(accounts: u32, n: usize) -> impl Strategy<Value = Vec<Interaction>> {
    prop::collection::vec(any_interaction(accounts), 1..n)
}

#[derive(Deserialize)]
struct Case {
    name: String,
    accounts: usize,
    edges: Vec<(u32, u32, f64)>,
    seeds: Vec<u32>,
    rank: Vec<f64>,
}

/// `tests/pagerank.json` is what networkx gives; `tests/pagerank.py` made it.
#[test]
fn rank_is_what_networkx_gives() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("tests/pagerank.json")).unwrap();
    assert_eq!(cases.len(), 11);
    for case in cases {
        let edges: Vec<Edge> = case
            .edges
            .iter()
            .map(|(from, to, weight)| Edge { from: *from, to: *to, weight: *weight })
            .collect();
        let ranked = rank(case.accounts, &edges, &case.seeds, None, EFFORT);
        assert_eq!(ranked.rank.len(), case.rank.len());
        for (at, (ours, theirs)) in ranked.rank.iter().zip(&case.rank).enumerate() {
            assert!((ours - theirs).abs() <= 1e-9, "{}, account {at}: {ours}, wanted {theirs}", case.name);
        }
        assert!(ranked.iterations < EFFORT.iterations, "{}", case.name);
        // Beginning with the result there is nothing left to do, and from anywhere it is the same.
        let again = rank(case.accounts, &edges, &case.seeds, Some(ranked.rank.clone()), EFFORT);
        assert!(again.iterations <= 2, "{}: {}", case.name, again.iterations);
        let odd = (0..case.accounts).map(|n| (n % 3) as f64).collect();
        let odd = rank(case.accounts, &edges, &case.seeds, Some(odd), EFFORT);
        let apart: f64 = odd.rank.iter().zip(&ranked.rank).map(|(a, b)| (a - b).abs()).sum();
        assert!(apart <= 1e-9, "{}: {apart}", case.name);
    }
}

#[test]
fn nobody_is_no_fault() {
    assert!(rank(0, &[], &[], None, EFFORT).rank.is_empty());
    let bad = [Edge { from: 0, to: 9, weight: 1.0 }, Edge { from: 0, to: 1, weight: f64::NAN }];
    assert_eq!(rank(2, &bad, &[7], None, EFFORT).rank.len(), 2);
    let snapshot = graph(&[]).snapshot(day(1), &settings());
    assert_eq!((snapshot.accounts.len(), snapshot.unit, snapshot.change), (0, None, 0.0));
}

#[test]
fn what_is_missing_is_unknown() {
    let mut graph = graph(&[done(1, 2, InteractionKind::Reply, 3, 2)]);
    graph.followers(&account(3), 1_000_000, day(2)).unwrap();
    graph.followers(&account(2), 0, day(4)).unwrap();
    let early = graph.snapshot(day(2), &settings());
    assert_eq!(early.accounts.len(), 1, "what is later than the day does not count");
    let only = early.of(&account(3)).unwrap();
    assert_eq!((only.page_rank, only.replies, only.reach), (None, None, Some(1_000_000)));
    assert!((only.score - 10.0).abs() < 1e-9 && only.unknown == 90.0, "{only:?}");

    let later = graph.snapshot(day(4), &settings());
    let two = later.of(&account(2)).unwrap();
    assert_eq!(two.replies, Some(Received { interactions: 2, accounts: 1 }));
    assert_eq!((two.reposts, two.reach, two.unknown), (Some(Received::default()), Some(0), 0.0));
    assert_eq!(later.of(&account(1)).unwrap().reach, None);
    assert_eq!(later.of(&account(1)).unwrap().parts[0].points, Some(0.0), "nobody turns to it: one unit");
    let json = serde_json::to_string(&later).unwrap();
    assert_eq!(serde_json::from_str::<InfluenceSnapshot>(&json).unwrap(), later);
    assert!(json.contains(r#""name":"rank","points":0.0,"most":50.0"#), "{json}");
}

#[test]
fn a_full_graph_says_so() {
    let other = graph(&[done(3, 1, InteractionKind::Reply, 1, 1)]);
    let mut graph = InteractionGraph::new(InfluenceLimits { accounts: 2, entries: 1_500 });
    graph.add(&done(1, 2, InteractionKind::Reply, 1, 1)).unwrap();
    let error = graph.add(&done(1, 3, InteractionKind::Reply, 1, 1)).unwrap_err();
    assert_eq!(error.to_string(), "the graph holds 2 accounts, which is its limit");
    assert!(graph.followers(&account(3), 1, day(1)).is_err());
    assert!(graph.merge(&other).is_err());
    assert_eq!(graph.snapshot(day(9), &settings()).accounts.len(), 2);
    // What is said again takes no more room.
    for _ in 0..10_000 {
        graph.add(&done(2, 1, InteractionKind::Reply, 1, 1)).unwrap();
    }
    let mut graph = InteractionGraph::new(InfluenceLimits { accounts: 9_000, entries: 1_500 });
    let full =
        (0..3_000).map(|n| graph.add(&done(n, n + 1, InteractionKind::Reply, 1, 1))).find_map(Result::err);
    assert_eq!(full.unwrap().to_string(), "the graph holds 1500 pairs by kind and day, which is its limit");
}

/// A random company of accounts that turn to each other, from a seed of its own.
fn company(accounts: u32, n: u32) -> Vec<Interaction> {
    let mut state = 7_u32;
    let mut roll = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let mut all = Vec::new();
    for _ in 0..n {
        let (from, few) = (roll(accounts), roll(accounts) + 1);
        all.push(done(from, roll(few), InteractionKind::Reply, roll(28) + 1, 1));
    }
    all
}

#[test]
fn an_update_takes_fewer_iterations() {
    let mut graph = graph(&company(500, 2_000));
    let before = graph.snapshot(day(30), &settings());
    for more in [done(600, 3, InteractionKind::Repost, 29, 1), done(4, 9, InteractionKind::Mention, 29, 1)] {
        graph.add(&more).unwrap();
    }
    let scratch = graph.snapshot(day(30), &settings());
    let update = graph.snapshot_after(&before, day(30), &settings());
    assert!(update.iterations < scratch.iterations, "{} and {}", update.iterations, scratch.iterations);
    assert!(scratch.change <= 1e-12 && update.change <= 1e-12);
}

/// A ring of `k` accounts numbered from 1,000 on, each mentioning all others.
fn ring(k: u32, mentions: u32) -> Vec<Interaction> {
    let pairs = (0..k).flat_map(|a| (0..k).filter(move |b| a != *b).map(move |b| (a, b)));
    pairs.map(|(a, b)| done(1_000 + a, 1_000 + b, InteractionKind::Mention, 5, mentions)).collect()
}

fn ring_scores(snapshot: &InfluenceSnapshot) -> Vec<f64> {
    snapshot.accounts.iter().filter(|a| a.account.native_id.as_str().len() == 4).map(|a| a.score).collect()
}

#[test]
fn a_ring_gains_what_is_stated_and_nothing_from_seeds() {
    for k in [2, 5, 30] {
        for mentions in [1, 100_000] {
            let all = [company(200, 800), ring(k, mentions)].concat();
            let snapshot = graph(&all).snapshot(day(30), &settings());
            let scores = ring_scores(&snapshot);
            assert_eq!(scores.len(), k as usize);
            assert!(scores.iter().all(|score| *score > 13.7 && *score < 13.8), "{scores:?}");
            let seeds = (0..20).map(account).collect();
            let seeded = graph(&all).snapshot(day(30), &InfluenceSettings { seeds, ..settings() });
            assert!(ring_scores(&seeded).iter().all(|score| *score == 0.0));
            assert!(seeded.most(1)[0].score > 20.0);
        }
    }
}

#[test]
fn repetition_moves_nothing() {
    let once = [company(50, 200), vec![done(90, 3, InteractionKind::Mention, 5, 1)]].concat();
    let often = [company(50, 200), vec![done(90, 3, InteractionKind::Mention, 5, u32::MAX)]].concat();
    let (once, often) =
        (graph(&once).snapshot(day(30), &settings()), graph(&often).snapshot(day(30), &settings()));
    let score = |s: &InfluenceSnapshot| s.of(&account(3)).unwrap().score;
    assert!((score(&once) - score(&often)).abs() < 1e-9);
    let mentions = often.of(&account(3)).unwrap().mentions.unwrap();
    assert_eq!((mentions.accounts, mentions.interactions), (1, u32::MAX.into()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_update_gives_what_the_whole_gives(first in any_interactions(30, 60), more in any_interactions(40, 20)) {
        let mut graph = graph(&first);
        let before = graph.snapshot(day(30), &settings());
        for interaction in &more {
            graph.add(interaction).unwrap();
        }
        let scratch = graph.snapshot(day(30), &settings());
        let update = graph.snapshot_after(&before, day(30), &settings());
        for ((key, a), (other, b)) in ranks(&scratch).into_iter().zip(ranks(&update)) {
            prop_assert_eq!(&key, &other);
            prop_assert!((a - b).abs() <= 1e-9, "{}: {} and {}", key, a, b);
        }
        let sum: f64 = ranks(&scratch).iter().map(|(_, rank)| rank).sum();
        prop_assert!(ranks(&scratch).is_empty() || (sum - 1.0).abs() < 1e-9);
    }

    /// To the last bit: the order of telling, and who told which part.
    #[test]
    fn parts_make_the_whole_in_any_order(all in any_interactions(12, 60), cut in 0usize..60, by in 0usize..60) {
        let whole = graph(&all).snapshot(day(30), &settings());
        let (left, right) = all.split_at(cut.min(all.len()));
        let mut merged = graph(right);
        merged.merge(&graph(left)).unwrap();
        prop_assert_eq!(&merged.snapshot(day(30), &settings()), &whole);
        let mut turned = all.clone();
        turned.rotate_left(by % all.len());
        turned.reverse();
        prop_assert_eq!(&graph(&turned).snapshot(day(30), &settings()), &whole);
    }

    /// Forgetting, the window and never having been told are one.
    #[test]
    fn what_is_old_does_not_count(
        all in any_interactions(12, 60),
        from in 2u32..28,
        followed in prop::collection::vec((0u32..12, 1u32..29, 0u64..9), 0..9),
    ) {
        let young: Vec<_> = all.iter().filter(|i| i.at >= moment(from)).cloned().collect();
        let told = |interactions: &[Interaction]| {
            let mut graph = graph(interactions);
            for (who, on, n) in &followed {
                graph.followers(&account(*who), *n, day(*on)).unwrap();
            }
            graph
        };
        let wanted = told(&young).snapshot(day(28), &settings());
        let mut forgot = told(&all);
        forgot.forget_before(day(from));
        prop_assert_eq!(&forgot.snapshot(day(28), &settings()), &wanted);
        let window = InfluenceSettings { days: Some(28 - from + 1), ..settings() };
        let windowed = told(&all).snapshot(day(28), &window);
        prop_assert_eq!(windowed.since, Some(day(from)));
        prop_assert_eq!(InfluenceSnapshot { since: None, ..windowed }, wanted);
    }

    #[test]
    fn followers_are_worth_ten_points_at_most(all in any_interactions(12, 40), who in 0u32..14, n in any::<u64>()) {
        let mut graph = graph(&all);
        let before = graph.snapshot(day(30), &settings());
        graph.followers(&account(who), n, day(3)).unwrap();
        let after = graph.snapshot(day(30), &settings());
        for now in &after.accounts {
            let was = before.of(&now.account).map_or(0.0, |was| was.score);
            if now.account == account(who) {
                prop_assert!(now.score >= was && now.score <= was + 10.0 + 1e-9);
            } else {
                prop_assert_eq!(Some(now), before.of(&now.account));
            }
        }
    }

    /// Whatever the members of a ring say to each other and to others.
    #[test]
    fn a_ring_holds_what_is_stated(
        all in any_interactions(20, 60),
        k in 2u32..12,
        inside in prop::collection::vec((0u32..12, 0u32..12, 1u32..1_000), 0..60),
        outside in prop::collection::vec((0u32..12, 0u32..20), 0..5),
    ) {
        let ring = inside.iter().map(|(a, b, n)| done(1_000 + a % k, 1_000 + b % k, InteractionKind::Mention, 5, *n));
        let out = outside.iter().map(|(a, b)| done(1_000 + a % k, *b, InteractionKind::Mention, 5, 1));
        let all: Vec<_> = all.into_iter().chain(ring).chain(out).collect();
        let snapshot = graph(&all).snapshot(day(30), &settings());
        let Some(unit) = snapshot.unit else { return Ok(()) };
        let members: Vec<_> =
            snapshot.accounts.iter().filter(|a| a.account.native_id.as_str().len() == 4).collect();
        let held: f64 = members.iter().filter_map(|a| a.page_rank).sum();
        let most = members.len() as f64 / (1.0 - 0.85);
        prop_assert!(held <= most * unit * (1.0 + 1e-9), "{} units of {}", held / unit, most);
        for member in members {
            prop_assert!(member.score <= 50.0 * most.ln() / 1_000.0_f64.ln() + 1e-9);
        }
    }
}
