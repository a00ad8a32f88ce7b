//! Does the protocol say what its author expects? The examples beside the rules, run by the same code as messages.

use super::compile::Answers;
use super::decide::{Moment, decide, is_open};
use super::facet::{Facet, Settings};
use super::protocol::{Example, Protocol};
use super::router::Router;
use crate::calendar::Calendars;
use crate::diagnostic::Diagnostic;
use crate::model::{Decision, Facets, RuleId};

impl Protocol {
    /// Runs every example, and reports each facet that is not as expected (P091 to P093).
    ///
    /// An example without a time is judged as if every rule were in force.
    pub fn check_examples(&self, calendars: &Calendars) -> Vec<Diagnostic> {
        let router = Router::compile(self.clone(), calendars.clone());
        self.examples().iter().flat_map(|example| check(&router, example)).collect()
    }
}

fn check(router: &Router, example: &Example) -> Vec<Diagnostic> {
    let compiled = router.compiled();
    let facts = example.given.with(&compiled.calendars);
    let moment = Moment::of_example(compiled, example);
    let decision = decide(compiled, &mut Answers::new(&compiled.pool, &facts), moment);
    let open = is_open(&facts);
    let found = values(&decision.facets);
    let rung = example.rung.filter(|rung| !decision.facets.escalate.values().any(|climbed| climbed == rung));
    let rung = rung.map(|rung| {
        let is = found.iter().find(|(known, _)| *known == Facet::Escalate).map(|(_, value)| value.as_str());
        fault(router, example, &decision, Facet::Escalate, &rung.to_string(), is)
    });
    expected(&example.expect, open)
        .into_iter()
        .filter_map(|(facet, wanted)| {
            let is = found.iter().find(|(known, _)| *known == facet).map(|(_, value)| value.as_str());
            (is != Some(&wanted)).then(|| fault(router, example, &decision, facet, &wanted, is))
        })
        .chain(rung)
        .collect()
}

/// Whether every facet is as an example expects.
pub(super) fn is_met(example: &Example, facets: &Facets, open: bool) -> bool {
    let found = values(facets);
    let is = |(facet, wanted): (Facet, String)| {
        found.iter().any(|(known, value)| *known == facet && *value == wanted)
    };
    let rung = example.rung.is_none_or(|rung| facets.escalate.values().any(|climbed| *climbed == rung));
    rung && expected(&example.expect, open).into_iter().all(is)
}

fn fault(
    router: &Router,
    example: &Example,
    decision: &Decision,
    facet: Facet,
    wanted: &str,
    is: Option<&str>,
) -> Diagnostic {
    let (file, place) = (router.protocol().file(), example.places.get(&facet).copied());
    let conflict = decision.conflicts.iter().find(|conflict| conflict.facet == facet.as_str());
    if let Some(conflict) = conflict {
        let sides = conflict.values.iter().map(|(value, rules)| format!("`{value}` ({})", joined(rules)));
        let sides: Vec<String> = sides.collect();
        let message =
            format!("the example expects {facet} `{wanted}`, but rules disagree: {}", sides.join(", "));
        return Diagnostic::error("P093", file, place, message)
            .help("let one of the rules override the other");
    }
    match is.zip(decision.by.get(facet.as_str())) {
        Some((is, by)) => {
            let by = joined(by);
            let message = format!("the example expects {facet} `{wanted}`, but it is `{is}` (by {by})");
            Diagnostic::error("P091", file, place, message).help(seen(decision))
        }
        None => {
            let message = format!("the example expects {facet} `{wanted}`, but no rule sets it");
            Diagnostic::error("P092", file, place, message).help(seen(decision))
        }
    }
}

/// What happened instead: the rules that held, and what was missing.
fn seen(decision: &Decision) -> String {
    let mut rules: Vec<&str> = decision.proof.iter().map(|proof| proof.rule.as_str()).collect();
    rules.dedup();
    let mut parts = match rules.as_slice() {
        [] => vec!["no rule held".to_owned()],
        rules => vec![format!("these rules held: {}", rules.join(", "))],
    };
    parts.extend(
        decision
            .near
            .iter()
            .map(|near| format!("{} lacks `{}` (it was {})", near.rule, near.atom, near.value)),
    );
    parts.extend(
        decision.unknown.iter().map(|unknown| format!("{} cannot know `{}`", unknown.rule, unknown.atom)),
    );
    parts.join("; ")
}

fn joined(rules: &[RuleId]) -> String {
    rules.iter().map(RuleId::as_str).collect::<Vec<_>>().join(", ")
}

fn row<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The facets that an example expects, as text.
fn expected(set: &Settings, open: bool) -> Vec<(Facet, String)> {
    let facets = Facets {
        department: set.department.clone(),
        visibility: set.visibility.map(|asked| asked.resolve(open)),
        respond: set.respond,
        priority: set.priority,
        sla: set.sla.clone(),
        escalate: set.escalate.iter().map(|climb| (climb.ladder.clone(), climb.rung)).collect(),
        skills: set.skills.clone(),
        tags: set.tags.clone(),
        approve: set.approve.clone(),
        notify: set.notify.clone(),
        owner: set.owner.clone(),
        incident: set.incident.clone(),
        incentive: set.incentive.clone(),
        advocacy: set.advocacy,
        hold: set.hold.unwrap_or(false),
        record: set.record,
    };
    let mut values = values(&facets);
    values.retain(|(facet, _)| *facet != Facet::Hold || set.hold.is_some());
    values
}

/// The facets that have a value, as text; `hold` always has one.
pub(super) fn values(facets: &Facets) -> Vec<(Facet, String)> {
    let escalate = facets.escalate.iter().map(|(ladder, rung)| format!("{ladder}/{rung}"));
    let word = |word: &'static str| word.to_owned();
    let all = [
        (Facet::Department, facets.department.as_ref().map(ToString::to_string)),
        (Facet::Visibility, facets.visibility.map(|visibility| word(visibility.as_str()))),
        (Facet::Respond, facets.respond.map(|scale| word(scale.as_str()))),
        (Facet::Priority, facets.priority.map(|priority| priority.to_string())),
        (Facet::Sla, Some(row(&facets.sla))),
        (Facet::Escalate, Some(escalate.collect::<Vec<_>>().join(", "))),
        (Facet::Skills, Some(row(&facets.skills))),
        (Facet::Tags, Some(row(&facets.tags))),
        (Facet::Approve, Some(row(&facets.approve))),
        (Facet::Notify, Some(row(&facets.notify))),
        (Facet::Owner, facets.owner.clone()),
        (Facet::Incident, facets.incident.clone()),
        (Facet::Incentive, facets.incentive.clone()),
        (Facet::Advocacy, facets.advocacy.map(|advocacy| word(advocacy.as_str()))),
        (Facet::Hold, Some(word(if facets.hold { "yes" } else { "no" }))),
        (Facet::Record, facets.record.map(|scope| word(scope.as_str()))),
    ];
    all.into_iter()
        .filter_map(|(facet, value)| Some((facet, value?)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}
