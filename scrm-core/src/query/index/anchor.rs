//! By which of its words is a query found? By those that stand in the fewest messages.
//!
//! How often a term stands in messages is estimated: very common words are known, a term that many queries name is
//! likely to be common (people write queries from what they read), and of two unknown words the longer is rarer.

use super::code::{Node, Op, Parts, nearness};
use super::vocabulary::{NONE, Role, TermId, Vocabulary};
use super::{Complex, IndexError};
use crate::query::Attribute;
use crate::text::Frequencies;

/// What leads to a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// A term.
    Term(TermId),
    /// Two terms side by side.
    Pair(TermId, TermId),
}

/// The anchors of a query: in every message that it matches, one of `keys` stands, and all of `required`.
pub(super) struct Choice {
    pub(super) keys: Vec<Key>,
    pub(super) required: Vec<TermId>,
}

/// What anchors cost: for each term, the share of messages in which it is likely to stand.
pub(super) struct Costs<'h> {
    shares: Vec<f32>,
    usage: Vec<u32>,
    /// For each literal, expression and loose words: the terms that stand in every message that has them.
    hints: &'h [Vec<TermId>],
}

/// Terms looked at besides the anchor; the rarest two are kept.
const REQUIRED: usize = 12;

impl<'h> Costs<'h> {
    /// `usage` says how often each term is named.
    pub(super) fn new(
        usage: Vec<u32>,
        hints: &'h [Vec<TermId>],
        vocabulary: &Vocabulary,
        attributes: &[Attribute],
        frequencies: Option<&Frequencies>,
    ) -> Result<Self, IndexError> {
        let broad: Vec<bool> = attributes.iter().map(is_broad).collect();
        #[allow(clippy::cast_precision_loss, reason = "an estimate")]
        let total = usage.iter().map(|count| u64::from(*count)).sum::<u64>() as f32;
        let mut shares: Vec<f32> = Vec::new();
        shares.try_reserve_exact(usage.len())?;
        for (term, count) in (0u32..).zip(&usage) {
            let class = vocabulary.class(term);
            let text = vocabulary.text(term);
            #[allow(clippy::cast_precision_loss, reason = "an estimate")]
            let (count, length) = (*count as f32, text.len().max(1) as f32);
            // A message has some 25 words; few queries say little of how common their words are.
            let named = 25.0 * count / (total + 20_000.0);
            let observed = match (class.role(), frequencies, std::str::from_utf8(text)) {
                (Role::Whole, Some(frequencies), Ok(word)) => Some(frequencies.share(word)),
                _ => None,
            };
            #[allow(clippy::cast_possible_truncation, reason = "an estimate")]
            if let Some(observed) = observed {
                shares.push(observed as f32 + 1e-7);
                continue;
            }
            let share = match class.role() {
                Role::Name if broad.get(usize::from(class.place())) == Some(&true) => 0.2,
                Role::Name => (0.000_5 / length).max(named),
                Role::Glob | Role::Hint => 2.0 / (length * length) + named,
                _ => {
                    let common = if class.form() < 2 { common(text) } else { 0.0 };
                    (0.01 / (length * length)).max(named).max(common)
                }
            };
            shares.push(share.min(1.0));
        }
        Ok(Self { shares, usage, hints })
    }

    fn usage(&self, term: TermId) -> u32 {
        self.usage.get(term as usize).copied().unwrap_or(0)
    }

    fn share(&self, term: TermId) -> f32 {
        self.shares.get(term as usize).copied().unwrap_or(1.0)
    }
}

/// Chooses the anchors of a query; `None` when nothing must stand in what it matches.
pub(super) fn choose(
    node: &Node<'_>,
    vocabulary: &Vocabulary,
    complex: &[Complex],
    costs: &Costs<'_>,
) -> Option<Choice> {
    let chooser = Chooser { vocabulary, complex, costs };
    let (mut keys, _) = chooser.keys(node)?;
    keys.sort_unstable();
    keys.dedup();
    let mut required = Vec::new();
    chooser.required(node, &mut required);
    // A pattern may be looked for only later.
    required.retain(|term| vocabulary.class(*term).role() != Role::Glob);
    required.sort_unstable();
    required.dedup();
    required.sort_by(|a, b| costs.share(*a).total_cmp(&costs.share(*b)));
    Some(Choice { keys, required })
}

struct Chooser<'i> {
    vocabulary: &'i Vocabulary,
    complex: &'i [Complex],
    costs: &'i Costs<'i>,
}

impl Chooser<'_> {
    fn share(&self, term: TermId) -> f32 {
        self.costs.share(term)
    }

    /// The cheapest anchors of a node with the share of messages that have one.
    fn keys(&self, node: &Node<'_>) -> Option<(Vec<Key>, f32)> {
        match node.op {
            Op::Term => Some((vec![Key::Term(node.number)], self.share(node.number))),
            Op::Phrase => self.side_by_side(node.body),
            Op::Complex => self.complex(node.number),
            Op::Test | Op::Not => None,
            Op::And => cheapest(Parts(node.body).filter_map(|part| self.keys(&part))),
            Op::Or => {
                let all: Option<Vec<_>> = Parts(node.body).map(|part| self.keys(&part)).collect();
                Some(together(all?))
            }
            Op::AtLeast => self.at_least(node.body),
            Op::Near => {
                let (near, rest) = nearness(node.body)?;
                let mut sides = Parts(rest);
                let left = sides.next().and_then(|left| self.keys(&left));
                if near.negated {
                    return left;
                }
                let right = sides.next().and_then(|right| self.keys(&right));
                cheapest(left.into_iter().chain(right))
            }
        }
    }

    fn side_by_side(&self, terms: &[TermId]) -> Option<(Vec<Key>, f32)> {
        let (term, share) = self.rarest(terms)?;
        // A word that few queries name leads to them as well as two do.
        if self.costs.usage(term) <= 3 && share < 0.001 {
            return Some((vec![Key::Term(term)], share));
        }
        let whole = |term: &TermId| self.vocabulary.class(*term).role() == Role::Whole;
        let pairs = terms.windows(2).filter_map(|pair| match pair {
            [a, b] if whole(a) && whole(b) => {
                Some((vec![Key::Pair(*a, *b)], 4.0 * self.share(*a) * self.share(*b)))
            }
            _ => None,
        });
        cheapest(pairs.chain([(vec![Key::Term(term)], share)]))
    }

    fn rarest(&self, terms: &[TermId]) -> Option<(TermId, f32)> {
        terms.iter().map(|term| (*term, self.share(*term))).min_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn complex(&self, number: u32) -> Option<(Vec<Key>, f32)> {
        let (term, share) = self.rarest(self.terms_of(number))?;
        Some((vec![Key::Term(term)], share))
    }

    /// Terms that stand in every message that has a literal, an expression or loose words.
    fn terms_of(&self, number: u32) -> &[TermId] {
        match self.complex.get(number as usize) {
            Some(Complex::Loose { terms, .. }) => terms,
            _ => self.costs.hints.get(number as usize).map(Vec::as_slice).unwrap_or_default(),
        }
    }

    /// Of n parts of which k must hold, one of any n - k + 1 must.
    fn at_least(&self, body: &[u32]) -> Option<(Vec<Key>, f32)> {
        let (count, rest) = body.split_first()?;
        let parts: Vec<_> = Parts(rest).map(|part| self.keys(&part)).collect();
        let needed = (parts.len() + 1).checked_sub(*count as usize)?;
        if *count == 0 {
            return None;
        }
        let mut known: Vec<_> = parts.into_iter().flatten().collect();
        known.sort_by(|a, b| a.1.total_cmp(&b.1));
        known.truncate(needed);
        (known.len() == needed && needed > 0).then(|| together(known))
    }

    /// Terms that stand in every message that a node matches.
    fn required(&self, node: &Node<'_>, found: &mut Vec<TermId>) {
        if found.len() >= REQUIRED {
            return;
        }
        match node.op {
            Op::Term => found.push(node.number),
            Op::Phrase => found.extend(node.body.iter().take(REQUIRED)),
            Op::Complex => found.extend(self.terms_of(node.number).iter().take(REQUIRED)),
            Op::And => Parts(node.body).for_each(|part| self.required(&part, found)),
            Op::Near => {
                let Some((near, rest)) = nearness(node.body) else { return };
                let sides = if near.negated { 1 } else { 2 };
                Parts(rest).take(sides).for_each(|side| self.required(&side, found));
            }
            Op::Or | Op::Not | Op::AtLeast | Op::Test => {}
        }
        found.retain(|term| *term != NONE);
    }
}

fn cheapest(of: impl Iterator<Item = (Vec<Key>, f32)>) -> Option<(Vec<Key>, f32)> {
    of.min_by(|a, b| a.1.total_cmp(&b.1))
}

fn together(all: Vec<(Vec<Key>, f32)>) -> (Vec<Key>, f32) {
    all.into_iter().fold((Vec::new(), 0.0), |(mut keys, sum), (more, share)| {
        keys.extend(more);
        (keys, sum + share)
    })
}

/// The share of messages that have a very common word; 0 for all others.
fn common(word: &[u8]) -> f32 {
    if word.len() > 8 {
        return 0.0;
    }
    match std::str::from_utf8(word).ok().and_then(crate::text::common) {
        Some(rank) if rank < 20 => 0.4,
        Some(rank) if rank < 60 => 0.15,
        Some(_) => 0.05,
        None => 0.0,
    }
}

/// Whether nearly every message has a value of an attribute that many others have.
fn is_broad(attribute: &Attribute) -> bool {
    !matches!(
        attribute,
        Attribute::Author | Attribute::To | Attribute::RepostOf | Attribute::Conversation | Attribute::Site
    )
}
