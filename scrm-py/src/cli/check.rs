//! Is the playbook sound, or a file of monitors? Every fault at once, with its place and the way out.

use std::path::Path;

use scrm_core::diagnostic::{Document, Faults, Report};
use scrm_core::playbook::{Playbook, PlaybookError};
use serde_json::{Value, json};

use super::args::Check;
use super::output::say;
use super::{Exit, Failure};
use crate::common;

pub(super) fn check(args: &Check) -> Result<Exit, Failure> {
    let path = args.path.as_deref();
    // A file has monitors, unless it says that a protocol stands in it.
    let file = args.monitors.as_deref().or(path.filter(|path| path.is_file() && !is_protocol(path)));
    match (file, args.playbook.as_deref().or(path)) {
        (Some(file), _) => monitors(file, args.json),
        (None, Some(folder)) => playbook(folder, args.json),
        (None, None) => Err(Failure::new(Exit::Usage, "say what to check")),
    }
}

fn is_protocol(path: &Path) -> bool {
    let Ok(text) = std::fs::read_to_string(path) else { return false };
    let name = path.to_string_lossy();
    let document = Document::parse_as_named(&name, &text, &mut Faults::new());
    document.root("the file").has("protocol")
}

fn monitors(path: &Path, as_json: bool) -> Result<Exit, Failure> {
    let (monitors, report) = common::read_file(path).map_err(|fault| Failure::new(Exit::Playbook, fault))?;
    let sound = report.errors() == 0;
    if as_json {
        say(&json!({ "sound": sound, "diagnostics": listed(&report) }).to_string())?;
    } else {
        let name = path.display();
        let (monitors, brands) = (monitors.monitors.len(), monitors.brands.len());
        say(&if sound {
            format!("{report}\n\nmonitors {name}: sound; {monitors} monitors, {brands} brands")
        } else {
            format!("{report}\n\nmonitors {name}: cannot be used")
        })?;
    }
    Ok(if sound { Exit::Done } else { Exit::Playbook })
}

fn playbook(folder: &Path, as_json: bool) -> Result<Exit, Failure> {
    let loaded = Playbook::load(folder);
    let report = match &loaded {
        Ok(playbook) => playbook.warnings(),
        Err(PlaybookError::Faults(report)) => report,
        Err(error) => return Err(Failure::new(Exit::Playbook, error.to_string())),
    };
    if as_json {
        say(&json!({ "sound": loaded.is_ok(), "diagnostics": listed(report) }).to_string())?;
    } else {
        say(&summary(folder, &loaded, report))?;
    }
    Ok(if loaded.is_ok() { Exit::Done } else { Exit::Playbook })
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
