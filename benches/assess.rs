//! How many posts a second does the engine assess? One by one, and in batches on one thread and on two.

#![allow(missing_docs, reason = "criterion's macros write functions without")]

use std::hint::black_box;
use std::num::NonZeroUsize;

use benches::{engine, posts};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use scrm_core::model::{Assessment, Context, Message, Outcome};

/// Posts in a batch.
const POSTS: usize = 5000;

/// Relevant posts and decided posts: the answer every variant must give.
fn answer(assessments: &[Assessment]) -> (usize, usize) {
    let relevant = assessments.iter().filter(|one| !matches!(one.outcome, Outcome::Noise(_))).count();
    let decided = assessments.iter().filter(|one| one.outcome == Outcome::Decided).count();
    (relevant, decided)
}

fn throughput(messages: &[Message]) -> Throughput {
    let bytes = messages.iter().map(|message| message.text().len() as u64).sum();
    Throughput::ElementsAndBytes { elements: messages.len() as u64, bytes }
}

fn assess(criterion: &mut Criterion) {
    let messages = posts(POSTS);
    let mut group = criterion.benchmark_group("assess");
    group.sample_size(20);
    for monitors in [100, 1000] {
        let engine = engine(monitors);
        let context = Context::default();
        let expected =
            answer(&messages.iter().map(|message| engine.assess(message, &context)).collect::<Vec<_>>());
        // Two posts in three name one of a hundred brands.
        assert!((POSTS / 2..POSTS).contains(&expected.0), "{expected:?}");
        assert!(expected.1 > POSTS / 4, "{expected:?}");

        group.throughput(throughput(&messages));
        group.bench_function(BenchmarkId::new("single", monitors), |bencher| {
            bencher.iter(|| {
                let assessments: Vec<_> =
                    messages.iter().map(|message| engine.assess(black_box(message), &context)).collect();
                assert_eq!(answer(&assessments), expected);
            });
        });
        for threads in [1, 2] {
            let engine = engine.clone().with_threads(NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN));
            group.bench_function(BenchmarkId::new(format!("batch_{threads}_threads"), monitors), |bencher| {
                bencher.iter(|| assert_eq!(answer(&engine.assess_all(black_box(&messages))), expected));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, assess);
criterion_main!(benches);
