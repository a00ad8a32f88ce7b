//! What do the rules of another tool say here? A protocol, and notes on what it could not say.

use std::io::Read;

use scrm_core::model::Limits;
use scrm_core::route::import::{self, Tool};
use serde_json::json;

use super::args::{ImportRules, ImportTool};
use super::output::{complain, say};
use super::{Exit, Failure, input};

pub(super) fn import(args: &ImportRules) -> Result<Exit, Failure> {
    let tool = match args.from {
        ImportTool::Zendesk => Tool::Zendesk,
        ImportTool::Chatwoot => Tool::Chatwoot,
        ImportTool::Zammad => Tool::Zammad,
    };
    let input = input::raw(&args.input)?;
    let refuse = |fault: String| Failure::new(Exit::Input, format!("input `{}`: {fault}", input.name));
    let limits = Limits::DEFAULT;
    let mut bytes = Vec::new();
    let most = limits.file_bytes as u64 + 1;
    input.reader.take(most).read_to_end(&mut bytes).map_err(|error| refuse(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8 text".to_owned()))?;
    let imported = import::import(tool, &text, &limits).map_err(|error| refuse(error.to_string()))?;
    let notes = imported.notes.iter();
    if args.json {
        let notes = notes.map(
            |note| json!({ "rule": note.rule, "severity": note.severity.as_str(), "message": note.message }),
        );
        let notes: Vec<_> = notes.collect();
        say(&json!({ "protocol": imported.protocol, "rules": imported.rules, "notes": notes }).to_string())?;
    } else {
        notes.for_each(|note| complain(&note.to_string()));
        complain(&format!("{} rules imported, {} notes", imported.rules, imported.notes.len()));
        if args.output.is_none() {
            say(imported.protocol.trim_end())?;
        }
    }
    if let Some(path) = &args.output {
        std::fs::write(path, &imported.protocol)
            .map_err(|error| Failure::new(Exit::Output, format!("output `{}`: {error}", path.display())))?;
    }
    Ok(Exit::Done)
}
