//! Which tree do the pieces make? NEAR binds tighter than NOT, NOT than AND, AND than OR.
//!
//! Read [`Parser::any`] first: each level of binding is a step that calls the next tighter one.

use super::Query;
use super::dialect::Signs;
use super::lexer::{NearWord, Piece};
use super::parser::{Parser, Parts};
use crate::model::Span;

const QUORUM_HELP: &str = "write `ATLEAST 2 (lost, bag, \"gate agent\")`";

impl Parser<'_> {
    pub(super) fn any(&mut self) -> Option<Query> {
        if self.rules.signs == Signs::Lucene {
            return self.clauses();
        }
        let mut parts = Parts::default();
        let (part, mut joined) = self.all(None);
        part.into_iter().for_each(|part| parts.push(part));
        let mut first_or = None;
        while let Some((Piece::Or, span)) = self.peek() {
            self.take();
            first_or = first_or.or(Some(span));
            let (part, and) = self.all(Some(span));
            joined |= and;
            part.into_iter().for_each(|part| parts.push(part));
        }
        if let Some(span) = first_or {
            self.grow(1, span);
            if joined {
                self.mixed(span);
            }
        }
        parts.join(Query::Or)
    }

    pub(super) fn mixed(&mut self, span: Span) {
        self.warning(
            "Q102",
            span,
            "AND and OR stand side by side without parentheses",
            "AND binds tighter than OR; write parentheses to say which you mean",
        );
    }

    /// What AND joins, written or not, and whether there is more than one of it.
    fn all(&mut self, after: Option<Span>) -> (Option<Query>, bool) {
        let mut parts = Parts::default();
        let mut count = 0usize;
        // Whether something to join stands before the cursor; a faulty term counts, its own fault was reported.
        let mut operand = false;
        let mut operator: Option<Span> = None;
        loop {
            match self.peek() {
                Some((Piece::And, span)) => {
                    self.take();
                    if !operand {
                        self.operand_missing("AND", span);
                    }
                    operator = operand.then_some(span);
                    operand = false;
                }
                Some((Piece::Or, span))
                    if !operand && operator.is_none() && after.is_none() && count == 0 =>
                {
                    self.operand_missing("OR", span);
                    return (None, false);
                }
                Some((Piece::Or | Piece::Close | Piece::Comma, _)) | None => break,
                Some((Piece::Near(_), span)) => {
                    self.take();
                    self.operand_missing("NEAR", span);
                }
                Some((piece, span)) => {
                    if !self.rules.blank_joins && operand && operator.is_none() && piece != Piece::Not {
                        let message =
                            format!("{} does not say how words side by side are joined", self.rules.name);
                        self.warning(
                            "Q202",
                            span,
                            message,
                            "they are joined by AND here; write the operator",
                        );
                    }
                    if count == 1 {
                        self.grow(1, span);
                    }
                    (operator, operand, count) = (None, true, count + 1);
                    if let Some(part) = self.unary() {
                        parts.push(part);
                    }
                }
            }
        }
        match (operator, after) {
            _ if self.stopped => {}
            (Some(span), _) => self.operand_missing("AND", span),
            (None, Some(span)) if count == 0 => self.operand_missing("OR", span),
            _ => {}
        }
        (parts.join(Query::And), count > 1)
    }

    pub(super) fn operand_missing(&mut self, word: &str, span: Span) {
        self.error(
            "Q004",
            span,
            format!("`{word}` has nothing to join here"),
            format!(
                "write a word on both sides of `{word}`, or put it in quotes to look for the word itself"
            ),
        );
    }

    /// What NOT may stand before: one after the other, since there may be many.
    pub(super) fn unary(&mut self) -> Option<Query> {
        let mut nots = 0;
        let mut missing = false;
        while let Some((Piece::Not | Piece::Must, span)) = self.peek() {
            let (piece, _) = self.take()?;
            if piece == Piece::Must {
                if self.at_end_of_operands() && !self.stopped {
                    self.operand_missing("+", span);
                    missing = true;
                    break;
                }
                continue;
            }
            nots += 1;
            if !self.deeper(span) {
                break;
            }
            self.grow(1, span);
            if self.at_end_of_operands() && !self.stopped {
                self.operand_missing("NOT", span);
                missing = true;
                break;
            }
            if !self.rules.negated_groups && matches!(self.peek(), Some((Piece::Open, _))) {
                self.error(
                    "Q030",
                    span,
                    format!("{} does not negate a group", self.rules.name),
                    "write `-a -b` for `-(a OR b)`",
                );
            }
        }
        let mut query = if missing { None } else { self.near() };
        for _ in 0..nots {
            self.shallower();
            query = query.map(|query| Query::Not(Box::new(query)));
        }
        query
    }

    fn near(&mut self) -> Option<Query> {
        let start = self.peek()?.1.start();
        let mut left = self.primary();
        let mut chain = 0;
        loop {
            match self.peek() {
                Some((Piece::Boost, span)) => {
                    self.take();
                    self.boost(span);
                }
                Some((Piece::Near(word), span)) => {
                    let before = Span::new(start, self.end);
                    self.take();
                    chain += 1;
                    if !self.deeper(span) {
                        break;
                    }
                    if self.at_end_of_operands() {
                        self.operand_missing("NEAR", span);
                        left = None;
                        continue;
                    }
                    left = self.nearer(left, word, before, span);
                }
                _ => break,
            }
        }
        (0..chain).for_each(|_| self.shallower());
        left
    }

    /// The second operand of a proximity operator, joined to the first.
    fn nearer(&mut self, left: Option<Query>, word: NearWord, before: Span, at: Span) -> Option<Query> {
        let start = self.peek()?.1.start();
        let right = if matches!(self.peek(), Some((Piece::Not | Piece::Must, _))) {
            self.unary()
        } else {
            self.primary()
        };
        let behind = Span::new(start, self.end);
        let (left, right) = (left?, right?);
        self.join_near((left, before), (right, behind), word, at)
    }

    pub(super) fn boost(&mut self, span: Span) {
        self.warning("Q205", span, "a boost matters for ranks alone", "it is left out here; remove it");
    }

    pub(super) fn primary(&mut self) -> Option<Query> {
        let (piece, span) = self.take()?;
        let start = self.field_at.take().unwrap_or(span.start());
        let place = Span::new(start, span.end());
        match piece {
            Piece::Open => self.group(span),
            Piece::Phrase(phrase) => self.phrase(phrase, span, place),
            Piece::Exact(inner, closed) => self.exact(inner, closed, place),
            Piece::Regex(inner, closed) => self.regex(inner, closed, place),
            Piece::Term(term) => self.term(term, span, place),
            Piece::Field(name) => self.field(name, span),
            Piece::AtLeast(count) => self.quorum(count, place),
            Piece::List(name, closed) => self.named("LIST", name, closed, place),
            Piece::Macro(name, closed) => self.named("MACRO", name, closed, place),
            Piece::Boost => {
                self.boost(span);
                None
            }
            Piece::Close
            | Piece::Comma
            | Piece::And
            | Piece::Or
            | Piece::Not
            | Piece::Must
            | Piece::Near(_) => None,
        }
    }

    fn group(&mut self, open: Span) -> Option<Query> {
        let commas = std::mem::replace(&mut self.lexer.commas, false);
        let inner = if matches!(self.peek(), Some((Piece::Close, _))) {
            let help = "remove them, or write a word between them";
            self.error("Q006", open, "these parentheses hold nothing", help);
            None
        } else if self.deeper(open) {
            let inner = self.any();
            self.shallower();
            inner
        } else {
            self.shallower();
            None
        };
        self.close(open);
        self.lexer.commas = commas;
        inner
    }

    /// `ATLEAST k (a, b, c)`, of which the number was read.
    fn quorum(&mut self, count: Option<u32>, at: Span) -> Option<Query> {
        let Some((Piece::Open, open)) = self.peek() else {
            self.error("Q021", at, "`ATLEAST` has no list of parts behind it", QUORUM_HELP);
            return None;
        };
        self.take();
        let outer = std::mem::replace(&mut self.lexer.commas, true);
        let deep = self.deeper(open);
        let (parts, number) = if deep { self.parts(open) } else { (Vec::new(), 0) };
        self.shallower();
        self.close(open);
        self.lexer.commas = outer;
        self.grow(1, at);
        match count {
            None => self.error("Q021", at, "`ATLEAST` has no number", QUORUM_HELP),
            Some(0) => self.error("Q021", at, "`ATLEAST 0` holds always", QUORUM_HELP),
            Some(count) if count > number && deep => {
                let message = format!("`ATLEAST {count}` has only {number} of them");
                self.error("Q021", at, message, "part them by commas, or lower the number");
            }
            Some(count) => return Some(Query::AtLeast(count, parts)),
        }
        None
    }

    /// The parts of a quorum, and how many were written.
    fn parts(&mut self, open: Span) -> (Vec<Query>, u32) {
        let mut parts = Vec::new();
        let mut number = 0u32;
        loop {
            number += 1;
            match self.peek() {
                Some((Piece::Comma | Piece::Close, here)) => {
                    self.error("Q021", here, "a part of `ATLEAST` is missing here", QUORUM_HELP);
                }
                None => self.error("Q021", open, "a part of `ATLEAST` is missing here", QUORUM_HELP),
                Some(_) => parts.extend(self.any()),
            }
            if !matches!(self.peek(), Some((Piece::Comma, _))) {
                return (parts, number);
            }
            self.take();
        }
    }
}
