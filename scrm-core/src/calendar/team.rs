//! Who is there? The departments and people of `team.toml`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostic, Document, Faults, Table, Text};
use crate::model::{Department, PersonId, Span};

/// One department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepartmentEntry {
    /// Its id.
    pub id: Department,
    /// Its name, for people.
    pub name: String,
    /// The person who answers for it.
    pub owner: Option<PersonId>,
    /// When it works; absent, by the default calendar.
    pub calendar: Option<String>,
}

/// One person of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Where they work.
    pub departments: BTreeSet<String>,
    /// What they are called on as (`duty-manager`, `executive`).
    pub roles: BTreeSet<String>,
    /// What they can do.
    pub skills: BTreeSet<String>,
    /// Cases a day.
    pub capacity: Option<u32>,
    /// How well they can do it, from 1 to 5; 1 where nothing is said.
    pub levels: BTreeMap<String, u8>,
    /// How much they carry at one time; a case weighs what `[assign]` says of its channel.
    pub at_once: Option<u32>,
    /// When they are on duty; absent, when their departments work.
    pub calendar: Option<String>,
    /// When they are away, besides.
    pub away: Vec<Away>,
    /// The first day on which they are no longer there.
    pub left: Option<NaiveDate>,
}

/// Some days on which somebody is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

impl Person {
    /// A person of whom nothing is said but who they are.
    pub fn new(id: PersonId) -> Self {
        Self {
            name: id.as_str().to_owned(),
            id,
            departments: BTreeSet::new(),
            roles: BTreeSet::new(),
            skills: BTreeSet::new(),
            capacity: None,
            levels: BTreeMap::new(),
            at_once: None,
            calendar: None,
            away: Vec::new(),
            left: None,
        }
    }

    /// Whether they are away on a day, by what was written down.
    pub fn is_away(&self, day: NaiveDate) -> bool {
        self.away.iter().any(|away| (away.from..=away.to).contains(&day))
    }

    /// Whether they are no longer there on a day.
    pub fn has_left(&self, day: NaiveDate) -> bool {
        self.left.is_some_and(|left| left <= day)
    }
}

/// Everything in `team.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Team {
    /// The departments, by id.
    pub departments: BTreeMap<Department, DepartmentEntry>,
    /// The people, by id.
    pub people: BTreeMap<PersonId, Person>,
}

impl Team {
    /// Reads `team.toml`; every fault goes to `faults`, and what could be read is kept. `calendars` are those there are.
    pub fn read(document: &Document, calendars: &BTreeSet<String>, faults: &mut Faults) -> Self {
        let root = document.root("the file");
        let mut team = Self::default();
        let departments = root.tables("department", "a `[[department]]`", faults);
        let people = root.tables("person", "a `[[person]]`", faults);
        root.finish(faults);
        let known = ids(&departments);
        for table in &people {
            team.person(table, &known, calendars, faults);
        }
        for table in &departments {
            team.department(table, calendars, faults);
        }
        for (id, department) in &team.departments {
            let staffed = team.people.values().any(|person| person.departments.contains(id.as_str()));
            if !staffed {
                let message = format!("nobody works in department `{}`", department.id);
                faults.push(
                    Diagnostic::warning("T001", document.file(), None, message)
                        .help("add it to the `departments` of a `[[person]]`"),
                );
            }
        }
        team
    }

    fn department(&mut self, table: &Table<'_>, calendars: &BTreeSet<String>, faults: &mut Faults) {
        let id = table.text("id", faults);
        let name = table.optional_text("name", faults);
        let owner = table.optional_text("owner", faults);
        let calendar = table.optional_text("calendar", faults);
        table.finish(faults);
        if let Some(calendar) = calendar.as_ref().filter(|calendar| !calendars.contains(&calendar.value)) {
            faults.push(table.unknown("calendar", calendar, calendars.iter().map(String::as_str)));
        }
        if let Some(owner) = owner.as_ref().filter(|owner| !self.people.contains_key(owner.value.as_str())) {
            faults.push(table.unknown("person", owner, self.people.keys().map(PersonId::as_str)));
        }
        let Some((id, place)) = table.checked(id, Department::new, faults) else { return };
        let entry = DepartmentEntry {
            id: id.clone(),
            name: name.map_or_else(|| id.as_str().to_owned(), |name| name.value),
            owner: owner.and_then(|owner| PersonId::new(owner.value).ok()),
            calendar: calendar.map(|calendar| calendar.value),
        };
        if self.departments.insert(id.clone(), entry).is_some() {
            faults.push(table.twice("department", id.as_str(), &place));
        }
    }

    fn person(
        &mut self,
        table: &Table<'_>,
        known: &BTreeSet<String>,
        calendars: &BTreeSet<String>,
        faults: &mut Faults,
    ) {
        let id = table.text("id", faults);
        let name = table.optional_text("name", faults);
        let departments = table.texts("departments", faults);
        let roles = table.texts("roles", faults);
        let skills = table.texts("skills", faults);
        let capacity = table.number("capacity", faults);
        let at_once = table.number("at_once", faults);
        let calendar = table.optional_text("calendar", faults);
        let left = table.optional_text("left", faults).and_then(|text| day(table, &text, faults));
        let away = table.tables("away", "an entry of `away`", faults);
        table.finish(faults);
        let away = away.iter().filter_map(|entry| stay_away(entry, faults)).collect();
        if let Some(calendar) = calendar.as_ref().filter(|calendar| !calendars.contains(&calendar.value)) {
            faults.push(table.unknown("calendar", calendar, calendars.iter().map(String::as_str)));
        }
        for department in departments.iter().filter(|department| !known.contains(&department.value)) {
            faults.push(table.unknown("department", department, known.iter().map(String::as_str)));
        }
        let capacity = capacity
            .and_then(|number| whole(table, "`capacity` is not a number of cases a day", number, faults));
        let at_once = at_once.and_then(|number| {
            whole(table, "`at_once` is not how much somebody carries at one time", number, faults)
        });
        let levels = levels(table, &skills, faults);
        let Some((id, place)) = table.checked(id, PersonId::new, faults) else { return };
        let set = |texts: Vec<Text>| texts.into_iter().map(|text| text.value).collect();
        let person = Person {
            id: id.clone(),
            name: name.map_or_else(|| id.as_str().to_owned(), |name| name.value),
            departments: set(departments),
            roles: set(roles),
            skills: levels.keys().cloned().collect(),
            capacity,
            levels,
            at_once,
            calendar: calendar.map(|calendar| calendar.value),
            away,
            left,
        };
        if self.people.insert(id.clone(), person).is_some() {
            faults.push(table.twice("person", id.as_str(), &place));
        }
    }

    /// Every role that somebody has.
    pub fn roles(&self) -> BTreeSet<String> {
        self.people.values().flat_map(|person| person.roles.iter().cloned()).collect()
    }

    /// Every skill that somebody has.
    pub fn skills(&self) -> BTreeSet<String> {
        self.people.values().flat_map(|person| person.skills.iter().cloned()).collect()
    }
}

/// A whole number that is not too large.
fn whole(table: &Table<'_>, fault: &str, (number, place): (f64, Span), faults: &mut Faults) -> Option<u32> {
    let whole = (0.0..=100_000.0).contains(&number) && number.fract() == 0.0;
    if !whole {
        let fault = Diagnostic::error("T002", table.file(), Some(place), fault);
        faults.push(fault.help("write a whole number from 0 to 100000"));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
    whole.then_some(number as u32)
}

/// Skills with how well somebody has each: `billing`, `french:3`.
fn levels(table: &Table<'_>, skills: &[Text], faults: &mut Faults) -> BTreeMap<String, u8> {
    let mut levels = BTreeMap::new();
    for skill in skills {
        let (name, level) = skill.value.split_once(':').map_or((skill.value.as_str(), "1"), |both| both);
        let level = level.parse().ok().filter(|level| (1..=5).contains(level));
        if level.is_none() || name.is_empty() {
            let message = format!("`{}` is no skill with a level", skill.value);
            let fault = Diagnostic::error("T003", table.file(), Some(skill.span), message);
            faults.push(fault.help("write the skill alone, or with a level from 1 to 5: `french:3`"));
        }
        levels.insert(name.to_owned(), level.unwrap_or(1));
    }
    levels
}

fn stay_away(table: &Table<'_>, faults: &mut Faults) -> Option<Away> {
    let (from, to) = (table.text("from", faults), table.text("to", faults));
    table.finish(faults);
    let place = from.as_ref().map(|from| from.span);
    let mut read = |text: Option<Text>| text.and_then(|text| day(table, &text, faults));
    let (from, to) = (read(from)?, read(to)?);
    if from > to {
        let fault = Diagnostic::error("T004", table.file(), place, "this ends before it begins");
        faults.push(fault.help("put the earlier day into `from`"));
        return None;
    }
    Some(Away { from, to })
}

fn day(table: &Table<'_>, text: &Text, faults: &mut Faults) -> Option<NaiveDate> {
    let day = text.value.parse().ok();
    if day.is_none() {
        let message = format!("`{}` is not a day", text.value);
        let fault = Diagnostic::error("T004", table.file(), Some(text.span), message);
        faults.push(fault.help("write it as 2026-12-24"));
    }
    day
}

/// The ids of tables, before they are read in full.
fn ids(tables: &[Table<'_>]) -> BTreeSet<String> {
    tables
        .iter()
        .filter_map(|table| table.get("id"))
        .filter_map(crate::diagnostic::as_text)
        .map(|text| text.value)
        .collect()
}
