//! Who turned to whom, when and how often? Interactions added up by day.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::model::IdentityKey;

/// How somebody turns to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InteractionKind {
    /// Answers or comments on a message of theirs.
    Reply,
    /// Passes a message of theirs on.
    Repost,
    /// Names them.
    Mention,
}

/// One account turned to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interaction {
    /// Who.
    pub from: IdentityKey,
    /// To whom.
    pub to: IdentityKey,
    /// How.
    pub kind: InteractionKind,
    /// When; its day in UTC counts.
    pub at: DateTime<Utc>,
    /// How many interactions it stands for: 1, unless the caller counted before.
    pub weight: u32,
}

/// How much a graph holds at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InfluenceLimits {
    /// Accounts (default 2,000,000).
    pub accounts: usize,
    /// Pairs of accounts by kind and day, 24 bytes each (default 20,000,000). Looked at whenever equal ones are added up,
    /// so up to half as many more may be held for a while.
    pub entries: usize,
}

impl Default for InfluenceLimits {
    fn default() -> Self {
        Self { accounts: 2_000_000, entries: 20_000_000 }
    }
}

/// A graph that is full. What was to be added was not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the graph holds {limit} {what}, which is its limit")]
pub struct InfluenceError {
    what: &'static str,
    limit: usize,
}

/// Who turned to whom, by day.
///
/// What a graph holds depends on what it was told and not on the order, and two graphs [merge](Self::merge) to what one
/// would hold that was told both: parts of a record can be read by many and put together. Each interaction counts as often
/// as it is told; a record holds each once.
#[derive(Debug, Clone)]
pub struct InteractionGraph {
    limits: InfluenceLimits,
    keys: Vec<IdentityKey>,
    /// Looked up, never gone through: the order of a hash table shows nowhere.
    index: HashMap<IdentityKey, u32>,
    pub(super) entries: Vec<Entry>,
    /// Of `entries`, how many are sorted and added up.
    compact: usize,
    followers: BTreeMap<(u32, NaiveDate), u64>,
    to_self: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) to: u32,
    pub(super) from: u32,
    pub(super) day: i32,
    pub(super) kind: InteractionKind,
    pub(super) n: u64,
}

impl InteractionGraph {
    /// Nobody yet, within the limits given.
    pub fn new(limits: InfluenceLimits) -> Self {
        Self {
            limits,
            keys: Vec::new(),
            index: HashMap::new(),
            entries: Vec::new(),
            compact: 0,
            followers: BTreeMap::new(),
            to_self: 0,
        }
    }

    /// Adds an interaction. One of an account with itself is only [counted](Self::to_self).
    ///
    /// # Errors
    /// When the graph is full.
    pub fn add(&mut self, interaction: &Interaction) -> Result<(), InfluenceError> {
        let Interaction { from, to, kind, at, weight } = interaction;
        if from == to {
            self.to_self = self.to_self.saturating_add((*weight).into());
            return Ok(());
        }
        if *weight == 0 {
            return Ok(());
        }
        self.room(&[from, to])?;
        let (to, from) = (self.enter(to), self.enter(from));
        self.push(Entry {
            to,
            from,
            day: at.date_naive().num_days_from_ce(),
            kind: *kind,
            n: (*weight).into(),
        });
        Ok(())
    }

    /// Takes note of how many followers an account had on a day. Of two counts of one day the greater one stands.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn followers(
        &mut self,
        account: &IdentityKey,
        followers: u64,
        day: NaiveDate,
    ) -> Result<(), InfluenceError> {
        self.room(&[account])?;
        let account = self.enter(account);
        self.followers.entry((account, day)).and_modify(|n| *n = followers.max(*n)).or_insert(followers);
        Ok(())
    }

    /// Adds all that another graph holds.
    ///
    /// # Errors
    /// When the two together are more than this graph may hold; nothing is added then.
    pub fn merge(&mut self, other: &Self) -> Result<(), InfluenceError> {
        self.room(&other.keys.iter().collect::<Vec<_>>())?;
        let now: Vec<u32> = other.keys.iter().map(|key| self.enter(key)).collect();
        let here = |account: u32| now.get(account as usize).copied();
        for entry in &other.entries {
            if let (Some(to), Some(from)) = (here(entry.to), here(entry.from)) {
                self.push(Entry { to, from, ..*entry });
            }
        }
        for ((account, day), n) in &other.followers {
            if let Some(account) = here(*account) {
                self.followers.entry((account, *day)).and_modify(|m| *m = (*n).max(*m)).or_insert(*n);
            }
        }
        self.to_self = self.to_self.saturating_add(other.to_self);
        Ok(())
    }

    /// Forgets the interactions of all days before `day`, and the accounts that nothing else tells of. Follower counts
    /// before it are forgotten where there is a later one on or before it.
    pub fn forget_before(&mut self, day: NaiveDate) {
        let mut kept = Self::new(self.limits);
        kept.to_self = self.to_self;
        let first = day.num_days_from_ce();
        for entry in self.entries.iter().filter(|entry| entry.day >= first) {
            if let (Some(to), Some(from)) = (self.key(entry.to), self.key(entry.from)) {
                let (to, from) = (kept.enter(to), kept.enter(from));
                kept.push(Entry { to, from, ..*entry });
            }
        }
        for ((account, of), n) in &self.followers {
            // The last count of the days before stands on that day.
            let next = self.followers.range((*account, *of)..).nth(1);
            let is_last = next.is_none_or(|((other, next), _)| other != account || *next > day);
            if let Some(key) = self.key(*account).filter(|_| *of >= day || is_last) {
                let account = kept.enter(key);
                kept.followers.insert((account, *of), *n);
            }
        }
        *self = kept;
    }

    /// Interactions of accounts with themselves, which count for nothing.
    pub fn to_self(&self) -> u64 {
        self.to_self
    }

    pub(super) fn key(&self, account: u32) -> Option<&IdentityKey> {
        self.keys.get(account as usize)
    }

    /// The same of an account by its key.
    pub(super) fn reach(&self, key: &IdentityKey, day: NaiveDate) -> Option<u64> {
        self.followers_on(*self.index.get(key)?, day)
    }

    /// Followers as last told on or before a day.
    pub(super) fn followers_on(&self, account: u32, day: NaiveDate) -> Option<u64> {
        let known = self.followers.range((account, NaiveDate::MIN)..=(account, day)).next_back();
        known.map(|(_, n)| *n)
    }

    /// The accounts of which follower counts are known, in no order that says anything.
    pub(super) fn followed(&self) -> impl Iterator<Item = u32> {
        self.followers.keys().map(|(account, _)| *account)
    }

    fn room(&self, keys: &[&IdentityKey]) -> Result<(), InfluenceError> {
        if self.compact >= self.limits.entries {
            return Err(InfluenceError { what: "pairs by kind and day", limit: self.limits.entries });
        }
        let limit = self.limits.accounts.min(u32::MAX as usize);
        if self.keys.len() + keys.len() > limit {
            let new = keys.iter().filter(|key| !self.index.contains_key(**key)).count();
            if self.keys.len() + new > limit {
                return Err(InfluenceError { what: "accounts", limit });
            }
        }
        Ok(())
    }

    /// The number of an account. Numbers fit, for there is [room](Self::room).
    fn enter(&mut self, key: &IdentityKey) -> u32 {
        if let Some(account) = self.index.get(key) {
            return *account;
        }
        let account = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        self.keys.push(key.clone());
        self.index.insert(key.clone(), account);
        account
    }

    fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
        if self.entries.len() >= self.compact + (self.compact / 2).max(1_024) {
            add_up(&mut self.entries);
            self.compact = self.entries.len();
        }
    }
}

/// Sorts entries and makes one of those that differ in their number alone.
fn add_up(entries: &mut Vec<Entry>) {
    entries.sort();
    entries.dedup_by(|entry, sum| {
        let is_one = (sum.to, sum.from, sum.day, sum.kind) == (entry.to, entry.from, entry.day, entry.kind);
        if is_one {
            sum.n = sum.n.saturating_add(entry.n);
        }
        is_one
    });
}
