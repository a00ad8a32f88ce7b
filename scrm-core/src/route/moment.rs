//! What asks for a decision, and when? The time and the changes as conditions see them.

use chrono::{DateTime, Datelike, Timelike, Utc};

use super::condition::{DAYS, Field};
use crate::calendar::Calendars;
use crate::model::Change;

/// The day of the week in the zone of the default calendar.
pub(super) fn weekday(calendars: &Calendars, at: DateTime<Utc>) -> &'static str {
    let day = calendars.default_calendar().local_date(at).weekday().num_days_from_monday();
    DAYS.get(day as usize).copied().unwrap_or_default()
}

/// The time of day in the zone of the default calendar, in minutes from midnight.
pub(super) fn minutes(calendars: &Calendars, at: DateTime<Utc>) -> u16 {
    let local = at.with_timezone(&calendars.default_calendar().tz());
    u16::try_from(local.hour() * 60 + local.minute()).unwrap_or_default()
}

/// Whether a field is among the changes, and from the one to the other value where these are given.
pub(super) fn changed(changes: &[Change], field: &Field, values: Option<(&str, &str)>) -> bool {
    let name = field.to_string();
    changes.iter().filter(|change| change.field == name).any(|change| match values {
        Some((from, to)) => change.from.as_deref() == Some(from) && change.to.as_deref() == Some(to),
        None => true,
    })
}
