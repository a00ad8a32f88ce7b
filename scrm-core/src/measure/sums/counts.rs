//! How often did each thing happen?

use std::borrow::Borrow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Change;

/// Counts by key. What is counted no longer is not there. In JSON a list of pairs, so that keys may be anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::measure) struct Counts<K>(BTreeMap<K, u64>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> Counts<K> {
    pub(in crate::measure) fn change(&mut self, key: K, change: Change) {
        self.by(key, 1, change);
    }

    pub(in crate::measure) fn by(&mut self, key: K, count: u64, change: Change) {
        match change {
            Change::Add if count == 0 => {}
            Change::Add => *self.0.entry(key).or_default() += count,
            Change::Take => {
                if let Some(known) = self.0.get_mut(&key) {
                    *known = known.saturating_sub(count);
                    if *known == 0 {
                        self.0.remove(&key);
                    }
                }
            }
        }
    }

    /// The same for a key that may have to be copied: it is when it was not there.
    pub(in crate::measure) fn change_of<Q: Ord + ToOwned<Owned = K> + ?Sized>(
        &mut self,
        key: &Q,
        change: Change,
    ) where
        K: Borrow<Q>,
    {
        match (self.0.get_mut(key), change) {
            (Some(known), Change::Add) => *known += 1,
            (None, Change::Add) => {
                self.0.insert(key.to_owned(), 1);
            }
            (Some(known), Change::Take) if *known > 1 => *known -= 1,
            (Some(_), Change::Take) => {
                self.0.remove(key);
            }
            (None, Change::Take) => {}
        }
    }

    pub(in crate::measure) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> u64
    where
        K: Borrow<Q>,
    {
        self.0.get(key).copied().unwrap_or_default()
    }

    pub(in crate::measure) fn total(&self) -> u64 {
        self.0.values().sum()
    }

    pub(in crate::measure) fn len(&self) -> usize {
        self.0.len()
    }

    pub(in crate::measure) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(in crate::measure) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, u64)> {
        self.0.iter().map(|(key, count)| (key, *count))
    }

    pub(in crate::measure) fn join(&mut self, other: &Self)
    where
        K: Clone,
    {
        for (key, count) in &other.0 {
            self.by(key.clone(), *count, Change::Add);
        }
    }

    /// The keys that come most often, equal ones in their order.
    pub(in crate::measure) fn most(&self) -> Vec<(&K, u64)> {
        most_first(self.iter())
    }
}

impl<K: Ord> FromIterator<(K, u64)> for Counts<K> {
    fn from_iter<I: IntoIterator<Item = (K, u64)>>(pairs: I) -> Self {
        let mut counts = Self::default();
        for (key, count) in pairs {
            counts.by(key, count, Change::Add);
        }
        counts
    }
}

/// Pairs by falling count, equal ones in the order of their keys.
pub(in crate::measure) fn most_first<K: Ord>(pairs: impl Iterator<Item = (K, u64)>) -> Vec<(K, u64)> {
    let mut pairs: Vec<(K, u64)> = pairs.collect();
    pairs.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    pairs
}

impl<K: Serialize> Serialize for Counts<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter())
    }
}

impl<'de, K: Ord + Deserialize<'de>> Deserialize<'de> for Counts<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<(K, u64)>::deserialize(deserializer)?.into_iter().collect())
    }
}
