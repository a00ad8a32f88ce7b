//! Does a process that is killed at any moment lose anything that it acknowledged, or record anything twice?
//!
//! A child commits groups and says on a pipe after each that it is committed; it is killed 2 to 27 ms later. The next one
//! is told that the last six were perhaps not recorded, and sends them again.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use benches::dice::Dice;
use scrm_core::record::{SqliteStore, Store};

use crate::deliveries::{group, tenant};
use crate::settings::Settings;
use crate::verify;

/// Messages that are sent again after a kill.
const AGAIN: u64 = 6;
/// Kills between two looks at the file.
const LOOK: u64 = 50;
/// Kills that one file suffers.
const FILE: u64 = 250;

pub(crate) fn run(settings: &Settings) -> Result<String, String> {
    let (kills, seed) = (settings.get("kills", 10_000_u64), settings.seed());
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (mut next, mut acknowledged, mut looks, mut resent) = (0, 0, 0, 0);
    let mut file = folder.path().join("0.db");
    for kill in 0..kills {
        if kill % FILE == 0 {
            let _ = std::fs::remove_file(&file);
            (file, next) = (folder.path().join(format!("{kill}.db")), 0);
        }
        let mut dice = Dice::of(seed, 1, usize::try_from(kill).unwrap());
        let first = next - next.min(AGAIN);
        resent += next - first;
        let reached = run_and_kill(&file, first, &mut dice)?.unwrap_or(first).max(next);
        acknowledged += reached - next;
        next = reached;
        if (kill + 1) % LOOK == 0 || kill + 1 == kills {
            let known: Vec<_> = (0..next).collect();
            let found =
                verify::replays(&file, &known).map_err(|found| format!("after kill {kill}: {found}"))?;
            // What was on its way when the child was killed may be there as well: the groups of the last fifty.
            if found.messages > next + LOOK * 4 {
                return Err(format!("after kill {kill}: {} messages, and {next} were sent", found.messages));
            }
            looks += 1;
        }
    }
    Ok(format!(
        "kill: {kills} kills, {acknowledged} messages acknowledged, {resent} sent again, {looks} looks: 0 lost, 0 twice, 0 repairs"
    ))
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
    std::thread::sleep(Duration::from_micros(2000 + dice.below(25_000) as u64));
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
