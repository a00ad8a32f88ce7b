//! What do people listen for? One query in source form for each workload and number.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use scrm_core::text::{Text, TokenKind};

use super::brands::{BRANDS, brand, is_phrase, term};
use super::english::English;
use super::posts::{AUTHORS, CHANNELS, COUNTRIES, english};
use super::{Length, TENANTS};
use crate::dice::Dice;

/// Streams of chance.
const MONITOR: u64 = 31;
/// Added to the number of a post that a monitor takes words from: not one of those that are matched.
const OTHER_POSTS: usize = 1 << 40;

/// Five words of a post that must stand, and two that must not.
pub(super) fn five_words(words: &English, i: usize, seed: u64) -> String {
    let mut dice = Dice::of(seed, MONITOR, i);
    let post = english(words, Length::Post, OTHER_POSTS + i, seed, 0);
    let text = Text::new(&post);
    let known: BTreeSet<&str> = (text.tokens().iter().enumerate())
        .filter(|(_, token)| token.kind == TokenKind::Word)
        .filter_map(|(index, _)| text.folded_token(index))
        .filter(|word| word.len() > 1 && word.is_ascii() && !word.contains('\''))
        .collect();
    let known: Vec<&str> = known.into_iter().collect();
    let mut must: Vec<&str> = Vec::new();
    while must.len() < 5.min(known.len()) {
        let word = dice.pick(&known);
        if !must.contains(&word) {
            must.push(word);
        }
    }
    let mut query = must.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    let mut absent = Vec::new();
    while absent.len() < 2 {
        let word = words.content(&mut dice);
        if !known.contains(&word.as_str()) {
            let _ = write!(query, " -{}", quoted(&word));
            absent.push(word);
        }
    }
    query
}

/// Words that would be taken for operators of other tools, or warned of, stand in quotes.
fn quoted(word: &str) -> String {
    if matches!(word, "and" | "or" | "not" | "near") { format!("\"{word}\"") } else { word.to_owned() }
}

/// `brand AND (c1 OR c2 OR c3) NOT (x1 OR x2)`.
pub(super) fn branded(words: &English, brand: &str, i: usize, seed: u64) -> String {
    let mut dice = Dice::of(seed, MONITOR + 1, i);
    let [a, b, x, y] = [(); 4].map(|()| words.content(&mut dice));
    let common = dice.pick(&["the", "my", "is", "not", "was", "you", "with", "it"]);
    format!("{brand} AND ({} OR {a} OR {b}) NOT ({x} OR {y})", quoted(common))
}

/// `brand NEAR/5 (c1 OR c2 OR "c3 c4")`.
pub(super) fn near(words: &English, i: usize, seed: u64) -> String {
    let mut dice = Dice::of(seed, MONITOR + 2, i);
    let [a, b, c] = [(); 3].map(|()| words.content(&mut dice));
    let small = dice.pick(&["the", "my", "is", "was", "a"]);
    format!("{} NEAR/5 ({} OR {a} OR \"{b} {c}\")", term(i), quoted(small))
}

/// A brand of which the end, the beginning or both may be anything.
pub(super) fn wild(words: &English, i: usize, seed: u64) -> String {
    let name = brand(i);
    let cut = |word: &str, from: usize, to: usize| word.get(from..word.len() - to).unwrap_or(word).to_owned();
    let (head, tail) = name.rsplit_once(' ').unwrap_or(("", name.as_str()));
    let word = match i % 3 {
        0 => format!("{}*", cut(tail, 0, 1)),
        1 => format!("*{}", cut(tail, 1, 0)),
        _ => format!("*{}*", cut(tail, 1, 1)),
    };
    let wild = if is_phrase(i) { format!("\"{head} {word}\"") } else { word };
    branded(words, &wild, i, seed)
}

/// Mostly about what is known of a message besides its words.
pub(super) fn attributes(words: &English, i: usize, seed: u64) -> String {
    let mut dice = Dice::of(seed, MONITOR + 3, i);
    let [a, b] = [(); 2].map(|()| words.content(&mut dice));
    let author = dice.below(AUTHORS);
    let channel = dice.pick(&CHANNELS);
    let country = dice.pick(&COUNTRIES).to_lowercase();
    let name = term(i);
    match i % 8 {
        0 => format!("author:user{author}"),
        1 => format!("from:u{author} ({a} OR {b} OR the)"),
        2 => format!("{name} lang:en country:{country}"),
        3 => format!("{name} channel:({channel} OR forum) followers:>1000 -is:reply"),
        4 => format!("({name} OR author:user{author}) has:image likes:10.."),
        5 => format!("site:{}.example -lang:nl", brand(i).replace(' ', "")),
        6 => format!("{name} is:verified OR {name} followers:5000..100000 country:{country}"),
        _ => format!("author:user{author} channel:{channel} -{a}"),
    }
}

/// A thousand names, of which none may be advertised: about 10 kB.
pub(super) fn thousand(words: &English, i: usize, seed: u64) -> String {
    let mut dice = Dice::of(seed, MONITOR + 4, i);
    let names: Vec<String> = (0..1000).map(|_| term(dice.below(BRANDS))).collect();
    format!("({}) NOT ({} OR {})", names.join(" OR "), words.content(&mut dice), words.content(&mut dice))
}

/// One popular brand that many listen for, in the same words.
pub(super) fn popular(words: &English, i: usize, seed: u64) -> String {
    let brand_of = i / TENANTS;
    branded(words, &term(brand_of), brand_of, seed)
}
