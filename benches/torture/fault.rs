//! What if the k-th call to the disk fails, for every k, in every way?
//!
//! The same script runs again and again, with the first call failing, the second, and so on until none is left: once or
//! from then on, with an error of the disk or no space, at once or after half a write. A commit may fail; what it said
//! that is recorded must be, on the disk as well when a sync failed and the system forgot what it had not written.

use std::ops::Range;
use std::path::Path;

use benches::dice::Dice;
use scrm_core::record::{SqliteStore, Store, StoreError, StoreErrorKind};

use crate::calls::{self, Fault, Op};
use crate::deliveries::{group, tenant};
use crate::disk::{Disk, lay_out};
use crate::settings::{Settings, fast_folder};
use crate::verify;

/// Commits of one script.
const COMMITS: u64 = 6;
/// After the disk is well again, so many tries must be enough.
const TRIES: usize = 3;

#[derive(Debug, Default)]
struct Figures {
    runs: u64,
    failed: u64,
    acknowledged: u64,
    images: u64,
}

pub(crate) fn run(settings: &Settings) -> Result<String, String> {
    let every = settings.get("every", 1_u64);
    let mut figures = Figures::default();
    let mut most = 0;
    for errno in [libc::EIO, libc::ENOSPC] {
        for (sticky, short) in [(false, false), (false, true), (true, false), (true, true)] {
            let mut at = 1;
            loop {
                let fault = Fault { at, errno, short, sticky };
                let calls = script(fault, &mut figures).map_err(|found| format!("{fault:?}: {found}"))?;
                most = most.max(calls);
                if calls < at {
                    break;
                }
                at += every;
            }
        }
    }
    let Figures { runs, failed, acknowledged, images } = figures;
    Ok(format!(
        "fault: {runs} runs over up to {most} calls, {failed} commits failed, {acknowledged} messages acknowledged, {images} disks after it: 0 lost, 0 corrupt, 0 crashes"
    ))
}

/// One life of a store with one fault; says how many calls there were before the disk was well again.
fn script(fault: Fault, figures: &mut Figures) -> Result<u64, String> {
    let folder = fast_folder();
    let path = folder.path().join("record.db");
    calls::watch(folder.path(), Some(fault));
    figures.runs += 1;
    let mut acknowledged = Vec::new();
    let mut store = None;
    for commit in 0..COMMITS {
        if commit == COMMITS / 2 {
            store = None;
        }
        let numbers = commit * 3..commit * 3 + 3;
        match send(&mut store, &path, numbers.clone()) {
            Ok(()) => told(numbers, &mut acknowledged),
            Err(error) => {
                figures.failed += 1;
                expected(&error, fault)?;
            }
        }
    }
    let calls = calls::heal();
    // Whoever was not told sends again, to the same store where there is one.
    for commit in 0..COMMITS {
        let numbers = commit * 3..commit * 3 + 3;
        let mut tries = (0..TRIES).map(|_| send(&mut store, &path, numbers.clone()));
        let mut error = None;
        if !tries.any(|tried| tried.map_err(|failed| error = Some(failed)).is_ok()) {
            return Err(format!(
                "it does not recover: {}",
                error.map_or(String::new(), |error| error.to_string())
            ));
        }
        told(numbers, &mut acknowledged);
    }
    let (ops, _) = calls::unwatch();
    drop(store);
    figures.acknowledged += acknowledged.len() as u64;
    verify::replays(&path, &acknowledged)?;
    disks(&ops, fault, figures)?;
    Ok(calls)
}

/// Commits a group, to a store that is opened where there is none.
fn send(store: &mut Option<SqliteStore>, path: &Path, numbers: Range<u64>) -> Result<(), StoreError> {
    let opened = match store.take() {
        Some(store) => store,
        None => SqliteStore::open(path)?,
    };
    store.insert(opened).commit(&tenant(), &group(numbers)).map(|_| ())
}

fn told(numbers: Range<u64>, acknowledged: &mut Vec<u64>) {
    numbers.clone().for_each(calls::acknowledged);
    acknowledged.extend(numbers);
    acknowledged.sort_unstable();
    acknowledged.dedup();
}

/// A disk that fails is no damaged file, and none of another program. What cannot be read for an I/O error SQLite itself
/// calls damaged.
fn expected(error: &StoreError, fault: Fault) -> Result<(), String> {
    match error.kind() {
        StoreErrorKind::Corrupt if fault.errno == libc::EIO => Ok(()),
        StoreErrorKind::Io | StoreErrorKind::Full | StoreErrorKind::Open | StoreErrorKind::Busy => Ok(()),
        kind => Err(format!("a wrong answer, {kind:?}: {error}")),
    }
}

/// The disks that may be found when the power goes after it.
fn disks(ops: &[Op], fault: Fault, figures: &mut Figures) -> Result<(), String> {
    let mut disk = Disk::default();
    let mut acknowledged = Vec::new();
    let mut dice = Dice::of(fault.at, 6, 0);
    let folder = fast_folder();
    let failed = ops.iter().position(|op| matches!(op, Op::SyncFailed(_)));
    for (at, op) in ops.iter().enumerate() {
        disk.apply(op);
        if let Op::Acknowledged(number) = op {
            acknowledged.push(*number);
        }
        let is_last = at + 1 == ops.len();
        // After a failed sync each acknowledgement is a promise that the disk may not be able to keep.
        let is_risky = failed.is_some_and(|failed| at > failed) && matches!(op, Op::Acknowledged(_));
        if is_last || is_risky {
            lay_out(&disk.image(&mut dice), folder.path());
            let found = verify::holds(&folder.path().join("record.db"), &acknowledged);
            found.map_err(|found| {
                let last = ops[at.saturating_sub(80)..=at].iter().map(Op::told).collect::<Vec<_>>();
                format!(
                    "the power went after call {at} of {}: {found}; the last: {}",
                    ops.len(),
                    last.join(", ")
                )
            })?;
            figures.images += 1;
        }
    }
    Ok(())
}
