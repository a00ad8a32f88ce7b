//! Can each department do its work? What came, what was done, and what is left, against what its people can do in a day.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::Serialize;

use super::Company;
use crate::calendar::roster::{CASE, Roster};
use crate::measure::Measures;
use crate::measure::statistics::number;

/// One department's day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DepartmentDay {
    /// The department; empty for cases that nobody has.
    pub department: String,
    /// Its name.
    pub name: String,
    /// The person who answers for it.
    pub owner: Option<String>,
    /// Cases opened on the day.
    pub opened: u64,
    /// Cases first answered on the day.
    pub answered: u64,
    /// Cases resolved on the day.
    pub resolved: u64,
    /// Cases, of any day, that nobody had answered.
    pub waiting: u64,
    /// Those of them whose first response was overdue.
    pub overdue: u64,
    /// First responses that fall due within the next 24 hours.
    pub due_next: u64,
    /// Cases that its people can answer on the day; absent when the team does not say.
    pub capacity: Option<f64>,
    /// What its people can answer on the day after.
    pub capacity_next: Option<f64>,
    /// Hours of the day in which more came than can be answered in them.
    pub hours_over: Option<u64>,
    /// Days that it takes to answer what waits at the next day's capacity, if nothing more comes.
    pub days_to_clear: Option<f64>,
}

pub(super) fn departments(
    measures: &Measures,
    day: NaiveDate,
    as_of: DateTime<Utc>,
    company: Company<'_>,
) -> Vec<DepartmentDay> {
    let book = &measures.cases;
    let ends = as_of >= measures.end_of(day);
    let backlog = book.backlog(day);
    let late = measures.overdue(as_of, ends.then_some(day));
    let of_team = company.team.departments.keys().map(|id| id.as_str().to_owned());
    let names: BTreeSet<String> = backlog.keys().cloned().chain(of_team).collect();
    let one = |name: String| {
        let opened = book.days.get(&day).and_then(|departments| departments.get(&name));
        let flow = book.flow.get(&day).and_then(|departments| departments.get(&name));
        let rows = book.rows.values().filter(|row| row.department == name && row.waits_at(as_of));
        let soon =
            |due: DateTime<Utc>| as_of <= due && due.signed_duration_since(as_of) <= Duration::hours(24);
        let waiting =
            if ends { backlog.get(&name).copied().unwrap_or_default() } else { rows.clone().count() as u64 };
        let mut roster = Roster::of(company.team, company.calendars, &name);
        let mut capacity = |day: NaiveDate| {
            let number_of_day = day.signed_duration_since(NaiveDate::default()).num_days();
            roster.as_mut().map(|roster| roster.day(number_of_day))
        };
        let (today, tomorrow) = (capacity(day), day.succ_opt().and_then(&mut capacity));
        let cases = |hours: crate::calendar::roster::Day| number(hours.iter().sum()) / number(CASE);
        let over = |hours: crate::calendar::roster::Day| {
            let came = opened.map(|cell| cell.hours).unwrap_or_default();
            came.iter().zip(hours).filter(|(came, can)| **came * CASE > *can).count() as u64
        };
        let entry = company.team.departments.get(name.as_str());
        let owner = entry.and_then(|entry| entry.owner.as_ref()).map(|owner| {
            company
                .team
                .people
                .get(owner)
                .map_or_else(|| owner.as_str().to_owned(), |person| person.name.clone())
        });
        let next = tomorrow.map(cases);
        DepartmentDay {
            name: entry.map_or_else(|| "nobody".to_owned(), |entry| entry.name.clone()),
            owner,
            opened: opened.map_or(0, |cell| cell.opened),
            answered: flow.map_or(0, |flow| flow.answered),
            resolved: flow.map_or(0, |flow| flow.resolved),
            waiting,
            overdue: late.get(&name).copied().unwrap_or_default(),
            due_next: rows.filter(|row| row.due.is_some_and(soon)).count() as u64,
            capacity: today.map(cases),
            capacity_next: next,
            hours_over: today.map(over),
            days_to_clear: next.filter(|next| *next > 0.0).map(|next| number(waiting) / next),
            department: name,
        }
    };
    let mut found: Vec<DepartmentDay> = names.into_iter().map(one).collect();
    found.retain(|one| !one.department.is_empty() || one.waiting + one.opened > 0);
    found.sort_by(|a, b| b.waiting.cmp(&a.waiting).then_with(|| a.department.cmp(&b.department)));
    found
}
