//! What does one version of a listener consist of? Segments, and which of their monitors are not to be matched.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Listener;
use super::segment::Segment;
use crate::model::{Brand, Limits};
use crate::query::{Attribute, Uses};
use crate::text::Frequencies;

#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    pub(super) version: u64,
    pub(super) held: Vec<Held>,
    pub(super) topics: Option<Arc<Segment>>,
    pub(super) ours: BTreeSet<Brand>,
    pub(super) uses: Uses,
    /// Whether some query asks for `is:duplicate`.
    pub(super) asks_duplicate: bool,
    pub(super) max_hits: usize,
    pub(super) limits: Limits,
    pub(super) frequencies: Option<Arc<Frequencies>>,
}

/// A segment, and which of its monitors are not to be matched any more, or not for now.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) segment: Arc<Segment>,
    pub(super) removed: Marks,
    pub(super) paused: Marks,
}

/// A set of numbers; most often empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    bits: Option<Arc<Vec<u64>>>,
    pub(super) len: usize,
}

impl Marks {
    #[inline]
    pub(super) fn has(&self, number: u32) -> bool {
        self.bits.as_ref().is_some_and(|bits| {
            bits.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
        })
    }

    /// Sets or clears one of `of` numbers; says whether that changed anything.
    pub(super) fn set(&mut self, number: u32, of: usize, on: bool) -> bool {
        if self.has(number) == on {
            return false;
        }
        let bits = Arc::make_mut(self.bits.get_or_insert_with(|| Arc::new(vec![0; of / 64 + 1])));
        if let Some(word) = bits.get_mut(number as usize / 64) {
            *word ^= 1 << (number % 64);
        }
        self.len = if on { self.len + 1 } else { self.len - 1 };
        true
    }
}

impl Marks {
    /// Calls `seen` with each number, in order.
    pub(super) fn each(&self, seen: &mut dyn FnMut(u32)) {
        self.each_unlike(&Self::default(), seen);
    }

    /// Calls `seen` with each number that only one of the two has, in order.
    pub(super) fn each_unlike(&self, other: &Self, seen: &mut dyn FnMut(u32)) {
        let words = |marks: &Self| marks.bits.as_ref().map_or(0, |bits| bits.len());
        let word =
            |marks: &Self, at: usize| marks.bits.as_ref().and_then(|bits| bits.get(at).copied()).unwrap_or(0);
        for (at, from) in (0..words(self).max(words(other))).zip((0u32..).step_by(64)) {
            let mut unlike = word(self, at) ^ word(other, at);
            while unlike != 0 {
                seen(from + unlike.trailing_zeros());
                unlike &= unlike - 1;
            }
        }
    }
}

impl Held {
    /// Removes a monitor, if it is here.
    pub(super) fn remove(&mut self, name: &str) {
        if let Some(number) = self.segment.find(name) {
            self.paused.set(number, self.segment.len(), false);
            self.removed.set(number, self.segment.len(), true);
        }
    }

    /// Pauses or resumes a monitor, if it is here.
    pub(super) fn pause(&mut self, name: &str, on: bool) {
        if let Some(number) = self.segment.find(name) {
            self.paused.set(number, self.segment.len(), on);
        }
    }

    pub(super) fn new(segment: Arc<Segment>) -> Self {
        Self { segment, removed: Marks::default(), paused: Marks::default() }
    }

    #[inline]
    pub(super) fn listens(&self, monitor: u32) -> bool {
        !self.removed.has(monitor) && !self.paused.has(monitor)
    }

    /// Monitors that were not removed.
    pub(super) fn len(&self) -> usize {
        self.segment.len() - self.removed.len
    }
}

impl Snapshot {
    pub(super) fn empty(limits: &Limits) -> Self {
        Self {
            version: 0,
            held: Vec::new(),
            topics: None,
            ours: BTreeSet::new(),
            uses: Uses::default(),
            asks_duplicate: false,
            max_hits: limits.hits,
            limits: limits.clone(),
            frequencies: None,
        }
    }

    /// Makes it a listener, once its segments are those it shall have.
    pub(super) fn finish(mut self) -> Listener {
        let mut uses = Uses::default();
        let mut asks_duplicate = false;
        let segments = self.held.iter().map(|held| &held.segment).chain(self.topics.as_ref());
        for segment in segments {
            uses.zones.extend(segment.index.uses().zones.iter().cloned());
            uses.attributes.extend(segment.index.uses().attributes.iter().cloned());
            asks_duplicate |= segment.index.asks(&Attribute::Is, "duplicate");
        }
        (self.uses, self.asks_duplicate) = (uses, asks_duplicate);
        Listener(Arc::new(self))
    }
}
