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
mod open;
#[cfg(feature = "sqlite")]
mod schema;
#[cfg(feature = "sqlite")]
pub use enabled::SqliteStore;

#[cfg(not(feature = "sqlite"))]
mod disabled;
#[cfg(not(feature = "sqlite"))]
pub use disabled::SqliteStore;

#[cfg(test)]
mod tests;
