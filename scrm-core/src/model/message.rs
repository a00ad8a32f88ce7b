//! What was said? One utterance from any channel, online or offline.
//!
//! [`Message`] cannot be built in a wrong state: a direct message is never public, a tombstone has no text, and every
//! span lies inside its text. [`MessageBuilder`] is the only way in, for code and for JSON alike.

use serde::{Deserialize, Serialize, Serializer};

use super::{
    Attachment, Channel, DeliveryKey, Direction, Ext, ExternalId, Identity, IdentityKey, Limits, MarkedSpan,
    MessageBuilder, MessageKey, MessageKind, Metrics, Participant, Place, Source, ThreadRef, Times, Version,
    Visibility,
};

/// One utterance from any channel: a post, a comment, a mail, a call, a letter, a survey's answer.
///
/// An edit is another `Message` with the same [`key`](Message::key) and another version; a deletion is a tombstone.
///
/// ```
/// use scrm_core::model::{Message, MessageKind, Visibility};
/// let json = r#"{"source":"x","external_id":"17","kind":"post","visibility":"public","text":"Where is my parcel?",
///                "times":{"created":"2026-11-02T08:14:00Z"},"colour":"blue"}"#;
/// let message: Message = serde_json::from_str(json).unwrap();
/// assert_eq!(message.visibility(), Visibility::Public);
/// assert_eq!(message.ext()["colour"], "blue");
///
/// // A direct message that is public is no message.
/// let wrong = json.replace("\"post\"", "\"direct_message\"");
/// let error = serde_json::from_str::<Message>(&wrong).unwrap_err();
/// assert!(error.to_string().contains("`direct_message` cannot be `public`"));
/// ```
// INVARIANT: what `MessageBuilder::build_within` checks holds for every value of this type.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "MessageBuilder")]
pub struct Message(Box<MessageBuilder>);

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Message {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Message".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = MessageBuilder::json_schema(generator);
        let description =
            "One utterance from any channel. What is not a field of the model is kept as it came.";
        schema.insert("description".to_owned(), description.into());
        schema
    }
}

impl Message {
    /// Of a builder whose checks have passed.
    pub(super) fn of_checked(builder: MessageBuilder) -> Self {
        Self(Box::new(builder))
    }

    /// Starts a message with what every message has.
    pub fn builder(
        source: Source,
        external_id: ExternalId,
        kind: MessageKind,
        visibility: Visibility,
        times: Times,
    ) -> MessageBuilder {
        MessageBuilder {
            source,
            external_id,
            version: None,
            channel: None,
            kind,
            direction: if visibility == Visibility::Internal { Direction::Internal } else { Direction::In },
            visibility,
            author: None,
            participants: Vec::new(),
            title: None,
            text: String::new(),
            spans: Vec::new(),
            language: None,
            times,
            thread: ThreadRef::default(),
            place: None,
            metrics: Metrics::default(),
            attachments: Vec::new(),
            ext: Ext::new(),
        }
    }

    /// Source and external id.
    pub fn key(&self) -> MessageKey {
        MessageKey { source: self.0.source.clone(), external_id: self.0.external_id.clone() }
    }

    /// Source, external id and version.
    pub fn delivery(&self) -> DeliveryKey {
        DeliveryKey { message: self.key(), version: self.version() }
    }

    /// The platform's edit stamp, or the hash of the content.
    pub fn version(&self) -> Version {
        match &self.0.version {
            Some(version) => version.clone(),
            None => self.0.content_version(),
        }
    }

    /// Where it was captured.
    pub fn source(&self) -> &Source {
        &self.0.source
    }

    /// The platform's id.
    pub fn external_id(&self) -> &ExternalId {
        &self.0.external_id
    }

    /// The medium: what the payload said, else the source's name.
    pub fn channel(&self) -> &str {
        self.0.channel.as_ref().map_or(self.0.source.as_str(), Channel::as_str)
    }

    /// What sort of utterance.
    pub fn kind(&self) -> MessageKind {
        self.0.kind
    }

    /// Which way it went.
    pub fn direction(&self) -> Direction {
        self.0.direction
    }

    /// Who can see it.
    pub fn visibility(&self) -> Visibility {
        self.0.visibility
    }

    /// Who said it.
    pub fn author(&self) -> Option<&Identity> {
        self.0.author.as_ref()
    }

    /// The author's key.
    pub fn author_key(&self) -> Option<&IdentityKey> {
        self.author().map(|author| &author.key)
    }

    /// Everybody else it concerns.
    pub fn participants(&self) -> &[Participant] {
        &self.0.participants
    }

    /// Subject or headline.
    pub fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// What was said; empty on a tombstone.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// What parts of the text are.
    pub fn spans(&self) -> &[MarkedSpan] {
        &self.0.spans
    }

    /// The language the payload names.
    pub fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    /// When.
    pub fn times(&self) -> &Times {
        &self.0.times
    }

    /// How it hangs together with others.
    pub fn thread(&self) -> &ThreadRef {
        &self.0.thread
    }

    /// Where.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// What the platform counted.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// What came with it.
    pub fn attachments(&self) -> &[Attachment] {
        &self.0.attachments
    }

    /// What the payload said beyond the model.
    pub fn ext(&self) -> &Ext {
        &self.0.ext
    }

    /// Whether it says that the message was taken down.
    pub fn is_tombstone(&self) -> bool {
        self.0.times.deleted.is_some()
    }

    /// Whether it is a message within other limits as well.
    pub(crate) fn is_within(&self, limits: &Limits) -> bool {
        self.0.check(limits).is_ok()
    }

    /// Takes it apart again, to change and rebuild it.
    pub fn into_builder(self) -> MessageBuilder {
        *self.0
    }
}

impl From<Message> for MessageBuilder {
    fn from(message: Message) -> Self {
        message.into_builder()
    }
}
