//! The Python bindings and the command line of scrm.
//!
//! The command line is written once, in [`cli`], and serves `scrm`, `python -m scrm` and, without Python, the example
//! `command_center`.
#![forbid(unsafe_op_in_unsafe_fn)]

pub mod cli;
mod common;
mod place;
#[cfg(feature = "python")]
mod python;
