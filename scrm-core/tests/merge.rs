//! Does the record keep its laws, whatever people say, join, part, and whoever is forgotten in between?
#![cfg(feature = "sqlite")]
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::wildcard_imports,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a test may fail"
)]

#[path = "../../benches/torture/merge.rs"]
mod merge;

#[test]
fn the_machine_finds_no_violation() {
    // In the second an account is erased while others of the same customer, seen in what it said, are parted.
    for (ops, seed) in [("150", "7"), ("100", "1")] {
        let words = ["--ops", ops, "--seed", seed].map(str::to_owned);
        merge::run(words.into_iter()).unwrap();
    }
}

/// `MERGE_OPS=1000000 cargo test --release -p scrm-core --features sqlite --test merge -- --ignored --nocapture`
#[test]
#[ignore = "long"]
fn the_machine_at_length() {
    let ops = std::env::var("MERGE_OPS").unwrap_or_else(|_| "50000".to_owned());
    let seed = std::env::var("MERGE_SEED").unwrap_or_else(|_| "1".to_owned());
    let words = ["--ops".to_owned(), ops, "--seed".to_owned(), seed];
    println!("{}", merge::run(words.into_iter()).unwrap());
}
