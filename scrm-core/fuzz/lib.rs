//! What must hold for any bytes whatever? One function for each parser; `cargo fuzz run query` feeds them, and so do the
//! tests of `scrm-core`, from `tests/corpus/` and with bytes of their own making.
//!
//! Each of them panics when what it is told of does not hold; that is what a fuzzer looks for.

#![allow(clippy::panic, clippy::missing_panics_doc, reason = "a fuzzer looks for panics")]

use std::collections::BTreeMap;
use std::path::Path;

use scrm_core::channels::{Format, Mapping, Records};
use scrm_core::listen::Listener;
use scrm_core::model::Limits;
use scrm_core::playbook::Playbook;
use scrm_core::query::{Dialect, Document, Index, Names, Query};
use scrm_core::text::Text;

/// A target: what it is called, and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 6] = [
    ("query", query),
    ("listen", listen),
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
        Some(query) => assert!(query.fits(&limits()), "{source:?} is larger than the limits"),
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
    let document = Document::of_text(&text);
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
        let document = Document::of_text(&text);
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
