//! What happens next to this case?
//!
//! Pure: state and message in, events out. Read [`take_up`] first: it says which case a message opens or joins. The
//! desk appends the events and folds them. What people answer begins at [`responses::draft`].

pub mod advocacy;
mod answers;
mod leak;
pub mod programme;
mod replies;
pub mod responses;
mod take_up;

pub use answers::{REPLY_WITHIN, reply_to, same_reply, silent};
pub use leak::{KnownWords, LEAKS_MAX, Leak, LeakKind, LeakPart, SaidText, leaks};
pub use replies::{
    Canned, CannedPart, Content, ContentGap, Filled, GUIDELINES_MAX, LEGALESE, LENGTH_DEFAULT, LIX_MAX,
    LintFinding, LintKind, PLACEHOLDERS, RECENT, RESEMBLANCE, Replies, gaps, lint, lix, resemblance, suggest,
};
pub use responses::Refusal;
pub use take_up::{CasePolicy, is_matter, take_up, thread_of};

#[cfg(test)]
mod tests;
