//! Which monitors does this message concern?
//!
//! Read [`Listener`] first. [`Monitors`] and [`Topics`] are what people wrote in `monitors.toml` and `topics.toml`;
//! both are queries, and one look at each word of a message answers for both. [`LiveListener`] lets them change while
//! matching goes on.

mod batch;
mod builder;
mod bytes;
mod counters;
mod duplicates;
mod explain;
mod heard;
mod listener;
mod live;
mod monitors;
mod names;
mod scope;
mod segment;
mod snapshot;
mod study;
mod topics;

pub use builder::ListenerBuilder;
pub use counters::{Counters, MonitorCost};
pub use duplicates::{Duplicate, DuplicateKind, DuplicateSettings, Duplicates};
pub use explain::{Clause, Explanation, Miss, explain};
pub use heard::{ClauseSpan, Heard, Match};
pub use listener::{ListenError, Listener};
pub use live::{Change, LiveListener, Maintenance};
pub use monitors::{Monitor, Monitors, WatchedBrand};
pub use names::names_of;
pub use segment::Profile;
pub use study::{Backtest, Diff, Overlap, backtest, diff};
pub use topics::{TopicEntry, Topics};

#[cfg(test)]
mod tests;
