//! Does every store keep the steps of a response, a permission, an asset and a programme apart and in order?

use super::people::account;
use super::*;
use crate::record::erase::{EraseOptions, Whom, erase};

pub(super) fn draft(id: &str, case: &Case, edition: u32, author: &str, text: &str) -> ResponseDraft {
    ResponseDraft {
        id: ResponseId::new(id).unwrap(),
        case: case.id.clone(),
        edition,
        to: Some(case.first.clone()),
        scale: ReplyScale::Micro,
        visibility: ReplyVisibility::Public,
        source: None,
        author: PersonId::new(author).unwrap(),
        vouched: "session 12".to_owned(),
        text: text.to_owned(),
        approve: ["legal".to_owned()].into(),
        reason: Some("she asked for it".to_owned()),
        canned: None,
        unfilled: BTreeSet::new(),
        at: at(i64::from(edition)),
    }
}

pub(super) fn drafted(draft: &ResponseDraft) -> Event {
    Event::Drafted { draft: Box::new(draft.clone()) }
}

pub(super) fn approved(id: &str, edition: u32, person: &str) -> Event {
    let approval = Approval { of: "legal".to_owned(), person: PersonId::new(person).unwrap(), at: at(5) };
    Event::Approved { response: ResponseId::new(id).unwrap(), edition, approval }
}

pub(super) fn sent(draft: &ResponseDraft, approvals: &[&str]) -> Event {
    let Event::Responded { mut response } = responded(draft.id.as_str(), &case_of(&said(1, 1)), 9) else {
        panic!("a response");
    };
    response.case = draft.case.clone();
    response.to = draft.to.clone();
    response.text.clone_from(&draft.text);
    let approval = |person: &&str| Approval {
        of: "legal".to_owned(),
        person: PersonId::new(*person).unwrap(),
        at: at(5),
    };
    response.approvals = approvals.iter().map(approval).collect();
    Event::Responded { response }
}

pub(super) fn fed_back(id: &str, reply: &Sketch) -> Event {
    let kind = FeedbackKind::Reply { message: reply.message().key() };
    Event::FedBack { feedback: Feedback { response: ResponseId::new(id).unwrap(), kind, at: at(20) } }
}

pub(super) fn used(place: &str) -> AssetUse {
    AssetUse { what: AssetKind::Quote, place: place.to_owned() }
}

pub(super) fn asked(id: &str, name: &str, case: &Case) -> Event {
    let permission = Permission {
        id: PermissionId::new(id).unwrap(),
        identity: account(name),
        case: case.id.clone(),
        message: Some(case.first.clone()),
        uses: [used("website"), used("talk")].into(),
        person: PersonId::new("kim").unwrap(),
        at: at(6),
    };
    Event::PermissionAsked { permission: Box::new(permission) }
}

pub(super) fn answered(id: &str, name: &str, places: &[&str]) -> Event {
    let answer = PermissionAnswer {
        permission: PermissionId::new(id).unwrap(),
        identity: account(name),
        uses: places.iter().map(|place| used(place)).collect(),
        until: None,
        evidence: Some("she wrote it".to_owned()),
        person: PersonId::new("kim").unwrap(),
        at: at(7),
    };
    Event::PermissionAnswered { answer: Box::new(answer) }
}

pub(super) fn withdrawn(id: &str, name: &str) -> Event {
    Event::PermissionWithdrawn {
        permission: PermissionId::new(id).unwrap(),
        identity: account(name),
        at: at(8),
    }
}

pub(super) fn made(id: &str, name: &str, case: &Case) -> Event {
    let asset = Asset {
        id: AssetId::new(id).unwrap(),
        kind: AssetKind::Quote,
        identity: account(name),
        case: case.id.clone(),
        message: Some(case.first.clone()),
        title: None,
        text: "where is my parcel".to_owned(),
        person: PersonId::new("kim").unwrap(),
        at: at(8),
    };
    Event::AssetMade { asset: Box::new(asset) }
}

pub(super) fn exported(id: &str, name: &str) -> Event {
    let export = AssetExport {
        asset: AssetId::new(id).unwrap(),
        identity: account(name),
        permission: PermissionId::new("p1").unwrap(),
        used: used("website"),
        person: PersonId::new("kim").unwrap(),
        at: at(9),
    };
    Event::AssetExported { export: Box::new(export) }
}

pub(super) fn begun(id: &str) -> Event {
    let (id, person) = (ProgrammeId::new(id).unwrap(), PersonId::new("kim").unwrap());
    let scope = ProgrammeScope { id, brand: None, from: at(0), until: None, person, at: at(1) };
    Event::ProgrammeBegun { scope: Box::new(scope) }
}

pub(super) fn planned(id: &str, raised_by: &Sketch) -> Event {
    let plan = IssuePlan {
        programme: ProgrammeId::new(id).unwrap(),
        issue: Topic::new("service.delay").unwrap(),
        owner: PersonId::new("kim").unwrap(),
        path: "care asks logistics, as with ana_says".to_owned(),
        raised_by: Some(raised_by.message().key()),
        person: PersonId::new("kim").unwrap(),
        at: at(2),
    };
    Event::ProgrammePlanned { plan: Box::new(plan) }
}

/// The names of the events on a thing.
fn on(store: &mut dyn Store, query: &SubjectQuery) -> Vec<&'static str> {
    all::<Event>(|visit| store.about(&tenant(), query, &mut |_, event| visit(event)))
        .iter()
        .map(Event::name)
        .collect()
}

fn refused(store: &mut dyn Store, event: &Event) -> String {
    store.commit(&tenant(), std::slice::from_ref(event)).unwrap_err().to_string()
}

pub(super) fn a_response_goes_its_way(open: Open<'_>) {
    let store = &mut *open();
    let case = case_of(&said(1, 1));
    commit(store, &[said(1, 1).captured(), opened(&case)]);
    let first = draft("d1", &case, 1, "mia", "one");
    let second =
        ResponseDraft { author: PersonId::new("kim").unwrap(), ..draft("d1", &case, 2, "mia", "two") };
    let nowhere = draft("d9", &case_of(&said(9, 9)), 1, "mia", "one");
    assert!(refused(store, &drafted(&nowhere)).contains("no case"));
    assert!(refused(store, &drafted(&second)).contains("edition 0"));
    assert!(refused(store, &approved("d1", 1, "ada")).contains("no draft"));
    assert_eq!(commit(store, &[drafted(&first), drafted(&first)]).duplicates, 1);
    // Two people who read the same edition: the second one reads again.
    commit(store, &[drafted(&second)]);
    let race = ResponseDraft { text: "three".to_owned(), ..second.clone() };
    assert!(refused(store, &drafted(&race)).contains("edition 2"));
    assert!(refused(store, &approved("d1", 1, "ada")).contains("edition 1"));
    for author in ["mia", "kim"] {
        assert!(refused(store, &approved("d1", 2, author)).contains("themselves"), "{author}");
    }
    assert!(refused(store, &sent(&second, &[])).contains("approvals are missing"));
    commit(store, &[approved("d1", 2, "ada")]);
    assert!(refused(store, &sent(&first, &["ada"])).contains("not what was drafted"));
    assert!(refused(store, &fed_back("d1", &said(2, 9))).contains("no such response"));
    commit(store, &[sent(&second, &["ada"]), fed_back("d1", &said(2, 9))]);
    assert_eq!(commit(store, &[sent(&second, &["ada"]), fed_back("d1", &said(2, 9))]).duplicates, 2);
    let late = Event::Discarded { response: first.id.clone(), person: first.author.clone(), at: at(9) };
    assert!(refused(store, &late).contains("no draft any more"));
    let whole = ["drafted", "drafted", "approved", "responded", "fed_back"];
    assert_eq!(on(store, &SubjectQuery::of(SubjectKind::Response, "d1")), whole);
    assert_eq!(
        on(store, &SubjectQuery::of(SubjectKind::Case, case.id.as_str())),
        ["drafted", "drafted", "responded"]
    );
    assert_eq!(on(store, &SubjectQuery::last_sent(3)), ["responded"]);
    let cut = SubjectQuery { limit: 2, newest_first: true, ..SubjectQuery::of(SubjectKind::Response, "d1") };
    assert_eq!(on(store, &cut), ["fed_back", "responded"]);
    assert_eq!(on(store, &SubjectQuery { limit: 3, ..SubjectQuery::all(SubjectKind::Response) }), whole[..3]);
    // Approval and sending in one commit, and a draft that is let go.
    let other = draft("d2", &case, 1, "mia", "other");
    commit(store, &[drafted(&other), approved("d2", 1, "ada"), sent(&other, &["ada"])]);
    let third = draft("d3", &case, 1, "mia", "other");
    let gone = Event::Discarded { response: third.id.clone(), person: third.author.clone(), at: at(9) };
    assert_eq!(commit(store, &[drafted(&third), gone.clone(), gone]).duplicates, 1);
    assert!(refused(store, &sent(&third, &["ada"])).contains("let go"));
}

pub(super) fn a_permission_goes_its_way(open: Open<'_>) {
    let store = &mut *open();
    let case = case_of(&said(1, 1));
    commit(store, &[said(1, 1).captured(), opened(&case)]);
    assert!(refused(store, &answered("p1", "ana", &["website"])).contains("no such permission"));
    assert_eq!(commit(store, &[asked("p1", "ana", &case), asked("p1", "ana", &case)]).duplicates, 1);
    assert!(refused(store, &answered("p1", "ana", &["tv"])).contains("no more"));
    commit(store, &[answered("p1", "ana", &["website"]), withdrawn("p1", "ana")]);
    assert!(refused(store, &answered("p1", "ana", &["talk"])).contains("ask again"));
    assert!(refused(store, &exported("a1", "ana")).contains("no such asset"));
    assert_eq!(
        commit(store, &[made("a1", "ana", &case), made("a1", "ana", &case), exported("a1", "ana")])
            .duplicates,
        1
    );
    assert!(refused(store, &planned("s", &said(1, 1))).contains("no such programme"));
    commit(store, &[begun("s"), planned("s", &said(1, 1)), planned("s", &said(1, 1))]);
    assert_eq!(
        on(store, &SubjectQuery::all(SubjectKind::Programme)),
        ["programme_begun", "programme_planned"]
    );
    let whole = ["permission_asked", "permission_answered", "permission_withdrawn"];
    assert_eq!(on(store, &SubjectQuery::all(SubjectKind::Permission)), whole);
    let told: Vec<_> =
        store.effects(&tenant(), 0, 9).unwrap().into_iter().map(|effect| effect.kind).collect();
    assert!(matches!(told.last(), Some(EffectKind::PermissionWithdrawn { .. })), "{told:?}");
}

pub(super) fn what_is_left_of_answers(open: Open<'_>) {
    let store = &mut *open();
    let (one, two, three) = (said(1, 1), said(2, 2).by("bob"), said(3, 3));
    let (case, other) = (case_of(&one), case_of(&two));
    let first = draft("d1", &case, 1, "mia", "dear Ana");
    commit(store, &[one.captured(), opened(&case), two.captured(), opened(&other), three.captured()]);
    commit(
        store,
        &[
            drafted(&first),
            approved("d1", 1, "ada"),
            sent(&first, &["ada"]),
            fed_back("d1", &three),
            drafted(&draft("d2", &other, 1, "mia", "dear Bob")),
            asked("p1", "ana", &case),
            answered("p1", "ana", &["website"]),
            made("a1", "ana", &case),
            exported("a1", "ana"),
            withdrawn("p1", "ana"),
            asked("p2", "bob", &other),
            begun("s"),
            planned("s", &one),
        ],
    );
    let whom = Whom::Accounts(BTreeSet::from([account("ana")]));
    let receipt = erase(store, &tenant(), &whom, &EraseOptions::default(), at(1000)).unwrap();
    let c = receipt.counts;
    assert_eq!((c.responses, c.permissions, c.assets), (2, 3, 2));
    let log = log_of(store, &tenant(), 0);
    insta::assert_snapshot!("what_is_left_of_answers", serde_json::to_string_pretty(&log[5..]).unwrap());
    assert_eq!(on(store, &SubjectQuery::all(SubjectKind::Permission)), ["permission_asked"], "of Bob");
    assert_eq!(on(store, &SubjectQuery::all(SubjectKind::Asset)), [""; 0]);
    // What is left replays, and the response can still be found.
    let replayed = &mut *open();
    let events: Vec<Event> = log.iter().map(|(_, event)| event.clone()).collect();
    assert_eq!(commit(replayed, &events).appended, events.len() as u64);
    let whole = ["drafted", "approved", "responded", "fed_back"];
    assert_eq!(on(replayed, &SubjectQuery::of(SubjectKind::Response, "d1")), whole);
    assert_eq!(on(store, &SubjectQuery::of(SubjectKind::Response, "d1")), whole);
}
