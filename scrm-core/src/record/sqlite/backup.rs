//! How is a copy of a record made while it is in use?

use std::path::Path;

use rusqlite::Connection;

use super::ledger::sync_folder_of;
use super::{open, schema};
use crate::record::StoreErrorKind as Kind;
use crate::record::error::Fault;

/// Copies the record into `path`, which must not be there. Others may read and write it meanwhile: the copy is of one moment.
///
/// It is written under another name and gets its own when it is complete and on the disk.
pub(super) fn copy(connection: &Connection, path: &Path) -> Result<(), Fault> {
    let refused = |detail: &str| Fault::new(Kind::Open).detail(detail);
    if path.as_os_str().is_empty() {
        return Err(refused("the path is empty; name a file"));
    }
    if path.symlink_metadata().is_ok() {
        return Err(refused("there is such a file; a backup is written to a new one"));
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    // Left by a backup that was not finished.
    let _ = std::fs::remove_file(part);
    connection.execute(schema::COPY, [open::uri(part)]).inspect_err(|_| {
        let _ = std::fs::remove_file(part);
    })?;
    let named = std::fs::rename(part, path).and_then(|()| sync_folder_of(path));
    named.map_err(|error| Fault::new(Kind::Io).detail("the backup cannot be given its name").source(error))
}
