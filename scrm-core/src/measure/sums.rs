//! What are measures made of? Parts that are added up: counts, people, quantiles and samples.
//!
//! Read [`Change`] first. Every part obeys one law: what is added in any order, or in pieces that are joined in any order, is
//! the same; and what is taken away again leaves what was there before it came (a [`People`] that has become a sketch keeps
//! those it has seen). So a record may be measured by many workers, and a measure follows the log as messages are edited.

mod counts;
mod people;
mod quantiles;
mod sample;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub(super) use counts::{Counts, most_first};
pub(super) use people::People;
pub(super) use quantiles::Quantiles;
pub(super) use sample::{Sample, Top};

use crate::model::{IdentityKey, MessageKey};

/// Whether something comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Change {
    Add,
    Take,
}

impl Change {
    /// A count after one more, or one less.
    pub(super) fn of(self, count: &mut u64, by: u64) {
        *count = match self {
            Self::Add => count.saturating_add(by),
            Self::Take => count.saturating_sub(by),
        };
    }
}

/// A number for an account: the first 64 bits of a hash, the same on every machine. Among a million accounts two share one
/// with a probability below 3 in 100 million.
pub(super) fn number_of(account: &IdentityKey) -> u64 {
    hashed(account.source.as_str(), account.native_id.as_str())
}

/// A number for a message, in the same way.
pub(super) fn number_of_message(key: &MessageKey) -> u64 {
    hashed(key.source.as_str(), key.external_id.as_str())
}

fn hashed(source: &str, id: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update((source.len() as u64).to_le_bytes());
    hash.update(source);
    hash.update(id);
    let digest = hash.finalize();
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests;
