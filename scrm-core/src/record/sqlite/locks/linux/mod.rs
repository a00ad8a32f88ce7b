//! How do SQLite's locks become locks that belong to us alone? Its `fcntl` is replaced by one that takes them on an open
//! file description (OFD) of our own.
//!
//! Read [`install`] first, then [`table`]. SQLite takes locks as POSIX defines them: whichever descriptor of a file it
//! takes or drops them by, they are the process's. So there is one OFD per locked file, opened beside SQLite's own
//! descriptors and closed after the last of them that ever locked; all locks of this process are taken on it. They are
//! seen by every other process and every other copy of SQLite, whichever kind of lock it takes.
//!
//! A forked child has copies of our descriptors, and with them its parent's locks. It closes them at once, so that it
//! neither drops a lock nor holds one for longer than its parent; and as SQLite's own notes of what is locked are those
//! of its parent, files get other numbers in it (`st_dev`), and a record opened there begins afresh.
//!
//! This is the one module of the crate with `unsafe` code: it hands functions to C, and calls those of the system.
#![allow(unsafe_code)]

mod network;
mod table;

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::sync::{MutexGuard, OnceLock, PoisonError};

use rusqlite::ffi;

pub(in crate::record::sqlite) use self::network::network;
use self::table::{TABLE, Table, table};
use crate::record::StoreErrorKind;
use crate::record::error::Fault;

type Fcntl = unsafe extern "C" fn(c_int, c_int, ...) -> c_int;
type Close = unsafe extern "C" fn(c_int) -> c_int;
type Fstat = unsafe extern "C" fn(c_int, *mut libc::stat) -> c_int;
type Stat = unsafe extern "C" fn(*const c_char, *mut libc::stat) -> c_int;

/// The calls that SQLite made before, to which everything but locks is passed on.
struct Calls {
    fcntl: Fcntl,
    close: Close,
    fstat: Fstat,
    stat: Stat,
}

static CALLS: OnceLock<Calls> = OnceLock::new();

/// Replaces SQLite's calls, once per process, for every connection of this copy of SQLite. Connections that are open
/// already would lose their locks, so it is done before the first.
pub(in crate::record::sqlite) fn install() -> Result<(), Fault> {
    static DONE: OnceLock<Result<(), &'static str>> = OnceLock::new();
    let done = *DONE.get_or_init(replace);
    done.map_err(|why| Fault::new(StoreErrorKind::Open).detail(why))
}

fn replace() -> Result<(), &'static str> {
    #[cfg(test)]
    if super::super::tests::hostile::wants_posix_locks() {
        return Ok(());
    }
    const NO_CALLS: &str =
        "its locks cannot be made safe: this copy of SQLite lets no system call be replaced";
    if !has_ofd_locks() {
        return Err("its locks cannot be made safe: this needs Linux 3.15 or later");
    }
    // SAFETY: the name is a C string. SQLite initialises itself on the first call, and its own `unix` file system lives
    // as long as the process.
    let unix = unsafe { ffi::sqlite3_vfs_find(c"unix".as_ptr()) };
    // SAFETY: it is null or that file system.
    let Some(vfs) = (unsafe { unix.as_ref() }) else { return Err(NO_CALLS) };
    let (Some(get), Some(set)) = (vfs.xGetSystemCall, vfs.xSetSystemCall) else { return Err(NO_CALLS) };
    // SAFETY: the file system and the names are alive.
    let call = |name: &CStr| unsafe { get(unix, name.as_ptr()) };
    let (Some(fcntl), Some(close), Some(fstat), Some(stat)) =
        (call(c"fcntl"), call(c"close"), call(c"fstat"), call(c"stat"))
    else {
        return Err(NO_CALLS);
    };
    // SAFETY: SQLite keeps all its calls as one type and casts each to its own before the call: these, by name.
    let calls = unsafe {
        Calls {
            fcntl: std::mem::transmute::<unsafe extern "C" fn(), Fcntl>(fcntl),
            close: std::mem::transmute::<unsafe extern "C" fn(), Close>(close),
            fstat: std::mem::transmute::<unsafe extern "C" fn(), Fstat>(fstat),
            stat: std::mem::transmute::<unsafe extern "C" fn(), Stat>(stat),
        }
    };
    let _ = CALLS.set(calls);
    // SAFETY: the handlers only take and release the table, and close descriptors.
    if unsafe { pthread_atfork(Some(before_fork), Some(after_fork), Some(in_child)) } != 0 {
        return Err("there is not enough memory");
    }
    // SAFETY: as above, the other way round. SQLite calls `fcntl` as `int(int, int, ...)` with at most one further
    // argument, an integer or a pointer; on every 64-bit Linux that argument is passed to a function of three where a
    // function of `...` would look for it.
    let ours: [(&CStr, unsafe extern "C" fn()); 4] = unsafe {
        type Ours = unsafe extern "C" fn(c_int, c_int, *mut c_void) -> c_int;
        [
            (c"fstat", std::mem::transmute::<Fstat, unsafe extern "C" fn()>(fstat_of_this_process)),
            (c"stat", std::mem::transmute::<Stat, unsafe extern "C" fn()>(stat_of_this_process)),
            (c"close", std::mem::transmute::<Close, unsafe extern "C" fn()>(close_and_forget)),
            (c"fcntl", std::mem::transmute::<Ours, unsafe extern "C" fn()>(lock_for_the_process)),
        ]
    };
    for (name, call) in ours {
        // SAFETY: the file system and the name are alive, and the call is of the type that the name stands for.
        if unsafe { set(unix, name.as_ptr(), Some(call)) } != ffi::SQLITE_OK {
            return Err(NO_CALLS);
        }
    }
    Ok(())
}

unsafe extern "C" {
    fn pthread_atfork(
        prepare: Option<extern "C" fn()>,
        parent: Option<extern "C" fn()>,
        child: Option<extern "C" fn()>,
    ) -> c_int;
}

/// Whether this system knows such locks, asked of a file that nobody shares.
fn has_ofd_locks() -> bool {
    // SAFETY: the path is a C string, a `flock` of zeros is one, and the descriptor is closed once.
    unsafe {
        let mut lock: libc::flock = MaybeUninit::zeroed().assume_init();
        let file = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC);
        let known = file >= 0 && libc::fcntl(file, libc::F_OFD_GETLK, &raw mut lock) == 0;
        if file >= 0 {
            libc::close(file);
        }
        known
    }
}

/// `fcntl`: locks are taken for the process on the description that is ours, all else is passed on.
///
/// SAFETY: called by SQLite, with what `fcntl` takes.
unsafe extern "C" fn lock_for_the_process(file: c_int, command: c_int, argument: *mut c_void) -> c_int {
    let Some(calls) = CALLS.get() else { return -1 };
    let command = match command {
        libc::F_SETLK => libc::F_OFD_SETLK,
        libc::F_SETLKW => libc::F_OFD_SETLKW,
        libc::F_GETLK => libc::F_OFD_GETLK,
        // SAFETY: as it came.
        other => return unsafe { (calls.fcntl)(file, other, argument) },
    };
    let mut table = table();
    // The failure of the last call in there is the reason, in `errno`.
    let Some(holder) = table.holder(file) else { return -1 };
    if command == libc::F_OFD_SETLKW {
        drop(table);
    }
    // SAFETY: with these commands the argument points to a `flock`, which nobody else uses during the call.
    unsafe {
        if let Some(lock) = argument.cast::<libc::flock>().as_mut() {
            lock.l_pid = 0;
        }
        (calls.fcntl)(holder, command, argument)
    }
}

/// `close`, and the locks go with the last descriptor that took them.
///
/// SAFETY: called by SQLite, with a descriptor of its own.
unsafe extern "C" fn close_and_forget(file: c_int) -> c_int {
    let Some(calls) = CALLS.get() else { return -1 };
    table().forget(file);
    // SAFETY: as it came.
    unsafe { (calls.close)(file) }
}

/// `fstat`, with numbers of files that are this process's own.
///
/// SAFETY: called by SQLite, with room for a `stat`.
unsafe extern "C" fn fstat_of_this_process(file: c_int, found: *mut libc::stat) -> c_int {
    let Some(calls) = CALLS.get() else { return -1 };
    // SAFETY: as it came; the `stat` is whole when the call succeeds.
    unsafe {
        let done = (calls.fstat)(file, found);
        number_anew(done, found.as_mut());
        done
    }
}

/// `stat`, as [`fstat_of_this_process`].
///
/// SAFETY: called by SQLite, with a path and room for a `stat`.
unsafe extern "C" fn stat_of_this_process(path: *const c_char, found: *mut libc::stat) -> c_int {
    let Some(calls) = CALLS.get() else { return -1 };
    // SAFETY: as it came; the `stat` is whole when the call succeeds.
    unsafe {
        let done = (calls.stat)(path, found);
        number_anew(done, found.as_mut());
        done
    }
}

fn number_anew(done: c_int, found: Option<&mut libc::stat>) {
    if let (0, Some(found)) = (done, found) {
        found.st_dev ^= table().forks << 32;
    }
}

thread_local! {
    /// The table, from before a fork until after it: no other thread is in the middle of changing it then.
    static HELD: RefCell<Option<MutexGuard<'static, Table>>> = const { RefCell::new(None) };
}

extern "C" fn before_fork() {
    let _ = HELD.try_with(|held| {
        if let Ok(mut held) = held.try_borrow_mut() {
            *held = Some(TABLE.lock().unwrap_or_else(PoisonError::into_inner));
        }
    });
}

extern "C" fn after_fork() {
    let _ = HELD.try_with(|held| held.try_borrow_mut().map(|mut held| held.take()));
}

extern "C" fn in_child() {
    let _ = HELD.try_with(|held| {
        if let Some(mut table) = held.try_borrow_mut().ok().and_then(|mut held| held.take()) {
            table.enter();
        }
    });
}

#[cfg(test)]
mod tests;
