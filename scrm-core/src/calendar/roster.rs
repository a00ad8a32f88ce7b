//! How much can a department answer in an hour? Its people's cases a day, spread over the hours that it is open.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};

use super::{Calendar, Calendars, Person, Team};

/// Thousandths of a case, so that what is spread over hours adds up.
pub(crate) const CASE: u64 = 1_000;

/// What each hour of a day has, from midnight.
pub(crate) type Day = [u64; 24];

/// An hour on the wall of the default calendar, counted from that of 1970-01-01 at midnight. Where the clock is put back
/// two hours are one.
pub(crate) fn local_hour(calendars: &Calendars, at: DateTime<Utc>) -> i64 {
    let local = at.with_timezone(&calendars.default_calendar().tz()).naive_local();
    local.and_utc().timestamp().div_euclid(3600)
}

/// The hour of the week, from that of Monday at midnight.
pub(crate) fn hour_of_week(hour: i64) -> usize {
    // The first day was a Thursday.
    usize::try_from((hour + 3 * 24).rem_euclid(7 * 24)).unwrap_or_default()
}

/// One department's capacity, hour by hour.
pub(crate) struct Roster<'a> {
    calendars: &'a Calendars,
    calendar: &'a Calendar,
    /// What each person gives on a whole day.
    people: Vec<(&'a Person, u64)>,
    days: BTreeMap<i64, Day>,
}

impl<'a> Roster<'a> {
    /// Of a department; `None` when the team does not say how much anybody there can do.
    ///
    /// Whoever works in several departments gives each an equal part of the day.
    pub(crate) fn of(team: &'a Team, calendars: &'a Calendars, department: &str) -> Option<Self> {
        let people = team.people.values().filter(|person| person.departments.contains(department));
        let parts = people.filter_map(|person| {
            let departments = u64::try_from(person.departments.len()).ok()?;
            Some((person, (u64::from(person.capacity?) * CASE).checked_div(departments)?))
        });
        let people: Vec<(&Person, u64)> = parts.collect();
        let entry = team.departments.get(department);
        let calendar = entry.and_then(|entry| entry.calendar.as_deref()).unwrap_or_default();
        let calendar = calendars.get_or_default(calendar);
        (!people.is_empty()).then_some(Self { calendars, calendar, people, days: BTreeMap::new() })
    }

    /// Thousandths of a case on a day on which everybody is there.
    pub(crate) fn a_day(&self) -> u64 {
        self.people.iter().map(|(_, part)| part).sum()
    }

    /// Thousandths of a case in an hour.
    pub(crate) fn hour(&mut self, hour: i64) -> u64 {
        let day = self.day(hour.div_euclid(24));
        usize::try_from(hour.rem_euclid(24)).ok().and_then(|hour| day.get(hour)).copied().unwrap_or_default()
    }

    /// What the hours of a day have, counted from 1970-01-01: what the people who are
    /// there can do, when the department opens at all.
    pub(crate) fn day(&mut self, day: i64) -> Day {
        if let Some(known) = self.days.get(&day) {
            return *known;
        }
        let hours = self.spread(day).unwrap_or_default();
        self.days.insert(day, hours);
        hours
    }

    fn spread(&self, day: i64) -> Option<Day> {
        let date = NaiveDate::default().checked_add_signed(Duration::try_days(day)?)?;
        let there = self.people.iter().filter(|(person, _)| !person.is_away(date) && !person.has_left(date));
        let a_day: u64 = there.map(|(_, part)| part).sum();
        let midnight = date.and_hms_opt(0, 0, 0)?;
        let tz = self.calendars.default_calendar().tz();
        // An hour that the clock leaves out begins when the next one does.
        let instant = |hour: i64| {
            let hours = hour..=hour + 3;
            hours
                .filter_map(|hour| tz.from_local_datetime(&(midnight + Duration::hours(hour))).earliest())
                .map(|local| local.to_utc())
                .next()
        };
        let mut open = [0; 24];
        for (hour, open) in (0..).zip(&mut open) {
            let time = self.calendar.business_between(instant(hour)?, instant(hour + 1)?);
            *open = u64::try_from(time.num_seconds()).unwrap_or_default();
        }
        let all: u64 = open.iter().sum();
        let (mut gone, mut given) = (0, 0);
        Some(open.map(|seconds| {
            gone += seconds;
            let till = (a_day * gone).checked_div(all).unwrap_or_default();
            let here = till - given;
            given = till;
            here
        }))
    }
}
