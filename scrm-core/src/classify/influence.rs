//! How much weight has the author's word? Reach of the account, resonance of the message, 0 to 100.
//!
//! Every count `n` is put on a logarithmic scale, `s = (ln(1+n) / ln(1+N))²`, at most 1, where `N` is the count that
//! is as much as can be asked for (see [`RESONANCE`]). *Reach* `R` is `s` of the followers, raised by a tenth of what
//! is missing for a verified account. *Resonance* `E` is the mean of `s` over the counts **that are known**, weighted;
//! a count that is missing is neither zero nor listed. The score is `100 · (1 - (1-R)(1-E))`: a known voice or a
//! message that spreads is enough. The parts add up to it. The confidence is the share of the weights that are known.
//!
//! The scale follows what is common in the field (followers span six orders of magnitude, and reach is not
//! engagement: Cha et al. 2010); the constants are ours.

use crate::model::{Axis, Influence, InfluencePart, Message};

/// Followers that make the fullest reach.
const MOST_FOLLOWERS: u64 = 1_000_000;
/// What verification adds of the reach that is missing.
const VERIFIED: f32 = 0.1;
/// What reach weighs in the confidence; resonance weighs the rest.
const REACH_WEIGHT: f32 = 0.6;
/// Name, weight and fullest count of each part of resonance.
const RESONANCE: [(&str, f32, u64); 5] = [
    ("reposts", 0.35, 10_000),
    ("quotes", 0.2, 3_000),
    ("replies", 0.15, 3_000),
    ("likes", 0.15, 100_000),
    ("views", 0.15, 10_000_000),
];

/// The influence of a message's author with this message; unknown when no count is known.
pub(super) fn influence(message: &Message) -> Axis<Influence> {
    let author = message.author();
    let followers = author.and_then(|author| author.followers);
    let verified = author.and_then(|author| author.verified);
    let metrics = message.metrics();
    let counts = [metrics.reposts, metrics.quotes, metrics.replies, metrics.likes, metrics.views];
    let known: f32 =
        RESONANCE.iter().zip(counts).filter(|(_, n)| n.is_some()).map(|((_, weight, _), _)| weight).sum();
    if followers.is_none() && known == 0.0 {
        return Axis::unknown();
    }

    let mut parts = Vec::with_capacity(7);
    let mut reach = 0.0;
    if let Some(n) = followers {
        reach = scaled(n, MOST_FOLLOWERS);
        parts.push(InfluencePart { name: "followers".to_owned(), count: n, points: 100.0 * reach });
    }
    if verified == Some(true) {
        let more = VERIFIED * (1.0 - reach);
        reach += more;
        parts.push(InfluencePart { name: "verified".to_owned(), count: 1, points: 100.0 * more });
    }
    for ((name, weight, most), count) in RESONANCE.iter().zip(counts) {
        let Some(n) = count else { continue };
        let points = 100.0 * (1.0 - reach) * weight / known * scaled(n, *most);
        parts.push(InfluencePart { name: (*name).to_owned(), count: n, points });
    }
    let score = parts.iter().map(|part| part.points).sum::<f32>().clamp(0.0, 100.0);
    let sure = if followers.is_some() { REACH_WEIGHT } else { 0.0 } + (1.0 - REACH_WEIGHT) * known;
    Axis::new(Influence { score, parts }, sure.min(1.0), Vec::new())
}

/// A count on the scale from 0 to 1.
fn scaled(n: u64, most: u64) -> f32 {
    let share = (n as f64).ln_1p() / (most as f64).ln_1p();
    share.min(1.0).powi(2) as f32
}
