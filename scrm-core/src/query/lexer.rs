//! Which pieces is a query written in? Operators, parentheses, phrases and terms, with their places.

use crate::model::Span;

/// One piece of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Open,
    Close,
    And,
    Or,
    Not,
    /// The text between quotes; the flag says whether the closing one is there.
    Phrase(&'a str, bool),
    Term(&'a str),
}

/// Cuts a query into pieces.
pub(super) fn pieces(source: &str) -> Vec<(Piece<'_>, Span)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(first) = rest.chars().next() else { break };
        let length = if first.is_whitespace() || first.is_control() {
            first.len_utf8()
        } else {
            let (piece, length) = piece(rest, first);
            pieces.push((piece, Span::new(at, at + length)));
            length
        };
        at += length.max(1);
    }
    pieces
}

fn piece(rest: &str, first: char) -> (Piece<'_>, usize) {
    match first {
        '(' => (Piece::Open, 1),
        ')' => (Piece::Close, 1),
        '"' | '\u{201C}' | '\u{201D}' => phrase(rest, first),
        '-' if rest.chars().nth(1).is_some_and(|c| !c.is_whitespace() && c != ')' && c != '-') => {
            (Piece::Not, 1)
        }
        _ => {
            let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\u{201C}' | '\u{201D}');
            let word = rest.split(ends).next().unwrap_or(rest);
            // `:(` and `:)` are faces, and faces can be asked for.
            let face =
                [":(", ":)", ":-(", ":-)", ";)", "=)", "=("].into_iter().find(|face| rest.starts_with(face));
            let word = match face {
                Some(face) if word.len() < face.len() => face,
                _ => word,
            };
            let piece = match word {
                "AND" => Piece::And,
                "OR" | "|" => Piece::Or,
                "NOT" => Piece::Not,
                _ => Piece::Term(word),
            };
            (piece, word.len())
        }
    }
}

/// Straight and curly quotes are one: word processors change them behind people's backs.
fn phrase(rest: &str, open: char) -> (Piece<'_>, usize) {
    let from = open.len_utf8();
    let inner = rest.get(from..).unwrap_or_default();
    match inner.char_indices().find(|(_, c)| matches!(c, '"' | '\u{201C}' | '\u{201D}')) {
        Some((at, close)) => {
            (Piece::Phrase(inner.get(..at).unwrap_or_default(), true), from + at + close.len_utf8())
        }
        None => (Piece::Phrase(inner, false), rest.len()),
    }
}
