//! How is a query read? Every fault at once, each with its place; what is left is the tree.
//!
//! Read [`Query::parse`] first, and [`Query::parse_as`] for queries that were written for another tool.

use super::lint;
use super::parser::Parser;
use super::{Dialect, Names, Query};
use crate::diagnostic::{Diagnostic, Severity, Text as AuthoredText};
use crate::model::{Limits, Span};

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
        Self::parse_as(source, Dialect::Native, &Names::new(), limits)
    }

    /// Reads a query that was written for a tool of another kind, or one that uses the names of others.
    ///
    /// What the tool would read in another way is a warning (`Q2…`).
    ///
    /// ```
    /// use scrm_core::model::Limits;
    /// use scrm_core::query::{Dialect, Names, Query};
    /// let rule = "snow -is:retweet followers_count:1000..5000";
    /// let parsed = Query::parse_as(rule, Dialect::X, &Names::new(), &Limits::DEFAULT);
    /// assert_eq!(parsed.query.unwrap().to_string(), "=snow AND NOT is:repost AND followers:1000..5000");
    /// ```
    pub fn parse_as(source: &str, dialect: Dialect, names: &Names, limits: &Limits) -> Parsed {
        let (query, mut faults) = Parser::new(source, dialect.rules(), names, limits).read();
        let mut broken = faults.iter().any(|fault| fault.severity == Severity::Error);
        if query.is_none() && !broken {
            // Nothing may be lost in silence, whatever was overlooked.
            faults.push(QueryFault {
                code: "Q001",
                severity: Severity::Error,
                span: Span::new(0, source.len()),
                message: "the query holds nothing to look for".to_owned(),
                help: Some("write at least one word".to_owned()),
            });
        }
        if let Some(query) = query.as_ref().filter(|_| !broken) {
            lint::check(query, source, &mut faults);
        }
        if faults.len() > 1 {
            faults.sort_by(|a, b| (a.span, a.code).cmp(&(b.span, b.code)));
            faults.dedup();
        }
        broken |= query.is_none();
        Parsed { query: query.filter(|_| !broken), faults }
    }
}
