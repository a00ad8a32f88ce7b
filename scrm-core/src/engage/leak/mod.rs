//! Would a text tell strangers what we know from a private message alone? Spans and personal data that only it holds.
//!
//! Read [`leaks`] first. The rule, over words as [`units`] has them:
//!
//! A message is private for a text when fewer people can see it than will see the text. Of what private messages hold,
//! these tell, unless a message that the audience can see, or what the company says itself ([`KnownWords`]), holds them:
//!
//! | kind | what stands in both |
//! |---|---|
//! | `number` | five digits or more in a row, whatever stands between them: telephone numbers, cards, orders |
//! | `code` | a word of letters and digits, or of capitals alone, of five or more |
//! | `email` | the part of an address before its `@`, of five letters or more, however it is spelled out |
//! | `name` | a word that begins with a capital where no sentence begins (not in German), or part of the author's name |
//! | `words` | two telling words with the same words between them, six at most; in scripts without spaces eight characters |
//!
//! A word is telling when it has three letters or more and is none of the most common words of its language.

mod units;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{MessageKey, Span, Visibility, terms};
use crate::text::{Text, TokenKind, is_unspaced};
use units::{Unit, is_common, units};

/// Digits in a row that tell.
const DIGITS: usize = 5;
/// Letters of a code or an address that tell.
const LETTERS: usize = 5;
/// Letters of a telling word.
const TELLING: usize = 3;
/// Common words between two telling ones.
const BETWEEN: usize = 6;
/// Characters in a row that tell in a script without spaces.
const UNSPACED: usize = 8;
/// Words of which an address may be spelled out.
const SPELLED: usize = 6;
/// Leaks that are told.
pub const LEAKS_MAX: usize = 100;

terms! {
    /// What sort of thing a text would tell.
    LeakKind {
        /// A number.
        Number = "number",
        /// A code of letters and digits.
        Code = "code",
        /// An e-mail address.
        Email = "email",
        /// A name.
        Name = "name",
        /// Words.
        Words = "words",
    }
    /// Where in a message something stands.
    LeakPart {
        /// In its text.
        Text = "text",
        /// In its title.
        Title = "title",
        /// In its author's name.
        Author = "author",
    }
}

/// Something that was said in a message, and who can see it.
#[derive(Debug, Clone)]
pub struct SaidText<'a> {
    /// In which message.
    pub message: MessageKey,
    /// In which part of it.
    pub part: LeakPart,
    /// What it says.
    pub text: &'a str,
    /// Who can see it.
    pub visibility: Visibility,
    /// Its language, where that is known.
    pub language: Option<&'a str>,
}

/// A place of a text that tells what only a private message holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Leak {
    /// Where in the text (bytes).
    pub span: Span,
    /// What sort of thing it is.
    pub kind: LeakKind,
    /// From which message it came.
    pub message: MessageKey,
    /// From which part of it.
    pub part: LeakPart,
    /// Where in that part (bytes).
    pub at: Span,
}

/// Words that are no secret: those of the playbook, and what the company said in public before.
#[derive(Debug, Clone, Default)]
pub struct KnownWords {
    words: BTreeSet<String>,
    /// Every stretch of five digits.
    digits: BTreeSet<String>,
    /// Every address, as it is looked for.
    addresses: BTreeSet<String>,
}

impl KnownWords {
    /// Takes the words and the numbers of a text that everybody may see.
    pub fn add(&mut self, text: &str) {
        for unit in units(text) {
            if unit.is_number() {
                self.digits.extend(windows(&unit.word, DIGITS).map(str::to_owned));
            }
            self.words.insert(unit.word);
        }
        self.addresses.extend(addresses_in(text).into_keys());
    }

    /// Takes the words of a text, and none of its numbers.
    pub fn add_words(&mut self, text: &str) {
        let words = units(text).into_iter().filter(|unit| !unit.is_number() && !unit.is_code(text));
        self.words.extend(words.map(|unit| unit.word));
    }

    fn is_telling(&self, word: &str) -> bool {
        word.chars().count() >= TELLING
            && !word.bytes().all(|byte| byte.is_ascii_digit())
            && !is_common(word)
            && !self.words.contains(word)
    }
}

/// Where a text for `audience` would tell what is known only from private messages, in the order of its places; the first
/// [`LEAKS_MAX`].
///
/// ```
/// use scrm_core::engage::{KnownWords, LeakPart, SaidText, leaks};
/// use scrm_core::model::{ExternalId, MessageKey, Source, Visibility};
/// let message = MessageKey { source: Source::new("x").unwrap(), external_id: ExternalId::new("7").unwrap() };
/// let said = [SaidText {
///     message, part: LeakPart::Text, visibility: Visibility::Direct, language: Some("en"),
///     text: "my number is 020 794 0800, and I had knee surgery",
/// }];
/// let draft = "Sorry about your KNEE-SURGERY! We call you on 0207-940-800.";
/// let found = leaks(draft, Visibility::Public, &said, &KnownWords::default());
/// let told: Vec<&str> = found.iter().map(|leak| leak.span.of(draft).unwrap()).collect();
/// assert_eq!(told, ["KNEE-SURGERY", "0207-940-800"]);
/// assert!(leaks(draft, Visibility::Direct, &said, &KnownWords::default()).is_empty());
/// ```
pub fn leaks(text: &str, audience: Visibility, said: &[SaidText<'_>], known: &KnownWords) -> Vec<Leak> {
    let (private, open): (Vec<_>, Vec<_>) = said.iter().partition(|one| one.visibility > audience);
    if private.is_empty() {
        return Vec::new();
    }
    let mut known = known.clone();
    open.iter().for_each(|one| known.add(one.text));
    let draft = Draft::of(text, &known);
    let mut found = BTreeSet::new();
    for one in private {
        let secret = units(one.text);
        numbers(&draft, one, &secret, &known, &mut found);
        single(&draft, one, &secret, &known, &mut found);
        addresses(&draft, one, &known, &mut found);
        spans(&draft, one, &secret, &known, &mut found);
    }
    widest(found)
}

/// What is being written, looked at in every way that a leak is found by.
struct Draft {
    units: Vec<Unit>,
    /// Where each word stands.
    words: BTreeMap<String, Vec<usize>>,
    /// Where each stretch of digits stands.
    digits: BTreeMap<String, Vec<usize>>,
    /// Where each stretch from one telling word to the next stands.
    stretches: BTreeMap<String, Vec<Span>>,
}

impl Draft {
    fn of(text: &str, known: &KnownWords) -> Self {
        let units = units(text);
        let mut words: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut digits: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, unit) in units.iter().enumerate() {
            words.entry(unit.word.clone()).or_default().push(at);
            if unit.is_number() {
                for window in windows(&unit.word, DIGITS) {
                    digits.entry(window.to_owned()).or_default().push(at);
                }
            }
        }
        let mut stretches: BTreeMap<String, Vec<Span>> = BTreeMap::new();
        for (stretch, span) in stretches_of(&units, known) {
            stretches.entry(stretch).or_default().push(span);
        }
        Self { units, words, digits, stretches }
    }
}

fn windows(digits: &str, size: usize) -> impl Iterator<Item = &str> {
    (0..digits.len().saturating_sub(size - 1)).filter_map(move |at| digits.get(at..at + size))
}

type Found = BTreeSet<Leak>;

fn leak(kind: LeakKind, span: Span, one: &SaidText<'_>, at: Span) -> Leak {
    Leak { span, kind, message: one.message.clone(), part: one.part, at }
}

/// Numbers of the message that stand in the draft, whole or in a longer one.
fn numbers(draft: &Draft, one: &SaidText<'_>, secret: &[Unit], known: &KnownWords, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for number in secret.iter().filter(|unit| unit.is_number() && unit.word.len() >= DIGITS) {
        // Two numbers side by side look like one: every stretch of it tells by itself.
        for window in windows(&number.word, DIGITS) {
            if known.digits.contains(window) || !seen.insert(window) {
                continue;
            }
            let places = draft.digits.get(window).into_iter().flatten().take(LEAKS_MAX);
            for unit in places.filter_map(|at| draft.units.get(*at)) {
                found.insert(leak(LeakKind::Number, unit.span, one, number.span));
            }
        }
    }
}

/// Codes and names of the message that stand in the draft.
fn single(draft: &Draft, one: &SaidText<'_>, secret: &[Unit], known: &KnownWords, found: &mut Found) {
    let shouted = is_shouted(one.text);
    let mut seen = BTreeSet::new();
    for unit in secret.iter().filter(|unit| !unit.is_number()) {
        let Some(places) = draft.words.get(&unit.word) else { continue };
        if known.words.contains(&unit.word) || seen.contains(unit.word.as_str()) {
            continue;
        }
        let raw = unit.span.of(one.text).unwrap_or_default();
        let long = unit.word.chars().count() >= LETTERS;
        let capitals = !shouted && raw.len() >= LETTERS && raw.bytes().all(|byte| byte.is_ascii_uppercase());
        let kind = if long && unit.is_code(one.text) || capitals && !is_common(&unit.word) {
            LeakKind::Code
        } else if known.is_telling(&unit.word) && !shouted && is_name(one, unit.span) {
            LeakKind::Name
        } else {
            continue;
        };
        seen.insert(unit.word.as_str());
        for other in places.iter().take(LEAKS_MAX).filter_map(|at| draft.units.get(*at)) {
            found.insert(leak(kind, other.span, one, unit.span));
        }
    }
}

/// Whether most of a text is in capitals, which then mark nothing.
fn is_shouted(text: &str) -> bool {
    let upper = text.chars().filter(|c| c.is_uppercase()).count();
    let lower = text.chars().filter(|c| c.is_lowercase()).count();
    upper > lower
}

fn is_name(one: &SaidText<'_>, span: Span) -> bool {
    if one.part == LeakPart::Author {
        return true;
    }
    let word = span.of(one.text).unwrap_or_default();
    let before = one.text.get(..span.start()).unwrap_or_default().trim_end();
    let begins = before
        .chars()
        .next_back()
        .is_none_or(|c| matches!(c, '.' | '!' | '?' | ':' | ';' | '"' | '“' | '•' | '-'));
    let line = one.text.get(before.len()..span.start()).unwrap_or_default();
    one.language != Some("de")
        && one.part == LeakPart::Text
        && !begins
        && !line.contains('\n')
        && word.chars().next().is_some_and(char::is_uppercase)
        && word.chars().skip(1).any(char::is_lowercase)
}

/// Addresses of the message that the draft spells in any way.
fn addresses(draft: &Draft, one: &SaidText<'_>, known: &KnownWords, found: &mut Found) {
    let mut secrets = addresses_in(one.text);
    secrets.retain(|secret, _| !known.addresses.contains(secret));
    if secrets.is_empty() {
        return;
    }
    let longest = secrets.keys().map(String::len).max().unwrap_or_default();
    for at in 0..draft.units.len() {
        let run = draft.units.get(at..).unwrap_or_default();
        for count in 1..=run.len().min(SPELLED + SPELLED) {
            let run = run.get(..count).unwrap_or_default();
            let word = spelled(run);
            if word.len() > longest {
                break;
            }
            if run.last().is_some_and(|unit| is_sign(&unit.word)) {
                continue;
            }
            if let (Some(place), Some(first), Some(last)) = (secrets.get(&word), run.first(), run.last()) {
                let span = Span::new(first.span.start(), last.span.end());
                found.insert(leak(LeakKind::Email, span, one, *place));
            }
        }
    }
}

/// The addresses of a text, each as it is looked for: the part before its `@`, or all of it when that is short.
fn addresses_in(source: &str) -> BTreeMap<String, Span> {
    let mut found = BTreeMap::new();
    if !source.contains(['@', '\u{FF20}']) {
        return found;
    }
    for token in Text::new(source).tokens().iter().filter(|token| token.kind == TokenKind::Email) {
        let raw = token.span.of(source).unwrap_or_default();
        let local = raw.split(['@', '\u{FF20}']).next().unwrap_or_default();
        let plain = |text: &str| spelled(&units(text));
        let secret = if plain(local).chars().count() >= LETTERS { plain(local) } else { plain(raw) };
        found.insert(secret, token.span);
    }
    found
}

/// Whether a word spells a sign of an address.
fn is_sign(word: &str) -> bool {
    matches!(word, "at" | "dot")
}

/// Words in one, without those that spell the signs of an address.
fn spelled(units: &[Unit]) -> String {
    units.iter().map(|unit| unit.word.as_str()).filter(|word| !is_sign(word)).collect()
}

/// Stretches of words of the message that stand in the draft.
fn spans(draft: &Draft, one: &SaidText<'_>, secret: &[Unit], known: &KnownWords, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for (stretch, at) in stretches_of(secret, known) {
        for span in draft.stretches.get(&stretch).into_iter().flatten().take(LEAKS_MAX) {
            if !seen.contains(&stretch) {
                found.insert(leak(LeakKind::Words, *span, one, at));
            }
        }
        seen.insert(stretch);
    }
}

/// Every stretch from a telling word to the next one, with at most [`BETWEEN`] others between them, and every
/// [`UNSPACED`] characters in a row of a script without spaces that are not all known.
fn stretches_of(units: &[Unit], known: &KnownWords) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    let mut last: Option<usize> = None;
    for (at, unit) in units.iter().enumerate() {
        if unit.word.chars().all(is_unspaced) {
            let run = units.get(at..at + UNSPACED).unwrap_or_default();
            let whole = run.iter().all(|unit| unit.word.chars().all(is_unspaced));
            if whole && run.iter().any(|unit| !known.words.contains(&unit.word)) {
                found.extend(stretch(run));
            }
        } else if known.is_telling(&unit.word) {
            let run = last.and_then(|last| units.get(last..=at));
            found.extend(run.filter(|run| run.len() <= BETWEEN + 2).and_then(stretch));
            last = Some(at);
        }
    }
    found
}

fn stretch(run: &[Unit]) -> Option<(String, Span)> {
    let (first, last) = (run.first()?, run.last()?);
    let words: Vec<&str> = run.iter().map(|unit| unit.word.as_str()).collect();
    Some((words.join(" "), Span::new(first.span.start(), last.span.end())))
}

/// Stretches that overlap are one, of one message and sort; what is repeated is told once.
fn widest(found: Found) -> Vec<Leak> {
    let mut merged: Vec<Leak> = Vec::new();
    for leak in found {
        let is_full = merged.len() >= LEAKS_MAX;
        let same = merged.iter().rposition(|known| {
            known.kind == leak.kind
                && known.message == leak.message
                && known.part == leak.part
                && leak.span.start() <= known.span.end()
        });
        match same.and_then(|at| merged.get_mut(at)) {
            Some(known) => {
                let end = known.span.end().max(leak.span.end());
                known.span = Span::new(known.span.start(), end);
                if known.at.start() <= leak.at.end() && leak.at.start() <= known.at.end() {
                    let (start, end) =
                        (known.at.start().min(leak.at.start()), known.at.end().max(leak.at.end()));
                    known.at = Span::new(start, end);
                }
            }
            None if is_full => break,
            None => merged.push(leak),
        }
    }
    merged
}

#[cfg(test)]
mod tests;
