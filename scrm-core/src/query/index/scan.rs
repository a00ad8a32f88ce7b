//! What has a message of the vocabulary, and which queries does that lead to?

use std::sync::OnceLock;

use super::build::pair_slot;
use super::evaluate::{Told, holds};
use super::members::Members;
use super::vocabulary::{ANCHORS, Class, NONE, PAIRS, Role, TermId, hash, hash_of, id};
use super::{ClausePlace, Index, Posting, code};
use crate::query::document::ZoneText;
use crate::query::{Document, Place, pattern};
use crate::text::{TokenKind, fold, unaccented};

/// The text that a place of an attribute names: none.
pub(super) const NOWHERE: u32 = u32::MAX;
/// With more queries to be looked at, a table is worth its while.
const MANY: usize = 8;
/// Up to so many terms are looked through one by one when few queries are to be looked at.
const FEW: usize = 64;

/// What one message has of an index's vocabulary.
#[derive(Debug)]
pub struct Scan<'i> {
    pub(super) index: &'i Index,
    pub(super) document: &'i Document<'i>,
    /// The terms that stand in the message, with their flags, and where; in the order of its texts.
    found: Vec<(u32, Place)>,
    /// Which terms may stand in it: a bit for each remainder of their numbers.
    bits: Vec<u64>,
    /// One less than the number of `bits`, which is a power of two.
    mask: usize,
    /// The places of `found` by term, when there are many terms or many queries to be looked at.
    members: OnceLock<Members>,
}

impl<'i> Scan<'i> {
    pub(super) fn new(index: &'i Index, document: &'i Document<'i>) -> Self {
        let tokens: usize = document.texts().iter().map(|text| text.text().tokens().len()).sum();
        let words = (tokens / 2).next_power_of_two().max(16);
        let mut scan = Self {
            index,
            document,
            found: Vec::with_capacity(tokens + 8),
            bits: vec![0; words],
            mask: words.saturating_sub(1),
            members: OnceLock::new(),
        };
        scan.mark(NONE);
        for (number, text) in (0u32..).zip(document.texts()) {
            for (zone, known) in (0u16..).zip(&index.zones) {
                if known.covers(&text.zone) {
                    scan.text(number, text, zone);
                }
            }
        }
        scan.names();
        if scan.found.len() > FEW {
            scan.members.get_or_init(|| Members::of(&scan.found));
        }
        scan
    }

    /// The message.
    pub fn document(&self) -> &Document<'i> {
        self.document
    }

    /// The queries that hold, in the order of their numbers.
    pub fn matches(&self) -> Vec<u32> {
        let mut matches = Vec::new();
        self.candidates(&mut |query| matches.push(query));
        matches.sort_unstable();
        matches.dedup();
        if matches.len() <= MANY {
            matches.retain(|query| self.holds(*query));
            return matches;
        }
        self.members.get_or_init(|| Members::of(&self.found));
        // The code of each query lies somewhere else. Where it begins is asked for all, then its first word: memory
        // answers many questions in the time of one.
        let code = |query: &u32| Some((*query, self.index.code_of(*query as usize)?));
        let codes: Vec<(u32, &[u32])> = matches.iter().filter_map(code).collect();
        let node = |(query, mut code): (u32, &'i [u32])| Some((query, code::take(&mut code)?));
        let nodes: Vec<_> = codes.into_iter().filter_map(node).collect();
        matches.clear();
        matches.extend(nodes.iter().filter(|(_, node)| holds(self, node)).map(|(query, _)| *query));
        matches
    }

    /// Calls `seen` with each query that is to be looked at; one with several anchors may come more than once.
    pub fn candidates(&self, seen: &mut dyn FnMut(u32)) {
        self.index.always.iter().for_each(|query| seen(*query));
        let mut runs: Vec<&[Posting]> = Vec::new();
        let mut pairs = Vec::new();
        for (at, (found, _)) in
            self.found.iter().enumerate().filter(|(_, (found, _))| found & (ANCHORS | PAIRS) != 0)
        {
            let term = id(*found);
            if found & ANCHORS != 0 && self.is_first(at, term) {
                runs.push(self.index.postings_of(term));
            }
            if found & PAIRS != 0 {
                self.pairs(at, term, &mut pairs);
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        runs.extend(pairs.into_iter().map(|pair| self.index.postings_of(pair)));
        for posting in runs.into_iter().flatten() {
            if self.may_have(posting.second) && self.may_have(posting.third) {
                seen(posting.query);
            }
        }
    }

    /// Whether of all places of a term this is the one that is looked at.
    fn is_first(&self, at: usize, term: TermId) -> bool {
        match self.members.get() {
            Some(members) => members.at(term).first() == self.found.get(at).map(|(_, place)| place),
            None => {
                let before = self.found.get(..at).unwrap_or_default();
                !before.iter().any(|(found, _)| id(*found) == term)
            }
        }
    }

    /// Whether a query holds.
    pub fn holds(&self, query: u32) -> bool {
        let node = self.index.code_of(query as usize).and_then(|mut code| code::take(&mut code));
        node.is_some_and(|node| holds(self, &node))
    }

    /// Where the clauses of a query stand that make it hold, in the order of clauses and places.
    pub fn evidence(&self, query: u32) -> Vec<ClausePlace> {
        let mut found = Vec::new();
        self.evidence_into(query, &mut found);
        found
    }

    /// The same, in place of what was in `found`; says how many places more there are by stretches of a NEAR beyond
    /// [`Limits::query_places`](crate::model::Limits), of which ten times as many are looked at.
    pub(crate) fn evidence_into(&self, query: u32, found: &mut Vec<ClausePlace>) -> usize {
        found.clear();
        let mut beyond = 0;
        if let Some(node) = self.index.code_of(query as usize).and_then(|mut code| code::take(&mut code)) {
            super::evaluate::evidence(
                self,
                &node,
                &mut 0,
                None,
                &mut Told { found, beyond: Some(&mut beyond) },
            );
        }
        if !found.is_sorted() {
            found.sort_unstable();
        }
        found.dedup();
        beyond
    }

    /// Notes the pairs that a term begins at one of its places.
    fn pairs(&self, at: usize, term: TermId, found: &mut Vec<u32>) {
        let Some((_, place)) = self.found.get(at) else { return };
        let rest = self.found.iter().skip(at + 1);
        for (next, beside) in rest.take_while(|(_, next)| next.text == place.text && next.start <= place.end)
        {
            if beside.start == place.end {
                let slot = pair_slot(&self.index.pair_slots, &self.index.pairs, term, id(*next));
                let number = self.index.pair_slots.get(slot).copied().unwrap_or(0);
                if let (Some(number), Ok(terms)) =
                    (number.checked_sub(1), u32::try_from(self.index.vocabulary.len()))
                {
                    found.push(terms + number);
                }
            }
        }
    }

    #[inline]
    fn bit(&self, term: TermId) -> (usize, u64) {
        let mixed = term.wrapping_mul(0x9E37_79B1) >> 6;
        ((mixed as usize / 64) & self.mask, 1 << (mixed % 64))
    }

    #[inline]
    fn mark(&mut self, term: TermId) {
        let (at, bit) = self.bit(term);
        if let Some(word) = self.bits.get_mut(at) {
            *word |= bit;
        }
    }

    /// Whether a term may stand in the message; when not, it does not.
    #[inline]
    fn may_have(&self, term: TermId) -> bool {
        let (at, bit) = self.bit(term);
        self.bits.get(at).is_some_and(|word| word & bit != 0)
    }

    /// Whether a term stands in the message.
    #[inline]
    pub(super) fn has(&self, term: TermId) -> bool {
        if !self.may_have(term) {
            return false;
        }
        match self.members.get() {
            Some(members) => members.has(term),
            None => self.at(term).next().is_some(),
        }
    }

    /// Where a term stands, when the terms of the message are grouped.
    #[inline]
    pub(super) fn grouped(&self, term: TermId) -> Option<&[Place]> {
        self.members.get().map(|members| members.at(term))
    }

    /// Where a term stands; in order when the terms of the message are grouped.
    pub(super) fn at(&self, term: TermId) -> impl Iterator<Item = Place> {
        self.from(term, Place { text: 0, start: 0, end: 0 })
    }

    /// Whether a term stands in the message or, being a pattern that is looked for behind others only, may stand there.
    #[inline]
    pub(super) fn may_stand(&self, term: TermId) -> bool {
        self.index.is_late(term) || self.has(term)
    }

    /// Where a pattern that is looked for behind others only stands right behind a place.
    fn late(&self, term: TermId, place: Place) -> Vec<Place> {
        let class = self.index.vocabulary.class(term);
        let (Some(text), Some(form), Ok(glob)) = (
            self.document.texts().get(place.text as usize),
            code::FORMS.get(usize::from(class.form())),
            std::str::from_utf8(self.index.vocabulary.text(term)),
        ) else {
            return Vec::new();
        };
        let mut places = Vec::new();
        if self.index.zones.get(usize::from(class.place())).is_some_and(|zone| zone.covers(&text.zone)) {
            pattern::stands_on(*form, glob, true, text, text.token_at(place.end), &mut places);
        }
        let here = places.into_iter().filter(|(start, _)| *start == place.end);
        here.map(|(start, end)| Place { start, end, ..place }).collect()
    }

    /// Where a term stands right behind a place.
    pub(super) fn beside(&self, term: TermId, place: Place) -> impl Iterator<Item = Place> {
        let late = if self.index.is_late(term) { self.late(term, place) } else { Vec::new() };
        late.into_iter().chain(self.known_beside(term, place))
    }

    fn known_beside(&self, term: TermId, place: Place) -> impl Iterator<Item = Place> {
        let (text, start) = (place.text, place.end);
        let behind = self.from(term, Place { text, start, end: 0 });
        behind
            .take_while(move |next| self.members.get().is_none() || (next.text, next.start) == (text, start))
            .filter(move |next| (next.text, next.start) == (text, start))
    }

    /// Where a term stands from some place on, in order, when the terms are grouped; else, wherever it stands.
    fn from(&self, term: TermId, place: Place) -> impl Iterator<Item = Place> {
        let (grouped, all) = match self.members.get() {
            Some(members) => (members.at(term), Default::default()),
            None => (Default::default(), self.found.as_slice()),
        };
        let from = if grouped.len() > 1 { grouped.partition_point(|known| *known < place) } else { 0 };
        let grouped = grouped.get(from..).unwrap_or_default().iter().copied();
        grouped.chain(all.iter().filter(move |(found, _)| id(*found) == term).map(|(_, place)| *place))
    }

    fn push(&mut self, found: u32, place: Place) {
        self.mark(id(found));
        self.found.push((found, place));
    }

    /// Looks up what a word may be asked for as.
    #[inline]
    fn look(&mut self, class: Class, word: &str, hash: u64, place: Place) {
        let found = self.index.vocabulary.find(hash, class, word.as_bytes());
        if found != 0 {
            self.push(found, place);
        }
    }

    fn text(&mut self, number: u32, zone_text: &ZoneText<'_>, zone: u16) {
        let forms = self.index.forms.get(usize::from(zone)).copied().unwrap_or(0);
        let patterns = self.index.triggers.watch(zone);
        let [plain, accented, hashtag, mention, cashtag] =
            [0, 1, 2, 3, 4].map(|form| Class::new(Role::Whole, form, zone));
        let text = zone_text.text();
        let ascii = text.source().is_ascii();
        for (index, token) in text.tokens().iter().enumerate() {
            let Some(word) = token.folded.of(text.folded()) else { continue };
            let hash = hash_of(text.folded().as_bytes(), token.folded.start(), token.folded.end());
            let (start, end) = zone_text.position(index);
            let place = Place { text: number, start, end };
            match token.kind {
                TokenKind::Mention => self.look(mention, word, hash, place),
                TokenKind::Cashtag => self.look(cashtag, word, hash, place),
                kind => {
                    self.look(plain, word, hash, place);
                    if forms & 2 != 0 {
                        self.look(accented, word, hash, place);
                    }
                    if !ascii && let Some(bare) = unaccented(word) {
                        self.look(plain, &bare, super::vocabulary::hash(bare.as_bytes()), place);
                    }
                    if kind == TokenKind::Hashtag {
                        self.look(hashtag, word, hash, place);
                        self.hashtag_parts(zone_text, index, place, [plain, accented]);
                    }
                }
            }
            if patterns {
                let tag = token.kind == TokenKind::Hashtag;
                self.patterns(zone_text, (index, tag, ascii), word, zone, place);
            }
        }
    }

    fn hashtag_parts(&mut self, zone: &ZoneText<'_>, index: usize, whole: Place, classes: [Class; 2]) {
        for (start, part) in (whole.start..).zip(zone.parts(index)) {
            let Some(part) = part.of(zone.text().source()) else { continue };
            let place = Place { start, end: start + 1, ..whole };
            let folded = fold(part);
            for class in classes {
                self.look(class, &folded, hash(folded.as_bytes()), place);
            }
            if let Some(bare) = unaccented(&folded) {
                self.look(classes[0], &bare, hash(bare.as_bytes()), place);
            }
        }
    }

    /// Tries the patterns that a token may have, and takes its hints.
    ///
    /// Of the token it is told its number, whether it is a hashtag, and whether all of the text is ASCII.
    fn patterns(
        &mut self,
        zone_text: &ZoneText<'_>,
        (at, tag, ascii): (usize, bool, bool),
        word: &str,
        zone: u16,
        place: Place,
    ) {
        let index = self.index;
        let mut met: Vec<TermId> = Vec::new();
        let mut meet =
            |word: &str| index.triggers.met(&index.vocabulary, zone, word, &mut |term| met.push(term));
        meet(word);
        let bare = if ascii { None } else { unaccented(word) };
        bare.as_deref().into_iter().for_each(&mut meet);
        // Only hashtags run words together.
        let parts = if tag { zone_text.parts(at) } else { Vec::new() };
        let parts: Vec<String> =
            parts.into_iter().filter_map(|part| part.of(zone_text.text().source()).map(fold)).collect();
        for part in &parts {
            meet(part);
            unaccented(part).as_deref().into_iter().for_each(&mut meet);
        }
        if met.is_empty() {
            return;
        }
        met.sort_unstable();
        met.dedup();
        let plain = bare.is_none() && parts.is_empty();
        let mut places = Vec::new();
        for term in met {
            let class = index.vocabulary.class(term);
            let Ok(text) = std::str::from_utf8(index.vocabulary.text(term)) else { continue };
            if class.role() == Role::Hint {
                if word.contains(text) || bare.as_deref().is_some_and(|bare| bare.contains(text)) {
                    places.push((place.start, place.end));
                }
            } else if !plain || pattern::globs(text, word) {
                // Most of what a trigger leads to does not fit the whole word, and ends here.
                if let Some(form) = code::FORMS.get(usize::from(class.form())) {
                    pattern::stands_on(*form, text, true, zone_text, at, &mut places);
                }
            }
            if places.is_empty() {
                continue;
            }
            // A pattern begins no pair and triggers nothing.
            let flags = if index.leads(term) { ANCHORS } else { 0 };
            for (start, end) in places.drain(..) {
                self.push(term | flags, Place { start, end, ..place });
            }
        }
    }

    /// Looks up the message's names, such as its author's.
    fn names(&mut self) {
        let index = self.index;
        for (number, attribute) in (0u16..).zip(&index.attributes) {
            let class = Class::new(Role::Name, 0, number);
            self.document.names(attribute, &mut |name| {
                let place = Place { text: NOWHERE, start: 0, end: 0 };
                self.look(class, name, hash(name.as_bytes()), place);
            });
        }
    }
}
