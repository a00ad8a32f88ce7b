//! An engine for social customer relationship management that lives inside other people's programs.
//!
//! The modules stand in the order in which data flows; ARCHITECTURE.md has the map.
#![forbid(unsafe_code)]

pub mod diagnostic;
pub mod model;
pub mod text;

pub mod classify;
