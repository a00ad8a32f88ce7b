//! What do the command line and Python have in common? How rows and texts become messages, and how what was heard is
//! told.

mod monitors;
mod points;
mod post;
mod told;

pub(crate) use monitors::read_file;
#[cfg(feature = "python")]
pub(crate) use monitors::{fault_in, read_text};
#[cfg(feature = "python")]
pub(crate) use points::Points;
#[cfg(feature = "python")]
pub(crate) use post::said;
pub(crate) use post::{Columns, Filled, read_json};
pub(crate) use told::{Clauses, Explained, Spans, explained, spans};
