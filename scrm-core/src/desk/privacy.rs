//! What is done when somebody asks to be forgotten, or what is known of them? At the desk, for its tenant.
//!
//! Read [`Desk::erase`] first; what it does stands in [`record::erase`](crate::record::erase).

use chrono::{DateTime, Utc};

use super::Desk;
use crate::model::IdentityKey;
use crate::record::erase::retention::{Retained, Retention, retain};
use crate::record::erase::{EraseOptions, ErasureReceipt, Whom, erase};
use crate::record::export::{Export, export};
use crate::record::{Scrub, Store, StoreError};

impl<S: Store> Desk<S> {
    /// Erases a person: what they said and what is known of them goes, what was counted stays. The desk forgets with the
    /// record: what it remembers of earlier messages is read again.
    ///
    /// # Errors
    /// When the store cannot be read or written: erase again.
    pub fn erase(
        &mut self,
        whom: &Whom,
        options: &EraseOptions,
        now: DateTime<Utc>,
    ) -> Result<ErasureReceipt, StoreError> {
        (self.memory, self.reach) = (None, None);
        erase(&mut self.store, &self.tenant, whom, options, now)
    }

    /// Takes what was erased out of the files as well, where a reader stood in the way before.
    ///
    /// # Errors
    /// When the store fails.
    pub fn scrub(&mut self) -> Result<Scrub, StoreError> {
        self.store.scrub()
    }

    /// Everything that the record knows of the customer to whom the account belongs.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn export(&mut self, account: &IdentityKey) -> Result<Export, StoreError> {
        export(&mut self.store, &self.tenant, account)
    }

    /// Takes words and author out of messages that are older than they are kept, at most `limit` of them; call it again
    /// while there is more.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn retain(
        &mut self,
        rule: &Retention,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Result<Retained, StoreError> {
        (self.memory, self.reach) = (None, None);
        retain(&mut self.store, &self.tenant, rule, limit, now)
    }
}
