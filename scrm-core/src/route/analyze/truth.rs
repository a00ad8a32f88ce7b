//! Can a condition hold, and can it fail? P003, P004, and rules that are not in force (P070).
//!
//! What a condition asks to be known may be unknown here, whatever the domain says, so that `known(type)` is not
//! called always true.

use super::conditions::{Want, regions};
use super::finding::{Finding, Findings, Grade, Why};
use super::model::Model;
use super::region::Region;
use super::search::{self, Spent};
use crate::route::protocol::Rule;

pub(super) fn find(model: &mut Model<'_>, findings: &mut Findings) {
    for rule in model.protocol.rules() {
        if let Some(day) = model.day.filter(|day| !rule.is_in_force(*day)) {
            findings.push(asleep(rule, day));
            continue;
        }
        let Some(holds) = regions(&model.space, &rule.when, Want::True) else { continue };
        match truth(model, rule, &holds) {
            Ok(Some(finding)) => findings.push(finding),
            Ok(None) => {}
            Err(Spent) => findings.leave_open(Why::Spent, "P003", rule.id.as_str()),
        }
    }
}

fn truth(model: &mut Model<'_>, rule: &Rule, holds: &[Region]) -> Result<Option<Finding>, Spent> {
    let universe = model.widened(&rule.when);
    let holds: Vec<Region> = holds.iter().filter_map(|region| universe.mask(region)).collect();
    model.steps.ask(200);
    let id = || vec![rule.id.to_string()];
    let mut possible = false;
    for region in &holds {
        possible = possible || search::find(&universe, region, &[], &mut model.steps)?.is_some();
    }
    if !possible {
        let message = format!("rule `{}` can never hold: `{}`", rule.id, rule.when);
        let finding = Finding::new("P003", Grade::Error, id(), message);
        return Ok(Some(finding.help("look for parts that exclude each other")));
    }
    let rows: Vec<&Region> = holds.iter().collect();
    model.steps.ask(200);
    let fails = search::find(&universe, &Region::default(), &rows, &mut model.steps)?;
    Ok(fails.is_none().then(|| {
        let message = format!("rule `{}` always holds: `{}`", rule.id, rule.when);
        Finding::new("P004", Grade::Warning, id(), message).help("say when it is meant to hold")
    }))
}

fn asleep(rule: &Rule, day: chrono::NaiveDate) -> Finding {
    let id = vec![rule.id.to_string()];
    match (rule.from, rule.to) {
        (_, Some(to)) if to < day => {
            let message = format!("rule `{}` has not been in force since {to}", rule.id);
            Finding::new("P070", Grade::Warning, id, message).help("take it out, or set a later date")
        }
        (from, _) => {
            let from = from.map_or_else(String::new, |from| format!(" before {from}"));
            let message = format!("rule `{}` is not in force{from}", rule.id);
            Finding::new("P070", Grade::Info, id, message).help("analyse that day too")
        }
    }
}
