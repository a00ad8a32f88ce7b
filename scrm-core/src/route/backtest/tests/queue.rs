//! Which promises are kept, and what a department can do in an hour.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::calendar::queue::forecast;
use crate::calendar::roster::{CASE, Roster, hour_of_week, local_hour};

/// Cases one by one: each hour the first due of those that are there.
fn one_by_one(promises: &[(i64, i64)], capacity: impl Fn(i64) -> u64) -> u64 {
    let last = promises.iter().map(|(_, due)| *due).max().unwrap_or_default();
    let mut waiting = promises.to_vec();
    let (mut credit, mut missed) = (0, 0);
    for hour in 0..=last {
        // Nobody answers in advance.
        if !waiting.iter().any(|(arrival, _)| *arrival <= hour) {
            continue;
        }
        if !waiting.iter().any(|(arrival, _)| *arrival < hour) {
            credit %= CASE;
        }
        credit += capacity(hour);
        while credit >= CASE {
            let here = waiting.iter().enumerate().filter(|(_, (arrival, _))| *arrival <= hour);
            let Some((at, _)) = here.min_by_key(|(_, (_, due))| *due) else { break };
            missed += u64::from(waiting.remove(at).1 < hour);
            credit -= CASE;
        }
    }
    missed + waiting.len() as u64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn in_groups_is_one_by_one(
        promises in prop::collection::vec((0i64..30, 0i64..10), 0..40),
        capacities in prop::collection::vec(0u64..2_500, 24),
    ) {
        let promises: Vec<(i64, i64)> = promises.into_iter().map(|(at, within)| (at, at + within)).collect();
        let mut grouped: BTreeMap<i64, BTreeMap<i64, u64>> = BTreeMap::new();
        for (arrival, due) in &promises {
            *grouped.entry(*arrival).or_default().entry(*due).or_default() += 1;
        }
        let capacity = |hour: i64| capacities[usize::try_from(hour).unwrap() % 24];
        let outlook = forecast(&grouped, capacity);
        prop_assert_eq!(outlook.missed.values().sum::<u64>() + outlook.not_seen, one_by_one(&promises, capacity));
    }
}

#[test]
fn promises_against_capacity() {
    let queue = |promises: &[(i64, i64, u64)], a_hour: u64| {
        let mut grouped: BTreeMap<i64, BTreeMap<i64, u64>> = BTreeMap::new();
        for (arrival, due, count) in promises {
            grouped.entry(*arrival).or_default().insert(*due, *count);
        }
        let outlook = forecast(&grouped, |_| a_hour * CASE);
        assert_eq!(outlook.not_seen, 0);
        outlook.missed.into_iter().collect::<Vec<_>>()
    };
    // What comes, what can be done in an hour, and what is missed by the hour in which it falls due.
    assert_eq!(queue(&[(0, 0, 2)], 2), []);
    assert_eq!(queue(&[(0, 0, 3)], 2), [(0, 1)]);
    assert_eq!(queue(&[(0, 1, 5)], 2), [(1, 1)]);
    // The second comes later and falls due first.
    assert_eq!(queue(&[(0, 5, 4), (1, 1, 1)], 1), []);
    assert_eq!(queue(&[(0, 9, 1), (100, 100, 2)], 1), [(100, 1)]);
    assert_eq!(queue(&[(0, 9, 1), (3, 4, 1)], 0), [(4, 1), (9, 1)]);
}

#[test]
fn a_day_is_spread_over_open_hours() {
    let calendars = calendars();
    let team = team(&[
        ("ada", &["care", "comms"], Some(17)),
        ("ben", &["care"], Some(10)),
        ("eve", &["legal"], None),
    ]);
    assert!(Roster::of(&team, &calendars, "legal").is_none());
    let mut roster = Roster::of(&team, &calendars, "care").unwrap();
    assert_eq!(roster.a_day(), 18_500);
    let hour = |text: &str| local_hour(&calendars, utc(text));
    let monday = roster.day(hour("2026-11-02T00:00:00Z").div_euclid(24));
    assert_eq!(monday.iter().sum::<u64>(), 18_500);
    assert_eq!(monday.iter().filter(|hour| **hour > 0).count(), 8);
    assert_eq!(roster.hour(hour("2026-11-02T08:59:00Z")), 0);
    assert!((2_312..=2_313).contains(&roster.hour(hour("2026-11-02T09:00:00Z"))));
    assert_eq!(roster.day(hour("2026-11-07T00:00:00Z").div_euclid(24)).iter().sum::<u64>(), 0);
    // In summer the clock in London is an hour ahead.
    assert!(roster.hour(hour("2026-07-06T08:00:00Z")) > 0);
    assert_eq!(hour_of_week(hour("2026-07-06T08:00:00Z")), 9);
    assert_eq!(hour_of_week(hour("2026-11-08T23:30:00Z")), 7 * 24 - 1);
}

#[test]
fn days_on_which_the_clock_is_changed_have_all_their_capacity() {
    let calendars = Calendars::of(
        [(0..7).fold(Calendar::new("hq", chrono_tz::Europe::London), |hq, day| {
            hq.open(Weekday::try_from(u8::try_from(day).unwrap()).unwrap(), [Opening::ALL_DAY])
        })],
        "hq",
    );
    let team = team(&[("ada", &["care"], Some(24))]);
    let mut roster = Roster::of(&team, &calendars, "care").unwrap();
    for (day, least, most) in
        [("2026-03-29", 0, 1_044), ("2026-10-25", 960, 1_920), ("2026-06-01", 1_000, 1_000)]
    {
        let hour = local_hour(&calendars, utc(&format!("{day}T12:00:00Z")));
        let hours = roster.day(hour.div_euclid(24));
        assert_eq!(hours.iter().sum::<u64>(), 24_000, "{day}");
        assert_eq!((*hours.iter().min().unwrap(), *hours.iter().max().unwrap()), (least, most), "{day}");
    }
}
