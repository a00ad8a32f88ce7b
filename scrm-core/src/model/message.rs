//! What was said? One utterance from any channel, online or offline.
//!
//! [`Message`] cannot be built in a wrong state: a direct message is never public, a tombstone has no text, and every
//! span lies inside its text. [`MessageBuilder`] is the only way in, for code and for JSON alike.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    Channel, Direction, Ext, ExternalId, Identity, IdentityKey, Limits, MarkedSpan, MessageKind, Source,
    Times, Version, Visibility,
};

/// Names a message on its source, whatever its version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageKey {
    /// Where it was captured.
    pub source: Source,
    /// The platform's id.
    pub external_id: ExternalId,
}

impl std::fmt::Display for MessageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.source, self.external_id)
    }
}

/// Names one delivery: a message in one version. Within a tenant, a delivery has one effect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeliveryKey {
    /// Which message.
    #[serde(flatten)]
    pub message: MessageKey,
    /// Which version of it.
    pub version: Version,
}

/// How a message hangs together with others on its source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ThreadRef {
    /// The platform's id of the thread or conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The message that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ExternalId>,
    /// The message that this one quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted: Option<ExternalId>,
    /// The message that this one passes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repost_of: Option<ExternalId>,
}

impl ThreadRef {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What somebody besides the author has to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// It was addressed to them.
    To,
    /// They got a copy.
    Cc,
    /// It names them.
    Mentioned,
    /// They speak in it.
    Speaker,
    /// Their words are passed on in it.
    Reposted,
}

/// Somebody besides the author.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Participant {
    /// Who.
    pub identity: Identity,
    /// As what.
    pub part: Part,
}

/// Where a message was made, as the message itself says (an author's home stands in the [`Identity`]).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// ISO 3166 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Degrees north, -90 to 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east, -180 to 180.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

/// What the platform counted when the message was observed. An absent count is unknown, not zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Metrics {
    /// Approvals of any name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likes: Option<u64>,
    /// Times passed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reposts: Option<u64>,
    /// Answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies: Option<u64>,
    /// Times quoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quotes: Option<u64>,
    /// Times shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<u64>,
}

impl Metrics {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Something that came with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attachment {
    /// Its kind, as the payload says (`image`, `video`, `application/pdf`).
    pub kind: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it can be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "MessageBuilder", into = "MessageBuilder")]
pub struct Message(Box<MessageBuilder>);

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

/// A message in the making: every field of the JSON form, checked by [`build`](MessageBuilder::build).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(expecting = "a message as a JSON object")]
pub struct MessageBuilder {
    /// Where it was captured.
    pub source: Source,
    /// The platform's id.
    pub external_id: ExternalId,
    /// The platform's edit stamp; absent, a hash of the content takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The medium; absent, the source's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// What sort of utterance.
    pub kind: MessageKind,
    /// Which way it went.
    #[serde(default = "incoming")]
    pub direction: Direction,
    /// Who can see it.
    pub visibility: Visibility,
    /// Who said it; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Identity>,
    /// Everybody else it concerns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Participant>,
    /// Subject or headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What was said.
    #[serde(default)]
    pub text: String,
    /// What parts of the text are, in bytes (UTF-8).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<MarkedSpan>,
    /// The language the payload names (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// When.
    pub times: Times,
    /// How it hangs together with others.
    #[serde(default, skip_serializing_if = "ThreadRef::is_empty")]
    pub thread: ThreadRef,
    /// Where, as the message says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What the platform counted.
    #[serde(default, skip_serializing_if = "Metrics::is_empty")]
    pub metrics: Metrics,
    /// What came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Everything else the payload said.
    #[serde(flatten)]
    pub ext: Ext,
}

fn incoming() -> Direction {
    Direction::In
}

/// Why a message cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct MessageError {
    kind: MessageErrorKind,
    fault: String,
}

/// Which rule of the model a message breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageErrorKind {
    /// Wider visibility than its kind has.
    Visibility,
    /// A tombstone with text, or no tombstone without.
    Text,
    /// A span outside its text or inside a character.
    Span,
    /// Something larger than its limit.
    Limit,
    /// A place that is not on the globe, or a country or language that is no code.
    Place,
    /// A further field with the name of one that the model has, which JSON could not tell apart.
    Ext,
}

impl MessageError {
    fn new(kind: MessageErrorKind, fault: String) -> Self {
        Self { kind, fault }
    }

    /// Which rule was broken.
    pub fn kind(&self) -> MessageErrorKind {
        self.kind
    }
}

impl Message {
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

impl TryFrom<MessageBuilder> for Message {
    type Error = MessageError;
    fn try_from(builder: MessageBuilder) -> Result<Self, MessageError> {
        builder.build()
    }
}

impl MessageBuilder {
    /// The names of the fields in JSON; what else stands there goes to `ext`.
    pub const FIELDS: &'static [&'static str] = &[
        "source",
        "external_id",
        "version",
        "channel",
        "kind",
        "direction",
        "visibility",
        "author",
        "participants",
        "title",
        "text",
        "spans",
        "language",
        "times",
        "thread",
        "place",
        "metrics",
        "attachments",
    ];

    /// Sets the text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// Sets the author.
    #[must_use]
    pub fn author(mut self, author: Identity) -> Self {
        self.author = Some(author);
        self
    }

    /// Sets the medium.
    #[must_use]
    pub fn channel(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// Checks everything and makes the message, within the default [`Limits`].
    ///
    /// # Errors
    /// When the message would be in a state that cannot be; see [`MessageErrorKind`].
    pub fn build(self) -> Result<Message, MessageError> {
        self.build_within(&Limits::DEFAULT)
    }

    /// Checks everything and makes the message, within the limits given.
    ///
    /// # Errors
    /// When the message would be in a state that cannot be; see [`MessageErrorKind`].
    pub fn build_within(self, limits: &Limits) -> Result<Message, MessageError> {
        self.check_limits(limits)?;
        self.check_visibility()?;
        self.check_text()?;
        self.check_spans()?;
        self.check_place()?;
        self.check_ext()?;
        Ok(Message(Box::new(self)))
    }

    fn check_limits(&self, limits: &Limits) -> Result<(), MessageError> {
        let bytes = self.text.len() + self.title.as_ref().map_or(0, String::len);
        let parts = self.spans.len().max(self.participants.len()).max(self.attachments.len());
        let fault = if bytes > limits.text_bytes {
            format!("the text is {bytes} bytes long, more than the limit of {}", limits.text_bytes)
        } else if parts > limits.parts {
            format!("{parts} spans, participants or attachments, more than the limit of {}", limits.parts)
        } else {
            return Ok(());
        };
        Err(MessageError::new(MessageErrorKind::Limit, fault))
    }

    fn check_visibility(&self) -> Result<(), MessageError> {
        let fault = if self.visibility < self.kind.widest() {
            format!(
                "a message of kind `{}` cannot be `{}`; at most `{}`",
                self.kind,
                self.visibility.as_str(),
                self.kind.widest().as_str()
            )
        } else if (self.direction == Direction::Internal) != (self.visibility == Visibility::Internal) {
            format!(
                "direction `{}` does not go with visibility `{}`: internal goes with internal only",
                self.direction,
                self.visibility.as_str()
            )
        } else {
            return Ok(());
        };
        Err(MessageError::new(MessageErrorKind::Visibility, fault))
    }

    fn check_text(&self) -> Result<(), MessageError> {
        let has_text = !self.text.is_empty() || self.title.is_some();
        if self.times.deleted.is_some() && has_text {
            let fault = "a deleted message is a tombstone and has no text".to_owned();
            return Err(MessageError::new(MessageErrorKind::Text, fault));
        }
        Ok(())
    }

    fn check_spans(&self) -> Result<(), MessageError> {
        for marked in &self.spans {
            if marked.start > marked.end || marked.span().of(&self.text).is_none() {
                let fault = format!(
                    "span {}..{} is not inside the text of {} bytes, or cuts a character",
                    marked.start,
                    marked.end,
                    self.text.len()
                );
                return Err(MessageError::new(MessageErrorKind::Span, fault));
            }
        }
        Ok(())
    }

    fn check_place(&self) -> Result<(), MessageError> {
        let Some(place) = &self.place else { return Ok(()) };
        let fault = match (place.latitude, place.longitude, place.country.as_deref()) {
            (Some(lat), _, _) if !(-90.0..=90.0).contains(&lat) => {
                format!("latitude {lat} is not between -90 and 90")
            }
            (_, Some(lon), _) if !(-180.0..=180.0).contains(&lon) => {
                format!("longitude {lon} is not between -180 and 180")
            }
            (Some(_), None, _) | (None, Some(_), _) => "latitude and longitude stand together".to_owned(),
            (_, _, Some(code)) if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) => {
                format!("country `{code}` is not an ISO 3166 alpha-2 code such as `NL`")
            }
            _ => return Ok(()),
        };
        Err(MessageError::new(MessageErrorKind::Place, fault))
    }

    fn check_ext(&self) -> Result<(), MessageError> {
        let identities = self.author.iter().chain(self.participants.iter().map(|part| &part.identity));
        let of_identities =
            identities.flat_map(|identity| identity.ext.keys().map(|name| ("identity", name)));
        let of_message = self.ext.keys().map(|name| ("message", name));
        for (what, name) in of_message.chain(of_identities) {
            let own = if what == "message" { Self::FIELDS } else { Identity::FIELDS };
            if own.contains(&name.as_str()) {
                let fault =
                    format!("a further field cannot be called `{name}`: the {what} has a field of that name");
                return Err(MessageError::new(MessageErrorKind::Ext, fault));
            }
        }
        Ok(())
    }

    /// `sha256:` and the first 128 bits of the hash over what the message says and to whom; counts and times of
    /// observation, which change while the message does not, are left out.
    fn content_version(&self) -> Version {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        part(self.kind.as_str());
        part(self.visibility.as_str());
        part(self.title.as_deref().unwrap_or_default());
        part(&self.text);
        part(if self.times.deleted.is_some() { "deleted" } else { "" });
        // A text that is changed and changed back is a third version, not a repeat of the first.
        part(&self.times.edited.map(|time| time.to_rfc3339()).unwrap_or_default());
        for attachment in &self.attachments {
            part(&attachment.kind);
            part(attachment.url.as_deref().or(attachment.name.as_deref()).unwrap_or_default());
        }
        Version::of_digest(&hash.finalize())
    }
}
