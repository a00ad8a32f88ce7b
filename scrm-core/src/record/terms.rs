//! Which messages can a query match at all? Those that have its words: a closed formula that an index can look up.
//!
//! Read [`Terms::of`] first: it never leaves out a message that the query matches, and lets others through. What stands in
//! the index is [`words_of`] a message; both make their words of the same tokens by the same rule, so that they meet.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::model::Message;
use crate::query::{Atom, Document, Form, Pattern, Query, Uses, Word, Zone};
use crate::text::{Text, TokenKind, fold, unaccented};

/// Bytes of a word in the index; what is longer is cut there, and found by its beginning.
const WORD_BYTES: usize = 48;

/// Characters that the beginning of a word must have, so that looking it up leads to few words.
const PREFIX_CHARS: usize = 3;

/// Words that one formula looks up at most. Parts beyond that are not looked up, and let every message through.
const MOST_WORDS: usize = 1_000;

/// How deep a formula goes; what lies deeper lets every message through.
const MOST_DEPTH: usize = 16;

/// The number of the rule by which words are made of a message. An index that was made by another is made anew: count it
/// up when [`words_of`] gives other words for the same message.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(in crate::record) const RULE: i64 = 1;

/// What must stand in a message: a formula over words of the index, as [`words_of`] gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terms {
    /// Any message may match.
    Everything,
    /// This word.
    Word(String),
    /// A word that begins like this.
    Prefix(String),
    /// All of these.
    All(Vec<Terms>),
    /// Any of these.
    Any(Vec<Terms>),
}

impl Terms {
    /// What must stand in every message that a query matches.
    ///
    /// ```
    /// use scrm_core::query::Query;
    /// use scrm_core::record::Terms;
    /// let of = |query: &str| Terms::of(&Query::parse(query).query.unwrap());
    /// let word = |word: &str| Terms::Word(word.to_owned());
    /// assert_eq!(of("lost refund* -spam"), Terms::All(vec![word("plost"), Terms::Prefix("prefund".to_owned())]));
    /// assert_eq!(of("#fail OR @northwind"), Terms::Any(vec![word("hfail"), word("mnorthwind")]));
    /// assert_eq!(of("channel:mail"), Terms::Everything);
    /// ```
    pub fn of(query: &Query) -> Self {
        let mut words = MOST_WORDS;
        Self::within(query, MOST_DEPTH, &mut words)
    }

    fn within(query: &Query, depth: usize, words: &mut usize) -> Self {
        let Some(depth) = depth.checked_sub(1) else { return Self::Everything };
        let mut parts =
            |parts: &[Query]| parts.iter().map(|part| Self::within(part, depth, words)).collect::<Vec<_>>();
        match query {
            Query::Test(_) | Query::Not(_) | Query::AtLeast(0, _) => Self::Everything,
            Query::And(all) => Self::all(parts(all)),
            Query::Or(any) => Self::any(parts(any)),
            Query::AtLeast(count, of) if *count as usize == of.len() => Self::all(parts(of)),
            Query::AtLeast(_, of) => Self::any(parts(of)),
            Query::Near(near) if near.negated => Self::within(&near.left, depth, words),
            Query::Near(near) => {
                let left = Self::within(&near.left, depth, words);
                Self::all(vec![left, Self::within(&near.right, depth, words)])
            }
            Query::Atom(atom) => Self::of_atom(atom, words),
        }
    }

    fn of_atom(atom: &Atom, words: &mut usize) -> Self {
        let (Pattern::Words(each) | Pattern::Loose { words: each, .. }) = &atom.pattern else {
            return Self::Everything;
        };
        let mut of_word = |word: &Word| match words.checked_sub(1) {
            Some(left) => {
                *words = left;
                Self::of_word(&atom.zone, word)
            }
            None => Self::Everything,
        };
        Self::all(each.iter().map(&mut of_word).collect())
    }

    fn of_word(zone: &Zone, word: &Word) -> Self {
        let letter = match (zone, word.form) {
            (Zone::Url, Form::Plain | Form::Accented) => LINK,
            (Zone::Default | Zone::Body | Zone::Title | Zone::Quoted, form) => match form {
                Form::Plain | Form::Accented => PLAIN,
                Form::Hashtag => HASHTAG,
                Form::Mention => MENTION,
                Form::Cashtag => CASHTAG,
            },
            _ => return Self::Everything,
        };
        if !word.glob {
            return Self::Word(coded(letter, &word.text).0);
        }
        let beginning = word.text.split(['*', '?']).next().unwrap_or_default();
        if beginning.chars().count() < PREFIX_CHARS {
            return Self::Everything;
        }
        match coded(letter, beginning) {
            (word, true) => Self::Word(word),
            (word, false) => Self::Prefix(word),
        }
    }

    fn all(mut parts: Vec<Self>) -> Self {
        parts.retain(|part| *part != Self::Everything);
        match parts.len() {
            0 => Self::Everything,
            1 => parts.pop().unwrap_or(Self::Everything),
            _ => Self::All(parts),
        }
    }

    fn any(mut parts: Vec<Self>) -> Self {
        if parts.contains(&Self::Everything) {
            return Self::Everything;
        }
        if parts.len() == 1 { parts.pop().unwrap_or(Self::Everything) } else { Self::Any(parts) }
    }

    /// The same, with parts that say nothing left out.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(in crate::record) fn simplified(&self) -> Self {
        match self {
            Self::All(parts) => Self::all(parts.iter().map(Self::simplified).collect()),
            Self::Any(parts) => Self::any(parts.iter().map(Self::simplified).collect()),
            one => one.clone(),
        }
    }

    /// Whether it holds in a message of these words.
    pub fn holds(&self, words: &BTreeSet<String>) -> bool {
        match self {
            Self::Everything => true,
            Self::Word(word) => words.contains(word),
            Self::Prefix(start) => {
                words.range(start.clone()..).next().is_some_and(|word| word.starts_with(start))
            }
            Self::All(parts) => parts.iter().all(|part| part.holds(words)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(words)),
        }
    }
}

const PLAIN: char = 'p';
const HASHTAG: char = 'h';
const MENTION: char = 'm';
const CASHTAG: char = 'c';
const LINK: char = 'u';

/// The words of a message that an index holds: those of title and body, with accents and without, its tags, and the words
/// of its links. Each begins with a letter that says which; of characters it has ASCII letters and digits and all that is
/// not ASCII, any other as `_` and two digits.
///
/// ```
/// use scrm_core::model::Message;
/// use scrm_core::record::words_of;
/// let message: Message = serde_json::from_str(r#"{"source":"x","external_id":"1","kind":"post","visibility":"public",
///     "text":"Café? @NorthWind it's #ClimateAction","times":{"created":"2026-11-02T08:14:00Z"}}"#).unwrap();
/// let words: Vec<String> = words_of(&message).into_iter().collect();
/// assert_eq!(words, ["hclimateaction", "mnorthwind", "paction", "pcafe", "pcafé", "pclimate", "pclimateaction", "pit"]);
/// ```
pub fn words_of(message: &Message) -> BTreeSet<String> {
    Words::of(message).in_order().map(str::to_owned).collect()
}

/// The words of a message as they come, some more than once: one text, and where in it each stands.
#[derive(Default)]
pub(in crate::record) struct Words {
    text: String,
    places: Vec<(usize, usize)>,
}

impl Words {
    pub(in crate::record) fn of(message: &Message) -> Self {
        static USES: LazyLock<Uses> =
            LazyLock::new(|| Uses { zones: [Zone::Url, Zone::Quoted].into(), ..Uses::default() });
        let text = Text::new(message.text());
        let document = Document::new(message, &text, &USES);
        let mut words = Self::default();
        words.text.reserve(message.text().len() * 2);
        words.places.reserve(text.tokens().len());
        for zone in document.texts() {
            let (text, letter) = (zone.text(), if zone.zone == Zone::Url { LINK } else { PLAIN });
            for (index, token) in text.tokens().iter().enumerate() {
                let Some(folded) = text.folded_token(index) else { continue };
                match token.kind {
                    TokenKind::Mention => words.add(MENTION, folded),
                    TokenKind::Cashtag => words.add(CASHTAG, folded),
                    TokenKind::Hashtag => {
                        words.add(HASHTAG, folded);
                        words.add_loosely(letter, folded);
                        for part in zone.parts(index).into_iter().filter_map(|part| part.of(text.source())) {
                            words.add_loosely(letter, &fold(part));
                        }
                    }
                    _ => words.add_loosely(letter, folded),
                }
            }
        }
        words
    }

    /// With accents, and without.
    fn add_loosely(&mut self, letter: char, folded: &str) {
        self.add(letter, folded);
        if let Some(plain) = unaccented(folded) {
            self.add(letter, &plain);
        }
    }

    fn add(&mut self, letter: char, folded: &str) {
        let start = self.text.len();
        code_into(&mut self.text, letter, folded);
        self.places.push((start, self.text.len()));
    }

    /// Each word once, in order.
    pub(in crate::record) fn in_order(&mut self) -> impl Iterator<Item = &str> {
        let Self { text, places } = self;
        let word = |(start, end): &(usize, usize)| text.get(*start..*end).unwrap_or_default();
        places.sort_unstable_by(|a, b| word(a).cmp(word(b)));
        places.dedup_by(|a, b| word(a) == word(b));
        places.iter().map(word)
    }
}

/// A word as the index holds it, and whether it was cut.
fn coded(letter: char, folded: &str) -> (String, bool) {
    let mut word = String::with_capacity(folded.len() + 8);
    let cut = code_into(&mut word, letter, folded);
    (word, cut)
}

/// Appends a word as the index holds it, and says whether it was cut.
fn code_into(word: &mut String, letter: char, folded: &str) -> bool {
    let start = word.len();
    word.push(letter);
    for c in folded.chars() {
        if word.len() - start >= WORD_BYTES {
            return true;
        }
        match u8::try_from(c) {
            Ok(byte) if byte.is_ascii_alphanumeric() => word.push(c.to_ascii_lowercase()),
            Ok(byte) if byte.is_ascii() => {
                let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
                word.extend(['_', digit(byte >> 4), digit(byte & 15)]);
            }
            _ => word.push(c),
        }
    }
    false
}
