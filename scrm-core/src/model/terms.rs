//! Which words does the field use? The small closed vocabularies.

use serde::{Deserialize, Serialize};

use super::Visibility;

macro_rules! terms {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in JSON and in protocols.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The one that has this name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|term| term.as_str() == name)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    )*};
}
pub(crate) use terms;

terms! {
    /// What joins a customer to an entry of another system, weakest first; see [`LinkEvidence`](super::LinkEvidence).
    LinkState {
        /// Nothing does.
        None = "none",
        /// A model's guess.
        Probabilistic = "probabilistic",
        /// An exact key agrees.
        Deterministic = "deterministic",
        /// One account names the other, and the platform checked it.
        Declared = "declared",
        /// A person of the team says so.
        Human = "human",
        /// The customer proved it to us.
        Authenticated = "authenticated",
    }
    /// What sort of utterance a message is, online and offline.
    MessageKind {
        /// Something published by itself.
        Post = "post",
        /// Something said under somebody's post.
        Comment = "comment",
        /// An answer to a message.
        Reply = "reply",
        /// Somebody's message passed on.
        Repost = "repost",
        /// A private message on a platform.
        DirectMessage = "direct_message",
        /// An e-mail.
        Email = "email",
        /// A telephone call, as a transcript or a note of what was said.
        Call = "call",
        /// A letter on paper.
        Letter = "letter",
        /// A form that was filled in: web form, comment card, a talk at the counter.
        Form = "form",
        /// An answer to a survey.
        Survey = "survey",
        /// A review with or without stars.
        Review = "review",
        /// A check-in at a place.
        CheckIn = "check_in",
        /// A note of the company's own people.
        Note = "note",
    }

    /// Which way a message went.
    Direction {
        /// From outside to us.
        In = "in",
        /// From us to somebody outside.
        Out = "out",
        /// Between our own people.
        Internal = "internal",
    }

    /// To whom a response speaks. The order is the join: `None < Micro, Macro < Both`.
    ReplyScale {
        /// Nobody: no response is asked for.
        None = "none",
        /// One person.
        Micro = "micro",
        /// Everyone.
        Macro = "macro",
        /// One person, and everyone.
        Both = "both",
    }

    /// Where a response is given, the more restrictive the greater.
    ReplyVisibility {
        /// Before everybody.
        Public = "public",
        /// Answered in public, the details in private.
        PublicThenPrivate = "public_then_private",
        /// Between the two.
        Private = "private",
    }

    /// Whether praise may lead to a testimonial.
    Advocacy {
        /// Nothing is asked.
        None = "none",
        /// The author is asked for permission.
        AskPermission = "ask_permission",
    }

    /// How much of a conversation the record keeps.
    RecordScope {
        /// Only what is directed at a person.
        MicroOnly = "micro_only",
        /// Everything.
        All = "all",
    }
}

impl MessageKind {
    /// The widest circle that can see a message of this kind; a wider one cannot be built.
    pub fn widest(self) -> Visibility {
        match self {
            Self::DirectMessage | Self::Call => Visibility::Direct,
            Self::Email | Self::Letter => Visibility::Group,
            Self::Note => Visibility::Internal,
            _ => Visibility::Public,
        }
    }
}

impl ReplyScale {
    /// The least scale that covers both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::None, x) | (x, Self::None) => x,
            _ => Self::Both,
        }
    }
}
