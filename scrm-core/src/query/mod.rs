//! What does this query mean? The syntax tree, its parser and printer, and the index over many of them.
//!
//! Read [`Query`] first: what one authored query says. [`Document`] is what it sees of a message.

mod ast;
mod attributes;
mod dialect;
mod document;
mod fields;
mod grammar;
mod index;
mod lexer;
mod lint;
mod names;
mod near;
mod parse;
mod parser;
mod pattern;
mod plain;
mod print;
mod terms;
mod unfold;
mod values;
mod volume;
mod words;
mod zone;

pub use ast::{Atom, Condition, Form, Near, Pattern, Query, Reach, Regex, Test, Word};
pub use dialect::Dialect;
pub use document::{Document, Place, Uses, ZoneText};
pub use index::{ClausePlace, Index, IndexBuilder, IndexError, Scan};
pub(crate) use index::{Prefilter, bytes};
pub use names::Names;
pub use parse::{Parsed, QueryFault};
pub use zone::{Attribute, Sort, Zone};

#[cfg(test)]
mod tests;
