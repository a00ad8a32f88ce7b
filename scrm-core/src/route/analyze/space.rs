//! Along which axes do messages differ? One axis for each thing that conditions ask for, cut where they cut it.
//!
//! Read [`Space`] first. The facts of each cell are facts that the ordinary evaluator reads, so that no atom has a
//! second meaning here. An atom that has no axis of its own becomes one that may be true, false or unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::bits::Bits;
use super::domain::{Domain, another, conditions, names_of};
use super::numbers::{Stretch, samples};
use super::region::Universe;
use super::words::{self, Words};
use super::{relations, time};
use crate::calendar::Calendars;
use crate::model::MessageType;
use crate::route::condition::{Atom, Field, Kind, Quantity, Values};
use crate::route::facet::AskedVisibility;
use crate::route::protocol::{Axes, Protocol};

/// Up to so many times of day are told apart; of more, nothing is known but that they are asked for.
const MOST_MINUTES: usize = 200;

/// What an axis is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The name that a field has.
    One(Field),
    /// A number.
    Number(Quantity),
    /// Whether the text holds personal data.
    PersonalData,
    /// When it is.
    Time,
    /// Whether a set is known that has no first member.
    Set(Field),
    /// Whether a name is in a set.
    Member(Field, Arc<str>),
    /// Whether a topic or one below it is among the topics.
    Below(Arc<str>),
    /// Whether these characters stand in the text.
    Part(Arc<str>),
    /// Whether a regular expression matches in the text.
    Regex(Arc<str>),
    /// An atom by its text, which nothing more is known of.
    Opaque(String),
}

/// The cells of an axis. The last cell of one that may be unknown is *unknown*.
#[derive(Debug, Clone)]
pub(super) enum Cells {
    /// Names, then none at all (an empty set), then unknown.
    Names(Vec<String>),
    /// Numbers, then unknown.
    Numbers(Vec<Stretch>),
    /// No, yes, unknown.
    Answer,
    /// No, yes.
    Flag,
    /// Known, unknown.
    Known,
    /// Instants.
    Times(Vec<DateTime<Utc>>),
}

/// One axis.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) key: Key,
    pub(super) cells: Cells,
}

impl Axis {
    pub(super) fn len(&self) -> usize {
        match &self.cells {
            Cells::Names(names) => names.len() + 2,
            Cells::Numbers(numbers) => numbers.len() + 1,
            Cells::Answer => 3,
            Cells::Flag | Cells::Known => 2,
            Cells::Times(times) => times.len(),
        }
    }

    /// The cell that says that it is unknown.
    pub(super) fn unknown(&self) -> Option<usize> {
        match self.cells {
            Cells::Flag | Cells::Times(_) => None,
            _ => Some(self.len().saturating_sub(1)),
        }
    }

    /// The cell that says that a set is known and empty.
    pub(super) fn nothing(&self) -> Option<usize> {
        match &self.cells {
            Cells::Names(names) => Some(names.len()),
            _ => None,
        }
    }

    /// These cells of it.
    pub(super) fn bits(&self, test: impl FnMut(usize) -> bool) -> Bits {
        Bits::of(self.len(), test)
    }
}

/// Every axis of a protocol, with what is known of one from others.
#[derive(Debug)]
pub(super) struct Space {
    pub(super) axes: Vec<Axis>,
    places: BTreeMap<Key, usize>,
    pub(super) topics: BTreeSet<String>,
    /// Whether conditions ask for the first brand; if not, no brand is as good as another.
    asks_brand: bool,
    /// The sets that conditions ask for.
    asked: BTreeSet<Field>,
    pub(super) calendars: Calendars,
    /// What conditions look for in the text.
    pub(super) words: Words,
    /// Atoms that ask what changed, by their text.
    changes: BTreeMap<String, Atom>,
}

impl Space {
    /// The axes of a protocol.
    pub(super) fn of(protocol: &Protocol, domain: &Domain, calendars: &Calendars) -> Self {
        let mut asked = Asked::of(protocol, calendars);
        let mut space = Self {
            axes: Vec::new(),
            places: BTreeMap::new(),
            topics: domain.topics.clone(),
            asks_brand: asked.brand,
            asked: asked.sets.clone(),
            calendars: calendars.clone(),
            words: Words::default(),
            changes: std::mem::take(&mut asked.changes),
        };
        for (field, names) in &asked.names {
            space.add(Key::One(field.clone()), Cells::Names(values(field, names, domain)));
        }
        for (quantity, constants) in &asked.numbers {
            space.add(Key::Number(quantity.clone()), Cells::Numbers(samples(quantity, constants)));
        }
        if asked.personal_data {
            space.add(Key::PersonalData, Cells::Answer);
        }
        let dated = protocol.rules().iter().any(|rule| rule.from.is_some() || rule.to.is_some());
        if dated || asked.weekdays || asked.times || !asked.hours.is_empty() {
            let told = time::Told { hours: &asked.hours, weekdays: asked.weekdays, minutes: &asked.minutes };
            let times = time::instants(protocol, calendars, domain.day, &told);
            space.add(Key::Time, Cells::Times(times));
        }
        for key in asked.sets.iter().map(|set| host(set.clone())) {
            if matches!(key, Key::Set(_)) {
                space.add(key, Cells::Known);
            }
        }
        for (field, name) in &asked.members {
            space.add(Key::Member(field.clone(), Arc::clone(name)), Cells::Flag);
        }
        for topic in &asked.below {
            space.add(Key::Below(Arc::clone(topic)), Cells::Flag);
        }
        for key in
            asked.texts.iter().flat_map(|(_, atom)| words::asked(atom).into_iter().flat_map(|(keys, _)| keys))
        {
            if !space.places.contains_key(&key) {
                space.add(key, Cells::Flag);
            }
        }
        for text in asked.opaque {
            space.add(Key::Opaque(text), Cells::Answer);
        }
        space.words = Words::of(&space.axes, asked.texts);
        space
    }

    fn add(&mut self, key: Key, cells: Cells) {
        self.places.insert(key.clone(), self.axes.len());
        self.axes.push(Axis { key, cells });
    }

    /// The place of an axis, and the axis.
    pub(super) fn axis(&self, key: &Key) -> Option<(usize, &Axis)> {
        let place = *self.places.get(key)?;
        Some((place, self.axes.get(place)?))
    }

    /// The axis that says whether a set is known.
    pub(super) fn host(&self, set: &Field) -> Option<(usize, &Axis)> {
        self.axis(&host(set.clone()))
    }

    /// What is possible; `unknown` says of an axis whether it may be unknown.
    pub(super) fn universe(&self, thresholds: &Axes, unknown: impl Fn(&Axis) -> bool) -> Universe {
        let allowed = self.axes.iter().map(|axis| {
            let known = |cell: usize| Some(cell) != axis.unknown() || unknown(axis);
            let nothing = match axis.key {
                // A message of no brand is an ordinary one; of no issue, its issue is unknown.
                Key::One(Field::Brand) => !self.asks_brand || unknown(axis),
                Key::One(Field::Issue) => unknown(axis) && self.asks(&Field::Topics),
                _ => false,
            };
            axis.bits(|cell| known(cell) && (Some(cell) != axis.nothing() || nothing))
        });
        let mut universe = Universe { allowed: allowed.collect(), forbidden: Vec::new() };
        let forbidden = relations::forbidden(self, thresholds);
        universe.forbidden = forbidden.iter().filter_map(|region| universe.mask(region)).collect();
        universe
    }

    /// The atoms that ask what changed: their texts, the fields, and from what to what.
    pub(super) fn changes(&self) -> impl Iterator<Item = (&str, &Field, Option<(&str, &str)>)> {
        self.changes.iter().filter_map(|(text, atom)| match atom {
            Atom::Changed(field, values) => {
                Some((text.as_str(), field, values.as_ref().map(|(from, to)| (&**from, &**to))))
            }
            _ => None,
        })
    }

    /// The sets that conditions ask for.
    pub(super) fn sets(&self) -> impl Iterator<Item = &Field> {
        self.asked.iter()
    }

    /// Whether conditions ask for a set.
    pub(super) fn asks(&self, set: &Field) -> bool {
        self.asked.contains(set)
    }
}

/// The axis that says whether a set is known: that of its first member, or one of its own.
fn host(set: Field) -> Key {
    match set {
        Field::Types => Key::One(Field::Type),
        Field::Topics => Key::One(Field::Issue),
        Field::Brands => Key::One(Field::Brand),
        _ => Key::Set(set),
    }
}

/// The names that a field can have here.
fn values(field: &Field, named: &BTreeSet<String>, domain: &Domain) -> Vec<String> {
    let Kind::One(values) = field.kind() else { return Vec::new() };
    if let Some(closed) = field.terms() {
        return closed.into_iter().map(str::to_owned).collect();
    }
    let known = match values {
        Values::Topics => &domain.topics,
        Values::Brands => &domain.brands,
        _ => &BTreeSet::new(),
    };
    if !known.is_empty() {
        return known.iter().cloned().collect();
    }
    named.iter().cloned().chain([another(named)]).collect()
}

/// What a protocol asks for.
#[derive(Default)]
struct Asked<'a> {
    names: BTreeMap<Field, BTreeSet<String>>,
    numbers: BTreeMap<Quantity, Vec<f64>>,
    sets: BTreeSet<Field>,
    members: BTreeSet<(Field, Arc<str>)>,
    below: BTreeSet<Arc<str>>,
    hours: BTreeSet<&'a str>,
    /// Times of day, in minutes, at which an answer may change.
    minutes: BTreeSet<u16>,
    /// Atoms that look for words, by their text.
    texts: BTreeMap<String, Atom>,
    changes: BTreeMap<String, Atom>,
    opaque: BTreeSet<String>,
    weekdays: bool,
    times: bool,
    personal_data: bool,
    brand: bool,
}

impl<'a> Asked<'a> {
    fn of(protocol: &'a Protocol, calendars: &Calendars) -> Self {
        let mut asked = Self::default();
        for condition in conditions(protocol) {
            condition.atoms(&mut |atom| asked.atom(atom, calendars));
        }
        for set in protocol.rules().iter().map(|rule| &rule.set) {
            // What a finding needs, whether a condition asks for it or not.
            if set.visibility == Some(AskedVisibility::AsAsked) {
                asked.names.entry(Field::Seen).or_default();
            }
            asked.personal_data |= set.visibility.is_some();
            if set.visibility.is_some() && !protocol.vocabulary().sensitive.is_empty() {
                asked.names.entry(Field::Issue).or_default();
            }
            if set.incentive.is_some() {
                asked.set(Field::Types);
                asked.members.insert((Field::Types, MessageType::Complaint.as_str().into()));
            }
        }
        if asked.minutes.len() > MOST_MINUTES {
            asked.minutes.clear();
            asked.times = false;
            for condition in conditions(protocol) {
                condition.atoms(&mut |atom| {
                    if matches!(atom, Atom::LocalTime(..)) {
                        asked.opaque.insert(atom.to_string());
                    }
                });
            }
        }
        for (quantity, constants) in &mut asked.numbers {
            // An axis that is not sure enough is unknown.
            if let Quantity::Confidence(axis) = quantity {
                constants.push(relations::threshold(protocol.axes(), *axis));
            }
        }
        asked
    }

    fn atom(&mut self, atom: &'a Atom, calendars: &Calendars) {
        self.brand |= *atom == Atom::Known(Field::Brand)
            || names_of(atom).iter().any(|(field, _)| *field == Field::Brand);
        match atom {
            other if words::asked(other).is_some() => {
                self.set(Field::Text);
                self.texts.insert(other.to_string(), other.clone());
            }
            Atom::Known(Field::Text) => self.set(Field::Text),
            Atom::LocalTime(from, to) => {
                self.times = true;
                self.minutes.extend([from.minutes(), to.minutes()]);
            }
            Atom::HasAny(field, names) | Atom::HasAll(field, names) => {
                self.set(field.clone());
                self.members.extend(names.iter().map(|name| (field.clone(), Arc::clone(name))));
            }
            Atom::Under(field, topic) if matches!(field.kind(), Kind::Set(_)) => {
                self.set(field.clone());
                self.below.insert(Arc::clone(topic));
            }
            Atom::Is(Field::Weekday, _) | Atom::IsNot(Field::Weekday, _) | Atom::In(Field::Weekday, _) => {
                self.weekdays = true;
            }
            Atom::Is(..) | Atom::IsNot(..) | Atom::In(..) | Atom::Under(..) => {
                for (field, name) in names_of(atom) {
                    self.names.entry(field).or_default().insert(name.to_owned());
                }
            }
            Atom::Compare(quantity, _, number) => {
                self.numbers.entry(quantity.clone()).or_default().push(*number);
            }
            Atom::Between(quantity, low, high) => {
                self.numbers.entry(quantity.clone()).or_default().extend([low, high]);
            }
            Atom::PersonalData => self.personal_data = true,
            Atom::Known(Field::Weekday) => self.weekdays = true,
            Atom::Known(field) => match field.kind() {
                Kind::One(_) => _ = self.names.entry(field.clone()).or_default(),
                Kind::Set(_) => self.set(field.clone()),
                Kind::Number(..) => _ = self.numbers.entry(Quantity::Field(field.clone())).or_default(),
                Kind::Text => {}
            },
            Atom::InHours(calendar) if calendars.get(calendar).is_some() => {
                self.hours.insert(calendar);
            }
            other => {
                self.opaque.insert(other.to_string());
                if matches!(other, Atom::Changed(..)) {
                    self.changes.insert(other.to_string(), other.clone());
                }
            }
        }
    }

    fn set(&mut self, field: Field) {
        self.sets.insert(field.clone());
        if let Key::One(first) = host(field) {
            self.names.entry(first).or_default();
        }
    }
}
