//! What happens next to this case?
//!
//! Pure: state, command and `now` in, events out, or why not. Read [`take_up`] first: it says which case a message opens
//! or joins; then [`claim`] and its neighbours, what people do with a case, and [`assign`], who gets it. What a case is
//! after an event is [`Case::after`](crate::model::Case::after). What people answer begins at [`responses::draft`]. The desk
//! appends the events and folds them.

pub mod advocacy;
mod answers;
mod assign;
mod command;
mod leak;
pub mod programme;
mod replies;
pub mod responses;
mod settings;
mod spike;
mod take_up;

pub use answers::{REPLY_WITHIN, reply_to, same_reply, silent};
pub use assign::{AssignBy, AssignPolicy, Seat, Wanted, assign};
pub use command::{
    Refusal, claim, draft_of, expired, give, hand_over, may_answer, release, reopen, resolve, resume, wait,
};
pub use leak::{KnownWords, LEAKS_MAX, Leak, LeakKind, LeakPart, SaidText, leaks};
pub use replies::{
    Canned, CannedPart, Content, ContentGap, Filled, GUIDELINES_MAX, LEGALESE, LENGTH_DEFAULT, LIX_MAX,
    LintFinding, LintKind, PLACEHOLDERS, RECENT, RESEMBLANCE, Replies, gaps, lint, lix, resemblance, suggest,
};
pub use responses::ResponseRefusal;
pub use settings::EngageSettings;
pub(crate) use settings::TABLES;
pub use spike::SpikePolicy;
pub use take_up::{CasePolicy, is_matter, take_up, thread_of};

#[cfg(test)]
mod tests;
