//! What decides? A protocol compiled once, immutable, for any number of messages and threads.
//!
//! Read [`Router`] first.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};

use super::Period;
use super::compile::{Answers, Node, Pool};
use super::condition::{Atom, Condition, Counter, Field, Quantity, Truth};
use super::decide::{Moment, decide};
use super::facet::FacetSet;
use super::given::Given;
use super::index::Index;
use super::observed::Observed;
use super::protocol::{OnUnknown, Protocol, Silenced, silenced_by};
use crate::calendar::Calendars;
use crate::model::{Classification, Context, Decision, Hits, Message};

/// A protocol that decides. Cheap to clone, and the same for every thread.
///
/// ```
/// use scrm_core::calendar::Calendars;
/// use scrm_core::diagnostic::{Document, Faults};
/// use scrm_core::model::{Axis, Classification, Context, Hits, Labeller, Message, MessageType};
/// use scrm_core::route::{Protocol, Router, Vocabulary};
/// let source = r#"
/// [protocol]
/// id = "northwind-care"
/// version = "1"
/// [[rule]]
/// id = "complaint"
/// owner = "care"
/// why = "Somebody is unhappy"
/// when = 'type is complaint'
/// set = { department = "care", visibility = "as_asked" }
/// "#;
/// let vocabulary = Vocabulary { departments: ["care".to_owned()].into(), ..Vocabulary::default() };
/// let mut faults = Faults::new();
/// let document = Document::parse("protocol.toml", source, &mut faults);
/// let protocol = Protocol::read(&document, &vocabulary, &mut faults);
/// let router = Router::compile(protocol, Calendars::default());
///
/// let message: Message = serde_json::from_str(
///     r#"{"source":"x","external_id":"1","kind":"post","visibility":"public","text":"No signal",
///         "times":{"created":"2026-11-02T08:14:00Z"}}"#,
/// ).unwrap();
/// let classification = Classification {
///     kind: Axis::new(MessageType::Complaint, 0.9, vec![]),
///     types: vec![MessageType::Complaint],
///     topics: Axis::unknown(),
///     sentiment: Axis::unknown(),
///     action: Axis::unknown(),
///     influence: Axis::unknown(),
///     noise: None,
///     targets: Vec::new(),
///     levels: None,
///     personal_data: vec![],
///     language: Axis::unknown(),
///     labeller: Labeller::Machine { model: "example".to_owned() },
/// };
/// let decision = router.decide(&message, &classification, &Hits::default(), &Context::default());
/// assert_eq!(decision.facets.department.unwrap(), "care");
/// assert_eq!(decision.proof[0].atom, "type is complaint");
/// ```
#[derive(Debug, Clone)]
pub struct Router(Arc<Compiled>);

#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) protocol: Protocol,
    pub(super) calendars: Calendars,
    pub(super) pool: Pool,
    /// In the order of the protocol's rules.
    pub(super) rules: Vec<CompiledRule>,
    pub(super) index: Index,
    /// Conditions under which an incentive is never given, by its id.
    pub(super) never: Vec<(String, Node)>,
    needs: Needs,
}

#[derive(Debug)]
pub(super) struct CompiledRule {
    pub(super) when: Node,
    pub(super) facets: FacetSet,
    pub(super) silences: Silenced,
    pub(super) on_unknown: OnUnknown,
}

/// Which earlier messages a protocol asks for; `None` is none at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// How far back it counts messages on the same issue.
    pub issue: Option<Duration>,
    /// How far back it counts messages of the same author.
    pub customer: Option<Duration>,
    /// Whether it asks what the author is to the company, what they agreed to, or what joins them to other systems.
    pub standings: bool,
}

impl Router {
    /// Compiles a protocol that was read without errors; its hash is then over these calendars too.
    pub fn compile(protocol: Protocol, calendars: Calendars) -> Self {
        let protocol = protocol.with_calendars(&calendars);
        let mut pool = Pool::default();
        let silenced = silenced_by(protocol.rules().iter());
        let rules = protocol.rules().iter().zip(silenced).map(|(rule, silences)| CompiledRule {
            when: pool.compile(&rule.when),
            facets: rule.set.facets(),
            silences,
            on_unknown: rule.on_unknown.unwrap_or(protocol.on_unknown()),
        });
        let rules: Vec<CompiledRule> = rules.collect();
        let never = protocol.incentives().values();
        let never = never.filter_map(|incentive| {
            let condition: &Condition = incentive.never_if.as_ref()?;
            Some((incentive.id.clone(), pool.compile(condition)))
        });
        let never = never.collect();
        pool.finish();
        let index = Index::new(&pool, rules.iter().map(|rule| &rule.when));
        let needs = Needs::of(&pool);
        Self(Arc::new(Compiled { protocol, calendars, pool, rules, index, never, needs }))
    }

    /// The protocol it was compiled from.
    pub fn protocol(&self) -> &Protocol {
        &self.0.protocol
    }

    /// The calendars it reckons with.
    pub fn calendars(&self) -> &Calendars {
        &self.0.calendars
    }

    /// Which earlier messages the protocol asks for.
    pub fn needs(&self) -> Needs {
        self.0.needs
    }

    /// What the protocol says about a message. The same input gives the same bytes.
    ///
    /// It is decided for `context.now`, or else for the time at which the message was observed; that is also when the
    /// clocks of service levels and ladders start, but for those that start when it was `created`. A clock that starts
    /// when the case is `assigned` has no deadline yet; [`clocks`](Self::clocks) tells of it later.
    pub fn decide(
        &self,
        message: &Message,
        classification: &Classification,
        hits: &Hits,
        context: &Context,
    ) -> Decision {
        self.about(message, classification, hits, context).decide()
    }

    /// What is known of a message, and when it is decided.
    pub(super) fn observed<'a>(
        &'a self,
        message: &'a Message,
        classification: &'a Classification,
        hits: &'a Hits,
        context: &'a Context,
    ) -> (Observed<'a>, Moment) {
        let at = context.now.unwrap_or(message.times().observed);
        self.observed_at(message, classification, hits, context, at)
    }

    /// What is known of a message that is decided for `at`, whatever its context says.
    pub(super) fn observed_at<'a>(
        &'a self,
        message: &'a Message,
        classification: &'a Classification,
        hits: &'a Hits,
        context: &'a Context,
        at: DateTime<Utc>,
    ) -> (Observed<'a>, Moment) {
        let compiled = &*self.0;
        let (calendars, axes) = (&compiled.calendars, compiled.protocol.axes());
        let facts = Observed { message, classification, hits, context, calendars, axes, at };
        let day = Some(calendars.default_calendar().local_date(at));
        (facts, Moment { at, day, created: message.times().created })
    }

    /// What the protocol says about facts written down by hand; what they do not say is unknown.
    ///
    /// Without a time every rule is in force.
    ///
    /// ```
    /// # use scrm_core::calendar::Calendars;
    /// # use scrm_core::diagnostic::{Document, Faults};
    /// use scrm_core::route::condition::Field;
    /// use scrm_core::route::{Given, Protocol, Router, Vocabulary};
    /// # let source = r#"
    /// # [protocol]
    /// # id = "northwind-care"
    /// # version = "1"
    /// # [[rule]]
    /// # id = "complaint"
    /// # owner = "care"
    /// # why = "Somebody is unhappy"
    /// # when = 'type is complaint'
    /// # set = { priority = 2 }
    /// # "#;
    /// # let document = Document::parse("protocol.toml", source, &mut Faults::new());
    /// # let protocol = Protocol::read(&document, &Vocabulary::default(), &mut Faults::new());
    /// let router = Router::compile(protocol, Calendars::default());
    /// let decision = router.decide_given(&Given::default().name(Field::Type, "complaint"));
    /// assert_eq!(decision.facets.priority, Some(2));
    /// ```
    pub fn decide_given(&self, given: &Given) -> Decision {
        self.decide_assuming(given, &[])
    }

    /// The same, where some atoms are as said, by their canonical text.
    pub(super) fn decide_assuming(&self, given: &Given, assumed: &[(&str, Truth)]) -> Decision {
        let compiled = &*self.0;
        let facts = given.with(&compiled.calendars);
        let day = given.at().map(|at| compiled.calendars.default_calendar().local_date(at));
        let moment = Moment { at: given.at().unwrap_or(DateTime::<Utc>::UNIX_EPOCH), day, created: None };
        let mut answers = Answers::new(&compiled.pool, &facts);
        for (text, truth) in assumed {
            if let Some(place) = compiled.pool.place_of(text) {
                answers.assume(place, *truth);
            }
        }
        decide(compiled, &mut answers, moment)
    }

    pub(super) fn compiled(&self) -> &Compiled {
        &self.0
    }
}

impl Needs {
    fn of(pool: &Pool) -> Self {
        let mut needs = Self::default();
        for atom in pool.atoms() {
            needs.standings |= asks_for_standing(atom);
            let (Atom::Compare(quantity, ..) | Atom::Between(quantity, ..)) = atom else { continue };
            let (counter, window) = match quantity {
                Quantity::Count(counter, window) => (counter, *window),
                Quantity::Rate(counter, window) => (counter, window.times(1 + Period::BASELINE)),
                Quantity::Field(_) | Quantity::Confidence(_) => continue,
            };
            let longest = match counter {
                Counter::Issue => &mut needs.issue,
                Counter::Messages | Counter::Complaints => &mut needs.customer,
            };
            *longest = (*longest).max(Some(window.duration()));
        }
        needs
    }
}

/// Whether an atom looks at what the author is to the company, what they agreed to, or what joins them to others.
fn asks_for_standing(atom: &Atom) -> bool {
    use Atom as A;
    let (A::Is(field, _)
    | A::IsNot(field, _)
    | A::In(field, _)
    | A::Under(field, _)
    | A::HasAny(field, _)
    | A::HasAll(field, _)
    | A::Known(field)) = atom
    else {
        return false;
    };
    matches!(field, Field::CustomerRole | Field::Consent(_) | Field::Link(_))
}
