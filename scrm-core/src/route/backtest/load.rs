//! How much work comes to which department, and when? Against what its people can do.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Both;
use super::bounded::{Bounded, Sum};
use super::judge::Judged;
use crate::calendar::queue::{Outlook, forecast};
use crate::calendar::roster::{CASE, Roster, hour_of_week, local_hour};
use crate::calendar::{Calendars, Team};
use crate::route::Router;
use crate::route::condition::DAYS;

/// Hours of departments that are counted, and within them hours in which something falls due: of more, the earliest.
const MOST_CELLS: usize = 500_000;

/// The work of all departments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Load {
    /// Days on which the corpus has any case, in the zone of the default calendar.
    pub days: u64,
    /// The departments that either protocol gives work, in the order of their names; without a name, the cases that
    /// have no department.
    pub departments: Vec<DepartmentLoad>,
    /// Cases that lie in hours beyond the 500,000 that are counted.
    pub left_out: Both<u64>,
}

/// The work of one department.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DepartmentLoad {
    /// The department; absent for cases that have none.
    pub department: Option<String>,
    /// Cases that its people can answer on a day; absent when the team does not say.
    pub capacity_a_day: Option<f64>,
    /// Cases that they can answer on the days of the corpus.
    pub capacity: Option<f64>,
    /// Open hours of the week.
    pub open_hours: Option<u64>,
    /// What comes to it.
    pub work: Both<Work>,
    /// The hours of the week in which something comes or falls due, from Monday at midnight.
    pub hours: Vec<HourLoad>,
}

/// What comes to one department under one protocol.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Work {
    /// Cases.
    pub cases: u64,
    /// Cases that come in hours of the week in which it is never open; absent when its capacity is not known.
    pub outside_hours: Option<u64>,
    /// Hours of the week, of those in which it is open, in which more comes than can be answered.
    pub hours_over_capacity: Option<u64>,
    /// First responses that fall due.
    pub due: u64,
    /// First responses that cannot be given in time, even if nothing else is done and what falls due first is answered
    /// first; absent when its capacity is not known.
    pub missed: Option<u64>,
    /// First responses of which this was not worked out, because they lie more than 200,000 hours on.
    pub not_forecast: u64,
}

/// One hour of the week, over all days of the corpus.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HourLoad {
    /// The day of the week, as in protocols.
    pub weekday: &'static str,
    /// The hour on the wall, 0 to 23, in the zone of the default calendar.
    pub hour: u8,
    /// How many such days the corpus has.
    pub days: u64,
    /// Cases that can be answered in this hour of all these days; absent when the team does not say.
    pub capacity: Option<f64>,
    /// What comes and falls due.
    pub work: Both<HourWork>,
}

/// What one hour of the week has under one protocol.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HourWork {
    /// Cases that come in.
    pub cases: u64,
    /// First responses that fall due.
    pub due: u64,
    /// Of these, the ones that cannot be given in time; absent when the capacity is not known.
    pub missed: Option<u64>,
}

/// The departments that two protocols can give work, by number; the number after the last stands for none.
#[derive(Debug)]
pub(super) struct Departments(Vec<String>);

impl Departments {
    pub(super) fn of(routers: [&Router; 2]) -> Self {
        let rules = routers.into_iter().flat_map(|router| router.protocol().rules());
        let names: BTreeSet<String> =
            rules.filter_map(|rule| rule.set.department.as_ref()).map(ToString::to_string).collect();
        Self(names.into_iter().collect())
    }

    fn number(&self, name: Option<&str>) -> usize {
        let found = name.and_then(|name| self.0.binary_search_by(|known| known.as_str().cmp(name)).ok());
        found.unwrap_or(self.0.len())
    }
}

/// Cases by hour and department, and promises by hour, department and the hour in which they fall due.
#[derive(Debug, Clone)]
pub(super) struct LoadTally {
    cases: Bounded<(i64, usize), u64>,
    promises: Bounded<(i64, usize, i64), u64>,
    all: u64,
}

impl Default for LoadTally {
    fn default() -> Self {
        Self { cases: Bounded::new(MOST_CELLS), promises: Bounded::new(MOST_CELLS), all: 0 }
    }
}

impl LoadTally {
    pub(super) fn add(
        &mut self,
        departments: &Departments,
        calendars: &Calendars,
        at: DateTime<Utc>,
        judged: &Judged,
    ) {
        let hour = local_hour(calendars, at);
        let name = judged.ruling.facets.department.as_ref();
        let number = departments.number(name.map(crate::model::Department::as_str));
        self.all += 1;
        let key = (hour, number);
        if let Some(cases) = self.cases.entry(&key, || key) {
            *cases += 1;
        }
        if let Some(due) = judged.due {
            let key = (hour, number, local_hour(calendars, due));
            if let Some(promises) = self.promises.entry(&key, || key) {
                *promises += 1;
            }
        }
    }

    fn left_out(&self) -> u64 {
        self.all - self.cases.iter().map(|(_, cases)| *cases).sum::<u64>()
    }
}

impl Sum for LoadTally {
    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.cases.merge(other.cases);
        self.promises.merge(other.promises);
    }
}

/// One department's part of a tally.
#[derive(Default)]
struct Part {
    cases: BTreeMap<i64, u64>,
    promises: BTreeMap<i64, BTreeMap<i64, u64>>,
}

/// What was counted, department by department.
fn parts(tally: &LoadTally) -> BTreeMap<usize, Part> {
    let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
    for ((hour, number), cases) in tally.cases.iter() {
        parts.entry(*number).or_default().cases.insert(*hour, *cases);
    }
    for ((hour, number, due), promises) in tally.promises.iter() {
        let part = parts.entry(*number).or_default();
        part.promises.entry(*hour).or_default().insert(*due, *promises);
    }
    parts
}

/// The work against what the team can do.
pub(super) fn report(
    tallies: &Both<LoadTally>,
    departments: &Departments,
    calendars: &Calendars,
    team: Option<&Team>,
) -> Load {
    let days: BTreeSet<i64> = tallies.old.cases.iter().map(|((hour, _), _)| hour.div_euclid(24)).collect();
    let (old, new) = (parts(&tallies.old), parts(&tallies.new));
    let numbers: BTreeSet<usize> = old.keys().chain(new.keys()).copied().collect();
    let blank = Part::default();
    let departments = numbers.into_iter().map(|number| {
        let name = departments.0.get(number);
        let both = Both { old: old.get(&number).unwrap_or(&blank), new: new.get(&number).unwrap_or(&blank) };
        let roster = team.zip(name).and_then(|(team, name)| Roster::of(team, calendars, name));
        department(name.cloned(), &both, roster, &days)
    });
    let left_out = Both { old: tallies.old.left_out(), new: tallies.new.left_out() };
    Load { days: days.len() as u64, departments: departments.collect(), left_out }
}

#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn cases(thousandths: u64) -> f64 {
    thousandths as f64 / CASE as f64
}

fn department(
    name: Option<String>,
    parts: &Both<&Part>,
    mut roster: Option<Roster<'_>>,
    days: &BTreeSet<i64>,
) -> DepartmentLoad {
    let mut outlook = |part: &Part| {
        let roster = roster.as_mut()?;
        Some(forecast(&part.promises, |hour| roster.hour(hour)))
    };
    let outlooks = Both { old: outlook(parts.old), new: outlook(parts.new) };
    let mut week = vec![Slot::default(); 7 * 24];
    for day in days {
        let hours = roster.as_mut().map(|roster| roster.day(*day));
        for hour in 0..24 {
            let Some(slot) = week.get_mut(hour_of_week(day * 24 + hour)) else { continue };
            slot.days += 1;
            let capacity = hours.and_then(|hours| hours.get(usize::try_from(hour).ok()?).copied());
            slot.capacity += capacity.unwrap_or_default();
        }
    }
    let work = Both {
        old: work(parts.old, outlooks.old.as_ref(), &mut week, |slot| &mut slot.work.old),
        new: work(parts.new, outlooks.new.as_ref(), &mut week, |slot| &mut slot.work.new),
    };
    let known = roster.is_some();
    let hours = week.iter().enumerate().filter(|(_, slot)| !slot.is_empty());
    let hours = hours.map(|(at, slot)| HourLoad {
        weekday: DAYS.get(at / 24).copied().unwrap_or_default(),
        hour: u8::try_from(at % 24).unwrap_or_default(),
        days: slot.days,
        capacity: known.then(|| cases(slot.capacity)),
        work: slot.work.clone(),
    });
    DepartmentLoad {
        department: name,
        capacity_a_day: roster.as_ref().map(|roster| cases(roster.a_day())),
        capacity: known.then(|| cases(week.iter().map(|slot| slot.capacity).sum())),
        open_hours: known.then(|| week.iter().filter(|slot| slot.capacity > 0).count() as u64),
        work,
        hours: hours.collect(),
    }
}

/// One hour of the week, as it is added up.
#[derive(Debug, Clone, Default)]
struct Slot {
    days: u64,
    /// Thousandths of a case.
    capacity: u64,
    work: Both<HourWork>,
}

impl Slot {
    fn is_empty(&self) -> bool {
        let nothing = |work: &HourWork| work.cases == 0 && work.due == 0;
        nothing(&self.work.old) && nothing(&self.work.new)
    }
}

/// Adds one protocol's work to the hours of the week, and sums it up.
fn work(
    part: &Part,
    outlook: Option<&Outlook>,
    week: &mut [Slot],
    of: fn(&mut Slot) -> &mut HourWork,
) -> Work {
    if outlook.is_some() {
        week.iter_mut().for_each(|slot| of(slot).missed = Some(0));
    }
    let mut at = |hour: i64, add: &dyn Fn(&mut HourWork)| {
        week.get_mut(hour_of_week(hour)).into_iter().for_each(|slot| add(of(slot)));
    };
    for (hour, cases) in &part.cases {
        at(*hour, &|work| work.cases += cases);
    }
    for (due, count) in part.promises.values().flatten() {
        at(*due, &|work| work.due += count);
    }
    for (due, count) in outlook.into_iter().flat_map(|outlook| &outlook.missed) {
        at(*due, &|work| work.missed = work.missed.map(|missed| missed + count));
    }
    let slots = || week.iter().map(|slot| (slot.capacity, slot.clone()));
    let mut sum = Work::default();
    for (capacity, mut slot) in slots() {
        let HourWork { cases, due, .. } = *of(&mut slot);
        sum.cases += cases;
        sum.due += due;
        if outlook.is_some() {
            *sum.outside_hours.get_or_insert_default() += if capacity == 0 { cases } else { 0 };
            let over = capacity > 0 && cases * CASE > capacity;
            *sum.hours_over_capacity.get_or_insert_default() += u64::from(over);
        }
    }
    sum.missed = outlook.map(|outlook| outlook.missed.values().sum());
    sum.not_forecast = outlook.map_or(0, |outlook| outlook.not_seen);
    sum
}
