//! When are two spellings the same word? Compatibility form, then full case folding.

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
