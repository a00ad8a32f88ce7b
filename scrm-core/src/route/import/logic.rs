//! When does a rule of another tool fire? Questions joined by *and*, *or* and *not*, each formula kept once.
//!
//! Two-valued: what the other tool finds absent is simply not so. Formulas are in negation normal form, and a part of a
//! row is simplified under the parts before it, so that "this, and none of the rules before" stays as long as it reads.

use std::collections::{BTreeMap, BTreeSet};

use crate::route::condition::Comparison;

/// A formula, by its place in [`Logic`].
pub(super) type Formula = usize;

/// It always holds.
pub(super) const ALWAYS: Formula = 0;
/// It never holds.
pub(super) const NEVER: Formula = 1;

/// How many parts all formulas of one import may have together; beyond it no rule is rewritten any more.
const MOST_WORK: usize = 4_000_000;

/// What is asked of one field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Test {
    /// It has a value.
    Present,
    /// It has this value.
    Is(String),
    /// It has this value among others.
    Has(String),
    /// The number, as it was written, stands so to it.
    Compare(Comparison, String),
    /// The event changed it.
    Changed,
    /// The event changed it from the one to the other.
    ChangedBetween(String, String),
    /// These letters stand in it.
    Contains(String),
    /// This word or phrase stands in it.
    Word(String),
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ask {
    /// The field, as conditions write it.
    pub(super) field: String,
    /// What is asked of it.
    pub(super) test: Test,
}

/// One formula over other formulas.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Always,
    Never,
    All(Vec<Formula>),
    Any(Vec<Formula>),
    /// The question at this place, or its contrary.
    Asked(usize, bool),
}

/// Every formula of one import.
#[derive(Debug)]
pub(super) struct Logic {
    nodes: Vec<Node>,
    sizes: Vec<usize>,
    depths: Vec<usize>,
    places: BTreeMap<Node, Formula>,
    contraries: BTreeMap<Formula, Formula>,
    asks: Vec<Ask>,
    asked: BTreeMap<Ask, usize>,
    work: usize,
}

/// What is taken to hold while a part is simplified.
#[derive(Default)]
struct Assumed {
    formulas: BTreeSet<Formula>,
    /// The value that a field of one value has.
    values: BTreeMap<String, String>,
}

impl Logic {
    pub(super) fn new() -> Self {
        let mut logic = Self {
            nodes: Vec::new(),
            sizes: Vec::new(),
            depths: Vec::new(),
            places: BTreeMap::new(),
            contraries: BTreeMap::new(),
            asks: Vec::new(),
            asked: BTreeMap::new(),
            work: 0,
        };
        logic.place(Node::Always);
        logic.place(Node::Never);
        logic
    }

    /// The question, as a formula.
    pub(super) fn ask(&mut self, field: &str, test: Test) -> Formula {
        let ask = Ask { field: field.to_owned(), test };
        let next = self.asks.len();
        let place = *self.asked.entry(ask.clone()).or_insert(next);
        if place == next {
            self.asks.push(ask);
        }
        self.place(Node::Asked(place, true))
    }

    /// The question at a place.
    pub(super) fn asked(&self, place: usize) -> Option<&Ask> {
        self.asks.get(place)
    }

    pub(super) fn node(&self, formula: Formula) -> &Node {
        self.nodes.get(formula).unwrap_or(&Node::Never)
    }

    /// How many questions it asks.
    pub(super) fn size(&self, formula: Formula) -> usize {
        self.sizes.get(formula).copied().unwrap_or_default()
    }

    /// How deep its rows are nested.
    pub(super) fn depth(&self, formula: Formula) -> usize {
        self.depths.get(formula).copied().unwrap_or_default()
    }

    /// Whether so much was written that no more should be.
    pub(super) fn is_exhausted(&self) -> bool {
        self.work > MOST_WORK
    }

    /// The contrary.
    pub(super) fn not(&mut self, formula: Formula) -> Formula {
        if let Some(contrary) = self.contraries.get(&formula) {
            return *contrary;
        }
        let node = match self.node(formula).clone() {
            Node::Always => Node::Never,
            Node::Never => Node::Always,
            Node::Asked(place, positive) => Node::Asked(place, !positive),
            Node::All(parts) => Node::Any(self.contraries_of(&parts)),
            Node::Any(parts) => Node::All(self.contraries_of(&parts)),
        };
        let contrary = self.place(node);
        self.contraries.insert(formula, contrary);
        self.contraries.insert(contrary, formula);
        contrary
    }

    fn contraries_of(&mut self, parts: &[Formula]) -> Vec<Formula> {
        let mut contraries: Vec<Formula> = parts.iter().map(|part| self.not(*part)).collect();
        contraries.sort_unstable();
        contraries
    }

    /// One of them holds.
    pub(super) fn any(&mut self, parts: &[Formula]) -> Formula {
        let contraries: Vec<Formula> = parts.iter().map(|part| self.not(*part)).collect();
        let none = self.all(&contraries);
        let any = self.not(none);
        self.factored(any)
    }

    /// `a and b or a and c` as `a and (b or c)`.
    fn factored(&mut self, formula: Formula) -> Formula {
        let Node::Any(parts) = self.node(formula).clone() else { return formula };
        let rows: Vec<BTreeSet<Formula>> = parts
            .iter()
            .map(|part| match self.node(*part) {
                Node::All(inner) => inner.iter().copied().collect(),
                _ => [*part].into(),
            })
            .collect();
        let mut common = rows.first().cloned().unwrap_or_default();
        rows.iter().for_each(|row| common.retain(|part| row.contains(part)));
        if common.is_empty() {
            return formula;
        }
        let rest: Vec<Formula> = rows
            .into_iter()
            .map(|row| {
                let row: Vec<Formula> = row.into_iter().filter(|part| !common.contains(part)).collect();
                self.row(&row, false)
            })
            .collect();
        let rest = self.row(&rest, true);
        let common: Vec<Formula> = common.into_iter().chain([rest]).collect();
        self.row(&common, false)
    }

    /// All of them hold.
    pub(super) fn all(&mut self, parts: &[Formula]) -> Formula {
        let mut flat = Vec::new();
        for part in parts {
            match self.node(*part) {
                Node::All(inner) => flat.extend_from_slice(inner),
                _ => flat.push(*part),
            }
        }
        // Short parts first, so that they simplify the long ones; of questions, those that say most.
        flat.sort_by_key(|part| (self.size(*part), self.weight(*part), *part));
        flat.dedup();
        let mut assumed = Assumed::default();
        for part in flat {
            let simple = self.under(part, &assumed);
            match self.node(simple).clone() {
                Node::Never => return NEVER,
                Node::Always => {}
                Node::All(inner) => inner.into_iter().for_each(|part| self.assume(part, &mut assumed)),
                _ => self.assume(simple, &mut assumed),
            }
        }
        let mut parts: Vec<Formula> = assumed.formulas.into_iter().collect();
        match parts.as_slice() {
            [] => ALWAYS,
            [part] => *part,
            _ => {
                parts.sort_unstable();
                self.place(Node::All(parts))
            }
        }
    }

    /// `field is value` comes before what follows from it.
    fn weight(&self, formula: Formula) -> u8 {
        match self.node(formula) {
            Node::Asked(place, true) => match self.asks.get(*place).map(|ask| &ask.test) {
                Some(Test::Is(_)) => 0,
                _ => 1,
            },
            _ => 2,
        }
    }

    fn assume(&self, formula: Formula, assumed: &mut Assumed) {
        assumed.formulas.insert(formula);
        if let Node::Asked(place, true) = self.node(formula)
            && let Some(Ask { field, test: Test::Is(value) }) = self.asks.get(*place)
        {
            assumed.values.insert(field.clone(), value.clone());
        }
    }

    /// The formula where the assumed ones hold.
    fn under(&mut self, formula: Formula, assumed: &Assumed) -> Formula {
        if assumed.formulas.is_empty() {
            return formula;
        }
        if assumed.formulas.contains(&formula) {
            return ALWAYS;
        }
        let contrary = self.not(formula);
        if assumed.formulas.contains(&contrary) {
            return NEVER;
        }
        match self.node(formula).clone() {
            Node::Always | Node::Never => formula,
            Node::Asked(place, positive) => match self.settled(place, assumed) {
                Some(answer) if answer == positive => ALWAYS,
                Some(_) => NEVER,
                None => formula,
            },
            Node::All(parts) => {
                let simple: Vec<Formula> = parts.iter().map(|part| self.under(*part, assumed)).collect();
                if simple == parts { formula } else { self.row(&simple, false) }
            }
            Node::Any(parts) => {
                let simple: Vec<Formula> = parts.iter().map(|part| self.under(*part, assumed)).collect();
                if simple == parts { formula } else { self.row(&simple, true) }
            }
        }
    }

    /// What the value of a field says about another question to it.
    fn settled(&self, place: usize, assumed: &Assumed) -> Option<bool> {
        let Ask { field, test } = self.asks.get(place)?;
        let value = assumed.values.get(field)?;
        match test {
            Test::Is(other) => Some(value == other),
            Test::Present => Some(true),
            _ => None,
        }
    }

    /// A row as it stands, without what decides nothing.
    fn row(&mut self, parts: &[Formula], any: bool) -> Formula {
        let (empty, last) = if any { (NEVER, ALWAYS) } else { (ALWAYS, NEVER) };
        let mut flat = BTreeSet::new();
        for part in parts {
            match self.node(*part) {
                _ if *part == last => return last,
                _ if *part == empty => {}
                Node::Any(inner) if any => flat.extend(inner.iter().copied()),
                Node::All(inner) if !any => flat.extend(inner.iter().copied()),
                _ => _ = flat.insert(*part),
            }
        }
        let flat: Vec<Formula> = flat.into_iter().collect();
        match flat.as_slice() {
            [] => empty,
            [part] => *part,
            _ => self.place(if any { Node::Any(flat) } else { Node::All(flat) }),
        }
    }

    fn place(&mut self, node: Node) -> Formula {
        if let Some(place) = self.places.get(&node) {
            return *place;
        }
        let (size, depth) = match &node {
            Node::Always | Node::Never => (0, 0),
            Node::Asked(..) => (1, 1),
            Node::All(parts) | Node::Any(parts) => {
                let size = parts.iter().map(|part| self.size(*part)).fold(0, usize::saturating_add);
                let depth = parts.iter().map(|part| self.depth(*part)).max().unwrap_or_default();
                self.work = self.work.saturating_add(parts.len());
                (size, depth + 1)
            }
        };
        let place = self.nodes.len();
        self.nodes.push(node.clone());
        self.sizes.push(size);
        self.depths.push(depth);
        self.places.insert(node, place);
        place
    }
}
