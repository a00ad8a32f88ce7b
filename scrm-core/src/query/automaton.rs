//! Which of many queries hold in a text? One pass over its folded form answers for all of them.
//!
//! All distinct patterns of all queries stand in one Aho-Corasick automaton. A query is looked at only when one of its
//! anchors stands in the text: an anchor is an atom without which the query cannot hold (of an AND, the part with the
//! fewest and longest such atoms; of an OR, the atoms of every part). Queries without an anchor are looked at always,
//! and counted ([`Automaton::always`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Atom, Query};
use crate::model::Span;
use crate::text::{Text, TokenKind};

/// A query that holds in a text, by its number, with the places of its words in the texts scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The query's number: its place in the list the automaton was built from.
    pub query: usize,
    /// Places in the first text, in order, without repeats.
    pub spans: Vec<Span>,
}

/// More patterns than an automaton can hold.
#[derive(Debug, thiserror::Error)]
#[error("the queries together are too large to be compiled")]
pub struct BuildError(#[from] aho_corasick::BuildError);

/// Many queries, compiled to be matched together. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Automaton(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    patterns: AhoCorasick,
    /// For each pattern, the atoms it stands for: they differ in the kinds of their tokens.
    atoms_of: Vec<Vec<u32>>,
    kinds: Vec<Vec<TokenKind>>,
    /// For each atom, the queries it anchors.
    anchored: Vec<Vec<u32>>,
    always: Vec<u32>,
    programs: Vec<Program>,
}

/// A query whose atoms are numbers.
#[derive(Debug)]
enum Program {
    Atom(u32),
    And(Vec<Program>),
    Or(Vec<Program>),
    Not(Box<Program>),
}

impl Automaton {
    /// Compiles queries; each is known by its place in the list.
    ///
    /// # Errors
    /// When the patterns are too many or too long to be held.
    pub fn build<'a>(queries: impl IntoIterator<Item = &'a Query>) -> Result<Self, BuildError> {
        let mut atoms = Interner::default();
        let mut anchored: Vec<Vec<u32>> = Vec::new();
        let mut always = Vec::new();
        let mut programs = Vec::new();
        for (number, query) in (0u32..).zip(queries) {
            let program = Program::compile(query, &mut atoms);
            anchored.resize_with(atoms.kinds.len(), Vec::new);
            match program.anchors(&atoms) {
                None => always.push(number),
                Some(anchors) => anchors.into_iter().for_each(|atom| {
                    if let Some(queries) = anchored.get_mut(atom as usize)
                        && queries.last() != Some(&number)
                    {
                        queries.push(number);
                    }
                }),
            }
            programs.push(program);
        }
        let patterns = AhoCorasick::builder().match_kind(MatchKind::Standard).build(atoms.texts())?;
        let Interner { atoms_of, kinds, .. } = atoms;
        Ok(Self(Arc::new(Compiled { patterns, atoms_of, kinds, anchored, always, programs })))
    }

    /// The queries that are looked at for every text, since no word must stand in those they match.
    pub fn always(&self) -> impl Iterator<Item = usize> {
        self.0.always.iter().map(|number| *number as usize)
    }

    /// Bytes that the automaton of patterns takes.
    pub fn memory(&self) -> usize {
        self.0.patterns.memory_usage()
    }

    /// The queries that hold in a message made of several texts (its text first, then its title), in their order.
    pub fn scan(&self, texts: &[&Text<'_>]) -> Vec<Match> {
        let found = self.found(texts);
        let mut candidates: Vec<u32> = self.0.always.clone();
        for (atom, _) in &found.atoms {
            candidates.extend(self.0.anchored.get(*atom as usize).into_iter().flatten());
        }
        candidates.sort_unstable();
        candidates.dedup();
        let matches = |number: u32| {
            let program = self.0.programs.get(number as usize)?;
            program.holds(&found).then(|| {
                let mut spans = Vec::new();
                program.spans(&found, &mut spans);
                spans.sort_unstable();
                spans.dedup();
                Match { query: number as usize, spans }
            })
        };
        candidates.into_iter().filter_map(matches).collect()
    }

    fn found(&self, texts: &[&Text<'_>]) -> Found {
        let mut atoms: Vec<(u32, Option<Span>)> = Vec::new();
        for (number, text) in texts.iter().enumerate() {
            for hit in self.0.patterns.find_overlapping_iter(text.folded()) {
                let first = text.token_at_folded(hit.start() + 1);
                for atom in self.0.atoms_of.get(hit.pattern().as_usize()).into_iter().flatten() {
                    let Some(span) = self.place(*atom, first, text) else { continue };
                    atoms.push((*atom, (number == 0).then_some(span)));
                }
            }
        }
        atoms.sort_unstable();
        Found { atoms }
    }

    /// Where the atom stands when it begins at token `first`, if the tokens there are of the kinds it asks for.
    fn place(&self, atom: u32, first: usize, text: &Text<'_>) -> Option<Span> {
        let kinds = self.0.kinds.get(atom as usize)?;
        let tokens = text.tokens().get(first..first + kinds.len())?;
        let fits = kinds.iter().zip(tokens).all(|(wanted, token)| Atom::accepts(*wanted, token.kind));
        let (start, end) = (tokens.first()?.span.start(), tokens.last()?.span.end());
        fits.then(|| Span::new(start, end))
    }
}

/// The atoms that stand in a message, by number, with their places in its text.
struct Found {
    atoms: Vec<(u32, Option<Span>)>,
}

impl Found {
    fn of(&self, atom: u32) -> &[(u32, Option<Span>)] {
        let from = self.atoms.partition_point(|(found, _)| *found < atom);
        let to = self.atoms.partition_point(|(found, _)| *found <= atom);
        self.atoms.get(from..to).unwrap_or_default()
    }
}

impl Program {
    fn compile(query: &Query, atoms: &mut Interner) -> Self {
        match query {
            Query::Atom(atom) => Self::Atom(atoms.number(atom)),
            Query::And(parts) => Self::And(parts.iter().map(|part| Self::compile(part, atoms)).collect()),
            Query::Or(parts) => Self::Or(parts.iter().map(|part| Self::compile(part, atoms)).collect()),
            Query::Not(part) => Self::Not(Box::new(Self::compile(part, atoms))),
        }
    }

    /// Atoms of which one must stand in every text that matches; `None` when there are no such atoms.
    fn anchors(&self, atoms: &Interner) -> Option<Vec<u32>> {
        match self {
            Self::Atom(atom) => Some(vec![*atom]),
            Self::Not(_) => None,
            Self::Or(parts) => {
                let all: Option<Vec<Vec<u32>>> = parts.iter().map(|part| part.anchors(atoms)).collect();
                all.map(Vec::into_iter).map(Iterator::flatten).map(Iterator::collect)
            }
            Self::And(parts) => {
                parts.iter().filter_map(|part| part.anchors(atoms)).min_by_key(|anchors| atoms.cost(anchors))
            }
        }
    }

    fn holds(&self, found: &Found) -> bool {
        match self {
            Self::Atom(atom) => !found.of(*atom).is_empty(),
            Self::And(parts) => parts.iter().all(|part| part.holds(found)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(found)),
            Self::Not(part) => !part.holds(found),
        }
    }

    /// The places of the atoms in the parts that hold.
    fn spans(&self, found: &Found, spans: &mut Vec<Span>) {
        match self {
            Self::Atom(atom) => spans.extend(found.of(*atom).iter().filter_map(|(_, span)| *span)),
            Self::And(parts) => parts.iter().for_each(|part| part.spans(found, spans)),
            Self::Or(parts) => {
                parts.iter().filter(|part| part.holds(found)).for_each(|part| part.spans(found, spans));
            }
            Self::Not(_) => {}
        }
    }
}

/// Numbers for atoms and for their patterns, each distinct one counted once.
#[derive(Default)]
struct Interner {
    patterns: BTreeMap<String, usize>,
    atoms: BTreeMap<(usize, Vec<u8>), u32>,
    atoms_of: Vec<Vec<u32>>,
    kinds: Vec<Vec<TokenKind>>,
    lengths: Vec<usize>,
}

impl Interner {
    fn number(&mut self, atom: &Atom) -> u32 {
        let pattern = atom.pattern();
        let length = pattern.len();
        let next = self.patterns.len();
        let pattern = *self.patterns.entry(pattern).or_insert(next);
        if pattern == self.atoms_of.len() {
            self.atoms_of.push(Vec::new());
        }
        let kinds: Vec<TokenKind> = atom.tokens.iter().map(|(kind, _)| *kind).collect();
        let key = (pattern, kinds.iter().map(|kind| *kind as u8).collect());
        if let Some(number) = self.atoms.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.kinds.len()).unwrap_or(u32::MAX);
        self.atoms.insert(key, number);
        self.kinds.push(kinds);
        self.lengths.push(length);
        if let Some(atoms) = self.atoms_of.get_mut(pattern) {
            atoms.push(number);
        }
        number
    }

    /// How often anchors are likely to stand in a text: each counts less the longer it is.
    fn cost(&self, anchors: &[u32]) -> u64 {
        let of = |atom: &u32| {
            self.lengths
                .get(*atom as usize)
                .map_or(0, |length| 1_000_000 / (*length as u64 * *length as u64).max(1))
        };
        anchors.iter().map(of).sum()
    }

    /// The patterns in the order of their numbers.
    fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<(usize, &str)> =
            self.patterns.iter().map(|(text, number)| (*number, text.as_str())).collect();
        texts.sort_unstable();
        texts.into_iter().map(|(_, text)| text).collect()
    }
}
