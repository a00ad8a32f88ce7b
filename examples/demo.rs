//! What do the example programs work on? A desk with messages taken in: those of a week at Northwind Mobile, an invented
//! company, or any others by `--playbook DIR --input FILE`.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::PathBuf;

use scrm_core::channels::{Format, Records};
use scrm_core::desk::Desk;
use scrm_core::engine::Engine;
use scrm_core::playbook::Playbook;
use scrm_core::record::MemoryStore;

/// A desk whose record has the messages, and the arguments that are left.
///
/// # Errors
/// When the playbook or the messages cannot be read.
pub fn desk() -> Result<(Desk<MemoryStore>, Vec<String>), Box<dyn Error>> {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let mut playbook = PathBuf::from(format!("{here}playbooks/northwind"));
    let mut input = PathBuf::from(format!("{here}data/northwind.jsonl"));
    let mut rest = Vec::new();
    #[allow(clippy::disallowed_methods, reason = "a program reads its command line")]
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--playbook" => playbook = args.next().ok_or("--playbook DIR")?.into(),
            "--input" => input = args.next().ok_or("--input FILE")?.into(),
            _ => rest.push(arg),
        }
    }
    let playbook = Playbook::load(playbook)?;
    let is_csv = input.extension().is_some_and(|ending| ending == "csv");
    let format = match playbook.mapping.clone().filter(|_| is_csv) {
        Some(mapping) => Format::Csv(mapping),
        None => Format::Jsonl,
    };
    let mut desk = Desk::open(Engine::compile(&playbook)?, MemoryStore::new());
    let records = Records::new(BufReader::new(File::open(&input)?), &format, playbook.limits())?;
    // As long ago as the messages are, they are all older than this.
    let now = "2100-01-01T00:00:00Z".parse()?;
    desk.ingest(&input.to_string_lossy(), records, now, &mut |_| ControlFlow::Continue(()))?;
    Ok((desk, rest))
}
