//! Is anybody there? P032: nobody to call; P034: a skill that nobody has; P035: a department without owner or people.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Findings, Grade};
use super::model::Model;
use crate::calendar::Team;
use crate::route::facet::Facet;
use crate::route::protocol::Rule;

pub(super) fn find(model: &Model<'_>, team: &Team, findings: &mut Findings) {
    let mut called: BTreeMap<(Facet, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut skills: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut departments: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for rule in model.active.iter().map(|active| active.rule) {
        let id = rule.id.as_str();
        for (facet, name) in called_by(model, rule) {
            called.entry((facet, name)).or_default().insert(id);
        }
        for skill in &rule.set.skills {
            skills.entry(skill).or_default().insert(id);
        }
        if let Some(department) = &rule.set.department {
            departments.entry(department.as_str()).or_default().insert(id);
        }
    }
    for ((facet, name), rules) in called.into_iter().filter(|((_, name), _)| !is_there(team, name)) {
        let message = format!("there is nobody behind `{name}`");
        let finding = Finding::new("P032", Grade::Error, owned(&rules), message).on(facet);
        findings.push(finding.help("give somebody the role, or put somebody in the department"));
    }
    let known = team.skills();
    for (skill, rules) in skills.into_iter().filter(|(skill, _)| !known.contains(*skill)) {
        let message = format!("nobody has the skill `{skill}`");
        let finding = Finding::new("P034", Grade::Error, owned(&rules), message).on(Facet::Skills);
        findings.push(finding.help("add it to the `skills` of a person"));
    }
    for (department, rules) in departments {
        if let Some(message) = missing(team, department) {
            let finding = Finding::new("P035", Grade::Warning, owned(&rules), message).on(Facet::Department);
            findings.push(finding.help("name an owner, and who works there"));
        }
    }
}

fn owned(rules: &BTreeSet<&str>) -> Vec<String> {
    rules.iter().map(|id| (*id).to_owned()).collect()
}

/// Everybody whom a rule calls, asks or tells.
fn called_by<'a>(model: &'a Model<'_>, rule: &'a Rule) -> Vec<(Facet, &'a str)> {
    let mut called: Vec<(Facet, &str)> = Vec::new();
    if let Some(climb) = &rule.set.escalate
        && let Some(ladder) = model.protocol.ladders().get(&climb.ladder)
    {
        let rungs = ladder.rungs.iter().skip(usize::from(climb.rung.saturating_sub(1)));
        called.extend(rungs.map(|rung| (Facet::Escalate, rung.to.as_str())));
    }
    called.extend(rule.set.approve.iter().map(|name| (Facet::Approve, name.as_str())));
    called.extend(rule.set.notify.iter().map(|name| (Facet::Notify, name.as_str())));
    called
}

fn is_there(team: &Team, name: &str) -> bool {
    let works = |department: &str| team.people.values().any(|person| person.departments.contains(department));
    let has_role = |role: &str| team.people.values().any(|person| person.roles.contains(role));
    match name.split_once(':') {
        Some(("team", department)) => works(department),
        Some(("role", role)) => has_role(role),
        Some(("person", person)) => team.people.contains_key(person),
        _ => works(name) || has_role(name) || team.people.contains_key(name),
    }
}

/// What a department lacks.
fn missing(team: &Team, id: &str) -> Option<String> {
    let department = team.departments.get(id)?;
    let staffed = team.people.values().any(|person| person.departments.contains(id));
    match (department.owner.is_some(), staffed) {
        (true, true) => None,
        (false, true) => Some(format!("nobody answers for department `{id}`")),
        (true, false) => Some(format!("nobody works in department `{id}`")),
        (false, false) => Some(format!("nobody answers for department `{id}`, and nobody works there")),
    }
}
