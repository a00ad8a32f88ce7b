//! Does every store keep the law? One suite, run by each of them.

mod cases;
mod erase;
pub(in crate::record) mod fixtures;
mod laws;
pub(in crate::record) mod people;
mod search;
mod subjects;
mod twin;
mod work;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use chrono::Duration;

use self::erase::*;
use super::*;
use crate::model::*;
use cases::*;
use fixtures::*;
use laws::*;
use people::*;
use search::*;
use subjects::*;
use twin::*;
use work::*;

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
        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[test] fn $case() {
                super::$case(&|| Box::new(crate::record::postgres::tests::server::shared().store()));
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
    what_happened_to_a_case_is_its_log,
    a_commit_that_is_no_longer_true_is_refused,
    clocks_are_looked_at_when_they_are_due,
    other_rules_have_every_open_case_looked_at,
    what_the_team_has_and_says,
    incidents_begin_and_end,
    quarantine_keeps_each_record_once,
    a_refused_commit_leaves_nothing,
    tenants_do_not_see_each_other,
    the_log_replays_to_the_same_state,
    any_order_and_repetition_gives_one_state,
    a_persons_word_beats_the_machines,
    a_label_is_of_something_and_says_something,
    what_is_said_twice_is_one,
    events_are_found_by_the_accounts_they_name,
    claims_join_and_part,
    effects_are_told_until_they_are_dealt_with,
    what_was_put_aside_can_be_released,
    it_answers_as_memory_does,
    candidates_are_found_newest_first,
    words_follow_the_current_version,
    candidates_of_many_pages_are_each_visited_once,
    every_store_finds_what_a_scan_finds,
    what_is_left_of_a_message,
    what_people_wrote_of_a_case_goes_with_its_customer,
    names_in_other_peoples_words,
    one_account_or_the_whole_customer,
    old_messages_lose_words_and_author,
    an_export_is_all_there_is,
    a_response_goes_its_way,
    a_permission_goes_its_way,
    what_is_left_of_answers,
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
    assert_eq!(store.history(&tenant(), &HistoryQuery::default()).unwrap(), History::default());
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
