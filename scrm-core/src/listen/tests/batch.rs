//! Do batches find what repeats an earlier message, whatever the number of threads?

use std::num::NonZeroUsize;

use crate::listen::{Change, Listener, LiveListener, Monitor};
use crate::model::{Hits, Limits, Message, MonitorId};
use crate::query::{Document, Query};
use crate::text::Text;

fn monitor(id: &str, query: &str) -> Monitor {
    Monitor::new(MonitorId::new(id).unwrap(), Query::parse(query).query.unwrap())
}

fn listener(limits: &Limits, queries: &[(&str, &str)]) -> Listener {
    let mut builder = Listener::builder(limits);
    queries.iter().for_each(|(id, query)| builder.add(&monitor(id, query)).unwrap());
    builder.build().unwrap()
}

fn posts(texts: &[&str]) -> Vec<Message> {
    let post = |(id, text): (usize, &&str)| {
        let json = serde_json::json!({"source": "x", "external_id": id.to_string(), "kind": "post",
            "visibility": "public", "text": text, "times": {"created": "2026-11-02T08:14:00Z"}});
        serde_json::from_value(json).unwrap()
    };
    texts.iter().enumerate().map(post).collect()
}

fn ids(hits: &[Hits]) -> Vec<Vec<&str>> {
    hits.iter().map(|hits| hits.monitors.iter().map(|hit| hit.id.as_str()).collect()).collect()
}

const TEXTS: [&str; 7] = [
    "a bag",
    "Win a free bag now, just follow this link https://a.example",
    "no such thing",
    "@you Win a free bag now! Just follow this link https://b.example #win",
    "A BAG!",
    "win a free bag now, just follow this link, friends",
    "a case",
];

#[test]
fn a_batch_knows_what_was_said_before() {
    let listener = listener(&Limits::DEFAULT, &[("again", "is:duplicate"), ("fresh", "bag -is:duplicate")]);
    let messages = posts(&TEXTS);
    let expected: [&[&str]; 7] = [&["fresh"], &["fresh"], &[], &["again"], &["again"], &["again"], &[]];
    for threads in [1, 2, 3, 64] {
        let hits = listener.scan_all(&messages, NonZeroUsize::new(threads).unwrap());
        assert_eq!(ids(&hits), expected, "{threads} threads");
    }
}

#[test]
fn what_lies_behind_the_window_is_forgotten() {
    let mut limits = Limits::DEFAULT;
    limits.duplicates = 3;
    let listener = listener(&limits, &[("again", "is:duplicate")]);
    let hits = listener.scan_all(&posts(&["a", "b", "c", "a", "d", "e", "f", "b"]), NonZeroUsize::MIN);
    assert_eq!(ids(&hits)[3], ["again"]);
    assert!(ids(&hits)[7].is_empty());
}

#[test]
fn only_listeners_that_are_asked_remember() {
    let live = LiveListener::new(listener(&Limits::DEFAULT, &[("a", "bag is:repost"), ("b", "duplicate")]));
    assert!(live.snapshot().duplicates().is_none());
    live.apply([Change::Put(Box::new(monitor("c", "bag NOT (is:reply OR is:duplicate)")))]).unwrap();
    assert!(live.snapshot().duplicates().is_some());
    let again = Listener::from_bytes(&live.snapshot().to_bytes(), &Limits::DEFAULT).unwrap();
    assert!(again.duplicates().is_some());
    live.apply([Change::Remove("c".into())]).unwrap();
    live.maintain(100).unwrap();
    assert!(live.snapshot().duplicates().is_none());
}

#[test]
fn hits_name_the_version_that_heard_them() {
    let live = LiveListener::new(listener(&Limits::DEFAULT, &[("a", "bag")]));
    let message = &posts(&["a bag"])[0];
    let scan = |listener: &Listener| listener.scan(message, &Text::new(message.text())).version;
    let before = live.snapshot();
    assert_eq!(scan(&before), 1);
    let version = live.apply([Change::Put(Box::new(monitor("b", "case")))]).unwrap();
    assert_eq!((scan(&live.snapshot()), scan(&before)), (version, 1));
    // Older records have none, and none is written for them.
    let old: Hits = serde_json::from_str("{}").unwrap();
    assert_eq!((old.version, serde_json::to_string(&old).unwrap()), (0, "{}".to_owned()));
}

#[test]
fn places_of_a_near_beyond_the_limit_are_counted() {
    let mut limits = Limits::DEFAULT;
    limits.query_places = 3;
    let text = "bag lost. ".repeat(8);
    let truncated = |query: &str| {
        let listener = listener(&limits, &[("m", query)]);
        let text = Text::new(&text);
        let heard = listener.hear(&Document::of_text(&text));
        let kept: usize = heard.matches.iter().map(|found| found.places().len()).sum();
        (kept, heard.truncated)
    };
    // Eight pairs, of which three are kept: two places each.
    assert_eq!(truncated("bag NEAR/0f lost SENTENCE lost"), (0, 0));
    assert_eq!(truncated("bag SENTENCE lost"), (6, 10));
    assert_eq!(truncated("bag OR lost"), (16, 0));
    // Far more than ten times the limit are not looked for.
    let (kept, beyond) = truncated("(bag OR lost) NEAR/9 (bag OR lost)");
    assert!(kept > 0 && beyond > 0, "{kept} {beyond}");
}

#[test]
fn places_say_in_which_of_several_texts_they_stand() {
    let message = |files: &[&str]| -> Message {
        let files: Vec<_> =
            files.iter().map(|name| serde_json::json!({"kind": "file", "name": name})).collect();
        let json = serde_json::json!({"source": "x", "external_id": "1", "kind": "post", "visibility": "public",
            "text": "a bag", "title": "the bag", "attachments": files, "tags": ["x", "bag", "a bag"],
            "times": {"created": "2026-11-02T08:14:00Z"}});
        serde_json::from_value(json).unwrap()
    };
    let listener = listener(&Limits::DEFAULT, &[("m", "bag OR file:bag OR ext.tags:bag")]);
    let places = |message: &Message| -> Vec<(String, Option<u32>)> {
        let text = Text::new(message.text());
        let document = Document::new(message, &text, listener.uses());
        let heard = listener.hear(&document);
        let why = listener.explain("m", &document).unwrap();
        let explained: Vec<_> = why.clauses.iter().flat_map(|clause| clause.places.clone()).collect();
        assert_eq!(heard.matches[0].places(), explained);
        explained.into_iter().map(|place| (place.zone.name(), place.text)).collect()
    };
    let place = |zone: &str, text| (zone.to_owned(), text);
    let [body, title] = [place("body", None), place("title", None)];
    let tags = [place("ext.tags", Some(1)), place("ext.tags", Some(2))];
    let expected = [&[body.clone(), title.clone(), place("file", Some(1))], tags.as_slice()].concat();
    assert_eq!(places(&message(&["a.png", "bag.png"])), expected);
    let expected = [&[body, title, place("file", None)], tags.as_slice()].concat();
    assert_eq!(places(&message(&["bag.png"])), expected);
}

#[test]
fn numbers_are_compared_with_their_fractions() {
    let holds = |query: &str, score: serde_json::Value| {
        let json = serde_json::json!({"source": "x", "external_id": "1", "kind": "post", "visibility": "public",
            "text": "a", "score": score, "times": {"created": "2026-11-02T08:14:00Z"}});
        let message: Message = serde_json::from_value(json).unwrap();
        let listener = listener(&Limits::DEFAULT, &[("m", query)]);
        let text = Text::new(message.text());
        let document = Document::new(&message, &text, listener.uses());
        let again = Listener::from_bytes(&listener.to_bytes(), &Limits::DEFAULT).unwrap();
        assert_eq!(again.matches(&document), listener.matches(&document));
        !listener.matches(&document).is_empty()
    };
    let table = [
        ("ext.score:>3", "3.5", true),
        ("ext.score:>=4", "3.5", false),
        ("ext.score:<4", "3.5", true),
        ("ext.score:<=3", "3.5", false),
        ("ext.score:>3.5", "3.5", false),
        ("ext.score:>=3.5", "3.5", true),
        ("ext.score:0.1..0.3", "0.3", true),
        ("ext.score:0.1..0.3", "0.30001", false),
        ("ext.score:<-0.5", "-0.75", true),
        ("ext.score:>9223372036854775806", "9223372036854775807", true),
        ("ext.score:>9223372036854775806", "9223372036854775806", false),
        ("ext.score:<0", "1e300", false),
    ];
    for (query, score, expected) in table {
        assert_eq!(holds(query, serde_json::from_str(score).unwrap()), expected, "{query} of {score}");
    }
}
