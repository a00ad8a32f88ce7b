//! What must hold for any bytes whatever? One function for each parser; `cargo fuzz run query` feeds them, and so do the
//! tests of `scrm-core`, from `tests/corpus/` and with bytes of their own making.
//!
//! Each of them panics when what it is told of does not hold; that is what a fuzzer looks for.

#![allow(clippy::panic, clippy::missing_panics_doc, reason = "a fuzzer looks for panics")]

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use scrm_core::calendar::ical::holidays;
use scrm_core::channels::{Format, Mapping, Records};
use scrm_core::classify::{Encoder, Model};
use scrm_core::diagnostic::{Document, Faults, Report, Sources};
use scrm_core::listen::Listener;
use scrm_core::model::Limits;
use scrm_core::playbook::Playbook;
use scrm_core::query::{Dialect, Index, Names, Query};
use scrm_core::route::import::Tool;
use scrm_core::route::{self, Condition, Given, Protocol, Vocabulary};
use scrm_core::text::{Frequencies, Text};

/// A target: what it is called, and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 12] = [
    ("condition", condition),
    ("given", given),
    ("ical", ical),
    ("import", import),
    ("listen", listen),
    ("model", model),
    ("protocol", protocol),
    ("query", query),
    ("playbook", playbook),
    ("records", records),
    ("snapshot", snapshot),
    ("text", text),
];

/// Smaller limits than those of a service, so that a fuzzer meets them.
fn limits() -> Limits {
    let mut limits = Limits::DEFAULT;
    (limits.query_depth, limits.query_nodes, limits.query_places) = (16, 500, 100);
    (limits.regex_bytes, limits.text_bytes, limits.record_bytes) = (16 * 1024, 4096, 4096);
    limits
}

/// Runs one target over the files that a command line names.
#[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
pub fn replay(target: fn(&[u8])) {
    for path in std::env::args_os().skip(1) {
        match std::fs::read(Path::new(&path)) {
            Ok(bytes) => target(&bytes),
            Err(error) => panic!("{}: {error}", Path::new(&path).display()),
        }
    }
}

/// A query in some dialect: its faults lie in it, and what is read is printed and read again as the same.
pub fn query(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let source = String::from_utf8_lossy(rest);
    let dialect = Dialect::ALL.into_iter().cycle().nth(usize::from(*first)).unwrap_or_default();
    let parsed = Query::parse_as(&source, dialect, &Names::new(), &limits());
    for fault in &parsed.faults {
        assert!(fault.span.of(&source).is_some(), "{}: {:?} of {source:?}", fault.code, fault.span);
    }
    match &parsed.query {
        None => assert!(!parsed.faults.is_empty(), "{source:?} is nothing, and nobody says why"),
        Some(query) => {
            assert!(query.fits(&limits()), "{source:?} is larger than the limits");
            // What is printed is in the native language, and has parentheses of its own.
            let printed = query.to_string();
            let again = Query::parse(&printed);
            assert_eq!(again.query.as_ref(), Some(query), "{source:?} prints as {printed:?}");
        }
    }
}

/// A query, and a text behind the first line: the index says what the plain evaluator says.
pub fn listen(bytes: &[u8]) {
    let all = String::from_utf8_lossy(bytes);
    let Some((source, text)) = all.split_once('\n') else { return };
    let Some(query) = Query::parse_within(source, &limits()).query else { return };
    let mut builder = Index::builder(&limits());
    let Ok(_) = builder.add(&query) else { return };
    let Ok(index) = builder.build() else { return };
    let text = Text::new(text);
    let document = scrm_core::query::Document::of_text(&text);
    let holds = query.holds(&document, limits().query_places);
    let scan = index.scan(&document);
    assert_eq!(!scan.matches().is_empty(), holds, "{source:?} in {:?}", text.source());
    for found in scan.evidence(0) {
        assert!(document.span(found.place).is_some_and(|span| span.of(text.source()).is_some()));
    }
}

/// One file of a playbook, the first byte says which; the others are the smallest that do.
pub fn playbook(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let mut files: BTreeMap<String, String> = BTreeMap::from(
        [
            ("monitors.toml", "[[monitor]]\nid = \"m\"\nquery = \"a\"\n"),
            ("topics.toml", "[[topic]]\npath = \"t\"\nwords = [\"a\"]\n"),
            ("protocol.toml", "[protocol]\nid = \"p\"\nversion = \"1\"\n"),
            ("team.toml", "[[department]]\nid = \"care\"\n"),
            ("calendars.toml", "default = \"hq\"\n[[calendar]]\nid = \"hq\"\ntz = \"UTC\"\n"),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned())),
    );
    let which = usize::from(*first) % files.len();
    if let Some(text) = files.values_mut().nth(which) {
        *text = String::from_utf8_lossy(rest).into_owned();
    }
    match Playbook::from_files(&files, &limits()) {
        Ok(playbook) => {
            let listener = Listener::compile(&playbook.monitors, &playbook.topics, &limits());
            assert!(listener.is_ok(), "{listener:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// An input of messages: every record is a message or says why it is none.
pub fn records(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let format = if first % 2 == 0 { Format::Jsonl } else { Format::Csv(Mapping::default()) };
    if let Ok(records) = Records::new(rest, &format, &limits()) {
        for record in records {
            match record.map(|record| record.message) {
                Ok(Ok(message)) => assert!(message.text().len() <= limits().text_bytes),
                Ok(Err(malformed)) => assert!(!malformed.fault.is_empty()),
                Err(_) => break,
            }
        }
    }
}

/// Bytes that say they are a listener: read back or refused, and asking what was read does no harm.
pub fn snapshot(bytes: &[u8]) {
    if let Ok(listener) = Listener::from_bytes(bytes, &limits()) {
        let text = Text::new("a b @c #d https://e.example 😡 lost bag");
        let document = scrm_core::query::Document::of_text(&text);
        listener.hear(&document);
        listener.memory_by_tenant();
        listener.to_bytes();
    }
}

/// A text: tokens lie in it one behind the other, on character boundaries.
pub fn text(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let text = Text::new(&source);
    let mut end = 0;
    for (index, token) in text.tokens().iter().enumerate() {
        assert!(token.span.start() >= end && token.span.of(&source).is_some_and(|raw| !raw.is_empty()));
        assert!(text.folded_token(index).is_some_and(|folded| !folded.is_empty()));
        end = token.span.end();
    }
}

/// A condition: its faults lie in it, and what is read is printed and read again as the same.
pub fn condition(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    match Condition::parse_with(&source, &Vocabulary::default(), &limits()) {
        Ok(condition) => {
            let printed = condition.to_string();
            let again = Condition::parse(&printed);
            assert_eq!(again.as_ref().ok(), Some(&condition), "{source:?} prints as {printed:?}");
        }
        Err(error) => {
            assert!(!error.faults().is_empty());
            for fault in error.faults() {
                assert!(fault.span.of(&source).is_some(), "{:?} of {source:?}", fault.span);
            }
        }
    }
}

/// A protocol, in TOML or, when the first byte is odd, in JSON: the report can be printed.
pub fn protocol(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let source = String::from_utf8_lossy(rest);
    let mut faults = Faults::new();
    let (name, document) = if first % 2 == 0 {
        ("protocol.toml", Document::parse("protocol.toml", &source, &mut faults))
    } else {
        ("protocol.json", Document::parse_json("protocol.json", &source, &mut faults))
    };
    let protocol = Protocol::read(&document, &Vocabulary::default(), &mut faults);
    if !faults.has_errors() {
        let canonical = protocol.canonical();
        let mut none = Faults::new();
        let again = Document::parse("canonical.toml", &canonical, &mut none);
        assert_eq!(
            Protocol::read(&again, &Vocabulary::default(), &mut none).hash(),
            protocol.hash(),
            "{source:?}"
        );
    }
    let mut sources = Sources::new();
    sources.insert(name, &*source);
    assert!(Report::new(faults.into_sorted(), sources).to_string().len() < 1 << 24);
}

/// Facts in JSON: read or refused with a reason, and what is read is written and read again as the same.
pub fn given(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    match Given::from_json(&source, &Vocabulary::default()) {
        Ok(given) => {
            let written = serde_json::to_string(&given);
            assert!(written.is_ok(), "{source:?} cannot be written");
            let written = written.unwrap_or_default();
            let again = Given::from_json(&written, &Vocabulary::default());
            assert_eq!(again.ok().as_ref(), Some(&given), "{source:?} is written as {written}");
        }
        Err(report) => assert!(!report.diagnostics().is_empty()),
    }
}

/// The rules of another tool, the first byte says which: what comes out is a protocol without faults of form.
pub fn import(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let tool = [Tool::Zendesk, Tool::Chatwoot, Tool::Zammad].into_iter().cycle().nth(usize::from(*first));
    let source = String::from_utf8_lossy(rest);
    let mut limits = limits();
    limits.file_bytes = 64 * 1024;
    match route::import::import(tool.unwrap_or(Tool::Zendesk), &source, &limits) {
        Ok(imported) => {
            let mut faults = Faults::new();
            Document::parse("protocol.toml", &imported.protocol, &mut faults);
            assert!(!faults.has_errors(), "{source:?} becomes {}", imported.protocol);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// An iCalendar text: closed times in order within the years asked for, or faults with their lines.
pub fn ical(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    match holidays(&source, chrono_tz::Europe::Amsterdam, day(2026)..=day(2028)) {
        Ok(closed) => assert!(closed.is_sorted_by_key(|closure| closure.from), "{source:?}"),
        Err(error) => assert!(!error.faults().is_empty()),
    }
}

/// Bytes that say they are a model, an encoder or counts of words: read back or refused, and what was read answers.
pub fn model(bytes: &[u8]) {
    if let Ok(model) = Model::from_bytes(bytes, &limits()) {
        model.predict("they lost my bag");
        assert_eq!(model.to_bytes(), bytes);
    }
    // No small change of an encoder can be told from another encoder; reading does no harm is all there is to say.
    let _ = Encoder::from_bytes(bytes);
    if let Ok(frequencies) = Frequencies::from_bytes(bytes) {
        assert!((0.0..=1.0).contains(&frequencies.share("bag")));
        assert_eq!(Frequencies::from_bytes(&frequencies.to_bytes()).as_ref(), Ok(&frequencies));
    }
}
