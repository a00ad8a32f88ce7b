//! How often does a facet change, and from what to what?

use serde::Serialize;

use super::bounded::{Bounded, Sum};
use crate::model::Facets;
use crate::route::Facet;
use crate::route::examples::values;

/// Pairs of values that are counted for one facet.
const MOST_PAIRS: usize = 4_096;
/// Pairs of values that are listed of one facet.
pub(super) const MOST_LISTED: usize = 50;

/// How often one facet is the same under both protocols, and how often not, in cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacetCounts {
    /// The facet.
    pub facet: String,
    /// Cases in which both set it to the same value.
    pub same: u64,
    /// Cases in which neither sets it, conflicts included. `hold` is always set, to yes or no.
    pub unset: u64,
    /// Cases in which the new one alone sets it.
    pub added: u64,
    /// Cases in which the old one alone sets it.
    pub removed: u64,
    /// Cases in which both set it, to different values.
    pub changed: u64,
    /// From what to what, most frequent first: 50 pairs at most.
    pub matrix: Vec<ValueChange>,
    /// Changes to and from pairs of values that are not listed.
    pub others: u64,
}

/// How often one value gave way to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueChange {
    /// What the old protocol says; absent when it sets nothing.
    pub old: Option<String>,
    /// What the new one says.
    pub new: Option<String>,
    /// In so many cases.
    pub cases: u64,
}

/// A change of one facet.
pub(super) type Change = (Facet, Option<String>, Option<String>);

/// The counts of one facet.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    same: u64,
    unset: u64,
    added: u64,
    removed: u64,
    changed: u64,
    matrix: Bounded<(Option<String>, Option<String>), u64>,
}

impl Default for Tally {
    fn default() -> Self {
        let matrix = Bounded::new(MOST_PAIRS);
        Self { same: 0, unset: 0, added: 0, removed: 0, changed: 0, matrix }
    }
}

impl Tally {
    /// Counts a facet on which both agree.
    pub(super) fn agree(&mut self, is_set: bool) {
        if is_set {
            self.same += 1;
        } else {
            self.unset += 1;
        }
    }

    /// Counts a facet on which they do not.
    pub(super) fn differ(&mut self, old: Option<&String>, new: Option<&String>) {
        match (old, new) {
            (None, _) => self.added += 1,
            (_, None) => self.removed += 1,
            _ => self.changed += 1,
        }
        let key = (old.cloned(), new.cloned());
        if let Some(cases) = self.matrix.entry(&key, || key.clone()) {
            *cases += 1;
        }
    }

    /// What was counted.
    pub(super) fn report(self, facet: Facet) -> FacetCounts {
        let all = self.added + self.removed + self.changed;
        let pairs = self.matrix.into_iter();
        let mut matrix: Vec<ValueChange> =
            pairs.map(|((old, new), cases)| ValueChange { old, new, cases }).collect();
        // Equal ones stay in the order of their values.
        matrix.sort_by_key(|pair| std::cmp::Reverse(pair.cases));
        matrix.truncate(MOST_LISTED);
        let others = all - matrix.iter().map(|pair| pair.cases).sum::<u64>();
        let facet = facet.as_str().to_owned();
        let Self { same, unset, added, removed, changed, .. } = self;
        FacetCounts { facet, same, unset, added, removed, changed, matrix, others }
    }
}

impl Sum for Tally {
    fn add(&mut self, other: Self) {
        self.same += other.same;
        self.unset += other.unset;
        self.added += other.added;
        self.removed += other.removed;
        self.changed += other.changed;
        self.matrix.merge(other.matrix);
    }
}

/// The facets on which two decisions differ, in the order of the decision.
pub(super) fn changes(old: &Facets, new: &Facets) -> Vec<Change> {
    if old == new {
        return Vec::new();
    }
    let (mut old, mut new) = (values(old), values(new));
    let mut take = |facet: Facet| {
        let of = |all: &mut Vec<(Facet, String)>| {
            let at = all.iter().position(|(known, _)| *known == facet)?;
            Some(all.swap_remove(at).1)
        };
        (facet, of(&mut old), of(&mut new))
    };
    Facet::ALL.iter().map(|facet| take(*facet)).filter(|(_, old, new)| old != new).collect()
}

/// Whether a decision sets a facet; `hold` always is.
pub(super) fn is_set(facets: &Facets, facet: Facet) -> bool {
    match facet {
        Facet::Department => facets.department.is_some(),
        Facet::Visibility => facets.visibility.is_some(),
        Facet::Respond => facets.respond.is_some(),
        Facet::Priority => facets.priority.is_some(),
        Facet::Sla => !facets.sla.is_empty(),
        Facet::Escalate => !facets.escalate.is_empty(),
        Facet::Skills => !facets.skills.is_empty(),
        Facet::Tags => !facets.tags.is_empty(),
        Facet::Approve => !facets.approve.is_empty(),
        Facet::Notify => !facets.notify.is_empty(),
        Facet::Owner => facets.owner.is_some(),
        Facet::Incident => facets.incident.is_some(),
        Facet::Incentive => facets.incentive.is_some(),
        Facet::Advocacy => facets.advocacy.is_some(),
        Facet::Hold => true,
        Facet::Record => facets.record.is_some(),
    }
}
