//! Which monitors does this message concern?
//!
//! Read [`Listener`] first. [`Monitors`] and [`Topics`] are what people wrote in `monitors.toml` and `topics.toml`;
//! both are queries, so one automaton holds them all and one pass over a message answers for both.

mod listener;
mod monitors;
mod names;
mod scope;
mod topics;

pub use listener::{ListenError, Listener};
pub use monitors::{Monitor, Monitors, WatchedBrand};
pub use topics::{TopicEntry, Topics};

#[cfg(test)]
mod tests;
