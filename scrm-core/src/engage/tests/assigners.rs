//! Nobody gets more than they can carry, nobody who is away gets anything, and nothing is lost.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;

use crate::engage::{AssignBy, AssignPolicy, Seat, SpikePolicy, Wanted, assign};
use crate::model::{Assignment, PersonId};

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_600_000 + minute * 60, 0).unwrap()
}

fn seat(name: &str) -> Seat {
    Seat {
        person: PersonId::new(name).unwrap(),
        departments: ["care".to_owned()].into(),
        skills: BTreeMap::new(),
        roles: BTreeSet::new(),
        capacity: 3,
        load: 0,
        absent: None,
        last_assigned: None,
    }
}

fn wanted(skills: &[&str]) -> Wanted {
    Wanted {
        department: Some("care".to_owned()),
        skills: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        weight: 1,
        ..Wanted::default()
    }
}

fn chosen(wanted: &Wanted, seats: &[Seat], policy: &AssignPolicy) -> String {
    match assign(wanted, seats, policy, at(0)) {
        Assignment::Person { person, .. } => person.as_str().to_owned(),
        Assignment::Queue { queue, .. } => format!("queue {queue}"),
        Assignment::Unassigned { reason, .. } => reason,
    }
}

fn able(name: &str, skills: &[(&str, u8)], load: u32) -> Seat {
    let skills = skills.iter().map(|(name, level)| ((*name).to_owned(), *level)).collect();
    Seat { skills, load, ..seat(name) }
}

#[test]
fn one_of_several_is_chosen_by_the_policy() {
    let by = |by| AssignPolicy { by, ..AssignPolicy::default() };
    let mut seats = [
        able("ada", &[("fibre", 1)], 2),
        able("bea", &[("fibre", 3)], 1),
        able("cem", &[("fibre", 2), ("arabic", 1)], 1),
    ];
    for (seat, minute) in seats.iter_mut().zip([-30, -10, -20]) {
        seat.last_assigned = Some(at(minute));
    }
    let fibre = wanted(&["fibre"]);
    assert_eq!(chosen(&fibre, &seats, &by(AssignBy::RoundRobin)), "ada");
    assert_eq!(chosen(&fibre, &seats, &by(AssignBy::LeastLoaded)), "bea");
    assert_eq!(chosen(&fibre, &seats, &by(AssignBy::Skill)), "bea");
    seats[2].last_assigned = None;
    assert_eq!(chosen(&fibre, &seats, &by(AssignBy::RoundRobin)), "cem");
    let owner = Wanted { owner: Some("person:ada".to_owned()), ..fibre.clone() };
    assert_eq!(chosen(&owner, &seats, &by(AssignBy::Skill)), "ada");
    seats[0].load = 3;
    assert_eq!(chosen(&owner, &seats, &by(AssignBy::Skill)), "bea");

    let both = wanted(&["fibre", "arabic"]);
    assert_eq!(chosen(&both, &seats, &by(AssignBy::LeastLoaded)), "cem");
    seats[2].load = 3;
    assert_eq!(chosen(&both, &seats, &by(AssignBy::LeastLoaded)), "queue care");
    let relaxed = AssignPolicy { relax: Some(Duration::minutes(10)), ..by(AssignBy::LeastLoaded) };
    let waited = |minutes| Wanted { waited: Duration::minutes(minutes), ..both.clone() };
    assert_eq!(chosen(&waited(9), &seats, &relaxed), "queue care");
    assert_eq!(chosen(&waited(10), &seats, &relaxed), "bea");
}

#[test]
fn nobody_is_a_reason() {
    let policy = AssignPolicy { queue: Some("overflow".to_owned()), ..AssignPolicy::default() };
    let away = Seat { absent: Some("away".to_owned()), ..seat("ada") };
    let off = Seat { absent: Some("off duty".to_owned()), ..seat("bea") };
    let full = Seat { load: 3, ..seat("cem") };
    let nowhere = Wanted { department: None, ..wanted(&[]) };
    assert_eq!(chosen(&nowhere, &[seat("ada")], &policy), "no department has the case");
    assert_eq!(chosen(&wanted(&[]), &[], &policy), "nobody works in department `care`");
    assert_eq!(
        chosen(&wanted(&[]), &[away.clone(), off], &policy),
        "nobody of department `care` is there: away, off duty"
    );
    assert_eq!(
        chosen(&wanted(&["fibre"]), &[seat("ada")], &policy),
        "nobody of `care` who is there can do fibre"
    );
    assert_eq!(chosen(&wanted(&[]), &[full, away], &policy), "queue overflow");
    let heavy = Wanted { weight: 4, ..wanted(&[]) };
    assert_eq!(chosen(&heavy, &[seat("ada")], &policy), "queue overflow");
}

fn any_seat() -> impl Strategy<Value = Seat> {
    let names = prop::sample::select(vec!["ada", "bea", "cem", "dot", "eve", "fay"]);
    let departments = btree_set(prop::sample::select(vec!["care".to_owned(), "billing".to_owned()]), 0..3);
    let skills = btree_map(prop::sample::select(vec!["a".to_owned(), "b".to_owned()]), 1_u8..6, 0..3);
    let load = (0_u32..5, 0_u32..7);
    let there = (option::weighted(0.3, Just("away".to_owned())), option::of(-9_i64..0));
    (names, departments, skills, load, there).prop_map(
        |(name, departments, skills, (capacity, load), (absent, last))| Seat {
            departments,
            skills,
            capacity,
            load,
            absent,
            last_assigned: last.map(at),
            ..seat(name)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn assigners_never_exceed_capacity_nor_choose_someone_away(
        seats in vec(any_seat(), 0..6),
        by in prop::sample::select(AssignBy::ALL.to_vec()),
        skills in btree_set(prop::sample::select(vec!["a".to_owned(), "b".to_owned()]), 0..3),
        (weight, waited, relax) in (0_u32..4, 0_i64..30, option::of(1_i64..20)),
    ) {
        let mut seats = seats;
        seats.sort_by(|a, b| a.person.cmp(&b.person));
        seats.dedup_by(|a, b| a.person == b.person);
        let policy = AssignPolicy { by, relax: relax.map(Duration::minutes), ..AssignPolicy::default() };
        let wanted = Wanted { skills, weight, waited: Duration::minutes(waited), ..wanted(&[]) };
        let may_miss = relax.map_or(0, |relax| usize::try_from(waited / relax).unwrap());
        let could = |seat: &Seat| {
            let missing = wanted.skills.iter().filter(|skill| !seat.skills.contains_key(*skill)).count();
            seat.departments.contains("care") && seat.absent.is_none() && missing <= may_miss
        };
        let fits = |seat: &Seat| seat.load + weight <= seat.capacity;
        let given = assign(&wanted, &seats, &policy, at(0));
        match &given {
            Assignment::Person { person, .. } => {
                let seat = seats.iter().find(|seat| seat.person == *person).unwrap();
                prop_assert!(could(seat) && fits(seat), "{:?}", seat);
            }
            Assignment::Queue { .. } => {
                prop_assert!(seats.iter().any(could) && !seats.iter().any(|seat| could(seat) && fits(seat)));
            }
            Assignment::Unassigned { reason, .. } => {
                prop_assert!(!seats.iter().any(could) && !reason.is_empty());
            }
        }
        let mut other = seats.clone();
        other.reverse();
        prop_assert_eq!(assign(&wanted, &other, &policy, at(0)), given, "the order of the team means nothing");
    }

    #[test]
    fn a_spike_is_many_and_many_times_the_usual(
        (count, before) in (0_u64..200, 0_u64..2000),
        (window, baseline) in (1_i64..100, 1_i64..3000),
        (at_least, times) in (0_u64..50, 0_u32..10),
    ) {
        let policy = SpikePolicy {
            window: Duration::minutes(window),
            baseline: Duration::minutes(baseline),
            at_least,
            times: f64::from(times),
        };
        let rate = |count: u64, minutes: i64| i128::from(count) * i128::from(window * baseline / minutes);
        let wanted = count >= at_least.max(1) && rate(count, window) >= i128::from(times) * rate(before, baseline);
        let found = policy.spike(count, before);
        prop_assert_eq!(found.is_some(), wanted);
        // More of it is no less of a spike.
        prop_assert!(found.is_none() || policy.spike(count + 1, before).is_some());
    }
}
