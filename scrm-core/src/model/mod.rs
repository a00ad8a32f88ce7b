//! Who and what is there? The social customer model, shared by every stage: types only.
//!
//! Read [`Message`] first (one utterance from any channel), then [`Assessment`] (what the engine says of it).
//! Every type has one JSON form, the same in Rust, Python and the stores. What reads it goes through the checked
//! constructors, so a state that cannot be built cannot be read either.

mod action_weights;
mod advocacy;
mod assessment;
mod builder;
mod case;
mod classification;
mod consent;
mod context;
mod course;
mod customer;
mod decision;
mod draft;
mod effect;
mod erasure;
mod event;
mod evidence;
mod fact;
mod feedback;
mod hits;
mod identity;
mod ids;
mod incident;
mod label;
mod limits;
mod link;
mod mail;
mod message;
mod outcome;
mod parts;
mod presence;
mod programme;
mod response;
mod span;
mod terms;
mod times;
mod transaction;
mod visibility;
mod work;

pub use action_weights::ActionWeights;
pub use advocacy::{
    Asset, AssetExport, AssetKind, AssetUse, Permission, PermissionAnswer, PermissionState, PermissionStatus,
};
pub use assessment::Assessment;
pub use builder::{MessageBuilder, MessageError, MessageErrorKind};
pub use case::{Case, CaseStatus, Thread};
pub use classification::{
    Action, ActionLevels, Axis, Classification, Influence, InfluencePart, Labeller, MessageType, Noise,
    NoiseReason, PersonalData, Sentiment, SentimentLabel, TargetSentiment,
};
pub use consent::{Consent, Preference, Relationship, Role};
pub(crate) use context::recent;
pub use context::{Change, Context, Granted};
pub use customer::Customer;
pub use decision::{Conflict, Decision, Escalation, Facets, NearMiss, Proof, SlaClocks, UnknownAtom};
pub use draft::{LinkRule, ResponseDraft, ResponseState, ResponseStatus, Verdict};
pub use effect::{Effect, EffectKind};
pub use erasure::{ErasedKey, Erasure};
pub use event::Event;
pub use evidence::Evidence;
pub use fact::{Augmentation, Fact, Standing};
pub use feedback::{Feedback, FeedbackKind};
pub use hits::{Hit, Hits};
pub use identity::{Identity, IdentityKey};
pub use ids::{
    AssetId, Brand, CaseId, Channel, CustomerId, Department, ExternalId, IdError, IncidentId, LinkId,
    MonitorId, NativeId, PermissionId, PersonId, ProgrammeId, ResponseId, RuleId, Source, Tenant, ThreadId,
    Topic, TransactionId, Version,
};
pub(crate) use ids::{hex, is_under};
pub use incident::{Incident, IncidentChange, Spike};
pub use label::PersonLabel;
pub use limits::Limits;
pub use link::{IdentityLink, LinkClaim, LinkEvidence, Revocation};
pub use message::Message;
pub use outcome::{OpenReason, Outcome};
pub use parts::{Attachment, DeliveryKey, MessageKey, Metrics, Part, Participant, Place, ThreadRef};
pub use presence::{Presence, PresenceKind};
pub use programme::{IssuePlan, ProgrammePlans, ProgrammeScope};
pub use response::{Approval, HostWord, HumanAuthor, Response, ResponseError, ResponseRecord};
pub use span::{MarkedSpan, Span, SpanError, SpanKind};
pub(crate) use terms::terms;
pub use terms::{Advocacy, Direction, LinkState, MessageKind, RecordScope, ReplyScale, ReplyVisibility};
pub use times::{Times, TimesError};
pub use transaction::{Money, MoneyError, Transaction, TransactionKind};
pub use visibility::Visibility;
pub use work::{Assignment, CaseChange, CaseMark, Claim, Waiting, WaitingOn};

/// Fields a payload had beyond the model's own, kept as they came.
pub type Ext = std::collections::BTreeMap<String, serde_json::Value>;

#[cfg(test)]
mod tests;
