//! How much work comes, and are there people for it: `cargo run --example forecast -- 2026-11-09`, by default the week after
//! the last day on record.
#![allow(clippy::print_stdout, reason = "a program that prints what it found")]

use std::error::Error;

use chrono::NaiveDate;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut desk, args) = examples::demo::desk()?;
    let last = desk.measures()?.days().next_back();
    let from: NaiveDate = match args.first() {
        Some(day) => day.parse()?,
        None => last.and_then(|last| last.succ_opt()).ok_or("there is nothing on record")?,
    };
    print!("{}", desk.forecast(from)?);
    Ok(())
}
