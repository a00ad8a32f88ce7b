//! What do the clocks and ladders of a case tell, and when must they be looked at next? Worked out from its log.
//!
//! Read [`look`] first. It is pure: the same case, log and `now` tell the same, and what was told before is not told again.

use chrono::{DateTime, Utc};

use crate::engage;
use crate::model::{Case, CaseChange, CaseMark, Escalation, Event};
use crate::route::{ClockEvent, Router, RunningClock};

/// What is to be told of a case, and when it is to be looked at next.
pub(super) struct Look {
    pub(super) events: Vec<Event>,
    pub(super) next: Option<DateTime<Utc>>,
}

impl Look {
    /// It must be looked at by this time, too.
    pub(super) fn not_after(&mut self, at: DateTime<Utc>) {
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }
}

/// How every clock of a case stands at `now`, by the log of the case.
pub(super) fn clocks(
    router: &Router,
    case: &Case,
    events: &[Event],
    now: DateTime<Utc>,
) -> Vec<RunningClock> {
    let log = log_of(events);
    let of = |(sla, since): (&String, &DateTime<Utc>)| {
        let log = held_since(&log, *since, case.opened);
        router.clocks([sla.as_str()], &log, now)
    };
    case.sla.iter().flat_map(of).collect()
}

/// What the clocks, ladders and claims of a case tell at `now`.
pub(super) fn look(router: &Router, case: &Case, events: &[Event], now: DateTime<Utc>) -> Look {
    let mut look = Look { events: engage::expired(case, now).into_iter().collect(), next: None };
    if let Some(until) = case.claim.as_ref().filter(|claim| claim.holds(now)).and_then(|claim| claim.until) {
        look.not_after(until);
    }
    // What is to happen has not happened: clocks that ran ahead, here or elsewhere.
    let log = log_of(events);
    if let Some(next) = log.iter().map(|(at, _)| *at).filter(|at| *at > now).min() {
        look.not_after(next);
    }
    for running in clocks(router, case, events, now) {
        look.clock(case, &running, now);
    }
    look.rungs(case, &log, now);
    look
}

impl Look {
    fn tell(&mut self, case: &Case, now: DateTime<Utc>, change: CaseChange) {
        if change.mark().is_some_and(|mark| !case.told.contains(&mark)) {
            let change = Box::new(change);
            self.events.push(Event::CaseChanged { case: case.id.clone(), at: now, by: None, change });
        }
    }

    fn clock(&mut self, case: &Case, running: &RunningClock, now: DateTime<Utc>) {
        let RunningClock { sla, name, clock, state, .. } = running;
        let (sla, name) = (|| sla.clone(), || name.as_str().to_owned());
        // A clock that cannot reach its deadline within two years warns of nothing, either.
        let Some(due) = state.due else { return };
        for (before, at) in clock.warn.iter().zip(&state.warnings) {
            let before = before.to_string();
            if *at <= now {
                let change = CaseChange::Warned { sla: sla(), clock: name(), before, due, to: whom(case) };
                self.tell(case, now, change);
            } else if state.is_running() {
                self.later(case, &CaseMark::Warning { sla: sla(), clock: name(), before }, *at);
            }
        }
        if state.breached.is_some() {
            self.tell(case, now, CaseChange::Breached { sla: sla(), clock: name(), due, to: whom(case) });
        } else if state.is_running() {
            self.later(case, &CaseMark::Breach { sla: sla(), clock: name() }, due);
        }
    }

    /// Rungs are climbed until somebody responds, or the matter is done with.
    fn rungs(&mut self, case: &Case, log: &[(DateTime<Utc>, ClockEvent)], now: DateTime<Utc>) {
        for rung in &case.escalations {
            let same = case.escalations.iter().filter(|other| other.ladder == rung.ladder);
            let Some(entry) = same.map(|other| other.at).min() else { continue };
            let acts = |(at, event): &&(DateTime<Utc>, ClockEvent)| {
                *at >= entry && matches!(event, ClockEvent::ResponseSent | ClockEvent::CaseResolved)
            };
            let acted = log.iter().filter(acts).map(|(at, _)| *at).filter(|at| *at <= now).min();
            if acted.is_some_and(|acted| acted < rung.at) {
                continue;
            }
            if rung.at <= now {
                self.tell(case, now, CaseChange::Escalated { escalation: rung.clone() });
            } else {
                let Escalation { ladder, rung, at, .. } = rung.clone();
                self.later(case, &CaseMark::Rung { ladder, rung, at }, at);
            }
        }
    }

    fn later(&mut self, case: &Case, mark: &CaseMark, at: DateTime<Utc>) {
        if !case.told.contains(mark) {
            self.not_after(at);
        }
    }
}

/// Whom a deadline concerns: whoever has the case, else its department.
fn whom(case: &Case) -> Option<String> {
    let person = case.holder().map(|person| format!("person:{person}"));
    person.or_else(|| case.department.as_ref().map(|department| format!("team:{department}")))
}

fn log_of(events: &[Event]) -> Vec<(DateTime<Utc>, ClockEvent)> {
    events.iter().flat_map(ClockEvent::of).collect()
}

/// The log as a service level sees it that holds since a later message: for it, everything began then.
fn held_since(
    log: &[(DateTime<Utc>, ClockEvent)],
    since: DateTime<Utc>,
    opened: DateTime<Utc>,
) -> Vec<(DateTime<Utc>, ClockEvent)> {
    if since <= opened {
        return log.to_vec();
    }
    let begins = |(at, event): &(DateTime<Utc>, ClockEvent)| match event {
        ClockEvent::Created | ClockEvent::Captured | ClockEvent::CaseOpened => (since, *event),
        ClockEvent::Assigned => ((*at).max(since), *event),
        _ => (*at, *event),
    };
    log.iter().map(begins).collect()
}
