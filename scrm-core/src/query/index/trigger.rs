//! Which patterns may stand on a word? Those of whose fixed parts one is met.
//!
//! Of each pattern with wildcards one fixed part is looked for: the beginning of a token, its end, or up to four bytes
//! anywhere in it. A filter over the first, last or any four bytes says for most tokens that there is nothing to look
//! for. Literals and expressions leave a hint in the same way: a run of letters that must stand in some token.

use std::collections::HashMap;

use super::vocabulary::{Class, Role, TRIGGERS, TermId, Vocabulary, hash, id};
use super::{Complex, IndexError};
use crate::text::fold;

/// Bytes of a part that may stand anywhere in a token.
const GRAM: usize = 4;

/// What leads from tokens to patterns.
#[derive(Debug, Clone, Default)]
pub(super) struct Triggers {
    /// From a trigger to the pattern or hint that it leads to, in order.
    links: Vec<(TermId, TermId)>,
    prefixes: Lengths,
    suffixes: Lengths,
    grams: Grams,
    /// Zones that have any.
    zones: Vec<u16>,
}

/// How long the beginnings (or ends) are that share their first (or last) four bytes.
#[derive(Debug, Clone, Default)]
struct Lengths {
    /// Lengths under four, by bit.
    short: u64,
    /// Lengths from four up, by bit, for each remainder of the hash of four bytes; 63 stands for all above.
    masks: Vec<u64>,
    longest: usize,
}

/// Which runs of up to four bytes are looked for.
#[derive(Debug, Clone, Default)]
struct Grams {
    /// Sizes that occur, by bit.
    sizes: u8,
    bits: Vec<u64>,
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
            for gram in inner(&text).as_bytes().windows(GRAM).filter_map(|gram| gram.first_chunk::<GRAM>()) {
                *counts.entry(*gram).or_default() += 1;
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
        let gram = run.as_bytes().get(..run.len().min(GRAM)).unwrap_or_default();
        self.link(vocabulary, Role::Gram, gram, hint)?;
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

    /// Makes the filters.
    pub(super) fn filters(&mut self, vocabulary: &Vocabulary) {
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
                _ => self.grams.add(part, slots),
            }
        }
    }

    /// Whether a term leads to patterns.
    pub(super) fn has(&self, term: TermId) -> bool {
        self.to(term).next().is_some()
    }

    /// The patterns and hints that a trigger leads to.
    pub(super) fn to(&self, trigger: TermId) -> impl Iterator<Item = TermId> {
        let from = self.links.partition_point(|(known, _)| *known < trigger);
        let rest = self.links.get(from..).unwrap_or_default();
        rest.iter().take_while(move |(known, _)| *known == trigger).map(|(_, target)| *target)
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
        self.prefixes.each(bytes.len(), bytes.first_chunk().copied(), &mut |length| {
            try_part(Role::Prefix, bytes.get(..length).unwrap_or_default());
        });
        self.suffixes.each(bytes.len(), bytes.last_chunk().copied(), &mut |length| {
            try_part(Role::Suffix, bytes.get(bytes.len() - length..).unwrap_or_default());
        });
        self.grams.each(bytes, &mut |gram| try_part(Role::Gram, gram));
    }

    pub(super) fn memory(&self) -> usize {
        self.links.capacity() * 8
            + (self.prefixes.masks.capacity() + self.suffixes.masks.capacity() + self.grams.bits.capacity())
                * 8
    }
}

impl Lengths {
    fn add(&mut self, part: &[u8], four: Option<[u8; 4]>, slots: usize) {
        self.longest = self.longest.max(part.len());
        let Some(four) = four else {
            self.short |= 1 << part.len();
            return;
        };
        if self.masks.is_empty() {
            self.masks = vec![0; slots];
        }
        let at = slot(u32::from_le_bytes(four), self.masks.len());
        if let Some(mask) = self.masks.get_mut(at) {
            *mask |= 1 << part.len().min(63);
        }
    }

    /// Calls `seen` with each length that a part of a token of so many bytes may have.
    #[inline]
    fn each(&self, bytes: usize, four: Option<[u8; 4]>, seen: &mut dyn FnMut(usize)) {
        if self.longest == 0 && self.short == 0 {
            return;
        }
        let mut mask = self.short;
        if let Some(four) = four {
            mask |= self.masks.get(slot(u32::from_le_bytes(four), self.masks.len())).copied().unwrap_or(0);
        }
        while mask != 0 {
            let length = mask.trailing_zeros() as usize;
            mask &= mask - 1;
            if length == 63 {
                (63..=bytes.min(self.longest)).for_each(&mut *seen);
            } else if length <= bytes {
                seen(length);
            }
        }
    }
}

impl Grams {
    fn add(&mut self, gram: &[u8], slots: usize) {
        self.sizes |= 1 << gram.len();
        if self.bits.is_empty() {
            self.bits = vec![0; slots.max(64) / 2];
        }
        let bits = self.bits.len() * 64;
        let at = slot(key(gram), bits);
        if let Some(word) = self.bits.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    #[inline]
    fn each<'t>(&self, bytes: &'t [u8], seen: &mut dyn FnMut(&'t [u8])) {
        if self.sizes == 0 {
            return;
        }
        let bits = self.bits.len() * 64;
        for size in (1..=GRAM).filter(|size| self.sizes >> size & 1 == 1) {
            for gram in bytes.windows(size) {
                let at = slot(key(gram), bits);
                if self.bits.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1) {
                    seen(gram);
                }
            }
        }
    }
}

#[inline]
fn key(gram: &[u8]) -> u32 {
    match gram.first_chunk::<4>() {
        Some(four) => u32::from_le_bytes(*four),
        None => gram.iter().fold(1, |key, byte| (key << 8) | u32::from(*byte)),
    }
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

/// The four bytes of a part that the fewest patterns have.
fn rarest<'p>(part: &'p [u8], counts: &HashMap<[u8; GRAM], u32>) -> &'p [u8] {
    let count = |gram: &[u8]| gram.first_chunk().and_then(|gram| counts.get(gram)).copied().unwrap_or(0);
    part.windows(GRAM).min_by_key(|gram| count(gram)).unwrap_or(part)
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
