//! Is the shop open, and when has so much business time gone by? One calendar, evaluated.
//!
//! Read [`Calendar`] first. Everything here stands on one step: whether it is open at an instant, and until when
//! that cannot change (the end of an opening, local midnight, or a change of the zone's offset).

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, Offset, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;

use super::Opening;

const SECONDS_A_DAY: i64 = 24 * 60 * 60;
/// Seconds from 1970 to about the year 250,000.
const LAST_SECOND: i64 = 8_000_000_000_000;
/// How far ahead a deadline or an opening is looked for.
const HORIZON: Duration = Duration::days(2 * 366);
/// How much time is added up at most.
const LONGEST_SUM: Duration = Duration::days(100 * 366);

/// Opening hours in one zone: a week, and the dates that are otherwise. Cheap to clone.
///
/// ```
/// use chrono::Duration;
/// use scrm_core::calendar::Calendar;
/// let office = Calendar::new("hq", chrono_tz::Europe::Amsterdam)
///     .open(chrono::Weekday::Fri, ["09:00-17:00".parse().unwrap()])
///     .open(chrono::Weekday::Mon, ["09:00-17:00".parse().unwrap()]);
/// // Half an hour before the week ends, plus an hour of business time: half past nine on Monday.
/// let friday = "2026-11-06T15:30:00Z".parse().unwrap();
/// let monday = "2026-11-09T08:30:00Z".parse().unwrap();
/// assert_eq!(office.add_business(friday, Duration::hours(1)), Some(monday));
/// assert_eq!(office.business_between(friday, monday), Duration::hours(1));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar(Arc<Hours>);

#[derive(Debug, Clone, PartialEq)]
struct Hours {
    id: String,
    tz: Tz,
    /// From Monday.
    week: [Vec<Opening>; 7],
    except: BTreeMap<NaiveDate, Vec<Opening>>,
}

/// Whether it is open, and until when that holds at least.
struct Step {
    open: bool,
    until: DateTime<Utc>,
}

impl Calendar {
    /// A calendar that is never open; [`open`](Self::open) and [`except`](Self::except) add hours.
    pub fn new(id: impl Into<String>, tz: Tz) -> Self {
        let hours = Hours { id: id.into(), tz, week: Default::default(), except: BTreeMap::new() };
        Self(Arc::new(hours))
    }

    /// Open day and night, in UTC; its id is `always`.
    pub fn always() -> Self {
        let mut calendar = Self::new("always", Tz::UTC);
        Arc::make_mut(&mut calendar.0).week.fill(vec![Opening::ALL_DAY]);
        calendar
    }

    /// The same, open on this day of the week as given.
    #[must_use]
    pub fn open(mut self, day: Weekday, openings: impl IntoIterator<Item = Opening>) -> Self {
        let week = &mut Arc::make_mut(&mut self.0).week;
        if let Some(hours) = week.get_mut(day.num_days_from_monday() as usize) {
            *hours = openings.into_iter().collect();
        }
        self
    }

    /// The same, open on this date as given and not as in other weeks; no openings is a holiday.
    #[must_use]
    pub fn except(mut self, date: NaiveDate, openings: impl IntoIterator<Item = Opening>) -> Self {
        Arc::make_mut(&mut self.0).except.insert(date, openings.into_iter().collect());
        self
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Its zone.
    pub fn tz(&self) -> Tz {
        self.0.tz
    }

    /// The openings that begin on a date.
    pub fn openings(&self, date: NaiveDate) -> &[Opening] {
        self.0.except.get(&date).map_or_else(|| self.weekly(date.weekday()), Vec::as_slice)
    }

    /// The openings that begin on this day of a week without exceptions.
    pub fn weekly(&self, day: Weekday) -> &[Opening] {
        self.0.week.get(day.num_days_from_monday() as usize).map_or(&[], Vec::as_slice)
    }

    /// The dates that are not as in other weeks, in order.
    pub fn exceptions(&self) -> impl Iterator<Item = NaiveDate> {
        self.0.except.keys().copied()
    }

    /// Whether it opens at all.
    pub fn ever_opens(&self) -> bool {
        self.0.week.iter().chain(self.0.except.values()).any(|openings| !openings.is_empty())
    }

    /// Whether it is open at an instant. The first instant of an opening belongs to it, the last one does not.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        let (date, second) = self.local(at);
        self.state(date, second).0
    }

    /// The date on the wall at an instant.
    pub fn local_date(&self, at: DateTime<Utc>) -> NaiveDate {
        self.local(at).0
    }

    /// How many minutes the clock on the wall has counted since midnight, from 0 to 1439.
    ///
    /// ```
    /// use scrm_core::calendar::Calendar;
    /// let office = Calendar::new("hq", chrono_tz::Asia::Kathmandu);
    /// assert_eq!(office.local_time("2026-11-02T08:00:59Z".parse().unwrap()), 13 * 60 + 45);
    /// ```
    pub fn local_time(&self, at: DateTime<Utc>) -> u16 {
        // A second of a day is at most 86,399.
        u16::try_from(self.local(at).1 / 60).unwrap_or_default()
    }

    /// The first instant from `at` on at which it is open; `None` when nothing opens within two years.
    pub fn next_open(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut now = at;
        while now.signed_duration_since(at) <= HORIZON && self.ever_opens() {
            let step = self.step(now)?;
            if step.open {
                return Some(now);
            }
            now = step.until;
        }
        None
    }

    /// The instant at which `time` of business time has gone by since `start`.
    ///
    /// It is the earliest such instant: what is due when the shop closes is due at closing, not at the next opening.
    /// No time at all is over at once, open or not. `None` when it is not reached within two years.
    pub fn add_business(&self, start: DateTime<Utc>, time: Duration) -> Option<DateTime<Utc>> {
        let (mut now, mut left) = (start, time);
        while left > Duration::zero() {
            if now.signed_duration_since(start) > HORIZON || !self.ever_opens() {
                return None;
            }
            let step = self.step(now)?;
            if step.open {
                let here = step.until.signed_duration_since(now);
                if here >= left {
                    return now.checked_add_signed(left);
                }
                left -= here;
            }
            now = step.until;
        }
        Some(now)
    }

    /// How much business time lies between two instants; negative when `to` is the earlier one.
    ///
    /// Of more than a hundred years, the first hundred are counted.
    pub fn business_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
        if to < from {
            return -self.business_between(to, from);
        }
        self.marks(from, to, &[]).1
    }

    /// When so much business time has gone by on the way from `from` to `to`: for each of `marks`, in ascending order,
    /// the earliest such instant, as far as they are reached; and how much has gone by at `to`.
    ///
    /// Nothing has gone by when `to` is the earlier one. Of more than a hundred years, the first hundred are looked at.
    ///
    /// ```
    /// use chrono::{DateTime, Duration, Utc};
    /// use scrm_core::calendar::Calendar;
    /// let utc = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    /// let office = Calendar::new("hq", chrono_tz::UTC).open(chrono::Weekday::Mon, ["09:00-17:00".parse().unwrap()]);
    /// let (from, to) = (utc("2026-11-02T08:00:00Z"), utc("2026-11-02T12:00:00Z"));
    /// let (reached, sum) = office.marks(from, to, &[Duration::hours(1), Duration::hours(5)]);
    /// assert_eq!((reached, sum), (vec![utc("2026-11-02T10:00:00Z")], Duration::hours(3)));
    /// ```
    pub fn marks(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        marks: &[Duration],
    ) -> (Vec<DateTime<Utc>>, Duration) {
        let end = from.checked_add_signed(LONGEST_SUM).map_or(to, |limit| to.min(limit));
        let (mut now, mut sum, mut reached) = (from, Duration::zero(), Vec::new());
        let mut marks = marks.iter().copied().peekable();
        while marks.next_if(|mark| *mark <= Duration::zero() && from <= to).is_some() {
            reached.push(from);
        }
        while now < end {
            let Some(step) = self.step(now) else { break };
            let until = step.until.min(end);
            if step.open {
                let after = sum + until.signed_duration_since(now);
                while let Some(mark) = marks.next_if(|mark| *mark <= after) {
                    reached.extend(now.checked_add_signed(mark - sum));
                }
                sum = after;
            }
            now = until;
        }
        (reached, sum)
    }

    /// Date and second of the day on the wall. An instant at the very end of what a date can say is moved a little
    /// inwards, where every zone has a local time.
    fn local(&self, at: DateTime<Utc>) -> (NaiveDate, i64) {
        let inner = at.timestamp().clamp(-LAST_SECOND, LAST_SECOND);
        let at = if inner == at.timestamp() { at } else { DateTime::from_timestamp(inner, 0).unwrap_or(at) };
        let local = at.with_timezone(&self.0.tz).naive_local();
        (local.date(), i64::from(local.num_seconds_from_midnight()))
    }

    /// Whether it is open at a local time, and the second of that date up to which this holds at least.
    fn state(&self, date: NaiveDate, second: i64) -> (bool, i64) {
        let before = date.checked_sub_days(Days::new(1)).map_or(&[][..], |date| self.openings(date));
        let openings = self
            .openings(date)
            .iter()
            .map(|opening| opening.seconds(0))
            .chain(before.iter().map(|opening| opening.seconds(1)));
        let (mut open, mut until) = (false, SECONDS_A_DAY);
        for (from, to) in openings {
            open |= from <= second && second < to;
            until = [from, to].into_iter().filter(|edge| *edge > second).fold(until, i64::min);
        }
        (open, until)
    }

    /// The state at an instant and the next instant at which it may change; `None` at the end of time.
    fn step(&self, at: DateTime<Utc>) -> Option<Step> {
        let (date, second) = self.local(at);
        let (open, edge) = self.state(date, second);
        let from = DateTime::from_timestamp(at.timestamp(), 0)?;
        let until = from.checked_add_signed(Duration::seconds(edge - second))?;
        Some(Step { open, until: self.change_between(from, until).unwrap_or(until) })
    }

    /// The first second after `from` and before `to` from which another offset holds. Within one day an offset
    /// changes once at most.
    fn change_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let offset = |second: i64| {
            let at = DateTime::from_timestamp(second, 0)?;
            Some(self.0.tz.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
        };
        let (mut same, mut other) = (from.timestamp(), to.timestamp());
        let here = offset(same)?;
        if offset(other)? == here {
            return None;
        }
        while other - same > 1 {
            let middle = same + (other - same) / 2;
            if offset(middle)? == here { same = middle } else { other = middle }
        }
        DateTime::from_timestamp(other, 0)
    }
}
