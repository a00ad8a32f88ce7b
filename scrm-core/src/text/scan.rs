//! Where does a word end? One pass over the bytes; what is not plain is left to the grammar.
//!
//! What most texts are made of, words of ASCII letters with simple signs about them, is cut here by a table of bytes.
//! Wherever the next few bytes do not settle what a token is, [`chunk`] cuts the stretch up to the next white space; it
//! knows the whole grammar and is the slow twin of this file (a property test holds the two together).

use super::grammar::chunk;
use super::letter::is_space;
use super::{Text, TokenKind};
use crate::model::Span;

/// What a byte is to a tokeniser.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    /// White space or control.
    Space,
    /// A letter, a digit or `_`.
    Word,
    /// `#`, `@` or `$`.
    Sign,
    /// Parts words, and begins nothing.
    Mark,
    /// May begin a face.
    Face,
    /// Part of a character beyond ASCII.
    Wide,
}

static BYTES: [Byte; 256] = {
    let mut table = [Byte::Mark; 256];
    let mut at = 0;
    while at < table.len() {
        #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            table[at] = match at as u8 {
                0..=b' ' | 0x7F => Byte::Space,
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => Byte::Word,
                b'#' | b'@' | b'$' => Byte::Sign,
                b':' | b';' | b'=' | b'<' | b'>' | b'-' | b'^' => Byte::Face,
                0x80.. => Byte::Wide,
                _ => Byte::Mark,
            };
        }
        at += 1;
    }
    table
};

/// Appends every token of the text's source, in order.
pub(super) fn scan(text: &mut Text<'_>) {
    let bytes = text.source.as_bytes();
    let mut at = 0;
    // Where the stretch without white space began.
    let mut from = 0;
    while let Some(byte) = class(bytes, at) {
        let plain = match byte {
            Byte::Space => {
                from = at + 1;
                Some(at + 1)
            }
            Byte::Mark => Some(at + 1),
            Byte::Face => face(bytes, at),
            Byte::Sign => signed(text, bytes, at),
            Byte::Word => word(text, bytes, at, at == from),
            Byte::Wide => match bytes.get(at..at + 2) {
                Some([lead, trail]) if is_plain_letter(*lead, *trail) => word(text, bytes, at, false),
                _ => None,
            },
        };
        at = plain.unwrap_or_else(|| {
            let to = end_of_chunk(text.source, at);
            chunk(text, from, at, to);
            from = behind_space(text.source, to);
            from
        });
    }
}

/// The slow twin of [`scan`].
#[cfg(test)]
pub(super) fn scan_plainly(text: &mut Text<'_>) {
    let mut at = 0;
    while at < text.source.len() {
        let to = end_of_chunk(text.source, at);
        chunk(text, at, at, to);
        at = behind_space(text.source, to);
    }
}

#[inline]
fn class(bytes: &[u8], at: usize) -> Option<Byte> {
    bytes.get(at).and_then(|byte| BYTES.get(usize::from(*byte))).copied()
}

/// The class of the byte at `at`; the end is a space.
fn class_or_end(bytes: &[u8], at: usize) -> Byte {
    class(bytes, at).unwrap_or(Byte::Space)
}

fn end_of_chunk(source: &str, at: usize) -> usize {
    source.get(at..).and_then(|rest| rest.find(is_space)).map_or(source.len(), |length| at + length)
}

fn behind_space(source: &str, at: usize) -> usize {
    at + source.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

/// The end of the run of word bytes at `at`.
#[inline]
fn run(bytes: &[u8], at: usize) -> usize {
    let tail = bytes.get(at..).unwrap_or_default();
    let other = tail.iter().position(|byte| BYTES.get(usize::from(*byte)) != Some(&Byte::Word));
    at + other.unwrap_or(tail.len())
}

/// The end of the run of word bytes and plain letters of two bytes at `at`.
#[inline]
fn wide_run(bytes: &[u8], at: usize) -> usize {
    let mut end = run(bytes, at);
    while let Some([lead, trail]) = bytes.get(end..end + 2)
        && is_plain_letter(*lead, *trail)
    {
        end += 2;
        if class(bytes, end) == Some(Byte::Word) {
            end = run(bytes, end);
        }
    }
    end
}

/// Whether two bytes are a letter of Latin, Cyrillic or Arabic that [`super::letter`] knows without a table.
fn is_plain_letter(lead: u8, trail: u8) -> bool {
    match lead {
        0xC3 => trail != 0x97 && trail != 0xB7,
        0xC4 | 0xC5 | 0xD0 => true,
        0xD1 => trail <= 0x9F,
        0xD8 => trail >= 0xA0,
        0xD9 => trail <= 0x8A,
        _ => false,
    }
}

/// What may begin a face begins none when the next byte is the second of none.
fn face(bytes: &[u8], at: usize) -> Option<usize> {
    let second = bytes.get(at + 1).copied().unwrap_or(b' ');
    let may = matches!(
        second,
        b'-' | b')' | b'(' | b'\'' | b':' | b'/' | b'|' | b'_' | b'3' | b'D' | b'P' | b'p' | b'o' | b'O'
    );
    (!may).then_some(at + 1)
}

/// A sign with a name of ASCII behind it, or none.
fn signed(text: &mut Text<'_>, bytes: &[u8], at: usize) -> Option<usize> {
    let sign = bytes.get(at)?;
    let end = match sign {
        b'$' => {
            let tail = bytes.get(at + 1..)?;
            at + 1 + tail.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(tail.len())
        }
        _ => run(bytes, at + 1),
    };
    if class_or_end(bytes, end) == Byte::Wide {
        return None;
    }
    let kind = match sign {
        b'@' => TokenKind::Mention,
        b'#' => TokenKind::Hashtag,
        _ => TokenKind::Cashtag,
    };
    let name = bytes.get(at + 1..end)?;
    if name.is_empty() || (kind == TokenKind::Hashtag && name.iter().all(u8::is_ascii_digit)) {
        return Some(at + 1);
    }
    text.push_ascii(at, at + 1, end, kind);
    Some(end)
}

/// Whether a byte is a letter or, in what was found to be one, part of a letter.
fn is_alphabetic(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii()
}

/// A word or number that stands between white space and simple marks.
fn word(text: &mut Text<'_>, bytes: &[u8], at: usize, at_start: bool) -> Option<usize> {
    let mut end = wide_run(bytes, at);
    let mut kept = end;
    let first = *bytes.get(at)?;
    let behind = loop {
        let Some(behind) = bytes.get(end).copied() else { break end };
        let next = bytes.get(end + 1).copied().unwrap_or(b' ');
        match behind {
            b' ' => break end,
            b'\'' => {
                let before = bytes.get(end - 1).is_some_and(|byte| is_alphabetic(*byte));
                let wide = bytes.get(end + 1..end + 3);
                if !next.is_ascii() && !matches!(wide, Some([lead, trail]) if is_plain_letter(*lead, *trail))
                {
                    return None;
                }
                if !(before && is_alphabetic(next)) {
                    break end + 1;
                }
                let apostrophe = end;
                end = wide_run(bytes, end + 1);
                let possessive = end == apostrophe + 2 && matches!(next, b's' | b'S');
                kept = if possessive { apostrophe } else { end };
            }
            // `3.5`, `www.example`, `a.b@c`: only what closes the sentence is plain.
            b'.' => {
                let tail = bytes.get(end..)?;
                let closing =
                    tail.iter().position(|byte| !matches!(byte, b'.' | b',' | b'!' | b'?' | b'"' | b')'));
                let behind = closing.map_or(bytes.len(), |closing| end + closing);
                if class_or_end(bytes, behind) != Byte::Space {
                    return None;
                }
                break behind;
            }
            b',' if next.is_ascii_digit() || !next.is_ascii() => return None,
            b':' if next == b'/' => return None,
            b'@' => return None,
            b'%' | b'+' | b'-' if next > b' ' => return None,
            // A sign right behind a word is none.
            b'#' | b'$' => break end + 1,
            0x80.. => return None,
            _ => break end,
        }
    };
    if at_start && matches!((first, bytes.get(at + 1)), (b'x' | b'X', Some(b'D')) | (b'D', Some(b':'))) {
        return None;
    }
    let number = first.is_ascii_digit() && bytes.get(at..end)?.iter().all(u8::is_ascii_digit);
    match first.is_ascii() && bytes.get(at..kept)?.is_ascii() {
        true => text.push_ascii(at, at, kept, if number { TokenKind::Number } else { TokenKind::Word }),
        false => text.push(Span::new(at, kept), TokenKind::Word),
    }
    Some(behind)
}
