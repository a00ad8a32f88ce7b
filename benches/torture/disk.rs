//! What is on the disk when the power goes? What was synced, and of the rest whatever the disk likes.
//!
//! Read [`Disk::image`] first. A file's bytes are safe once the file was synced, its name once the folder was. Until then
//! each write may be there, or not, or in part, sector by sector, in whatever order.

use std::collections::BTreeMap;
use std::path::Path;

use benches::dice::Dice;

use crate::calls::Op;

/// What a disk writes at once.
const SECTOR: usize = 512;

#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    files: Vec<File>,
    /// Which file a name leads to, for whoever asks the running system.
    names: BTreeMap<String, usize>,
    /// And on the disk.
    safe_names: BTreeMap<String, usize>,
    pending_names: Vec<Renamed>,
}

#[derive(Debug, Clone, Default)]
struct File {
    cache: Vec<u8>,
    safe: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

#[derive(Debug, Clone)]
enum Renamed {
    Create(String, usize),
    Remove(String),
}

/// The files of a folder, by name.
pub(crate) type Image = BTreeMap<String, Vec<u8>>;

impl Disk {
    pub(crate) fn apply(&mut self, op: &Op) {
        match op {
            Op::Create(name) => {
                self.files.push(File::default());
                self.names.insert(name.clone(), self.files.len() - 1);
                self.pending_names.push(Renamed::Create(name.clone(), self.files.len() - 1));
            }
            Op::Remove(name) => {
                self.names.remove(name);
                self.pending_names.push(Renamed::Remove(name.clone()));
            }
            Op::Write(name, at, bytes) => {
                self.change(name, Change::Write(usize::try_from(*at).unwrap(), bytes.clone()));
            }
            Op::Truncate(name, len) => self.change(name, Change::Truncate(usize::try_from(*len).unwrap())),
            Op::Sync(name) => {
                if let Some(file) = self.file(name) {
                    for change in std::mem::take(&mut file.pending) {
                        make(&mut file.safe, &change);
                    }
                }
            }
            Op::SyncFailed(name) => {
                if let Some(file) = self.file(name) {
                    file.pending.clear();
                }
            }
            Op::SyncFolder => {
                for renamed in std::mem::take(&mut self.pending_names) {
                    rename(&mut self.safe_names, renamed);
                }
            }
            Op::Acknowledged(_) | Op::Failed(..) => {}
        }
    }

    fn file(&mut self, name: &str) -> Option<&mut File> {
        let file = *self.names.get(name)?;
        self.files.get_mut(file)
    }

    fn change(&mut self, name: &str, change: Change) {
        let file = self.file(name).unwrap_or_else(|| panic!("a change to `{name}`, which was never made"));
        make(&mut file.cache, &change);
        file.pending.push(change);
    }

    /// What a process sees that starts after another was killed.
    pub(crate) fn cache(&self) -> Image {
        self.names.iter().map(|(name, file)| (name.clone(), self.files[*file].cache.clone())).collect()
    }

    /// What may be found after the power went.
    pub(crate) fn image(&self, dice: &mut Dice) -> Image {
        let taste = Taste::of(dice);
        let mut names = self.safe_names.clone();
        for renamed in &self.pending_names {
            if dice.percent(taste.keeps) {
                rename(&mut names, renamed.clone());
            }
        }
        let content = |(name, file): (String, usize)| {
            let file = &self.files[file];
            let mut bytes = file.safe.clone();
            let first = if taste.in_order { dice.below(file.pending.len() + 1) } else { file.pending.len() };
            for change in &file.pending[..first] {
                taste.spoil(change, &mut bytes, dice);
            }
            (name, bytes)
        };
        names.into_iter().map(content).collect()
    }
}

/// How a disk treats what it was not told to keep.
struct Taste {
    /// Of a hundred writes.
    keeps: usize,
    tears: bool,
    /// What came first is there first: whatever follows the first that is missing is missing, too.
    in_order: bool,
}

impl Taste {
    fn of(dice: &mut Dice) -> Self {
        match dice.below(4) {
            0 => Self { keeps: 0, tears: false, in_order: false },
            1 => Self { keeps: 100, tears: false, in_order: true },
            2 => Self { keeps: 20 + dice.below(70), tears: false, in_order: false },
            _ => Self { keeps: 20 + dice.below(70), tears: true, in_order: false },
        }
    }

    fn spoil(&self, change: &Change, bytes: &mut Vec<u8>, dice: &mut Dice) {
        let Change::Write(at, written) = change else {
            if dice.percent(self.keeps) {
                make(bytes, change);
            }
            return;
        };
        if !self.tears {
            if dice.percent(self.keeps) {
                make(bytes, change);
            }
            return;
        }
        // Sectors lie at multiples of their size in the file, wherever the write began.
        let mut from = *at;
        let end = at + written.len();
        while from < end {
            let to = ((from / SECTOR + 1) * SECTOR).min(end);
            if dice.percent(self.keeps) {
                make(bytes, &Change::Write(from, written[from - at..to - at].to_vec()));
            }
            from = to;
        }
    }
}

fn make(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write(at, written) => {
            if bytes.len() < at + written.len() {
                bytes.resize(at + written.len(), 0);
            }
            bytes[*at..at + written.len()].copy_from_slice(written);
        }
        Change::Truncate(len) => bytes.resize(*len, 0),
    }
}

fn rename(names: &mut BTreeMap<String, usize>, renamed: Renamed) {
    match renamed {
        Renamed::Create(name, file) => {
            names.insert(name, file);
        }
        Renamed::Remove(name) => {
            names.remove(&name);
        }
    }
}

/// Puts an image, and nothing else, into a folder.
pub(crate) fn lay_out(image: &Image, folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    for (name, bytes) in image {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}
