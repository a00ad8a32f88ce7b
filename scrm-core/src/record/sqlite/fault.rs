//! What does an error of SQLite mean for whoever asked the store?

use rusqlite::{Error, ErrorCode, ffi};

use crate::record::StoreErrorKind as Kind;
use crate::record::error::Fault;

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let (kind, detail) = judge(&error);
        Self::new(kind).detail(detail).source(error)
    }
}

fn judge(error: &Error) -> (Kind, &'static str) {
    let Some(failure) = error.sqlite_error() else { return judge_binding(error) };
    // The shared memory beside the log cannot grow: the disk is full, though SQLite says it otherwise.
    if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE {
        return (Kind::Full, "");
    }
    match failure.code {
        ErrorCode::DiskFull => (Kind::Full, ""),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
            (Kind::Busy, "")
        }
        ErrorCode::NotADatabase => (Kind::NotADatabase, ""),
        ErrorCode::DatabaseCorrupt => (Kind::Corrupt, "its pages do not fit together"),
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
            (Kind::Open, "check that this user may read and write it and its folder")
        }
        ErrorCode::ReadOnly => (Kind::Open, "it is read-only; this user must be able to write it"),
        ErrorCode::TooBig => (Kind::Input, "it is larger than SQLite keeps in one row; split it"),
        ErrorCode::OutOfMemory => (Kind::Io, "there is not enough memory"),
        ErrorCode::SystemIoFailure => (Kind::Io, "the system reports a failure"),
        // A table, a column or a constraint is not as this version left it.
        _ => (Kind::Corrupt, "its tables are not as this version wrote them"),
    }
}

fn judge_binding(error: &Error) -> (Kind, &'static str) {
    match error {
        Error::NulError(_) | Error::InvalidPath(_) => (Kind::Open, "the path is no path of this system"),
        _ => (Kind::Corrupt, "a row is not as this version wrote it"),
    }
}
