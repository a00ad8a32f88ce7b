//! What happens next to this case?
//!
//! Pure: state and message in, events out. Read [`take_up`] first: it says which case a message opens or joins. The
//! desk appends the events and folds them.

mod take_up;

pub use take_up::{CasePolicy, is_matter, take_up, thread_of};

#[cfg(test)]
mod tests;
