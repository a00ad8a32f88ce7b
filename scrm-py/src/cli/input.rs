//! What is the input, and how is it written?

use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Read};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use scrm_core::channels::{Clock, Format, Mapping};
use scrm_core::diagnostic::{Document, Faults, Report, Sources};
use scrm_core::playbook::Playbook;

use super::args::{InputFormat, Run};
use super::{Exit, Failure};

/// An input that is open, with a bar that shows how far it has been read.
pub(super) struct Input<R> {
    pub name: String,
    pub reader: R,
    pub bar: ProgressBar,
}

/// Opens the input.
pub(super) fn open(path: &Path) -> Result<Input<BufReader<Box<dyn Read + Send>>>, Failure> {
    let Input { name, reader, bar } = raw(path)?;
    Ok(Input { name, reader: BufReader::with_capacity(256 * 1024, reader), bar })
}

/// Opens the input for one who keeps what was read.
pub(super) fn raw(path: &Path) -> Result<Input<Box<dyn Read + Send>>, Failure> {
    if path == Path::new("-") {
        let bar = bar(None);
        let reader = Box::new(bar.wrap_read(io::stdin()));
        return Ok(Input { name: "-".to_owned(), reader, bar });
    }
    let shown = path.display();
    let refuse = |fault: String| Failure::new(Exit::Input, format!("input `{shown}`: {fault}"));
    let file = File::open(path).map_err(|error| refuse(reason(&error)))?;
    let about = file.metadata().map_err(|error| refuse(reason(&error)))?;
    if about.is_dir() {
        return Err(refuse("it is a folder; give a file of messages".to_owned()));
    }
    let bar = bar(Some(about.len()));
    let reader = Box::new(bar.wrap_read(file));
    Ok(Input { name: path.to_string_lossy().into_owned(), reader, bar })
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read; check its permissions".to_owned(),
        _ => error.to_string(),
    }
}

/// A bar on standard error, when that is a terminal.
fn bar(length: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    let style = ProgressStyle::with_template("{bar:32} {bytes}/{total_bytes} {elapsed} {msg}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

/// How the input is written: as the command line says, else by its name.
pub(super) fn format(args: &Run, playbook: &Playbook) -> Result<Format, Failure> {
    let usage = |message: String| Failure::new(Exit::Usage, message);
    let ending =
        args.input.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let format = match (args.format, ending.as_str()) {
        (Some(format), _) => format,
        (None, "jsonl" | "ndjson" | "json") => InputFormat::Jsonl,
        (None, "csv" | "tsv") => InputFormat::Csv,
        (None, _) => {
            let shown = args.input.display();
            return Err(usage(format!(
                "input `{shown}`: its name does not say how it is written; give --format csv or --format jsonl"
            )));
        }
    };
    let asks_for_csv = args.mapping.is_some()
        || !args.map.is_empty()
        || !args.set.is_empty()
        || args.time_format.is_some()
        || args.zone.is_some();
    match format {
        InputFormat::Jsonl if asks_for_csv => Err(usage(
            "--mapping, --map, --set, --time-format and --zone are for CSV; JSON Lines are read as they are"
                .to_owned(),
        )),
        InputFormat::Jsonl => Ok(Format::Jsonl),
        InputFormat::Csv => mapping(args, playbook, ending == "tsv").map(Format::Csv),
    }
}

fn mapping(args: &Run, playbook: &Playbook, tabs: bool) -> Result<Mapping, Failure> {
    let usage = |message: String| Failure::new(Exit::Usage, message);
    let mut mapping = match (&args.mapping, &playbook.mapping) {
        (Some(path), _) => read_mapping(path)?,
        (None, Some(mapping)) => mapping.clone(),
        (None, None) => Mapping::default(),
    };
    if tabs {
        mapping.set_delimiter("tab").map_err(usage)?;
    }
    for pair in &args.map {
        let (field, column) =
            pair.split_once('=').ok_or_else(|| usage(format!("--map {pair}: write FIELD=COLUMN")))?;
        mapping.set_column(field, column).map_err(|fault| usage(format!("--map {pair}: {fault}")))?;
    }
    for pair in &args.set {
        let (field, value) =
            pair.split_once('=').ok_or_else(|| usage(format!("--set {pair}: write FIELD=VALUE")))?;
        mapping.set(field, value).map_err(|fault| usage(format!("--set {pair}: {fault}")))?;
    }
    if args.time_format.is_some() || args.zone.is_some() {
        let clock = Clock::new(args.time_format.as_deref(), args.zone.as_deref()).map_err(usage)?;
        mapping.set_clock(clock);
    }
    let missing = mapping.missing();
    if missing.is_empty() {
        return Ok(mapping);
    }
    let help =
        "write them in a mapping.toml (in the playbook, or named with --mapping), or give --map and --set";
    Err(usage(format!("CSV needs to know which column means what\n  {}\n  {help}", missing.join("\n  "))))
}

fn read_mapping(path: &Path) -> Result<Mapping, Failure> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(Exit::Playbook, format!("mapping `{shown}`: {}", reason(&error))))?;
    let (mut faults, mut sources) = (Faults::new(), Sources::new());
    let mapping = Mapping::read(&Document::parse(&shown, &text, &mut faults), &mut faults);
    sources.insert(shown.clone(), text);
    if faults.has_errors() {
        let report = Report::new(faults.into_sorted(), sources);
        return Err(Failure::new(Exit::Playbook, format!("mapping `{shown}` cannot be used\n\n{report}")));
    }
    Ok(mapping)
}
