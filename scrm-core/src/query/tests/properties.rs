//! What holds of every input: it reads or has faults, and what is printed reads back.

use proptest::prelude::*;

use super::{Query, imported};
use crate::model::{Limits, Span};
use crate::query::{
    Atom, Attribute, Condition, Dialect, Form, Near, Pattern, Reach, Regex, Test, Word, Zone,
};
use crate::text::Text;

fn word(form: Form, text: &str) -> Word {
    Word { form, text: text.into(), glob: text.contains(['*', '?']) }
}

fn any_word() -> impl Strategy<Value = Word> {
    let plain = prop::sample::select(vec![
        "lost",
        "and",
        "or",
        "near",
        "strasse",
        "don't",
        "1.5",
        "1,5",
        "電",
        "👍",
        ":(",
        "a@b.example",
        "list",
        "del*",
        "*ship",
        "w?rd",
        "a*b?c",
        "https://x.example/?q=1",
        "x's",
        "d:",
        "atleast",
    ]);
    prop_oneof![
        8 => plain.prop_map(|text| {
            let mut word = word(Form::Plain, text);
            word.glob &= !text.starts_with("https");
            word
        }),
        1 => prop::sample::select(vec!["fail", "north*", "電波"]).prop_map(|text| word(Form::Hashtag, text)),
        1 => prop::sample::select(vec!["northwind", "a?"]).prop_map(|text| word(Form::Mention, text)),
        1 => prop::sample::select(vec!["dal", "d*"]).prop_map(|text| word(Form::Cashtag, text)),
    ]
}

fn any_zone() -> impl Strategy<Value = Zone> {
    prop_oneof![
        3 => Just(Zone::Default),
        1 => prop::sample::select(vec![Zone::Title, Zone::Bio, Zone::Quoted, Zone::Own("tier.x".into())]),
    ]
}

fn any_atom() -> impl Strategy<Value = Query> {
    let words = || prop::collection::vec(any_word(), 1..4);
    let pattern = prop_oneof![
        6 => words().prop_map(Pattern::Words),
        1 => words().prop_map(|mut words| {
            words.iter_mut().filter(|word| word.form == Form::Plain).for_each(|word| word.form = Form::Accented);
            Pattern::Words(words)
        }),
        1 => (prop::collection::vec(any_word(), 2..4), 0u32..9)
            .prop_map(|(words, slack)| Pattern::Loose { words, slack }),
        1 => prop::sample::select(vec!["AT&T", "C++", "(a) \"b\""]).prop_map(|text| Pattern::Exact(text.into())),
        1 => prop::sample::select(vec![r"ord-\d{4}", "a/b", r"\\/", "s", "colou?r|(x y)"])
            .prop_map(|source| Pattern::Regex(Regex::new(source, 1 << 18).unwrap())),
    ];
    (any_zone(), pattern)
        .prop_map(|(zone, pattern)| Query::Atom(Atom { zone, pattern, span: Span::new(0, 0) }))
}

fn any_test() -> impl Strategy<Value = Query> {
    let named = (
        prop::sample::select(vec![
            Attribute::Author,
            Attribute::Channel,
            Attribute::Lang,
            Attribute::Conversation,
        ]),
        prop::sample::select(vec!["ann", "deutsche bahn", "a:b", "-x", "or", "a,b", "(x)", "ñ", "*"]),
    )
        .prop_map(|(attribute, value)| (attribute, Condition::Is(value.into())));
    let ends = || (prop::option::of(-9i128..9), prop::option::of(9i128..99));
    let counted = (prop::sample::select(vec![Attribute::Followers, Attribute::Views]), ends())
        .prop_map(|(attribute, (from, to))| (attribute, Condition::Between(from, to)));
    let billionths = |of: std::ops::Range<i128>| {
        let near = of.clone().prop_flat_map(|number| (Just(number), -1i128..=1));
        prop::option::of(prop_oneof![
            near.prop_map(|(number, beside)| number * 500_000_000 + beside),
            of.prop_map(|number| number * 10_000_019),
        ])
    };
    let fractions = (billionths(-90..0), billionths(1..90))
        .prop_map(|(from, to)| (Attribute::Own("score".into()), Condition::Between(from, to)));
    let time = || prop_oneof![0i128..2_000_000_000, (0i128..20_000).prop_map(|day| day * 86_400)];
    let timed = (prop::option::of(time()), prop::option::of((0i128..200_000_000, any::<bool>()))).prop_map(
        |(from, to)| {
            let to = to.map(|(by, whole)| {
                let end = from.unwrap_or(0) + by;
                if whole { end / 86_400 * 86_400 + 86_399 } else { end }
            });
            (Attribute::Created, Condition::Between(from, to))
        },
    );
    let expiring = time().prop_map(|end| (Attribute::Expires, Condition::Between(None, Some(end - 1))));
    let sampled = (0i128..100).prop_map(|n| (Attribute::Sample, Condition::Between(Some(0), Some(n))));
    prop_oneof![named, counted, fractions, timed, expiring, sampled]
        .prop_map(|(attribute, condition)| Query::Test(Test { attribute, condition, span: Span::new(0, 0) }))
}

fn any_near() -> impl Strategy<Value = Query> {
    any_atom().prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..3).prop_map(Query::Or),
            (inner.clone(), inner, 0u32..9, any::<bool>(), any::<bool>(), 0u8..4).prop_map(
                |(left, right, n, ordered, negated, kind)| {
                    let (reach, ordered) = match kind {
                        0 => (Reach::Sentence, false),
                        1 => (Reach::Paragraph, false),
                        _ => (Reach::Words(n), ordered),
                    };
                    Query::Near(Box::new(Near { left, right, reach, ordered, negated }))
                }
            ),
        ]
    })
}

fn any_query() -> impl Strategy<Value = Query> {
    let leaf = prop_oneof![4 => any_atom(), 2 => any_test(), 2 => any_near()];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::Or),
            inner.clone().prop_map(|part| Query::Not(Box::new(part))),
            (prop::collection::vec(inner, 1..4), 1u32..4)
                .prop_map(|(parts, k)| Query::AtLeast(k.min(u32::try_from(parts.len()).unwrap()), parts)),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(tree in any_query()) {
        let printed = tree.to_string();
        let parsed = Query::parse(&printed);
        prop_assert_eq!(parsed.query.as_ref(), Some(&tree), "{} {:?}", printed, parsed.faults);
    }

    #[test]
    fn what_was_read_prints_and_reads_back(source in "[a-zé電👍 \"()*?:=#@/{}~,.ANDORTE0-9-]{0,40}") {
        if let Some(query) = Query::parse(&source).query {
            let printed = query.to_string();
            prop_assert_eq!(Query::parse(&printed).query, Some(query), "{}", printed);
        }
    }

    #[test]
    fn characters_with_other_forms_print_and_read_back(
        source in "[\\u{a0}-\\u{ff}\\u{132}-\\u{1c9}\\u{600}-\\u{6ff}\\u{e30}-\\u{e35}\\u{1e96}-\\u{1e9f}\\u{2000}-\\u{2fff}\\u{3000}-\\u{33ff}\\u{f900}-\\u{faff}\\u{fb00}-\\u{ffef}\\u{1d400}-\\u{1d7ff}\\u{1f100}-\\u{1f26f}a1 \"*#@]{1,6}",
        field in prop::sample::select(vec!["", "title:", "url:", "author:", "channel:", "=", "site:"]),
    ) {
        if let Some(query) = Query::parse(&format!("{field}{source}")).query {
            let printed = query.to_string();
            prop_assert_eq!(Query::parse(&printed).query, Some(query), "{}", printed);
        }
    }

    #[test]
    fn nothing_that_is_typed_breaks_the_parser(source in "[\\PC\\u{0}\\u{202E}\\u{301} \"()*?:=#@/{}~\\[\\]^+&|!<>.,NEARTOLISTMC0-9-]{0,60}") {
        for dialect in Dialect::ALL {
            let parsed = imported(&source, dialect);
            prop_assert!(parsed.query.is_some() || !parsed.faults.is_empty());
            for fault in parsed.faults {
                prop_assert!(fault.span.of(&source).is_some(), "{:?}", fault);
            }
            if let Some(query) = parsed.query {
                prop_assert!(query.fits(&Limits::DEFAULT));
            }
        }
    }

    #[test]
    fn pieces_of_queries_in_any_order_read_or_have_faults(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "lost", "AND", "OR", "NOT", "-", "(", ")", "NEAR/2", "NOT NEAR/3", "SENTENCE", "ATLEAST 2 (", ",",
            "\"a b\"~2", "title:", "author:", "author:(", "followers:>3", "{x}", "/y/", "LIST(", "MACRO(a)", "+",
            "^2", "[1 TO 2]", "ext.a:", "=", "\"",
        ]), 0..14),
        blank in prop::sample::select(vec!["", " "]),
    ) {
        let source = pieces.join(blank);
        for dialect in Dialect::ALL {
            let parsed = imported(&source, dialect);
            prop_assert!(parsed.query.is_some() || !parsed.faults.is_empty());
            for fault in parsed.faults {
                prop_assert!(fault.span.of(&source).is_some(), "{:?}", fault);
            }
        }
    }
}

/// Each character by itself and in a word, as a word and as a tag.
#[test]
fn every_character_with_another_form_prints_and_reads_back() {
    let blocks = [0xA0..0x3400u32, 0xA000..0xAC00, 0xF900..0x1_0000, 0x1_D400..0x1_D800, 0x1_F100..0x1_F270];
    let mut wrong = Vec::new();
    for c in blocks.into_iter().flatten().filter_map(char::from_u32) {
        if crate::text::fold(&c.to_string()) == c.to_string() {
            continue;
        }
        for source in [format!("#{c}"), format!("a{c}b"), format!("\"{c}{c} {c}\"")] {
            let Some(query) = Query::parse(&source).query else { continue };
            let printed = query.to_string();
            if Query::parse(&printed).query.as_ref() != Some(&query) {
                wrong.push(format!("{:04X} {source} -> {printed}", u32::from(c)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them: {:#?}", wrong.len(), wrong.iter().take(60).collect::<Vec<_>>());
}

#[test]
fn hostile_inputs_are_read_within_bounds() {
    let many = 20_000;
    let sources = [
        "(".repeat(many),
        ")".repeat(many),
        "()".repeat(many),
        "-".repeat(many) + "a",
        "NOT ".repeat(many) + "a",
        "a NEAR/1 ".repeat(many) + "a",
        "title:".repeat(many),
        "ATLEAST 2 (".repeat(many),
        "a OR ".repeat(many),
        "\"".repeat(many),
        "\"".to_owned() + &"a ".repeat(many),
        "/".repeat(many),
        "{".repeat(many),
        "/(".to_owned() + &"(".repeat(1000) + "/",
        "/(a{100}){100}{100}/".to_owned(),
        "*".repeat(many),
        "a".to_owned() + &"*a".repeat(many),
        "\u{301}".repeat(1000),
        "\u{202E}\u{2066}".repeat(1000),
        "\0".repeat(1000),
        "a\0b \u{301}c \u{202E}d".to_owned(),
        "(a b) NEAR/1 (c d) NEAR/1 (e f) NEAR/1 ".repeat(40) + "(g h)",
        "lost bag OR ".repeat(2_000) + "x",
        "delay* OR ".repeat(2_000) + "x",
        "+".repeat(many),
        "MACRO(".repeat(many),
    ];
    for (source, dialect) in sources.iter().flat_map(|source| Dialect::ALL.map(|dialect| (source, dialect))) {
        let parsed = imported(source, dialect);
        assert!(parsed.query.is_some() || !parsed.faults.is_empty());
        assert!(parsed.faults.len() < 200);
        assert!(parsed.query.is_none_or(|query| query.fits(&Limits::DEFAULT)));
    }
}

#[test]
fn a_million_signs_are_read_within_bounds() {
    let million = 1_000_000;
    for source in ["(", ")", "-", "NOT ", "a NEAR/1 ", "title:", "\""].map(|sign| sign.repeat(million)) {
        let parsed = Query::parse(&source);
        assert!(parsed.query.is_none() && parsed.faults.len() < 200);
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "lost",
        "Lost bags",
        "near",
        "Straße",
        "STRASSE",
        "don’t",
        "1.5",
        "1,5",
        "電波",
        "👍🏽",
        ":(",
        "a@b.example",
        "list of deliveries",
        "delayed",
        "ownership",
        "wörd",
        "ab1c",
        "https://x.example/?q=1",
        "x's d: atleast",
        "#Fail",
        "#NorthWind",
        "#電波",
        "@northwind",
        "@ab",
        "$DAL",
        "AT&T",
        "C++",
        "ord-1234",
        "colour",
        "\n\n",
    ]);
    prop::collection::vec(parts, 0..12).prop_map(|parts| parts.join(" "))
}

proptest! {
    #[test]
    fn what_an_index_looks_up_misses_nothing(tree in any_query(), text in any_text(), title in any_text()) {
        let fields = serde_json::json!({ "text": text, "title": title });
        let mut message = crate::testing::message(r#""author":{"source":"x","native_id":"ann"}"#).into_builder();
        message.text = text;
        message.title = Some(title);
        let message = message.build().unwrap();
        let text = Text::new(message.text());
        let zones = tree.clauses().into_iter().filter_map(|clause| match clause {
            Query::Atom(atom) => Some(atom.zone.clone()),
            _ => None,
        });
        let uses = crate::query::Uses { zones: zones.collect(), ..Default::default() };
        let document = crate::query::Document::new(&message, &text, &uses);
        let words = crate::record::words_of(&message);
        let terms = crate::record::Terms::of(&tree);
        if tree.holds(&document, 1_000) {
            prop_assert!(terms.holds(&words), "{} in {}: {:?} in {:?}", tree, fields, terms, words);
        }
    }
}
