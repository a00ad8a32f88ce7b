//! What did people write down? Monitors, topics, protocol, team and calendars: one folder of TOML, or one file, read as a
//! whole.
//!
//! Read [`Playbook::load`] first. Every fault of every file is reported at once, and a playbook with an error is none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::calendar::{Calendars, Team};
use crate::channels::Mapping;
use crate::diagnostic::{Diagnostic, Document, Faults, Report, Sources, Value, did_you_mean};
use crate::engage::{self, EngageSettings, Replies};
use crate::listen::{Monitors, Topics};
use crate::measure::Attestations;
use crate::model::{Brand, Department, Limits, MonitorId, PersonId, Topic};
use crate::route::{Protocol, Vocabulary};

/// The files every playbook has.
pub const FILES: [&str; 5] = ["monitors.toml", "topics.toml", "protocol.toml", "team.toml", "calendars.toml"];

/// The file that says how rows of CSV become messages; a playbook may have it.
pub const MAPPING: &str = "mapping.toml";

/// The file with what people attest for the audit; a playbook may have it.
pub const AUDIT: &str = "audit.toml";

/// The file with guidelines, canned texts and content for those who answer; a playbook may have it.
pub const REPLIES: &str = "replies.toml";

/// The files that a playbook may have besides.
pub const OPTIONAL: [&str; 3] = [MAPPING, AUDIT, REPLIES];

/// How the names of files with holidays end, which calendars may name.
pub const HOLIDAYS: &str = ".ics";

/// What people wrote down, checked as a whole.
#[derive(Debug, Clone)]
pub struct Playbook {
    /// What is listened for.
    pub monitors: Monitors,
    /// The tree of issues.
    pub topics: Topics,
    /// The rules.
    pub protocol: Protocol,
    /// Departments and people.
    pub team: Team,
    /// How cases are worked on, and who gets them.
    pub engage: EngageSettings,
    /// Opening hours.
    pub calendars: Calendars,
    /// How rows of CSV become messages, where the playbook says so.
    pub mapping: Option<Mapping>,
    /// What people attest for the audit.
    pub attestations: Attestations,
    /// What those who answer keep to and begin with.
    pub replies: Replies,
    warnings: Report,
    limits: Limits,
}

/// Why there is no playbook.
#[derive(Debug, thiserror::Error)]
pub enum PlaybookError {
    /// What was written has faults; the report has them all.
    #[error("the playbook cannot be used\n\n{0}")]
    Faults(Report),
    /// The folder or a file cannot be read.
    #[error("the playbook `{}` cannot be read: {fault}", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why, and the way out.
        fault: String,
        /// What the system said.
        source: Option<std::io::Error>,
    },
}

impl PlaybookError {
    /// The faults, where there are some.
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Faults(report) => Some(report),
            Self::Unreadable { .. } => None,
        }
    }
}

impl Playbook {
    /// Reads a folder, or a file in which a protocol stands alone, within the default limits.
    ///
    /// # Errors
    /// When the folder or a file cannot be read, or when there is an error in what they say.
    ///
    /// ```
    /// use scrm_core::playbook::Playbook;
    /// # let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    /// let playbook = Playbook::load(format!("{root}/examples/playbooks/northwind")).unwrap();
    /// assert!(playbook.monitors.monitors.len() > 5);
    /// assert!(Playbook::load("no/such/folder").unwrap_err().to_string().contains("there is no such folder or file"));
    /// ```
    pub fn load(folder: impl AsRef<Path>) -> Result<Self, PlaybookError> {
        Self::load_within(folder, &Limits::DEFAULT)
    }

    /// Reads a folder, or a file, within the limits given.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_within(folder: impl AsRef<Path>, limits: &Limits) -> Result<Self, PlaybookError> {
        let folder = folder.as_ref();
        if folder.is_file() {
            let text = read(folder, limits)?.unwrap_or_default();
            let name =
                folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let mut holidays = BTreeMap::new();
            for file in holidays_in(&name, &text, limits) {
                if let Some(text) = read(&folder.with_file_name(&file), limits)? {
                    holidays.insert(file, text);
                }
            }
            return Self::from_file_with(&name, &text, &holidays, limits);
        }
        if !folder.is_dir() {
            let fault = "there is no such folder or file".to_owned();
            return Err(PlaybookError::Unreadable { path: folder.to_owned(), fault, source: None });
        }
        let mut files = BTreeMap::new();
        for name in FILES.into_iter().chain(OPTIONAL) {
            if let Some(text) = read(&folder.join(name), limits)? {
                files.insert(name.to_owned(), text);
            }
        }
        for name in files_ending(folder, HOLIDAYS) {
            if let Some(text) = read(&folder.join(&name), limits)? {
                files.insert(name, text);
            }
        }
        let mut odd = Faults::new();
        for name in files_ending(folder, ".toml").into_iter().filter(|name| !is_known(name)) {
            let fault = Diagnostic::warning(
                "B021",
                &name,
                None,
                format!("`{name}` is no file of a playbook and is not read"),
            );
            odd.push(match did_you_mean(&name, FILES) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None => {
                    let (always, may) = (FILES.join(", "), OPTIONAL.join(", "));
                    fault.help(format!("its files are: {always}; it may have: {may}"))
                }
            });
        }
        Self::read(&files, odd, limits)
    }

    /// Reads a playbook from texts by file name, files of [`HOLIDAYS`] among them, for hosts that keep it elsewhere than
    /// in a folder.
    ///
    /// # Errors
    /// When there is an error in what they say, or one of [`FILES`] is missing.
    pub fn from_files(files: &BTreeMap<String, String>, limits: &Limits) -> Result<Self, PlaybookError> {
        Self::read(files, Faults::new(), limits)
    }

    /// Reads a protocol that stands alone: one file, TOML or (named `….json`) JSON, with the tables of all the files of a
    /// playbook. What it does not define at all (departments, people, topics, monitors, brands) it may name as it likes;
    /// without calendars it is always open.
    ///
    /// # Errors
    /// When there is an error in what it says.
    ///
    /// ```
    /// use scrm_core::model::Limits;
    /// use scrm_core::playbook::Playbook;
    /// let protocol = r#"{
    ///     "protocol": {"id": "care", "version": "1", "mandatory": ["department"]},
    ///     "rule": [{"id": "complaint", "owner": "care", "why": "Somebody is unhappy",
    ///               "when": {"field": "type", "is": "complaint"}, "set": {"department": "care"}}]
    /// }"#;
    /// let playbook = Playbook::from_file("care.json", protocol, &Limits::DEFAULT).unwrap();
    /// assert_eq!(playbook.protocol.rules()[0].when.to_string(), "type is complaint");
    /// ```
    pub fn from_file(name: &str, text: &str, limits: &Limits) -> Result<Self, PlaybookError> {
        Self::from_file_with(name, text, &BTreeMap::new(), limits)
    }

    /// The same; the holidays that its calendars name stand in `holidays`, texts by file name.
    ///
    /// # Errors
    /// When there is an error in what it says.
    pub fn from_file_with(
        name: &str,
        text: &str,
        holidays: &BTreeMap<String, String>,
        limits: &Limits,
    ) -> Result<Self, PlaybookError> {
        let mut faults = Faults::new();
        let mut sources = Sources::new();
        sources.insert(name, text);
        holidays.iter().for_each(|(name, text)| sources.insert(name, text));
        if text.len() > limits.file_bytes {
            let fault = format!("the file is larger than the limit of {} bytes", limits.file_bytes);
            faults.push(Diagnostic::error("B022", name, None, fault));
            return Err(PlaybookError::Faults(Report::new(faults.into_sorted(), Sources::new())));
        }
        let whole = Document::parse_as_named(name, text, &mut faults);
        if whole.is_empty() && faults.has_errors() {
            return Err(PlaybookError::Faults(Report::new(faults.into_sorted(), sources)));
        }
        let (replies, whole) = whole.split(&["guideline", "reply", "canned", "content"]);
        let (monitors, whole) = whole.split(&["brand", "monitor", "list", "query", "attributes"]);
        let (topics, whole) = whole.split(&["topic"]);
        let (team, whole) = whole.split(&["department", "person", "cases", "incidents", "assign"]);
        let (calendars, protocol) = whole.split(&["calendar", "default"]);
        let documents = [monitors, topics, protocol, team, calendars];
        let besides = Besides { mapping: None, audit: None, replies };
        Self::assemble(&documents, holidays, besides, true, sources, faults, limits)
    }

    fn read(
        files: &BTreeMap<String, String>,
        mut faults: Faults,
        limits: &Limits,
    ) -> Result<Self, PlaybookError> {
        let mut sources = Sources::new();
        let document = |name: &str, faults: &mut Faults| {
            let text = files.get(name);
            if text.is_none() {
                let fault = Diagnostic::error("B020", name, None, format!("there is no `{name}`"));
                faults.push(fault.help("every playbook has it; an empty one will do while you begin"));
            }
            Document::parse(name, text.map_or("", String::as_str), faults)
        };
        let documents = FILES.map(|name| document(name, &mut faults));
        for (name, text) in files {
            sources.insert(name.clone(), text.clone());
        }
        let mapping = files
            .get(MAPPING)
            .map(|text| Mapping::read(&Document::parse(MAPPING, text, &mut faults), &mut faults));
        let audit = files.get(AUDIT).map(|text| Document::parse(AUDIT, text, &mut faults));
        let replies = Document::parse(REPLIES, files.get(REPLIES).map_or("", String::as_str), &mut faults);
        let besides = Besides { mapping, audit, replies };
        Self::assemble(&documents, files, besides, false, sources, faults, limits)
    }

    /// Of the documents in the order of [`FILES`]; with `alone` what is not defined at all may be named freely.
    fn assemble(
        [monitors, topics, protocol, team, calendars]: &[Document; 5],
        files: &BTreeMap<String, String>,
        Besides { mapping, audit, replies }: Besides,
        alone: bool,
        sources: Sources,
        mut faults: Faults,
        limits: &Limits,
    ) -> Result<Self, PlaybookError> {
        let monitors = match monitors.root("the file").has("monitor") {
            false if alone => Monitors::default(),
            _ => Monitors::read(monitors, limits, &mut faults),
        };
        let topics = Topics::read_with(topics, &monitors.names, limits, &mut faults);
        let calendars = if alone && !calendars.root("the file").has("calendar") {
            Calendars::default()
        } else {
            Calendars::read_with(calendars, files, &mut faults)
        };
        let ids = calendars.ids().map(str::to_owned).collect();
        let (engage, team) = team.split(&engage::TABLES);
        let engage = EngageSettings::read(&engage, &mut faults);
        let team = Team::read(&team, &ids, &mut faults);
        let people = team.people.keys().map(PersonId::as_str).collect();
        let attestations =
            audit.map(|audit| Attestations::read(&audit, &people, &mut faults)).unwrap_or_default();
        if !alone || !team.departments.is_empty() {
            check_owners(&monitors, &topics, &team, &mut faults);
        }
        let mut vocabulary = vocabulary(&monitors, &topics, &team, ids);
        vocabulary.open = alone;
        let protocol = Protocol::read(protocol, &vocabulary, &mut faults).with_calendars(&calendars);
        faults.extend(protocol.check_examples(&calendars));
        let paths: BTreeSet<String> = topics.0.keys().map(|topic| topic.as_str().to_owned()).collect();
        let replies = Replies::read(&replies, &paths, &mut faults);
        let broken = faults.has_errors();
        let report = Report::new(faults.into_sorted(), sources);
        if broken {
            return Err(PlaybookError::Faults(report));
        }
        Ok(Self {
            monitors,
            topics,
            protocol,
            team,
            engage,
            calendars,
            mapping,
            attestations,
            replies,
            warnings: report,
            limits: limits.clone(),
        })
    }

    /// The name and text of the one file it was read from, when it is a protocol that stands alone.
    pub fn alone(&self) -> Option<(&str, &str)> {
        let name = self.protocol.file();
        if self.protocol.vocabulary().open { Some((name, self.warnings.sources().get(name)?)) } else { None }
    }

    /// What is probably not what was meant, though it can be used.
    pub fn warnings(&self) -> &Report {
        &self.warnings
    }

    /// The limits it was read within, which hold for what is compiled from it.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// What a playbook may have besides its files.
struct Besides {
    mapping: Option<Mapping>,
    audit: Option<Document>,
    replies: Document,
}

/// The files of holidays that the calendars of a file name, which stand beside it.
fn holidays_in(name: &str, text: &str, limits: &Limits) -> BTreeSet<String> {
    if text.len() > limits.file_bytes {
        return BTreeSet::new();
    }
    let mut unheard = Faults::new();
    let document = Document::parse_as_named(name, text, &mut unheard);
    let calendars = document.root("the file").tables("calendar", "calendar", &mut unheard);
    let named =
        calendars.iter().flat_map(|calendar| match calendar.get("holidays").map(|node| &node.value) {
            Some(Value::Array(_)) => calendar.texts("holidays", &mut Faults::new()),
            _ => calendar.optional_text("holidays", &mut Faults::new()).into_iter().collect(),
        });
    // A file is named by itself: nothing but what stands beside is read.
    named
        .map(|text| text.value)
        .filter(|file| file.ends_with(HOLIDAYS) && !file.contains(['/', '\\']))
        .collect()
}

fn read(path: &Path, limits: &Limits) -> Result<Option<String>, PlaybookError> {
    let unreadable =
        |fault: String, source| PlaybookError::Unreadable { path: path.to_owned(), fault, source };
    if path.is_dir() {
        return Err(unreadable("it is a folder where a file should be".to_owned(), None));
    }
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error.to_string(), Some(error))),
        Ok(file) if file.len() > limits.file_bytes as u64 => {
            return Err(unreadable(
                format!("it is larger than the limit of {} bytes", limits.file_bytes),
                None,
            ));
        }
        Ok(_) => {}
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string(), Some(error)))?;
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|_| unreadable("it is not UTF-8 text; save it as UTF-8".to_owned(), None))
}

/// The files of a folder whose names end so, in order.
fn files_ending(folder: &Path, end: &str) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeSet::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(end))
        .collect()
}

fn is_known(name: &str) -> bool {
    FILES.contains(&name) || OPTIONAL.contains(&name)
}

fn vocabulary(monitors: &Monitors, topics: &Topics, team: &Team, calendars: BTreeSet<String>) -> Vocabulary {
    let sensitive = topics.0.values().filter(|topic| topic.sensitive);
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    Vocabulary {
        departments: owned(team.departments.keys().map(Department::as_str).collect()),
        people: owned(team.people.keys().map(PersonId::as_str).collect()),
        roles: team.roles(),
        skills: team.skills(),
        topics: owned(topics.0.keys().map(Topic::as_str).collect()),
        monitors: owned(monitors.monitors.keys().map(MonitorId::as_str).collect()),
        brands: owned(monitors.brands.keys().map(Brand::as_str).collect()),
        sensitive: owned(sensitive.map(|topic| topic.path.as_str()).collect()),
        calendars,
        fields: BTreeMap::new(),
        open: false,
    }
}

/// Monitors and topics that belong to a department which is not there.
fn check_owners(monitors: &Monitors, topics: &Topics, team: &Team, faults: &mut Faults) {
    let known = || team.departments.keys().map(Department::as_str);
    let mut check = |file: &str, what: String, owner: &Option<Department>| {
        let Some(owner) = owner.as_ref().filter(|owner| !team.departments.contains_key(*owner)) else {
            return;
        };
        let fault = Diagnostic::error(
            "B007",
            file,
            None,
            format!("{what} belongs to department `{owner}`, which is not in team.toml"),
        );
        faults.push(match did_you_mean(owner.as_str(), known()) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help("add the department, or name another one"),
        });
    };
    for monitor in monitors.monitors.values() {
        check("monitors.toml", format!("monitor `{}`", monitor.id), &monitor.owner);
    }
    for topic in topics.0.values() {
        check("topics.toml", format!("topic `{}`", topic.path), &topic.owner);
    }
}

#[cfg(test)]
mod tests;
