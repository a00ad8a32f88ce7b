//! Which tree do the pieces make? NEAR binds tighter than NOT, NOT than AND, AND than OR.
//!
//! Read [`Parser::read`] first. No step goes deeper than the limit, and after a fault the rest is still read.

use super::dialect::{Rules, Signs};
use super::lexer::{Lexer, NearWord, Piece};
use super::{Attribute, Names, Query, QueryFault, Zone};
use crate::diagnostic::Severity;
use crate::model::{Limits, Span};

/// More faults than these are not told one by one.
const MOST_FAULTS: usize = 100;

/// What a term is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// The words of a zone.
    Words(Zone),
    /// An attribute; the flag says whether a number alone means at least so many.
    Values(Attribute, bool),
    /// The words of a zone, within which the term may stand anywhere: `contains:`.
    Within,
    /// The text character by character: `raw:`.
    Literal,
}

pub(super) struct Parser<'a> {
    pub(super) lexer: Lexer<'a>,
    next: Option<Option<(Piece<'a>, Span)>>,
    pub(super) rules: &'static Rules,
    pub(super) names: &'a Names,
    pub(super) limits: &'a Limits,
    pub(super) subject: Subject,
    /// Where the field begins whose value comes next.
    pub(super) field_at: Option<usize>,
    /// Where the last piece ended.
    end: usize,
    whole: Span,
    depth: usize,
    nodes: usize,
    pub(super) faults: Vec<QueryFault>,
    /// Whether the rest is not read.
    stopped: bool,
}

/// Parts on their way into a tree: one of them needs no list.
#[derive(Default)]
pub(super) struct Parts {
    one: Option<Query>,
    many: Vec<Query>,
}

impl Parts {
    pub(super) fn push(&mut self, query: Query) {
        if !self.many.is_empty() {
            self.many.push(query);
        } else if let Some(first) = self.one.take() {
            self.many.push(first);
            self.many.push(query);
        } else {
            self.one = Some(query);
        }
    }

    pub(super) fn join(self, join: impl Fn(Vec<Query>) -> Query) -> Option<Query> {
        if self.many.is_empty() { self.one } else { Some(join(self.many)) }
    }
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a str, rules: &'static Rules, names: &'a Names, limits: &'a Limits) -> Self {
        Self {
            lexer: Lexer::new(source, rules),
            next: None,
            rules,
            names,
            limits,
            subject: Subject::Words(Zone::Default),
            field_at: None,
            end: 0,
            whole: Span::new(0, source.len()),
            depth: 0,
            nodes: 0,
            faults: Vec::new(),
            stopped: false,
        }
    }

    /// The query, so far as it could be read, and its faults.
    pub(super) fn read(mut self) -> (Option<Query>, Vec<QueryFault>) {
        if self.peek().is_none() {
            self.error("Q001", self.whole, "the query is empty", "write at least one word");
            return (None, self.faults);
        }
        let mut query = self.any();
        // What is left begins with a parenthesis that closes nothing; the rest is read for its faults.
        while let Some((_, span)) = self.take() {
            self.error("Q003", span, "this parenthesis closes nothing", "remove it, or open one before");
            let rest = if self.peek().is_some() { self.any() } else { None };
            query = query.or(rest);
        }
        if let Some(query) = &query
            && depth(query) > self.limits.query_depth
        {
            self.too_deep(self.whole);
        }
        (query, self.faults)
    }

    pub(super) fn error(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if self.faults.len() == MOST_FAULTS {
            self.stop();
            self.fault(
                "Q026",
                Severity::Error,
                span,
                format!("the query has more than {MOST_FAULTS} faults"),
                "the rest is not looked at until these are mended".into(),
            );
        } else if self.faults.len() < MOST_FAULTS {
            self.fault(code, Severity::Error, span, message.into(), help.into());
        }
    }

    pub(super) fn warning(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if self.faults.len() < MOST_FAULTS {
            self.fault(code, Severity::Warning, span, message.into(), help.into());
        }
    }

    fn fault(&mut self, code: &'static str, severity: Severity, span: Span, message: String, help: String) {
        self.faults.push(QueryFault { code, severity, span, message, help: Some(help) });
    }

    pub(super) fn peek(&mut self) -> Option<(Piece<'a>, Span)> {
        *self.next.get_or_insert_with(|| self.lexer.next())
    }

    pub(super) fn take(&mut self) -> Option<(Piece<'a>, Span)> {
        let piece = self.next.take().unwrap_or_else(|| self.lexer.next());
        if let Some((_, span)) = piece {
            self.end = span.end();
        }
        piece
    }

    /// Whether nothing that could be joined comes next.
    pub(super) fn at_end_of_operands(&mut self) -> bool {
        matches!(
            self.peek(),
            None | Some((Piece::Close | Piece::Comma | Piece::And | Piece::Or | Piece::Near(_), _))
        )
    }

    /// Reads no more.
    pub(super) fn stop(&mut self) {
        self.lexer.stop();
        self.next = Some(None);
        self.stopped = true;
    }

    fn too_deep(&mut self, span: Span) {
        let limit = self.limits.query_depth;
        let message = format!("the query is nested more than {limit} deep");
        self.error("Q007", span, message, "take it apart into several monitors");
    }

    /// One level down; not beyond the limit, where the rest is not read.
    pub(super) fn deeper(&mut self, span: Span) -> bool {
        self.depth += 1;
        if self.depth > self.limits.query_depth {
            if !self.stopped {
                self.too_deep(span);
                self.stop();
            }
            return false;
        }
        true
    }

    pub(super) fn shallower(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Counts so many nodes; not beyond the limit.
    pub(super) fn grow(&mut self, nodes: usize, span: Span) -> bool {
        let before = self.nodes;
        self.nodes = self.nodes.saturating_add(nodes);
        let limit = self.limits.query_nodes;
        if before <= limit && self.nodes > limit {
            let message = format!("the query has more than {limit} parts");
            self.error("Q008", span, message, "take it apart into several monitors");
        }
        self.nodes <= limit
    }

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

    pub(super) fn close(&mut self, open: Span) {
        match self.peek() {
            Some((Piece::Close, _)) => {
                self.take();
            }
            _ if self.stopped => {}
            _ => self.error("Q002", open, "this parenthesis is not closed", "close it with `)`"),
        }
    }

    /// `ATLEAST k (a, b, c)`, of which the number was read.
    fn quorum(&mut self, count: Option<u32>, at: Span) -> Option<Query> {
        const HELP: &str = "write `ATLEAST 2 (lost, bag, \"gate agent\")`";
        let Some((Piece::Open, open)) = self.peek() else {
            self.error("Q021", at, "`ATLEAST` has no list of parts behind it", HELP);
            return None;
        };
        self.take();
        let outer = std::mem::replace(&mut self.lexer.commas, true);
        let mut parts = Vec::new();
        let mut number = 0u32;
        let deep = self.deeper(open);
        while deep {
            number += 1;
            if matches!(self.peek(), Some((Piece::Comma | Piece::Close, _))) {
                let here = self.peek().map_or(open, |(_, span)| span);
                self.error("Q021", here, "a part of `ATLEAST` is missing here", HELP);
            } else {
                parts.extend(self.any());
            }
            if !matches!(self.peek(), Some((Piece::Comma, _))) {
                break;
            }
            self.take();
        }
        self.shallower();
        self.close(open);
        self.lexer.commas = outer;
        self.grow(1, at);
        match count {
            None => self.error("Q021", at, "`ATLEAST` has no number", HELP),
            Some(0) => self.error("Q021", at, "`ATLEAST 0` holds always", HELP),
            Some(count) if count > number && deep => {
                let message = format!("`ATLEAST {count}` has only {number} of them");
                self.error("Q021", at, message, "part them by commas, or lower the number");
            }
            Some(count) => return Some(Query::AtLeast(count, parts)),
        }
        None
    }
}

/// The depth of a tree.
pub(super) fn depth(query: &Query) -> usize {
    1 + match query {
        Query::Atom(_) | Query::Test(_) => 0,
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => {
            parts.iter().map(depth).max().unwrap_or(0)
        }
        Query::Not(part) => depth(part),
        Query::Near(near) => depth(&near.left).max(depth(&near.right)),
    }
}

/// The number of nodes of a tree.
pub(super) fn nodes(query: &Query) -> usize {
    1 + match query {
        Query::Atom(_) | Query::Test(_) => 0,
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => parts.iter().map(nodes).sum(),
        Query::Not(part) => nodes(part),
        Query::Near(near) => nodes(&near.left) + nodes(&near.right),
    }
}
