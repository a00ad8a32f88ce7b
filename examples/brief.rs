//! What a manager reads of a day: `cargo run --example brief -- 2026-11-05`, by default the last day on record.
#![allow(clippy::print_stdout, reason = "a program that prints what it found")]

use std::error::Error;

use chrono::NaiveDate;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut desk, args) = examples::demo::desk()?;
    let last = desk.measures()?.days().next_back();
    let day: NaiveDate = match args.first() {
        Some(day) => day.parse()?,
        None => last.ok_or("there is nothing on record")?,
    };
    print!("{}", desk.brief(day)?);
    Ok(())
}
