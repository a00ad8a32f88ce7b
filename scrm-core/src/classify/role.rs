//! What does a cue do? The closed list of roles that the cue files name.

macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What a word or phrase does, besides carrying sentiment.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Role { $($(#[$doc])* $variant,)* }

        impl Role {
            /// The role that has this name in the cue files.
            pub(super) fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

roles! {
    /// Turns round what follows in its clause.
    Negator = "negator",
    /// Strengthens what follows, by its weight.
    Booster = "booster",
    /// Weakens what follows, by its weight.
    Damper = "damper",
    /// What follows counts more than what came before.
    But = "but",
    /// Asks when it begins a clause.
    Wh = "wh",
    /// Asks when it begins a clause and a subject follows.
    Aux = "aux",
    /// Who or what a clause is about.
    Subject = "subject",
    /// May stand before the beginning of a question.
    Filler = "filler",
    /// Asks wherever it stands.
    Question = "question",
    /// Names something that went wrong.
    Problem = "problem",
    /// Thanks or praises.
    Compliment = "compliment",
    /// Speaks to the company or of its people.
    Addressed = "addressed",
    /// Speaks of the author.
    Mine = "mine",
    /// Asks for something to be done.
    Request = "request",
    /// Says what could be better.
    Suggestion = "suggestion",
    /// Is said to friends or to nobody.
    Chatter = "chatter",
    /// Presses for time.
    Time = "time",
    /// A unit of a short time.
    Unit = "unit",
    /// Stands before a number of such units.
    Within = "within",
    /// Somebody may come to harm.
    Safety = "safety",
    /// Threatens with the law or the regulator.
    Legal = "legal",
    /// Says that the customer leaves.
    Churn = "churn",
    /// Calls for the top of the house, or for the press.
    Executive = "executive",
    /// Thanks that mock when `for` and something bad follow.
    MockThanks = "mock_thanks",
    /// Praise that mocks when something bad follows.
    MockGreat = "mock_great",
    /// Love that mocks when something bad follows.
    MockLove = "mock_love",
    /// Something bad in mockery.
    Sting = "sting",
    /// Advertises.
    Lure = "lure",
    /// Speaks of money or of getting it.
    Money = "money",
    /// Says that a machine answered.
    AutoReply = "auto_reply",
    /// Is written by machines.
    Machine = "machine",
}
