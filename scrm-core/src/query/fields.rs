//! What stands behind the colon? Words of a zone, or what must be known of the message.
//!
//! Read [`Target`] first: what the name before the colon leads to.

use std::sync::Arc;

use super::parser::{Parser, Subject};
use super::terms::shown;
use super::{Attribute, Condition, Query, Sort, Test, Zone, values};
use crate::diagnostic::did_you_mean;
use crate::model::{MessageKind, Span};
use crate::text::fold;

/// What a field is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Zone(Zone),
    Test(Attribute),
    /// A number alone means at least so many.
    AtLeast(Attribute),
    /// The term may stand within a word.
    Within,
    /// The text character by character.
    Literal,
}

/// The field that the native language has under a name.
pub(super) fn native(name: &str) -> Option<Target> {
    let zone = |zone| Some(Target::Zone(zone));
    let test = |attribute| Some(Target::Test(attribute));
    match name {
        "body" | "text" => zone(Zone::Body),
        "title" | "subject" => zone(Zone::Title),
        "url" | "link" => zone(Zone::Url),
        "bio" => zone(Zone::Bio),
        "name" => zone(Zone::Name),
        "speaker" => zone(Zone::Speaker),
        "quoted" => zone(Zone::Quoted),
        "file" => zone(Zone::File),
        "author" | "from" => test(Attribute::Author),
        "to" => test(Attribute::To),
        "repost_of" => test(Attribute::RepostOf),
        "source" => test(Attribute::Source),
        "channel" => test(Attribute::Channel),
        "kind" => test(Attribute::Kind),
        "lang" | "language" => test(Attribute::Lang),
        "country" => test(Attribute::Country),
        "conversation" => test(Attribute::Conversation),
        "site" => test(Attribute::Site),
        "has" => test(Attribute::Has),
        "is" => test(Attribute::Is),
        "followers" => test(Attribute::Followers),
        "following" => test(Attribute::Following),
        "posts" => test(Attribute::Posts),
        "likes" => test(Attribute::Likes),
        "reposts" => test(Attribute::Reposts),
        "replies" => test(Attribute::Replies),
        "quotes" => test(Attribute::Quotes),
        "views" => test(Attribute::Views),
        "created" | "date" => test(Attribute::Created),
        "sample" => test(Attribute::Sample),
        "expires" => test(Attribute::Expires),
        _ => None,
    }
}

/// The names of all native fields.
pub(super) const NATIVE: [&str; 37] = [
    "body",
    "text",
    "title",
    "subject",
    "url",
    "link",
    "bio",
    "name",
    "speaker",
    "quoted",
    "file",
    "author",
    "from",
    "to",
    "repost_of",
    "source",
    "channel",
    "kind",
    "lang",
    "language",
    "country",
    "conversation",
    "site",
    "has",
    "is",
    "followers",
    "following",
    "posts",
    "likes",
    "reposts",
    "replies",
    "quotes",
    "views",
    "created",
    "date",
    "sample",
    "expires",
];

impl<'a> Parser<'a> {
    /// `name:` was read; its value comes next.
    pub(super) fn field(&mut self, name: &'a str, span: Span) -> Option<Query> {
        let Some(subject) = self.resolved(name) else { return self.unknown(name, span) };
        let dangling = match self.lexer.upcoming() {
            None | Some(')' | ',' | '-') => !self.lexer.upcoming_number(),
            _ => false,
        };
        if dangling {
            let message = format!("`{name}:` has nothing behind it");
            let help = match self.lexer.upcoming() {
                Some('-') => format!("write `-{name}:word` for what must not be there"),
                _ => format!("write `{name}:word` without a blank, or put it in quotes to look for the word"),
            };
            self.error("Q013", span, message, help);
            return None;
        }
        let outer = std::mem::replace(&mut self.subject, subject);
        let values = std::mem::replace(&mut self.lexer.values, matches!(self.subject, Subject::Values(..)));
        self.field_at = Some(span.start());
        let query = if self.deeper(span) { self.operand_of(name, span) } else { None };
        self.shallower();
        self.field_at = None;
        self.lexer.values = values;
        self.subject = outer;
        query
    }

    fn operand_of(&mut self, name: &str, span: Span) -> Option<Query> {
        if self.at_end_of_operands() {
            let help = format!("write `{name}:word`, or put it in quotes to look for the word");
            self.error("Q013", span, format!("`{name}:` has nothing behind it"), help);
            return None;
        }
        self.primary()
    }

    fn resolved(&self, name: &str) -> Option<Subject> {
        let own = name.strip_prefix("ext.").filter(|own| !own.is_empty());
        let own = own.or_else(|| self.names.attributes.contains(name).then_some(name));
        if let Some(own) = own {
            let own: Arc<str> = own.into();
            return Some(if self.lexer.upcoming_number() {
                Subject::Values(Attribute::Own(own), false)
            } else {
                Subject::Words(Zone::Own(own))
            });
        }
        Some(match (self.rules.field)(name)? {
            Target::Zone(zone) => Subject::Words(zone),
            Target::Test(attribute) => Subject::Values(attribute, false),
            Target::AtLeast(attribute) => Subject::Values(attribute, true),
            Target::Within => Subject::Within,
            Target::Literal => Subject::Literal,
        })
    }

    fn unknown(&mut self, name: &str, span: Span) -> Option<Query> {
        let known = self.rules.fields.iter().copied().chain(self.names.attributes.iter().map(String::as_str));
        let near = did_you_mean(name, known).map(|near| format!("did you mean `{near}:`? else "));
        let help = format!(
            "{}write `ext.{name}:` for an attribute of your own, or put it in quotes to look for the words",
            near.unwrap_or_default()
        );
        let message = match self.rules.native {
            true => format!("there is no field `{}:`", shown(name)),
            false => format!("there is nothing here like {}'s `{}:`", self.rules.name, shown(name)),
        };
        // What its value has of faults is of no interest.
        let faults = self.faults.len();
        if self.lexer.upcoming().is_some() && self.deeper(span) {
            let values = std::mem::replace(&mut self.lexer.values, true);
            if !self.at_end_of_operands() {
                let outer = std::mem::replace(&mut self.subject, Subject::Values(Attribute::Source, false));
                self.primary();
                self.subject = outer;
            }
            self.lexer.values = values;
            self.faults.truncate(faults);
        }
        self.shallower();
        self.error("Q012", span, message, help);
        None
    }

    /// A value of the attribute that is asked for.
    pub(super) fn value(&mut self, raw: &str, quoted: bool, place: Span) -> Option<Query> {
        let Subject::Values(attribute, at_least) = self.subject.clone() else { return None };
        if !self.grow(1, place) {
            return None;
        }
        if raw.trim().is_empty() {
            let name = attribute.name();
            let help = format!("write `{name}:word`");
            self.error("Q013", place, format!("`{name}:` has nothing behind it"), help);
            return None;
        }
        let condition = match attribute.sort() {
            Sort::Name => Condition::Is(self.name(&attribute, raw, quoted, place)?.into()),
            Sort::Number | Sort::Time => match values::between(&attribute, raw.trim(), at_least) {
                Ok(condition) => condition,
                Err(fault) => {
                    let shown = format!("{}:{}", attribute.name(), shown(raw));
                    self.error(fault.code(), place, fault.message(&shown), fault.help(&attribute));
                    return None;
                }
            },
        };
        Some(Query::Test(Test { attribute, condition, span: place }))
    }

    fn name(&mut self, attribute: &Attribute, raw: &str, quoted: bool, place: Span) -> Option<String> {
        if !quoted && (raw.contains('*') || raw.starts_with(['<', '>'])) {
            let message =
                format!("`{}:` is compared as a whole, not with `{}`", attribute.name(), shown(raw));
            let help = match attribute {
                Attribute::Author => "write the handle; `name:north*` looks into displayed names",
                Attribute::Site => "write the host: `site:shop.example` covers all hosts below it",
                _ => "write it out; several values: `channel:(x OR forum)`",
            };
            self.error("Q015", place, message, help);
            return None;
        }
        // Folded before anything is cut off: a wide sign folds to the plain one.
        let folded = fold(raw.trim());
        let written = match attribute {
            Attribute::Author | Attribute::To | Attribute::RepostOf => folded.trim_start_matches('@'),
            Attribute::Site => {
                let rest = folded.split_once("://").map_or(&*folded, |(_, rest)| rest);
                rest.split(['/', '?', '#', ':']).next().unwrap_or(rest)
            }
            Attribute::Has | Attribute::Is => (self.rules.value)(raw).unwrap_or(&folded),
            _ => &folded,
        };
        let value = written.trim().to_owned();
        let known: Vec<&str> = match attribute {
            Attribute::Has => Attribute::HAS.to_vec(),
            Attribute::Is => Attribute::IS.to_vec(),
            Attribute::Kind => MessageKind::ALL.iter().map(|kind| kind.as_str()).collect(),
            Attribute::Country if value.len() != 2 || !value.is_ascii() => Vec::new(),
            _ if value.is_empty() => Vec::new(),
            _ => return Some(value),
        };
        if known.contains(&&*value) {
            return Some(value);
        }
        let name = attribute.name();
        let help = match did_you_mean(&value, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() && *attribute == Attribute::Country => {
                "write the two letters of ISO 3166: `country:nl`".to_owned()
            }
            None if known.is_empty() => format!("write `{name}:word`"),
            None => format!("it can be: {}", known.join(", ")),
        };
        self.error("Q015", place, format!("`{name}:` cannot be `{}`", shown(raw)), help);
        None
    }
}
