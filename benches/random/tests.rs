use scrm_core::model::Message;
use scrm_core::query::{Document, Query};

use super::live::{Plain, Step, Subject, prove_live};
use super::{Matcher, holding, prove};

fn plain(queries: &[Query]) -> Matcher {
    let queries = queries.to_vec();
    Box::new(move |document: &Document<'_>| holding(&queries, document))
}

#[test]
fn the_plain_evaluator_agrees_with_itself_and_a_fair_share_holds() {
    let proved = prove(20_000, 1, plain).unwrap();
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
    assert!(prove_live(300, 1, Plain::default).unwrap().held > 0);
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
