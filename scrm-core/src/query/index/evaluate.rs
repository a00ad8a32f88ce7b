//! Does this query hold, and where? Its code, run over the terms that a message has.

use super::code::{Nearness, Node, Op, Parts, nearness, term};
use super::scan::NOWHERE;
use super::vocabulary::{NONE, TermId};
use super::{ClausePlace, Complex, Scan};
use crate::query::document::ZoneText;
use crate::query::{Place, Reach, pattern};

/// Whether a node holds.
pub(super) fn holds(scan: &Scan<'_>, node: &Node<'_>) -> bool {
    match node.op {
        Op::Term => node.number != NONE && scan.has(node.number),
        Op::Phrase => {
            let [first, rest @ ..] = node.body else { return false };
            node.body.iter().all(|term| scan.may_stand(*term))
                && scan.at(*first).any(|place| ends_of(scan, rest, place, &mut |_| true))
        }
        Op::Complex => !complex(scan, node.number).is_empty(),
        Op::Test => scan.index.tests.get(node.number as usize).is_some_and(|test| test.holds(scan.document)),
        Op::And => {
            // Most are terms first of all.
            let mut code = node.body;
            while let Some((term, rest)) =
                code.split_first().and_then(|(word, rest)| Some((term(*word)?, rest)))
            {
                if !scan.has(term) {
                    return false;
                }
                code = rest;
            }
            Parts(code).all(|part| holds(scan, &part))
        }
        Op::Or => Parts(node.body).any(|part| holds(scan, &part)),
        Op::Not => Parts(node.body).all(|part| !holds(scan, &part)),
        Op::AtLeast => {
            let Some((count, rest)) = node.body.split_first() else { return false };
            let wanted = *count as usize;
            Parts(rest).filter(|part| holds(scan, part)).take(wanted).count() == wanted
        }
        Op::Near => !near(scan, node.body, 1).is_empty(),
    }
}

/// Where a node stands, in order and without repeats.
fn places(scan: &Scan<'_>, node: &Node<'_>) -> Vec<Place> {
    let mut found: Vec<Place> = match node.op {
        Op::Term => scan.at(node.number).collect(),
        Op::Phrase => phrase(scan, node.body),
        Op::Complex => complex(scan, node.number),
        Op::Or => Parts(node.body).flat_map(|part| places(scan, &part)).collect(),
        Op::Near => return near(scan, node.body, scan.index.most),
        Op::Test | Op::And | Op::Not | Op::AtLeast => Vec::new(),
    };
    found.sort_unstable();
    found.dedup();
    found
}

fn phrase(scan: &Scan<'_>, terms: &[TermId]) -> Vec<Place> {
    let [first, rest @ ..] = terms else { return Vec::new() };
    let mut found = Vec::new();
    for place in scan.at(*first) {
        ends_of(scan, rest, place, &mut |end| {
            found.push(Place { end, ..place });
            false
        });
    }
    found
}

/// Calls `seen` with each end of a phrase whose first words stand at `place`; stops when it says so.
fn ends_of(scan: &Scan<'_>, terms: &[TermId], place: Place, seen: &mut dyn FnMut(u32) -> bool) -> bool {
    let [first, rest @ ..] = terms else { return seen(place.end) };
    let mut next = scan.beside(*first, place);
    next.any(|next| ends_of(scan, rest, next, seen))
}

fn complex(scan: &Scan<'_>, number: u32) -> Vec<Place> {
    let by_text = |zone: u16, of: &dyn Fn(&ZoneText<'_>) -> Vec<(u32, u32)>| {
        let zone = scan.index.zones.get(usize::from(zone));
        let texts = (0u32..).zip(scan.document.texts());
        let texts = texts.filter(|(_, text)| zone.is_some_and(|zone| zone.covers(&text.zone)));
        texts
            .flat_map(|(text, zone)| of(zone).into_iter().map(move |(start, end)| Place { text, start, end }))
            .collect()
    };
    match scan.index.complex.get(number as usize) {
        None => Vec::new(),
        Some(Complex::Exact { zone, literal }) => by_text(*zone, &|text| pattern::exact(literal, text)),
        Some(Complex::Regex { zone, regex }) => by_text(*zone, &|text| pattern::regex(regex, text)),
        Some(Complex::Loose { terms, slack }) => {
            if !terms.iter().all(|term| scan.has(*term)) {
                return Vec::new();
            }
            let mut found = Vec::new();
            for (text, _) in (0u32..).zip(scan.document.texts()) {
                let of = |term: &TermId| {
                    let here = scan.at(*term).filter(|place| place.text == text);
                    let mut places: Vec<(u32, u32)> = here.map(|place| (place.start, place.end)).collect();
                    places.sort_unstable();
                    places
                };
                let each: Vec<_> = terms.iter().map(of).collect();
                let stretches = pattern::loose(&each, *slack).into_iter();
                found.extend(stretches.map(|(start, end)| Place { text, start, end }));
            }
            found
        }
    }
}

/// The stretches from one side of a NEAR to the other, in order and without repeats, the first `most`; of a NOT NEAR the
/// places of its left side.
fn near(scan: &Scan<'_>, body: &[u32], most: usize) -> Vec<Place> {
    let Some((how, rest)) = nearness(body) else { return Vec::new() };
    let mut sides = Parts(rest);
    let (Some(left), Some(right)) = (sides.next(), sides.next()) else { return Vec::new() };
    let left = places(scan, &left);
    if left.is_empty() {
        return left;
    }
    let right = places(scan, &right);
    if how.negated {
        let ends = by_end(&right);
        return left
            .into_iter()
            .filter(|place| !has_near(scan, &how, *place, &right, &ends))
            .take(most)
            .collect();
    }
    if right.is_empty() {
        return right;
    }
    let mut found = stretches(scan, &how, &left, &right, most);
    if !how.ordered {
        found.extend(stretches(scan, &how, &right, &left, most));
        found.sort_unstable();
        found.dedup();
        found.truncate(most);
    }
    found
}

/// The stretches from each of `firsts` to each of `others` that stands behind it and near, in order: at least the first
/// `most`, when there are so many. Both are in order.
fn stretches(scan: &Scan<'_>, how: &Nearness, firsts: &[Place], others: &[Place], most: usize) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    // Those that begin together differ in where they end; what is behind one of them is looked at once.
    for group in firsts.chunk_by(|a, b| (a.text, a.start) == (b.text, b.start)) {
        let (Some(first), before) = (group.first(), found.len()) else { continue };
        let from = others.partition_point(|other| (other.text, other.start) < (first.text, first.end));
        for other in others.get(from..).unwrap_or_default() {
            if other.text != first.text {
                break;
            }
            let ended = group.partition_point(|place| place.end <= other.start);
            let end =
                ended.checked_sub(1).and_then(|last| group.get(last)).map_or(first.end, |last| last.end);
            if !reaches(scan, how, Place { end, ..*first }, *other) {
                if ended == group.len() {
                    break;
                }
            } else if fits(scan, how, *first, *other) {
                found.push(Place { end: other.end, ..*first });
            }
        }
        if let Some(group) = found.get_mut(before..) {
            group.sort_unstable();
        }
        found.dedup();
        if found.len() >= most {
            break;
        }
    }
    found.truncate(most);
    found
}

/// Whether `second` begins near enough to the end of `first`; once it does not, nothing behind it does.
fn reaches(scan: &Scan<'_>, how: &Nearness, first: Place, second: Place) -> bool {
    match how.reach {
        Reach::Words(n) => second.start - first.end <= n,
        Reach::Sentence | Reach::Paragraph => within(scan, how, Place { end: second.start + 1, ..first }),
    }
}

fn fits(scan: &Scan<'_>, how: &Nearness, first: Place, second: Place) -> bool {
    matches!(how.reach, Reach::Words(_)) || within(scan, how, Place { end: second.end, ..first })
}

/// Whether a stretch lies in one sentence, or one paragraph.
fn within(scan: &Scan<'_>, how: &Nearness, stretch: Place) -> bool {
    let Some(text) = scan.document.texts().get(stretch.text as usize) else { return false };
    let (sentences, paragraphs) = text.breaks(stretch.start, stretch.end);
    if how.reach == Reach::Sentence { sentences == 0 } else { paragraphs == 0 }
}

fn by_end(places: &[Place]) -> Vec<Place> {
    let mut ends = places.to_vec();
    ends.sort_unstable_by_key(|place| (place.text, place.end, place.start));
    ends
}

/// Whether one of `others` is near `place`: behind it or, when order does not count, before it.
fn has_near(scan: &Scan<'_>, how: &Nearness, place: Place, others: &[Place], ends: &[Place]) -> bool {
    if !stretches(scan, how, &[place], others, 1).is_empty() {
        return true;
    }
    let to = ends.partition_point(|other| (other.text, other.end) <= (place.text, place.start));
    let before = ends.get(..to).unwrap_or_default().iter().rev();
    !how.ordered
        && before
            .take_while(|other| other.text == place.text)
            .take_while(|other| match how.reach {
                Reach::Words(n) => place.start - other.end <= n,
                _ => within(scan, how, Place { start: other.end - 1, ..place }),
            })
            .any(|other| {
                matches!(how.reach, Reach::Words(_))
                    || within(scan, how, Place { start: other.start, ..place })
            })
}

/// Where clauses stand.
pub(super) struct Told<'f> {
    pub(super) found: &'f mut Vec<ClausePlace>,
    /// How many places lie beyond the limit; absent when they are not counted.
    pub(super) beyond: Option<&'f mut usize>,
}

/// Of stretches beyond the limit, so many times as many as within it are looked at, so that they are counted.
const COUNTED: usize = 10;

/// Adds where the clauses of a node that holds stand; `inside` limits them to stretches.
pub(super) fn evidence(
    scan: &Scan<'_>,
    node: &Node<'_>,
    clause: &mut u32,
    inside: Option<&Stretches>,
    told: &mut Told<'_>,
) {
    let each = |code, clause: &mut u32, told: &mut Told<'_>| {
        for part in Parts(code) {
            if inside.is_some() || holds(scan, &part) {
                evidence(scan, &part, clause, inside, told);
            } else {
                *clause += clauses(&part);
            }
        }
    };
    match node.op {
        Op::Term if inside.is_none() => {
            let mut tell = |place: Place| {
                if place.text != NOWHERE {
                    told.found.push(ClausePlace { clause: *clause, place });
                }
            };
            match scan.grouped(node.number) {
                Some(places) => places.iter().copied().for_each(&mut tell),
                None => scan.at(node.number).for_each(&mut tell),
            }
            *clause += 1;
        }
        Op::Term | Op::Phrase | Op::Complex => {
            let here = places(scan, node).into_iter();
            let here = here.filter(|place| inside.is_none_or(|inside| inside.hold(*place)));
            told.found.extend(here.map(|place| ClausePlace { clause: *clause, place }));
            *clause += 1;
        }
        Op::Test => *clause += 1,
        Op::Not => *clause += clauses(node),
        // All parts of an AND that holds do.
        Op::And => Parts(node.body).for_each(|part| evidence(scan, &part, clause, inside, told)),
        Op::Or => each(node.body, clause, told),
        Op::AtLeast => each(node.body.get(1..).unwrap_or_default(), clause, told),
        Op::Near => {
            let most = scan.index.most;
            let stretches = near(scan, node.body, most);
            let full = stretches.len() >= most;
            let (first, before) = (*clause, told.found.len());
            of_sides(scan, node, clause, inside, stretches, told);
            // What a larger limit would bring besides, for those who want to know that something was left out.
            if full && let Some(beyond) = told.beyond.as_deref_mut() {
                let mut all = Vec::new();
                let stretches = near(scan, node.body, most.saturating_mul(COUNTED));
                let mut clause = first;
                let mut sides = Told { found: &mut all, beyond: None };
                of_sides(scan, node, &mut clause, inside, stretches, &mut sides);
                let kept = told.found.get(before..).unwrap_or_default();
                *beyond += distinct(all).saturating_sub(distinct(kept.to_vec()));
            }
        }
    }
}

/// The same for the two sides of a NEAR, within its stretches.
fn of_sides(
    scan: &Scan<'_>,
    node: &Node<'_>,
    clause: &mut u32,
    inside: Option<&Stretches>,
    mut stretches: Vec<Place>,
    told: &mut Told<'_>,
) {
    stretches.retain(|place| inside.is_none_or(|inside| inside.hold(*place)));
    let stretches = Stretches::new(stretches);
    let Some((how, rest)) = nearness(node.body) else { return };
    let mut sides = Parts(rest);
    if let Some(left) = sides.next() {
        evidence(scan, &left, clause, Some(&stretches), told);
    }
    if let Some(right) = sides.next() {
        if how.negated {
            *clause += clauses(&right);
        } else {
            evidence(scan, &right, clause, Some(&stretches), told);
        }
    }
}

fn distinct(mut places: Vec<ClausePlace>) -> usize {
    places.sort_unstable();
    places.dedup();
    places.len()
}

fn clauses(node: &Node<'_>) -> u32 {
    match node.op {
        Op::Term | Op::Phrase | Op::Complex | Op::Test => 1,
        Op::And | Op::Or | Op::Not => Parts(node.body).map(|part| clauses(&part)).sum(),
        Op::AtLeast => Parts(node.body.get(1..).unwrap_or_default()).map(|part| clauses(&part)).sum(),
        Op::Near => nearness(node.body).map_or(0, |(_, rest)| Parts(rest).map(|part| clauses(&part)).sum()),
    }
}

/// Stretches in order of their beginnings, each with the furthest end of those up to it.
pub(super) struct Stretches(Vec<(Place, u32)>);

impl Stretches {
    fn new(mut places: Vec<Place>) -> Self {
        places.sort_unstable();
        let mut furthest = (0, 0);
        let each = places.into_iter().map(|place| {
            furthest = if furthest.0 == place.text {
                (place.text, place.end.max(furthest.1))
            } else {
                (place.text, place.end)
            };
            (place, furthest.1)
        });
        Self(each.collect())
    }

    /// Whether a place lies in one of them.
    fn hold(&self, place: Place) -> bool {
        let to = self.0.partition_point(|(known, _)| (known.text, known.start) <= (place.text, place.start));
        to.checked_sub(1)
            .and_then(|last| self.0.get(last))
            .is_some_and(|(known, end)| known.text == place.text && *end >= place.end)
    }
}
