//! What happens next to this case?
//!
//! Pure: state, command and `now` in, events out, or why not. Read [`take_up`] first: it says which case a message opens
//! or joins; then [`claim`] and its neighbours, what people do with a case, and [`assign`], who gets it. What a case is
//! after an event is [`Case::after`](crate::model::Case::after). The desk appends the events and folds them.

mod assign;
mod command;
mod settings;
mod spike;
mod take_up;

pub use assign::{AssignBy, AssignPolicy, Seat, Wanted, assign};
pub use command::{
    Refusal, claim, draft_of, expired, give, hand_over, may_answer, release, reopen, resolve, resume, wait,
};
pub use settings::EngageSettings;
pub(crate) use settings::TABLES;
pub use spike::SpikePolicy;
pub use take_up::{CasePolicy, is_matter, take_up, thread_of};

#[cfg(test)]
mod tests;
