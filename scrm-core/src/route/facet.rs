//! What can a rule set? The facets of a decision, and one rule's say on them.

use std::collections::BTreeSet;

use crate::model::{Advocacy, Department, RecordScope, ReplyScale, ReplyVisibility};

macro_rules! facets {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// One facet of a decision.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Facet { $($(#[$doc])* $name,)* }

        impl Facet {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name in protocols.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

facets! {
    /// Which department answers.
    Department = "department",
    /// Where it is answered.
    Visibility = "visibility",
    /// To whom the answer speaks.
    Respond = "respond",
    /// How pressing it is.
    Priority = "priority",
    /// Which service levels hold.
    Sla = "sla",
    /// Which ladders are climbed.
    Escalate = "escalate",
    /// Skills that whoever answers must have.
    Skills = "skills",
    /// Marks for people.
    Tags = "tags",
    /// Who must approve.
    Approve = "approve",
    /// Who is told.
    Notify = "notify",
    /// The person in charge.
    Owner = "owner",
    /// The incident it belongs to.
    Incident = "incident",
    /// What may be given.
    Incentive = "incentive",
    /// Whether praise is asked for permission.
    Advocacy = "advocacy",
    /// Whether nothing may be sent for now.
    Hold = "hold",
    /// How much the record keeps.
    Record = "record",
}

impl Facet {
    /// The facet of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|facet| facet.as_str() == name)
    }
}

impl std::fmt::Display for Facet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Some of the facets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FacetSet(u16);

impl FacetSet {
    /// Whether the facet is one of them.
    pub fn contains(self, facet: Facet) -> bool {
        self.0 & (1 << facet as u16) != 0
    }

    /// One more.
    pub fn insert(&mut self, facet: Facet) {
        self.0 |= 1 << facet as u16;
    }

    /// Those of either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The facets, in the order of the decision.
    pub fn iter(self) -> impl Iterator<Item = Facet> {
        Facet::ALL.iter().copied().filter(move |facet| self.contains(*facet))
    }
}

/// Where a rule wants the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedVisibility {
    /// Where the message itself stands: in public, or else in private.
    AsAsked,
    /// There.
    At(ReplyVisibility),
}

impl AskedVisibility {
    /// The name in protocols.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AsAsked => "as_asked",
            Self::At(visibility) => visibility.as_str(),
        }
    }

    /// Where that is for a message that strangers can see, or cannot.
    pub fn resolve(self, open: bool) -> ReplyVisibility {
        match self {
            Self::At(visibility) => visibility,
            Self::AsAsked if open => ReplyVisibility::Public,
            Self::AsAsked => ReplyVisibility::Private,
        }
    }
}

/// A place on a ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Climb {
    /// The ladder.
    pub ladder: String,
    /// The rung at which it is entered, from 1.
    pub rung: u8,
}

/// What one rule sets; what is absent it leaves alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Which department answers.
    pub department: Option<Department>,
    /// Where it is answered.
    pub visibility: Option<AskedVisibility>,
    /// To whom the answer speaks.
    pub respond: Option<ReplyScale>,
    /// 1 (highest) to 5.
    pub priority: Option<u8>,
    /// Service levels.
    pub sla: BTreeSet<String>,
    /// A ladder that is climbed.
    pub escalate: Option<Climb>,
    /// Skills that whoever answers must have.
    pub skills: BTreeSet<String>,
    /// Marks for people.
    pub tags: BTreeSet<String>,
    /// Who must approve.
    pub approve: BTreeSet<String>,
    /// Who is told.
    pub notify: BTreeSet<String>,
    /// The person in charge.
    pub owner: Option<String>,
    /// The incident it belongs to.
    pub incident: Option<String>,
    /// What may be given.
    pub incentive: Option<String>,
    /// Whether praise is asked for permission.
    pub advocacy: Option<Advocacy>,
    /// Whether nothing may be sent for now.
    pub hold: Option<bool>,
    /// How much the record keeps.
    pub record: Option<RecordScope>,
}

impl Settings {
    /// The facets that are set.
    pub fn facets(&self) -> FacetSet {
        let mut set = FacetSet::default();
        for (facet, is_set) in [
            (Facet::Department, self.department.is_some()),
            (Facet::Visibility, self.visibility.is_some()),
            (Facet::Respond, self.respond.is_some()),
            (Facet::Priority, self.priority.is_some()),
            (Facet::Sla, !self.sla.is_empty()),
            (Facet::Escalate, self.escalate.is_some()),
            (Facet::Skills, !self.skills.is_empty()),
            (Facet::Tags, !self.tags.is_empty()),
            (Facet::Approve, !self.approve.is_empty()),
            (Facet::Notify, !self.notify.is_empty()),
            (Facet::Owner, self.owner.is_some()),
            (Facet::Incident, self.incident.is_some()),
            (Facet::Incentive, self.incentive.is_some()),
            (Facet::Advocacy, self.advocacy.is_some()),
            (Facet::Hold, self.hold.is_some()),
            (Facet::Record, self.record.is_some()),
        ] {
            if is_set {
                set.insert(facet);
            }
        }
        set
    }
}
