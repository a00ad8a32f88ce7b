//! Is social CRM done: `cargo run --example audit -- last.json` compares with an audit that was kept as JSON.
#![allow(clippy::print_stdout, reason = "a program that prints what it found")]

use std::error::Error;

use scrm_core::measure::{Audit, Days};

fn main() -> Result<(), Box<dyn Error>> {
    let (mut desk, args) = examples::demo::desk()?;
    let last: Option<Audit> = match args.first() {
        Some(file) => Some(serde_json::from_str(&std::fs::read_to_string(file)?)?),
        None => None,
    };
    print!("{}", desk.audit(Days::ALL, last.as_ref())?);
    Ok(())
}
