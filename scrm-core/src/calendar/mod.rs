//! When is it business time? Opening hours in local wall time, and what an instant or a deadline is in them.
//!
//! Read [`Calendar`] first: it answers [`is_open`](Calendar::is_open), [`next_open`](Calendar::next_open) and
//! [`add_business`](Calendar::add_business). [`Calendars`] is what `calendars.toml` says: all of them, and which one
//! cuts the days of the brief.
//!
//! The clock on the wall decides. An hour that a change to summer time leaves out is no business time, and an hour
//! that a change back repeats counts twice, if the shop is open in it; so a deadline never depends on how a local
//! time that happens twice, or never, would be read.

mod closure;
mod holidays;
mod hours;
pub mod ical;
mod opening;
mod period;
pub(crate) mod queue;
mod read;
pub(crate) mod roster;
mod team;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use closure::Closure;
pub use hours::Calendar;
pub use ical::{IcalError, IcalFault};
pub use opening::{Opening, OpeningError};
pub use period::{Period, PeriodError};
pub use team::{Away, DepartmentEntry, Person, Team};

/// Every calendar of a playbook. Cheap to clone.
///
/// ```
/// use scrm_core::calendar::Calendars;
/// use scrm_core::diagnostic::{Document, Faults};
/// let source = r#"
/// default = "hq"
/// [[calendar]]
/// id = "hq"
/// tz = "Europe/Amsterdam"
/// week = { mon = ["09:00-12:30", "13:30-18:00"] }
/// except = { "2026-12-28" = [] }
/// "#;
/// let mut faults = Faults::new();
/// let document = Document::parse("calendars.toml", source, &mut faults);
/// let calendars = Calendars::read(&document, &mut faults);
/// assert!(faults.is_empty());
/// let hq = calendars.get("hq").unwrap();
/// assert!(hq.is_open("2026-11-02T08:00:00Z".parse().unwrap()));
/// assert!(!hq.is_open("2026-12-28T08:00:00Z".parse().unwrap()));
/// assert_eq!(calendars.default_calendar().id(), "hq");
/// ```
#[derive(Debug, Clone)]
pub struct Calendars {
    by_id: Arc<BTreeMap<String, Calendar>>,
    // INVARIANT: a clone of one in `by_id`, or `Calendar::always` when there is none.
    default: Calendar,
}

impl Default for Calendars {
    /// One calendar, `always`: open day and night, in UTC.
    fn default() -> Self {
        Self::of([Calendar::always()], "always")
    }
}

impl Calendars {
    /// The calendars given; `default` names the one whose zone cuts the days, else it is the first.
    pub fn of(calendars: impl IntoIterator<Item = Calendar>, default: &str) -> Self {
        let by_id: BTreeMap<_, _> =
            calendars.into_iter().map(|calendar| (calendar.id().to_owned(), calendar)).collect();
        let default = by_id.get(default).or_else(|| by_id.values().next()).cloned();
        Self { default: default.unwrap_or_else(Calendar::always), by_id: Arc::new(by_id) }
    }

    /// The calendar of this id.
    pub fn get(&self, id: &str) -> Option<&Calendar> {
        self.by_id.get(id)
    }

    /// The calendar of this id, or else the default one.
    pub fn get_or_default(&self, id: &str) -> &Calendar {
        self.get(id).unwrap_or(&self.default)
    }

    /// The calendar whose zone cuts the days of the brief.
    pub fn default_calendar(&self) -> &Calendar {
        &self.default
    }

    /// The ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
