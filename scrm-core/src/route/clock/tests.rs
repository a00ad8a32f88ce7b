//! Tests of the clocks: what starts, stops and pauses them, that the order of the log means nothing, and the slow twin
//! that counts minute by minute.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{DateTime, Duration, Utc, Weekday};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;
use crate::calendar::{Calendar, Opening};
use crate::route::{Clock, Period};

type Log = Vec<(DateTime<Utc>, ClockEvent)>;

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Monday, 2 November 2026, so many minutes past nine in Amsterdam, when the office opens.
fn at(minutes: i64) -> DateTime<Utc> {
    utc("2026-11-02T08:00:00Z") + Duration::minutes(minutes)
}

fn office() -> Calendar {
    let hours: Vec<Opening> =
        ["09:00-12:30", "13:30-18:00"].iter().map(|text| text.parse().unwrap()).collect();
    let hq = Calendar::new("hq", Tz::Europe__Amsterdam);
    let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
    days.iter().fold(hq, |hq, day| hq.open(*day, hours.clone()))
}

fn clock(name: ClockName, within: &str, warn: &[&str], pause_on: &[ClockEvent]) -> Clock {
    let mut clock = Clock::new(name, within.parse().unwrap());
    clock.warn = warn.iter().map(|text| text.parse().unwrap()).collect();
    clock.pause_on = pause_on.iter().copied().collect();
    clock
}

/// A log written as `0 captured, 30 response.sent`: minutes past opening, and names.
fn log(text: &str) -> Log {
    let events = text.split(", ").filter(|entry| !entry.is_empty()).map(|entry| {
        let (minutes, name) = entry.split_once(' ').unwrap();
        (at(minutes.parse().unwrap()), ClockEvent::parse(name).unwrap())
    });
    events.collect()
}

/// The state in minutes past opening.
fn told(state: &ClockState) -> String {
    let minutes = |at: DateTime<Utc>| at.signed_duration_since(utc("2026-11-02T08:00:00Z")).num_minutes();
    let maybe = |at: Option<DateTime<Utc>>| at.map_or_else(|| "-".to_owned(), |at| minutes(at).to_string());
    let mut out =
        format!("{} due {} left {}", maybe(state.started), maybe(state.due), state.remaining.num_minutes());
    for pause in &state.paused {
        _ = write!(out, " [{}..{}]", minutes(pause.from), maybe(pause.to));
    }
    if state.stopped.is_some() {
        _ = write!(out, " stopped {}", maybe(state.stopped));
    }
    if state.breached.is_some() {
        out.push_str(" breached");
    }
    out
}

#[test]
fn clocks_start_stop_pause_and_go_on() {
    use ClockEvent::{OnHold, WaitingCustomer};
    let response = clock(ClockName::FirstResponse, "1h", &["10m"], &[]);
    let resolution = clock(ClockName::Resolution, "2h", &[], &[WaitingCustomer, OnHold]);
    for (what, clock, events, now, wanted) in [
        ("nothing happened", &response, "", 10, "- due - left 60"),
        ("what comes later has not happened", &response, "20 captured", 10, "- due - left 60"),
        ("it runs", &response, "0 captured", 10, "0 due 60 left 50"),
        ("it is answered", &response, "0 captured, 30 response.sent", 90, "0 due 60 left 30 stopped 30"),
        (
            "answered at the deadline",
            &response,
            "0 captured, 60 response.sent",
            90,
            "0 due 60 left 0 stopped 60",
        ),
        (
            "answered too late",
            &response,
            "0 captured, 61 response.sent",
            90,
            "0 due 60 left -1 stopped 61 breached",
        ),
        ("not answered", &response, "0 captured", 61, "0 due 60 left -1 breached"),
        ("due now is not overdue", &response, "0 captured", 60, "0 due 60 left 0"),
        ("over lunch", &response, "180 captured", 260, "180 due 300 left 30"),
        ("before it opens", &response, "-60 captured", -30, "-60 due 60 left 60"),
        (
            "due at closing, and overdue once it is closed",
            &response,
            "480 captured",
            560,
            "480 due 540 left 0 breached",
        ),
        (
            "an answer before the message is none",
            &response,
            "-5 response.sent, 0 captured",
            10,
            "0 due 60 left 50",
        ),
        ("the first of two messages counts", &response, "0 captured, 20 captured", 30, "0 due 60 left 30"),
        (
            "the first of two answers counts",
            &response,
            "0 captured, 20 response.sent, 70 response.sent",
            80,
            "0 due 60 left 40 stopped 20",
        ),
        (
            "waiting is no pause unless it says so",
            &response,
            "0 captured, 20 waiting_customer",
            30,
            "0 due 60 left 30",
        ),
        (
            "a resolved case waits for nothing",
            &response,
            "0 captured, 20 case.resolved",
            90,
            "0 due 130 left 40 [20..-]",
        ),
        (
            "opened again, it is still not answered",
            &response,
            "0 captured, 20 case.resolved, 90 case.reopened",
            100,
            "0 due 130 left 30 [20..90]",
        ),
        (
            "opened again, it stays answered",
            &response,
            "0 captured, 10 response.sent, 20 case.resolved, 90 case.reopened",
            200,
            "0 due 60 left 50 stopped 10",
        ),
        ("it waits", &resolution, "0 captured, 30 waiting_customer", 90, "0 due 180 left 90 [30..-]"),
        (
            "the customer wrote",
            &resolution,
            "0 captured, 30 waiting_customer, 60 customer.replied",
            90,
            "0 due 150 left 60 [30..60]",
        ),
        (
            "on hold until it goes on",
            &resolution,
            "0 captured, 30 on_hold, 60 customer.replied, 90 resumed",
            90,
            "0 due 180 left 90 [30..90]",
        ),
        (
            "from one pause into the next",
            &resolution,
            "0 captured, 30 on_hold, 60 waiting_customer, 90 resumed",
            90,
            "0 due 180 left 90 [30..60] [60..90]",
        ),
        (
            "the pause that is not listed runs",
            &resolution,
            "0 captured, 30 waiting_customer, 60 waiting_third_party",
            90,
            "0 due 150 left 60 [30..60]",
        ),
        (
            "a message that comes while it waits",
            &resolution,
            "-30 on_hold, 0 captured, 30 resumed",
            60,
            "0 due 150 left 90 [0..30]",
        ),
        (
            "resolved while it waited",
            &resolution,
            "0 captured, 30 waiting_customer, 60 case.resolved",
            90,
            "0 due 150 left 90 [30..60] stopped 60",
        ),
        (
            "resolved twice",
            &resolution,
            "0 captured, 60 case.resolved, 90 case.resolved",
            95,
            "0 due 120 left 60 stopped 60",
        ),
        (
            "resolved, opened again",
            &resolution,
            "0 captured, 60 case.resolved, 90 case.reopened",
            95,
            "0 due 150 left 55 [60..90]",
        ),
        (
            "resolved, opened again, resolved",
            &resolution,
            "0 captured, 60 case.resolved, 90 case.reopened, 95 case.resolved",
            99,
            "0 due 150 left 55 [60..90] stopped 95",
        ),
        (
            "waiting does not undo the end",
            &resolution,
            "0 captured, 60 case.resolved, 60 waiting_customer",
            95,
            "0 due 120 left 60 stopped 60",
        ),
        (
            "overdue before it waited",
            &resolution,
            "0 captured, 130 waiting_customer",
            150,
            "0 due 120 left -10 [130..-] breached",
        ),
        (
            "a reply and a pause at one instant",
            &resolution,
            "0 captured, 30 waiting_customer, 30 customer.replied",
            60,
            "0 due 150 left 90 [30..-]",
        ),
    ] {
        assert_eq!(told(&clock.state(&office(), log(events), at(now))), wanted, "{what}: {events}");
    }
}

#[test]
fn a_clock_starts_and_stops_where_the_protocol_says() {
    let mut assigned = clock(ClockName::FirstResponse, "1h", &[], &[]);
    assigned.start = ClockEvent::Assigned;
    let events = "0 captured, 0 case.opened, 30 assigned, 50 response.sent";
    assert_eq!(told(&assigned.state(&office(), log(events), at(60))), "30 due 90 left 40 stopped 50");
    let mut taken = clock(ClockName::FirstResponse, "20m", &[], &[]);
    (taken.start, taken.stop) = (ClockEvent::Created, ClockEvent::Assigned);
    let events = format!("-3 created, {events}");
    assert_eq!(told(&taken.state(&office(), log(&events), at(60))), "-3 due 20 left -10 stopped 30 breached");
}

#[test]
fn warnings_move_with_the_deadline() {
    let clock = clock(ClockName::Resolution, "2h", &["2h", "30m", "10m"], &[ClockEvent::WaitingCustomer]);
    let warnings = |events: &str, now: i64| {
        let state = clock.state(&office(), log(events), at(now));
        let minutes =
            |at: &DateTime<Utc>| at.signed_duration_since(utc("2026-11-02T08:00:00Z")).num_minutes();
        state.warnings.iter().map(minutes).collect::<Vec<_>>()
    };
    assert_eq!(warnings("0 captured", 10), [0, 90, 110]);
    assert_eq!(warnings("0 captured, 30 waiting_customer, 60 resumed", 70), [0, 120, 140]);
    assert_eq!(warnings("0 captured, 95 waiting_customer, 100 resumed", 105), [0, 90, 115]);
    assert_eq!(warnings("0 captured, 100 case.resolved", 105), [0, 90]);
    assert_eq!(warnings("0 captured, 130 case.resolved", 135), [0, 90, 110]);
}

#[test]
fn a_calendar_that_never_opens_has_no_deadline() {
    let clock = clock(ClockName::Resolution, "1h", &["10m"], &[]);
    let never = Calendar::new("never", Tz::UTC);
    assert_eq!(told(&clock.state(&never, log("0 captured"), at(500))), "0 due - left 60");
    let ends = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC];
    for (started, now) in [(ends[0], ends[1]), (ends[1], ends[1]), (ends[0], ends[0])] {
        clock.state(&never, [(started, ClockEvent::Captured)], now);
    }
}

#[test]
fn a_clock_is_explained() {
    let clock = clock(ClockName::Resolution, "2h", &["30m"], &[ClockEvent::WaitingCustomer]);
    let mut out = String::new();
    for (events, now) in [
        ("", 0),
        ("0 captured, 30 waiting_customer, 60 customer.replied", 90),
        ("0 captured, 30 waiting_customer", 90),
        ("0 captured, 100 case.resolved", 110),
        ("0 captured", 150),
    ] {
        let state = clock.state(&office(), log(events), at(now));
        let (sla, calendar) = ("public".to_owned(), "hq".to_owned());
        let running =
            RunningClock { sla, name: ClockName::Resolution, calendar, clock: clock.clone(), state };
        out.push_str(&explain_clock(&running));
    }
    insta::assert_snapshot!("explained", out);
}

// The slow twin: it asks at every minute what had happened by then, and counts.

/// What the case waits for at a minute, by the last event that says so.
fn slow_state(log: &Log, minute: DateTime<Utc>) -> Option<ClockEvent> {
    use ClockEvent::*;
    let mut past: Log = log.iter().copied().filter(|(at, _)| *at <= minute).collect();
    past.sort();
    let mut state = None;
    for (_, event) in past {
        if state == Some(CaseResolved) && event != CaseReopened {
            continue;
        }
        state = match event {
            CaseResolved | WaitingCustomer | WaitingThirdParty | OnHold => Some(event),
            CaseReopened | Resumed => None,
            CustomerReplied if state == Some(WaitingCustomer) => None,
            _ => state,
        };
    }
    state
}

struct Slow {
    elapsed: i64,
    due: Option<DateTime<Utc>>,
    breached: bool,
}

fn slow(clock: &Clock, calendar: &Calendar, log: &Log, now: DateTime<Utc>) -> Option<Slow> {
    let started = log.iter().filter(|(at, e)| *e == clock.start && *at <= now).map(|(at, _)| *at).min()?;
    let first = |wanted| {
        log.iter().filter(|(at, e)| *e == wanted && *at >= started && *at <= now).map(|(at, _)| *at).min()
    };
    let halts = |state: Option<ClockEvent>| {
        state.is_some_and(|by| by == ClockEvent::CaseResolved || clock.pause_on.contains(&by))
    };
    let resolved = slow_state(log, now) == Some(ClockEvent::CaseResolved);
    let stopped = match clock.stop {
        ClockEvent::CaseResolved if resolved => {
            let mut since = now;
            while since > started
                && slow_state(log, since - Duration::minutes(1)) == Some(ClockEvent::CaseResolved)
            {
                since -= Duration::minutes(1);
            }
            Some(since)
        }
        ClockEvent::CaseResolved => None,
        other => first(other),
    };
    let end = stopped.unwrap_or(now);
    let within = clock.within.duration().num_minutes();
    let (mut minute, mut count, mut elapsed, mut due) = (started, 0, 0, (within == 0).then_some(started));
    while due.is_none() || minute < end {
        let past = minute < end;
        if calendar.is_open(minute) && !(past && halts(slow_state(log, minute))) {
            count += 1;
            elapsed += i64::from(past);
        }
        minute += Duration::minutes(1);
        due = due.or((count == within).then_some(minute));
    }
    Some(Slow { elapsed, due, breached: due.is_some_and(|due| due < end) })
}

fn any_log() -> impl Strategy<Value = Log> {
    let event = prop::sample::select(&ClockEvent::ALL[..]);
    let events = prop::collection::vec((0i64..900, event), 0..10);
    (0i64..200, events).prop_map(|(start, mut events)| {
        events.push((start, ClockEvent::Captured));
        events.into_iter().map(|(minutes, event)| (at(minutes), event)).collect()
    })
}

fn any_clock() -> impl Strategy<Value = (ClockName, Clock)> {
    let pauses = prop::sample::subsequence(&ClockEvent::PAUSES[..], 0..=3);
    let starts = prop::sample::select(&ClockEvent::STARTS[..]);
    let stops = prop::sample::select(&ClockEvent::STOPS[..]);
    let warn = prop::collection::btree_set(1u32..300, 0..3);
    let name = prop::sample::select(&ClockName::ALL[..]);
    (name, 0u32..300, starts, stops, pauses, warn).prop_map(|(name, within, start, stop, pauses, warn)| {
        let minutes = |n: u32| format!("{n}m").parse::<Period>().unwrap();
        let mut clock = Clock::new(name, minutes(within));
        let stop = if start == stop { name.default_stop() } else { stop };
        (clock.start, clock.stop, clock.pause_on) = (start, stop, pauses.into_iter().collect());
        clock.warn = warn.into_iter().rev().filter(|warn| *warn <= within).map(minutes).collect();
        (name, clock)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn agrees_with_the_minute_walker((_, clock) in any_clock(), log in any_log(), now in 0i64..1000) {
        let (calendar, now) = (office(), at(now));
        let state = clock.state(&calendar, log.clone(), now);
        match slow(&clock, &calendar, &log, now) {
            None => prop_assert_eq!((state.started, state.due), (None, None)),
            Some(slow) => {
                prop_assert_eq!(state.elapsed.num_minutes(), slow.elapsed);
                prop_assert_eq!(state.due, slow.due);
                prop_assert_eq!(state.breached.is_some(), slow.breached);
            }
        }
    }

    #[test]
    fn a_warning_is_a_shorter_promise((_, clock) in any_clock(), log in any_log(), now in 0i64..1000) {
        let calendar = office();
        let state = clock.state(&calendar, log.clone(), at(now));
        let shorter = clock.warn.iter().filter_map(|warn| {
            let sooner = Clock { within: clock.within.beyond(*warn), ..clock.clone() };
            sooner.state(&calendar, log.clone(), at(now)).due
        });
        let before = shorter.filter(|due| state.stopped.is_none_or(|stopped| *due <= stopped));
        prop_assert_eq!(&state.warnings, &before.collect::<Vec<_>>());
        prop_assert!(state.warnings.is_sorted() && state.warnings.iter().all(|warning| Some(*warning) <= state.due));
    }

    #[test]
    fn the_log_is_a_set(
        (_, clock) in any_clock(),
        (log, shuffled) in any_log().prop_flat_map(|log| {
            let twice = [log.clone(), log.clone()].concat();
            (Just(log), Just(twice).prop_shuffle())
        }),
        now in 0i64..1000,
    ) {
        let calendar = office();
        prop_assert_eq!(clock.state(&calendar, log, at(now)), clock.state(&calendar, shuffled, at(now)));
    }

    #[test]
    fn overdue_stays_overdue((_, clock) in any_clock(), log in any_log(), now in 0i64..1000, later in 0i64..1000) {
        let calendar = office();
        let state = clock.state(&calendar, log.clone(), at(now));
        if state.breached.is_some() {
            let after = clock.state(&calendar, log, at(now + later));
            prop_assert_eq!(after.breached, state.breached);
        }
    }

    #[test]
    fn what_is_printed_reads_back((name, clock) in any_clock()) {
        let quoted = |events: &BTreeSet<ClockEvent>| format!("{:?}", events.iter().map(|e| e.as_str()).collect::<Vec<_>>());
        let warn: Vec<String> = clock.warn.iter().map(ToString::to_string).collect();
        let source = format!(
            "[protocol]\nid = \"p\"\nversion = \"1\"\n[[sla]]\nid = \"a\"\n{name} = {{ within = \"{}\", warn = {warn:?}, start = \"{}\", stop = \"{}\", pause_on = {} }}\n",
            clock.within, clock.start, clock.stop, quoted(&clock.pause_on),
        );
        let (protocol, report) = crate::route::tests::read(&source);
        prop_assert_eq!(report, "no faults");
        prop_assert_eq!(protocol.slas()["a"].clock(name), Some(&clock));
        let canonical = protocol.canonical();
        let (again, _) = crate::route::tests::read(&canonical);
        prop_assert_eq!(again.slas(), protocol.slas());
        prop_assert_eq!(again.canonical(), canonical);
    }
}

#[test]
fn the_usual_events_are_not_printed() {
    let usual = "[protocol]\nid = \"p\"\nversion = \"1\"\n[[sla]]\nid = \"a\"\nfirst_response = { within = \"1h\" }\n";
    let written = usual.replace(" }", ", start = \"captured\", stop = \"response.sent\", pause_on = [] }");
    let hash = |source: &str| crate::route::tests::read(source).0.hash().to_owned();
    assert_eq!(hash(usual), hash(&written));
    let other = usual.replace(" }", ", pause_on = [\"on_hold\"] }");
    assert_ne!(hash(usual), hash(&other));
}

#[test]
fn every_fault_of_a_clock_is_reported() {
    let (_, report) = crate::route::tests::read(
        r#"
[protocol]
id = "p"
version = "1"
[[sla]]
id = "a"
first_response = { within = "1h", start = "caught", stop = "respnse.sent", pause_on = ["waiting_costumer", "resumed"] }
resolution = { within = "2bd", start = "assigned", stop = "assigned", pause = ["on_hold"] }
[[sla]]
id = "b"
resolution = { within = "1h", start = "case.resolved", stop = 5, pause_on = "on_hold" }
"#,
    );
    insta::assert_snapshot!("every_fault", report);
}

#[test]
fn the_record_is_a_log() {
    use crate::model::{Context, Event, Message, ResponseRecord};
    let message: Message = crate::testing::message(
        r#""text": "late", "times": {"created": "2026-11-02T08:00:00Z", "observed": "2026-11-02T08:05:00Z"}"#,
    );
    let assessment = crate::testing::engine().assess(&message, &Context::default());
    let response: ResponseRecord = serde_json::from_str(
        r#"{"id": "r", "case": "c", "scale": "micro", "visibility": "public", "author": "ada", "vouched": "login",
            "text": "on its way", "sent": "2026-11-02T08:30:00Z"}"#,
    )
    .unwrap();
    let unsent = ResponseRecord { sent: None, ..response.clone() };
    let captured = Event::Captured { message: Box::new(message), assessment: Box::new(assessment) };
    let responded = Event::Responded { response: Box::new(response) };
    let quarantined =
        Event::Quarantined { input: String::new(), record: 1, fault: String::new(), raw: String::new() };
    let draft = Event::Responded { response: Box::new(unsent) };
    let events = [captured, responded, quarantined, draft];
    let told: Log = events.iter().flat_map(ClockEvent::of).collect();
    assert_eq!(told, log("0 created, 5 captured, 30 response.sent, 30 waiting_customer"));
}

#[test]
fn service_levels_that_pause_differently_are_told_apart() {
    let (protocol, _) = crate::route::tests::read(
        r#"
[protocol]
id = "p"
version = "1"
[[sla]]
id = "a"
first_response = { within = "1h" }
resolution = { within = "1d", pause_on = ["waiting_customer"] }
[[sla]]
id = "b"
resolution = { within = "2d", pause_on = ["on_hold"] }
"#,
    );
    let [a, b] = ["a", "b"].map(|id| &protocol.slas()[id]);
    assert_eq!(a.pauses_unlike(b), [ClockName::Resolution]);
    assert!(a.pauses_unlike(a).is_empty());
    let router = crate::route::Router::compile(protocol.clone(), crate::calendar::Calendars::default());
    let running = router.clocks(["b", "a", "none"], &log("0 captured, 60 on_hold"), at(120));
    let told: Vec<String> =
        running.iter().map(|r| format!("{}/{} {}", r.sla, r.name, told(&r.state))).collect();
    assert_eq!(
        told,
        [
            "b/resolution 0 due 2940 left 2820 [60..-]",
            "a/first_response 0 due 60 left -60 breached",
            "a/resolution 0 due 1440 left 1320",
        ]
    );
}
