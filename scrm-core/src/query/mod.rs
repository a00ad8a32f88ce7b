//! What does this query mean? The syntax tree, its parser and printer, and the automaton of atoms.
//!
//! Read [`Query`] first: what one authored query says. [`Automaton`] holds many of them and answers, in one pass over
//! a text, which ones hold and where.

mod ast;
mod automaton;
mod lexer;
mod parse;

pub use ast::{Atom, Query};
pub use automaton::{Automaton, BuildError, Match};
pub use parse::{Parsed, QueryFault};

#[cfg(test)]
mod tests;
