//! What is said when this build has no SQLite? That the feature `sqlite` turns it on.

use std::convert::Infallible;
use std::path::Path;

use crate::record::absent::absent;
use crate::record::error::Fault;
use crate::record::{SqliteOptions, StoreError};

/// A record in one SQLite file. This build lacks it: it refuses to open.
#[derive(Debug)]
pub struct SqliteStore(Infallible);

absent!(SqliteStore);

impl SqliteStore {
    /// Refuses: this build has no SQLite.
    ///
    /// # Errors
    /// Always, with [`StoreErrorKind::Unsupported`](crate::record::StoreErrorKind::Unsupported).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Err(Fault::not_built("sqlite").at(&path.as_ref().display().to_string()))
    }

    /// Refuses: this build has no SQLite.
    ///
    /// # Errors
    /// Always, with [`StoreErrorKind::Unsupported`](crate::record::StoreErrorKind::Unsupported).
    pub fn open_with(path: impl AsRef<Path>, _: SqliteOptions) -> Result<Self, StoreError> {
        Self::open(path)
    }

    /// Refuses: this build has no SQLite.
    ///
    /// # Errors
    /// Always, with [`StoreErrorKind::Unsupported`](crate::record::StoreErrorKind::Unsupported).
    pub fn open_in_memory() -> Result<Self, StoreError> {
        Err(Fault::not_built("sqlite").at(":memory:"))
    }
}
