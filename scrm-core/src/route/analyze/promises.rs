//! Which promises cannot be kept? P031: a rung that is climbed after the deadline; P033: a calendar without the hours.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::finding::{Finding, Findings, Grade, Why};
use super::model::Model;
use super::region::Region;
use super::search::{self, Spent};
use crate::model::Decision;
use crate::route::facet::Facet;
use crate::route::protocol::{Clock, Ladder, Protocol, Sla};

pub(super) fn find(model: &mut Model<'_>, findings: &mut Findings) {
    late_rungs(model, findings);
    for sla in model.protocol.slas().values() {
        if let Some(message) = unreachable(model, sla) {
            let rules = model.protocol.rules().iter().filter(|rule| rule.set.sla.contains(&sla.id));
            let rules = rules.map(|rule| rule.id.to_string()).collect();
            let finding = Finding::new("P033", Grade::Error, rules, message).on(Facet::Sla);
            findings.push(finding.help("give the calendar hours, or promise less"));
        }
    }
}

/// Why a service level cannot be kept.
fn unreachable(model: &Model<'_>, sla: &Sla) -> Option<String> {
    let calendar = model.space.calendars.get_or_default(sla.calendar.as_deref().unwrap_or_default());
    if !calendar.ever_opens() {
        return Some(format!("sla `{}` cannot be kept: calendar `{}` never opens", sla.id, calendar.id()));
    }
    let longest =
        [&sla.first_response, &sla.resolution].into_iter().flatten().map(|clock| clock.within).max()?;
    let day = model.day.or_else(|| NaiveDate::from_ymd_opt(2024, 1, 1))?;
    let start = day.and_hms_opt(0, 0, 0)?.and_utc();
    calendar.add_business(start, longest.duration()).is_none().then(|| {
        format!(
            "sla `{}` cannot be kept: calendar `{}` has not `{longest}` in two years",
            sla.id,
            calendar.id()
        )
    })
}

/// The first rung, from the one of entry, that is climbed after a first response is due: its number and how late it is.
fn late_rung(ladder: &Ladder, entry: u8, clock: &Clock) -> Option<(u8, crate::route::Period)> {
    let rungs = || ladder.rungs.iter().zip(1_u8..).skip_while(|(_, number)| *number < entry);
    let start = rungs().next()?.0.after;
    let mut late = rungs().map(|(rung, number)| (number, rung.after.beyond(start)));
    late.find(|(_, after)| *after > clock.within)
}

fn first_response<'a>(protocol: &'a Protocol, sla: &str) -> Option<&'a Clock> {
    protocol.slas().get(sla)?.first_response.as_ref()
}

/// One finding for each ladder and service level that meet.
fn late_rungs(model: &mut Model<'_>, findings: &mut Findings) {
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    let protocol = model.protocol;
    for climber in model.setting(Facet::Escalate) {
        let Some(climb) = model.active.get(climber).and_then(|active| active.rule.set.escalate.as_ref())
        else {
            continue;
        };
        let Some(ladder) = protocol.ladders().get(&climb.ladder) else { continue };
        for promiser in model.setting(Facet::Sla) {
            let Some(slas) = model.active.get(promiser).map(|active| &active.rule.set.sla) else { continue };
            for sla in slas {
                let late =
                    first_response(protocol, sla).and_then(|clock| late_rung(ladder, climb.rung, clock));
                if late.is_none() || told.contains(&(ladder.id.as_str(), sla.as_str())) {
                    continue;
                }
                match meeting(model, climber, promiser, ladder, sla) {
                    Ok(Some(finding)) => {
                        told.insert((&ladder.id, sla));
                        findings.push(finding);
                    }
                    Ok(None) => {}
                    Err(Spent) => {
                        findings.leave_open(
                            Why::Spent,
                            "P031",
                            model.ids(&[climber, promiser]).join(" and "),
                        );
                    }
                }
            }
        }
    }
}

/// A message on which a ladder is climbed too late for a service level.
fn meeting(
    model: &mut Model<'_>,
    climber: usize,
    promiser: usize,
    ladder: &Ladder,
    sla: &str,
) -> Result<Option<Finding>, Spent> {
    let silencers =
        [model.silencers(climber, Facet::Escalate), model.silencers(promiser, Facet::Sla)].concat();
    let entry = |at: usize| {
        let climb = model.active.get(at)?.rule.set.escalate.as_ref()?;
        (climb.ladder == ladder.id).then_some(climb.rung)
    };
    let higher: Vec<usize> =
        model.setting(Facet::Escalate).into_iter().filter(|other| entry(*other) > entry(climber)).collect();
    // First without those that enter higher up, where the times are others; then wherever they meet.
    for without in [[silencers.clone(), higher].concat(), silencers] {
        model.steps.ask(200);
        let (Some(a), Some(b)) = (model.active.get(climber), model.active.get(promiser)) else { break };
        let rows: Vec<&Region> = without
            .iter()
            .filter_map(|at| model.active.get(*at))
            .flat_map(|active| &active.regions)
            .collect();
        let starts = a.regions.iter().flat_map(|one| b.regions.iter().filter_map(|other| one.meet(other)));
        for start in starts {
            let Some(found) = search::find(&model.universe, &start, &rows, &mut model.steps)? else {
                continue;
            };
            let witness = model.witness(&model.universe.point(&found));
            let Some(message) = late(model.protocol, &model.decide(&witness), ladder, sla) else { continue };
            let mut ids = model.ids(&[climber, promiser]);
            ids.dedup();
            let finding =
                Finding::new("P031", Grade::Warning, ids, message).on(Facet::Escalate).seen(witness);
            return Ok(Some(finding.help("climb earlier, or promise less")));
        }
    }
    Ok(None)
}

/// How a decision is too late.
fn late(protocol: &Protocol, decision: &Decision, ladder: &Ladder, sla: &str) -> Option<String> {
    let entry = *decision.facets.escalate.get(&ladder.id)?;
    let clock = first_response(protocol, sla).filter(|_| decision.facets.sla.contains(sla))?;
    let (number, after) = late_rung(ladder, entry, clock)?;
    Some(format!(
        "rung {number} of ladder `{}` is climbed after `{after}`, when the first response of sla `{sla}` was due within `{}`",
        ladder.id, clock.within
    ))
}
