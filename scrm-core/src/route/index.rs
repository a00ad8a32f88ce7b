//! Which rules can hold at all? Those of which something that a message makes true was asked.
//!
//! A rule whose parts must all hold is found by the two of its parts that are likely the rarest: as long as at most one
//! part is missing, one of the two is there, so that rules which nearly hold are found as well.

use super::compile::{Node, Pool};
use super::condition::{Atom, Field, Kind, Quantity};

/// Rules by the atoms that lead to them.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// By atom, the places of rules.
    leads: Vec<Vec<u32>>,
    /// By atom, the places of rules of which it leads the rarest part: enough to find those that hold.
    rarest: Vec<Vec<u32>>,
    /// Rules that are asked of every message.
    always: Vec<u32>,
    /// Rules that may nearly hold without any of their leads: how many parts hold then, and the place; most parts first.
    weak: Vec<(usize, u32)>,
}

/// Atoms of which one must not be false, and about how often that is so.
struct Lead {
    atoms: Vec<usize>,
    often: f64,
    /// Whether it is a part of a rule by itself.
    single: bool,
}

impl Index {
    /// Of the conditions of rules, in the order of their places.
    pub(super) fn new<'a>(pool: &Pool, rules: impl Iterator<Item = &'a Node>) -> Self {
        let often = frequencies(pool);
        let none = vec![Vec::new(); often.len()];
        let mut index = Self { leads: none.clone(), rarest: none, ..Self::default() };
        for (place, when) in (0..).zip(rules) {
            index.insert(place, when, &often);
        }
        index.weak.sort_by(|(a, x), (b, y)| b.cmp(a).then(x.cmp(y)));
        index
    }

    fn insert(&mut self, place: u32, when: &Node, often: &[Option<f64>]) {
        let Node::All(parts) = when else {
            match lead(when, often) {
                Some(lead) => {
                    post(&mut self.leads, place, &lead);
                    post(&mut self.rarest, place, &lead);
                }
                None => self.always.push(place),
            }
            return;
        };
        let mut leads: Vec<Lead> = parts.iter().filter_map(|part| lead(part, often)).collect();
        leads.sort_by(|a, b| a.often.total_cmp(&b.often));
        match leads.as_slice() {
            [] => self.always.push(place),
            [only] => {
                post(&mut self.leads, place, only);
                post(&mut self.rarest, place, only);
                if only.single && parts.len() > 1 {
                    self.weak.push((parts.len() - 1, place));
                }
            }
            [first, second, ..] => {
                post(&mut self.leads, place, first);
                post(&mut self.leads, place, second);
                post(&mut self.rarest, place, first);
            }
        }
    }

    /// The places of all rules that may hold, may be unknown, or nearly hold for a part that leads to them, in order.
    pub(super) fn candidates(&self, touched: &[u32]) -> Vec<u32> {
        self.places(&self.leads, touched)
    }

    /// The places of all rules that may hold or be unknown, in order; fewer than the [`candidates`](Self::candidates).
    pub(super) fn holding(&self, touched: &[u32]) -> Vec<u32> {
        self.places(&self.rarest, touched)
    }

    fn places(&self, by: &[Vec<u32>], touched: &[u32]) -> Vec<u32> {
        let mut places = self.always.clone();
        for atom in touched {
            places.extend(by.get(*atom as usize).into_iter().flatten());
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Rules that may nearly hold besides: how many of their parts hold then, and the place; most parts first.
    pub(super) fn weak(&self) -> impl Iterator<Item = (usize, usize)> {
        self.weak.iter().map(|(held, place)| (*held, *place as usize))
    }
}

fn post(by: &mut [Vec<u32>], place: u32, lead: &Lead) {
    for atom in &lead.atoms {
        if let Some(places) = by.get_mut(*atom)
            && places.last() != Some(&place)
        {
            places.push(place);
        }
    }
}

/// The atoms of which one must not be false when a condition is not; the rarest where there is a choice.
fn lead(node: &Node, often: &[Option<f64>]) -> Option<Lead> {
    match node {
        Node::Atom(atom) => {
            let often = often.get(*atom).copied().flatten()?;
            Some(Lead { atoms: vec![*atom], often, single: true })
        }
        Node::All(parts) => parts
            .iter()
            .filter_map(|part| lead(part, often))
            .min_by(|a, b| a.often.total_cmp(&b.often))
            .map(|lead| Lead { single: false, ..lead }),
        Node::Any(parts) => {
            let leads: Vec<Lead> = parts.iter().map(|part| lead(part, often)).collect::<Option<_>>()?;
            let often = leads.iter().map(|lead| lead.often).sum();
            let atoms = leads.into_iter().flat_map(|lead| lead.atoms).collect();
            Some(Lead { atoms, often, single: false })
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
