//! Which accounts may be one person, and what speaks for it? Suggestions that a person decides on.
//!
//! Read [`suggest`] first: [`AccountProfile`]s go in, [`Suggestions`] come out, each with the weight of every field.
//!
//! # Weights
//! Two accounts are compared field by field, and each field ends on one [`MatchLevel`]. `m` is how often two accounts of
//! one person are on that level, `u` how often two accounts of different people are. The level's weight is `log2(m/u)`
//! (Fellegi and Sunter 1969, "A theory for record linkage"). The weights of all fields and of the prior,
//! `log2(p/(1-p))`, add up to the weight `w` of the pair, and its probability is `1 / (1 + 2^-w)`. The list of weights is
//! what Splink calls a waterfall. A field that either account lacks says nothing and is not in it.
//!
//! `m` and `u` stand in [`Weights`], one entry for each field and level; the defaults are ours, and nothing was fitted
//! to them. Where two accounts agree on a value, `u` is how common that value is among the accounts given:
//! `(max(c-2, 0) + s·u₀) / (n-2+s)`, where `c` of the `n` accounts that have the field have the value, `u₀` is the
//! table's `u` and `s` is [`SMOOTHING`] accounts of prior belief. So a rare name weighs more than a common one.
//! Fields are taken as independent, which a handle that is made of the name is not: such a pair looks surer than it is.
//!
//! # What may be joined without a person
//! Nothing but [`verified`](Suggestion::verified) pairs: both accounts have the same e-mail address or telephone number,
//! and it is confirmed for both. Only these give a claim by themselves, with [`Suggestion::claim`]; all others need
//! somebody who says so, [`Suggestion::claim_by`]. A key that more than [`SuggestLimits::sharers`] accounts have is of
//! nobody in particular and verifies nothing. Who an e-mail claims to be from confirms nothing; whether an
//! address is confirmed is for the caller to say.
//!
//! # What may be compared
//! Within one source everything. Between two, only confirmed keys, unless the [`LinkPolicy`] allows more and the terms of
//! both sources do: many networks forbid to infer who somebody is elsewhere. Pairs that were left alone for this are
//! counted.
//!
//! # Look-alikes
//! A handle or name that looks like another and is not raises a flag and never the weight: the pair is on the level
//! [`Different`](MatchLevel::Different). Covered are the Cyrillic and Greek letters that look like Latin ones, the dotless
//! `ı`, `ɡ` and `ɑ`, forms that compatibility (NFKC) makes equal, characters that nobody sees, `0` for `o`, `1`, `i`
//! and `l` for each other, `rn` for `m` and `vv` for `w`. Other scripts (Armenian, Cherokee, …) are not.
//!
//! # Cost
//! Accounts are compared when they share a block: an address, a number, a handle, a handle's [skeleton](BlockKind),
//! two words of a name, a whole name, a link, or a link to the other's page. A block that is too large is
//! skipped and reported. Two accounts without a block in common are never compared: `Jon Smith` and `John Smith`
//! with nothing else, or two that share place and language only.

mod blocking;
mod compare;
mod lookalike;
mod normal;
mod prepare;
mod profile;
mod settings;
mod similarity;
mod suggestion;
mod weights;

use std::collections::BTreeMap;

pub use blocking::{BlockKind, SkipReason, SkippedBlock};
pub use profile::{AccountProfile, ContactPoint};
pub use settings::{LinkPolicy, SourceTerms, SuggestLimits, SuggestSettings};
pub use suggestion::{FieldWeight, Suggestion, SuggestionFlag, Suggestions};
pub use weights::{Field, MatchLevel, SMOOTHING, Weight, Weights, WeightsError};

use compare::Comparison;
use prepare::Prepared;

/// Finds the pairs among `accounts` that may be one person.
///
/// The result does not depend on the order of `accounts`. Each stands there once; of one that is given twice the first
/// counts.
///
/// ```
/// use scrm_core::model::{Identity, IdentityKey};
/// use scrm_core::record::people::suggest::{AccountProfile, ContactPoint, SuggestSettings, suggest};
/// let account = |source: &str, id: &str| {
///     let mut profile = AccountProfile::new(Identity::new(source.parse().unwrap(), id.parse().unwrap()));
///     profile.emails.push(ContactPoint { value: "Mira@Example.org".to_owned(), confirmed: source != "form" });
///     profile
/// };
/// let accounts = [account("mail", "1"), account("shop", "2"), account("form", "3")];
/// let found = suggest(&accounts, &SuggestSettings::default());
/// assert_eq!(found.suggestions.len(), 1, "the address of the form is not confirmed");
/// assert!(found.suggestions[0].verified);
/// assert_eq!(found.withheld, 2);
/// ```
pub fn suggest(accounts: &[AccountProfile], settings: &SuggestSettings) -> Suggestions {
    let mut by_key = BTreeMap::new();
    for account in accounts {
        by_key.entry(account.key()).or_insert(account);
    }
    let prepared = Prepared::new(by_key.into_values());
    let blocked = blocking::pairs(&prepared, settings);
    let comparison = Comparison { prepared: &prepared, settings };
    let mut suggestions = Vec::new();
    let mut withheld = 0;
    for (a, b) in &blocked.pairs {
        let Some((a, b)) = prepared.pair(*a, *b) else { continue };
        match comparison.of(a, b) {
            compare::Outcome::Withheld => withheld += 1,
            compare::Outcome::Unlikely => {}
            compare::Outcome::Likely(suggestion) => suggestions.push(*suggestion),
        }
    }
    suggestions.sort_by(Suggestion::by_weight);
    Suggestions {
        suggestions,
        compared: blocked.pairs.len() as u64 - withheld,
        withheld,
        skipped: blocked.skipped,
    }
}

#[cfg(test)]
mod tests;
