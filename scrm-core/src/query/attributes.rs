//! What is known of a message besides its words? The values that queries compare.

use chrono::{DateTime, Utc};

use super::document::{links, own};
use super::{Attribute, Document, Zone, values};
use crate::model::{Direction, Message, MessageKind, Part, SpanKind, Times};
use crate::text::{TokenKind, detect, fold};

impl Document<'_> {
    /// Calls `seen` with each value of an attribute whose values are names, folded.
    pub fn names(&self, attribute: &Attribute, seen: &mut dyn FnMut(&str)) {
        let Some(message) = self.message else { return };
        let mut fold_seen = |name: &str| seen(&fold(name));
        match attribute {
            Attribute::Author => {
                if let Some(author) = message.author() {
                    fold_seen(author.key.native_id.as_str());
                    author.handle.as_deref().into_iter().for_each(fold_seen);
                }
            }
            Attribute::To | Attribute::RepostOf => {
                if *attribute == Attribute::RepostOf
                    && let Some(id) = &message.thread().repost_of
                {
                    fold_seen(id.as_str());
                }
                for person in message.participants() {
                    let asked = match person.part {
                        Part::To | Part::Cc => *attribute == Attribute::To,
                        Part::Reposted => *attribute == Attribute::RepostOf,
                        Part::Mentioned | Part::Speaker => false,
                    };
                    if asked {
                        fold_seen(person.identity.key.native_id.as_str());
                        person.identity.handle.as_deref().into_iter().for_each(&mut fold_seen);
                    }
                }
            }
            Attribute::Source => fold_seen(message.source().as_str()),
            Attribute::Channel => fold_seen(message.channel()),
            Attribute::Kind => seen(message.kind().as_str()),
            Attribute::Lang => self.languages(message, seen),
            Attribute::Country => {
                message.place().and_then(|place| place.country.as_deref()).into_iter().for_each(fold_seen);
            }
            Attribute::Conversation => message.thread().id.as_deref().into_iter().for_each(fold_seen),
            Attribute::Site => self.sites(message, seen),
            Attribute::Has => {
                Attribute::HAS.into_iter().filter(|what| self.has(message, what)).for_each(seen);
            }
            Attribute::Is => {
                Attribute::IS.into_iter().filter(|what| self.is(message, what)).for_each(seen);
            }
            _ => {}
        }
    }

    /// The value of an attribute whose values are numbers or times, counted as those of
    /// [`Condition::Between`](super::Condition) are; `None` when it is not known.
    pub fn number(&self, attribute: &Attribute) -> Option<i128> {
        let message = self.message?;
        let author = message.author();
        let metrics = message.metrics();
        let times = message.times();
        let count = match attribute {
            Attribute::Followers => author.and_then(|author| author.followers),
            Attribute::Following => author.and_then(|author| author.following),
            Attribute::Posts => author.and_then(|author| author.posts),
            Attribute::Likes => metrics.likes,
            Attribute::Reposts => metrics.reposts,
            Attribute::Replies => metrics.replies,
            Attribute::Quotes => metrics.quotes,
            Attribute::Views => metrics.views,
            Attribute::Created => {
                let at = times.created.or(times.declared).or(observed(times))?;
                return Some(at.timestamp().into());
            }
            Attribute::Expires => return Some(observed(times)?.timestamp().into()),
            Attribute::Sample => return Some(sample(message)),
            Attribute::Own(name) => {
                return match own(message, name)? {
                    serde_json::Value::Number(number) => values::billionths(number),
                    _ => None,
                };
            }
            _ => None,
        };
        count.map(i128::from)
    }

    fn languages(&self, message: &Message, seen: &mut dyn FnMut(&str)) {
        let stated = message.language().map(fold);
        let detected =
            || self.texts.first().and_then(|body| detect(body.text())).map(|(found, _)| found.to_owned());
        let Some(language) = stated.or_else(detected) else { return };
        let language = language.replace('_', "-");
        language.match_indices('-').for_each(|(at, _)| seen(language.get(..at).unwrap_or_default()));
        seen(&language);
    }

    /// Hosts of links, and the domains above them: `news.shop.example`, `shop.example`, `example`.
    fn sites(&self, message: &Message, seen: &mut dyn FnMut(&str)) {
        let Some(body) = self.texts.first() else { return };
        for (_, link) in links(message, body.text()) {
            let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
            let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
            let host = host.rsplit('@').next().unwrap_or(host);
            let host = fold(host.split(':').next().unwrap_or(host));
            let mut rest = host.as_str();
            while !rest.is_empty() {
                seen(rest);
                rest = rest.split_once('.').map_or("", |(_, rest)| rest);
            }
        }
    }

    fn has(&self, message: &Message, what: &str) -> bool {
        let own = || self.texts.iter().filter(|text| Zone::Default.covers(&text.zone));
        let stands = |kind| own().any(|text| text.text().tokens().iter().any(|token| token.kind == kind));
        let named = |part| message.participants().iter().any(|person| person.part == part);
        let marked = |kind| message.spans().iter().any(|span| span.kind == kind);
        let attached =
            |kind: &str| message.attachments().iter().any(|file| fold(&file.kind).starts_with(kind));
        match what {
            "link" => stands(TokenKind::Url) || marked(SpanKind::Link),
            "hashtag" => stands(TokenKind::Hashtag) || marked(SpanKind::Hashtag),
            "mention" => stands(TokenKind::Mention) || marked(SpanKind::Mention) || named(Part::Mentioned),
            "cashtag" => stands(TokenKind::Cashtag),
            "emoji" => stands(TokenKind::Emoji),
            "media" => !message.attachments().is_empty(),
            "image" => attached("image") || attached("photo"),
            "video" => attached("video"),
            "quote" => message.thread().quoted.is_some() || marked(SpanKind::Quoted),
            "title" => message.title().is_some_and(|title| !title.trim().is_empty()),
            "author" => message.author().is_some(),
            "lang" => message.language().is_some(),
            "country" => message.place().is_some_and(|place| place.country.is_some()),
            _ => false,
        }
    }

    fn is(&self, message: &Message, what: &str) -> bool {
        let author = message.author();
        match what {
            "reply" => message.thread().parent.is_some() || message.kind() == MessageKind::Reply,
            "repost" => message.thread().repost_of.is_some() || message.kind() == MessageKind::Repost,
            "quote" => message.thread().quoted.is_some(),
            "edited" => message.times().edited.is_some(),
            "public" => message.visibility().is_open(),
            "private" => !message.visibility().is_open(),
            "incoming" => message.direction() == Direction::In,
            "outgoing" => message.direction() == Direction::Out,
            "verified" => author.and_then(|author| author.verified) == Some(true),
            "bot" => author.and_then(|author| author.bot) == Some(true),
            "duplicate" => self.duplicate,
            _ => false,
        }
    }
}

/// When a message was observed; 1970 stands for a time that nobody knows, as of a row without one.
fn observed(times: &Times) -> Option<DateTime<Utc>> {
    Some(times.observed).filter(|observed| *observed > DateTime::UNIX_EPOCH)
}

/// A number from 0 up to 99 that is always the same for a message: FNV-1a over its source and id.
fn sample(message: &Message) -> i128 {
    let bytes = message.source().as_str().bytes().chain([0]);
    let key = message.key();
    let hash = bytes
        .chain(key.external_id.as_str().bytes())
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    i128::from((hash >> 32) % 100)
}
