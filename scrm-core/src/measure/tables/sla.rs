//! Which promises were kept? First responses and resolutions against when they were due, by department.
//!
//! Attainment is `met / (met + late + overdue)`: what was given in time, over all that fell due, given or not; what is not due
//! yet is in neither. With an interval of 95 % (Wilson 1927). Due times are those of the protocol, in business time. Cases are
//! those opened on the days; `overdue` is as of the time asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::{Frame, response_times};
use crate::measure::casebook::CaseRow;
use crate::measure::statistics::share;
use crate::measure::{Cell, CellType, Measures, Table};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("sla", "Which promises were kept")
        .column("department", CellType::Text, None, "who has the cases; empty when nobody has")
        .column("promise", CellType::Text, None, "`first_response` or `resolution`")
        .column("met", CellType::Integer, Some("cases"), "given in time")
        .column("late", CellType::Integer, Some("cases"), "given, but late")
        .column("overdue", CellType::Integer, Some("cases"), "due, and not given yet")
        .column("attainment", CellType::Number, Some("percent"), "met, of all that fell due")
        .column("low", CellType::Number, Some("percent"), "the lower end of the interval of 95 %")
        .column("high", CellType::Number, Some("percent"), "the upper end");
    let now = measures.as_of(frame);
    let zone = measures.zone();
    let within = |row: &&CaseRow| frame.days.has(crate::measure::day::local(row.opened, zone).0);
    let mut overdue: BTreeMap<(&str, bool), u64> = BTreeMap::new();
    for row in measures.cases.rows.values().filter(within) {
        if row.is_late_at(now) {
            *overdue.entry((row.department.as_str(), true)).or_default() += 1;
        }
        if row.opened <= now && row.resolution_due.is_some_and(|due| due < now) {
            *overdue.entry((row.department.as_str(), false)).or_default() += 1;
        }
    }
    let sums = response_times::sums(measures, frame);
    let names: BTreeSet<&str> = sums.keys().map(String::as_str).collect();
    for name in names {
        let Some(sum) = sums.get(name) else { continue };
        let both = [
            (true, "first_response", sum.response_met, sum.response_late),
            (false, "resolution", sum.resolution_met, sum.resolution_late),
        ];
        for (first, promise, met, late) in both {
            let overdue = overdue.get(&(name, first)).copied().unwrap_or_default();
            let found = share(met, met + late + overdue);
            table.row([
                Cell::from(name),
                Cell::from(promise),
                Cell::from(met),
                Cell::from(late),
                Cell::from(overdue),
                Cell::from(found.map(|(share, ..)| 100.0 * share)),
                Cell::from(found.map(|(_, low, _)| 100.0 * low)),
                Cell::from(found.map(|(.., high)| 100.0 * high)),
            ]);
        }
    }
    table
}
