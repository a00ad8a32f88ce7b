//! How is the same work done on several threads? On a pool of its own, each part by itself, in their order.

/// What `work` gives for each part.
#[cfg(feature = "parallel")]
pub(super) fn each<P: Sync, T: Send>(parts: &[P], threads: usize, work: impl Fn(&P) -> T + Sync) -> Vec<T> {
    use rayon::prelude::*;
    let pool = (threads > 1 && parts.len() > 1)
        .then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok())
        .flatten();
    match pool {
        Some(pool) => pool.install(|| parts.par_iter().map(&work).collect()),
        None => parts.iter().map(work).collect(),
    }
}

/// What `work` gives for each part.
#[cfg(not(feature = "parallel"))]
pub(super) fn each<P: Sync, T: Send>(parts: &[P], _threads: usize, work: impl Fn(&P) -> T + Sync) -> Vec<T> {
    parts.iter().map(work).collect()
}
