//! How does Lucene differ? What stands side by side is joined by OR, and `+` and `-` say what must and must not stand.

use super::super::fields::{self, Target};
use super::super::lexer::Piece;
use super::super::parser::{Parser, Parts};
use super::super::{Form, Query, Zone};
use super::{Loose, Rules, Signs, Wildcards, same};
use crate::model::Span;

pub(super) static RULES: Rules = Rules {
    name: "Lucene",
    native: false,
    and_not: true,
    proximity: false,
    negated_groups: true,
    blank_joins: true,
    signs: Signs::Lucene,
    braces: false,
    expressions: true,
    escapes: true,
    plain: Form::Plain,
    wildcards: Wildcards::Anywhere,
    loose: Loose::Moves,
    field,
    fields: &fields::NATIVE,
    value: same,
};

fn field(name: &str) -> Option<Target> {
    match name {
        "content" => Some(Target::Zone(Zone::Body)),
        _ => fields::native(name),
    }
}

/// The clauses of a group, by what they must do.
#[derive(Default)]
struct Clauses {
    must: Vec<Query>,
    may: Parts,
    must_not: Vec<Query>,
    /// Where the first clause is that may stand or not.
    first: Option<Span>,
}

impl Parser<'_> {
    /// Clauses side by side: those with `+` must stand, those with `-` must not; of the others any, when none must.
    pub(in super::super) fn clauses(&mut self) -> Option<Query> {
        let mut clauses = Clauses::default();
        let mut operator: Option<(&str, Span)> = None;
        let (mut count, mut chained) = (0usize, None);
        loop {
            match self.peek() {
                Some((piece @ (Piece::Or | Piece::And), span)) => {
                    self.take();
                    let word = if piece == Piece::Or { "OR" } else { "AND" };
                    if count == 0 || operator.is_some() {
                        self.operand_missing(word, span);
                    }
                    operator = Some((word, span)).filter(|_| count > 0);
                }
                None | Some((Piece::Close | Piece::Comma | Piece::Near(_), _)) => break,
                Some((_, span)) => {
                    (operator, count) = (None, count + 1);
                    if self.clause(&mut clauses, span) {
                        chained = chained.or(Some(span));
                    }
                }
            }
        }
        if let Some((word, span)) = operator {
            self.operand_missing(word, span);
        }
        if let Some(span) = chained.filter(|_| count > 1) {
            self.mixed(span);
        }
        self.joined(clauses)
    }

    /// One clause, or several joined by AND; whether it was several.
    fn clause(&mut self, clauses: &mut Clauses, span: Span) -> bool {
        let (must, not) = (self.at(Piece::Must), self.at(Piece::Not));
        let mut chain = Parts::default();
        let mut length = 1;
        chain_push(&mut chain, self.unary());
        while self.at(Piece::And) {
            let and = self.take().map_or(span, |(_, span)| span);
            if self.at_end_of_operands() {
                self.operand_missing("AND", and);
                break;
            }
            length += 1;
            chain_push(&mut chain, self.unary());
        }
        self.grow(length, span);
        match chain.join(Query::And) {
            Some(Query::Not(part)) if not && length == 1 => clauses.must_not.push(Query::Not(part)),
            Some(query) if must => clauses.must.push(query),
            Some(query) => {
                clauses.first = clauses.first.or(Some(span));
                clauses.may.push(query);
            }
            None => {}
        }
        length > 1
    }

    fn at(&mut self, piece: Piece<'_>) -> bool {
        self.peek().is_some_and(|(next, _)| next == piece)
    }

    fn joined(&mut self, clauses: Clauses) -> Option<Query> {
        let Clauses { mut must, may, must_not, first } = clauses;
        match (first, must.is_empty()) {
            (Some(span), false) => self.warning(
                "Q206",
                span,
                "beside a word with `+`, one without matters for ranks alone",
                "it is left out here; write `+` before it when it must stand",
            ),
            (_, true) => must.extend(may.join(Query::Or)),
            _ => {}
        }
        must.extend(must_not);
        Query::all(must)
    }
}

fn chain_push(chain: &mut Parts, part: Option<Query>) {
    if let Some(part) = part {
        chain.push(part);
    }
}
