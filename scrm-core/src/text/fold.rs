//! When are two spellings the same word? Compatibility form, then full case folding.

use unicode_normalization::char::decompose_canonical;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// The folded form of a text: NFKC, full case folding, NFKC again; apostrophes are one character.
///
/// Accents are kept: `é` and `e` are two letters. Case folding is Unicode's full one (`ß` is `ss`, final `ς` is `σ`),
/// which the lower case of the upper case of a letter gives for all but the dotless `ı`.
///
/// ```
/// use scrm_core::text::fold;
/// assert_eq!(fold("STRAßE"), "strasse");
/// assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
/// assert_eq!(fold("ﬁne ＣＡＴ"), "fine cat");
/// assert_eq!(fold("don’t"), "don't");
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
                    plain.push(part)
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

/// Appends the folded form.
pub(super) fn fold_into(text: &str, folded: &mut String) {
    if text.is_ascii() {
        folded.extend(text.chars().map(|c| c.to_ascii_lowercase()));
        return;
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
