//! How is much counted in little memory, whatever comes first? Of too many keys, the first ones in their order are kept.
//!
//! A key that is let go lies behind every key that is kept, so one that comes back is let go again: the counts kept are
//! exact, and the same for any order of what is counted and any way of cutting it into parts.

use std::borrow::Borrow;
use std::collections::BTreeMap;

/// Counts by key, of the least `most` keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bounded<K, V> {
    most: usize,
    kept: BTreeMap<K, V>,
}

/// What can be added up.
pub(super) trait Sum: Default {
    /// Adds what another part counted.
    fn add(&mut self, other: Self);
}

impl Sum for u64 {
    fn add(&mut self, other: Self) {
        *self += other;
    }
}

impl<K: Ord, V: Sum> Bounded<K, V> {
    pub(super) fn new(most: usize) -> Self {
        Self { most, kept: BTreeMap::new() }
    }

    /// What is kept under a key, for a new one too; `None` when the key is let go. `own` makes the key.
    pub(super) fn entry<Q: Ord + ?Sized>(&mut self, key: &Q, own: impl FnOnce() -> K) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        if !self.kept.contains_key(key) {
            if self.kept.len() >= self.most {
                if self.kept.last_key_value().is_none_or(|(last, _)| last.borrow() < key) {
                    return None;
                }
                self.kept.pop_last();
            }
            self.kept.insert(own(), V::default());
        }
        self.kept.get_mut(key)
    }

    /// Adds what another part counted.
    pub(super) fn merge(&mut self, other: Self) {
        for (key, value) in other.kept {
            self.kept.entry(key).or_default().add(value);
        }
        while self.kept.len() > self.most {
            self.kept.pop_last();
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.kept.iter()
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = (K, V)> {
        self.kept.into_iter()
    }
}
