//! What is done where there are no locks of open file descriptions? Nothing: the locks are SQLite's own.

use std::path::Path;

use crate::record::error::Fault;

#[allow(clippy::unnecessary_wraps, reason = "on Linux it can fail")]
pub(in crate::record::sqlite) fn install() -> Result<(), Fault> {
    Ok(())
}

/// The network file system that the path is on, where it is known.
pub(in crate::record::sqlite) fn network(_: &Path) -> Option<&'static str> {
    None
}
