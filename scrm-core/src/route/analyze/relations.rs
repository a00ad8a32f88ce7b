//! What cannot be together? What one fact says of another: the type is one of the types, a topic stands under its
//! parents, a longer time holds at least as many messages.

use super::bits::Bits;
use super::region::Region;
use super::space::{Axis, Cells, Key, Space};
use crate::model::is_under;
use crate::route::condition::{AxisName, Counter, Field, Quantity};
use crate::route::protocol::Axes;

/// The confidence below which an axis is unknown.
pub(super) fn threshold(axes: &Axes, axis: AxisName) -> f64 {
    f64::from(match axis {
        AxisName::Type => axes.kind,
        AxisName::Issue => axes.issue,
        AxisName::Sentiment => axes.sentiment,
        AxisName::Action => axes.action,
        AxisName::Influence => axes.influence,
        AxisName::Language => axes.language,
    })
}

/// Combinations that no message has.
pub(super) fn forbidden(space: &Space, thresholds: &Axes) -> Vec<Region> {
    let mut found = Vec::new();
    members(space, &mut found);
    topics(space, &mut found);
    words(space, &mut found);
    changes(space, &mut found);
    counts(space, &mut found);
    confidences(space, thresholds, &mut found);
    found
}

/// A phrase brings the words in it.
fn words(space: &Space, found: &mut Vec<Region>) {
    for (more, less) in &space.words.implied {
        found.extend(Region::of([(*more, yes()), (*less, no())]));
    }
}

/// What changed from one value to another changed.
fn changes(space: &Space, found: &mut Vec<Region>) {
    for (place, axis) in space.axes.iter().enumerate() {
        let Key::Opaque(text) = &axis.key else { continue };
        let Some((field, _)) = text.strip_prefix("changed(").and_then(|rest| rest.split_once(", ")) else {
            continue;
        };
        if let Some((whole, other)) = space.axis(&Key::Opaque(format!("changed({field})"))) {
            let changed = axis.bits(|cell| cell == 1);
            found.extend(Region::of([(place, changed), (whole, other.bits(|cell| cell == 0))]));
        }
    }
}

fn no() -> Bits {
    Bits::of(2, |cell| cell == 0)
}

fn yes() -> Bits {
    Bits::of(2, |cell| cell == 1)
}

/// The first of a set is in it, and nothing is in an empty set.
fn members(space: &Space, found: &mut Vec<Region>) {
    for (place, axis) in space.axes.iter().enumerate() {
        let set = match &axis.key {
            Key::Member(set, _) => set,
            Key::Below(_) => &Field::Topics,
            _ => continue,
        };
        let is_it = |first: &str| match &axis.key {
            Key::Member(_, name) => first == &**name,
            Key::Below(topic) => is_under(first, topic),
            _ => false,
        };
        let Some((host_place, host)) = space.host(set) else { continue };
        let Cells::Names(names) = &host.cells else { continue };
        let firsts = host.bits(|cell| names.get(cell).is_some_and(|name| is_it(name)));
        if !firsts.is_empty() {
            found.extend(Region::of([(host_place, firsts), (place, no())]));
        }
        let nothing = host.bits(|cell| Some(cell) == host.nothing());
        found.extend(Region::of([(host_place, nothing), (place, yes())]));
    }
}

/// A topic is under its parents, and where something is under a topic there is something that can be.
fn topics(space: &Space, found: &mut Vec<Region>) {
    for (place, axis) in space.axes.iter().enumerate() {
        match &axis.key {
            Key::Member(Field::Topics, topic) => {
                for (above, _, _) in belows(space).filter(|(_, _, parent)| is_under(topic, parent)) {
                    found.extend(Region::of([(place, yes()), (above, no())]));
                }
                if !space.topics.contains(&**topic) {
                    found.push(Region::on(place, yes()));
                }
            }
            Key::Below(topic) => {
                let parents = belows(space).filter(|(_, _, parent)| is_under(topic, parent));
                for (above, _, _) in parents.filter(|(above, _, _)| *above != place) {
                    found.extend(Region::of([(place, yes()), (above, no())]));
                }
                found.extend(empty(space, place, topic));
            }
            _ => {}
        }
    }
}

fn belows(space: &Space) -> impl Iterator<Item = (usize, &Axis, &str)> {
    space.axes.iter().enumerate().filter_map(|(place, axis)| match &axis.key {
        Key::Below(topic) => Some((place, axis, &**topic)),
        _ => None,
    })
}

/// What would have to be out for nothing to be under a topic; `None` when one of them is free.
fn empty(space: &Space, place: usize, topic: &str) -> Option<Region> {
    let below = space.topics.iter().filter(|other| is_under(other, topic));
    let outs =
        below.map(|other| Some((out(space, place, topic, other)?, no()))).collect::<Option<Vec<_>>>()?;
    Region::of(outs.into_iter().chain([(place, yes())]))
}

/// The axis that keeps a topic out, of those strictly below `topic`; the least of them.
fn out(space: &Space, place: usize, topic: &str, other: &str) -> Option<usize> {
    if let Some((member, _)) = space.axis(&Key::Member(Field::Topics, other.into())) {
        return Some(member);
    }
    let strictly = belows(space).filter(|(at, _, parent)| {
        *at != place && is_under(parent, topic) && *parent != topic && is_under(other, parent)
    });
    strictly.max_by_key(|(_, _, parent)| parent.len()).map(|(at, _, _)| at)
}

/// The topics that a message has of which something is said to be under each of these and nothing else is added.
pub(super) fn one_under(space: &Space, topic: &str, is_out: impl Fn(usize) -> bool) -> Option<String> {
    let place = space.axis(&Key::Below(topic.into()))?.0;
    let mut below = space.topics.iter().filter(|other| is_under(other, topic));
    below.find(|other| out(space, place, topic, other).is_none_or(|axis| !is_out(axis))).cloned()
}

/// A longer time holds as many messages as a shorter one, a complaint is a message, and counts itself.
fn counts(space: &Space, found: &mut Vec<Region>) {
    let counts = || {
        space.axes.iter().enumerate().filter_map(|(place, axis)| match (&axis.key, &axis.cells) {
            (Key::Number(Quantity::Count(counter, window)), Cells::Numbers(cells)) => {
                Some((place, axis, *counter, *window, cells))
            }
            _ => None,
        })
    };
    for (less, less_axis, counter, window, few) in counts() {
        for (more, more_axis, other, longer, many) in counts() {
            let is_part = counter == other || (counter, other) == (Counter::Complaints, Counter::Messages);
            if less == more || !is_part || window > longer {
                continue;
            }
            for (cell, stretch) in few.iter().enumerate() {
                let fewer = more_axis.bits(|at| many.get(at).is_some_and(|other| other.high < stretch.low));
                if !fewer.is_empty() {
                    let this = less_axis.bits(|at| at == cell);
                    found.extend(Region::of([(less, this), (more, fewer)]));
                }
            }
        }
        let first = match counter {
            Counter::Issue => Key::One(Field::Issue),
            Counter::Complaints => Key::One(Field::Type),
            Counter::Messages => continue,
        };
        let Some((place, axis)) = space.axis(&first) else { continue };
        if counter == Counter::Complaints {
            let complaint = complaint(axis);
            let none = less_axis.bits(|at| few.get(at).is_some_and(|stretch| stretch.high < 1.0));
            if !none.is_empty() {
                found.extend(Region::of([(place, complaint), (less, none)]));
            }
        } else {
            // Of an issue that is unknown, nobody knows how many there were.
            let unknown = axis.bits(|cell| Some(cell) == axis.unknown() || Some(cell) == axis.nothing());
            let known = less_axis.bits(|cell| Some(cell) != less_axis.unknown());
            found.extend(Region::of([(place, unknown), (less, known)]));
        }
    }
}

/// The cell of complaints on the axis of types.
fn complaint(axis: &Axis) -> Bits {
    let Cells::Names(names) = &axis.cells else { return axis.bits(|_| false) };
    axis.bits(|cell| names.get(cell).is_some_and(|name| name == "complaint"))
}

/// What is not sure enough is unknown.
fn confidences(space: &Space, thresholds: &Axes, found: &mut Vec<Region>) {
    for (place, axis) in space.axes.iter().enumerate() {
        let (Key::Number(Quantity::Confidence(name)), Cells::Numbers(cells)) = (&axis.key, &axis.cells)
        else {
            continue;
        };
        let least = threshold(thresholds, *name);
        let unsure = axis.bits(|cell| cells.get(cell).is_some_and(|stretch| stretch.high < least));
        let field = match name {
            AxisName::Type => Key::One(Field::Type),
            AxisName::Issue => Key::One(Field::Issue),
            AxisName::Action => Key::One(Field::Action),
            AxisName::Sentiment => Key::Number(Quantity::Field(Field::Sentiment)),
            AxisName::Influence => Key::Number(Quantity::Field(Field::Influence)),
            // A message may say its language itself.
            AxisName::Language => continue,
        };
        if let Some((other, field)) = space.axis(&field).filter(|_| !unsure.is_empty()) {
            let known = field.bits(|cell| Some(cell) != field.unknown() && Some(cell) != field.nothing());
            found.extend(Region::of([(place, unsure), (other, known)]));
        }
    }
}
