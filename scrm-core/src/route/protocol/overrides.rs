//! Which rule silences which? Overrides are transitive, and may not run in a circle.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Faults};
use crate::model::{RuleId, Span};
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
    silenced_among(rules.map(|rule| (rule.id.as_str(), rule.overrides.iter().map(RuleId::as_str))))
}

/// The same of ids, each with those that it overrides.
fn silenced_among<'a, O: Iterator<Item = &'a str>>(
    rules: impl Iterator<Item = (&'a str, O)>,
) -> Vec<Silenced> {
    let rules: Vec<(&str, Vec<&str>)> = rules.map(|(id, overrides)| (id, overrides.collect())).collect();
    let places: BTreeMap<&str, usize> = rules.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
    let next: Vec<Vec<usize>> = rules
        .iter()
        .map(|(_, overrides)| overrides.iter().filter_map(|id| places.get(id).copied()).collect())
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

/// What one rule says that it overrides, whatever else is wrong with it.
pub(super) struct Link {
    pub(super) id: String,
    pub(super) overrides: Vec<String>,
    pub(super) place: Span,
}

/// Reports each circle once; `rules` are in the order of their ids.
pub(super) fn check_circles(file: &str, rules: &[Link], faults: &mut Faults) {
    let links = rules.iter().map(|link| (link.id.as_str(), link.overrides.iter().map(String::as_str)));
    let silenced = silenced_among(links);
    let mut reported = Silenced::default();
    for (at, link) in rules.iter().enumerate() {
        let reaches = |from: usize, to: usize| silenced.get(from).is_some_and(|set| set.contains(to));
        if !reaches(at, at) || reported.contains(at) {
            continue;
        }
        let circle: Vec<usize> = (0..rules.len()).filter(|to| reaches(at, *to) && reaches(*to, at)).collect();
        circle.iter().for_each(|rule| reported.insert(*rule));
        let ids: Vec<String> =
            circle.iter().filter_map(|rule| rules.get(*rule)).map(|link| format!("`{}`", link.id)).collect();
        let message = match ids.as_slice() {
            [id] => format!("{id} overrides itself"),
            ids => format!("{} override each other in a circle", ids.join(", ")),
        };
        let fault = Diagnostic::error("P013", file, Some(link.place), message);
        faults.push(fault.help("take one of the overrides away"));
    }
}
