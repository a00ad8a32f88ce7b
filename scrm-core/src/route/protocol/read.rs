//! How is `protocol.toml` read? Clauses first, then the rules that name them, then the examples.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::clauses::{read_incentives, read_ladders, read_slas};
use super::example::read_example;
use super::names::{Names, PlacedLadder, duplicate};
use super::overrides::{Link, check_circles};
use super::rule::{read_on_unknown, read_rule};
use super::{Axes, Facet, OnUnknown, Parts, Protocol, Rule};
use crate::diagnostic::{Diagnostic, Document, Faults, Table};
use crate::model::{ActionWeights, Span};
use crate::route::Vocabulary;
use crate::route::condition::{DeclaredField, nearest};

impl Protocol {
    /// Reads `protocol.toml`. What is wrong goes to `faults`; a rule with a fault is left out, so a protocol that has
    /// errors is there to be looked at and not to be used.
    pub fn read(document: &Document, vocabulary: &Vocabulary, faults: &mut Faults) -> Self {
        let root = document.root("protocol.toml");
        let mut parts = Parts { file: document.file().to_owned(), ..Parts::default() };
        read_header(&root, &mut parts, faults);
        parts.axes = read_axes(&root, faults);
        parts.action = read_action(&root, faults);
        let mut vocabulary = vocabulary.clone();
        read_fields(&root, &mut vocabulary, faults);
        let mut names = Names::new(&vocabulary);
        read_slas(&root, &mut names, faults);
        read_ladders(&root, &mut names, faults);
        read_incentives(&root, &mut names, faults);
        let (rules, links) = read_rules(&root, &mut names, faults);
        check_circles(document.file(), &links, faults);
        check_rungs(document.file(), &rules, &names, faults);
        parts.rules = rules;
        let examples = root.tables("example", "example", faults);
        parts.examples = examples.iter().filter_map(|table| read_example(table, &names, faults)).collect();
        root.finish(faults);
        parts.slas = names.slas;
        parts.ladders = names.ladders.into_iter().map(|(id, placed)| (id, placed.ladder)).collect();
        parts.incentives = names.incentives;
        parts.vocabulary = vocabulary;
        parts.hash = parts.digest();
        Self(Arc::new(parts))
    }
}

fn read_header(root: &Table<'_>, parts: &mut Parts, faults: &mut Faults) {
    if !root.has("protocol") {
        root.missing("protocol", faults);
    }
    let Some(table) = root.table("protocol", "protocol", faults) else { return };
    parts.id = table.text("id", faults).map_or_else(String::new, |text| text.value);
    parts.version = table.text("version", faults).map_or_else(String::new, |text| text.value);
    for text in table.texts("mandatory", faults) {
        match Facet::parse(&text.value) {
            Some(facet) => _ = parts.mandatory.insert(facet),
            None => {
                let message = format!("there is no facet `{}`", text.value);
                let mut fault = Diagnostic::error("P001", table.file(), Some(text.span), message);
                let known: Vec<&str> = Facet::ALL.iter().map(|facet| facet.as_str()).collect();
                fault.help = nearest(&text.value, known.iter().copied())
                    .or_else(|| Some(format!("the facets are: {}", known.join(", "))));
                faults.push(fault);
            }
        }
    }
    parts.on_unknown = read_on_unknown(&table, faults).unwrap_or(OnUnknown::Skip);
    table.finish(faults);
}

fn read_axes(root: &Table<'_>, faults: &mut Faults) -> Axes {
    let Some(table) = root.table("axes", "axes", faults) else { return Axes::default() };
    let mut threshold = |key: &'static str| {
        let Some((number, span)) = table.number(key, faults) else { return 0.0 };
        if !(0.0..=1.0).contains(&number) {
            let message = format!("a confidence is never {number}");
            let fault = Diagnostic::error("P015", table.file(), Some(span), message);
            faults.push(fault.help("a threshold is a number from 0 to 1"));
        }
        #[allow(clippy::cast_possible_truncation, reason = "confidences are in single precision")]
        let number = number as f32;
        number
    };
    let axes = Axes {
        kind: threshold("type"),
        issue: threshold("issue"),
        sentiment: threshold("sentiment"),
        action: threshold("action"),
        influence: threshold("influence"),
        language: threshold("language"),
    };
    table.finish(faults);
    axes
}

fn read_action(root: &Table<'_>, faults: &mut Faults) -> ActionWeights {
    let mut weights = ActionWeights::default();
    let Some(table) = root.table("action", "action", faults) else { return weights };
    for (key, weight) in weights.each_mut() {
        let Some((number, span)) = table.number(key, faults) else { continue };
        if !(0.0..=10.0).contains(&number) {
            let message = format!("a reason cannot count {number} times");
            let fault = Diagnostic::error("P015", table.file(), Some(span), message);
            faults.push(fault.help("a factor is a number from 0 to 10; 1 leaves the reason as it is"));
        }
        #[allow(clippy::cast_possible_truncation, reason = "likelihoods are in single precision")]
        let number = number as f32;
        *weight = number;
    }
    table.finish(faults);
    weights
}

/// The fields of the caller's own, which conditions may use from here on.
fn read_fields(root: &Table<'_>, vocabulary: &mut Vocabulary, faults: &mut Faults) {
    for table in root.tables("field", "field", faults) {
        let Some(field) = DeclaredField::read(&table, faults) else { continue };
        let name = field.name.clone();
        if vocabulary.fields.insert(name.clone(), Arc::new(field)).is_some() {
            let message = format!("field `{name}` is written twice");
            let fault = Diagnostic::error("P010", table.file(), Some(table.span()), message);
            faults.push(fault.help("give one of them another name"));
        }
    }
}

/// The rules, in the order of their ids, each id once; and which override which, also of those with faults.
fn read_rules(root: &Table<'_>, names: &mut Names<'_>, faults: &mut Faults) -> (Vec<Rule>, Vec<Link>) {
    let tables = root.tables("rule", "rule", faults);
    // The ids come first: a rule may override one that stands below it, or one that has a fault.
    let (mut ids, mut links) = (Vec::new(), Vec::new());
    for table in &tables {
        // A faulty id is reported when its rule is read.
        let id = table.has("id").then(|| table.optional_text("id", &mut Faults::new())).flatten();
        let is_new = id.as_ref().is_none_or(|id| names.rules.insert(id.value.clone()));
        match id {
            Some(id) if is_new => links.push(read_link(table, id.value)),
            Some(id) => faults.push(duplicate(table.file(), "rule", &id)),
            None => {}
        }
        ids.push(is_new);
    }
    let mut rules = Vec::new();
    for (table, is_new) in tables.iter().zip(ids) {
        let rule = read_rule(table, names, faults);
        rules.extend(rule.filter(|_| is_new));
    }
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    links.sort_by(|a, b| a.id.cmp(&b.id));
    (rules, links)
}

/// What a rule overrides; what is wrong with it is reported when its rule is read.
fn read_link(table: &Table<'_>, id: String) -> Link {
    let overrides = table.texts("overrides", &mut Faults::new());
    let place = overrides.first().zip(overrides.last());
    let place = place.map_or(table.span(), |(a, b)| Span::new(a.span.start(), b.span.end()));
    Link { id, overrides: overrides.into_iter().map(|text| text.value).collect(), place }
}

/// Warns of rungs that are climbed when the first response is overdue already.
fn check_rungs(file: &str, rules: &[Rule], names: &Names<'_>, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for rule in rules {
        let Some(climb) = &rule.set.escalate else { continue };
        let Some(PlacedLadder { ladder, places, .. }) = names.ladders.get(&climb.ladder) else { continue };
        let entry = usize::from(climb.rung.saturating_sub(1));
        let Some(start) = ladder.rungs.get(entry).map(|rung| rung.after) else { continue };
        let slas = rule.set.sla.iter().filter_map(|sla| names.slas.get(sla));
        for (sla, clock) in slas.filter_map(|sla| Some((sla, sla.first_response.as_ref()?))) {
            for (at, (rung, place)) in ladder.rungs.iter().zip(places).enumerate().skip(entry) {
                let late = rung.after.beyond(start) > clock.within;
                if late && seen.insert((place.start(), sla.id.as_str())) {
                    let message = format!(
                        "rung {} of ladder `{}` is climbed after `{}`, when the first response of sla `{}` was due within `{}`",
                        at + 1,
                        ladder.id,
                        rung.after.beyond(start),
                        sla.id,
                        clock.within
                    );
                    let fault = Diagnostic::warning("P031", file, Some(*place), message);
                    faults.push(
                        fault.help(format!("rule `{}` sets both; climb earlier, or promise less", rule.id)),
                    );
                }
            }
        }
    }
}
