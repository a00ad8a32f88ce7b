//! For which messages does a condition hold, or not? A union of boxes, by Kleene's rules.

use super::bits::Bits;
use super::region::Region;
use super::space::{Axis, Cells, Key, Space};
use super::words;
use crate::route::Given;
use crate::route::condition::{Atom, Condition, Field, Kind, Quantity, Truth};

/// How many boxes one condition may be.
pub(super) const MOST_REGIONS: usize = 4096;
/// Up to how many boxes it is tried which of them can be one.
const MOST_JOINED: usize = 192;

/// What is asked of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    True,
    False,
    NotFalse,
    NotTrue,
}

impl Want {
    /// What is asked of the inside of `not`.
    fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::NotFalse => Self::NotTrue,
            Self::NotTrue => Self::NotFalse,
        }
    }

    /// Whether all parts of an `and` must be so, rather than one.
    fn needs_all_of_and(self) -> bool {
        matches!(self, Self::True | Self::NotFalse)
    }

    fn admits(self, truth: Truth) -> bool {
        match self {
            Self::True => truth == Truth::True,
            Self::False => truth == Truth::False,
            Self::NotFalse => truth != Truth::False,
            Self::NotTrue => truth != Truth::True,
        }
    }
}

/// The boxes in which a condition is what is wanted; `None` when they are too many.
pub(super) fn regions(space: &Space, condition: &Condition, want: Want) -> Option<Vec<Region>> {
    match condition {
        Condition::And(parts) if want.needs_all_of_and() => all(space, parts, want),
        Condition::Or(parts) if !want.needs_all_of_and() => all(space, parts, want),
        Condition::And(parts) | Condition::Or(parts) => any(space, parts, want),
        Condition::Not(inner) => regions(space, inner, want.negated()),
        Condition::Atom(atom) => Some(joined(of_atom(space, atom, want))),
    }
}

fn all(space: &Space, parts: &[Condition], want: Want) -> Option<Vec<Region>> {
    let mut boxes = vec![Region::default()];
    for part in parts {
        let next = regions(space, part, want)?;
        boxes = meet(&boxes, &next)?;
    }
    Some(boxes)
}

/// What is in one of each.
pub(super) fn meet(left: &[Region], right: &[Region]) -> Option<Vec<Region>> {
    let mut boxes = Vec::new();
    for one in left {
        boxes.extend(right.iter().filter_map(|other| one.meet(other)));
        if boxes.len() > MOST_REGIONS {
            boxes = joined(boxes);
            if boxes.len() > MOST_REGIONS {
                return None;
            }
        }
    }
    Some(joined(boxes))
}

fn any(space: &Space, parts: &[Condition], want: Want) -> Option<Vec<Region>> {
    let mut boxes = Vec::new();
    for part in parts {
        boxes.extend(regions(space, part, want)?);
        if boxes.len() > MOST_REGIONS {
            return None;
        }
    }
    Some(joined(boxes))
}

/// The same boxes, fewer where two can be one.
fn joined(boxes: Vec<Region>) -> Vec<Region> {
    if boxes.len() > MOST_JOINED {
        return boxes;
    }
    let mut done: Vec<Region> = Vec::with_capacity(boxes.len());
    let mut todo = boxes;
    while let Some(region) = todo.pop() {
        let partner = done.iter().enumerate().find_map(|(at, other)| Some((at, other.join(&region)?)));
        match partner {
            Some((at, both)) => {
                done.swap_remove(at);
                todo.push(both);
            }
            None => done.push(region),
        }
    }
    done.reverse();
    done
}

fn of_atom(space: &Space, atom: &Atom, want: Want) -> Vec<Region> {
    if let Some((keys, any)) = words::asked(atom) {
        return of_set(space, &Field::Text, &keys, want, any);
    }
    match atom {
        Atom::HasAny(field, names) => {
            let members = names.iter().map(|name| Key::Member(field.clone(), name.clone()));
            of_set(space, field, &members.collect::<Vec<_>>(), want, true)
        }
        Atom::HasAll(field, names) => {
            let members = names.iter().map(|name| Key::Member(field.clone(), name.clone()));
            of_set(space, field, &members.collect::<Vec<_>>(), want, false)
        }
        Atom::Under(field, topic) if matches!(field.kind(), Kind::Set(_)) => {
            of_set(space, field, &[Key::Below(topic.clone())], want, true)
        }
        Atom::Known(field) if *field == Field::Text || matches!(field.kind(), Kind::Set(_)) => {
            of_known_set(space, field, want)
        }
        other => of_cells(space, other, want),
    }
}

/// An atom that looks at one axis: the ordinary evaluator is asked about each cell.
fn of_cells(space: &Space, atom: &Atom, want: Want) -> Vec<Region> {
    let own = || key(atom).and_then(|key| space.axis(&key));
    let (place, bits, axis) = match space.axis(&Key::Opaque(atom.to_string())).or_else(own) {
        Some((place, axis)) if matches!(axis.key, Key::Opaque(_)) => {
            let truth = |cell: usize| match cell {
                0 => Truth::False,
                1 => Truth::True,
                _ => Truth::Unknown,
            };
            (place, axis.bits(|cell| want.admits(truth(cell))), axis)
        }
        Some((place, axis)) => {
            let truth =
                |cell: usize| atom.evaluate(&facts(axis, cell, Given::default()).with(&space.calendars));
            (place, axis.bits(|cell| want.admits(truth(cell))), axis)
        }
        None => return Vec::new(),
    };
    of_bits(place, bits, axis)
}

fn of_bits(place: usize, bits: Bits, axis: &Axis) -> Vec<Region> {
    if bits.is_empty() {
        Vec::new()
    } else if bits == axis.bits(|_| true) {
        vec![Region::default()]
    } else {
        vec![Region::on(place, bits)]
    }
}

/// The axis that an atom looks at, when it looks at one.
fn key(atom: &Atom) -> Option<Key> {
    match atom {
        Atom::Is(field, _)
        | Atom::IsNot(field, _)
        | Atom::In(field, _)
        | Atom::Under(field, _)
        | Atom::Known(field) => Some(match field.kind() {
            Kind::Text => return None,
            Kind::Number(..) => Key::Number(Quantity::Field(field.clone())),
            _ if *field == Field::Weekday => Key::Time,
            _ => Key::One(field.clone()),
        }),
        Atom::Compare(quantity, ..) | Atom::Between(quantity, ..) => Some(Key::Number(quantity.clone())),
        Atom::PersonalData => Some(Key::PersonalData),
        Atom::InHours(_) | Atom::LocalTime(..) => Some(Key::Time),
        _ => None,
    }
}

/// Facts with what one cell says, besides sets.
pub(super) fn facts(axis: &Axis, cell: usize, given: Given) -> Given {
    match (&axis.key, &axis.cells) {
        (Key::One(field), Cells::Names(names)) => match names.get(cell) {
            Some(name) => given.name(field.clone(), name),
            None => given,
        },
        (Key::Number(quantity), Cells::Numbers(numbers)) => match numbers.get(cell) {
            Some(stretch) => given.number(quantity.clone(), stretch.sample),
            None => given,
        },
        (Key::PersonalData, _) if cell < 2 => given.personal_data(cell == 1),
        (Key::Time, Cells::Times(times)) => match times.get(cell) {
            Some(at) => given.now(*at),
            None => given,
        },
        _ => given,
    }
}

/// Whether a set is known.
fn known(space: &Space, field: &Field, is_known: bool) -> Vec<Region> {
    let Some((place, axis)) = space.host(field) else { return Vec::new() };
    of_bits(place, axis.bits(|cell| (Some(cell) != axis.unknown()) == is_known), axis)
}

fn of_known_set(space: &Space, field: &Field, want: Want) -> Vec<Region> {
    known(space, field, want.admits(Truth::True))
}

/// Whether some of these, or all of them, are in a set.
fn of_set(space: &Space, field: &Field, members: &[Key], want: Want, any: bool) -> Vec<Region> {
    let places: Vec<usize> =
        members.iter().filter_map(|key| space.axis(key)).map(|(place, _)| place).collect();
    let is = |place: usize, there: bool| Region::on(place, Bits::of(2, |cell| (cell == 1) == there));
    let holds = matches!(want, Want::True | Want::NotFalse);
    // `any` holds by one and fails by all; `all` the other way round.
    let boxes: Vec<Region> = if any == holds {
        places.iter().map(|place| is(*place, holds)).collect()
    } else {
        let row = places.iter().try_fold(Region::default(), |row, place| row.meet(&is(*place, holds)));
        row.into_iter().collect()
    };
    let known_regions = known(space, field, true);
    let mut found: Vec<Region> =
        boxes.iter().flat_map(|one| known_regions.iter().filter_map(|other| one.meet(other))).collect();
    if matches!(want, Want::NotFalse | Want::NotTrue) {
        found.extend(known(space, field, false));
    }
    found
}
