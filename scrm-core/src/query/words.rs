//! Which words is a term? Cut by the tokeniser that cuts texts, wildcards and all.
//!
//! Read [`words`] first.

use std::sync::Arc;

use super::{Form, Word};
use crate::text::{Text, Token, TokenKind};

/// Letters of a script nobody writes in, which stand for `*` and `?` while a term is cut into tokens.
const STAR: char = '\u{10600}';
const ONE: char = '\u{10601}';

/// How a term is to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// The form of plain words.
    pub(super) plain: Form,
    /// Whether it is looked for in links, which are cut in another way.
    pub(super) link: bool,
}

/// The words of a term or a phrase; none when it holds nothing that could be looked for.
pub(super) fn words(text: &str, reading: Reading) -> Vec<Word> {
    let mut found = Vec::new();
    if let Some(word) = simple(text, reading) {
        found.push(word);
        return found;
    }
    if !text.contains(['*', '?']) {
        cut(text, false, reading, &mut found);
        return found;
    }
    for chunk in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|chunk| !chunk.is_empty()) {
        let wild = chunk.contains(['*', '?']) && !is_link(chunk);
        if !wild {
            cut(chunk, false, reading, &mut found);
        } else if let Some(word) = tag(chunk).filter(|_| !reading.link) {
            found.push(word);
        } else {
            let lettered: String = chunk
                .chars()
                .map(|c| match c {
                    '*' => STAR,
                    '?' => ONE,
                    _ => c,
                })
                .collect();
            cut(&lettered, true, reading, &mut found);
        }
    }
    found
}

/// Whether nothing but wildcards stands in any of the words.
pub(super) fn is_anything(words: &[Word]) -> bool {
    words.iter().all(is_lone)
}

/// Whether a word is wildcards and nothing else.
pub(super) fn is_lone(word: &Word) -> bool {
    word.glob && word.text.chars().all(|c| matches!(c, '*' | '?'))
}

/// A link is written as it is, question marks and all.
fn is_link(chunk: &str) -> bool {
    let head = |prefix: &str| chunk.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    head("http://") || head("https://") || head("www.")
}

/// One word of ASCII letters and digits, or a tag of them: what most terms are.
fn simple(text: &str, reading: Reading) -> Option<Word> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let (form, name) = match text.as_bytes().first()? {
        b'#' if !reading.link => (Form::Hashtag, text.get(1..)?),
        b'@' if !reading.link => (Form::Mention, text.get(1..)?),
        _ => (reading.plain, text),
    };
    let tagged = matches!(form, Form::Hashtag | Form::Mention);
    let is_tag = form == Form::Mention || name.bytes().any(|byte| !byte.is_ascii_digit());
    if name.is_empty()
        || !name.bytes().all(is_name)
        || (tagged && !is_tag)
        || (reading.link && name.contains('_'))
    {
        return None;
    }
    Some(Word { form, text: lowered(name), glob: false })
}

fn lowered(name: &str) -> Arc<str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    }
}

/// A tag with wildcards, whose sign the tokeniser would part from them.
fn tag(chunk: &str) -> Option<Word> {
    let form = match chunk.chars().next()? {
        '#' => Form::Hashtag,
        '@' => Form::Mention,
        '$' => Form::Cashtag,
        _ => return None,
    };
    let name = chunk.get(1..)?;
    let fits = |c: char| matches!(c, '*' | '?' | '_') || c.is_alphanumeric();
    if name.is_empty() || !name.chars().all(fits) {
        return None;
    }
    Some(Word { form, text: glob(&crate::text::fold(name)).into(), glob: true })
}

/// A run of `*` is one.
fn glob(text: &str) -> String {
    let mut glob = String::with_capacity(text.len());
    for c in text.chars() {
        let c = match c {
            STAR => '*',
            ONE => '?',
            _ => c,
        };
        if !(c == '*' && glob.ends_with('*')) {
            glob.push(c);
        }
    }
    glob
}

fn cut(text: &str, wild: bool, reading: Reading, found: &mut Vec<Word>) {
    let cut = if reading.link { Text::of_link(text) } else { Text::new(text) };
    for (index, token) in cut.tokens().iter().enumerate() {
        let Some(folded) = cut.folded_token(index) else { continue };
        let form = match token.kind {
            TokenKind::Hashtag => Form::Hashtag,
            TokenKind::Mention => Form::Mention,
            TokenKind::Cashtag => Form::Cashtag,
            _ => reading.plain,
        };
        if wild && folded.contains([STAR, ONE]) {
            let text = glob(folded);
            if text != "*" || !touches(cut.tokens(), index, token) {
                found.push(Word { form, text: text.into(), glob: true });
            }
        } else {
            found.push(Word { form, text: folded.into(), glob: false });
        }
    }
}

/// Whether another token stands right before or behind: a `*` beside a character that is a token by itself can stand
/// for nothing, since it never crosses the end of a token.
fn touches(tokens: &[Token], index: usize, token: &Token) -> bool {
    let before = index.checked_sub(1).and_then(|before| tokens.get(before));
    let behind = tokens.get(index + 1);
    before.is_some_and(|before| before.span.end() == token.span.start())
        || behind.is_some_and(|behind| behind.span.start() == token.span.end())
}
