//! What speaks for it that two accounts are one person's? A weight per field, to be read.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::blocking::SkippedBlock;
use super::weights::{Field, MatchLevel};
use crate::model::{IdentityKey, IdentityLink, LinkClaim, LinkEvidence, PersonId};

/// What was found, and what was not looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestions {
    /// Verified pairs first, then by weight, the greatest first, and then by accounts.
    pub suggestions: Vec<Suggestion>,
    /// Pairs that were compared.
    pub compared: u64,
    /// Pairs that share a block and were not compared, for the policy or the terms of a source do not allow it.
    pub withheld: u64,
    /// Blocks that were not compared, the smallest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<SkippedBlock>,
}

/// Two accounts that may be one person's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The lesser account.
    pub a: IdentityKey,
    /// The greater one.
    pub b: IdentityKey,
    /// How probable it is that they are one person's: `1 / (1 + 2^-weight)`.
    pub probability: f64,
    /// The weights of the prior and of all fields together.
    pub weight: f64,
    /// The weight before anything was compared.
    pub prior_weight: f64,
    /// The weight of each field that both have, in a fixed order.
    pub waterfall: Vec<FieldWeight>,
    /// Whether both have one key that is confirmed for both. Nothing else may be joined without a person.
    pub verified: bool,
    /// What whoever decides should know.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub flags: BTreeSet<SuggestionFlag>,
}

/// What one field says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldWeight {
    /// Which.
    pub field: Field,
    /// How far the two values agree.
    pub level: MatchLevel,
    /// How often they do among accounts of one person.
    pub m: f64,
    /// How often they do among accounts of different people; where they agree, how common this value is.
    pub u: f64,
    /// `log2(m/u)`.
    pub weight: f64,
    /// The two values as they were compared; absent unless [asked for](super::SuggestSettings::values).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<[String; 2]>,
}

/// What whoever decides should know. No flag changes a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionFlag {
    /// The handles look alike and are not: one may pose as the other.
    ConfusableHandle,
    /// The names look alike and are not.
    ConfusableName,
    /// One links to the other, which does not link back; anybody can do that.
    OneWayDeclaration,
    /// A confirmed key is shared by too many accounts to be somebody's.
    SharedKey,
    /// An address or number agrees that is not confirmed for both; anybody can name one.
    UnconfirmedKey,
}

impl Suggestion {
    /// The claim that may be accepted without a person: of a verified pair.
    pub fn claim(&self, at: DateTime<Utc>) -> Option<IdentityLink> {
        self.verified.then(|| self.link(LinkEvidence::Deterministic, LinkClaim::Same, at))
    }

    /// What somebody decided about the pair.
    pub fn claim_by(&self, person: PersonId, claim: LinkClaim, at: DateTime<Utc>) -> IdentityLink {
        self.link(LinkEvidence::Human { person }, claim, at)
    }

    fn link(&self, evidence: LinkEvidence, claim: LinkClaim, at: DateTime<Utc>) -> IdentityLink {
        IdentityLink { a: self.a.clone(), b: self.b.clone(), claim, evidence, at, revoked: None }
    }

    pub(super) fn by_weight(&self, other: &Self) -> Ordering {
        let verified = other.verified.cmp(&self.verified);
        let weight = verified.then_with(|| other.weight.total_cmp(&self.weight));
        weight.then_with(|| (&self.a, &self.b).cmp(&(&other.a, &other.b)))
    }
}

impl Suggestions {
    /// Leaves out the pairs that a standing claim of `links` is about already, whatever it says.
    pub fn leave_out(&mut self, links: &[IdentityLink]) {
        let standing = links.iter().filter(|link| link.revoked.is_none());
        let decided: BTreeSet<_> = standing.map(IdentityLink::pair).collect();
        self.suggestions.retain(|suggestion| !decided.contains(&(&suggestion.a, &suggestion.b)));
    }
}

/// The waterfall as a table, one line a field, with what it adds up to.
///
/// ```text
/// x/1 and x/2: probability 0.912, suggested
///   prior                  -13.29   -13.29
///   name      same         +12.10    -1.18  u 0.000114
///   location  same          +4.55    +3.37  u 0.0171
/// ```
impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.verified { "verified" } else { "suggested" };
        writeln!(f, "{} and {}: probability {:.3}, {state}", self.a, self.b, self.probability)?;
        let mut sum = self.prior_weight;
        write!(f, "  {:<10}{:<12} {sum:>+8.2} {sum:>+8.2}", "prior", "")?;
        for row in &self.waterfall {
            sum += row.weight;
            write!(f, "\n  {:<10}{:<12} {:>+8.2} {sum:>+8.2}", row.field, row.level, row.weight)?;
            write!(f, "  m {}, u {}", short(row.m), short(row.u))?;
            if let Some([a, b]) = &row.values {
                write!(f, "  {a:?}")?;
                if a != b {
                    write!(f, " {b:?}")?;
                }
            }
        }
        for flag in &self.flags {
            let text = match flag {
                SuggestionFlag::ConfusableHandle => "the handles look alike and are not the same",
                SuggestionFlag::ConfusableName => "the names look alike and are not the same",
                SuggestionFlag::OneWayDeclaration => "only one of them links to the other",
                SuggestionFlag::SharedKey => "a confirmed key is shared by too many accounts",
                SuggestionFlag::UnconfirmedKey => {
                    "an address or number agrees that is not confirmed for both"
                }
            };
            write!(f, "\n  note: {text}")?;
        }
        Ok(())
    }
}

/// A share in three digits that count.
fn short(p: f64) -> String {
    let places = if p > 0.0 { (3 - p.log10().floor() as i32 - 1).clamp(0, 12) } else { 0 };
    let text = format!("{p:.*}", usize::try_from(places).unwrap_or(0));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
