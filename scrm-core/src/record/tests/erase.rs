//! What does every store leave of a person, and what does it give them?

use std::collections::BTreeSet;

use super::people::{account, labelled, linked, same};
use super::work::{changed, claimed, person};
use super::*;
use crate::record::erase::retention::{Authors, Retention, retain};
use crate::record::erase::{EraseOptions, ErasureReceipt, Whom, erase};
use crate::record::export::{export, import};

fn forget(store: &mut dyn Store, name: &str, options: &EraseOptions) -> ErasureReceipt {
    let whom = Whom::Accounts(BTreeSet::from([account(name)]));
    erase(store, &tenant(), &whom, options, at(1000)).unwrap()
}

/// Bob says this, naming Ana.
fn bob_says(id: &str, minute: i64, text: &str) -> MessageBuilder {
    let mut builder = said(id, minute).by("bob").message().into_builder();
    builder.text = text.to_owned();
    builder.version = None;
    let mut identity = Identity::new(Source::new("x").unwrap(), NativeId::new("ana").unwrap());
    (identity.handle, identity.name) = (Some("ana_says".to_owned()), Some("Ána Núñez".to_owned()));
    builder.participants.push(Participant { identity, part: Part::Mentioned });
    builder
}

fn captured(builder: MessageBuilder) -> Event {
    Event::Captured { message: Box::new(builder.build().unwrap()), assessment: said(1, 1).assessment() }
}

pub(super) fn what_is_left_of_a_message(open: Open<'_>) {
    let store = &mut *open();
    let one = said(1, 1);
    let case = case_of(&one);
    let mut label = PersonLabel::new(one.message().key(), PersonId::new("kim").unwrap(), at(5));
    label.kind = Some(MessageType::Question);
    let late = one.clone().version("v0").ends(Outcome::Noise(NoiseReason::Spam));
    commit(
        store,
        &[one.captured(), opened(&case), labelled(&label), late.captured(), responded("r1", &case, 6)],
    );
    let before = store.totals(&tenant()).unwrap();
    let receipt = forget(store, "ana", &EraseOptions::default());
    let c = receipt.counts;
    assert_eq!((c.messages, c.versions, c.cases, c.responses, c.labels), (1, 2, 1, 1, 1));
    assert_eq!(receipt.seq, 6);
    assert!(matches!(receipt.state, Scrub::Done | Scrub::RowsOnly), "{receipt:?}");
    assert_eq!(store.totals(&tenant()).unwrap(), before);
    let log = log_of(store, &tenant(), 0);
    insta::assert_snapshot!("what_is_left", serde_json::to_string_pretty(&log).unwrap());
    // It does not come back, in any version.
    let keys = [one.key(), one.clone().version("v9").key()];
    assert_eq!(store.seen(&tenant(), &keys).unwrap(), [Seen::Duplicate, Seen::Duplicate]);
    assert_eq!(capture(store, &[one.clone(), one.version("v9")]).duplicates, 2);
    // What they say from now on does, and is theirs.
    assert_eq!(capture(store, &[said(2, 2000)]).appended, 1);
    assert!(store.identity(&tenant(), &account("ana")).unwrap().is_some());
    // Once more, and nothing but the new is changed.
    let receipt = forget(store, "ana", &EraseOptions::default());
    assert_eq!((receipt.counts.messages, receipt.counts.cases, receipt.counts.responses), (1, 0, 0));
}

pub(super) fn what_people_wrote_of_a_case_goes_with_its_customer(open: Open<'_>) {
    let store = &mut *open();
    let (one, two, other) = (said(1, 1), said(2, 2), said(3, 3).by("bob"));
    let thread = Thread { source: Source::new("x").unwrap(), id: ThreadId::new("2").unwrap() };
    let case = Case { also_in: [thread].into(), ..case_of(&one) };
    let bobs = case_of(&other);
    let waiting = |why: &str| CaseChange::Waiting { on: WaitingOn::ThirdParty, reason: why.to_owned() };
    let department = Department::new("billing").unwrap();
    let handed =
        CaseChange::HandedOver { department, person: Some(person("mia")), reason: "Ana is ill".to_owned() };
    let reopened =
        CaseChange::Reopened { reason: "Ana called".to_owned(), message: Some(two.message().key()) };
    let events = [
        one.captured(),
        opened(&case),
        claimed(&case, "kim", 2),
        resolved(&case, 3),
        two.captured(),
        changed(&case, 4, reopened),
        changed(&case, 5, handed),
        changed(&case, 6, waiting("for Ana's doctor")),
        other.captured(),
        opened(&bobs),
        changed(&bobs, 7, waiting("for the courier")),
    ];
    commit(store, &events);
    let before: Vec<_> = cases_of(store, &tenant());
    forget(store, "ana", &EraseOptions::default());
    let log = serde_json::to_string(&log_of(store, &tenant(), 0)).unwrap();
    assert!(!log.contains("Ana") && log.contains("for the courier"), "{log}");
    let after = cases_of(store, &tenant());
    assert_eq!(after[1], before[1], "bob's stays as it was");
    let left = &after[0];
    assert_eq!((&left.author, &left.thread, left.also_in.len()), (&None, &None, 0));
    assert!(left.first.external_id.is_erased());
    assert_eq!(left.waiting.as_ref().map(|waiting| waiting.reason.as_str()), Some(""));
    // What was done stays.
    assert_eq!((left.hops, left.reopened, left.holder()), (1, 1, Some(&person("mia"))));
    let known = all(|visit| store.case_log(&tenant(), &case.id, &mut |_, event| visit(event)));
    let folded = known.iter().fold(None, |case: Option<Case>, event| Case::after(case.as_ref(), event));
    assert_eq!(folded.as_ref(), Some(left));
    // Of the events none names them any more.
    let query = InvolvedQuery { accounts: vec![account("ana")], ..InvolvedQuery::default() };
    assert_eq!(all::<u64>(|visit| store.involving(&tenant(), &query, &mut |seq, _| visit(seq))), [0; 0]);
}

pub(super) fn names_in_other_peoples_words(open: Open<'_>) {
    let text = "é @ana_says (ÁNA NÚÑEZ) said so, not ana_says2";
    for redact in [false, true] {
        let store = &mut *open();
        let mut builder = bob_says("b", 2, text);
        let from = text.find("(ÁNA").unwrap() as u32;
        let value = Some("ana".to_owned());
        builder.spans.push(MarkedSpan { start: from + 1, end: from + 13, kind: SpanKind::Mention, value });
        builder.ext.insert("entities".to_owned(), serde_json::json!({ "mentions": ["ana_says"] }));
        builder.thread.parent = Some(ExternalId::new("1").unwrap());
        let before = builder.clone().build().unwrap().delivery();
        commit(store, &[said(1, 1).captured(), captured(builder)]);
        let options =
            if redact { EraseOptions::default().redact_mentions() } else { EraseOptions::default() };
        let receipt = forget(store, "ana", &options);
        let entry = store.entry(&tenant(), &before.message).unwrap().unwrap();
        let message = entry.message;
        assert_eq!(message.delivery(), before, "known by the version that the platform sent");
        assert!(message.participants().is_empty() && !message.ext().contains_key("entities"));
        assert_eq!(message.spans()[0].value, None);
        assert!(message.thread().parent.as_ref().unwrap().is_erased());
        let spanned = message.spans()[0].span().of(message.text()).unwrap();
        if redact {
            assert_eq!(message.text(), "é @████████ (█████████) said so, not ana_says2");
            assert_eq!(spanned, "█████████");
            assert!(receipt.mentions.is_empty());
        } else {
            assert_eq!(message.text(), text);
            let spans: Vec<_> = receipt.mentions[0].spans.iter().map(|span| span.of(text).unwrap()).collect();
            assert_eq!(spans, ["ana_says", "ÁNA NÚÑEZ"]);
            assert_eq!(receipt.mentions[0].quote.message, before.message);
        }
        assert_eq!(capture(store, &[]).last, 3);
    }
}

pub(super) fn one_account_or_the_whole_customer(open: Open<'_>) {
    for whole in [false, true] {
        let store = &mut *open();
        let chain = [linked(&same("ana", "bob", 1)), linked(&same("bob", "eve", 2))];
        capture(store, &[said(1, 1), said(2, 2).by("bob"), said(3, 3).by("eve")]);
        commit(store, &chain);
        let whom =
            if whole { Whom::Customer(account("ana")) } else { Whom::Accounts([account("bob")].into()) };
        let receipt = erase(store, &tenant(), &whom, &EraseOptions::default(), at(9)).unwrap();
        assert_eq!(receipt.erasure.identities.len(), if whole { 3 } else { 1 });
        assert_eq!(receipt.counts.messages, if whole { 3 } else { 1 });
        assert_eq!(receipt.counts.links, 2);
        // What held the other two together was a claim about the one who is gone.
        let left = store.customer(&tenant(), &account("ana")).unwrap();
        assert_eq!(left.identities, BTreeSet::from([account("ana")]));
        assert_eq!(store.identity(&tenant(), &account("eve")).unwrap().is_some(), !whole);
    }
}

pub(super) fn old_messages_lose_words_and_author(open: Open<'_>) {
    let store = &mut *open();
    let bought = Event::Noted {
        fact: Box::new(Fact::Role(Standing {
            identity: account("eve"),
            role: Role::Customer,
            held: true,
            at: at(0),
        })),
    };
    capture(
        store,
        &[said(1, 1), said(2, 2).by("bob"), said(3, 3).by("eve"), said(4, 50), said(5, 1).on("mail")],
    );
    commit(store, &[bought]);
    let before = store.totals(&tenant()).unwrap();
    let rule =
        |authors| Retention { source: Source::new("x").unwrap(), keep: Duration::minutes(60), authors };
    let mut step = |authors, minute| {
        let done = retain(store, &tenant(), &rule(authors), 1, at(minute)).unwrap();
        assert_eq!(store.totals(&tenant()).unwrap(), before);
        (done.messages, done.more)
    };
    let strangers: Vec<_> = (0..3).map(|_| step(Authors::Strangers, 100)).collect();
    assert_eq!(strangers, [(1, true), (1, true), (0, false)]);
    assert_eq!(step(Authors::Everybody, 100), (1, true));
    assert_eq!(step(Authors::Everybody, 100), (0, false));
    let last = log_of(store, &tenant(), 0).len();
    // When nothing is old, nothing is changed.
    assert_eq!(retain(store, &tenant(), &rule(Authors::Everybody), 9, at(100)).unwrap().messages, 0);
    assert_eq!(log_of(store, &tenant(), 0).len(), last);
    let left: Vec<_> = entries_of(store, &tenant());
    let words: Vec<_> = left.iter().map(|entry| !entry.message.text().is_empty()).collect();
    assert_eq!(words, [true, false, false, false, true], "mail first, then the old ones, then the new");
    // The author of a message that is kept is known since then.
    let seen = store.identity(&tenant(), &account("ana")).unwrap().unwrap();
    assert_eq!((seen.first_seen, seen.last_seen), (at(50), at(50)));
    assert_eq!(store.identity(&tenant(), &account("bob")).unwrap(), None);
    assert_eq!(capture(store, &[said(1, 1)]).duplicates, 1);
}

/// Whether an event is about Ana, found by looking at each: its own JSON names her, or one of her messages.
fn is_about_ana(event: &Event, messages: &BTreeSet<MessageKey>, cases: &BTreeSet<CaseId>) -> bool {
    let json = serde_json::to_string(event).unwrap();
    let of = |key: &MessageKey| messages.contains(key);
    match event {
        Event::Captured { message, .. } => of(&message.key()) || json.contains("\"native_id\":\"ana\""),
        Event::Labelled { label } => of(&label.message),
        Event::CaseOpened { case } => cases.contains(&case.id),
        Event::CaseJoined { case, message } => cases.contains(&case.id) || of(message),
        Event::CaseResolved { case, .. } => cases.contains(case),
        Event::Responded { response } => {
            cases.contains(&response.case) || response.to.as_ref().is_some_and(of)
        }
        Event::Quarantined { raw, .. } => raw.contains("ana_says"),
        _ => json.contains("\"native_id\":\"ana\""),
    }
}

pub(super) fn an_export_is_all_there_is(open: Open<'_>) {
    let store = &mut *open();
    let (one, two) = (said(1, 1), said(2, 2).by("bob"));
    let (case, other) = (case_of(&one), case_of(&two));
    let mut gone = said(1, 7).version("gone").deleted();
    gone.author = None;
    let label = |of: &Sketch| {
        let mut label = PersonLabel::new(of.message().key(), PersonId::new("kim").unwrap(), at(5));
        label.not_noise = true;
        labelled(&label)
    };
    let mut answer = two.message().into_builder();
    answer.external_id = ExternalId::new("3").unwrap();
    answer.thread.parent = Some(ExternalId::new("1").unwrap());
    let mut to_ana = responded("r2", &other, 6);
    if let Event::Responded { response } = &mut to_ana {
        response.to = Some(one.message().key());
    }
    commit(
        store,
        &[
            one.captured(),
            opened(&case),
            two.captured(),
            opened(&other),
            joined(&other, &said(9, 3).by("bob")),
            gone.captured(),
            label(&one),
            label(&two),
            captured(answer),
            captured(bob_says("b", 4, "ask @ana_says")),
            responded("r1", &case, 5),
            to_ana,
            joined(&other, &said(9, 3).by("bob")),
            linked(&same("bob", "eve", 3)),
            linked(&IdentityLink { claim: LinkClaim::Different, ..same("ana", "bob", 3) }),
            quarantined(1, "{\"user\":\"ana_says\""),
            quarantined(2, "{\"user\":\"somebody\""),
            resolved(&case, 8),
        ],
    );
    let all = export(store, &tenant(), &account("ana")).unwrap();
    let log: Vec<Event> = log_of(store, &tenant(), 0).into_iter().map(|(_, event)| event).collect();
    let (messages, cases) = ([one.message().key()].into(), [case.id.clone()].into());
    let scanned: Vec<Event> =
        log.into_iter().filter(|event| is_about_ana(event, &messages, &cases)).collect();
    assert_eq!(all.events, scanned);
    assert_eq!(all.identities.len(), 1);
    assert_eq!(all.cases.iter().map(|case| &case.id).collect::<Vec<_>>(), [&other.id]);
    // Through JSON into an empty record and out again.
    let json = serde_json::to_string(&all).unwrap();
    let copy = &mut *open();
    import(copy, &tenant(), &serde_json::from_str(&json).unwrap()).unwrap();
    assert_eq!(export(copy, &tenant(), &account("ana")).unwrap(), all);
    let error = import(copy, &tenant(), &all).unwrap_err();
    assert!(error.to_string().contains("read into an empty record"), "{error}");
    // Whoever is erased is in no export.
    forget(store, "ana", &EraseOptions::default().redact_mentions());
    let left = export(store, &tenant(), &account("ana")).unwrap();
    assert!(left.events.is_empty() && left.identities.is_empty());
    let bob = serde_json::to_string(&export(store, &tenant(), &account("bob")).unwrap()).unwrap();
    assert!(!bob.contains("ana"), "{bob}");
}
