//! Which clocks contradict each other? P071: service levels that hold together and pause for different reasons.

use std::collections::BTreeSet;

use super::finding::{Finding, Findings, Grade, Why};
use super::model::Model;
use super::region::Region;
use super::search::{self, Spent};
use crate::route::clock::ClockName;
use crate::route::facet::Facet;
use crate::route::protocol::Sla;

pub(super) fn find(model: &mut Model<'_>, findings: &mut Findings) {
    let protocol = model.protocol;
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    let setting = model.setting(Facet::Sla);
    for (at, one) in setting.iter().enumerate() {
        for other in setting.get(at..).unwrap_or_default() {
            for (a, b) in pairs(model, *one, *other) {
                let key = if a < b { (a, b) } else { (b, a) };
                let (Some(first), Some(second)) = (protocol.slas().get(key.0), protocol.slas().get(key.1))
                else {
                    continue;
                };
                if first.pauses_unlike(second).is_empty() || told.contains(&key) {
                    continue;
                }
                match meeting(model, *one, *other, first, second) {
                    Ok(Some(finding)) => {
                        told.insert(key);
                        findings.push(finding);
                    }
                    Ok(None) => {}
                    Err(Spent) => {
                        findings.leave_open(Why::Spent, "P071", model.ids(&[*one, *other]).join(" and "));
                    }
                }
            }
        }
    }
}

/// Two service levels, one of each rule.
fn pairs<'p>(model: &Model<'p>, one: usize, other: usize) -> Vec<(&'p str, &'p str)> {
    let slas = |rule: usize| {
        let rule = model.active.get(rule).map(|active| active.rule);
        rule.into_iter().flat_map(|rule| rule.set.sla.iter().map(String::as_str))
    };
    slas(one).flat_map(|a| slas(other).filter(move |b| a != *b).map(move |b| (a, b))).collect()
}

/// A message on which both hold.
fn meeting(
    model: &mut Model<'_>,
    one: usize,
    other: usize,
    first: &Sla,
    second: &Sla,
) -> Result<Option<Finding>, Spent> {
    let silencers = [model.silencers(one, Facet::Sla), model.silencers(other, Facet::Sla)].concat();
    model.steps.ask(200);
    let (Some(a), Some(b)) = (model.active.get(one), model.active.get(other)) else { return Ok(None) };
    let rows: Vec<&Region> =
        silencers.iter().filter_map(|at| model.active.get(*at)).flat_map(|active| &active.regions).collect();
    let starts = a.regions.iter().flat_map(|one| b.regions.iter().filter_map(|other| one.meet(other)));
    for start in starts {
        let Some(found) = search::find(&model.universe, &start, &rows, &mut model.steps)? else { continue };
        let witness = model.witness(&model.universe.point(&found));
        let held = model.decide(&witness).facets.sla;
        if !(held.contains(&first.id) && held.contains(&second.id)) {
            continue;
        }
        let clocks: Vec<&str> = first.pauses_unlike(second).into_iter().map(ClockName::as_str).collect();
        let message = format!(
            "sla `{}` and sla `{}` hold together, and their clocks pause for different reasons ({})",
            first.id,
            second.id,
            clocks.join(", ")
        );
        let mut ids = model.ids(&[one, other]);
        ids.dedup();
        let finding = Finding::new("P071", Grade::Warning, ids, message).on(Facet::Sla).seen(witness);
        return Ok(Some(finding.help("let them pause for the same reasons, or keep the rules apart")));
    }
    Ok(None)
}
