//! What are the issues of the days, in their own words? One row for each, most messages first.

use std::collections::BTreeMap;

use super::day::IssuePart;
use super::statistics::percent;
use super::sums::Counts;
use super::words::keyness;
use super::{Cell, CellType, Frame, Measures, Table};

/// How many words of an issue are shown.
const WORDS: usize = 8;

impl Measures {
    /// The issues with most messages, each with the words that tell it from everything else; `top` of them.
    pub fn issue_words(&self, frame: &Frame, top: usize) -> Table {
        let mut table = Table::new("issue_words", "The issues in their own words")
            .column("issue", CellType::Text, None, "its path")
            .column("messages", CellType::Integer, Some("messages"), "relevant messages from outside")
            .column("share", CellType::Number, Some("percent"), "of all of them")
            .column("people", CellType::Integer, Some("people"), "their distinct authors")
            .column("net_sentiment", CellType::Number, Some("points"), "-100 to 100")
            .column("words", CellType::Texts, None, "that stand in its messages more often than elsewhere");
        let mut all: (u64, Counts<String>) = Default::default();
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for (_, part) in self.over(frame.days) {
            all.0 += part.voice.messages;
            all.1.join(&part.voice_words);
            for (path, issue) in part.issues.iter().filter(|(path, _)| !path.is_empty()) {
                *counts.entry(path).or_default() += issue.group.messages;
            }
        }
        let mut ranked: Vec<(&str, u64)> = counts.into_iter().collect();
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        for (path, messages) in ranked.into_iter().take(top) {
            let mut sum = IssuePart::default();
            for (_, part) in self.over(frame.days) {
                if let Some(issue) = part.issues.get(path) {
                    sum.group.join(&issue.group);
                    sum.words.join(&issue.words);
                }
            }
            let words = keyness(messages, &sum.words, all.0, &all.1, WORDS);
            table.row([
                Cell::from(path),
                Cell::from(messages),
                Cell::from(percent(messages, all.0)),
                Cell::from(sum.group.people.count()),
                Cell::from(sum.group.net()),
                Cell::Texts(words.into_iter().map(|word| word.word).collect()),
            ]);
        }
        table
    }
}
