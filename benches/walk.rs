//! Is a calendar right about the clocks of a zone? Every change of them, walked minute by minute.
//!
//! Read [`walk`] first. The walker asks the wall clock at each minute and adds up; it knows nothing of offsets, of edges
//! or of what the calendar does.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Duration, NaiveDate, Offset, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use scrm_core::calendar::{Calendar, Closure, Opening};

/// How far to each side of a change is walked.
const REACH: i64 = 32 * 60;

/// What was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walked {
    /// Changes of the clock.
    pub changes: u64,
    /// Minutes walked over, each of them asked whether it is open and what time it is.
    pub minutes: u64,
    /// Deadlines, sums and next openings compared.
    pub answers: u64,
}

impl Walked {
    /// The two together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            changes: self.changes + other.changes,
            minutes: self.minutes + other.minutes,
            answers: self.answers + other.answers,
        }
    }
}

/// The first minute of each other offset in a zone, from one year to the end of another.
pub fn changes(tz: Tz, years: std::ops::RangeInclusive<i32>) -> Vec<DateTime<Utc>> {
    let offset = |second: i64| {
        let at = DateTime::from_timestamp(second, 0).unwrap_or_default();
        tz.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
    };
    let year = |year: i32| {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        first.and_hms_opt(0, 0, 0).unwrap_or_default().and_utc().timestamp()
    };
    let (mut at, end) = (year(*years.start()), year(*years.end() + 1));
    let mut found = Vec::new();
    while at < end {
        // No zone changes its clocks twice within half a day.
        let next = at + 12 * 3600;
        let here = offset(at);
        if offset(next) != here {
            let (mut same, mut other) = (at, next);
            while other - same > 1 {
                let middle = same + (other - same) / 2;
                if offset(middle) == here { same = middle } else { other = middle }
            }
            found.extend(DateTime::from_timestamp(other, 0));
        }
        at = next;
    }
    found
}

/// Calendars that are hard on a change at `at`: openings over it, up to it and from it on, lunch breaks, nights, holidays.
pub fn hard(tz: Tz, at: DateTime<Utc>) -> Vec<Calendar> {
    let opening = |text: &str| text.parse::<Opening>().ok();
    let all_week = |id: &str, openings: &[&str]| {
        let days = std::iter::successors(Some(Weekday::Mon), |day| Some(day.succ())).take(7);
        days.fold(Calendar::new(id, tz), |calendar, day| {
            calendar.open(day, openings.iter().filter_map(|text| opening(text)))
        })
    };
    let local = at.with_timezone(&tz).naive_local();
    let day = |later: i64| local.date() + Duration::days(later);
    let half = Closure {
        from: local - Duration::minutes(95),
        to: local + Duration::minutes(25),
        summary: String::new(),
    };
    vec![
        all_week("office", &["09:00-12:30", "13:30-18:00"]),
        all_week("night", &["22:00-06:00"]).except(day(0), []).except(day(1), opening("01:00-01:31")),
        all_week("split", &["00:00-00:20", "00:40-01:59", "02:01-02:30", "02:31-03:00", "23:17-00:00"]),
        all_week("round", &["00:00-24:00"]).except(day(-1), opening("12:00-24:00")).except(day(2), []),
        all_week("early", &["23:30-02:30"]).except(day(1), opening("00:15-03:45")),
        all_week("closed", &["00:00-24:00"]).close([&half]),
    ]
}

/// Compares a calendar with the walker around an instant.
///
/// # Errors
/// With the first difference.
pub fn walk(calendar: &Calendar, around: DateTime<Utc>) -> Result<Walked, String> {
    let tz = calendar.tz();
    let begin = around - Duration::minutes(REACH);
    let minute = |n: i64| begin + Duration::minutes(n);
    let fault = |what: &str, at: DateTime<Utc>, said: &dyn std::fmt::Debug, walked: &dyn std::fmt::Debug| {
        format!(
            "{} in {tz} around {around}: {what} at {at} is {said:?}, by the minutes {walked:?}",
            calendar.id()
        )
    };
    // How many minutes were open before each.
    let mut sums: Vec<i64> = vec![0];
    let mut open = Vec::new();
    let mut spoken = Spoken { calendar, by_date: BTreeMap::new() };
    for n in 0..2 * REACH {
        let at = minute(n);
        let wall = at.with_timezone(&tz).naive_local();
        let of_day = i64::from(wall.num_seconds_from_midnight() / 60);
        let is_open = spoken.covers(wall.date(), of_day)
            || wall.date().pred_opt().is_some_and(|before| spoken.covers(before, of_day + 24 * 60));
        for second in [0, 59] {
            let said = calendar.is_open(at + Duration::seconds(second));
            if said != is_open {
                return Err(fault("open", at, &said, &is_open));
            }
        }
        if i64::from(calendar.local_time(at)) != of_day || calendar.local_date(at).day() != wall.day() {
            return Err(fault("local time", at, &calendar.local_time(at), &of_day));
        }
        open.push(is_open);
        sums.push(sums.last().copied().unwrap_or(0) + i64::from(is_open));
    }
    let sum = |n: i64| usize::try_from(n).ok().and_then(|n| sums.get(n)).copied().unwrap_or(0);
    let mut answers = 0;
    // Starts all around the change, and now and then elsewhere.
    let starts = (0..2 * REACH).filter(|n| (n - REACH).abs() <= 3 || n % 211 == 7);
    for (turn, start) in starts.enumerate() {
        let from = minute(start);
        let left = sum(2 * REACH) - sum(start);
        for wanted in [1, 2, 29, 61, 240, 541 + i64::try_from(turn).unwrap_or(0)] {
            if wanted > left {
                continue;
            }
            let end = sums.partition_point(|sum_there| *sum_there < sum(start) + wanted);
            let due = minute(i64::try_from(end).unwrap_or(0));
            let said = calendar.add_business(from, Duration::minutes(wanted));
            if said != Some(due) {
                return Err(fault(&format!("+{wanted} minutes"), from, &said, &due));
            }
            let said = calendar.business_between(from, due);
            if said != Duration::minutes(wanted) {
                return Err(fault("the sum", from, &said, &wanted));
            }
            let half = Duration::minutes(wanted) / 2;
            let (reached, _) = calendar.marks(from, due, &[half, Duration::minutes(wanted)]);
            if reached.last() != Some(&due) || reached.first() != calendar.add_business(from, half).as_ref() {
                return Err(fault("the marks", from, &reached, &due));
            }
            answers += 3;
        }
        let ahead = open.iter().skip(usize::try_from(start).unwrap_or(0)).position(|open| *open);
        if let Some(ahead) = ahead {
            let opens = minute(start + i64::try_from(ahead).unwrap_or(0));
            let said = calendar.next_open(from);
            if said != Some(opens) {
                return Err(fault("the next opening", from, &said, &opens));
            }
            answers += 1;
        }
    }
    Ok(Walked { changes: 0, minutes: 2 * REACH as u64, answers })
}

/// The openings of dates, by what they say: minutes from the midnight that begins the date.
struct Spoken<'a> {
    calendar: &'a Calendar,
    by_date: BTreeMap<NaiveDate, Vec<(i64, i64)>>,
}

impl Spoken<'_> {
    fn covers(&mut self, date: NaiveDate, minute: i64) -> bool {
        let openings = self.by_date.entry(date).or_insert_with(|| {
            self.calendar.openings(date).iter().map(|opening| spoken(&opening.to_string())).collect()
        });
        openings.iter().any(|(from, to)| *from <= minute && minute < *to)
    }
}

fn spoken(text: &str) -> (i64, i64) {
    let clock = |text: &str| -> i64 {
        let (hours, minutes) = text.split_once(':').unwrap_or(("0", "0"));
        hours.parse::<i64>().unwrap_or(0) * 60 + minutes.parse::<i64>().unwrap_or(0)
    };
    let (from, to) = text.split_once('-').unwrap_or(("", ""));
    let (from, to) = (clock(from), clock(to));
    (from, if to <= from { to + 24 * 60 } else { to })
}

/// Compares hard calendars of a zone at every change of its clocks in these years.
///
/// # Errors
/// With the first difference.
pub fn walk_zone(tz: Tz, years: std::ops::RangeInclusive<i32>) -> Result<Walked, String> {
    let mut walked = Walked::default();
    for at in changes(tz, years) {
        walked.changes += 1;
        for calendar in hard(tz, at) {
            walked = walked.and(walk(&calendar, at)?);
        }
    }
    Ok(walked)
}

#[cfg(test)]
mod tests;
