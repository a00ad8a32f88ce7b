//! Every fault and every warning, with its place, its words and the way out.

use crate::diagnostic::{Faults, Report, Sources};
use crate::model::Limits;
use crate::query::{Dialect, Names, Query};

/// Reads each query as a file of its own and shows what people see.
fn shown(queries: &[&str], read: impl Fn(&str) -> crate::query::Parsed) -> String {
    let mut shown = String::new();
    for source in queries {
        let (mut faults, mut sources) = (Faults::new(), Sources::new());
        let file: String = source.chars().take(60).collect();
        let written = format!("query = '{source}'\n");
        sources.insert(file.clone(), written.clone());
        let document = crate::diagnostic::Document::parse(&file, &written, &mut faults);
        let text = document.root("the file").text("query", &mut faults).unwrap();
        faults.extend(read(source).faults.into_iter().map(|fault| fault.into_diagnostic(&file, &text)));
        shown += &Report::new(faults.into_sorted(), sources).to_string();
        shown += "\n\n";
    }
    shown
}

#[test]
fn every_fault_has_its_place_and_the_way_out() {
    let deep = "(".repeat(80) + "a" + &")".repeat(80);
    let sources = [
        "",
        "   ",
        "(a",
        "a)",
        "a AND",
        "OR a",
        "a OR",
        "AND",
        "a AND OR b",
        "NOT",
        "-",
        "\"a b",
        "()",
        "a () b",
        "*",
        "\"* ?\"",
        "!!!",
        "a NEAR b",
        "NEAR/3 b",
        "a NEAR/3",
        "a NEAR/x b",
        "a NEAR/3 NOT b",
        "a NEAR/3 lang:en",
        "(a OR NOT b) NEAR/2 c",
        "a NOT NEAR/3 (b AND c)",
        "ATLEAST 2 (a, b) NEAR/2 c",
        "ATLEAST (a, b)",
        "ATLEAST 2 a",
        "ATLEAST 0 (a, b)",
        "ATLEAST 3 (a, b)",
        "ATLEAST 2 (a b c)",
        "ATLEAST 1 (a,, b)",
        "titel:a",
        "note:a",
        "title: a",
        "title:-a",
        "has:links",
        "is:retweet",
        "kind:pots",
        "country:nld",
        "author:north*",
        "followers:many",
        "followers:10..5",
        "created:yesterday",
        "sample:0",
        "expires:2026-11-01..2026-11-02",
        "/a(b/",
        "/a",
        "//",
        "/\\w{1000}{1000}/",
        "{a",
        "{}",
        "{&}",
        "\"a b\"~",
        "~lost",
        "lost~2",
        "LIST(rivls)",
        "MACRO(x)",
        "LIST(a",
        &deep,
    ];
    let mut names = Names::new();
    names.list("rivals", Query::parse("a").query);
    insta::assert_snapshot!(shown(&sources, |source| {
        Query::parse_as(source, Dialect::Native, &names, &Limits::DEFAULT)
    }));
}

#[test]
fn every_warning_has_its_place_and_the_way_out() {
    let sources = [
        "lost or bag",
        "lost near/5 bag",
        "a or b and not c",
        "lost OR bag case",
        "NOT lost",
        "followers:>10",
        "lang:en",
        "ab*",
        "*b",
        "lost AND NOT lost",
        "lost -(bag OR lost)",
        "x lang:en lang:de",
        "x followers:>10 followers:<5",
        "delay OR delay*",
        "delay delay*",
        "\"lost bag\" OR lost",
        "lost OR lost",
        "\"can you help?\"",
        "where is my bag?",
        "lost bag?",
        "bag?",
        "w?rd lost",
        "lost || bag",
        "lost && bag",
        "lost|bag",
        "bag !where",
        "+lost +bag",
        "+44 555",
        "CONTEXT(2) {lost} {bag}",
        "\"lost bag\" -lost",
        "delays -(delay* OR x)",
        "is:public is:private",
        "x is:incoming is:outgoing",
        "(lost AND bag) OR lost",
        "lost AND (lost OR bag)",
        "the",
        "the OR der",
    ];
    insta::assert_snapshot!(shown(&sources, Query::parse));
}

#[test]
fn what_is_well_written_has_no_faults() {
    let sources = [
        "((a1 OR b1) AND (c1 OR d1)) OR e1",
        "lost (bag OR case)",
        "lost lang:en lang:en-gb",
        "\"the end\"",
        "#the",
        "電*",
        "delay* -delays",
        "author:a author:b",
        "lost -(bag lost)",
        "@northwind OR \"north wind\"",
        "lost NEAR/3 (bag OR case) -dust",
        "channel:x",
    ];
    for source in sources {
        assert_eq!(Query::parse(source).faults, [], "{source}");
    }
}

#[test]
fn queries_that_name_each_other_are_seen() {
    let mut names = Names::new();
    let sources = [
        ("a", "x1 MACRO(b)"),
        ("b", "MACRO(a)"),
        ("c", "MACRO(a) OR y1"),
        ("d", "MACRO(e) z1"),
        ("e", "w1"),
        ("f", "MACRO(f)"),
        ("g", "MACRO(c)"),
    ];
    let read = names.queries(&sources, &Limits::DEFAULT);
    let codes: Vec<Vec<&str>> =
        read.iter().map(|parsed| parsed.faults.iter().map(|fault| fault.code).collect()).collect();
    assert_eq!(codes, [vec!["Q024"], vec!["Q024"], vec!["Q024"], vec![], vec![], vec!["Q024"], vec!["Q023"]]);
    let parsed = Query::parse_as("MACRO(d)", Dialect::Native, &names, &Limits::DEFAULT);
    assert_eq!(parsed.query.unwrap().to_string(), "w1 AND z1");
}

#[test]
fn queries_that_double_each_other_stay_within_the_limit() {
    let mut names = Names::new();
    let sources: Vec<(String, String)> = std::iter::once(("q0".to_owned(), "lost".to_owned()))
        .chain((1..60).map(|n| (format!("q{n}"), format!("MACRO(q{}) OR (x MACRO(q{}))", n - 1, n - 1))))
        .collect();
    let sources: Vec<(&str, &str)> = sources.iter().map(|(name, source)| (&**name, &**source)).collect();
    let read = names.queries(&sources, &Limits::DEFAULT);
    assert!(read.last().unwrap().query.is_none());
    assert!(
        read.iter().any(|parsed| parsed.faults.iter().any(|fault| matches!(fault.code, "Q007" | "Q008")))
    );
}
