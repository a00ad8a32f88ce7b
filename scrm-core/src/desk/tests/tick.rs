//! Warnings, breaches and rungs are told once each, whenever somebody asks; and what waits for somebody is given away.

#![allow(clippy::disallowed_methods, reason = "the tests act from several threads")]

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::cases::{TEAM, at, engine, patient, person};
use super::outage;
use crate::desk::clocks::look;
use crate::desk::{Desk, Ticked};
use crate::model::{
    Assignment, Case, CaseChange, CaseId, CaseMark, Department, Event, HostWord, ReplyScale, ReplyVisibility,
    Response, ResponseId, Tenant, WaitingOn,
};
use crate::record::{CommitOptions, MemoryStore, NextDue, Store};

/// Open hours are 9 to 17 in Amsterdam, which is an hour ahead; `at(0)` is ten o'clock there.
const PROTOCOL: &str = r#"
[[sla]]
id = "quick"
calendar = "hq"
first_response = { within = "1h", warn = ["30m", "10m"] }
resolution = { within = "4h", warn = ["1h"], pause_on = ["waiting_customer", "waiting_third_party"] }
[[ladder]]
id = "reputation"
rungs = [
  { after = "0m", to = "team:care", mode = "channel" },
  { after = "30m", to = "person:ada", mode = "phone" },
  { after = "2h", to = "person:ada", mode = "in_person" },
]
[[rule]]
id = "outage"
owner = "care"
why = "An outage is urgent"
when = 'issue under "service.outage"'
set = { sla = "quick", escalate = { ladder = "reputation", rung = 1 } }
"#;

fn desk() -> (Desk<MemoryStore>, CaseId) {
    let mut desk = Desk::open(engine(TEAM, PROTOCOL), MemoryStore::new());
    let case = desk.receive(vec![outage("1", "ann", 0)], at(0)).unwrap().remove(0).case.unwrap();
    (desk, case)
}

/// What was told of cases, in the order of the log.
fn told<S: Store>(desk: &mut Desk<S>) -> Vec<String> {
    let mut told = Vec::new();
    let tenant = desk.tenant().clone();
    desk.store()
        .log(&tenant, 0, &mut |_, event| {
            if let Event::CaseChanged { change, .. } = event {
                told.extend(line(&change));
            }
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    told
}

fn line(change: &CaseChange) -> Option<String> {
    Some(match change.mark()? {
        CaseMark::Warning { sla, clock, before } => format!("{sla} {clock} in {before}"),
        CaseMark::Breach { sla, clock } => format!("{sla} {clock} overdue"),
        CaseMark::Rung { ladder, rung, .. } => format!("{ladder} {rung}"),
    })
}

fn counts(ticked: Ticked) -> (u64, u64, u64) {
    (ticked.warned, ticked.breached, ticked.escalated)
}

fn respond<S: Store>(desk: &mut Desk<S>, case: &CaseId, id: &str, then: DateTime<Utc>) {
    let author = desk.human(&person("ada"), HostWord::vouch("login")).unwrap();
    let (id, scale) = (ResponseId::new(id).unwrap(), ReplyScale::Micro);
    let text = "we are on it";
    let response =
        Response::draft(&author, id, case.clone(), None, scale, ReplyVisibility::Public, text, [].into());
    desk.respond(&response.unwrap(), then).unwrap();
}

#[test]
fn each_is_told_once_at_its_time() {
    let (mut desk, _) = desk();
    assert_eq!(counts(desk.tick(at(0)).unwrap()), (0, 0, 1));
    assert_eq!(counts(desk.tick(at(29)).unwrap()), (0, 0, 0));
    assert_eq!(counts(desk.tick(at(30)).unwrap()), (1, 0, 1));
    assert_eq!(desk.tick(at(30)).unwrap(), Ticked::default(), "nothing is due, so nothing is looked at");
    assert_eq!(counts(desk.tick(at(50)).unwrap()), (1, 0, 0));
    assert_eq!(counts(desk.tick(at(60)).unwrap()), (0, 0, 0), "at the very deadline it is in time");
    assert_eq!(counts(desk.tick(at(61)).unwrap()), (0, 1, 0));
    // The clock is set back, and forward by days: nothing is told again, everything is told.
    assert_eq!(desk.tick(at(-500)).unwrap(), Ticked::default());
    assert_eq!(counts(desk.tick(at(40)).unwrap()), (0, 0, 0));
    assert_eq!(counts(desk.tick(at(5 * 24 * 60)).unwrap()), (1, 2, 1));
    // After a restart as well, and under other rules.
    let store = std::mem::take(desk.store());
    let mut other = Desk::open(engine(TEAM, &PROTOCOL.replace("\"4h\"", "\"5h\"")), store);
    let ticked = other.tick(at(5 * 24 * 60)).unwrap();
    assert_eq!((ticked.looked_at, counts(ticked)), (1, (0, 0, 0)));
    let expected = [
        "reputation 1",
        "quick first_response in 30m",
        "reputation 2",
        "quick first_response in 10m",
        "quick first_response overdue",
        "normal first_response overdue",
        "quick resolution in 1h",
        "quick resolution overdue",
        "reputation 3",
    ];
    assert_eq!(told(&mut other), expected);
    let effects = other.effects(0, 99).unwrap();
    assert_eq!(effects.len(), 10, "the host is told of each, and of the case");
}

#[test]
fn who_acts_in_time_is_not_called() {
    let (mut desk, case) = desk();
    respond(&mut desk, &case, "r1", at(20));
    desk.tick(at(24 * 60)).unwrap();
    assert_eq!(told(&mut desk), ["reputation 1"], "it waits for the customer, and its clock stands still");
    // The customer is not content. The matter goes on, and is called out again.
    desk.receive(vec![outage("2", "ann", 40)], at(40)).unwrap();
    desk.tick(at(45)).unwrap();
    assert_eq!(told(&mut desk)[1..], ["reputation 1"]);
    desk.resolve(&case, &person("ada"), at(50)).unwrap();
    assert_eq!(counts(desk.tick(at(10 * 24 * 60)).unwrap()), (0, 0, 0));
    desk.reopen(&case, "not done", &person("ada"), at(60)).unwrap();
    assert!(desk.tick(at(10 * 24 * 60)).unwrap().breached == 1, "the time goes on from where it stood");
}

#[test]
fn a_clock_is_explained() {
    let (mut desk, case) = desk();
    desk.tick(at(35)).unwrap();
    desk.wait(&case, WaitingOn::ThirdParty, "the supplier", &person("bob"), at(40)).unwrap();
    desk.resume(&case, &person("bob"), at(100)).unwrap();
    insta::assert_snapshot!(desk.explain_clock(&case, at(120)).unwrap());
    let clocks = desk.clocks(&case, at(120)).unwrap();
    assert_eq!(clocks[2].state.due, Some(at(300)));
}

#[test]
fn a_claim_that_ran_out_is_released() {
    let (mut desk, case) = desk();
    desk.claim(&case, &person("bob"), at(1)).unwrap();
    desk.tick(at(1)).unwrap();
    assert_eq!(desk.tick(at(30)).unwrap().expired, 0);
    assert_eq!(desk.tick(at(31)).unwrap().expired, 1);
    assert_eq!(desk.tick(at(99)).unwrap().expired, 0);
    assert_eq!(desk.case(&case).unwrap().unwrap().case.claim, None);
}

const ASSIGN: &str = "[assign]\nby = \"round_robin\"\nat_once = 2\nretry = \"10m\"\nweights = { x = 1 }\n";

fn holders<S: Store>(desk: &mut Desk<S>) -> BTreeMap<String, u64> {
    let mut holders = BTreeMap::new();
    let tenant = desk.tenant().clone();
    desk.store()
        .cases(&tenant, &mut |case| {
            let name = match &case.assigned {
                Some(Assignment::Person { person, .. }) => person.as_str().to_owned(),
                Some(Assignment::Queue { queue, .. }) => format!("queue {queue}"),
                Some(Assignment::Unassigned { reason, .. }) => reason.clone(),
                None => "nobody".to_owned(),
            };
            *holders.entry(name).or_default() += 1;
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    holders
}

fn as_map(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[test]
fn cases_are_given_to_whoever_is_there_and_has_room() {
    let mut desk = Desk::open(engine(&format!("{TEAM}{ASSIGN}"), PROTOCOL), MemoryStore::new());
    let messages = (0..7).map(|n| outage(&format!("{n}"), &format!("author{n}"), n)).collect();
    desk.receive(messages, at(10)).unwrap();
    desk.away(&person("cem"), Some(at(60)), at(5)).unwrap();
    let ticked = desk.tick(at(10)).unwrap();
    assert_eq!((ticked.assigned, ticked.queued, ticked.unassigned), (4, 3, 0));
    assert_eq!(holders(&mut desk), as_map(&[("ada", 2), ("bob", 2), ("queue care", 3)]));
    assert_eq!(desk.tick(at(19)).unwrap().queued, 0, "not at each turn of the clock");
    // Somebody is done with one, and cem is back before he said.
    let tenant = desk.tenant().clone();
    let mut done = None;
    desk.store()
        .cases(&tenant, &mut |case| {
            done = (case.holder() == Some(&person("ada"))).then_some(case.id);
            if done.is_some() {
                std::ops::ControlFlow::Break(())
            } else {
                std::ops::ControlFlow::Continue(())
            }
        })
        .unwrap();
    desk.resolve(&done.unwrap(), &person("ada"), at(19)).unwrap();
    desk.back(&person("cem"), at(20)).unwrap();
    assert_eq!(desk.tick(at(21)).unwrap().assigned, 3);
    assert_eq!(holders(&mut desk), as_map(&[("ada", 3), ("bob", 2), ("cem", 2)]));
    let seats = desk.team(at(21)).unwrap();
    assert!(seats.iter().all(|seat| seat.load <= seat.capacity), "{seats:?}");
    // At night nobody is there.
    desk.receive(vec![outage("9", "eve", 59)], at(0)).unwrap();
    let ticked = desk.tick(at(14 * 60)).unwrap();
    assert_eq!((ticked.assigned, ticked.unassigned), (0, 1));
    assert!(holders(&mut desk).contains_key("nobody of department `care` is there: off duty"));
    desk.left(&person("bob"), at(14 * 60)).unwrap();
    let bob = desk.team(at(24 * 60)).unwrap().into_iter().find(|seat| seat.person == "bob").unwrap();
    assert_eq!(bob.absent.as_deref(), Some("left"));
}

#[test]
fn a_case_is_given_by_a_person_or_by_the_policy() {
    let (mut desk, case) = desk();
    let to = desk.assign(&case, at(1)).unwrap();
    assert!(to.person().is_some());
    let given = desk.assign_to(&case, &person("dot"), &person("ada"), at(2)).unwrap();
    assert_eq!(given.holder(), Some(&person("dot")));
    desk.claim(&case, &person("bob"), at(3)).unwrap();
    assert!(desk.assign_to(&case, &person("dot"), &person("ada"), at(4)).is_err(), "bob is answering it");
    let handed = desk
        .hand_over(
            &case,
            &Department::new("billing").unwrap(),
            Some(&person("dot")),
            "money",
            &person("bob"),
            at(5),
        )
        .unwrap();
    assert_eq!(handed.holder(), Some(&person("dot")));
}

/// Several desks that tick at once tell each thing once.
fn ticked_by_many(open: impl Fn() -> Box<dyn Store> + Sync) {
    let engine = engine(&format!("{TEAM}{ASSIGN}"), PROTOCOL);
    let mut first = Desk::open(engine.clone(), open());
    let messages = (0..8).map(|n| outage(&format!("{n}"), &format!("author{n}"), n)).collect();
    first.receive(messages, at(10)).unwrap();
    std::thread::scope(|threads| {
        for _ in 0..3 {
            let (engine, open) = (engine.clone(), &open);
            threads.spawn(move || {
                let mut desk = Desk::open(engine, open());
                for minute in [20, 45, 62, 70, 400] {
                    patient(|| Ok(desk.tick(at(minute))?)).unwrap();
                }
            });
        }
    });
    first.tick(at(400)).unwrap();
    let mut count: BTreeMap<String, u64> = BTreeMap::new();
    for line in told(&mut first) {
        *count.entry(line).or_default() += 1;
    }
    assert_eq!(count.len(), 9, "{count:?}");
    assert!(count.values().all(|times| *times == 8), "{count:?}");
    let seats = first.team(at(400)).unwrap();
    assert!(seats.iter().all(|seat| seat.load <= seat.capacity), "{seats:?}");
}

#[cfg(feature = "sqlite")]
#[test]
fn ticked_by_many_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    ticked_by_many(|| Box::new(crate::record::SqliteStore::open(folder.path().join("record.db")).unwrap()));
}

#[cfg(feature = "postgres")]
#[test]
fn ticked_by_many_in_postgresql() {
    let (address, schema) = crate::record::test_place();
    ticked_by_many(|| Box::new(crate::record::PostgresStore::open_schema(&address, &schema).unwrap()));
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Write(u8),
    Respond(u8),
    Wait(u8, WaitingOn),
    Resume(u8),
    Resolve(u8),
    Reopen(u8),
    Claim(u8),
    Tick(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let which = 0_u8..3;
    prop_oneof![
        3 => which.clone().prop_map(Step::Write),
        1 => which.clone().prop_map(Step::Respond),
        1 => (which.clone(), prop::sample::select(WaitingOn::ALL)).prop_map(|(who, on)| Step::Wait(who, on)),
        1 => which.clone().prop_map(Step::Resume),
        1 => which.clone().prop_map(Step::Resolve),
        1 => which.clone().prop_map(Step::Reopen),
        1 => which.prop_map(Step::Claim),
        // Mostly on time, sometimes a clock that goes wrong.
        4 => prop_oneof![3 => Just(0_i64), 1 => -600_i64..600].prop_map(Step::Tick),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// After a tick no case has anything left to tell, whether the index named it or not, and nothing was told twice.
    #[test]
    fn the_index_forgets_nothing(steps in prop::collection::vec((step(), 0_i64..90), 1..24)) {
        let mut desk = Desk::open(engine(TEAM, PROTOCOL), MemoryStore::new());
        let names = ["ann", "eve", "bea"];
        let ada = person("ada");
        let mut cases: BTreeMap<u8, CaseId> = BTreeMap::new();
        let mut minute = 0;
        for (number, (step, later)) in steps.into_iter().enumerate() {
            minute += later;
            let now = at(minute);
            let on = |who: u8| cases.get(&who).cloned();
            match step {
                Step::Write(who) => {
                    let text = format!(
                        r#""external_id":"w{number}","text":"@northwind no signal, this is terrible",
                           "author":{{"source":"x","native_id":"{}"}},"times":{{"created":"{}"}}"#,
                        names[usize::from(who)], now.to_rfc3339(),
                    );
                    let case = desk.receive(vec![crate::testing::message(&text)], now).unwrap().remove(0).case;
                    cases.insert(who, case.unwrap());
                }
                Step::Respond(who) => {
                    if let Some(case) = on(who) {
                        respond(&mut desk, &case, &format!("r{number}"), now);
                    }
                }
                Step::Wait(who, why) => drop(on(who).map(|case| desk.wait(&case, why, "", &ada, now))),
                Step::Resume(who) => drop(on(who).map(|case| desk.resume(&case, &ada, now))),
                Step::Resolve(who) => drop(on(who).map(|case| desk.resolve(&case, &ada, now))),
                Step::Reopen(who) => drop(on(who).map(|case| desk.reopen(&case, "", &ada, now))),
                Step::Claim(who) => drop(on(who).map(|case| desk.claim(&case, &ada, now))),
                Step::Tick(wrong) => {
                    let now = at(minute + wrong);
                    desk.tick(now).unwrap();
                    for id in cases.values() {
                        let case = desk.case(id).unwrap().unwrap().case;
                        let events: Vec<Event> =
                            desk.case_log(id).unwrap().into_iter().map(|(_, event)| event).collect();
                        let left = look(desk.engine().router(), &case, &events, now);
                        prop_assert_eq!(&left.events, &[], "left at {}", minute + wrong);
                    }
                }
            }
        }
        for id in cases.values() {
            let mut marks = Vec::new();
            for (_, event) in desk.case_log(id).unwrap() {
                if let Event::CaseChanged { change, .. } = event {
                    marks.extend(change.mark());
                }
            }
            let count = marks.len();
            marks.sort();
            marks.dedup();
            prop_assert_eq!(marks.len(), count, "told twice");
        }
    }
}

/// What is not due is not looked at, however much is open.
#[test]
fn a_tick_costs_what_is_due() {
    let mut desk = Desk::open(engine(TEAM, PROTOCOL), MemoryStore::new());
    let messages = (0..50).map(|n| outage(&format!("{n}"), &format!("author{n}"), 0)).collect();
    desk.receive(messages, at(0)).unwrap();
    assert_eq!(desk.tick(at(0)).unwrap().looked_at, 50);
    assert_eq!(desk.tick(at(29)).unwrap().looked_at, 0);
    let tenant = Tenant::default();
    let mut first: Option<Case> = None;
    desk.store()
        .cases(&tenant, &mut |case| {
            first = Some(case);
            std::ops::ControlFlow::Break(())
        })
        .unwrap();
    let case = first.unwrap().id;
    let revision = desk.case(&case).unwrap().unwrap().revision;
    let due = vec![NextDue { case, revision, at: Some(at(5)) }];
    desk.store().commit_with(&tenant, &[], &CommitOptions { due, ..CommitOptions::default() }).unwrap();
    assert_eq!(desk.tick(at(29)).unwrap().looked_at, 1);
    assert_eq!(desk.tick(at(30) - Duration::seconds(1)).unwrap().looked_at, 0);
}
