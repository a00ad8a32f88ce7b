//! How is a query read? NOT before AND before OR; every fault at once, each with its place.

use super::lexer::{Piece, pieces};
use super::{Atom, Form, Pattern, Query, Word, Zone};
use crate::diagnostic::{Diagnostic, Severity, Text as AuthoredText};
use crate::model::{Limits, Span};
use crate::text::{Text, TokenKind};

/// One fault of a query, placed within the query's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFault {
    /// `Q` and three digits.
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Where in the query (bytes).
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
}

impl QueryFault {
    /// The fault as one of the authored file in which the query stands.
    pub fn into_diagnostic(self, file: &str, within: &AuthoredText) -> Diagnostic {
        let mut fault = Diagnostic::error(self.code, file, Some(within.place(self.span)), self.message);
        fault.severity = self.severity;
        fault.help = self.help;
        fault
    }
}

/// What could be read of a query, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The query; absent when some fault is an error.
    pub query: Option<Query>,
    /// The faults, in the order of their places.
    pub faults: Vec<QueryFault>,
}

impl Query {
    /// Reads a query within the default limits.
    ///
    /// Never fails as a whole: every fault is in [`Parsed::faults`].
    ///
    /// ```
    /// use scrm_core::query::Query;
    /// let parsed = Query::parse("(delay* or late");
    /// let codes: Vec<_> = parsed.faults.iter().map(|fault| fault.code).collect();
    /// assert_eq!(codes, ["Q002", "Q101"]);
    /// assert!(parsed.query.is_none());
    /// ```
    pub fn parse(source: &str) -> Parsed {
        Self::parse_within(source, &Limits::DEFAULT)
    }

    /// Reads a query within the limits given.
    pub fn parse_within(source: &str, limits: &Limits) -> Parsed {
        let mut parser = Parser {
            pieces: pieces(source),
            at: 0,
            depth: 0,
            nodes: 0,
            limits,
            faults: Vec::new(),
            truncated: false,
        };
        let whole = Span::new(0, source.len());
        let query = if parser.pieces.is_empty() {
            parser.error("Q001", whole, "the query is empty").help("write at least one word");
            None
        } else {
            parser.query()
        };
        if let Some(query) = &query
            && !needs_something(query)
        {
            let fault =
                parser.warning("Q103", whole, "the query matches texts in which none of its words stands");
            fault.help("join it with a word that must stand: `word AND NOT other`");
        }
        let mut faults = parser.faults;
        faults.sort_by_key(|fault| (fault.span, fault.code));
        let broken = faults.iter().any(|fault| fault.severity == Severity::Error);
        Parsed { query: query.filter(|_| !broken), faults }
    }
}

/// Whether some atom must stand in every text that matches.
fn needs_something(query: &Query) -> bool {
    match query {
        Query::Atom(_) => true,
        Query::Not(_) => false,
        Query::And(parts) => parts.iter().any(needs_something),
        Query::Or(parts) => parts.iter().all(needs_something),
        _ => true,
    }
}

struct Parser<'a> {
    pieces: Vec<(Piece<'a>, Span)>,
    at: usize,
    depth: usize,
    nodes: usize,
    limits: &'a Limits,
    faults: Vec<QueryFault>,
    /// Whether the rest was not read because it is nested too deep.
    truncated: bool,
}

impl QueryFault {
    fn help(&mut self, help: impl Into<String>) {
        self.help = Some(help.into());
    }
}

impl<'a> Parser<'a> {
    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut QueryFault {
        self.fault(code, Severity::Error, span, message.into())
    }

    fn warning(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut QueryFault {
        self.fault(code, Severity::Warning, span, message.into())
    }

    fn fault(
        &mut self,
        code: &'static str,
        severity: Severity,
        span: Span,
        message: String,
    ) -> &mut QueryFault {
        self.faults.push(QueryFault { code, severity, span, message, help: None });
        let last = self.faults.len() - 1;
        // The element was pushed just now.
        #[allow(clippy::indexing_slicing, reason = "the last element of a vector that is not empty")]
        &mut self.faults[last]
    }

    fn peek(&self) -> Option<(Piece<'a>, Span)> {
        self.pieces.get(self.at).copied()
    }

    fn take(&mut self) -> Option<(Piece<'a>, Span)> {
        let piece = self.peek();
        self.at += 1;
        piece
    }

    fn query(&mut self) -> Option<Query> {
        let mut query = self.any();
        // What is left begins with a parenthesis that closes nothing; the rest is read for its faults.
        while let Some((_, span)) = self.take() {
            self.error("Q003", span, "this parenthesis closes nothing").help("remove it, or open one before");
            let rest = self.any();
            query = query.or(rest);
        }
        query
    }

    fn any(&mut self) -> Option<Query> {
        let mut parts = vec![self.all()];
        let mut grouped_by_and = matches!(parts.last(), Some(Some(Query::And(_))));
        while let Some((Piece::Or, span)) = self.peek() {
            self.at += 1;
            let part = self.all();
            grouped_by_and |= matches!(part, Some(Query::And(_)));
            if grouped_by_and && parts.len() == 1 {
                self.warning("Q102", span, "AND and OR stand side by side without parentheses")
                    .help("AND binds tighter than OR; write parentheses to say which you mean");
            }
            parts.push(part);
        }
        let parts: Vec<Query> = parts.into_iter().flatten().collect();
        Query::any(parts)
    }

    fn all(&mut self) -> Option<Query> {
        let mut parts = Vec::new();
        // Whether something to join stands before the cursor; a faulty term counts, its own fault was reported.
        let mut operand = false;
        let mut operator: Option<Span> = None;
        loop {
            match self.peek() {
                Some((Piece::And, span)) => {
                    self.at += 1;
                    if !operand {
                        self.operand_missing("AND", span);
                    }
                    operator = operand.then_some(span);
                    operand = false;
                }
                Some((Piece::Or, span)) if !operand && operator.is_none() => {
                    self.operand_missing("OR", span);
                    break;
                }
                Some((Piece::Or | Piece::Close, _)) | None => break,
                Some(_) => {
                    operator = None;
                    operand = true;
                    parts.extend(self.one());
                }
            }
        }
        if let Some(span) = operator {
            self.operand_missing("AND", span);
        } else if !operand && !self.truncated {
            self.after_last_operator();
        }
        if parts.len() > 1 { Some(Query::And(parts)) } else { parts.pop() }
    }

    fn after_last_operator(&mut self) {
        if let Some((Piece::Or, span)) =
            self.at.checked_sub(1).and_then(|last| self.pieces.get(last)).copied()
        {
            self.operand_missing("OR", span);
        }
    }

    fn operand_missing(&mut self, word: &str, span: Span) {
        self.error("Q004", span, format!("`{word}` has nothing to join here")).help(format!(
            "write a word on both sides of `{word}`, or put it in quotes to look for the word itself"
        ));
    }

    fn one(&mut self) -> Option<Query> {
        let (piece, span) = self.take()?;
        match piece {
            Piece::Not => self.negated(span),
            Piece::Open => self.group(span),
            Piece::Phrase(text, closed) => {
                if !closed {
                    self.error("Q005", span, "this quote is not closed").help("close it with `\"`");
                }
                self.atom(text, span, 1)
            }
            Piece::Term(term) => self.term(term, span),
            Piece::Close | Piece::And | Piece::Or => None,
        }
    }

    fn deeper(&mut self, span: Span) -> bool {
        self.depth += 1;
        if self.depth == self.limits.query_depth {
            let limit = self.limits.query_depth;
            self.error("Q007", span, format!("the query is nested more than {limit} deep"))
                .help("take it apart into several monitors");
        }
        self.depth < self.limits.query_depth
    }

    fn negated(&mut self, span: Span) -> Option<Query> {
        if matches!(self.peek(), None | Some((Piece::Close | Piece::And | Piece::Or, _))) {
            self.operand_missing("NOT", span);
            return None;
        }
        let inner = if self.deeper(span) { self.one() } else { self.skip_rest() };
        self.depth -= 1;
        Some(Query::Not(Box::new(inner?)))
    }

    fn group(&mut self, span: Span) -> Option<Query> {
        if matches!(self.peek(), Some((Piece::Close, _))) {
            self.at += 1;
            self.error("Q006", span, "these parentheses hold nothing")
                .help("remove them, or write a word between them");
            return None;
        }
        let inner = if self.deeper(span) { self.any() } else { self.skip_rest() };
        self.depth -= 1;
        match self.peek() {
            Some((Piece::Close, _)) => self.at += 1,
            _ if self.truncated => {}
            _ => {
                self.error("Q002", span, "this parenthesis is not closed").help("close it with `)`");
            }
        }
        inner
    }

    /// Too deep to go on: the rest is not read, and the fault has been reported.
    fn skip_rest(&mut self) -> Option<Query> {
        self.at = self.pieces.len();
        self.truncated = true;
        None
    }

    fn term(&mut self, term: &'a str, span: Span) -> Option<Query> {
        if let Some((what, instead)) = not_yet(term) {
            self.error("Q010", span, format!("`{term}` is {what}, which queries do not have")).help(instead);
            return None;
        }
        if matches!(term, "and" | "or" | "not") {
            let upper = term.to_uppercase();
            self.warning("Q101", span, format!("`{term}` is looked for as a word"))
                .help(format!("write `{upper}` for the operator, or `\"{term}\"` for the word"));
        }
        self.atom(term, span, 0)
    }

    /// A term or the inside of a phrase; `quote` is the length of the opening quote.
    fn atom(&mut self, text: &str, span: Span, quote: usize) -> Option<Query> {
        self.nodes += 1;
        if self.nodes == self.limits.query_nodes + 1 {
            let limit = self.limits.query_nodes;
            self.error("Q008", span, format!("the query has more than {limit} terms"))
                .help("take it apart into several monitors");
        }
        let stem = text.trim_end();
        let stars = stem.len() - stem.trim_end_matches('*').len();
        let stem = stem.trim_end_matches('*');
        if stem.contains('*') {
            let at = span.start() + quote + stem.find('*').unwrap_or(0);
            self.error("Q009", Span::new(at, at + 1), "`*` stands at the end of a term")
                .help("write `word*` for all words that begin so");
            return None;
        }
        let cut = Text::new(stem);
        let last = cut.tokens().len().saturating_sub(1);
        let words: Vec<Word> = cut
            .tokens()
            .iter()
            .enumerate()
            .filter_map(|(i, token)| {
                let glob = stars > 0 && i == last;
                let text = format!("{}{}", cut.folded_token(i)?, if glob { "*" } else { "" });
                let form = match token.kind {
                    TokenKind::Hashtag => Form::Hashtag,
                    TokenKind::Mention => Form::Mention,
                    TokenKind::Cashtag => Form::Cashtag,
                    _ => Form::Plain,
                };
                Some(Word { form, text: text.into(), glob })
            })
            .collect();
        if words.is_empty() {
            self.error("Q011", span, format!("`{text}` holds no word that could be looked for"))
                .help("punctuation is not matched; write the words around it");
            return None;
        }
        let ends_in_word = cut.tokens().last().is_some_and(|token| token.span.end() == stem.len());
        if stars > 0 && !ends_in_word {
            self.error("Q009", span, "`*` stands behind a word")
                .help("write `word*` for all words that begin so");
            return None;
        }
        let short = words.last().is_some_and(|word| word.text.chars().count() < 4 && word.text.is_ascii());
        if stars > 0 && short && words.len() == 1 {
            self.warning("Q104", span, format!("`{text}` begins a great many words"))
                .help("write at least three letters before `*`");
        }
        Some(Query::Atom(Atom { zone: Zone::Default, pattern: Pattern::Words(words), span }))
    }
}

/// What other tools' queries have and ours does not have yet, and what to write instead.
fn not_yet(term: &str) -> Option<(&'static str, &'static str)> {
    let near = term.strip_prefix('O').unwrap_or(term).strip_prefix("NEAR");
    if near.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        return Some(("proximity", "write a phrase in quotes, or join the words with AND"));
    }
    if matches!(term, "SENTENCE" | "ATLEAST") {
        return Some(("an operator of other tools", "join the words with AND"));
    }
    if term.len() > 1 && term.starts_with('/') && term.ends_with('/') {
        return Some(("a regular expression", "write the words, or `word*` for all words that begin so"));
    }
    if term.starts_with('{') || term.starts_with('~') || term.starts_with('=') && term.len() > 2 {
        return Some(("an exact or inexact term of other tools", "write the plain word"));
    }
    let (field, value) = term.split_once(':')?;
    let is_field = field.len() > 1 && field.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if is_field && !value.starts_with("//") && !matches!(field, "http" | "https") {
        return Some((
            "a field",
            "scope the monitor with `channels` or `languages`, or write the plain word",
        ));
    }
    None
}
