//! What is there to analyse? The rules that are in force as boxes, and what they say together at a point.

use super::bits::Bits;
use super::conditions::{Want, facts, meet, regions};
use super::domain::Domain;
use super::region::{Point, Region, Universe};
use super::relations::one_under;
use super::search::Steps;
use super::space::{Axis, Cells, Key, Space};
use crate::calendar::Calendars;
use crate::model::{Change, Decision, Facets};
use crate::route::condition::{Atom, Condition, Counter, Field, Quantity, Truth};
use crate::route::facet::{Facet, FacetSet};
use crate::route::merge::{Merged, Offer, merge};
use crate::route::protocol::{OnUnknown, Protocol, Rule};
use crate::route::{Given, Router};

/// A rule that is in force, and where it fires.
#[derive(Debug)]
pub(super) struct Active<'a> {
    /// Its place in the protocol.
    pub(super) place: usize,
    pub(super) rule: &'a Rule,
    pub(super) facets: FacetSet,
    pub(super) regions: Vec<Region>,
}

/// Everything that findings look at.
pub(super) struct Model<'a> {
    pub(super) protocol: &'a Protocol,
    pub(super) router: Router,
    pub(super) space: Space,
    pub(super) universe: Universe,
    /// Rules that decide, in the order of their ids.
    pub(super) active: Vec<Active<'a>>,
    /// Rules whose conditions are too many boxes.
    pub(super) too_large: Vec<&'a Rule>,
    /// Incentives that are withheld somewhere, and where.
    pub(super) never: Vec<(&'a str, Vec<Region>)>,
    /// Where strangers can see the message.
    pub(super) open: Vec<Region>,
    pub(super) unknown: bool,
    pub(super) day: Option<chrono::NaiveDate>,
    pub(super) steps: Steps,
}

/// What is said of one facet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) value: Option<String>,
    /// The values that rules disagree on.
    pub(super) conflict: Vec<String>,
    /// Whether a rule set it; noted of mandatory facets alone.
    pub(super) is_set: bool,
    /// Places of the rules that it is owed to.
    pub(super) by: Vec<String>,
}

impl Outcome {
    /// Whether the same is decided, whoever said so.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (&self.value, &self.conflict, self.is_set) == (&other.value, &other.conflict, other.is_set)
    }
}

impl<'a> Model<'a> {
    pub(super) fn of(protocol: &'a Protocol, domain: &Domain, calendars: &Calendars, steps: Steps) -> Self {
        let space = Space::of(protocol, domain, calendars);
        let universe = space.universe(protocol.axes(), |_| domain.unknown);
        let mut model = Self {
            protocol,
            router: Router::compile(protocol.clone(), calendars.clone()),
            active: Vec::new(),
            too_large: Vec::new(),
            never: Vec::new(),
            open: Vec::new(),
            unknown: domain.unknown,
            day: domain.day,
            space,
            universe,
            steps,
        };
        for (place, rule) in protocol.rules().iter().enumerate() {
            if rule.shadow || domain.day.is_some_and(|day| !rule.is_in_force(day)) {
                continue;
            }
            match model.fires(rule) {
                Some(regions) => {
                    model.active.push(Active { place, rule, facets: rule.set.facets(), regions });
                }
                None => model.too_large.push(rule),
            }
        }
        for incentive in protocol.incentives().values() {
            let Some(condition) = &incentive.never_if else { continue };
            let regions = regions(&model.space, condition, Want::NotFalse).unwrap_or_default();
            model.never.push((&incentive.id, model.mask(&regions)));
        }
        model.open = model.seen_by_strangers();
        model
    }

    fn seen_by_strangers(&self) -> Vec<Region> {
        let Some((place, axis)) = self.space.axis(&Key::One(Field::Seen)) else { return Vec::new() };
        let Cells::Names(names) = &axis.cells else { return Vec::new() };
        let open = |cell: usize| names.get(cell).is_some_and(|name| name == "public" || name == "unlisted");
        self.mask(&[Region::on(place, axis.bits(open))])
    }

    /// The parts of boxes that are possible.
    pub(super) fn mask(&self, regions: &[Region]) -> Vec<Region> {
        regions.iter().filter_map(|region| self.universe.mask(region)).collect()
    }

    /// Where a rule fires, on the days on which it is in force; `None` when that is too many boxes.
    fn fires(&self, rule: &Rule) -> Option<Vec<Region>> {
        let on_unknown = rule.on_unknown.unwrap_or(self.protocol.on_unknown());
        let want = if on_unknown == OnUnknown::Fire { Want::NotFalse } else { Want::True };
        let fires = regions(&self.space, &rule.when, want)?;
        Some(self.mask(&meet(&fires, &self.in_force(rule))?))
    }

    /// Where a rule is unknown.
    pub(super) fn unknown_of(&self, rule: &Rule) -> Option<Vec<Region>> {
        let open = meet(
            &regions(&self.space, &rule.when, Want::NotFalse)?,
            &regions(&self.space, &rule.when, Want::NotTrue)?,
        )?;
        Some(self.mask(&meet(&open, &self.in_force(rule))?))
    }

    fn in_force(&self, rule: &Rule) -> Vec<Region> {
        let dated = rule.from.is_some() || rule.to.is_some();
        let axis = self.space.axis(&Key::Time).filter(|_| dated);
        let Some((place, axis)) = axis else { return vec![Region::default()] };
        let Cells::Times(times) = &axis.cells else { return Vec::new() };
        let zone = self.space.calendars.default_calendar();
        let days = axis.bits(|cell| times.get(cell).is_some_and(|at| rule.is_in_force(zone.local_date(*at))));
        if days.is_empty() { Vec::new() } else { vec![Region::on(place, days)] }
    }

    /// The universe in which what a condition asks to be known may be unknown.
    pub(super) fn widened(&self, condition: &Condition) -> Universe {
        let mut asked = Vec::new();
        condition.atoms(&mut |atom| match atom {
            Atom::Known(field) => {
                asked.extend([
                    Key::One(field.clone()),
                    Key::Set(field.clone()),
                    Key::Number(Quantity::Field(field.clone())),
                ]);
            }
            Atom::Compare(Quantity::Confidence(axis), ..) | Atom::Between(Quantity::Confidence(axis), ..) => {
                let fields = Field::ALL.iter().filter(|field| field.axis() == Some(*axis));
                asked.extend(fields.flat_map(|field| {
                    [Key::One(field.clone()), Key::Number(Quantity::Field(field.clone()))]
                }));
            }
            _ => {}
        });
        // A set is known by its first member.
        for (set, first) in
            [(Field::Types, Field::Type), (Field::Topics, Field::Issue), (Field::Brands, Field::Brand)]
        {
            if asked.contains(&Key::One(set)) {
                asked.push(Key::One(first));
            }
        }
        // Of an issue that is unknown, the counts are unknown too.
        let issue = asked.contains(&Key::One(Field::Issue));
        let is_count = |key: &Key| matches!(key, Key::Number(Quantity::Count(Counter::Issue, _)));
        self.space.universe(self.protocol.axes(), |axis| {
            self.unknown || asked.contains(&axis.key) || (issue && is_count(&axis.key))
        })
    }

    /// Whether one rule that decides silences another, on the facets that it sets.
    pub(super) fn silences(&self, by: usize, silent: usize) -> bool {
        let (Some(by), Some(silent)) = (self.active.get(by), self.active.get(silent)) else { return false };
        let compiled = self.router.compiled().rules.get(by.place);
        by.place != silent.place && compiled.is_some_and(|rule| rule.silences.contains(silent.place))
    }

    /// The rules that silence one on a facet.
    pub(super) fn silencers(&self, silent: usize, facet: Facet) -> Vec<usize> {
        let all = self.setting(facet);
        all.into_iter().filter(|by| self.silences(*by, silent)).collect()
    }

    /// The rules that set a facet.
    pub(super) fn setting(&self, facet: Facet) -> Vec<usize> {
        let all = self.active.iter().enumerate();
        all.filter(|(_, active)| active.facets.contains(facet)).map(|(at, _)| at).collect()
    }

    /// The boxes of some rules.
    pub(super) fn rows(&self, rules: &[usize]) -> Vec<&Region> {
        rules.iter().filter_map(|at| self.active.get(*at)).flat_map(|active| &active.regions).collect()
    }

    /// The rules that fire at a point.
    pub(super) fn fired(&self, point: &Point) -> Vec<usize> {
        let holds = |active: &Active<'_>| active.regions.iter().any(|region| region.holds(point));
        self.active.iter().enumerate().filter(|(_, active)| holds(active)).map(|(at, _)| at).collect()
    }

    /// What some rules that fired say of a facet.
    pub(super) fn outcome(
        &self,
        facet: Facet,
        fired: &[usize],
        open: bool,
        withheld: impl Fn(&str) -> bool,
    ) -> Outcome {
        let says = |at: &&usize| self.active.get(**at).is_some_and(|active| active.facets.contains(facet));
        let saying: Vec<usize> = fired.iter().filter(says).copied().collect();
        let offer = |silent: &usize| {
            let active = self.active.get(*silent)?;
            let mut facets = FacetSet::default();
            if saying.iter().any(|by| self.silences(*by, *silent)) {
                facets.insert(facet);
            }
            Some(Offer { rule: &active.rule.id, set: &active.rule.set, silent: facets })
        };
        let offers: Vec<Offer<'_>> = saying.iter().filter_map(offer).collect();
        let mut outcome = self.of_merged(facet, &merge(&offers, open));
        if facet == Facet::Incentive && outcome.value.as_deref().is_some_and(withheld) {
            outcome.value = None;
            outcome.by.clear();
        }
        outcome
    }

    fn of_merged(&self, facet: Facet, merged: &Merged) -> Outcome {
        let conflicts = merged.conflicts.iter().filter(|conflict| conflict.facet == facet.as_str());
        Outcome {
            value: value(&merged.facets, facet),
            conflict: conflicts.flat_map(|conflict| conflict.values.keys().cloned()).collect(),
            is_set: self.protocol.mandatory().contains(&facet) && merged.set.contains(facet),
            by: merged.by.get(&facet).into_iter().flatten().map(ToString::to_string).collect(),
        }
    }

    /// What is said of a facet at a point.
    pub(super) fn outcome_at(&self, facet: Facet, point: &Point, fired: &[usize]) -> Outcome {
        let open = self.open.iter().any(|region| region.holds(point));
        self.outcome(facet, fired, open, |incentive| {
            let never = self.never.iter().filter(|(id, _)| *id == incentive);
            never.flat_map(|(_, regions)| regions).any(|region| region.holds(point))
        })
    }

    /// The facts at a point, and what is assumed besides.
    pub(super) fn witness(&self, point: &Point) -> Witness {
        let mut given = Given::default();
        let mut assumed = Vec::new();
        for (axis, cell) in self.space.axes.iter().zip(&point.0) {
            given = facts(axis, *cell, given);
            if let Key::Opaque(text) = &axis.key {
                assumed.push((
                    text.clone(),
                    [Truth::False, Truth::True].get(*cell).copied().unwrap_or(Truth::Unknown),
                ));
            }
        }
        for set in self.space.sets().filter(|set| **set != Field::Text) {
            if let Some(names) = self.set_at(set, point) {
                given = given.names(set.clone(), names);
            }
        }
        let text = self.space.host(&Field::Text);
        if text.is_some_and(|(place, axis)| point.0.get(place).copied() != axis.unknown()) {
            let said = self.space.words.say(|place| point.0.get(place) == Some(&1));
            given = given.text(said.text);
            assumed.extend(said.assumed);
        }
        if !assumed.is_empty() {
            given = self.changed(given, &mut assumed);
        }
        Witness { given, assumed }
    }

    /// The facts with what changed, where all of that is known; what is so by it need not be assumed.
    fn changed(&self, given: Given, assumed: &mut Vec<(String, Truth)>) -> Given {
        let asked: Vec<(&str, &Field, Option<(&str, &str)>)> = self.space.changes().collect();
        let truth = |text: &str| assumed.iter().find(|(known, _)| known == text).map(|(_, truth)| *truth);
        let is_known = |truth: Option<Truth>| matches!(truth, Some(Truth::True | Truth::False));
        if asked.is_empty() || !asked.iter().all(|(text, ..)| is_known(truth(text))) {
            return given;
        }
        let holds = asked.iter().filter(|(text, ..)| truth(text) == Some(Truth::True));
        let changes: Vec<Change> = holds
            .map(|(_, field, values)| Change {
                field: field.to_string(),
                from: values.map(|(from, _)| from.to_owned()),
                to: values.map(|(_, to)| to.to_owned()),
            })
            .collect();
        assumed.retain(|(text, truth)| {
            let atom = asked.iter().find(|(known, ..)| known == text);
            atom.is_none_or(|(_, field, values)| {
                Truth::from(crate::route::moment::changed(&changes, field, *values)) != *truth
            })
        });
        given.changes(changes)
    }

    /// What is in a set at a point; `None` when it is unknown or nobody asks.
    fn set_at(&self, set: &Field, point: &Point) -> Option<Vec<String>> {
        let (host_place, host) = self.space.host(set)?;
        let cell = *point.0.get(host_place)?;
        if Some(cell) == host.unknown() || !self.space.asks(set) {
            return None;
        }
        let mut names: Vec<String> = match &host.cells {
            Cells::Names(firsts) => firsts.get(cell).cloned().into_iter().collect(),
            _ => Vec::new(),
        };
        let is_in = |place: usize| point.0.get(place) == Some(&1);
        for (_, axis) in self.space.axes.iter().enumerate().filter(|(place, _)| is_in(*place)) {
            match &axis.key {
                Key::Member(field, name) if field == set => names.push(name.to_string()),
                Key::Below(topic) if *set == Field::Topics => {
                    names.extend(one_under(&self.space, topic, |place| !is_in(place)));
                }
                _ => {}
            }
        }
        names.sort();
        names.dedup();
        Some(names)
    }

    /// What the ordinary evaluator decides.
    pub(super) fn decide(&self, witness: &Witness) -> Decision {
        let assumed: Vec<(&str, Truth)> =
            witness.assumed.iter().map(|(text, truth)| (text.as_str(), *truth)).collect();
        self.router.decide_assuming(&witness.given, &assumed)
    }

    /// A point of a box at which as few as possible of the `rows` hold.
    pub(super) fn lonely(&self, start: &Region, rows: &[&Region]) -> Option<Point> {
        let mut region = start.clone();
        for row in rows {
            if region.is_disjoint(row) {
                continue;
            }
            let outside = row.parts().iter().find_map(|(axis, _)| {
                let (_, outside) = region.split(row, *axis, &self.universe);
                (!outside.is_empty()).then(|| region.with(*axis, outside))
            });
            region = outside.unwrap_or(region);
        }
        let point = self.universe.point(&region);
        self.universe.is_possible(&point).then_some(point)
    }

    /// The axis of influence, where it is known.
    pub(super) fn influence(&self) -> Option<(usize, &Axis, Bits)> {
        let (place, axis) = self.space.axis(&Key::Number(Quantity::Field(Field::Influence)))?;
        Some((place, axis, axis.bits(|cell| Some(cell) != axis.unknown())))
    }

    /// The ids of rules.
    pub(super) fn ids(&self, rules: &[usize]) -> Vec<String> {
        rules.iter().filter_map(|at| self.active.get(*at)).map(|active| active.rule.id.to_string()).collect()
    }
}

/// The facts of a message, and what is taken to be so.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Witness {
    pub(super) given: Given,
    pub(super) assumed: Vec<(String, Truth)>,
}

/// What is decided on a facet, as text.
pub(super) fn value(facets: &Facets, facet: Facet) -> Option<String> {
    crate::route::examples::values(facets)
        .into_iter()
        .find(|(known, _)| *known == facet)
        .map(|(_, value)| value)
}
