//! How do monitors change while matching goes on? By publishing one snapshot after another.
//!
//! Read [`LiveListener`] first. What changes lands in small segments before the large ones; those are merged as they
//! add up, the small ones at once and the large ones when the host calls [`LiveListener::maintain`]. Nothing waits for
//! a rebuild: whoever matches holds a snapshot, and taking one is a look at a pointer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::listener::Listener;
use super::segment::{Segment, SegmentBuilder};
use super::snapshot::{Held, Snapshot};
use super::{ListenError, Monitor};
use crate::text::Frequencies;

/// Monitors that are merged at once when some change: more are left to `maintain`.
const AT_ONCE: usize = 512;
/// Segments that may lie side by side: with more, small ones are merged whatever it takes.
const MOST: usize = 24;

/// A change to the monitors of a [`LiveListener`].
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Adds a monitor, in place of the one with its id, if there is one.
    Put(Box<Monitor>),
    /// Removes the monitor of this id.
    Remove(String),
    /// Matches it no more until it is resumed.
    Pause(String),
    /// Matches it again.
    Resume(String),
}

/// Monitors that change while matching goes on. A message matched with one snapshot sees exactly one version.
///
/// ```
/// use scrm_core::listen::{Change, Listener, LiveListener, Monitor};
/// use scrm_core::model::{Limits, MonitorId};
/// use scrm_core::query::{Document, Query};
/// use scrm_core::text::Text;
///
/// let live = LiveListener::new(Listener::builder(&Limits::DEFAULT).build().unwrap());
/// let query = Query::parse("refund NEAR/3 late").query.unwrap();
/// live.apply([Change::Put(Box::new(Monitor::new(MonitorId::new("refunds").unwrap(), query)))]).unwrap();
///
/// let listener = live.snapshot();
/// let text = Text::new("My refund is late");
/// assert_eq!(listener.matches(&Document::of_text(&text)), ["refunds"]);
/// live.apply([Change::Pause("refunds".into())]).unwrap();
/// assert!(live.snapshot().matches(&Document::of_text(&text)).is_empty());
/// assert_eq!(listener.matches(&Document::of_text(&text)), ["refunds"]);
/// ```
#[derive(Debug)]
pub struct LiveListener {
    current: RwLock<Listener>,
    /// Held by whoever changes the monitors: one at a time.
    writer: Mutex<()>,
    merge: Mutex<Option<Merge>>,
}

/// What a call of [`LiveListener::maintain`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maintenance {
    /// Monitors looked at.
    pub moved: usize,
    /// Monitors that remain to be looked at before the merge is done; 0 when nothing is to be done.
    pub remaining: usize,
}

/// Segments on their way into one.
#[derive(Debug)]
struct Merge {
    sources: Vec<Held>,
    builder: SegmentBuilder,
    source: usize,
    monitor: u32,
}

impl LiveListener {
    /// Goes on from a listener.
    pub fn new(listener: Listener) -> Self {
        Self { current: RwLock::new(listener), writer: Mutex::new(()), merge: Mutex::new(None) }
    }

    /// The monitors as they are now. Never waits for a change or a merge.
    pub fn snapshot(&self) -> Listener {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn publish(&self, snapshot: Snapshot) -> u64 {
        let listener = snapshot.finish();
        let version = listener.version();
        // The former snapshot is let go after the lock: it may be the last hold on a large segment.
        let former =
            std::mem::replace(&mut *self.current.write().unwrap_or_else(PoisonError::into_inner), listener);
        drop(former);
        version
    }

    /// From now on, monitors that are merged are found by the words that are rarest in texts as observed.
    pub fn set_frequencies(&self, frequencies: Arc<Frequencies>) {
        let _writer = lock(&self.writer);
        let mut snapshot = Snapshot::clone(&self.snapshot().0);
        snapshot.frequencies = Some(frequencies);
        self.publish(snapshot);
    }

    /// Makes changes, all of them or none, and gives the version in which they show.
    ///
    /// # Errors
    /// When one names a monitor that is not there, or a query does not keep to the limits; nothing is changed then.
    pub fn apply(&self, changes: impl IntoIterator<Item = Change>) -> Result<u64, ListenError> {
        let _writer = lock(&self.writer);
        let before = self.snapshot();
        let mut snapshot = Snapshot::clone(&before.0);
        snapshot.version += 1;
        let mut added: Vec<Monitor> = Vec::new();
        for change in changes {
            match change {
                Change::Put(monitor) => {
                    snapshot.remove(monitor.id.as_str());
                    added.retain(|other| other.id != monitor.id);
                    added.push(*monitor);
                }
                Change::Remove(id) => {
                    let count = added.len();
                    added.retain(|other| other.id != *id);
                    if !snapshot.remove(&id) && added.len() == count {
                        return Err(ListenError::Unknown(id));
                    }
                }
                Change::Pause(id) => pause(&mut snapshot, &mut added, id, true)?,
                Change::Resume(id) => pause(&mut snapshot, &mut added, id, false)?,
            }
        }
        snapshot.held.retain(|held| held.len() > 0);
        if !added.is_empty() {
            snapshot.take_in(&added)?;
        }
        Ok(self.publish(snapshot))
    }

    /// Merges segments, looking at no more than `budget` monitors; call it now and then, from a thread that may take
    /// its time. Others match and change monitors meanwhile.
    ///
    /// # Errors
    /// When there is not enough memory; the monitors stay as they are.
    pub fn maintain(&self, budget: usize) -> Result<Maintenance, ListenError> {
        let mut slot = lock(&self.merge);
        let mut merge = match slot.take() {
            Some(merge) => merge,
            None => match Merge::plan(&self.snapshot()) {
                Some(merge) => merge,
                None => return Ok(Maintenance { moved: 0, remaining: 0 }),
            },
        };
        let moved = merge.go_on(budget)?;
        let remaining = merge.remaining();
        if remaining > 0 {
            *slot = Some(merge);
            return Ok(Maintenance { moved, remaining });
        }
        let Merge { sources, builder, .. } = merge;
        let mut merged = Held::new(Arc::new(builder.build()?));
        for source in &sources {
            // A name that was removed here may be another source's by now.
            source.paused.each(&mut |monitor| {
                if !source.removed.has(monitor) {
                    merged.pause(source.segment.name(monitor), true);
                }
            });
        }
        let _writer = lock(&self.writer);
        let mut snapshot = Snapshot::clone(&self.snapshot().0);
        snapshot.version += 1;
        snapshot.replace(&sources, merged);
        self.publish(snapshot);
        Ok(Maintenance { moved, remaining: 0 })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A thread that ended in the middle published nothing.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pause(snapshot: &mut Snapshot, added: &mut [Monitor], id: String, on: bool) -> Result<(), ListenError> {
    if let Some(monitor) = added.iter_mut().find(|monitor| monitor.id.as_str() == id) {
        monitor.paused = on;
        return Ok(());
    }
    let Some((held, number)) = snapshot.find_mut(&id) else { return Err(ListenError::Unknown(id)) };
    let of = held.segment.len();
    held.paused.set(number, of, on);
    Ok(())
}

impl Snapshot {
    fn find_mut(&mut self, id: &str) -> Option<(&mut Held, u32)> {
        self.held.iter_mut().rev().find_map(|held| {
            let number = held.segment.find(id)?;
            (!held.removed.has(number)).then_some((held, number))
        })
    }

    /// Says whether it was there.
    fn remove(&mut self, id: &str) -> bool {
        let Some((held, number)) = self.find_mut(id) else { return false };
        let of = held.segment.len();
        held.paused.set(number, of, false);
        held.removed.set(number, of, true)
    }

    /// Adds monitors in a segment of their own, together with those of the small segments before it.
    fn take_in(&mut self, added: &[Monitor]) -> Result<(), ListenError> {
        let version = u32::try_from(self.version).unwrap_or(u32::MAX);
        let mut sum = added.len();
        let mut merged: Vec<Held> = Vec::new();
        while let Some(last) = self.held.last() {
            let together = sum + last.len();
            let small = last.len() <= sum && together <= AT_ONCE.max(added.len());
            if !(small || self.held.len() >= MOST && last.len() <= AT_ONCE * 16) {
                break;
            }
            sum = together;
            merged.extend(self.held.pop());
        }
        let mut builder = SegmentBuilder::new(&self.limits, self.frequencies.as_ref());
        let mut paused: Vec<String> = Vec::new();
        for held in &merged {
            for monitor in (0u32..).take(held.segment.len()).filter(|monitor| !held.removed.has(*monitor)) {
                copy(&held.segment, monitor, &mut builder)?;
                if held.paused.has(monitor) {
                    paused.push(held.segment.name(monitor).to_owned());
                }
            }
        }
        for monitor in added {
            builder.add(monitor.id.as_str(), &monitor.query, &monitor.profile(), version)?;
            if monitor.paused {
                paused.push(monitor.id.as_str().to_owned());
            }
        }
        let mut held = Held::new(Arc::new(builder.build()?));
        for name in paused {
            if let Some(monitor) = held.segment.find(&name) {
                held.paused.set(monitor, held.segment.len(), true);
            }
        }
        self.held.push(held);
        Ok(())
    }

    /// Puts one segment in the place of those it was made from, with what has changed since.
    fn replace(&mut self, sources: &[Held], mut merged: Held) {
        let mut at = None;
        for source in sources {
            let now = self.held.iter().position(|held| Arc::ptr_eq(&source.segment, &held.segment));
            match now.map(|now| (now, self.held.remove(now))) {
                Some((place, held)) => {
                    at = at.or(Some(place));
                    held.removed.each_unlike(&source.removed, &mut |monitor| {
                        merged.remove(source.segment.name(monitor));
                    });
                    held.paused.each_unlike(&source.paused, &mut |monitor| {
                        if source.removed.has(monitor) || held.removed.has(monitor) {
                            return;
                        }
                        merged.pause(source.segment.name(monitor), held.paused.has(monitor));
                    });
                }
                // It went into another small segment meanwhile, and its monitors with it.
                None => (0u32..)
                    .take(source.segment.len())
                    .filter(|monitor| !source.removed.has(*monitor))
                    .for_each(|monitor| merged.remove(source.segment.name(monitor))),
            }
        }
        if merged.len() > 0 {
            self.held.insert(at.unwrap_or(0).min(self.held.len()), merged);
        }
    }
}

fn copy(segment: &Segment, monitor: u32, builder: &mut SegmentBuilder) -> Result<(), ListenError> {
    let name = segment.name(monitor);
    let lost = || ListenError::Unknown(name.to_owned());
    let query = segment.query(monitor).ok_or_else(lost)?;
    let profile = segment.profile_of(monitor).ok_or_else(lost)?;
    builder.add(name, &query, profile, segment.version_of(monitor))
}

impl Merge {
    /// What is worth merging: the newest segments that together are a quarter of the one before them, and one of which
    /// a quarter was removed. `None` when all is well.
    fn plan(listener: &Listener) -> Option<Self> {
        let held = &listener.0.held;
        let mut from = held.len();
        let mut sum = 0;
        for (at, one) in held.iter().enumerate().rev() {
            let worth = sum * 4 >= one.len() || one.removed.len * 4 >= one.segment.len();
            if worth {
                from = at;
            }
            sum += one.len();
        }
        let sources: Vec<Held> = held.get(from..)?.to_vec();
        let alone = sources.len() == 1 && sources.iter().all(|one| one.removed.len == 0);
        if sources.is_empty() || alone {
            return None;
        }
        let builder = SegmentBuilder::new(&listener.0.limits, listener.0.frequencies.as_ref());
        Some(Self { sources, builder, source: 0, monitor: 0 })
    }

    fn go_on(&mut self, budget: usize) -> Result<usize, ListenError> {
        let mut moved = 0;
        while moved < budget.max(1) {
            let Some(held) = self.sources.get(self.source) else { break };
            if self.monitor as usize >= held.segment.len() {
                (self.source, self.monitor) = (self.source + 1, 0);
                continue;
            }
            if !held.removed.has(self.monitor) {
                copy(&held.segment, self.monitor, &mut self.builder)?;
            }
            self.monitor += 1;
            moved += 1;
        }
        Ok(moved)
    }

    fn remaining(&self) -> usize {
        let rest = self.sources.iter().skip(self.source).map(|held| held.segment.len()).sum::<usize>();
        rest - (self.monitor as usize).min(rest)
    }
}
