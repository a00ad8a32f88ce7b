//! What does every store keep of labels, facts, claims and effects?

use super::*;

pub(in crate::record) fn label_of(sketch: &Sketch, minute: i64) -> PersonLabel {
    PersonLabel::new(sketch.message().key(), PersonId::new("kim").unwrap(), at(minute))
}

pub(in crate::record) fn labelled(label: &PersonLabel) -> Event {
    Event::Labelled { label: Box::new(label.clone()) }
}

pub(in crate::record) fn account(name: &str) -> IdentityKey {
    IdentityKey { source: Source::new("x").unwrap(), native_id: NativeId::new(name).unwrap() }
}

pub(in crate::record) fn same(a: &str, b: &str, minute: i64) -> IdentityLink {
    IdentityLink {
        a: account(a),
        b: account(b),
        claim: LinkClaim::Same,
        evidence: LinkEvidence::Authenticated,
        at: at(minute),
        revoked: None,
    }
}

pub(in crate::record) fn linked(link: &IdentityLink) -> Event {
    Event::Linked { link: Box::new(link.clone()) }
}

pub(in crate::record) fn revoked(link: &IdentityLink, minute: i64) -> Event {
    let revocation = Revocation { person: None, at: at(minute) };
    Event::LinkRevoked { link: Box::new(link.clone()), revocation }
}

fn consented(name: &str, minute: i64) -> Event {
    let consent = Consent {
        identity: account(name),
        purpose: "marketing".to_owned(),
        granted: true,
        at: at(minute),
        until: None,
        evidence: None,
    };
    Event::Noted { fact: Box::new(Fact::Consent(consent)) }
}

pub(in crate::record) fn bought(name: &str, id: &str) -> Event {
    Event::Transacted {
        transaction: Box::new(Transaction {
            id: TransactionId::new(id).unwrap(),
            identity: account(name),
            kind: TransactionKind::Purchase,
            amount: Some(Money::new(1999, "EUR").unwrap()),
            at: at(1),
            message: None,
        }),
    }
}

fn members(store: &mut dyn Store, name: &str) -> Vec<String> {
    let customer = store.customer(&tenant(), &account(name)).unwrap();
    customer.identities.iter().map(|key| key.native_id.to_string()).collect()
}

fn involved(store: &mut dyn Store, query: &InvolvedQuery) -> Vec<u64> {
    all(|visit| store.involving(&tenant(), query, &mut |seq, _| visit(seq)))
}

pub(super) fn a_persons_word_beats_the_machines(open: Open<'_>) {
    let store = &mut *open();
    let (one, two) = (said(1, 1), said(2, 2).ends(Outcome::Noise(NoiseReason::Spam)));
    let mut label = label_of(&one, 5);
    (label.kind, label.topics) = (Some(MessageType::Question), Some(vec![Topic::new("price").unwrap()]));
    let mut later = label_of(&one, 6);
    later.kind = Some(MessageType::Compliment);
    let mut saved = label_of(&two, 5);
    saved.not_noise = true;
    // The later word first: their order in the log does not matter.
    commit(store, &[one.captured(), labelled(&later), two.captured(), labelled(&saved)]);
    assert_eq!(commit(store, &[labelled(&label), labelled(&label)]).duplicates, 1);

    let entries = entries_of(store, &tenant());
    let said: Vec<_> = entries.iter().map(|entry| &entry.assessment).collect();
    assert_eq!(said[0].classification.kind.value, Some(MessageType::Compliment));
    assert_eq!(said[0].classification.issue().unwrap(), "price");
    assert_eq!(
        said[0].classification.labeller,
        Labeller::Person { person: PersonId::new("kim").unwrap(), at: at(6) }
    );
    assert_eq!(said[1].outcome, Outcome::Open(OpenReason::Review));
    assert_eq!(store.entry(&tenant(), &one.message().key()).unwrap().as_ref(), Some(&entries[0]));
    let totals = store.totals(&tenant()).unwrap();
    assert_eq!((totals.noise, totals.decided, totals.open), (0, 1, 1));
    assert_eq!((totals.deliveries_noise, totals.deliveries_open), (1, 0), "what the machine said stays");

    // Counters see what people say, and an edit does not undo it.
    let query = HistoryQuery { issues: vec![Topic::new("price").unwrap()], ..HistoryQuery::default() };
    assert_eq!(store.history(&tenant(), &query).unwrap().issues[0].len(), 1);
    capture(store, &[one.clone().version("v2")]);
    let author = one.message().author_key().cloned().unwrap();
    let query = HistoryQuery { authors: vec![author], ..query };
    let found = store.history(&tenant(), &query).unwrap();
    assert_eq!(found.issues[0].len(), 1);
    let at = one.message().times().observed;
    assert!(found.authors[0].contains(&(at, false)), "a compliment is no complaint: {found:?}");
}

pub(super) fn a_label_is_of_something_and_says_something(open: Open<'_>) {
    let store = &mut *open();
    let one = said(1, 1);
    capture(store, std::slice::from_ref(&one));
    let mut both = label_of(&one, 2);
    (both.noise, both.not_noise) = (Some(NoiseReason::Spam), true);
    let mut lost = label_of(&said(2, 2), 2);
    lost.kind = Some(MessageType::Other);
    for (label, told) in [
        (label_of(&one, 2), "event 1: a label says nothing"),
        (both, "both `noise` and `not_noise`"),
        (lost, "no message `x:2` to label"),
    ] {
        let error = store.commit(&tenant(), &[labelled(&label)]).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
    }
}

pub(super) fn what_is_said_twice_is_one(open: Open<'_>) {
    let store = &mut *open();
    let events = [
        consented("ana", 1),
        consented("ana", 2),
        bought("ana", "t1"),
        bought("ana", "t1"),
        consented("ana", 1),
    ];
    let receipt = commit(store, &events);
    assert_eq!((receipt.appended, receipt.duplicates), (3, 2));
    assert_eq!(commit(store, &events).appended, 0);
}

pub(super) fn events_are_found_by_the_accounts_they_name(open: Open<'_>) {
    let store = &mut *open();
    let (one, two) = (said(1, 1), said(2, 2).by("bob"));
    let case = case_of(&one);
    commit(
        store,
        &[
            one.captured(),                       // 1
            opened(&case),                        // 2
            two.captured(),                       // 3
            responded("r1", &case, 5),            // 4
            consented("ana", 6),                  // 5
            linked(&same("ana", "bob", 7)),       // 6
            one.clone().version("v2").captured(), // 7
            resolved(&case, 9),                   // 8
        ],
    );
    let ana = InvolvedQuery { accounts: vec![account("ana")], ..InvolvedQuery::default() };
    assert_eq!(involved(store, &ana), [1, 2, 4, 5, 6, 7, 8]);
    assert_eq!(
        involved(store, &InvolvedQuery { newest_first: true, after: 2, before: 7, ..ana.clone() }),
        [6, 5, 4]
    );
    let wrote = InvolvedQuery { parts: vec![Involvement::Author, Involvement::Link], ..ana.clone() };
    assert_eq!(involved(store, &wrote), [1, 6, 7]);
    let both = InvolvedQuery { accounts: vec![account("bob"), account("ana")], ..InvolvedQuery::default() };
    assert_eq!(involved(store, &both), [1, 2, 3, 4, 5, 6, 7, 8], "each event once");
    assert_eq!(involved(store, &InvolvedQuery { limit: 3, ..both.clone() }), [1, 2, 3]);
    assert_eq!(involved(store, &InvolvedQuery { limit: 3, newest_first: true, ..both }), [8, 7, 6]);
    assert_eq!(involved(store, &InvolvedQuery::default()), [0; 0]);
    let answers = InvolvedQuery { parts: vec![Involvement::Answered], ..ana.clone() };
    assert_eq!(involved(store, &answers), [4]);
    let cases = |store: &mut dyn Store, limit| store.cases_of(&tenant(), &[account("ana")], limit).unwrap();
    assert_eq!(cases(store, 5), cases_of(store, &tenant()));
    assert_eq!(cases(store, 0), []);

    let tally = store.tally(&tenant(), &[account("ana"), account("ana")]).unwrap();
    assert_eq!(
        tally.iter().map(|tally| (tally.kind, tally.messages)).collect::<Vec<_>>(),
        [(Some(MessageType::Complaint), 1)]
    );
    let seen = store.identity(&tenant(), &account("ana")).unwrap().unwrap();
    assert_eq!((seen.first_seen, seen.last_seen), (at(1), at(1)));
    assert_eq!(store.identity(&tenant(), &account("nobody")).unwrap(), None);
}

pub(super) fn claims_join_and_part(open: Open<'_>) {
    let store = &mut *open();
    let (ab, bc, cd) = (same("a", "b", 1), same("b", "c", 2), same("c", "d", 3));
    commit(store, &[linked(&ab), linked(&cd)]);
    assert_eq!(members(store, "a"), ["a", "b"]);
    assert_eq!(members(store, "e"), ["e"]);
    commit(store, &[linked(&bc)]);
    assert_eq!(members(store, "d"), ["a", "b", "c", "d"]);
    let receipt = commit(store, &[linked(&bc), revoked(&bc, 4), revoked(&bc, 5)]);
    assert_eq!((receipt.appended, receipt.duplicates), (1, 2));
    assert_eq!(members(store, "b"), ["a", "b"]);
    assert_eq!(members(store, "c"), ["c", "d"]);
    let told = store.link(&tenant(), &bc.id()).unwrap().unwrap();
    assert_eq!(told.revoked, Some(Revocation { person: None, at: at(4) }));
    assert_eq!(store.links(&tenant(), &account("c")).unwrap(), [cd.clone(), told]);

    let apart = IdentityLink { claim: LinkClaim::Different, ..same("d", "a", 6) };
    commit(store, &[linked(&apart), linked(&same("b", "c", 7))]);
    // The older claim of the two that would bring them together goes first.
    assert_eq!(members(store, "a"), ["a", "b"]);
    assert_eq!(members(store, "d"), ["c", "d"]);

    for (event, told) in [
        (linked(&same("a", "a", 1)), "names one account twice"),
        (revoked(&same("x", "y", 1), 2), "no claim"),
        (linked(&store.link(&tenant(), &bc.id()).unwrap().unwrap()), "before it is taken back"),
    ] {
        let error = store.commit(&tenant(), &[event]).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
    }
}

pub(super) fn effects_are_told_until_they_are_dealt_with(open: Open<'_>) {
    let store = &mut *open();
    let one = said(1, 1);
    let case = case_of(&one);
    commit(store, &[one.captured(), opened(&case), consented("ana", 1), resolved(&case, 2)]);
    let numbers = |effects: &[Effect]| effects.iter().map(|effect| effect.seq).collect::<Vec<_>>();
    let told = store.effects(&tenant(), 0, 10).unwrap();
    assert_eq!(numbers(&told), [2, 4]);
    assert_eq!(told[0].kind, EffectKind::CaseOpened { case: Box::new(case) });
    assert_eq!(numbers(&store.effects(&tenant(), 0, 1).unwrap()), [2]);
    assert_eq!(numbers(&store.effects(&tenant(), 2, 10).unwrap()), [4]);
    assert_eq!(store.effects(&tenant(), 0, 0).unwrap(), []);
    assert_eq!(store.acked(&tenant(), "crm").unwrap(), 0);
    for (seq, now) in [(2, 2), (4, 4), (3, 4)] {
        store.ack(&tenant(), "crm", seq).unwrap();
        assert_eq!(store.acked(&tenant(), "crm").unwrap(), now);
    }
    assert_eq!(store.acked(&tenant(), "other").unwrap(), 0);
    assert_eq!(store.acked(&Tenant::new("other").unwrap(), "crm").unwrap(), 0);
}

pub(super) fn what_was_put_aside_can_be_released(open: Open<'_>) {
    let store = &mut *open();
    commit(store, &[quarantined(1, "a"), quarantined(2, "b")]);
    let receipt = commit(store, &[Event::Released { quarantined: 1 }, Event::Released { quarantined: 1 }]);
    assert_eq!((receipt.appended, receipt.duplicates), (1, 1));
    let held: Vec<Quarantined> = all(|visit| store.quarantined(&tenant(), visit));
    assert_eq!(held.iter().map(|held| held.seq).collect::<Vec<_>>(), [2]);
    assert_eq!(store.totals(&tenant()).unwrap().quarantined, 1);
    assert_eq!(commit(store, &[quarantined(1, "a")]).duplicates, 1, "it does not come back by itself");
    let error = store.commit(&tenant(), &[Event::Released { quarantined: 9 }]).unwrap_err();
    assert!(error.to_string().contains("event 9 of the log put nothing aside"), "{error}");
}
