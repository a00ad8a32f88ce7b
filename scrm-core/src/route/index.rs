//! Which rules can hold at all? Those of which something that a message makes true was asked.
//!
//! A rule whose parts must all hold is found by the part that is likely the rarest. A rule that nearly holds, because that
//! very part is missing, is found by another of its parts; of these only the few best are wanted, so they are looked at
//! best first, and no further.

use std::cmp::Reverse;

use super::compile::{Node, Pool};
use super::condition::{Atom, Field, Kind, Quantity};

/// Rules by the atoms that lead to them.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// By atom, the places of rules that it leads to.
    leads: Vec<Vec<u32>>,
    /// By atom, the rules that may nearly hold when what leads to them is missing.
    near: Vec<Vec<Near>>,
    /// The same, of rules that no other atom tells of.
    weak: Vec<Near>,
    /// Rules that are asked of every message.
    always: Vec<u32>,
}

/// A rule that may nearly hold: how many of its parts hold then, and its place. The least is the best: most parts first,
/// then the first place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Near(Reverse<u32>, u32);

impl Near {
    pub(super) fn held(self) -> usize {
        self.0.0 as usize
    }

    pub(super) fn place(self) -> usize {
        self.1 as usize
    }
}

/// Atoms of which one must not be false, and about how often that is so.
struct Lead {
    atoms: Vec<usize>,
    often: f64,
}

impl Index {
    /// Of the conditions of rules, in the order of their places.
    pub(super) fn new<'a>(pool: &Pool, rules: impl Iterator<Item = &'a Node>) -> Self {
        let often = frequencies(pool);
        let (leads, near) = (vec![Vec::new(); often.len()], vec![Vec::new(); often.len()]);
        let mut index = Self { leads, near, ..Self::default() };
        for (place, when) in (0..).zip(rules) {
            index.insert(place, when, &often);
        }
        index.near.iter_mut().for_each(|rules| rules.sort_unstable());
        index.weak.sort_unstable();
        index
    }

    fn insert(&mut self, place: u32, when: &Node, often: &[Option<f64>]) {
        let Some(first) = lead(when, often) else {
            self.always.push(place);
            return;
        };
        for atom in &first.atoms {
            if let Some(places) = self.leads.get_mut(*atom)
                && places.last() != Some(&place)
            {
                places.push(place);
            }
        }
        let Node::All(parts) = when else { return };
        // Only a question or its contrary can be the one part that is missing.
        let missing = |part: &Node| matches!(part, Node::Atom(atom) if first.atoms == [*atom]);
        if parts.len() < 2 || !parts.iter().any(missing) {
            return;
        }
        let near = Near(Reverse(u32::try_from(parts.len() - 1).unwrap_or(u32::MAX)), place);
        let others = parts.iter().filter(|part| !missing(part)).filter_map(|part| lead(part, often));
        match others.min_by(|a, b| a.often.total_cmp(&b.often)) {
            None => self.weak.push(near),
            Some(second) => {
                for atom in &second.atoms {
                    self.near.get_mut(*atom).into_iter().for_each(|rules| rules.push(near));
                }
            }
        }
    }

    /// The places of all rules that may hold or be unknown, and of those that nearly hold for another part than the one
    /// that leads to them, in order.
    pub(super) fn candidates(&self, touched: &[u32]) -> Vec<u32> {
        let mut places = self.always.clone();
        for atom in touched {
            places.extend_from_slice(self.leads.get(*atom as usize).map_or(&[], Vec::as_slice));
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The rules that may nearly hold besides, best first; one may come more than once.
    pub(super) fn nearly<'i>(&'i self, touched: &[u32]) -> impl Iterator<Item = Near> + 'i {
        let lists = touched.iter().filter_map(|atom| self.near.get(*atom as usize));
        let lists = lists.chain([&self.weak]).filter(|list| !list.is_empty());
        let mut lists: Vec<&[Near]> = lists.map(Vec::as_slice).collect();
        std::iter::from_fn(move || {
            let best = lists.iter_mut().min_by_key(|list| list.first().copied().unwrap_or(Near::LAST))?;
            let (first, rest) = best.split_first()?;
            *best = rest;
            Some(*first)
        })
    }
}

impl Near {
    /// Behind all others.
    const LAST: Self = Self(Reverse(0), u32::MAX);
}

/// The atoms of which one must not be false when a condition is not; the rarest where there is a choice.
fn lead(node: &Node, often: &[Option<f64>]) -> Option<Lead> {
    match node {
        Node::Atom(atom) => {
            let often = often.get(*atom).copied().flatten()?;
            Some(Lead { atoms: vec![*atom], often })
        }
        Node::All(parts) => {
            parts.iter().filter_map(|part| lead(part, often)).min_by(|a, b| a.often.total_cmp(&b.often))
        }
        Node::Any(parts) => {
            let leads: Vec<Lead> = parts.iter().map(|part| lead(part, often)).collect::<Option<_>>()?;
            let often = leads.iter().map(|lead| lead.often).sum();
            let atoms = leads.into_iter().flat_map(|lead| lead.atoms).collect();
            Some(Lead { atoms, often })
        }
        Node::Not(_) => None,
    }
}

/// About how often each atom is not false; `None` of those that do not lead to rules. Only the order matters: an atom that
/// is taken for rarer than it is costs time and changes nothing.
fn frequencies(pool: &Pool) -> Vec<Option<f64>> {
    #[allow(clippy::cast_precision_loss, reason = "a rough measure")]
    let names = |count: usize| count as f64;
    let of = |atom: &Atom| match atom {
        Atom::Is(field, _) => likely(field),
        Atom::In(field, row) | Atom::HasAny(field, row) => likely(field) * names(row.len()),
        Atom::HasAll(..) => 0.02,
        Atom::Under(field, topic) => likely(field) * if topic.contains('.') { 2.0 } else { 6.0 },
        Atom::Compare(Quantity::Count(..) | Quantity::Rate(..), ..) => 0.2,
        Atom::Compare(..) | Atom::Between(..) => 0.5,
        _ => 0.05,
    };
    (0..pool.len())
        .map(|place| pool.get(place).filter(|_| pool.leads(place)).map(|(atom, _)| of(atom).min(1.0)))
        .collect()
}

/// About how often a message has one certain name of a field.
fn likely(field: &Field) -> f64 {
    match (field, field.kind()) {
        (Field::Text, _) => 0.01,
        (Field::Issue | Field::Topics | Field::Monitors, _) => 0.02,
        (Field::Seen | Field::Direction | Field::AuthorVerified, _) => 0.6,
        (_, Kind::One(_)) if field.terms().is_some() => 0.25,
        _ => 0.1,
    }
}
