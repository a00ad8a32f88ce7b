//! Whose word has weight? The authors of the highest influence.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{IdentityKey, Influence};
use crate::record::Entry;

/// How many are shown.
const TOP: usize = 5;

/// One author whose word has weight.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Influencer {
    /// Whose account.
    pub identity: IdentityKey,
    /// The name people read.
    pub label: String,
    /// The highest influence one of their messages had, and what it was made of.
    pub influence: Influence,
    /// Their messages.
    pub messages: u64,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Tally(BTreeMap<IdentityKey, Influencer>);

impl Tally {
    pub(super) fn entry(&mut self, entry: &Entry) {
        let Some(author) = entry.message.author() else { return };
        let Some(influence) = &entry.assessment.classification.influence.value else { return };
        let fresh = Influencer {
            identity: author.key.clone(),
            label: super::noise::short(author.label()),
            influence: influence.clone(),
            messages: 1,
        };
        self.put(fresh);
    }

    fn put(&mut self, fresh: Influencer) {
        match self.0.get_mut(&fresh.identity) {
            None => {
                self.0.insert(fresh.identity.clone(), fresh);
            }
            Some(known) => {
                known.messages += fresh.messages;
                if fresh.influence.score > known.influence.score {
                    known.influence = fresh.influence;
                }
            }
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        other.0.into_values().for_each(|influencer| self.put(influencer));
    }

    pub(super) fn measure(&self) -> Vec<Influencer> {
        let mut ranked: Vec<&Influencer> = self.0.values().filter(|one| one.influence.score > 0.0).collect();
        ranked.sort_by(|a, b| {
            b.influence.score.total_cmp(&a.influence.score).then_with(|| a.identity.cmp(&b.identity))
        });
        ranked.into_iter().take(TOP).cloned().collect()
    }
}
