//! A brief against what one counts by hand, and against what it must never do.

use std::collections::BTreeMap;

use super::*;
use crate::desk::Desk;
use crate::model::{Context, Message, Outcome};
use crate::record::{MemoryStore, Store};
use crate::testing;

fn say(number: usize, day: u32, hour: u32, text: &str) -> Message {
    testing::message(&format!(
        r#""external_id":"{number}","text":{},"author":{{"source":"x","native_id":"u{number}"}},"times":{{"created":"2026-11-{day:02}T{hour:02}:30:00Z"}}"#,
        serde_json::to_string(text).unwrap()
    ))
}

/// Five usual days, and one on which the network is down.
fn desk() -> Desk<MemoryStore> {
    let mut desk = Desk::open(testing::engine(), MemoryStore::new());
    let mut messages = Vec::new();
    for day in 1..=6 {
        for hour in [8, 9, 10] {
            messages.push(say(messages.len(), day, hour, "@northwind how do I get a refund?"));
            messages.push(say(messages.len(), day, hour, "@northwind thank you, great staff!"));
        }
    }
    for at in 0..40 {
        let text = format!("@northwind no signal in Utrecht since the masts broke, terrible {at}");
        messages.push(say(messages.len(), 6, 9 + at / 20, &text));
    }
    desk.receive(messages, "2026-11-07T00:00:00Z".parse().unwrap()).unwrap();
    desk
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

#[test]
fn a_storm_is_told_with_its_words_and_what_to_do() {
    let mut desk = desk();
    let brief = desk.brief(day(6)).unwrap();
    assert_eq!((brief.volume.count, brief.volume.day_before, brief.volume.trend), (46, Some(6), "up"));
    assert_eq!(brief.volume.expected, Some(6.0));
    let issue = &brief.issues[0];
    assert_eq!((issue.issue.as_str(), issue.volume.count, issue.people), ("service.outage", 40, 40));
    let words: Vec<&str> = issue.words.iter().map(|word| word.word.as_str()).collect();
    assert!(words.contains(&"masts") && words.contains(&"utrecht"), "{words:?}");
    for sample in &issue.samples {
        assert!(!sample.spans.is_empty());
        for span in &sample.spans {
            let shown = span.of(&sample.text).unwrap().to_lowercase();
            assert!(words.contains(&shown.as_str()), "{shown}");
        }
    }
    assert_eq!(brief.advice[0].rule, "incident", "{:#?}", brief.advice);
    assert_eq!(brief.advice[0].issue.as_deref(), Some("service.outage"));
    assert!(brief.spikes.iter().any(|spike| spike.issue.as_deref() == Some("service.outage")));
    let balance = &brief.balance;
    assert_eq!(balance.captured, balance.noise + balance.decided + balance.open);
    assert_eq!(brief.waiting, brief.departments.iter().map(|department| department.waiting).sum::<u64>());
    assert!(
        !brief.first.is_empty() && brief.first.windows(2).all(|pair| pair[0].priority <= pair[1].priority)
    );
    for table in brief.tables() {
        assert!(!table.columns().is_empty(), "{}", table.name());
    }
}

#[test]
fn a_usual_day_asks_for_no_incident() {
    let brief = desk().brief(day(4)).unwrap();
    assert_eq!(brief.volume.trend, "usual");
    assert!(brief.advice.iter().all(|advice| advice.rule != "incident"), "{:?}", brief.advice);
    assert!(brief.spikes.is_empty());
}

/// Read in one go, or as the log grows: by new messages, edits, deletions and people's labels. Kept and gone on with.
#[test]
fn what_follows_the_log_is_what_is_measured_at_once() {
    let mut at_once = desk();
    let mut following = Desk::open(testing::engine(), MemoryStore::new());
    let now = "2026-11-07T00:00:00Z".parse().unwrap();
    let mut messages = Vec::new();
    let tenant = at_once.tenant().clone();
    at_once
        .store()
        .entries(&tenant, &mut |entry| {
            messages.push(entry.message);
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    let edits = vec![
        testing::message(
            r#""external_id":"3","text":"@northwind no signal after all","author":{"source":"x","native_id":"u3"},"times":{"created":"2026-11-01T09:30:00Z","edited":"2026-11-06T12:00:00Z","observed":"2026-11-06T12:00:00Z"}"#,
        ),
        testing::message(
            r#""external_id":"5","text":"","author":{"source":"x","native_id":"u5"},"times":{"created":"2026-11-01T10:30:00Z","deleted":"2026-11-06T13:00:00Z"}"#,
        ),
    ];
    let label: crate::model::PersonLabel = serde_json::from_value(serde_json::json!({
        "message": {"source": "x", "external_id": "2"}, "person": "ada", "at": now, "sentiment": "negative",
    }))
    .unwrap();
    for chunk in messages.chunks(17) {
        following.receive(chunk.to_vec(), now).unwrap();
        let kept = serde_json::to_string(following.measures().unwrap()).unwrap();
        following.keep(serde_json::from_str(&kept).unwrap());
    }
    following.receive(edits.clone(), now).unwrap();
    following.measures().unwrap();
    following.label(label.clone()).unwrap();
    at_once.receive(edits, now).unwrap();
    at_once.label(label).unwrap();
    let frame = at_once.frame();
    for measure in Measure::ALL {
        let (one, other) =
            (at_once.measure(*measure, &frame).unwrap(), following.measure(*measure, &frame).unwrap());
        assert_eq!(one, other, "{measure}");
    }
    assert_eq!(at_once.brief(day(6)).unwrap(), following.brief(day(6)).unwrap());
    let totals = following.store().totals(&tenant).unwrap();
    let measures = following.measures().unwrap();
    assert_eq!(measures.messages(), totals.messages);
    assert_eq!(measures.deliveries.captured, totals.versions);
}

#[test]
fn whoever_is_erased_is_measured_no_longer_and_others_still_are() {
    let mut desk = desk();
    let before = desk.measures().unwrap().messages();
    let tenant = desk.tenant().clone();
    let key = serde_json::from_value(serde_json::json!({"source": "x", "native_id": "u1"})).unwrap();
    let whom = crate::record::erase::Whom::Accounts([key].into());
    let options = crate::record::erase::EraseOptions::default();
    let now = "2026-11-08T00:00:00Z".parse().unwrap();
    crate::record::erase::erase(desk.store(), &tenant, &whom, &options, now).unwrap();
    let kept = serde_json::to_value(desk.measures().unwrap()).unwrap();
    let mut fresh = Desk::open(testing::engine(), std::mem::take(desk.store()));
    assert_eq!(serde_json::to_value(fresh.measures().unwrap()).unwrap(), kept);
    assert_eq!(fresh.measures().unwrap().messages(), before, "what was counted stays");
}

#[test]
fn a_brief_has_no_control_characters_and_no_brief_fails() {
    let hostile = say(1, 6, 9, "@northwind no signal \u{1b}[31m red\u{7} \r\n =cmd()");
    let mut desk = Desk::open(testing::engine(), MemoryStore::new());
    assert!(desk.brief(day(6)).unwrap().to_string().contains("Nothing is out of the usual"));
    desk.receive(vec![hostile], "2026-11-07T00:00:00Z".parse().unwrap()).unwrap();
    let brief = desk.brief(day(6)).unwrap();
    assert!(brief.to_string().chars().all(|c| c == '\n' || !c.is_control()));
    let samples = brief.tables().into_iter().find(|table| table.name() == "samples").unwrap();
    assert!(!samples.is_empty());
    let _: BTreeMap<String, serde_json::Value> =
        serde_json::from_value(serde_json::to_value(&brief).unwrap()).unwrap();
    let noise = Entry {
        assessment: testing::engine().assess(&say(2, 6, 9, "weather"), &Context::default()),
        message: say(2, 6, 9, "weather"),
        versions: 1,
    };
    assert!(matches!(noise.assessment.outcome, Outcome::Noise(_)));
}
