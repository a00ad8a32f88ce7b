//! Is the playbook sound, or a file of monitors? Every fault at once, with its place and the way out.

use std::path::Path;

use scrm_core::diagnostic::{Document, Faults, Report};
use scrm_core::listen::Monitors;
use scrm_core::model::Limits;
use scrm_core::playbook::{Playbook, PlaybookError};
use serde_json::{Value, json};

use super::args::Check;
use super::output::say;
use super::{Exit, Failure, volume};
use crate::common;

pub(super) fn check(args: &Check, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    let path = args.path.as_deref();
    // A file has monitors, unless it says that a protocol stands in it.
    let file = args.monitors.as_deref().or(path.filter(|path| path.is_file() && !is_protocol(path)));
    match (file, args.playbook.as_deref().or(path)) {
        (Some(file), _) => monitors(file, args, interrupted),
        (None, Some(folder)) => playbook(folder, args, interrupted),
        (None, None) => Err(Failure::new(Exit::Usage, "say what to check")),
    }
}

fn is_protocol(path: &Path) -> bool {
    let small = std::fs::metadata(path).is_ok_and(|file| file.len() <= Limits::DEFAULT.file_bytes as u64);
    let Some(text) = small.then(|| std::fs::read_to_string(path).ok()).flatten() else { return false };
    let name = path.to_string_lossy();
    let document = Document::parse_as_named(&name, &text, &mut Faults::new());
    document.root("the file").has("protocol")
}

fn monitors(path: &Path, args: &Check, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    let (monitors, report) = common::read_file(path).map_err(|fault| Failure::new(Exit::Playbook, fault))?;
    let sound = report.errors() == 0;
    let name = path.display();
    let (count, brands) = (monitors.monitors.len(), monitors.brands.len());
    let summary = if sound {
        format!("{report}\n\nmonitors {name}: sound; {count} monitors, {brands} brands")
    } else {
        format!("{report}\n\nmonitors {name}: cannot be used")
    };
    tell(args, sound.then_some(&monitors), &report, &summary, interrupted)
}

fn playbook(folder: &Path, args: &Check, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    let loaded = Playbook::load(folder);
    let report = match &loaded {
        Ok(playbook) => playbook.warnings(),
        Err(PlaybookError::Faults(report)) => report,
        Err(error) => return Err(Failure::new(Exit::Playbook, error.to_string())),
    };
    let monitors = loaded.as_ref().ok().map(|playbook| &playbook.monitors);
    tell(args, monitors, report, &summary(folder, &loaded, report), interrupted)
}

/// Prints what was found; `monitors` are there when all is sound.
fn tell(
    args: &Check,
    monitors: Option<&Monitors>,
    report: &Report,
    summary: &str,
    interrupted: &dyn Fn() -> bool,
) -> Result<Exit, Failure> {
    let sampled = match (&args.sample, monitors) {
        (Some(sample), Some(monitors)) => match volume::of(sample, args, monitors, interrupted)? {
            Some(sampled) => Some(sampled),
            None => return Ok(Exit::Interrupted),
        },
        _ => None,
    };
    if args.json {
        let mut told = json!({ "sound": monitors.is_some(), "diagnostics": listed(report) });
        if let (Value::Object(told), Some(sampled)) = (&mut told, &sampled) {
            told.insert("sample".to_owned(), sampled.json());
        }
        say(&told.to_string())?;
    } else {
        say(summary)?;
        sampled.map_or(Ok(()), |sampled| say(&sampled.to_string()))?;
    }
    Ok(if monitors.is_some() { Exit::Done } else { Exit::Playbook })
}

fn summary(folder: &Path, loaded: &Result<Playbook, PlaybookError>, report: &Report) -> String {
    let name = folder.display();
    match loaded {
        Err(_) => format!("{report}\n\nplaybook {name}: cannot be used"),
        Ok(playbook) => {
            let (monitors, topics, rules) =
                (playbook.monitors.monitors.len(), playbook.topics.0.len(), playbook.protocol.rules().len());
            format!(
                "{report}\n\nplaybook {name}: sound; {monitors} monitors, {topics} topics, {rules} rules, {}",
                playbook.protocol.hash()
            )
        }
    }
}

/// The faults as JSON, each with its line and column.
fn listed(report: &Report) -> Vec<Value> {
    let one = |fault| {
        let mut object = serde_json::to_value(fault).unwrap_or_default();
        if let (Value::Object(object), Some((line, column))) = (&mut object, report.place(fault)) {
            object.insert("line".to_owned(), line.into());
            object.insert("column".to_owned(), column.into());
        }
        object
    };
    report.diagnostics().iter().map(one).collect()
}
