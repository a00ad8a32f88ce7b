//! The stages joined: what does the engine say of a message?
//!
//! Read [`Engine`] first. It is pure: the same playbook, messages and contexts give the same bytes, for any number of
//! threads. What went before a message comes in as its [`Context`]; a [`Desk`](crate::desk::Desk) supplies it from the
//! record.

use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::classify::{Classifier, Model, Settings, Thresholds};
use crate::learn::{Example, TrainError, Trainer};
use crate::listen::{Duplicates, ListenError, Listener, Topics};
use crate::model::{Assessment, Classification, Context, Hits, Limits, Message, OpenReason, Outcome, Topic};
use crate::playbook::Playbook;
use crate::query::Document;
use crate::route::{Axes, Protocol, Router};
use crate::text::Text;

/// Why a playbook cannot be compiled, though it has no fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// Its queries together are too large.
    #[error("the playbook is too large to be compiled")]
    Listen(#[from] ListenError),
    /// Its topics cannot be learned from their examples.
    #[error("the topics cannot be learned from the examples in topics.toml: {0}")]
    Topics(#[from] TrainError),
}

/// What listening and classifying say of a message: the part that does not depend on what went before.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What listening found.
    pub hits: Hits,
    /// What it is.
    pub classification: Classification,
}

/// A playbook, compiled. Immutable, `Send + Sync`, and cheap to clone.
///
/// ```
/// use scrm_core::engine::Engine;
/// use scrm_core::model::{Context, Message, Outcome};
/// use scrm_core::playbook::Playbook;
/// # let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// let playbook = Playbook::load(format!("{root}/examples/playbooks/northwind")).unwrap();
/// let engine = Engine::compile(&playbook).unwrap();
/// let message: Message = serde_json::from_str(r#"{"source":"x","external_id":"1","kind":"post","visibility":"public",
///     "author":{"source":"x","native_id":"u17","followers":812},
///     "text":"@northwind no signal since this morning, this is terrible!",
///     "times":{"created":"2026-11-02T08:14:00Z"}}"#).unwrap();
/// let assessment = engine.assess(&message, &Context::default());
/// assert_eq!(assessment.outcome, Outcome::Decided);
/// assert_eq!(assessment.decision.unwrap().facets.department.unwrap(), "network-ops");
/// ```
#[derive(Debug, Clone)]
pub struct Engine {
    listener: Listener,
    classifier: Classifier,
    router: Router,
    playbook: Arc<Playbook>,
    threads: Option<NonZeroUsize>,
    #[cfg(feature = "parallel")]
    pool: Arc<std::sync::OnceLock<Option<rayon::ThreadPool>>>,
}

impl Engine {
    /// Compiles a playbook.
    ///
    /// # Errors
    /// When its queries together are too large to be held, or the examples of its topics say nothing that can be learned.
    pub fn compile(playbook: &Playbook) -> Result<Self, CompileError> {
        let classifier = Classifier::new(settings(&playbook.protocol));
        let classifier = match topic_model(&playbook.topics, playbook.limits())? {
            Some(model) => classifier.with_topics(model),
            None => classifier,
        };
        Ok(Self {
            listener: Listener::compile(&playbook.monitors, &playbook.topics, playbook.limits())?,
            classifier,
            router: Router::compile(playbook.protocol.clone(), playbook.calendars.clone()),
            playbook: Arc::new(playbook.clone()),
            threads: None,
            #[cfg(feature = "parallel")]
            pool: Arc::default(),
        })
    }

    /// The same engine with so many threads for batches; without this call, one for each processor. One thread means
    /// the caller's own: nothing is started.
    #[must_use]
    pub fn with_threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        #[cfg(feature = "parallel")]
        {
            self.pool = Arc::default();
        }
        self
    }

    /// What the engine says of one message. Cannot fail, and reads nothing but its arguments.
    pub fn assess(&self, message: &Message, context: &Context) -> Assessment {
        self.conclude(message, self.read(message), context)
    }

    /// What the engine says of each message by itself, in their order and the same for any number of threads.
    ///
    /// Of those before a message only one thing is known, where some query asks for `is:duplicate`: whether one of them
    /// said the same ([`read_all`](Self::read_all)).
    pub fn assess_all(&self, messages: &[Message]) -> Vec<Assessment> {
        self.conclude_all(messages, self.read_all(messages))
    }

    /// The same for messages that follow others, of which `memory` is left ([`Listener::duplicates`]).
    pub fn assess_all_after(&self, memory: &mut Duplicates, messages: &[Message]) -> Vec<Assessment> {
        self.conclude_all(messages, self.read_all_after(memory, messages))
    }

    fn conclude_all(&self, messages: &[Message], readings: Vec<Reading>) -> Vec<Assessment> {
        let pairs: Vec<_> = messages.iter().zip(readings).collect();
        self.map_all(pairs, |(message, reading)| self.conclude(message, reading, &Context::default()))
    }

    /// Listens and classifies: everything that does not depend on what went before.
    ///
    /// One message by itself repeats none: `is:duplicate` does not hold.
    pub fn read(&self, message: &Message) -> Reading {
        self.read_repeat(message, false)
    }

    /// Listens and classifies many; the readings stand in the order of the call.
    ///
    /// Where some query asks for `is:duplicate`, it holds in what repeats a message of the call that was observed
    /// earlier, among the last [`duplicates`](crate::model::Limits::duplicates). Of those observed at the same moment, the
    /// one whose key is smaller comes first, so that the order of the call shows in nothing but edits.
    pub fn read_all(&self, messages: &[Message]) -> Vec<Reading> {
        match self.listener.duplicates() {
            Some(mut memory) => self.read_all_after(&mut memory, messages),
            None => self.map_all(messages.iter().collect(), |message| self.read(message)),
        }
    }

    /// The same for messages that follow others, of which `memory` is left ([`Listener::duplicates`]).
    pub fn read_all_after(&self, memory: &mut Duplicates, messages: &[Message]) -> Vec<Reading> {
        let mut order: Vec<(usize, &Message)> = messages.iter().enumerate().collect();
        order.sort_by_cached_key(|(_, message)| (message.times().observed, message.key()));
        let repeats = memory.observe_all(order.iter().map(|(_, message)| *message));
        let mut known: Vec<_> =
            order.into_iter().zip(repeats).map(|((at, message), repeat)| (at, message, repeat)).collect();
        known.sort_by_key(|(at, ..)| *at);
        self.map_all(known, |(_, message, repeat)| self.read_repeat(message, repeat))
    }

    fn read_repeat(&self, message: &Message, repeat: bool) -> Reading {
        let text = Text::new(message.text());
        let hits = self.listener.hits(&Document::new(message, &text, self.listener.uses()).duplicate(repeat));
        let classification = self.classifier.classify(message, &text, &hits);
        Reading { hits, classification }
    }

    /// Decides: a reading and what went before give the assessment.
    pub fn conclude(&self, message: &Message, reading: Reading, context: &Context) -> Assessment {
        let Reading { hits, mut classification } = reading;
        self.classifier.in_context(&mut classification, message, context);
        if let Some(noise) = &classification.noise {
            let outcome = Outcome::Noise(noise.reason);
            return Assessment { hits, classification, decision: None, outcome };
        }
        let decision = self.router.decide(message, &classification, &hits, context);
        let outcome = if decision.is_complete() {
            Outcome::Decided
        } else if !decision.conflicts.is_empty() {
            Outcome::Open(OpenReason::Conflict)
        } else if !decision.review.is_empty() {
            Outcome::Open(OpenReason::Review)
        } else if !decision.unknown.is_empty() {
            Outcome::Open(OpenReason::Unknown)
        } else {
            Outcome::Open(OpenReason::Gap)
        };
        Assessment { hits, classification, decision: Some(decision), outcome }
    }

    /// The playbook it was compiled from.
    pub fn playbook(&self) -> &Playbook {
        &self.playbook
    }

    /// The compiled monitors and topics.
    pub fn listener(&self) -> &Listener {
        &self.listener
    }

    /// The compiled rules.
    pub fn router(&self) -> &Router {
        &self.router
    }

    #[cfg(feature = "parallel")]
    fn map_all<I: Send, T: Send>(&self, items: Vec<I>, each: impl Fn(I) -> T + Send + Sync) -> Vec<T> {
        use rayon::prelude::*;
        // A pool of the engine's own: it shares nothing with the host's, and asks no environment for its size.
        let start = || {
            let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
            let threads = self.threads.map_or(processors, NonZeroUsize::get);
            (threads > 1).then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok()).flatten()
        };
        match self.pool.get_or_init(start) {
            Some(pool) if items.len() > 1 => pool.install(|| items.into_par_iter().map(&each).collect()),
            _ => items.into_iter().map(each).collect(),
        }
    }

    #[cfg(not(feature = "parallel"))]
    fn map_all<I, T>(&self, items: Vec<I>, each: impl Fn(I) -> T) -> Vec<T> {
        items.into_iter().map(each).collect()
    }
}

/// What can be learned of the topics that have examples, when these are several: for
/// [`Classifier::with_topics`].
///
/// # Errors
/// When the examples say nothing that can be learned.
pub fn topic_model(topics: &Topics, limits: &Limits) -> Result<Option<Model>, TrainError> {
    let with_examples = || topics.0.values().filter(|topic| !topic.examples.is_empty());
    if with_examples().count() < 2 {
        return Ok(None);
    }
    let example = |text: &String, path: &Topic| Example::new(text.as_str(), path.as_str());
    let examples: Vec<Example> = with_examples()
        .flat_map(|topic| topic.examples.iter().map(|text| example(text, &topic.path)))
        .collect();
    let trainer = Trainer::one_of().task("topics").name("topics.toml").limits(limits.clone());
    Ok(Some(trainer.train(&examples)?.model))
}

/// The thresholds of the protocol, which hold for the classifier.
fn settings(protocol: &Protocol) -> Settings {
    let Axes { kind, issue, sentiment, action, language, .. } = *protocol.axes();
    let thresholds = Thresholds { kind, issue, sentiment, action, language };
    Settings { thresholds, action: *protocol.action_weights(), ..Settings::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Document, Faults};

    /// A topic is found in a message that uses none of its words, and what is about none of them stays without.
    #[test]
    fn topics_are_learned_from_examples() {
        let topics = |examples: [&str; 2]| {
            let mut faults = Faults::new();
            let source = format!(
                r#"
                [[topic]]
                path = "service.delay"
                words = ["delay*"]
                examples = [{}]
                [[topic]]
                path = "billing.refund"
                words = ["refund*"]
                examples = [{}]
            "#,
                examples[0], examples[1]
            );
            let read = Topics::read(
                &Document::parse("topics.toml", &source, &mut faults),
                &Limits::DEFAULT,
                &mut faults,
            );
            assert!(!faults.has_errors());
            read
        };
        let late = r#""my parcel is three days late", "still waiting for the parcel to arrive", "it should have come on Monday",
            "when will my order finally arrive", "the courier did not come again""#;
        let money = r#""I want my money back", "you charged my card twice", "the invoice is wrong, pay me back",
            "give me back what I paid", "where is the money for the cancelled order""#;
        let learned = topics([late, money]);
        let model = topic_model(&learned, &Limits::DEFAULT).unwrap().unwrap();
        assert_eq!(model.to_bytes(), topic_model(&learned, &Limits::DEFAULT).unwrap().unwrap().to_bytes());
        assert_eq!(model.predict("the parcel did not arrive on Monday")[0].label, "service.delay");
        assert_eq!(model.predict("please pay back the money you charged")[0].label, "billing.refund");
        assert!(
            topic_model(&topics([late, ""]), &Limits::DEFAULT).unwrap().is_none(),
            "one alone is not learned"
        );
    }
}
