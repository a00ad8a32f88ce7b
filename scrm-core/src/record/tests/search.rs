//! Does a store find the messages that have the words: all of them, each once, the newest first?

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A message of Ana's with this text.
fn wrote(id: impl ToString, minute: i64, text: &str) -> Event {
    of(said(id, minute), text)
}

#[allow(clippy::needless_pass_by_value, reason = "sketches are made where they are used")]
fn of(sketch: Sketch, text: &str) -> Event {
    let mut message = sketch.message().into_builder();
    message.text = text.to_owned();
    Event::Captured { message: Box::new(message.build().unwrap()), assessment: sketch.assessment() }
}

fn asking(terms: Terms) -> CandidateQuery {
    CandidateQuery { terms, authors: Vec::new(), since: None, until: None, before: None }
}

fn word(word: &str) -> Terms {
    Terms::Word(word.to_owned())
}

/// What is visited, in order, without what only may have matched.
fn found(store: &mut dyn Store, query: &CandidateQuery) -> Vec<Entry> {
    let entries: Vec<Entry> = all(|visit| store.candidates(&tenant(), query, visit));
    let places: Vec<Position> = entries.iter().map(|entry| Position::of(&entry.message)).collect();
    assert!(places.is_sorted_by(|later, earlier| later > earlier), "{places:?}");
    entries.into_iter().filter(|entry| fulfils(query, entry)).collect()
}

fn fulfils(query: &CandidateQuery, entry: &Entry) -> bool {
    let place = Position::of(&entry.message);
    query.terms.holds(&words_of(&entry.message))
        && (query.authors.is_empty()
            || entry.message.author_key().is_some_and(|author| query.authors.contains(author)))
        && query.since.is_none_or(|since| place.observed >= since)
        && query.until.is_none_or(|until| place.observed < until)
        && query.before.as_ref().is_none_or(|before| place < *before)
}

fn ids(store: &mut dyn Store, query: &CandidateQuery) -> Vec<String> {
    found(store, query).iter().map(|entry| entry.message.external_id().to_string()).collect()
}

pub(super) fn candidates_are_found_newest_first(open: Open<'_>) {
    let store = &mut *open();
    let other = Tenant::new("other").unwrap();
    store.commit(&other, &[wrote("not ours", 9, "the bag was lost")]).unwrap();
    let group = [
        wrote("old", 1, "My BAG is lost"),
        wrote("new", 8, "lost: one résumé, \"and\" #LostBag"),
        wrote("none", 5, "nothing (to) say* AND NOT OR"),
        wrote("same b", 3, "bagage; -- lost"),
        wrote("same a", 3, "LOST 電波 @ana"),
        wrote("link", 2, "https://shop.example/lost-bag?id=7"),
    ];
    commit(store, &group);
    let cases: [(Terms, &[&str]); 12] = [
        (word("plost"), &["new", "same b", "same a", "old"]),
        (word("pbag"), &["new", "old"]),
        (Terms::Prefix("pbag".to_owned()), &["new", "same b", "old"]),
        (Terms::All(vec![word("plost"), word("pbag")]), &["new", "old"]),
        (Terms::Any(vec![word("presume"), word("mana"), word("pnowhere")]), &["new", "same a"]),
        (word("hlostbag"), &["new"]),
        (word("ulost"), &["link"]),
        (word("p電"), &["same a"]),
        (word("pand"), &["new", "none"]),
        (word("ppasta"), &[]),
        (Terms::Any(vec![]), &[]),
        (Terms::Everything, &["new", "none", "same b", "same a", "link", "old"]),
    ];
    for (terms, wanted) in cases {
        assert_eq!(ids(store, &asking(terms.clone())), wanted, "{terms:?}");
    }
    let within = CandidateQuery { since: Some(at(2)), until: Some(at(8)), ..asking(word("plost")) };
    assert_eq!(ids(store, &within), ["same b", "same a"]);
    let before = Position::of(&said("same b", 3).message());
    assert_eq!(ids(store, &CandidateQuery { before: Some(before), ..within }), ["same a"]);
}

pub(super) fn words_follow_the_current_version(open: Open<'_>) {
    let store = &mut *open();
    let later = |id: &str, version: &str, minute, text: &str| of(said(id, minute).version(version), text);
    commit(store, &[wrote("a", 1, "lost bag"), wrote("b", 2, "lost coat"), wrote("c", 3, "lost hat")]);
    // An edit in the same commit and one in a later one; a version that comes too late; a tombstone; a label.
    commit(store, &[later("a", "v2", 4, "found bag"), later("a", "v3", 5, "stolen bag")]);
    commit(store, &[later("b", "v0", 0, "torn coat")]);
    commit(store, &[said("c", 6).version("gone").deleted().captured()]);
    let mut label = label_of(&said("b", 2), 7);
    label.kind = Some(MessageType::Question);
    commit(store, &[labelled(&label)]);
    let words = ["plost", "pfound", "pstolen", "pbag", "pcoat", "ptorn", "phat"];
    let wanted: [&[&str]; 7] = [&["b"], &[], &["a"], &["a"], &["b"], &[], &[]];
    for (one, wanted) in words.into_iter().zip(wanted) {
        assert_eq!(ids(store, &asking(word(one))), wanted, "{one}");
    }
    let entry = found(store, &asking(word("pcoat"))).remove(0);
    assert_eq!(Some(entry), store.entry(&tenant(), &said("b", 2).message().key()).unwrap());
}

pub(super) fn candidates_of_many_pages_are_each_visited_once(open: Open<'_>) {
    let store = &mut *open();
    // Seven hundred within one second, others around them.
    let minute = |id: i64| if (300..1_000).contains(&id) { 5 } else { id % 11 };
    let author = |id: i64| ["ana", "bob", "eve"][usize::try_from(id % 3).unwrap()];
    let group: Vec<Event> = (0..1_300)
        .map(|id| of(said(id, minute(id)).by(author(id)), if id % 2 == 0 { "lost" } else { "lost bag" }))
        .collect();
    commit(store, &group);
    let mut newest = entries_of(store, &tenant());
    newest.reverse();
    let ana = said(0, 0).message().author_key().cloned().unwrap();
    for (terms, authors) in [
        (word("pbag"), vec![]),
        (word("plost"), vec![]),
        (Terms::Everything, vec![]),
        (Terms::Everything, vec![ana.clone()]),
        (word("pbag"), vec![ana]),
    ] {
        let mut query = CandidateQuery { authors, ..asking(terms) };
        let wanted: Vec<&Entry> = newest.iter().filter(|entry| fulfils(&query, entry)).collect();
        let mut visited: Vec<Entry> = Vec::new();
        loop {
            let mut page: Vec<Entry> = Vec::new();
            store
                .candidates(&tenant(), &query, &mut |entry| {
                    page.push(entry);
                    if page.len() < 170 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                })
                .unwrap();
            let Some(last) = page.last() else { break };
            query.before = Some(Position::of(&last.message));
            visited.extend(page);
        }
        query.before = None;
        visited.retain(|entry| fulfils(&query, entry));
        assert_eq!(visited.iter().collect::<Vec<_>>(), wanted, "{query:?}");
    }
}

pub(super) fn every_store_finds_what_a_scan_finds(open: Open<'_>) {
    let texts = || {
        prop::sample::select(vec![
            "",
            "lost bag",
            "bag",
            "Lost! bags",
            "#LostBag",
            "@lost 電波",
            "coat_7 it's",
        ])
    };
    let names = || prop::sample::select(vec!["ana", "bob"]);
    let delivery = (0..6_u8, 0..3_u8, 0..4_i64, names(), any::<bool>(), texts()).prop_map(
        |(id, version, minute, name, deleted, text)| {
            let sketch = said(id, minute).version(&format!("v{version}")).by(name);
            if deleted && version == 2 { sketch.deleted().captured() } else { of(sketch, text) }
        },
    );
    let leaf = prop::sample::select(vec![
        word("plost"),
        word("pbag"),
        word("hlostbag"),
        word("mlost"),
        word("pcoat_5f7"),
        Terms::Prefix("pbag".to_owned()),
        Terms::Prefix("p電".to_owned()),
        Terms::Everything,
    ]);
    let terms = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![vec(inner.clone(), 1..4).prop_map(Terms::All), vec(inner, 0..4).prop_map(Terms::Any),]
    });
    let optional = || proptest::option::of((0..4_i64).prop_map(at));
    let query =
        (terms, vec(names(), 0..2), optional(), optional(), proptest::option::of((0..6_u8, 0..4_i64)));
    let query = query.prop_map(|(terms, names, since, until, before)| CandidateQuery {
        terms,
        authors: names
            .iter()
            .map(|name| said(0, 0).by(name).message().author_key().cloned().unwrap())
            .collect(),
        since,
        until,
        before: before.map(|(id, minute)| Position::of(&said(id, minute).message())),
    });
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(groups in vec(vec(delivery, 1..6), 1..5), queries in vec(query, 1..8))| {
        let store = &mut *open();
        for group in &groups {
            commit(store, group);
        }
        let mut newest = entries_of(store, &tenant());
        newest.reverse();
        for query in queries {
            let wanted: Vec<&Entry> = newest.iter().filter(|entry| fulfils(&query, entry)).collect();
            let found = found(store, &query);
            prop_assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{:?}", query);
        }
    });
}
