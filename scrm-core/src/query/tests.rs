//! Queries against texts, against a slow twin, and every fault with its text.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::{Automaton, Query};
use crate::text::Text;

fn query(source: &str) -> Query {
    let parsed = Query::parse(source);
    parsed.query.unwrap_or_else(|| panic!("{source:?}: {:?}", parsed.faults))
}

fn places<'a>(source: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let automaton = Automaton::build([&query(source)]).unwrap();
    let matches = automaton.scan(&[&Text::new(text)]);
    matches.first().map(|found| found.spans.iter().map(|span| span.of(text).unwrap()).collect())
}

#[test]
fn queries_hold_where_they_should() {
    let table: &[(&str, &str, Option<&[&str]>)] = &[
        ("delay", "A DELAY again", Some(&["DELAY"])),
        ("delay", "delayed again", None),
        ("delay*", "delayed, and DELAYS", Some(&["delayed", "DELAYS"])),
        ("\"lost bag\"", "my lost, bag", Some(&["lost, bag"])),
        ("\"lost bag\"", "my lost old bag", None),
        ("\"lost bag*\"", "LOST baggage", Some(&["LOST baggage"])),
        ("lost bag", "bag is lost", Some(&["bag", "lost"])),
        ("lost AND bag", "bag is lost", Some(&["bag", "lost"])),
        ("lost OR bag", "a bag", Some(&["bag"])),
        ("lost -bag", "bag is lost", None),
        ("lost AND NOT bag", "lost it", Some(&["lost"])),
        ("NOT (lost OR bag) fly", "I fly", Some(&["fly"])),
        ("a OR b AND c", "a", Some(&["a"])),
        ("(a OR b) AND c", "a", None),
        ("straße", "STRASSE 7", Some(&["STRASSE"])),
        ("ΟΔΟΣ", "η οδος", Some(&["οδος"])),
        ("northwind", "@northwind", None),
        ("@northwind", "northwind", None),
        ("@NorthWind", "hey @northwind!", Some(&["@northwind"])),
        ("northwind", "#Northwind", Some(&["#Northwind"])),
        ("#northwind", "northwind", None),
        ("#northwind", "#Northwind", Some(&["#Northwind"])),
        ("northwind", "see https://northwind.example", None),
        ("coca-cola", "Coca Cola please", Some(&["Coca Cola"])),
        ("microsoft surface", "Microsoft's Surface", Some(&["Microsoft", "Surface"])),
        ("\"microsoft surface\"", "Microsoft’s Surface", Some(&["Microsoft’s Surface"])),
        ("don't", "I DON’T know", Some(&["DON’T"])),
        ("👍", "ok 👍🏽", Some(&["👍🏽"])),
        (":(", "no :(", Some(&[":("])),
        ("電波", "朝から電波が悪い", Some(&["電波"])),
        ("電波", "電気の波", None),
        ("\"and\"", "this and that", Some(&["and"])),
        ("“lost bag”", "lost bag", Some(&["lost bag"])),
        ("$DAL", "buy $dal", Some(&["$dal"])),
    ];
    for (source, text, expected) in table {
        assert_eq!(places(source, text).as_deref(), *expected, "{source:?} in {text:?}");
    }
}

#[test]
fn a_title_counts_and_has_no_places() {
    let automaton = Automaton::build([&query("refund AND flight")]).unwrap();
    let (text, title) = (Text::new("my flight"), Text::new("Refund"));
    let matches = automaton.scan(&[&text, &title]);
    assert_eq!(matches.len(), 1);
    assert_eq!(matches[0].spans.len(), 1);
}

#[test]
fn every_fault_has_its_place_and_the_way_out() {
    let deep = "(".repeat(40) + "a" + &")".repeat(40);
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
        "b*d",
        "\"a * b\"",
        "*",
        "!!!",
        "a NEAR/5 b",
        "/re/",
        "lang:en a",
        "{BT}",
        "a or b",
        "a OR b c",
        "NOT a",
        "ab*",
        "a) AND (",
        &deep,
    ];
    let mut shown = String::new();
    for source in sources {
        let parsed = Query::parse(source);
        let label: String = source.chars().take(30).collect();
        writeln!(shown, "{label}").unwrap();
        for fault in parsed.faults {
            let help = fault.help.unwrap_or_default();
            writeln!(
                shown,
                "  {:?} {} {:?}: {} ({help})",
                fault.severity,
                fault.code,
                fault.span.range(),
                fault.message
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_query_without_an_anchor_is_looked_at_always() {
    let queries = [query("NOT a"), query("b NOT a"), query("c OR NOT d")];
    let automaton = Automaton::build(&queries).unwrap();
    assert_eq!(automaton.always().collect::<Vec<_>>(), [0, 2]);
    let numbers =
        |text: &str| automaton.scan(&[&Text::new(text)]).iter().map(|found| found.query).collect::<Vec<_>>();
    assert_eq!(numbers("d a"), [] as [usize; 0]);
    assert_eq!(numbers("b"), [0, 1, 2]);
}

/// The slow twin: every query against every text, token by token, without an automaton and without anchors.
mod twin {
    use crate::query::{Atom, Query};
    use crate::text::Text;

    pub(super) fn holds(query: &Query, text: &Text<'_>) -> bool {
        match query {
            Query::Atom(atom) => (0..text.tokens().len()).any(|at| stands_at(atom, text, at)),
            Query::And(parts) => parts.iter().all(|part| holds(part, text)),
            Query::Or(parts) => parts.iter().any(|part| holds(part, text)),
            Query::Not(part) => !holds(part, text),
        }
    }

    fn stands_at(atom: &Atom, text: &Text<'_>, at: usize) -> bool {
        let last = atom.tokens.len() - 1;
        atom.tokens.iter().enumerate().all(|(i, (kind, word))| {
            let Some(token) = text.tokens().get(at + i) else { return false };
            let folded = text.folded_token(at + i).unwrap();
            let same =
                if i == last && atom.prefix { folded.starts_with(word.as_str()) } else { folded == word };
            same && Atom::accepts(*kind, token.kind)
        })
    }
}

fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a", "b", "ab", "abc", "#a", "@a", "ß", "ss", "電", "電波", "👍", "a-b", "c's", "1.5",
    ])
}

fn any_query() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        word().prop_map(str::to_owned),
        word()
            .prop_filter("a possessive is cut off, and `*` stands behind a word", |w| !w.ends_with("'s"))
            .prop_map(|w| format!("{w}*")),
        (word(), word()).prop_map(|(a, b)| format!("\"{a} {b}\"")),
    ];
    atom.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" AND "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" OR "))),
            inner.prop_map(|part| format!("NOT {part}")),
        ]
    })
}

proptest! {
    #[test]
    fn the_automaton_agrees_with_its_slow_twin(
        sources in prop::collection::vec(any_query(), 1..8),
        words in prop::collection::vec(word(), 0..12),
    ) {
        let queries: Vec<Query> = sources.iter().map(|source| query(source)).collect();
        let joined = words.join(" ");
        let text = Text::new(&joined);
        let expected: Vec<usize> = (0..queries.len()).filter(|i| twin::holds(&queries[*i], &text)).collect();
        let automaton = Automaton::build(&queries).unwrap();
        let found: Vec<usize> = automaton.scan(&[&text]).iter().map(|found| found.query).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn what_is_printed_reads_back(source in any_query()) {
        let first = query(&source);
        prop_assert_eq!(&query(&first.to_string()), &first);
    }

    #[test]
    fn nothing_that_is_typed_breaks_the_parser(source in "[\\PC \"()*ANDORT#@-]{0,60}") {
        let parsed = Query::parse(&source);
        prop_assert!(parsed.query.is_some() || !parsed.faults.is_empty());
        for fault in parsed.faults {
            prop_assert!(fault.span.of(&source).is_some());
        }
    }
}
