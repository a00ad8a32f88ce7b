//! Is it more than the day before, and more than usual?

use chrono::NaiveDate;
use serde::Serialize;

use crate::measure::day::{DayPart, Group};
use crate::measure::statistics::{number, rate_ratio};
use crate::measure::tables::trends::trend;

/// The days before, the last one first; absent where nothing was said.
pub(super) type Before<'a> = [(NaiveDate, Option<&'a DayPart>)];

/// A count beside that of the day before and the mean of the days before.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Compared {
    /// On the day.
    pub count: u64,
    /// On the day before; absent when the record begins later.
    pub day_before: Option<u64>,
    /// The mean of the days before.
    pub expected: Option<f64>,
    /// The count over the mean.
    pub ratio: Option<f64>,
    /// The lower end of its interval of 95 %.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// `up`, `down`, `usual`, or `unknown` without a day before.
    pub trend: &'static str,
}

impl Compared {
    pub(super) fn of(part: &DayPart, before: &Before<'_>, count: impl Fn(&DayPart) -> u64) -> Self {
        let series: Vec<u64> = before.iter().map(|(_, part)| part.map(&count).unwrap_or_default()).collect();
        let here = count(part);
        let ratio = rate_ratio(here, &series);
        Self {
            count: here,
            day_before: series.first().copied(),
            expected: ratio.map(|ratio| ratio.expected),
            ratio: ratio.map(|ratio| ratio.ratio),
            low: ratio.map(|ratio| ratio.low),
            high: ratio.map(|ratio| ratio.high),
            trend: trend(ratio),
        }
    }
}

/// Net sentiment beside that of the days before.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ComparedSentiment {
    /// `100 (positive - negative) / (positive + neutral + negative)`; absent when nothing is known.
    pub net: Option<f64>,
    /// On the day before.
    pub day_before: Option<f64>,
    /// The mean of the days before on which it is known.
    pub expected: Option<f64>,
    /// How far these days lie from their mean: the standard deviation; absent of fewer than two.
    pub spread: Option<f64>,
    /// Messages in favour.
    pub positive: u64,
    /// Messages that are neither.
    pub neutral: u64,
    /// Messages against.
    pub negative: u64,
    /// Messages of which it is not known.
    pub unknown: u64,
}

impl ComparedSentiment {
    pub(super) fn of(voice: &Group, before: &Before<'_>) -> Self {
        use crate::model::SentimentLabel as Label;
        let nets: Vec<Option<f64>> =
            before.iter().map(|(_, part)| part.and_then(|part| part.voice.net())).collect();
        let known: Vec<f64> = nets.iter().flatten().copied().collect();
        let days = number(known.len() as u64);
        let mean = (!known.is_empty()).then(|| known.iter().sum::<f64>() / days);
        let spread = mean
            .filter(|_| known.len() > 1)
            .map(|mean| (known.iter().map(|net| (net - mean).powi(2)).sum::<f64>() / (days - 1.0)).sqrt());
        Self {
            net: voice.net(),
            day_before: nets.first().copied().flatten(),
            expected: mean,
            spread,
            positive: voice.sentiment.get(&Label::Positive),
            neutral: voice.sentiment.get(&Label::Neutral),
            negative: voice.sentiment.get(&Label::Negative),
            unknown: voice.messages.saturating_sub(voice.sentiment.total()),
        }
    }

    /// Whether it is lower than usual: by more than 5 points and by more than two standard deviations of the days before.
    pub(super) fn is_low(&self) -> bool {
        let Some((net, mean)) = self.net.zip(self.expected) else { return false };
        mean - net > 5.0 && self.spread.is_some_and(|spread| mean - net > 2.0 * spread)
    }
}
