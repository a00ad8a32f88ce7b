//! Where in the text? Bytes at character boundaries.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A stretch of a text: bytes from `start` up to, not including, `end`.
///
/// A span is never empty-backwards (`start <= end`); that it lies inside its text, on character boundaries, is
/// established by whoever holds both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "(u32, u32)", into = "(u32, u32)")]
pub struct Span {
    start: u32,
    end: u32,
}

/// A span that ends before it starts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("span {0}..{1} ends before it starts")]
pub struct SpanError(u32, u32);

impl Span {
    /// The span from `start` to `end`; turned round when they are in the wrong order.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { start: clamp(start.min(end)), end: clamp(start.max(end)) }
    }

    /// First byte.
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// The byte after the last one.
    pub fn end(self) -> usize {
        self.end as usize
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it holds nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The bytes as a range.
    pub fn range(self) -> Range<usize> {
        self.start()..self.end()
    }

    /// The text it covers; `None` when it does not lie in `text` on character boundaries.
    pub fn of(self, text: &str) -> Option<&str> {
        text.get(self.range())
    }

    /// Whether the two share a byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

impl TryFrom<(u32, u32)> for Span {
    type Error = SpanError;
    fn try_from((start, end): (u32, u32)) -> Result<Self, SpanError> {
        if start <= end { Ok(Self { start, end }) } else { Err(SpanError(start, end)) }
    }
}

impl From<Span> for (u32, u32) {
    fn from(span: Span) -> Self {
        (span.start, span.end)
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// What a stretch of a message's text is, as its payload said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SpanKind {
    /// Somebody else's earlier words (the tail of a mail).
    Quoted,
    /// Words that were passed on.
    Reposted,
    /// Words of the company's own side in a transcript.
    Agent,
    /// One speaker's turn; the value names the speaker.
    Speaker,
    /// A link; the value is its target.
    Link,
    /// A mention; the value is the account's id.
    Mention,
    /// A hashtag.
    Hashtag,
}

impl SpanKind {
    /// Whether the words are not the author's own.
    pub fn is_foreign(self) -> bool {
        matches!(self, Self::Quoted | Self::Reposted | Self::Agent)
    }
}

/// A stretch of a message's text with its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MarkedSpan {
    /// First byte (UTF-8).
    pub start: u32,
    /// The byte after the last one (UTF-8).
    pub end: u32,
    /// What it is.
    pub kind: SpanKind,
    /// A link's target, a speaker's name, a mentioned account's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl MarkedSpan {
    /// The place alone.
    pub fn span(&self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }
}
