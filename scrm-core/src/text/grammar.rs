//! What does a stretch without white space begin with? The grammar of tokens, for any script.

use super::letter::{
    ZERO_WIDTH_SPACE, is_apostrophe, is_hidden, is_invisible, is_joiner, is_plain_letter, is_unspaced,
    is_word, marks, sign,
};
use super::{Text, TokenKind, emoji};
use crate::model::Span;

/// Faces made of punctuation. Each stands alone: white space or an end on both sides, or closing punctuation behind.
const EMOTICONS: &[&str] = &[
    ":-)", ":-(", ":-D", ":-P", ":-/", ":-|", ":'(", ":')", ";-)", ">:(", ":)", ":(", ":D", ":P", ":p", ":/",
    ":|", ";)", ":o", ":O", "=)", "=(", "<3", "</3", "xD", "XD", "-_-", "^_^", "D:",
];

/// The longest local part of an address (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL: usize = 64;

/// Cuts the rest of a stretch without white space: `source[at..to]` of a stretch that began at `from`. No word ends
/// right before `at`.
pub(super) fn chunk(text: &mut Text<'_>, from: usize, at: usize, to: usize) {
    let source = text.source;
    let (mut from, mut at) = (from, at);
    // A word before the cursor forbids signs: `a@b` is no mention.
    let mut after_word = false;
    while let Some(rest) = source.get(at..to) {
        let Some(first) = rest.chars().next() else { return };
        if is_invisible(first) || is_joiner(first) {
            from += if from == at { first.len_utf8() } else { 0 };
            at += first.len_utf8();
            continue;
        }
        let (length, kind) = next(rest, first, after_word, at == from);
        if let Some(kind) = kind {
            emit(text, at, rest.get(..length).unwrap_or_default(), kind);
        }
        after_word = matches!(kind, Some(TokenKind::Word | TokenKind::Number));
        at += length.max(1);
    }
}

/// The token that `rest` begins with and its length; without a kind, what is to be passed over.
fn next(rest: &str, first: char, after_word: bool, at_start: bool) -> (usize, Option<TokenKind>) {
    if first.is_ascii_alphanumeric() && !after_word {
        if let Some(length) = url(rest) {
            return (length, Some(TokenKind::Url));
        }
        if let Some(length) = email(rest) {
            return (length, Some(TokenKind::Email));
        }
    }
    if at_start && let Some(length) = emoticon(rest, first) {
        return (length, Some(TokenKind::Emoticon));
    }
    if !after_word && let Some(sign) = sign(first) {
        return match signed(rest, first.len_utf8(), sign) {
            Some((length, kind)) => (length, Some(kind)),
            None => (first.len_utf8(), None),
        };
    }
    if is_unspaced(first) {
        return (first.len_utf8() + marks(rest, first.len_utf8()), Some(TokenKind::Word));
    }
    if is_word(first) {
        let (length, kind) = word(rest);
        return (length, Some(kind));
    }
    match emoji::length(rest) {
        0 => match emoticon(rest, first) {
            Some(length) => (length, Some(TokenKind::Emoticon)),
            None => (first.len_utf8(), None),
        },
        length => (length, Some(TokenKind::Emoji)),
    }
}

/// A possessive `'s` is no part of the word before it.
fn emit(text: &mut Text<'_>, at: usize, raw: &str, kind: TokenKind) {
    let kept = match kind {
        TokenKind::Word => {
            let bare = raw.strip_suffix(['s', 'S']).map(|raw| raw.trim_end_matches(is_invisible));
            let bare = bare.and_then(|raw| raw.strip_suffix(['\'', '\u{2019}']));
            bare.map_or(raw, |raw| raw.trim_end_matches(is_invisible))
        }
        _ => raw,
    };
    if !kept.is_empty() {
        text.push(Span::new(at, at + kept.len()), kind);
    }
}

/// A run of word characters; an apostrophe between letters and a point or comma between digits belong to it.
fn word(rest: &str) -> (usize, TokenKind) {
    let mut end = 0;
    let mut digits = true;
    let mut last = ' ';
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        if is_plain_letter(c) {
            (digits, last, end) = (false, c, at + c.len_utf8());
            continue;
        }
        if is_hidden(c, last) {
            continue;
        }
        let belongs: fn(char) -> bool = if is_apostrophe(c) && last.is_alphabetic() {
            char::is_alphabetic
        } else if matches!(c, '.' | ',') && last.is_numeric() {
            char::is_numeric
        } else if is_word(c) && !is_unspaced(c) {
            digits = digits && c.is_numeric();
            (last, end) = (c, at + c.len_utf8());
            continue;
        } else {
            break;
        };
        let following = chars.clone().map(|(_, next)| next).find(|next| !is_hidden(*next, last));
        if !following.is_some_and(belongs) {
            // U+02BC is an apostrophe and a letter as well.
            if !is_word(c) {
                break;
            }
            digits = false;
        }
        (last, end) = (c, at + c.len_utf8());
    }
    (end, if digits { TokenKind::Number } else { TokenKind::Word })
}

/// `#tag`, `@handle` or `$CASH`; a number behind the sign is no name (`#1`, `$20`). `from`: the bytes of the sign.
fn signed(rest: &str, from: usize, sign: char) -> Option<(usize, TokenKind)> {
    let (kind, fits): (_, fn(char) -> bool) = match sign {
        '@' => (TokenKind::Mention, |c| c == '_' || c.is_alphanumeric()),
        '#' => (TokenKind::Hashtag, is_word),
        _ => (TokenKind::Cashtag, |c| c.is_ascii_alphabetic()),
    };
    let mut end = 0;
    let mut digits = true;
    let mut last = ' ';
    for (at, c) in rest.get(from..)?.char_indices() {
        if end == 0 && c == ZERO_WIDTH_SPACE {
            return None;
        }
        // A name that was set apart by directions ends with them.
        if end > 0 && matches!(c, '\u{202C}' | '\u{2069}') {
            break;
        }
        if is_hidden(c, last) {
            continue;
        }
        if !fits(c) {
            break;
        }
        digits = digits && c.is_numeric();
        (last, end) = (c, at + c.len_utf8());
    }
    (end > 0 && (kind == TokenKind::Mention || !digits)).then_some((from + end, kind))
}

/// A link: a scheme or `www.`, up to the white space, less the punctuation that closes the sentence.
fn url(rest: &str) -> Option<usize> {
    let head = |prefix: &str| {
        let head = rest.as_bytes().get(..prefix.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    if !matches!(rest.bytes().next(), Some(b'h' | b'H' | b'w' | b'W'))
        || !(head("http://") || head("https://") || head("www."))
    {
        return None;
    }
    let closes = |c: char| {
        matches!(
            c,
            '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '\'' | '"' | '\u{2026}' | '\u{201D}'
        ) || is_invisible(c)
    };
    let trimmed = rest.trim_end_matches(closes);
    (trimmed.len() > 8).then_some(trimmed.len())
}

/// An address: `local@host.domain`.
fn email(rest: &str) -> Option<usize> {
    let is_local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let mut chars = rest.char_indices();
    let (at, _) = chars.find(|(at, c)| *at > MAX_LOCAL || !is_local(*c)).filter(|(_, c)| *c == '@')?;
    let host = chars.as_str();
    let length = host.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(host.len());
    let host = host.get(..length)?.trim_end_matches(['.', '-']);
    let (name, top) = host.rsplit_once('.')?;
    (!name.is_empty() && top.len() >= 2 && top.chars().all(char::is_alphabetic))
        .then_some(at + 1 + host.len())
}

fn emoticon(rest: &str, first: char) -> Option<usize> {
    if !matches!(first, ':' | ';' | '=' | '<' | '>' | 'x' | 'X' | 'D' | '-' | '^') {
        return None;
    }
    let face = EMOTICONS.iter().find(|face| rest.starts_with(**face))?;
    let closed = rest
        .get(face.len()..)?
        .chars()
        .next()
        .is_none_or(|c| !is_word(c) && !matches!(c, '/' | ':' | '@' | '#'));
    closed.then_some(face.len())
}
