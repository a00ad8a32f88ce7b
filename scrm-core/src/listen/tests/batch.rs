//! Do batches find what repeats an earlier message, whatever the number of threads?

use std::num::NonZeroUsize;

use crate::listen::{Change, Listener, LiveListener, Monitor};
use crate::model::{Hits, Limits, Message, MonitorId};
use crate::query::Query;

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
