//! What does the embedded store survive? Each command does one kind of harm to it, many times, and says what it found.
//!
//! ```text
//! cargo run --release -p scrm-benches --bin torture -- kill --kills 10000      kill -9 at any moment
//! cargo run --release -p scrm-benches --bin torture -- power --images 4000     the power goes, the disk lies
//! cargo run --release -p scrm-benches --bin torture -- fault                   the k-th call to the disk fails
//! cargo run --release -p scrm-benches --bin torture -- full                    no space left, and then some
//! cargo run --release -p scrm-benches --bin torture -- writers                 eight processes write one file
//! cargo run --release -p scrm-benches --bin torture -- erase                   a person is erased, and looked for in every byte
//! cargo run --release -p scrm-benches --bin torture -- merge --ops 1000000     people are merged, parted and erased at random
//! ```
//!
//! Each ends with one line of figures, and with a status other than 0 when a promise was broken. `--seed` gives another
//! run; the same seed gives the same run, as far as the system's own timing allows. docs/reliability.md has the table of
//! faults and promises. The checks are in [`verify`]; what SQLite asks of the system is watched and spoiled in [`calls`].

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program of its own that starts and kills processes, waits, and ends when it cannot go on"
)]
#![cfg_attr(not(target_os = "linux"), allow(unused))]

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod deliveries;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
#[allow(dead_code, unreachable_pub, reason = "the core's tests run parts of it as well")]
mod erase;
#[cfg(target_os = "linux")]
mod fault;
#[cfg(target_os = "linux")]
mod full;
#[cfg(target_os = "linux")]
mod kill;
#[cfg(target_os = "linux")]
#[allow(dead_code, unreachable_pub, reason = "the core's tests run parts of it as well")]
mod merge;
#[cfg(target_os = "linux")]
mod power;
#[cfg(target_os = "linux")]
mod settings;
#[cfg(target_os = "linux")]
mod verify;
#[cfg(target_os = "linux")]
mod writers;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let words: Vec<String> = words.collect();
    let settings = settings::Settings::of(words.iter().cloned());
    let outcome = match command.as_str() {
        "erase" => erase::run(words.into_iter()),
        "merge" => merge::run(words.into_iter()),
        "kill" => kill::run(&settings),
        "kill-child" => kill::child(&settings),
        "power" => power::run(&settings),
        "fault" => fault::run(&settings),
        "full" => full::run(&settings),
        "full-inside" => full::inside(&settings),
        "writers" => writers::run(&settings),
        "writers-child" => writers::child(&settings),
        other => Err(format!("`{other}` is no torture: kill, power, fault, full, writers, erase, merge")),
    };
    match outcome {
        Ok(figures) => {
            if !figures.is_empty() {
                println!("{figures}");
            }
            ExitCode::SUCCESS
        }
        Err(violation) => {
            println!("{command}: VIOLATION: {violation}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    println!("torture: Linux only");
    ExitCode::SUCCESS
}
