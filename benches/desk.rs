//! How many posts a second get on record, durably, with cases opened? Into memory and into SQLite.

#![allow(missing_docs, reason = "criterion's macros write functions without")]

use benches::{engine, posts};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use scrm_core::desk::Desk;
use scrm_core::record::{MemoryStore, SqliteStore, Store};

/// Posts taken in.
const POSTS: usize = 5000;

fn receive<S: Store>(store: S, engine: &scrm_core::engine::Engine, messages: Vec<scrm_core::model::Message>) {
    let mut desk = Desk::open(engine.clone(), store);
    let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default();
    let received = desk.receive(messages, now).unwrap_or_default();
    assert_eq!(received.len(), POSTS);
    assert!(received.iter().all(|one| one.outcome.is_some()));
}

fn desk(criterion: &mut Criterion) {
    let (messages, engine) = (posts(POSTS), engine(100));
    let mut group = criterion.benchmark_group("receive");
    group.sample_size(10).throughput(Throughput::Elements(POSTS as u64));
    group.bench_function("memory", |bencher| {
        bencher.iter_batched(
            || messages.clone(),
            |messages| receive(MemoryStore::new(), &engine, messages),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("sqlite", |bencher| {
        let setup = || (tempfile::tempdir(), messages.clone());
        let run = |(folder, messages): (std::io::Result<tempfile::TempDir>, Vec<_>)| {
            let Ok(folder) = folder else { return };
            if let Ok(store) = SqliteStore::open(folder.path().join("bench.db")) {
                receive(store, &engine, messages);
            }
        };
        bencher.iter_batched(setup, run, BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, desk);
criterion_main!(benches);
