//! How is a chunk of work spread over threads? In their order, the same for any number of them.
//!
//! Read [`spread`] first. The threads are new ones: a forked child has them, too.

use std::num::NonZeroUsize;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// So few items are not worth a thread.
const FEW: usize = 16;

/// How many threads a caller asks for; absent, one for each processor.
///
/// # Errors
/// `ValueError` when it is none at all.
pub(super) fn threads_of(threads: Option<usize>) -> PyResult<NonZeroUsize> {
    match threads.map(NonZeroUsize::new) {
        Some(None) => Err(PyValueError::new_err("there is at least one thread")),
        Some(Some(threads)) => Ok(threads),
        None => Ok(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)),
    }
}

/// What `each` gives for each item, in their order.
pub(super) fn spread<T: Sync, R: Send>(
    items: &[T],
    threads: NonZeroUsize,
    each: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let all = |part: &[T]| part.iter().map(&each).collect::<Vec<_>>();
    let size = items.len().div_ceil(threads.get()).max(FEW);
    if items.len() <= size {
        return all(items);
    }
    std::thread::scope(|scope| {
        let all = &all;
        let parts: Vec<_> = items
            .chunks(size)
            .map(|part| {
                let started = std::thread::Builder::new().spawn_scoped(scope, move || all(part));
                started.map_err(|_| part)
            })
            .collect();
        let mut found = Vec::with_capacity(items.len());
        for part in parts {
            match part {
                Ok(thread) => match thread.join() {
                    Ok(one) => found.extend(one),
                    Err(panic) => std::panic::resume_unwind(panic),
                },
                // There is no thread to be had: it is done here.
                Err(part) => found.extend(all(part)),
            }
        }
        found
    })
}
