//! Which rules say the same? P010.

use std::collections::BTreeMap;

use super::finding::{Finding, Findings, Grade, row};
use super::model::Model;
use crate::route::protocol::Rule;

pub(super) fn find(model: &Model<'_>, findings: &mut Findings) {
    let mut by_condition: BTreeMap<String, Vec<Vec<&Rule>>> = BTreeMap::new();
    let in_force = |rule: &&Rule| model.day.is_none_or(|day| rule.is_in_force(day));
    for rule in model.protocol.rules().iter().filter(in_force) {
        let groups = by_condition.entry(rule.when.to_string()).or_default();
        let same = groups.iter_mut().find(|group| group.iter().any(|other| is_same(model, rule, other)));
        match same {
            Some(group) => group.push(rule),
            None => groups.push(vec![rule]),
        }
    }
    for group in by_condition.into_values().flatten().filter(|group| group.len() > 1) {
        let ids: Vec<String> = group.iter().map(|rule| rule.id.to_string()).collect();
        let message = format!("rules {} have the same condition and set the same", row(&ids));
        findings.push(Finding::new("P010", Grade::Warning, ids, message).help("keep one of them"));
    }
}

fn is_same(model: &Model<'_>, one: &Rule, other: &Rule) -> bool {
    let on_unknown = |rule: &Rule| rule.on_unknown.unwrap_or(model.protocol.on_unknown());
    let dates = |rule: &Rule| (rule.from, rule.to);
    one.set == other.set
        && one.shadow == other.shadow
        && on_unknown(one) == on_unknown(other)
        && dates(one) == dates(other)
}
