//! How is a query kept small and asked fast? As a flat run of numbers; and how is it read back?
//!
//! A node is one word: what it is in the high four bits, and a number in the low ones. Nodes with parts are followed by
//! them, and their number says how many words those take, so that they can be passed over.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::sync::Arc;

use super::vocabulary::{Class, NONE, PLACES, Role, TermId, Vocabulary};
use super::{Complex, IndexError};
use crate::model::Span;
use crate::query::{Atom, Attribute, Condition, Form, Near, Pattern, Query, Reach, Test, Word, Zone};

/// What a word of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    /// A term.
    Term,
    /// So many terms side by side, which follow.
    Phrase,
    /// A literal, an expression or loose words, by number.
    Complex,
    /// A comparison, by number.
    Test,
    /// All of its parts.
    And,
    /// Any of its parts.
    Or,
    /// Not its part.
    Not,
    /// Behind it how many, then the parts.
    AtLeast,
    /// Behind it how near, then left and right.
    Near,
}

const OPS: [Op; 9] =
    [Op::Term, Op::Phrase, Op::Complex, Op::Test, Op::And, Op::Or, Op::Not, Op::AtLeast, Op::Near];
const NUMBER: u32 = (1 << 28) - 1;
const ORDERED: u32 = 1 << 31;
const NEGATED: u32 = 1 << 30;
const SENTENCE: u32 = 1 << 29;
const PARAGRAPH: u32 = 1 << 28;

fn word(op: Op, number: u32) -> u32 {
    ((op as u32) << 28) | (number & NUMBER)
}

/// One node: what it is, its number, and the code of its parts.
pub(super) struct Node<'c> {
    pub(super) op: Op,
    pub(super) number: u32,
    pub(super) body: &'c [u32],
}

/// How near the sides of a NEAR must be.
pub(super) struct Nearness {
    pub(super) reach: Reach,
    pub(super) ordered: bool,
    pub(super) negated: bool,
}

/// The term that a word of code is, if it is one that may stand in messages.
#[inline]
pub(super) fn term(word: u32) -> Option<TermId> {
    (word >> 28 == Op::Term as u32 && word & NUMBER != NONE).then_some(word & NUMBER)
}

/// Takes the first node off some code.
#[inline]
pub(super) fn take<'c>(code: &mut &'c [u32]) -> Option<Node<'c>> {
    let (first, rest) = code.split_first()?;
    let op = *OPS.get((first >> 28) as usize)?;
    let number = first & NUMBER;
    let length = match op {
        Op::Term | Op::Complex | Op::Test => 0,
        _ => number as usize,
    };
    let (body, rest) = rest.split_at_checked(length)?;
    *code = rest;
    Some(Node { op, number, body })
}

/// The parts of a node that has some, one after the other.
pub(super) struct Parts<'c>(pub(super) &'c [u32]);

impl<'c> Iterator for Parts<'c> {
    type Item = Node<'c>;
    fn next(&mut self) -> Option<Node<'c>> {
        take(&mut self.0)
    }
}

/// How near, and the code of the two sides.
pub(super) fn nearness(body: &[u32]) -> Option<(Nearness, &[u32])> {
    let (first, rest) = body.split_first()?;
    let reach = if first & SENTENCE != 0 {
        Reach::Sentence
    } else if first & PARAGRAPH != 0 {
        Reach::Paragraph
    } else {
        Reach::Words(first & NUMBER)
    };
    Some((Nearness { reach, ordered: first & ORDERED != 0, negated: first & NEGATED != 0 }, rest))
}

/// Turns queries into code, giving numbers to what they name.
#[derive(Debug, Default)]
pub(super) struct Coder {
    pub(super) vocabulary: Vocabulary,
    pub(super) zones: Vec<Zone>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) complex: Vec<Complex>,
    pub(super) tests: Vec<Test>,
    known_tests: HashMap<(Attribute, Condition), u32>,
}

impl Coder {
    /// Appends the code of a query.
    pub(super) fn encode(&mut self, query: &Query, code: &mut Vec<u32>) -> Result<(), IndexError> {
        code.try_reserve(8)?;
        match query {
            Query::Atom(atom) => self.atom(atom, code),
            Query::Test(test) => self.test(test, code),
            Query::And(parts) => self.parts(Op::And, None, parts, code),
            Query::Or(parts) => self.parts(Op::Or, None, parts, code),
            Query::Not(part) => self.parts(Op::Not, None, std::slice::from_ref(part), code),
            Query::AtLeast(count, parts) => self.parts(Op::AtLeast, Some(*count), parts, code),
            Query::Near(near) => {
                let reach = match near.reach {
                    Reach::Words(n) => n.min(NUMBER),
                    Reach::Sentence => SENTENCE,
                    Reach::Paragraph => PARAGRAPH,
                };
                let ordered = if near.ordered { ORDERED } else { 0 };
                let negated = if near.negated { NEGATED } else { 0 };
                let at = code.len();
                code.extend([0, reach | ordered | negated]);
                self.encode(&near.left, code)?;
                self.encode(&near.right, code)?;
                close(code, at, Op::Near)
            }
        }
    }

    fn parts(
        &mut self,
        op: Op,
        count: Option<u32>,
        parts: &[impl Borrow<Query>],
        code: &mut Vec<u32>,
    ) -> Result<(), IndexError> {
        let at = code.len();
        code.push(0);
        code.extend(count);
        for part in parts {
            self.encode(part.borrow(), code)?;
        }
        close(code, at, op)
    }

    fn atom(&mut self, atom: &Atom, code: &mut Vec<u32>) -> Result<(), IndexError> {
        let zone = self.zone(&atom.zone)?;
        match &atom.pattern {
            Pattern::Words(words) => {
                if let [word_] = words.as_slice() {
                    code.push(word(Op::Term, self.word(word_, zone)?));
                    return Ok(());
                }
                let at = code.len();
                code.push(0);
                for word in words {
                    code.try_reserve(1)?;
                    code.push(self.word(word, zone)?);
                }
                close(code, at, Op::Phrase)
            }
            Pattern::Loose { words, slack } => {
                let terms: Result<Vec<TermId>, _> = words.iter().map(|word| self.word(word, zone)).collect();
                self.complex(Complex::Loose { terms: terms?, slack: *slack }, code)
            }
            Pattern::Exact(literal) => self.complex(Complex::Exact { zone, literal: literal.clone() }, code),
            Pattern::Regex(regex) => self.complex(Complex::Regex { zone, regex: regex.clone() }, code),
        }
    }

    fn complex(&mut self, complex: Complex, code: &mut Vec<u32>) -> Result<(), IndexError> {
        // The one before is often the same: a list used by many.
        let number = if self.complex.last() == Some(&complex) {
            self.complex.len() - 1
        } else {
            self.complex.try_reserve(1)?;
            self.complex.push(complex);
            self.complex.len() - 1
        };
        code.push(word(Op::Complex, u32::try_from(number).map_err(|_| IndexError::Size)?));
        Ok(())
    }

    fn test(&mut self, test: &Test, code: &mut Vec<u32>) -> Result<(), IndexError> {
        if let Condition::Is(value) = &test.condition {
            let place = place_of(&mut self.attributes, &test.attribute)?;
            let class = Class::new(Role::Name, 0, place);
            code.push(word(Op::Term, self.vocabulary.number(class, value.as_bytes())?));
            return Ok(());
        }
        let next = u32::try_from(self.tests.len()).map_err(|_| IndexError::Size)?;
        let key = (test.attribute.clone(), test.condition.clone());
        let number = *self.known_tests.entry(key).or_insert(next);
        if number == next {
            self.tests.try_reserve(1)?;
            self.tests.push(test.clone());
        }
        code.push(word(Op::Test, number));
        Ok(())
    }

    fn zone(&mut self, zone: &Zone) -> Result<u16, IndexError> {
        if self.zones.is_empty() {
            self.zones.push(Zone::Default);
        }
        place_of(&mut self.zones, zone)
    }

    fn word(&mut self, word: &Word, zone: u16) -> Result<TermId, IndexError> {
        let role = if word.glob { Role::Glob } else { Role::Whole };
        self.vocabulary.number(Class::new(role, word.form as u16, zone), word.text.as_bytes())
    }
}

fn place_of<T: PartialEq + Clone>(known: &mut Vec<T>, wanted: &T) -> Result<u16, IndexError> {
    let at = match known.iter().position(|place| place == wanted) {
        Some(at) => at,
        None if known.len() >= PLACES => return Err(IndexError::Zones),
        None => {
            known.push(wanted.clone());
            known.len() - 1
        }
    };
    u16::try_from(at).map_err(|_| IndexError::Zones)
}

fn close(code: &mut [u32], at: usize, op: Op) -> Result<(), IndexError> {
    let length = u32::try_from(code.len() - at - 1).map_err(|_| IndexError::Size)?;
    if length > NUMBER {
        return Err(IndexError::Size);
    }
    if let Some(head) = code.get_mut(at) {
        *head = word(op, length);
    }
    Ok(())
}

/// Reads a query back from its code; the places in the source are lost.
pub(super) struct Decoder<'i> {
    pub(super) vocabulary: &'i Vocabulary,
    pub(super) zones: &'i [Zone],
    pub(super) attributes: &'i [Attribute],
    pub(super) complex: &'i [Complex],
    pub(super) tests: &'i [Test],
}

impl Decoder<'_> {
    pub(super) fn decode(&self, node: &Node<'_>) -> Option<Query> {
        let parts = |code| Parts(code).map(|part| self.decode(&part)).collect::<Option<Vec<_>>>();
        match node.op {
            Op::Term => self.term(node.number),
            Op::Phrase => {
                let words: Option<Vec<(Word, Zone)>> =
                    node.body.iter().map(|term| self.word(*term)).collect();
                let words = words?;
                let zone = words.first()?.1.clone();
                let words = words.into_iter().map(|(word, _)| word).collect();
                Some(atom(zone, Pattern::Words(words)))
            }
            Op::Complex => self.complex(node.number),
            Op::Test => self.tests.get(node.number as usize).cloned().map(Query::Test),
            Op::And => Some(Query::And(parts(node.body)?)),
            Op::Or => Some(Query::Or(parts(node.body)?)),
            Op::Not => Some(Query::Not(Box::new(parts(node.body)?.pop()?))),
            Op::AtLeast => {
                let (count, rest) = node.body.split_first()?;
                Some(Query::AtLeast(*count, parts(rest)?))
            }
            Op::Near => {
                let (Nearness { reach, ordered, negated }, rest) = nearness(node.body)?;
                let mut sides = parts(rest)?;
                let (right, left) = (sides.pop()?, sides.pop()?);
                Some(Query::Near(Box::new(Near { left, right, reach, ordered, negated })))
            }
        }
    }

    fn text(&self, term: TermId) -> Option<Arc<str>> {
        std::str::from_utf8(self.vocabulary.text(term)).ok().map(Arc::from)
    }

    fn term(&self, term: TermId) -> Option<Query> {
        let class = self.vocabulary.class(term);
        if class.role() == Role::Name {
            let attribute = self.attributes.get(usize::from(class.place()))?.clone();
            let condition = Condition::Is(self.text(term)?);
            return Some(Query::Test(Test { attribute, condition, span: Span::new(0, 0) }));
        }
        let (word, zone) = self.word(term)?;
        Some(atom(zone, Pattern::Words(vec![word])))
    }

    fn word(&self, term: TermId) -> Option<(Word, Zone)> {
        let class = self.vocabulary.class(term);
        let form = FORMS.get(usize::from(class.form()))?;
        let zone = self.zones.get(usize::from(class.place()))?.clone();
        Some((Word { form: *form, text: self.text(term)?, glob: class.role() == Role::Glob }, zone))
    }

    fn complex(&self, number: u32) -> Option<Query> {
        match self.complex.get(number as usize)? {
            Complex::Loose { terms, slack } => {
                let words: Option<Vec<(Word, Zone)>> = terms.iter().map(|term| self.word(*term)).collect();
                let words = words?;
                let zone = words.first()?.1.clone();
                let words = words.into_iter().map(|(word, _)| word).collect();
                Some(atom(zone, Pattern::Loose { words, slack: *slack }))
            }
            Complex::Exact { zone, literal } => {
                Some(atom(self.zones.get(usize::from(*zone))?.clone(), Pattern::Exact(literal.clone())))
            }
            Complex::Regex { zone, regex } => {
                Some(atom(self.zones.get(usize::from(*zone))?.clone(), Pattern::Regex(regex.clone())))
            }
        }
    }
}

pub(super) const FORMS: [Form; 5] =
    [Form::Plain, Form::Accented, Form::Hashtag, Form::Mention, Form::Cashtag];

fn atom(zone: Zone, pattern: Pattern) -> Query {
    Query::Atom(Atom { zone, pattern, span: Span::new(0, 0) })
}
