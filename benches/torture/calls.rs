//! What does SQLite ask of the disk, and what if the answer is no? Its calls are watched, and spoiled on demand.
//!
//! Read [`watch`] first. SQLite lets most of its calls be replaced (`xSetSystemCall`); `fsync` is replaced by giving this
//! program one of that name. Only files in the watched folder count, and not the `-shm` file, which no crash survives.
#![allow(unsafe_code)]

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rusqlite::ffi;

/// Something that reached the system's cache; whether it reaches the disk is for [`crate::disk`] to say.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Create(String),
    Write(String, u64, Vec<u8>),
    Truncate(String, u64),
    Sync(String),
    /// It was tried and failed: the system tells of a failed write once, and forgets what it could not write.
    SyncFailed(String),
    SyncFolder,
    Remove(String),
    /// This call failed.
    Failed(&'static str, String),
    /// Message so-and-so was acknowledged.
    Acknowledged(u64),
}

impl Op {
    /// In words, without what was written.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Write(name, at, bytes) => format!("{} bytes to {name} at {at}", bytes.len()),
            Self::Failed(call, name) => format!("failed to {call} {name}"),
            other => format!("{other:?}"),
        }
    }
}

/// Which call fails, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Counted from 1.
    pub(crate) at: u64,
    pub(crate) errno: c_int,
    /// A write writes half of it first.
    pub(crate) short: bool,
    /// Every call after it fails as well.
    pub(crate) sticky: bool,
}

#[derive(Debug, Default)]
struct Watch {
    folder: String,
    files: BTreeMap<c_int, String>,
    ops: Vec<Op>,
    fault: Option<Fault>,
    calls: u64,
    /// Bytes that the files of the folder may have together.
    space: Option<u64>,
}

static WATCH: Mutex<Option<Watch>> = Mutex::new(None);

fn watched() -> MutexGuard<'static, Option<Watch>> {
    WATCH.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on, what happens to the files of a folder is noted, and fails as asked for.
pub(crate) fn watch(folder: &Path, fault: Option<Fault>) {
    install();
    let folder = folder.canonicalize().unwrap().to_str().unwrap().to_owned();
    *watched() = Some(Watch { folder, fault, ..Watch::default() });
}

/// No more than so many bytes fit into the folder; `None` is no end of space.
pub(crate) fn limit(space: Option<u64>) {
    if let Some(watch) = watched().as_mut() {
        watch.space = space;
    }
}

/// Nothing fails any more; says how many calls there were until now.
pub(crate) fn heal() -> u64 {
    let mut held = watched();
    let Some(watch) = held.as_mut() else { return 0 };
    watch.fault = None;
    watch.calls
}

pub(crate) fn acknowledged(number: u64) {
    if let Some(watch) = watched().as_mut() {
        watch.ops.push(Op::Acknowledged(number));
    }
}

/// What happened, and how many calls there were.
pub(crate) fn unwatch() -> (Vec<Op>, u64) {
    watched().take().map(|watch| (watch.ops, watch.calls)).unwrap_or_default()
}

/// What becomes of a call.
enum Fate {
    Passes,
    Fails(c_int),
    Shortened,
}

impl Watch {
    fn name(&self, path: *const c_char) -> Option<String> {
        // SAFETY: SQLite gives a C string.
        let path = unsafe { CStr::from_ptr(path) }.to_str().ok()?;
        let rest = path.strip_prefix(&self.folder)?;
        (!rest.ends_with("-shm")).then(|| rest.trim_start_matches('/').to_owned())
    }

    /// The standard library opens files by a call that is not watched: they are known by their path.
    fn name_of(&self, file: c_int) -> Option<String> {
        if let Some(name) = self.files.get(&file) {
            return Some(name.clone());
        }
        let path = std::fs::read_link(format!("/proc/self/fd/{file}")).ok()?;
        let name = path.to_str()?.strip_prefix(&self.folder)?.trim_start_matches('/').to_owned();
        (!name.ends_with("-shm") && !name.ends_with("(deleted)")).then_some(name)
    }

    fn fate(&mut self) -> Fate {
        self.calls += 1;
        match self.fault {
            Some(fault) if self.calls == fault.at && fault.short => Fate::Shortened,
            Some(fault) if self.calls == fault.at || (self.calls == fault.at + 1 && fault.short) => {
                Fate::Fails(fault.errno)
            }
            Some(fault) if self.calls > fault.at && fault.sticky => Fate::Fails(fault.errno),
            _ => Fate::Passes,
        }
    }

    /// Whether a file that grows to `end` would be more than there is space for.
    fn is_full(&self, file: c_int, end: u64) -> bool {
        let Some(space) = self.space else { return false };
        let sizes = std::fs::read_dir(&self.folder).unwrap();
        let used: u64 = sizes.map(|entry| entry.unwrap().metadata().map_or(0, |found| found.len())).sum();
        // SAFETY: a `stat` of zeros is one.
        let size = unsafe {
            let mut found: libc::stat = std::mem::zeroed();
            libc::fstat(file, &raw mut found);
            found.st_size.unsigned_abs()
        };
        end > size && used + (end - size) > space
    }
}

fn fail(errno: c_int) {
    // SAFETY: the place of this thread's error number.
    unsafe { *libc::__errno_location() = errno };
}

type Call = unsafe extern "C" fn();

/// The calls as they were before.
struct Before {
    open: unsafe extern "C" fn(*const c_char, c_int, c_int) -> c_int,
    close: unsafe extern "C" fn(c_int) -> c_int,
}

static BEFORE: OnceLock<Before> = OnceLock::new();

fn install() {
    BEFORE.get_or_init(|| {
        // The store replaces some calls, too: it goes first, so that ours come before its.
        drop(scrm_core::record::SqliteStore::open_in_memory());
        // SAFETY: each call has the type that SQLite calls it by, under the name it knows it by; the file system `unix`
        // lives as long as the process.
        unsafe {
            let unix = ffi::sqlite3_vfs_find(c"unix".as_ptr());
            let (get, set) = ((*unix).xGetSystemCall.unwrap(), (*unix).xSetSystemCall.unwrap());
            let before = Before {
                open: std::mem::transmute::<Call, unsafe extern "C" fn(*const c_char, c_int, c_int) -> c_int>(
                    get(unix, c"open".as_ptr()).unwrap(),
                ),
                close: std::mem::transmute::<Call, unsafe extern "C" fn(c_int) -> c_int>(
                    get(unix, c"close".as_ptr()).unwrap(),
                ),
            };
            let calls: [(&CStr, *const ()); 9] = [
                (c"open", open as *const ()),
                (c"close", close as *const ()),
                (c"read", read as *const ()),
                (c"pread", pread as *const ()),
                (c"pread64", pread as *const ()),
                (c"write", write as *const ()),
                (c"pwrite", pwrite as *const ()),
                (c"pwrite64", pwrite as *const ()),
                (c"ftruncate", ftruncate as *const ()),
            ];
            let unlink = (c"unlink", unlink as *const ());
            for (name, call) in calls.into_iter().chain([unlink]) {
                // Those that this SQLite was built without are not there to be replaced.
                set(unix, name.as_ptr(), Some(std::mem::transmute::<*const (), Call>(call)));
            }
            before
        }
    });
}

unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: c_int) -> c_int {
    let before = BEFORE.get().unwrap();
    let mut held = watched();
    let named = held.as_mut().and_then(|watch| watch.name(path).map(|name| (watch, name)));
    // SAFETY: as it came.
    unsafe {
        let Some((watch, name)) = named else { return (before.open)(path, flags, mode) };
        if let Fate::Fails(errno) = watch.fate() {
            watch.ops.push(Op::Failed("open", name));
            fail(errno);
            return -1;
        }
        let is_new = flags & libc::O_CREAT != 0 && libc::access(path, libc::F_OK) != 0;
        let file = (before.open)(path, flags, mode);
        if file >= 0 {
            if is_new {
                watch.ops.push(Op::Create(name.clone()));
            }
            watch.files.insert(file, name);
        }
        file
    }
}

unsafe extern "C" fn close(file: c_int) -> c_int {
    if let Some(watch) = watched().as_mut() {
        watch.files.remove(&file);
    }
    // SAFETY: as it came.
    unsafe { (BEFORE.get().unwrap().close)(file) }
}

/// Whether reading fails.
fn reading_fails(file: c_int) -> bool {
    let mut held = watched();
    let Some(watch) = held.as_mut().filter(|watch| watch.files.contains_key(&file)) else { return false };
    let Fate::Fails(errno) = watch.fate() else { return false };
    let name = watch.files.get(&file).cloned().unwrap_or_default();
    watch.ops.push(Op::Failed("read", name));
    fail(errno);
    true
}

unsafe extern "C" fn read(file: c_int, to: *mut c_void, len: usize) -> isize {
    // SAFETY: as it came.
    if reading_fails(file) { -1 } else { unsafe { libc::read(file, to, len) } }
}

unsafe extern "C" fn pread(file: c_int, to: *mut c_void, len: usize, at: i64) -> isize {
    // SAFETY: as it came.
    if reading_fails(file) { -1 } else { unsafe { libc::pread(file, to, len, at) } }
}

unsafe extern "C" fn write(file: c_int, from: *const c_void, len: usize) -> isize {
    // SAFETY: the place in an open file.
    let at = unsafe { libc::lseek(file, 0, libc::SEEK_CUR) };
    // SAFETY: as it came, at the place where the file stands.
    unsafe {
        let written = pwrite(file, from, len, at);
        if written > 0 {
            libc::lseek(file, at + written as i64, libc::SEEK_SET);
        }
        written
    }
}

/// What the standard library writes by.
#[unsafe(no_mangle)]
unsafe extern "C" fn pwrite64(file: c_int, from: *const c_void, len: usize, at: i64) -> isize {
    // SAFETY: as it came.
    unsafe { pwrite(file, from, len, at) }
}

/// The system's own call.
unsafe fn write_at(file: c_int, from: *const c_void, len: usize, at: i64) -> isize {
    // SAFETY: as it came.
    let written = unsafe { libc::syscall(libc::SYS_pwrite64, file, from, len, at) };
    isize::try_from(written).unwrap_or(-1)
}

unsafe extern "C" fn pwrite(file: c_int, from: *const c_void, len: usize, at: i64) -> isize {
    let mut held = watched();
    let named = held.as_mut().and_then(|watch| watch.name_of(file).map(|name| (watch, name)));
    let Some((watch, name)) = named else {
        let full = held.as_ref().is_some_and(|watch| watch.is_full(file, at.unsigned_abs() + len as u64));
        if full {
            fail(libc::ENOSPC);
            return -1;
        }
        // SAFETY: as it came.
        return unsafe { write_at(file, from, len, at) };
    };
    if watch.is_full(file, at.unsigned_abs() + len as u64) {
        fail(libc::ENOSPC);
        return -1;
    }
    let len = match watch.fate() {
        Fate::Passes => len,
        Fate::Shortened => len / 2,
        Fate::Fails(errno) => {
            watch.ops.push(Op::Failed("write", name));
            fail(errno);
            return -1;
        }
    };
    // SAFETY: as it came, or less of it.
    let written = unsafe { write_at(file, from, len, at) };
    if written > 0 {
        // SAFETY: so much was just read from there.
        let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), written.unsigned_abs()) };
        watch.ops.push(Op::Write(name, at.unsigned_abs(), bytes.to_vec()));
    }
    written
}

unsafe extern "C" fn ftruncate(file: c_int, len: i64) -> c_int {
    let mut held = watched();
    if let Some(watch) = held.as_mut()
        && let Some(name) = watch.files.get(&file).cloned()
    {
        if let Fate::Fails(errno) = watch.fate() {
            watch.ops.push(Op::Failed("truncate", name));
            fail(errno);
            return -1;
        }
        watch.ops.push(Op::Truncate(name, len.unsigned_abs()));
    }
    // SAFETY: as it came.
    unsafe { libc::ftruncate(file, len) }
}

unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    let mut held = watched();
    if let Some(watch) = held.as_mut()
        && let Some(name) = watch.name(path)
    {
        if let Fate::Fails(errno) = watch.fate() {
            watch.ops.push(Op::Failed("unlink", name));
            fail(errno);
            return -1;
        }
        // SAFETY: a C string.
        if unsafe { libc::access(path, libc::F_OK) } == 0 {
            watch.ops.push(Op::Remove(name));
        }
    }
    // SAFETY: as it came.
    unsafe { libc::unlink(path) }
}

/// What SQLite and the standard library call to have a file on the disk.
#[unsafe(no_mangle)]
extern "C" fn fsync(file: c_int) -> c_int {
    if let Some(watch) = watched().as_mut()
        && let Some(name) = watch.name_of(file)
    {
        if let Fate::Fails(errno) = watch.fate() {
            watch.ops.push(Op::SyncFailed(name));
            fail(errno);
            return -1;
        }
        watch.ops.push(if name.is_empty() { Op::SyncFolder } else { Op::Sync(name) });
        // What the disk holds is modelled: nothing is gained by waiting for the real one.
        return 0;
    }
    // SAFETY: the call that `fsync` stands for.
    let done = unsafe { libc::syscall(libc::SYS_fsync, file) };
    c_int::try_from(done).unwrap_or(-1)
}

/// As `fsync`: what it leaves out (times) does not matter here.
#[unsafe(no_mangle)]
extern "C" fn fdatasync(file: c_int) -> c_int {
    fsync(file)
}
