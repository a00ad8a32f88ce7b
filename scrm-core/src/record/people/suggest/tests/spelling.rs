//! What is one value, what is alike, and what only looks alike?

use proptest::prelude::*;

use super::super::lookalike::{plain_skeleton, skeleton};
use super::super::{normal, similarity};
use super::*;

#[test]
fn values_are_made_equal() {
    let email = [
        ("Mira@Example.ORG ", Some("mira@example.org")),
        ("a.b+tag@gmail.com", Some("a.b+tag@gmail.com")),
        ("mira", None),
        ("@example.org", None),
        ("mira@localhost", None),
        ("a@b@example.org", None),
        ("mira vos@example.org", None),
    ];
    for (written, wanted) in email {
        assert_eq!(normal::email(written).as_deref(), wanted, "{written}");
    }
    let phone = [
        ("+31 20 794-08.00", Some("+31207940800")),
        ("0031 (20) 7940800", Some("+31207940800")),
        ("020 794 0800", None),
        ("+31 20", None),
        ("+31 20 ABC 0800", None),
        ("+1234567890123456", None),
    ];
    for (written, wanted) in phone {
        assert_eq!(normal::phone(written).as_deref(), wanted, "{written}");
    }
    let handle = [("@Mira_Vos", Some("miravos")), ("mira-vos.", Some("miravos")), ("@_", None)];
    for (written, wanted) in handle {
        assert_eq!(normal::handle(written).as_deref(), wanted, "{written}");
    }
    assert_eq!(normal::handle("\u{212A}ara").unwrap(), "\u{212A}ara", "the Kelvin sign is no k");
    assert_eq!(normal::words(" Mira  de VOS-Bakker, "), ["mira", "de", "vos", "bakker"]);
    let link = [
        ("https://www.Example.org/Mira/?a=b#c", Some("example.org/mira")),
        ("example.org", Some("example.org/")),
        ("mailto:mira@example.org", None),
        ("just words", None),
    ];
    for (written, wanted) in link {
        assert_eq!(normal::link(written).map(|(_, page)| page).as_deref(), wanted, "{written}");
    }
}

/// From Winkler's paper and after it.
#[test]
fn similarity_is_jaro_winklers() {
    let table = [
        ("martha", "marhta", 0.9611),
        ("dwayne", "duane", 0.84),
        ("dixon", "dicksonx", 0.8133),
        ("jones", "johnson", 0.8324),
        ("abc", "abc", 1.0),
        ("abc", "xyz", 0.0),
        ("", "a", 0.0),
        ("", "", 1.0),
    ];
    for (a, b, wanted) in table {
        let [x, y] = [a, b].map(|text| text.chars().collect::<Vec<_>>());
        for found in [similarity::jaro_winkler(&x, &y), similarity::jaro_winkler(&y, &x)] {
            assert!((found - wanted).abs() < 5e-5, "{a}, {b}: {found}");
        }
    }
}

#[test]
fn look_alikes_have_one_skeleton() {
    let table = [
        ("paypal", "раураl"),
        ("PayPal", "ΡΑΥΡΑL"),
        ("paypal", "paypa1"),
        ("bank0f", "bankof"),
        ("mira", "rnira"),
        ("vvim", "wim"),
        ("mira", "mi\u{200B}ra"),
        ("mira", "ｍｉｒａ"),
        ("kara", "\u{212A}ara"),
        ("lily", "lı\u{6C}y"),
        ("scope", "ѕсоре"),
        ("mira_vos", "miravos"),
    ];
    for (a, b) in table {
        assert_eq!(skeleton(a), skeleton(b), "{a}, {b}");
    }
    assert_ne!(skeleton("müller"), skeleton("muller"));
    assert_eq!(plain_skeleton("müller"), plain_skeleton("muller"));
}

#[test]
fn names_end_on_their_levels() {
    use MatchLevel::{Close, Different, Near, Same};
    let table = [
        ("Mira Vos", "mira vos", Some(Same)),
        ("Mira Vos", "Vos, Mira", Some(Close)),
        ("René Müller", "Rene Muller", Some(Close)),
        ("Иван Петров", "петров иван", Some(Close)),
        ("Mira Anna Vos", "Mira A. Vos", Some(Close)),
        ("Mira Anna Vos", "Mira Vos", Some(Near)),
        ("Mira Anna Vos", "Mira Vos Zonderland-Bakker", Some(Different)),
        ("Mira Vos", "Мirа Vоs", None),
    ];
    for (a, b, wanted) in table {
        let found = suggest(&[named("1", a), named("2", b)], &all());
        let ended = found.suggestions.first().and_then(|pair| level(pair, Field::Name));
        assert_eq!(ended, wanted, "{a}, {b}");
    }
}

#[test]
fn look_alikes_are_flagged() {
    let table = [
        ("northwind_help", "nоrthwind_help", MatchLevel::Different, true),
        ("northwind_help", "nοrthwind_help1", MatchLevel::Different, true),
        ("northwind_help", "northwlnd_help", MatchLevel::Different, true),
        ("сосо1234567", "coco1234567", MatchLevel::Different, true),
        ("northwind_help", "NorthwindHelp", MatchLevel::Same, false),
        ("northwind_help", "northwind_help2", MatchLevel::Near, false),
    ];
    for (a, b, wanted, flagged) in table {
        let found = suggest(&[handled("1", a), handled("2", b)], &all());
        let pair = only(&found);
        assert_eq!(level(pair, Field::Handle), Some(wanted), "{a}, {b}");
        assert_eq!(pair.flags.contains(&SuggestionFlag::ConfusableHandle), flagged, "{a}, {b}");
    }
}

/// Some letters of a spelling put in other alphabets.
fn disguised(text: &str, which: &[bool]) -> String {
    let like = |c: char| match c {
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'o' => 'ο',
        'p' => 'р',
        'x' => 'х',
        'k' => '\u{212A}',
        _ => c,
    };
    text.chars().zip(which).map(|(c, turn)| if *turn { like(c) } else { c }).collect()
}

proptest! {
    /// A disguise weighs what having nothing in common weighs, however much else is added.
    #[test]
    fn a_disguise_never_raises_the_weight(
        text in "[acekopxmt]{4,16}",
        which in prop::collection::vec(any::<bool>(), 16),
        more in "[a-z0-9]{0,2}",
    ) {
        let fake = disguised(&text, &which);
        prop_assume!(fake != text);
        let of = |mut fake: AccountProfile, mut real: AccountProfile| {
            for profile in [&mut fake, &mut real] {
                profile.emails = vec![point("one@example.org", false)];
            }
            suggest(&[fake, real], &all()).suggestions.remove(0)
        };
        let handle = of(handled("1", &format!("{fake}{more}")), handled("2", &text));
        prop_assert_eq!(level(&handle, Field::Handle), Some(MatchLevel::Different));
        let name = of(named("1", &format!("{fake} {more}")), named("2", &format!("{text} {more}")));
        prop_assert_eq!(level(&name, Field::Name), Some(MatchLevel::Different));
    }

    #[test]
    fn similarity_is_a_share_and_has_no_sides(a in "[abcde]{0,70}", b in "[abcde]{0,70}") {
        let [x, y] = [a, b].map(|text| text.chars().collect::<Vec<_>>());
        let found = similarity::jaro_winkler(&x, &y);
        prop_assert!((0.0..=1.0).contains(&found));
        prop_assert!(x != y || found == 1.0);
    }
}
