//! How long does it take? First responses and resolutions, by department, in time on the wall.
//!
//! From the opening of a case to the first response that was sent, and to its resolution; cases are counted on the day on
//! which they were opened. What waits is in neither: `answered` says of how many it is known. Quantiles are within 1 %
//! ([`Quantiles`](crate::measure::sums::Quantiles)). A case that came back has no second first response.

use std::collections::BTreeMap;

use super::Frame;
use crate::measure::casebook::CaseDay;
use crate::measure::{Cell, CellType, Measures, Table};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("response_times", "How long first responses and resolutions take")
        .column("department", CellType::Text, None, "who has the cases; empty when nobody has")
        .column("cases", CellType::Integer, Some("cases"), "opened on these days")
        .column("answered", CellType::Integer, Some("cases"), "those of them that were answered")
        .column(
            "first_response_median",
            CellType::Duration,
            Some("s"),
            "half of the first responses were given by then",
        )
        .column("first_response_p90", CellType::Duration, Some("s"), "nine in ten were")
        .column("resolved", CellType::Integer, Some("cases"), "those of them that were resolved")
        .column("resolution_median", CellType::Duration, Some("s"), "half of them were resolved by then")
        .column("resolution_p90", CellType::Duration, Some("s"), "nine in ten were");
    let time = |seconds: Option<i64>| seconds.map_or(Cell::Null, Cell::Duration);
    for (name, sum) in sums(measures, frame) {
        table.row([
            Cell::from(name),
            Cell::from(sum.opened),
            Cell::from(sum.answered),
            time(sum.first_response.at(0.5)),
            time(sum.first_response.at(0.9)),
            Cell::from(sum.resolved),
            time(sum.resolution.at(0.5)),
            time(sum.resolution.at(0.9)),
        ]);
    }
    table
}

/// The cases opened on the days, by department.
pub(super) fn sums(measures: &Measures, frame: &Frame) -> BTreeMap<String, CaseDay> {
    let mut sums = BTreeMap::new();
    for (_, departments) in measures.cases.days.iter().filter(|(day, _)| frame.days.has(**day)) {
        crate::measure::day::join_all(&mut sums, departments, CaseDay::join);
    }
    sums
}
