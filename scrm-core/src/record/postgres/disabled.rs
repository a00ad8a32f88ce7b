//! What is said when this build has no PostgreSQL? That the feature `postgres` turns it on.

use crate::record::StoreError;
use std::convert::Infallible;

use crate::record::absent::absent;
use crate::record::error::Fault;

/// A record in a PostgreSQL server. This build lacks it: it refuses to open.
#[derive(Debug)]
pub struct PostgresStore(Infallible);

absent!(PostgresStore);

impl PostgresStore {
    /// Refuses: this build has no PostgreSQL.
    ///
    /// # Errors
    /// Always, with [`StoreErrorKind::Unsupported`](crate::record::StoreErrorKind::Unsupported).
    pub fn open(_: &str) -> Result<Self, StoreError> {
        Err(Fault::not_built("postgres").at("postgresql:"))
    }

    /// Refuses: this build has no PostgreSQL.
    ///
    /// # Errors
    /// Always, with [`StoreErrorKind::Unsupported`](crate::record::StoreErrorKind::Unsupported).
    pub fn open_schema(connection: &str, _: &str) -> Result<Self, StoreError> {
        Self::open(connection)
    }

    /// Where it is.
    pub fn place(&self) -> &str {
        "postgresql:"
    }
}
