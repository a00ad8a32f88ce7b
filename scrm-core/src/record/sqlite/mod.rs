//! How is a record kept in one SQLite file?
//!
//! Read [`SqliteStore`] first. The feature `sqlite` turns it on; without it the type is there and refuses to open.

#[cfg(feature = "sqlite")]
mod backup;
#[cfg(feature = "sqlite")]
mod enabled;
#[cfg(feature = "sqlite")]
mod fault;
#[cfg(feature = "sqlite")]
mod ledger;
#[cfg(feature = "sqlite")]
mod locks;
#[cfg(feature = "sqlite")]
mod open;
#[cfg(feature = "sqlite")]
mod schema;
#[cfg(feature = "sqlite")]
mod session;
#[cfg(feature = "sqlite")]
pub use enabled::SqliteStore;

#[cfg(not(feature = "sqlite"))]
mod disabled;
#[cfg(not(feature = "sqlite"))]
pub use disabled::SqliteStore;

/// How a record in a file is opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SqliteOptions {
    /// Opens a file on a network file system, too. Their locks are known to fail, and what was acknowledged can be lost
    /// as soon as a second process opens the file. Off unless it is set.
    pub network: bool,
}

impl SqliteOptions {
    /// The same, with network file systems allowed or not.
    #[must_use]
    pub fn network(mut self, allowed: bool) -> Self {
        self.network = allowed;
        self
    }
}

#[cfg(test)]
mod tests;
