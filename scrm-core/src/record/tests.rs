//! Does every store keep the law? One suite, run by each of them.

pub(in crate::record) mod fixtures;

use std::ops::ControlFlow;

use chrono::Duration;
use proptest::prelude::*;

use super::*;
use crate::model::*;
use fixtures::*;

type Open<'a> = &'a dyn Fn() -> Box<dyn Store>;

macro_rules! for_every_store {
    ($($case:ident,)*) => {
        mod memory {
            $(#[test] fn $case() { super::$case(&|| Box::new(crate::record::MemoryStore::new())); })*
        }
        #[cfg(feature = "sqlite")]
        mod sqlite {
            $(#[test] fn $case() {
                super::$case(&|| Box::new(crate::record::SqliteStore::open_in_memory().unwrap()));
            })*
        }
    };
}

for_every_store! {
    an_empty_record,
    a_delivery_has_one_effect,
    a_repeated_delivery_takes_its_case_events_with_it,
    an_edit_is_another_version,
    a_tombstone_wins_for_good,
    equal_times_go_by_version,
    entries_are_in_the_order_of_observation,
    a_visit_can_stop,
    what_is_read_is_what_was_written,
    history_is_incoming_current_and_no_noise,
    open_cases_by_thread_and_author,
    a_case_goes_its_way,
    quarantine_keeps_each_record_once,
    a_refused_commit_leaves_nothing,
    tenants_do_not_see_each_other,
    the_log_replays_to_the_same_state,
    any_order_and_repetition_gives_one_state,
}

fn commit(store: &mut dyn Store, events: &[Event]) -> Receipt {
    store.commit(&tenant(), events).unwrap()
}

fn capture(store: &mut dyn Store, sketches: &[Sketch]) -> Receipt {
    commit(store, &sketches.iter().map(Sketch::captured).collect::<Vec<_>>())
}

/// Everything a visit gives.
fn all<T>(visit: impl FnOnce(&mut dyn FnMut(T) -> ControlFlow<()>) -> Result<(), StoreError>) -> Vec<T> {
    let mut found = Vec::new();
    visit(&mut |one| {
        found.push(one);
        ControlFlow::Continue(())
    })
    .unwrap();
    found
}

fn entries_of(store: &mut dyn Store, tenant: &Tenant) -> Vec<Entry> {
    all(|visit| store.entries(tenant, visit))
}

fn cases_of(store: &mut dyn Store, tenant: &Tenant) -> Vec<Case> {
    all(|visit| store.cases(tenant, visit))
}

fn log_of(store: &mut dyn Store, tenant: &Tenant, after: u64) -> Vec<(u64, Event)> {
    all(|visit| store.log(tenant, after, &mut |seq, event| visit((seq, event))))
}

/// Messages as `id version versions`.
fn short(store: &mut dyn Store) -> Vec<String> {
    let line = |entry: Entry| {
        format!("{} {} {}", entry.message.external_id(), entry.message.version(), entry.versions)
    };
    entries_of(store, &tenant()).into_iter().map(line).collect()
}

fn an_empty_record(open: Open<'_>) {
    let store = &mut *open();
    assert_eq!(store.totals(&tenant()).unwrap(), Totals::default());
    assert_eq!(store.commit(&tenant(), &[]).unwrap(), Receipt::default());
    assert_eq!(store.seen(&tenant(), &[said(1, 0).key()]).unwrap(), [Seen::New]);
    assert_eq!(store.history(&tenant(), &HistoryQuery::default()).unwrap(), []);
    assert_eq!(store.open_cases(&tenant(), &CaseQuery::default()).unwrap(), []);
    assert_eq!(short(store), [""; 0]);
    assert_eq!(log_of(store, &tenant(), 0), []);
}

fn a_delivery_has_one_effect(open: Open<'_>) {
    let store = &mut *open();
    let (one, two) = (said(1, 1), said(2, 2));
    let keys = [two.key(), one.key(), one.clone().version("v2").key(), one.key()];
    assert_eq!(capture(store, &[one.clone(), one.clone()]), Receipt { appended: 1, duplicates: 1, last: 1 });
    assert_eq!(
        store.seen(&tenant(), &keys).unwrap(),
        [Seen::New, Seen::Duplicate, Seen::Edit, Seen::Duplicate]
    );
    assert_eq!(capture(store, &[two, one]), Receipt { appended: 1, duplicates: 1, last: 2 });
    assert_eq!(short(store), ["1 v1 1", "2 v1 1"]);
    assert_eq!(store.totals(&tenant()).unwrap().versions, 2);
}

fn a_repeated_delivery_takes_its_case_events_with_it(open: Open<'_>) {
    let store = &mut *open();
    let (one, two) = (said(1, 1), said(2, 2));
    let case = case_of(&one);
    let group = [one.captured(), opened(&case), two.captured(), joined(&case, &two)];
    assert_eq!(commit(store, &group), Receipt { appended: 4, duplicates: 0, last: 4 });
    // The second message is new in another version, so its event on the case counts again.
    let edit = two.clone().version("v2");
    let again = [one.captured(), opened(&case), edit.captured(), joined(&case, &edit)];
    assert_eq!(commit(store, &again), Receipt { appended: 2, duplicates: 1, last: 6 });
    assert_eq!(cases_of(store, &tenant()).first().map(|case| case.messages), Some(2));
    // An event on a case that follows no delivery stands by itself.
    assert_eq!(commit(store, &[opened(&case)]), Receipt { appended: 1, duplicates: 0, last: 7 });
    // New after repeated: the last delivery of a message decides.
    let third = one.clone().version("v3");
    let mixed = [one.captured(), third.captured(), joined(&case, &one), one.captured(), opened(&case)];
    assert_eq!(commit(store, &mixed), Receipt { appended: 2, duplicates: 2, last: 9 });
}

fn an_edit_is_another_version(open: Open<'_>) {
    let store = &mut *open();
    capture(store, &[said(1, 1), said(2, 2)]);
    let noise = Outcome::Noise(NoiseReason::Spam);
    capture(store, &[said(1, 3).version("v2").ends(noise)]);
    assert_eq!(short(store), ["2 v1 1", "1 v2 2"]);
    // An older version that comes late is counted, and not current.
    capture(store, &[said(1, 0).version("v0").ends(Outcome::Open(OpenReason::Gap))]);
    assert_eq!(short(store), ["2 v1 1", "1 v2 3"]);
    let expected = Totals {
        messages: 2,
        versions: 4,
        noise: 1,
        decided: 1,
        open: 0,
        deliveries_noise: 1,
        deliveries_decided: 2,
        deliveries_open: 1,
        ..Totals::default()
    };
    assert_eq!(store.totals(&tenant()).unwrap(), expected);
}

fn a_tombstone_wins_for_good(open: Open<'_>) {
    let store = &mut *open();
    let gone = said(1, 2).version("gone").deleted().ends(Outcome::Noise(NoiseReason::Deleted));
    capture(store, &[said(1, 1), gone, said(1, 9).version("late")]);
    assert_eq!(short(store), ["1 gone 3"]);
    // Of two tombstones the one observed last.
    capture(store, &[said(1, 1).version("zz").deleted(), said(1, 5).version("aa").deleted()]);
    assert_eq!(short(store), ["1 aa 5"]);
}

fn equal_times_go_by_version(open: Open<'_>) {
    let store = &mut *open();
    capture(store, &[said(1, 1).version("b"), said(1, 1).version("c"), said(1, 1).version("a")]);
    assert_eq!(short(store), ["1 c 3"]);
}

fn entries_are_in_the_order_of_observation(open: Open<'_>) {
    let store = &mut *open();
    capture(store, &[said("b", 5), said("c", 5).on("mail"), said("a", 5), said("z", -9), said("10", 7)]);
    assert_eq!(short(store), ["z v1 1", "c v1 1", "a v1 1", "b v1 1", "10 v1 1"]);
}

fn a_visit_can_stop(open: Open<'_>) {
    let store = &mut *open();
    let case = case_of(&said(1, 1));
    let other = case_of(&said(2, 2));
    let group = [opened(&case), opened(&other), quarantined(1, "a"), quarantined(2, "b")];
    capture(store, &[said(1, 1), said(2, 2)]);
    commit(store, &group);
    let mut visited = 0;
    let mut stop = || {
        visited += 1;
        ControlFlow::Break(())
    };
    store.entries(&tenant(), &mut |_| stop()).unwrap();
    store.cases(&tenant(), &mut |_| stop()).unwrap();
    store.quarantined(&tenant(), &mut |_| stop()).unwrap();
    store.log(&tenant(), 0, &mut |_, _| stop()).unwrap();
    assert_eq!(visited, 4);
    assert_eq!(log_of(store, &tenant(), 5).into_iter().map(|(seq, _)| seq).collect::<Vec<_>>(), [6]);
}

fn what_is_read_is_what_was_written(open: Open<'_>) {
    let store = &mut *open();
    let mut message = said(1, 1).message().into_builder();
    message.text = "it’s “late” 😡\u{0}\n".to_owned();
    message.times.observed += Duration::nanoseconds(1_234_567_891);
    message.place =
        Some(Place { latitude: Some(52.370_216), longitude: Some(4.895_168), ..Place::default() });
    let message = message.build().unwrap();
    let assessment = *said(1, 1).assessment();
    let (boxed, told) = (Box::new(message.clone()), Box::new(assessment.clone()));
    let events = [Event::Captured { message: boxed, assessment: told }, quarantined(7, "{\u{0}")];
    commit(store, &events);
    let log: Vec<_> = log_of(store, &tenant(), 0).into_iter().map(|(_, event)| event).collect();
    assert_eq!(log, events);
    assert_eq!(entries_of(store, &tenant()), [Entry { message, assessment, versions: 1 }]);
}

fn history_is_incoming_current_and_no_noise(open: Open<'_>) {
    let store = &mut *open();
    let noise = Outcome::Noise(NoiseReason::Spam);
    capture(
        store,
        &[
            said("both", 4),
            said("too old", 1),
            said("ours", 5).outgoing(),
            said("noise", 6).ends(noise),
            said("bob", 3).by("bob").about("price"),
            said("other issue", 7).about("price"),
            said("other", 8).by("eve").about("price"),
            said("other source", 8).on("mail").about("staff"),
            said("becomes noise", 9),
            said("becomes noise", 10).version("v2").ends(noise),
            said("edited", 2),
            said("edited", 11).version("v2").ends(Outcome::Open(OpenReason::Gap)),
            Sketch { author: None, ..said("nobody", 12) },
            Sketch { issue: None, ..said("nothing", 12) },
        ],
    );
    let mut minutes = |authors: &[(&str, &str)], issues: &[&str], since| {
        let key = |(source, id): &(&str, &str)| IdentityKey {
            source: Source::new(source).unwrap(),
            native_id: NativeId::new(id).unwrap(),
        };
        let query = HistoryQuery {
            authors: authors.iter().map(key).collect(),
            issues: issues.iter().map(|name| Topic::new(name).unwrap()).collect(),
            since: at(since),
        };
        let found = store.history(&tenant(), &query).unwrap();
        found.into_iter().map(|contact| (contact.at - at(0)).num_minutes()).collect::<Vec<_>>()
    };
    assert_eq!(minutes(&[("x", "ana")], &[], 2), [4, 7, 11, 12]);
    assert_eq!(minutes(&[("mail", "ana")], &[], 2), [8]);
    assert_eq!(minutes(&[("x", "bob"), ("x", "ana"), ("x", "bob")], &[], 2), [3, 4, 7, 11, 12]);
    assert_eq!(minutes(&[], &["service.delay"], 4), [4, 11, 12]);
    assert_eq!(minutes(&[], &["service.delay"], 5), [11, 12]);
    assert_eq!(minutes(&[("x", "ana")], &["price"], 0), [1, 3, 4, 7, 8, 11, 12]);
    assert_eq!(minutes(&[], &["service"], 0), [0; 0]);
    assert_eq!(minutes(&[], &[], 0), [0; 0]);
    let query = HistoryQuery { issues: vec![Topic::new("staff").unwrap()], ..HistoryQuery::default() };
    let expected = Contact {
        at: at(8),
        author: said("other source", 8).on("mail").message().author_key().cloned(),
        kind: Some(MessageType::Complaint),
        issue: Some(Topic::new("staff").unwrap()),
    };
    assert_eq!(store.history(&tenant(), &query).unwrap(), [expected]);
}

fn open_cases_by_thread_and_author(open: Open<'_>) {
    let store = &mut *open();
    let cases = [
        case_of(&said("late", 5)),
        case_of(&said("b", 1).by("bob")),
        case_of(&said("a", 1).by("bob")),
        case_of(&said("done", 0)),
        Case { author: None, thread: None, ..case_of(&said("nobody", 0)) },
    ];
    commit(store, &cases.iter().map(opened).collect::<Vec<_>>());
    commit(store, &[resolved(&cases[3], 9)]);
    let mut found = |threads: &[&Case], authors: &[&Case]| {
        let query = CaseQuery {
            threads: threads.iter().filter_map(|case| case.thread.clone()).collect(),
            authors: authors.iter().filter_map(|case| case.author.clone()).collect(),
        };
        store.open_cases(&tenant(), &query).unwrap()
    };
    let mut bobs = [cases[1].clone(), cases[2].clone()];
    bobs.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(found(&[], &[&cases[1]]), bobs);
    assert_eq!(found(&[], &[&cases[0]]), cases[..1]);
    assert_eq!(found(&[&cases[3]], &[]), []);
    assert_eq!(found(&[&cases[0]], &[&cases[1], &cases[0]]), [&bobs[..], &cases[..1]].concat());
    assert_eq!(found(&[], &[]), []);
}

fn a_case_goes_its_way(open: Open<'_>) {
    let store = &mut *open();
    let case = case_of(&said(1, 1));
    let mut after = |event: Event| {
        let receipt = commit(store, &[event]);
        let now = cases_of(store, &tenant()).remove(0);
        let open = store.totals(&tenant()).unwrap().cases_open;
        (receipt.appended, receipt.duplicates, now.status, open)
    };
    assert_eq!(after(opened(&case)), (1, 0, CaseStatus::New, 1));
    assert_eq!(after(responded("r1", &case, 3)), (1, 0, CaseStatus::Waiting, 1));
    assert_eq!(after(responded("r1", &case, 4)), (0, 1, CaseStatus::Waiting, 1));
    assert_eq!(after(joined(&case, &said(2, 5))), (1, 0, CaseStatus::New, 1));
    assert_eq!(after(resolved(&case, 6)), (1, 0, CaseStatus::Resolved, 0));
    assert_eq!(after(resolved(&case, 7)), (0, 1, CaseStatus::Resolved, 0));
    // A word of thanks after the end does not open it again; a message that joins does.
    assert_eq!(after(responded("r2", &case, 8)), (1, 0, CaseStatus::Resolved, 0));
    assert_eq!(after(joined(&case, &said(3, 9))), (1, 0, CaseStatus::New, 1));
}

fn quarantine_keeps_each_record_once(open: Open<'_>) {
    let store = &mut *open();
    let group = [quarantined(2, "b"), quarantined(1, "a"), quarantined(1, "a"), quarantined(1, "other")];
    assert_eq!(commit(store, &group), Receipt { appended: 3, duplicates: 1, last: 3 });
    assert_eq!(commit(store, &group), Receipt { appended: 0, duplicates: 4, last: 3 });
    let kept = all(|visit| store.quarantined(&tenant(), visit));
    let short: Vec<_> = kept.iter().map(|kept| (kept.seq, kept.record, kept.raw.as_str())).collect();
    assert_eq!(short, [(1, 2, "b"), (2, 1, "a"), (3, 1, "other")]);
    assert_eq!(kept.first().map(|kept| kept.fault.as_str()), Some("expected `,` or `}`"));
    assert_eq!(store.totals(&tenant()).unwrap().quarantined, 3);
}

fn a_refused_commit_leaves_nothing(open: Open<'_>) {
    let store = &mut *open();
    let (one, two) = (said(1, 1), said(2, 2));
    let (case, missing) = (case_of(&one), case_of(&two));
    commit(store, &[one.captured(), opened(&case), responded("r1", &case, 2)]);
    let before = state(store, &tenant());
    for last in [resolved(&missing, 3), responded("r2", &missing, 3)] {
        let group = [two.captured(), joined(&case, &two), quarantined(1, "a"), resolved(&case, 3), last];
        let error = store.commit(&tenant(), &group).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Input);
        assert!(!error.is_retryable());
        let text = error.to_string();
        assert!(
            text.contains("event 5: the record has no case") && text.contains(missing.id.as_str()),
            "{text}"
        );
        assert_eq!(state(store, &tenant()), before);
    }
    assert_eq!(capture(store, &[two]), Receipt { appended: 1, duplicates: 0, last: 4 });
}

fn tenants_do_not_see_each_other(open: Open<'_>) {
    let store = &mut *open();
    let other = Tenant::new("other").unwrap();
    let one = said(1, 1);
    let case = case_of(&one);
    let group = [one.captured(), opened(&case), responded("r1", &case, 2), quarantined(1, "a")];
    let alone = {
        let store = &mut *open();
        commit(store, &group);
        state(store, &tenant())
    };
    store.commit(&other, &[said(9, 9).captured()]).unwrap();
    assert_eq!(commit(store, &group), Receipt { appended: 4, duplicates: 0, last: 4 });
    store.commit(&other, &[said(8, 8).captured(), quarantined(1, "a")]).unwrap();
    assert_eq!(state(store, &tenant()), alone);

    assert_eq!(store.seen(&other, &[one.key()]).unwrap(), [Seen::New]);
    let author = one.message().author_key().cloned().into_iter().collect::<Vec<_>>();
    let query = HistoryQuery { authors: author.clone(), ..HistoryQuery::default() };
    assert_eq!(store.history(&other, &query).unwrap().len(), 2);
    assert_eq!(store.history(&tenant(), &query).unwrap().len(), 1);
    let query = CaseQuery { threads: case.thread.clone().into_iter().collect(), authors: author };
    assert_eq!(store.open_cases(&other, &query).unwrap(), []);
    assert_eq!(cases_of(store, &other), []);
    assert!(store.commit(&other, &[resolved(&case, 3)]).is_err());
}

/// Everything a tenant's record says, but for the numbers in the log.
type State = (Vec<Entry>, Vec<Case>, Totals, Vec<Event>);

fn state(store: &mut dyn Store, tenant: &Tenant) -> State {
    let log = log_of(store, tenant, 0).into_iter().map(|(_, event)| event).collect();
    (entries_of(store, tenant), cases_of(store, tenant), store.totals(tenant).unwrap(), log)
}

fn the_log_replays_to_the_same_state(open: Open<'_>) {
    let store = &mut *open();
    let (one, two) = (said(1, 1), said(2, 2).by("bob"));
    let (case, other) = (case_of(&one), case_of(&two));
    let edit = one.clone().version("v2").deleted();
    commit(store, &[one.captured(), opened(&case), two.captured(), opened(&other), quarantined(1, "a")]);
    commit(store, &[one.captured(), opened(&case), edit.captured(), joined(&case, &edit)]);
    commit(store, &[responded("r1", &case, 4), resolved(&other, 5), responded("r1", &case, 6)]);
    let expected = state(store, &tenant());
    assert_eq!(expected.3.len(), 9);
    for group in [1, 2, 100] {
        let replayed = &mut *open();
        for events in expected.3.chunks(group) {
            assert_eq!(commit(replayed, events).duplicates, 0);
        }
        assert_eq!(state(replayed, &tenant()), expected);
    }
}

fn any_order_and_repetition_gives_one_state(open: Open<'_>) {
    let delivery =
        (0..4_u8, 0..4_u8, 0..3_i64, 0..8_u8, 0..3_u8).prop_map(|(id, version, minute, fate, who)| {
            let outcomes =
                [Outcome::Decided, Outcome::Open(OpenReason::Gap), Outcome::Noise(NoiseReason::Spam)];
            let sketch =
                said(id, minute).version(&format!("v{version}")).by(["ana", "bob", "eve"][usize::from(who)]);
            let sketch = sketch.ends(outcomes[usize::from(fate % 3)]);
            if fate == 7 { sketch.deleted() } else { sketch }
        });
    // A set of deliveries: what comes twice under one key is the same.
    let deliveries = proptest::collection::vec(delivery, 0..12).prop_map(|sketches| {
        let by_key: std::collections::BTreeMap<_, _> =
            sketches.into_iter().map(|sketch| (sketch.key(), sketch)).collect();
        by_key.into_values().collect::<Vec<_>>()
    });
    let schedule = deliveries.prop_flat_map(|set| {
        let twice = [set.clone(), set.clone()].concat();
        (Just(set), Just(twice).prop_shuffle(), 1..6_usize)
    });
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&schedule, |(set, schedule, group)| {
        let (plain, mixed) = (&mut *open(), &mut *open());
        capture(plain, &set);
        let receipts: Vec<_> = schedule.chunks(group).map(|group| capture(mixed, group)).collect();
        let appended: u64 = receipts.iter().map(|receipt| receipt.appended).sum();
        let duplicates: u64 = receipts.iter().map(|receipt| receipt.duplicates).sum();
        prop_assert_eq!((appended, duplicates), (set.len() as u64, set.len() as u64));
        let (a, b) = (state(plain, &tenant()), state(mixed, &tenant()));
        prop_assert_eq!((&a.0, &a.2), (&b.0, &b.2));
        prop_assert_eq!(a.0.iter().map(|entry| u64::from(entry.versions)).sum::<u64>(), set.len() as u64);
        prop_assert_eq!(a.2.messages, a.2.noise + a.2.decided + a.2.open);
        let everybody = HistoryQuery {
            authors: set.iter().filter_map(|sketch| sketch.message().author_key().cloned()).collect(),
            ..HistoryQuery::default()
        };
        let (a, b) = (plain.history(&tenant(), &everybody), mixed.history(&tenant(), &everybody));
        prop_assert_eq!(a.unwrap(), b.unwrap());
        Ok(())
    });
    outcome.unwrap();
}

#[cfg(feature = "sqlite")]
#[test]
fn the_stores_agree() {
    let mut stores: [Box<dyn Store>; 2] =
        [Box::new(MemoryStore::new()), Box::new(SqliteStore::open_in_memory().unwrap())];
    let states = stores.each_mut().map(|store| {
        let store = &mut **store;
        let case = case_of(&said(3, 3));
        capture(store, &[said(1, 9), said(2, 4).by("bob"), said(1, 2).version("v0"), said(3, 3)]);
        commit(
            store,
            &[opened(&case), joined(&case, &said(1, 9)), quarantined(4, "x"), responded("r", &case, 5)],
        );
        capture(store, &[said(2, 5).version("v2").deleted(), said(1, 9)]);
        state(store, &tenant())
    });
    assert_eq!(states[0], states[1]);
}
