//! What did people write down? `protocol.toml`: rules, service levels, ladders, incentives, and the tests beside them.
//!
//! Read [`Protocol`] first, then [`Rule`].
//!
//! | code | what is wrong |
//! |---|---|
//! | P001 | a field, facet, topic, brand, monitor or counter that does not exist |
//! | P002 | a value or a question that does not fit its field |
//! | P003 | a condition that can never hold |
//! | P006 | a condition that cannot be read |
//! | P007 | a condition that is too large |
//! | P010 | two things of one kind with the same id, or a field with the name of one that there is |
//! | P013 | rules that override each other in a circle |
//! | P014 | a department, person, calendar, service level, ladder, rung, incentive or rule that does not exist |
//! | P015 | a value that cannot be read |
//! | P016 | nothing said where something must be: an empty `why`, a rule that sets nothing |
//! | P017 | a stretch of time that cannot be read |
//! | P019 | an id that is no slug |
//! | P031 | a rung that is climbed after the deadline has passed (warning) |
//! | P032 | a role that nobody has |
//! | P034 | a skill that nobody has |
//! | P037 | rungs, warnings or dates that are in the wrong order |
//! | P051 | an incentive without budget or cap |
//! | P091 | an example in which a facet is not what it expects |
//! | P092 | an example in which a facet that it expects is set by no rule |
//! | P093 | an example in which rules disagree on a facet that it expects |

mod canonical;
mod clauses;
mod example;
mod names;
mod overrides;
mod read;
mod rule;
mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::{Condition, Facet, Period, Settings, Vocabulary};
use crate::calendar::Calendars;
use crate::model::{ActionWeights, RuleId};

pub use clauses::{Cap, Clock, Incentive, Ladder, Mode, Rung, Sla};
pub use example::Example;
pub(super) use overrides::{Silenced, silenced_by};

/// What a rule does when its condition is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnUnknown {
    /// It does not fire.
    #[default]
    Skip,
    /// It fires.
    Fire,
    /// It does not fire, and asks for a person's review.
    Review,
}

impl OnUnknown {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Skip, Self::Fire, Self::Review];

    /// The name in protocols.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Fire => "fire",
            Self::Review => "review",
        }
    }
}

/// Below which confidence the value of an axis is unknown; 0 where the protocol says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Axes {
    /// Of the type.
    pub kind: f32,
    /// Of the issue and the topics.
    pub issue: f32,
    /// Of the sentiment.
    pub sentiment: f32,
    /// Of the action.
    pub action: f32,
    /// Of the influence.
    pub influence: f32,
    /// Of the language.
    pub language: f32,
}

/// One rule: a condition and what it sets, whose it is and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// The department it belongs to.
    pub owner: String,
    /// Why it is so.
    pub why: String,
    /// When it holds.
    pub when: Condition,
    /// What it sets.
    pub set: Settings,
    /// Rules that are silent on these facets when it fires.
    pub overrides: BTreeSet<RuleId>,
    /// What it does when its condition is unknown; absent, what the protocol says.
    pub on_unknown: Option<OnUnknown>,
    /// Whether it is on trial: evaluated and reported, and decides nothing.
    pub shadow: bool,
    /// The first day on which it is in force.
    pub from: Option<NaiveDate>,
    /// The last day on which it is in force.
    pub to: Option<NaiveDate>,
}

impl Rule {
    /// Whether it is in force on a day.
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// A protocol as it was written: read by [`Protocol::read`], compiled by [`Router::compile`](super::Router::compile).
/// Cheap to clone.
///
/// ```
/// use scrm_core::diagnostic::{Document, Faults};
/// use scrm_core::route::{Protocol, Vocabulary};
/// let source = r#"
/// [protocol]
/// id = "northwind-care"
/// version = "1"
///
/// [[rule]]
/// id = "complaint"
/// owner = "care"
/// why = "Somebody is unhappy"
/// when = 'type is complaint'
/// set = { department = "care", priority = 2 }
/// "#;
/// let vocabulary = Vocabulary { departments: ["care".to_owned()].into(), ..Vocabulary::default() };
/// let mut faults = Faults::new();
/// let document = Document::parse("protocol.toml", source, &mut faults);
/// let protocol = Protocol::read(&document, &vocabulary, &mut faults);
/// assert!(faults.is_empty());
/// assert_eq!(protocol.rules()[0].when.to_string(), "type is complaint");
/// assert!(protocol.hash().starts_with("sha256:"));
/// ```
// INVARIANT: rules are sorted by id, each id once; `hash` is over the canonical form.
#[derive(Debug, Clone, PartialEq)]
pub struct Protocol(Arc<Parts>);

#[derive(Debug, Clone, PartialEq, Default)]
struct Parts {
    file: String,
    id: String,
    version: String,
    mandatory: BTreeSet<Facet>,
    on_unknown: OnUnknown,
    axes: Axes,
    action: ActionWeights,
    slas: BTreeMap<String, Sla>,
    ladders: BTreeMap<String, Ladder>,
    incentives: BTreeMap<String, Incentive>,
    rules: Vec<Rule>,
    examples: Vec<Example>,
    vocabulary: Vocabulary,
    /// The calendars that it reckons with, in their canonical form.
    calendars: String,
    hash: String,
}

impl Protocol {
    /// The file it was read from.
    pub fn file(&self) -> &str {
        &self.0.file
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// The facets that every message must get.
    pub fn mandatory(&self) -> &BTreeSet<Facet> {
        &self.0.mandatory
    }

    /// What a rule does when its condition is unknown, unless it says otherwise.
    pub fn on_unknown(&self) -> OnUnknown {
        self.0.on_unknown
    }

    /// Below which confidence the value of an axis is unknown.
    pub fn axes(&self) -> &Axes {
        &self.0.axes
    }

    /// How much each reason for an action counts.
    pub fn action_weights(&self) -> &ActionWeights {
        &self.0.action
    }

    /// The service levels, by id.
    pub fn slas(&self) -> &BTreeMap<String, Sla> {
        &self.0.slas
    }

    /// The ladders, by id.
    pub fn ladders(&self) -> &BTreeMap<String, Ladder> {
        &self.0.ladders
    }

    /// The incentives, by id.
    pub fn incentives(&self) -> &BTreeMap<String, Incentive> {
        &self.0.incentives
    }

    /// The rules, in the order of their ids.
    pub fn rules(&self) -> &[Rule] {
        &self.0.rules
    }

    /// The rule of this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        let at = self.0.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok()?;
        self.0.rules.get(at)
    }

    /// The examples, in the order of the file.
    pub fn examples(&self) -> &[Example] {
        &self.0.examples
    }

    /// The same with other rules, which are put in order.
    #[cfg(test)]
    pub(super) fn with_rules(&self, mut rules: Vec<Rule>) -> Self {
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        let mut parts = Parts { rules, ..Parts::clone(&self.0) };
        parts.hash = parts.digest();
        Self(Arc::new(parts))
    }

    /// The same, reckoning with these calendars: they are part of its canonical form and of its hash, since what is due
    /// and what is open depends on them.
    #[must_use]
    pub fn with_calendars(&self, calendars: &Calendars) -> Self {
        let calendars = calendars.canonical();
        if calendars == self.0.calendars {
            return self.clone();
        }
        let mut parts = Parts { calendars, ..Parts::clone(&self.0) };
        parts.hash = parts.digest();
        Self(Arc::new(parts))
    }

    /// The names it was read with, its own fields among them.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.0.vocabulary
    }

    /// `sha256:` and the hash over the [canonical form](Self::canonical).
    pub fn hash(&self) -> &str {
        &self.0.hash
    }
}
