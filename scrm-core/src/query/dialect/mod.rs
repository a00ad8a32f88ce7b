//! For which tool was the query written? One grammar, and for each tool a table of where it differs.
//!
//! Read [`Dialect`] first. What a tool would read in another way than the tree can say is told in a warning.

mod brandwatch;
mod lucene;
mod native;
mod talkwalker;
mod x;

use super::Form;
use super::fields::Target;

/// The language that a query is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Dialect {
    /// This engine's own.
    #[default]
    Native,
    /// Brandwatch.
    Brandwatch,
    /// Rules of X's filtered stream.
    X,
    /// Lucene's classic query parser, and what Elasticsearch and OpenSearch call a query string.
    Lucene,
    /// Talkwalker.
    Talkwalker,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Native, Self::Brandwatch, Self::X, Self::Lucene, Self::Talkwalker];

    /// Its name: `native`, `brandwatch`, `x`, `lucene`, `talkwalker`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Brandwatch => "brandwatch",
            Self::X => "x",
            Self::Lucene => "lucene",
            Self::Talkwalker => "talkwalker",
        }
    }

    /// The dialect of that name.
    ///
    /// ```
    /// use scrm_core::query::Dialect;
    /// assert_eq!(Dialect::parse("lucene"), Some(Dialect::Lucene));
    /// assert_eq!(Dialect::parse("sql"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.as_str() == name)
    }

    pub(super) fn rules(self) -> &'static Rules {
        match self {
            Self::Native => &native::RULES,
            Self::Brandwatch => &brandwatch::RULES,
            Self::X => &x::RULES,
            Self::Lucene => &lucene::RULES,
            Self::Talkwalker => &talkwalker::RULES,
        }
    }
}

/// Where a dialect differs.
#[derive(Debug)]
pub(super) struct Rules {
    /// Its name, for people.
    pub(super) name: &'static str,
    /// Whether it is our own, with quorum, sentences, lists and `=word`.
    pub(super) native: bool,
    /// Whether AND and NOT are operators.
    pub(super) and_not: bool,
    /// Whether it has NEAR.
    pub(super) proximity: bool,
    /// Whether a group may be negated.
    pub(super) negated_groups: bool,
    /// Whether it says what stands side by side.
    pub(super) blank_joins: bool,
    pub(super) signs: Signs,
    /// Whether `{…}` asks for very characters.
    pub(super) braces: bool,
    /// Whether `/…/` is a regular expression.
    pub(super) expressions: bool,
    /// Whether `\` takes away what the next character means.
    pub(super) escapes: bool,
    /// The form of a plain word.
    pub(super) plain: Form,
    pub(super) wildcards: Wildcards,
    pub(super) loose: Loose,
    pub(super) field: fn(&str) -> Option<Target>,
    /// The names of its fields, for those who mistype one.
    pub(super) fields: &'static [&'static str],
    /// Its names for values of `has:` and `is:` that have others here.
    pub(super) value: fn(&str) -> Option<&'static str>,
}

/// What joins what stands side by side, and which signs there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signs {
    /// AND; `-` for NOT.
    Plain,
    /// OR; `+` for what must stand, `-` for what must not, `&&`, `||`, `!`, `^2`.
    Lucene,
}

/// Where `*` and `?` may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wildcards {
    Anywhere,
    /// Not at the beginning of a word.
    NotFirst,
    /// `*` at the end of a word alone.
    Last,
    /// Nowhere.
    None,
}

/// What the number in `"a b"~n` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loose {
    /// Words between.
    Between,
    /// Moves of words that make the phrase.
    Moves,
    /// How many words on the other one stands.
    Within,
}

/// For dialects that have no names of their own for values.
fn same(_: &str) -> Option<&'static str> {
    None
}
