//! That reading stays the same, and what is read of places and forms.

use super::*;
use crate::text::Text;

fn features() -> Features {
    Features::new(14, 15, (2, 5)).unwrap()
}

/// Buckets of words with the words that they stand in.
fn words(text: &str) -> Vec<(u32, String)> {
    let text = Text::new(text);
    let units = Units::new(&text, &[]);
    let mut found = Vec::new();
    features().each_word(&units, |bucket, from, to| {
        let words: Vec<&str> = units.units()[from..to].iter().map(|unit| units.word(unit)).collect();
        found.push((bucket, words.join(" ")));
    });
    found
}

/// How many of the buckets of `text` are none of `other`, by the words they stand in.
fn beyond(text: &str, other: &str) -> Vec<String> {
    let other: Vec<u32> = words(other).into_iter().map(|found| found.0).collect();
    words(text).into_iter().filter(|found| !other.contains(&found.0)).map(|found| found.1).collect()
}

#[test]
fn what_is_read_stays_the_same() {
    // Weights are for one way of reading. Who changes it counts up the format of models, trains the shipped ones
    // anew (`examples/train_classifier.rs`), and writes the new sum here.
    let texts = [
        "@northwind Where is my bag? I paid $1,250.50 and it's NOT here!! 😡 https://x.example",
        "Das war sehr nett. Können Sie helfen?",
        "电波 не работает",
    ];
    let mut sum = 0_u64;
    for text in texts {
        let text = Text::new(text);
        let units = Units::new(&text, &[]);
        let mut add = |number: u32| sum = (sum ^ u64::from(number)).wrapping_mul(SPREAD).rotate_left(17);
        features().each_word(&units, |bucket, from, to| add(bucket ^ ((from + 31 * to) as u32)));
        for unit in units.units().iter().filter(|unit| !unit.is_sign()) {
            features().each_char(units.word(unit), &mut add);
        }
    }
    assert_eq!(sum, 0x158c_b67f_37c4_864c, "{sum:#x}");
}

#[test]
fn places_and_forms_are_read() {
    let table: [(&str, &str, &[&str]); 6] = [
        // A question mark: itself, its pair, the end, how the sentence begins, and that the text asks.
        ("is it on", "is it on?", &["on"]),
        ("is it on?", "is it on", &["?", "on ?", "?", "is it on", "is it on", "?"]),
        ("go. now", "go now", &["now"]),
        ("7 b", "42 b", &["<num>"]),
        ("£42 b", "42 b", &["<num>", "<num>"]),
        ("never good", "ever good", &["never", "never", "never good", "good", "never", "never good", "good"]),
    ];
    for (text, other, expected) in table {
        let mut found = beyond(text, other);
        let mut expected = expected.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text} beyond {other}");
    }
}

#[test]
fn characters_are_those_of_the_word_and_its_ends() {
    let of = |word: &str| {
        let mut found = Vec::new();
        features().each_char(word, |bucket| found.push(bucket));
        found
    };
    // `<ab>`: three of two, two of three, one of four.
    assert_eq!(of("ab").len(), 6);
    assert_eq!(of(""), of(""));
    assert_eq!(of("é").len(), 3);
    let (short, long) = (of("refund"), of("refunds"));
    assert_eq!(short.iter().filter(|bucket| long.contains(bucket)).count(), 18);
    assert!(of(&"x".repeat(1000)).len() <= WORD_GRAMS);
    assert!(of(&"é".repeat(1000)).len() <= WORD_GRAMS);
    assert!(short.iter().all(|bucket| (1 << 14..(1 << 14) + (1 << 15)).contains(bucket)));
}
