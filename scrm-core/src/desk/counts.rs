//! How many came in, and how did they end? The counts of one run, which add up.

use serde::{Deserialize, Serialize};

use super::Received;
use crate::model::Outcome;
use crate::record::Seen;

/// The counts of one run: `rows = distinct + duplicates + malformed` and `distinct = noise + decided + open`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captures {
    /// Records of input, blank lines and the header not counted.
    pub rows: u64,
    /// Deliveries captured by this run: new messages, edits and deletions.
    pub distinct: u64,
    /// Deliveries that had been captured before, in this run or an earlier one.
    pub duplicates: u64,
    /// Records that could not be read; they are kept aside.
    pub malformed: u64,
    /// Deliveries that are noise.
    pub noise: u64,
    /// Deliveries that are decided.
    pub decided: u64,
    /// Deliveries that wait for a person.
    pub open: u64,
    /// Of the distinct ones, how many are further versions of a message: edits and deletions.
    pub edits: u64,
    /// Cases opened.
    pub cases_opened: u64,
}

impl Captures {
    /// Whether the run changed the record.
    pub fn changed(&self) -> bool {
        self.distinct > 0
    }

    pub(super) fn count(&mut self, received: &Received) {
        self.rows += 1;
        match (received.seen, received.outcome) {
            (Seen::Duplicate, _) | (_, None) => {
                self.duplicates += 1;
                return;
            }
            (_, Some(Outcome::Noise(_))) => self.noise += 1,
            (_, Some(Outcome::Decided)) => self.decided += 1,
            (_, Some(Outcome::Open(_))) => self.open += 1,
        }
        self.distinct += 1;
        self.edits += u64::from(received.seen == Seen::Edit);
    }
}
