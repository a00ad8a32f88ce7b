//! How fast, how large, how soon? Every workload of listening at every size, as one table.
//!
//! `cargo bench --bench listen` takes a few minutes; behind `--` may stand names of workloads (`W2 w5`), numbers of
//! monitors (`100000`) and `--long`, which goes on to 300,000 and a million.

#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod measures;

use std::hint::black_box;

use benches::atoms::Atoms;
use benches::memory::{Counting, counted};
use benches::subject;
use benches::workloads::{Length, Workload};
use measures::{Figures, changes, latencies, passes, times};
use scrm_core::listen::Listener;
use scrm_core::model::Message;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Everything is made from this.
const SEED: u64 = 20_261;
/// Terms in each monitor of W6, of which there are so many fewer.
const THOUSAND: usize = 1_000;

/// What is to be measured.
struct Plan {
    workloads: Vec<Workload>,
    sizes: Vec<usize>,
}

impl Plan {
    #[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
    fn read() -> Self {
        let mut plan = Self { workloads: Vec::new(), sizes: Vec::new() };
        let mut long = false;
        for word in std::env::args().skip(1) {
            match (Workload::named(&word), word.parse()) {
                (Some(workload), _) => plan.workloads.push(workload),
                (_, Ok(size)) => plan.sizes.push(size),
                _ => long |= word == "--long",
            }
        }
        if plan.workloads.is_empty() {
            plan.workloads.extend(Workload::ALL);
        }
        if plan.sizes.is_empty() {
            plan.sizes.extend([10, 100, 1_000, 10_000, 100_000]);
            plan.sizes.extend(if long { &[300_000, 1_000_000][..] } else { &[] });
        }
        plan
    }
}

fn main() {
    let plan = Plan::read();
    println!("{}", Figures::head());
    for workload in plan.workloads {
        let posts: Vec<Message> = (0..20_000).map(|j| workload.post(j, SEED)).collect();
        for size in &plan.sizes {
            measure(workload, *size, &posts);
        }
    }
    lengths(&plan.sizes);
}

/// One row: one workload at one size.
fn measure(workload: Workload, size: usize, posts: &[Message]) {
    let n = if workload == Workload::W6 { size / THOUSAND } else { size };
    if n == 0 {
        return;
    }
    let sources: Vec<(String, String)> = workload.monitors(n, SEED).collect();
    let (built, seconds) = times(|| counted(|| subject::build(sources.iter().cloned())));
    let (Some(listening), bytes) = built else {
        println!("{:<18}{size:>9}  has queries that are not read yet", workload.name());
        return;
    };
    // So many posts that a pass takes about a tenth of a second.
    let (_, trial) = times(|| {
        posts.iter().take(20).for_each(|post| {
            black_box(subject::scan(&listening, post));
        });
    });
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of posts")]
    let posts = posts.get(..((2.0 / trial.max(1e-9)) as usize).clamp(20, posts.len())).unwrap_or(posts);
    check(workload, n, &listening, posts);

    let atoms = Atoms::of((0..n).filter_map(|i| subject::parse(&workload.monitor(i, SEED))));
    let (best, bare, found) = passes(&listening, atoms.as_ref(), posts);
    let per_second = |seconds: f64| posts.len() as f64 / seconds;
    let queries: Vec<String> = (0..60).map(|i| workload.monitor(n + i, SEED)).collect();
    let backtested = subject::parse(&workload.monitor(0, SEED)).map(|query| {
        let (_, seconds) = times(|| subject::backtest(&query, posts.iter()));
        per_second(seconds)
    });
    let candidates: u64 = posts.iter().map(|post| subject::candidates(&listening, post)).sum();
    let figures = Figures {
        name: workload.name(),
        size,
        per_second: per_second(best),
        threads: per_second(measures::two_threads(&listening, posts)) / per_second(best),
        bare: bare.map(|bare| bare / best),
        candidates: candidates as f64 / posts.len() as f64,
        matches: found.matches as f64 / posts.len() as f64,
        latency: latencies(&listening, posts),
        bytes: bytes.held / n as u64,
        peak: bytes.peak,
        build: seconds,
        change: changes(listening, &queries, posts),
        backtest: backtested.unwrap_or(0.0),
    };
    println!("{figures}");
}

/// A sample of monitors and posts must be answered as the plain evaluator answers.
fn check(workload: Workload, n: usize, listening: &Listener, posts: &[Message]) {
    let step = n.div_ceil(1_000);
    let sample: Vec<(String, String)> =
        (0..n).step_by(step).map(|i| (format!("m{i}"), workload.monitor(i, SEED))).collect();
    for post in posts.iter().take(20) {
        let found = subject::ids(listening, post);
        for (id, source) in &sample {
            let expected = measures::holds(source, post);
            assert_eq!(found.binary_search(id).is_ok(), expected, "{id}: {source}\n{}", post.text());
        }
    }
}

/// Brands in longer texts: mails and transcripts.
fn lengths(sizes: &[usize]) {
    let Some(n) = sizes.iter().copied().max() else { return };
    let Some(listening) = subject::build(Workload::W2.monitors(n, SEED)) else { return };
    for (name, length, n_texts) in
        [("post", Length::Post, 2_000), ("mail", Length::Mail, 400), ("transcript", Length::Transcript, 60)]
    {
        let texts: Vec<Message> = (0..n_texts).map(|j| Workload::W2.text(length, j, SEED)).collect();
        let bytes: usize = texts.iter().map(|text| text.text().len()).sum();
        let (best, _, found) = passes(&listening, None, &texts);
        println!(
            "{name:<12}{n:>9} brands: {:>9.0} texts/s, {:>7.1} MB/s, {:.2} matches each",
            texts.len() as f64 / best,
            bytes as f64 / best / 1e6,
            found.matches as f64 / texts.len() as f64
        );
    }
}
