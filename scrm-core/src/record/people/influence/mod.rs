//! Whose word carries far? Influence from who replies to, reposts and mentions whom, as of a day.
//!
//! Read [`InteractionGraph`] first: interactions and follower counts go in, an [`InfluenceSnapshot`] comes out.
//! This is the influence of an account over time; the influence of an author with one message is an axis of its
//! classification.
//!
//! # Rank
//! The rank of an account is its PageRank (Brin and Page 1998) over the graph in which an edge goes from who replies,
//! reposts or mentions to whom it is done, with damping `d` = 0.85; what accounts that turn to nobody hold is spread over
//! all. The weight of an edge is `Σ k · ln(1 + n)` over the kinds, where `n` is how often, and `k` is 1 for a reply
//! and a repost and 0.5 for a mention. An account has one rank to give, however much it says: repeating a mention only
//! moves its rank between those it mentions. Interactions of an account with itself do not count.
//!
//! The *unit* `u = (1 - d + d·D) / N` is the rank of an account that nobody turns to, where `N` accounts stand in the
//! graph and `D` is the rank of those that turn to nobody.
//!
//! # Score
//! The score is the sum of four parts, 0 to 100. A count `n` gives `ln(1+n) / ln(1+most)` of its part, at most all.
//!
//! | part | points | of what | all of it |
//! |---|---|---|---|
//! | `rank` | 50 | `ln(rank/u) / ln(1000)`, not below 0 | 1,000 units |
//! | `reposts` | 20 | distinct accounts that reposted it | 1,000 accounts |
//! | `replies` | 20 | distinct accounts that replied to it | 1,000 accounts |
//! | `reach` | 10 | followers | 1,000,000 followers |
//!
//! A part that is not known adds nothing to the score and its points to [`AccountInfluence::unknown`]: the score is
//! somewhere in `score ..= score + unknown`. That reach is not engagement, and so is worth the least, is the finding of
//! Cha et al. 2010 ("Measuring user influence in Twitter: the million follower fallacy"); the constants are ours.
//!
//! # What cannot be bought
//! - *Followers*: any number of them is worth at most 10 points, and nothing to anybody else.
//! - *Repetition*: the counts are of distinct accounts, and an account that turns to one other gives it the same rank
//!   whether it does so once or a million times.
//! - *Rings*: `k` accounts that nobody else turns to hold together at most `k·u / (1-d)`, 6.7 units each, whatever they
//!   say to each other. When they only mention each other, the score of one that all of them lift is at most
//!   `50 · ln(k/(1-d)) / ln(1000)`, and of each when they lift each other evenly 13.8. Replies and reposts within the
//!   ring add at most `40 · ln(k) / ln(1001)`.
//!
//! That a ring gains with `k` at all cannot be helped while all accounts are equal (Cheng and Friedman 2005, "Sybilproof
//! reputation mechanisms"). With [`seeds`](InfluenceSettings::seeds), accounts that are known to be real, rank starts
//! from these alone (Gyöngyi et al. 2004, "Combating web spam with TrustRank"), and only accounts that it reaches
//! are counted among partners: a ring that no such account turns to has no points but for reach, however large it is.

mod graph;
mod rank;
mod score;
mod snapshot;

pub use graph::{InfluenceError, InfluenceLimits, Interaction, InteractionGraph, InteractionKind};
pub use score::{ScorePart, ScorePartName};
pub use snapshot::{AccountInfluence, InfluenceSettings, InfluenceSnapshot, Received};

#[cfg(test)]
mod tests;
