//! What does a store say of earlier messages, of cases and of what could not be read?

use super::*;

pub(super) fn history_is_incoming_current_and_no_noise(open: Open<'_>) {
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
    let mut history = |authors: &[(&str, &str)], issues: &[&str], since| {
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
        let minute = |time: &DateTime<Utc>| (*time - at(0)).num_minutes();
        let authors = found.authors.iter().map(|times| times.iter().map(|(at, _)| minute(at)).collect());
        let issues = found.issues.iter().map(|times| times.iter().map(minute).collect());
        authors.chain(issues).collect::<Vec<Vec<i64>>>()
    };
    assert_eq!(history(&[("x", "ana")], &[], 2), [vec![4, 7, 11, 12]]);
    assert_eq!(history(&[("mail", "ana")], &[], 2), [vec![8]]);
    let twice = [("x", "bob"), ("x", "ana"), ("x", "bob")];
    assert_eq!(history(&twice, &[], 2), [vec![3], vec![4, 7, 11, 12], vec![3]]);
    assert_eq!(history(&[], &["service.delay"], 4), [vec![4, 11, 12]]);
    assert_eq!(history(&[], &["service.delay"], 5), [vec![11, 12]]);
    assert_eq!(
        history(&[("x", "ana")], &["price", "staff"], 0),
        [vec![1, 4, 7, 11, 12], vec![3, 7, 8], vec![8]]
    );
    assert_eq!(history(&[], &["service"], 0), [[0; 0]]);
    assert_eq!(history(&[], &[], 0), [[0; 0]; 0]);
    let asked = vec![said("other source", 8).on("mail").message().author_key().cloned().unwrap()];
    let query = HistoryQuery { authors: asked, ..HistoryQuery::default() };
    assert_eq!(store.history(&tenant(), &query).unwrap().authors, [[(at(8), true)]]);
}

pub(super) fn open_cases_by_thread_and_author(open: Open<'_>) {
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
    let mut bobs = [cases[1].clone(), cases[2].clone()];
    bobs.sort_by(|a, b| a.id.cmp(&b.id));
    let mut found = |threads: &[&Case], authors: &[&Case], since: Option<DateTime<Utc>>| {
        let query = CaseQuery {
            threads: threads.iter().filter_map(|case| case.thread.clone()).collect(),
            authors: authors.iter().filter_map(|case| case.author.clone()).collect(),
            resolved_since: since,
        };
        store.open_cases(&tenant(), &query).unwrap()
    };
    let ended = Case::after(Some(&cases[3]), &resolved(&cases[3], 9)).unwrap();
    assert_eq!(found(&[], &[&cases[3]], Some(at(9))), [ended, cases[0].clone()]);
    assert_eq!(found(&[&cases[3]], &[&cases[1]], Some(at(0))), bobs);
    assert_eq!(found(&[], &[&cases[3]], Some(at(10))), cases[..1]);
    let mut found = |threads: &[&Case], authors: &[&Case]| found(threads, authors, None);
    assert_eq!(found(&[], &[&cases[1]]), bobs);
    assert_eq!(found(&[], &[&cases[0]]), cases[..1]);
    assert_eq!(found(&[&cases[3]], &[]), []);
    assert_eq!(found(&[&cases[0]], &[&cases[1], &cases[0]]), [&bobs[..], &cases[..1]].concat());
    assert_eq!(found(&[], &[]), []);
}

pub(super) fn a_case_goes_its_way(open: Open<'_>) {
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

pub(super) fn quarantine_keeps_each_record_once(open: Open<'_>) {
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
