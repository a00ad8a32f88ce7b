//! Does a store in tables answer as the one in memory does, whatever happens, in whatever groups?

use proptest::collection::vec;
use proptest::prelude::*;

use super::people::*;
use super::*;
use crate::record::erase::{EraseOptions, Whom, erase};

fn sketch() -> impl Strategy<Value = Sketch> {
    let names = prop::sample::select(vec!["ana", "bob", "eve"]);
    let issues = prop::sample::select(vec!["service.delay", "price"]);
    let ends = prop::sample::select(vec![
        Outcome::Decided,
        Outcome::Open(OpenReason::Gap),
        Outcome::Noise(NoiseReason::Spam),
    ]);
    (0..5_u8, 0..3_u8, names, 0..6_i64, any::<(bool, bool)>(), issues, ends).prop_map(
        |(id, version, name, minute, (deleted, outgoing), issue, ends)| {
            let sketch = said(id, minute).version(&format!("v{version}")).by(name).about(issue).ends(ends);
            let sketch = if deleted { sketch.deleted() } else { sketch };
            if outgoing { sketch.outgoing() } else { sketch }
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let name = || prop::sample::select(vec!["ana", "bob", "eve", "dan"]);
    let label = (sketch(), 0..4_i64, any::<bool>(), any::<bool>()).prop_map(|(of, minute, noise, kind)| {
        let mut label = label_of(&of, minute);
        label.kind = kind.then_some(MessageType::Question);
        label.topics = Some(vec![Topic::new("price.fee").unwrap()]);
        label.noise = noise.then_some(NoiseReason::OffTopic);
        label.not_noise = !noise && kind;
        labelled(&label)
    });
    let link = || {
        (name(), name(), 0..3_i64, any::<bool>()).prop_filter_map("one account", |(a, b, minute, apart)| {
            let claim = if apart && minute == 0 { LinkClaim::Different } else { LinkClaim::Same };
            (a != b).then(|| IdentityLink { claim, ..same(a, b, minute) })
        })
    };
    prop_oneof![
        6 => sketch().prop_map(|sketch| sketch.captured()),
        2 => sketch().prop_map(|sketch| opened(&case_of(&sketch))),
        1 => (sketch(), sketch()).prop_map(|(a, b)| joined(&case_of(&a), &b)),
        1 => (sketch(), 0..3_u8).prop_map(|(of, id)| responded(&format!("r{id}"), &case_of(&of), 7)),
        1 => sketch().prop_map(|of| resolved(&case_of(&of), 8)),
        4 => (sketch(), name(), 0..9_i64, 0..8_u8).prop_map(|(of, name, minute, what)| moved(&of, name, minute, what)),
        1 => (name(), 0..9_i64, any::<bool>()).prop_map(|(name, minute, away)| Event::PresenceChanged {
            presence: Presence {
                person: PersonId::new(name).unwrap(),
                presence: if away { PresenceKind::Away } else { PresenceKind::Here },
                from: at(minute),
                until: None,
            },
        }),
        1 => (0..9_i64, any::<bool>()).prop_map(|(minute, opens)| Event::IncidentChanged {
            incident: IncidentId::new("late_parcels").unwrap(),
            at: at(minute),
            change: Box::new(if opens {
                IncidentChange::Opened { issue: None, spike: None, by: None }
            } else {
                IncidentChange::Closed { by: None }
            }),
        }),
        2 => label,
        2 => link().prop_map(|link| linked(&link)),
        1 => link().prop_map(|link| revoked(&link, 9)),
        1 => (1..3_u64, 0..2_u8).prop_map(|(record, raw)| quarantined(record, &format!("{raw}"))),
        1 => (1..20_u64).prop_map(|quarantined| Event::Released { quarantined }),
        6 => answer(),
    ]
}

/// A step of a response, a permission, an asset or a programme, which often follows nothing.
fn answer() -> impl Strategy<Value = Event> {
    let id = || prop::sample::select(vec!["r0", "d1", "d2"]);
    let case = || sketch().prop_map(|of| case_of(&of));
    let owner = |case: &Case| {
        let name = case.author.as_ref().map_or("ana", |author| author.native_id.as_str());
        ["ana", "bob", "eve"].into_iter().find(|known| *known == name).unwrap_or("ana")
    };
    prop_oneof![
        3 => (id(), case(), 1..3_u32).prop_map(|(id, case, edition)| drafted(&draft(id, &case, edition, "mia", id))),
        1 => (id(), 1..3_u32).prop_map(|(id, edition)| approved(id, edition, "ada")),
        2 => (id(), case(), 1..3_u32).prop_map(|(id, case, edition)| sent(&draft(id, &case, edition, "mia", id), &["ada"])),
        1 => (id(), sketch()).prop_map(|(id, reply)| fed_back(id, &reply)),
        1 => (id(), sketch()).prop_map(|(id, of)| Event::Published {
            response: ResponseId::new(id).unwrap(),
            message: of.message().key(),
            by: LinkRule::SameText,
            at: at(9),
        }),
        2 => case().prop_map(move |case| asked(owner(&case), owner(&case), &case)),
        1 => case().prop_map(move |case| answered(owner(&case), owner(&case), &["website"])),
        1 => case().prop_map(move |case| withdrawn(owner(&case), owner(&case))),
        1 => case().prop_map(move |case| made(owner(&case), owner(&case), &case)),
        1 => case().prop_map(move |case| exported(owner(&case), owner(&case))),
        1 => Just(begun("s")),
        1 => sketch().prop_map(|of| planned("s", &of)),
    ]
}

/// Something that people or clocks do with a case.
fn moved(of: &Sketch, name: &str, minute: i64, what: u8) -> Event {
    let case = case_of(of);
    let claim = Claim { person: PersonId::new(name).unwrap(), since: at(minute), until: None };
    let change = match what {
        0 => CaseChange::Claimed { claim },
        1 => CaseChange::Released { claim, expired: true },
        2 => return assigned(&case, name, minute),
        3 => CaseChange::Waiting { on: WaitingOn::Hold, reason: name.to_owned() },
        4 => CaseChange::Resumed,
        5 => CaseChange::Reopened { reason: String::new(), message: Some(of.message().key()) },
        6 => return breached(&case, minute),
        _ => CaseChange::HandedOver {
            department: Department::new(name).unwrap(),
            person: (minute > 4).then(|| PersonId::new(name).unwrap()),
            reason: String::new(),
        },
    };
    changed(&case, minute, change)
}

/// Everything that can be asked.
fn everything(store: &mut dyn Store) -> impl PartialEq + std::fmt::Debug {
    let names = ["ana", "bob", "eve", "dan"].map(account);
    let t = tenant();
    let issues = ["service.delay", "price", "price.fee"].map(|name| Topic::new(name).unwrap()).to_vec();
    let history = |store: &mut dyn Store, authors: Vec<IdentityKey>, issues: Vec<Topic>| {
        store.history(&t, &HistoryQuery { authors, issues, since: at(2) }).unwrap()
    };
    let seen =
        (0..5).flat_map(|id| (0..3).map(move |version| said(id, 1).version(&format!("v{version}")).key()));
    let people: Vec<_> = names
        .iter()
        .map(|name| {
            let query = InvolvedQuery {
                accounts: vec![name.clone()],
                newest_first: true,
                ..InvolvedQuery::default()
            };
            (
                store.customer(&t, name).unwrap(),
                store.links(&t, name).unwrap(),
                store.identity(&t, name).unwrap(),
                store.tally(&t, std::slice::from_ref(name)).unwrap(),
                [1, 3, 100].map(|limit| store.messages_of(&t, &names[..2], limit).unwrap()),
                all::<(u64, Event)>(|visit| {
                    store.involving(&t, &query, &mut |seq, event| visit((seq, event)))
                }),
            )
        })
        .collect();
    let due = store.due_cases(&t, &DueQuery { by: at(99), after: None, limit: 99 }).unwrap();
    let incident = store.incident(&t, &IncidentId::new("late_parcels").unwrap()).unwrap();
    (
        (due, incident, store.incidents(&t).unwrap(), store.staff(&t).unwrap()),
        (entries_of(store, &t), cases_of(store, &t), store.totals(&t).unwrap(), log_of(store, &t, 0)),
        [1, 3].map(|since| store.raised(&t, &issues[0], at(since)).unwrap()),
        (history(store, names.to_vec(), vec![]), history(store, names[..1].to_vec(), issues)),
        (store.seen(&t, &seen.collect::<Vec<_>>()).unwrap(), store.effects(&t, 3, 7).unwrap()),
        all::<Quarantined>(|visit| store.quarantined(&t, visit)),
        people,
        SubjectKind::ALL
            .iter()
            .map(|kind| {
                let query = SubjectQuery::all(*kind);
                all::<(u64, Event)>(|visit| store.about(&t, &query, &mut |seq, event| visit((seq, event))))
            })
            .collect::<Vec<_>>(),
    )
}

pub(super) fn it_answers_as_memory_does(open: Open<'_>) {
    let groups = vec(vec(event(), 1..8), 1..6);
    proptest!(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() }, |(groups in groups)| {
        let (store, twin) = (&mut *open(), &mut MemoryStore::new() as &mut dyn Store);
        for group in &groups {
            match (store.commit(&tenant(), group), twin.commit(&tenant(), group)) {
                (Ok(receipt), Ok(wanted)) => prop_assert_eq!(receipt, wanted),
                (Err(error), Err(wanted)) => {
                    let (error, wanted) = (error.to_string(), wanted.to_string());
                    prop_assert_eq!(error.split_once(": ").map(|(_, told)| told), wanted.split_once(": ").map(|(_, told)| told));
                    // One by one, so that what can be kept is kept.
                    for event in group {
                        let (one, two) = (store.commit(&tenant(), std::slice::from_ref(event)), twin.commit(&tenant(), std::slice::from_ref(event)));
                        prop_assert_eq!(one.ok(), two.ok());
                    }
                }
                (one, two) => prop_assert!(false, "{:?} and {:?}", one, two),
            }
        }
        let wanted = format!("{:#?}", everything(twin));
        prop_assert_eq!(format!("{:#?}", everything(store)), wanted);
        let forget = |store: &mut dyn Store| {
            let whom = Whom::Accounts(BTreeSet::from([account("ana")]));
            erase(store, &tenant(), &whom, &EraseOptions::default(), at(5)).unwrap().counts
        };
        prop_assert_eq!(forget(store), forget(twin));
        prop_assert_eq!(format!("{:#?}", everything(store)), format!("{:#?}", everything(twin)));
        // The log replays to the same.
        let log: Vec<Event> = log_of(store, &tenant(), 0).into_iter().map(|(_, event)| event).collect();
        let replayed = &mut *open();
        replayed.commit(&tenant(), &log).unwrap();
        prop_assert_eq!(format!("{:#?}", everything(replayed)), format!("{:#?}", everything(twin)));
    });
}
