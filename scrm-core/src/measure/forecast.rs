//! How much work will come, and are there people for it? Expected load by department and hour against roster and promises.
//!
//! # The model
//! - **Arrivals** are a Poisson process whose rate depends on the hour of the week. The rate of an hour is estimated from the
//!   cases opened in the days of history, drawn towards the mean of that hour over all days of the week as if two more days
//!   had had it: `(cases + 2 · mean) / (days + 2)`. Days differ more than chance alone: each simulated day has a factor from
//!   a gamma distribution of mean 1, whose variance is that of the daily counts beyond Poisson's (a mixed Poisson process:
//!   Grandell, "Mixed Poisson Processes", 1997).
//! - **Promises**: each case falls due so many hours after it is opened as a case of the history did, drawn by chance.
//! - **Service**: an hour serves as many cases as the roster says: the people's cases a day, spread over the hours in which
//!   their department is open. What falls due first is answered first, which is how priority acts: the protocol gives what
//!   is urgent the earlier deadline. What waits when the forecast begins waits in the queue.
//! - **Simulation**: many runs with one seed; the same seed gives the same bytes. A first response is missed when it is not
//!   given by the end of the hour in which it falls due.
//!
//! Read [`Forecast`] first.

mod arrivals;
mod dice;
mod tables;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use self::arrivals::History;
use self::dice::Dice;
use super::statistics::number;
use super::{Company, Measures};
use crate::calendar::queue::forecast as serve;
use crate::calendar::roster::{CASE, Roster, hour_of_week, local_hour};

/// Hours for which a case without a promise may wait, after the last day.
const PATIENCE: i64 = 24 * 14;
/// People more who are tried.
const MOST_PEOPLE: u32 = 64;

/// What is forecast, and from what.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ForecastQuery {
    /// The first day.
    pub from: NaiveDate,
    /// How many days (default 7, at most 366).
    pub days: u32,
    /// Days before the first one from which rates are taken (default 28).
    pub history: u32,
    /// How often it is simulated (default 200, at most 10,000).
    pub runs: u32,
    /// By which chance draws.
    pub seed: u64,
    /// How many times as many cases come as in the history (default 1).
    pub growth: f64,
    /// The share of first responses that shall be given in time, 0 to 1, for the question how many people more that takes
    /// (default 0.9).
    pub target: f64,
}

impl From<NaiveDate> for ForecastQuery {
    fn from(from: NaiveDate) -> Self {
        Self { from, days: 7, history: 28, runs: 200, seed: 0, growth: 1.0, target: 0.9 }
    }
}

/// Expected load against roster and promises.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// The first day.
    pub from: NaiveDate,
    /// How many days.
    pub days: u32,
    /// Days of history that the record has.
    pub history: u32,
    /// How often it was simulated.
    pub runs: u32,
    /// By which chance drew.
    pub seed: u64,
    /// How many times as many cases come as in the history.
    pub growth: f64,
    /// The share of first responses that shall be given in time.
    pub target: f64,
    /// The departments that get work, the one that misses most first.
    pub departments: Vec<DepartmentForecast>,
}

/// One department's work to come.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DepartmentForecast {
    /// The department; empty for cases that nobody has.
    pub department: String,
    /// Its name.
    pub name: String,
    /// Cases that wait when the forecast begins.
    pub waiting: u64,
    /// Cases that are expected to come.
    pub expected: f64,
    /// In one of twenty runs fewer come, and in one of twenty more.
    pub low: u64,
    /// The other end.
    pub high: u64,
    /// Cases that its people can answer; absent when the team does not say.
    pub capacity: Option<f64>,
    /// First responses that fall due, of what comes.
    pub due: f64,
    /// First responses that are missed, of what comes; absent when the capacity is not known.
    pub missed: Option<f64>,
    /// Percent of the first responses that are given in time.
    pub attainment: Option<f64>,
    /// People more, each as quick as the mean of those who are there, with whom the target is met; absent when it cannot
    /// be met with 64, or nothing is known.
    pub more_people: Option<u32>,
    /// The hours of the week in which anything is expected, from Monday at midnight.
    pub hours: Vec<HourForecast>,
}

/// One hour of the week.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HourForecast {
    /// The day of the week: `mon` … `sun`.
    pub weekday: &'static str,
    /// The hour on the wall, 0 to 23.
    pub hour: u8,
    /// Cases that are expected in one such hour.
    pub expected: f64,
    /// Cases that can be answered in one such hour, on the first such day; absent when the team does not say.
    pub capacity: Option<f64>,
    /// First responses that fall due in one such hour and are missed.
    pub missed: Option<f64>,
}

const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Forecast {
    /// The forecast of some days.
    pub fn of(measures: &Measures, query: &ForecastQuery, company: Company<'_>) -> Self {
        let query = ForecastQuery {
            days: query.days.clamp(1, 366),
            runs: query.runs.clamp(1, 10_000),
            growth: if query.growth.is_finite() { query.growth.clamp(0.0, 1000.0) } else { 1.0 },
            target: if query.target.is_finite() { query.target.clamp(0.0, 1.0) } else { 0.9 },
            ..*query
        };
        let histories = History::all(measures, &query);
        let days = histories.values().map(|history| history.days).max().unwrap_or_default();
        let one = |(name, history): (&String, &History)| department(name, history, measures, &query, company);
        let mut departments: Vec<DepartmentForecast> = histories.iter().map(one).collect();
        departments.sort_by(|a, b| {
            let missed = |one: &DepartmentForecast| one.missed.unwrap_or(0.0);
            missed(b).total_cmp(&missed(a)).then_with(|| a.department.cmp(&b.department))
        });
        Self {
            from: query.from,
            days: query.days,
            history: days,
            runs: query.runs,
            seed: query.seed,
            growth: query.growth,
            target: query.target,
            departments,
        }
    }
}

/// What all runs came to.
#[derive(Debug, Default)]
pub(super) struct Runs {
    came: Vec<u64>,
    due: u64,
    missed: u64,
    /// Missed, by the hour of the week in which it falls due.
    by_hour: BTreeMap<usize, u64>,
}

impl Runs {
    fn attainment(&self) -> Option<f64> {
        (self.due > 0).then(|| 1.0 - number(self.missed) / number(self.due))
    }
}

fn department(
    name: &str,
    history: &History,
    measures: &Measures,
    query: &ForecastQuery,
    company: Company<'_>,
) -> DepartmentForecast {
    let start = local_hour(company.calendars, super::measures::start_of(query.from, measures.zone()));
    let end = start + i64::from(query.days) * 24;
    let waiting = waiting(name, measures, query, company, start);
    let mut roster = Roster::of(company.team, company.calendars, name);
    let people = company.team.people.values();
    let people =
        people.filter(|person| person.departments.contains(name) && person.capacity.is_some()).count();
    let people = u64::try_from(people).unwrap_or_default();
    let hours: Option<Vec<u64>> =
        roster.as_mut().map(|roster| (start..end + PATIENCE).map(|hour| roster.hour(hour)).collect());
    let runs = simulate(history, query, start, &waiting, hours.as_deref(), 0, people);
    let mut came = runs.came.clone();
    came.sort_unstable();
    let of =
        |share: usize| came.get((came.len().saturating_sub(1)) * share / 100).copied().unwrap_or_default();
    let each = number(query.runs.into());
    let known = hours.is_some();
    let more = hours.as_deref().filter(|_| people > 0).and_then(|hours| {
        let meets = |more: u32| {
            let runs = simulate(history, query, start, &waiting, Some(hours), more, people);
            runs.attainment().is_none_or(|share| share >= query.target)
        };
        least(meets)
    });
    let entry = company.team.departments.get(name);
    DepartmentForecast {
        department: name.to_owned(),
        name: entry.map_or_else(
            || if name.is_empty() { "nobody" } else { name }.to_owned(),
            |entry| entry.name.clone(),
        ),
        waiting: waiting.values().sum(),
        expected: number(came.iter().sum()) / each,
        low: of(5),
        high: of(95),
        capacity: hours
            .as_ref()
            .map(|hours| number(hours.iter().take(24 * query.days as usize).sum()) / number(CASE)),
        due: number(runs.due) / each,
        missed: known.then(|| number(runs.missed) / each),
        attainment: runs.attainment().filter(|_| known).map(|share| 100.0 * share),
        more_people: more,
        hours: week(history, query, start, hours.as_deref(), &runs),
    }
}

/// The least number that does, by halving: who manages with some manages with more.
fn least(does: impl Fn(u32) -> bool) -> Option<u32> {
    if does(0) {
        return Some(0);
    }
    if !does(MOST_PEOPLE) {
        return None;
    }
    let (mut below, mut enough) = (0, MOST_PEOPLE);
    while enough - below > 1 {
        let middle = below + (enough - below) / 2;
        if does(middle) { enough = middle } else { below = middle }
    }
    Some(enough)
}

/// Cases that wait when the forecast begins, by the hour in which they fall due.
fn waiting(
    name: &str,
    measures: &Measures,
    query: &ForecastQuery,
    company: Company<'_>,
    start: i64,
) -> BTreeMap<i64, u64> {
    let at = super::measures::start_of(query.from, measures.zone());
    let mut waiting = BTreeMap::new();
    for row in measures.cases.rows.values().filter(|row| row.department == name && row.waits_at(at)) {
        let due = row.due.map_or(start + i64::from(query.days) * 24 + PATIENCE - 1, |due| {
            local_hour(company.calendars, due)
        });
        *waiting.entry(due).or_default() += 1;
    }
    waiting
}

/// All runs, with so many people more.
fn simulate(
    history: &History,
    query: &ForecastQuery,
    start: i64,
    waiting: &BTreeMap<i64, u64>,
    hours: Option<&[u64]>,
    more: u32,
    people: u64,
) -> Runs {
    let mut runs = Runs::default();
    let end = start + i64::from(query.days) * 24;
    let never = end + PATIENCE - 1;
    for run in 0..query.runs {
        // The same arrivals whatever the number of people, so that only these make the difference.
        let mut dice = Dice::new(query.seed, u64::from(run), &history.name);
        let mut promises = history.draw(query, start, never, &mut dice);
        let dues = promises.values().flatten().filter(|(due, _)| **due < never);
        let due: u64 = dues.map(|(_, count)| *count).sum();
        runs.came.push(promises.values().flat_map(BTreeMap::values).sum());
        runs.due += due;
        let Some(hours) = hours else { continue };
        for (due, count) in waiting {
            *promises.entry(start).or_default().entry(*due).or_default() += count;
        }
        let capacity = |hour: i64| {
            let at = usize::try_from(hour - start).unwrap_or(usize::MAX);
            let there = hours.get(at).copied().unwrap_or_default();
            (there * (people + u64::from(more))).checked_div(people).unwrap_or(there)
        };
        let outlook = serve(&promises, capacity);
        for (due, count) in outlook.missed.into_iter().filter(|(due, _)| (start..never).contains(due)) {
            // What waited at the start and fell due later is no part of what comes.
            let before = waiting.get(&due).copied().unwrap_or_default();
            let missed = count.saturating_sub(before);
            runs.missed += missed;
            *runs.by_hour.entry(hour_of_week(due)).or_default() += missed;
        }
    }
    runs
}

fn week(
    history: &History,
    query: &ForecastQuery,
    start: i64,
    hours: Option<&[u64]>,
    runs: &Runs,
) -> Vec<HourForecast> {
    let end = start + i64::from(query.days) * 24;
    let mut found = Vec::new();
    for at in 0..7 * 24_usize {
        let mut such = (start..end).filter(|hour| hour_of_week(*hour) == at);
        let Some(first) = such.next() else { continue };
        let count = 1 + such.count() as u64;
        let expected = history.rate(at) * query.growth;
        let missed = number(runs.by_hour.get(&at).copied().unwrap_or_default())
            / number(query.runs.into())
            / number(count);
        if expected <= 0.0 && missed <= 0.0 {
            continue;
        }
        let there = usize::try_from(first - start).ok().and_then(|at| hours?.get(at)).copied();
        found.push(HourForecast {
            weekday: WEEK.get(at / 24).copied().unwrap_or_default(),
            hour: u8::try_from(at % 24).unwrap_or_default(),
            expected,
            capacity: there.map(|cases| number(cases) / number(CASE)),
            missed: hours.map(|_| missed),
        });
    }
    found
}

#[cfg(test)]
mod tests;
