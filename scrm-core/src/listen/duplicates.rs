//! Has this been said before? Reposts, copies, and posts of nearly the same words.
//!
//! Read [`Duplicates`] first. It remembers so many messages and no more, reads no clock and draws no random number: the
//! same messages in the same order give the same groups.
//!
//! Near copies are found by one-permutation MinHash with optimal densification (Shrivastava, "Optimal Densification for
//! Fast and Accurate Minwise Hashing", 2017) over pairs of neighbouring words: 64 minima in 16 bands of four. What
//! shares a band is compared by the 32 smallest pairs of both (bottom-k; of posts up to 33 words, that is all of them).

use chrono::TimeDelta;

use crate::model::{ExternalId, Message, MessageKey};
use crate::text::Text;

mod sketch;
mod table;

use sketch::{Reader, Sketch};
use table::Table;

/// What counts as a duplicate, and how much is remembered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DuplicateSettings {
    /// Messages that are remembered, at most 2^20; about 200 bytes each.
    pub window: usize,
    /// An earlier message counts no longer when it was observed longer ago than this.
    pub age: Option<TimeDelta>,
    /// The share of common pairs of words (Jaccard) from which on two posts are nearly the same.
    pub threshold: f32,
    /// Words below which only an exact copy counts.
    pub min_words: usize,
}

impl Default for DuplicateSettings {
    fn default() -> Self {
        Self { window: 100_000, age: None, threshold: 0.8, min_words: 6 }
    }
}

/// In what way a message is a duplicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DuplicateKind {
    /// The platform says that it passes another message on.
    Repost,
    /// The same words, but for links, handles before and hashtags behind.
    Exact,
    /// Nearly the same words.
    Near,
}

/// That a message repeats another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// The first message of the group.
    pub of: MessageKey,
    /// In what way.
    pub kind: DuplicateKind,
    /// Share of common pairs of words with the message it was found by; 1 for a repost or an exact copy.
    pub similarity: f32,
}

/// The messages of a while, in groups that say the same.
///
/// ```
/// use scrm_core::listen::{DuplicateKind, Duplicates, DuplicateSettings};
/// use scrm_core::model::Message;
/// use scrm_core::text::Text;
/// let mut duplicates = Duplicates::new(DuplicateSettings::default());
/// let mut observe = |id: &str, text: &str| {
///     let json = serde_json::json!({"source": "x", "external_id": id, "kind": "post", "visibility": "public",
///         "text": text, "times": {"created": "2026-11-02T08:14:00Z"}});
///     let message: Message = serde_json::from_value(json).unwrap();
///     duplicates.observe(&message, &Text::new(message.text())).map(|found| (found.of.external_id.to_string(), found.kind))
/// };
/// assert_eq!(observe("1", "Win a free phone now, just follow this link https://a.example"), None);
/// let copy = observe("2", "@you Win a free phone now! Just follow this link https://b.example #win");
/// assert_eq!(copy, Some(("1".to_owned(), DuplicateKind::Exact)));
/// let edited = observe("3", "win a free phone now, just follow this link, friends");
/// assert_eq!(edited, Some(("1".to_owned(), DuplicateKind::Near)));
/// assert_eq!(observe("4", "My new phone is broken, where do I get it repaired?"), None);
/// ```
#[derive(Debug)]
pub struct Duplicates {
    settings: DuplicateSettings,
    /// A ring: message number `n` stands at `n % window`.
    entries: Vec<Entry>,
    observed: usize,
    by_key: Table,
    by_words: Table,
    by_band: Table,
    reader: Reader,
}

/// What is kept of a message.
#[derive(Debug)]
struct Entry {
    first: MessageKey,
    sketch: Sketch,
    /// Half of the hash of its own key, and of its words.
    key: u32,
    words: u32,
    /// Seconds since 1970.
    seconds: u32,
}

impl Duplicates {
    /// Remembers nothing yet; what it will take is taken at once, but for the messages' ids.
    pub fn new(settings: DuplicateSettings) -> Self {
        let window = settings.window.clamp(1, 1 << 20);
        let table = |slots: usize| Table::new(slots * window, window);
        Self {
            settings: DuplicateSettings { window, ..settings },
            entries: Vec::new(),
            observed: 0,
            by_key: table(3),
            by_words: table(3),
            by_band: table(16),
            reader: Reader::default(),
        }
    }

    /// Takes note of a message, and says whether it repeats an earlier one. `text` is its text, cut into tokens.
    ///
    /// A newer version of a message is no duplicate of itself. The cost grows with the text alone.
    pub fn observe(&mut self, message: &Message, text: &Text<'_>) -> Option<Duplicate> {
        let now = u32::try_from(message.times().observed.timestamp()).unwrap_or_default();
        let own = hash_of(message, message.external_id());
        let words = self.reader.read(text, self.settings.min_words);
        let found = match &message.thread().repost_of {
            Some(original) => Some(self.repost(message, original, now)),
            None => words.and_then(|words| self.exact(words, now)).or_else(|| self.near(now)),
        };
        let first = found.as_ref().map_or_else(|| message.key(), |found| found.of.clone());
        if words.is_some() || message.thread().repost_of.is_some() {
            self.remember(Entry {
                first,
                sketch: self.reader.sketch(),
                key: own as u32,
                words: words.unwrap_or_default() as u32,
                seconds: now,
            });
            let at = (self.observed - 1) % self.settings.window;
            self.by_key.insert(own, at);
            if let Some(words) = words {
                self.by_words.insert(words, at);
            }
            for band in self.reader.bands() {
                self.by_band.insert(*band, at);
            }
        }
        found.filter(|found| {
            found.of.external_id != *message.external_id() || found.of.source != *message.source()
        })
    }

    /// Bytes that the window takes when it is full, but for the messages' ids.
    pub fn memory(&self) -> usize {
        let tables = [&self.by_key, &self.by_words, &self.by_band];
        self.settings.window * size_of::<Entry>() + tables.iter().map(|table| table.memory()).sum::<usize>()
    }

    fn repost(&self, message: &Message, original: &ExternalId, now: u32) -> Duplicate {
        let hash = hash_of(message, original);
        let known = self.by_key.find(hash).filter_map(|at| self.fresh(at, now));
        let of = known.filter(|entry| entry.key == hash as u32).map(|entry| entry.first.clone()).next();
        let of = of.unwrap_or_else(|| MessageKey {
            source: message.source().clone(),
            external_id: original.clone(),
        });
        Duplicate { of, kind: DuplicateKind::Repost, similarity: 1.0 }
    }

    fn exact(&self, words: u64, now: u32) -> Option<Duplicate> {
        let same = self.by_words.find(words).filter_map(|at| self.fresh(at, now));
        let entry = same.filter(|entry| entry.words == words as u32).last()?;
        Some(Duplicate { of: entry.first.clone(), kind: DuplicateKind::Exact, similarity: 1.0 })
    }

    /// The most similar of those that share a band.
    fn near(&self, now: u32) -> Option<Duplicate> {
        let sketch = self.reader.sketch();
        let mut best: Option<(f32, &Entry)> = None;
        let mut seen = usize::MAX;
        for at in self.reader.bands().iter().flat_map(|band| self.by_band.find(*band)) {
            if at == seen {
                continue;
            }
            seen = at;
            let Some(entry) = self.fresh(at, now) else { continue };
            let similarity = sketch.similarity(&entry.sketch);
            if similarity >= self.settings.threshold && best.is_none_or(|(most, _)| similarity > most) {
                best = Some((similarity, entry));
            }
        }
        let (similarity, entry) = best?;
        Some(Duplicate { of: entry.first.clone(), kind: DuplicateKind::Near, similarity })
    }

    fn fresh(&self, at: usize, now: u32) -> Option<&Entry> {
        let entry = self.entries.get(at)?;
        let apart = i64::from(now.abs_diff(entry.seconds));
        self.settings.age.is_none_or(|age| apart <= age.num_seconds()).then_some(entry)
    }

    fn remember(&mut self, entry: Entry) {
        match self.entries.get_mut(self.observed % self.settings.window) {
            Some(oldest) => *oldest = entry,
            None => self.entries.push(entry),
        }
        self.observed += 1;
    }
}

fn hash_of(message: &Message, id: &ExternalId) -> u64 {
    sketch::hash(id.as_str().as_bytes(), sketch::hash(message.source().as_str().as_bytes(), 0))
}

#[cfg(test)]
mod tests;
