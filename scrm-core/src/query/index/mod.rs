//! Which of many queries hold in a message? One look at each of its words answers for all of them.
//!
//! Read [`Index`] first. Every word, pattern and attribute value of all queries is a *term* of one vocabulary. A query
//! is looked at only when one of its *anchors* stands in the message: a term, or two side by side, without which it
//! cannot hold; the rarest is taken (of an AND one part, of an OR all). So what a message costs depends on its words and
//! on the queries whose rarest word it has, not on how many others there are. Queries without an anchor are looked at
//! always, and counted ([`Index::always`]).

mod anchor;
mod build;
pub(crate) mod bytes;
mod code;
mod evaluate;
mod members;
mod prefilter;
mod scan;
mod trigger;
mod vocabulary;

use std::sync::Arc;

pub use build::{IndexBuilder, IndexError};
pub(crate) use prefilter::Prefilter;
pub use scan::Scan;

use super::{Attribute, Document, Place, Query, Regex, Test, Uses, Zone};
use code::{Decoder, take};
use trigger::Triggers;
use vocabulary::{Class, Role, TermId, Vocabulary, hash};

/// Many queries, compiled to be matched together; each is known by its number. Immutable.
///
/// ```
/// use scrm_core::model::Limits;
/// use scrm_core::query::{Document, Index, Query};
/// use scrm_core::text::Text;
/// let mut builder = Index::builder(&Limits::DEFAULT);
/// for source in ["lost NEAR/2 bag*", "delay* -weather", "refund"] {
///     builder.add(&Query::parse(source).query.unwrap()).unwrap();
/// }
/// let index = builder.build().unwrap();
/// let text = Text::new("They delayed us and lost my bags");
/// assert_eq!(index.scan(&Document::of_text(&text)).matches(), [0, 1]);
/// ```
#[derive(Debug)]
pub struct Index {
    vocabulary: Vocabulary,
    zones: Vec<Zone>,
    attributes: Vec<Attribute>,
    complex: Vec<Complex>,
    tests: Vec<Test>,
    triggers: Triggers,
    /// Patterns that are looked for only behind a word that was met: a bit for each term; empty when there are none.
    late: Vec<u64>,
    /// Which forms of words some query asks for, by zone: bit by form.
    forms: Vec<u8>,
    /// The code of all queries, and where each begins.
    code: Vec<u32>,
    starts: Vec<u32>,
    /// Two terms side by side that anchor a query: open-addressed by both; 0 is free, else one more than its number.
    pair_slots: Vec<u32>,
    pairs: Vec<(TermId, TermId)>,
    /// By term, then by pair: where what it anchors begins in `postings`.
    first: Vec<u32>,
    postings: Vec<Posting>,
    always: Vec<u32>,
    uses: Uses,
    most: usize,
}

/// One query that a term or a pair anchors, with two more terms that it needs.
#[derive(Debug, Clone, Copy, Default)]
struct Posting {
    query: u32,
    second: TermId,
    third: TermId,
}

/// What is looked up in the text itself once a hint of it has been met.
#[derive(Debug, Clone, PartialEq)]
enum Complex {
    Loose { terms: Vec<TermId>, slack: u32 },
    Exact { zone: u16, literal: Arc<str> },
    Regex { zone: u16, regex: Regex },
}

impl Index {
    /// Starts an index.
    pub fn builder(limits: &crate::model::Limits) -> IndexBuilder {
        IndexBuilder::new(limits)
    }

    /// How many distinct queries it holds.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The queries that are looked at for every message, since nothing must stand in those they match.
    pub fn always(&self) -> impl Iterator<Item = usize> {
        self.always.iter().map(|number| *number as usize)
    }

    /// The zones and attributes that some query asks for.
    pub fn uses(&self) -> &Uses {
        &self.uses
    }

    /// Whether some query asks whether an attribute has this value (folded).
    pub fn asks(&self, attribute: &Attribute, value: &str) -> bool {
        (0u16..).zip(&self.attributes).filter(|(_, known)| *known == attribute).any(|(number, _)| {
            let class = Class::new(Role::Name, 0, number);
            self.vocabulary.find(hash(value.as_bytes()), class, value.as_bytes()) != 0
        })
    }

    /// A query by its number, read back from its code.
    pub fn query(&self, number: usize) -> Option<Query> {
        let decoder = Decoder {
            vocabulary: &self.vocabulary,
            zones: &self.zones,
            attributes: &self.attributes,
            complex: &self.complex,
            tests: &self.tests,
        };
        decoder.decode(&take(&mut self.code_of(number)?)?)
    }

    /// What one message has of the vocabulary: asked for matches and for places.
    pub fn scan<'i>(&'i self, document: &'i Document<'i>) -> Scan<'i> {
        Scan::new(self, document)
    }

    /// Words of code that a query takes: what one look at it costs at most.
    pub fn cost(&self, number: usize) -> usize {
        self.code_of(number).map_or(0, <[u32]>::len)
    }

    /// Bytes that it takes.
    pub fn memory(&self) -> usize {
        self.vocabulary.memory()
            + self.triggers.memory()
            + self.late.capacity() * 8
            + self.code.capacity() * 4
            + self.starts.capacity() * 4
            + self.pair_slots.capacity() * 4
            + self.pairs.capacity() * 8
            + self.first.capacity() * 4
            + self.postings.capacity() * size_of::<Posting>()
            + self.complex.iter().map(Complex::memory).sum::<usize>()
            + self.tests.capacity() * size_of::<Test>()
    }

    /// Whether a term, or a pair, leads to some query.
    fn leads(&self, key: u32) -> bool {
        self.first.get(key as usize) != self.first.get(key as usize + 1)
    }

    /// Whether a term is a pattern that is looked for only behind a word that was met.
    #[inline]
    fn is_late(&self, term: TermId) -> bool {
        self.late.get(term as usize / 64).is_some_and(|word| word >> (term % 64) & 1 == 1)
    }

    /// The queries that a term or a pair anchors.
    fn postings_of(&self, key: u32) -> &[Posting] {
        let bounds = (self.first.get(key as usize), self.first.get(key as usize + 1));
        let (Some(from), Some(to)) = bounds else { return &[] };
        self.postings.get(*from as usize..*to as usize).unwrap_or_default()
    }

    fn code_of(&self, number: usize) -> Option<&[u32]> {
        let (from, to) = (self.starts.get(number)?, self.starts.get(number + 1)?);
        self.code.get(*from as usize..*to as usize)
    }
}

impl Complex {
    fn memory(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Loose { terms, .. } => terms.capacity() * 4,
                Self::Exact { literal, .. } => literal.len(),
                // What a compiled expression takes cannot be asked for; its size is limited when it is read.
                Self::Regex { regex, .. } => regex.as_str().len() + 2048,
            }
    }
}

/// A clause of a query and a place where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClausePlace {
    /// The clause's number: its place in [`Query::clauses`].
    pub clause: u32,
    /// Where.
    pub place: Place,
}
