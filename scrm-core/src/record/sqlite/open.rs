//! Is this file ours, and can this version work with it?
//!
//! Read [`open`] first. Whatever is refused is refused before a byte of the file has changed.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::schema;
use crate::record::StoreErrorKind as Kind;
use crate::record::error::Fault;

/// The oldest SQLite without the race that loses commits of a write-ahead log.
const SQLITE_MIN: i32 = 3_051_003;

/// How long a lock of another process is waited for.
const BUSY: Duration = Duration::from_secs(5);

pub(super) fn open(path: &Path) -> Result<Connection, Fault> {
    check_library()?;
    let size = check_path(path)?;
    if size > 0 {
        check_file(path)?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = connect(path, "", flags)?;
    // Until it is clear that the file is for us, closing it moves nothing from its log into it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    check_version(&connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    migrate(&mut connection)?;
    connection.execute_batch(schema::WAL)?;
    configure(&connection)?;
    Ok(connection)
}

pub(super) fn open_in_memory() -> Result<Connection, Fault> {
    check_library()?;
    let mut connection = Connection::open_in_memory()?;
    migrate(&mut connection)?;
    configure(&connection)?;
    Ok(connection)
}

fn check_library() -> Result<(), Fault> {
    if rusqlite::version_number() >= SQLITE_MIN {
        return Ok(());
    }
    let found = rusqlite::version();
    Err(Fault::new(Kind::Open).detail(format!(
        "SQLite {found} can lose commits; build with the bundled one, or with 3.51.3 or later"
    )))
}

/// The size of the file, 0 when there is none yet. Nothing is opened: closing a file that another connection of this
/// process holds would drop that connection's locks.
fn check_path(path: &Path) -> Result<u64, Fault> {
    let refused = |detail: String| Err(Fault::new(Kind::Open).detail(detail));
    match path.as_os_str().as_encoded_bytes() {
        b"" => return refused("the path is empty; name a file".to_owned()),
        b":memory:" => return refused("that is no file; open a record in memory by its own call".to_owned()),
        _ => {}
    }
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(Fault::new(Kind::IsDirectory)),
        Ok(found) => return Ok(found.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            let detail = "check that this user may enter its folder";
            return Err(Fault::new(Kind::Open).detail(detail).source(error));
        }
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            refused(format!("there is no folder `{}`; make it first", folder.display()))
        }
        _ => Ok(0),
    }
}

/// Whether the file is for us. It is looked at as if it were on a read-only disk: no lock is taken, no log is
/// replayed, no file appears beside it. Whoever writes it meanwhile can make it look torn; then it is looked at again,
/// this time waiting for their lock.
fn check_file(path: &Path) -> Result<(), Fault> {
    match look(path, "?immutable=1") {
        Err(fault) if fault.kind() == Kind::Corrupt => look(path, ""),
        looked => looked,
    }
}

fn look(path: &Path, query: &str) -> Result<(), Fault> {
    let connection = connect(path, query, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let application: i32 = connection.query_row(schema::APPLICATION, (), |row| row.get(0))?;
    if application == schema::APPLICATION_ID {
        return check_version(&connection);
    }
    let tables: i64 = connection.query_row(schema::TABLES, (), |row| row.get(0))?;
    if application == 0 && tables == 0 { Ok(()) } else { Err(Fault::new(Kind::NotOurs)) }
}

fn check_version(connection: &Connection) -> Result<(), Fault> {
    match version(connection)? {
        found if found > schema::NEWEST => Err(Fault::new(Kind::TooNew { found, max: schema::NEWEST })),
        _ => Ok(()),
    }
}

fn version(connection: &Connection) -> Result<u32, Fault> {
    let found: i64 = connection.query_row(schema::VERSION, (), |row| row.get(0))?;
    // SQLite keeps 32 bits with a sign; a number we never wrote is one that we cannot read.
    Ok(u32::try_from(found).unwrap_or(u32::MAX))
}

/// Brings the file to the newest format: all in one transaction, so a crash leaves the old one.
fn migrate(connection: &mut Connection) -> Result<(), Fault> {
    connection.busy_timeout(BUSY)?;
    if version(connection)? == schema::NEWEST {
        return Ok(());
    }
    connection.execute_batch(schema::PAGE_SIZE)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    // Another process may have brought it there while we waited.
    let done = usize::try_from(version(&transaction)?).unwrap_or(usize::MAX);
    for step in schema::MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.commit()?;
    Ok(())
}

fn configure(connection: &Connection) -> Result<(), Fault> {
    connection.execute_batch(schema::SETTINGS)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Opens by URI, because the bundled SQLite reads every name that begins with `file:` as one.
fn connect(path: &Path, query: &str, flags: OpenFlags) -> Result<Connection, Fault> {
    let uri = uri(path) + query;
    let flags = flags | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri, flags)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

pub(super) fn uri(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let mut uri = "file:".to_owned();
    // A drive letter stands after an empty host; so does a path that itself begins with two slashes.
    if path.is_absolute() && (cfg!(windows) || bytes.starts_with(b"//")) {
        uri.push_str(if cfg!(windows) { "///" } else { "//" });
    }
    for byte in bytes {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(char::from(*byte));
            }
            b':' if cfg!(windows) => uri.push(':'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_as_a_uri() {
        let cases = [
            ("a b?c#d%e.db", "file:a%20b%3Fc%23d%25e.db"),
            ("/tmp/x.db", "file:/tmp/x.db"),
            ("ü", "file:%C3%BC"),
        ];
        for (path, expected) in cases {
            assert_eq!(uri(Path::new(path)), expected);
        }
    }
}
