//! Tests of the SQLite store: what it refuses, what it survives, and what its views say.

#[cfg(not(feature = "sqlite"))]
#[test]
fn a_build_without_sqlite_says_so() {
    use crate::record::{SqliteStore, StoreErrorKind};
    for error in
        [SqliteStore::open("/data/record.db").unwrap_err(), SqliteStore::open_in_memory().unwrap_err()]
    {
        assert_eq!(error.kind(), StoreErrorKind::Unsupported);
        assert!(error.to_string().contains("with the feature `sqlite`"), "{error}");
    }
}

#[cfg(feature = "sqlite")]
mod crash;
#[cfg(feature = "sqlite")]
mod erase;
#[cfg(feature = "sqlite")]
mod files;
#[cfg(feature = "sqlite")]
mod formats;
#[cfg(feature = "sqlite")]
pub(super) mod hostile;
#[cfg(feature = "sqlite")]
mod rows;
#[cfg(feature = "sqlite")]
mod words;
