use std::collections::BTreeMap;
use std::ops::ControlFlow;

use scrm_core::desk::{Desk, SearchOptions};
use scrm_core::listen::backtest;
use scrm_core::model::{Limits, Message};
use scrm_core::query::{Attribute, Condition, Document, Pattern, Query, Reach};
use scrm_core::record::{Entry, SqliteStore, Store};
use scrm_core::text::Text;

use super::live::{Plain, Step, Subject, prove_live};
use super::{Matcher, Scope, holding, message, prove, query, uses};
use crate::dice::Dice;
use crate::subject;

fn plain(queries: &[Query]) -> Matcher {
    let queries = queries.to_vec();
    Box::new(move |document: &Document<'_>| holding(&queries, document))
}

#[test]
fn the_index_agrees_with_the_plain_evaluator() {
    let proved = prove(20_000, 11, subject::matcher).unwrap_or_else(|difference| panic!("{difference}"));
    assert!(proved.held > 1_000, "{proved:?}");
    let live = prove_live(300, 11, subject::live).unwrap_or_else(|difference| panic!("{difference}"));
    assert!(live.held > 300, "{live:?}");
}

/// A backtest leaves messages out that cannot match without cutting them into words; what it says stays the same.
#[test]
fn a_backtest_agrees_with_the_plain_evaluator() {
    let scope = Scope { duplicates: false, besides: true };
    let mut held = 0;
    for round in 0..40 {
        let made = (0..25)
            .filter_map(|number| message(number, &mut Dice::of(5, 2, round * 25 + number)).build().ok());
        let messages: Vec<Message> = made.collect();
        for number in 0..10 {
            let query = query(number % 4, scope, &mut Dice::of(5, 1, round * 10 + number));
            let query = std::slice::from_ref(&query);
            let holds = |message: &Message| {
                let text = Text::new(message.text());
                !holding(query, &Document::new(message, &text, &uses(query))).is_empty()
            };
            let holding: Vec<usize> =
                messages.iter().enumerate().filter(|(_, message)| holds(message)).map(|(at, _)| at).collect();
            let test = backtest(&query[0], &messages, &Limits::DEFAULT).unwrap();
            assert_eq!(test.matched, holding, "{}", query[0]);
            held += holding.len();
        }
    }
    assert!(held > 500, "{held}");
}

/// What is on record is found by an index of words; what it leaves out must not match.
#[test]
fn a_search_of_the_record_agrees_with_the_plain_evaluator() {
    let scope = Scope { duplicates: false, besides: true };
    let engine = crate::engine(1);
    let now = chrono::DateTime::from_timestamp(2_000_000_000, 0).unwrap();
    let (mut held, mut led) = (0, 0);
    for round in 0..4 {
        let mut desk = Desk::open(engine.clone(), SqliteStore::open_in_memory().unwrap());
        let made = (0..250).filter_map(|n| message(n, &mut Dice::of(9, 2, round * 250 + n)).build().ok());
        desk.receive(made.collect(), now).unwrap();
        let (tenant, mut messages) = (desk.tenant().clone(), Vec::new());
        let mut keep = |entry: Entry| {
            messages.push(entry.message);
            ControlFlow::Continue(())
        };
        desk.store().entries(&tenant, &mut keep).unwrap();
        messages.reverse();
        for number in 0..40 {
            // As it is read when it is written: an ordered PARAGRAPH, for one, has no written form.
            let query = query(number % 4, scope, &mut Dice::of(9, 1, round * 150 + number)).to_string();
            let Some(query) = Query::parse(&query).query else { continue };
            let query = std::slice::from_ref(&query);
            let holds = |message: &&Message| {
                let text = Text::new(message.text());
                !holding(query, &Document::new(message, &text, &uses(query))).is_empty()
            };
            let wanted: Vec<&Message> = messages.iter().filter(holds).collect();
            let options = SearchOptions { limit: 1_000, ..SearchOptions::default() };
            let Ok(page) = desk.search(&query[0].to_string(), &options) else { continue };
            assert_eq!(page.hits.iter().map(|hit| &hit.message).collect::<Vec<_>>(), wanted, "{}", query[0]);
            held += wanted.len();
            led += usize::from(!page.by_scan);
        }
    }
    assert!(held > 400 && led > 30, "{held} {led}");
}

#[test]
fn the_plain_evaluator_agrees_with_itself_and_a_fair_share_holds() {
    let proved = prove(10_000, 1, plain).unwrap();
    let share = proved.held as f64 / proved.pairs as f64;
    assert!((0.05..0.4).contains(&share), "{share}");
}

/// A matcher that knows no NEAR is found out, by a query that is no larger than it must be.
#[test]
fn a_difference_is_shown_small() {
    fn near_to_and(query: &Query) -> Query {
        match query {
            Query::Near(near) => Query::And(vec![near_to_and(&near.left), near_to_and(&near.right)]),
            Query::And(parts) => Query::And(parts.iter().map(near_to_and).collect()),
            Query::Or(parts) => Query::Or(parts.iter().map(near_to_and).collect()),
            Query::Not(part) => Query::Not(Box::new(near_to_and(part))),
            Query::AtLeast(least, parts) => Query::AtLeast(*least, parts.iter().map(near_to_and).collect()),
            other => other.clone(),
        }
    }
    let wrong = |queries: &[Query]| plain(&queries.iter().map(near_to_and).collect::<Vec<_>>());
    let difference = prove(1_000_000, 2, wrong).unwrap_err();
    assert!(matches!(difference.query, Query::Near(_)), "{difference}");
    assert_eq!(difference.query.clauses().len(), 2, "{difference}");
    assert!(difference.message.text.chars().count() < 60, "{difference}");
}

/// A listener that forgets to wake a query after a pause.
#[derive(Default)]
struct Sleepy(Plain);

impl Subject for Sleepy {
    fn matches(&mut self, message: &Message) -> Vec<String> {
        self.0.matches(message)
    }
    fn add(&mut self, id: &str, query: &Query) {
        self.0.add(id, query);
    }
    fn remove(&mut self, id: &str) {
        self.0.remove(id);
    }
    fn pause(&mut self, id: &str) {
        self.0.pause(id);
    }
    fn resume(&mut self, _: &str) {}
}

#[test]
fn a_history_that_ends_in_a_difference_is_shown_short() {
    assert!(prove_live(100, 1, Plain::default).unwrap().held > 0);
    let difference = prove_live(3_000, 1, Sleepy::default).unwrap_err();
    let kinds: Vec<char> = difference
        .steps
        .iter()
        .map(|step| match step {
            Step::Add(..) => 'a',
            Step::Remove(_) => 'r',
            Step::Pause(_) => 'p',
            Step::Resume(_) => 'w',
            Step::Show(_) => 's',
        })
        .collect();
    assert_eq!(kinds, ['a', 'p', 'w', 's'], "{difference}");
}

/// What a clause or a NEAR is, in a word or two, so that none is forgotten.
fn kinds_of(query: &Query) -> Vec<String> {
    match query {
        Query::Atom(atom) => {
            let pattern = match &atom.pattern {
                Pattern::Words(words) if words.len() > 1 => "phrase".to_owned(),
                Pattern::Words(words) => format!("{:?}", words.first().map(|word| (word.form, word.glob))),
                Pattern::Loose { .. } => "loose".to_owned(),
                Pattern::Exact(_) => "exact".to_owned(),
                Pattern::Regex(regex) => format!("/{}/", regex.as_str()),
            };
            vec![pattern, format!("{:?}", atom.zone)]
        }
        Query::Test(test) => match &test.condition {
            Condition::Is(what) if matches!(test.attribute, Attribute::Has | Attribute::Is) => {
                vec![format!("{}:{what}", test.attribute.name())]
            }
            _ => vec![test.attribute.name()],
        },
        Query::Near(near) => {
            let within = if matches!(near.reach, Reach::Words(_)) { "words" } else { "sentence, paragraph" };
            vec![format!("near {within} {} {}", near.ordered, near.negated), format!("near {:?}", near.reach)]
        }
        _ => Vec::new(),
    }
}

fn nodes<'a>(query: &'a Query, found: &mut Vec<&'a Query>) {
    found.push(query);
    query.parts().into_iter().for_each(|part| nodes(part, found));
}

#[test]
fn every_sort_of_node_holds_at_times_and_at_times_does_not() {
    let scope = Scope { duplicates: true, besides: true };
    let queries: Vec<Query> = (0..2_000).map(|at| query(at % 3, scope, &mut Dice::of(3, 1, at))).collect();
    let uses = uses(&queries);
    let mut all = Vec::new();
    queries.iter().for_each(|query| nodes(query, &mut all));
    let mut kinds: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for number in 0..40 {
        let message = message(number, &mut Dice::of(3, 2, number)).build().unwrap();
        let text = Text::new(message.text());
        let document = Document::new(&message, &text, &uses).duplicate(number % 5 == 0);
        for node in &all {
            let kinds_of_it = kinds_of(node);
            let held = !kinds_of_it.is_empty() && node.holds(&document, 1_000);
            for kind in kinds_of_it {
                let (holds, fails) = kinds.entry(kind).or_default();
                *(if held { holds } else { fails }) += 1;
            }
        }
    }
    let missing: Vec<_> = kinds.iter().filter(|(_, (holds, fails))| *holds == 0 || *fails == 0).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(kinds.len() > 100, "{}", kinds.len());
}
