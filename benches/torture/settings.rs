//! What was asked for on the command line: `--name value`, in any order.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

pub(crate) struct Settings(BTreeMap<String, String>);

impl Settings {
    pub(crate) fn of(words: impl Iterator<Item = String>) -> Self {
        let words: Vec<_> = words.collect();
        let pairs = words.chunks(2).filter_map(|pair| {
            let [name, value] = pair else { return None };
            Some((name.trim_start_matches('-').to_owned(), value.clone()))
        });
        Self(pairs.collect())
    }

    /// A setting, or what it is without.
    pub(crate) fn get<T: FromStr>(&self, name: &str, default: T) -> T {
        self.0.get(name).and_then(|value| value.parse().ok()).unwrap_or(default)
    }

    pub(crate) fn seed(&self) -> u64 {
        self.get("seed", 1)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.get("file", PathBuf::new())
    }
}

/// A folder in memory, where there is one: what the disk would do is modelled here, not waited for.
pub(crate) fn fast_folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder for the files")
}
