//! How does a clock stand? Recomputed from the events of its case, in the business time of its calendar.

use chrono::{DateTime, Duration, Utc};

use super::course::Course;
use super::{ClockEvent, ClockName};
use crate::calendar::Calendar;
use crate::route::{Clock, Router};

/// A stretch in which a clock stood still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// What began it: an event of `pause_on`, or `case.resolved`.
    pub by: ClockEvent,
    /// From when.
    pub from: DateTime<Utc>,
    /// Till when; absent while it lasts.
    pub to: Option<DateTime<Utc>>,
}

/// How one clock of one case stands at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClockState {
    /// When it started; absent when nothing has started it.
    pub started: Option<DateTime<Utc>>,
    /// When the time is up: the earliest instant, so what is due at closing is due then and not at the next opening.
    ///
    /// Of a clock that stands still, when it would be up if work went on at once: it moves on with `now`. Absent when
    /// nothing has started the clock, or when the calendar does not reach it within two years.
    pub due: Option<DateTime<Utc>>,
    /// When people are warned, first one first; moved as the deadline is. A clock that has stopped keeps those that
    /// came before.
    pub warnings: Vec<DateTime<Utc>>,
    /// When it stood still, between start and stop.
    pub paused: Vec<Pause>,
    /// When it stopped.
    pub stopped: Option<DateTime<Utc>>,
    /// Since when it was overdue: the deadline, when the clock had not stopped by then. What stops at the very
    /// deadline is in time.
    pub breached: Option<DateTime<Utc>>,
    /// The business time that it ran.
    pub elapsed: Duration,
    /// The business time that is left; negative when it is overdue.
    pub remaining: Duration,
}

/// One clock of a service level that holds for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningClock {
    /// The service level.
    pub sla: String,
    /// Which of its clocks.
    pub name: ClockName,
    /// In whose business time.
    pub calendar: String,
    /// What is promised.
    pub clock: Clock,
    /// How it stands.
    pub state: ClockState,
}

impl ClockState {
    /// Whether it has started, has not stopped and does not stand still.
    pub fn is_running(&self) -> bool {
        self.started.is_some() && self.stopped.is_none() && !self.is_paused()
    }

    /// Whether it stands still.
    pub fn is_paused(&self) -> bool {
        self.paused.last().is_some_and(|pause| pause.to.is_none())
    }
}

impl Clock {
    /// How the clock stands at `now`, from the log of its case alone.
    ///
    /// Events may come in any order and more than once; those after `now` have not happened yet. A late event changes
    /// the state to what it would have been had it been known: a response that was sent in time and told of too late
    /// was in time.
    ///
    /// ```
    /// use chrono::{DateTime, Utc};
    /// use scrm_core::calendar::Calendar;
    /// use scrm_core::route::{Clock, ClockEvent, ClockName};
    /// let utc = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    /// let mut clock = Clock::new(ClockName::Resolution, "4h".parse().unwrap());
    /// clock.pause_on.insert(ClockEvent::WaitingCustomer);
    /// let log = [
    ///     (utc("2026-11-02T09:00:00Z"), ClockEvent::Captured),
    ///     (utc("2026-11-02T10:00:00Z"), ClockEvent::WaitingCustomer),
    ///     (utc("2026-11-02T16:00:00Z"), ClockEvent::CustomerReplied),
    /// ];
    /// let state = clock.state(&Calendar::always(), log, utc("2026-11-02T17:00:00Z"));
    /// assert_eq!(state.due, Some(utc("2026-11-02T19:00:00Z")));
    /// assert_eq!(state.remaining, chrono::Duration::hours(2));
    /// ```
    pub fn state(
        &self,
        calendar: &Calendar,
        log: impl IntoIterator<Item = (DateTime<Utc>, ClockEvent)>,
        now: DateTime<Utc>,
    ) -> ClockState {
        match Course::of(self, log, now) {
            Some(course) => self.state_of(calendar, course, now),
            None => ClockState {
                started: None,
                due: None,
                warnings: Vec::new(),
                paused: Vec::new(),
                stopped: None,
                breached: None,
                elapsed: Duration::zero(),
                remaining: self.within.duration(),
            },
        }
    }

    /// Walks over the stretches in which the clock ran, and on from the last one to what they did not reach.
    fn state_of(&self, calendar: &Calendar, course: Course, now: DateTime<Utc>) -> ClockState {
        // The deadline is the last mark: the longest warning comes first.
        let marks: Vec<Duration> =
            self.warn.iter().map(|warn| self.within.beyond(*warn).duration()).collect();
        let marks = [marks, vec![self.within.duration()]].concat();
        let (mut elapsed, mut reached) = (Duration::zero(), Vec::new());
        for (from, to) in course.runs(now) {
            let left: Vec<Duration> = marks.iter().skip(reached.len()).map(|mark| *mark - elapsed).collect();
            let (more, time) = calendar.marks(from, to, &left);
            reached.extend(more);
            elapsed += time;
        }
        let end = course.stopped.unwrap_or(now);
        let ahead = marks.iter().skip(reached.len()).map(|mark| calendar.add_business(end, *mark - elapsed));
        let mut times: Vec<Option<DateTime<Utc>>> = reached.into_iter().map(Some).collect();
        times.extend(ahead.collect::<Vec<_>>());
        let due = times.pop().flatten();
        let stopped = course.stopped;
        ClockState {
            started: Some(course.started),
            due,
            warnings: times
                .into_iter()
                .flatten()
                .filter(|warned| stopped.is_none_or(|stopped| *warned <= stopped))
                .collect(),
            paused: course.pauses,
            stopped,
            breached: due.filter(|due| *due < end),
            elapsed,
            remaining: self.within.duration() - elapsed,
        }
    }
}

impl Router {
    /// How every clock of these service levels stands at `now`, by the log of their case; unknown ones have none.
    pub fn clocks<'a>(
        &self,
        slas: impl IntoIterator<Item = &'a str>,
        log: &[(DateTime<Utc>, ClockEvent)],
        now: DateTime<Utc>,
    ) -> Vec<RunningClock> {
        let slas = slas.into_iter().filter_map(|id| self.protocol().slas().get(id));
        let clocks = slas.flat_map(|sla| sla.clocks().map(move |(name, clock)| (sla, name, clock)));
        let running = clocks.map(|(sla, name, clock)| {
            let calendar = self.calendars().get_or_default(sla.calendar.as_deref().unwrap_or_default());
            RunningClock {
                sla: sla.id.clone(),
                name,
                calendar: calendar.id().to_owned(),
                clock: clock.clone(),
                state: clock.state(calendar, log.iter().copied(), now),
            }
        });
        running.collect()
    }
}
