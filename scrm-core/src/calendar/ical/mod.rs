//! Which days does an iCalendar file close? Holidays and closures of an `.ics` text, with every fault of it.
//!
//! Read [`holidays`] first. The rules, by RFC 5545:
//!
//! - An event of whole days (`DTSTART;VALUE=DATE`) closes its days; its `DTEND` is the day after the last one.
//! - An event with times closes the hours between them. A time with `Z` is in UTC, one with a `TZID` in that zone of the
//!   IANA database, and one with neither is a time on the wall of the calendar's own zone.
//! - A local time that a change of clocks skipped is reckoned by the offset before it; of one that came twice, the first
//!   counts. An event that comes again lasts, by the clock on the wall, as long as the first time.
//! - `RRULE` by days, weeks, months and years, `RDATE`, `EXDATE` and single instances changed by `RECURRENCE-ID` count.
//! - An event whose `STATUS` is `CANCELLED` closes nothing. `TRANSP` is not looked at: published holidays are often
//!   marked as free time.
//!
//! Work is bounded by [`MOST_EVENTS`], [`MOST_DAYS`], [`MOST_STEPS`] and [`LONGEST`], whatever the file says.

mod event;
mod lines;
mod moment;
mod repeat;

use std::ops::RangeInclusive;

use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;

pub use super::closure::Closure;
use crate::model::Span;

/// Events of one file.
pub const MOST_EVENTS: usize = 10_000;
/// Days that one file may close, counted for each instance of an event.
pub const MOST_DAYS: usize = 200_000;
/// Days that are looked at for events that come again, over all of a file.
pub const MOST_STEPS: u32 = 2_000_000;
/// How long one event may last.
pub const LONGEST: Duration = Duration::days(2 * 366);

/// One fault of an iCalendar text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IcalFault {
    /// A code that stays the same over versions: `C011` to `C013`.
    pub code: &'static str,
    /// The line, counted from 1.
    pub line: usize,
    /// Where the line stands in the text (bytes).
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: String,
}

/// Why an iCalendar text cannot be used: all of its faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IcalError(Vec<IcalFault>);

impl IcalError {
    /// The faults, in the order of the text; at least one.
    pub fn faults(&self) -> &[IcalFault] {
        &self.0
    }
}

impl std::fmt::Display for IcalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the iCalendar text cannot be used")?;
        self.0.iter().try_for_each(|fault| write!(f, "\nline {}: {}", fault.line, fault.message))
    }
}

impl std::error::Error for IcalError {}

/// What the events of an iCalendar text close from the first to the last date of `range`, in the wall time of `tz`; in
/// order, each once.
///
/// # Errors
/// When the text is no whole calendar, an event cannot be read, or a limit is passed.
///
/// ```
/// use chrono::NaiveDate;
/// use scrm_core::calendar::ical::holidays;
/// let text = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:Christmas\n\
///     DTSTART;VALUE=DATE:20201225\nDTEND;VALUE=DATE:20201227\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n";
/// let day = |text: &str| text.parse::<NaiveDate>().unwrap();
/// let closed = holidays(text, chrono_tz::Europe::London, day("2026-01-01")..=day("2027-12-31")).unwrap();
/// assert_eq!(closed.len(), 2);
/// assert_eq!((closed[1].from.date(), closed[1].to.date()), (day("2027-12-25"), day("2027-12-27")));
/// ```
pub fn holidays(text: &str, tz: Tz, range: RangeInclusive<NaiveDate>) -> Result<Vec<Closure>, IcalError> {
    let (closures, faults) = event::read(text, tz, &range);
    if faults.is_empty() { Ok(closures) } else { Err(IcalError(faults)) }
}

#[cfg(test)]
mod tests;
