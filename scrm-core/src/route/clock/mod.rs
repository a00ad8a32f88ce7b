//! How is a promise kept? The clocks of service levels: what starts, stops and pauses them, and how they stand.
//!
//! Read [`Clock::state`] first: it makes a [`ClockState`] from the log of a case alone. The same events in any order,
//! once or twice, early or late, are the same state.
//!
//! A clock runs from its first start to its stop and counts the open hours of its calendar. It stands still while the
//! case is in a state that `pause_on` names, and while the case is resolved; what it stands still for is added to the
//! deadline. `case.reopened` sets it going again, unless its own stop has come.

mod course;
mod event;
mod explain;
mod log;
mod state;

pub use event::{ClockEvent, ClockName};
pub use explain::explain_clock;
pub use state::{ClockState, Pause, RunningClock};

#[cfg(test)]
mod tests;
