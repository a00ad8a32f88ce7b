//! Where do the lines of a grid stand? At round numbers, and where days and months begin.

use chrono::{Datelike, NaiveDate, Timelike};

use super::plot::{day_of, moment};
use super::values::month;

/// The first Monday of 1970, in hours.
const MONDAY: f64 = 96.0;

/// An axis: from where to where, and the places that get a label.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) ticks: Vec<f64>,
}

impl Scale {
    /// A scale of round numbers that has all values and 0 in it, with about `count` lines.
    pub(super) fn round(values: impl Iterator<Item = f64>, whole: bool, count: u32) -> Self {
        let (low, high) =
            values.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = if low == high { (low, high + 1.0) } else { (low, high) };
        let rough = (high - low) / f64::from(count.max(1));
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].iter().map(|factor| factor * power).find(|step| *step >= rough);
        let step = step.unwrap_or(rough).max(if whole { 1.0 } else { f64::MIN_POSITIVE });
        let (from, to) = ((low / step).floor() * step, (high / step).ceil() * step);
        let ticks = (0..=2 * count + 2).map(|at| from + f64::from(at) * step);
        Self { from, to, ticks: ticks.take_while(|tick| *tick <= to + step / 2.0).collect() }
    }

    /// A scale over hours on the wall, with at most `count` labels and what they say.
    pub(super) fn time(from: f64, to: f64, count: u32) -> (Self, fn(f64) -> String) {
        let count = count.max(2);
        let days = (to - from) / 24.0;
        if days <= 2.0 {
            let step = [1.0, 3.0, 6.0, 12.0].into_iter().find(|step| (to - from) / step <= f64::from(count));
            return (Self { from, to, ticks: every(from, to, step.unwrap_or(24.0)) }, clock);
        }
        let step = [1.0, 2.0, 7.0, 14.0].into_iter().find(|step| days / step <= f64::from(count));
        if let Some(step) = step {
            return (Self { from, to, ticks: every(from, to, 24.0 * step) }, day);
        }
        let months = days / 30.0;
        let step = [1, 2, 3, 6, 12, 24, 60, 120]
            .into_iter()
            .find(|step| months / f64::from(*step) <= f64::from(count));
        (Self { from, to, ticks: first_of_months(from, to, step.unwrap_or(1200)) }, month_and_year)
    }
}

/// Multiples of a step from a Monday on.
fn every(from: f64, to: f64, step: f64) -> Vec<f64> {
    let first = ((from - MONDAY) / step).ceil() * step + MONDAY;
    (0..64).map(|at| first + f64::from(at) * step).take_while(|tick| *tick <= to).collect()
}

fn first_of_months(from: f64, to: f64, step: i32) -> Vec<f64> {
    let begin = day_of(from);
    let number = begin.year() * 12 + i32::try_from(begin.month0()).unwrap_or_default();
    let first = number.div_euclid(step) * step;
    let hours = |number: i32| {
        let month = u32::try_from(number.rem_euclid(12)).unwrap_or_default() + 1;
        let day = NaiveDate::from_ymd_opt(number.div_euclid(12), month, 1)?;
        let days = day.signed_duration_since(NaiveDate::default()).num_days();
        Some(f64::from(i32::try_from(days).ok()?) * 24.0)
    };
    let firsts = (0..64).filter_map(|at| hours(first + at * step));
    firsts.filter(|tick| from <= *tick && *tick <= to).collect()
}

fn clock(hours: f64) -> String {
    let at = moment(hours);
    if at.hour() == 0 && at.minute() == 0 { day(hours) } else { at.format("%H:%M").to_string() }
}

fn day(hours: f64) -> String {
    let day = day_of(hours);
    format!("{} {}", day.day(), month(day.month0()))
}

fn month_and_year(hours: f64) -> String {
    let day = day_of(hours);
    format!("{} {}", month(day.month0()), day.year())
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn ticks_are_round_and_hold_all_values() {
        for values in
            [vec![0.0], vec![3.0], vec![-12.0, 87.0], vec![1e-9], vec![1e17, -1e17], vec![0.3, 0.1], vec![]]
        {
            for whole in [true, false] {
                let scale = Scale::round(values.iter().copied(), whole, 5);
                assert!(scale.from < scale.to, "{values:?} {scale:?}");
                assert!(
                    values.iter().all(|value| scale.from <= *value && *value <= scale.to),
                    "{values:?} {scale:?}"
                );
                assert!((2..=13).contains(&scale.ticks.len()), "{values:?} {scale:?}");
            }
        }
        assert_eq!(Scale::round([2.0].into_iter(), true, 5).ticks, [0.0, 1.0, 2.0]);
        assert_eq!(Scale::round([-40.0, 90.0].into_iter(), false, 5).ticks, [-50.0, 0.0, 50.0, 100.0]);
    }

    #[test]
    fn days_and_months_begin_where_calendars_say() {
        let at = |text: &str| {
            let at: chrono::DateTime<chrono::Utc> = text.parse().unwrap();
            f64::from(i32::try_from(at.timestamp() / 3600).unwrap())
        };
        for (from, to, labels) in [
            ("2015-02-22T03:00:00Z", "2015-02-23T03:00:00Z", "06:00 12:00 18:00 23 Feb"),
            ("2015-02-16T00:00:00Z", "2015-02-20T00:00:00Z", "16 Feb 17 Feb 18 Feb 19 Feb 20 Feb"),
            ("2015-01-20T00:00:00Z", "2015-04-20T00:00:00Z", "Feb 2015 Mar 2015 Apr 2015"),
            ("2011-01-20T00:00:00Z", "2015-04-20T00:00:00Z", "Jan 2012 Jan 2013 Jan 2014 Jan 2015"),
        ] {
            let (scale, label) = Scale::time(at(from), at(to), 5);
            let told: Vec<String> = scale.ticks.iter().map(|tick| label(*tick)).collect();
            assert_eq!(told.join(" "), labels);
        }
    }
}
