//! Which of many queries hold? (To be replaced by the index: this asks each of them.)

use std::sync::Arc;

use super::{Document, Query};
use crate::model::Span;
use crate::text::Text;

/// A query that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Its number.
    pub query: usize,
    /// Places in the first text.
    pub spans: Vec<Span>,
}

/// Too large.
#[derive(Debug, thiserror::Error)]
#[error("the queries together are too large to be compiled")]
pub struct BuildError;

/// Many queries.
#[derive(Debug, Clone)]
pub struct Automaton(Arc<Vec<Query>>);

impl Automaton {
    /// Compiles.
    ///
    /// # Errors
    /// Never.
    pub fn build<'a>(queries: impl IntoIterator<Item = &'a Query>) -> Result<Self, BuildError> {
        Ok(Self(Arc::new(queries.into_iter().cloned().collect())))
    }

    /// Always looked at.
    pub fn always(&self) -> impl Iterator<Item = usize> {
        0..self.0.len()
    }

    /// Bytes.
    pub fn memory(&self) -> usize {
        self.0.len()
    }

    /// Those that hold.
    pub fn scan(&self, texts: &[&Text<'_>]) -> Vec<Match> {
        let Some(first) = texts.first() else { return Vec::new() };
        let document = Document::of_text(first);
        let each = self.0.iter().enumerate().filter(|(_, query)| query.holds(&document, 10_000));
        each.map(|(number, query)| {
            let clauses = query.clauses().into_iter().flat_map(|clause| clause.places(&document, 10_000));
            let mut spans: Vec<Span> = clauses.filter_map(|place| document.span(place)).collect();
            spans.sort_unstable();
            spans.dedup();
            Match { query: number, spans }
        })
        .collect()
    }
}
