//! Which words are an issue's own? Those that stand in its messages more often than in the other messages of the days.
//!
//! Keyness by Dunning's log-likelihood ratio G² ("Accurate Methods for the Statistics of Surprise and Coincidence",
//! Computational Linguistics 19, 1993) of two shares of messages; 3.84 is exceeded by chance once in 20, 10.83 once in 1,000.
//! Its size says how sure the difference is, `ratio` says how large. Words that stand in one message alone, names of
//! accounts, links, numbers and words that say nothing of an issue are left out. For a search engine's keywords, this is the
//! list.

use std::collections::BTreeMap;

use super::Frame;
use crate::measure::statistics::{number, percent};
use crate::measure::sums::Counts;
use crate::measure::words::{Keyness, keyness};
use crate::measure::{Cell, CellType, Measures, Table};

/// How many words of an issue are listed.
const TOP: usize = 25;

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("words", "The words that tell each issue from everything else")
        .column("issue", CellType::Text, None, "its path; empty for messages without a topic")
        .column("word", CellType::Text, None, "folded: without case and accents")
        .column("messages", CellType::Integer, Some("messages"), "of the issue in which it stands")
        .column("share", CellType::Number, Some("percent"), "of the issue's messages")
        .column("elsewhere", CellType::Integer, Some("messages"), "of everything else in which it stands")
        .column("elsewhere_share", CellType::Number, Some("percent"), "of the other messages")
        .column(
            "ratio",
            CellType::Number,
            None,
            "the first share over the second, half a message added to each count",
        )
        .column("keyness", CellType::Number, Some("G²"), "log-likelihood ratio");
    let mut all: (u64, Counts<String>) = Default::default();
    let mut issues: BTreeMap<&str, (u64, Counts<String>)> = BTreeMap::new();
    for (_, part) in measures.over(frame.days) {
        all.0 += part.voice.messages;
        all.1.join(&part.voice_words);
        for (path, issue) in &part.issues {
            let sum = issues.entry(path).or_default();
            sum.0 += issue.group.messages;
            sum.1.join(&issue.words);
        }
    }
    for (path, (messages, words)) in &issues {
        for Keyness { word, here, there, score } in keyness(*messages, words, all.0, &all.1, TOP) {
            let others = all.0.saturating_sub(*messages);
            let rate = |count: u64, of: u64| (number(count) + 0.5) / (number(of) + 0.5);
            table.row([
                Cell::from(*path),
                Cell::from(word),
                Cell::from(here),
                Cell::from(percent(here, *messages)),
                Cell::from(there),
                Cell::from(percent(there, others)),
                Cell::from((others > 0).then(|| rate(here, *messages) / rate(there, others))),
                Cell::from(score),
            ]);
        }
    }
    table
}
