//! How is something said on a terminal? Without a panic when nobody listens any more.

use std::io::{self, Write};

/// Writes to standard output. A reader that went away (a closed pipe) has what it wanted, and is no failure.
pub(super) fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let written =
        out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes one complaint to standard error.
pub(super) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "scrm: {text}");
}
