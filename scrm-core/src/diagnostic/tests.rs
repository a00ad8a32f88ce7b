//! Authored files read in full, with places that are right beyond ASCII.

use super::{Document, Faults, Report, Sources, did_you_mean};
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
