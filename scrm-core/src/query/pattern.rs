//! When does one word, literal or expression of a query stand in a text? The rules that need no index.
//!
//! The plain evaluator and the index both come here once they know where to look.

use std::sync::Arc;

use unicode_normalization::char::is_combining_mark;

use super::document::ZoneText;
use super::{Form, Regex, Word};
use crate::text::{TokenKind, fold, unaccented};

/// Whether `text` is what `glob` says: `*` any run of characters, `?` one character with its marks.
pub(super) fn globs(glob: &str, text: &str) -> bool {
    let (mut pattern, mut rest) = (glob, text);
    // Where to go on when what follows the last `*` does not fit: that `*` takes one character more.
    let mut again: Option<(&str, &str)> = None;
    loop {
        let mut chars = pattern.chars();
        let fits = match chars.next() {
            Some('*') => {
                again = Some((chars.as_str(), rest));
                pattern = chars.as_str();
                continue;
            }
            Some('?') => skip_grapheme(rest),
            Some(c) => rest.strip_prefix(c),
            None if rest.is_empty() => return true,
            None => None,
        };
        if let Some(after) = fits {
            (pattern, rest) = (chars.as_str(), after);
            continue;
        }
        let Some((after_star, from)) = again else { return false };
        let mut from = from.chars();
        if from.next().is_none() {
            return false;
        }
        again = Some((after_star, from.as_str()));
        (pattern, rest) = (after_star, from.as_str());
    }
}

fn skip_grapheme(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    chars.next()?;
    Some(chars.as_str().trim_start_matches(is_combining_mark))
}

impl Word {
    /// The positions at which it stands on token `index`: from, up to.
    pub(super) fn on(&self, zone: &ZoneText<'_>, index: usize, found: &mut Vec<(u32, u32)>) {
        stands_on(self.form, &self.text, self.glob, zone, index, found);
    }
}

/// The positions at which a word of this form stands on token `index`: from, up to.
pub(super) fn stands_on(
    form: Form,
    word: &str,
    glob: bool,
    zone: &ZoneText<'_>,
    index: usize,
    found: &mut Vec<(u32, u32)>,
) {
    let fits = |folded: &str| if glob { globs(word, folded) } else { word == folded };
    let loosely = |folded: &str| {
        fits(folded) || (form == Form::Plain && unaccented(folded).is_some_and(|plain| fits(&plain)))
    };
    let text = zone.text();
    let (Some(token), Some(folded)) = (text.tokens().get(index), text.folded_token(index)) else { return };
    let (start, end) = zone.position(index);
    let whole = match (form, token.kind) {
        (Form::Hashtag, TokenKind::Hashtag)
        | (Form::Mention, TokenKind::Mention)
        | (Form::Cashtag, TokenKind::Cashtag) => fits(folded),
        (Form::Plain | Form::Accented, TokenKind::Mention | TokenKind::Cashtag) => false,
        (Form::Plain | Form::Accented, TokenKind::Url) => !glob && loosely(folded),
        (Form::Plain | Form::Accented, _) => loosely(folded),
        _ => false,
    };
    if whole {
        found.push((start, end));
    }
    if token.kind == TokenKind::Hashtag && matches!(form, Form::Plain | Form::Accented) {
        for (at, part) in (start..).zip(zone.parts(index)) {
            if part.of(text.source()).is_some_and(|part| loosely(&fold(part))) {
                found.push((at, at + 1));
            }
        }
    }
}

/// The places of a literal in a text as written, no token cut at either end.
pub(super) fn exact(literal: &Arc<str>, zone: &ZoneText<'_>) -> Vec<(u32, u32)> {
    let found = zone.text().source().match_indices(&**literal).map(|(at, found)| (at, at + found.len()));
    found.filter_map(|(from, to)| uncut(zone, from, to)).collect()
}

/// The places of an expression in a text as written, no token cut at either end.
pub(super) fn regex(regex: &Regex, zone: &ZoneText<'_>) -> Vec<(u32, u32)> {
    let found = regex.compiled.find_iter(zone.text().source());
    found.filter_map(|found| uncut(zone, found.start(), found.end())).collect()
}

/// The positions that the bytes from `from` up to `to` touch; `None` when they touch none or cut a token.
fn uncut(zone: &ZoneText<'_>, from: usize, to: usize) -> Option<(u32, u32)> {
    let tokens = zone.text().tokens();
    let first = tokens.partition_point(|token| token.span.end() <= from);
    let behind = tokens.partition_point(|token| token.span.start() < to);
    let (a, b) = (tokens.get(first)?, tokens.get(behind.checked_sub(1)?)?);
    (first < behind && a.span.start() >= from && b.span.end() <= to)
        .then(|| (zone.position(first).0, zone.position(behind - 1).1))
}

/// Stretches that hold all words in any order with at most `slack` other positions: for each first word, the shortest,
/// taking what comes first. `words` gives for each word the positions it stands at in one text, in order.
pub(super) fn loose(words: &[Vec<(u32, u32)>], slack: u32) -> Vec<(u32, u32)> {
    let mut all: Vec<(u32, u32, usize)> = words
        .iter()
        .enumerate()
        .flat_map(|(word, places)| places.iter().map(move |(start, end)| (*start, *end, word)))
        .collect();
    all.sort_unstable();
    let most = u32::try_from(words.len()).unwrap_or(u32::MAX).saturating_add(slack);
    let mut found = Vec::new();
    for (first, (start, ..)) in all.iter().enumerate() {
        let limit = start.saturating_add(most);
        let mut wanted: Vec<bool> = vec![true; words.len()];
        let (mut missing, mut end) = (words.len(), *start);
        for (from, to, word) in all.iter().skip(first).take_while(|(from, ..)| *from < limit) {
            let Some(wanted) = wanted.get_mut(*word).filter(|wanted| **wanted) else { continue };
            if *from < end || *to > limit {
                continue;
            }
            (*wanted, missing, end) = (false, missing - 1, *to);
            if missing == 0 {
                found.push((*start, end));
                break;
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
