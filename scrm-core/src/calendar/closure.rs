//! What is left of the opening hours when some of them are closed?

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::{Calendar, Opening};

const MINUTES_A_DAY: i64 = 24 * 60;

/// A stretch in which it is closed, by the clock on the wall.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Closure {
    /// From when.
    pub from: NaiveDateTime,
    /// Till when, which is open again.
    pub to: NaiveDateTime,
    /// What it is called.
    pub summary: String,
}

impl Closure {
    /// Whether it is whole days, from midnight to midnight.
    pub fn is_whole_days(&self) -> bool {
        self.from.time() == NaiveTime::MIN && self.to.time() == NaiveTime::MIN
    }

    /// From the day before its first to its last: the days whose openings it may cut.
    fn days(&self) -> impl Iterator<Item = NaiveDate> {
        let (first, last) = (self.from.date(), self.to.date());
        let before = first.checked_sub_days(Days::new(1)).unwrap_or(first);
        before.iter_days().take_while(move |day| *day <= last)
    }
}

impl Calendar {
    /// The same, closed as given. Dates that [`except`](Self::except) has set stay as they are.
    ///
    /// A closure of whole days takes away the openings that begin on them, as an exception without openings does; any
    /// other cuts out its part, to the minute, of whatever is open then, also of what began the evening before.
    ///
    /// ```
    /// use scrm_core::calendar::{Calendar, Closure, Opening};
    /// let at = |text: &str| text.parse().unwrap();
    /// let works_outing = Closure { from: at("2026-11-06T12:00:00"), to: at("2026-11-06T18:00:00"), summary: String::new() };
    /// let office = Calendar::new("hq", chrono_tz::UTC)
    ///     .open(chrono::Weekday::Fri, ["09:00-17:00".parse().unwrap()])
    ///     .close([&works_outing]);
    /// assert_eq!(office.openings("2026-11-06".parse().unwrap()), ["09:00-12:00".parse::<Opening>().unwrap()]);
    /// ```
    #[must_use]
    pub fn close<'a>(self, closures: impl IntoIterator<Item = &'a Closure>) -> Self {
        let by_hand: BTreeSet<NaiveDate> = self.exceptions().collect();
        let (whole, parts): (Vec<&Closure>, Vec<_>) =
            closures.into_iter().filter(|closure| closure.from < closure.to).partition(|c| c.is_whole_days());
        let mut changed: BTreeMap<NaiveDate, Vec<Opening>> = BTreeMap::new();
        for closure in whole {
            let days = closure.from.date().iter_days().take_while(|day| *day < closure.to.date());
            days.filter(|day| !by_hand.contains(day)).for_each(|day| _ = changed.insert(day, Vec::new()));
        }
        let mut cuts: BTreeMap<NaiveDate, Vec<&Closure>> = BTreeMap::new();
        for closure in parts {
            let days = closure.days().filter(|day| !by_hand.contains(day) && !changed.contains_key(day));
            days.collect::<Vec<_>>().into_iter().for_each(|day| cuts.entry(day).or_default().push(closure));
        }
        let mut late: Vec<(NaiveDate, Opening)> = Vec::new();
        for (day, cuts) in cuts {
            let (own, next) = cut(day, self.openings(day), &cuts);
            let tomorrow = day.succ_opt().unwrap_or(day);
            late.extend(next.into_iter().map(|opening| (tomorrow, opening)));
            if own != self.openings(day) {
                changed.insert(day, own);
            }
        }
        for (day, opening) in late {
            let openings = changed.entry(day).or_insert_with(|| self.openings(day).to_vec());
            openings.push(opening);
            openings.sort_unstable();
        }
        changed.into_iter().fold(self, |calendar, (day, openings)| calendar.except(day, openings))
    }
}

/// What the closures leave of the openings of a day: what begins on it, and what of its night begins on the next day.
fn cut(day: NaiveDate, openings: &[Opening], closures: &[&Closure]) -> (Vec<Opening>, Vec<Opening>) {
    let midnight = day.and_time(NaiveTime::MIN);
    let minute = |at: NaiveDateTime| at.signed_duration_since(midnight).num_seconds().div_euclid(60);
    let mut left: Vec<(i64, i64)> = openings.iter().map(|opening| opening.minutes()).collect();
    for closure in closures {
        // A part of a minute is a minute that is closed.
        let up = i64::from(closure.to.and_utc().timestamp() % 60 != 0);
        let (from, to) = (minute(closure.from), minute(closure.to) + up);
        let parts = left.into_iter().flat_map(|(start, end)| [(start, end.min(from)), (start.max(to), end)]);
        left = parts.filter(|(start, end)| start < end).collect();
    }
    let (own, next): (Vec<_>, Vec<_>) = left.into_iter().partition(|(start, _)| *start < MINUTES_A_DAY);
    let openings = |minutes: Vec<(i64, i64)>, later: i64| -> Vec<Opening> {
        minutes.into_iter().filter_map(|(start, end)| Opening::between(start - later, end - later)).collect()
    };
    (openings(own, 0), openings(next, MINUTES_A_DAY))
}
