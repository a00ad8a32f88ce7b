//! What can a condition look at? The fields, each with its type and the values it can have.

use std::sync::Arc;

use super::DeclaredField;
use crate::model::{Action, Direction, LinkState, MessageKind, MessageType, Role, Visibility};
use crate::route::Vocabulary;

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $kind:expr;)*) => {
        /// Something that a condition can look at.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $($(#[$doc])* $name,)*
            /// `consent("marketing")`: whether the customer agreed to this.
            Consent(Arc<str>),
            /// `link(customer, "crm")`: what joins the author to an entry of this system.
            Link(Arc<str>),
            /// A field of the caller's own, which the protocol declares.
            Declared(Arc<DeclaredField>),
        }

        impl Field {
            /// All that every protocol has.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name in protocols; of a consent or a link, the word before the parenthesis.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $word,)*
                    Self::Consent(_) => "consent",
                    Self::Link(_) => "link",
                    Self::Declared(field) => &field.name,
                }
            }

            /// Its type.
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$name => $kind,)*
                    Self::Consent(_) => Kind::One(Values::Flags),
                    Self::Link(_) => Kind::One(Values::Links),
                    Self::Declared(field) => field.kind.kind(),
                }
            }
        }
    };
}

fields! {
    /// The primary type.
    Type = "type", Kind::One(Values::Types);
    /// Every type that holds.
    Types = "types", Kind::Set(Values::Types);
    /// The primary topic.
    Issue = "issue", Kind::One(Values::Topics);
    /// Every topic.
    Topics = "topics", Kind::Set(Values::Topics);
    /// -1 (against) to 1 (in favour).
    Sentiment = "sentiment", Kind::Number(-1.0, 1.0);
    /// What must be done.
    Action = "action", Kind::One(Values::Actions);
    /// 0 to 100.
    Influence = "influence", Kind::Number(0.0, 100.0);
    /// Who can see the message.
    Seen = "seen", Kind::One(Values::Visibilities);
    /// The medium.
    Channel = "channel", Kind::One(Values::Any);
    /// Where it was captured.
    Source = "source", Kind::One(Values::Any);
    /// What sort of utterance.
    Kind = "kind", Kind::One(Values::MessageKinds);
    /// The language.
    Language = "language", Kind::One(Values::Any);
    /// The country that the message names.
    Country = "country", Kind::One(Values::Any);
    /// The first brand it speaks of, ours before others.
    Brand = "brand", Kind::One(Values::Brands);
    /// Every brand it speaks of.
    Brands = "brands", Kind::Set(Values::Brands);
    /// The monitors that found it.
    Monitors = "monitors", Kind::Set(Values::Monitors);
    /// Accounts that follow the author.
    AuthorFollowers = "author.followers", Kind::Number(0.0, f64::MAX);
    /// Whether the platform vouches for the author.
    AuthorVerified = "author.verified", Kind::One(Values::Flags);
    /// Which way it went.
    Direction = "direction", Kind::One(Values::Directions);
    /// The day of the week, in the zone of the default calendar.
    Weekday = "weekday", Kind::One(Values::Days);
    /// What the author is to the company.
    CustomerRole = "customer.role", Kind::Set(Values::Roles);
    /// What was written: title and body.
    Text = "text", Kind::Text;
}

impl Field {
    /// The field of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|field| field.as_str() == name).cloned()
    }

    /// The axis whose confidence its values have.
    pub fn axis(&self) -> Option<AxisName> {
        match self {
            Self::Type | Self::Types => Some(AxisName::Type),
            Self::Issue | Self::Topics => Some(AxisName::Issue),
            Self::Sentiment => Some(AxisName::Sentiment),
            Self::Action => Some(AxisName::Action),
            Self::Influence => Some(AxisName::Influence),
            Self::Language => Some(AxisName::Language),
            _ => None,
        }
    }

    /// Every name it can have, where that is laid down: terms of the field, or the values of a declaration.
    pub fn terms(&self) -> Option<Vec<&str>> {
        match (self, self.kind()) {
            (Self::Declared(field), _) if !field.values.is_empty() => {
                Some(field.values.iter().map(String::as_str).collect())
            }
            (_, Kind::One(values) | Kind::Set(values)) => values.closed(),
            _ => None,
        }
    }
}

/// What sort of value a field has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// One name.
    One(Values),
    /// Any number of names.
    Set(Values),
    /// A number, from the first to the second.
    Number(f64, f64),
    /// What somebody wrote: asked for words, phrases and patterns.
    Text,
}

/// Which names a field can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Types of contact.
    Types,
    /// What must be done.
    Actions,
    /// Who can see it.
    Visibilities,
    /// Sorts of utterance.
    MessageKinds,
    /// Ways it went.
    Directions,
    /// Yes and no.
    Flags,
    /// Days of the week.
    Days,
    /// What a customer is to the company.
    Roles,
    /// What joins an account to an entry of another system.
    Links,
    /// Topics of the playbook.
    Topics,
    /// Brands of the playbook.
    Brands,
    /// Monitors of the playbook.
    Monitors,
    /// Whatever comes.
    Any,
}

impl Values {
    /// All of them, when they are the same in every playbook.
    pub(in crate::route) fn closed(self) -> Option<Vec<&'static str>> {
        Some(match self {
            Self::Types => MessageType::ALL.iter().map(|term| term.as_str()).collect(),
            Self::Actions => Action::ALL.iter().map(|term| term.as_str()).collect(),
            Self::Visibilities => Visibility::ALL.iter().map(|term| term.as_str()).collect(),
            Self::MessageKinds => MessageKind::ALL.iter().map(|term| term.as_str()).collect(),
            Self::Directions => Direction::ALL.iter().map(|term| term.as_str()).collect(),
            Self::Flags => vec!["true", "false"],
            Self::Days => DAYS.to_vec(),
            Self::Roles => Role::ALL.iter().map(|term| term.as_str()).collect(),
            Self::Links => LinkState::ALL.iter().map(|term| term.as_str()).collect(),
            Self::Topics | Self::Brands | Self::Monitors | Self::Any => return None,
        })
    }

    /// Whether a playbook knows the name; every name is known where any can come.
    pub(super) fn is_known(self, name: &str, vocabulary: &Vocabulary) -> bool {
        match self {
            Self::Topics => vocabulary.has_topic(name),
            Self::Brands => vocabulary.knows(&vocabulary.brands, name),
            Self::Monitors => vocabulary.knows(&vocabulary.monitors, name),
            _ => true,
        }
    }

    /// The names that a playbook defines.
    pub(super) fn named(self, vocabulary: &Vocabulary) -> impl Iterator<Item = &str> {
        let names = match self {
            Self::Topics => Some(&vocabulary.topics),
            Self::Brands => Some(&vocabulary.brands),
            Self::Monitors => Some(&vocabulary.monitors),
            _ => None,
        };
        names.into_iter().flatten().map(String::as_str)
    }
}

/// The days of the week, from Monday.
pub(crate) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// An axis of the classification, which has a confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AxisName {
    /// The type.
    Type,
    /// The issue and the topics.
    Issue,
    /// The sentiment.
    Sentiment,
    /// What must be done.
    Action,
    /// The influence.
    Influence,
    /// The language.
    Language,
}

impl AxisName {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Type, Self::Issue, Self::Sentiment, Self::Action, Self::Influence, Self::Language];

    /// The name in protocols.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Issue => "issue",
            Self::Sentiment => "sentiment",
            Self::Action => "action",
            Self::Influence => "influence",
            Self::Language => "language",
        }
    }

    /// The axis of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|axis| axis.as_str() == name)
    }
}
