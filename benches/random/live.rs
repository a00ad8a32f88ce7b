//! Does a listener say what the plain evaluator says while its queries come, change, pause and go?

use std::collections::BTreeMap;
use std::fmt;

use scrm_core::model::{Limits, Message, MessageBuilder};
use scrm_core::query::{Document, Query};
use scrm_core::text::Text;

use super::{Proved, Scope, message, query, shrink, uses};
use crate::dice::Dice;

/// Streams of chance.
const OF_STEPS: u64 = 43;
/// How many ids the queries have among them; few, so that they are used again.
const IDS: usize = 60;

/// What is held to the plain evaluator: something that queries are added to and messages shown.
pub trait Subject {
    /// The ids of the queries that hold in a message, in any order, each once.
    fn matches(&mut self, message: &Message) -> Vec<String>;
    /// Adds a query, or puts it in the place of the one of that id, which is not paused then.
    fn add(&mut self, id: &str, query: &Query);
    /// Takes a query away; one that is not there is nothing.
    fn remove(&mut self, id: &str);
    /// Lets a query rest.
    fn pause(&mut self, id: &str);
    /// Lets it match again.
    fn resume(&mut self, id: &str);
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub enum Step {
    /// A query comes or changes.
    Add(String, Query),
    /// A query goes.
    Remove(String),
    /// A query rests.
    Pause(String),
    /// It is back.
    Resume(String),
    /// A message is shown.
    Show(Box<MessageBuilder>),
}

/// What happened until the two did not agree, as short as it could be made; the last step is the message.
#[derive(Debug, Clone)]
pub struct LiveDifference {
    /// The steps.
    pub steps: Vec<Step>,
    /// What holds, as the plain evaluator says.
    pub holding: Vec<String>,
    /// What was found.
    pub found: Vec<String>,
}

impl fmt::Display for LiveDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the plain evaluator says {:?}, the subject {:?}, after:", self.holding, self.found)?;
        self.steps.iter().try_for_each(|step| match step {
            Step::Add(id, query) => writeln!(f, "  add {id}: {query}\n    {query:?}"),
            step => writeln!(f, "  {step:?}"),
        })
    }
}

/// The definition: every query asked of every message.
#[derive(Debug, Default)]
pub struct Plain {
    queries: BTreeMap<String, (Query, bool)>,
}

impl Subject for Plain {
    fn matches(&mut self, message: &Message) -> Vec<String> {
        let text = Text::new(message.text());
        let active = || self.queries.iter().filter(|(_, (_, paused))| !paused);
        let queries: Vec<Query> = active().map(|(_, (query, _))| query.clone()).collect();
        let uses = uses(&queries);
        let document = Document::new(message, &text, &uses);
        let holds = |query: &Query| query.holds(&document, Limits::DEFAULT.query_places);
        active().filter(|(_, (query, _))| holds(query)).map(|(id, _)| id.clone()).collect()
    }

    fn add(&mut self, id: &str, query: &Query) {
        self.queries.insert(id.to_owned(), (query.clone(), false));
    }

    fn remove(&mut self, id: &str) {
        self.queries.remove(id);
    }

    fn pause(&mut self, id: &str) {
        self.queries.entry(id.to_owned()).and_modify(|(_, paused)| *paused = true);
    }

    fn resume(&mut self, id: &str) {
        self.queries.entry(id.to_owned()).and_modify(|(_, paused)| *paused = false);
    }
}

/// Compares a subject with the plain evaluator over so many random steps, two in three of them messages.
///
/// # Errors
/// The shortest history found that ends in a difference.
pub fn prove_live<S: Subject>(
    steps: usize,
    seed: u64,
    make: impl Fn() -> S,
) -> Result<Proved, Box<LiveDifference>> {
    let (mut subject, mut plain) = (make(), Plain::default());
    let mut history: Vec<Step> = Vec::new();
    let mut proved = Proved::default();
    for number in 0..steps {
        let step = step(number, seed);
        history.push(step.clone());
        let Some((holding, found)) = take(&step, &mut plain, &mut subject) else { continue };
        proved.pairs += plain.queries.len() as u64;
        proved.held += holding.len() as u64;
        if holding != found {
            let steps = shrink::fewer(history, |steps| replay(steps, &make).is_some());
            let (holding, found) = replay(&steps, &make).unwrap_or((holding, found));
            return Err(Box::new(LiveDifference { steps, holding, found }));
        }
    }
    Ok(proved)
}

fn step(number: usize, seed: u64) -> Step {
    let mut dice = Dice::of(seed, OF_STEPS, number);
    let id = format!("m{}", dice.below(IDS));
    // What `is:duplicate` says depends on what the subject takes for the same.
    let scope = Scope { duplicates: false, besides: true };
    match dice.below(30) {
        0..6 => Step::Add(id, query(dice.below(4), scope, &mut dice)),
        6 | 7 => Step::Remove(id),
        8 => Step::Pause(id),
        9 => Step::Resume(id),
        _ => Step::Show(Box::new(message(number, &mut dice))),
    }
}

/// Takes a step with both; for a message, what both say of it.
fn take(step: &Step, plain: &mut Plain, subject: &mut impl Subject) -> Option<(Vec<String>, Vec<String>)> {
    match step {
        Step::Add(id, query) => {
            plain.add(id, query);
            subject.add(id, query);
        }
        Step::Remove(id) => {
            plain.remove(id);
            subject.remove(id);
        }
        Step::Pause(id) => {
            plain.pause(id);
            subject.pause(id);
        }
        Step::Resume(id) => {
            plain.resume(id);
            subject.resume(id);
        }
        Step::Show(made) => {
            let message = made.as_ref().clone().build().ok()?;
            let mut found = subject.matches(&message);
            found.sort_unstable();
            let mut holding = plain.matches(&message);
            holding.sort_unstable();
            return Some((holding, found));
        }
    }
    None
}

fn replay<S: Subject>(steps: &[Step], make: impl Fn() -> S) -> Option<(Vec<String>, Vec<String>)> {
    let (mut subject, mut plain) = (make(), Plain::default());
    let mut answers = steps.iter().filter_map(|step| take(step, &mut plain, &mut subject));
    answers.find(|(holding, found)| holding != found)
}
