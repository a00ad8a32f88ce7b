//! Where in a message can a query look? Zones hold text; attributes hold what is known besides.
//!
//! Read [`Zone`] and [`Attribute`]: their names are what is written before the colon in `title:refund`.

use std::sync::Arc;

/// A part of a message that has words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// Title and body: where a word is looked for unless the query says otherwise.
    Default,
    /// `body:`, the message's own text.
    Body,
    /// `title:`, a mail's subject, a review's heading.
    Title,
    /// `url:`, the words of links: host, path and what else stands in them.
    Url,
    /// `bio:`, what the author's profile says.
    Bio,
    /// `name:`, the author's displayed name.
    Name,
    /// `speaker:`, the names of those who speak in a transcript.
    Speaker,
    /// `quoted:`, the stretches of the text that are somebody else's words.
    Quoted,
    /// `file:`, the names of what is attached.
    File,
    /// `ext.NAME:`, an attribute of the caller's own.
    Own(Arc<str>),
}

impl Zone {
    /// The zones that have names of their own.
    pub const NAMED: [Self; 8] =
        [Self::Body, Self::Title, Self::Url, Self::Bio, Self::Name, Self::Speaker, Self::Quoted, Self::File];

    /// What is written before the colon; nothing for the default.
    pub fn name(&self) -> String {
        match self {
            Self::Default => String::new(),
            Self::Body => "body".into(),
            Self::Title => "title".into(),
            Self::Url => "url".into(),
            Self::Bio => "bio".into(),
            Self::Name => "name".into(),
            Self::Speaker => "speaker".into(),
            Self::Quoted => "quoted".into(),
            Self::File => "file".into(),
            Self::Own(name) => format!("ext.{name}"),
        }
    }

    /// The zone of that name; `subject`, `text` and `link` are other names of title, body and url.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(own) = name.strip_prefix("ext.").filter(|own| !own.is_empty()) {
            return Some(Self::Own(own.into()));
        }
        match name {
            "subject" => Some(Self::Title),
            "text" => Some(Self::Body),
            "link" => Some(Self::Url),
            _ => Self::NAMED.into_iter().find(|zone| zone.name() == name),
        }
    }
}

/// Something known of a message that is not text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    /// `author:`, alias `from:`: the handle or the platform's id of who wrote it.
    Author,
    /// `to:`: handle or id of somebody it is addressed to.
    To,
    /// `repost_of:`: the id of the message it passes on, or handle or id of its author.
    RepostOf,
    /// `source:`: where it was captured.
    Source,
    /// `channel:`: the channel it belongs to.
    Channel,
    /// `kind:`: post, comment, email, …
    Kind,
    /// `lang:`: the language the payload states, else the one detected; `en` also stands for `en-GB`.
    Lang,
    /// `country:`: where it was made, ISO 3166 alpha-2.
    Country,
    /// `conversation:`: the platform's id of its thread.
    Conversation,
    /// `site:`: the host of a link in it, or a domain above that.
    Site,
    /// `has:`: link, hashtag, mention, cashtag, emoji, media, image, video, quote, title, author, lang, country.
    Has,
    /// `is:`: reply, repost, quote, edited, public, private, incoming, outgoing, verified, bot, duplicate.
    Is,
    /// `followers:` of the author.
    Followers,
    /// `following:`, whom the author follows.
    Following,
    /// `posts:` of the author.
    Posts,
    /// `likes:` of the message.
    Likes,
    /// `reposts:` of the message.
    Reposts,
    /// `replies:` to the message.
    Replies,
    /// `quotes:` of the message.
    Quotes,
    /// `views:` of the message.
    Views,
    /// `created:`, alias `date:`: when it was made (as the platform says, else its author, else when observed).
    Created,
    /// `sample:n`: n in a hundred messages, always the same ones.
    Sample,
    /// `expires:`: holds for messages observed before then.
    Expires,
    /// `ext.NAME:` with a comparison: a number among the caller's own attributes.
    Own(Arc<str>),
}

/// What sort of values an attribute has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A name, compared without regard to case.
    Name,
    /// A whole number, compared or within a range.
    Number,
    /// A day or an instant, compared or within a range.
    Time,
}

impl Attribute {
    /// Those that have names of their own.
    pub const NAMED: [Self; 23] = [
        Self::Author,
        Self::To,
        Self::RepostOf,
        Self::Source,
        Self::Channel,
        Self::Kind,
        Self::Lang,
        Self::Country,
        Self::Conversation,
        Self::Site,
        Self::Has,
        Self::Is,
        Self::Followers,
        Self::Following,
        Self::Posts,
        Self::Likes,
        Self::Reposts,
        Self::Replies,
        Self::Quotes,
        Self::Views,
        Self::Created,
        Self::Sample,
        Self::Expires,
    ];

    /// Values of `has:`.
    pub const HAS: [&'static str; 13] = [
        "link", "hashtag", "mention", "cashtag", "emoji", "media", "image", "video", "quote", "title",
        "author", "lang", "country",
    ];

    /// Values of `is:`.
    pub const IS: [&'static str; 11] = [
        "reply",
        "repost",
        "quote",
        "edited",
        "public",
        "private",
        "incoming",
        "outgoing",
        "verified",
        "bot",
        "duplicate",
    ];

    /// What is written before the colon.
    pub fn name(&self) -> String {
        match self {
            Self::Author => "author".into(),
            Self::To => "to".into(),
            Self::RepostOf => "repost_of".into(),
            Self::Source => "source".into(),
            Self::Channel => "channel".into(),
            Self::Kind => "kind".into(),
            Self::Lang => "lang".into(),
            Self::Country => "country".into(),
            Self::Conversation => "conversation".into(),
            Self::Site => "site".into(),
            Self::Has => "has".into(),
            Self::Is => "is".into(),
            Self::Followers => "followers".into(),
            Self::Following => "following".into(),
            Self::Posts => "posts".into(),
            Self::Likes => "likes".into(),
            Self::Reposts => "reposts".into(),
            Self::Replies => "replies".into(),
            Self::Quotes => "quotes".into(),
            Self::Views => "views".into(),
            Self::Created => "created".into(),
            Self::Sample => "sample".into(),
            Self::Expires => "expires".into(),
            Self::Own(name) => format!("ext.{name}"),
        }
    }

    /// The attribute of that name; `from`, `language` and `date` are other names of author, lang and created.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "from" => Some(Self::Author),
            "language" => Some(Self::Lang),
            "date" => Some(Self::Created),
            _ => Self::NAMED.into_iter().find(|attribute| attribute.name() == name),
        }
    }

    /// What sort of values it has.
    pub fn sort(&self) -> Sort {
        match self {
            Self::Followers
            | Self::Following
            | Self::Posts
            | Self::Likes
            | Self::Reposts
            | Self::Replies
            | Self::Quotes
            | Self::Views
            | Self::Sample
            | Self::Own(_) => Sort::Number,
            Self::Created | Self::Expires => Sort::Time,
            _ => Sort::Name,
        }
    }
}
