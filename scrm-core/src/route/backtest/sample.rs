//! Which changed decisions does a person look at? Some of every sort of message, drawn by a seed.
//!
//! Each case has a number made from the seed and its id, and those with the least numbers of each stratum are drawn. So
//! the sample depends neither on the order of the cases nor on threads.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::bounded::Sum;
use crate::model::RuleId;
use crate::route::Given;

/// Messages of one primary type and issue: how many there are, how many are decided otherwise, and some of these.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stratum {
    /// The primary type; absent when unknown under the new protocol.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The primary issue; absent when unknown under the new protocol.
    pub issue: Option<String>,
    /// Cases.
    pub cases: u64,
    /// Cases that the two protocols decide otherwise.
    pub changed: u64,
    /// Some of these, in the order in which they were drawn.
    pub sample: Vec<ChangedCase>,
}

/// One case that two protocols decide otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangedCase {
    /// Its id.
    pub id: String,
    /// When it came in.
    pub at: DateTime<Utc>,
    /// The key of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The facts, where these were given by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<Given>,
    /// The facets that differ, in the order of the decision.
    pub changes: Vec<ChangedFacet>,
    /// The rules of the old protocol that fired.
    pub old_fired: Vec<RuleId>,
    /// The rules of the new protocol that fired.
    pub new_fired: Vec<RuleId>,
}

/// One facet that two protocols set in two ways, with the rules behind either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedFacet {
    /// The facet.
    pub facet: String,
    /// What the old protocol says; absent when it sets nothing, or its rules disagree.
    pub old: Option<String>,
    /// What the new one says.
    pub new: Option<String>,
    /// The rules to which the old value is owed, or that disagree.
    pub old_by: Vec<RuleId>,
    /// The rules to which the new value is owed, or that disagree.
    pub new_by: Vec<RuleId>,
}

/// The cases of one stratum, and those drawn so far with their numbers, least first.
#[derive(Debug, Clone, Default)]
pub(super) struct Drawn {
    pub(super) cases: u64,
    pub(super) changed: u64,
    most: usize,
    drawn: Vec<(u64, ChangedCase)>,
}

impl Drawn {
    /// Draws a changed case, if its number is low enough; `of` writes it down.
    pub(super) fn draw(&mut self, most: usize, number: u64, id: &str, of: impl FnOnce() -> ChangedCase) {
        self.changed += 1;
        self.most = most;
        let full = self.drawn.len() >= most;
        if full && self.drawn.last().is_none_or(|(last, case)| (*last, case.id.as_str()) < (number, id)) {
            return;
        }
        self.insert(number, of());
    }

    fn insert(&mut self, number: u64, case: ChangedCase) {
        let key = |case: &ChangedCase| serde_json::to_string(case).unwrap_or_default();
        let at = self.drawn.partition_point(|(known, other)| {
            // Two cases with the same id are told apart by all that is written of them.
            (*known, &other.id).cmp(&(number, &case.id)).then_with(|| key(other).cmp(&key(&case))).is_lt()
        });
        self.drawn.insert(at, (number, case));
        self.drawn.truncate(self.most);
    }

    pub(super) fn into_sample(self) -> Vec<ChangedCase> {
        self.drawn.into_iter().map(|(_, case)| case).collect()
    }
}

impl Sum for Drawn {
    fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.changed += other.changed;
        self.most = self.most.max(other.most);
        for (number, case) in other.drawn {
            self.insert(number, case);
        }
    }
}

/// The number of a case: FNV-1a over its id, mixed with the seed as splitmix64 does (Steele, Lea and Flood 2014).
pub(super) fn number(seed: u64, id: &str) -> u64 {
    let fnv = id.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    let mut bits = fnv ^ seed.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
