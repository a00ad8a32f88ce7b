//! Where does each term of a message stand? A small table, from a term to its places side by side.

use super::vocabulary::{TermId, id};
use crate::query::Place;

/// Slots, at the least.
const LEAST: usize = 256;

/// The terms of a message with their places, those of one term side by side and in order.
#[derive(Debug)]
pub(super) struct Members {
    /// Open addressing; at most half of them are taken.
    slots: Vec<Member>,
    /// What a mixed number is shifted by to be a slot.
    shift: u32,
    places: Vec<Place>,
}

/// A term of a message: how often it stands there, and where in the places its own end.
#[derive(Debug, Clone, Copy, Default)]
struct Member {
    term: TermId,
    count: u32,
    next: u32,
}

impl Members {
    /// The table of what was found: terms, with their flags, and places.
    pub(super) fn of(found: &[(u32, Place)]) -> Self {
        let size = (found.len() * 2).next_power_of_two().max(LEAST);
        let mut members = Self {
            slots: vec![Member::default(); size],
            shift: 32 - size.trailing_zeros().min(32),
            places: vec![Place { text: 0, start: 0, end: 0 }; found.len()],
        };
        for (found, _) in found {
            let term = id(*found);
            if let Some(member) = members.slot(term) {
                *member = Member { term, count: member.count + 1, next: 0 };
            }
        }
        let mut next = 0;
        for member in members.slots.iter_mut().filter(|member| member.count > 0) {
            member.next = next;
            next += member.count;
        }
        for (found, place) in found {
            members.put(id(*found), *place);
        }
        for member in members.slots.iter().filter(|member| member.count > 1) {
            match members.places.get_mut(member.own()) {
                Some(own) if !own.is_sorted() => own.sort_unstable(),
                _ => {}
            }
        }
        members
    }

    /// Whether a term stands in the message.
    #[inline]
    pub(super) fn has(&self, term: TermId) -> bool {
        self.find(term).is_some()
    }

    /// Where a term stands.
    #[inline]
    pub(super) fn at(&self, term: TermId) -> &[Place] {
        self.find(term).and_then(|member| self.places.get(member.own())).unwrap_or_default()
    }

    #[inline]
    fn find(&self, term: TermId) -> Option<&Member> {
        let mut at = self.slot_of(term);
        loop {
            match self.slots.get(at) {
                Some(member) if member.count == 0 => return None,
                Some(member) if member.term == term => return Some(member),
                Some(_) => at += 1,
                None => at = 0,
            }
        }
    }

    fn slot(&mut self, term: TermId) -> Option<&mut Member> {
        let mut slots = (self.slot_of(term)..self.slots.len()).chain(0..self.slots.len());
        let at = slots.find(|slot| {
            self.slots.get(*slot).is_some_and(|member| member.count == 0 || member.term == term)
        })?;
        self.slots.get_mut(at)
    }

    fn put(&mut self, term: TermId, place: Place) {
        let Some(member) = self.slot(term) else { return };
        let at = member.next as usize;
        member.next += 1;
        if let Some(slot) = self.places.get_mut(at) {
            *slot = place;
        }
    }

    /// Where a term is looked for first.
    #[inline]
    fn slot_of(&self, term: TermId) -> usize {
        (term.wrapping_mul(0x9E37_79B1) >> self.shift) as usize
    }
}

impl Member {
    fn own(&self) -> std::ops::Range<usize> {
        self.next.saturating_sub(self.count) as usize..self.next as usize
    }
}
