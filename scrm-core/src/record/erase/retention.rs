//! How long are messages kept? What is older loses words and author; what was counted stays.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::plan::{self, Gone};
use crate::model::{Erasure, Source, Tenant};
use crate::record::{OlderQuery, Rewrite, Scrub, Store, StoreError};

/// How long messages of one source are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Of which source.
    pub source: Source,
    /// How long after they were observed.
    pub keep: Duration,
    /// Whose.
    pub authors: Authors,
}

/// Whose messages a retention takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authors {
    /// Everybody's.
    Everybody,
    /// Those of people we have nothing to do with: no case, no fact, no transaction and no claim names their account.
    Strangers,
}

/// What one step of a retention did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retained {
    /// Messages that lost words and author in this step.
    pub messages: u64,
    /// Whether there may be more: then call again.
    pub more: bool,
    /// Whether it is out of the files as well.
    pub state: Scrub,
}

/// Takes the words and the author out of messages that are older than they are kept, the oldest first, at most `limit`
/// of them. Call it again while there is more; when there is nothing, nothing is changed.
///
/// Accounts, facts and cases are no messages and stay; a case's first message and a response's are known by a hash then.
///
/// ```
/// use chrono::Duration;
/// use scrm_core::model::{Source, Tenant};
/// use scrm_core::record::MemoryStore;
/// use scrm_core::record::erase::retention::{Authors, Retention, retain};
/// let source = Source::new("x").unwrap();
/// let rule = Retention { source, keep: Duration::days(90), authors: Authors::Strangers };
/// let now = "2026-11-02T08:00:00Z".parse().unwrap();
/// let done = retain(&mut MemoryStore::new(), &Tenant::default(), &rule, 1000, now).unwrap();
/// assert!(done.messages == 0 && !done.more);
/// ```
///
/// # Errors
/// When the store cannot be read or written. Nothing of the step is done then.
pub fn retain(
    store: &mut dyn Store,
    tenant: &Tenant,
    rule: &Retention,
    limit: usize,
    now: DateTime<Utc>,
) -> Result<Retained, StoreError> {
    let Some(before) = now.checked_sub_signed(rule.keep) else {
        return Ok(Retained { messages: 0, more: false, state: Scrub::Done });
    };
    let strangers = rule.authors == Authors::Strangers;
    let query = OlderQuery { source: rule.source.clone(), before, strangers, limit };
    let mut messages = 0;
    store.rewrite(tenant, &mut |archive| {
        let old = archive.older(&query)?;
        messages = old.len();
        if old.is_empty() {
            return Ok(Rewrite::default());
        }
        let gone = Gone { messages: BTreeSet::from_iter(old), ..Gone::default() };
        let changes = plan::find(archive, &gone)?.changes;
        let erasure = Some(Erasure { identities: Vec::new(), at: now });
        Ok(Rewrite { changes, accounts: Vec::new(), erasure })
    })?;
    let state = if messages == 0 { Scrub::Done } else { store.scrub()? };
    Ok(Retained { messages: messages as u64, more: messages > 0 && messages == limit, state })
}
