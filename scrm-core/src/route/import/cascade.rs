//! What does a rule see that runs after others? Each question to a field that an earlier rule writes, put in terms of
//! what was there before all of them.
//!
//! `priority is urgent` after a rule that makes it urgent when it fires is: *that rule fired, or it was urgent*.

use std::collections::BTreeMap;

use super::draft::{Draft, Write};
use super::logic::{Ask, Formula, Logic, NEVER, Node, Test};
use super::{Note, Severity, Tool};
use crate::route::condition::Comparison;

/// How many questions a condition may ask once it is rewritten, unless its author asked more; beyond it a rule is
/// imported on trial.
const MOST_PARTS: usize = 300;
/// How deep it may be nested.
const MOST_DEPTH: usize = 24;

/// What a rule's write makes of a question.
enum Outcome {
    Now(bool),
    Same,
    Unclear,
}

/// A question as it stands after some of the rules.
#[derive(Clone, Copy)]
struct State {
    /// As it stands; `Err` with the rule that makes it unsayable.
    now: Result<Formula, usize>,
    /// How many of the field's writes are in it.
    seen: usize,
}

/// When the rules fire, in terms of what was there before the first.
struct Cascade<'a> {
    /// Whether what a rule changes counts as a change to the rules after it.
    own_changes: bool,
    logic: &'a mut Logic,
    /// By field, who writes it, in order.
    writes: BTreeMap<String, Vec<(usize, Write)>>,
    states: BTreeMap<usize, State>,
    fires: Vec<Option<Formula>>,
}

/// When each rule fires, in terms of the facts before all rules. A rule whose condition cannot be put so goes on trial.
/// The rules are taken as if those on trial were switched off.
pub(super) fn fires(
    tool: Tool,
    drafts: &mut [Draft],
    logic: &mut Logic,
    notes: &mut Vec<Note>,
) -> Vec<Option<Formula>> {
    let titles: Vec<String> = drafts.iter().map(|draft| draft.title.clone()).collect();
    let mut cascade = Cascade {
        // A change is what the event brought, but in Zendesk also what a trigger before did.
        own_changes: tool == Tool::Zendesk,
        logic,
        writes: BTreeMap::new(),
        states: BTreeMap::new(),
        fires: Vec::new(),
    };
    for (place, draft) in drafts.iter_mut().enumerate() {
        let Some(when) = draft.when else {
            cascade.fires.push(None);
            continue;
        };
        let fires = match cascade.rewritten(when) {
            Ok(fires) => fires,
            Err(writer) => {
                let writer = titles.get(writer).map(String::as_str).unwrap_or_default();
                draft.doubt(
                    format!(
                        "what it asks depends on `{writer}`, which runs before it, in a way that no condition can say"
                    ),
                    notes,
                );
                when
            }
        };
        cascade.fires.push(Some(fires));
        if fires == NEVER && draft.shadow.is_empty() {
            let message = "it never fires: what it asks excludes itself, or a rule before it".to_owned();
            draft.note(Severity::Info, message, notes);
        }
        if draft.shadow.is_empty() && fires != NEVER {
            for (field, write) in &draft.writes {
                cascade.writes.entry(field.clone()).or_default().push((place, write.clone()));
            }
        }
    }
    cascade.fires
}

impl Cascade<'_> {
    /// The formula where the rules so far have run; `Err` with the rule that stands in the way.
    fn rewritten(&mut self, formula: Formula) -> Result<Formula, usize> {
        let most = MOST_PARTS.max(self.logic.size(formula));
        let mut writer = None;
        let rewritten = self.replaced(formula, &mut writer)?;
        let is_long = self.logic.size(rewritten) > most || self.logic.depth(rewritten) > MOST_DEPTH;
        match writer {
            Some(writer) if is_long => Err(writer),
            _ => Ok(rewritten),
        }
    }

    fn replaced(&mut self, formula: Formula, writer: &mut Option<usize>) -> Result<Formula, usize> {
        match self.logic.node(formula).clone() {
            Node::Always | Node::Never => Ok(formula),
            Node::Asked(place, positive) => {
                let now = self.state(place, writer)?;
                Ok(if positive { now } else { self.logic.not(now) })
            }
            Node::All(parts) => {
                let parts: Result<Vec<Formula>, usize> =
                    parts.iter().map(|part| self.replaced(*part, writer)).collect();
                Ok(self.logic.all(&parts?))
            }
            Node::Any(parts) => {
                let parts: Result<Vec<Formula>, usize> =
                    parts.iter().map(|part| self.replaced(*part, writer)).collect();
                Ok(self.logic.any(&parts?))
            }
        }
    }

    /// A question as it stands after the rules so far.
    fn state(&mut self, place: usize, writer: &mut Option<usize>) -> Result<Formula, usize> {
        let Some(ask) = self.logic.asked(place).cloned() else { return Ok(NEVER) };
        let begin = self.logic.ask(&ask.field, ask.test.clone());
        let mut state = self.states.get(&place).copied().unwrap_or(State { now: Ok(begin), seen: 0 });
        let writes = self.writes.get(&ask.field).map_or(&[][..], Vec::as_slice);
        *writer = writes.last().map(|(rule, _)| *rule).or(*writer);
        for (rule, write) in writes.get(state.seen..).unwrap_or_default() {
            let Ok(now) = state.now else { break };
            let fired = self.fires.get(*rule).copied().flatten().unwrap_or(NEVER);
            let is_change = matches!(ask.test, Test::Changed | Test::ChangedBetween(..));
            let next = match outcome(write, &ask) {
                Outcome::Unclear if is_change && !self.own_changes => Ok(now),
                Outcome::Same => Ok(now),
                Outcome::Unclear => Err(*rule),
                Outcome::Now(true) => Ok(self.logic.any(&[fired, now])),
                Outcome::Now(false) => {
                    let silent = self.logic.not(fired);
                    Ok(self.logic.all(&[silent, now]))
                }
            };
            state.now = next.and_then(|next| {
                let is_long = self.logic.size(next) > MOST_PARTS || self.logic.is_exhausted();
                if is_long && next != now { Err(*rule) } else { Ok(next) }
            });
        }
        state.seen = writes.len();
        self.states.insert(place, state);
        state.now
    }
}

/// What is left of a question once a rule has written its field.
fn outcome(write: &Write, ask: &Ask) -> Outcome {
    match (write, &ask.test) {
        // What it was before the rule changed it is not known.
        (_, Test::Changed | Test::ChangedBetween(..) | Test::Contains(_) | Test::Word(_)) => Outcome::Unclear,
        (Write::Set(_) | Write::Some, Test::Present) => Outcome::Now(true),
        (Write::Set(value), Test::Is(other)) => Outcome::Now(value == other),
        (Write::Set(value), Test::Compare(comparison, number)) => compared(value, *comparison, number),
        (Write::Clear, Test::Present | Test::Is(_) | Test::Compare(..)) => Outcome::Now(false),
        (Write::Add(value), Test::Has(other)) if value == other => Outcome::Now(true),
        (Write::Remove(value), Test::Has(other)) if value == other => Outcome::Now(false),
        (Write::Add(_) | Write::Remove(_), Test::Has(_)) => Outcome::Same,
        (Write::Replace(values), Test::Has(other)) => Outcome::Now(values.contains(other)),
        _ => Outcome::Unclear,
    }
}

fn compared(value: &str, comparison: Comparison, number: &str) -> Outcome {
    let (Ok(value), Ok(number)) = (value.parse::<f64>(), number.parse::<f64>()) else {
        return Outcome::Unclear;
    };
    Outcome::Now(match comparison {
        Comparison::Equal => value == number,
        Comparison::NotEqual => value != number,
        Comparison::Less => value < number,
        Comparison::AtMost => value <= number,
        Comparison::More => value > number,
        Comparison::AtLeast => value >= number,
    })
}
