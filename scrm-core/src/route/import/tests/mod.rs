//! Tests of the importers: each tool's own semantics, interpreted slowly, against the protocol that was made; what real
//! exports become; and what is said of exports that are none.

mod exports;
mod faults;
mod random;
mod twins;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::*;
use crate::model::Limits;
use crate::playbook::Playbook;
use crate::route::compile::Answers;
use crate::route::decide::{Moment, decide};
use crate::route::{Given, Router};

/// What is known of a ticket before any rule runs; what is not here is absent.
#[derive(Debug, Clone, Default)]
pub(super) struct Ticket {
    /// By the tool's own names.
    fields: BTreeMap<String, String>,
    tags: BTreeSet<String>,
    text: Option<String>,
    subject: BTreeSet<String>,
    /// Field, before, after.
    changes: Vec<(String, String, String)>,
}

/// What the rules make of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    department: Option<String>,
    owner: Option<String>,
    priority: Option<u8>,
    tags: BTreeSet<String>,
    notify: BTreeSet<String>,
}

fn imported(tool: Tool, export: &str) -> Imported {
    import(tool, export, &Limits::DEFAULT).unwrap_or_else(|error| panic!("{error}\n{export}"))
}

fn router(imported: &Imported) -> Router {
    let playbook = Playbook::from_file("imported.toml", &imported.protocol, &Limits::DEFAULT);
    let playbook = playbook.unwrap_or_else(|error| panic!("{error}\n{}", imported.protocol));
    assert_eq!(playbook.protocol.rules().len(), imported.rules);
    assert_eq!(playbook.protocol.canonical(), imported.protocol, "it is canonical");
    Router::compile(playbook.protocol, playbook.calendars)
}

/// What the protocol decides about a ticket.
fn decided(tool: Tool, router: &Router, ticket: &Ticket) -> Outcome {
    let compiled = router.compiled();
    let declared = &compiled.protocol.vocabulary().fields;
    let mut toml = "[given]\n".to_owned();
    for (field, value) in &ticket.fields {
        let name = format!("{tool}.{field}");
        match declared.get(&name).map(|field| field.kind) {
            Some(DeclaredKind::Number) if read::is_number(value) => {
                _ = writeln!(toml, "{} = {value}", quoted(&name));
            }
            Some(DeclaredKind::Name) => _ = writeln!(toml, "{} = {}", quoted(&name), quoted(value)),
            _ => {}
        }
    }
    let sets = [
        ("zendesk.current_tags", &ticket.tags),
        ("zendesk.subject_words", &ticket.subject),
        ("chatwoot.labels", &ticket.tags),
        ("zammad.ticket.tags", &ticket.tags),
    ];
    for (name, set) in sets.into_iter().filter(|(name, _)| declared.contains_key(*name)) {
        let values: Vec<String> = set.iter().map(|value| quoted(value)).collect();
        _ = writeln!(toml, "{} = [{}]", quoted(name), values.join(", "));
    }
    if let Some(text) = &ticket.text {
        _ = writeln!(toml, "text = {}", quoted(text));
    }
    let changes: Vec<String> = ticket
        .changes
        .iter()
        .map(|(field, from, to)| {
            let name = quoted(&format!("{tool}.{field}"));
            format!("{{ field = {name}, from = {}, to = {} }}", quoted(from), quoted(to))
        })
        .collect();
    _ = writeln!(toml, "changed = [{}]", changes.join(", "));
    let mut faults = Faults::new();
    let document = Document::parse("given.toml", &toml, &mut faults);
    let root = document.root("given.toml");
    let table = root.table("given", "given", &mut faults).unwrap();
    let given = Given::read(&table, compiled.protocol.vocabulary(), &mut faults);
    assert!(faults.is_empty(), "{toml}\n{:?}", faults.into_sorted());
    let facts = given.with(&compiled.calendars);
    let moment = Moment { at: chrono::DateTime::UNIX_EPOCH, day: None, created: None };
    let decision = decide(compiled, &mut Answers::new(&compiled.pool, &facts), moment);
    assert_eq!(decision.conflicts, Vec::new(), "{toml}");
    Outcome {
        department: decision.facets.department.map(|department| department.to_string()),
        owner: decision.facets.owner,
        priority: decision.facets.priority,
        tags: decision.facets.tags,
        notify: decision.facets.notify,
    }
}

/// The names of the rules that are on trial or left out.
fn switched_off(imported: &Imported) -> BTreeSet<String> {
    let off = imported.notes.iter().filter(|note| {
        note.message.starts_with("it is imported on trial")
            || note.message.starts_with("nothing of what it asks")
    });
    off.map(|note| note.rule.clone()).collect()
}

fn noted(imported: &Imported) -> String {
    let notes: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    notes.join("\n")
}
