//! Who has what influence as of a day?

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::graph::{Entry, InteractionGraph, InteractionKind};
use super::rank::{Edge, Effort, Ranked, rank};
use super::score::{ScorePart, parts};
use crate::model::IdentityKey;

/// How influence is computed.
#[derive(Debug, Clone, PartialEq)]
pub struct InfluenceSettings {
    /// How much of its rank an account passes on, between 0 and 1 (default 0.85, also for what is not between).
    pub damping: f64,
    /// Iteration stops when all ranks together change by no more (default 10⁻¹²).
    pub tolerance: f64,
    /// Iterations at most (default 200, more than the tolerance needs with this damping).
    pub iterations: u32,
    /// How many days count, that of the snapshot included; absent means all (the default).
    pub days: Option<u32>,
    /// Accounts known to be real, from which alone rank starts; empty means from all (the default). Those that do not
    /// stand in the graph are passed over, and when none does, rank starts from all.
    pub seeds: BTreeSet<IdentityKey>,
}

impl Default for InfluenceSettings {
    fn default() -> Self {
        Self { damping: 0.85, tolerance: 1e-12, iterations: 200, days: None, seeds: BTreeSet::new() }
    }
}

/// The influence of all accounts as of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InfluenceSnapshot {
    /// The last day that counts.
    pub as_of: NaiveDate,
    /// The first day that counts; absent means since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
    /// How much of its rank an account passes on.
    pub damping: f64,
    /// The rank of an account that nobody turns to, where rank starts from all; absent when nobody turned to anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<f64>,
    /// Seeds that stand in the graph; 0 when rank starts from all.
    pub seeds: u64,
    /// Iterations that were needed.
    pub iterations: u32,
    /// By how much all ranks together changed in the last one; more than the tolerance only when the iterations ran out.
    pub change: f64,
    /// By account.
    pub accounts: Vec<AccountInfluence>,
}

/// The influence of one account. What is absent is unknown, not zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountInfluence {
    /// Whose.
    pub account: IdentityKey,
    /// The sum of the points that are known, 0 to 100.
    pub score: f64,
    /// What the parts that are not known could add.
    pub unknown: f64,
    /// The parts of the score.
    pub parts: [ScorePart; 4],
    /// Followers, as last told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<u64>,
    /// Replies received; absent, like all that follows, when no interaction of those days names the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies: Option<Received>,
    /// Reposts received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reposts: Option<Received>,
    /// Mentions received; they count in the rank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mentions: Option<Received>,
    /// PageRank; over all accounts it sums to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_rank: Option<f64>,
}

/// What others did to an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// How often.
    pub interactions: u64,
    /// How many distinct accounts did; with seeds, of those that rank reaches.
    pub accounts: u64,
}

impl InfluenceSnapshot {
    /// The influence of one account.
    pub fn of(&self, account: &IdentityKey) -> Option<&AccountInfluence> {
        let at = self.accounts.binary_search_by(|known| known.account.cmp(account)).ok()?;
        self.accounts.get(at)
    }

    /// The accounts of most influence first; equal ones by account.
    pub fn most(&self, n: usize) -> Vec<&AccountInfluence> {
        let mut all: Vec<&AccountInfluence> = self.accounts.iter().collect();
        all.sort_by(|x, y| y.score.total_cmp(&x.score).then_with(|| x.account.cmp(&y.account)));
        all.truncate(n);
        all
    }
}

impl InteractionGraph {
    /// The influence of every account as of a day; what is later does not count.
    ///
    /// ```
    /// use scrm_core::model::IdentityKey;
    /// use scrm_core::record::people::influence::{
    ///     InfluenceLimits, InfluenceSettings, Interaction, InteractionGraph, InteractionKind,
    /// };
    /// let account = |n: &str| IdentityKey { source: "x".parse().unwrap(), native_id: n.parse().unwrap() };
    /// let mut graph = InteractionGraph::new(InfluenceLimits::default());
    /// for fan in ["2", "3", "4"] {
    ///     let (from, to) = (account(fan), account("1"));
    ///     let at = "2026-11-02T08:00:00Z".parse().unwrap();
    ///     graph.add(&Interaction { from, to, kind: InteractionKind::Repost, at, weight: 1 }).unwrap();
    /// }
    /// let day = "2026-11-30".parse().unwrap();
    /// let snapshot = graph.snapshot(day, &InfluenceSettings::default());
    /// let top = snapshot.most(1)[0];
    /// assert_eq!(top.account, account("1"));
    /// assert_eq!((top.reposts.unwrap().accounts, top.reach), (3, None));
    /// assert_eq!(top.unknown, 10.0, "nobody said how many follow it");
    /// ```
    pub fn snapshot(&self, as_of: NaiveDate, settings: &InfluenceSettings) -> InfluenceSnapshot {
        self.compute(as_of, settings, None)
    }

    /// The same, beginning with the ranks of an earlier snapshot. When little has changed it takes fewer iterations;
    /// the ranks are those of [`Self::snapshot`] within `2 · tolerance · d/(1-d)`.
    pub fn snapshot_after(
        &self,
        earlier: &InfluenceSnapshot,
        as_of: NaiveDate,
        settings: &InfluenceSettings,
    ) -> InfluenceSnapshot {
        self.compute(as_of, settings, Some(earlier))
    }

    fn compute(
        &self,
        as_of: NaiveDate,
        settings: &InfluenceSettings,
        earlier: Option<&InfluenceSnapshot>,
    ) -> InfluenceSnapshot {
        let since =
            settings.days.and_then(|days| as_of.checked_sub_days(Days::new(days.max(1).into()))?.succ_opt());
        let within = Within::new(self, since, as_of);
        let edges: Vec<Edge> = within.pairs.iter().map(Pair::edge).collect();
        let seeds: Vec<u32> = (0..)
            .zip(&within.accounts)
            .filter(|(_, key)| settings.seeds.contains(*key))
            .map(|(at, _)| at)
            .collect();
        let start = earlier.map(|earlier| within.ranks_of(earlier));
        let damping = if settings.damping > 0.0 && settings.damping < 1.0 { settings.damping } else { 0.85 };
        let effort = Effort { damping, tolerance: settings.tolerance, iterations: settings.iterations };
        let ranked = rank(within.accounts.len(), &edges, &seeds, start, effort);
        let mut accounts = within.influence(&ranked, |key| self.reach(key, as_of));
        accounts.extend(self.only_followed(&within, as_of));
        accounts.sort_by(|x, y| x.account.cmp(&y.account));
        InfluenceSnapshot {
            as_of,
            since,
            damping,
            unit: (!within.accounts.is_empty()).then_some(ranked.unit),
            seeds: seeds.len() as u64,
            iterations: ranked.iterations,
            change: if within.accounts.is_empty() { 0.0 } else { ranked.change },
            accounts,
        }
    }

    /// Accounts of which nothing but their followers is known.
    fn only_followed(&self, within: &Within<'_>, as_of: NaiveDate) -> Vec<AccountInfluence> {
        let mut followed: Vec<u32> = self.followed().collect();
        followed.dedup();
        let others = followed.into_iter().filter_map(|account| {
            let key = self.key(account).filter(|key| within.accounts.binary_search(key).is_err())?;
            Some(AccountInfluence::new(key, None, Some(self.followers_on(account, as_of)?)))
        });
        others.collect()
    }
}

/// What happened within some days, over accounts numbered in their order.
struct Within<'a> {
    accounts: Vec<&'a IdentityKey>,
    /// By whom it was done to, then by who did it.
    pairs: Vec<Pair>,
}

/// All that one account did to another.
struct Pair {
    to: u32,
    from: u32,
    replies: u64,
    reposts: u64,
    mentions: u64,
}

impl Pair {
    fn edge(&self) -> Edge {
        let often = |n: u64| (n as f64).ln_1p();
        let weight = often(self.replies) + often(self.reposts) + 0.5 * often(self.mentions);
        Edge { from: self.from, to: self.to, weight }
    }

    fn add(&mut self, entry: &Entry) {
        let n = match entry.kind {
            InteractionKind::Reply => &mut self.replies,
            InteractionKind::Repost => &mut self.reposts,
            InteractionKind::Mention => &mut self.mentions,
        };
        *n = n.saturating_add(entry.n);
    }
}

impl<'a> Within<'a> {
    fn new(graph: &'a InteractionGraph, since: Option<NaiveDate>, as_of: NaiveDate) -> Self {
        let days = since.map_or(i32::MIN, |day| day.num_days_from_ce())..=as_of.num_days_from_ce();
        let entries: Vec<&Entry> = graph.entries.iter().filter(|entry| days.contains(&entry.day)).collect();
        let mut used: Vec<u32> = entries.iter().flat_map(|entry| [entry.to, entry.from]).collect();
        used.sort_unstable();
        used.dedup();
        let mut named: Vec<(&IdentityKey, u32)> =
            used.iter().filter_map(|account| Some((graph.key(*account)?, *account))).collect();
        named.sort();
        let mut numbers: Vec<(u32, u32)> =
            (0..).zip(&named).map(|(number, (_, account))| (*account, number)).collect();
        numbers.sort_unstable();
        let number = |account: u32| {
            let at = numbers.binary_search_by_key(&account, |(account, _)| *account).ok()?;
            numbers.get(at).map(|(_, number)| *number)
        };
        let mut among: Vec<(u32, u32, &Entry)> = entries
            .into_iter()
            .filter_map(|entry| Some((number(entry.to)?, number(entry.from)?, entry)))
            .collect();
        among.sort_unstable_by_key(|(to, from, _)| (*to, *from));
        let mut pairs: Vec<Pair> = Vec::new();
        for (to, from, entry) in among {
            match pairs.last_mut().filter(|pair| (pair.to, pair.from) == (to, from)) {
                Some(pair) => pair.add(entry),
                None => {
                    let mut pair = Pair { to, from, replies: 0, reposts: 0, mentions: 0 };
                    pair.add(entry);
                    pairs.push(pair);
                }
            }
        }
        Self { accounts: named.into_iter().map(|(key, _)| key).collect(), pairs }
    }

    /// The ranks that an earlier snapshot gave; an account that it does not know begins with an even share.
    fn ranks_of(&self, earlier: &InfluenceSnapshot) -> Vec<f64> {
        let even = 1.0 / self.accounts.len().max(1) as f64;
        let known =
            |key: &&IdentityKey| earlier.of(key).and_then(|account| account.page_rank).unwrap_or(even);
        self.accounts.iter().map(known).collect()
    }

    fn influence(
        &self,
        ranked: &Ranked,
        reach: impl Fn(&IdentityKey) -> Option<u64>,
    ) -> Vec<AccountInfluence> {
        let of = |account: u32| ranked.rank.get(account as usize).copied().unwrap_or(0.0);
        let mut pairs = self.pairs.iter().peekable();
        let mut all = Vec::with_capacity(self.accounts.len());
        for (number, key) in (0..).zip(&self.accounts) {
            let mut done = Done { page_rank: of(number), units: of(number) / ranked.unit, ..Done::default() };
            while let Some(pair) = pairs.next_if(|pair| pair.to == number) {
                let counts = of(pair.from) > 0.0;
                done.replies.count(pair.replies, counts);
                done.reposts.count(pair.reposts, counts);
                done.mentions.count(pair.mentions, counts);
            }
            all.push(AccountInfluence::new(key, Some(done), reach(key)));
        }
        all
    }
}

/// What the interactions say of one account.
#[derive(Debug, Clone, Copy, Default)]
struct Done {
    page_rank: f64,
    units: f64,
    replies: Received,
    reposts: Received,
    mentions: Received,
}

impl Received {
    fn count(&mut self, n: u64, counts: bool) {
        self.interactions = self.interactions.saturating_add(n);
        self.accounts += u64::from(n > 0 && counts);
    }
}

impl AccountInfluence {
    fn new(account: &IdentityKey, done: Option<Done>, reach: Option<u64>) -> Self {
        let parts = parts(
            done.map(|done| done.units),
            done.map(|done| done.reposts.accounts),
            done.map(|done| done.replies.accounts),
            reach,
        );
        Self {
            account: account.clone(),
            score: parts.iter().filter_map(|part| part.points).sum::<f64>().clamp(0.0, 100.0),
            unknown: parts.iter().filter(|part| part.points.is_none()).map(|part| part.most).sum(),
            parts,
            reach,
            replies: done.map(|done| done.replies),
            reposts: done.map(|done| done.reposts),
            mentions: done.map(|done| done.mentions),
            page_rank: done.map(|done| done.page_rank),
        }
    }
}
