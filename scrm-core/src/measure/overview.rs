//! What is in a record, all of it on one page?

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    Day, Decisions, Influencer, NetSentiment, NoiseCount, ShareOfVoice, SuggestedTopic, Volume, Waiting,
};

/// The whole record on one page, for reading (its `Display`) and for machines (its JSON). For one day there is
/// [`Brief`](super::Brief).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overview {
    /// The time it is for.
    pub as_of: DateTime<Utc>,
    /// The zone in which days are cut and times are shown.
    pub zone: String,
    /// When the first message was said.
    pub from: Option<DateTime<Utc>>,
    /// When the last message was observed.
    pub until: Option<DateTime<Utc>>,
    /// How much was said, by how many.
    pub volume: Volume,
    /// How people feel, over customers' messages that are not noise.
    pub sentiment: NetSentiment,
    /// Who is spoken of.
    pub share_of_voice: Vec<ShareOfVoice>,
    /// The top issues of each day with their own words.
    pub days: Vec<Day>,
    /// Phrases that no topic explains, the most telling first.
    pub suggested: Vec<SuggestedTopic>,
    /// What was decided, and what stays open.
    pub decisions: Decisions,
    /// What waits.
    pub waiting: Waiting,
    /// Whose word has weight.
    pub influential: Vec<Influencer>,
    /// What was noise, and why.
    pub noise: Vec<NoiseCount>,
}
