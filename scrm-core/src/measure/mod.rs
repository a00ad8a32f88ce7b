//! How are we doing? The record, measured; every measure in a file of its own.
//!
//! Read [`Measures`] first: it follows the log, can be kept and joined, and gives a [`Table`] for each measure. [`Overview`] is the
//! whole record on one page. Measures combine: feeding two halves of a record to two of them and joining the two gives what
//! feeding the whole to one gives.

mod audit;
mod brief;
mod casebook;
mod cases;
mod day;
mod decisions;
mod figures;
mod forecast;
mod impact;
mod influence;
mod issue_words;
mod issues;
mod measures;
mod noise;
mod overview;
mod print;
mod sentiment;
mod share;
mod statistics;
mod suggested;
mod sums;
mod table;
mod tables;
mod volume;
mod words;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

pub use audit::{
    Attestation, Attestations, Audit, AuditArea, AuditBasis, AuditChanges, AuditFacts, AuditPoint,
    PointChange, PointResult,
};
pub use brief::{
    Advice, AnswerFirst, Brief, BriefBalance, BriefIssue, BriefQuery, BriefSpike, BriefVoice, CitedMessage,
    Company, Compared, ComparedSentiment, DepartmentDay, KeyWord,
};
pub use cases::{Waiting, WaitingCase};
pub use decisions::{Decisions, OpenCount};
pub use forecast::{DepartmentForecast, Forecast, ForecastQuery, HourForecast};
pub use impact::{Impact, ImpactEffect, ImpactTable, ResponseOutcome};
pub use influence::Influencer;
pub use issues::{Day, Issue};
pub use measures::{Days, Measures};
pub use noise::NoiseCount;
pub use overview::Overview;
pub use sentiment::NetSentiment;
pub use share::ShareOfVoice;
pub use suggested::SuggestedTopic;
pub use table::{Cell, CellType, Column, RowError, Table};
pub use tables::{Frame, Measure};
pub use volume::Volume;

use crate::model::{Case, Direction, Message, Outcome};
use crate::record::Entry;

/// What an [`Overview`] is made of, taken entry by entry.
#[derive(Debug, Clone)]
pub struct OverviewTally {
    zone: Tz,
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    volume: volume::Tally,
    sentiment: sentiment::Tally,
    share: share::Tally,
    issues: issues::Tally,
    suggested: suggested::Tally,
    decisions: decisions::Tally,
    influence: influence::Tally,
    noise: noise::Tally,
    cases: cases::Tally,
}

impl OverviewTally {
    /// Nothing measured yet; days are cut in `zone`.
    pub fn new(zone: Tz) -> Self {
        Self {
            zone,
            first: None,
            last: None,
            volume: volume::Tally::default(),
            sentiment: sentiment::Tally::default(),
            share: share::Tally::default(),
            issues: issues::Tally::default(),
            suggested: suggested::Tally::default(),
            decisions: decisions::Tally::default(),
            influence: influence::Tally::default(),
            noise: noise::Tally::default(),
            cases: cases::Tally::default(),
        }
    }

    /// Takes one message in its current version.
    pub fn entry(&mut self, entry: &Entry) {
        let said = entry.message.times().said();
        let observed = entry.message.times().observed;
        self.first = Some(self.first.map_or(said, |first| first.min(said)));
        self.last = Some(self.last.map_or(observed, |last| last.max(observed)));
        let day = self.day(said);
        self.volume.entry(entry, day);
        if let Outcome::Noise(reason) = entry.assessment.outcome {
            self.noise.entry(entry, reason);
            return;
        }
        self.decisions.entry(entry);
        if is_voice(&entry.message) {
            self.sentiment.entry(entry);
            self.share.entry(entry);
            self.issues.entry(entry, day);
            self.suggested.entry(entry, day);
            self.influence.entry(entry);
        }
    }

    /// Takes one case.
    pub fn case(&mut self, case: &Case) {
        self.cases.case(case);
    }

    /// Adds what another measured of other entries of the same record.
    pub fn join(&mut self, other: Self) {
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.into_iter().chain(other.last).max();
        self.volume.join(other.volume);
        self.sentiment.join(&other.sentiment);
        self.share.join(other.share);
        self.issues.join(other.issues);
        self.suggested.join(other.suggested);
        self.decisions.join(other.decisions);
        self.influence.join(other.influence);
        self.noise.join(other.noise);
        self.cases.join(other.cases);
    }

    /// The page as of `now`, or as of the last message observed. `name` gives a brand's name for people.
    pub fn overview(&self, now: Option<DateTime<Utc>>, name: &dyn Fn(&str) -> String) -> Overview {
        let now = now.or(self.last).unwrap_or_default();
        Overview {
            as_of: now,
            zone: self.zone.name().to_owned(),
            from: self.first,
            until: self.last,
            volume: self.volume.measure(),
            sentiment: self.sentiment.measure(),
            share_of_voice: self.share.measure(name),
            days: self.issues.measure(),
            suggested: self.suggested.measure(),
            decisions: self.decisions.measure(),
            waiting: self.cases.measure(now),
            influential: self.influence.measure(),
            noise: self.noise.measure(),
        }
    }

    fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }
}

/// Whether a message is a customer's voice: said to us or about us, and not by us.
fn is_voice(message: &Message) -> bool {
    message.direction() == Direction::In
}

#[cfg(test)]
mod tests;
