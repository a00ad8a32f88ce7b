//! How much work came, and how much is left? Cases by day and department.
//!
//! A case belongs to the day on which it was opened. `waiting` are all cases, of any day, that nobody had answered or resolved
//! when the day ended; `overdue` those of them whose first response was due by then.

use std::collections::BTreeSet;

use super::Frame;
use crate::measure::{Cell, CellType, Measures, Table};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("load", "Cases by day and department")
        .column("day", CellType::Date, None, "the day")
        .column("department", CellType::Text, None, "who has them; empty when nobody has")
        .column("opened", CellType::Integer, Some("cases"), "opened on that day")
        .column("came_back", CellType::Integer, Some("cases"), "those of them that had been resolved before")
        .column(
            "answered",
            CellType::Integer,
            Some("cases"),
            "first answered on that day, whenever they were opened",
        )
        .column("resolved", CellType::Integer, Some("cases"), "resolved on that day")
        .column(
            "handed_over",
            CellType::Integer,
            Some("cases"),
            "handed over to another department on that day",
        )
        .column("waiting", CellType::Integer, Some("cases"), "not answered when the day ended")
        .column(
            "overdue",
            CellType::Integer,
            Some("cases"),
            "those of them whose first response was overdue",
        );
    let book = &measures.cases;
    let days: BTreeSet<_> =
        measures.days().chain(book.days.keys().copied()).chain(book.flow.keys().copied()).collect();
    for day in days.into_iter().filter(|day| frame.days.has(*day)) {
        let backlog = book.backlog(day);
        let overdue = measures.overdue(measures.end_of(day), Some(day));
        for (name, waiting) in backlog {
            let opened = book.days.get(&day).and_then(|departments| departments.get(&name));
            let flow = book.flow.get(&day).and_then(|departments| departments.get(&name));
            let overdue = overdue.get(&name).copied().unwrap_or_default();
            if opened.is_none() && flow.is_none() && waiting == 0 {
                continue;
            }
            table.row([
                Cell::from(day),
                Cell::from(name),
                Cell::from(opened.map_or(0, |cell| cell.opened)),
                Cell::from(opened.map_or(0, |cell| cell.again)),
                Cell::from(flow.map_or(0, |flow| flow.answered)),
                Cell::from(flow.map_or(0, |flow| flow.resolved)),
                Cell::from(flow.map_or(0, |flow| flow.handed_over)),
                Cell::from(waiting),
                Cell::from(overdue),
            ]);
        }
    }
    table
}
