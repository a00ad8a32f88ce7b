//! What may a message be? [`MessageBuilder`] holds every field of the JSON form, and checks them all.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    Attachment, Channel, Direction, Ext, ExternalId, Identity, Limits, MarkedSpan, Message, MessageKind,
    Metrics, Participant, Place, Source, SpanKind, ThreadRef, Times, Version, Visibility, mail,
};

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
    /// A tombstone with text.
    Text,
    /// A span outside its text or inside a character.
    Span,
    /// Something larger than its limit.
    Limit,
    /// A place that is not on the globe, or a country that is no code.
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

    /// Checks everything and makes the message, within the limits given. In a mail in which nothing is marked as
    /// [quoted](SpanKind::Quoted), the words of others are found by the signs that mail programs leave, and marked.
    ///
    /// # Errors
    /// When the message would be in a state that cannot be; see [`MessageErrorKind`].
    pub fn build_within(mut self, limits: &Limits) -> Result<Message, MessageError> {
        self.check(limits)?;
        if self.kind == MessageKind::Email && !self.spans.iter().any(|span| span.kind == SpanKind::Quoted) {
            let room = limits.parts.saturating_sub(self.spans.len());
            self.spans.extend(mail::quoted(&self.text).into_iter().take(room));
        }
        Ok(Message::of_checked(self))
    }

    pub(super) fn check(&self, limits: &Limits) -> Result<(), MessageError> {
        self.check_limits(limits)?;
        self.check_visibility()?;
        self.check_text()?;
        self.check_spans()?;
        self.check_place()?;
        self.check_ext()
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
    pub(super) fn content_version(&self) -> Version {
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
