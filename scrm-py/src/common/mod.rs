//! What do the command line and Python have in common? How rows and texts become messages, and how what was heard
//! and judged is told.

mod corpus;
#[cfg(feature = "python")]
mod html;
mod judge;
mod labels;
mod monitors;
mod paint;
mod points;
mod post;
mod told;

pub(crate) use corpus::{Corpus, Line, one_line};
#[cfg(feature = "python")]
pub(crate) use html::html;
#[cfg(feature = "python")]
pub(crate) use judge::Judged;
pub(crate) use judge::settings_of;
pub(crate) use judge::{Judge, read_topics};
pub(crate) use labels::Labels;
pub(crate) use monitors::read_file;
#[cfg(feature = "python")]
pub(crate) use monitors::read_file_within;
#[cfg(feature = "python")]
pub(crate) use monitors::{fault_in, read_text};
pub(crate) use paint::text as table;
#[cfg(feature = "python")]
pub(crate) use points::Points;
pub(crate) use post::{Columns, Filled, read_json, said};
pub(crate) use told::{Clauses, Explained, Spans, explained, spans};
