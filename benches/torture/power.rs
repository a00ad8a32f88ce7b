//! Is what was acknowledged still there when the power goes, and the disk kept only what it had to?
//!
//! Runs of commits are recorded, call by call; then disks are made up as they may be found after any call, and opened. A
//! run also closes and opens the store, moves the log into the file, and is killed and begun again: what a process left
//! unsynced may not be built upon. The same with `synchronous = NORMAL`, which loses commits, shows that the harness sees
//! losses at all.

use std::collections::BTreeSet;
use std::path::Path;

use benches::dice::Dice;
use rusqlite::Connection;
use scrm_core::record::{Seen, SqliteStore, Store};

use crate::calls::{self, Op};
use crate::deliveries::{group, key, tenant};
use crate::disk::{Disk, lay_out};
use crate::settings::{Settings, fast_folder};
use crate::verify;

/// Images that are made of one run.
const SHARE: usize = 80;
/// Of which so many were killed before.
const KILLED: usize = 20;
const FILE: &str = "record.db";

pub(crate) fn run(settings: &Settings) -> Result<String, String> {
    let (images, seed) = (settings.get("images", 4000_usize), settings.seed());
    let calibration = (images / 4).clamp(40, 1000);
    let (mut made, mut calls, mut acknowledged, mut killed) = (0, 0, 0, 0);
    for run in 0.. {
        if made >= images {
            break;
        }
        let mut dice = Dice::of(seed, 4, run);
        let ops = record(&mut dice);
        calls += ops.len();
        acknowledged += ops.iter().filter(|op| matches!(op, Op::Acknowledged(_))).count();
        let at = |found: String| format!("run {run} of seed {seed}: {found}");
        made += cut(Disk::default(), &ops, SHARE - KILLED, &mut dice, &verify_record).map_err(at)?;
        for _ in 0..KILLED / 5 {
            let now = kill_and_cut(&ops, &mut dice).map_err(at)?;
            made += now;
            killed += now;
        }
    }
    let lossy = calibrate(calibration, seed)?;
    if lossy * 2 <= calibration {
        return Err(format!(
            "the harness is blind: with NORMAL only {lossy} of {calibration} images lose something"
        ));
    }
    Ok(format!(
        "power: {made} images ({killed} after a kill) of {calls} calls and {acknowledged} acknowledged messages: 0 lost, 0 corrupt; calibration with NORMAL: {lossy} of {calibration} images lose"
    ))
}

/// What a store asks of the disk in one life.
fn record(dice: &mut Dice) -> Vec<Op> {
    let folder = fast_folder();
    let path = folder.path().join(FILE);
    calls::watch(folder.path(), None);
    let mut store = SqliteStore::open(&path).unwrap();
    let mut next = 0;
    for _ in 0..20 + dice.below(30) {
        match dice.below(12) {
            0 => {
                drop(store);
                store = SqliteStore::open(&path).unwrap();
            }
            1 => {
                let sql = dice.pick(&["PASSIVE", "TRUNCATE", "RESTART"]);
                let other = Connection::open(&path).unwrap();
                let _: i64 =
                    other.query_row(&format!("PRAGMA wal_checkpoint({sql})"), (), |row| row.get(0)).unwrap();
            }
            _ => commit(&mut store, &mut next, dice),
        }
    }
    let (ops, _) = calls::unwatch();
    ops
}

fn commit(store: &mut SqliteStore, next: &mut u64, dice: &mut Dice) {
    let end = *next + 1 + dice.below(4) as u64;
    store.commit(&tenant(), &group(*next..end)).unwrap();
    (*next..end).for_each(calls::acknowledged);
    *next = end;
}

type Verify<'a> = dyn Fn(&Path, &[u64]) -> Result<(), String> + 'a;

/// Makes images of the disk after calls drawn at random, and looks at each.
fn cut(
    mut disk: Disk,
    ops: &[Op],
    images: usize,
    dice: &mut Dice,
    verify: &Verify<'_>,
) -> Result<usize, String> {
    let mut cuts: Vec<_> = (0..images).map(|_| dice.below(ops.len() + 1)).collect();
    cuts.sort_unstable();
    let folder = fast_folder();
    let mut told = Vec::new();
    let mut cuts = cuts.into_iter().peekable();
    for (at, op) in ops.iter().map(Some).chain([None]).enumerate() {
        while cuts.next_if_eq(&at).is_some() {
            lay_out(&disk.image(dice), folder.path());
            verify(&folder.path().join(FILE), &told).map_err(|found| format!("after call {at}: {found}"))?;
        }
        if let Some(op) = op {
            disk.apply(op);
            if let Op::Acknowledged(number) = op {
                told.push(*number);
            }
        }
    }
    Ok(images)
}

fn verify_record(path: &Path, told: &[u64]) -> Result<(), String> {
    verify::holds(path, told)?;
    verify::goes_on(path, 1_000_000)?;
    verify::holds(path, told).map(|_| ())
}

/// The process is killed after some call, another one begins with what the system's cache holds, is asked for what was
/// sent before, and goes on until the power goes.
fn kill_and_cut(ops: &[Op], dice: &mut Dice) -> Result<usize, String> {
    let at = dice.below(ops.len() + 1);
    let mut disk = Disk::default();
    let mut told = BTreeSet::new();
    for op in &ops[..at] {
        disk.apply(op);
        if let Op::Acknowledged(number) = op {
            told.insert(*number);
        }
    }
    let folder = fast_folder();
    lay_out(&disk.cache(), folder.path());
    calls::watch(folder.path(), None);
    told.iter().copied().for_each(calls::acknowledged);
    let mut store = SqliteStore::open(folder.path().join(FILE)).map_err(|error| error.to_string())?;
    let first = told.last().map_or(0, |last| last + 1).saturating_sub(3);
    for number in first..first + 8 {
        let seen = store.seen(&tenant(), &[key(number)]).unwrap();
        // Whoever hears that it is recorded already sends it no more.
        if seen == [Seen::Duplicate] {
            calls::acknowledged(number);
        }
    }
    let mut next = first;
    commit(&mut store, &mut next, dice);
    commit(&mut store, &mut next, dice);
    let (more, _) = calls::unwatch();
    cut(disk, &more, 5, dice, &|path, now| {
        let all: Vec<_> = told.iter().chain(now).copied().collect();
        verify_record(path, &all)
    })
}

/// How many images lose what was acknowledged when commits are made as SQLite is often advised to make them. The store
/// has no such setting: the same tables are written by SQL.
fn calibrate(images: usize, seed: u64) -> Result<usize, String> {
    let mut lossy = 0;
    let mut made = 0;
    for run in 0.. {
        if made >= images {
            break;
        }
        let mut dice = Dice::of(seed, 5, run);
        let folder = fast_folder();
        let path = folder.path().join(FILE);
        calls::watch(folder.path(), None);
        drop(SqliteStore::open(&path).map_err(|error| error.to_string())?);
        let raw = Connection::open(&path).unwrap();
        raw.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 400").unwrap();
        for number in 1..=60_u64 {
            let body = "x".repeat(500 + dice.below(2000));
            raw.execute(
                "INSERT INTO log (tenant, seq, kind, body) VALUES ('acme', ?1, 'captured', ?2)",
                (i64::try_from(number).unwrap(), body),
            )
            .unwrap();
            calls::acknowledged(number);
        }
        std::mem::forget(raw);
        let (ops, _) = calls::unwatch();
        let begun = ops.iter().position(|op| matches!(op, Op::Acknowledged(_))).unwrap_or(0);
        let mut disk = Disk::default();
        ops[..begun].iter().for_each(|op| disk.apply(op));
        let lost = std::cell::Cell::new(0);
        made += cut(disk, &ops[begun..], SHARE.min(images - made), &mut dice, &|path, told| {
            let raw = Connection::open(path).unwrap();
            let rows: Result<u32, _> = raw.query_row("SELECT count(*) FROM log", (), |row| row.get(0));
            lost.set(lost.get() + usize::from((rows.unwrap_or(0) as usize) < told.len()));
            Ok(())
        })?;
        lossy += lost.get();
    }
    Ok(lossy)
}
