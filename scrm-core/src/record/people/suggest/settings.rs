//! What may be compared, and how sure must it be?

use std::collections::BTreeMap;

use super::weights::Weights;
use crate::model::Source;

/// How accounts are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct SuggestSettings {
    /// What each level of each field weighs.
    pub weights: Weights,
    /// How likely two accounts that share a block are one person before anything is compared, between 0 and 1
    /// (default 0.0001, also for what is not between).
    pub prior: f64,
    /// How probable a pair must be to be suggested (default 0.5). Verified pairs always are.
    pub threshold: f64,
    /// What may be compared between sources (default: confirmed keys alone).
    pub policy: LinkPolicy,
    /// How much is compared at most.
    pub limits: SuggestLimits,
    /// Whether the weights come with the values they are of, which are personal data (default: no).
    pub values: bool,
}

impl Default for SuggestSettings {
    fn default() -> Self {
        Self {
            weights: Weights::default(),
            prior: 1e-4,
            threshold: 0.5,
            policy: LinkPolicy::default(),
            limits: SuggestLimits::default(),
            values: false,
        }
    }
}

impl SuggestSettings {
    pub(super) fn prior_weight(&self) -> f64 {
        let prior = if self.prior > 0.0 && self.prior < 1.0 { self.prior } else { 1e-4 };
        (prior / (1.0 - prior)).log2()
    }
}

/// What may be inferred between sources. As it comes: nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkPolicy {
    /// Whether the host wants accounts of different sources compared by more than confirmed keys.
    pub across_networks: bool,
    /// What each source's terms allow; a source that is not listed allows nothing.
    pub terms: BTreeMap<Source, SourceTerms>,
}

/// What the terms of a source allow. As it comes: nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceTerms {
    /// Whether who somebody is elsewhere may be inferred from its accounts.
    pub inference: bool,
}

impl LinkPolicy {
    /// Whether accounts of these sources may be compared by more than confirmed keys.
    pub fn allows(&self, a: &Source, b: &Source) -> bool {
        let may = |source| self.terms.get(source).is_some_and(|terms| terms.inference);
        a == b || (self.across_networks && may(a) && may(b))
    }
}

/// How much is compared at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuggestLimits {
    /// Accounts in one block (default 200); a larger block is skipped and reported.
    pub block: usize,
    /// Pairs in all blocks together, 8 bytes each (default 10,000,000). Small blocks come first; those for which there is
    /// no room are skipped and reported.
    pub pairs: usize,
    /// Accounts that may have one confirmed key before it verifies nothing (default 10).
    pub sharers: u32,
}

impl Default for SuggestLimits {
    fn default() -> Self {
        Self { block: 200, pairs: 10_000_000, sharers: 10 }
    }
}
