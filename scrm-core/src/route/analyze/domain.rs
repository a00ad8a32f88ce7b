//! Of which messages is it asked? The values that each field can have, whether it may be unknown, and the day.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::route::condition::{Atom, Field, Kind, Values};
use crate::route::protocol::Protocol;
use crate::route::{Condition, Vocabulary};

/// The messages that an analysis is about.
///
/// Types, visibilities and other terms are those of the model. Topics and brands are those of the playbook, or else
/// those that the protocol names, with the parents of topics and one name that stands for every other. Sources,
/// channels, languages and countries are those that conditions name, and one other.
///
/// Every field has a value unless [`with_unknown`](Self::with_unknown) says otherwise, and without a day the rules
/// that are in force on different days never meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    pub(super) topics: BTreeSet<String>,
    pub(super) brands: BTreeSet<String>,
    pub(super) unknown: bool,
    pub(super) day: Option<NaiveDate>,
}

impl Domain {
    /// What a protocol may meet, with the names of its playbook.
    pub fn of(protocol: &Protocol, vocabulary: &Vocabulary) -> Self {
        let named = |wanted: Values, known: &BTreeSet<String>| {
            if !known.is_empty() {
                return known.clone();
            }
            let mut names = names_in(protocol, wanted);
            if !names.is_empty() {
                names.insert(another(&names));
            }
            names
        };
        let topics = named(Values::Topics, &vocabulary.topics);
        let topics = topics.iter().flat_map(|topic| with_parents(topic)).map(str::to_owned).collect();
        let brands = named(Values::Brands, &vocabulary.brands);
        Self { topics, brands, unknown: false, day: None }
    }

    /// The same in which any field may be unknown. The time never is.
    #[must_use]
    pub fn with_unknown(self) -> Self {
        Self { unknown: true, ..self }
    }

    /// The same on one day, on which rules that are not in force decide nothing.
    #[must_use]
    pub fn on(self, day: NaiveDate) -> Self {
        Self { day: Some(day), ..self }
    }

    /// Whether fields may be unknown.
    pub fn has_unknown(&self) -> bool {
        self.unknown
    }

    /// The day it is asked for.
    pub fn day(&self) -> Option<NaiveDate> {
        self.day
    }
}

/// Every condition of a protocol.
pub(super) fn conditions(protocol: &Protocol) -> impl Iterator<Item = &Condition> {
    let never = protocol.incentives().values().filter_map(|incentive| incentive.never_if.as_ref());
    protocol.rules().iter().map(|rule| &rule.when).chain(never)
}

fn names_in(protocol: &Protocol, wanted: Values) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for condition in conditions(protocol) {
        condition.atoms(&mut |atom| {
            for (field, name) in names_of(atom) {
                let (Kind::One(values) | Kind::Set(values)) = field.kind() else { continue };
                if values == wanted {
                    names.insert(name.to_owned());
                }
            }
        });
    }
    names
}

/// The names that an atom asks for, with the field.
pub(super) fn names_of(atom: &Atom) -> Vec<(Field, &str)> {
    match atom {
        Atom::Is(field, name) | Atom::IsNot(field, name) | Atom::Under(field, name) => {
            vec![(field.clone(), name)]
        }
        Atom::In(field, names) | Atom::HasAny(field, names) | Atom::HasAll(field, names) => {
            names.iter().map(|name| (field.clone(), &**name)).collect()
        }
        _ => Vec::new(),
    }
}

/// A name that stands for all that are not named.
pub(super) fn another(names: &BTreeSet<String>) -> String {
    let mut name = "other".to_owned();
    while names.contains(&name) {
        name.push_str("-other");
    }
    name
}

fn with_parents(topic: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(topic), |topic| topic.rsplit_once('.').map(|(parent, _)| parent))
}
