//! What did the record say of a message when its log was shorter?

use std::ops::ControlFlow;

use super::fold::{Rank, label_order};
use super::{Entry, Store, StoreError};
use crate::model::{Event, MessageKey, PersonLabel, Tenant};

/// A message as it was when the log ended with the event `upto`; `None` when it was not there yet.
///
/// # Errors
/// When the store cannot be read.
pub fn entry_as_of<S: Store + ?Sized>(
    store: &mut S,
    tenant: &Tenant,
    key: &MessageKey,
    upto: u64,
) -> Result<Option<Entry>, StoreError> {
    let mut versions = 0;
    let mut current: Option<(Rank, Entry)> = None;
    let mut labels: Vec<PersonLabel> = Vec::new();
    store.citing(tenant, std::slice::from_ref(key), &mut |seq, event| {
        if seq > upto {
            return ControlFlow::Break(());
        }
        match event {
            Event::Captured { message, assessment } if message.key() == *key => {
                versions += 1;
                let rank = Rank::of(&message, &message.version());
                if current.as_ref().is_none_or(|(best, _)| *best < rank) {
                    let entry = Entry { message: *message, assessment: *assessment, versions: 1 };
                    current = Some((rank, entry));
                }
            }
            Event::Labelled { label } if label.message == *key => labels.push(*label),
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    labels.sort_by_cached_key(label_order);
    Ok(current.map(|(_, mut entry)| {
        entry.versions = versions;
        labels.iter().for_each(|label| entry.assessment.relabel(label));
        entry
    }))
}
