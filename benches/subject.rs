//! What is measured? The one place where the benchmarks of listening touch the listener.
//!
//! Until there is one, the plain evaluator stands in: every query asked of every message. Whoever writes the listener
//! fills in the bodies below and sets [`MOST`] to `usize::MAX`; nothing else in the benchmarks changes.

use scrm_core::model::{Limits, Message};
use scrm_core::query::{Document, Query, Uses};
use scrm_core::text::Text;

use crate::random::live::{Plain, Subject};
use crate::random::{Matcher, uses};

/// How many monitors it can be measured with in sensible time.
pub const MOST: usize = 1_000;

/// What came of a message, or of many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Monitors looked at.
    pub candidates: u64,
    /// Monitors that hold.
    pub matches: u64,
    /// Places that hits point to.
    pub spans: u64,
}

impl Found {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            candidates: self.candidates + other.candidates,
            matches: self.matches + other.matches,
            spans: self.spans + other.spans,
        }
    }
}

/// Monitors made ready.
#[derive(Debug)]
pub struct Listening {
    monitors: Vec<(String, Query)>,
    uses: Uses,
}

/// Reads one query; `None` when it is not understood.
pub fn parse(source: &str) -> Option<Query> {
    Query::parse(source).query
}

/// Makes monitors ready, ids with queries in source form; `None` when one of them is not understood.
pub fn build(monitors: impl Iterator<Item = (String, String)>) -> Option<Listening> {
    let monitors: Option<Vec<_>> = monitors.map(|(id, source)| Some((id, parse(&source)?))).collect();
    let monitors = monitors?;
    let queries: Vec<Query> = monitors.iter().map(|(_, query)| query.clone()).collect();
    Some(Listening { monitors, uses: uses(&queries) })
}

/// The whole stage for one message: cutting, looking up, evaluating, and the places of what holds.
pub fn scan(listening: &Listening, message: &Message) -> Found {
    let text = Text::new(message.text());
    let document = Document::new(message, &text, &listening.uses);
    let most = Limits::DEFAULT.query_places;
    let mut found = Found { candidates: listening.monitors.len() as u64, ..Found::default() };
    for (_, query) in listening.monitors.iter().filter(|(_, query)| query.holds(&document, most)) {
        found.matches += 1;
        let places = query.clauses().into_iter().flat_map(|clause| clause.places(&document, most));
        found.spans += places.filter_map(|place| document.span(place)).count() as u64;
    }
    found
}

/// The ids of the monitors that hold, sorted.
pub fn ids(listening: &Listening, message: &Message) -> Vec<String> {
    let text = Text::new(message.text());
    let document = Document::new(message, &text, &listening.uses);
    let holds = |query: &Query| query.holds(&document, Limits::DEFAULT.query_places);
    let mut ids: Vec<String> =
        listening.monitors.iter().filter(|(_, query)| holds(query)).map(|(id, _)| id.clone()).collect();
    ids.sort_unstable();
    ids
}

/// Adds a monitor, in the place of the one of that id; the next scan sees it.
pub fn add(listening: &mut Listening, id: &str, source: &str) {
    remove(listening, id);
    if let Some(query) = parse(source) {
        listening.uses.zones.extend(uses(std::slice::from_ref(&query)).zones);
        listening.monitors.push((id.to_owned(), query));
    }
}

/// Takes a monitor away; the next scan does not see it.
pub fn remove(listening: &mut Listening, id: &str) {
    listening.monitors.retain(|(one, _)| one != id);
}

/// Runs one query over past messages: how many it holds in.
pub fn backtest<'m>(query: &Query, messages: impl Iterator<Item = &'m Message>) -> u64 {
    let uses = uses(std::slice::from_ref(query));
    let holds = |message: &&Message| {
        let text = Text::new(message.text());
        query.holds(&Document::new(message, &text, &uses), Limits::DEFAULT.query_places)
    };
    messages.filter(holds).count() as u64
}

/// What [`prove`](crate::random::prove) holds to the plain evaluator; for now that is the plain evaluator.
pub fn matcher(queries: &[Query]) -> Matcher {
    let queries = queries.to_vec();
    let holds = |query: &Query, document: &Document<'_>| query.holds(document, Limits::DEFAULT.query_places);
    Box::new(move |document| {
        let each = queries.iter().enumerate().filter(|(_, query)| holds(query, document));
        each.map(|(at, _)| at).collect()
    })
}

/// What [`prove_live`](crate::random::live::prove_live) holds to the plain evaluator.
pub fn live() -> impl Subject {
    Plain::default()
}
