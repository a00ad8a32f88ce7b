//! What would a query bring? Tried on messages that are there already, by the code that listens.
//!
//! [`backtest`] says which messages one query matches, [`diff`] what a change gains and loses, and
//! [`overlap`] which monitors say the same.

use std::collections::BTreeMap;

use super::listener::{ListenError, Listener};
use crate::model::{Limits, Message};
use crate::query::{Document, Index, Prefilter, Query};
use crate::text::Text;

/// What a query brings on messages that are there already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backtest {
    /// Messages looked at.
    pub messages: usize,
    /// Which of them match: their places in the input, counted from 0.
    pub matched: Vec<usize>,
    /// By clause: in how many of the messages that match it is part of why.
    pub clauses: Vec<usize>,
}

/// What a change of a query gains and loses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// Messages looked at.
    pub messages: usize,
    /// Messages that only the new query matches: their places in the input, counted from 0.
    pub gained: Vec<usize>,
    /// Messages that only the old query matches.
    pub lost: Vec<usize>,
    /// How many both match.
    pub kept: usize,
}

/// Two monitors that match the same messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// The one.
    pub a: String,
    /// The other.
    pub b: String,
    /// Messages that both match.
    pub both: usize,
    /// Messages that `a` matches.
    pub of_a: usize,
    /// Messages that `b` matches.
    pub of_b: usize,
}

impl Overlap {
    /// The share of the messages that either matches which both match (Jaccard): 0 to 1.
    pub fn share(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "counts of messages")]
        let share = self.both as f64 / (self.of_a + self.of_b - self.both).max(1) as f64;
        share
    }
}

/// Monitors of one message that are compared with each other; a message that more match says little of any two.
const COMPARED: usize = 64;

fn index(queries: [&Query; 2], limits: &Limits) -> Result<(Index, [u32; 2]), ListenError> {
    let mut builder = Index::builder(limits);
    let numbers = [
        builder.add(queries[0]).map_err(ListenError::Index)?,
        builder.add(queries[1]).map_err(ListenError::Index)?,
    ];
    Ok((builder.build().map_err(ListenError::Index)?, numbers))
}

/// Tries a query on messages.
///
/// # Errors
/// When the query does not keep to the limits.
pub fn backtest<'m>(
    query: &Query,
    messages: impl IntoIterator<Item = &'m Message>,
    limits: &Limits,
) -> Result<Backtest, ListenError> {
    let (index, [number, _]) = index([query, query], limits)?;
    let prefilter = Prefilter::of(&index);
    let mut test = Backtest { clauses: vec![0; query.clauses().len()], ..Backtest::default() };
    for (at, message) in messages.into_iter().enumerate() {
        test.messages += 1;
        if prefilter.as_ref().is_some_and(|prefilter| !prefilter.may_match(message)) {
            continue;
        }
        let text = Text::new(message.text());
        let document = Document::new(message, &text, index.uses());
        let scan = index.scan(&document);
        if scan.matches().is_empty() {
            continue;
        }
        test.matched.push(at);
        let mut clauses: Vec<u32> = scan.evidence(number).into_iter().map(|found| found.clause).collect();
        clauses.dedup();
        for clause in clauses {
            if let Some(count) = test.clauses.get_mut(clause as usize) {
                *count += 1;
            }
        }
    }
    Ok(test)
}

/// Tries a query and the one that is to take its place on messages.
///
/// # Errors
/// When a query does not keep to the limits.
pub fn diff<'m>(
    old: &Query,
    new: &Query,
    messages: impl IntoIterator<Item = &'m Message>,
    limits: &Limits,
) -> Result<Diff, ListenError> {
    let (index, [before, after]) = index([old, new], limits)?;
    let prefilter = Prefilter::of(&index);
    let mut diff = Diff::default();
    for (at, message) in messages.into_iter().enumerate() {
        diff.messages += 1;
        if prefilter.as_ref().is_some_and(|prefilter| !prefilter.may_match(message)) {
            continue;
        }
        let text = Text::new(message.text());
        let document = Document::new(message, &text, index.uses());
        let matches = index.scan(&document).matches();
        match (matches.contains(&before), matches.contains(&after)) {
            (true, true) => diff.kept += 1,
            (true, false) => diff.lost.push(at),
            (false, true) => diff.gained.push(at),
            (false, false) => {}
        }
    }
    Ok(diff)
}

impl Listener {
    /// Which monitors match the same messages: the pairs that share the most of theirs first, at most `most` of them.
    /// Of a message that more than 64 monitors match, the first 64 are compared.
    pub fn overlap<'m>(&self, messages: impl IntoIterator<Item = &'m Message>, most: usize) -> Vec<Overlap> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for message in messages {
            let text = Text::new(message.text());
            let found = self.matches(&Document::new(message, &text, self.uses()));
            for id in found.iter().copied() {
                *counts.entry(id).or_default() += 1;
            }
            let compared = found.get(..found.len().min(COMPARED)).unwrap_or_default();
            for (at, a) in compared.iter().copied().enumerate() {
                for b in compared.iter().copied().skip(at + 1) {
                    *pairs.entry((a, b)).or_default() += 1;
                }
            }
        }
        let count = |id: &str| counts.get(id).copied().unwrap_or(0);
        let mut overlaps: Vec<Overlap> = pairs
            .into_iter()
            .map(|((a, b), both)| Overlap {
                a: a.to_owned(),
                b: b.to_owned(),
                both,
                of_a: count(a),
                of_b: count(b),
            })
            .collect();
        overlaps.sort_by(|a, b| b.share().total_cmp(&a.share()).then(b.both.cmp(&a.both)));
        overlaps.truncate(most);
        overlaps
    }
}
