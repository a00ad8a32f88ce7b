//! Which words does a text hold, however they are written? The form in which a draft and a private message are compared.
//!
//! Read [`units`] first. Case, accents, compatibility forms, characters that nobody sees and punctuation are gone; digits
//! in groups are one number, spelled digits are digits, letters set apart are a word, look-alikes of other scripts and
//! digits inside a word are the letters they stand for.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::model::Span;
use crate::text::{common_words, fold, is_unspaced, unaccented};

/// One word or number, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    /// As it is compared.
    pub(super) word: String,
    /// Where it stands in the text (bytes).
    pub(super) span: Span,
}

impl Unit {
    pub(super) fn is_number(&self) -> bool {
        self.word.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Letters and digits in one word: the number of an order, a booking.
    pub(super) fn is_code(&self, source: &str) -> bool {
        let raw = self.span.of(source).unwrap_or_default();
        raw.chars().any(|c| c.is_ascii_digit()) && raw.chars().any(char::is_alphabetic)
    }
}

/// How far apart two groups of digits of one number may stand.
const GAP: usize = 5;
/// So many letters in a row that stand alone are a word that was set apart.
const APART: usize = 4;

/// The words and numbers of a text, in order.
pub(super) fn units(source: &str) -> Vec<Unit> {
    let words = words(source);
    let mut found: Vec<Unit> = Vec::with_capacity(words.len());
    let mut at = 0;
    while let Some(unit) = words.get(at) {
        let run = words.get(at..).unwrap_or_default();
        let digits = together(source, run, |unit| digit_of(&unit.word).is_some());
        let letters = together(source, run, |unit| {
            unit.word.chars().count() == 1
                && !unit.word.chars().all(is_unspaced)
                && digit_of(&unit.word).is_none()
        });
        let plain = run.iter().take(digits).any(Unit::is_number);
        if digits > 0 && (plain || digits >= APART) {
            found.push(joined(run, digits, |unit| digit_of(&unit.word).unwrap_or_default()));
            at += digits;
        } else if letters >= APART {
            found.push(joined(run, letters, |unit| unit.word.clone()));
            at += letters;
        } else {
            found.push(unit.clone());
            at += 1;
        }
    }
    found
}

/// How many units from the first one on fulfil this and stand close to each other.
fn together(source: &str, run: &[Unit], wanted: impl Fn(&Unit) -> bool) -> usize {
    let mut count = 0;
    let mut end: Option<usize> = None;
    for unit in run {
        let near = end.is_none_or(|end| {
            let between = source.get(end..unit.span.start()).unwrap_or_default();
            between.chars().count() <= GAP && !between.contains('\n')
        });
        if !near || !wanted(unit) {
            break;
        }
        end = Some(unit.span.end());
        count += 1;
    }
    count
}

fn joined(run: &[Unit], count: usize, form: impl Fn(&Unit) -> String) -> Unit {
    let word = run.iter().take(count).map(form).collect();
    let start = run.first().map_or(0, |unit| unit.span.start());
    let end = run.get(count.saturating_sub(1)).map_or(start, |unit| unit.span.end());
    Unit { word, span: Span::new(start, end) }
}

/// The digits that a word is, or the one that it spells.
fn digit_of(word: &str) -> Option<String> {
    const SPELLED: [&str; 10] =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(word.to_owned());
    }
    SPELLED.iter().position(|spelled| *spelled == word).map(|digit| digit.to_string())
}

/// Runs of letters and digits; in scripts without spaces each character.
fn words(source: &str) -> Vec<Unit> {
    let mut found: Vec<Unit> = Vec::new();
    let (mut word, mut start, mut end) = (String::new(), 0, 0);
    let mut close = |word: &mut String, start: usize, end: usize| {
        if !word.is_empty() {
            let word = settled(&std::mem::take(word));
            found.push(Unit { word, span: Span::new(start, end) });
        }
    };
    for (at, c) in source.char_indices() {
        let after = at + c.len_utf8();
        let folded = folded(c);
        if folded.is_empty() || folded == "'" {
            continue;
        }
        for c in folded.chars() {
            if !c.is_alphanumeric() {
                close(&mut word, start, end);
                continue;
            }
            if is_unspaced(c) {
                close(&mut word, start, end);
                word.push(c);
                close(&mut word, at, after);
                continue;
            }
            if word.is_empty() {
                start = at;
            }
            word.push(c);
            end = after;
        }
    }
    close(&mut word, start, end);
    found
}

/// A character as it is compared; nothing for one that nobody sees and for an accent.
fn folded(c: char) -> String {
    if c.is_ascii() {
        return c.to_ascii_lowercase().to_string();
    }
    if let Some(digit) = foreign_digit(c) {
        return digit.to_string();
    }
    let folded = fold(c.encode_utf8(&mut [0; 4]));
    if folded.chars().all(|c| matches!(c, '\u{300}'..='\u{36F}')) {
        return String::new();
    }
    unaccented(&folded).unwrap_or(folded)
}

/// Digits of Arabic, Persian and Devanagari.
fn foreign_digit(c: char) -> Option<u32> {
    [0x660, 0x6F0, 0x966]
        .into_iter()
        .find_map(|zero| (c as u32).checked_sub(zero).filter(|digit| *digit < 10))
}

/// A word in which look-alikes are the Latin letters they stand for.
fn settled(word: &str) -> String {
    let latin = word.bytes().any(|byte| byte.is_ascii_alphabetic());
    if !latin || word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return word.to_owned();
    }
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let digits = word.chars().filter(char::is_ascii_digit).count();
    word.chars()
        .map(|c| match c {
            'а' | 'α' => 'a',
            'в' => 'b',
            'е' => 'e',
            'н' => 'h',
            'і' | 'ι' => 'i',
            'ј' => 'j',
            'к' | 'κ' => 'k',
            'м' => 'm',
            'о' | 'ο' => 'o',
            'р' | 'ρ' => 'p',
            'с' => 'c',
            'ѕ' => 's',
            'т' | 'τ' => 't',
            'у' | 'υ' => 'y',
            'х' | 'χ' => 'x',
            '0' if letters > digits => 'o',
            '1' if letters > digits => 'i',
            '3' if letters > digits => 'e',
            '4' if letters > digits => 'a',
            '5' if letters > digits => 's',
            '7' if letters > digits => 't',
            c => c,
        })
        .collect()
}

/// Words that stand in nearly every text, as units, and those by which an address is spelled.
pub(super) fn is_common(word: &str) -> bool {
    static COMMON: OnceLock<BTreeSet<String>> = OnceLock::new();
    let common = COMMON.get_or_init(|| {
        let more = [
            "http",
            "https",
            "www",
            "com",
            "org",
            "net",
            "dot",
            "im",
            "ive",
            "id",
            "youre",
            "hello",
            "hi",
            "dear",
            "sorry",
            "regards",
            "best",
            "sincerely",
        ];
        let days = [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        let words = common_words().map(|word| word.replace('\'', ""));
        let words = words.map(|word| unaccented(&word).unwrap_or(word));
        words.chain(more.into_iter().chain(days).map(str::to_owned)).collect()
    });
    common.contains(word)
}
