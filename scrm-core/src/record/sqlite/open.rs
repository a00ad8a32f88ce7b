//! Is this file ours, and can this version work with it?
//!
//! Read [`open`] first. Whatever is refused is refused before a byte of the file has changed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};

use super::enabled::State;
use super::{locks, schema};
use crate::record::error::Fault;
use crate::record::sql::words;
use crate::record::terms::RULE;
use crate::record::{SqliteOptions, StoreErrorKind as Kind};

/// The oldest SQLite without the race that loses commits of a write-ahead log.
const SQLITE_MIN: i32 = 3_051_003;

/// How long a lock of another process is waited for.
const BUSY: Duration = Duration::from_secs(5);

pub(super) fn open(path: &Path, options: SqliteOptions) -> Result<Connection, Fault> {
    check_library()?;
    locks::install()?;
    let size = check_path(path)?;
    check_file_system(locks::network(path), options)?;
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
    check_mode(&connection)?;
    configure(&connection)?;
    settle(&mut connection, path)?;
    Ok(connection)
}

pub(super) fn open_in_memory() -> Result<Connection, Fault> {
    check_library()?;
    locks::install()?;
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

fn check_file_system(network: Option<&str>, options: SqliteOptions) -> Result<(), Fault> {
    match network {
        Some(name) if !options.network => Err(Fault::new(Kind::Open).detail(format!(
            "it is on a network file system ({name}), whose locks are known to fail; put it on a local disk, or allow it with `SqliteOptions::network`"
        ))),
        _ => Ok(()),
    }
}

/// Makes durable what a process that died left in the log: the next commit may answer that it is recorded without writing
/// anything, and commits are put behind it. To sync the log is not enough. A sync that failed may have been the reason why
/// that process ended, and the system forgets what it could not write: the log is written once more. While somebody else
/// writes, nothing was left in it.
///
/// The names of both files are made durable as well. SQLite does that, too, but goes on when it fails.
fn settle(connection: &mut Connection, path: &Path) -> Result<(), Fault> {
    let path = connection.path().map_or_else(|| path.to_owned(), PathBuf::from);
    // The log is made when it is first read.
    version(connection)?;
    let failed = |error| Fault::new(Kind::Io).detail("its log cannot be made durable").source(error);
    let log = beside(path.as_os_str(), "-wal");
    if std::fs::metadata(&log).is_ok_and(|found| found.len() > 0) {
        connection.busy_timeout(Duration::ZERO)?;
        // Nobody else begins the log anew meanwhile.
        match connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Fault::from) {
            Ok(_alone) => write_again(&log).map_err(failed)?,
            Err(fault) if fault.kind() == Kind::Busy => {}
            Err(fault) => return Err(fault),
        }
        connection.busy_timeout(BUSY)?;
    }
    sync_folder(&path).map_err(failed)
}

/// Writes a file over itself, so that all of it is on the disk. No lock is ever taken on the log itself: closing it drops
/// none.
#[cfg(unix)]
fn write_again(log: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::FileExt;
    let log = std::fs::OpenOptions::new().read(true).write(true).open(log)?;
    let (mut part, mut at) = (vec![0; 1 << 18], 0);
    loop {
        let read = log.read_at(&mut part, at)?;
        let Some(bytes) = part.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        log.write_all_at(bytes, at)?;
        at += u64::try_from(read).unwrap_or_default();
    }
    log.sync_all()
}

#[cfg(not(unix))]
fn write_again(log: &Path) -> std::io::Result<()> {
    std::fs::OpenOptions::new().write(true).open(log)?.sync_all()
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Other systems have no such call, or need none.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn beside(path: &std::ffi::OsStr, end: &str) -> PathBuf {
    let mut name = path.to_owned();
    name.push(end);
    name.into()
}

/// Moves what it can of the log into the file, without waiting for anybody. How far that went the next commit will show.
pub(super) fn reuse_log(connection: &Connection) {
    let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(()));
}

/// Whether the file is for us. It is looked at as if it were on a read-only disk: no lock is taken, no log is
/// replayed, no file appears beside it. Whoever writes it meanwhile can make it look torn; then it is looked at again,
/// this time waiting for their lock.
fn check_file(path: &Path) -> Result<(), Fault> {
    match look(path, "?immutable=1") {
        Err(_) if is_half_made(path) => Ok(()),
        Err(fault) if fault.kind() == Kind::Corrupt => look(path, ""),
        looked => looked,
    }
}

/// Whether whoever made this file was stopped before it was made: the journal beside it says that it was empty before. To
/// open it is to empty it again, whatever it would have become; unless somebody is at it, and then it is locked.
fn is_half_made(path: &Path) -> bool {
    const MAGIC: [u8; 8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7];
    let mut header = [0; 20];
    // No lock is ever taken on a journal, so closing it drops none.
    let read = std::fs::File::open(beside(path.as_os_str(), "-journal"))
        .and_then(|mut journal| std::io::Read::read_exact(&mut journal, &mut header));
    read.is_ok() && header.starts_with(&MAGIC) && header.ends_with(&[0; 4])
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

/// Whether the index of words was made by the rule of this version.
fn has_words(connection: &Connection) -> Result<bool, Fault> {
    let rule: Option<i64> = connection.query_row(schema::RULE, (), |row| row.get(0)).optional()?;
    Ok(rule == Some(RULE))
}

/// Brings the file to the newest format: all in one transaction, so a crash leaves the old one.
fn migrate(connection: &mut Connection) -> Result<(), Fault> {
    connection.busy_timeout(BUSY)?;
    if version(connection)? == schema::NEWEST && has_words(connection)? {
        return Ok(());
    }
    connection.execute_batch(schema::PAGE_SIZE)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    // Another process may have brought it there while we waited.
    let done = usize::try_from(version(&transaction)?).unwrap_or(usize::MAX);
    for step in schema::MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    words::keep_up(&mut State(&transaction))?;
    transaction.commit()?;
    Ok(())
}

/// Whether commits go to a write-ahead log, by which alone they are durable when they return: SQLite stays with what it
/// had, or opens a file for reading only, when it cannot have what it was asked for.
fn check_mode(connection: &Connection) -> Result<(), Fault> {
    let mut change = connection.prepare(schema::WAL)?;
    let mut answers = change.query(())?;
    let mut mode = String::new();
    // To the end: what is committed there can fail, and the answer comes before it.
    while let Some(answer) = answers.next()? {
        mode = answer.get(0)?;
    }
    let refused = |detail| Err(Fault::new(Kind::Open).detail(detail));
    if connection.is_readonly(rusqlite::MAIN_DB)? {
        return refused("it is read-only; this user must be able to write it");
    }
    if mode != "wal" {
        return refused("it cannot have a write-ahead log here; put it on a local disk");
    }
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
    fn a_network_file_system_is_refused_unless_it_is_allowed() {
        let refused = check_file_system(Some("NFS"), SqliteOptions::default()).unwrap_err();
        assert_eq!(refused.kind(), Kind::Open);
        let text = refused.at("/mnt/record.db").to_string();
        assert!(text.contains("(NFS)") && text.contains("put it on a local disk"), "{text}");
        assert!(check_file_system(Some("NFS"), SqliteOptions::default().network(true)).is_ok());
        assert!(check_file_system(None, SqliteOptions::default()).is_ok());
    }

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
