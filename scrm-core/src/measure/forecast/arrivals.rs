//! How many cases come, and when do they fall due? What the history says of one department.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Duration};

use super::ForecastQuery;
use super::dice::Dice;
use crate::calendar::roster::hour_of_week;
use crate::measure::Measures;
use crate::measure::day::Hours;
use crate::measure::statistics::number;
use crate::measure::sums::Counts;

/// So many days more have the mean of an hour over all days of the week.
const WEIGHT: f64 = 2.0;

/// One department's history.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    pub(super) name: String,
    /// Days of history.
    pub(super) days: u32,
    /// By hour of the week: cases, and the days that have it.
    week: Vec<(u64, u64)>,
    /// How much days differ, beyond what chance makes them.
    variance: f64,
    promises: Counts<i64>,
    /// Cases without a promise.
    without: u64,
}

impl History {
    /// Every department's, of the days before the forecast. The first day of the record is left out, since it is seldom
    /// whole, unless it is the only one.
    pub(super) fn all(measures: &Measures, query: &ForecastQuery) -> BTreeMap<String, Self> {
        let back = Duration::try_days(query.history.into()).unwrap_or_default();
        let earliest = query.from.checked_sub_signed(back).unwrap_or(query.from);
        let first = measures.days().next();
        let whole = first.and_then(|first| first.succ_opt()).filter(|whole| *whole < query.from).or(first);
        let Some(from) = whole.map(|whole| whole.max(earliest)) else { return BTreeMap::new() };
        let days: Vec<_> = from.iter_days().take_while(|day| *day < query.from).collect();
        let cells = |day| measures.cases.days.get(day).into_iter().flatten();
        let names: BTreeSet<&String> = days.iter().flat_map(|day| cells(day).map(|(name, _)| name)).collect();
        let one = |name: &String| {
            let mut history = Self { name: name.clone(), week: vec![(0, 0); 7 * 24], ..Self::default() };
            let mut daily = Vec::new();
            for day in &days {
                let cell = measures.cases.days.get(day).and_then(|departments| departments.get(name));
                let blank = Hours::default();
                let hours = cell.map_or(&blank, |cell| &cell.hours);
                let monday = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default();
                for (slot, count) in history.week.iter_mut().skip(monday * 24).zip(hours) {
                    *slot = (slot.0 + count, slot.1 + 1);
                }
                if let Some(cell) = cell {
                    history.promises.join(&cell.promises);
                    history.without += cell.opened.saturating_sub(cell.promises.total());
                }
                daily.push(number(hours.iter().sum()));
            }
            history.days = u32::try_from(days.len()).unwrap_or(u32::MAX);
            history.variance = beyond_chance(&daily);
            (name.clone(), history)
        };
        names.into_iter().map(one).collect()
    }

    /// The same cases in every hour of daylight, due some hours later.
    #[cfg(test)]
    pub(super) fn of_test(name: &str, cases: u64, due: i64) -> Self {
        let week = (0..7 * 24).map(|at| (if (8..20).contains(&(at % 24)) { cases } else { 0 }, 1)).collect();
        let promises = [(due, 3), (due * 4, 2), (0, 1)].into_iter().collect();
        Self { name: name.to_owned(), days: 7, week, variance: 0.1, promises, without: 1 }
    }

    /// Cases that are expected in an hour of the week.
    pub(super) fn rate(&self, at: usize) -> f64 {
        let of_day = self.week.iter().skip(at % 24).step_by(24);
        let (cases, days) = of_day.fold((0, 0), |sum, slot| (sum.0 + slot.0, sum.1 + slot.1));
        let mean = number(cases) / number(days).max(1.0);
        let (here, had) = self.week.get(at).copied().unwrap_or_default();
        (number(here) + WEIGHT * mean) / (number(had) + WEIGHT)
    }

    /// One run: by the hour of arrival and the hour in which they fall due, how many. What has no promise falls due `never`.
    pub(super) fn draw(
        &self,
        query: &ForecastQuery,
        start: i64,
        never: i64,
        dice: &mut Dice,
    ) -> BTreeMap<i64, BTreeMap<i64, u64>> {
        let mut promises: BTreeMap<i64, BTreeMap<i64, u64>> = BTreeMap::new();
        let dues: Vec<(i64, u64)> = self.promises.iter().map(|(hours, count)| (*hours, count)).collect();
        let all = number(self.promises.total() + self.without);
        for day in 0..i64::from(query.days) {
            let factor = dice.factor(self.variance) * query.growth;
            for hour in start + day * 24..start + (day + 1) * 24 {
                for _ in 0..dice.poisson(self.rate(hour_of_week(hour)) * factor) {
                    let mut place = dice.share() * all;
                    let drawn = dues.iter().find(|(_, count)| {
                        place -= number(*count);
                        place < 0.0
                    });
                    let due = drawn.map_or(never, |(hours, _)| (hour + hours).min(never - 1));
                    *promises.entry(hour).or_default().entry(due).or_default() += 1;
                }
            }
        }
        promises
    }
}

/// The variance of counts over their mean, beyond Poisson's: `max(0, (s² - mean) / mean²)`.
fn beyond_chance(counts: &[f64]) -> f64 {
    let days = number(counts.len() as u64);
    let mean = counts.iter().sum::<f64>() / days.max(1.0);
    if counts.len() < 2 || mean <= 0.0 {
        return 0.0;
    }
    let square = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / (days - 1.0);
    ((square - mean) / (mean * mean)).max(0.0)
}
