//! Is a person who was erased in any byte of any file?
#![cfg(feature = "sqlite")]
#![allow(
    dead_code,
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

#[path = "../../benches/torture/erase.rs"]
mod erase;

#[test]
fn no_byte_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["--interactions", "120", "--folder", folder.path().to_str().unwrap()].map(str::to_owned);
    erase::run(words.into_iter()).unwrap();
}

/// `cargo test --release -p scrm-core --features sqlite --test erase -- --ignored --nocapture`
#[test]
#[ignore = "long"]
fn no_byte_is_left_of_ten_thousand() {
    println!("{}", erase::run(std::iter::empty()).unwrap());
}
