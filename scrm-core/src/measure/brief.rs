//! What does a manager need to know of a day? What is out of the usual, what waits, whom to answer, and what to do first.
//!
//! Read [`Brief`] first. Everything in it is a measure of the record or counted from its cases; every sentence of
//! [`Advice`] follows from numbers that stand beside it, by a rule that `advice.rs` states.

mod advice;
mod compared;
mod departments;
mod first;
mod issues;
mod print;
mod tables;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

pub use advice::Advice;
pub use compared::{Compared, ComparedSentiment};
pub use departments::DepartmentDay;
pub use first::AnswerFirst;
pub use issues::{BriefIssue, CitedMessage, KeyWord};

use super::tables::spikes::{self, Spike};
use super::{Cell, Frame, Measure, Measures};
use crate::calendar::{Calendars, Team};
use crate::model::{IncidentId, MessageKey};
use crate::record::Entry;

/// Which day, and how it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BriefQuery {
    /// The day.
    pub day: NaiveDate,
    /// The instant at which what waits is asked for; absent, the end of the day.
    pub as_of: Option<DateTime<Utc>>,
    /// Days before it to compare with (default 7).
    pub baseline: u32,
    /// Issues that are shown (default 5).
    pub issues: usize,
    /// Messages that are shown of each issue (default 3).
    pub samples: usize,
    /// Cases that are shown as those to answer first (default 10).
    pub first: usize,
}

impl From<NaiveDate> for BriefQuery {
    fn from(day: NaiveDate) -> Self {
        Self { day, as_of: None, baseline: 7, issues: 5, samples: 3, first: 10 }
    }
}

impl BriefQuery {
    /// The same as of an instant.
    #[must_use]
    pub fn as_of(mut self, at: DateTime<Utc>) -> Self {
        self.as_of = Some(at);
        self
    }
}

/// Who could do the work: what a brief asks of a playbook.
#[derive(Debug, Clone, Copy)]
pub struct Company<'a> {
    /// Departments and people.
    pub team: &'a Team,
    /// When they work.
    pub calendars: &'a Calendars,
}

/// What a manager reads of one day: for reading (its `Display`), for machines (its JSON), as [tables](Self::tables).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Brief {
    /// The day.
    pub day: NaiveDate,
    /// The instant for which what waits is told.
    pub as_of: DateTime<Utc>,
    /// The zone in which days are cut and times are shown.
    pub zone: String,
    /// How many days it is compared with.
    pub days_before: u32,
    /// What to do, the most pressing first.
    pub advice: Vec<Advice>,
    /// Relevant messages from outside.
    pub volume: Compared,
    /// Their distinct authors.
    pub people: Compared,
    /// How they feel.
    pub sentiment: ComparedSentiment,
    /// What they were about, most first.
    pub issues: Vec<BriefIssue>,
    /// Messages that have a topic.
    pub with_topic: u64,
    /// Words of messages that no topic knows, the most telling first.
    pub without_topic: Vec<KeyWord>,
    /// When it was far more than usual.
    pub spikes: Vec<BriefSpike>,
    /// What each department got, did, and has left, against what its people can do.
    pub departments: Vec<DepartmentDay>,
    /// Cases that nobody had answered.
    pub waiting: u64,
    /// Those of them whose first response was overdue.
    pub overdue: u64,
    /// Whom to answer first.
    pub first: Vec<AnswerFirst>,
    /// Incidents with cases that wait, and how many.
    pub incidents: Vec<(IncidentId, u64)>,
    /// Who is spoken of.
    pub share_of_voice: Vec<BriefVoice>,
    /// Every message of the day as noise, decided or open.
    pub balance: BriefBalance,
}

/// Hours in which far more was said than usual.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BriefSpike {
    /// The issue; absent of all messages.
    pub issue: Option<String>,
    /// The first hour on the wall.
    pub from_hour: u8,
    /// The last one.
    pub to_hour: u8,
    /// Messages in these hours.
    pub messages: u64,
    /// Messages that such hours usually have.
    pub expected: f64,
    /// How many standard errors the highest hour lies above what is expected.
    pub score: f64,
}

/// One brand's part of the day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BriefVoice {
    /// Its name.
    pub name: String,
    /// Messages that name it.
    pub mentions: u64,
    /// Percent of the mentions of all brands.
    pub share: Option<f64>,
    /// Their distinct authors.
    pub authors: u64,
    /// -100 to 100.
    pub net_sentiment: Option<f64>,
}

/// Every message of the day: `captured = noise + decided + open`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BriefBalance {
    /// All of them.
    pub captured: u64,
    /// Nothing for the business.
    pub noise: u64,
    /// Decided by the protocol.
    pub decided: u64,
    /// Left to a person.
    pub open: u64,
    /// Why messages are open, and what exactly, most frequent first.
    pub open_reasons: Vec<(String, String, u64)>,
}

/// Looks a message up.
pub(super) type Look<'a, E> = dyn FnMut(&MessageKey) -> Result<Option<Entry>, E> + 'a;

impl Brief {
    /// The brief of a day. `look` finds messages that are shown.
    ///
    /// # Errors
    /// When `look` fails.
    pub fn of<E>(
        measures: &Measures,
        query: &BriefQuery,
        frame: &Frame,
        company: Company<'_>,
        look: &mut Look<'_, E>,
    ) -> Result<Self, E> {
        let day = query.day;
        let as_of = query.as_of.unwrap_or_else(|| measures.end_of(day));
        let before = measures.before(day, query.baseline);
        let blank = super::day::DayPart::default();
        let part = measures.days.get(&day).unwrap_or(&blank);
        let departments = departments::departments(measures, day, as_of, company);
        let waits = |row: &&super::casebook::CaseRow| row.waits_at(as_of);
        let mut incidents = super::sums::Counts::default();
        for incident in measures.cases.rows.values().filter(waits).filter_map(|row| row.incident.clone()) {
            incidents.change(incident, super::sums::Change::Add);
        }
        let mut brief = Self {
            day,
            as_of,
            zone: measures.zone().name().to_owned(),
            days_before: u32::try_from(before.len()).unwrap_or(u32::MAX),
            advice: Vec::new(),
            volume: Compared::of(part, &before, |part| part.voice.messages),
            people: Compared::of(part, &before, |part| part.voice.people.count()),
            sentiment: ComparedSentiment::of(&part.voice, &before),
            issues: issues::issues(measures, query, as_of, part, &before, look)?,
            with_topic: with_topic(part),
            without_topic: issues::without_topic(part),
            spikes: spikes::spikes(measures, day, query.baseline).into_iter().map(BriefSpike::from).collect(),
            waiting: departments.iter().map(|department| department.waiting).sum(),
            overdue: departments.iter().map(|department| department.overdue).sum(),
            departments,
            first: first::first(measures, query.first, as_of, company, look)?,
            incidents: incidents
                .most()
                .into_iter()
                .map(|(incident, count)| (incident.clone(), count))
                .collect(),
            share_of_voice: voices(measures, day, frame),
            balance: BriefBalance::of(part),
        };
        brief.advice = advice::advice(&brief, company);
        Ok(brief)
    }
}

impl From<Spike> for BriefSpike {
    fn from(spike: Spike) -> Self {
        Self {
            issue: spike.issue,
            from_hour: spike.from,
            to_hour: spike.to,
            messages: spike.messages,
            expected: spike.expected,
            score: spike.score,
        }
    }
}

impl BriefBalance {
    fn of(part: &super::day::DayPart) -> Self {
        let reasons = part.open.most().into_iter();
        Self {
            captured: part.messages,
            noise: part.noise.total(),
            decided: part.decided,
            open: part.open.total(),
            open_reasons: reasons
                .map(|((reason, what), count)| (reason.as_str().to_owned(), what.clone(), count))
                .collect(),
        }
    }
}

fn with_topic(part: &super::day::DayPart) -> u64 {
    let issues = part.issues.iter().filter(|(path, _)| !path.is_empty());
    issues.map(|(_, issue)| issue.group.messages).sum()
}

fn voices(measures: &Measures, day: NaiveDate, frame: &Frame) -> Vec<BriefVoice> {
    let table = measures.table(Measure::ShareOfVoice, &frame.clone().over(day));
    let count =
        |cell: Option<&Cell>| cell.and_then(Cell::as_integer).and_then(|count| u64::try_from(count).ok());
    let voice = |row: usize| BriefVoice {
        name: table.get(row, "name").and_then(Cell::as_text).unwrap_or_default().to_owned(),
        mentions: count(table.get(row, "mentions")).unwrap_or_default(),
        share: table.get(row, "mention_share").and_then(Cell::as_number),
        authors: count(table.get(row, "authors")).unwrap_or_default(),
        net_sentiment: table.get(row, "net_sentiment").and_then(Cell::as_number),
    };
    (0..table.len()).map(voice).collect()
}

#[cfg(test)]
mod tests;
