//! In which ways could a rule be wrong? Small changes, each of which somebody could have made by mistake.

use crate::model::{Advocacy, Department, RecordScope, ReplyScale, ReplyVisibility};
use crate::route::condition::{Atom, Condition, Field, Kind, Quantity};
use crate::route::facet::{AskedVisibility, Climb};
use crate::route::{Facet, Protocol, Rule, Settings};

/// A rule with one small change.
pub(super) struct Mutant {
    /// What was changed.
    pub(super) mutation: String,
    /// What was made of the rule; `None` when it is deleted.
    pub(super) rule: Option<Rule>,
    pub(super) touches: Touches,
}

/// What a change can make a difference to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touches {
    /// Whether the rule fires.
    Condition,
    /// What it sets when it fires.
    Settings,
    /// Which rules it silences, or lets others silence through it.
    Overrides,
}

/// Every small change of a rule: deleted, its condition negated, each facet otherwise, each override dropped, each number
/// of its condition one step up and one step down.
pub(super) fn mutants(protocol: &Protocol, rule: &Rule) -> Vec<Mutant> {
    let deleted = Mutant { mutation: "delete the rule".to_owned(), rule: None, touches: Touches::Overrides };
    let negated = match &rule.when {
        Condition::Not(inner) => Condition::clone(inner),
        when => Condition::Not(Box::new(when.clone())),
    };
    let with = |when: Condition, mutation: String| {
        let rule = Some(Rule { when, ..rule.clone() });
        Mutant { mutation, rule, touches: Touches::Condition }
    };
    let facets = rule.set.facets();
    let facets = facets.iter().map(|facet| {
        let (set, mutation) = flip(protocol, &rule.set, facet);
        Mutant { mutation, rule: Some(Rule { set, ..rule.clone() }), touches: Touches::Settings }
    });
    let overrides = rule.overrides.iter().map(|id| {
        let mut rule = rule.clone();
        rule.overrides.remove(id);
        let mutation = format!("drop the override of `{id}`");
        Mutant { mutation, rule: Some(rule), touches: Touches::Overrides }
    });
    [deleted, with(negated, "negate the condition".to_owned())]
        .into_iter()
        .chain(facets)
        .chain(overrides)
        .chain(shifted(&rule.when).into_iter().map(|(when, mutation)| with(when, mutation)))
        .collect()
}

/// The settings with another value of a facet, or without it where there is no other.
fn flip(protocol: &Protocol, set: &Settings, facet: Facet) -> (Settings, String) {
    let mut other = set.clone();
    match facet {
        Facet::Department => other.department = another_department(protocol, set),
        Facet::Visibility => {
            let private = AskedVisibility::At(ReplyVisibility::Private);
            let is_private = set.visibility == Some(private);
            other.visibility =
                Some(if is_private { AskedVisibility::At(ReplyVisibility::Public) } else { private });
        }
        Facet::Respond => {
            let is_micro = set.respond == Some(ReplyScale::Micro);
            other.respond = Some(if is_micro { ReplyScale::Macro } else { ReplyScale::Micro });
        }
        Facet::Priority => {
            other.priority = set.priority.map(|number| if number < 5 { number + 1 } else { number - 1 });
        }
        Facet::Sla => other.sla.clear(),
        Facet::Escalate => other.escalate = another_rung(protocol, set),
        Facet::Skills => other.skills.clear(),
        Facet::Tags => other.tags.clear(),
        Facet::Approve => other.approve.clear(),
        Facet::Notify => other.notify.clear(),
        Facet::Owner => other.owner = None,
        Facet::Incident => other.incident = None,
        Facet::Incentive => other.incentive = None,
        Facet::Advocacy => {
            let asks = set.advocacy == Some(Advocacy::AskPermission);
            other.advocacy = Some(if asks { Advocacy::None } else { Advocacy::AskPermission });
        }
        Facet::Hold => other.hold = set.hold.map(|hold| !hold),
        Facet::Record => {
            let all = set.record == Some(RecordScope::All);
            other.record = Some(if all { RecordScope::MicroOnly } else { RecordScope::All });
        }
    }
    let mutation = format!("{facet}: {} -> {}", said(set, facet), said(&other, facet));
    (other, mutation)
}

/// The next department in the order of their names.
fn another_department(protocol: &Protocol, set: &Settings) -> Option<Department> {
    let own = set.department.as_ref()?;
    let used = protocol.rules().iter().filter_map(|rule| rule.set.department.as_ref());
    let mut all: Vec<&str> = protocol.vocabulary().departments.iter().map(String::as_str).collect();
    // A protocol that stands alone has no list of departments but the ones that it uses.
    if all.is_empty() {
        all = used.map(Department::as_str).collect();
        all.sort_unstable();
    }
    let next = all.iter().find(|name| **name > own.as_str()).or_else(|| all.first());
    next.filter(|name| **name != own.as_str()).and_then(|name| Department::new(name).ok())
}

/// The next rung of the ladder, or else the one before.
fn another_rung(protocol: &Protocol, set: &Settings) -> Option<Climb> {
    let climb = set.escalate.as_ref()?;
    let rungs = protocol.ladders().get(&climb.ladder)?.rungs.len();
    let rung = if usize::from(climb.rung) < rungs { climb.rung + 1 } else { climb.rung - 1 };
    (rung > 0).then(|| Climb { ladder: climb.ladder.clone(), rung })
}

/// What settings say on a facet.
fn said(set: &Settings, facet: Facet) -> String {
    let row = |names: &std::collections::BTreeSet<String>| {
        names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    let text = match facet {
        Facet::Department => set.department.as_ref().map(ToString::to_string),
        Facet::Visibility => set.visibility.map(|asked| asked.as_str().to_owned()),
        Facet::Respond => set.respond.map(|scale| scale.as_str().to_owned()),
        Facet::Priority => set.priority.map(|number| number.to_string()),
        Facet::Sla => Some(row(&set.sla)),
        Facet::Escalate => set.escalate.as_ref().map(|climb| format!("{}/{}", climb.ladder, climb.rung)),
        Facet::Skills => Some(row(&set.skills)),
        Facet::Tags => Some(row(&set.tags)),
        Facet::Approve => Some(row(&set.approve)),
        Facet::Notify => Some(row(&set.notify)),
        Facet::Owner => set.owner.clone(),
        Facet::Incident => set.incident.clone(),
        Facet::Incentive => set.incentive.clone(),
        Facet::Advocacy => set.advocacy.map(|advocacy| advocacy.as_str().to_owned()),
        Facet::Hold => set.hold.map(|hold| if hold { "yes".to_owned() } else { "no".to_owned() }),
        Facet::Record => set.record.map(|scope| scope.as_str().to_owned()),
    };
    text.filter(|text| !text.is_empty()).unwrap_or_else(|| "nothing".to_owned())
}

/// The condition with one of its numbers a step up or down, for each of them.
fn shifted(when: &Condition) -> Vec<(Condition, String)> {
    let mut atoms = Vec::new();
    when.atoms(&mut |atom| atoms.push(atom));
    let mut all = Vec::new();
    for (place, atom) in atoms.into_iter().enumerate() {
        for other in steps(atom) {
            let mutation = format!("{atom} -> {other}");
            all.push((replaced(when, &mut 0, place, &other), mutation));
        }
    }
    all
}

/// The condition with another atom at a place, counted from the left.
fn replaced(when: &Condition, next: &mut usize, place: usize, other: &Atom) -> Condition {
    let mut all = |parts: &[Condition]| parts.iter().map(|part| replaced(part, next, place, other)).collect();
    match when {
        Condition::And(parts) => Condition::And(all(parts)),
        Condition::Or(parts) => Condition::Or(all(parts)),
        Condition::Not(inner) => Condition::Not(Box::new(replaced(inner, next, place, other))),
        Condition::Atom(atom) => {
            let here = *next == place;
            *next += 1;
            Condition::Atom(if here { other.clone() } else { atom.clone() })
        }
    }
}

/// An atom with one of its numbers a step down or up, as far as its quantity goes.
fn steps(atom: &Atom) -> Vec<Atom> {
    match atom {
        Atom::Compare(quantity, comparison, number) => around(quantity, *number)
            .into_iter()
            .map(|number| Atom::Compare(quantity.clone(), *comparison, number))
            .collect(),
        Atom::Between(quantity, low, high) => {
            let lower = around(quantity, *low).into_iter().map(|low| (low, *high));
            let higher = around(quantity, *high).into_iter().map(|high| (*low, high));
            let pairs = lower.chain(higher).filter(|(low, high)| low <= high);
            pairs.map(|(low, high)| Atom::Between(quantity.clone(), low, high)).collect()
        }
        _ => Vec::new(),
    }
}

/// The numbers a step below and above: the last digit that is written; of what goes from 0 or -1 to 1, a tenth at most.
fn around(quantity: &Quantity, number: f64) -> Vec<f64> {
    let (low, high) = match quantity {
        Quantity::Field(field) => match field.kind() {
            Kind::Number(low, high) => (low, high),
            _ => (f64::MIN, f64::MAX),
        },
        Quantity::Confidence(_) => (0.0, 1.0),
        Quantity::Count(..) | Quantity::Rate(..) => (0.0, f64::MAX),
    };
    let fraction = matches!(quantity, Quantity::Confidence(_) | Quantity::Field(Field::Sentiment));
    let written = number.to_string();
    let digits = written.split_once('.').map_or(0, |(_, digits)| digits.len()).max(usize::from(fraction));
    let step = 10_f64.powi(-i32::try_from(digits).unwrap_or_default());
    [number - step, number + step]
        .into_iter()
        .filter_map(|number| format!("{number:.digits$}").parse::<f64>().ok())
        .map(|number| if number == 0.0 { 0.0 } else { number })
        .filter(|other| (low..=high).contains(other) && *other != number)
        .collect()
}
