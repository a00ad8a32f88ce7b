//! When are two spellings the same word? Compatibility form, then full case folding.

use unicode_normalization::char::decompose_canonical;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::letter::{is_invisible, is_joiner};

/// The folded form of a text: NFKC, full case folding, NFKC again; apostrophes are one character.
///
/// Characters that nobody sees (soft hyphen, zero-width space, direction marks, variation selectors) are dropped.
/// Accents are kept: `é` and `e` are two letters. Case folding is Unicode's full one (`ß` is `ss`, final `ς` is `σ`),
/// which the lower case of the upper case of a letter gives for all but the dotless `ı`.
///
/// ```
/// use scrm_core::text::fold;
/// assert_eq!(fold("STRAßE"), "strasse");
/// assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
/// assert_eq!(fold("ﬁne ＣＡＴ"), "fine cat");
/// assert_eq!(fold("don’t"), "don't");
/// assert_eq!(fold("no\u{AD}rth"), "north");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// A folded text without its accents; `None` when it has none.
///
/// Accents are marks above and below letters, vowel points of Arabic and Hebrew included. Marks that make another
/// letter stay: `й` is no `и`, and `が` is no `か`.
///
/// ```
/// use scrm_core::text::unaccented;
/// assert_eq!(unaccented("résumé").as_deref(), Some("resume"));
/// assert_eq!(unaccented("ёлка").as_deref(), Some("елка"));
/// assert_eq!(unaccented("мой"), None);
/// assert_eq!(unaccented("resume"), None);
/// ```
pub fn unaccented(folded: &str) -> Option<String> {
    if folded.is_ascii() {
        return None;
    }
    let mut plain = String::with_capacity(folded.len());
    for c in folded.chars() {
        match c {
            _ if c.is_ascii() || matches!(c, 'й' | 'ў') => plain.push(c),
            _ => decompose_canonical(c, |part| {
                if !is_accent(part) {
                    plain.push(part);
                }
            }),
        }
    }
    // Decomposing takes syllables apart as well (Korean); what had no accent is left as it was.
    let plain: String = plain.nfc().collect();
    (plain != folded && !plain.is_empty()).then_some(plain)
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{5B0}'..='\u{5C7}' | '\u{64B}'..='\u{65F}' | '\u{670}')
}

/// Appends the folded form of a word, in which joiners only chose the shape of letters.
pub(super) fn fold_word_into(word: &str, folded: &mut String) {
    if !word.is_ascii() && word.contains(is_joiner) {
        let seen: String = word.chars().filter(|c| !is_joiner(*c)).collect();
        return fold_into(&seen, folded);
    }
    fold_into(word, folded);
}

/// Appends the folded form.
pub(super) fn fold_into(text: &str, folded: &mut String) {
    let start = folded.len();
    let mut last = ' ';
    for c in text.chars() {
        // The dot below composes with these three letters alone.
        let dotted =
            c == '\u{93C}' && matches!(last, '\u{915}'..='\u{939}') && !matches!(last, 'न' | 'र' | 'ळ');
        let Some(c) = simple(c).or_else(|| dotted.then_some(c)) else {
            folded.truncate(start);
            return fold_any_into(text, folded);
        };
        folded.push(c);
        last = c;
    }
}

/// The folded form of a frequent character that neither changes by composition nor becomes several.
fn simple(c: char) -> Option<char> {
    let shifted = |by: u32| char::from_u32(c as u32 + by);
    match c {
        '\0'..='\x7F' => Some(c.to_ascii_lowercase()),
        '\u{2018}' | '\u{2019}' | '\u{2BC}' => Some('\''),
        // Latin: `ß` becomes two.
        '\u{E0}'..='\u{F6}' | '\u{F8}'..='\u{FF}' => Some(c),
        '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{DE}' => shifted(0x20),
        '\u{100}'..='\u{12F}' | '\u{14A}'..='\u{177}' => char::from_u32(c as u32 | 1),
        // Cyrillic.
        '\u{430}'..='\u{45F}' => Some(c),
        '\u{410}'..='\u{42F}' => shifted(0x20),
        '\u{400}'..='\u{40F}' => shifted(0x50),
        // Arabic, Devanagari (without its dot, which composes), Kana, Han, Hangul: no cases.
        '\u{621}'..='\u{63A}' | '\u{641}'..='\u{64A}' => Some(c),
        '\u{900}'..='\u{939}' | '\u{93D}'..='\u{950}' => Some(c),
        '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}' => Some(c),
        '\u{4E00}'..='\u{9FA5}' | '\u{AC00}'..='\u{D7A3}' => Some(c),
        _ => None,
    }
}

/// The slow twin of [`fold_into`].
fn fold_any_into(text: &str, folded: &mut String) {
    if text.contains(is_invisible) {
        let seen: String = text.chars().filter(|c| !is_invisible(*c)).collect();
        return fold_any_into(&seen, folded);
    }
    let start = folded.len();
    if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        fold_chars(text.chars(), folded);
    } else {
        fold_chars(text.nfkc(), folded);
    }
    // Folding may leave the compatibility form (an accent that was part of a capital).
    let tail = folded.get(start..).unwrap_or_default();
    if is_nfkc_quick(tail.chars()) != IsNormalized::Yes {
        let again: String = tail.nfkc().collect();
        folded.truncate(start);
        folded.push_str(&again);
    }
}

fn fold_chars(chars: impl Iterator<Item = char>, folded: &mut String) {
    for c in chars {
        match c {
            '\u{2019}' | '\u{2018}' | '\u{02BC}' => folded.push('\''),
            // Upper case would make it a plain `i`.
            'ı' => folded.push(c),
            _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
            _ => folded.extend(c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slowly(text: &str) -> String {
        let mut folded = String::new();
        fold_any_into(text, &mut folded);
        folded
    }

    #[test]
    fn simple_characters_fold_as_the_tables_say() {
        for c in ('\0'..=char::MAX).filter(|c| simple(*c).is_some()) {
            assert_eq!(fold(&c.to_string()), slowly(&c.to_string()), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn short_cuts_agree_with_the_slow_twin(
            text in "[a-zA-ZÀ-žА-яЀ-џء-يऄ-्가-힣ぁ-ヺー一-龥\u{300}-\u{308}\u{93C}\u{3099}\u{653}\u{11A8}\u{AD}’]{0,12}"
        ) {
            prop_assert_eq!(fold(&text), slowly(&text));
        }
    }
}
