//! What went wrong in a store, and what can be done about it?
//!
//! Read [`StoreErrorKind`] first. Every text names the place and the way out, and holds no content of the record.

use std::error::Error;
use std::fmt;

/// Why a store could not do what it was asked.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    place: String,
    detail: String,
    source: Option<Source>,
}

type Source = Box<dyn Error + Send + Sync>;

/// What sort of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The file is a database of another program; not a byte of it was changed.
    NotOurs,
    /// The file was written by a newer version; not a byte of it was changed.
    TooNew {
        /// The format of the file.
        found: u32,
        /// The newest format that this version reads.
        max: u32,
    },
    /// The file is no database at all; not a byte of it was changed.
    NotADatabase,
    /// The path is a folder.
    IsDirectory,
    /// The path cannot be opened: it is empty, its folder is missing, or this user may not.
    Open,
    /// The disk is full. What was acknowledged is kept, and commits succeed again when there is space.
    Full,
    /// Another process holds the lock.
    Busy,
    /// The server cannot be reached, or the connection to it broke. What was acknowledged is kept.
    Connection,
    /// Something in the store cannot be read back.
    Corrupt,
    /// The disk failed. What was acknowledged is kept; the commit that failed may or may not be there: send it again.
    Io,
    /// The store belongs to the process that opened it, and this is a child that it forked. The child opens its own.
    Forked,
    /// The file was moved, replaced, or written by a program that does not keep to its locks, so that what was
    /// acknowledged may be missing from it.
    ForeignWriter,
    /// An event was refused; nothing of its commit was kept.
    Input,
    /// What the commit was decided on has changed meanwhile; nothing of it was kept. Read again, and decide again.
    Stale,
    /// This build lacks the store, or the store cannot do what was asked of it.
    Unsupported,
}

impl StoreError {
    /// What sort of failure it is.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Whether the same call can succeed later without a change to the program or the file.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Busy | StoreErrorKind::Full | StoreErrorKind::Connection)
    }

    /// The file's path, or what stands for it. Of a server: its address, without user and password.
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use StoreErrorKind as K;
        let Self { place, detail, .. } = self;
        match self.kind {
            K::NotOurs => {
                write!(f, "`{place}` is a database of another program; choose another file or schema")
            }
            K::TooNew { found, max } => write!(
                f,
                "`{place}` has format {found}, and this version reads up to {max}; open it with a newer version"
            ),
            K::NotADatabase => write!(f, "`{place}` is not a database; choose another file"),
            K::IsDirectory => write!(f, "`{place}` is a folder; name a file in it, such as `record.db`"),
            K::Open => write!(f, "`{place}` cannot be opened: {detail}"),
            K::Full => write!(
                f,
                "no space is left for `{place}`; what was acknowledged is kept: free some space and try again"
            ),
            K::Busy => write!(f, "`{place}` is locked by another process; close it there, or try again"),
            K::Connection => {
                write!(f, "`{place}` cannot be reached: {detail}; what was acknowledged is kept: try again")
            }
            K::Corrupt => write!(f, "`{place}` is damaged: {detail}; go back to a backup"),
            K::Io => {
                write!(f, "`{place}` cannot be read or written: {detail}; check the disk and open it again")
            }
            K::Forked => write!(
                f,
                "`{place}` was opened by the process that forked this one, which alone may use it; open it again here"
            ),
            K::ForeignWriter => write!(
                f,
                "`{place}` was changed behind the store's back: {detail}; look for what else opens it, and go back to a backup"
            ),
            K::Input => write!(f, "`{place}` refused a commit and kept nothing of it: {detail}"),
            K::Stale => write!(
                f,
                "`{place}` kept nothing of a commit: {detail} changed since it was read; read again and decide again"
            ),
            K::Unsupported => write!(f, "`{place}` cannot do this: {detail}"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// A failure before it is known where it happened.
#[derive(Debug)]
pub(super) struct Fault {
    kind: StoreErrorKind,
    detail: String,
    source: Option<Source>,
}

impl Fault {
    pub(super) fn new(kind: StoreErrorKind) -> Self {
        Self { kind, detail: String::new(), source: None }
    }

    /// A failure that knew its place, and will be told it again.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(super) fn of(error: StoreError) -> Self {
        let StoreError { kind, detail, source, .. } = error;
        Self { kind, detail, source }
    }

    /// A store that this build lacks, by the name of its feature.
    #[cfg(not(all(feature = "sqlite", feature = "postgres")))]
    pub(super) fn not_built(feature: &str) -> Self {
        let detail = format!("this build has no {feature}; build scrm-core with the feature `{feature}`");
        Self { detail, ..Self::new(StoreErrorKind::Unsupported) }
    }

    /// An event that is not taken.
    pub(super) fn refused(detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..Self::new(StoreErrorKind::Input) }
    }

    pub(super) fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// The same, naming which event of a commit was refused, counted from 1.
    pub(super) fn of_event(mut self, number: usize) -> Self {
        if self.kind() == StoreErrorKind::Input {
            self.detail = format!("event {number}: {}", self.detail);
        }
        self
    }

    /// The failure with its place.
    pub(super) fn at(self, place: &str) -> StoreError {
        let Self { kind, detail, source } = self;
        StoreError { kind, place: place.to_owned(), detail, source }
    }
}

impl Fault {
    pub(super) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    pub(super) fn source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }
}
