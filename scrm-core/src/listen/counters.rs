//! Which monitors cost the most? Counted only when somebody asks.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::listener::Listener;
use super::segment::Segment;
use crate::query::Document;

/// What each monitor has cost: kept by the host, filled by [`Listener::count`], from one thread; merge those of many.
#[derive(Debug, Clone, Default)]
pub struct Counters {
    /// By where the segment lies; it is held, so that no other can lie there.
    segments: BTreeMap<usize, Counted>,
    messages: u64,
}

#[derive(Debug, Clone)]
struct Counted {
    segment: Arc<Segment>,
    /// By query: how often it was looked at, and how often it held.
    looked: Vec<u32>,
    held: Vec<u32>,
}

/// What one monitor has cost. Monitors with the same query are looked at together and have the same figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonitorCost {
    /// The monitor.
    pub id: String,
    /// Messages for which it was looked at.
    pub looked: u64,
    /// Messages that it matched.
    pub held: u64,
    /// An upper bound of the steps that took: looks, times the words of its code.
    pub steps: u64,
}

impl Listener {
    /// The ids of the monitors that match a message, as [`Listener::matches`] gives them, counting what each one cost.
    pub fn count<'l>(&'l self, document: &Document<'_>, counters: &mut Counters) -> Vec<&'l str> {
        counters.messages += 1;
        let mut ids = Vec::new();
        for held in &self.0.held {
            let queries = held.segment.index.len();
            let counted = counters.segments.entry(Arc::as_ptr(&held.segment).addr()).or_insert_with(|| {
                Counted { segment: held.segment.clone(), looked: vec![0; queries], held: vec![0; queries] }
            });
            let scan = held.segment.index.scan(document);
            let mut looked = Vec::new();
            scan.candidates(&mut |query| looked.push(query));
            looked.sort_unstable();
            looked.dedup();
            for query in looked {
                add(&mut counted.looked, query, 1);
                if scan.holds(query) {
                    add(&mut counted.held, query, 1);
                    let monitors = held.segment.monitors_of(query).filter(|monitor| held.listens(*monitor));
                    ids.extend(monitors.map(|monitor| held.segment.name(monitor)));
                }
            }
        }
        ids.sort_unstable();
        ids
    }
}

fn add(counts: &mut [u32], query: u32, more: u32) {
    if let Some(count) = counts.get_mut(query as usize) {
        *count = count.saturating_add(more);
    }
}

impl Counters {
    /// Nothing counted yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Messages that were counted for.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        self.messages += other.messages;
        for (at, more) in &other.segments {
            match self.segments.get_mut(at) {
                None => drop(self.segments.insert(*at, more.clone())),
                Some(counted) => {
                    for (query, (looked, held)) in (0u32..).zip(more.looked.iter().zip(&more.held)) {
                        add(&mut counted.looked, query, *looked);
                        add(&mut counted.held, query, *held);
                    }
                }
            }
        }
    }

    /// The monitors that took the most steps, at most `most` of them.
    pub fn slowest(&self, most: usize) -> Vec<MonitorCost> {
        let mut costs: Vec<MonitorCost> = Vec::new();
        for counted in self.segments.values() {
            for (query, (looked, held)) in (0u32..).zip(counted.looked.iter().zip(&counted.held)) {
                if *looked == 0 {
                    continue;
                }
                let steps = u64::from(*looked) * counted.segment.index.cost(query as usize) as u64;
                costs.extend(counted.segment.monitors_of(query).map(|monitor| MonitorCost {
                    id: counted.segment.name(monitor).to_owned(),
                    looked: u64::from(*looked),
                    held: u64::from(*held),
                    steps,
                }));
            }
        }
        costs.sort_by(|a, b| b.steps.cmp(&a.steps).then_with(|| a.id.cmp(&b.id)));
        costs.truncate(most);
        costs
    }
}
