//! What may a host watch? How many, how they ended and how it failed; never what anybody said.
//!
//! The feature `tracing` turns it on: events of the target `scrm`, for whatever the host has them written to.

#[cfg(feature = "tracing")]
mod enabled;
#[cfg(feature = "tracing")]
pub(super) use enabled::{failed, group};

#[cfg(not(feature = "tracing"))]
mod disabled;
#[cfg(not(feature = "tracing"))]
pub(super) use disabled::{failed, group};
