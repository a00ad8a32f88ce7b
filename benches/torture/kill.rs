//! Does a process that is killed at any moment lose anything that it acknowledged, or record anything twice?
//!
//! A child commits groups and says on a pipe after each that it is committed; it is killed 2 to 27 ms later. The next one
//! is told that the last six were perhaps not recorded, and sends them again.

use std::io::{Read, Write};
use std::iter::Sum;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use benches::dice::Dice;
use scrm_core::record::{SqliteStore, Store};

use crate::deliveries::{group, tenant};
use crate::settings::Settings;
use crate::verify;

/// Messages that are sent again after a kill.
const AGAIN: u64 = 6;
/// Kills between two looks at the file.
const LOOK: u64 = 50;
/// Kills that one file suffers. After the last its log is told to an empty store, too.
const FILE: u64 = 250;

/// What the files suffered.
#[derive(Default)]
struct Suffered {
    acknowledged: u64,
    resent: u64,
    looks: u64,
}

impl Sum for Suffered {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            acknowledged: sum.acknowledged + one.acknowledged,
            resent: sum.resent + one.resent,
            looks: sum.looks + one.looks,
        })
    }
}

/// Several files at a time: a child mostly waits for the disk, and whoever kills it for the moment.
pub(crate) fn run(settings: &Settings) -> Result<String, String> {
    let (kills, seed) = (settings.get("kills", 10_000_u64), settings.seed());
    let lanes = settings.get("lanes", thread::available_parallelism().map_or(2, usize::from) * 2);
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let started = Instant::now();
    let next = AtomicU64::new(0);
    let lane = || {
        let mut suffered = Vec::new();
        loop {
            let from = next.fetch_add(FILE, Ordering::Relaxed);
            if from >= kills {
                return Ok(suffered.into_iter().sum());
            }
            let file = folder.path().join(format!("{from}.db"));
            suffered.push(life(&file, from, kills.min(from + FILE), seed)?);
            let _ = std::fs::remove_file(&file);
        }
    };
    let suffered: Result<Vec<Suffered>, String> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes.max(1)).map(|_| scope.spawn(lane)).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap_or_else(|_| Err("a lane ended".to_owned()))).collect()
    });
    let Suffered { acknowledged, resent, looks } = suffered?.into_iter().sum();
    Ok(format!(
        "kill: {kills} kills, {acknowledged} messages acknowledged, {resent} sent again, {looks} looks: 0 lost, 0 twice, 0 repairs; {:.0} s",
        started.elapsed().as_secs_f64()
    ))
}

/// What one file suffers, from one kill up to another.
fn life(file: &Path, from: u64, to: u64, seed: u64) -> Result<Suffered, String> {
    let mut suffered = Suffered::default();
    let mut next = 0;
    for kill in from..to {
        let mut dice = Dice::of(seed, 1, usize::try_from(kill).unwrap());
        let first = next - next.min(AGAIN);
        suffered.resent += next - first;
        let reached = run_and_kill(file, first, &mut dice)?.unwrap_or(first).max(next);
        suffered.acknowledged += reached - next;
        next = reached;
        let is_last = kill + 1 == to;
        if is_last || (kill + 1 - from).is_multiple_of(LOOK) {
            let known: Vec<_> = (0..next).collect();
            let found = if is_last { verify::replays(file, &known) } else { verify::holds(file, &known) };
            let found = found.map_err(|found| format!("after kill {kill}: {found}"))?;
            // What was on its way when the child was killed may be there as well: the groups of the last fifty.
            if found.messages > next + LOOK * 4 {
                return Err(format!("after kill {kill}: {} messages, and {next} were sent", found.messages));
            }
            suffered.looks += 1;
        }
    }
    Ok(suffered)
}

/// The number after the last one that was acknowledged.
fn run_and_kill(file: &Path, first: u64, dice: &mut Dice) -> Result<Option<u64>, String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["kill-child", "--file"])
        .arg(file)
        .args(["--first", &first.to_string(), "--seed", &dice.roll().to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut pipe = child.stdout.take().unwrap();
    let mut told = Vec::new();
    // One in four is killed while it starts and opens the file, the others at work.
    if !dice.percent(25) {
        let mut one = [0; 8];
        if pipe.read_exact(&mut one).is_ok() {
            told.extend(one);
        }
    }
    thread::sleep(Duration::from_micros(2000 + dice.below(25_000) as u64));
    child.kill().map_err(|error| error.to_string())?;
    let status = child.wait().map_err(|error| error.to_string())?;
    pipe.read_to_end(&mut told).map_err(|error| error.to_string())?;
    if status.code().is_some() {
        return Err(format!("the child ended by itself, {status}"));
    }
    Ok(told.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number)).next_back())
}

/// Commits groups of one to four messages for ever, and says after each how far it is.
pub(crate) fn child(settings: &Settings) -> Result<String, String> {
    let mut store = SqliteStore::open(settings.file()).map_err(|error| error.to_string())?;
    let mut dice = Dice::of(settings.seed(), 2, 0);
    let mut out = std::io::stdout();
    let mut next: u64 = settings.get("first", 0);
    loop {
        let end = next + 1 + dice.below(4) as u64;
        store.commit(&tenant(), &group(next..end)).map_err(|error| error.to_string())?;
        next = end;
        out.write_all(&next.to_le_bytes()).and_then(|()| out.flush()).map_err(|error| error.to_string())?;
    }
}
