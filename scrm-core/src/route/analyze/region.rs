//! Which messages? A box over the axes, which names only the axes that it restricts.

use super::bits::Bits;

/// The cells of each axis that are possible at all, and the combinations that are not.
#[derive(Debug, Clone)]
pub(super) struct Universe {
    /// By axis.
    pub(super) allowed: Vec<Bits>,
    /// What cannot be together.
    pub(super) forbidden: Vec<Region>,
}

impl Universe {
    /// The cells of an axis.
    pub(super) fn allowed(&self, axis: usize) -> Option<&Bits> {
        self.allowed.get(axis)
    }

    /// The part of a region that is possible; an axis of which everything is left is no longer named.
    pub(super) fn mask(&self, region: &Region) -> Option<Region> {
        let mut masked = Vec::with_capacity(region.0.len());
        for (axis, bits) in &region.0 {
            let allowed = self.allowed(*axis)?;
            let bits = bits.and(allowed);
            if bits.is_empty() {
                return None;
            }
            if bits != *allowed {
                masked.push((*axis, bits));
            }
        }
        Some(Region(masked))
    }

    /// One cell of each axis, the first that is left.
    pub(super) fn point(&self, region: &Region) -> Point {
        let first = |(axis, allowed): (usize, &Bits)| region.get(axis).unwrap_or(allowed).first();
        Point(self.allowed.iter().enumerate().map(|each| first(each).unwrap_or_default()).collect())
    }

    /// Whether nothing forbids the point.
    pub(super) fn is_possible(&self, point: &Point) -> bool {
        !self.forbidden.iter().any(|region| region.holds(point))
    }
}

/// One cell of each axis.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Point(pub(super) Vec<usize>);

/// A box: on each axis that it names some of the cells, on the others all.
// INVARIANT: sorted by axis, each axis once, no set of cells is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Region(Vec<(usize, Bits)>);

/// How a box stands to another.
pub(super) enum Relation {
    /// They share nothing.
    Disjoint,
    /// It lies in the other.
    Within,
    /// It is cut by the other on so many axes, of which this is the first.
    Cut(usize, usize),
}

impl Region {
    /// The box that names one axis.
    pub(super) fn on(axis: usize, bits: Bits) -> Self {
        Self(vec![(axis, bits)])
    }

    /// The box of these cells.
    pub(super) fn of(parts: impl IntoIterator<Item = (usize, Bits)>) -> Option<Self> {
        parts.into_iter().try_fold(Self::default(), |region, (axis, bits)| region.meet(&Self::on(axis, bits)))
    }

    pub(super) fn parts(&self) -> &[(usize, Bits)] {
        &self.0
    }

    pub(super) fn get(&self, axis: usize) -> Option<&Bits> {
        let at = self.0.binary_search_by_key(&axis, |(axis, _)| *axis).ok()?;
        self.0.get(at).map(|(_, bits)| bits)
    }

    /// What both have; `None` when that is nothing.
    pub(super) fn meet(&self, other: &Self) -> Option<Self> {
        let mut parts = Vec::with_capacity(self.0.len() + other.0.len());
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            match (left.peek(), right.peek()) {
                (Some((a, mine)), Some((b, theirs))) if a == b => {
                    let bits = mine.and(theirs);
                    if bits.is_empty() {
                        return None;
                    }
                    parts.push((*a, bits));
                    left.next();
                    right.next();
                }
                (Some((a, _)), Some((b, _))) if a > b => parts.extend(right.next().cloned()),
                (Some(_), _) => parts.extend(left.next().cloned()),
                (None, Some(_)) => parts.extend(right.next().cloned()),
                (None, None) => return Some(Self(parts)),
            }
        }
    }

    /// The same, with these cells of an axis alone.
    pub(super) fn with(&self, axis: usize, bits: Bits) -> Self {
        let mut parts = self.0.clone();
        match parts.binary_search_by_key(&axis, |(axis, _)| *axis) {
            Ok(at) => {
                if let Some(part) = parts.get_mut(at) {
                    part.1 = bits;
                }
            }
            Err(at) => parts.insert(at, (axis, bits)),
        }
        Self(parts)
    }

    /// The same, not restricted on an axis.
    pub(super) fn without(&self, axis: usize) -> Self {
        Self(self.0.iter().filter(|(other, _)| *other != axis).cloned().collect())
    }

    pub(super) fn is_disjoint(&self, other: &Self) -> bool {
        let mut theirs = other.0.iter().peekable();
        for (axis, bits) in &self.0 {
            while theirs.peek().is_some_and(|(other, _)| other < axis) {
                theirs.next();
            }
            if let Some((other, others)) = theirs.peek()
                && other == axis
                && bits.is_disjoint(others)
            {
                return true;
            }
        }
        false
    }

    pub(super) fn holds(&self, point: &Point) -> bool {
        self.0.iter().all(|(axis, bits)| point.0.get(*axis).is_some_and(|cell| bits.contains(*cell)))
    }

    /// How it stands to another box, in a universe.
    pub(super) fn relation(&self, other: &Self, universe: &Universe) -> Relation {
        let (mut mine, mut cut) = (self.0.iter().peekable(), None);
        for (axis, theirs) in &other.0 {
            while mine.peek().is_some_and(|(other, _)| other < axis) {
                mine.next();
            }
            let own = mine.peek().filter(|(other, _)| other == axis).map(|(_, bits)| bits);
            let Some(bits) = own.or_else(|| universe.allowed(*axis)) else { continue };
            if bits.is_disjoint(theirs) {
                return Relation::Disjoint;
            }
            if !bits.is_within(theirs) {
                cut = Some(cut.map_or((1, *axis), |(n, first)| (n + 1, first)));
            }
        }
        cut.map_or(Relation::Within, |(n, first)| Relation::Cut(n, first))
    }

    /// The cells of an axis that are inside and outside of another box; either may be empty.
    pub(super) fn split(&self, other: &Self, axis: usize, universe: &Universe) -> (Bits, Bits) {
        let own = self.get(axis).or_else(|| universe.allowed(axis)).cloned().unwrap_or(Bits::Small(0));
        match other.get(axis) {
            Some(theirs) => (own.and(theirs), own.minus(theirs)),
            None => {
                let outside = own.minus(&own);
                (own, outside)
            }
        }
    }

    /// The box of both, when they differ on one axis at most or one lies in the other; all axes are full by themselves.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        if other.0.iter().all(|(axis, bits)| self.get(*axis).is_some_and(|own| own.is_within(bits))) {
            return Some(other.clone());
        }
        if self.0.iter().all(|(axis, bits)| other.get(*axis).is_some_and(|own| own.is_within(bits))) {
            return Some(self.clone());
        }
        if self.0.len() != other.0.len() {
            return None;
        }
        let mut differs = None;
        for ((a, mine), (b, theirs)) in self.0.iter().zip(&other.0) {
            if a != b || (mine != theirs && differs.is_some()) {
                return None;
            }
            if mine != theirs {
                differs = Some((*a, mine.or(theirs)));
            }
        }
        differs.map(|(axis, bits)| self.with(axis, bits))
    }
}
