//! Changes while matching goes on, explanations, trials, bytes and counts.

use std::sync::Arc;

use proptest::prelude::*;

use crate::listen::{
    Change, Counters, ListenError, Listener, LiveListener, Maintenance, Monitor, backtest, diff,
};
use crate::model::{Limits, Message, MonitorId};
use crate::query::{Document, Query};
use crate::text::{Frequencies, Text};

fn monitor(id: &str, query: &str) -> Monitor {
    let parsed = Query::parse(query);
    Monitor::new(MonitorId::new(id).unwrap(), parsed.query.unwrap_or_else(|| panic!("{:?}", parsed.faults)))
}

fn put(id: &str, query: &str) -> Change {
    Change::Put(Box::new(monitor(id, query)))
}

fn listener(monitors: &[(&str, &str)]) -> Listener {
    let mut builder = Listener::builder(&Limits::DEFAULT);
    monitors.iter().for_each(|(id, query)| builder.add(&monitor(id, query)).unwrap());
    builder.build().unwrap()
}

fn matches<'l>(listener: &'l Listener, text: &str) -> Vec<&'l str> {
    let text = Text::new(text);
    listener.matches(&Document::of_text(&text))
}

fn messages(texts: &[&str]) -> Vec<Message> {
    let one = |(number, text): (usize, &&str)| {
        let json = serde_json::json!({"source": "x", "external_id": number.to_string(), "kind": "post",
            "visibility": "public", "text": text, "times": {"created": "2026-11-02T08:14:00Z"}});
        serde_json::from_value(json).unwrap()
    };
    texts.iter().enumerate().map(one).collect()
}

#[test]
fn a_snapshot_stays_while_monitors_change() {
    let live = LiveListener::new(listener(&[("bags", "bag*"), ("late", "late OR delay*")]));
    let before = live.snapshot();
    let version =
        live.apply([put("late", "tardy"), put("seats", "seat*"), Change::Pause("bags".into())]).unwrap();
    let after = live.snapshot();
    assert_eq!((before.version(), version, after.version()), (1, 2, 2));
    assert_eq!(matches(&before, "bags late tardy seat"), ["bags", "late"]);
    assert_eq!(matches(&after, "bags late tardy seat"), ["late", "seats"]);
    let text = Text::new("tardy, my bags");
    let document = Document::of_text(&text);
    let heard = after.hear(&document);
    assert_eq!((heard.version, heard.matches[0].id(), heard.matches[0].version()), (2, "late", 2));

    live.apply([Change::Resume("bags".into()), Change::Remove("late".into())]).unwrap();
    assert_eq!(matches(&live.snapshot(), "bags late tardy seat"), ["bags", "seats"]);
    assert_eq!(live.snapshot().len(), 2);
}

#[test]
fn a_change_that_cannot_be_made_changes_nothing() {
    let live = LiveListener::new(listener(&[("bags", "bag*")]));
    for change in [Change::Remove("x".into()), Change::Pause("x".into()), Change::Resume("x".into())] {
        let error = live.apply([put("new", "seat"), change]).unwrap_err();
        assert_eq!(error, ListenError::Unknown("x".into()));
    }
    let mut deep = Query::parse("a").query.unwrap();
    (0..Limits::DEFAULT.query_depth).for_each(|_| deep = Query::Not(Box::new(deep.clone())));
    let change = Change::Put(Box::new(Monitor::new(MonitorId::new("deep").unwrap(), deep)));
    let error = live.apply([put("new", "seat"), change]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "monitor `deep` cannot be compiled: a query is nested deeper or has more parts than the limits allow"
    );
    assert_eq!((live.snapshot().version(), live.snapshot().len()), (1, 1));
}

#[test]
fn maintenance_leaves_the_monitors_what_they_are() {
    let live = LiveListener::new(listener(&[]));
    for number in 0..1_500 {
        live.apply([put(&format!("m{number}"), &format!("word{number} OR all"))]).unwrap();
    }
    live.apply([Change::Pause("m3".into()), Change::Remove("m4".into())]).unwrap();
    let mut calls = 0;
    while live.maintain(400).unwrap().remaining > 0 {
        // Others change monitors in the middle of it.
        live.apply([put(&format!("m{calls}"), "changed"), Change::Pause(format!("m{}", 100 + calls))])
            .unwrap();
        calls += 1;
    }
    assert!(calls >= 2, "{calls}");
    while live.maintain(10_000).unwrap().moved > 0 {}
    assert_eq!(live.maintain(10).unwrap(), Maintenance { moved: 0, remaining: 0 });
    let now = live.snapshot();
    let expected = 1_500 - 1 + usize::from(calls > 4);
    assert_eq!(now.len(), expected);
    let all = matches(&now, "all");
    let resting = (100..100 + calls).count() + usize::from(calls <= 3) + usize::from(calls <= 4);
    assert_eq!(all.len(), 1_500 - calls - resting);
    assert_eq!(matches(&now, "changed").len(), calls);
    assert!(matches(&now, "word101").is_empty());
}

#[test]
fn many_threads_match_while_one_changes() {
    let live = LiveListener::new(listener(&[("always", "word")]));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut last = 0;
                    for _ in 0..300 {
                        let snapshot = live.snapshot();
                        assert!(snapshot.version() >= last);
                        last = snapshot.version();
                        // A version that is even has both, one that is odd has neither.
                        let found = matches(&snapshot, "word left right").len();
                        assert_eq!(found, if last % 2 == 0 { 3 } else { 1 }, "{last}");
                    }
                })
            })
            .collect();
        for _ in 0..150 {
            live.apply([put("left", "left"), put("right", "right")]).unwrap();
            live.apply([Change::Remove("left".into()), Change::Remove("right".into())]).unwrap();
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn explanations_say_what_is_in_the_way() {
    let table = [
        ("lost NEAR/1 bag", "lost my old bag", "no match: `lost NEAR/1 bag`: nearest are 2 tokens apart"),
        ("lost NEAR/1f bag", "bag is lost", "no match: `lost ONEAR/1 bag`: both are there, but not so"),
        ("lost AND bag", "bag", "no match: `lost` is not there"),
        ("lost AND bag", "nothing", "no match: `lost` is not there; `bag` is not there"),
        ("lost OR bag", "nothing", "no match: none of `lost`, `bag` is there"),
        ("lost -bag", "lost bag", "no match: `bag` is there and must not be"),
        ("ATLEAST 2 (a, b, c)", "b", "no match: 1 of the 2 wanted are there; not `a`, `c`"),
        (
            "bag NOT NEAR/2 dust",
            "dust bag",
            "no match: `bag NOT NEAR/2 dust`: wherever the one is, the other is near",
        ),
        (
            "(lost NEAR/1 bag) OR x",
            "lost my old bag",
            "no match: none of `lost NEAR/1 bag`, `x` is there; `lost NEAR/1 bag`: nearest are 2 tokens apart",
        ),
        ("lost bag -x", "my bag is lost", "match: `lost`, `bag`"),
        ("is:reply lost", "lost", "no match: `is:reply` is not there"),
    ];
    for (query, text, expected) in table {
        let listener = listener(&[("m", query)]);
        let (holds, text) = (expected.starts_with("match"), Text::new(text));
        let why = listener.explain("m", &Document::of_text(&text)).unwrap();
        assert_eq!((why.to_string().as_str(), why.holds), (expected, holds), "{query}");
    }
    let text = Text::new("x");
    assert!(listener(&[("m", "x")]).explain("other", &Document::of_text(&text)).is_none());
}

#[test]
fn queries_are_tried_on_what_is_there() {
    let past = messages(&["lost bag", "my bag", "late", "lost it"]);
    let limits = Limits::DEFAULT;
    let query = |source| Query::parse(source).query.unwrap();
    let test = backtest(&query("lost OR bag"), &past, &limits).unwrap();
    assert_eq!((test.messages, test.matched, test.clauses), (4, vec![0, 1, 3], vec![2, 2]));
    let diff = diff(&query("lost OR bag"), &query("lost OR late"), &past, &limits).unwrap();
    assert_eq!((diff.gained, diff.lost, diff.kept), (vec![2], vec![1], 2));
    let listener = listener(&[("bag", "bag"), ("lost", "lost"), ("baggage", "bag*"), ("none", "x")]);
    let overlap = listener.overlap(&past, 2);
    assert_eq!(overlap.len(), 2);
    assert_eq!((overlap[0].a.as_str(), overlap[0].b.as_str(), overlap[0].share()), ("bag", "baggage", 1.0));
    assert_eq!((overlap[1].both, overlap[1].of_a, overlap[1].of_b), (1, 2, 2));
}

#[test]
fn costs_are_counted_when_asked_for() {
    let listener =
        listener(&[("common", "the -x"), ("rare", "zebra AND (a OR b OR c OR d)"), ("never", "y")]);
    let (mut counters, mut more) = (Counters::new(), Counters::new());
    for text in ["the x", "the", "zebra the"] {
        let text = Text::new(text);
        let document = Document::of_text(&text);
        assert_eq!(listener.count(&document, &mut counters), listener.matches(&document));
        listener.count(&Document::of_text(&text), &mut more);
    }
    counters.merge(&more);
    let slowest = counters.slowest(5);
    let found: Vec<_> = slowest.iter().map(|cost| (cost.id.as_str(), cost.looked, cost.held)).collect();
    assert_eq!((counters.messages(), found), (6, vec![("common", 6, 4), ("rare", 2, 0)]));
}

#[test]
fn anchors_follow_what_was_observed() {
    let mut frequencies = Frequencies::new();
    for number in 0..2_000 {
        frequencies.observe(&Text::new(if number % 2 == 0 { "quokka and more" } else { "more" }));
    }
    let mut builder = Listener::builder(&Limits::DEFAULT).frequencies(&Arc::new(frequencies));
    builder.add(&monitor("m", "quokka it")).unwrap();
    let observed = builder.build().unwrap();
    let candidates = |listener: &Listener, text: &str| {
        let text = Text::new(text);
        listener.candidates(&Document::of_text(&text))
    };
    let guessed = listener(&[("m", "quokka it")]);
    // By length and by a list of common words, `quokka` is the rarer one; it was seen to be everywhere.
    assert_eq!((candidates(&guessed, "quokka"), candidates(&guessed, "it")), (0, 0));
    assert_eq!((candidates(&observed, "quokka"), candidates(&observed, "it")), (0, 0));
    assert_eq!((candidates(&guessed, "it quokka"), candidates(&observed, "it quokka")), (1, 1));
}

#[test]
fn memory_is_told_by_tenant() {
    let mut builder = Listener::builder(&Limits::DEFAULT);
    for number in 0..100 {
        let mut one = monitor(&format!("m{number}"), &format!("word{number}"));
        one.tenant = crate::model::Tenant::new(if number < 75 { "big" } else { "small" }).ok();
        builder.add(&one).unwrap();
    }
    let listener = builder.build().unwrap();
    let tenants = listener.memory_by_tenant();
    assert!(tenants["big"] > 2 * tenants["small"], "{tenants:?}");
    assert!(listener.memory() > tenants.values().sum::<usize>());
}

#[test]
fn a_budget_of_memory_is_kept() {
    let limits = Limits { listener_bytes: 100_000, ..Limits::DEFAULT };
    let mut builder = Listener::builder(&limits);
    let error = (0..100_000)
        .find_map(|number| builder.add(&monitor(&format!("m{number}"), &format!("w{number}"))).err());
    assert!(error.unwrap().to_string().contains("more than the 100000 bytes allowed"));
}

#[test]
fn two_monitors_of_one_id_are_refused() {
    for ids in [["b", "b"], ["c", "a"]] {
        let mut builder = Listener::builder(&Limits::DEFAULT);
        ids.iter().for_each(|id| builder.add(&monitor(id, "x")).unwrap());
        assert_eq!(builder.build().is_err(), ids[0] == ids[1]);
    }
}

#[test]
fn bytes_are_read_back_or_refused() {
    let listener = listener(&[
        ("phrase", "\"lost bag*\"~3 OR @x OR #y"),
        ("near", "a NEAR/3 (b OR \"c d\")"),
        ("regex", "/ord-\\d+/ OR {AT&T}"),
        ("field", "title:x OR author:y OR followers:>10 OR ext.tier:gold"),
        ("quorum", "ATLEAST 2 (a, b, *ship)"),
    ]);
    let bytes = listener.to_bytes();
    let back = Listener::from_bytes(&bytes, &Limits::DEFAULT).unwrap();
    assert_eq!(back.to_bytes(), bytes);
    for text in ["bags that are lost", "a b", "ord-12", "AT&T", "a hardship", "#y", "none"] {
        assert_eq!(matches(&back, text), matches(&listener, text), "{text}");
    }
    for end in 0..bytes.len() {
        assert!(Listener::from_bytes(&bytes[..end], &Limits::DEFAULT).is_err(), "{end}");
    }
    let error = Listener::from_bytes(b"scrm-lsn\x09\0\0\0\0\0\0\0 and more", &Limits::DEFAULT).unwrap_err();
    assert_eq!(
        error.to_string(),
        "these bytes are no listener: another version wrote them; compile the monitors again"
    );
}

#[test]
fn what_was_observed_is_kept_in_the_bytes() {
    let mut frequencies = Frequencies::new();
    (0..2_000).for_each(|_| frequencies.observe(&Text::new("quokka and more")));
    let mut builder = Listener::builder(&Limits::DEFAULT).frequencies(&Arc::new(frequencies.clone()));
    builder.add(&monitor("m", "lost")).unwrap();
    let observed = builder.build().unwrap();
    let bytes = observed.to_bytes();
    let back = Listener::from_bytes(&bytes, &Limits::DEFAULT).unwrap();
    assert_eq!(back.0.frequencies.as_deref(), Some(&frequencies));
    assert_eq!(back.to_bytes(), bytes);
    // What is added later is found by them, as if it had never been bytes.
    let with_more = |listener: Listener| {
        let live = LiveListener::new(listener);
        live.apply([put("n", "quokka it")]).unwrap();
        live.snapshot().to_bytes()
    };
    let later = with_more(back);
    assert_eq!(later, with_more(observed));
    assert_ne!(later.len(), with_more(listener(&[("m", "lost")])).len());
    let error = Listener::from_bytes(b"scrm-lsn\x02\0\0\0\0\0\0\0 and more", &Limits::DEFAULT).unwrap_err();
    assert!(error.to_string().contains("another version wrote them"), "{error}");
}

proptest! {
    /// Damage that the sum does not see, because whoever did it made a new sum, neither panics nor runs away.
    #[test]
    fn forged_bytes_do_no_harm(at in 24usize..4_000, with in any::<u8>(), text in "[a-d @#]{0,20}") {
        let listener = listener(&[("a", "a NEAR/3 b OR ba*"), ("b", "\"c d\" -x"), ("c", "*cc* OR title:d")]);
        let mut bytes = listener.to_bytes();
        let end = bytes.len() - 8;
        bytes[24 + (at - 24) % (end - 24)] ^= with;
        let sum = crate::listen::bytes::sum(&bytes[..end]).to_le_bytes();
        bytes[end..].copy_from_slice(&sum);
        if let Ok(forged) = Listener::from_bytes(&bytes, &Limits::DEFAULT) {
            matches(&forged, &text);
            forged.query("a");
            forged.memory_by_tenant();
        }
    }
}

#[test]
fn many_messages_are_scanned_in_order_by_any_number_of_threads() {
    let listener = listener(&[("bags", "bag*"), ("late", "late")]);
    let past = messages(&["lost bag", "late bag", "x", "late", "bags"]);
    let hits = |threads: usize| listener.scan_all(&past, threads.try_into().unwrap());
    let ids: Vec<usize> = hits(1).iter().map(|hits| hits.monitors.len()).collect();
    assert_eq!(ids, [1, 2, 0, 1, 1]);
    (2..9).for_each(|threads| assert_eq!(hits(threads), hits(1)));
    assert!(listener.scan_all(&[], 4.try_into().unwrap()).is_empty());
}
