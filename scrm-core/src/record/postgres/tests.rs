//! Tests of the PostgreSQL store: what it refuses, what it survives, and what its views say.

#[cfg(not(feature = "postgres"))]
#[test]
fn a_build_without_postgres_says_so() {
    use crate::record::{PostgresStore, StoreErrorKind};
    for error in [
        PostgresStore::open("postgresql://u:secret@localhost/crm").unwrap_err(),
        PostgresStore::open_schema("postgresql://u:secret@localhost/crm", "scrm").unwrap_err(),
    ] {
        assert_eq!(error.kind(), StoreErrorKind::Unsupported);
        assert!(error.to_string().contains("with the feature `postgres`"), "{error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

#[cfg(feature = "postgres")]
mod places;
#[cfg(feature = "postgres")]
mod rows;
#[cfg(feature = "postgres")]
pub(in crate::record) mod server;
#[cfg(feature = "postgres")]
mod words;
#[cfg(feature = "postgres")]
mod writers;
