//! On which dates does an event come again? An `RRULE`, by whole days.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, Weekday};

use super::moment::{Moment, shown};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Every {
    Day,
    Week,
    Month,
    Year,
}

/// A rule by which an event comes again (RFC 5545, 3.3.10), as far as it speaks of days.
#[derive(Debug, Clone)]
pub(super) struct Repeat {
    every: Every,
    interval: u32,
    count: Option<u32>,
    until: Option<Moment>,
    months: Vec<u32>,
    month_days: Vec<i32>,
    year_days: Vec<i32>,
    /// Which of its kind in the month or year; 0 is every one.
    days: Vec<(i32, Weekday)>,
    positions: Vec<i32>,
    week_start: Weekday,
}

impl Repeat {
    /// Reads a rule such as `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut rule = Self {
            every: Every::Year,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            month_days: Vec::new(),
            year_days: Vec::new(),
            days: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Mon,
        };
        let mut has_frequency = false;
        for part in text.trim().split(';').filter(|part| !part.is_empty()) {
            let fault = || format!("`{}` cannot be read", shown(part));
            let (key, value) = part.split_once('=').ok_or_else(fault)?;
            let value = value.trim();
            match key.trim().to_ascii_uppercase().as_str() {
                "FREQ" => {
                    has_frequency = true;
                    rule.every = frequency(value)?;
                }
                "INTERVAL" => rule.interval = whole(value, 1, 10_000).ok_or_else(fault)?,
                "COUNT" => rule.count = Some(whole(value, 1, u32::MAX).ok_or_else(fault)?),
                "UNTIL" => rule.until = Some(Moment::read(value, None)?),
                "BYMONTH" => rule.months = list(value, |n| whole(n, 1, 12)).ok_or_else(fault)?,
                "BYMONTHDAY" => rule.month_days = list(value, |n| signed(n, 31)).ok_or_else(fault)?,
                "BYYEARDAY" => rule.year_days = list(value, |n| signed(n, 366)).ok_or_else(fault)?,
                "BYSETPOS" => rule.positions = list(value, |n| signed(n, 366)).ok_or_else(fault)?,
                "BYDAY" => rule.days = list(value, day).ok_or_else(fault)?,
                "WKST" => rule.week_start = weekday(value).ok_or_else(fault)?,
                other => return Err(format!("`{}` says more than the day", shown(other))),
            }
        }
        if !has_frequency {
            return Err("it does not say how often: `FREQ` is missing".to_owned());
        }
        let by_week = matches!(rule.every, Every::Week | Every::Day);
        let meaningless = (by_week && rule.days.iter().any(|(nth, _)| *nth != 0))
            || (rule.every == Every::Week && !rule.month_days.is_empty())
            || (rule.every != Every::Year && !rule.year_days.is_empty());
        if meaningless { Err("it counts days that its `FREQ` has not".to_owned()) } else { Ok(rule) }
    }

    /// The last time at which it may come, written as `start` is.
    fn until(&self, start: Moment) -> Option<NaiveDateTime> {
        let until = self.until?;
        let end_of_day = |at: NaiveDateTime| at.date().and_hms_opt(23, 59, 59).unwrap_or(at);
        Some(match (until, start) {
            (Moment::Date(_), _) | (_, Moment::Date(_)) => end_of_day(until.naive()),
            (Moment::Utc(_), Moment::Zoned(_, zone)) => until.wall(zone),
            _ => until.naive(),
        })
    }

    /// The dates from `start` to `last` on which it comes. Each day that is looked at takes one of `steps`; `None` when
    /// they run out.
    pub(super) fn dates(&self, start: Moment, last: NaiveDate, steps: &mut u32) -> Option<Vec<NaiveDate>> {
        let (first, time, until) = (start.naive().date(), start.naive().time(), self.until(start));
        let mut dates = Vec::new();
        let mut left = self.count.unwrap_or(u32::MAX);
        for period in 0_u32.. {
            // A period is as good as over when the calendar has no later date.
            let Some(days) = self.period(first, period) else { break };
            let Some(begins) = days.first().copied().filter(|begins| *begins <= last) else { break };
            if until.is_some_and(|until| begins > until.date()) {
                break;
            }
            *steps = steps.checked_sub(u32::try_from(days.len()).unwrap_or(u32::MAX))?;
            let found: Vec<_> = days.into_iter().filter(|day| self.holds(first, *day)).collect();
            for day in self.chosen(&found).into_iter().filter(|day| *day >= first) {
                if left == 0 || day > last || until.is_some_and(|until| day.and_time(time) > until) {
                    return Some(dates);
                }
                left -= 1;
                dates.push(day);
            }
        }
        Some(dates)
    }

    /// The days of one of its periods, counted from that of the first date.
    fn period(&self, first: NaiveDate, period: u32) -> Option<Vec<NaiveDate>> {
        let ahead = period.checked_mul(self.interval)?;
        match self.every {
            Every::Day => Some(vec![first.checked_add_days(Days::new(ahead.into()))?]),
            Every::Week => {
                let into = first.weekday().days_since(self.week_start);
                let begins = first.checked_sub_days(Days::new(into.into()))?;
                let begins = begins.checked_add_days(Days::new(u64::from(ahead) * 7))?;
                Some(begins.iter_days().take(7).collect())
            }
            Every::Month => Some(month(first.with_day(1)?.checked_add_months(Months::new(ahead))?)),
            Every::Year => {
                let begins = first.with_day(1)?.with_month(1)?;
                let begins = begins.checked_add_months(Months::new(ahead.checked_mul(12)?))?;
                let months = (0..12).filter_map(|n| begins.checked_add_months(Months::new(n)));
                // Other months are not worth a look.
                let wanted = |begins: &NaiveDate| match self.months.as_slice() {
                    [] => !self.is_plain() || begins.month() == first.month(),
                    months => months.contains(&begins.month()),
                };
                Some(months.filter(wanted).flat_map(month).collect())
            }
        }
    }

    /// Whether it names no days, so that those of the first date are meant.
    fn is_plain(&self) -> bool {
        self.month_days.is_empty() && self.year_days.is_empty() && self.days.is_empty()
    }

    fn holds(&self, first: NaiveDate, day: NaiveDate) -> bool {
        let length = |day: NaiveDate| i32::from(day.num_days_in_month());
        let year_length = if day.leap_year() { 366 } else { 365 };
        let (of_month, of_year) = (number(day.day()), number(day.ordinal()));
        let counted = |list: &[i32], at: i32, length: i32| {
            list.iter().any(|n| *n == at || (*n < 0 && length + n + 1 == at))
        };
        let usual = match self.every {
            Every::Day => true,
            Every::Week => day.weekday() == first.weekday(),
            Every::Month => day.day() == first.day(),
            Every::Year => {
                day.day() == first.day() && (!self.months.is_empty() || day.month() == first.month())
            }
        };
        // Which Monday it is counts within the month, unless the rule speaks of the year.
        let in_year = self.every == Every::Year && self.months.is_empty();
        let (at, length_of) = if in_year { (of_year, year_length) } else { (of_month, length(day)) };
        let is_day = |(nth, weekday): &(i32, Weekday)| {
            let from_front = (at - 1) / 7 + 1;
            let from_back = -((length_of - at) / 7 + 1);
            *weekday == day.weekday() && (*nth == 0 || *nth == from_front || *nth == from_back)
        };
        (self.months.is_empty() || self.months.contains(&day.month()))
            && (self.month_days.is_empty() || counted(&self.month_days, of_month, length(day)))
            && (self.year_days.is_empty() || counted(&self.year_days, of_year, year_length))
            && (self.days.is_empty() || self.days.iter().any(is_day))
            && (!self.is_plain() || usual)
    }

    /// Those of a period that `BYSETPOS` picks.
    fn chosen(&self, found: &[NaiveDate]) -> Vec<NaiveDate> {
        if self.positions.is_empty() {
            return found.to_vec();
        }
        let length = i32::try_from(found.len()).unwrap_or(i32::MAX);
        let picked = |at: i32| self.positions.iter().any(|n| *n == at || (*n < 0 && length + n + 1 == at));
        (1..).zip(found).filter(|(at, _)| picked(*at)).map(|(_, day)| *day).collect()
    }
}

/// The days of the month that begins on `first`.
fn month(first: NaiveDate) -> Vec<NaiveDate> {
    first.iter_days().take(usize::from(first.num_days_in_month())).collect()
}

fn number(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

fn frequency(value: &str) -> Result<Every, String> {
    match value.to_ascii_uppercase().as_str() {
        "DAILY" => Ok(Every::Day),
        "WEEKLY" => Ok(Every::Week),
        "MONTHLY" => Ok(Every::Month),
        "YEARLY" => Ok(Every::Year),
        _ => Err(format!("`FREQ={}` is not by days, weeks, months or years", shown(value))),
    }
}

fn list<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    value.split(',').map(|item| read(item.trim())).collect()
}

fn whole(text: &str, least: u32, most: u32) -> Option<u32> {
    text.parse().ok().filter(|n| (least..=most).contains(n))
}

fn signed(text: &str, most: i32) -> Option<i32> {
    text.parse().ok().filter(|n: &i32| *n != 0 && (-most..=most).contains(n))
}

/// `MO`, `2TU` or `-1FR`.
fn day(text: &str) -> Option<(i32, Weekday)> {
    let split = text.len().checked_sub(2)?;
    let (nth, name) = text.split_at_checked(split)?;
    let nth = if nth.is_empty() { 0 } else { signed(nth, 53)? };
    Some((nth, weekday(name)?))
}

fn weekday(name: &str) -> Option<Weekday> {
    let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let at = names.iter().position(|known| known.eq_ignore_ascii_case(name))?;
    Weekday::try_from(u8::try_from(at).ok()?).ok()
}
