//! What tells, and what does not? Tables, a slow twin over every pair of places, and secrets in every disguise.

use proptest::prelude::*;

use super::*;
use crate::model::{ExternalId, Source};

fn said<'a>(id: &str, text: &'a str, visibility: Visibility) -> SaidText<'a> {
    let message = MessageKey { source: Source::new("x").unwrap(), external_id: ExternalId::new(id).unwrap() };
    SaidText { message, part: LeakPart::Text, text, visibility, language: Some("en") }
}

/// A draft, a private message, and what of the draft tells it.
type Row<'a> = (&'a str, &'a str, &'a [(LeakKind, &'a str)]);

fn told(draft: &str, private: &str, public: &str, known: &str) -> Vec<(LeakKind, String)> {
    let mut words = KnownWords::default();
    words.add(known);
    let said = [said("p", private, Visibility::Direct), said("o", public, Visibility::Public)];
    let found = leaks(draft, Visibility::Public, &said, &words);
    for leak in &found {
        assert!(leak.at.of(private).is_some(), "{leak:?}");
    }
    found.iter().map(|leak| (leak.kind, leak.span.of(draft).unwrap().to_owned())).collect()
}

#[test]
fn what_only_a_private_message_holds_is_found() {
    use LeakKind::{Code, Email, Name, Number, Words};
    let table: &[Row<'_>] = &[
        ("your order 4411 7702", "order 44117702 is late", &[(Number, "4411 7702")]),
        ("we ring ٠٢٠٧٩٤٠٨٠٠", "phone 020-794-0800", &[(Number, "٠٢٠٧٩٤٠٨٠٠")]),
        ("(call zero two zero seven nine)", "0207940800", &[(Number, "zero two zero seven nine")]),
        ("card ending 41111", "my card 4111 1111 1111 1111", &[(Number, "41111")]),
        ("booking x7k2p9.", "my booking is X7K2P9", &[(Code, "x7k2p9")]),
        ("booking qwxyza", "the code is QWXYZA thanks", &[(Code, "qwxyza")]),
        (
            "mail to mira dot okafor at example dot org",
            "I am mira.okafor@example.org",
            &[(Email, "mira dot okafor")],
        ),
        ("write miraokafor", "I am mira.okafor@example.org", &[(Email, "miraokafor")]),
        ("m-i-r-a-o-k-a-f-o-r", "I am mira.okafor@example.org", &[(Email, "m-i-r-a-o-k-a-f-o-r")]),
        ("Dear Okafor, hello", "please ask for Okafor at home", &[(Name, "Okafor")]),
        ("Dear 0kafor, hello", "please ask for Okafor at home", &[(Name, "0kafor")]),
        ("Dear Оkаfоr, hello", "please ask for Okafor at home", &[(Name, "Оkаfоr")]),
        ("get well after the knee surgery", "I had a knée surgery", &[(Words, "knee surgery")]),
        ("KNEE\u{200B}  SURG\u{AD}ERY", "I had a knee surgery", &[(Words, "KNEE\u{200B}  SURG\u{AD}ERY")]),
        (
            "your divorce from the husband",
            "the divorce from the husband is hard",
            &[(Words, "divorce from the husband")],
        ),
        ("我们知道您的母亲在医院里住院了", "我的母亲在医院里住院了很久", &[(Words, "的母亲在医院里住院了")]),
    ];
    for (draft, private, expected) in table {
        let expected: Vec<_> = expected.iter().map(|(kind, text)| (*kind, (*text).to_owned())).collect();
        let found = told(draft, private, "", "");
        for one in &expected {
            assert!(found.contains(one), "{draft}: {found:?}");
        }
        assert_eq!(told(draft, private, private, ""), [], "what the customer said in public: {draft}");
        assert_eq!(told(draft, "", private, ""), [], "{draft}");
    }
}

#[test]
fn what_is_no_secret_is_not_found() {
    let table = [
        (
            "Sorry to hear that, we are looking into it now.",
            "I want to know what is going on now, please help",
            "",
            "",
        ),
        ("your refund is on its way", "where is the refund? it is on its way, you said", "", "refund"),
        ("sorry about the lost bag", "the lost bag is blue", "you lost my bag, the lost bag!", ""),
        ("we reply within 24 hours, 7 days a week", "I wrote 24 times in 7 days", "", ""),
        ("call 0800 1234", "they told me to call 0800 1234", "", "call us: 0800 1234"),
        ("Hello Maria", "thanks, Maria", "I am Maria", ""),
        ("FOREVER yours", "WHERE IS MY BAG. LOST FOREVER", "", ""),
        ("", "secret", "", ""),
        ("anything", "", "", ""),
    ];
    for (draft, private, public, known) in table {
        assert_eq!(told(draft, private, public, known), [], "{draft}");
    }
}

#[test]
fn who_may_see_what_is_an_order() {
    let note = [said("n", "the customer is a chronic complainer", Visibility::Internal)];
    let text = "you chronic complainer";
    assert_eq!(leaks(text, Visibility::Direct, &note, &KnownWords::default()).len(), 1);
    assert_eq!(leaks(text, Visibility::Internal, &note, &KnownWords::default()), []);
    let author = [SaidText { part: LeakPart::Author, ..said("a", "Mira Okafor", Visibility::Direct) }];
    let found = leaks("Hello mira", Visibility::Public, &author, &KnownWords::default());
    assert_eq!(
        found.iter().map(|leak| (leak.kind, leak.part)).collect::<Vec<_>>(),
        [(LeakKind::Name, LeakPart::Author)]
    );
}

#[test]
fn a_text_of_any_size_is_looked_at_in_time_that_grows_with_it() {
    let long = "Abcde 12345 tremor hospital ".repeat(4000);
    let said = [said("p", &long, Visibility::Direct)];
    let found = leaks(&long, Visibility::Public, &said, &KnownWords::default());
    assert!(!found.is_empty() && found.len() <= LEAKS_MAX);
}

/// The rule for words by its definition: two places of the draft and two of the message, and all that stands between.
fn slowly(draft: &str, private: &str, known: &KnownWords) -> bool {
    let (a, b) = (units(draft), units(private));
    let telling = |unit: &Unit| known.is_telling(&unit.word);
    let same = |i: usize, j: usize, length: usize| (0..length).all(|k| a[i + k].word == b[j + k].word);
    (0..a.len()).any(|i| {
        (0..b.len()).any(|j| {
            (2..=BETWEEN + 2).any(|length| {
                let fits = i + length <= a.len() && j + length <= b.len();
                let inner = |k: usize| !telling(&a[i + k]);
                fits && telling(&a[i])
                    && telling(&a[i + length - 1])
                    && (1..length - 1).all(inner)
                    && same(i, j, length)
            })
        })
    })
}

const WORDS: [&str; 12] =
    ["the", "to", "knee", "surgery", "tremor", "is", "of", "and", "pension", "doctor", "a", "refund"];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..10).prop_map(|words| words.join(" "))
}

/// A secret in a disguise: case, accents, zero-width characters, other spacing.
fn disguised(secret: &str, how: &[u8]) -> String {
    let mut out = String::new();
    for (c, how) in secret.chars().zip(how.iter().cycle()) {
        match (how % 6, c) {
            (0, _) => out.extend(c.to_uppercase()),
            (1, 'e') => out.push('é'),
            (1, 'o') => out.push('ö'),
            (2, _) => out.extend([c, '\u{200B}']),
            (3, ' ') => out.push_str("  "),
            (4, ' ') => out.push_str(" - "),
            (5, '0'..='9') => out.push(char::from_u32(0xFF10 + (c as u32 - '0' as u32)).unwrap()),
            _ => out.push(c),
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn words_are_found_as_the_rule_says(draft in text(), private in text(), public in text()) {
        let mut known = KnownWords::default();
        known.add(&public);
        let found = leaks(&draft, Visibility::Public, &[said("p", &private, Visibility::Direct)], &known);
        prop_assert_eq!(!found.is_empty(), slowly(&draft, &private, &known), "{:?}", found);
    }

    #[test]
    fn no_disguise_helps(
        before in text(),
        after in text(),
        which in 0_usize..5,
        how in prop::collection::vec(any::<u8>(), 1..20),
    ) {
        let secret = ["4155 550123 77", "x7k2p9qq", "knee tremor", "pension of the doctor", "41 55 55 01"][which];
        let hidden = disguised(secret, &how);
        let draft = format!("{before} {hidden} {after}");
        let private = format!("listen: {secret} that is all");
        let said = [said("p", &private, Visibility::Direct)];
        prop_assert!(!leaks(&draft, Visibility::Public, &said, &KnownWords::default()).is_empty(), "{}", draft);
    }

    #[test]
    fn any_texts_are_looked_at(draft in any::<String>(), private in any::<String>()) {
        let found = leaks(&draft, Visibility::Public, &[said("p", &private, Visibility::Direct)], &KnownWords::default());
        for leak in found {
            prop_assert!(leak.span.of(&draft).is_some() && leak.at.of(&private).is_some());
        }
    }
}
