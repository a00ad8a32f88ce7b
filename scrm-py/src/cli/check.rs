//! Is the playbook sound? Every fault at once, with its place and the way out.

use std::path::Path;

use scrm_core::diagnostic::Report;
use scrm_core::playbook::{Playbook, PlaybookError};
use serde_json::{Value, json};

use super::args::Check;
use super::output::say;
use super::{Exit, Failure};

pub(super) fn check(args: &Check) -> Result<Exit, Failure> {
    let loaded = Playbook::load(&args.playbook);
    let report = match &loaded {
        Ok(playbook) => playbook.warnings(),
        Err(PlaybookError::Faults(report)) => report,
        Err(error) => return Err(Failure::new(Exit::Playbook, error.to_string())),
    };
    if args.json {
        say(&json!({ "sound": loaded.is_ok(), "diagnostics": listed(report) }).to_string())?;
    } else {
        say(&summary(&args.playbook, &loaded, report))?;
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
