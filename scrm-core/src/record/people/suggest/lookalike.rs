//! Does it look like something it is not? Skeletons of spellings, and the scripts they are written in.
//!
//! What is covered stands in the documentation of [the folder](super).

use unicode_normalization::UnicodeNormalization;

use crate::text::{fold, unaccented};

/// Two spellings that look the same have one skeleton. Accents count.
pub(super) fn skeleton(text: &str) -> String {
    let latin: String = text.nfkc().map(|c| latin(c).unwrap_or(c)).collect();
    let folded = fold(&latin).replace("rn", "m").replace("vv", "w");
    folded
        .chars()
        .filter(|c| !is_separator(*c))
        .map(|c| match c {
            '0' => 'o',
            '1' | 'i' | '|' => 'l',
            _ => c,
        })
        .collect()
}

/// The same without accents.
pub(super) fn plain_skeleton(text: &str) -> String {
    let skeleton = skeleton(text);
    unaccented(&skeleton).unwrap_or(skeleton)
}

pub(super) fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '_' | '-' | '.')
}

/// Scripts whose letters look alike, and characters that hide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Scripts(u8);

const LATIN: u8 = 1;
const CYRILLIC: u8 = 2;
const GREEK: u8 = 4;
const OTHER: u8 = 8;
const HIDDEN: u8 = 16;

impl Scripts {
    pub(super) fn of(text: &str) -> Self {
        let mut found = 0;
        for c in text.chars() {
            found |= match c {
                _ if !c.is_alphabetic() => 0,
                '\0'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => LATIN,
                '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' => CYRILLIC,
                '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => GREEK,
                _ => OTHER,
            };
        }
        if !text.is_ascii() && (!text.nfc().eq(text.nfkc()) || text.chars().any(is_hidden)) {
            found |= HIDDEN;
        }
        Self(found)
    }

    /// Whether two spellings are of one alphabet, so that what is alike in them is no disguise.
    pub(super) fn are_plainly(self, other: Self) -> bool {
        let alphabets = (self.0 & (LATIN | CYRILLIC | GREEK)).count_ones();
        self == other && self.0 & HIDDEN == 0 && alphabets <= 1
    }
}

fn is_hidden(c: char) -> bool {
    !c.is_ascii() && fold(c.encode_utf8(&mut [0; 4])).is_empty()
}

/// The Latin letter that a letter looks like.
fn latin(c: char) -> Option<char> {
    let latin = match c {
        'а' | 'А' | 'Α' | 'α' | 'ɑ' => 'a',
        'В' | 'в' | 'Β' | 'β' | 'Ь' | 'ь' => 'b',
        'с' | 'С' | 'ϲ' | 'Ϲ' => 'c',
        'ԁ' | 'Ԁ' => 'd',
        'е' | 'Е' | 'Ε' | 'ε' | 'є' | 'Є' => 'e',
        'ɡ' | 'ԍ' | 'Ԍ' => 'g',
        'һ' | 'Һ' | 'Н' | 'н' | 'Η' => 'h',
        'і' | 'І' | 'ι' | 'Ι' | 'ı' | 'ӏ' | 'Ӏ' => 'l',
        'ј' | 'Ј' | 'ϳ' => 'j',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'м' | 'М' | 'Μ' => 'm',
        'Ν' | 'η' | 'п' | 'П' => 'n',
        'о' | 'О' | 'ο' | 'Ο' | 'σ' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ԛ' | 'Ԛ' => 'q',
        'г' | 'Г' => 'r',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'υ' | 'μ' => 'u',
        'ν' | 'ѵ' | 'Ѵ' => 'v',
        'ԝ' | 'Ԝ' | 'ω' | 'ш' | 'Ш' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'γ' | 'Υ' => 'y',
        'Ζ' => 'z',
        _ => return None,
    };
    Some(latin)
}
