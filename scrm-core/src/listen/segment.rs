//! Where do monitors lie once compiled? In segments: an index, the monitors' names, and what belongs to them.
//!
//! A segment never changes. Monitors with the same query share its code; monitors are numbered in the order of their ids.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::ListenError;
use crate::model::{Brand, Limits, Tenant};
use crate::query::{Index, IndexBuilder, Query};
use crate::text::Frequencies;

/// What belongs to a monitor besides its query.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Profile {
    /// The brand whose mention it finds.
    pub brand: Option<Brand>,
    /// Whose it is, where several share a listener.
    pub tenant: Option<Tenant>,
    /// What its owner calls it by; handed on with each match.
    pub tags: BTreeSet<String>,
}

/// Monitors, compiled together.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) index: Index,
    pub(super) names: Names,
    /// By monitor: its query, its profile, and the version it came with.
    pub(super) queries: Vec<u32>,
    pub(super) profiles: Vec<u32>,
    pub(super) versions: Vec<u32>,
    pub(super) kinds: Vec<Profile>,
    /// By query: where its monitors begin in `monitors`; absent when each query is one monitor's, in their order.
    shared: Option<Shared>,
}

#[derive(Debug)]
struct Shared {
    starts: Vec<u32>,
    monitors: Vec<u32>,
}

/// Names behind one another, in order.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) bytes: String,
    pub(super) starts: Vec<u32>,
}

impl Names {
    fn get(&self, number: usize) -> Option<&str> {
        let (from, to) = (self.starts.get(number)?, self.starts.get(number + 1)?);
        self.bytes.get(*from as usize..*to as usize)
    }

    fn push(&mut self, name: &str) -> Result<(), ListenError> {
        self.bytes.try_reserve(name.len())?;
        self.starts.try_reserve(2)?;
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.bytes.push_str(name);
        self.starts.push(u32::try_from(self.bytes.len()).map_err(|_| ListenError::TooLarge)?);
        Ok(())
    }

    fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }
}

impl Segment {
    /// How many monitors it holds.
    pub(super) fn len(&self) -> usize {
        self.queries.len()
    }

    pub(super) fn name(&self, monitor: u32) -> &str {
        self.names.get(monitor as usize).unwrap_or_default()
    }

    /// The monitor of that name.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.names.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.names.get(middle)?.cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return u32::try_from(middle).ok(),
            }
        }
        None
    }

    pub(super) fn query_of(&self, monitor: u32) -> u32 {
        self.queries.get(monitor as usize).copied().unwrap_or(u32::MAX)
    }

    pub(super) fn version_of(&self, monitor: u32) -> u32 {
        self.versions.get(monitor as usize).copied().unwrap_or(0)
    }

    pub(super) fn profile_of(&self, monitor: u32) -> Option<&Profile> {
        self.kinds.get(*self.profiles.get(monitor as usize)? as usize)
    }

    /// The monitors that have a query.
    pub(super) fn monitors_of(&self, query: u32) -> impl Iterator<Item = u32> {
        let (one, many) = match &self.shared {
            None => (Some(query), &[][..]),
            Some(shared) => {
                let at = |number: usize| shared.starts.get(number).copied().unwrap_or(0) as usize;
                let range = at(query as usize)..at(query as usize + 1);
                (None, shared.monitors.get(range).unwrap_or_default())
            }
        };
        one.into_iter().chain(many.iter().copied())
    }

    /// The query of a monitor, read back.
    pub(super) fn query(&self, monitor: u32) -> Option<Query> {
        self.index.query(self.query_of(monitor) as usize)
    }

    /// Bytes that it takes.
    pub(super) fn memory(&self) -> usize {
        let shared = self.shared.as_ref();
        self.index.memory()
            + self.names.bytes.capacity()
            + (self.names.starts.capacity()
                + self.queries.capacity()
                + self.profiles.capacity()
                + self.versions.capacity()
                + shared.map_or(0, |shared| shared.starts.capacity() + shared.monitors.capacity()))
                * 4
            + self.kinds.iter().map(Profile::memory).sum::<usize>()
    }

    /// Bytes of one monitor: its name, numbers and code, the last shared with all that have the same query.
    pub(super) fn memory_of(&self, monitor: u32) -> usize {
        let query = self.query_of(monitor);
        let sharing = self.monitors_of(query).count().max(1);
        self.name(monitor).len() + 16 + self.index.cost(query as usize) * 4 / sharing
    }
}

impl Segment {
    /// Of its columns, when they fit together.
    pub(super) fn of_columns(
        index: Index,
        bytes: String,
        starts: Vec<u32>,
        columns: [Vec<u32>; 3],
        kinds: Vec<Profile>,
    ) -> Option<Self> {
        let names = Names { bytes, starts };
        let [queries, profiles, versions] = columns;
        let as_many = [profiles.len(), versions.len(), names.len()].iter().all(|len| *len == queries.len());
        let known = queries.iter().all(|query| (*query as usize) < index.len());
        let in_order =
            (1..names.len()).all(|at| names.get(at - 1).is_some() && names.get(at - 1) < names.get(at));
        let shared = shared(&queries, index.len()).ok()?;
        (as_many && known && in_order).then_some(Self {
            index,
            names,
            queries,
            profiles,
            versions,
            kinds,
            shared,
        })
    }
}

impl Profile {
    fn memory(&self) -> usize {
        size_of::<Self>()
            + self.brand.as_ref().map_or(0, |brand| brand.as_str().len() + 16)
            + self.tenant.as_ref().map_or(0, |tenant| tenant.as_str().len() + 16)
            + self.tags.iter().map(|tag| tag.len() + 32).sum::<usize>()
    }
}

/// Takes monitors in, one by one.
#[derive(Debug)]
pub(super) struct SegmentBuilder {
    index: IndexBuilder,
    names: Names,
    queries: Vec<u32>,
    profiles: Vec<u32>,
    versions: Vec<u32>,
    kinds: BTreeMap<Profile, u32>,
    in_order: bool,
}

impl SegmentBuilder {
    pub(super) fn new(limits: &Limits, frequencies: Option<&Arc<Frequencies>>) -> Self {
        Self {
            index: Index::builder(limits).frequencies(frequencies.cloned()),
            names: Names::default(),
            queries: Vec::new(),
            profiles: Vec::new(),
            versions: Vec::new(),
            kinds: BTreeMap::new(),
            in_order: true,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.queries.len()
    }

    pub(super) fn add(
        &mut self,
        name: &str,
        query: &Query,
        profile: &Profile,
        version: u32,
    ) -> Result<(), ListenError> {
        let query = self.index.add(query).map_err(|error| ListenError::Monitor(name.to_owned(), error))?;
        for column in [&mut self.queries, &mut self.profiles, &mut self.versions] {
            column.try_reserve(1)?;
        }
        self.in_order &= self.names.len().checked_sub(1).and_then(|last| self.names.get(last)) < Some(name);
        self.names.push(name)?;
        self.queries.push(query);
        self.versions.push(version);
        let kind = match self.kinds.get(profile) {
            Some(kind) => *kind,
            None => {
                let next = u32::try_from(self.kinds.len()).map_err(|_| ListenError::TooLarge)?;
                self.kinds.insert(profile.clone(), next);
                next
            }
        };
        self.profiles.push(kind);
        Ok(())
    }

    pub(super) fn build(self) -> Result<Segment, ListenError> {
        let Self { index, mut names, mut queries, mut profiles, mut versions, kinds, in_order } = self;
        if !in_order {
            let mut order: Vec<u32> = Vec::new();
            order.try_reserve_exact(queries.len())?;
            order.extend((0u32..).take(queries.len()));
            order.sort_unstable_by_key(|number| names.get(*number as usize));
            let same = order.windows(2).find_map(|two| match two {
                [a, b] if names.get(*a as usize) == names.get(*b as usize) => names.get(*a as usize),
                _ => None,
            });
            if let Some(name) = same {
                return Err(ListenError::Twice(name.to_owned()));
            }
            let mut ordered = Names::default();
            for number in &order {
                ordered.push(names.get(*number as usize).unwrap_or_default())?;
            }
            names = ordered;
            for column in [&mut queries, &mut profiles, &mut versions] {
                let mut ordered: Vec<u32> = Vec::new();
                ordered.try_reserve_exact(column.len())?;
                ordered.extend(order.iter().map(|number| column.get(*number as usize).copied().unwrap_or(0)));
                *column = ordered;
            }
        }
        names.bytes.shrink_to_fit();
        names.starts.shrink_to_fit();
        for column in [&mut queries, &mut profiles, &mut versions] {
            column.shrink_to_fit();
        }
        let index = index.build().map_err(ListenError::Index)?;
        let shared = shared(&queries, index.len())?;
        let mut profiles_in_order: Vec<(u32, Profile)> =
            kinds.into_iter().map(|(profile, number)| (number, profile)).collect();
        profiles_in_order.sort_unstable_by_key(|(number, _)| *number);
        let kinds = profiles_in_order.into_iter().map(|(_, profile)| profile).collect();
        Ok(Segment { index, names, queries, profiles, versions, kinds, shared })
    }
}

/// Which monitors have each query; `None` when each has its own, in the same order.
fn shared(queries: &[u32], n_queries: usize) -> Result<Option<Shared>, ListenError> {
    if queries.iter().zip(0u32..).all(|(query, number)| *query == number) {
        return Ok(None);
    }
    let mut starts: Vec<u32> = Vec::new();
    starts.try_reserve_exact(n_queries + 1)?;
    starts.resize(n_queries + 1, 0);
    for query in queries {
        if let Some(count) = starts.get_mut(*query as usize + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut next = starts.clone();
    let mut monitors: Vec<u32> = Vec::new();
    monitors.try_reserve_exact(queries.len())?;
    monitors.resize(queries.len(), 0);
    for (query, monitor) in queries.iter().zip(0u32..) {
        if let Some(at) = next.get_mut(*query as usize) {
            if let Some(slot) = monitors.get_mut(*at as usize) {
                *slot = monitor;
            }
            *at += 1;
        }
    }
    Ok(Some(Shared { starts, monitors }))
}
