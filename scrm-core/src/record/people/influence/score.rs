//! What do rank, partners and followers come to? Four parts on logarithmic scales.

use serde::{Deserialize, Serialize};

/// What a part of the score is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScorePartName {
    /// PageRank among those who turn to each other.
    Rank,
    /// Distinct accounts that reposted it.
    Reposts,
    /// Distinct accounts that replied to it.
    Replies,
    /// Followers.
    Reach,
}

/// One part of a score, with what it could be at most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScorePart {
    /// Of what.
    pub name: ScorePartName,
    /// What it is worth; absent when it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<f64>,
    /// What it could be worth.
    pub most: f64,
}

/// Units of rank, accounts, accounts and followers that are as much as counts.
const MOST_UNITS: f64 = 1_000.0;
const MOST_ACCOUNTS: u64 = 1_000;
const MOST_FOLLOWERS: u64 = 1_000_000;

/// The parts of a score, in the order of the table.
pub(super) fn parts(
    units: Option<f64>,
    reposters: Option<u64>,
    repliers: Option<u64>,
    followers: Option<u64>,
) -> [ScorePart; 4] {
    use ScorePartName::{Rank, Reach, Replies, Reposts};
    let part = |name, most, share: Option<f64>| ScorePart { name, points: share.map(|s| most * s), most };
    [
        part(Rank, 50.0, units.map(|units| (units.max(1.0).ln() / MOST_UNITS.ln()).min(1.0))),
        part(Reposts, 20.0, reposters.map(|n| scaled(n, MOST_ACCOUNTS))),
        part(Replies, 20.0, repliers.map(|n| scaled(n, MOST_ACCOUNTS))),
        part(Reach, 10.0, followers.map(|n| scaled(n, MOST_FOLLOWERS))),
    ]
}

/// A count on the scale from 0 to 1.
fn scaled(n: u64, most: u64) -> f64 {
    ((n as f64).ln_1p() / (most as f64).ln_1p()).min(1.0)
}
