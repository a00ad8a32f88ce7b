//! How do people feel? Net sentiment: the share of positive messages less the share of negative ones.

use serde::Serialize;

use crate::model::SentimentLabel;
use crate::record::Entry;

/// Positive, neutral and negative messages, and how many are unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct NetSentiment {
    /// `100 (positive - negative) / (positive + neutral + negative)`, from -100 to 100; absent when nothing is known.
    pub net: Option<f64>,
    /// Positive messages.
    pub positive: u64,
    /// Neutral messages.
    pub neutral: u64,
    /// Negative messages.
    pub negative: u64,
    /// Messages whose sentiment is unknown; they count in none of the shares.
    pub unknown: u64,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally(NetSentiment);

impl Tally {
    pub(super) fn entry(&mut self, entry: &Entry) {
        match entry.assessment.classification.sentiment.value.map(|sentiment| sentiment.label) {
            Some(SentimentLabel::Positive) => self.0.positive += 1,
            Some(SentimentLabel::Neutral) => self.0.neutral += 1,
            Some(SentimentLabel::Negative) => self.0.negative += 1,
            None => self.0.unknown += 1,
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.0.positive += other.0.positive;
        self.0.neutral += other.0.neutral;
        self.0.negative += other.0.negative;
        self.0.unknown += other.0.unknown;
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of messages are far below 2^52")]
    pub(super) fn measure(&self) -> NetSentiment {
        let NetSentiment { positive, neutral, negative, .. } = self.0;
        let known = positive + neutral + negative;
        let net = (known > 0).then(|| 100.0 * (positive as f64 - negative as f64) / known as f64);
        NetSentiment { net, ..self.0 }
    }
}

/// Net sentiment of counts by label.
#[allow(clippy::cast_precision_loss, reason = "counts of messages are far below 2^52")]
pub(super) fn net_of(counts: &super::sums::Counts<SentimentLabel>) -> Option<f64> {
    let known = counts.total();
    let (good, bad) = (counts.get(&SentimentLabel::Positive), counts.get(&SentimentLabel::Negative));
    (known > 0).then(|| 100.0 * (good as f64 - bad as f64) / known as f64)
}
