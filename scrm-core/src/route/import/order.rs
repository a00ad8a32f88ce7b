//! Where does the order of another tool's rules decide? There the later rule overrides the earlier, and nowhere else.
//!
//! A later rule's department, owner or priority stands in place of an earlier one's. Two rules need an override when they
//! set one of these to different values and can both fire; of priorities, when the later is the lesser, because the
//! higher wins by law. What follows from other overrides is not written. Every override points to an earlier rule, so
//! there are no circles, and one more than needed would change no decision.

use std::collections::{BTreeMap, BTreeSet};

use super::logic::{Formula, Logic, Node, Test};
use super::pieces::Piece;

/// How many pairs of rules are held against each other; beyond it each rule simply overrides the one before.
const MOST_PAIRS: usize = 5_000_000;
/// How many overrides are written; beyond it each rule simply overrides the one before.
const MOST_OVERRIDES: usize = 20_000;

/// What a condition certainly asks, for telling that two cannot hold together.
struct Gist {
    /// The values that fields of one value must have, by numbers given to both; sorted.
    fixed: Vec<(usize, usize)>,
    /// Its parts.
    parts: BTreeSet<Formula>,
    /// The contraries of its parts.
    contraries: BTreeSet<Formula>,
    /// The values that a field of one value can have.
    values: BTreeMap<String, BTreeSet<String>>,
}

/// A number for each text.
#[derive(Default)]
struct Numbers(BTreeMap<String, usize>);

impl Numbers {
    fn of(&mut self, text: &str) -> usize {
        let next = self.0.len();
        *self.0.entry(text.to_owned()).or_insert(next)
    }
}

/// What adds up, of one piece and of all that it silences.
#[derive(Clone, Copy, Default)]
struct Sums {
    tags: bool,
    notify: bool,
}

/// Writes the overrides, and splits pieces whose tags would be silenced along with the rest.
pub(super) fn order(pieces: Vec<Piece>, logic: &mut Logic) -> Vec<Piece> {
    let mut numbers = Numbers::default();
    let gists: Vec<Gist> = pieces.iter().map(|piece| Gist::of(piece.when, logic, &mut numbers)).collect();
    let overrides = needed(&pieces, &gists).unwrap_or_else(|| chained(&pieces));
    split(pieces, overrides)
}

/// The three facets of which a later value stands in place of an earlier one, by their places in a row.
fn facets(piece: &Piece) -> impl Iterator<Item = usize> {
    [piece.department.is_some(), piece.owner.is_some(), piece.priority.is_some()]
        .into_iter()
        .enumerate()
        .filter_map(|(place, is_set)| is_set.then_some(place))
}

/// The overrides that decisions need; `None` when there are too many to find or to write.
fn needed(pieces: &[Piece], gists: &[Gist]) -> Option<Vec<Vec<usize>>> {
    let masks: Vec<u8> = pieces
        .iter()
        .map(|piece| if piece.shadow { 0 } else { facets(piece).fold(0, |mask, facet| mask | (1 << facet)) })
        .collect();
    let field = telling_field(gists);
    let mut buckets = Buckets::default();
    let mut silenced: Vec<BitSet> = Vec::new();
    let mut overrides: Vec<Vec<usize>> = Vec::new();
    let (mut pairs, mut written) = (0_usize, 0_usize);
    for (later, piece) in pieces.iter().enumerate() {
        let (mut silences, mut own) = (BitSet::default(), Vec::new());
        let mask = masks.get(later).copied().unwrap_or_default();
        let value = gists.get(later).and_then(|gist| gist.fixed_to(field));
        for earlier in buckets.before(value) {
            let is_same = masks.get(earlier).is_some_and(|other| other & mask != 0);
            if !is_same
                || silences.contains(earlier)
                || !pieces.get(earlier).is_some_and(|other| differ(other, piece))
            {
                continue;
            }
            let (a, b) = gists.get(earlier).zip(gists.get(later))?;
            if a.differs(b) {
                continue;
            }
            pairs += 1;
            if a.excludes(b) {
                continue;
            }
            own.push(earlier);
            silences.insert(earlier);
            if let Some(further) = silenced.get(earlier) {
                silences.extend(further);
            }
        }
        if mask != 0 {
            buckets.push(later, value);
        }
        written += own.len();
        if pairs > MOST_PAIRS || written > MOST_OVERRIDES {
            return None;
        }
        silenced.push(silences);
        overrides.push(own);
    }
    Some(overrides)
}

/// The field that keeps the most pairs of rules apart.
fn telling_field(gists: &[Gist]) -> Option<usize> {
    let mut counts: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    for (field, value) in gists.iter().flat_map(|gist| &gist.fixed) {
        *counts.entry(*field).or_default().entry(*value).or_default() += 1;
    }
    let apart = |values: &BTreeMap<usize, usize>| {
        let all: usize = values.values().sum();
        values.values().map(|count| count * (all - count)).sum::<usize>()
    };
    counts.iter().max_by_key(|(field, values)| (apart(values), **field)).map(|(field, _)| *field)
}

/// The rules so far, by the value that one field must have.
#[derive(Default)]
struct Buckets {
    all: Vec<usize>,
    any_value: Vec<usize>,
    values: BTreeMap<usize, Vec<usize>>,
}

impl Buckets {
    fn push(&mut self, place: usize, value: Option<usize>) {
        self.all.push(place);
        match value {
            Some(value) => self.values.entry(value).or_default().push(place),
            None => self.any_value.push(place),
        }
    }

    /// Those that can fire together with a rule of this value, the last first.
    fn before(&self, value: Option<usize>) -> Vec<usize> {
        let Some(value) = value else { return self.all.iter().rev().copied().collect() };
        let same = self.values.get(&value).map_or(&[][..], Vec::as_slice);
        let mut before: Vec<usize> = same.iter().chain(&self.any_value).copied().collect();
        before.sort_unstable_by(|a, b| b.cmp(a));
        before
    }
}

/// Whether the merge law would not give what the later rule sets.
fn differ(earlier: &Piece, later: &Piece) -> bool {
    fn both<'a>(a: &'a Option<String>, b: &'a Option<String>) -> bool {
        a.is_some() && b.is_some() && a != b
    }
    both(&earlier.department, &later.department)
        || both(&earlier.owner, &later.owner)
        || earlier.priority.zip(later.priority).is_some_and(|(earlier, later)| earlier < later)
}

/// Every rule overrides the one before it that sets the same facet.
fn chained(pieces: &[Piece]) -> Vec<Vec<usize>> {
    let mut last: [Option<usize>; 3] = [None; 3];
    let mut overrides = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        let mut own = BTreeSet::new();
        for facet in facets(piece).filter(|_| !piece.shadow) {
            if let Some(last) = last.get_mut(facet) {
                own.extend(last.replace(place));
            }
        }
        overrides.push(own.into_iter().rev().collect());
    }
    overrides
}

/// Puts the overrides into the pieces. A piece that would silence the tags of others along with its own has these split
/// off.
fn split(pieces: Vec<Piece>, overrides: Vec<Vec<usize>>) -> Vec<Piece> {
    // What adds up in a piece and in those that it silences, and where the piece stands in the end.
    let (mut reached, mut places): (Vec<Sums>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut ordered: Vec<Piece> = Vec::new();
    for (mut piece, own) in pieces.into_iter().zip(overrides) {
        let below = own.iter().filter_map(|earlier| reached.get(*earlier));
        let below = below.fold(Sums::default(), |sums, other| sums.with(*other));
        let mine = Sums { tags: !piece.tags.is_empty(), notify: !piece.notify.is_empty() };
        let clash = (mine.tags && below.tags) || (mine.notify && below.notify);
        let sets = clash.then(|| piece.split_sets());
        reached.push(if clash { below } else { below.with(mine) });
        piece.overrides = own.iter().filter_map(|earlier| places.get(*earlier).copied()).collect();
        places.push(ordered.len());
        ordered.push(piece);
        ordered.extend(sets);
    }
    ordered
}

impl Sums {
    fn with(self, other: Self) -> Self {
        Self { tags: self.tags || other.tags, notify: self.notify || other.notify }
    }
}

impl Gist {
    fn of(when: Formula, logic: &mut Logic, numbers: &mut Numbers) -> Self {
        let parts = match logic.node(when).clone() {
            Node::All(parts) => parts,
            _ => vec![when],
        };
        let mut gist = Self {
            fixed: Vec::new(),
            parts: BTreeSet::new(),
            contraries: BTreeSet::new(),
            values: BTreeMap::new(),
        };
        for part in parts {
            gist.parts.insert(part);
            gist.contraries.insert(logic.not(part));
            let Some((field, values)) = values_of(part, logic) else { continue };
            match gist.values.get_mut(&field) {
                Some(known) => known.retain(|value| values.contains(value)),
                None => _ = gist.values.insert(field, values),
            }
        }
        for (field, values) in &gist.values {
            if let Some(value) = values.first().filter(|_| values.len() == 1) {
                gist.fixed.push((numbers.of(field), numbers.of(value)));
            }
        }
        gist.fixed.sort_unstable();
        gist
    }

    /// The value that the field must have.
    fn fixed_to(&self, field: Option<usize>) -> Option<usize> {
        self.fixed.iter().find(|(known, _)| Some(*known) == field).map(|(_, value)| *value)
    }

    /// Whether a field must have one value for the one and another for the other. Asked of every pair of rules.
    fn differs(&self, other: &Self) -> bool {
        self.fixed
            .iter()
            .any(|(field, value)| other.fixed.iter().any(|(same, another)| field == same && value != another))
    }

    fn excludes(&self, other: &Self) -> bool {
        let (small, large) =
            if self.parts.len() <= other.parts.len() { (self, other) } else { (other, self) };
        small.contraries.iter().any(|contrary| large.parts.contains(contrary))
            || self.values.iter().any(|(field, values)| {
                other.values.get(field).is_some_and(|others| values.is_disjoint(others))
            })
    }
}

/// The field of one value that a part asks for, and the values it allows.
fn values_of(part: Formula, logic: &Logic) -> Option<(String, BTreeSet<String>)> {
    let is = |formula: Formula| match logic.node(formula) {
        Node::Asked(place, true) => match logic.asked(*place) {
            Some(ask) => match &ask.test {
                Test::Is(value) => Some((ask.field.clone(), value.clone())),
                _ => None,
            },
            None => None,
        },
        _ => None,
    };
    match logic.node(part) {
        Node::Any(parts) => {
            let all: Option<Vec<(String, String)>> = parts.iter().map(|part| is(*part)).collect();
            let all = all?;
            let (field, _) = all.first()?.clone();
            let same = all.iter().all(|(other, _)| *other == field);
            same.then(|| (field, all.into_iter().map(|(_, value)| value).collect()))
        }
        _ => is(part).map(|(field, value)| (field, [value].into())),
    }
}

/// Some of the pieces.
#[derive(Default)]
struct BitSet(Vec<u64>);

impl BitSet {
    fn contains(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|bits| bits & (1 << (place % 64)) != 0)
    }

    fn insert(&mut self, place: usize) {
        if self.0.len() <= place / 64 {
            self.0.resize(place / 64 + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(place / 64) {
            *bits |= 1 << (place % 64);
        }
    }

    fn extend(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }
}
