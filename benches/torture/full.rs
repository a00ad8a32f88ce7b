//! What if there is no space left? Everything acknowledged is kept, the error says so, and it goes on when there is some.
//!
//! On a file system of 32 MiB in memory, where this user may mount one in a name space of its own; else with
//! writes that are refused as a full disk refuses them.

use std::path::Path;
use std::process::Command;

use scrm_core::record::{SqliteStore, Store, StoreErrorKind};

use crate::calls;
use crate::deliveries::{group, tenant};
use crate::settings::{Settings, fast_folder};
use crate::verify;

const SPACE: u64 = 32 << 20;
const FILLER: usize = 20 << 20;
/// Commits that must succeed once there is space.
const AFTER: u64 = 20;
/// Commits that are tried while there is none.
const DURING: u64 = 10;

pub(crate) fn run(_: &Settings) -> Result<String, String> {
    let folder = fast_folder();
    let mount = format!(
        "mount -t tmpfs -o size={SPACE} none \"$1\" && touch \"$1/mounted\" && exec \"$0\" full-inside --file \"$1/record.db\""
    );
    let inside = Command::new("unshare")
        .args(["-Urm", "sh", "-c", &mount])
        .arg(std::env::current_exe().unwrap())
        .arg(folder.path())
        .output();
    if let Ok(inside) = inside {
        let said = String::from_utf8_lossy(&inside.stdout).trim().to_owned();
        if inside.status.success() {
            return Ok(said);
        }
        // What this program says of itself is an answer; what `unshare` and `mount` say is that they may not.
        if !said.is_empty() {
            return Err(said);
        }
    }
    let path = folder.path().join("record.db");
    calls::watch(folder.path(), None);
    calls::limit(Some(SPACE));
    fill(&path, "injected", || calls::limit(Some(SPACE + FILLER as u64)))
}

/// The same on the file system that the file is on.
pub(crate) fn inside(settings: &Settings) -> Result<String, String> {
    let path = settings.file();
    let filler = path.with_file_name("filler");
    std::fs::write(&filler, vec![1; FILLER]).map_err(|error| error.to_string())?;
    fill(&path, "on tmpfs", || std::fs::remove_file(&filler).unwrap())
}

fn fill(path: &Path, how: &str, make_space: impl FnOnce()) -> Result<String, String> {
    let mut store = SqliteStore::open(path).map_err(|error| error.to_string())?;
    let mut acknowledged = Vec::new();
    let mut next = 0;
    let mut refused = 0;
    // Every message is sent until it is taken, as whoever delivers it would.
    while refused < DURING {
        match store.commit(&tenant(), &group([next])) {
            Ok(_) => {
                acknowledged.push(next);
                next += 1;
            }
            Err(error) if error.kind() == StoreErrorKind::Full && error.is_retryable() => refused += 1,
            Err(error) => return Err(format!("{how}: not told as a full disk, {:?}: {error}", error.kind())),
        }
        if next > 100_000 {
            return Err(format!("{how}: it is never full"));
        }
    }
    let before = acknowledged.len();
    let totals = store.totals(&tenant()).map_err(|error| error.to_string())?;
    if totals.messages != before as u64 {
        return Err(format!("{how}: {} messages when full, and {before} acknowledged", totals.messages));
    }
    make_space();
    for number in next..next + AFTER {
        store
            .commit(&tenant(), &group([number]))
            .map_err(|error| format!("{how}: with space again: {error}"))?;
        acknowledged.push(number);
    }
    drop(store);
    verify::replays(path, &acknowledged)?;
    Ok(format!(
        "full: {how}, {before} commits acknowledged, {refused} refused as full, {AFTER} more with space again: 0 lost, 0 corrupt"
    ))
}
