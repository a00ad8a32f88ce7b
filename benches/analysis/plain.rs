//! What is there to find? Every message of a small domain, decided by the ordinary evaluator.
//!
//! | code | what it means here |
//! |---|---|
//! | P003 | the condition is true of no message, also of none that is unknown where the condition asks what is known |
//! | P004 | it is true of every one of those |
//! | P011, P012 | it fires somewhere, and wherever it fires others that fire silence it on every facet that it sets; one of them everywhere, or not |
//! | P020 | some message has both rules in conflict on the facet |
//! | P021 | it fires somewhere, links no overrides of others, and without it every message gets the same |
//! | P030 | some message has a gap there |
//! | P050 | some complaint gets the incentive of the rule |
//! | P052 | some message with personal data is answered in public |
//! | P080 | two messages that differ in influence alone differ on the facet |

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::NaiveDate;
use scrm_core::calendar::Calendars;
use scrm_core::model::{Decision, ReplyVisibility};
use scrm_core::route::condition::{Atom, Field, Quantity};
use scrm_core::route::{Facet, Given, OnUnknown, Protocol, Router, Rule};

use super::protocols::vocabulary;
use super::{Found, read};

/// One message, with what tells it from others besides its facts.
#[derive(Clone, Default)]
struct Message {
    given: Given,
    /// Everything but influence.
    rest: String,
    influence: bool,
    complaint: bool,
    personal_data: bool,
    /// What is unknown, by the names of fields.
    unknown: BTreeSet<Field>,
}

/// A way in which a message can be on one axis.
type Choice = Box<dyn Fn(Message) -> Option<Message>>;

fn noted(mut message: Message, text: &str) -> Message {
    message.rest.push_str(text);
    message.rest.push(';');
    message
}

/// What conditions ask for.
struct Asked {
    fields: BTreeSet<Field>,
    names: BTreeSet<(Field, String)>,
    counts: BTreeSet<Quantity>,
    personal_data: bool,
    dated: bool,
    times: bool,
}

fn asked(protocol: &Protocol) -> Asked {
    let mut asked = Asked {
        fields: BTreeSet::new(),
        names: BTreeSet::new(),
        counts: BTreeSet::new(),
        personal_data: false,
        times: false,
        dated: protocol.rules().iter().any(|rule| rule.from.is_some() || rule.to.is_some()),
    };
    let never = protocol.incentives().values().filter_map(|incentive| incentive.never_if.as_ref());
    for condition in protocol.rules().iter().map(|rule| &rule.when).chain(never) {
        condition.atoms(&mut |atom| match atom {
            Atom::Is(field, name) | Atom::IsNot(field, name) | Atom::Under(field, name) => {
                asked.fields.insert(field.clone());
                asked.names.insert((field.clone(), name.to_string()));
            }
            Atom::In(field, names) | Atom::HasAny(field, names) | Atom::HasAll(field, names) => {
                asked.fields.insert(field.clone());
                asked.names.extend(names.iter().map(|name| (field.clone(), name.to_string())));
            }
            Atom::ContainsText(_) => _ = asked.fields.insert(Field::Text),
            Atom::LocalTime(..) => asked.times = true,
            Atom::Known(field) => _ = asked.fields.insert(field.clone()),
            Atom::Compare(Quantity::Field(field), ..) | Atom::Between(Quantity::Field(field), ..) => {
                asked.fields.insert(field.clone());
            }
            Atom::Compare(quantity, ..) | Atom::Between(quantity, ..) => {
                _ = asked.counts.insert(quantity.clone());
            }
            _ => asked.personal_data = true,
        });
    }
    for rule in protocol.rules() {
        if rule.set.incentive.is_some() {
            asked.fields.extend([Field::Type, Field::Types]);
        }
        if rule.set.visibility.is_some() {
            asked.fields.insert(Field::Seen);
            asked.personal_data = true;
        }
    }
    asked
}

impl Asked {
    fn asks(&self, field: &Field) -> bool {
        self.fields.contains(field)
    }

    fn named(&self, fields: [&Field; 2]) -> BTreeSet<String> {
        self.names.iter().filter(|(field, _)| fields.contains(&field)).map(|(_, name)| name.clone()).collect()
    }
}

/// Every subset.
fn subsets(names: &[String]) -> Vec<Vec<String>> {
    (0..1_usize << names.len())
        .map(|bits| {
            names
                .iter()
                .enumerate()
                .filter(|(at, _)| bits & (1 << at) != 0)
                .map(|(_, name)| name.clone())
                .collect()
        })
        .collect()
}

/// A field with a set: the first name, and all of them. `None` when they do not go together.
fn first_of_set(first: &Field, set: &Field, one: &str, all: Vec<String>) -> Choice {
    let (first, set, one) = (first.clone(), set.clone(), one.to_owned());
    Box::new(move |message| {
        let mut names = all.clone();
        names.push(one.clone());
        names.sort();
        names.dedup();
        let note = format!("{first}={one} {names:?}");
        let complaint =
            message.complaint || (first == Field::Type && names.iter().any(|name| name == "complaint"));
        let given = message.given.clone().name(first.clone(), &one).names(set.clone(), names);
        Some(noted(Message { given, complaint, ..message }, &note))
    })
}

fn absent(fields: Vec<Field>) -> Choice {
    Box::new(move |mut message| {
        message.unknown.extend(fields.iter().cloned());
        Some(message)
    })
}

/// The axes of a protocol, each with the ways in which a message can be on it; all of them may be unknown.
fn axes(protocol: &Protocol) -> Vec<Vec<Choice>> {
    let asked = asked(protocol);
    let mut axes: Vec<Vec<Choice>> = Vec::new();
    let pairs = [(Field::Type, Field::Types), (Field::Issue, Field::Topics), (Field::Brand, Field::Brands)];
    for (first, set) in pairs {
        if !asked.asks(&first) && !asked.asks(&set) {
            continue;
        }
        let named = asked.named([&first, &set]);
        let firsts: Vec<String> = match first {
            Field::Type => ["question", "complaint", "compliment", "other"].map(str::to_owned).to_vec(),
            _ => {
                let parents =
                    named.iter().filter_map(|name| name.split_once('.')).map(|(parent, _)| parent.to_owned());
                named
                    .iter()
                    .cloned()
                    .chain(parents)
                    .chain(["other".to_owned()])
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect()
            }
        };
        // Topics that are not named one by one fill what is named by its parent.
        let members: Vec<String> = if asked.asks(&set) { firsts.clone() } else { Vec::new() };
        let mut ways: Vec<Choice> = vec![absent(vec![first.clone(), set.clone()])];
        for one in &firsts {
            for all in subsets(&members) {
                if !all.contains(one) {
                    ways.push(first_of_set(&first, &set, one, all));
                }
            }
        }
        // A set that is known and empty has no first.
        if (first != Field::Type && asked.asks(&set)) && (first == Field::Brand || asked.asks(&Field::Topics))
        {
            let counts_as_unknown = first == Field::Issue || asked.asks(&Field::Brand);
            let (first, set) = (first.clone(), set.clone());
            ways.push(Box::new(move |mut message| {
                message.given = message.given.names(set.clone(), Vec::new());
                if counts_as_unknown {
                    message.unknown.insert(first.clone());
                }
                Some(noted(message, &format!("{set}=[]")))
            }));
        }
        axes.push(ways);
    }
    if asked.asks(&Field::Monitors) {
        let named: Vec<String> = asked.named([&Field::Monitors, &Field::Monitors]).into_iter().collect();
        let mut ways = vec![absent(vec![Field::Monitors])];
        for all in subsets(&named) {
            ways.push(Box::new(move |mut message| {
                message.given = message.given.names(Field::Monitors, all.clone());
                Some(noted(message, &format!("monitors {all:?}")))
            }));
        }
        axes.push(ways);
    }
    for (field, values) in [
        (Field::Seen, &["public", "unlisted", "direct", "followers"][..]),
        (Field::AuthorVerified, &["true", "false"]),
    ] {
        if asked.asks(&field) {
            let mut ways = vec![absent(vec![field.clone()])];
            ways.extend(values.iter().map(|value| -> Choice {
                let field = field.clone();
                Box::new(move |mut message| {
                    message.given = message.given.name(field.clone(), value);
                    Some(noted(message, &format!("{field}={value}")))
                })
            }));
            axes.push(ways);
        }
    }
    axes.extend(numbers(&asked));
    if asked.personal_data {
        axes.push(vec![
            // It has no field; that it is unknown is noted with that of the text's own.
            Box::new(|mut message| {
                message.unknown.insert(Field::Language);
                Some(message)
            }),
            Box::new(|mut message| {
                message.given = message.given.personal_data(true);
                message.personal_data = true;
                Some(noted(message, "pii"))
            }),
            Box::new(|mut message| {
                message.given = message.given.personal_data(false);
                Some(noted(message, "no pii"))
            }),
        ]);
    }
    if asked.asks(&Field::Text) {
        let mut ways = vec![absent(vec![Field::Text])];
        ways.extend(texts().into_iter().map(|text| -> Choice {
            Box::new(move |mut message| {
                message.given = message.given.text(text.clone());
                Some(noted(message, &text))
            })
        }));
        axes.push(ways);
    }
    if asked.dated || asked.times || asked.asks(&Field::Weekday) {
        axes.push(times(protocol, &asked));
    }
    axes
}

/// Texts with everything that conditions look for, as far as it goes together.
fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    for refund in ["", "refund", "refund now", "refund and now", "now"] {
        for bag in ["", "bag", "bags", "bag bags"] {
            for part in ["", "xabx", "xabcx"] {
                texts.push(format!("{refund} and {bag} and {part}"));
            }
        }
    }
    texts
}

/// Instants with everything that conditions ask of the time. A protocol without dates is asked of a week in any year.
fn times(protocol: &Protocol, asked: &Asked) -> Vec<Choice> {
    let dated = |rule: &&Rule| rule.from.is_some() || rule.to.is_some();
    let in_force = |date: &NaiveDate| {
        !asked.dated || protocol.rules().iter().filter(dated).any(|rule| rule.is_in_force(*date))
    };
    let firsts = if asked.dated { vec![(2026, 1, 12), (2026, 2, 9)] } else { vec![(2026, 1, 12)] };
    let firsts =
        firsts.into_iter().filter_map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day));
    let days = if asked.asks(&Field::Weekday) { 7 } else { 1 };
    let hours: &[u32] = if asked.times { &[0, 6, 9, 11, 12, 13, 22] } else { &[12] };
    let mut ways: Vec<Choice> = Vec::new();
    for date in firsts.filter(in_force).flat_map(|first| first.iter_days().take(days)) {
        for at in hours.iter().filter_map(|hour| date.and_hms_opt(*hour, 0, 0)) {
            ways.push(Box::new(move |mut message| {
                message.given = message.given.now(at.and_utc());
                Some(noted(message, &at.to_string()))
            }));
        }
    }
    ways
}

/// Numbers at, below and above what atoms name.
fn numbers(asked: &Asked) -> Vec<Vec<Choice>> {
    let mut axes: Vec<Vec<Choice>> = Vec::new();
    for (field, values) in [
        (Field::Influence, &[0.0, 20.0, 30.0, 50.0, 70.0][..]),
        (Field::Sentiment, &[-0.5, 0.0, 0.1, 0.3, 0.4]),
    ] {
        if asked.asks(&field) {
            let mut ways = vec![absent(vec![field.clone()])];
            ways.extend(values.iter().map(|value| -> Choice {
                let (field, value) = (field.clone(), *value);
                Box::new(move |mut message| {
                    message.given = message.given.number(Quantity::Field(field.clone()), value);
                    message.influence |= field == Field::Influence;
                    Some(if field == Field::Influence {
                        message
                    } else {
                        noted(message, &format!("{field}={value}"))
                    })
                })
            }));
            axes.push(ways);
        }
    }
    // In the order of their windows, so that the longer time comes after the shorter one.
    if !asked.counts.is_empty() {
        let counts: Vec<Quantity> = asked.counts.iter().cloned().collect();
        let mut ways: Vec<Choice> = Vec::new();
        for bits in 0..3_usize.pow(u32::try_from(counts.len()).unwrap_or(0)) {
            let counts = counts.clone();
            ways.push(Box::new(move |mut message| {
                let (mut bits, mut least) = (bits, 0.0);
                for quantity in &counts {
                    let cell = bits % 3;
                    bits /= 3;
                    if cell == 0 {
                        // Noted under a field that these protocols do not ask for.
                        message.unknown.insert(Field::Country);
                        continue;
                    }
                    let number = if cell == 1 { 2.0 } else { 4.0 };
                    if number < least || message.unknown.contains(&Field::Issue) {
                        return None;
                    }
                    least = number;
                    message.given = message.given.number(quantity.clone(), number);
                    message = noted(message, &format!("{quantity}={number}"));
                }
                Some(message)
            }));
        }
        axes.push(ways);
    }
    axes
}

/// Every message that there is, unknown ones included; `None` when there are more than `most`.
fn messages(protocol: &Protocol, most: usize) -> Option<Vec<Message>> {
    let mut messages = vec![Message::default()];
    for ways in axes(protocol) {
        if messages.len() * ways.len() > most {
            return None;
        }
        messages =
            messages.iter().flat_map(|message| ways.iter().filter_map(|way| way(message.clone()))).collect();
    }
    Some(messages)
}

/// What is compared of a decision: each facet, the conflicts, the gaps.
fn outcome(decision: &Decision, facet: Facet) -> (serde_json::Value, Vec<String>, bool) {
    let facets = serde_json::to_value(&decision.facets).unwrap_or_default();
    let conflict = decision.conflicts.iter().find(|conflict| conflict.facet == facet.as_str());
    let value = facets.get(facet.as_str()).cloned().unwrap_or_default();
    let sides = conflict.map(|conflict| conflict.values.keys().cloned().collect()).unwrap_or_default();
    (value, sides, decision.gaps.iter().any(|gap| gap == facet.as_str()))
}

/// The rules of a protocol, each of which says its own id as a tag and nothing else, so that a decision tells which hold.
fn probe(protocol: &Protocol, as_it_is: bool) -> Router {
    if as_it_is { probe_as(protocol, None) } else { probe_with(protocol, OnUnknown::Skip) }
}

/// All of them, always in force, which do this when they are unknown.
fn probe_with(protocol: &Protocol, on_unknown: OnUnknown) -> Router {
    probe_as(protocol, Some(on_unknown))
}

fn probe_as(protocol: &Protocol, always: Option<OnUnknown>) -> Router {
    let as_it_is = always.is_none();
    let mut source = "[protocol]\nid = \"probe\"\nversion = \"1\"\n".to_owned();
    for rule in protocol.rules().iter().filter(|rule| !(as_it_is && rule.shadow)) {
        let on_unknown = always.or(rule.on_unknown).unwrap_or(protocol.on_unknown());
        _ = writeln!(
            source,
            "[[rule]]\nid = \"{0}\"\nowner = \"d0\"\nwhy = \"{0}\"\nwhen = '{1}'",
            rule.id, rule.when
        );
        _ = writeln!(
            source,
            "set = {{ tags = [\"{}\"] }}\non_unknown = \"{}\"",
            rule.id,
            on_unknown.as_str()
        );
        let dates = [("from", rule.from), ("to", rule.to)].into_iter().filter(|_| as_it_is);
        let dates: Vec<String> = dates.filter_map(|(key, date)| Some(format!("{key} = {}", date?))).collect();
        _ = writeln!(source, "effective = {{ {} }}", dates.join(", "));
    }
    Router::compile(read(&source, &vocabulary()), Calendars::default())
}

/// The protocol without one rule.
fn without(source: &str, id: &str) -> Router {
    let mut blocks = source.split("[[rule]]");
    let mut rest = blocks.next().unwrap_or_default().to_owned();
    for block in blocks.filter(|block| !block.starts_with(&format!("\nid = \"{id}\""))) {
        rest.push_str("[[rule]]");
        for line in block.lines().map(str::trim_end) {
            let gone = line.starts_with("overrides").then(|| {
                line.replace(&format!("\"{id}\", "), "")
                    .replace(&format!(", \"{id}\""), "")
                    .replace(&format!("\"{id}\""), "")
            });
            rest.push_str(&gone.unwrap_or_else(|| line.to_owned()));
            rest.push('\n');
        }
    }
    Router::compile(read(&rest, &vocabulary()), Calendars::default())
}

/// Which rules override which, through all but one of them.
fn overrides(rules: &[Rule], but: Option<&str>) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    for rule in rules.iter().filter(|rule| Some(rule.id.as_str()) != but) {
        let mut todo: Vec<String> = rule.overrides.iter().map(ToString::to_string).collect();
        while let Some(next) = todo.pop() {
            if Some(next.as_str()) != but && pairs.insert((rule.id.to_string(), next.clone())) {
                let rule = rules.iter().find(|rule| rule.id.as_str() == next);
                todo.extend(rule.into_iter().flat_map(|rule| &rule.overrides).map(ToString::to_string));
            }
        }
    }
    pairs
}

/// Whether a message is one of those of which a condition is asked whether it can hold.
fn is_asked(rule: &Rule, message: &Message, unknown: bool) -> bool {
    let mut may_be: BTreeSet<Field> = BTreeSet::new();
    rule.when.atoms(&mut |atom| {
        if let Atom::Known(field) = atom {
            for group in [&[Field::Type, Field::Types][..], &[Field::Issue, Field::Topics, Field::Country]] {
                if group.contains(field) {
                    may_be.extend(group.iter().cloned());
                }
            }
            may_be.insert(field.clone());
        }
    });
    unknown || message.unknown.is_subset(&may_be)
}

/// A message of the domain with what is decided, and the rules that fired.
struct Judged<'a> {
    message: &'a Message,
    decision: Decision,
    fired: BTreeSet<String>,
}

/// Every finding, and how many messages were decided; `None` when there are too many messages.
pub(super) fn findings(
    source: &str,
    protocol: &Protocol,
    unknown: bool,
    most: usize,
) -> Option<(BTreeSet<Found>, u64)> {
    let all = messages(protocol, most)?;
    let mut found: BTreeSet<Found> = BTreeSet::new();
    truths(protocol, &all, unknown, &mut found);
    let (router, probe) = (Router::compile(protocol.clone(), Calendars::default()), probe(protocol, true));
    let judged: Vec<Judged<'_>> = all
        .iter()
        .filter(|message| unknown || message.unknown.is_empty())
        .map(|message| Judged {
            message,
            decision: router.decide_given(&message.given),
            fired: probe.decide_given(&message.given).facets.tags,
        })
        .collect();
    shadowed(protocol, &judged, &mut found);
    decided(&judged, &mut found);
    influence(&judged, &mut found);
    redundant(source, protocol, &judged, &mut found);
    Some((found, judged.len() as u64))
}

fn truths(protocol: &Protocol, all: &[Message], unknown: bool, found: &mut BTreeSet<Found>) {
    let probe = probe(protocol, false);
    let holding: Vec<BTreeSet<String>> =
        all.iter().map(|message| probe.decide_given(&message.given).facets.tags).collect();
    for rule in protocol.rules() {
        let asked = || all.iter().zip(&holding).filter(|(message, _)| is_asked(rule, message, unknown));
        let id = || vec![rule.id.to_string()];
        if !asked().any(|(_, holding)| holding.contains(rule.id.as_str())) {
            found.insert(("P003", id(), None));
        } else if asked().all(|(_, holding)| holding.contains(rule.id.as_str())) {
            found.insert(("P004", id(), None));
        }
    }
}

fn shadowed(protocol: &Protocol, judged: &[Judged<'_>], found: &mut BTreeSet<Found>) {
    let pairs = overrides(protocol.rules(), None);
    for rule in protocol.rules().iter().filter(|rule| !rule.shadow) {
        let id = rule.id.to_string();
        let sets = |other: &Rule, facet: Facet| other.set.facets().contains(facet);
        let over = |fired: &BTreeSet<String>, facet: Facet| -> BTreeSet<String> {
            let others = protocol.rules().iter().filter(|other| {
                fired.contains(other.id.as_str())
                    && sets(other, facet)
                    && pairs.contains(&(other.id.to_string(), id.clone()))
            });
            others.map(|other| other.id.to_string()).collect()
        };
        let mut here = judged.iter().filter(|one| one.fired.contains(&id)).peekable();
        if here.peek().is_none() {
            continue;
        }
        let mut everywhere: BTreeSet<String> =
            protocol.rules().iter().map(|rule| rule.id.to_string()).collect();
        let is_shadowed = here.all(|one| {
            rule.set.facets().iter().all(|facet| {
                let silencers = over(&one.fired, facet);
                everywhere = everywhere.intersection(&silencers).cloned().collect();
                !silencers.is_empty()
            })
        });
        if is_shadowed {
            let code = if everywhere.is_empty() { "P012" } else { "P011" };
            found.insert((code, vec![id], None));
        }
    }
}

fn decided(judged: &[Judged<'_>], found: &mut BTreeSet<Found>) {
    for Judged { message, decision, .. } in judged {
        for conflict in &decision.conflicts {
            let sides: Vec<_> = conflict.values.values().collect();
            for (at, one) in sides.iter().enumerate() {
                for (a, b) in sides
                    .iter()
                    .skip(at + 1)
                    .flat_map(|other| one.iter().flat_map(|a| other.iter().map(move |b| (a, b))))
                {
                    let mut pair = vec![a.to_string(), b.to_string()];
                    pair.sort();
                    found.insert(("P020", pair, Facet::parse(&conflict.facet)));
                }
            }
        }
        for gap in &decision.gaps {
            found.insert(("P030", Vec::new(), Facet::parse(gap)));
        }
        if message.complaint && decision.facets.incentive.is_some() {
            for rule in decision.by.get("incentive").into_iter().flatten() {
                found.insert(("P050", vec![rule.to_string()], Some(Facet::Incentive)));
            }
        }
        if message.personal_data && decision.facets.visibility == Some(ReplyVisibility::Public) {
            found.insert(("P052", Vec::new(), Some(Facet::Visibility)));
        }
    }
}

fn influence(judged: &[Judged<'_>], found: &mut BTreeSet<Found>) {
    let mut alike: BTreeMap<(&str, &BTreeSet<Field>), Vec<&Decision>> = BTreeMap::new();
    for one in judged.iter().filter(|one| one.message.influence) {
        alike.entry((&one.message.rest, &one.message.unknown)).or_default().push(&one.decision);
    }
    for decisions in alike.values() {
        for facet in Facet::ALL {
            let first = decisions.first().map(|decision| outcome(decision, *facet));
            if decisions.iter().any(|decision| Some(outcome(decision, *facet)) != first) {
                found.insert(("P080", Vec::new(), Some(*facet)));
            }
        }
    }
}

fn redundant(source: &str, protocol: &Protocol, judged: &[Judged<'_>], found: &mut BTreeSet<Found>) {
    let rules = protocol.rules();
    // What is true, and what is not false.
    let probes = [probe_with(protocol, OnUnknown::Skip), probe_with(protocol, OnUnknown::Fire)];
    let holding: Vec<[BTreeSet<String>; 2]> = judged
        .iter()
        .map(|one| probes.each_ref().map(|probe| probe.decide_given(&one.message.given).facets.tags))
        .collect();
    let hold_together =
        |one: &str, other: &str| holding.iter().flatten().all(|ids| ids.contains(one) == ids.contains(other));
    for rule in rules.iter().filter(|rule| !rule.shadow) {
        let id = rule.id.as_str();
        let on_unknown = |rule: &Rule| rule.on_unknown.unwrap_or(protocol.on_unknown());
        let is_twin = |other: &&Rule| {
            other.id != rule.id
                && (&other.set, other.shadow, other.from, other.to)
                    == (&rule.set, rule.shadow, rule.from, rule.to)
                && on_unknown(other) == on_unknown(rule)
                && (other.when == rule.when || hold_together(id, other.id.as_str()))
        };
        let told =
            ["P003", "P011", "P012"].iter().any(|code| found.contains(&(code, vec![id.to_owned()], None)));
        let mut kept = overrides(rules, None);
        kept.retain(|(by, silent)| by != id && silent != id);
        let links = kept != overrides(rules, Some(id));
        if told
            || links
            || rules.iter().any(|other| is_twin(&other))
            || !judged.iter().any(|one| one.fired.contains(id))
        {
            continue;
        }
        let router = without(source, id);
        let same = judged.iter().all(|one| {
            // Where it neither fires nor asks for review it makes no difference.
            let review = one.decision.review.iter().any(|rule| rule.as_str() == id);
            if !one.fired.contains(id) {
                return !review;
            }
            let other = router.decide_given(&one.message.given);
            let sides = |decision: &Decision| -> Vec<(String, Vec<String>)> {
                let sides = decision.conflicts.iter();
                sides.map(|one| (one.facet.clone(), one.values.keys().cloned().collect())).collect()
            };
            other.facets == one.decision.facets
                && sides(&other) == sides(&one.decision)
                && other.gaps == one.decision.gaps
                && other.review == one.decision.review
        });
        if same {
            found.insert(("P021", vec![id.to_owned()], None));
        }
    }
}
