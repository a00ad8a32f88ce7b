//! How is a person forgotten? Their words, names and ids go; what was counted stays.
//!
//! Read [`erase`] first. `plan` finds what is about them, `blank` says what is left of it, `names` looks for what they are
//! called, [`retention`] does the same to what is old. The chapter on privacy of the book says what stays and why.

mod blank;
mod names;
mod plan;
pub mod retention;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Rewrite, Scrub, Store, StoreError};
use crate::model::{ErasedKey, Erasure, IdentityKey, MessageKey, Span, Tenant, Version};
pub(super) use plan::names_in as names_of;
use plan::{Found, Gone};

/// Mentions that a receipt lists; the others are counted.
pub const MENTIONS_MAX: usize = 10_000;

/// Who is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// These accounts, and no other of the same customer.
    Accounts(BTreeSet<IdentityKey>),
    /// Every account of the customer that this one belongs to, as the claims that stand say.
    Customer(IdentityKey),
}

/// How a person is erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EraseOptions {
    /// What they are known by besides what the record has seen: further handles, addresses, numbers. Records that could
    /// not be read are searched for them, and what other people said.
    pub known_as: BTreeSet<String>,
    /// Whether their handle, name and id are blocked out (`█`) of what other people said to or of them. Otherwise such
    /// places are listed in the receipt, and the words stay.
    pub redact_mentions: bool,
}

impl EraseOptions {
    /// Looks for this as well.
    #[must_use]
    pub fn known_as(mut self, name: impl Into<String>) -> Self {
        self.known_as.insert(name.into());
        self
    }

    /// Blocks their names out of what other people said.
    #[must_use]
    pub fn redact_mentions(mut self) -> Self {
        self.redact_mentions = true;
        self
    }
}

/// What was done, for whoever asked to be forgotten. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureReceipt {
    /// The number of the erasure in the log.
    pub seq: u64,
    /// The entry of the ledger.
    pub erasure: Erasure,
    /// How much was changed.
    pub counts: ErasureCounts,
    /// Where other people's words name them still; the first [`MENTIONS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    /// Whether it is out of the files as well. Done only when it is so: else call [`Store::scrub`] again later.
    pub state: Scrub,
}

/// How much an erasure changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureCounts {
    /// Messages that lost words and author.
    pub messages: u64,
    /// Versions of them.
    pub versions: u64,
    /// Messages of our own that were written to them alone or answered them, and lost their words.
    pub answers: u64,
    /// Versions of other people's messages that named them as a participant.
    pub participations: u64,
    /// Messages of other people, in any version, whose words name them still.
    pub mentions: u64,
    /// Cases that were theirs.
    pub cases: u64,
    /// Responses and drafts that lost their words.
    pub responses: u64,
    /// Steps of permissions to quote them.
    #[serde(default)]
    pub permissions: u64,
    /// Testimonials, quotes and case studies of theirs, and what was done with them.
    #[serde(default)]
    pub assets: u64,
    /// Facts.
    pub facts: u64,
    /// Transactions.
    pub transactions: u64,
    /// Claims that joined them to others or kept them apart, made or taken back.
    pub links: u64,
    /// Labels of their messages, which stay as labels of nobody's.
    pub labels: u64,
    /// Records that could not be read and held an id of theirs.
    pub quarantined: u64,
}

/// A message of somebody else in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Which message.
    #[serde(flatten)]
    pub message: MessageKey,
    /// In which version.
    pub version: Version,
}

/// Where somebody else's words name a person who was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// In which message.
    #[serde(flatten)]
    pub quote: Quote,
    /// Where in its text (bytes).
    pub spans: Vec<Span>,
    /// Whether in its title.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_title: bool,
}

/// Erases a person: everything that was said by them and is known of them so far, in one transaction.
///
/// What they say later is a new beginning and is kept. A message of theirs that is delivered again is a duplicate.
/// Erasing again changes nothing more; after a crash, erase again.
///
/// ```
/// use scrm_core::model::{IdentityKey, NativeId, Source, Tenant};
/// use scrm_core::record::erase::{EraseOptions, Whom, erase};
/// use scrm_core::record::{MemoryStore, Scrub};
/// let account = IdentityKey { source: Source::new("x").unwrap(), native_id: NativeId::new("17").unwrap() };
/// let now = "2026-11-02T08:00:00Z".parse().unwrap();
/// let (mut store, tenant) = (MemoryStore::new(), Tenant::default());
/// let receipt = erase(&mut store, &tenant, &Whom::Customer(account), &EraseOptions::default(), now).unwrap();
/// assert_eq!((receipt.counts.messages, receipt.state), (0, Scrub::Done));
/// ```
///
/// # Errors
/// When the store cannot be read or written. Nothing is erased then, or all of it and the receipt is missing: erase again.
pub fn erase(
    store: &mut dyn Store,
    tenant: &Tenant,
    whom: &Whom,
    options: &EraseOptions,
    now: DateTime<Utc>,
) -> Result<ErasureReceipt, StoreError> {
    let accounts = match whom {
        Whom::Accounts(accounts) => accounts.clone(),
        Whom::Customer(account) => store.customer(tenant, account)?.identities,
    };
    let identities = accounts.iter().map(ErasedKey::of_identity).collect();
    let erasure = Erasure { identities, at: now };
    let known_as = options.known_as.clone();
    let gone = Gone { accounts, known_as, redact: options.redact_mentions, ..Gone::default() };
    let mut told = Found::default();
    let seq = store.rewrite(tenant, &mut |archive| {
        let mut found = plan::find(archive, &gone)?;
        let changes = std::mem::take(&mut found.changes);
        told = found;
        let accounts = gone.accounts.iter().cloned().collect();
        Ok(Rewrite { changes, accounts, erasure: Some(erasure.clone()) })
    })?;
    let Found { counts, mentions, .. } = told;
    Ok(ErasureReceipt { seq, erasure, counts, mentions, state: store.scrub()? })
}

/// Erases once more whom an entry of the ledger names, out of an older copy of the record: everything up to its time.
#[cfg(feature = "sqlite")]
pub(super) fn again(store: &mut dyn Store, tenant: &Tenant, erasure: &Erasure) -> Result<(), StoreError> {
    store.rewrite(tenant, &mut |archive| {
        let known = |account: &IdentityKey| erasure.identities.contains(&ErasedKey::of_identity(account));
        let accounts: BTreeSet<IdentityKey> = archive.accounts()?.into_iter().filter(known).collect();
        let gone = Gone { accounts, until: Some(erasure.at), ..Gone::default() };
        let changes = plan::find(archive, &gone)?.changes;
        let accounts = gone.accounts.into_iter().collect();
        Ok(Rewrite { changes, accounts, erasure: Some(erasure.clone()) })
    })?;
    Ok(())
}
