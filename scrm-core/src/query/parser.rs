//! How far has the reading come? The pieces still to be read, the faults so far, and the limits.
//!
//! Read [`Parser::read`] first. No step goes deeper than the limit, and after a fault the rest is still read.

use super::dialect::Rules;
use super::lexer::{Lexer, Piece};
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
    pub(super) end: usize,
    whole: Span,
    depth: usize,
    nodes: usize,
    pub(super) faults: Vec<QueryFault>,
    /// Whether the rest is not read.
    pub(super) stopped: bool,
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

    pub(super) fn close(&mut self, open: Span) {
        match self.peek() {
            Some((Piece::Close, _)) => {
                self.take();
            }
            _ if self.stopped => {}
            _ => self.error("Q002", open, "this parenthesis is not closed", "close it with `)`"),
        }
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
