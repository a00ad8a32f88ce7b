//! When did a clock run, and when did it stand still? The course of a case, as one clock sees it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{ClockEvent, Pause};
use crate::route::Clock;

/// From when to when a clock ran, and its pauses in between.
pub(super) struct Course {
    pub(super) started: DateTime<Utc>,
    /// The clock's own stop.
    pub(super) stopped: Option<DateTime<Utc>>,
    /// One after the other, none empty, all between start and stop; only the last one may have no end.
    pub(super) pauses: Vec<Pause>,
}

impl Course {
    /// What happened up to `now`; `None` when nothing has started the clock.
    pub(super) fn of(
        clock: &Clock,
        log: impl IntoIterator<Item = (DateTime<Utc>, ClockEvent)>,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let log: BTreeSet<_> = log.into_iter().filter(|(at, _)| *at <= now).collect();
        let at_first = |wanted: ClockEvent, from: DateTime<Utc>| {
            log.iter().find(|(at, event)| *event == wanted && *at >= from).map(|(at, _)| *at)
        };
        let started = at_first(clock.start, DateTime::<Utc>::MIN_UTC)?;
        let mut pauses = standstills(clock, &log);
        let stopped = if clock.stop == ClockEvent::CaseResolved {
            // What ends with the case has stopped when the case is resolved for good, as far as is known.
            let last = pauses.pop_if(|last| last.to.is_none() && last.by == ClockEvent::CaseResolved);
            last.map(|last| last.from.max(started))
        } else {
            at_first(clock.stop, started)
        };
        let pauses = pauses.into_iter().filter_map(|pause| pause.within(started, stopped)).collect();
        Some(Self { started, stopped, pauses })
    }

    /// The stretches from the start to `now` in which the clock ran.
    pub(super) fn runs(&self, now: DateTime<Utc>) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let (mut runs, mut from) = (Vec::new(), Some(self.started));
        for pause in &self.pauses {
            runs.extend(from.map(|from| (from, pause.from)));
            from = pause.to;
        }
        runs.extend(from.map(|from| (from, self.stopped.unwrap_or(now))));
        runs
    }
}

/// When the case was in a state in which the clock stands still.
fn standstills(clock: &Clock, log: &BTreeSet<(DateTime<Utc>, ClockEvent)>) -> Vec<Pause> {
    let mut pauses: Vec<Pause> = Vec::new();
    let mut state: Option<ClockEvent> = None;
    for (at, event) in log {
        let next = after(state, *event);
        if next == state {
            continue;
        }
        if let Some(open) = pauses.last_mut().filter(|pause| pause.to.is_none()) {
            open.to = Some(*at);
        }
        state = next;
        let halts = |by: &ClockEvent| *by == ClockEvent::CaseResolved || clock.pause_on.contains(by);
        pauses.extend(state.filter(halts).map(|by| Pause { by, from: *at, to: None }));
    }
    pauses
}

/// The state of a case after an event: the event that began it; `None` is active.
fn after(state: Option<ClockEvent>, event: ClockEvent) -> Option<ClockEvent> {
    use ClockEvent::{CaseReopened, CaseResolved, CustomerReplied, OnHold, Resumed};
    use ClockEvent::{WaitingCustomer, WaitingThirdParty};
    match (state, event) {
        (_, CaseResolved) => Some(CaseResolved),
        (_, CaseReopened) => None,
        (Some(CaseResolved), _) => state,
        (_, Resumed) | (Some(WaitingCustomer), CustomerReplied) => None,
        (_, WaitingCustomer | WaitingThirdParty | OnHold) => Some(event),
        _ => state,
    }
}

impl Pause {
    /// The part of it that lies between start and stop, if there is any.
    fn within(self, started: DateTime<Utc>, stopped: Option<DateTime<Utc>>) -> Option<Self> {
        let from = self.from.max(started);
        let to = self.to.into_iter().chain(stopped).min();
        to.is_none_or(|to| from < to).then_some(Self { from, to, ..self })
    }
}
