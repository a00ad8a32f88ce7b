//! Is this connection still to be trusted? After a fork, after the disk failed, after somebody else had the file?
//!
//! Read [`Session::write`] first. Every question and every commit goes through here.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::open;
use crate::record::error::Fault;
use crate::record::{SqliteOptions, StoreErrorKind as Kind};

/// One connection to one record, replaced by a new one when it can no longer be trusted.
#[derive(Debug)]
pub(super) struct Session {
    /// Absent from a failure of the disk until it could be opened again.
    connection: Option<Connection>,
    /// Absent when the record is in memory.
    file: Option<File>,
    /// The process that opened it.
    home: u32,
    /// The last row of the log as this connection committed it. Rows are only ever added.
    last: Option<i64>,
}

/// What is needed to open it again, and to know it again.
#[derive(Debug)]
struct File {
    path: PathBuf,
    options: SqliteOptions,
    id: Option<FileId>,
}

impl Session {
    pub(super) fn open(path: &Path, options: SqliteOptions) -> Result<Self, Fault> {
        let connection = open::open(path, options)?;
        // SQLite resolved the path once, so that it is the same file from whichever folder the host works later.
        let path = connection.path().map_or_else(|| path.to_owned(), PathBuf::from);
        let file = File { id: file_id(&path), path, options };
        Ok(Self { connection: Some(connection), file: Some(file), home: std::process::id(), last: None })
    }

    pub(super) fn in_memory() -> Result<Self, Fault> {
        let connection = open::open_in_memory()?;
        Ok(Self { connection: Some(connection), file: None, home: std::process::id(), last: None })
    }

    /// Runs questions that must agree with each other on one state of the record.
    pub(super) fn read<T>(
        &mut self,
        questions: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let state = Open::begin(self.connection()?, "BEGIN DEFERRED")?;
        questions(state.0)
    }

    /// Runs one commit: all of it or nothing, durable when it returns.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.check_process()?;
        self.check_place()?;
        let last = self.last;
        let connection = self.connection()?;
        match commit(connection, last, work) {
            Ok((done, last)) => {
                self.last = last;
                Ok(done)
            }
            Err(fault) => {
                // What was written and not made durable may be on the disk or not, and the system tells of a failed
                // write only once: whoever goes on as if nothing had been builds on a hole.
                // One that cannot write may have been opened while the disk failed.
                if matches!(fault.kind(), Kind::Io | Kind::Open) && self.file.is_some() {
                    self.connection = None;
                }
                // What the log holds goes into the file as far as there is space, and its own space is used again.
                if fault.kind() == Kind::Full
                    && let Some(connection) = &self.connection
                {
                    open::reuse_log(connection);
                }
                Err(fault)
            }
        }
    }

    /// Does something that no transaction is begun for.
    pub(super) fn apart<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        work(self.connection()?)
    }

    /// The connection, opened again when the disk had failed.
    fn connection(&mut self) -> Result<&Connection, Fault> {
        self.check_process()?;
        let lost = || Fault::new(Kind::Io).detail("it was closed after a failure");
        if self.connection.is_none() {
            let file = self.file.as_ref().ok_or_else(lost)?;
            self.connection = Some(open::open(&file.path, file.options)?);
        }
        self.connection.as_ref().ok_or_else(lost)
    }

    fn check_process(&self) -> Result<(), Fault> {
        if self.home == std::process::id() { Ok(()) } else { Err(Fault::new(Kind::Forked)) }
    }

    /// Whether the path still leads to the file that was opened: a commit to any other would not be found again.
    fn check_place(&self) -> Result<(), Fault> {
        match &self.file {
            Some(file) if file.id.is_some() && file_id(&file.path) != file.id => {
                Err(Fault::new(Kind::ForeignWriter)
                    .detail("it was moved, replaced or deleted while it was open"))
            }
            _ => Ok(()),
        }
    }

    /// The connection, for tests that break it.
    #[cfg(test)]
    pub(super) fn held(&self) -> &Connection {
        self.connection.as_ref().unwrap()
    }
}

impl Drop for Session {
    /// In a forked child the file and its locks are the parent's. Closing would move the log into the file, drop locks
    /// and delete what lies beside it, all under the parent's hands: the memory is left to the end of the process.
    fn drop(&mut self) {
        if self.check_process().is_err() {
            std::mem::forget(self.connection.take());
        }
    }
}

/// A transaction that is not finished: dropped, it never was. Its statements are prepared once for each connection.
struct Open<'a>(&'a Connection);

impl<'a> Open<'a> {
    fn begin(connection: &'a Connection, how: &'static str) -> Result<Self, Fault> {
        connection.prepare_cached(how)?.execute(())?;
        Ok(Self(connection))
    }

    fn commit(self) -> Result<(), Fault> {
        self.0.prepare_cached("COMMIT")?.execute(())?;
        Ok(())
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit() {
            let _ = self.0.prepare_cached("ROLLBACK").and_then(|mut back| back.execute(()));
        }
    }
}

fn commit<T>(
    connection: &Connection,
    last: Option<i64>,
    work: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<(T, Option<i64>), Fault> {
    let state = Open::begin(connection, "BEGIN IMMEDIATE")?;
    if last > end_of_log(state.0)? {
        return Err(Fault::new(Kind::ForeignWriter).detail("a commit that was acknowledged is missing"));
    }
    let done = work(state.0)?;
    let last = end_of_log(state.0)?;
    state.commit()?;
    Ok((done, last))
}

fn end_of_log(state: &Connection) -> Result<Option<i64>, Fault> {
    let mut end = state.prepare_cached("SELECT id FROM log ORDER BY id DESC LIMIT 1")?;
    Ok(end.query_row((), |row| row.get(0)).optional()?)
}

/// What tells a file from every other, where the system says.
type FileId = (u64, u64);

#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn file_id(_: &Path) -> Option<FileId> {
    None
}
