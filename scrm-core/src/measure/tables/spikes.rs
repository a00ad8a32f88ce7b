//! When was it far more than usual? Hours that stand out, of all messages and of each issue.
//!
//! The rule: an hour is a spike when it has at least [`LEAST`] relevant messages from outside and lies at least [`SCORE`]
//! standard errors above what is expected, after Anscombe's transformation ([`surprise`]) with the dispersion of the hours it
//! is compared with. Expected is the mean of the same hour of the `baseline` days before; with fewer than three of them, the
//! mean of the 24 hours before. Hours side by side are one spike.

use chrono::NaiveDate;

use super::Frame;
use crate::measure::day::Hours;
use crate::measure::statistics::{dispersion, number, surprise};
use crate::measure::{Cell, CellType, Measures, Table};

/// Fewer messages in an hour are no spike.
pub(in crate::measure) const LEAST: u64 = 10;
/// So many standard errors above what is expected.
pub(in crate::measure) const SCORE: f64 = 4.0;

/// Some hours side by side in which far more was said than usual.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::measure) struct Spike {
    /// The issue's path; `None` of all messages.
    pub(in crate::measure) issue: Option<String>,
    pub(in crate::measure) day: NaiveDate,
    pub(in crate::measure) from: u8,
    /// The last hour.
    pub(in crate::measure) to: u8,
    pub(in crate::measure) messages: u64,
    pub(in crate::measure) expected: f64,
    /// The highest of its hours.
    pub(in crate::measure) score: f64,
}

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("spikes", "Hours with far more messages than usual")
        .column("day", CellType::Date, None, "the day")
        .column("from_hour", CellType::Integer, Some("h"), "the first hour on the wall")
        .column("to_hour", CellType::Integer, Some("h"), "the last hour")
        .column("issue", CellType::Text, None, "of which issue; empty for all messages")
        .column("messages", CellType::Integer, Some("messages"), "in these hours")
        .column("expected", CellType::Number, Some("messages"), "in such hours")
        .column("score", CellType::Number, Some("standard errors"), "how far the highest hour lies above");
    let days: Vec<NaiveDate> = measures.over(frame.days).map(|(day, _)| day).collect();
    for spike in days.into_iter().flat_map(|day| spikes(measures, day, frame.baseline)) {
        table.row([
            Cell::from(spike.day),
            Cell::from(spike.from),
            Cell::from(spike.to),
            Cell::from(spike.issue),
            Cell::from(spike.messages),
            Cell::from(spike.expected),
            Cell::from(spike.score),
        ]);
    }
    table
}

/// The spikes of a day: of all messages, then of each issue, in the order of the hours.
pub(in crate::measure) fn spikes(measures: &Measures, day: NaiveDate, baseline: u32) -> Vec<Spike> {
    let Some(part) = measures.days.get(&day) else { return Vec::new() };
    let before = measures.before(day, baseline);
    let all: Vec<Hours> =
        before.iter().map(|(_, part)| part.map(|part| part.voice_hours).unwrap_or_default()).collect();
    let mut found = of(None, day, &part.voice_hours, &all);
    for (path, issue) in part.issues.iter().filter(|(path, _)| !path.is_empty()) {
        let of_issue = |part: &crate::measure::day::DayPart| part.issues.get(path).map(|issue| issue.hours);
        let hours: Vec<Hours> =
            before.iter().map(|(_, part)| part.and_then(of_issue).unwrap_or_default()).collect();
        found.extend(of(Some(path), day, &issue.hours, &hours));
    }
    found
}

/// Spikes of one series of hours; the days before stand with the last one first.
fn of(issue: Option<&String>, day: NaiveDate, here: &Hours, before: &[Hours]) -> Vec<Spike> {
    let mut found: Vec<Spike> = Vec::new();
    for (hour, count) in here.iter().enumerate() {
        if *count < LEAST {
            continue;
        }
        let Some((expected, dispersion)) = expected(hour, here, before) else { continue };
        let score = surprise(*count, expected, dispersion);
        if score < SCORE {
            continue;
        }
        let hour = u8::try_from(hour).unwrap_or_default();
        match found.last_mut().filter(|last| last.to + 1 == hour) {
            Some(last) => {
                last.to = hour;
                last.messages += count;
                last.expected += expected;
                last.score = last.score.max(score);
            }
            None => found.push(Spike {
                issue: issue.cloned(),
                day,
                from: hour,
                to: hour,
                messages: *count,
                expected,
                score,
            }),
        }
    }
    found
}

/// What an hour is expected to have, and how much such hours differ; `None` when there is nothing to compare with.
fn expected(hour: usize, here: &Hours, before: &[Hours]) -> Option<(f64, f64)> {
    let same: Vec<u64> = before.iter().filter_map(|hours| hours.get(hour).copied()).collect();
    let near: Vec<u64> = if same.len() >= 3 {
        same
    } else {
        let today = here.iter().take(hour).rev();
        let yesterday = before.first().into_iter().flatten().rev();
        today.chain(yesterday).take(24).copied().collect()
    };
    let mean = number(near.iter().sum()) / number(near.len() as u64);
    (near.len() >= 3).then(|| (mean, dispersion(&near)))
}
