//! Which messages on record match this query? The language of the monitors, asked of what has come in.
//!
//! Read [`Desk::search`] first. The index of words leads to candidates, and the code that listens decides.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::Desk;
use crate::diagnostic::{Diagnostic, Report, Severity, Sources};
use crate::listen::{ClauseSpan, ListenError, Listener, Monitor};
use crate::model::{Assessment, IdentityKey, Message, MonitorId};
use crate::query::{Dialect, Document, Query, QueryFault};
use crate::record::{CandidateQuery, Position, Store, StoreError, Terms};
use crate::text::Text;

/// What is searched for beside the query, and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchOptions {
    /// Hits of one page (50 unless set, at least 1 and at most 1,000).
    pub limit: usize,
    /// Messages looked at for one page (10,000 unless set, at least 1 and at most 1,000,000).
    pub scan: usize,
    /// Goes on behind this place: [`SearchPage::next`] of the page before.
    pub before: Option<Position>,
    /// Messages observed at or after this time.
    pub since: Option<DateTime<Utc>>,
    /// Messages observed before this time.
    pub until: Option<DateTime<Utc>>,
    /// Messages by any of these accounts (all accounts of a customer: [`Store::customer`]); empty means by anybody.
    pub accounts: Vec<IdentityKey>,
    /// The language that the query is written in.
    pub dialect: Dialect,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            limit: 50,
            scan: 10_000,
            before: None,
            since: None,
            until: None,
            accounts: Vec::new(),
            dialect: Dialect::Native,
        }
    }
}

/// A message that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchHit {
    /// The message in its current version.
    pub message: Message,
    /// What the engine and then people said of it.
    pub assessment: Assessment,
    /// Where the clauses stand that made it match, in their order.
    pub places: Vec<ClauseSpan>,
}

/// Some of the messages that match, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchPage {
    /// The messages.
    pub hits: Vec<SearchHit>,
    /// Where the next page begins; absent when every message has been looked at. A page that ends because `scan` messages
    /// were looked at may have few hits or none and still have a next one.
    pub next: Option<Position>,
    /// How many messages were looked at.
    pub scanned: usize,
    /// Whether the query has no word that the index could look up (attributes alone, NOT alone, an expression, a word
    /// that begins with `*`), so that messages are looked at one after the other.
    pub by_scan: bool,
    /// What is probably not meant as it is written.
    pub warnings: Vec<QueryFault>,
}

/// Why a search has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    /// The query has faults.
    #[error("{0}")]
    Query(Box<Report>),
    /// The query does not keep to the limits.
    #[error(transparent)]
    Limits(#[from] ListenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<S: Store> Desk<S> {
    /// Searches the record by a query in the language of the monitors, with the names that `monitors.toml` gives; newest
    /// first, page by page. `is:duplicate` holds of no message here: it is asked of what comes in.
    ///
    /// A page looks at [`scan`](SearchOptions::scan) messages at most. Words, phrases, tags and words that begin with three
    /// letters or more (`refund*`) are looked up; what else the query asks for is asked of the messages that have them.
    ///
    /// ```
    /// use scrm_core::desk::{Desk, SearchOptions};
    /// use scrm_core::engine::Engine;
    /// use scrm_core::model::Message;
    /// use scrm_core::playbook::Playbook;
    /// use scrm_core::record::MemoryStore;
    /// # let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    /// # let playbook = Playbook::load(format!("{root}/examples/playbooks/northwind")).unwrap();
    /// let mut desk = Desk::open(Engine::compile(&playbook).unwrap(), MemoryStore::new());
    /// let message: Message = serde_json::from_str(r#"{"source":"x","external_id":"1","kind":"post",
    ///     "visibility":"public","text":"My bag is lost!","times":{"created":"2026-11-02T08:14:00Z"}}"#).unwrap();
    /// desk.receive(vec![message], "2026-11-02T08:15:00Z".parse().unwrap()).unwrap();
    /// let page = desk.search("lost NEAR/3 bag* -found", &SearchOptions::default()).unwrap();
    /// let hit = &page.hits[0];
    /// assert_eq!(hit.places[0].span.of(hit.message.text()), Some("lost"));
    /// ```
    ///
    /// # Errors
    /// When the query has faults, or the store cannot be read.
    pub fn search(&mut self, query: &str, options: &SearchOptions) -> Result<SearchPage, SearchError> {
        let playbook = self.engine.playbook();
        let (names, limits) = (&playbook.monitors.names, playbook.limits());
        let parsed = Query::parse_as(query, options.dialect, names, limits);
        let Some(asked) = parsed.query else {
            return Err(SearchError::Query(Box::new(report(query, parsed.faults))));
        };
        let terms = Terms::of(&asked);
        let mut builder = Listener::builder(limits);
        if let Ok(id) = MonitorId::new("search") {
            builder.add(&Monitor::new(id, asked))?;
        }
        let listener = builder.build()?;
        let mut page = SearchPage {
            hits: Vec::new(),
            next: None,
            scanned: 0,
            by_scan: terms == Terms::Everything,
            warnings: parsed.faults,
        };
        let (limit, scan) = (options.limit.clamp(1, 1_000), options.scan.clamp(1, 1_000_000));
        let candidates = CandidateQuery {
            terms,
            authors: options.accounts.clone(),
            since: options.since,
            until: options.until,
            before: options.before.clone(),
        };
        self.store.candidates(&self.tenant, &candidates, &mut |entry| {
            page.scanned += 1;
            let position = Position::of(&entry.message);
            if let Some(places) = places(&listener, &entry.message) {
                let (message, assessment) = (entry.message, entry.assessment);
                page.hits.push(SearchHit { message, assessment, places });
            }
            if page.hits.len() < limit && page.scanned < scan {
                return ControlFlow::Continue(());
            }
            page.next = Some(position);
            ControlFlow::Break(())
        })?;
        Ok(page)
    }
}

/// Where the clauses stand in a message that matches.
fn places(listener: &Listener, message: &Message) -> Option<Vec<ClauseSpan>> {
    let text = Text::new(message.text());
    let document = Document::new(message, &text, listener.uses());
    let heard = listener.hear(&document);
    heard.matches.first().map(|found| found.places().to_vec())
}

fn report(query: &str, faults: Vec<QueryFault>) -> Report {
    const FILE: &str = "query";
    let mut sources = Sources::new();
    sources.insert(FILE, query);
    let diagnostic = |fault: QueryFault| {
        let told = match fault.severity {
            Severity::Error => Diagnostic::error(fault.code, FILE, Some(fault.span), fault.message),
            Severity::Warning => Diagnostic::warning(fault.code, FILE, Some(fault.span), fault.message),
        };
        match fault.help {
            Some(help) => told.help(help),
            None => told,
        }
    };
    Report::new(faults.into_iter().map(diagnostic).collect(), sources)
}
