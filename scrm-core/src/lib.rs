//! An engine for social customer relationship management that lives inside other people's programs.
//!
//! The modules stand in the order in which data flows; ARCHITECTURE.md has the map. Begin with
//! [`playbook::Playbook`] (what people wrote), [`engine::Engine`] (what it says of a message) and [`desk::Desk`] (the
//! engine at work on a store).
// One module has `unsafe` code, and only with the embedded store: it gives SQLite locks that the host cannot drop.
#![cfg_attr(not(feature = "sqlite"), forbid(unsafe_code))]
#![cfg_attr(feature = "sqlite", deny(unsafe_code))]

pub mod model;

pub mod calendar;
pub mod diagnostic;
pub mod query;
pub mod text;

pub mod channels;
pub mod listen;

pub mod classify;
pub mod learn;

pub mod route;

pub mod record;

pub mod engage;

pub mod measure;

#[cfg(feature = "report")]
pub mod report;

pub mod playbook;

pub mod engine;

pub mod desk;

#[cfg(test)]
mod testing;
