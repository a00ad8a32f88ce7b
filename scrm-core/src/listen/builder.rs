//! How are monitors taken in one by one, so that a million need not be in memory twice?

use std::collections::BTreeSet;
use std::sync::Arc;

use super::segment::SegmentBuilder;
use super::snapshot::{Held, Snapshot};
use super::{ListenError, Listener, Monitor};
use crate::model::Limits;
use crate::text::Frequencies;

/// Takes monitors in, one by one, and makes a listener of them: for a million that nobody wants in memory twice.
#[derive(Debug)]
pub struct ListenerBuilder {
    pub(super) segment: SegmentBuilder,
    pub(super) paused: BTreeSet<String>,
    pub(super) limits: Limits,
    pub(super) frequencies: Option<Arc<Frequencies>>,
}

impl ListenerBuilder {
    /// Finds monitors by those of their words that are rarest in texts as observed; call it before adding any. Monitors
    /// that a [`LiveListener`](super::LiveListener) adds later are found so, too.
    #[must_use]
    pub fn frequencies(mut self, frequencies: &Arc<Frequencies>) -> Self {
        self.segment = SegmentBuilder::new(&self.limits, Some(frequencies));
        self.frequencies = Some(Arc::clone(frequencies));
        self
    }

    /// Adds a monitor.
    ///
    /// # Errors
    /// When its query does not keep to the limits, or the monitors together are too large.
    pub fn add(&mut self, monitor: &Monitor) -> Result<(), ListenError> {
        if monitor.paused {
            self.paused.insert(monitor.id.as_str().to_owned());
        }
        self.segment.add(monitor.id.as_str(), &monitor.query, &monitor.profile(), 1)
    }

    /// Makes the listener.
    ///
    /// # Errors
    /// When two monitors have the same id, or there is not enough memory.
    pub fn build(self) -> Result<Listener, ListenError> {
        let mut held = Held::new(Arc::new(self.segment.build()?));
        for name in &self.paused {
            if let Some(monitor) = held.segment.find(name) {
                held.paused.set(monitor, held.segment.len(), true);
            }
        }
        let mut snapshot = Snapshot::empty(&self.limits);
        snapshot.version = 1;
        snapshot.frequencies = self.frequencies;
        snapshot.held.extend((held.segment.len() > 0).then_some(held));
        Ok(snapshot.finish())
    }
}
