//! What do the rules of another tool say, as a protocol? Triggers of Zendesk and Zammad and automation rules of Chatwoot,
//! read from their JSON exports.
//!
//! Read [`import`] first. These tools run their rules one after the other: each sees what the ones before it changed, and
//! the last to write a field wins. A protocol has no order, so the order is translated:
//!
//! - Where a later rule sets the department, the owner or the priority to another value than an earlier one and both can
//!   fire, the later one *overrides* the earlier one.
//! - A rule that asks for what an earlier one writes gets the earlier one's condition in its place.
//! - What a later rule takes back (a tag, an assignment) becomes an exception in the earlier rule's condition.
//!
//! So the protocol decides as the tool does, on the department, the owner, the priority, the tags, and who is told. What
//! it asks for besides the message becomes a `[[field]]` that the caller gives, such as `zendesk.status`. A rule that
//! cannot be said exactly is imported on trial (`status = "shadow"`), or left out when nothing of it can be said; both
//! with a note, and the others are translated as if it were switched off.

mod cascade;
mod chatwoot;
mod draft;
mod logic;
mod order;
mod pieces;
mod read;
mod write;
mod zammad;
mod zendesk;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use self::draft::Draft;
use self::logic::{Formula, Logic, Node, Test};
use self::pieces::Piece;
use self::read::Reader;
use super::condition::quoted;
use super::{Condition, DeclaredKind, Protocol, Vocabulary};
use crate::diagnostic::{Document, Faults, did_you_mean};
use crate::model::{Department, Limits};

/// How many rules one export may have.
const MOST_RULES: usize = 20_000;

/// A tool whose rules can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// Zendesk: triggers, as `GET /api/v2/triggers` gives them.
    Zendesk,
    /// Chatwoot: automation rules, as `GET /api/v1/accounts/…/automation_rules` gives them.
    Chatwoot,
    /// Zammad: triggers, as `GET /api/v1/triggers` gives them.
    Zammad,
}

impl Tool {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Zendesk, Self::Chatwoot, Self::Zammad];

    /// Its name, which is also the beginning of the fields that its rules ask for.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zendesk => "zendesk",
            Self::Chatwoot => "chatwoot",
            Self::Zammad => "zammad",
        }
    }

    /// The tool of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.as_str() == name)
    }

    /// The field that holds the tags of a ticket.
    fn tags(self) -> &'static str {
        match self {
            Self::Zendesk => "zendesk.current_tags",
            Self::Chatwoot => "chatwoot.labels",
            Self::Zammad => "zammad.ticket.tags",
        }
    }
}

impl std::fmt::Display for Tool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much a note weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something to know; decisions are the same.
    Info,
    /// Something is not decided here that the other tool does.
    Warning,
    /// A rule was left out.
    Error,
}

impl Severity {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What is to be known about one rule, or about all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The name of the rule in the other tool; empty when it is about all.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is to be known.
    pub message: String,
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.severity.as_str())?;
        if !self.rule.is_empty() {
            write!(f, ": `{}`", self.rule)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// A protocol made of another tool's rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The protocol, as TOML in its canonical form; it stands alone.
    pub protocol: String,
    /// What is to be known about it, in the order of the rules.
    pub notes: Vec<Note>,
    /// How many rules the protocol has.
    pub rules: usize,
}

/// Why nothing could be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ImportError {
    kind: ImportErrorKind,
    message: String,
}

/// What sort of import error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImportErrorKind {
    /// The text is not JSON.
    NotJson,
    /// It is JSON, and not the rules of this tool.
    NotRules,
    /// There is more of it than the limits allow.
    TooLarge,
    /// The rules could not be written as a protocol.
    Unwritable,
}

impl ImportError {
    fn new(kind: ImportErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// What sort of error it is.
    pub fn kind(&self) -> ImportErrorKind {
        self.kind
    }
}

/// Makes a protocol of the rules that another tool exported as JSON.
///
/// # Errors
/// When the text is not an export of this tool's rules, or too large.
///
/// # Examples
/// ```
/// use scrm_core::model::Limits;
/// use scrm_core::playbook::Playbook;
/// use scrm_core::route::import::{Tool, import};
/// let export = r#"{"triggers": [
///     {"title": "Refunds", "active": true, "position": 1,
///      "conditions": {"all": [{"field": "comment_includes_word", "operator": "includes", "value": "refund"}], "any": []},
///      "actions": [{"field": "group_id", "value": "12"}, {"field": "priority", "value": "high"}]},
///     {"title": "VIP", "active": true, "position": 2,
///      "conditions": {"all": [{"field": "current_tags", "operator": "includes", "value": "vip"}], "any": []},
///      "actions": [{"field": "group_id", "value": "7"}]}
/// ]}"#;
/// let imported = import(Tool::Zendesk, export, &Limits::DEFAULT).unwrap();
/// let playbook = Playbook::from_file("zendesk.toml", &imported.protocol, &Limits::DEFAULT).unwrap();
/// let vip = playbook.protocol.rule("vip").unwrap();
/// assert_eq!(vip.when.to_string(), r#"zendesk.current_tags has "vip""#);
/// assert!(vip.overrides.iter().any(|rule| rule.as_str() == "refunds"));
/// ```
pub fn import(tool: Tool, json: &str, limits: &Limits) -> Result<Imported, ImportError> {
    if json.len() > limits.file_bytes {
        let message = format!("the export is larger than the limit of {} bytes", limits.file_bytes);
        return Err(ImportError::new(ImportErrorKind::TooLarge, message));
    }
    let json = json.trim_start_matches('\u{FEFF}');
    let value: Value = serde_json::from_str(json)
        .map_err(|error| ImportError::new(ImportErrorKind::NotJson, format!("this is not JSON: {error}")))?;
    let rules = rules_of(tool, &value)?;
    if rules.len() > MOST_RULES {
        let message = format!("there are more than {MOST_RULES} rules");
        return Err(ImportError::new(ImportErrorKind::TooLarge, message));
    }
    let mut reader = Reader::new(tool);
    let mut drafts = match tool {
        Tool::Zendesk => zendesk::read(&rules, &mut reader),
        Tool::Chatwoot => chatwoot::read(&rules, &mut reader),
        Tool::Zammad => zammad::read(&rules, &mut reader),
    };
    let Reader { mut logic, mut notes, .. } = reader;
    check_names(&mut drafts, &mut notes);
    let numbers = check_numbers(&mut drafts, &logic, &mut notes);
    let fires = cascade::fires(tool, &mut drafts, &mut logic, &mut notes);
    leave_out(&drafts, &mut notes);
    let pieces = pieces::pieces(&drafts, &fires, &mut logic, &mut notes);
    let pieces = order::order(pieces, &mut logic);
    let page = Page { tool, drafts: &drafts, logic: &logic, numbers: &numbers };
    let protocol = page.write(&pieces, &mut notes, limits)?;
    sort_notes(&drafts, &mut notes);
    Ok(Imported { protocol, notes, rules: pieces.len() })
}

/// The rules of an export: a list, or an object that has it under the name that the tool's interface uses.
fn rules_of(tool: Tool, value: &Value) -> Result<Vec<&Value>, ImportError> {
    // Also the names of other tools, to say whose rules these are.
    let keys = ["triggers", "trigger", "payload", "automation_rules"];
    let under = value.as_object().and_then(|object| keys.iter().find_map(|key| object.get(*key)));
    let assets = value.pointer("/assets/Trigger").and_then(Value::as_object).filter(|_| tool == Tool::Zammad);
    let rules: Vec<&Value> = match (under.unwrap_or(value), assets) {
        (_, Some(assets)) => assets.values().collect(),
        (Value::Array(rules), _) => rules.iter().collect(),
        (rule @ Value::Object(_), _) => vec![rule],
        _ => Vec::new(),
    };
    let all_objects = rules.iter().all(|rule| rule.is_object());
    let found = rules.iter().find_map(|rule| looks_like(rule));
    match found {
        Some(found) if found == tool && all_objects => Ok(rules),
        Some(found) if found != tool => {
            let message = format!("this is not an export of {tool}: it looks like one of {found}");
            Err(ImportError::new(ImportErrorKind::NotRules, message))
        }
        // An export of no rules.
        None if rules.is_empty() && matches!(under.unwrap_or(value), Value::Array(_)) => Ok(rules),
        _ => {
            let rules = if tool == Tool::Chatwoot { "automation rules" } else { "triggers" };
            let message = format!("this is not an export of {tool}: it has no {rules}");
            Err(ImportError::new(ImportErrorKind::NotRules, message))
        }
    }
}

/// The tool whose rules have these keys.
fn looks_like(rule: &Value) -> Option<Tool> {
    let has = |key: &str| rule.get(key).is_some();
    if has("event_name") && has("actions") {
        Some(Tool::Chatwoot)
    } else if has("condition") && has("perform") {
        Some(Tool::Zammad)
    } else if has("conditions") && has("actions") {
        Some(Tool::Zendesk)
    } else {
        None
    }
}

/// A rule whose department or owner cannot be the name of one goes on trial without it.
fn check_names(drafts: &mut [Draft], notes: &mut Vec<Note>) {
    for draft in drafts {
        if let Some(Some(name)) = &draft.sets.department
            && let Err(error) = Department::new(name)
        {
            let why = format!("`{}` cannot be the name of a department: {error}", read::short(name));
            draft.sets.department = None;
            draft.doubt(why, notes);
        }
        if draft
            .sets
            .owner
            .as_ref()
            .is_some_and(|owner| owner.as_ref().is_some_and(|name| name.trim().is_empty()))
        {
            draft.sets.owner = None;
            draft.doubt("its owner has no name".to_owned(), notes);
        }
    }
}

/// The fields that some rule compares as numbers. A rule that asks such a field for a word goes on trial.
fn check_numbers(drafts: &mut [Draft], logic: &Logic, notes: &mut Vec<Note>) -> BTreeSet<String> {
    let mut numbers = BTreeSet::new();
    for draft in drafts.iter() {
        each_ask(draft.when, logic, &mut |field, test| {
            if matches!(test, Test::Compare(..)) {
                numbers.insert(field.to_owned());
            }
        });
    }
    for draft in drafts {
        let mut wrong = None;
        each_ask(draft.when, logic, &mut |field, test| match test {
            Test::Is(value) if numbers.contains(field) && !read::is_number(value) => {
                wrong = Some((field.to_owned(), value.clone()));
            }
            _ => {}
        });
        if let Some((field, value)) = wrong {
            let why = format!("`{field}` is compared as a number by another rule, so it cannot be `{value}`");
            draft.doubt(why, notes);
            draft.when = None;
        }
    }
    numbers
}

fn each_ask(formula: Option<Formula>, logic: &Logic, visit: &mut dyn FnMut(&str, &Test)) {
    let Some(formula) = formula else { return };
    match logic.node(formula) {
        Node::Always | Node::Never => {}
        Node::All(parts) | Node::Any(parts) => {
            parts.iter().for_each(|part| each_ask(Some(*part), logic, visit));
        }
        Node::Asked(place, _) => {
            if let Some(ask) = logic.asked(*place) {
                visit(&ask.field, &ask.test);
            }
        }
    }
}

/// Notes the rules of which nothing is left.
fn leave_out(drafts: &[Draft], notes: &mut Vec<Note>) {
    for draft in drafts {
        if draft.sets.is_empty() {
            let message = "it sets nothing that a protocol decides, so it is left out".to_owned();
            draft.note(Severity::Info, message, notes);
        } else if draft.when.is_none() {
            let message = "nothing of what it asks can be said here, so it is left out".to_owned();
            draft.note(Severity::Error, message, notes);
        } else if !draft.shadow.is_empty() {
            let message = "it is imported on trial: it is evaluated and decides nothing".to_owned();
            draft.note(Severity::Warning, message, notes);
        }
    }
}

/// In the order of the rules, those about all first; what is said twice is said once.
fn sort_notes(drafts: &[Draft], notes: &mut Vec<Note>) {
    let mut places = std::collections::BTreeMap::new();
    for (place, draft) in drafts.iter().enumerate() {
        places.entry(draft.title.as_str()).or_insert(place);
    }
    notes.sort_by_key(|note| places.get(note.rule.as_str()).copied());
    let mut seen = BTreeSet::new();
    notes.retain(|note| seen.insert((note.rule.clone(), note.message.clone())));
}

/// The protocol to be.
struct Page<'a> {
    tool: Tool,
    drafts: &'a [Draft],
    logic: &'a Logic,
    numbers: &'a BTreeSet<String>,
}

impl Page<'_> {
    fn write(&self, pieces: &[Piece], notes: &mut Vec<Note>, limits: &Limits) -> Result<String, ImportError> {
        let mut page = format!("[protocol]\nid = \"{}\"\nversion = \"imported\"\n", self.tool);
        self.fields(pieces, &mut page, notes);
        let mut ids = write::Ids::default();
        let mut named: BTreeSet<usize> = BTreeSet::new();
        let ids: Vec<String> = pieces
            .iter()
            .map(|piece| {
                let title = self.drafts.get(piece.draft).map_or("", |draft| &draft.title);
                let word = (!named.insert(piece.draft)).then(|| piece.word());
                ids.give(title, word)
            })
            .collect();
        for (piece, id) in pieces.iter().zip(&ids) {
            self.rule(piece, id, &ids, &mut page);
            if page.len() > limits.file_bytes {
                let message =
                    format!("the protocol would be larger than the limit of {} bytes", limits.file_bytes);
                return Err(ImportError::new(ImportErrorKind::TooLarge, message));
            }
        }
        let mut faults = Faults::new();
        let document = Document::parse("protocol.toml", &page, &mut faults);
        let vocabulary = Vocabulary { open: true, ..Vocabulary::default() };
        let protocol = Protocol::read(&document, &vocabulary, &mut faults);
        let first = faults.into_sorted().into_iter().find(|fault| fault.code != "P031");
        match first {
            None => Ok(protocol.canonical()),
            Some(fault) => Err(ImportError::new(ImportErrorKind::Unwritable, fault.message)),
        }
    }

    /// Declares the fields that the conditions ask for.
    fn fields(&self, pieces: &[Piece], page: &mut String, notes: &mut Vec<Note>) {
        let mut kinds = std::collections::BTreeMap::new();
        for piece in pieces {
            each_ask(Some(piece.when), self.logic, &mut |field, test| {
                let kind = match test {
                    Test::Has(_) => DeclaredKind::Names,
                    _ if field == self.tool.tags() => DeclaredKind::Names,
                    Test::Compare(..) => DeclaredKind::Number,
                    _ if self.numbers.contains(field) => DeclaredKind::Number,
                    _ => DeclaredKind::Name,
                };
                kinds.entry(field.to_owned()).or_insert(kind);
            });
        }
        kinds.remove("text");
        for (field, kind) in &kinds {
            // Writing to a String cannot fail.
            _ = write!(page, "[[field]]\nname = {}\nkind = \"{}\"\n", quoted(field), kind.as_str());
        }
        if !kinds.is_empty() {
            let names: Vec<String> =
                kinds.iter().map(|(field, kind)| format!("`{field}` ({})", kind.as_str())).collect();
            let message = format!("give these fields with every message: {}", names.join(", "));
            notes.push(Note { rule: String::new(), severity: Severity::Info, message });
        }
    }

    fn rule(&self, piece: &Piece, id: &str, ids: &[String], page: &mut String) {
        let title = self.drafts.get(piece.draft).map_or("", |draft| &draft.title);
        let when = write::condition(piece.when, self.logic, self.numbers);
        let mut set: Vec<String> = Vec::new();
        set.extend(piece.department.as_ref().map(|value| format!("department = {}", quoted(value))));
        set.extend(piece.owner.as_ref().map(|value| format!("owner = {}", quoted(value))));
        set.extend(piece.priority.map(|value| format!("priority = {value}")));
        for (key, names) in [("tags", &piece.tags), ("notify", &piece.notify)] {
            let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            set.extend((!names.is_empty()).then(|| format!("{key} = [{}]", names.join(", "))));
        }
        _ = write!(
            page,
            "[[rule]]\nid = {}\nowner = \"imported\"\nwhy = {}\nwhen = {}\nset = {{ {} }}\n",
            quoted(id),
            quoted(&write::why(title)),
            quoted(&when),
            set.join(", ")
        );
        let overrides: Vec<String> =
            piece.overrides.iter().filter_map(|earlier| ids.get(*earlier)).map(|id| quoted(id)).collect();
        if !overrides.is_empty() {
            _ = writeln!(page, "overrides = [{}]", overrides.join(", "));
        }
        if piece.shadow {
            page.push_str("status = \"shadow\"\n");
        }
    }
}

/// Whether a condition says what the language of protocols can say.
fn is_sayable(condition: &str) -> bool {
    Condition::parse(condition).is_ok()
}

/// A word that is not known, with the nearest one that is.
fn unknown_word(what: &str, word: &str, known: &[&str]) -> String {
    let word: String = word.chars().take(80).collect();
    match did_you_mean(&word, known.iter().copied()) {
        Some(near) => format!("{what} `{word}` is not known; did you mean `{near}`?"),
        None => format!("{what} `{word}` is not known"),
    }
}

#[cfg(test)]
mod tests;
