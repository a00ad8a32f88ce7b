//! Where is the record? In a file, or in a PostgreSQL server whose address was given.

use std::path::Path;

use scrm_core::record::{PostgresStore, SqliteStore, Store, StoreError};

/// A store of either kind.
pub(crate) type AnyStore = Box<dyn Store>;

/// Opens the record at `place`: `postgresql://user:password@host/database`, or else the path of an SQLite file. Gives its
/// name besides, without user and password.
pub(crate) fn open(place: &Path) -> Result<(AnyStore, String), StoreError> {
    match place.to_str().filter(|_| is_server(place)) {
        Some(address) => {
            let store = PostgresStore::open(address)?;
            let name = store.place().to_owned();
            Ok((Box::new(store), name))
        }
        None => Ok((Box::new(SqliteStore::open(place)?), place.display().to_string())),
    }
}

/// Whether it is the address of a server.
pub(crate) fn is_server(place: &Path) -> bool {
    let is_address = |place: &str| place.starts_with("postgresql://") || place.starts_with("postgres://");
    place.to_str().is_some_and(is_address)
}
