//! Does the listener say what the plain evaluator says, of a great many random queries and messages?
//!
//! `cargo bench --bench prove -- 10000000 7` compares ten million pairs, beginning with seed 7, on all processors, and
//! then a history of queries that come and go. It ends with the smallest difference, or with what was compared.

#![allow(clippy::print_stdout, reason = "what was compared is what this program is for")]

use benches::random::live::prove_live;
use benches::random::prove;
use benches::subject;

/// Pairs that one seed stands for.
const SHARE: u64 = 100_000;

#[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
fn main() -> Result<(), String> {
    let mut numbers = std::env::args().filter_map(|word| word.parse::<u64>().ok());
    let (pairs, first) = (numbers.next().unwrap_or(200_000), numbers.next().unwrap_or(1));
    let n_seeds = pairs.div_ceil(SHARE);
    let n_threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let shared = |thread: u64| {
        let (mut compared, mut held) = (0, 0);
        for seed in (first..first + n_seeds).filter(|seed| seed % n_threads == thread) {
            let proved =
                prove(SHARE, seed, subject::matcher).map_err(|found| format!("seed {seed}: {found}"))?;
            compared += proved.pairs;
            held += proved.held;
        }
        Ok::<_, String>((compared, held))
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|thread| scope.spawn(move || shared(thread))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread panicked".to_owned())))
            .collect()
    });
    let (mut compared, mut held) = (0, 0);
    for one in done {
        let (more, of_them) = one?;
        (compared, held) = (compared + more, held + of_them);
    }
    println!("{compared} pairs compared, {held} hold, no difference");
    let live = prove_live(3_000, first, subject::live).map_err(|found| found.to_string())?;
    println!("{} pairs compared while queries came and went, {} hold, no difference", live.pairs, live.held);
    Ok(())
}
