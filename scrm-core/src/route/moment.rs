//! Which day is it? The time of a decision as conditions see it.

use chrono::{DateTime, Datelike, Utc};

use super::condition::DAYS;
use crate::calendar::Calendars;

/// The day of the week in the zone of the default calendar.
pub(super) fn weekday(calendars: &Calendars, at: DateTime<Utc>) -> &'static str {
    let day = calendars.default_calendar().local_date(at).weekday().num_days_from_monday();
    DAYS.get(day as usize).copied().unwrap_or_default()
}
