//! What can a query say? Words, phrases, proximity, zones and attributes, joined by AND, OR, NOT and quorum.
//!
//! Read [`Query`] first. Every dialect lowers to this one tree; the plain evaluator ([`Query::holds`]) says what it
//! means, and the index says the same of a million of them at once.

use std::sync::Arc;

use crate::model::{Limits, Span};

use super::{Attribute, Zone};

/// An authored query as a tree. Two queries are equal when they print alike; places in the source do not count.
///
/// ```
/// use scrm_core::query::Query;
/// let query = Query::parse(r#"@northwind OR ("north wind" mobile*) -weather"#).query.unwrap();
/// assert_eq!(query.to_string(), r#"@northwind OR (("north wind" AND mobile*) AND NOT weather)"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Something that must stand in the text.
    Atom(Atom),
    /// Something that must be known of the message.
    Test(Test),
    /// All of them.
    And(Vec<Query>),
    /// Any of them.
    Or(Vec<Query>),
    /// Not this one, in the whole message.
    Not(Box<Query>),
    /// At least so many of them.
    AtLeast(u32, Vec<Query>),
    /// Two things near each other.
    Near(Box<Near>),
}

/// Something that must stand in the text, within a zone.
#[derive(Debug, Clone)]
pub struct Atom {
    /// Where it is looked for.
    pub zone: Zone,
    /// What is looked for.
    pub pattern: Pattern,
    /// Where it stands in the query as written; of no account for equality.
    pub span: Span,
}

impl PartialEq for Atom {
    fn eq(&self, other: &Self) -> bool {
        self.zone == other.zone && self.pattern == other.pattern
    }
}

impl Eq for Atom {}

/// What an atom looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// These words side by side, in this order. Never empty.
    Words(Vec<Word>),
    /// These words in any order, within a stretch that holds at most `slack` other tokens: `"a b"~3`. At least two.
    Loose {
        /// The words.
        words: Vec<Word>,
        /// How many other tokens may stand among them.
        slack: u32,
    },
    /// `{AT&T}`: these very characters, with case, accents and punctuation, and no word cut at either end.
    Exact(Arc<str>),
    /// `/…/`: a regular expression over the text as written, without regard to case; no match cuts a token.
    Regex(Regex),
}

/// One word of an atom: one token of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word {
    /// What sort of token it matches.
    pub form: Form,
    /// Its folded form; with `glob`, `*` stands for any run of characters within a token and `?` for one grapheme.
    pub text: Arc<str>,
    /// Whether `*` and `?` are wildcards.
    pub glob: bool,
}

/// What sort of token a word of a query matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// A word, number, emoji, address or link; a hashtag's name and its parts; with or without accents.
    Plain,
    /// The same with its accents as written: `=resume` is not `résumé`.
    Accented,
    /// A whole hashtag.
    Hashtag,
    /// A mention.
    Mention,
    /// A cash tag.
    Cashtag,
}

/// A regular expression, compiled: bounded in size, linear in time. Two are equal when they are written alike.
#[derive(Debug, Clone)]
pub struct Regex {
    pub(super) source: Arc<str>,
    pub(super) compiled: regex::Regex,
    /// The same, where it neither begins nor ends between two characters of a word.
    pub(super) bounded: regex::Regex,
}

impl Regex {
    /// Compiles a regular expression within `bytes` of compiled size.
    ///
    /// # Errors
    /// When it is no regular expression, or larger than that.
    pub fn new(source: &str, bytes: usize) -> Result<Self, regex::Error> {
        let build = |source: &str| {
            let mut builder = regex::RegexBuilder::new(source);
            builder.case_insensitive(true).multi_line(true).nest_limit(64);
            builder.size_limit(bytes).dfa_size_limit(bytes).build()
        };
        let compiled = build(source)?;
        // No word is cut where, of the characters on both sides, one belongs to no word.
        let bound = r"(?:\b{start-half}|\b{end-half})";
        let bounded = build(&format!("{bound}(?:{source}){bound}")).unwrap_or_else(|_| compiled.clone());
        Ok(Self { source: source.into(), compiled, bounded })
    }

    /// As written, without the slashes.
    pub fn as_str(&self) -> &str {
        &self.source
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Regex {}

/// Two things near each other, in one text of one zone, not overlapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The one: atoms, OR and NEAR only.
    pub left: Query,
    /// The other: atoms, OR and NEAR only.
    pub right: Query,
    /// How near.
    pub reach: Reach,
    /// Whether the left one stands before the right one.
    pub ordered: bool,
    /// `NOT NEAR`: the left one stands somewhere without the right one near it.
    pub negated: bool,
}

/// How near is near?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// At most so many tokens between.
    Words(u32),
    /// In one sentence.
    Sentence,
    /// In one paragraph.
    Paragraph,
}

/// Something that must be known of the message. What is not known does not hold.
#[derive(Debug, Clone)]
pub struct Test {
    /// Of what.
    pub attribute: Attribute,
    /// What must hold.
    pub condition: Condition,
    /// Where it stands in the query as written; of no account for equality.
    pub span: Span,
}

impl PartialEq for Test {
    fn eq(&self, other: &Self) -> bool {
        self.attribute == other.attribute && self.condition == other.condition
    }
}

impl Eq for Test {}

/// What must hold of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// It is this; folded, as the values of messages are.
    Is(Arc<str>),
    /// It lies between, both ends included; an absent end is open. Numbers are whole, but those of [`Attribute::Own`],
    /// which count in billionths; times are seconds since 1970.
    Between(Option<i128>, Option<i128>),
}

impl Query {
    /// Any of several queries; `None` when there are none.
    pub fn any(mut queries: Vec<Self>) -> Option<Self> {
        if queries.len() > 1 { Some(Self::Or(queries)) } else { queries.pop() }
    }

    /// All of several queries; `None` when there are none.
    pub fn all(mut queries: Vec<Self>) -> Option<Self> {
        if queries.len() > 1 { Some(Self::And(queries)) } else { queries.pop() }
    }

    /// The parts directly below.
    pub fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Atom(_) | Self::Test(_) => Vec::new(),
            Self::And(parts) | Self::Or(parts) | Self::AtLeast(_, parts) => parts.iter().collect(),
            Self::Not(part) => vec![part],
            Self::Near(near) => vec![&near.left, &near.right],
        }
    }

    /// The clauses: atoms and tests, in the order they are written. A hit says which clause stands where.
    pub fn clauses(&self) -> Vec<&Self> {
        let mut clauses = Vec::new();
        self.visit(&mut |clause| clauses.push(clause));
        clauses
    }

    fn visit<'a>(&'a self, seen: &mut impl FnMut(&'a Self)) {
        match self {
            Self::Atom(_) | Self::Test(_) => seen(self),
            _ => self.parts().into_iter().for_each(|part| part.visit(seen)),
        }
    }

    /// Words that [`Pattern::Loose`] may have.
    pub const LOOSE_WORDS: usize = 8;

    /// Depth of the tree and number of its nodes.
    pub(super) fn size(&self) -> (usize, usize) {
        let parts = self.parts();
        parts.into_iter().map(Self::size).fold((1, 1), |(depth, nodes), (d, n)| (depth.max(d + 1), nodes + n))
    }

    /// Whether it is within the limits; a built query may be larger than a parsed one.
    pub fn fits(&self, limits: &Limits) -> bool {
        let (depth, nodes) = self.size();
        let loose = |clause: &&Self| match clause {
            Self::Atom(Atom { pattern: Pattern::Loose { words, .. }, .. }) => words.len() > Self::LOOSE_WORDS,
            _ => false,
        };
        depth <= limits.query_depth && nodes <= limits.query_nodes && !self.clauses().iter().any(loose)
    }
}
