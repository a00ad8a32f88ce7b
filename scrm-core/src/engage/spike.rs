//! Is an issue raised so much more often than before that it is an incident? A pure function of counts.

use chrono::Duration;

use crate::model::Spike;

/// When many messages on one issue are an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct SpikePolicy {
    /// How far back messages are counted (default 1 hour).
    pub window: Duration,
    /// How long before that the usual rate is taken (default 24 hours).
    pub baseline: Duration,
    /// How many within the window it takes at least (default 12).
    pub at_least: u64,
    /// How many times the usual rate it takes (default 3).
    pub times: f64,
}

impl Default for SpikePolicy {
    fn default() -> Self {
        Self { window: Duration::hours(1), baseline: Duration::hours(24), at_least: 12, times: 3.0 }
    }
}

impl SpikePolicy {
    /// Whether `count` messages within the window are a spike, after `before` in the time before it. Where nothing is
    /// known of the time before, the least number decides.
    ///
    /// ```
    /// use scrm_core::engage::SpikePolicy;
    /// let policy = SpikePolicy::default();
    /// assert_eq!(policy.spike(11, 0), None, "too few");
    /// assert!(policy.spike(12, 0).is_some());
    /// assert_eq!(policy.spike(12, 240), None, "ten an hour is usual");
    /// assert!(policy.spike(30, 240).is_some());
    /// ```
    pub fn spike(&self, count: u64, before: u64) -> Option<Spike> {
        #[allow(clippy::cast_precision_loss, reason = "counts of messages are far below 2^53")]
        let (now, usual) = (count as f64, before as f64);
        #[allow(clippy::cast_precision_loss, reason = "seconds of a few days")]
        let (window, baseline) = (self.window.num_seconds() as f64, self.baseline.num_seconds() as f64);
        // count / window >= times * before / baseline, without a division.
        let is_spike = count >= self.at_least.max(1) && now * baseline >= self.times * usual * window;
        is_spike.then(|| Spike {
            count,
            window: written(self.window),
            before,
            baseline: written(self.baseline),
        })
    }

    /// Whether an incident that was found by itself is over: half of what it takes to begin no longer comes.
    pub fn is_over(&self, count: u64) -> bool {
        count.saturating_mul(2) < self.at_least.max(1)
    }
}

/// A stretch of time as people write it.
fn written(time: Duration) -> String {
    let seconds = time.num_seconds();
    let units = [(86_400, "d"), (3600, "h"), (60, "m")];
    match units.iter().find(|(unit, _)| seconds > 0 && seconds % unit == 0) {
        Some((unit, name)) => format!("{}{name}", seconds / unit),
        None => format!("{seconds}s"),
    }
}
