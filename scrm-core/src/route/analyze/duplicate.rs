//! Which rules say the same? P010: they hold for the same messages, however that is written, and set the same.

use super::conditions::{Want, regions};
use super::finding::{Finding, Findings, Grade, Why, row};
use super::model::Model;
use super::region::Region;
use super::search::{self, Spent};
use crate::route::protocol::Rule;

pub(super) fn find(model: &mut Model<'_>, findings: &mut Findings) {
    let mut groups: Vec<Vec<&Rule>> = Vec::new();
    let protocol = model.protocol;
    let day = model.day;
    for rule in protocol.rules().iter().filter(|rule| day.is_none_or(|day| rule.is_in_force(day))) {
        let mut place = None;
        for (at, group) in groups.iter().enumerate() {
            let Some(first) = group.first().filter(|first| is_alike(model, rule, first)) else { continue };
            model.steps.ask(200);
            match hold_together(model, rule, first) {
                Ok(true) => {
                    place = Some(at);
                    break;
                }
                Ok(false) => {}
                Err(Spent) => findings.leave_open(Why::Spent, "P010", rule.id.as_str()),
            }
        }
        match place.and_then(|at| groups.get_mut(at)) {
            Some(group) => group.push(rule),
            None => groups.push(vec![rule]),
        }
    }
    for group in groups.into_iter().filter(|group| group.len() > 1) {
        let ids: Vec<String> = group.iter().map(|rule| rule.id.to_string()).collect();
        let is_written_alike = group.windows(2).all(|pair| match pair {
            [one, other] => one.when == other.when,
            _ => true,
        });
        let same = if is_written_alike { "have the same condition" } else { "hold for the same messages" };
        let message = format!("rules {} {same} and set the same", row(&ids));
        findings.push(Finding::new("P010", Grade::Warning, ids, message).help("keep one of them"));
    }
}

/// Whether they say the same where both hold.
fn is_alike(model: &Model<'_>, one: &Rule, other: &Rule) -> bool {
    let on_unknown = |rule: &Rule| rule.on_unknown.unwrap_or(model.protocol.on_unknown());
    let dates = |rule: &Rule| (rule.from, rule.to);
    one.set == other.set
        && one.shadow == other.shadow
        && on_unknown(one) == on_unknown(other)
        && dates(one) == dates(other)
}

/// Whether the one is true, false and unknown where the other is; not asked of what never holds.
fn hold_together(model: &mut Model<'_>, one: &Rule, other: &Rule) -> Result<bool, Spent> {
    if one.when == other.when {
        return Ok(true);
    }
    for want in [Want::True, Want::NotFalse] {
        let boxes = |rule: &Rule| regions(&model.space, &rule.when, want).map(|boxes| model.mask(&boxes));
        let (Some(one), Some(other)) = (boxes(one), boxes(other)) else { return Ok(false) };
        if want == Want::True && !is_possible(model, &one)? {
            return Ok(false);
        }
        if !(is_within(model, &one, &other)? && is_within(model, &other, &one)?) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_possible(model: &mut Model<'_>, boxes: &[Region]) -> Result<bool, Spent> {
    for region in boxes {
        if search::find(&model.universe, region, &[], &mut model.steps)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_within(model: &mut Model<'_>, boxes: &[Region], others: &[Region]) -> Result<bool, Spent> {
    let rows: Vec<&Region> = others.iter().collect();
    for region in boxes {
        if search::find(&model.universe, region, &rows, &mut model.steps)?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}
