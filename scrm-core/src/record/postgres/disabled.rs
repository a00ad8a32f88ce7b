//! What is said when this build has no PostgreSQL? That the feature `postgres` turns it on.

use crate::record::StoreError;
use crate::record::absent::Absent;
use crate::record::error::Fault;

/// A record in a PostgreSQL server. This build lacks it: it refuses to open.
pub type PostgresStore = Absent<Postgres>;

/// The store in a PostgreSQL server.
#[derive(Debug)]
pub struct Postgres;

impl Absent<Postgres> {
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
