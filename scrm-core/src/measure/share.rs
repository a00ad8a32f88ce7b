//! Who is spoken of? Share of voice: each brand's part of all mentions, by messages and by authors.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::sentiment::{self, NetSentiment};
use crate::model::{Brand, IdentityKey};
use crate::record::Entry;

/// One brand's share of voice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShareOfVoice {
    /// The brand's id.
    pub brand: Brand,
    /// Its name.
    pub name: String,
    /// Messages that name it; one that names two brands counts for both.
    pub mentions: u64,
    /// Distinct authors of those messages.
    pub authors: u64,
    /// Percent of all mentions of all brands.
    pub share: f64,
    /// How those messages feel.
    pub sentiment: NetSentiment,
}

#[derive(Debug, Clone, Default)]
struct One {
    mentions: u64,
    authors: BTreeSet<IdentityKey>,
    sentiment: sentiment::Tally,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Tally(BTreeMap<Brand, One>);

impl Tally {
    pub(super) fn entry(&mut self, entry: &Entry) {
        for brand in &entry.assessment.hits.brands {
            let one = self.0.entry(brand.clone()).or_default();
            one.mentions += 1;
            one.authors.extend(entry.message.author_key().cloned());
            one.sentiment.entry(entry);
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        for (brand, theirs) in other.0 {
            let ours = self.0.entry(brand).or_default();
            ours.mentions += theirs.mentions;
            ours.authors.extend(theirs.authors);
            ours.sentiment.join(&theirs.sentiment);
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of messages are far below 2^52")]
    pub(super) fn measure(&self, name: &dyn Fn(&str) -> String) -> Vec<ShareOfVoice> {
        let all: u64 = self.0.values().map(|one| one.mentions).sum();
        let share = |(brand, one): (&Brand, &One)| ShareOfVoice {
            brand: brand.clone(),
            name: name(brand.as_str()),
            mentions: one.mentions,
            authors: one.authors.len() as u64,
            share: 100.0 * one.mentions as f64 / all.max(1) as f64,
            sentiment: one.sentiment.measure(),
        };
        let mut shares: Vec<ShareOfVoice> = self.0.iter().map(share).collect();
        shares.sort_by(|a, b| b.mentions.cmp(&a.mentions).then_with(|| a.brand.cmp(&b.brand)));
        shares
    }
}
