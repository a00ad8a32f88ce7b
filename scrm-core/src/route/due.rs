//! By when, and who is called until then? The clocks of service levels and the rungs of ladders.

use chrono::{DateTime, Utc};

use super::clock::{ClockEvent, ClockName};
use super::decide::Moment;
use super::protocol::Clock;
use super::router::Compiled;
use crate::calendar::Calendar;
use crate::model::{Escalation, Facets, SlaClocks};

/// The earliest deadline of each clock over all service levels, in the business time of each.
pub(super) fn clocks(compiled: &Compiled, facets: &Facets, moment: Moment) -> Option<SlaClocks> {
    let mut clocks = SlaClocks { first_response: None, resolution: None };
    for sla in facets.sla.iter().filter_map(|id| compiled.protocol.slas().get(id)) {
        let calendar = compiled.calendars.get_or_default(sla.calendar.as_deref().unwrap_or_default());
        for (name, clock) in sla.clocks() {
            let due = match name {
                ClockName::FirstResponse => &mut clocks.first_response,
                ClockName::Resolution => &mut clocks.resolution,
            };
            *due = [*due, deadline(calendar, clock, moment)].into_iter().flatten().min();
        }
    }
    let any = clocks.first_response.is_some() || clocks.resolution.is_some();
    any.then_some(clocks)
}

/// When the first response is due, as [`clocks`] says.
pub(super) fn first_response(compiled: &Compiled, facets: &Facets, moment: Moment) -> Option<DateTime<Utc>> {
    let slas = facets.sla.iter().filter_map(|id| compiled.protocol.slas().get(id));
    let due = slas.filter_map(|sla| {
        let calendar = compiled.calendars.get_or_default(sla.calendar.as_deref().unwrap_or_default());
        deadline(calendar, sla.first_response.as_ref()?, moment)
    });
    due.min()
}

fn deadline(calendar: &Calendar, clock: &Clock, moment: Moment) -> Option<DateTime<Utc>> {
    started(clock, moment).and_then(|at| calendar.add_business(at, clock.within.duration()))
}

/// When a clock has started by what is known when a message is decided: a case is opened at once, and nobody has it yet.
fn started(clock: &Clock, moment: Moment) -> Option<DateTime<Utc>> {
    match clock.start {
        ClockEvent::Created => Some(moment.created.unwrap_or(moment.at)),
        ClockEvent::Assigned => None,
        _ => Some(moment.at),
    }
}

/// The rungs from the one at which each ladder is entered up to its top, the first one at once.
///
/// Whoever enters a ladder at its second rung does not wait for the first: times count from the rung of entry, by the
/// clock on the wall.
pub(super) fn escalations(compiled: &Compiled, facets: &Facets, at: DateTime<Utc>) -> Vec<Escalation> {
    let mut escalations = Vec::new();
    for (id, entry) in &facets.escalate {
        let Some(ladder) = compiled.protocol.ladders().get(id) else { continue };
        let rungs = || ladder.rungs.iter().zip(1_u8..).skip_while(|(_, number)| number < entry);
        let Some(start) = rungs().next().map(|(rung, _)| rung.after) else { continue };
        for (rung, number) in rungs() {
            let Some(time) = at.checked_add_signed(rung.after.beyond(start).duration()) else { continue };
            escalations.push(Escalation {
                ladder: id.clone(),
                rung: number,
                to: rung.to.clone(),
                mode: rung.mode.as_str().to_owned(),
                at: time,
            });
        }
    }
    escalations.sort_by_key(|escalation| escalation.at);
    escalations
}
