//! Which rules disagree? P020: two that fire together and set a facet on which all must agree to different values.

use super::finding::{Finding, Findings, Grade, Why};
use super::model::Model;
use super::search::{self, Spent};
use crate::model::Department;
use crate::route::facet::{Facet, Settings};

/// Facets on which all that are heard must agree.
const AGREED: [Facet; 4] = [Facet::Department, Facet::Owner, Facet::Incident, Facet::Incentive];

/// What a rule says on one of those.
fn said(set: &Settings, facet: Facet) -> Option<&str> {
    match facet {
        Facet::Department => set.department.as_ref().map(Department::as_str),
        Facet::Owner => set.owner.as_deref(),
        Facet::Incident => set.incident.as_deref(),
        Facet::Incentive => set.incentive.as_deref(),
        _ => None,
    }
}

pub(super) fn find(model: &mut Model<'_>, findings: &mut Findings) {
    for facet in AGREED {
        let setting = model.setting(facet);
        let silencers: Vec<Vec<usize>> = setting.iter().map(|rule| model.silencers(*rule, facet)).collect();
        for (at, (one, over_one)) in setting.iter().zip(&silencers).enumerate() {
            for (other, over_other) in setting.iter().zip(&silencers).skip(at + 1) {
                if findings.is_full("P020") {
                    return;
                }
                if over_one.contains(other)
                    || over_other.contains(one)
                    || !may_meet(model, *one, *other, facet)
                {
                    continue;
                }
                let silent: Vec<usize> = over_one.iter().chain(over_other).copied().collect();
                match conflict(model, facet, *one, *other, &silent) {
                    Ok(Some(Ok(finding))) => findings.push(finding),
                    Ok(None) => {}
                    Ok(Some(Err(pair))) => findings.leave_open(Why::Disputed, "P020", pair),
                    Err(Spent) => {
                        findings.leave_open(Why::Spent, "P020", model.ids(&[*one, *other]).join(" and "));
                    }
                }
            }
        }
    }
}

/// Whether they say different things and share a box.
fn may_meet(model: &Model<'_>, one: usize, other: usize, facet: Facet) -> bool {
    let (Some(a), Some(b)) = (model.active.get(one), model.active.get(other)) else { return false };
    said(&a.rule.set, facet) != said(&b.rule.set, facet)
        && a.regions.iter().any(|region| b.regions.iter().any(|other| !region.is_disjoint(other)))
}

type Proven = Result<Finding, String>;

fn conflict(
    model: &mut Model<'_>,
    facet: Facet,
    one: usize,
    other: usize,
    silencers: &[usize],
) -> Result<Option<Proven>, Spent> {
    model.steps.ask(200);
    let (Some(a), Some(b)) = (model.active.get(one), model.active.get(other)) else { return Ok(None) };
    let rows: Vec<_> =
        silencers.iter().filter_map(|at| model.active.get(*at)).flat_map(|by| &by.regions).collect();
    let starts = a.regions.iter().flat_map(|region| b.regions.iter().filter_map(|other| region.meet(other)));
    let mut assumed = None;
    for start in starts {
        let Some(found) = search::find(&model.universe, &start, &rows, &mut model.steps)? else { continue };
        match proven(model, facet, one, other, &found) {
            // Perhaps there is another message, of which nothing need be assumed.
            Ok(finding) if !finding.assuming.is_empty() => assumed = assumed.or(Some(Ok(finding))),
            proven => return Ok(Some(proven)),
        }
    }
    Ok(assumed)
}

fn proven(
    model: &Model<'_>,
    facet: Facet,
    one: usize,
    other: usize,
    found: &super::region::Region,
) -> Proven {
    let ids = model.ids(&[one, other]);
    let witness = model.witness(&model.universe.point(found));
    let decision = model.decide(&witness);
    let value = |at: usize| model.active.get(at).and_then(|active| said(&active.rule.set, facet));
    let conflict = decision.conflicts.iter().find(|conflict| conflict.facet == facet.as_str());
    let is_side = |at: usize| {
        let rules = value(at).zip(conflict).and_then(|(value, conflict)| conflict.values.get(value));
        model.active.get(at).is_some_and(|active| rules.is_some_and(|rules| rules.contains(&active.rule.id)))
    };
    if !(is_side(one) && is_side(other)) {
        return Err(ids.join(" and "));
    }
    let side = |at: usize| format!("`{}` ({})", model.ids(&[at]).concat(), value(at).unwrap_or_default());
    let message = format!("{} and {} disagree on `{facet}`", side(one), side(other));
    let finding = Finding::new("P020", Grade::Error, ids, message).on(facet).seen(witness);
    Ok(finding.help("let one of the rules override the other, or let them exclude each other"))
}
