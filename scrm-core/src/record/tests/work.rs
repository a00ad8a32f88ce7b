//! What does a store say of the people who work on cases, of clocks and of incidents, and what does it refuse?

use std::collections::BTreeMap;

use super::*;

pub(super) fn changed(case: &Case, minute: i64, change: CaseChange) -> Event {
    let by = Some(person("mia"));
    Event::CaseChanged { case: case.id.clone(), at: at(minute), by, change: Box::new(change) }
}

pub(super) fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

fn claim(name: &str, minute: i64) -> Claim {
    Claim { person: person(name), since: at(minute), until: Some(at(minute + 30)) }
}

pub(super) fn claimed(case: &Case, name: &str, minute: i64) -> Event {
    changed(case, minute, CaseChange::Claimed { claim: claim(name, minute) })
}

fn released(case: &Case, name: &str, minute: i64, ended: i64) -> Event {
    changed(case, ended, CaseChange::Released { claim: claim(name, minute), expired: false })
}

pub(super) fn assigned(case: &Case, name: &str, minute: i64) -> Event {
    let to = Assignment::Person { person: person(name), at: at(minute) };
    changed(case, minute, CaseChange::Assigned { to })
}

pub(super) fn breached(case: &Case, minute: i64) -> Event {
    let (sla, clock) = ("normal".to_owned(), "resolution".to_owned());
    changed(case, minute, CaseChange::Breached { sla, clock, due: at(minute), to: None })
}

fn now(store: &mut dyn Store, case: &Case) -> CaseAt {
    store.case(&tenant(), &case.id).unwrap().unwrap()
}

pub(super) fn what_happened_to_a_case_is_its_log(open: Open<'_>) {
    let store = &mut *open();
    let (one, two) = (said(1, 1), said(2, 2).by("bob"));
    let (case, other) = (case_of(&one), case_of(&two));
    let waiting = CaseChange::Waiting { on: WaitingOn::ThirdParty, reason: "the supplier".to_owned() };
    let department = Department::new("billing").unwrap();
    let handed = CaseChange::HandedOver { department, person: None, reason: "money".to_owned() };
    let events = [
        one.captured(),
        opened(&case),
        two.captured(),
        opened(&other),
        claimed(&case, "mia", 3),
        responded("r1", &case, 4),
        changed(&case, 5, CaseChange::Resumed),
        changed(&case, 6, waiting),
        released(&case, "mia", 3, 7),
        changed(&case, 8, handed),
        resolved(&case, 9),
        changed(&case, 10, CaseChange::Reopened { reason: "again".to_owned(), message: None }),
    ];
    assert_eq!(commit(store, &events).appended, 12);
    // What changes nothing is there already: a release of another claim, work that goes on, a case that is open.
    let nothing = [
        released(&case, "ada", 3, 11),
        changed(&case, 11, CaseChange::Resumed),
        changed(&case, 11, CaseChange::Reopened { reason: String::new(), message: None }),
    ];
    assert_eq!(commit(store, &nothing), Receipt { appended: 0, duplicates: 3, last: 12 });
    let log = all(|visit| store.case_log(&tenant(), &case.id, &mut |seq, event| visit((seq, event))));
    assert_eq!(log.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [2, 5, 6, 7, 8, 9, 10, 11, 12]);
    let folded = log.iter().fold(None, |case: Option<Case>, (_, event)| Case::after(case.as_ref(), event));
    let CaseAt { case: found, revision } = now(store, &case);
    assert_eq!((Some(&found), revision), (folded.as_ref(), 12));
    assert_eq!((found.hops, found.reopened, found.answered), (1, 1, Some(at(4))));
    assert_eq!((found.status, found.claim, found.resolved), (CaseStatus::Active, None, None));
    assert_eq!(cases_of(store, &tenant()).len(), 2);
    assert_eq!(store.last(&tenant()).unwrap(), 12);
    let missing = case_of(&said(9, 9));
    assert_eq!(store.case(&tenant(), &missing.id).unwrap(), None);
    assert!(store.commit(&tenant(), &[claimed(&missing, "mia", 1)]).is_err());
}

pub(super) fn a_commit_that_is_no_longer_true_is_refused(open: Open<'_>) {
    let store = &mut *open();
    let (case, other) = (case_of(&said(1, 1)), case_of(&said(2, 2).by("bob")));
    commit(store, &[opened(&case), opened(&other), assigned(&other, "mia", 3)]);
    let known = now(store, &case).revision;
    let at_revision =
        |revision| CommitOptions { unchanged: vec![(case.id.clone(), revision)], ..CommitOptions::default() };
    let first = [claimed(&case, "mia", 3)];
    assert_eq!(store.commit_with(&tenant(), &first, &at_revision(known)).unwrap().appended, 1);
    let second = [claimed(&other, "ada", 4), claimed(&case, "ada", 4)];
    let refused = store.commit_with(&tenant(), &second, &at_revision(known)).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Stale);
    assert!(refused.to_string().contains(case.id.as_str()), "{refused}");
    assert_eq!(store.last(&tenant()).unwrap(), 4, "nothing of it was kept");
    assert!(store.commit_with(&tenant(), &second, &at_revision(4)).is_ok());

    let staff = store.staff(&tenant()).unwrap();
    let as_known = |staff: &[Staff]| CommitOptions { staff: staff.to_vec(), ..CommitOptions::default() };
    assert!(store.commit_with(&tenant(), &[assigned(&case, "bea", 5)], &as_known(&staff)).is_ok());
    let free = [Staff::new(person("bea")), Staff::new(person("nobody"))];
    assert!(
        store.commit_with(&tenant(), &[], &as_known(&free)).is_ok(),
        "the claim has it, not who was given it"
    );
    let ada = [Staff::new(person("ada"))];
    let refused = store.commit_with(&tenant(), &[assigned(&case, "ada", 5)], &as_known(&ada)).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Stale);
    let last = |last| CommitOptions { last: Some(last), ..CommitOptions::default() };
    assert!(store.commit_with(&tenant(), &[], &last(6)).is_err());
    assert!(store.commit_with(&tenant(), &[], &last(7)).is_ok());
}

pub(super) fn clocks_are_looked_at_when_they_are_due(open: Open<'_>) {
    let store = &mut *open();
    let cases: Vec<Case> = (1..=5).map(|n| case_of(&said(n, n).by(&format!("p{n}")))).collect();
    commit(store, &cases.iter().map(opened).collect::<Vec<_>>());
    let due = |store: &mut dyn Store, by, after, limit| {
        store.due_cases(&tenant(), &DueQuery { by: at(by), after, limit }).unwrap()
    };
    let minutes =
        |found: &[DueCase]| found.iter().map(|case| (case.due - at(0)).num_minutes()).collect::<Vec<_>>();
    assert_eq!(minutes(&due(store, 3, None, 10)), [1, 2, 3]);
    let page = due(store, 9, None, 2);
    assert_eq!(minutes(&page), [1, 2]);
    let last = page.last().map(|case| (case.due, case.case.id.clone()));
    assert_eq!(minutes(&due(store, 9, last, 10)), [3, 4, 5]);
    assert_eq!(page[0].events, [opened(&cases[0])]);
    assert_eq!((&page[0].case, page[0].revision), (&cases[0], 1));

    // Looked at: one later, one never, one that something happened to meanwhile.
    let next = |n: usize, revision, minute: Option<i64>| NextDue {
        case: cases[n].id.clone(),
        revision,
        at: minute.map(at),
    };
    let options = CommitOptions {
        due: vec![next(0, 1, Some(60)), next(1, 2, None), next(2, 2, Some(60))],
        ..CommitOptions::default()
    };
    // The commit's own events do not stand in the way.
    store.commit_with(&tenant(), &[breached(&cases[0], 7)], &options).unwrap();
    assert_eq!(minutes(&due(store, 59, None, 10)), [3, 4, 5]);
    assert_eq!(minutes(&due(store, 60, None, 10)), [3, 4, 5, 60]);
    // What happens to a case has its clocks looked at.
    commit(store, &[responded("r1", &cases[1], 8), resolved(&cases[0], 9)]);
    assert_eq!(minutes(&due(store, 60, None, 10)), [3, 4, 5, 8, 9]);
    // What was told is told once.
    assert_eq!(commit(store, &[breached(&cases[0], 7)]).duplicates, 1);
}

pub(super) fn other_rules_have_every_open_case_looked_at(open: Open<'_>) {
    let store = &mut *open();
    let (case, ended) = (case_of(&said(1, 1)), case_of(&said(2, 2).by("bob")));
    commit(store, &[opened(&case), opened(&ended), resolved(&ended, 3)]);
    let never = |case: &Case, revision| NextDue { case: case.id.clone(), revision, at: None };
    let due = vec![never(&case, 1), never(&ended, 3)];
    store.commit_with(&tenant(), &[], &CommitOptions { due, ..CommitOptions::default() }).unwrap();
    let count = |store: &mut dyn Store| {
        store.due_cases(&tenant(), &DueQuery { by: at(99), after: None, limit: 9 }).unwrap().len()
    };
    assert_eq!(count(store), 0);
    assert!(store.clock_rules(&tenant(), "one").unwrap());
    assert_eq!(count(store), 1);
    let due = vec![never(&case, 1)];
    store.commit_with(&tenant(), &[], &CommitOptions { due, ..CommitOptions::default() }).unwrap();
    assert!(!store.clock_rules(&tenant(), "one").unwrap());
    assert_eq!(count(store), 0);
    assert!(store.clock_rules(&tenant(), "two").unwrap());
    assert_eq!(count(store), 1);
}

pub(super) fn what_the_team_has_and_says(open: Open<'_>) {
    let store = &mut *open();
    let on = |n: i64, channel: &str| Case {
        channel: Channel::new(channel).ok(),
        ..case_of(&said(n, n).by(&format!("p{n}")))
    };
    let cases = [on(1, "x"), on(2, "x"), on(3, "phone"), on(4, "phone")];
    commit(store, &cases.iter().map(opened).collect::<Vec<_>>());
    let away =
        Presence { person: person("ada"), presence: PresenceKind::Away, from: at(1), until: Some(at(90)) };
    let events = [
        assigned(&cases[0], "mia", 5),
        assigned(&cases[1], "mia", 6),
        assigned(&cases[2], "mia", 4),
        claimed(&cases[2], "bea", 7),
        claimed(&cases[3], "bea", 8),
        resolved(&cases[3], 9),
        Event::PresenceChanged { presence: Presence { presence: PresenceKind::Here, ..away.clone() } },
        Event::PresenceChanged { presence: away.clone() },
    ];
    commit(store, &events);
    let channel = |name: &str| Channel::new(name).ok();
    let with = |name: &str, cases: &[(&str, u64)], last: Option<i64>| Staff {
        cases: cases.iter().map(|(name, count)| (channel(name), *count)).collect::<BTreeMap<_, _>>(),
        last_assigned: last.map(at),
        ..Staff::new(person(name))
    };
    let ada = Staff { presence: Some(away), ..with("ada", &[], None) };
    let expected = [ada, with("bea", &[("phone", 1)], None), with("mia", &[("x", 2)], Some(6))];
    assert_eq!(store.staff(&tenant()).unwrap(), expected);
    assert_eq!(store.staff(&Tenant::new("other").unwrap()).unwrap(), []);
    assert_eq!(store.effects(&tenant(), 0, 99).unwrap().len(), 10, "of presence the host is not told");
}

pub(super) fn incidents_begin_and_end(open: Open<'_>) {
    let store = &mut *open();
    let id = IncidentId::new("late_parcels").unwrap();
    let changed = |minute, change| Event::IncidentChanged {
        incident: id.clone(),
        at: at(minute),
        change: Box::new(change),
    };
    let begins = |minute| changed(minute, IncidentChange::Opened { issue: None, spike: None, by: None });
    let ends = |minute| changed(minute, IncidentChange::Closed { by: None });
    let (one, two) = (case_of(&said(1, 1)), case_of(&said(2, 2).by("bob")));
    let other = Case { incident: None, ..case_of(&said(3, 3).by("eve")) };
    assert_eq!(commit(store, &[ends(0), begins(1), begins(2)]).appended, 1);
    commit(store, &[opened(&two), opened(&one), opened(&other)]);
    let mut found = store.incident(&tenant(), &id).unwrap().unwrap();
    assert_eq!(found.cases, [one.id.clone(), two.id]);
    found.cases.clear();
    assert_eq!(store.incidents(&tenant()).unwrap(), [found]);
    let joins = Event::CaseChanged {
        case: other.id.clone(),
        at: at(4),
        by: None,
        change: Box::new(CaseChange::JoinedIncident { incident: id.clone() }),
    };
    assert_eq!(commit(store, &[joins.clone(), joins, ends(5), ends(6)]).appended, 2);
    let found = store.incident(&tenant(), &id).unwrap().unwrap();
    assert_eq!((found.closed, found.cases.len()), (Some(at(5)), 3));
    assert_eq!(commit(store, &[begins(9)]).appended, 1);
    let found = store.incident(&tenant(), &id).unwrap().unwrap();
    assert_eq!((found.opened, found.closed), (at(9), None));
}
