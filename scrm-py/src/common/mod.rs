//! What do the command line and Python have in common? How rows and texts become messages, and how what was heard is
//! told.

mod monitors;
mod points;
mod post;
mod told;

pub(crate) use monitors::{fault_in, read_file, read_text};
pub(crate) use points::Points;
pub(crate) use post::{Columns, Filled, read_json, said};
pub(crate) use told::{Clauses, Explained, Spans, explained, spans};
