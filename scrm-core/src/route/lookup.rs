//! What is true of a message? The atoms of all rules, found by the values that the message has.
//!
//! An atom that compares a name is found by that name, so what is false of a message costs nothing. What cannot be found
//! by a value is asked when a rule needs it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::condition::{Atom, Facts, Field, Kind, Quantity, Truth};

/// The atoms of a pool by what makes them true.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    names: Vec<ByName>,
    numbers: Vec<(Quantity, Vec<(u32, Atom)>)>,
}

/// The atoms that look at one field.
#[derive(Debug)]
struct ByName {
    field: Field,
    /// All of them.
    atoms: Vec<u32>,
    /// Those that a name answers.
    exact: HashMap<Arc<str>, Vec<(u32, Truth)>>,
    /// Those that a name at or below it answers.
    under: HashMap<Arc<str>, Vec<(u32, Truth)>>,
}

impl ByName {
    fn new(field: &Field) -> Self {
        Self { field: field.clone(), atoms: Vec::new(), exact: HashMap::new(), under: HashMap::new() }
    }

    fn visit(&self, name: &str, answer: &mut dyn FnMut(u32, Truth)) {
        let mut found = |answers: Option<&Vec<(u32, Truth)>>| {
            answers.into_iter().flatten().for_each(|(atom, truth)| answer(*atom, *truth));
        };
        found(self.exact.get(name));
        if self.under.is_empty() {
            return;
        }
        let ends = name.char_indices().filter(|(_, c)| *c == '.').map(|(at, _)| at).chain([name.len()]);
        for ancestor in ends.filter_map(|end| name.get(..end)) {
            found(self.under.get(ancestor));
        }
    }
}

/// What an atom makes of itself as soon as the message is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// It is false unless it was found.
    Found,
    /// It is true unless it was found.
    Spared,
    /// It has to be asked.
    Asked,
}

impl Lookup {
    /// Of the atoms of a pool, in their order.
    pub(super) fn new<'a>(atoms: impl Iterator<Item = &'a Atom>) -> Self {
        let mut names: BTreeMap<Field, ByName> = BTreeMap::new();
        let mut numbers: BTreeMap<Quantity, Vec<(u32, Atom)>> = BTreeMap::new();
        for (number, atom) in (0..).zip(atoms) {
            let mut of = |field: &Field| {
                let by_name = names.entry(field.clone()).or_insert_with(|| ByName::new(field));
                by_name.atoms.push(number);
            };
            match atom {
                Atom::HasAny(Field::Text, _) => {}
                Atom::Is(field, _)
                | Atom::IsNot(field, _)
                | Atom::In(field, _)
                | Atom::Under(field, _)
                | Atom::HasAny(field, _) => of(field),
                Atom::Compare(quantity, ..) | Atom::Between(quantity, ..) => {
                    numbers.entry(quantity.clone()).or_default().push((number, atom.clone()));
                }
                _ => {}
            }
            let mut at = |field: &Field, name: &Arc<str>, truth: Truth, under: bool| {
                let Some(by_name) = names.get_mut(field) else { return };
                let map = if under { &mut by_name.under } else { &mut by_name.exact };
                map.entry(name.clone()).or_default().push((number, truth));
            };
            match atom {
                Atom::HasAny(Field::Text, _) => {}
                Atom::Is(field, name) => at(field, name, Truth::True, false),
                Atom::IsNot(field, name) => at(field, name, Truth::False, false),
                Atom::In(field, row) | Atom::HasAny(field, row) => {
                    row.iter().for_each(|name| at(field, name, Truth::True, false));
                }
                Atom::Under(field, name) => at(field, name, Truth::True, true),
                _ => {}
            }
        }
        Self { names: names.into_values().collect(), numbers: numbers.into_iter().collect() }
    }

    /// What becomes of an atom.
    pub(super) fn sort(atom: &Atom) -> Sort {
        match atom {
            Atom::HasAny(Field::Text, _) => Sort::Asked,
            Atom::Is(..) | Atom::In(..) | Atom::Under(..) | Atom::HasAny(..) => Sort::Found,
            Atom::Compare(..) | Atom::Between(..) => Sort::Found,
            Atom::IsNot(..) => Sort::Spared,
            _ => Sort::Asked,
        }
    }

    /// Calls `answer` with each atom that is found to be otherwise than its sort says: with false for one that would be
    /// spared, with true or unknown for the others. May come more than once for one atom.
    pub(super) fn answer<F: Facts>(&self, facts: &F, answer: &mut dyn FnMut(u32, Truth)) {
        for by_name in &self.names {
            let known = match by_name.field.kind() {
                Kind::One(_) => facts.name(&by_name.field).map(|name| by_name.visit(name, answer)).is_some(),
                _ => facts.names(&by_name.field, &mut |name| by_name.visit(name, answer)),
            };
            if !known {
                by_name.atoms.iter().for_each(|atom| answer(*atom, Truth::Unknown));
            }
        }
        for (quantity, atoms) in &self.numbers {
            let number = facts.number(quantity);
            for (place, atom) in atoms {
                let truth = number.map_or(Truth::Unknown, |range| atom.of_number(range));
                if truth != Truth::False {
                    answer(*place, truth);
                }
            }
        }
    }
}
