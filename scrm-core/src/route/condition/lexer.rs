//! What are the words and signs of a condition, and where do they stand?

use crate::model::Span;

/// A word or sign of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name, keyword or bare value.
    Word(String),
    /// A text in quotes, without them.
    Quoted(String),
    /// A regular expression between slashes, without them.
    Regex(String),
    /// A number.
    Number(f64),
    /// `( ) [ ] , = != < <= > >=`
    Sign(&'static str),
    /// Something that has no place in a condition: what it is, and the way out.
    Bad(String, &'static str),
}

const SIGNS: [&str; 11] = ["!=", "<=", ">=", "(", ")", "[", "]", ",", "=", "<", ">"];
/// Signs of other languages, and what they are here.
const FOREIGN: [(&str, &str); 5] = [
    ("==", "write `=` between numbers and `is` between names"),
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("!", "write `not`, or `!=` between numbers"),
    ("'", "quote with \"…\""),
];

/// Cuts a condition into words and signs.
pub(super) fn tokens(text: &str) -> Vec<(Token, Span)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (token, length) = next(rest);
        if let Some(token) = token {
            found.push((token, Span::new(at, at + length)));
        }
        at += length;
    }
    found
}

/// The token at the start of a text that is not empty, if it is no space, and its length in bytes.
fn next(rest: &str) -> (Option<Token>, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    if first.is_whitespace() {
        return (None, first.len_utf8());
    }
    if first == '"' {
        let (token, length) = quoted(rest);
        return (Some(token), length);
    }
    if first == '/' {
        let (token, length) = regex(rest);
        return (Some(token), length);
    }
    let run: usize = rest.chars().take_while(|c| is_wordy(*c)).map(char::len_utf8).sum();
    if let Some(word) = rest.get(..run).filter(|word| !word.is_empty()) {
        return (Some(number(word).unwrap_or_else(|| Token::Word(word.to_owned()))), run);
    }
    let starts = |sign: &str| rest.starts_with(sign);
    let foreign = FOREIGN.iter().find(|(sign, _)| starts(sign) && (*sign != "!" || !starts("!=")));
    if let Some((sign, help)) = foreign {
        return (Some(Token::Bad((*sign).to_owned(), help)), sign.len());
    }
    match SIGNS.into_iter().find(|sign| starts(sign)) {
        Some(sign) => (Some(Token::Sign(sign)), sign.len()),
        None => {
            let bad = Token::Bad(
                first.to_string(),
                "a condition has words, \"texts\", numbers and ( ) [ ] , = < >",
            );
            (Some(bad), first.len_utf8())
        }
    }
}

fn is_wordy(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// A number is digits, with a sign and a point if need be: no exponent, no `inf`.
fn number(word: &str) -> Option<Token> {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let digits = word.strip_prefix('-').unwrap_or(word);
    let good = match digits.split_once('.') {
        Some((whole, fraction)) => plain(whole) && plain(fraction),
        None => plain(digits),
    };
    good.then(|| word.parse().ok()).flatten().map(|number: f64| Token::Number(number))
}

fn quoted(rest: &str) -> (Token, usize) {
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (Token::Quoted(value), at + 1),
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, 'u')) => {
                    let code = (0..4).try_fold(0, |code, _| {
                        chars.next().and_then(|(_, c)| c.to_digit(16)).map(|digit| code * 16 + digit)
                    });
                    value.extend(code.and_then(char::from_u32));
                }
                Some((_, c)) => value.push(c),
                None => break,
            },
            c => value.push(c),
        }
    }
    (Token::Bad(rest.chars().take(20).collect(), "close the quotes with \""), rest.len())
}

/// `/…/`, in which `\/` is a slash.
fn regex(rest: &str) -> (Token, usize) {
    let mut source = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '/' => return (Token::Regex(source), at + 1),
            '\\' => match chars.next() {
                Some((_, '/')) => source.push('/'),
                Some((_, c)) => source.extend(['\\', c]),
                None => break,
            },
            c => source.push(c),
        }
    }
    (Token::Bad(rest.chars().take(20).collect(), "close the regular expression with /"), rest.len())
}
