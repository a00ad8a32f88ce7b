//! What the reference says of queries and dialects holds.

use std::fs;

use super::{holds, imported, query};
use crate::model::Limits;
use crate::query::fields::{NATIVE, Target, native};
use crate::query::{Attribute, Dialect, Document, Names, Query, Zone};
use crate::text::Text;

/// The rows of the tables in a page of the book whose head is `head`; backticks taken off.
fn rows(page: &str, head: &str) -> Vec<Vec<String>> {
    let path = format!("{}/../docs/{page}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut rows = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if !line.starts_with('|') {
            inside = false;
        } else if line == head {
            inside = true;
        } else if inside && !line.starts_with("|---") {
            let line = line.trim_end_matches('|').trim_start_matches('|');
            let cells = line.split(" | ").map(|cell| cell.trim().trim_matches('`').replace("\\|", "|"));
            rows.push(cells.collect());
        }
    }
    rows
}

#[test]
fn each_row_of_the_reference_holds() {
    let rows = rows("queries.md", "| query | holds in | not in |");
    assert!(rows.len() > 50, "{}", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        let [source, inside, outside] = row.as_slice() else { panic!("{row:?}") };
        let query = query(source);
        if !holds(&query, inside) {
            wrong.push(format!("`{source}` ({query}) does not hold in `{inside}`"));
        }
        if holds(&query, outside) {
            wrong.push(format!("`{source}` ({query}) holds in `{outside}`"));
        }
    }
    assert_eq!(wrong, [] as [String; 0]);
}

#[test]
fn each_warning_of_the_reference_is_told() {
    let rows = rows("queries.md", "| code | for example | what is probably not meant |");
    assert!(rows.len() > 8, "{}", rows.len());
    for row in rows {
        let [code, examples, _] = row.as_slice() else { panic!("{row:?}") };
        for example in examples.split(", ").map(|example| example.trim_matches('`')) {
            let told = Query::parse(example).faults;
            assert!(told.iter().any(|fault| fault.code == code), "{code} `{example}`: {told:?}");
        }
    }
}

#[test]
fn each_row_of_the_dialects_reads_as_it_says() {
    let mut wrong = Vec::new();
    for dialect in Dialect::ALL.into_iter().filter(|dialect| *dialect != Dialect::Native) {
        let rows = rows("dialects.md", &format!("| {} | reads as | what differs |", dialect.as_str()));
        assert!(rows.len() > 4, "{}: {}", dialect.as_str(), rows.len());
        for row in rows {
            let [source, native, note] = row.as_slice() else { panic!("{row:?}") };
            let parsed = imported(source, dialect);
            let shown = parsed.query.as_ref().map_or_else(|| "a fault".to_owned(), ToString::to_string);
            if shown != *native {
                wrong.push(format!("`{source}` reads as `{shown}`: {:?}", parsed.faults));
            }
            let codes = parsed.faults.iter().map(|fault| fault.code).filter(|code| !code.starts_with("Q1"));
            for code in codes {
                if !note.contains(code) {
                    wrong.push(format!("`{source}` tells {code}: {:?}", parsed.faults));
                }
            }
            for code in
                note.split(['(', ')', ',', ' ']).filter(|word| word.len() == 4 && word.starts_with('Q'))
            {
                if !parsed.faults.iter().any(|fault| fault.code == code) {
                    wrong.push(format!("`{source}` does not tell {code}"));
                }
            }
        }
    }
    assert_eq!(wrong, [] as [String; 0]);
}

#[test]
fn fields_are_those_that_zones_and_attributes_name() {
    for name in NATIVE {
        let known = match native(name).unwrap() {
            Target::Zone(zone) => Zone::parse(name) == Some(zone),
            Target::Test(attribute) => Attribute::parse(name) == Some(attribute),
            _ => false,
        };
        assert!(known, "{name}");
    }
    for name in Zone::NAMED.iter().map(Zone::name).chain(Attribute::NAMED.iter().map(Attribute::name)) {
        assert!(NATIVE.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn a_list_stands_wherever_a_word_can() {
    let mut names = Names::new();
    names.list("staff", query("@ann OR ben OR \"deutsche bahn\"").into());
    let table = [
        ("LIST(staff)", "@ann OR ben OR \"deutsche bahn\""),
        ("-LIST(staff) x1", "NOT (@ann OR ben OR \"deutsche bahn\") AND x1"),
        ("title:LIST(staff)", "title:@ann OR title:ben OR title:\"deutsche bahn\""),
        ("author:LIST(staff)", "author:ann OR author:ben OR author:\"deutsche bahn\""),
        ("lost NEAR/2 LIST(staff)", "lost NEAR/2 (@ann OR ben OR \"deutsche bahn\")"),
        ("ATLEAST 1 (LIST(staff), x1)", "ATLEAST 1 (@ann OR ben OR \"deutsche bahn\", x1)"),
    ];
    for (source, printed) in table {
        let parsed = Query::parse_as(source, Dialect::Native, &names, &Limits::DEFAULT);
        assert_eq!(
            parsed.query.map(|query| query.to_string()).as_deref(),
            Some(printed),
            "{:?}",
            parsed.faults
        );
    }
}

#[test]
fn places_are_those_of_the_words() {
    let table: &[(&str, &str, &[&str])] = &[
        ("delay*", "delayed, and DELAYS", &["delayed", "DELAYS"]),
        ("\"lost bag\"", "my lost, bag", &["lost, bag"]),
        ("ΟΔΟΣ", "η οδος", &["οδος"]),
        ("\"microsoft surface\"", "Microsoft’s Surface", &["Microsoft’s Surface"]),
        ("“lost bag”", "lost bag", &["lost bag"]),
        ("電波", "朝から電波が悪い", &["電波"]),
    ];
    for (source, text, expected) in table {
        let text = Text::new(text);
        let document = Document::of_text(&text);
        let places = query(source).places(&document, 100);
        let found: Vec<_> =
            places.iter().map(|place| document.span(*place).unwrap().of(text.source()).unwrap()).collect();
        assert_eq!(found, *expected, "{source:?}");
    }
}

#[test]
fn what_is_written_prints_in_one_form() {
    let table = [
        ("a b OR c", "(a AND b) OR c"),
        ("(a OR b) AND c", "(a OR b) AND c"),
        ("NOT NOT a b", "NOT NOT a AND b"),
        ("title:(lost OR \"my bag\")", "title:lost OR title:\"my bag\""),
        ("author:(@Ann OR ben)", "author:ann OR author:ben"),
        ("(a AND b) NEAR/3 c", "a NEAR/3 c AND b NEAR/3 c"),
        ("a NEAR/1 b NEAR/2f c", "(a NEAR/1 b) ONEAR/2 c"),
        ("a NOT NEAR/3 b", "a NOT NEAR/3 b"),
        ("NOT a NEAR/3 b", "NOT a NEAR/3 b"),
        ("a /s b", "a SENTENCE b"),
        ("a PARA b", "a PARAGRAPH b"),
        ("ATLEAST 2 (a OR b, c d, e)", "ATLEAST 2 (a OR b, c AND d, e)"),
        ("followers:>1000 likes:..5", "followers:>=1001 AND likes:<=5"),
        ("created:2026-11-02", "created:2026-11-02"),
        ("created:>2026-11-02", "created:>=2026-11-03"),
        ("created:<2026-11-02T08:00:00Z", "created:<=2026-11-02T07:59:59Z"),
        ("date:2026-11-01..2026-11-30", "created:2026-11-01..2026-11-30"),
        ("expires:2026-11-30", "expires:2026-11-30"),
        ("sample:25", "sample:25"),
        ("ext.tier:gold", "ext.tier:gold"),
        ("ext.score:>-3", "ext.score:>-3"),
        ("ext.score:>=0.50", "ext.score:>=0.5"),
        ("ext.score:<1.25", "ext.score:<1.25"),
        ("ext.score:-0.5..2", "ext.score:-0.5..2"),
        ("½ \"a½ b\" x½*", "\"½\" AND \"a½ b\" AND \"x½*\""),
        ("author:＠ann OR source:\"a＂b\"", "author:ann OR source:\"a＂b\""),
        ("ext.score:7..7", "ext.score:7..7"),
        ("site:https://shop.example/x", "site:shop.example"),
        ("conversation:a:b", "conversation:\"a:b\""),
        ("\"AND\"", "\"and\""),
        ("a*b**", "a*b*"),
        ("電*波", "\"電 波\""),
        ("url:shop.example/lost*", "url:\"shop example lost*\""),
        ("https://x.example/?q=1", "\"https://x.example/?q=1\""),
        ("/a\\/b\\d/", "/a\\/b\\d/"),
        ("=\"my résumé\"", "=\"my résumé\""),
        ("title:/re/ OR body:{AT&T}", "title:/re/ OR body:{AT&T}"),
        ("\"a b\"~0", "\"a b\"~0"),
        ("don't", "don't"),
        (":( OR 👍🏽", "\":(\" OR 👍"),
        ("1,5", "\"1,5\""),
        ("$DA* #north* @a?", "$da* AND #north* AND @a?"),
    ];
    for (source, printed) in table {
        let read = query(source);
        assert_eq!(read.to_string(), printed, "{source}");
        assert_eq!(query(printed), read, "{source}");
    }
    let q: Query = query("a");
    assert_eq!(q, query("  a "));
}
