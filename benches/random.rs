//! Does a matcher say what the plain evaluator says? Random queries and random messages, as many as one likes.
//!
//! Read [`prove`] first: it holds a matcher of many queries to the definition, one query at a time.
//! [`live::prove_live`] does the same while queries come, change, pause and go.

pub mod live;
mod messages;
mod queries;
mod shrink;
mod words;

use std::fmt;

pub use messages::message;
pub use queries::{Scope, query};
use scrm_core::model::{Limits, MessageBuilder};
use scrm_core::query::{Document, Query, Uses, Zone};
use scrm_core::text::Text;

use crate::dice::Dice;

/// Says which of many queries hold in a document: their places in the list it was made of, in any order.
pub type Matcher = Box<dyn Fn(&Document<'_>) -> Vec<usize>>;

/// Queries and messages of one round.
const QUERIES: usize = 200;
const MESSAGES: usize = 50;

/// Streams of chance.
const OF_QUERIES: u64 = 41;
const OF_MESSAGES: u64 = 42;

/// How much was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Proved {
    /// Pairs of a query and a message.
    pub pairs: u64,
    /// How many of them hold.
    pub held: u64,
}

/// A query and a message about which the two do not agree, as small as they could be made.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The query.
    pub query: Query,
    /// The message.
    pub message: Box<MessageBuilder>,
    /// Whether an earlier message said the same.
    pub duplicate: bool,
    /// Whether the query holds, as the plain evaluator says.
    pub holds: bool,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (plain, other) = if self.holds { ("holds", "does not") } else { ("does not hold", "does") };
        writeln!(f, "by the plain evaluator the query {plain}, by the matcher it {other}")?;
        writeln!(f, "query:   {}\n         {:?}", self.query, self.query)?;
        writeln!(f, "text:    {:?}", self.message.text)?;
        writeln!(f, "duplicate: {}; message: {:?}", self.duplicate, self.message)
    }
}

/// Compares a matcher with the plain evaluator on at least so many pairs of random queries and messages.
///
/// # Errors
/// The first difference, made as small as it goes.
pub fn prove(
    pairs: u64,
    seed: u64,
    matcher: impl Fn(&[Query]) -> Matcher,
) -> Result<Proved, Box<Difference>> {
    let scope = Scope { duplicates: true, besides: true };
    let mut proved = Proved::default();
    for round in 0.. {
        if proved.pairs >= pairs {
            break;
        }
        let queries: Vec<Query> = (0..QUERIES)
            .map(|number| {
                let mut dice = Dice::of(seed, OF_QUERIES, round * QUERIES + number);
                query(dice.below(4), scope, &mut dice)
            })
            .collect();
        let uses = uses(&queries);
        let matches = matcher(&queries);
        for number in 0..MESSAGES {
            let number = round * MESSAGES + number;
            let mut dice = Dice::of(seed, OF_MESSAGES, number);
            let duplicate = dice.percent(20);
            let made = message(number, &mut dice);
            let mut found =
                with_document(&made, &uses, duplicate, |document| matches(document)).unwrap_or_default();
            found.sort_unstable();
            let holding = with_document(&made, &uses, duplicate, |document| holding(&queries, document));
            let holding = holding.unwrap_or_default();
            proved.pairs += QUERIES as u64;
            proved.held += holding.len() as u64;
            if found != holding {
                return Err(Box::new(difference(&queries, &made, duplicate, &found, &holding, &matcher)));
            }
        }
    }
    Ok(proved)
}

fn holding(queries: &[Query], document: &Document<'_>) -> Vec<usize> {
    let most = Limits::DEFAULT.query_places;
    (0..queries.len())
        .filter(|at| queries.get(*at).is_some_and(|query| query.holds(document, most)))
        .collect()
}

/// All zones that queries look in, so that one document serves them all.
pub fn uses(queries: &[Query]) -> Uses {
    let mut uses = Uses::default();
    uses.zones.extend(Zone::NAMED);
    uses.zones.extend(queries::OWN.map(|name| Zone::Own(name.into())));
    for clause in queries.iter().flat_map(Query::clauses) {
        match clause {
            Query::Atom(atom) => drop(uses.zones.insert(atom.zone.clone())),
            Query::Test(test) => drop(uses.attributes.insert(test.attribute.clone())),
            _ => {}
        }
    }
    uses
}

/// Asks something of the document of a message; `None` when no message can be built.
fn with_document<R>(
    made: &MessageBuilder,
    uses: &Uses,
    duplicate: bool,
    ask: impl Fn(&Document<'_>) -> R,
) -> Option<R> {
    let message = made.clone().build().ok()?;
    let text = Text::new(message.text());
    Some(ask(&Document::new(&message, &text, uses).duplicate(duplicate)))
}

fn difference(
    queries: &[Query],
    made: &MessageBuilder,
    duplicate: bool,
    found: &[usize],
    holding: &[usize],
    matcher: &impl Fn(&[Query]) -> Matcher,
) -> Difference {
    let differs =
        |at: &usize| found.iter().filter(|one| *one == at).count() != usize::from(holding.contains(at));
    let at = (0..queries.len()).find(differs).unwrap_or(0);
    let wanted = queries.get(at).cloned().unwrap_or(Query::Or(Vec::new()));
    // Alone if it differs alone too; otherwise it is shown as it came, among the others.
    let shows = |query: &Query, made: &MessageBuilder| {
        let one = std::slice::from_ref(query);
        with_document(made, &uses(one), duplicate, |document| {
            matcher(one)(document) != holding_one(one, document)
        })
        .unwrap_or(false)
    };
    let (query, message) = if shows(&wanted, made) {
        shrink::shrink(wanted, made.clone(), shows)
    } else {
        (wanted, made.clone())
    };
    let one = std::slice::from_ref(&query);
    let holds =
        with_document(&message, &uses(one), duplicate, |document| !holding_one(one, document).is_empty());
    Difference { holds: holds.unwrap_or(false), query, message: Box::new(message), duplicate }
}

fn holding_one(query: &[Query], document: &Document<'_>) -> Vec<usize> {
    holding(query, document)
}

#[cfg(test)]
mod tests;
