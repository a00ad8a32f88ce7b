//! How is a protocol judged quickly? Conditions over one pool of atoms, each asked once for a message.

use std::collections::BTreeMap;

use super::condition::{Atom, Condition, Facts, Truth};

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
#[derive(Debug, Clone, Default)]
pub(super) struct Pool {
    atoms: Vec<(Atom, String)>,
    places: BTreeMap<String, usize>,
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

    /// The atom at a place.
    pub(super) fn get(&self, place: usize) -> Option<(&Atom, &str)> {
        self.atoms.get(place).map(|(atom, text)| (atom, text.as_str()))
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

/// Whether a rule's condition holds, and whether only one part is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Holds,
    Unknown,
    /// It does not hold, for this one part of so many that do.
    Nearly(Literal, usize),
    Fails,
}

/// The atoms of a pool, asked of one message; each is asked once.
pub(super) struct Answers<'a, F> {
    pool: &'a Pool,
    pub(super) facts: &'a F,
    known: Vec<Option<Truth>>,
}

impl<'a, F: Facts> Answers<'a, F> {
    pub(super) fn new(pool: &'a Pool, facts: &'a F) -> Self {
        Self { pool, facts, known: vec![None; pool.atoms.len()] }
    }

    /// Takes the atom at a place to be as said, whatever the facts are.
    pub(super) fn assume(&mut self, place: usize, truth: Truth) {
        if let Some(known) = self.known.get_mut(place) {
            *known = Some(truth);
        }
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
        if let Some(Some(truth)) = self.known.get(place) {
            return *truth;
        }
        let truth = self.pool.get(place).map_or(Truth::Unknown, |(atom, _)| atom.evaluate(self.facts));
        if let Some(known) = self.known.get_mut(place) {
            *known = Some(truth);
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
