//! What is this character to a tokeniser? Space, letter, mark, or something nobody sees.

use unicode_normalization::char::is_combining_mark;

/// White space and control characters part words, the delimiter of the folded form among them.
pub(super) fn is_space(c: char) -> bool {
    match c {
        '\0'..=' ' | '\x7F' => true,
        // Most of what is written.
        '!'..='~' | '\u{A1}'..='\u{167F}' | '\u{3001}'..=char::MAX => false,
        _ => c.is_whitespace() || c.is_control(),
    }
}

/// Letters, digits, the low line, and the marks above and below letters.
pub(super) fn is_word(c: char) -> bool {
    match c {
        '_' => true,
        '\0'..='\x7F' => c.is_ascii_alphanumeric(),
        _ if is_plain_letter(c) => true,
        '\u{900}'..='\u{903}' | '\u{93A}'..='\u{950}' => true,
        _ => c.is_alphanumeric() || is_combining_mark(c),
    }
}

/// Letters known without a table; in alphabets, not in scripts without spaces.
pub(super) fn is_plain_letter(c: char) -> bool {
    matches!(c,
        'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{17F}' | '\u{400}'..='\u{45F}'
        | '\u{620}'..='\u{64A}' | '\u{904}'..='\u{939}' | '\u{AC00}'..='\u{D7A3}')
}

/// Scripts that write no spaces: each character is a token, and a query's word a run of them.
pub(crate) fn is_unspaced(c: char) -> bool {
    match c {
        '\0'..='\u{DFF}' => false,
        '\u{4E00}'..='\u{9FA5}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' => true,
        '\u{0E00}'..='\u{0EFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{3041}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9D}'
        | '\u{20000}'..='\u{3FFFF}' => !is_combining_mark(c) && c.is_alphanumeric(),
        _ => false,
    }
}

/// Bytes of the marks that `rest` has from `from` on.
pub(super) fn marks(rest: &str, from: usize) -> usize {
    let tail = rest.get(from..).unwrap_or_default();
    tail.chars().take_while(|c| is_mark(*c)).map(char::len_utf8).sum()
}

fn is_mark(c: char) -> bool {
    // What follows most characters of such scripts: more of them, and their punctuation.
    !matches!(c, '\0'..='\u{2FF}' | '\u{3000}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FF}'
        | '\u{4E00}'..='\u{9FA5}' | '\u{FF00}'..='\u{FF5E}')
        && is_combining_mark(c)
}

/// The three signs of an apostrophe.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}')
}

/// Stands before a name: `#`, `@` (narrow or wide) or `$`. The narrow form.
pub(super) fn sign(c: char) -> Option<char> {
    match c {
        '#' | '\u{FF03}' => Some('#'),
        '@' | '\u{FF20}' => Some('@'),
        '$' => Some('$'),
        _ => None,
    }
}

/// Characters that show nothing and only guide layout: soft hyphen, zero-width space, direction marks, variation
/// selectors, tags. A word is the same with and without them.
pub(super) fn is_invisible(c: char) -> bool {
    c >= '\u{AD}'
        && matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | ZERO_WIDTH_SPACE | '\u{200E}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0001}' | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Keeps `@name` from being a mention when it stands behind the sign.
pub(super) const ZERO_WIDTH_SPACE: char = '\u{200B}';

/// The joiner and the non-joiner, which choose the shape of letters.
pub(super) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Whether a word goes on behind `c` as if it were not there. Between Arabic letters the non-joiner parts a word as a
/// space would (Persian writes both); elsewhere joiners choose a shape and no more.
pub(super) fn is_hidden(c: char, last: char) -> bool {
    is_invisible(c) || (is_joiner(c) && (c == '\u{200D}' || !matches!(last, '\u{600}'..='\u{8FF}')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_cuts_agree_with_the_tables() {
        for c in '\0'..=char::MAX {
            let word = c == '_' || c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c));
            assert_eq!(is_word(c), word, "{c:?}");
            assert!(
                !is_plain_letter(c) || (c.is_alphabetic() && !is_unspaced(c) && !is_hidden(c, 'a')),
                "{c:?}"
            );
            assert_eq!(is_space(c), c.is_whitespace() || c.is_control(), "{c:?}");
            assert_eq!(is_mark(c), is_combining_mark(c), "{c:?}");
            let unspaced = is_unspaced(c);
            assert!(!unspaced || (c.is_alphanumeric() && !is_combining_mark(c)), "{c:?}");
        }
    }
}
