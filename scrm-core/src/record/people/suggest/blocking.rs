//! Which accounts are worth comparing? Those that share a block.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::prepare::{Account, Prepared, Term};
use super::settings::SuggestSettings;
use crate::model::IdentityKey;

/// What the accounts of a block have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// An e-mail address, confirmed or not.
    Email,
    /// A telephone number, confirmed or not.
    Phone,
    /// A handle.
    Handle,
    /// What a handle looks like, without the digits at its end; of three letters or more.
    HandleSkeleton,
    /// Two words of a name, without accents.
    NameWords,
    /// All words of a name, without accents and in whatever order.
    Name,
    /// The profile's link.
    Url,
    /// A page that one links to, or that is its own.
    Page,
}

/// Accounts that were not compared for what they have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedBlock {
    /// What they have in common.
    pub kind: BlockKind,
    /// The value; absent unless [values](super::SuggestSettings::values) are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How many they are.
    pub accounts: u64,
    /// The first of them.
    pub example: IdentityKey,
    /// Why they were not compared.
    pub reason: SkipReason,
}

/// Why a block was not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// It holds more accounts than [a block may](super::SuggestLimits::block).
    TooLarge,
    /// The smaller blocks took all [pairs](super::SuggestLimits::pairs) that there may be.
    NoRoom,
}

pub(super) struct Blocked {
    /// Pairs that share a block, lesser first, each once, in order.
    pub(super) pairs: Vec<(u32, u32)>,
    pub(super) skipped: Vec<SkippedBlock>,
}

/// The pairs that share a block.
pub(super) fn pairs(prepared: &Prepared<'_>, settings: &SuggestSettings) -> Blocked {
    let mut entries: Vec<(BlockKind, Term, u32)> = Vec::new();
    for (number, account) in (0..).zip(&prepared.accounts) {
        entries.extend(keys(account).into_iter().map(|(kind, term)| (kind, term, number)));
    }
    entries.sort_unstable();
    let mut blocks: Vec<&[(BlockKind, Term, u32)]> =
        entries.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)).filter(|block| block.len() > 1).collect();
    blocks.sort_by_key(|block| block.len());

    let (mut pairs, mut skipped) = (Vec::new(), Vec::new());
    for block in blocks {
        let n = block.len().saturating_mul(block.len() - 1) / 2;
        let reason = if block.len() > settings.limits.block {
            SkipReason::TooLarge
        } else if pairs.len() + n > settings.limits.pairs {
            SkipReason::NoRoom
        } else {
            for (at, (.., a)) in block.iter().enumerate() {
                pairs.extend(block.iter().skip(at + 1).map(|(.., b)| (*a, *b)));
            }
            continue;
        };
        let Some((kind, term, first)) = block.first() else { continue };
        let Some(example) = prepared.accounts.get(*first as usize) else { continue };
        skipped.push(SkippedBlock {
            kind: *kind,
            value: settings.values.then(|| prepared.text(*term).to_owned()),
            accounts: block.len() as u64,
            example: example.profile.key().clone(),
            reason,
        });
    }
    pairs.sort_unstable();
    pairs.dedup();
    Blocked { pairs, skipped }
}

/// The blocks of an account, each once.
pub(super) fn keys(account: &Account<'_>) -> BTreeSet<(BlockKind, Term)> {
    let mut keys = BTreeSet::new();
    keys.extend(account.emails.iter().map(|(term, _)| (BlockKind::Email, *term)));
    keys.extend(account.phones.iter().map(|(term, _)| (BlockKind::Phone, *term)));
    if let Some(handle) = &account.handle {
        keys.insert((BlockKind::Handle, handle.same));
        keys.extend(handle.stem.map(|stem| (BlockKind::HandleSkeleton, stem)));
    }
    if let Some(name) = &account.name {
        keys.extend(name.word_pairs.iter().map(|pair| (BlockKind::NameWords, *pair)));
        keys.insert((BlockKind::Name, name.sorted));
    }
    keys.extend(account.url.iter().map(|url| (BlockKind::Url, url.page)));
    keys.extend(account.links.iter().chain(&account.pages).map(|page| (BlockKind::Page, *page)));
    keys
}
