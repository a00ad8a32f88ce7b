//! What is decided anew? One message or one set of facts of the past, and what people made of it.

use chrono::{DateTime, Utc};

use crate::model::{Classification, Context, Department, Hits, IdentityKey, Message};
use crate::route::Given;

/// One case of a corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestCase {
    /// Its id, by which the sample is drawn and named. Ids need not be unique: an edit has that of its message.
    pub id: String,
    /// When it came in: it is decided for this time, and adds to the load of this hour.
    pub at: DateTime<Utc>,
    /// What is decided about.
    pub subject: Subject,
    /// What people did with it afterwards, where that is known.
    pub outcome: Option<HumanOutcome>,
}

/// What is decided about.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A message, as the stages before routing left it.
    Message(Box<ClassifiedMessage>),
    /// Facts written down by hand; where they have a time, they are decided for that.
    Facts(Given),
}

/// A message with all that routing knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassifiedMessage {
    /// The message.
    pub message: Message,
    /// What it is.
    pub classification: Classification,
    /// What listening found.
    pub hits: Hits,
    /// What went before it; [`Replay`](super::Replay) counts that.
    pub context: Context,
}

/// What people did with a message. What is absent is unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HumanOutcome {
    /// The department that answered.
    pub department: Option<Department>,
    /// When the first response was sent.
    pub first_response: Option<DateTime<Utc>>,
}

impl BacktestCase {
    /// A message, with its key for an id, decided for `context.now` or else for when it was observed.
    pub fn of_message(
        message: Message,
        classification: Classification,
        hits: Hits,
        context: Context,
    ) -> Self {
        let at = context.now.unwrap_or(message.times().observed);
        let id = message.key().to_string();
        let subject =
            Subject::Message(Box::new(ClassifiedMessage { message, classification, hits, context }));
        Self { id, at, subject, outcome: None }
    }

    /// Facts that came up at a time.
    pub fn of_facts(id: impl Into<String>, at: DateTime<Utc>, facts: Given) -> Self {
        Self { id: id.into(), at, subject: Subject::Facts(facts), outcome: None }
    }

    /// The same with what people did.
    #[must_use]
    pub fn with_outcome(mut self, outcome: HumanOutcome) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// Whether nothing is decided about it, whatever the protocol.
    pub(super) fn is_noise(&self) -> bool {
        matches!(&self.subject, Subject::Message(known) if known.classification.noise.is_some())
    }

    /// Who wrote it, where that is known.
    pub(super) fn author(&self) -> Option<&IdentityKey> {
        match &self.subject {
            Subject::Message(classified) => classified.message.author_key(),
            Subject::Facts(_) => None,
        }
    }
}
