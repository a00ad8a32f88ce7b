//! What can stand near what? Atoms, OR and NEAR; AND is drawn out of it, and the rest is a fault.

use super::lexer::NearWord;
use super::parser::{Parser, nodes};
use super::{Near, Query, Reach};
use crate::model::Span;

/// How two operands are joined.
#[derive(Clone, Copy)]
struct Joint {
    reach: Reach,
    ordered: bool,
    negated: bool,
}

impl Parser<'_> {
    /// Joins two operands, each with its place, by the operator at `at`.
    pub(super) fn join_near(
        &mut self,
        (left, before): (Query, Span),
        (right, behind): (Query, Span),
        word: NearWord,
        at: Span,
    ) -> Option<Query> {
        let mut fits = self.operand(&left, before) & self.operand(&right, behind);
        if word.negated && has_and(&right) {
            let help = "write `a NOT NEAR/3 b AND a NOT NEAR/3 c`, or OR for either of them";
            self.error("Q022", behind, "AND has no place behind `NOT NEAR`", help);
            fits = false;
        }
        let Some(reach) = word.reach else {
            let name = if word.ordered { "ONEAR" } else { "NEAR" };
            let message = format!("`{name}` does not say how near");
            let help = format!("write `{name}/5` for at most five words between");
            self.error("Q014", at, message, help);
            return None;
        };
        let grown = if has_and(&left) || has_and(&right) {
            nodes(&left).saturating_mul(nodes(&right)).saturating_mul(2)
        } else {
            1
        };
        if !fits || !self.grow(grown, at) {
            return None;
        }
        Some(Joint { reach, ordered: word.ordered, negated: word.negated }.join(left, right))
    }

    fn operand(&mut self, query: &Query, place: Span) -> bool {
        let Some((what, help)) = misplaced(query) else { return true };
        self.error("Q022", place, format!("{what} has no place beside `NEAR`"), help);
        false
    }
}

/// What must not stand near anything, and what to write instead.
fn misplaced(query: &Query) -> Option<(&'static str, &'static str)> {
    match query {
        Query::Atom(_) => None,
        Query::Test(_) => Some(("an attribute", "it is known of the whole message: join it by AND")),
        Query::Not(_) => Some(("NOT", "write `a NOT NEAR/5 b`, or join it by AND")),
        Query::AtLeast(..) => Some(("ATLEAST", "write the combinations with OR, or join it by AND")),
        Query::And(parts) | Query::Or(parts) => parts.iter().find_map(misplaced),
        Query::Near(near) => misplaced(&near.left).or_else(|| misplaced(&near.right)),
    }
}

fn has_and(query: &Query) -> bool {
    match query {
        Query::And(_) => true,
        Query::Or(parts) => parts.iter().any(has_and),
        _ => false,
    }
}

impl Joint {
    /// `(a AND b) NEAR c` is `a NEAR c AND b NEAR c`.
    fn join(self, left: Query, right: Query) -> Query {
        match (left, right) {
            (Query::And(parts), right) => {
                Query::And(parts.into_iter().map(|part| self.join(part, right.clone())).collect())
            }
            (left, Query::And(parts)) => {
                Query::And(parts.into_iter().map(|part| self.join(left.clone(), part)).collect())
            }
            (Query::Or(parts), right) if parts.iter().any(has_and) => {
                Query::Or(parts.into_iter().map(|part| self.join(part, right.clone())).collect())
            }
            (left, Query::Or(parts)) if parts.iter().any(has_and) => {
                Query::Or(parts.into_iter().map(|part| self.join(left.clone(), part)).collect())
            }
            (left, right) => {
                let Self { reach, ordered, negated } = self;
                Query::Near(Box::new(Near { left, right, reach, ordered, negated }))
            }
        }
    }
}
