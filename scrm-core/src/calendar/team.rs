//! Who is there? The departments and people of `team.toml`.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Document, Faults, Table};
use crate::model::{Department, PersonId};

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
            team.person(table, &known, faults);
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

    fn person(&mut self, table: &Table<'_>, known: &BTreeSet<String>, faults: &mut Faults) {
        let id = table.text("id", faults);
        let name = table.optional_text("name", faults);
        let departments = table.texts("departments", faults);
        let roles = table.texts("roles", faults);
        let skills = table.texts("skills", faults);
        let capacity = table.number("capacity", faults);
        table.finish(faults);
        for department in departments.iter().filter(|department| !known.contains(&department.value)) {
            faults.push(table.unknown("department", department, known.iter().map(String::as_str)));
        }
        let capacity = capacity.and_then(|(number, place)| {
            let whole = (0.0..=100_000.0).contains(&number) && number.fract() == 0.0;
            if !whole {
                let fault = Diagnostic::error(
                    "T002",
                    table.file(),
                    Some(place),
                    "`capacity` is not a number of cases a day",
                );
                faults.push(fault.help("write a whole number from 0 to 100000"));
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
            whole.then_some(number as u32)
        });
        let Some((id, place)) = table.checked(id, PersonId::new, faults) else { return };
        let set = |texts: Vec<crate::diagnostic::Text>| texts.into_iter().map(|text| text.value).collect();
        let person = Person {
            id: id.clone(),
            name: name.map_or_else(|| id.as_str().to_owned(), |name| name.value),
            departments: set(departments),
            roles: set(roles),
            skills: set(skills),
            capacity,
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

/// The ids of tables, before they are read in full.
fn ids(tables: &[Table<'_>]) -> BTreeSet<String> {
    tables
        .iter()
        .filter_map(|table| table.get("id"))
        .filter_map(crate::diagnostic::as_text)
        .map(|text| text.value)
        .collect()
}
