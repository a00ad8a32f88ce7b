//! Which patterns may stand on a word? Those of whose fixed parts one is met.
//!
//! Of each pattern with wildcards one fixed part is looked for: the beginning of a token, its end, or a run anywhere in
//! it. A filter over four bytes says for most places of a token that nothing begins there, and for the others how long
//! what begins there is. Literals and expressions leave a hint in the same way: a run of letters that must stand in some
//! token.

use std::collections::HashMap;

use super::vocabulary::{Class, Role, TRIGGERS, TermId, Vocabulary, hash, id};
use super::{Complex, IndexError};
use crate::text::fold;

/// Bytes that filters look at.
const GRAM: usize = 4;
/// What of a run is looked for, at most.
const RUN: usize = GRAM + 15;

/// What leads from tokens to patterns.
#[derive(Debug, Clone, Default)]
pub(super) struct Triggers {
    /// From a trigger to the pattern or hint that it leads to, in order.
    links: Vec<(TermId, TermId)>,
    /// The first trigger; and from it on, by trigger, where its links begin.
    lowest: TermId,
    starts: Vec<u32>,
    prefixes: Lengths,
    suffixes: Lengths,
    runs: Runs,
    /// Zones that have any.
    zones: Vec<u16>,
}

/// Parts of up to three bytes.
#[derive(Debug, Clone, Default)]
struct Short {
    /// Lengths that occur, by bit.
    lengths: u8,
    /// Which there are, by the remainder of a hash.
    bits: Vec<u64>,
}

/// How long the beginnings (or ends) are that share their first (or last) four bytes.
#[derive(Debug, Clone, Default)]
struct Lengths {
    short: Short,
    /// Lengths from four up, by bit, for each remainder of the hash of four bytes; 63 stands for all above.
    masks: Vec<u64>,
    longest: usize,
}

/// Which runs are looked for anywhere in a token.
#[derive(Debug, Clone, Default)]
struct Runs {
    short: Short,
    /// The lengths from four up of those that begin with four bytes, by bit, for each remainder of their hash.
    masks: Vec<u16>,
}

impl Triggers {
    /// Makes a trigger for each pattern of the vocabulary.
    pub(super) fn of_globs(&mut self, vocabulary: &mut Vocabulary) -> Result<(), IndexError> {
        let globs: Vec<TermId> = (1..u32::try_from(vocabulary.len()).unwrap_or(0))
            .filter(|term| vocabulary.class(*term).role() == Role::Glob)
            .collect();
        let mut counts: HashMap<[u8; GRAM], u32> = HashMap::new();
        let inner = |text: &str| match part(text) {
            (Role::Gram, part) => part.to_owned(),
            _ => String::new(),
        };
        for glob in &globs {
            let text = String::from_utf8_lossy(vocabulary.text(*glob)).into_owned();
            for run in inner(&text).as_bytes().windows(GRAM).filter_map(|run| run.first_chunk::<GRAM>()) {
                *counts.entry(*run).or_default() += 1;
            }
        }
        for glob in globs {
            let text = String::from_utf8_lossy(vocabulary.text(glob)).into_owned();
            let (role, part) = part(&text);
            let part = match role {
                Role::Gram => rarest(part.as_bytes(), &counts),
                _ => part.as_bytes(),
            };
            self.link(vocabulary, role, part, glob)?;
        }
        Ok(())
    }

    /// Makes the hints of literals and expressions: for each, the terms that stand in every message that has it.
    pub(super) fn of_complex(
        &mut self,
        vocabulary: &mut Vocabulary,
        complex: &[Complex],
    ) -> Result<Vec<Vec<TermId>>, IndexError> {
        let mut hints = Vec::new();
        for complex in complex {
            hints.push(match complex {
                Complex::Loose { .. } => Vec::new(),
                Complex::Exact { zone, literal } => match words_of(literal) {
                    Some(words) => {
                        let class = Class::new(Role::Whole, 0, *zone);
                        let number = |word: &String| vocabulary.number(class, word.as_bytes());
                        words.iter().map(number).collect::<Result<_, _>>()?
                    }
                    None => self.hint(vocabulary, *zone, &run_of(literal))?,
                },
                Complex::Regex { zone, regex } => {
                    self.hint(vocabulary, *zone, &required_run(regex.as_str()))?
                }
            });
        }
        Ok(hints)
    }

    fn hint(&mut self, vocabulary: &mut Vocabulary, zone: u16, run: &str) -> Result<Vec<TermId>, IndexError> {
        if run.len() < 3 {
            return Ok(Vec::new());
        }
        let hint = vocabulary.number(Class::new(Role::Hint, 0, zone), run.as_bytes())?;
        let run = run.as_bytes().get(..run.len().min(RUN)).unwrap_or_default();
        self.link(vocabulary, Role::Gram, run, hint)?;
        Ok(vec![hint])
    }

    fn link(
        &mut self,
        vocabulary: &mut Vocabulary,
        role: Role,
        part: &[u8],
        target: TermId,
    ) -> Result<(), IndexError> {
        let zone = vocabulary.class(target).place();
        let trigger = vocabulary.number(Class::new(role, 0, zone), part)?;
        self.links.try_reserve(1)?;
        self.links.push((trigger, target));
        if !self.zones.contains(&zone) {
            self.zones.push(zone);
        }
        Ok(())
    }

    /// Puts the links in order, once all are there.
    pub(super) fn order(&mut self) {
        self.links.sort_unstable();
        self.links.dedup();
        self.links.shrink_to_fit();
    }

    /// Forgets the patterns that are not looked for.
    pub(super) fn drop_links(&mut self, idle: impl Fn(TermId) -> bool) {
        self.links.retain(|(_, target)| !idle(*target));
        self.links.shrink_to_fit();
    }

    /// Makes the filters, and notes where the links of each trigger begin.
    pub(super) fn filters(&mut self, vocabulary: &Vocabulary) {
        self.lowest = self.links.first().map_or(0, |(trigger, _)| *trigger);
        let most = self.links.last().map_or(0, |(trigger, _)| (trigger - self.lowest) as usize + 2);
        self.starts = Vec::with_capacity(most);
        for (at, (trigger, _)) in (0u32..).zip(&self.links) {
            self.starts.resize(((trigger - self.lowest) as usize + 1).max(self.starts.len()), at);
        }
        self.starts.resize(most, u32::try_from(self.links.len()).unwrap_or(u32::MAX));
        let mut parts: Vec<(Role, &[u8])> = self
            .links
            .iter()
            .map(|(trigger, _)| (vocabulary.class(*trigger).role(), vocabulary.text(*trigger)))
            .collect();
        parts.dedup();
        let slots = parts.len().next_power_of_two().clamp(64, 1 << 20);
        for (role, part) in parts {
            match role {
                Role::Prefix => self.prefixes.add(part, part.first_chunk().copied(), slots),
                Role::Suffix => self.suffixes.add(part, part.last_chunk().copied(), slots),
                _ => self.runs.add(part, slots),
            }
        }
    }

    /// Whether a term leads to patterns.
    pub(super) fn has(&self, term: TermId) -> bool {
        self.to(term).next().is_some()
    }

    /// The patterns and hints that a trigger leads to.
    pub(super) fn to(&self, trigger: TermId) -> impl Iterator<Item = TermId> {
        let place = trigger.checked_sub(self.lowest).map(|at| at as usize);
        let start = |at: usize| self.starts.get(at).map(|start| *start as usize);
        let own = place.and_then(|at| self.links.get(start(at)?..start(at + 1)?));
        own.unwrap_or_default().iter().map(|(_, target)| *target)
    }

    /// Whether patterns are looked for in a zone.
    #[inline]
    pub(super) fn watch(&self, zone: u16) -> bool {
        self.zones.contains(&zone)
    }

    /// Calls `seen` with each pattern and hint of a zone that a token may have.
    pub(super) fn met(&self, vocabulary: &Vocabulary, zone: u16, token: &str, seen: &mut dyn FnMut(TermId)) {
        let bytes = token.as_bytes();
        let mut try_part = |role, part: &[u8]| {
            let found = vocabulary.find(hash(part), Class::new(role, 0, zone), part);
            if found & TRIGGERS != 0 {
                self.to(id(found)).for_each(&mut *seen);
            }
        };
        let head = |length| bytes.get(..length).unwrap_or_default();
        let tail = |length| bytes.get(bytes.len() - length..).unwrap_or_default();
        self.prefixes.each(bytes.len(), bytes.first_chunk().copied(), head, &mut |part| {
            try_part(Role::Prefix, part);
        });
        self.suffixes.each(bytes.len(), bytes.last_chunk().copied(), tail, &mut |part| {
            try_part(Role::Suffix, part);
        });
        self.runs.each(bytes, &mut |run| try_part(Role::Gram, run));
    }

    pub(super) fn memory(&self) -> usize {
        self.links.capacity() * 8
            + self.starts.capacity() * 4
            + (self.prefixes.masks.capacity() + self.suffixes.masks.capacity()) * 8
            + self.runs.masks.capacity() * 2
            + [&self.prefixes.short, &self.suffixes.short, &self.runs.short]
                .iter()
                .map(|short| short.bits.capacity() * 8)
                .sum::<usize>()
    }
}

impl Short {
    fn add(&mut self, part: &[u8], slots: usize) {
        self.lengths |= 1 << part.len();
        self.bits.resize(slots.max(64) / 2, 0);
        let at = slot(key(part), self.bits.len() * 64);
        if let Some(word) = self.bits.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    /// The lengths that occur; that of `*` alone is 0.
    #[inline]
    fn lengths(&self) -> impl Iterator<Item = usize> {
        (0..GRAM).filter(|length| self.lengths >> length & 1 == 1)
    }

    #[inline]
    fn may_have(&self, part: &[u8]) -> bool {
        let at = slot(key(part), self.bits.len() * 64);
        self.bits.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

impl Lengths {
    fn add(&mut self, part: &[u8], four: Option<[u8; GRAM]>, slots: usize) {
        self.longest = self.longest.max(part.len());
        let Some(four) = four else { return self.short.add(part, slots) };
        self.masks.resize(slots, 0);
        let at = slot(u32::from_le_bytes(four), self.masks.len());
        if let Some(mask) = self.masks.get_mut(at) {
            *mask |= 1 << part.len().min(63);
        }
    }

    /// Calls `seen` with each length that a part of a token of so many bytes may have; `of` gives a part of a length.
    #[inline]
    fn each<'t>(
        &self,
        bytes: usize,
        four: Option<[u8; GRAM]>,
        of: impl Fn(usize) -> &'t [u8],
        seen: &mut dyn FnMut(&'t [u8]),
    ) {
        for length in self.short.lengths().take_while(|length| *length <= bytes) {
            if self.short.may_have(of(length)) {
                seen(of(length));
            }
        }
        let Some(four) = four.filter(|_| !self.masks.is_empty()) else { return };
        let mut mask = self.masks.get(slot(u32::from_le_bytes(four), self.masks.len())).copied().unwrap_or(0);
        while mask != 0 {
            let length = mask.trailing_zeros() as usize;
            mask &= mask - 1;
            if length == 63 {
                (63..=bytes.min(self.longest)).for_each(|length| seen(of(length)));
            } else if length <= bytes {
                seen(of(length));
            }
        }
    }
}

impl Runs {
    fn add(&mut self, run: &[u8], slots: usize) {
        let Some(four) = run.first_chunk::<GRAM>() else { return self.short.add(run, slots) };
        self.masks.resize(slots * 2, 0);
        let at = slot(u32::from_le_bytes(*four), self.masks.len());
        if let Some(mask) = self.masks.get_mut(at) {
            *mask |= 1 << (run.len().min(RUN) - GRAM);
        }
    }

    /// Calls `seen` with each stretch of a token that may be a run.
    #[inline]
    fn each<'t>(&self, bytes: &'t [u8], seen: &mut dyn FnMut(&'t [u8])) {
        if !self.masks.is_empty() {
            let fours = bytes.windows(GRAM).filter_map(<[u8]>::first_chunk);
            for (at, four) in fours.enumerate() {
                let slot = slot(u32::from_le_bytes(*four), self.masks.len());
                let mut mask = self.masks.get(slot).copied().unwrap_or(0);
                while mask != 0 {
                    let length = GRAM + mask.trailing_zeros() as usize;
                    mask &= mask - 1;
                    match bytes.get(at..at + length) {
                        Some(run) => seen(run),
                        None => break,
                    }
                }
            }
        }
        for length in self.short.lengths().filter(|length| *length > 0) {
            bytes.windows(length).filter(|run| self.short.may_have(run)).for_each(&mut *seen);
        }
    }
}

/// A number for a run of up to three bytes.
#[inline]
fn key(run: &[u8]) -> u32 {
    run.iter().fold(1, |key, byte| (key << 8) | u32::from(*byte))
}

#[inline]
fn slot(key: u32, slots: usize) -> usize {
    let mixed = u64::from(key.wrapping_mul(0x9E37_79B1));
    usize::try_from((mixed * slots as u64) >> 32).unwrap_or(0)
}

/// The fixed part by which a pattern is found.
fn part(glob: &str) -> (Role, &str) {
    let is_wild = |c| matches!(c, '*' | '?');
    let head = glob.split(is_wild).next().unwrap_or_default();
    let tail = glob.rsplit(is_wild).next().unwrap_or_default();
    let inner = glob.split(is_wild).max_by_key(|part| part.len()).unwrap_or_default();
    let (end, edge) = if head.len() >= tail.len() { (Role::Prefix, head) } else { (Role::Suffix, tail) };
    if edge.len() >= 3 || edge.len() >= inner.len() { (end, edge) } else { (Role::Gram, inner) }
}

/// What of a part is looked for: from the four bytes on that the fewest patterns have, and that leave a run as long as
/// is useful.
fn rarest<'p>(part: &'p [u8], counts: &HashMap<[u8; GRAM], u32>) -> &'p [u8] {
    let count = |at: usize| {
        part.get(at..).and_then(|run| run.first_chunk()).and_then(|run| counts.get(run)).copied().unwrap_or(0)
    };
    let last = part.len().saturating_sub(2 * GRAM);
    let from = (0..=last).min_by_key(|at| count(*at)).unwrap_or(0);
    part.get(from..part.len().min(from + RUN)).unwrap_or(part)
}

/// The words of a literal, when each of them is a token of any text that has the literal uncut.
fn words_of(literal: &str) -> Option<Vec<String>> {
    // What never joins what stands around it into one token, and is part of no face.
    let parts = |c: char| " &!?\"[]{}*~%+,".contains(c);
    let is_word = |c: char| c == '_' || (c.is_alphanumeric() && !crate::text::is_unspaced(c));
    if !literal.chars().all(|c| parts(c) || is_word(c)) {
        return None;
    }
    let digits = |word: &str| word.chars().any(char::is_numeric);
    let words: Vec<&str> = literal.split(parts).filter(|word| !word.is_empty()).collect();
    // A comma between digits belongs to the number.
    if literal.contains(',') && words.iter().any(|word| digits(word)) {
        return None;
    }
    let fine = words.iter().all(|word| word.chars().any(char::is_alphanumeric));
    (fine && !words.is_empty()).then(|| words.into_iter().map(fold).collect())
}

/// The longest run of ASCII letters, or of digits, small.
fn run_of(text: &str) -> String {
    let letters = text.split(|c: char| !c.is_ascii_alphabetic());
    let digits = text.split(|c: char| !c.is_ascii_digit());
    letters.chain(digits).max_by_key(|run| run.len()).unwrap_or_default().to_ascii_lowercase()
}

/// The longest run of letters or digits that stands in all that an expression matches.
fn required_run(expression: &str) -> String {
    use regex_syntax::hir::{Hir, HirKind};
    fn longest(hir: &Hir, best: &mut String) {
        match hir.kind() {
            HirKind::Literal(literal) => {
                let run = run_of(&String::from_utf8_lossy(&literal.0));
                if run.len() > best.len() {
                    *best = run;
                }
            }
            HirKind::Capture(capture) => longest(&capture.sub, best),
            HirKind::Repetition(repetition) if repetition.min > 0 => longest(&repetition.sub, best),
            HirKind::Concat(parts) => parts.iter().for_each(|part| longest(part, best)),
            _ => {}
        }
    }
    let mut best = String::new();
    if let Ok(hir) = regex_syntax::Parser::new().parse(expression) {
        longest(&hir, &mut best);
    }
    best
}
