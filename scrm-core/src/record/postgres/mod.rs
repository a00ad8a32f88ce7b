//! How is a record kept in a PostgreSQL server?
//!
//! Read [`PostgresStore`] first. The feature `postgres` turns it on; without it the type is there and refuses to open.

#[cfg(feature = "postgres")]
mod dialect;
#[cfg(feature = "postgres")]
mod enabled;
#[cfg(feature = "postgres")]
mod fault;
#[cfg(feature = "postgres")]
mod open;
#[cfg(feature = "postgres")]
mod schema;
#[cfg(feature = "postgres")]
mod session;
#[cfg(feature = "postgres")]
pub use enabled::PostgresStore;

#[cfg(not(feature = "postgres"))]
mod disabled;
#[cfg(not(feature = "postgres"))]
pub use disabled::PostgresStore;

#[cfg(test)]
pub(in crate::record) mod tests;
