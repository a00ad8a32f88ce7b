//! Do the names that a protocol uses exist? Those of the team and the calendars, and those it defines itself.

use std::collections::{BTreeMap, BTreeSet};

use super::{Condition, Incentive, Ladder, Sla};
use crate::diagnostic::{Diagnostic, Faults, Table, Text, Value};
use crate::model::{Limits, Span};
use crate::route::Vocabulary;
use crate::route::condition::{nearest, text_of};

/// Every name that a rule can use, as far as the file was read.
pub(super) struct Names<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) slas: BTreeMap<String, Sla>,
    pub(super) ladders: BTreeMap<String, PlacedLadder>,
    pub(super) incentives: BTreeMap<String, Incentive>,
    /// The ids of all rules, also of those with faults.
    pub(super) rules: BTreeSet<String>,
}

/// A ladder with the places of its rungs.
pub(super) struct PlacedLadder {
    pub(super) ladder: Ladder,
    pub(super) places: Vec<Span>,
    /// How many rungs are written, also those with faults.
    pub(super) written: usize,
}

impl<'a> Names<'a> {
    pub(super) fn new(vocabulary: &'a Vocabulary) -> Self {
        Self {
            vocabulary,
            slas: BTreeMap::new(),
            ladders: BTreeMap::new(),
            incentives: BTreeMap::new(),
            rules: BTreeSet::new(),
        }
    }

    /// Reads a condition; its faults are reported at their places in the file.
    pub(super) fn condition(&self, file: &str, text: &Text, faults: &mut Faults) -> Option<Condition> {
        match Condition::parse_with(&text.value, self.vocabulary, &Limits::DEFAULT) {
            Ok(condition) => Some(condition),
            Err(error) => {
                for fault in error.faults() {
                    let place = text.place(fault.span);
                    let mut diagnostic =
                        Diagnostic::error(fault.code, file, Some(place), fault.message.clone());
                    diagnostic.help = fault.help.clone();
                    faults.push(diagnostic);
                }
                None
            }
        }
    }

    /// The condition under a key, as a text or as a tree.
    pub(super) fn condition_under(
        &self,
        table: &Table<'_>,
        key: &'static str,
        faults: &mut Faults,
    ) -> Option<Condition> {
        let node = table.get(key)?;
        if !matches!(node.value, Value::Table(_)) {
            return table
                .optional_text(key, faults)
                .and_then(|text| self.condition(table.file(), &text, faults));
        }
        match text_of(node) {
            Ok(text) => self.condition(table.file(), &Text::whole(text, node.span), faults),
            Err((span, message)) => {
                faults.push(Diagnostic::error("P006", table.file(), Some(span), message));
                None
            }
        }
    }

    pub(super) fn check_department(&self, file: &str, text: &Text, faults: &mut Faults) {
        self.one_of_team(file, "department", text, &text.value, &self.vocabulary.departments, faults);
    }

    pub(super) fn check_person(&self, file: &str, text: &Text, faults: &mut Faults) {
        self.one_of_team(file, "person", text, &text.value, &self.vocabulary.people, faults);
    }

    pub(super) fn check_calendar(&self, file: &str, text: &Text, faults: &mut Faults) {
        self.one_of_team(file, "calendar", text, &text.value, &self.vocabulary.calendars, faults);
    }

    pub(super) fn check_skill(&self, file: &str, text: &Text, faults: &mut Faults) {
        if !self.vocabulary.knows(&self.vocabulary.skills, &text.value) {
            let message = format!("nobody has the skill `{}`", text.value);
            let mut fault = Diagnostic::error("P034", file, Some(text.span), message);
            fault.help = nearest(&text.value, names(&self.vocabulary.skills));
            faults.push(fault);
        }
    }

    /// Whether one of the sets of the vocabulary has the name.
    fn one_of_team(
        &self,
        file: &str,
        what: &str,
        text: &Text,
        name: &str,
        set: &BTreeSet<String>,
        faults: &mut Faults,
    ) {
        if !self.vocabulary.knows(set, name) {
            one_of(file, "P014", what, text, name, names(set), faults);
        }
    }

    pub(super) fn check_sla(&self, file: &str, text: &Text, faults: &mut Faults) {
        one_of(file, "P014", "sla", text, &text.value, self.slas.keys().map(String::as_str), faults);
    }

    pub(super) fn check_incentive(&self, file: &str, text: &Text, faults: &mut Faults) {
        let known = self.incentives.keys().map(String::as_str);
        one_of(file, "P014", "incentive", text, &text.value, known, faults);
    }

    pub(super) fn check_rule(&self, file: &str, text: &Text, faults: &mut Faults) -> bool {
        one_of(file, "P014", "rule", text, &text.value, names(&self.rules), faults)
    }

    /// A department, person or role, with or without saying which.
    pub(super) fn check_anybody(&self, file: &str, text: &Text, faults: &mut Faults) {
        if text.value.contains(':') {
            self.check_addressee(file, text, faults);
            return;
        }
        let Vocabulary { departments, people, roles, .. } = self.vocabulary;
        if self.vocabulary.open && departments.is_empty() && people.is_empty() {
            return;
        }
        let known = names(departments).chain(names(people)).chain(names(roles));
        one_of(file, "P014", "department, person or role", text, &text.value, known, faults);
    }

    /// `team:…`, `role:…` or `person:…`.
    pub(super) fn check_addressee(&self, file: &str, text: &Text, faults: &mut Faults) {
        let vocabulary = self.vocabulary;
        match text.value.split_once(':') {
            Some(("team", name)) => {
                self.one_of_team(file, "department", text, name, &vocabulary.departments, faults);
            }
            Some(("person", name)) => {
                self.one_of_team(file, "person", text, name, &vocabulary.people, faults);
            }
            Some(("role", name)) if !vocabulary.knows(&vocabulary.roles, name) => {
                let message = format!("nobody has the role `{name}`");
                let mut fault = Diagnostic::error("P032", file, Some(text.span), message);
                fault.help = nearest(name, names(&vocabulary.roles));
                faults.push(fault);
            }
            Some(("role", _)) => {}
            _ => faults.push(
                Diagnostic::error("P015", file, Some(text.span), format!("`{}` says not who", text.value))
                    .help("write team:…, role:… or person:…"),
            ),
        }
    }
}

fn names(set: &BTreeSet<String>) -> impl Iterator<Item = &str> {
    set.iter().map(String::as_str)
}

/// Whether the name is known; if not, it is reported with the nearest one that is.
fn one_of<'a>(
    file: &str,
    code: &'static str,
    what: &str,
    text: &Text,
    name: &str,
    known: impl Iterator<Item = &'a str>,
    faults: &mut Faults,
) -> bool {
    let known: Vec<&str> = known.collect();
    let found = known.contains(&name);
    if !found {
        let mut fault =
            Diagnostic::error(code, file, Some(text.span), format!("there is no {what} `{name}`"));
        fault.help = nearest(name, known.into_iter());
        faults.push(fault);
    }
    found
}

/// Whether the id is a slug; if not, it is reported.
pub(super) fn check_slug(file: &str, id: &Text, faults: &mut Faults) -> bool {
    let slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let good =
        id.value.starts_with(slug) && id.value.chars().all(|c| slug(c) || matches!(c, '_' | '.' | '-'));
    if !good {
        let message = format!("`{}` cannot be an id", id.value);
        let help = "an id is lower-case letters, digits, `_`, `.` and `-`, a letter or digit first";
        faults.push(Diagnostic::error("P019", file, Some(id.span), message).help(help));
    }
    good
}

/// Something that is written twice.
pub(super) fn duplicate(file: &str, what: &str, id: &Text) -> Diagnostic {
    let message = format!("{what} `{}` is written twice", id.value);
    Diagnostic::error("P010", file, Some(id.span), message).help("give one of them another id")
}
