//! How are the file's locks kept when the host opens and closes the same file by other ways?
//!
//! POSIX locks belong to the process, and the process loses all of them when *any* of its descriptors of the file is
//! closed: by another copy of SQLite, by a backup that reads the file, by a scan for viruses. A third process may then
//! write in the middle of a commit, and what was acknowledged is gone. On Linux the locks are therefore taken on open
//! file descriptions of our own (`linux`), which nobody else can close. Elsewhere they are POSIX locks, the host must
//! keep its hands off the file, and what is left is the check at each commit (`session`).

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod linux;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
pub(super) use linux::{install, network};

#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
mod other;
#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
pub(super) use other::{install, network};
