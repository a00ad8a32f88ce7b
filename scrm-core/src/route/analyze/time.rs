//! Which times does a protocol tell apart? Days of the week, hours of business, and days from or to which rules hold.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, Duration, NaiveDate, TimeZone, Utc};

use crate::calendar::{Calendar, Calendars};
use crate::route::moment;
use crate::route::protocol::Protocol;

/// How far from the first day of a stretch hours are looked at: a year, so that every change of the clocks is in it.
const LOOK: u64 = 366;

/// What conditions ask of the time.
pub(super) struct Told<'a> {
    /// The calendars whose hours they ask for.
    pub(super) hours: &'a BTreeSet<&'a str>,
    /// Whether they ask for the day of the week.
    pub(super) weekdays: bool,
    /// The times of day at which an answer may change, in minutes from midnight.
    pub(super) minutes: &'a BTreeSet<u16>,
}

/// One instant for each time that the protocol tells apart.
pub(super) fn instants(
    protocol: &Protocol,
    calendars: &Calendars,
    day: Option<NaiveDate>,
    told: &Told<'_>,
) -> Vec<DateTime<Utc>> {
    let Told { hours, weekdays, minutes } = *told;
    let hours: Vec<&Calendar> = hours.iter().filter_map(|id| calendars.get(id)).collect();
    let zone = calendars.default_calendar().tz();
    let noon = |date: NaiveDate| -> Option<DateTime<Utc>> {
        // Noon is there on every day in every zone, or else the hour after it is.
        let local = |hour: u32| zone.from_local_datetime(&date.and_hms_opt(hour, 0, 0)?).earliest();
        Some(local(12).or_else(|| local(13))?.with_timezone(&Utc))
    };
    let mut found: BTreeMap<(usize, &str, usize, Vec<bool>), DateTime<Utc>> = BTreeMap::new();
    for (stretch, (first, last)) in stretches(protocol, day).into_iter().enumerate() {
        let mut note = |at: DateTime<Utc>| {
            let date = calendars.default_calendar().local_date(at);
            if first <= date && date <= last {
                let weekday = if weekdays { moment::weekday(calendars, at) } else { "" };
                let open = hours.iter().map(|calendar| calendar.is_open(at)).collect();
                let part = minutes.range(..=moment::minutes(calendars, at)).count();
                found.entry((stretch, weekday, part, open)).or_insert(at);
            }
        };
        let end = first.checked_add_days(Days::new(LOOK)).map_or(last, |end| end.min(last));
        let days = if hours.is_empty() { 7 } else { LOOK as usize };
        first.iter_days().take_while(|date| *date <= end).take(days).filter_map(noon).for_each(&mut note);
        let Some(start) = noon(first) else { continue };
        let (from, to) = (start - Duration::days(1), start + Duration::days(LOOK as i64));
        for calendar in &hours {
            changes(calendar, from, to).into_iter().for_each(&mut note);
        }
        // The first instant of each day, that of each change, and the times of day begin everything that there is.
        if !hours.is_empty() || !minutes.is_empty() {
            for date in first.iter_days().take_while(|date| *date <= end).take(days) {
                for minute in minutes.iter().copied().chain([0]).map(u32::from) {
                    let local = date.and_hms_opt(minute / 60, minute % 60, 0);
                    if let Some(at) = local.and_then(|local| zone.from_local_datetime(&local).earliest()) {
                        note(at.with_timezone(&Utc));
                    }
                }
            }
        }
    }
    found.into_values().collect()
}

/// Stretches of days in which the same rules are in force; without those in which no dated rule is.
fn stretches(protocol: &Protocol, day: Option<NaiveDate>) -> Vec<(NaiveDate, NaiveDate)> {
    if let Some(day) = day {
        return vec![(day, day)];
    }
    let (earliest, latest) = (NaiveDate::MIN, NaiveDate::MAX);
    let dated = || protocol.rules().iter().filter(|rule| rule.from.is_some() || rule.to.is_some());
    let mut starts: BTreeSet<NaiveDate> = dated().filter_map(|rule| rule.from).collect();
    starts.extend(dated().filter_map(|rule| rule.to?.succ_opt()));
    let Some(first) = starts.first().copied() else {
        // Some year, when all are alike.
        let year = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default();
        return vec![(year, latest)];
    };
    // What was before anything began is looked at in its last year.
    let before = first.checked_sub_days(Days::new(LOOK)).unwrap_or(earliest);
    let starts: Vec<NaiveDate> = std::iter::once(before).chain(starts).collect();
    let ends = starts.iter().skip(1).map(|next| next.pred_opt().unwrap_or(*next)).chain([latest]);
    let stretches = starts.iter().copied().zip(ends);
    stretches.filter(|(first, _)| dated().any(|rule| rule.is_in_force(*first))).collect()
}

/// The instants at which a calendar opens or closes.
fn changes(calendar: &Calendar, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let (mut at, mut changes) = (from, Vec::new());
    while at < to {
        let next = if calendar.is_open(at) { closing(calendar, at) } else { calendar.next_open(at) };
        let Some(next) = next.filter(|next| *next > at) else { break };
        changes.push(next);
        at = next;
    }
    changes
}

/// When a calendar that is open closes; at most a week later, when it is looked again.
fn closing(calendar: &Calendar, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let open_until = |seconds: i64| {
        let length = Duration::seconds(seconds);
        at.checked_add_signed(length).is_some_and(|to| calendar.business_between(at, to) == length)
    };
    let (mut open, mut shut) = (0, 7 * 86_400);
    if open_until(shut) {
        return at.checked_add_signed(Duration::seconds(shut));
    }
    while shut - open > 1 {
        let middle = i64::midpoint(open, shut);
        if open_until(middle) { open = middle } else { shut = middle }
    }
    at.checked_add_signed(Duration::seconds(open))
}
