//! Does the state depend on what happened alone: not on order, repetition, other tenants or refused commits?

use proptest::prelude::*;

use super::*;

/// Everything a tenant's record says, but for the numbers in the log.
type State = (Vec<Entry>, Vec<Case>, Totals, Vec<Event>);

fn state(store: &mut dyn Store, tenant: &Tenant) -> State {
    let log = log_of(store, tenant, 0).into_iter().map(|(_, event)| event).collect();
    (entries_of(store, tenant), cases_of(store, tenant), store.totals(tenant).unwrap(), log)
}

pub(super) fn a_refused_commit_leaves_nothing(open: Open<'_>) {
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

pub(super) fn tenants_do_not_see_each_other(open: Open<'_>) {
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
    assert_eq!(store.history(&other, &query).unwrap().authors[0].len(), 2);
    assert_eq!(store.history(&tenant(), &query).unwrap().authors[0].len(), 1);
    let threads = case.thread.clone().into_iter().collect();
    let query = CaseQuery { threads, authors: author, resolved_since: Some(at(0)) };
    assert_eq!(store.open_cases(&other, &query).unwrap(), []);
    assert_eq!(cases_of(store, &other), []);
    assert!(store.commit(&other, &[resolved(&case, 3)]).is_err());
}

pub(super) fn the_log_replays_to_the_same_state(open: Open<'_>) {
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

pub(super) fn any_order_and_repetition_gives_one_state(open: Open<'_>) {
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
