//! How much memory does it take? An allocator that counts, for benchmarks alone.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

static COUNTING: AtomicBool = AtomicBool::new(false);
static HELD: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

/// The system's allocator, which counts while [`counted`] runs and costs one load otherwise.
#[derive(Debug)]
pub struct Counting;

fn note(bytes: i64) {
    let held = HELD.fetch_add(bytes, Relaxed) + bytes;
    PEAK.fetch_max(held, Relaxed);
}

fn bytes(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

// SAFETY: every call goes to the system's allocator as it came; counting touches no memory but three statics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTING.load(Relaxed) {
            note(bytes(layout.size()));
        }
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if COUNTING.load(Relaxed) {
            note(-bytes(layout.size()));
        }
        // SAFETY: the caller keeps the contract of `dealloc`, and what it gives back came from `System`.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if COUNTING.load(Relaxed) {
            note(bytes(size) - bytes(layout.size()));
        }
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}

/// Bytes that something took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bytes {
    /// Held when it was done.
    pub held: u64,
    /// Held at most while it was done.
    pub peak: u64,
}

/// Does something and says what it took, all threads together; zero unless the program's allocator is [`Counting`].
pub fn counted<R>(work: impl FnOnce() -> R) -> (R, Bytes) {
    HELD.store(0, Relaxed);
    PEAK.store(0, Relaxed);
    COUNTING.store(true, Relaxed);
    let done = work();
    COUNTING.store(false, Relaxed);
    let of = |count: &AtomicI64| u64::try_from(count.load(Relaxed)).unwrap_or(0);
    (done, Bytes { held: of(&HELD), peak: of(&PEAK) })
}
