//! What was noise, and why? Counts by reason, each with an example to judge it by.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{MessageKey, NoiseReason};
use crate::record::Entry;

/// How many messages are noise for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoiseCount {
    /// The reason.
    pub reason: NoiseReason,
    /// How many.
    pub messages: u64,
    /// One of them: the one with the least key.
    pub example: MessageKey,
    /// What it says, cut short.
    pub text: String,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Tally(BTreeMap<NoiseReason, (u64, Example)>);

/// The example of a reason: key and text.
type Example = Option<(MessageKey, String)>;

impl Tally {
    pub(super) fn entry(&mut self, entry: &Entry, reason: NoiseReason) {
        self.put(reason, 1, Some((entry.message.key(), short(entry.message.text()))));
    }

    fn put(&mut self, reason: NoiseReason, messages: u64, example: Example) {
        let (count, kept) = self.0.entry(reason).or_default();
        *count += messages;
        *kept = match (kept.take(), example) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }

    pub(super) fn join(&mut self, other: Self) {
        for (reason, (count, example)) in other.0 {
            self.put(reason, count, example);
        }
    }

    pub(super) fn measure(&self) -> Vec<NoiseCount> {
        let one = |(reason, (messages, example)): (&NoiseReason, &(u64, Example))| {
            let (example, text) = example.clone()?;
            Some(NoiseCount { reason: *reason, messages: *messages, example, text })
        };
        let mut counts: Vec<NoiseCount> = self.0.iter().filter_map(one).collect();
        counts.sort_by(|a, b| b.messages.cmp(&a.messages).then_with(|| a.reason.cmp(&b.reason)));
        counts
    }
}

/// The beginning of a text, on one line.
pub(super) fn short(text: &str) -> String {
    const LENGTH: usize = 90;
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LENGTH {
        return line;
    }
    let mut cut: String = line.chars().take(LENGTH - 1).collect();
    cut.push('…');
    cut
}
