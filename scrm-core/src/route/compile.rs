//! How is a protocol judged quickly? Conditions over one pool of atoms, each asked once for a message.

use std::collections::BTreeMap;

use super::condition::{Atom, Condition, Facts, Truth, Wording};
use super::lookup::{Lookup, Sort};
use super::texts::Texts;
use crate::model::{Limits, Span};

/// A condition whose atoms stand in a pool.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// All hold.
    All(Vec<Node>),
    /// One holds.
    Any(Vec<Node>),
    /// It does not hold.
    Not(Box<Node>),
    /// The atom at this place.
    Atom(usize),
}

/// Every atom of a protocol, once, with its canonical text.
#[derive(Debug, Default)]
pub(super) struct Pool {
    atoms: Vec<(Atom, String)>,
    places: BTreeMap<String, usize>,
    /// The atoms that look for words, which one pass over the text answers.
    wordings: BTreeMap<usize, Wording>,
    texts: Texts,
    lookup: Lookup,
    /// What is known of each atom before a message is seen.
    blank: Vec<Known>,
}

impl Pool {
    pub(super) fn compile(&mut self, condition: &Condition) -> Node {
        match condition {
            Condition::And(parts) => Node::All(parts.iter().map(|part| self.compile(part)).collect()),
            Condition::Or(parts) => Node::Any(parts.iter().map(|part| self.compile(part)).collect()),
            Condition::Not(inner) => Node::Not(Box::new(self.compile(inner))),
            Condition::Atom(atom) => Node::Atom(self.place(atom)),
        }
    }

    fn place(&mut self, atom: &Atom) -> usize {
        let text = atom.to_string();
        if let Some(place) = self.places.get(&text) {
            return *place;
        }
        let place = self.atoms.len();
        self.atoms.push((atom.clone(), text.clone()));
        self.places.insert(text, place);
        place
    }

    /// How many atoms there are.
    pub(super) fn len(&self) -> usize {
        self.atoms.len()
    }

    /// Whether an atom is false of every message that does not touch it.
    pub(super) fn leads(&self, place: usize) -> bool {
        self.blank.get(place) == Some(&Known::False) || self.wordings.contains_key(&place)
    }

    /// Makes ready to look for the words of all atoms; call it when all conditions are compiled.
    pub(super) fn finish(&mut self) {
        let limits = Limits::DEFAULT;
        let wordings = self.atoms.iter().enumerate();
        let wordings = wordings.filter_map(|(place, (atom, _))| Some((place, Wording::of(atom, &limits)?)));
        self.wordings = wordings.collect();
        self.texts = Texts::new(&self.wordings, &limits);
        self.lookup = Lookup::new(self.atoms());
        self.blank = self.atoms().map(|atom| Known::before(Lookup::sort(atom))).collect();
    }

    /// The atom at a place.
    pub(super) fn get(&self, place: usize) -> Option<(&Atom, &str)> {
        self.atoms.get(place).map(|(atom, text)| (atom, text.as_str()))
    }

    /// Where the words stand that an atom looks for; `None` when it looks for something else.
    pub(super) fn word_spans<F: Facts>(&self, place: usize, facts: &F) -> Option<Vec<Span>> {
        let wording = self.wordings.get(&place)?;
        let mut spans = Vec::new();
        facts.with_text(&mut |document| spans = wording.spans(document));
        Some(spans)
    }

    /// The place of the atom with this canonical text.
    pub(super) fn place_of(&self, text: &str) -> Option<usize> {
        self.places.get(text).copied()
    }

    /// The atoms.
    pub(super) fn atoms(&self) -> impl Iterator<Item = &Atom> {
        self.atoms.iter().map(|(atom, _)| atom)
    }
}

/// An atom or its contrary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) atom: usize,
    pub(super) positive: bool,
}

impl Literal {
    /// What would have to hold in its place.
    pub(super) fn contrary(self) -> Self {
        Self { positive: !self.positive, ..self }
    }
}

/// Whether a rule's condition holds, and whether only one part is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Holds,
    Unknown,
    /// It does not hold, for this one part of so many that do.
    Nearly(Literal, usize),
    Fails,
}

/// What is known of an atom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    False,
    Unknown,
    True,
    NotAsked,
}

impl Known {
    fn before(sort: Sort) -> Self {
        match sort {
            Sort::Found => Self::False,
            Sort::Spared => Self::True,
            Sort::Asked => Self::NotAsked,
        }
    }

    fn of(truth: Truth) -> Self {
        match truth {
            Truth::False => Self::False,
            Truth::Unknown => Self::Unknown,
            Truth::True => Self::True,
        }
    }
}

/// The atoms of a pool, asked of one message; each is asked once at most.
pub(super) struct Answers<'a, F> {
    pool: &'a Pool,
    pub(super) facts: &'a F,
    known: Vec<Known>,
    /// The atoms that are not false though they would be of most messages; one may stand here more than once.
    pub(super) touched: Vec<u32>,
}

impl<'a, F: Facts> Answers<'a, F> {
    pub(super) fn new(pool: &'a Pool, facts: &'a F) -> Self {
        let mut answers = Self { pool, facts, known: pool.blank.clone(), touched: Vec::new() };
        pool.lookup.answer(facts, &mut |atom, truth| answers.set(atom, truth));
        if !pool.wordings.is_empty() {
            answers.look_for_words();
        }
        answers
    }

    fn set(&mut self, atom: u32, truth: Truth) {
        if let Some(known) = self.known.get_mut(atom as usize) {
            *known = Known::of(truth);
        }
        if truth != Truth::False {
            self.touched.push(atom);
        }
    }

    /// Answers every atom that looks for words.
    fn look_for_words(&mut self) {
        let pool = self.pool;
        let place = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let mut found = Vec::new();
        let known = self.facts.with_text(&mut |document| pool.texts.scan(document, &mut |at| found.push(at)));
        for at in pool.wordings.keys() {
            self.set(place(*at), if known { Truth::False } else { Truth::Unknown });
        }
        found.into_iter().for_each(|at| self.set(place(at), Truth::True));
    }

    /// Takes the atom at a place to be as said, whatever the facts are.
    pub(super) fn assume(&mut self, place: usize, truth: Truth) {
        self.set(u32::try_from(place).unwrap_or(u32::MAX), truth);
    }

    pub(super) fn truth(&mut self, node: &Node) -> Truth {
        match node {
            Node::All(parts) => self.fold(parts, Truth::True, Truth::False, Truth::and),
            Node::Any(parts) => self.fold(parts, Truth::False, Truth::True, Truth::or),
            Node::Not(inner) => !self.truth(inner),
            Node::Atom(place) => self.atom(*place),
        }
    }

    fn fold(&mut self, parts: &[Node], start: Truth, last: Truth, join: fn(Truth, Truth) -> Truth) -> Truth {
        let mut truth = start;
        for part in parts {
            truth = join(truth, self.truth(part));
            if truth == last {
                break;
            }
        }
        truth
    }

    fn atom(&mut self, place: usize) -> Truth {
        match self.known.get(place) {
            Some(Known::False) => return Truth::False,
            Some(Known::Unknown) => return Truth::Unknown,
            Some(Known::True) => return Truth::True,
            Some(Known::NotAsked) | None => {}
        }
        let truth = self.pool.get(place).map_or(Truth::Unknown, |(atom, _)| atom.evaluate(self.facts));
        if let Some(known) = self.known.get_mut(place) {
            *known = Known::of(truth);
        }
        truth
    }

    /// The truth of a whole condition, and the one part of a row that fails when all the others hold.
    pub(super) fn verdict(&mut self, node: &Node) -> Verdict {
        let Node::All(parts) = node else {
            return match self.truth(node) {
                Truth::True => Verdict::Holds,
                Truth::Unknown => Verdict::Unknown,
                Truth::False => Verdict::Fails,
            };
        };
        let (mut failed, mut unknown) = (None, false);
        for part in parts {
            match self.truth(part) {
                Truth::True => {}
                Truth::Unknown => unknown = true,
                Truth::False if failed.is_some() => return Verdict::Fails,
                Truth::False => failed = Some(part),
            }
            if unknown && failed.is_some() {
                return Verdict::Fails;
            }
        }
        match (failed.map(literal), unknown) {
            (None, false) => Verdict::Holds,
            (None, true) => Verdict::Unknown,
            (Some(Some(literal)), _) => Verdict::Nearly(literal, parts.len().saturating_sub(1)),
            (Some(None), _) => Verdict::Fails,
        }
    }

    /// The atoms that make a condition what it is (`positive`) or its contrary.
    pub(super) fn reasons(&mut self, node: &Node, positive: bool, found: &mut Vec<Literal>) {
        let wanted = Truth::from(positive);
        if self.truth(node) == !wanted {
            return;
        }
        match node {
            Node::All(parts) | Node::Any(parts) => {
                for part in parts {
                    self.reasons(part, positive, found);
                }
            }
            Node::Not(inner) => self.reasons(inner, !positive, found),
            Node::Atom(atom) if self.atom(*atom) == wanted => found.push(Literal { atom: *atom, positive }),
            Node::Atom(_) => {}
        }
    }

    /// The atoms for which a condition is unknown.
    pub(super) fn unknowns(&mut self, node: &Node, found: &mut Vec<usize>) {
        if self.truth(node) != Truth::Unknown {
            return;
        }
        match node {
            Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| self.unknowns(part, found)),
            Node::Not(inner) => self.unknowns(inner, found),
            Node::Atom(atom) if !found.contains(atom) => found.push(*atom),
            Node::Atom(_) => {}
        }
    }
}

fn literal(node: &Node) -> Option<Literal> {
    match node {
        Node::Atom(atom) => Some(Literal { atom: *atom, positive: true }),
        Node::Not(inner) => match **inner {
            Node::Atom(atom) => Some(Literal { atom, positive: false }),
            _ => None,
        },
        _ => None,
    }
}
