//! How do queries become an index? Code first, then anchors, then what each anchor leads to.

use std::collections::TryReserveError;
use std::sync::Arc;

use super::anchor::{self, Key};
use super::code::{Coder, Op, Parts, nearness, take};
use super::trigger::Triggers;
use super::vocabulary::{ANCHORS, NONE, PAIRS, Role, TRIGGERS, TermId, Vocabulary, hash};
use super::{Complex, Index, Posting};
use crate::model::Limits;
use crate::query::{Query, Uses};
use crate::text::Frequencies;

/// Why queries cannot be compiled together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// There is not enough memory.
    #[error("there is not enough memory for the queries")]
    Memory(#[from] TryReserveError),
    /// They are more than one index can count.
    #[error("the queries together are too large for one index")]
    Size,
    /// They would take more memory than they may.
    #[error("the queries would take more than the {0} bytes allowed")]
    Budget(usize),
    /// One of them is nested too deep or has too many parts.
    #[error("a query is nested deeper or has more parts than the limits allow")]
    Query,
    /// One word is longer than 65,535 bytes.
    #[error("a word of a query is longer than 65535 bytes")]
    Word,
    /// They ask for more zones or attributes than an index can tell apart.
    #[error("the queries ask for more than 1024 different zones or attributes")]
    Zones,
}

/// Takes queries in, one by one.
#[derive(Debug)]
pub struct IndexBuilder {
    coder: Coder,
    code: Vec<u32>,
    starts: Vec<u32>,
    /// Queries by their code, so that a query that is there already is not there twice: 0 is free, else one more than
    /// its number.
    known: Vec<u32>,
    limits: Limits,
    frequencies: Option<Arc<Frequencies>>,
}

impl IndexBuilder {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            coder: Coder::default(),
            code: Vec::new(),
            starts: vec![0],
            known: Vec::new(),
            limits: limits.clone(),
            frequencies: None,
        }
    }

    /// Chooses anchors by how often words stood in texts that were observed, a thousand of them at least.
    #[must_use]
    pub fn frequencies(mut self, frequencies: Option<Arc<Frequencies>>) -> Self {
        self.frequencies = frequencies.filter(|frequencies| frequencies.texts() >= 1_000);
        self
    }

    /// Adds a query and gives its number: that of the same query, when it is there already.
    ///
    /// # Errors
    /// When it does not keep to the limits, or the queries together are too large. What was added before stays.
    pub fn add(&mut self, query: &Query) -> Result<u32, IndexError> {
        if !query.fits(&self.limits) {
            return Err(IndexError::Query);
        }
        let from = self.code.len();
        if let Err(error) = self.coder.encode(query, &mut self.code) {
            self.code.truncate(from);
            return Err(error);
        }
        self.make_room()?;
        let at = self.home(from);
        if let Some(number) = self.known.get(at).and_then(|number| number.checked_sub(1)) {
            self.code.truncate(from);
            return Ok(number);
        }
        let number = u32::try_from(self.starts.len() - 1).map_err(|_| IndexError::Size)?;
        let to = u32::try_from(self.code.len()).map_err(|_| IndexError::Size)?;
        self.starts.try_reserve(1)?;
        self.starts.push(to);
        if let Some(slot) = self.known.get_mut(at) {
            *slot = number + 1;
        }
        let budget = self.limits.listener_bytes;
        let bytes = self.coder.vocabulary.memory() + self.code.capacity() * 4 + self.starts.len() * 24;
        if bytes > budget { Err(IndexError::Budget(budget)) } else { Ok(number) }
    }

    /// The slot of the query whose code begins at `from` and is the last one: that of its like, or a free one.
    fn home(&self, from: usize) -> usize {
        let code = self.code.get(from..).unwrap_or_default();
        let mut at = slot_of(code, self.known.len());
        loop {
            match self.known.get(at).copied() {
                Some(0) => return at,
                Some(number) if self.code_of(number - 1) == Some(code) => return at,
                Some(_) => at += 1,
                None => at = 0,
            }
        }
    }

    fn code_of(&self, number: u32) -> Option<&[u32]> {
        let (from, to) = (self.starts.get(number as usize)?, self.starts.get(number as usize + 1)?);
        self.code.get(*from as usize..*to as usize)
    }

    fn make_room(&mut self) -> Result<(), IndexError> {
        if self.starts.len() * 4 < self.known.len() * 3 {
            return Ok(());
        }
        let size = (self.known.len() * 2).max(64);
        let mut slots: Vec<u32> = Vec::new();
        slots.try_reserve_exact(size)?;
        slots.resize(size, 0);
        for number in (1u32..).take(self.starts.len() - 1) {
            let mut at = slot_of(self.code_of(number - 1).unwrap_or_default(), size);
            loop {
                match slots.get_mut(at) {
                    Some(slot) if *slot == 0 => break *slot = number,
                    Some(_) => at += 1,
                    None => at = 0,
                }
            }
        }
        self.known = slots;
        Ok(())
    }

    /// Makes the index.
    ///
    /// # Errors
    /// When there is not enough memory for it.
    pub fn build(self) -> Result<Index, IndexError> {
        let Self { coder, mut code, mut starts, known, limits, frequencies } = self;
        drop(known);
        let Coder { mut vocabulary, zones, attributes, complex, tests, .. } = coder;
        code.shrink_to_fit();
        starts.shrink_to_fit();
        let mut triggers = Triggers::default();
        triggers.of_globs(&mut vocabulary)?;
        let hints = triggers.of_complex(&mut vocabulary, &complex)?;
        triggers.order();
        let usage = usage(&code, &complex, &vocabulary)?;
        let mut index = Index {
            vocabulary,
            zones,
            attributes,
            complex,
            tests,
            triggers,
            late: Vec::new(),
            forms: Vec::new(),
            code,
            starts,
            pair_slots: Vec::new(),
            pairs: Vec::new(),
            first: Vec::new(),
            postings: Vec::new(),
            always: Vec::new(),
            uses: Uses::default(),
            most: limits.query_places,
        };
        let frequencies = frequencies.as_deref();
        let costs = anchor::Costs::new(usage, &hints, &index.vocabulary, &index.attributes, frequencies)?;
        anchors(&mut index, &costs)?;
        index.arm();
        let (first, triggers, pairs) = (&index.first, &index.triggers, &index.pairs);
        let mut starting = vec![0u64; index.vocabulary.len() / 64 + 1];
        for (term, _) in pairs {
            if let Some(word) = starting.get_mut(*term as usize / 64) {
                *word |= 1 << (term % 64);
            }
        }
        index.vocabulary.freeze(|term| {
            let at = term as usize;
            let leads = first.get(at) != first.get(at + 1);
            let pairs = starting.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1);
            (if leads { ANCHORS } else { 0 })
                | (if pairs { PAIRS } else { 0 })
                | (if triggers.has(term) { TRIGGERS } else { 0 })
        })?;
        index.describe();
        Ok(index)
    }
}

fn slot_of(code: &[u32], slots: usize) -> usize {
    let hash = code.iter().fold(code.len() as u64, |hash, word| {
        (hash ^ u64::from(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    });
    let high = hash.wrapping_mul(0xA076_1D64_78BD_642F) >> 32;
    usize::try_from((high * slots as u64) >> 32).unwrap_or(0)
}

/// How often each term stands in the queries.
fn usage(code: &[u32], complex: &[Complex], vocabulary: &Vocabulary) -> Result<Vec<u32>, IndexError> {
    let mut usage: Vec<u32> = Vec::new();
    usage.try_reserve_exact(vocabulary.len())?;
    usage.resize(vocabulary.len(), 0);
    let mut count = |term: TermId, _| {
        if let Some(count) = usage.get_mut(term as usize) {
            *count = count.saturating_add(1);
        }
    };
    let mut rest = code;
    while let Some(node) = take(&mut rest) {
        terms(&node, complex, &mut count);
    }
    Ok(usage)
}

/// Calls `seen` with each term of a node, and whether it follows another one in a phrase.
fn terms(node: &super::code::Node<'_>, complex: &[Complex], seen: &mut dyn FnMut(TermId, bool)) {
    match node.op {
        Op::Term => seen(node.number, false),
        Op::Phrase => (0..).zip(node.body).for_each(|(at, term)| seen(*term, at > 0)),
        Op::Complex => {
            if let Some(Complex::Loose { terms, .. }) = complex.get(node.number as usize) {
                terms.iter().for_each(|term| seen(*term, false));
            }
        }
        Op::Test => {}
        Op::And | Op::Or | Op::Not => Parts(node.body).for_each(|part| terms(&part, complex, seen)),
        Op::AtLeast => {
            Parts(node.body.get(1..).unwrap_or_default()).for_each(|part| terms(&part, complex, seen));
        }
        Op::Near => {
            let rest = nearness(node.body).map_or(&[][..], |(_, rest)| rest);
            Parts(rest).for_each(|part| terms(&part, complex, seen));
        }
    }
}

/// Chooses the anchors of every query, and lays out what each of them leads to.
fn anchors(index: &mut Index, costs: &anchor::Costs<'_>) -> Result<(), IndexError> {
    let mut chosen: Vec<(u32, Posting)> = Vec::new();
    chosen.try_reserve(index.len())?;
    let mut pairs = Pairs::default();
    let n_terms = u32::try_from(index.vocabulary.len()).map_err(|_| IndexError::Size)?;
    for number in 0..index.len() {
        let query = u32::try_from(number).map_err(|_| IndexError::Size)?;
        let Some(node) = index.code_of(number).and_then(|mut code| take(&mut code)) else { continue };
        let choice = anchor::choose(&node, &index.vocabulary, &index.complex, costs);
        let Some(choice) = choice else {
            index.always.try_reserve(1)?;
            index.always.push(query);
            continue;
        };
        for key in choice.keys {
            let (at, besides) = match key {
                Key::Term(term) => (term, [term, NONE]),
                Key::Pair(a, b) => (n_terms + pairs.number(a, b)?, [a, b]),
            };
            let mut more = choice.required.iter().filter(|term| !besides.contains(term));
            let second = more.next().copied().unwrap_or(NONE);
            let third = more.next().copied().unwrap_or(NONE);
            chosen.try_reserve(1)?;
            chosen.push((at, Posting { query, second, third }));
        }
    }
    let size = index.vocabulary.len() + pairs.keys.len();
    let mut first: Vec<u32> = Vec::new();
    first.try_reserve_exact(size + 1)?;
    first.resize(size + 1, 0);
    for (at, _) in &chosen {
        if let Some(count) = first.get_mut(*at as usize + 1) {
            *count += 1;
        }
    }
    let mut sum = 0u32;
    for count in &mut first {
        sum = sum.checked_add(*count).ok_or(IndexError::Size)?;
        *count = sum;
    }
    // By key; within one, those that need the same terms stand together, so that what is asked of them is answered alike
    // in a row. A choice is 16 bytes, sorted in place.
    chosen.sort_unstable_by_key(|(at, posting)| (*at, posting.second, posting.third, posting.query));
    index.postings.try_reserve_exact(chosen.len())?;
    index.postings.extend(chosen.iter().map(|(_, posting)| *posting));
    index.first = first;
    pairs.keys.shrink_to_fit();
    index.pairs = pairs.keys;
    index.pair_slots = pairs.slots;
    index.always.shrink_to_fit();
    Ok(())
}

/// Two terms side by side, each distinct two numbered once.
#[derive(Default)]
struct Pairs {
    slots: Vec<u32>,
    keys: Vec<(TermId, TermId)>,
}

impl Pairs {
    fn number(&mut self, a: TermId, b: TermId) -> Result<u32, IndexError> {
        if (self.keys.len() + 1) * 4 > self.slots.len() * 3 {
            let size = (self.slots.len() * 2).max(16);
            let mut slots: Vec<u32> = Vec::new();
            slots.try_reserve_exact(size)?;
            slots.resize(size, 0);
            self.slots = slots;
            for number in 0..self.keys.len() {
                let Some((a, b)) = self.keys.get(number).copied() else { break };
                let at = pair_slot(&self.slots, &self.keys, a, b);
                if let (Some(slot), Ok(number)) = (self.slots.get_mut(at), u32::try_from(number)) {
                    *slot = number + 1;
                }
            }
        }
        let at = pair_slot(&self.slots, &self.keys, a, b);
        let next = u32::try_from(self.keys.len() + 1).map_err(|_| IndexError::Size)?;
        let Some(slot) = self.slots.get_mut(at) else { return Err(IndexError::Size) };
        if *slot == 0 {
            *slot = next;
            self.keys.try_reserve(1)?;
            self.keys.push((a, b));
        }
        Ok(*slot - 1)
    }
}

/// Where a pair is, or is to be put.
pub(super) fn pair_slot(slots: &[u32], keys: &[(TermId, TermId)], a: TermId, b: TermId) -> usize {
    let both = ((u64::from(a) << 32) | u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = hash(&both.to_le_bytes()) >> 32;
    let mut at = usize::try_from((mixed * slots.len() as u64) >> 32).unwrap_or(0);
    loop {
        match slots.get(at).copied() {
            Some(0) => return at,
            Some(number) if keys.get(number as usize - 1) == Some(&(a, b)) => return at,
            Some(_) => at += 1,
            None => at = 0,
        }
    }
}

impl Index {
    /// Notes which patterns are looked for only behind a word that was met (those that stand in phrases only, never first,
    /// and lead to no query), and makes the filters for all others.
    pub(super) fn arm(&mut self) {
        let is_glob = |term: TermId| self.vocabulary.class(term).role() == Role::Glob;
        let mut behind: Vec<u64> = vec![0; self.vocabulary.len() / 64 + 1];
        let mut elsewhere = behind.clone();
        let mut rest = self.code.as_slice();
        while let Some(node) = take(&mut rest) {
            terms(&node, &self.complex, &mut |term, follows| {
                let bits = if follows && !self.leads(term) { &mut behind } else { &mut elsewhere };
                if let Some(word) = bits.get_mut(term as usize / 64).filter(|_| is_glob(term)) {
                    *word |= 1 << (term % 64);
                }
            });
        }
        behind.iter_mut().zip(&elsewhere).for_each(|(behind, elsewhere)| *behind &= !elsewhere);
        self.late = if behind.iter().any(|word| *word != 0) { behind } else { Vec::new() };
        let late = &self.late;
        let is_late =
            |term: TermId| late.get(term as usize / 64).is_some_and(|word| word >> (term % 64) & 1 == 1);
        self.triggers.drop_links(is_late);
        self.triggers.filters(&self.vocabulary);
    }

    /// Notes which forms, zones and attributes are asked for.
    pub(super) fn describe(&mut self) {
        self.forms = vec![0; self.zones.len()];
        for entry in self.vocabulary.entries.iter().skip(1) {
            let class = super::vocabulary::Class(entry.class);
            if class.role() == Role::Whole
                && let Some(forms) = self.forms.get_mut(usize::from(class.place()))
            {
                *forms |= 1 << class.form();
            }
        }
        self.uses.zones = self.zones.iter().cloned().collect();
        self.uses.attributes = self.attributes.iter().cloned().collect();
    }
}
