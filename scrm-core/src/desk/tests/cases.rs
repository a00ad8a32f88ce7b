//! Two people never answer one customer, what makes no sense is refused, and what is recorded adds up to what was done.

#![allow(clippy::disallowed_methods, reason = "the tests act from several threads")]

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::{now, outage};
use crate::desk::{Desk, DeskError};
use crate::engage::{CasePolicy, Refusal};
use crate::engine::Engine;
use crate::model::{
    Case, CaseId, CaseStatus, Department, Event, HostWord, Limits, PersonId, ReplyScale, ReplyVisibility,
    Response, ResponseError, ResponseId, ResponseRecord, WaitingOn,
};
use crate::playbook::Playbook;
use crate::record::{MemoryStore, Store};
use crate::testing;

pub(super) const TEAM: &str = r#"
[[person]]
id = "bob"
departments = ["care"]
[[person]]
id = "cem"
departments = ["care"]
[[person]]
id = "dot"
departments = ["billing"]
"#;

pub(super) fn engine(team: &str, protocol: &str) -> Engine {
    let mut files = testing::files();
    files.get_mut("team.toml").unwrap().push_str(team);
    files.get_mut("protocol.toml").unwrap().push_str(protocol);
    let playbook = Playbook::from_files(&files, &Limits::DEFAULT).unwrap_or_else(|error| panic!("{error}"));
    Engine::compile(&playbook).unwrap()
}

pub(super) fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

pub(super) fn at(minute: i64) -> DateTime<Utc> {
    "2026-11-02T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minute)
}

fn desk() -> (Desk<MemoryStore>, CaseId) {
    let mut desk = Desk::open(engine(TEAM, ""), MemoryStore::new());
    let case = desk.receive(vec![outage("1", "ann", 0)], now()).unwrap().remove(0).case.unwrap();
    (desk, case)
}

fn refused<T: std::fmt::Debug>(result: Result<T, DeskError>) -> Refusal {
    match result {
        Err(DeskError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_case_goes_its_way_and_says_why_not() {
    let (mut desk, case) = desk();
    let (ada, bob, care) = (person("ada"), person("bob"), Department::new("care").unwrap());
    let billing = Department::new("billing").unwrap();
    assert!(matches!(refused(desk.release(&case, &ada, at(1))), Refusal::NotClaimed));
    let claimed = desk.claim(&case, &ada, at(1)).unwrap();
    assert_eq!((claimed.status, claimed.holder()), (CaseStatus::Active, Some(&ada)));
    let renewed = desk.claim(&case, &ada, at(11)).unwrap().claim.unwrap();
    assert_eq!((renewed.since, renewed.until), (at(1), Some(at(41))));
    // Nobody else may do anything with it, but when the time ran out it is free.
    assert!(matches!(refused(desk.claim(&case, &bob, at(40))), Refusal::Claimed { .. }));
    assert!(matches!(refused(desk.resolve(&case, &bob, at(40))), Refusal::Claimed { .. }));
    assert!(matches!(refused(desk.release(&case, &bob, at(40))), Refusal::Claimed { .. }));
    assert_eq!(desk.claim(&case, &bob, at(41)).unwrap().holder(), Some(&bob));
    desk.wait(&case, WaitingOn::ThirdParty, "the supplier looks for it", &bob, at(42)).unwrap();
    let waiting = desk.case(&case).unwrap().unwrap().case;
    assert_eq!(
        (waiting.status, waiting.waiting.unwrap().reason.as_str()),
        (CaseStatus::Waiting, "the supplier looks for it")
    );
    assert_eq!(desk.resume(&case, &bob, at(43)).unwrap().status, CaseStatus::Active);
    assert!(matches!(refused(desk.resume(&case, &bob, at(43))), Refusal::NotWaiting));

    let over = |desk: &mut Desk<MemoryStore>, to: &Department, why: &str, by: &PersonId| {
        desk.hand_over(&case, to, None, why, by, at(44))
    };
    assert!(matches!(refused(over(&mut desk, &billing, " ", &bob)), Refusal::NoReason));
    assert!(matches!(refused(over(&mut desk, &care, "why", &bob)), Refusal::SameDepartment { .. }));
    let handed = over(&mut desk, &billing, "it is about money", &bob).unwrap();
    assert_eq!((handed.hops, handed.claim, handed.status), (1, None, CaseStatus::New));
    for to in [&care, &billing, &care, &billing] {
        over(&mut desk, to, "and back", &ada).unwrap();
    }
    assert!(matches!(
        refused(over(&mut desk, &care, "once more", &ada)),
        Refusal::TooManyHops { hops: 5, .. }
    ));
    assert!(matches!(refused(desk.reopen(&case, "", &ada, at(45))), Refusal::Open));
    desk.resolve(&case, &ada, at(45)).unwrap();
    assert!(
        matches!(refused(desk.claim(&case, &ada, at(46))), Refusal::Resolved { end: Some(end) } if end == at(45))
    );
    let again = desk.reopen(&case, "it broke again", &ada, at(47)).unwrap();
    assert_eq!((again.reopened, again.resolved, again.status), (1, None, CaseStatus::New));

    let nowhere = Department::new("sales").unwrap();
    assert!(matches!(desk.claim(&case, &person("eve"), at(48)), Err(DeskError::NotOfTheTeam(_))));
    assert!(matches!(over(&mut desk, &nowhere, "why", &ada), Err(DeskError::NoSuchDepartment(_))));
    let missing = CaseId::new("case-0").unwrap();
    assert!(matches!(desk.claim(&missing, &ada, at(48)), Err(DeskError::NoSuchCase(_))));
}

#[test]
fn whoever_comes_second_is_shown_what_the_first_one_wrote() {
    let (mut desk, case) = desk();
    let (ada, bob) = (person("ada"), person("bob"));
    desk.claim(&case, &ada, at(1)).unwrap();
    let draft: ResponseRecord = serde_json::from_value(serde_json::json!({
        "id": "r1", "case": case, "scale": "micro", "visibility": "public", "author": "ada", "vouched": "login",
        "text": "we look into it",
    }))
    .unwrap();
    let tenant = desk.tenant().clone();
    desk.store().commit(&tenant, &[Event::Responded { response: Box::new(draft.clone()) }]).unwrap();
    match refused(desk.claim(&case, &bob, at(2))) {
        Refusal::Claimed { claim, draft: Some(found) } => assert_eq!((claim.person, *found), (ada, draft)),
        other => panic!("{other:?}"),
    }
    let author = desk.human(&bob, HostWord::vouch("login")).unwrap();
    let (id, scale) = (ResponseId::new("r2").unwrap(), ReplyScale::Micro);
    let response: Result<Response, ResponseError> =
        Response::draft(&author, id, case, None, scale, ReplyVisibility::Public, "me too", [].into());
    let response = response.unwrap();
    assert!(matches!(refused(desk.respond(&response, at(3))), Refusal::Claimed { .. }));
    assert!(desk.respond(&response, at(31)).is_ok(), "the claim is over");
}

/// On a slow disk a writer may wait longer than the store does; it is told that it may try again.
pub(super) fn patient<T>(mut act: impl FnMut() -> Result<T, DeskError>) -> Result<T, DeskError> {
    for _ in 0..20 {
        match act() {
            Err(DeskError::Store(error)) if error.is_retryable() => {}
            done => return done,
        }
    }
    act()
}

/// Desks on one record, each with threads of its own: of those who claim one case at one time one has it.
fn one_of_many_has_it(open: impl Fn() -> Box<dyn Store> + Sync) {
    let engine = engine(TEAM, "");
    let people = ["ada", "bob", "cem", "dot"].map(person);
    let mut first = Desk::open(engine.clone(), open());
    let messages = (0..12).map(|n| outage(&format!("m{n}"), &format!("author{n}"), n)).collect();
    let received = first.receive(messages, now()).unwrap();
    let cases: Vec<CaseId> = received.into_iter().filter_map(|one| one.case).collect();
    assert_eq!(cases.len(), 12);
    let outcomes: Vec<Vec<Result<Case, DeskError>>> = std::thread::scope(|threads| {
        let running: Vec<_> = people
            .iter()
            .map(|person| {
                let (engine, open, cases) = (engine.clone(), &open, &cases);
                threads.spawn(move || {
                    let mut desk = Desk::open(engine, open());
                    let claim = |case| patient(|| desk.claim(case, person, at(90)));
                    cases.iter().map(claim).collect::<Vec<_>>()
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (n, case) in cases.iter().enumerate() {
        let of_case: Vec<_> = outcomes.iter().map(|of| &of[n]).collect();
        let winners: Vec<&Case> = of_case.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        assert_eq!(winners.len(), 1, "{of_case:?}");
        let holder = winners[0].holder().unwrap().clone();
        for outcome in of_case {
            match outcome {
                Ok(_) => {}
                Err(DeskError::Refused(Refusal::Claimed { claim, .. })) => assert_eq!(claim.person, holder),
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(first.case(case).unwrap().unwrap().case.holder(), Some(&holder));
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn one_of_many_has_it_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    one_of_many_has_it(|| {
        Box::new(crate::record::SqliteStore::open(folder.path().join("record.db")).unwrap())
    });
}

#[cfg(feature = "postgres")]
#[test]
fn one_of_many_has_it_in_postgresql() {
    let (address, schema) = crate::record::test_place();
    one_of_many_has_it(|| Box::new(crate::record::PostgresStore::open_schema(&address, &schema).unwrap()));
}

#[derive(Debug, Clone, Copy)]
enum Command {
    Claim,
    Release,
    HandOver(bool),
    Wait(WaitingOn),
    Resume,
    Resolve,
    Reopen,
    AssignTo,
    Write,
}

/// A case as simply as it can be put.
#[derive(Debug, Clone, PartialEq)]
struct Plain {
    open: bool,
    claim: Option<(PersonId, i64)>,
    assigned: Option<PersonId>,
    waiting: Option<WaitingOn>,
    billing: bool,
    hops: u32,
    reopened: u32,
}

impl Plain {
    /// What becomes of it at a minute; `None` when that is refused.
    fn after(&self, command: Command, by: &PersonId, minute: i64) -> Option<Self> {
        let mut next = self.clone();
        let other = self.claim.as_ref().is_some_and(|(who, until)| who != by && minute < *until);
        let allowed = match command {
            Command::Reopen => !self.open,
            Command::Release => !other && self.claim.as_ref().is_some_and(|(who, _)| who == by),
            Command::Write => true,
            _ => self.open && !other,
        };
        if !allowed {
            return None;
        }
        match command {
            Command::Claim => next.claim = Some((by.clone(), minute + 30)),
            Command::Release => next.claim = None,
            Command::HandOver(billing) => {
                if self.billing == billing || self.hops >= 5 {
                    return None;
                }
                (next.billing, next.hops) = (billing, self.hops + 1);
                (next.claim, next.assigned) = (None, None);
            }
            Command::Wait(on) => next.waiting = Some(on),
            Command::Resume => {
                next.waiting.take()?;
            }
            Command::Resolve => (next.open, next.claim, next.waiting) = (false, None, None),
            Command::Reopen => (next.open, next.reopened) = (true, self.reopened + 1),
            Command::AssignTo => next.assigned = Some(by.clone()),
            Command::Write => {
                if !self.open {
                    (next.open, next.reopened) = (true, self.reopened + 1);
                }
                if self.waiting == Some(WaitingOn::Customer) {
                    next.waiting = None;
                }
            }
        }
        Some(next)
    }

    fn of(case: &Case) -> Self {
        Self {
            open: case.is_open(),
            claim: case.claim.as_ref().map(|claim| {
                let until = claim.until.unwrap().signed_duration_since(at(0)).num_minutes();
                (claim.person.clone(), until)
            }),
            assigned: case.assigned.as_ref().and_then(|to| to.person()).cloned(),
            waiting: case.waiting.as_ref().map(|waiting| waiting.on),
            billing: case.department.as_ref().unwrap() == "billing",
            hops: case.hops,
            reopened: case.reopened,
        }
    }
}

fn run<S: Store>(desk: &mut Desk<S>, case: &CaseId, command: Command, by: &PersonId, minute: i64) -> bool {
    let then = at(minute);
    let done = match command {
        Command::Claim => desk.claim(case, by, then),
        Command::Release => desk.release(case, by, then),
        Command::HandOver(billing) => {
            let to = Department::new(if billing { "billing" } else { "care" }).unwrap();
            desk.hand_over(case, &to, None, "it is theirs", by, then)
        }
        Command::Wait(on) => desk.wait(case, on, "", by, then),
        Command::Resume => desk.resume(case, by, then),
        Command::Resolve => desk.resolve(case, by, then),
        Command::Reopen => desk.reopen(case, "again", by, then),
        Command::AssignTo => desk.assign_to(case, by, by, then),
        Command::Write => {
            let text = format!(
                r#""external_id":"w{minute}","text":"@northwind no signal, this is terrible",
                   "author":{{"source":"x","native_id":"ann"}},"times":{{"created":"{}"}}"#,
                then.to_rfc3339()
            );
            let received = desk.receive(vec![testing::message(&text)], then).unwrap();
            assert_eq!(received[0].case.as_ref(), Some(case));
            return true;
        }
    };
    match done {
        Ok(_) => true,
        Err(DeskError::Refused(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => Just(Command::Claim),
        2 => Just(Command::Release),
        2 => any::<bool>().prop_map(Command::HandOver),
        2 => prop::sample::select(WaitingOn::ALL).prop_map(Command::Wait),
        2 => Just(Command::Resume),
        2 => Just(Command::Resolve),
        2 => Just(Command::Reopen),
        1 => Just(Command::AssignTo),
        1 => Just(Command::Write),
    ]
}

fn everything<S: Store>(desk: &mut Desk<S>) -> (Vec<Event>, Vec<Case>) {
    let (tenant, mut log, mut cases) = (desk.tenant().clone(), Vec::new(), Vec::new());
    let go_on = std::ops::ControlFlow::Continue(());
    let store = desk.store();
    store
        .log(&tenant, 0, &mut |_, event| {
            log.push(event);
            go_on
        })
        .unwrap();
    store
        .cases(&tenant, &mut |case| {
            cases.push(case);
            go_on
        })
        .unwrap();
    (log, cases)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cases_are_folds_of_their_log(
        commands in prop::collection::vec((command(), prop::sample::select(vec!["ada", "bob"]), 1_i64..25), 1..24),
    ) {
        let engine = engine(TEAM, "");
        prop_assert_eq!(&engine.playbook().engage.cases, &CasePolicy::default());
        let mut memory = Desk::open(engine.clone(), MemoryStore::new());
        #[cfg(feature = "sqlite")]
        let mut twin = Desk::open(engine.clone(), crate::record::SqliteStore::open_in_memory().unwrap());
        #[cfg(not(feature = "sqlite"))]
        let mut twin = Desk::open(engine.clone(), MemoryStore::new());
        let case = memory.receive(vec![outage("1", "ann", 0)], at(0)).unwrap().remove(0).case.unwrap();
        twin.receive(vec![outage("1", "ann", 0)], at(0)).unwrap();
        let mut plain = Plain::of(&memory.case(&case).unwrap().unwrap().case);
        let mut minute = 0;
        for (command, by, later) in commands {
            minute += later;
            let by = person(by);
            let expected = plain.after(command, &by, minute);
            prop_assert_eq!(run(&mut memory, &case, command, &by, minute), expected.is_some(), "{:?} {}", command, minute);
            run(&mut twin, &case, command, &by, minute);
            plain = expected.unwrap_or(plain);
            let found = memory.case(&case).unwrap().unwrap();
            prop_assert_eq!(&Plain::of(&found.case), &plain, "{:?} {}", command, minute);
            // What is told of a case is the sum of what happened to it.
            let log = memory.case_log(&case).unwrap();
            let folded = log.iter().fold(None, |case: Option<Case>, (_, event)| Case::after(case.as_ref(), event));
            prop_assert_eq!(Some(&found.case), folded.as_ref());
            prop_assert_eq!(log.last().map(|(seq, _)| *seq), Some(found.revision));
        }
        let (log, cases) = everything(&mut memory);
        prop_assert_eq!(&everything(&mut twin), &(log.clone(), cases.clone()));
        let mut replayed = Desk::open(engine, MemoryStore::new());
        let tenant = replayed.tenant().clone();
        replayed.store().commit(&tenant, &log).unwrap();
        prop_assert_eq!(everything(&mut replayed), (log, cases));
    }
}
