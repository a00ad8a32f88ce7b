//! How is a protocol written, whatever way its author wrote it? One canonical form, and the hash over it.

use crate::model::ActionWeights;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{Clock, Incentive, Ladder, Parts, Protocol, Rule, Sla};
use crate::model::{Advocacy, Department, RecordScope, ReplyScale, RuleId};
use crate::route::clock::ClockName;
use crate::route::condition::{DeclaredField, quoted};
use crate::route::facet::{AskedVisibility, Settings};

impl Protocol {
    /// The protocol as TOML in one form: the calendars it reckons with, clauses and rules by id, conditions canonical,
    /// nothing that is left to the default. Examples are tests and no part of it. It reads back as the same protocol, by
    /// itself or from the folder of a playbook.
    pub fn canonical(&self) -> String {
        self.0.canonical()
    }
}

/// Lines of TOML. Writing to a String cannot fail, so results are dropped.
#[derive(Default)]
struct Page(String);

impl Page {
    fn header(&mut self, header: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        _ = writeln!(self.0, "{header}");
    }

    fn line(&mut self, key: &str, value: impl std::fmt::Display) {
        _ = writeln!(self.0, "{key} = {value}");
    }

    fn text(&mut self, key: &str, value: &str) {
        self.line(key, quoted(value));
    }
}

impl Parts {
    pub(super) fn digest(&self) -> String {
        let mut hash = String::from("sha256:");
        for byte in Sha256::digest(self.canonical().as_bytes()) {
            _ = write!(hash, "{byte:02x}");
        }
        hash
    }

    fn canonical(&self) -> String {
        let mut page = Page(self.calendars.clone());
        page.header("[protocol]");
        page.text("id", &self.id);
        page.text("version", &self.version);
        page.line("mandatory", row(self.mandatory.iter().map(|facet| facet.as_str())));
        page.text("on_unknown", self.on_unknown.as_str());
        page.header("[axes]");
        let axes = &self.axes;
        for (name, threshold) in [
            ("type", axes.kind),
            ("issue", axes.issue),
            ("sentiment", axes.sentiment),
            ("action", axes.action),
            ("influence", axes.influence),
            ("language", axes.language),
        ] {
            page.line(name, threshold);
        }
        if self.action != ActionWeights::default() {
            page.header("[action]");
            let mut weights = self.action;
            for (name, weight) in weights.each_mut() {
                page.line(name, *weight);
            }
        }
        self.vocabulary.fields.values().for_each(|field| write_field(field, &mut page));
        self.slas.values().for_each(|sla| write_sla(sla, &mut page));
        self.ladders.values().for_each(|ladder| write_ladder(ladder, &mut page));
        self.incentives.values().for_each(|incentive| write_incentive(incentive, &mut page));
        self.rules.iter().for_each(|rule| write_rule(rule, &mut page));
        page.0
    }
}

fn row<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    format!("[{}]", items.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
}

fn write_field(field: &DeclaredField, page: &mut Page) {
    page.header("[[field]]");
    page.text("name", &field.name);
    page.text("kind", field.kind.as_str());
    if !field.values.is_empty() {
        page.line("values", row(field.values.iter().map(String::as_str)));
    }
}

fn write_sla(sla: &Sla, page: &mut Page) {
    page.header("[[sla]]");
    page.text("id", &sla.id);
    if let Some(calendar) = &sla.calendar {
        page.text("calendar", calendar);
    }
    for (name, clock) in sla.clocks() {
        page.line(name.as_str(), written_clock(name, clock));
    }
}

/// A clock as an inline table; events that are the usual ones are left out.
fn written_clock(name: ClockName, clock: &Clock) -> String {
    let Clock { within, warn, start, stop, pause_on } = clock;
    let warn: Vec<String> = warn.iter().map(ToString::to_string).collect();
    let mut entries =
        vec![format!("within = \"{within}\""), format!("warn = {}", row(warn.iter().map(String::as_str)))];
    for (key, event, usual) in [("start", start, name.default_start()), ("stop", stop, name.default_stop())] {
        entries.extend((*event != usual).then(|| format!("{key} = \"{event}\"")));
    }
    if !pause_on.is_empty() {
        entries.push(format!("pause_on = {}", row(pause_on.iter().map(|event| event.as_str()))));
    }
    format!("{{ {} }}", entries.join(", "))
}

fn write_ladder(ladder: &Ladder, page: &mut Page) {
    page.header("[[ladder]]");
    page.text("id", &ladder.id);
    let rungs = ladder.rungs.iter().map(|rung| {
        let (to, mode) = (quoted(&rung.to), rung.mode.as_str());
        format!("{{ after = \"{}\", to = {to}, mode = \"{mode}\" }}", rung.after)
    });
    page.line("rungs", format!("[{}]", rungs.collect::<Vec<_>>().join(", ")));
}

fn write_incentive(incentive: &Incentive, page: &mut Page) {
    page.header("[[incentive]]");
    page.text("id", &incentive.id);
    page.text("value", &incentive.value);
    if let Some(budget) = &incentive.budget {
        page.text("budget", budget);
    }
    if let Some(cap) = &incentive.cap {
        page.text("cap", &format!("{} per customer per {}", cap.count, cap.per));
    }
    if let Some(never_if) = &incentive.never_if {
        page.text("never_if", &never_if.to_string());
    }
}

fn write_rule(rule: &Rule, page: &mut Page) {
    page.header("[[rule]]");
    page.text("id", rule.id.as_str());
    page.text("owner", &rule.owner);
    page.text("why", &rule.why);
    page.text("when", &rule.when.to_string());
    page.line("set", written(&rule.set));
    if !rule.overrides.is_empty() {
        page.line("overrides", row(rule.overrides.iter().map(RuleId::as_str)));
    }
    if let Some(on_unknown) = rule.on_unknown {
        page.text("on_unknown", on_unknown.as_str());
    }
    if rule.shadow {
        page.text("status", "shadow");
    }
    let dates = [("from", rule.from), ("to", rule.to)];
    let dates: Vec<String> =
        dates.iter().filter_map(|(key, date)| date.map(|date| format!("{key} = {date}"))).collect();
    if !dates.is_empty() {
        page.line("effective", format!("{{ {} }}", dates.join(", ")));
    }
}

/// What a rule sets, as an inline table.
fn written(set: &Settings) -> String {
    let mut entries: Vec<String> = Vec::new();
    let mut text = |key: &str, value: Option<&str>| {
        entries.extend(value.map(|value| format!("{key} = {}", quoted(value))));
    };
    text("department", set.department.as_ref().map(Department::as_str));
    text("visibility", set.visibility.map(AskedVisibility::as_str));
    text("respond", set.respond.map(ReplyScale::as_str));
    text("owner", set.owner.as_deref());
    text("incident", set.incident.as_deref());
    text("incentive", set.incentive.as_deref());
    text("advocacy", set.advocacy.map(Advocacy::as_str));
    text("record", set.record.map(RecordScope::as_str));
    entries.extend(set.priority.map(|priority| format!("priority = {priority}")));
    entries.extend(set.hold.map(|hold| format!("hold = {hold}")));
    entries.extend(
        set.escalate.as_ref().map(|climb| {
            format!("escalate = {{ ladder = {}, rung = {} }}", quoted(&climb.ladder), climb.rung)
        }),
    );
    let sets: [(&str, &BTreeSet<String>); 5] = [
        ("sla", &set.sla),
        ("skills", &set.skills),
        ("tags", &set.tags),
        ("approve", &set.approve),
        ("notify", &set.notify),
    ];
    for (key, names) in sets.into_iter().filter(|(_, names)| !names.is_empty()) {
        entries.push(format!("{key} = {}", row(names.iter().map(String::as_str))));
    }
    format!("{{ {} }}", entries.join(", "))
}
