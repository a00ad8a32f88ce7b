//! Is this path on a file system whose locks are known to fail?

use std::ffi::CString;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The network file system that a path, or the folder of what is not there yet, is on. Named are those whose locks are
/// known to fail, or whose clients do not share memory as the write-ahead log needs it.
pub(in crate::record::sqlite) fn network(path: &Path) -> Option<&'static str> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let place = if path.exists() { path } else { folder };
    let place = CString::new(place.as_os_str().as_bytes()).ok()?;
    let mut found = MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: the path is a C string, and there is room for a `statfs`, which is whole when the call succeeds.
    let kind = unsafe {
        if libc::statfs(place.as_ptr(), found.as_mut_ptr()) != 0 {
            return None;
        }
        found.assume_init().f_type
    };
    // The kernel's numbers have 32 bits; whether the field has a sign differs from system to system.
    name(kind as u32)
}

/// From `linux/magic.h`, and `fs/smb/client/cifsfs.h` for the last two.
fn name(kind: u32) -> Option<&'static str> {
    match kind {
        0x6969 => Some("NFS"),
        0x517B => Some("SMB"),
        0x564C => Some("NCP"),
        0x5346_414F | 0x6B41_4653 => Some("AFS"),
        0x7375_7245 => Some("Coda"),
        0xFF53_4D42 => Some("CIFS"),
        0xFE53_4D42 => Some("SMB 2"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_systems_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(network(folder.path()), None);
        assert_eq!(network(&folder.path().join("none.db")), None);
        assert_eq!(network(Path::new("none.db")), None);
        // ext4, tmpfs, overlayfs, and what runs in user space, which may be local.
        let local = [0xEF53, 0x0102_1994, 0x794C_7630, 0x6573_5546];
        assert!(local.iter().all(|kind| name(*kind).is_none()));
        assert_eq!((name(0x6969), name(0xFF53_4D42)), (Some("NFS"), Some("CIFS")));
    }
}
