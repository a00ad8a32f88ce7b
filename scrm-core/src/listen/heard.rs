//! What was heard in one message, and where does it stand?

use std::sync::Arc;

use super::segment::Profile;
use super::snapshot::Held;
use crate::model::Span;
use crate::query::{ClausePlace, Document, Place, Query, Scan, Zone};

/// A monitor that matches a message.
#[derive(Debug, Clone)]
pub struct Match<'l> {
    pub(super) held: &'l Held,
    pub(super) monitor: u32,
    /// The places of all matches of the message.
    pub(super) places: Arc<[ClauseSpan]>,
    /// Which of them are its own.
    pub(super) own: (u32, u32),
}

/// A clause of a query, and a place where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClauseSpan {
    /// The clause's number: its place in [`Query::clauses`].
    pub clause: u32,
    /// The zone of the text it stands in: [`Zone::Body`] for all that stands in the message's own text.
    pub zone: Zone,
    /// Which of the zone's texts it is, counted from 0, where several do not stand in the message's own: the names of
    /// several files, several links that the payload states.
    pub text: Option<u32>,
    /// Where in that text (bytes).
    pub span: Span,
}

impl ClauseSpan {
    /// A place of a document, told by its zone.
    pub(super) fn of(document: &Document<'_>, clause: u32, place: Place) -> Option<Self> {
        match document.span(place) {
            Some(span) => Some(Self { clause, zone: Zone::Body, text: None, span }),
            None => Self::elsewhere(document, clause, place),
        }
    }

    /// A place that does not stand in the message's own text.
    fn elsewhere(document: &Document<'_>, clause: u32, place: Place) -> Option<Self> {
        let text = document.texts().get(place.text as usize)?;
        let span = text.span(place.start, place.end)?;
        Some(Self { clause, zone: text.zone.clone(), text: document.among(place.text), span })
    }
}

impl<'l> Match<'l> {
    /// The monitor's id.
    pub fn id(&self) -> &'l str {
        self.held.segment.name(self.monitor)
    }

    /// Its brand, tenant and tags.
    pub fn profile(&self) -> Option<&'l Profile> {
        self.held.segment.profile_of(self.monitor)
    }

    /// The version of the listener in which the monitor last changed.
    pub fn version(&self) -> u32 {
        self.held.segment.version_of(self.monitor)
    }

    /// Where the clauses stand that made it match, in their order.
    pub fn places(&self) -> &[ClauseSpan] {
        let (from, to) = self.own;
        self.places.get(from as usize..to as usize).unwrap_or_default()
    }

    /// Its query, in canonical form.
    pub fn query(&self) -> Option<Query> {
        self.held.segment.query(self.monitor)
    }
}

/// What a listener heard in one message.
#[derive(Debug, Clone)]
pub struct Heard<'l> {
    /// The version of the listener; a message is matched by exactly one.
    pub version: u64,
    /// The monitors that match, in the order of their ids.
    pub matches: Vec<Match<'l>>,
    /// Places beyond the limit, which were counted and not kept.
    pub truncated: usize,
}

/// Places that were found in one message, one query after the other, as far as there is room.
pub(super) struct Found {
    room: usize,
    pub(super) places: Vec<ClauseSpan>,
    /// How many there was no room for.
    pub(super) truncated: usize,
    evidence: Vec<ClausePlace>,
    /// Places in the message's own text that were found before, by their beginnings: many monitors ask for the same words.
    known: [Option<(Place, Span)>; KNOWN],
}

/// Places that are kept in mind.
const KNOWN: usize = 64;

impl Found {
    pub(super) fn new(room: usize) -> Self {
        Self { room, places: Vec::new(), truncated: 0, evidence: Vec::new(), known: [None; KNOWN] }
    }

    /// Adds where the clauses of a query stand; returns which of the places are its own.
    pub(super) fn places_of(&mut self, scan: &Scan<'_>, query: u32) -> (u32, u32) {
        let beyond = scan.evidence_into(query, &mut self.evidence);
        let kept = self.evidence.len().min(self.room);
        self.room -= kept;
        self.truncated += self.evidence.len() - kept + beyond;
        let document = scan.document();
        let from = self.places.len();
        self.places.reserve(kept);
        for found in self.evidence.iter().take(kept) {
            let Some(slot) = self.known.get_mut(found.place.start as usize % KNOWN) else { continue };
            let own = match slot {
                Some((place, span)) if *place == found.place => Some(*span),
                _ => document.span(found.place),
            };
            let told = match own {
                Some(span) => {
                    *slot = Some((found.place, span));
                    Some(ClauseSpan { clause: found.clause, zone: Zone::Body, text: None, span })
                }
                None => ClauseSpan::elsewhere(document, found.clause, found.place),
            };
            self.places.extend(told);
        }
        let number = |at| u32::try_from(at).unwrap_or(u32::MAX);
        (number(from), number(self.places.len()))
    }
}

/// The places in the message's own text of the first clause that stands there.
pub(super) fn first_clause(places: &[ClauseSpan]) -> impl Iterator<Item = Span> {
    let own = places.iter().filter(|place| place.zone == Zone::Body);
    let first = own.clone().map(|place| place.clause).min();
    own.filter(move |place| Some(place.clause) == first).map(|place| place.span)
}

/// The places in the message's own text, in order and without repeats.
pub(super) fn own_spans(places: &[ClauseSpan]) -> Vec<Span> {
    let mut spans: Vec<Span> =
        places.iter().filter(|place| place.zone == Zone::Body).map(|place| place.span).collect();
    spans.sort_unstable();
    spans.dedup();
    spans
}
