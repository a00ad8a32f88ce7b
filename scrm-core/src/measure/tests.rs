//! Measures against counting by hand, and halves against the whole.

use chrono_tz::Tz;

use super::{Overview, OverviewTally};
use crate::model::{Context, Message};
use crate::record::Entry;
use crate::testing;

fn entries() -> Vec<Entry> {
    let engine = testing::engine();
    let said: &[(&str, &str, &str, &str)] = &[
        ("1", "ann", "2026-11-02T09:00:00Z", "@northwind no signal, this is terrible"),
        ("2", "bob", "2026-11-02T10:00:00Z", "@northwind no signal in Utrecht, awful"),
        ("3", "ann", "2026-11-02T11:00:00Z", "@northwind no signal in Utrecht still, terrible"),
        ("4", "cem", "2026-11-02T12:00:00Z", "@northwind where is my refund? awful service"),
        ("5", "dot", "2026-11-02T23:30:00Z", "@northwind thank you, great staff!"),
        ("6", "eve", "2026-11-03T09:00:00Z", "@halden is great, love it"),
        ("7", "fay", "2026-11-03T09:00:00Z", "lovely weather"),
    ];
    let entry = |(id, author, at, text): &(&str, &str, &str, &str)| {
        let message = testing::message(&format!(
            r#""external_id":"{id}","text":"{text}","author":{{"source":"x","native_id":"{author}","followers":{id}000}},"times":{{"created":"{at}"}}"#
        ));
        Entry { assessment: engine.assess(&message, &Context::default()), message, versions: 1 }
    };
    said.iter().map(entry).collect()
}

fn measured<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> OverviewTally {
    let mut measures = OverviewTally::new(Tz::Europe__Amsterdam);
    entries.into_iter().for_each(|entry| measures.entry(entry));
    measures
}

fn brief(measures: &OverviewTally) -> Overview {
    measures.overview(None, &|brand| brand.to_uppercase())
}

#[test]
fn measures_are_what_one_counts_by_hand() {
    let entries = entries();
    let labels: Vec<_> = entries
        .iter()
        .map(|e| e.assessment.classification.sentiment.value.map(|s| (s.label, s.score)))
        .collect();
    let brief = brief(&measured(&entries));
    assert_eq!((brief.volume.messages, brief.volume.relevant, brief.volume.people), (7, 6, 6));
    assert_eq!((brief.sentiment.negative, brief.sentiment.positive), (4, 2), "{labels:?}");
    assert_eq!(brief.sentiment.net, Some(100.0 * (2.0 - 4.0) / 6.0));
    let shares: Vec<_> = brief
        .share_of_voice
        .iter()
        .map(|share| (share.name.as_str(), share.mentions, share.authors))
        .collect();
    assert_eq!(shares, [("NORTHWIND", 5, 4), ("HALDEN", 1, 1)]);
    // 23:30 in London is the next day in Amsterdam.
    let days: Vec<_> = brief.days.iter().map(|day| (day.date.to_string(), day.messages)).collect();
    assert_eq!(days, [("2026-11-02".to_owned(), 4), ("2026-11-03".to_owned(), 2)]);
    let first = &brief.days[0].issues[0];
    assert_eq!((first.issue.as_str(), first.messages, first.people), ("service.outage", 3, 2));
    assert_eq!(first.words[0], "no signal", "what it was recognised by");
    assert!(first.words.contains(&"utrecht".to_owned()), "{:?}", first.words);
    assert_eq!(brief.noise.iter().map(|noise| noise.messages).collect::<Vec<_>>(), [1]);
    assert_eq!(brief.influential[0].identity.native_id, "eve");
    assert_eq!(brief.decisions.decided + brief.decisions.open, 6);
}

#[test]
fn halves_combine_to_the_whole() {
    let entries = entries();
    let whole = brief(&measured(&entries));
    for cut in 0..=entries.len() {
        let (left, right) = entries.split_at(cut);
        let mut joined = measured(right);
        joined.join(measured(left));
        assert_eq!(brief(&joined), whole, "cut at {cut}");
    }
}

/// Phrases that enough people use and no topic has, with their spread; words of the pair go with it.
#[test]
fn what_no_topic_knows_is_suggested() {
    let engine = testing::engine();
    let entry = |number: usize| {
        let text = match number % 3 {
            0 => format!("@northwind the loyalty card stopped working, number {number}"),
            1 => format!("@northwind no signal again {number}, terrible"),
            _ => format!("@northwind something else {number}"),
        };
        let message = testing::message(&format!(
            r#""external_id":"{number}","text":"{text}","author":{{"source":"x","native_id":"u{}"}},"times":{{"created":"2026-11-0{}T09:00:00Z"}}"#,
            number % 12,
            1 + number % 4,
        ));
        Entry { assessment: engine.assess(&message, &Context::default()), message, versions: 1 }
    };
    let entries: Vec<Entry> = (0..36).map(entry).collect();
    let suggested = brief(&measured(&entries)).suggested;
    let pair = suggested.iter().find(|one| one.phrase == "loyalty card").unwrap();
    assert_eq!((pair.messages, pair.people, pair.days), (12, 4, 4));
    assert!(
        suggested.iter().all(|one| one.phrase != "loyalty" && !one.phrase.contains("signal")),
        "{suggested:?}"
    );
}

#[test]
fn an_empty_record_has_a_brief() {
    let empty = brief(&measured([]));
    assert_eq!(empty.sentiment.net, None);
    assert!(empty.to_string().contains("0 messages by 0 people"));
}

#[test]
fn a_brief_shows_no_control_characters() {
    let hostile: Message = testing::message(r#""text":"weather \u001b[31m red\u0007 \r\n two""#);
    let entry = Entry {
        assessment: testing::engine().assess(&hostile, &Context::default()),
        message: hostile,
        versions: 1,
    };
    let shown = brief(&measured([&entry])).to_string();
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
    assert!(shown.contains("weather [31m red two"));
}
