//! Which measures are there? One table each, and each in a file of its own that begins with its formula.
//!
//! Read [`Measure`] first.

mod acted_upon;
mod advocates;
mod balance;
mod channels;
mod cost;
mod coverage;
mod decisions;
mod geography;
mod hours;
mod load;
mod open_loop;
mod reach;
mod response_times;
mod sentiment;
mod share_of_voice;
mod silent;
mod sla;
pub(super) mod spikes;
mod talk_listen;
mod topics;
pub(super) mod trends;
mod value;
mod volume;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Days, Measures, Table};
use crate::model::{Brand, MonitorId, terms};

terms! {
    /// What can be measured; each gives one table.
    Measure {
        /// Messages and people by day.
        Volume = "volume",
        /// Messages by day and hour.
        Hours = "hours",
        /// Messages, people and sentiment by source and channel.
        Channels = "channels",
        /// Net sentiment by day.
        Sentiment = "sentiment",
        /// Each brand's part of all mentions and authors.
        ShareOfVoice = "share_of_voice",
        /// What it was about, in two levels.
        Topics = "topics",
        /// The words that tell an issue from everything else.
        Words = "words",
        /// What grows and what shrinks against the time before.
        Trends = "trends",
        /// Hours with far more messages than is usual.
        Spikes = "spikes",
        /// Places, as posts and as profiles state them.
        Geography = "geography",
        /// How many people could have seen it.
        Reach = "reach",
        /// Decisions by department and place.
        Decisions = "decisions",
        /// Cases by department: opened, answered, resolved, waiting.
        Load = "load",
        /// How long first responses and resolutions take.
        ResponseTimes = "response_times",
        /// Which promises were kept.
        Sla = "sla",
        /// Of what each monitor found, how much was acted upon.
        ActedUpon = "acted_upon",
        /// What we say unasked against what we answer.
        TalkListen = "talk_listen",
        /// Monitors that find nothing.
        SilentMonitors = "silent_monitors",
        /// Every monitor on every source, with those that found nothing.
        Coverage = "coverage",
        /// Cases that wait for a decision for too long.
        OpenLoop = "open_loop",
        /// From praise to advocates.
        Advocates = "advocates",
        /// Transactions that follow from contacts.
        Value = "value",
        /// What handling costs.
        Cost = "cost",
        /// Every capture as noise, decided or open.
        Balance = "balance",
    }
}

/// What measures ask besides the record: which days, and what the playbook knows.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Frame {
    /// Which days are measured.
    pub days: Days,
    /// The instant at which what waits is asked for; absent, the end of the last day.
    pub as_of: Option<DateTime<Utc>>,
    /// Days before the first one to compare with (default 7).
    pub baseline: u32,
    /// The monitors of the playbook, for those that find nothing.
    pub monitors: BTreeSet<MonitorId>,
    /// The names of brands.
    pub brands: BTreeMap<Brand, String>,
    /// Hours that a case may wait for a decision (default 24).
    pub open_hours: u32,
    /// Days after a contact in which a transaction counts as following from it (default 30).
    pub value_days: u32,
    /// Minutes that handling one case takes (default 6).
    pub minutes: f64,
    /// What an hour of work costs, in any currency (default 0: not known).
    pub hourly_cost: f64,
}

impl Default for Frame {
    fn default() -> Self {
        Self {
            days: Days::ALL,
            as_of: None,
            baseline: 7,
            monitors: BTreeSet::new(),
            brands: BTreeMap::new(),
            open_hours: 24,
            value_days: 30,
            minutes: 6.0,
            hourly_cost: 0.0,
        }
    }
}

impl Frame {
    /// The same over other days.
    #[must_use]
    pub fn over(mut self, days: impl Into<Days>) -> Self {
        self.days = days.into();
        self
    }
}

impl Measures {
    /// The table of one measure.
    pub fn table(&self, measure: Measure, frame: &Frame) -> Table {
        match measure {
            Measure::Volume => volume::table(self, frame),
            Measure::Hours => hours::table(self, frame),
            Measure::Channels => channels::table(self, frame),
            Measure::Sentiment => sentiment::table(self, frame),
            Measure::ShareOfVoice => share_of_voice::table(self, frame),
            Measure::Topics => topics::table(self, frame),
            Measure::Words => words::table(self, frame),
            Measure::Trends => trends::table(self, frame),
            Measure::Spikes => spikes::table(self, frame),
            Measure::Geography => geography::table(self, frame),
            Measure::Reach => reach::table(self, frame),
            Measure::Decisions => decisions::table(self, frame),
            Measure::Load => load::table(self, frame),
            Measure::ResponseTimes => response_times::table(self, frame),
            Measure::Sla => sla::table(self, frame),
            Measure::ActedUpon => acted_upon::table(self, frame),
            Measure::TalkListen => talk_listen::table(self, frame),
            Measure::SilentMonitors => silent::table(self, frame),
            Measure::Coverage => coverage::table(self, frame),
            Measure::OpenLoop => open_loop::table(self, frame),
            Measure::Advocates => advocates::table(self, frame),
            Measure::Value => value::table(self, frame),
            Measure::Cost => cost::table(self, frame),
            Measure::Balance => balance::table(self, frame),
        }
    }

    /// The instant for which what waits is asked.
    pub(super) fn as_of(&self, frame: &Frame) -> DateTime<Utc> {
        let last = frame.days.to.or_else(|| self.days().next_back());
        frame.as_of.or_else(|| last.map(|day| self.end_of(day))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
