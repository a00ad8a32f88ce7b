//! How is a word written whose folded form would be cut into other words? With the characters that fold to it.
//!
//! Texts are cut first and folded then. `½` is one token, whose folded form is `1⁄2`; written so it would be two. Such
//! characters are few: those whose compatibility form has signs, blanks or several characters of a script without
//! spaces in it.

use std::sync::OnceLock;

use super::words::{Reading, words};
use super::{Form, Word};
use crate::text::fold;

/// Where characters stand that have a compatibility form: the blocks up to the CJK ones, those behind the syllables of
/// Hangul, and the signs of the supplementary plane.
const BLOCKS: [(u32, u32); 5] =
    [(0xA0, 0x33FF), (0xA000, 0xABFF), (0xF900, 0xFFFF), (0x1_0780, 0x1_07BF), (0x1_D100, 0x1_FBFF)];

/// The word in characters of which some fold to several; `None` when its folded form reads back as the word, or no such
/// characters are known.
pub(super) fn unfolded(word: &Word, link: bool) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if word.text.bytes().all(plain) || reads_back(word, &word.text, link) {
        return None;
    }
    let mut source = String::with_capacity(word.text.len());
    let mut rest = &*word.text;
    while let Some(first) = rest.chars().next() {
        let longest = compounds().iter().find(|(folded, _)| rest.starts_with(folded.as_str()));
        let (length, c) = longest.map_or((first.len_utf8(), first), |(folded, c)| (folded.len(), *c));
        source.push(c);
        rest = rest.get(length..).unwrap_or_default();
    }
    (*source != *word.text && reads_back(word, &source, link)).then_some(source)
}

/// Whether this is read as the word and nothing else.
fn reads_back(word: &Word, source: &str, link: bool) -> bool {
    let (sign, plain) = match word.form {
        Form::Hashtag => ("#", Form::Plain),
        Form::Mention => ("@", Form::Plain),
        Form::Cashtag => ("$", Form::Plain),
        form => ("", form),
    };
    let read = words(&format!("{sign}{source}"), Reading { plain, link });
    matches!(read.as_slice(), [only] if only == word)
}

/// Characters that are part of one token as they are and not in their folded form, with that form; the longest first.
fn compounds() -> &'static [(String, char)] {
    static COMPOUNDS: OnceLock<Vec<(String, char)>> = OnceLock::new();
    COMPOUNDS.get_or_init(|| {
        let chars = BLOCKS.iter().flat_map(|(from, to)| *from..=*to).filter_map(char::from_u32);
        let mut found: Vec<(String, char)> = chars.filter_map(compound).collect();
        found.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        found
    })
}

fn compound(c: char) -> Option<(String, char)> {
    let source = c.to_string();
    let folded = fold(&source);
    let is_one = |source: &str, folded: &str| {
        let read = words(source, Reading { plain: Form::Plain, link: false });
        matches!(read.as_slice(), [only] if *only.text == *folded)
    };
    let (inner, within) = (format!("a{source}b"), format!("a{folded}b"));
    let parted = |source: &str, folded: &str| is_one(source, folded) && !is_one(folded, folded);
    (folded != source && (parted(&source, &folded) || parted(&inner, &within))).then_some((folded, c))
}
