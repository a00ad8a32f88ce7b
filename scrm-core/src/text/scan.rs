//! Where does a word end? One pass over the text, chunk by chunk between white space.

use unicode_normalization::char::is_combining_mark;

use super::{TokenKind, emoji};
use crate::model::Span;

/// Faces made of punctuation. Each stands alone: white space or an end on both sides, or closing punctuation behind.
const EMOTICONS: &[&str] = &[
    ":-)", ":-(", ":-D", ":-P", ":-/", ":-|", ":'(", ":')", ";-)", ">:(", ":)", ":(", ":D", ":P", ":p", ":/",
    ":|", ";)", ":o", ":O", "=)", "=(", "<3", "</3", "xD", "XD", "-_-", "^_^", "D:",
];

/// Calls `token` for every token of `source`, in order.
pub(super) fn scan(source: &str, token: &mut dyn FnMut(Span, TokenKind)) {
    let mut start = None;
    for (at, c) in source.char_indices() {
        match (start, is_space(c)) {
            (None, false) => start = Some(at),
            (Some(from), true) => {
                chunk(source, from, at, token);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        chunk(source, from, source.len(), token);
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// One stretch without white space.
fn chunk(source: &str, from: usize, to: usize, token: &mut dyn FnMut(Span, TokenKind)) {
    let mut at = from;
    // A word before the cursor forbids signs: `a@b` is no mention.
    let mut after_word = false;
    while let Some(rest) = source.get(at..to).filter(|rest| !rest.is_empty()) {
        let (length, kind) = next(rest, after_word, at == from);
        if let Some(kind) = kind {
            emit(source, at, length, kind, token);
        }
        after_word = matches!(kind, Some(TokenKind::Word | TokenKind::Number));
        at += length.max(1);
    }
}

/// The token that `rest` begins with and its length; without a kind, what is to be passed over.
fn next(rest: &str, after_word: bool, at_start: bool) -> (usize, Option<TokenKind>) {
    let Some(first) = rest.chars().next() else { return (rest.len(), None) };
    if first.is_ascii_alphanumeric() && !after_word {
        if let Some(length) = url(rest) {
            return (length, Some(TokenKind::Url));
        }
        if let Some(length) = email(rest) {
            return (length, Some(TokenKind::Email));
        }
    }
    if at_start && let Some(length) = emoticon(rest) {
        return (length, Some(TokenKind::Emoticon));
    }
    if matches!(first, '#' | '@' | '$') && !after_word {
        if let Some((length, kind)) = signed(rest, first) {
            return (length, Some(kind));
        }
        return (1, None);
    }
    if is_unspaced(first) {
        return (first.len_utf8() + marks(rest, first.len_utf8()), Some(TokenKind::Word));
    }
    if is_word(first) {
        return word(rest);
    }
    match emoji::length(rest) {
        0 if emoticon(rest).is_some() => (emoticon(rest).unwrap_or(1), Some(TokenKind::Emoticon)),
        0 => (first.len_utf8(), None),
        length => (length, Some(TokenKind::Emoji)),
    }
}

/// A possessive `'s` is no part of the word before it.
fn emit(source: &str, at: usize, length: usize, kind: TokenKind, token: &mut dyn FnMut(Span, TokenKind)) {
    let raw = source.get(at..at + length).unwrap_or_default();
    let kept = match kind {
        TokenKind::Word => ["'s", "'S", "\u{2019}s", "\u{2019}S"]
            .iter()
            .find_map(|tail| raw.strip_suffix(tail))
            .unwrap_or(raw),
        _ => raw,
    };
    if !kept.is_empty() {
        token(Span::new(at, at + kept.len()), kind);
    }
}

/// Scripts that write no spaces: each character is a token, and a query's word a run of them.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3041}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9D}' | '\u{20000}'..='\u{3FFFF}')
        && !is_combining_mark(c)
        && c.is_alphanumeric()
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c))
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}')
}

fn marks(rest: &str, from: usize) -> usize {
    let tail = rest.get(from..).unwrap_or_default();
    tail.chars().take_while(|c| is_combining_mark(*c)).map(char::len_utf8).sum()
}

/// A run of word characters; an apostrophe between letters and a point or comma between digits belong to it.
fn word(rest: &str) -> (usize, Option<TokenKind>) {
    let mut end = 0;
    let mut digits = true;
    let mut last = ' ';
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let joins = (is_apostrophe(c) && last.is_alphabetic() && next.is_some_and(char::is_alphabetic))
            || (matches!(c, '.' | ',') && last.is_numeric() && next.is_some_and(char::is_numeric));
        if !joins && (!is_word(c) || is_unspaced(c)) {
            break;
        }
        digits &= c.is_numeric() || joins;
        last = c;
        end = at + c.len_utf8();
    }
    (end, Some(if digits { TokenKind::Number } else { TokenKind::Word }))
}

/// `#tag`, `@handle` or `$CASH`; a number behind the sign is no name (`#1`, `$20`).
fn signed(rest: &str, sign: char) -> Option<(usize, TokenKind)> {
    let name = rest.get(1..)?;
    let fits = |c: char| match sign {
        '@' => c.is_ascii_alphanumeric() || c == '_' || (!c.is_ascii() && c.is_alphanumeric()),
        '#' => is_word(c),
        _ => c.is_ascii_alphabetic(),
    };
    let length: usize = name.chars().take_while(|c| fits(*c)).map(char::len_utf8).sum();
    let name = name.get(..length)?;
    if name.is_empty() || (sign != '@' && name.chars().all(char::is_numeric)) {
        return None;
    }
    let kind = match sign {
        '@' => TokenKind::Mention,
        '#' => TokenKind::Hashtag,
        _ => TokenKind::Cashtag,
    };
    Some((1 + length, kind))
}

/// A link: a scheme or `www.`, up to the white space, less the punctuation that closes the sentence.
fn url(rest: &str) -> Option<usize> {
    let head = |prefix: &str| rest.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    if !(head("http://") || head("https://") || head("www.")) {
        return None;
    }
    let trimmed = rest
        .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '"', '\u{2026}', '\u{201D}']);
    (trimmed.len() > 8).then_some(trimmed.len())
}

/// An address: `local@host.domain`.
fn email(rest: &str) -> Option<usize> {
    let at = rest.find('@')?;
    let local = rest.get(..at)?;
    let is_local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    if local.len() > 64 || !local.chars().all(is_local) {
        return None;
    }
    let host = rest.get(at + 1..)?;
    let length: usize =
        host.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '-')).map(char::len_utf8).sum();
    let host = host.get(..length)?.trim_end_matches(['.', '-']);
    let (name, top) = host.rsplit_once('.')?;
    (!name.is_empty() && top.len() >= 2 && top.chars().all(char::is_alphabetic))
        .then_some(at + 1 + host.len())
}

fn emoticon(rest: &str) -> Option<usize> {
    let face = EMOTICONS.iter().find(|face| rest.starts_with(**face))?;
    let closed = rest
        .get(face.len()..)?
        .chars()
        .next()
        .is_none_or(|c| !is_word(c) && !matches!(c, '/' | ':' | '@' | '#'));
    closed.then_some(face.len())
}
