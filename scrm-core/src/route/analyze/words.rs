//! Which words are part of others, and how does a text read that has some of them and not others?
//!
//! `refund now` cannot stand where `refund` does not. What a text says is put to the ordinary evaluator, as everything
//! is: where no text of these words alone does what a box says, the rest is assumed, and the finding says so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::space::{Axis, Key};
use crate::model::Limits;
use crate::query::{Document, Form, Pattern, Query, Word};
use crate::route::condition::{Atom, Field, Truth, Wording};
use crate::route::texts::Texts;
use crate::text::Text;

/// A word that nobody looks for, put between others so that they make no phrase together.
const FILLER: &str = "zq";

/// What conditions look for in the text.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Finds all of it in one pass.
    texts: Texts,
    /// The axes, each with what a text can say for it.
    pieces: BTreeMap<usize, Piece>,
    /// Axes of which the first cannot be there without the second.
    pub(super) implied: Vec<(usize, usize)>,
    /// The atoms of the conditions, by their text.
    atoms: BTreeMap<String, Atom>,
    places: BTreeMap<Key, usize>,
}

/// What a text can say so that something is found in it.
#[derive(Debug)]
enum Piece {
    /// These words.
    Words(String),
    /// These characters, also within a word.
    Part(String),
    /// What only a person can make up.
    Unsaid,
}

/// A text, and the atoms that are otherwise in it than they should be.
pub(super) struct Said {
    pub(super) text: String,
    pub(super) assumed: Vec<(String, Truth)>,
}

/// The axes that an atom looks at when it asks for words, and whether one of them is enough.
pub(super) fn asked(atom: &Atom) -> Option<(Vec<Key>, bool)> {
    let words =
        |words: &[Arc<str>]| words.iter().map(|word| Key::Member(Field::Text, Arc::clone(word))).collect();
    match atom {
        Atom::HasAny(Field::Text, phrases) => Some((words(phrases), true)),
        Atom::HasAll(Field::Text, phrases) => Some((words(phrases), false)),
        Atom::ContainsText(part) => Some((vec![Key::Part(Arc::clone(part))], true)),
        Atom::Matches(source) => Some((vec![Key::Regex(Arc::clone(source))], true)),
        _ => None,
    }
}

impl Words {
    pub(super) fn of(axes: &[Axis], atoms: BTreeMap<String, Atom>) -> Self {
        let mut words = Self { atoms, ..Self::default() };
        let mut wordings = BTreeMap::new();
        for (place, axis) in axes.iter().enumerate() {
            let (atom, piece) = match &axis.key {
                Key::Member(Field::Text, phrase) => (
                    Atom::HasAny(Field::Text, vec![Arc::clone(phrase)]),
                    Piece::Words(phrase.replace(['"', '?'], "")),
                ),
                Key::Part(part) => (Atom::ContainsText(Arc::clone(part)), Piece::Part(part.to_string())),
                Key::Regex(source) => (Atom::Matches(Arc::clone(source)), of_regex(source)),
                _ => continue,
            };
            words.places.insert(axis.key.clone(), place);
            words.pieces.insert(place, piece);
            wordings.extend(Wording::of(&atom, &Limits::DEFAULT).map(|wording| (place, wording)));
        }
        for (one, more) in &wordings {
            let implied = wordings.iter().filter(|(other, less)| *other != one && implies(more, less));
            words.implied.extend(implied.map(|(other, _)| (*one, *other)));
        }
        words.texts = Texts::new(&wordings, &Limits::DEFAULT);
        words
    }

    /// A text that has what `is_there` says of each axis, or else comes near, with the atoms that it answers otherwise.
    pub(super) fn say(&self, is_there: impl Fn(usize) -> bool) -> Said {
        let wanted: BTreeSet<usize> = self.pieces.keys().copied().filter(|place| is_there(*place)).collect();
        // What others bring with them need not be said.
        let brought = |place: &usize| {
            self.implied.iter().any(|(more, less)| {
                less == place
                    && wanted.contains(more)
                    && !(self.implied.contains(&(*less, *more)) && less < more)
            })
        };
        let said: Vec<&Piece> = wanted
            .iter()
            .filter(|place| !brought(place))
            .filter_map(|place| self.pieces.get(place))
            .collect();
        let apart = format!(" {FILLER} ");
        let ways = [(" ", ""), (" ", FILLER), (&*apart, ""), (&*apart, FILLER)];
        let mut texts = ways.into_iter().map(|(between, around)| written(&said, between, around));
        let first = written(&said, " ", "");
        match texts.find(|text| self.found(text) == wanted) {
            Some(text) => Said { text, assumed: Vec::new() },
            None => {
                let found = self.found(&first);
                let answer = |atom: &Atom, is_there: &dyn Fn(usize) -> bool| self.answer(atom, is_there);
                let otherwise = self.atoms.iter().filter_map(|(text, atom)| {
                    let should = answer(atom, &is_there);
                    (should != answer(atom, &|place| found.contains(&place))).then(|| (text.clone(), should))
                });
                Said { assumed: otherwise.collect(), text: first }
            }
        }
    }

    fn answer(&self, atom: &Atom, is_there: &dyn Fn(usize) -> bool) -> Truth {
        let Some((keys, any)) = asked(atom) else { return Truth::Unknown };
        let mut places = keys.iter().filter_map(|key| self.places.get(key));
        Truth::from(if any {
            places.any(|place| is_there(*place))
        } else {
            places.all(|place| is_there(*place))
        })
    }

    /// What is found in a text.
    fn found(&self, text: &str) -> BTreeSet<usize> {
        let text = Text::new(text);
        let mut found = BTreeSet::new();
        self.texts.scan(&Document::of_text(&text), &mut |place| _ = found.insert(place));
        found
    }
}

fn of_regex(source: &str) -> Piece {
    let is_plain = source.chars().all(|c| c.is_alphanumeric() || c == ' ');
    if is_plain { Piece::Words(source.to_owned()) } else { Piece::Unsaid }
}

/// The pieces in a row; parts of words, and words of which only the beginning is said, with something around them.
fn written(pieces: &[&Piece], between: &str, around: &str) -> String {
    let said = pieces.iter().filter_map(|piece| match piece {
        Piece::Words(words) => Some(words.replace('*', around)),
        Piece::Part(part) => Some(format!("{around}{part}{around}")),
        Piece::Unsaid => None,
    });
    said.collect::<Vec<_>>().join(between)
}

/// Whether what the one finds holds what the other looks for, in every text.
fn implies(more: &Wording, less: &Wording) -> bool {
    match (more, less) {
        (Wording::Contains(more), Wording::Contains(less)) => more.contains(less.as_str()),
        (Wording::Query(more), Wording::Query(less)) => match (words_of(more), words_of(less)) {
            (Some(more), Some(less)) => {
                !less.is_empty() && more.windows(less.len()).any(|some| some.iter().zip(less).all(covers))
            }
            _ => false,
        },
        // A word is found with and without its accents, and a hashtag by its parts: characters say less than it seems.
        _ => false,
    }
}

fn words_of(query: &Query) -> Option<&[Word]> {
    match query {
        Query::Atom(atom) => match &atom.pattern {
            Pattern::Words(words) => Some(words),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a token that the one matches is matched by the other.
fn covers((more, less): (&Word, &Word)) -> bool {
    if more.form != less.form {
        return false;
    }
    let beginning = |word: &Word| {
        let stem = word.text.strip_suffix('*').filter(|_| word.glob)?;
        (!stem.contains(['*', '?'])).then(|| stem.to_owned())
    };
    match (more.glob, beginning(less)) {
        _ if more == less => true,
        (false, Some(stem)) => more.form == Form::Plain && more.text.starts_with(&stem),
        (true, Some(stem)) => beginning(more).is_some_and(|longer| longer.starts_with(&stem)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LOOKED_FOR: [&str; 16] = [
        "refund",
        "refund now",
        "now",
        "refund*",
        "ref*",
        "refund no*",
        "résumé",
        "resume",
        "resu*",
        "#refund",
        "@refund",
        "lost bag",
        "bag",
        "my lost bag",
        "ﬁne",
        "don't",
    ];

    proptest! {
        /// Whatever is said to bring another with it does so in any text.
        #[test]
        fn what_is_implied_is_there(parts in prop::collection::vec(prop::sample::select(vec![
            "refund", "Refund", "now", "NOW", "#RefundNow", "#refund", "@refund", "résumé", "re\u{301}sume\u{301}",
            "resume", "resumed", "lost", "bag", "my", "bags", "#LostBag", "-", "'", "\u{AD}", "fine", "ﬁne", "don’t",
            "dont", "refunded", ".", "\u{200B}",
        ]), 0..8), glue in prop::collection::vec(prop::sample::select(vec!["", " ", " ", " ", "-", "_", "/"]), 8)) {
            let text: String = parts.iter().zip(&glue).map(|(part, glue)| format!("{part}{glue}")).collect();
            let text = Text::new(&text);
            let document = Document::of_text(&text);
            let wordings: Vec<Wording> = LOOKED_FOR
                .iter()
                .flat_map(|word| {
                    let word: Arc<str> = (*word).into();
                    let has = Atom::HasAny(Field::Text, vec![Arc::clone(&word)]);
                    [has, Atom::ContainsText(word)]
                })
                .filter_map(|atom| Wording::of(&atom, &Limits::DEFAULT))
                .collect();
            for more in wordings.iter().filter(|more| more.holds(&document)) {
                for less in wordings.iter().filter(|less| implies(more, less)) {
                    prop_assert!(less.holds(&document), "{:?} without {:?} in {:?}", more, less, text.source());
                }
            }
        }
    }
}
