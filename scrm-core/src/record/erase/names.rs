//! By which words is a person known, and where do they stand in a text?

use std::collections::BTreeSet;
use std::fmt::Write;

use unicode_normalization::UnicodeNormalization;

use crate::model::{Identity, IdentityKey, Span};

/// What an account is called: ids, handles, names, addresses, as seen in the events that are erased.
#[derive(Debug, Default)]
pub(in crate::record) struct Names {
    /// Ids and handles, which are nobody else's.
    own: BTreeSet<Vec<char>>,
    /// Those, and display names.
    all: BTreeSet<Vec<char>>,
    /// With which letters they begin.
    first: BTreeSet<char>,
}

/// What takes the place of each character of a name.
const BLOCK: char = '█';

impl Names {
    pub(super) fn add_key(&mut self, key: &IdentityKey) {
        self.add(key.native_id.as_str(), true);
    }

    pub(super) fn add_identity(&mut self, identity: &Identity) {
        self.add_key(&identity.key);
        for own in [&identity.handle, &identity.url].into_iter().flatten() {
            self.add(own, true);
        }
        if let Some(name) = &identity.name {
            self.add(name, false);
        }
    }

    /// Takes a name up, unless it is so short that it would be found in other words.
    pub(super) fn add(&mut self, name: &str, own: bool) {
        let name: Vec<char> =
            name.trim().trim_start_matches('@').chars().flat_map(char::to_lowercase).collect();
        let least = if name.iter().all(char::is_ascii) { 3 } else { 2 };
        if name.len() < least {
            return;
        }
        if own {
            self.own.insert(name.clone());
        }
        self.first.extend(name.first());
        self.all.insert(name);
    }

    /// Whether an id or a handle stands in a raw record, as it is, composed otherwise, or escaped as in JSON.
    pub(in crate::record) fn stand_in(&self, raw: &str) -> bool {
        let plain: Vec<char> = raw.chars().flat_map(char::to_lowercase).collect();
        let composed: Vec<char> = raw.nfkc().flat_map(char::to_lowercase).collect();
        self.own.iter().any(|name| {
            let of_name: Vec<char> = name.iter().copied().nfkc().collect();
            has(&plain, name) || has(&composed, &of_name) || has(&plain, &escaped(name))
        })
    }

    /// Whether a text is one of the names, or holds one as a word.
    pub(super) fn occur_in(&self, text: &str) -> bool {
        !self.places(text).is_empty()
    }

    /// Where the names stand in a text, in order, none over another.
    pub(super) fn places(&self, text: &str) -> Vec<Span> {
        // Each character in lower case, with the bytes of the text that it stands for.
        let (mut letters, mut bytes) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len()));
        for (start, letter) in text.char_indices() {
            for lower in letter.to_lowercase() {
                letters.push(lower);
                bytes.push((start, start + letter.len_utf8()));
            }
        }
        let mut found: Vec<(usize, usize)> = Vec::new();
        for (place, _) in letters.iter().enumerate().filter(|(_, letter)| self.first.contains(*letter)) {
            for name in self.all.iter().filter(|name| is_at(&letters, place, name)) {
                let ends = bytes.get(place).zip(bytes.get(place + name.len() - 1));
                found.extend(ends.map(|((start, _), (_, end))| (*start, *end)));
            }
        }
        found.sort_unstable();
        let mut merged: Vec<(usize, usize)> = Vec::new();
        for (start, end) in found {
            match merged.last_mut() {
                Some((_, last)) if start < *last => *last = end.max(*last),
                _ => merged.push((start, end)),
            }
        }
        merged.into_iter().map(|(start, end)| Span::new(start, end)).collect()
    }

    /// The text with every name blocked out, and where its other places are then.
    pub(super) fn redacted(&self, text: &str) -> Redacted {
        let places = self.places(text);
        let mut out = String::with_capacity(text.len());
        let mut moved = Vec::new();
        let mut done = 0;
        for place in places {
            out.push_str(text.get(done..place.start()).unwrap_or_default());
            for (offset, _) in place.of(text).unwrap_or_default().char_indices() {
                moved.push((place.start() + offset, out.len()));
                out.push(BLOCK);
            }
            moved.push((place.end(), out.len()));
            done = place.end();
        }
        out.push_str(text.get(done..).unwrap_or_default());
        Redacted { text: out, moved }
    }
}

/// Whether a name that ends in `edge` can end here: no letter of a script that has words goes on, with or without `_`.
fn ends(edge: Option<&char>, next: Option<char>, beyond: Option<char>) -> bool {
    let in_word = |letter: char| letter.is_alphanumeric() && letter < '\u{2E80}';
    let next = if next == Some('_') { beyond } else { next };
    !(next.is_some_and(in_word) && edge.copied().is_some_and(in_word))
}

/// Whether a name stands at a place of a text, as a word.
fn is_at(text: &[char], place: usize, name: &[char]) -> bool {
    let before = |count| place.checked_sub(count).and_then(|place| text.get(place)).copied();
    let after = |count| text.get(place + name.len() + count).copied();
    text.get(place..place + name.len()) == Some(name)
        && ends(name.first(), before(1), before(2))
        && ends(name.last(), after(0), after(1))
}

fn has(text: &[char], name: &[char]) -> bool {
    (0..text.len()).any(|place| is_at(text, place, name))
}

/// As JSON writes it when it is kept to ASCII.
fn escaped(name: &[char]) -> Vec<char> {
    let mut out = String::new();
    for letter in name {
        if letter.is_ascii() {
            out.push(*letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out.chars().collect()
}

/// A text without names.
pub(super) struct Redacted {
    pub(super) text: String,
    /// Bytes of the old text and of the new: within each name every character, and where it ends.
    moved: Vec<(usize, usize)>,
}

impl Redacted {
    /// Where a place of the old text is in the new one.
    pub(super) fn place(&self, span: Span) -> Span {
        Span::new(self.offset(span.start()), self.offset(span.end()))
    }

    fn offset(&self, old: usize) -> usize {
        let after = self.moved.partition_point(|(place, _)| *place <= old);
        match after.checked_sub(1).and_then(|last| self.moved.get(last)) {
            // Inside a name this is a character's own place; after one, so much further.
            Some((from, to)) => to + (old - from),
            None => old,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NativeId, Source};

    fn names(handle: &str, name: &str) -> Names {
        let mut identity = Identity::new(Source::new("x").unwrap(), NativeId::new("77001").unwrap());
        identity.handle = Some(handle.to_owned());
        identity.name = Some(name.to_owned());
        let mut names = Names::default();
        names.add_identity(&identity);
        names
    }

    #[test]
    fn names_are_found_as_words() {
        let cases = [
            ("@Ana_says hello", "@████████ hello"),
            ("ana_says, ANA_SAYS; ana_says2 xana_says", "████████, ████████; ana_says2 xana_says"),
            ("by José Núñez and josé núñez.", "by ██████████ and ██████████."),
            ("id 77001 and 770012", "id █████ and 770012"),
            ("_ana_says_ but not ana_says_2 nor _77001_a", "_████████_ but not ana_says_2 nor _77001_a"),
            ("nothing", "nothing"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(names("ana_says", "José Núñez").redacted(text).text, expected);
        }
        assert_eq!(names("王芳", "x").redacted("我是王芳说").text, "我是██说");
        // Too short to be looked for.
        assert_eq!(names("al", "Al").redacted("al all").text, "al all");
    }

    #[test]
    fn places_move_with_the_text() {
        let text = "é ana_says ü ana_says!";
        let redacted = names("ana_says", "x").redacted(text);
        for (word, becomes) in [("é", "é"), ("ü", "ü"), ("!", "!"), ("ana_says", "████████"), ("a_s", "███")]
        {
            let start = text.find(word).unwrap();
            let span = redacted.place(Span::new(start, start + word.len()));
            assert_eq!(span.of(&redacted.text), Some(becomes), "{word}");
        }
    }

    #[test]
    fn raw_records_are_searched_in_every_form() {
        let names = names("ána_says", "Nobody Else");
        for raw in
            ["{\"u\":\"ána_says\"}", "{\"u\":\"A\u{301}na_says\"}", r#"{"u":"\u00e1na_says"}"#, "@77001:"]
        {
            assert!(names.stand_in(raw), "{raw}");
        }
        assert!(!names.stand_in("nobody else wrote ána_says2"), "a display name is somebody else's as well");
    }
}
