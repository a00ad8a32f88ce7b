//! What is drawn, whatever the language: boxes with lines of text, in groups, and arrows between them.

use std::collections::{BTreeMap, BTreeSet};

use super::What;
use crate::model::{Department, RuleId};
use crate::route::facet::Settings;
use crate::route::{Facet, Ladder, Protocol, Rule};

/// How many rules of one kind are named on an arrow or in a box; of the others the number is said.
const MOST_NAMED: usize = 5;
/// How many names of one set a box shows.
const MOST_VALUES: usize = 6;

/// A diagram.
pub(super) struct Drawing {
    /// What it is called.
    pub(super) title: String,
    /// In the order in which they are drawn; the group without a name stands outside all groups.
    pub(super) groups: Vec<Group>,
    pub(super) arrows: Vec<Arrow>,
}

/// Boxes that belong together.
pub(super) struct Group {
    pub(super) name: Option<String>,
    pub(super) boxes: Vec<Shape>,
}

/// One box.
pub(super) struct Shape {
    /// Its place among all boxes of the drawing.
    pub(super) id: usize,
    pub(super) lines: Vec<String>,
    pub(super) look: Look,
}

/// How a box looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    /// A rule on trial.
    Faint,
    Round,
}

/// From one box to another.
pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) label: String,
    pub(super) dashed: bool,
}

impl Drawing {
    pub(super) fn of(protocol: &Protocol, what: What) -> Self {
        let mut drawing = Self { title: protocol.id().to_owned(), groups: Vec::new(), arrows: Vec::new() };
        match what {
            What::Rules => drawing.rules(protocol),
            What::Departments => drawing.departments(protocol),
            What::Ladders => drawing.ladders(protocol),
        }
        drawing
    }

    fn rules(&mut self, protocol: &Protocol) {
        let mut groups: BTreeMap<Option<&str>, Vec<Shape>> = BTreeMap::new();
        let mut places: BTreeMap<&RuleId, usize> = BTreeMap::new();
        for (id, rule) in protocol.rules().iter().enumerate() {
            places.insert(&rule.id, id);
            let department = rule.set.department.as_ref().map(Department::as_str);
            let look = if rule.shadow { Look::Faint } else { Look::Plain };
            let mut lines = vec![rule.id.to_string()];
            lines.extend(settings(&rule.set));
            lines.extend(rule.shadow.then(|| "on trial".to_owned()));
            groups.entry(department).or_default().push(Shape { id, lines, look });
        }
        for (from, rule) in protocol.rules().iter().enumerate() {
            for to in rule.overrides.iter().filter_map(|other| places.get(other)) {
                self.arrows.push(Arrow { from, to: *to, label: "overrides".to_owned(), dashed: rule.shadow });
            }
        }
        let named =
            |(name, boxes): (Option<&str>, Vec<Shape>)| Group { name: name.map(str::to_owned), boxes };
        self.groups = groups.into_iter().map(named).collect();
    }

    fn departments(&mut self, protocol: &Protocol) {
        let mut senders: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
        let mut told: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
        let mut rungs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for rule in protocol.rules().iter().filter(|rule| !rule.shadow) {
            if let Some(department) = &rule.set.department {
                senders.entry(department.as_str()).or_default().push(rule);
            }
            for (_, name) in rule.set.notify.iter().filter_map(|name| name.split_once("team:")) {
                told.entry(name).or_default().push(rule);
            }
        }
        for ladder in protocol.ladders().values() {
            for (_, name) in ladder.rungs.iter().filter_map(|rung| rung.to.split_once("team:")) {
                rungs.entry(name).or_default().insert(&ladder.id);
            }
        }
        let names: BTreeSet<&str> = senders.keys().chain(told.keys()).chain(rungs.keys()).copied().collect();
        let message = Shape { id: 0, lines: vec!["messages".to_owned()], look: Look::Round };
        let mut boxes = vec![message];
        for (place, name) in names.iter().enumerate() {
            let id = place + 1;
            boxes.push(Shape { id, lines: vec![(*name).to_owned()], look: Look::Plain });
            let rules = |rules: &Vec<&Rule>| named(rules.iter().map(|rule| rule.id.as_str()));
            if let Some(found) = senders.get(name) {
                self.arrows.push(Arrow { from: 0, to: id, label: rules(found), dashed: false });
            }
            if let Some(found) = told.get(name) {
                let label = format!("told by {}", rules(found));
                self.arrows.push(Arrow { from: 0, to: id, label, dashed: true });
            }
            if let Some(found) = rungs.get(name) {
                let label = format!("ladder {}", named(found.iter().copied()));
                self.arrows.push(Arrow { from: 0, to: id, label, dashed: true });
            }
        }
        self.groups = vec![Group { name: None, boxes }];
    }

    fn ladders(&mut self, protocol: &Protocol) {
        let mut next = 0;
        for ladder in protocol.ladders().values() {
            let mut boxes = Vec::new();
            for (place, rung) in ladder.rungs.iter().enumerate() {
                let lines = vec![
                    format!("{}. {}", place + 1, rung.to),
                    format!("after {}", rung.after),
                    rung.mode.as_str().replace('_', " "),
                ];
                boxes.push(Shape { id: next + place, lines, look: Look::Plain });
                if let Some(before) = place.checked_sub(1).and_then(|before| ladder.rungs.get(before)) {
                    let label = rung.after.beyond(before.after).to_string();
                    self.arrows.push(Arrow {
                        from: next + place - 1,
                        to: next + place,
                        label,
                        dashed: false,
                    });
                }
            }
            let first = next;
            next += ladder.rungs.len();
            let climbers = self.climbers(protocol, ladder, first, &mut next);
            self.groups.push(Group { name: Some(ladder.id.clone()), boxes });
            self.groups.push(Group { name: None, boxes: climbers });
        }
    }

    /// The rules that climb a ladder, one box for each rung at which they enter it.
    fn climbers(
        &mut self,
        protocol: &Protocol,
        ladder: &Ladder,
        first: usize,
        next: &mut usize,
    ) -> Vec<Shape> {
        let mut climbers: BTreeMap<u8, Vec<&str>> = BTreeMap::new();
        for rule in protocol.rules().iter().filter(|rule| !rule.shadow) {
            if let Some(climb) = rule.set.escalate.as_ref().filter(|climb| climb.ladder == ladder.id) {
                climbers.entry(climb.rung).or_default().push(rule.id.as_str());
            }
        }
        let mut boxes = Vec::new();
        for (rung, rules) in climbers {
            let lines = vec![named(rules.into_iter())];
            boxes.push(Shape { id: *next, lines, look: Look::Round });
            let to = first + usize::from(rung.saturating_sub(1));
            self.arrows.push(Arrow { from: *next, to, label: "enters".to_owned(), dashed: false });
            *next += 1;
        }
        boxes
    }
}

/// The first few names, and how many there are besides.
fn named<'a>(names: impl Iterator<Item = &'a str>) -> String {
    short(names, MOST_NAMED)
}

fn short<'a>(names: impl Iterator<Item = &'a str>, most: usize) -> String {
    let names: Vec<&str> = names.collect();
    let shown: Vec<&str> = names.iter().take(most).copied().collect();
    match names.len().checked_sub(most).filter(|rest| *rest > 0) {
        Some(rest) => format!("{} and {rest} more", shown.join(", ")),
        None => shown.join(", "),
    }
}

/// What a rule sets besides the department, a line for each facet.
fn settings(set: &Settings) -> Vec<String> {
    let row = |names: &BTreeSet<String>| short(names.iter().map(String::as_str), MOST_VALUES);
    let value = |facet: Facet| match facet {
        // It names the group.
        Facet::Department => None,
        Facet::Visibility => set.visibility.map(|it| it.as_str().to_owned()),
        Facet::Respond => set.respond.map(|it| it.as_str().to_owned()),
        Facet::Priority => set.priority.map(|it| it.to_string()),
        Facet::Sla => Some(row(&set.sla)),
        Facet::Escalate => set.escalate.as_ref().map(|it| format!("{}/{}", it.ladder, it.rung)),
        Facet::Skills => Some(row(&set.skills)),
        Facet::Tags => Some(row(&set.tags)),
        Facet::Approve => Some(row(&set.approve)),
        Facet::Notify => Some(row(&set.notify)),
        Facet::Owner => set.owner.clone(),
        Facet::Incident => set.incident.clone(),
        Facet::Incentive => set.incentive.clone(),
        Facet::Advocacy => set.advocacy.map(|it| it.as_str().to_owned()),
        Facet::Hold => set.hold.map(|it| if it { "yes" } else { "no" }.to_owned()),
        Facet::Record => set.record.map(|it| it.as_str().to_owned()),
    };
    let facets = set.facets();
    facets.iter().filter_map(|facet| value(facet).map(|value| format!("{facet} {value}"))).collect()
}
