//! Which rule silences which? Overrides are transitive, and may not run in a circle.

use std::collections::BTreeMap;

use super::rule::Placed;
use crate::diagnostic::{Diagnostic, Faults};
use crate::model::RuleId;
use crate::route::protocol::Rule;

/// The rules that one rule silences, by their places in the order of ids.
#[derive(Debug, Clone, Default)]
pub(in crate::route) struct Silenced(Vec<u64>);

impl Silenced {
    /// Whether the rule at this place is one of them.
    pub(in crate::route) fn contains(&self, rule: usize) -> bool {
        self.0.get(rule / 64).is_some_and(|bits| bits & (1 << (rule % 64)) != 0)
    }

    fn insert(&mut self, rule: usize) {
        if self.0.len() <= rule / 64 {
            self.0.resize(rule / 64 + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(rule / 64) {
            *bits |= 1 << (rule % 64);
        }
    }
}

/// What each rule silences, itself or through others; `rules` are in the order of their ids.
pub(in crate::route) fn silenced_by<'a>(rules: impl Iterator<Item = &'a Rule>) -> Vec<Silenced> {
    let rules: Vec<&Rule> = rules.collect();
    let places: BTreeMap<&RuleId, usize> =
        rules.iter().enumerate().map(|(at, rule)| (&rule.id, at)).collect();
    let next: Vec<Vec<usize>> = rules
        .iter()
        .map(|rule| rule.overrides.iter().filter_map(|id| places.get(id).copied()).collect())
        .collect();
    let reach = |from: &Vec<usize>| {
        let (mut silenced, mut todo) = (Silenced::default(), from.clone());
        while let Some(rule) = todo.pop() {
            if !silenced.contains(rule) {
                silenced.insert(rule);
                todo.extend(next.get(rule).into_iter().flatten());
            }
        }
        silenced
    };
    next.iter().map(reach).collect()
}

/// Reports each circle once.
pub(super) fn check_circles(file: &str, rules: &[Placed], faults: &mut Faults) {
    let silenced = silenced_by(rules.iter().map(|placed| &placed.rule));
    let mut reported = Silenced::default();
    for (at, placed) in rules.iter().enumerate() {
        let reaches = |from: usize, to: usize| silenced.get(from).is_some_and(|set| set.contains(to));
        if !reaches(at, at) || reported.contains(at) {
            continue;
        }
        let circle: Vec<usize> = (0..rules.len()).filter(|to| reaches(at, *to) && reaches(*to, at)).collect();
        circle.iter().for_each(|rule| reported.insert(*rule));
        let ids: Vec<String> = circle
            .iter()
            .filter_map(|rule| rules.get(*rule))
            .map(|placed| format!("`{}`", placed.rule.id))
            .collect();
        let message = match ids.as_slice() {
            [id] => format!("{id} overrides itself"),
            ids => format!("{} override each other in a circle", ids.join(", ")),
        };
        let fault = Diagnostic::error("P013", file, Some(placed.overrides), message);
        faults.push(fault.help("take one of the overrides away"));
    }
}
