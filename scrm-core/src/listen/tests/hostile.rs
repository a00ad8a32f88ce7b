//! What may be thrown at a listener: these would take minutes, or all memory, if anything were quadratic.

use std::process::Command;

use crate::listen::{ListenError, Listener, Monitor, explain};
use crate::model::{Limits, Message, MonitorId, Span};
use crate::query::{Atom, Document, Form, Pattern, Query, Word, Zone};
use crate::text::Text;

fn monitor(id: &str, query: &str) -> Monitor {
    let parsed = Query::parse(query);
    Monitor::new(MonitorId::new(id).unwrap(), parsed.query.unwrap_or_else(|| panic!("{:?}", parsed.faults)))
}

fn listener<'a>(monitors: impl IntoIterator<Item = (String, &'a str)>) -> Listener {
    let mut builder = Listener::builder(&Limits::DEFAULT);
    monitors.into_iter().for_each(|(id, query)| builder.add(&monitor(&id, query)).unwrap());
    builder.build().unwrap()
}

#[test]
fn long_texts_of_few_words_cost_no_more_than_their_length() {
    let queries = [
        "a NEAR/1000000 a",
        "a NEAR/2 b",
        "\"a a a a\"",
        "\"a b c\"~1000000",
        "\"a a a\"~3",
        "a NOT NEAR/3 b",
        "a SENTENCE c",
        "(a NEAR/9 a) NEAR/9 a",
        "((a NEAR/1000000 b) NEAR/1000000 a) NEAR/1000000 c",
        "a NOT NEAR/1000000 (b NEAR/1000000 b)",
        "/a( a)*$/",
        "*a*",
        "{a a}",
    ];
    let listener = listener(queries.iter().enumerate().map(|(at, query)| (format!("m{at:02}"), *query)));
    let text = "a ".repeat(20_000) + "b b c";
    let text = Text::new(&text);
    let document = Document::of_text(&text);
    let heard = listener.hear(&document);
    let found: Vec<usize> =
        heard.matches.iter().map(|found| found.id().trim_start_matches('m').parse().unwrap()).collect();
    assert_eq!(found, [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12]);
    assert!(heard.truncated > 20_000, "{}", heard.truncated);
    let kept: usize = heard.matches.iter().map(|found| found.places().len()).sum();
    assert_eq!(kept, Limits::DEFAULT.hits);
    for number in [0, 1, 5, 6, 7] {
        assert!(explain(&Query::parse(queries[number]).query.unwrap(), &document, 1_000).holds);
    }
}

#[test]
fn marks_by_the_hundred_thousand_are_one_word() {
    let listener = listener([("m".to_owned(), "x? OR =e OR *z*")]);
    for text in
        ["e".to_owned() + &"\u{301}".repeat(200_000), "\u{301}".repeat(200_000), "\u{202E}".repeat(100_000)]
    {
        let text = Text::new(&text);
        assert!(listener.matches(&Document::of_text(&text)).is_empty());
    }
}

#[test]
fn ten_thousand_monitors_of_one_query_are_asked_once() {
    let listener = listener((0..10_000).map(|number| (format!("m{number:05}"), "popular brand OR the")));
    let text = Text::new("the popular brand");
    let document = Document::of_text(&text);
    assert!(listener.candidates(&document) <= 2);
    let heard = listener.hear(&document);
    assert_eq!((heard.matches.len(), heard.matches[9_999].id()), (10_000, "m09999"));
    let message: Message = serde_json::from_str(
        r#"{"source":"x","external_id":"1","kind":"post","visibility":"public","text":"the popular brand",
            "times":{"created":"2026-11-02T08:14:00Z"}}"#,
    )
    .unwrap();
    let hits = listener.scan(&message, &text);
    assert_eq!((hits.monitors.len(), hits.truncated), (10_000, 0));
}

#[test]
fn a_query_of_a_hundred_kilobytes_is_one_like_others() {
    let words: Vec<String> = (0..12_000).map(|number| format!("word{number}")).collect();
    let listener = listener([("long".to_owned(), words.join(" OR ").as_str())]);
    let text = Text::new("nothing but word11999");
    assert_eq!(listener.matches(&Document::of_text(&text)), ["long"]);
    assert!(Query::parse(&words.join(" OR ").repeat(10)).query.is_none());
}

#[test]
fn an_expression_that_is_too_large_is_refused() {
    for source in ["/\\w{1000}{1000}/", "/(a{500}){500}/", "/[/"] {
        let parsed = Query::parse(source);
        assert!(parsed.query.is_none() && parsed.faults[0].span.of(source).is_some(), "{source}");
    }
}

/// Building under a limit of memory, set by the shell, ends in an error and not in the end of the process.
#[test]
#[cfg(target_os = "linux")]
#[allow(clippy::disallowed_methods, reason = "a limit of memory is that of a process")]
fn a_limit_of_memory_is_an_error() {
    let program = std::env::current_exe().unwrap();
    let line = format!(
        "ulimit -v 500000; exec '{}' --exact listen::tests::hostile::fills_memory --ignored --nocapture --test-threads 1",
        program.display()
    );
    let child = Command::new("sh").args(["-c", &line]).output().unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success(), "{said}\n{}", String::from_utf8_lossy(&child.stderr));
    assert!(said.contains("there is not enough memory for the queries"), "{said}");
}

#[test]
#[ignore = "run by a_limit_of_memory_is_an_error in a process of its own"]
#[allow(clippy::print_stdout, reason = "the parent reads it")]
fn fills_memory() {
    let mut builder = Listener::builder(&Limits::DEFAULT);
    let long = "x".repeat(50_000);
    let error = (0..100_000).find_map(|number| {
        let word = Word { form: Form::Plain, text: format!("{long}{number}").into(), glob: false };
        let pattern = Pattern::Words(vec![word]);
        let atom = Query::Atom(Atom { zone: Zone::Default, pattern, span: Span::new(0, 0) });
        builder.add(&Monitor::new(MonitorId::new(format!("m{number}")).unwrap(), atom)).err()
    });
    match error {
        Some(ListenError::Monitor(_, error)) => println!("{error}"),
        other => println!("{other:?}"),
    }
}
