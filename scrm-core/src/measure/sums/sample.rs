//! Which few stand for many? A sample that chance has drawn, the same wherever it is drawn; and the loudest.
//!
//! A message is in a sample of `k` when the number made of its key is among the `k` least (bottom-k sampling: Cohen, Kaplan,
//! "Summarizing data using bottom-k sketches", 2007). That is a uniform sample without replacement, whatever the order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Change, number_of_message};
use crate::model::MessageKey;

/// How many messages a sample keeps.
const KEPT: usize = 8;

/// A uniform sample of messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::measure) struct Sample {
    kept: BTreeMap<u64, MessageKey>,
    /// Every message with a number below this one is kept.
    below: u64,
}

impl Default for Sample {
    fn default() -> Self {
        Self { kept: BTreeMap::new(), below: u64::MAX }
    }
}

impl Sample {
    pub(in crate::measure) fn change(&mut self, key: &MessageKey, change: Change) {
        let number = number_of_message(key);
        match change {
            Change::Add if number < self.below => {
                self.kept.insert(number, key.clone());
                self.cut();
            }
            Change::Add => {}
            Change::Take => {
                self.kept.remove(&number);
            }
        }
    }

    pub(in crate::measure) fn join(&mut self, other: &Self) {
        self.below = self.below.min(other.below);
        self.kept.extend(other.kept.iter().map(|(number, key)| (*number, key.clone())));
        let below = self.below;
        self.kept.retain(|number, _| *number < below);
        self.cut();
    }

    fn cut(&mut self) {
        while self.kept.len() > KEPT {
            let Some((last, _)) = self.kept.pop_last() else { return };
            self.below = last;
        }
    }

    /// The messages, in the order in which chance has put them.
    pub(in crate::measure) fn messages(&self) -> impl Iterator<Item = &MessageKey> {
        self.kept.values()
    }
}

/// The messages of the highest score.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::measure) struct Top(BTreeSet<(Reverse<u32>, MessageKey)>);

impl Top {
    /// `score` in thousandths.
    pub(in crate::measure) fn change(&mut self, score: u32, key: &MessageKey, change: Change) {
        let one = (Reverse(score), key.clone());
        match change {
            Change::Add if score > 0 => {
                self.0.insert(one);
                self.cut();
            }
            Change::Add => {}
            Change::Take => {
                self.0.remove(&one);
            }
        }
    }

    pub(in crate::measure) fn join(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
        self.cut();
    }

    fn cut(&mut self) {
        while self.0.len() > KEPT {
            self.0.pop_last();
        }
    }

    pub(in crate::measure) fn messages(&self) -> impl Iterator<Item = &MessageKey> {
        self.0.iter().map(|(_, key)| key)
    }
}
