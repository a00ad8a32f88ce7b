//! Who can see it? An ordered set, from everybody to nobody outside.

use serde::{Deserialize, Serialize};

/// Who can see a message, from the widest circle to the narrowest.
///
/// The order is the privacy: `Public < Unlisted < Followers < Group < Direct < Internal`, so the more restrictive
/// of two is the greater.
///
/// ```
/// use scrm_core::model::Visibility;
/// assert!(Visibility::Direct > Visibility::Public);
/// assert!(Visibility::Unlisted.is_open() && !Visibility::Followers.is_open());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Anybody can see and find it.
    Public,
    /// Anybody with the link can see it, lists and searches leave it out.
    Unlisted,
    /// The author's followers.
    Followers,
    /// The members of a group.
    Group,
    /// The author and those addressed.
    Direct,
    /// Only the company.
    Internal,
}

impl Visibility {
    /// All of them, widest first.
    pub const ALL: [Self; 6] =
        [Self::Public, Self::Unlisted, Self::Followers, Self::Group, Self::Direct, Self::Internal];

    /// Whether a stranger can see it.
    pub fn is_open(self) -> bool {
        self <= Self::Unlisted
    }

    /// The name in JSON and in protocols.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Followers => "followers",
            Self::Group => "group",
            Self::Direct => "direct",
            Self::Internal => "internal",
        }
    }
}
