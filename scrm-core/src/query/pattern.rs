//! When does one word, literal or expression of a query stand in a text? The rules that need no index.
//!
//! The plain evaluator and the index both come here once they know where to look.

use std::sync::Arc;

use unicode_normalization::char::is_combining_mark;

use super::document::ZoneText;
use super::{Form, Regex, Word};
use crate::text::{TokenKind, fold, is_unspaced, unaccented};

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

/// What follows one character with its marks and all that is joined to it; `None` when none begins here.
fn skip_grapheme(text: &str) -> Option<&str> {
    const JOINER: char = '\u{200D}';
    let is_flag = |c: char| matches!(c, '\u{1F1E6}'..='\u{1F1FF}');
    let mut chars = text.chars();
    let first = chars.next().filter(|first| !is_combining_mark(*first))?;
    let mut rest = chars.as_str();
    if is_flag(first) {
        rest = rest.strip_prefix(is_flag).unwrap_or(rest);
    }
    loop {
        rest = rest.trim_start_matches(is_combining_mark);
        let Some(joined) = rest.strip_prefix(JOINER) else { return Some(rest) };
        let mut chars = joined.chars();
        if chars.next().is_none() {
            return Some(joined);
        }
        rest = chars.as_str();
    }
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
    uncut_only(zone, |source, from| {
        source.get(from..)?.find(&**literal).map(|at| (from + at, from + at + literal.len()))
    })
}

/// The places of an expression in a text as written, no token cut at either end.
pub(super) fn regex(regex: &Regex, zone: &ZoneText<'_>) -> Vec<(u32, u32)> {
    let by = |regex: &regex::Regex| {
        uncut_only(zone, |source, from| regex.find_at(source, from).map(|found| (found.start(), found.end())))
    };
    let mut found = by(&regex.bounded);
    // Between characters of scripts without spaces there is no bound but what the tokens say.
    if zone.text().source().chars().any(is_unspaced) {
        found.extend(by(&regex.compiled));
        found.sort_unstable();
        found.dedup();
    }
    found
}

/// What `next` finds from some byte on, each thing once, but what would cut a token; after that, the search goes on
/// behind the token it began in.
fn uncut_only(zone: &ZoneText<'_>, next: impl Fn(&str, usize) -> Option<(usize, usize)>) -> Vec<(u32, u32)> {
    let (source, tokens) = (zone.text().source(), zone.text().tokens());
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((from, to)) = next(source, at) {
        match uncut(zone, from, to) {
            Some(place) => {
                found.push(place);
                at = to;
            }
            None => {
                let inside = tokens.partition_point(|token| token.span.end() <= from);
                let token = tokens.get(inside).filter(|token| token.span.start() <= from);
                let one = source.get(from..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
                at = token.map_or(from + one, |token| token.span.end());
                if at > source.len() {
                    break;
                }
            }
        }
    }
    found
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

/// Stretches that hold all words in any order, each on tokens of its own, with at most `slack` other positions: for each
/// place of a word the shortest that begins there. `words` gives for each word the positions it stands at in one text,
/// in order.
pub(super) fn loose(words: &[Vec<(u32, u32)>], slack: u32) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for (word, places) in words.iter().enumerate() {
        for place in places {
            let mut others = words.iter().enumerate().filter(|(other, _)| *other != word);
            // The next few places of each other word are all that can matter: each of them takes one from another.
            let next: Option<Vec<&[(u32, u32)]>> = others.try_fold(Vec::new(), |mut all, (_, places)| {
                let from = places.partition_point(|other| other.0 < place.1);
                let some = places.get(from..(from + words.len()).min(places.len()))?;
                all.push(some);
                (!some.is_empty()).then_some(all)
            });
            let Some(next) = next else { continue };
            if let Some(end) = shortest(&next, *place, slack) {
                found.push((place.0, end));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The nearest end of a stretch from `first` in which each of `others` has a place of its own.
fn shortest(others: &[&[(u32, u32)]], first: (u32, u32), slack: u32) -> Option<u32> {
    let mut ends: Vec<u32> = others.iter().flat_map(|places| places.iter().map(|(_, end)| *end)).collect();
    ends.push(first.1);
    ends.sort_unstable();
    ends.dedup();
    ends.into_iter().find(|end| {
        let mut taken: Vec<((u32, u32), usize)> = Vec::new();
        let all = (0..others.len()).all(|word| take(word, others, *end, &mut taken, &mut Vec::new()));
        let held: u32 = taken.iter().map(|((from, to), _)| to - from).sum::<u32>() + (first.1 - first.0);
        all && (end - first.0).saturating_sub(held) <= slack
    })
}

/// Gives a word a place that ends by `end`, moving others to other places of theirs where that helps.
fn take(
    word: usize,
    others: &[&[(u32, u32)]],
    end: u32,
    taken: &mut Vec<((u32, u32), usize)>,
    tried: &mut Vec<(u32, u32)>,
) -> bool {
    for place in others.get(word).copied().unwrap_or_default().iter().filter(|place| place.1 <= end) {
        if tried.contains(place) {
            continue;
        }
        tried.push(*place);
        let overlaps = |((from, to), _): &((u32, u32), usize)| *from < place.1 && place.0 < *to;
        let holder = taken.iter().position(overlaps);
        let moved = match holder {
            None => true,
            Some(at) => {
                let other = taken.get(at).map_or(0, |(_, other)| *other);
                take(other, others, end, taken, tried)
            }
        };
        if moved {
            taken.retain(|(_, holder)| *holder != word);
            taken.push((*place, word));
            return true;
        }
    }
    false
}
