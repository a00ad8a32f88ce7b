//! What can a query say? Words, phrases and names, joined by AND, OR and NOT.

use std::fmt;

use crate::model::{Limits, Span};
use crate::text::{DELIMITER, TokenKind};

/// An authored query as a tree. Two queries are equal when they print alike.
///
/// ```
/// use scrm_core::query::Query;
/// let query = Query::parse(r#"@northwind OR ("north wind" mobile*) -weather"#).query.unwrap();
/// assert_eq!(query.to_string(), r#"@northwind OR ("north wind" AND mobile*) AND NOT weather"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// One word, phrase or name.
    Atom(Atom),
    /// All of them.
    And(Vec<Query>),
    /// Any of them.
    Or(Vec<Query>),
    /// Not this one.
    Not(Box<Query>),
}

/// One word, phrase or name, cut into tokens as customers' texts are.
#[derive(Debug, Clone)]
pub struct Atom {
    pub(super) tokens: Vec<(TokenKind, String)>,
    pub(super) prefix: bool,
    pub(super) span: Span,
}

impl PartialEq for Atom {
    fn eq(&self, other: &Self) -> bool {
        self.tokens == other.tokens && self.prefix == other.prefix
    }
}

impl Eq for Atom {}

impl Atom {
    /// Where it stands in the query as written.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The folded text that stands for it: what the automaton looks for.
    pub fn pattern(&self) -> String {
        let mut pattern = String::from(DELIMITER);
        for (i, (_, token)) in self.tokens.iter().enumerate() {
            if i > 0 {
                pattern.push(DELIMITER);
            }
            pattern.push_str(token);
        }
        if !self.prefix {
            pattern.push(DELIMITER);
        }
        pattern
    }

    /// Whether a token of a text, of kind `actual`, can stand where the query has one of kind `wanted`.
    pub(super) fn accepts(wanted: TokenKind, actual: TokenKind) -> bool {
        if wanted.is_wordlike() && wanted != TokenKind::Hashtag {
            actual.is_wordlike()
        } else {
            wanted == actual
        }
    }
}

impl Query {
    /// The atoms, in the order they are written.
    pub fn atoms(&self) -> Vec<&Atom> {
        let mut atoms = Vec::new();
        self.visit(&mut |atom| atoms.push(atom));
        atoms
    }

    fn visit<'a>(&'a self, seen: &mut impl FnMut(&'a Atom)) {
        match self {
            Self::Atom(atom) => seen(atom),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit(seen)),
            Self::Not(part) => part.visit(seen),
        }
    }

    /// Any of several queries; `None` when there are none.
    pub fn any(mut queries: Vec<Self>) -> Option<Self> {
        if queries.len() > 1 { Some(Self::Or(queries)) } else { queries.pop() }
    }

    /// Depth of the tree and number of its nodes.
    pub(super) fn size(&self) -> (usize, usize) {
        match self {
            Self::Atom(_) => (1, 1),
            Self::Not(part) => {
                let (depth, nodes) = part.size();
                (depth + 1, nodes + 1)
            }
            Self::And(parts) | Self::Or(parts) => parts
                .iter()
                .map(Self::size)
                .fold((1, 1), |(depth, nodes), (d, n)| (depth.max(d + 1), nodes + n)),
        }
    }

    /// Whether it is within the limits; a built query may be larger than a parsed one.
    pub fn fits(&self, limits: &Limits) -> bool {
        let (depth, nodes) = self.size();
        depth <= limits.query_depth && nodes <= limits.query_nodes
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Or(_) => 0,
            Self::And(_) => 1,
            Self::Not(_) => 2,
            Self::Atom(_) => 3,
        }
    }

    fn write_in(&self, f: &mut fmt::Formatter<'_>, outer: u8) -> fmt::Result {
        // One of a kind inside another of that kind keeps its parentheses: the tree prints as it stands.
        if self.rank() < 3 && self.rank() <= outer { write!(f, "({self})") } else { write!(f, "{self}") }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, parts: &[Query], word: &str, rank: u8| {
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    f.write_str(word)?;
                }
                part.write_in(f, rank)?;
            }
            Ok(())
        };
        match self {
            Self::Atom(atom) => write!(f, "{atom}"),
            Self::And(parts) => join(f, parts, " AND ", 1),
            Self::Or(parts) => join(f, parts, " OR ", 0),
            Self::Not(part) => {
                f.write_str("NOT ")?;
                part.write_in(f, 1)
            }
        }
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = |kind| match kind {
            TokenKind::Hashtag => "#",
            TokenKind::Mention => "@",
            TokenKind::Cashtag => "$",
            _ => "",
        };
        let words: Vec<String> =
            self.tokens.iter().map(|(kind, token)| format!("{}{token}", sign(*kind))).collect();
        let star = if self.prefix { "*" } else { "" };
        match words.as_slice() {
            [word] if !matches!(word.to_uppercase().as_str(), "AND" | "OR" | "NOT") => {
                write!(f, "{word}{star}")
            }
            _ => write!(f, "\"{}{star}\"", words.join(" ")),
        }
    }
}
