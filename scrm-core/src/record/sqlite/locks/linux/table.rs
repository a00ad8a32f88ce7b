//! Which description holds the locks of which file?
//!
//! Read [`Table`] first.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CString, c_int};
use std::mem::MaybeUninit;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A file of this system: its device and its number there.
type FileId = (libc::dev_t, libc::ino_t);

/// What holds the locks of each file.
pub(super) struct Table {
    locks: BTreeMap<FileId, Lock>,
    /// Whose they are.
    process: u32,
    /// How many forks there are between the first process and this one.
    pub(super) forks: u64,
}

/// All locks of this process on one file.
struct Lock {
    /// A descriptor of the description that holds them.
    holder: c_int,
    /// SQLite's descriptors that locked by it. With the last one the locks go.
    users: BTreeSet<c_int>,
}

pub(super) static TABLE: Mutex<Table> = Mutex::new(Table { locks: BTreeMap::new(), process: 0, forks: 0 });

/// The table of this process. Where no handler ran at a fork, it is emptied now.
pub(super) fn table() -> MutexGuard<'static, Table> {
    let mut table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
    table.enter();
    table
}

impl Table {
    pub(super) fn enter(&mut self) {
        let process = std::process::id();
        if self.process == process {
            return;
        }
        if self.process != 0 {
            self.forks += 1;
        }
        self.process = process;
        for lock in std::mem::take(&mut self.locks).into_values() {
            lock.close();
        }
    }

    /// The descriptor to lock by, for one of SQLite's.
    pub(super) fn holder(&mut self, user: c_int) -> Option<c_int> {
        let file = file_id(user)?;
        if let Some(lock) = self.locks.get_mut(&file) {
            lock.users.insert(user);
            return Some(lock.holder);
        }
        // Its number may have been another file's, closed without our knowing.
        self.forget(user);
        let holder = describe_anew(user)?;
        self.locks.insert(file, Lock { holder, users: BTreeSet::from([user]) });
        Some(holder)
    }

    pub(super) fn forget(&mut self, user: c_int) {
        let of_user = |(_, lock): &(&FileId, &mut Lock)| lock.users.contains(&user);
        let Some((file, lock)) = self.locks.iter_mut().find(of_user) else { return };
        let file = *file;
        lock.users.remove(&user);
        if lock.users.is_empty()
            && let Some(lock) = self.locks.remove(&file)
        {
            lock.close();
        }
    }
}

impl Lock {
    fn close(self) {
        // SAFETY: we opened it, and it is closed with its owner.
        unsafe { libc::close(self.holder) };
    }
}

/// The file as the system knows it, not as SQLite is told.
fn file_id(file: c_int) -> Option<FileId> {
    let mut found = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: there is room for a `stat`; it is whole when the call succeeds.
    unsafe {
        if libc::fstat(file, found.as_mut_ptr()) != 0 {
            return None;
        }
        let found = found.assume_init();
        Some((found.st_dev, found.st_ino))
    }
}

/// A second description of an open file. Where `/proc` is missing it is the same one by another number: then a forked
/// child that does not run another program holds the locks for as long as it lives.
fn describe_anew(file: c_int) -> Option<c_int> {
    let path = CString::new(format!("/proc/self/fd/{file}")).ok()?;
    // SAFETY: the path is a C string; each descriptor is closed or handed out.
    unsafe {
        let both = libc::open(path.as_ptr(), libc::O_RDWR | libc::O_CLOEXEC);
        let one = if both >= 0 { both } else { libc::open(path.as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
        let out_of_numbers = one < 0 && matches!(errno(), libc::EMFILE | libc::ENFILE);
        if out_of_numbers {
            return None;
        }
        let from = if one >= 0 { one } else { file };
        // As SQLite has it: none of the numbers that a program writes its output to.
        let holder =
            if from == file || from < 3 { libc::fcntl(from, libc::F_DUPFD_CLOEXEC, 3) } else { from };
        if from != file && from != holder {
            libc::close(from);
        }
        (holder >= 0).then_some(holder)
    }
}

fn errno() -> c_int {
    std::io::Error::last_os_error().raw_os_error().unwrap_or_default()
}
