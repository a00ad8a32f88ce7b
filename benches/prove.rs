//! Does the listener say what its definition says? Random queries, updates and messages in many scripts.
//!
//! `cargo bench --bench prove` compares ten million pairs of a query and a message; behind `--` may stand another number
//! of pairs and a seed.

#![allow(clippy::print_stdout, reason = "the answer is what this program is for")]

use std::process::ExitCode;

use benches::random::live::prove_live;
use benches::random::prove;
use benches::subject::{Live, matcher};

#[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<u64>().ok());
    let (pairs, seed) = (numbers.next().unwrap_or(10_000_000), numbers.next().unwrap_or(1));
    let found = prove(pairs, seed, matcher).map_err(|difference| difference.to_string());
    let steps = usize::try_from(pairs / 1_000).unwrap_or(usize::MAX).max(1_000);
    let live = found.and_then(|proved| {
        let make = || Live::empty().unwrap_or_else(|| unreachable());
        let live = prove_live(steps, seed, make).map_err(|difference| difference.to_string())?;
        Ok((proved, live))
    });
    match live {
        Ok((proved, live)) => {
            println!("index: {} pairs, {} of them hold, no difference", proved.pairs, proved.held);
            println!("live:  {} pairs over {steps} steps, {} hold, no difference", live.pairs, live.held);
            ExitCode::SUCCESS
        }
        Err(difference) => {
            println!("{difference}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::panic, reason = "a listener of nothing needs nothing")]
fn unreachable() -> Live {
    panic!("a listener without monitors cannot be made")
}
