//! What units are read of texts, as a table.

use super::{Units, hash};
use crate::model::Span;
use crate::text::Text;

fn read(text: &str, foreign: &[Span]) -> String {
    let text = Text::new(text);
    let units = Units::new(&text, foreign);
    let each = units.units().iter().map(|unit| {
        assert_eq!(unit.hash, hash(units.word(unit)), "{}", units.word(unit));
        assert!(unit.span.of(text.source()).is_some());
        format!("{}{}", if unit.negated { "¬" } else { "" }, units.word(unit))
    });
    each.collect::<Vec<_>>().join(" ")
}

#[test]
fn units_of_texts() {
    let table = [
        ("", ""),
        ("!!!", "!!"),
        ("Is it? Really??", "is it ? really ??"),
        ("I don't like this at all, but ok", "i don't ¬like ¬this ¬at ¬all but ok"),
        ("not good but great", "not ¬good but great"),
        ("no one two three four five six", "no ¬one ¬two ¬three ¬four ¬five six"),
        ("Never. Again", "never again"),
        ("goooood 5 stars $ACME a@b.example", "good <long> <num> stars <cash> <email>"),
        ("WHY ARE YOU SHOUTING", "why are you shouting"),
        ("please STOP it", "please stop <caps> it"),
        ("#ClimateAction #fail", "<hashtag> climate action <hashtag> fail"),
        ("hmm… well... ok.", "hmm ... well ... ok"),
        ("👍🏽 :-) ❤️", "👍 :-) ❤"),
        ("Das ist nicht gut", "das ist nicht ¬gut"),
    ];
    for (text, expected) in table {
        assert_eq!(read(text, &[]), expected, "{text}");
    }
}

#[test]
fn words_of_others_are_left_out() {
    assert_eq!(read("mine (theirs! not) mine!", &[Span::new(5, 18)]), "mine mine !");
}
