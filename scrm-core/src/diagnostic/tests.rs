//! Authored files read in full, with places that are right beyond ASCII.

use super::{Diagnostic, Document, Faults, Report, Sources, did_you_mean};
use crate::model::Span;

const SOURCE: &str = "plain = \"a “b” c\"\nliteral = 'é AND'\nescaped = \"tab\\tx\"\nmany = \"\"\"\nline one\n\"\"\"\n[[thing]]\nid = 1\n[[thing]]\nflag = \"yes\"\nidd = \"two\"\n";

#[test]
fn places_in_a_text_are_places_in_its_file() {
    let mut faults = Faults::new();
    let document = Document::parse("x.toml", SOURCE, &mut faults);
    let root = document.root("the file");
    let literal = root.text("literal", &mut faults).unwrap();
    assert_eq!(literal.place(Span::new(3, 6)).of(SOURCE), Some("AND"));
    assert_eq!(literal.quoted().place(Span::new(4, 7)).of(SOURCE), Some("AND"));
    let escaped = root.text("escaped", &mut faults).unwrap();
    assert_eq!(
        escaped.place(Span::new(4, 5)).of(SOURCE),
        Some("\"tab\\tx\""),
        "with escapes, the whole text is the place"
    );
    let many = root.text("many", &mut faults).unwrap();
    assert_eq!(many.place(Span::new(5, 8)).of(SOURCE), Some("one"));
    assert!(faults.is_empty());
}

#[test]
fn faults_are_shown_with_their_lines() {
    let (mut faults, mut sources) = (Faults::new(), Sources::new());
    let broken = format!("{SOURCE}[broken\nlast = \n");
    sources.insert("x.toml", broken.clone());
    let document = Document::parse("x.toml", &broken, &mut faults);
    let root = document.root("the file");
    for thing in root.tables("thing", "a `[[thing]]`", &mut faults) {
        thing.text("id", &mut faults);
        thing.flag("flag", &mut faults);
        thing.finish(&mut faults);
    }
    root.finish(&mut faults);
    insta::assert_snapshot!(Report::new(faults.into_sorted(), sources));
}

#[test]
fn a_fault_far_along_a_line_is_shown_with_what_stands_around_it() {
    let far = |before: String, place: &str, after: String| {
        let text = format!("first\n{before}{place}{after}\nlast\n");
        let start = "first\n".len() + before.len();
        let span = Span::new(start, start + place.len());
        let fault = Diagnostic::error("X001", "x.json", Some(span), "it is wrong");
        let mut sources = Sources::new();
        sources.insert("x.json", text);
        Report::new(vec![fault], sources).to_string()
    };
    let many = |text: &str, times: usize| text.repeat(times);
    let tables = [
        far(many("{\"id\": 1}, ", 9_000), "tpye", many(", {\"id\": 2}", 9_000)),
        far(many("word ", 200_000), "(", String::new()),
        far(String::new(), "first", many(" more", 100)),
        far("\t\tshort = ".to_owned(), "\"値段\"", " # 1".to_owned()),
        far(many("値段", 50_000), "高い", many("値段", 50)),
        far("e\u{301}\t\u{202E}".to_owned(), "x", many("y", 300)),
        far("x ".to_owned(), &many("long", 100), String::new()),
        far("e".to_owned(), &many("\u{301}", 70_000), "x".to_owned()).chars().take(400).collect(),
    ];
    insta::assert_snapshot!(tables.join("\n---\n"));
    let alone = far(many(" ", 1_000_000), "", String::new());
    assert!(alone.lines().all(|line| line.chars().count() < 250), "{alone}");
}

#[test]
fn a_slip_of_the_keys_is_seen() {
    let known = ["department", "visibility", "priority", "sla"];
    let table = [
        ("departmnet", Some("department")),
        ("Visibility", Some("visibility")),
        ("visbility", Some("visibility")),
        ("prioritty", Some("priority")),
        ("sal", Some("sla")),
        ("respond", None),
        ("", None),
    ];
    for (word, expected) in table {
        assert_eq!(did_you_mean(word, known), expected, "{word}");
    }
    assert_eq!(did_you_mean(&"a".repeat(100), known), None);
}
