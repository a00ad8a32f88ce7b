//! Which erasures must a backup be told of, that was made before them? A file beside the record says so.
//!
//! `care.db.erasures` holds one line for each account that was erased, as a hash: enough to know it again in an older
//! copy of the record. Read [`Ledger`] first.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{ErasedKey, Erasure, Tenant};
use crate::record::StoreErrorKind as Kind;
use crate::record::error::Fault;
use crate::record::sql::Erased;

/// The ledger of erasures beside one record.
pub(super) struct Ledger {
    path: PathBuf,
}

/// One line of it.
#[derive(Serialize, Deserialize)]
struct Line {
    tenant: Tenant,
    identity: ErasedKey,
    at: DateTime<Utc>,
}

impl Ledger {
    pub(super) fn beside(record: &Path) -> Self {
        let mut path = record.as_os_str().to_owned();
        path.push(".erasures");
        Self { path: path.into() }
    }

    /// Every account in it. A last line without an end was never acknowledged, and does not count.
    fn read(&self) -> Result<(BTreeSet<Erased>, bool), Fault> {
        let mut text = String::new();
        match File::open(&self.path).and_then(|mut file| file.read_to_string(&mut text)) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((BTreeSet::new(), true)),
            Err(error) => return Err(fault("its ledger of erasures cannot be read").source(error)),
        }
        let whole = text.rfind('\n').map_or("", |end| text.get(..end).unwrap_or_default());
        let mut found = BTreeSet::new();
        for (line, number) in whole.lines().zip(1..) {
            let line: Line = serde_json::from_str(line).map_err(|error| {
                let detail = format!("line {number} of its ledger of erasures cannot be read");
                Fault::new(Kind::Corrupt).detail(detail).source(error)
            })?;
            found.insert(Erased { tenant: line.tenant, key: line.identity, at: line.at });
        }
        Ok((found, text.is_empty() || text.ends_with('\n')))
    }

    /// Takes note of what is not there yet; on the disk when it returns.
    pub(super) fn write(&self, erased: &[Erased]) -> Result<(), Fault> {
        let (known, ends) = self.read()?;
        if !ends {
            // What is appended to a torn line would be lost with it.
            return self.write_whole(&known, erased);
        }
        let mut text = String::new();
        for one in erased.iter().filter(|one| !known.contains(one)) {
            text.push_str(&line(one)?);
        }
        if text.is_empty() {
            return Ok(());
        }
        let is_new = known.is_empty();
        let append = || -> std::io::Result<()> {
            let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            if is_new { self.sync_folder() } else { Ok(()) }
        };
        append().map_err(|error| fault("its ledger of erasures cannot be written").source(error))
    }

    fn write_whole(&self, known: &BTreeSet<Erased>, erased: &[Erased]) -> Result<(), Fault> {
        let all: BTreeSet<&Erased> = known.iter().chain(erased).collect();
        let mut text = String::new();
        for one in all {
            text.push_str(&line(one)?);
        }
        let mut fresh = self.path.as_os_str().to_owned();
        fresh.push(".new");
        let replace = || -> std::io::Result<()> {
            let mut file = File::create(&fresh)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&fresh, &self.path)?;
            self.sync_folder()
        };
        replace().map_err(|error| fault("its ledger of erasures cannot be written").source(error))
    }

    fn sync_folder(&self) -> std::io::Result<()> {
        sync_folder_of(&self.path)
    }

    /// What the record does not know of: an erasure of its own has the time of the ledger, or a later one.
    pub(super) fn missing(&self, known: &[Erased]) -> Result<BTreeMap<Tenant, Vec<Erasure>>, Fault> {
        let (ledger, _) = self.read()?;
        let latest: BTreeMap<_, _> = known.iter().map(|one| ((&one.tenant, &one.key), one.at)).collect();
        let mut found: BTreeMap<Tenant, BTreeMap<DateTime<Utc>, Vec<ErasedKey>>> = BTreeMap::new();
        for one in ledger {
            if latest.get(&(&one.tenant, &one.key)).is_none_or(|at| *at < one.at) {
                found.entry(one.tenant).or_default().entry(one.at).or_default().push(one.key);
            }
        }
        let erasures = |by_time: BTreeMap<_, _>| {
            by_time.into_iter().map(|(at, identities)| Erasure { identities, at }).collect()
        };
        Ok(found.into_iter().map(|(tenant, by_time)| (tenant, erasures(by_time))).collect())
    }
}

fn line(one: &Erased) -> Result<String, Fault> {
    let line = Line { tenant: one.tenant.clone(), identity: one.key.clone(), at: one.at };
    let text = serde_json::to_string(&line)
        .map_err(|error| fault("an entry of its ledger has no JSON form").source(error))?;
    Ok(text + "\n")
}

fn fault(detail: &str) -> Fault {
    Fault::new(Kind::Io).detail(detail)
}

/// Makes sure that a file of this name is in its folder after a power cut as well.
pub(super) fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            File::open(folder)?.sync_all()
        }
        _ => Ok(()),
    }
}
