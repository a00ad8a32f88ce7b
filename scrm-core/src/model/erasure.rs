//! Who was erased? An entry of the ledger: enough to know an account again, and nothing to learn one from.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{ExternalId, IdentityKey, MessageKey, NativeId};

/// What is left of an account or a message that was erased: a hash, by which it is known if it comes again.
///
/// SHA-256 over the source and the platform's id, cut to 128 bits. Whoever has the id already can compute it; nobody
/// learns an id from it that they could not guess.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ErasedKey(String);

impl ErasedKey {
    fn of(domain: &str, source: &str, id: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [domain, source, id] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }

    /// Of an account.
    pub fn of_identity(key: &IdentityKey) -> Self {
        Self::of("identity", key.source.as_str(), key.native_id.as_str())
    }

    /// Of a hash in hexadecimal, as a ledger has it.
    #[cfg(feature = "sqlite")]
    pub(crate) fn known(hash: &str) -> Option<Self> {
        let is_hash = hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then(|| Self(hash.to_owned()))
    }

    /// The hash in hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ExternalId {
    /// Whether it is what is left of the id of a message whose author was erased.
    pub fn is_erased(&self) -> bool {
        self.as_str().starts_with("erased:")
    }
}

impl MessageKey {
    /// The key under which a message stays counted when its author is erased: its source, and a hash of its id.
    #[must_use]
    pub fn erased(&self) -> Self {
        let hash = ErasedKey::of("message", self.source.as_str(), self.external_id.as_str());
        // INVARIANT: a hash in hexadecimal is always an id.
        let external_id =
            ExternalId::new(format!("erased:{}", hash.0)).unwrap_or_else(|_| self.external_id.clone());
        Self { source: self.source.clone(), external_id }
    }
}

impl IdentityKey {
    /// The key that takes the place of an erased account where a fact about somebody else names it.
    #[must_use]
    pub fn erased(&self) -> Self {
        let hash = ErasedKey::of_identity(self);
        let native_id =
            NativeId::new(format!("erased:{}", hash.0)).unwrap_or_else(|_| self.native_id.clone());
        Self { source: self.source.clone(), native_id }
    }
}

/// One erasure, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Erasure {
    /// The accounts, as hashes.
    pub identities: Vec<ErasedKey>,
    /// When. What those accounts say later is kept: it is a new beginning.
    pub at: DateTime<Utc>,
}
