//! What does a protocol do that nobody meant? Conflicts, gaps, rules that never decide, promises that cannot be kept.
//!
//! Read [`Protocol::analyze`] first. A condition becomes a union of boxes over typed axes ([`Space`](space::Space),
//! [`Region`](region::Region)); every question is whether some box is left when others are taken away
//! ([`find`](search::find)), or whether anything changes in one ([`explore`](search::explore)). What is found is put
//! to the ordinary evaluator before it is told.

mod bits;
mod clocks;
mod conditions;
mod conflict;
mod domain;
mod duplicate;
mod finding;
mod gap;
mod giving;
mod influence;
mod model;
mod numbers;
mod promises;
mod redundant;
mod region;
mod relations;
mod search;
mod shadowed;
mod space;
mod staff;
mod time;
mod truth;
mod words;

pub use domain::Domain;
pub use finding::{Analysis, Finding, Grade};
pub use search::Budget;

use finding::{Findings, Why};
use model::Model;
use search::Steps;

use crate::calendar::{Calendars, Team};
use crate::route::protocol::Protocol;

impl Protocol {
    /// Asks of every message of a domain what the protocol says to it, and reports what nobody can have meant.
    ///
    /// | code | what it says |
    /// |---|---|
    /// | P003 | a condition that can never be true |
    /// | P004 | a condition that is always true |
    /// | P010 | two rules that hold for the same messages and set the same |
    /// | P011 | a rule that another one silences wherever it fires |
    /// | P012 | a rule that several others together silence wherever it fires |
    /// | P020 | rules that disagree on a facet, of which none silences the other |
    /// | P021 | a rule without which the same is decided everywhere |
    /// | P030 | messages for which no rule sets a mandatory facet |
    /// | P031 | a rung that is climbed after the deadline has passed |
    /// | P032 | somebody to be called, asked or told where there is nobody |
    /// | P033 | a promise that its calendar cannot keep |
    /// | P034 | a skill that nobody has |
    /// | P035 | a department that has no owner or no people |
    /// | P050 | an incentive for a complaint |
    /// | P052 | an answer in public where there may be personal data |
    /// | P070 | a rule that is not in force yet or no more |
    /// | P071 | service levels that hold together and whose clocks pause for different reasons |
    /// | P080 | a facet that depends on influence where all else is equal |
    /// | P090 | what was not decided, and why |
    ///
    /// The order of the rules in the file makes no difference. Rules on trial decide nothing: only their conditions
    /// are looked at. Without a `team`, nobody is missing. A finding with a witness was put to the ordinary
    /// evaluator, which does what it says.
    ///
    /// ```
    /// use scrm_core::calendar::Calendars;
    /// use scrm_core::diagnostic::{Document, Faults};
    /// use scrm_core::route::{Budget, Domain, Protocol, Vocabulary};
    /// let source = r#"
    /// [protocol]
    /// id = "northwind-care"
    /// version = "1"
    /// [[rule]]
    /// id = "complaint"
    /// owner = "care"
    /// why = "Somebody is unhappy"
    /// when = 'type is complaint'
    /// set = { department = "care" }
    /// [[rule]]
    /// id = "angry"
    /// owner = "comms"
    /// why = "Anger is for those who may decide"
    /// when = 'sentiment <= -0.5'
    /// set = { department = "comms" }
    /// "#;
    /// let departments = ["care".to_owned(), "comms".to_owned()].into();
    /// let vocabulary = Vocabulary { departments, ..Vocabulary::default() };
    /// let mut faults = Faults::new();
    /// let document = Document::parse("protocol.toml", source, &mut faults);
    /// let protocol = Protocol::read(&document, &vocabulary, &mut faults);
    /// let domain = Domain::of(&protocol, &vocabulary);
    /// let analysis = protocol.analyze(&domain, &Calendars::default(), None, Budget::default());
    /// let conflict = &analysis.findings()[0];
    /// assert_eq!((conflict.code, conflict.rules.len()), ("P020", 2));
    /// let witness = serde_json::to_string(&conflict.witness).unwrap();
    /// assert_eq!(witness, r#"{"type":"complaint","sentiment":-1}"#);
    /// ```
    pub fn analyze(
        &self,
        domain: &Domain,
        calendars: &Calendars,
        team: Option<&Team>,
        budget: Budget,
    ) -> Analysis {
        let mut findings = Findings::new(budget.findings);
        let mut model = Model::of(self, domain, calendars, Steps::new(budget));
        for rule in &model.too_large {
            for code in ["P003", "P004", "P011", "P020", "P021", "P080"] {
                findings.leave_open(Why::TooLarge, code, rule.id.as_str());
            }
        }
        truth::find(&mut model, &mut findings);
        duplicate::find(&mut model, &mut findings);
        shadowed::find(&mut model, &mut findings);
        conflict::find(&mut model, &mut findings);
        gap::find(&mut model, &mut findings);
        promises::find(&mut model, &mut findings);
        clocks::find(&mut model, &mut findings);
        giving::find(&mut model, &mut findings);
        influence::find(&mut model, &mut findings);
        redundant::find(&mut model, &mut findings);
        if let Some(team) = team {
            staff::find(&model, team, &mut findings);
        }
        findings.finish()
    }
}

#[cfg(test)]
mod tests;
