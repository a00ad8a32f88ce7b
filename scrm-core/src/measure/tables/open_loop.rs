//! What was heard and not decided? Cases that wait for a person's decision for longer than they may.
//!
//! A case is listed when its protocol left it open, nobody has answered or resolved it, and it was opened more than
//! `open_hours` before the time asked for. The longest wait stands first.

use chrono::Duration;

use super::Frame;
use crate::measure::{Cell, CellType, Measures, Table};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("open_loop", "Cases that wait for a decision for too long")
        .column("case", CellType::Text, None, "its id")
        .column("message", CellType::Text, None, "the message that opened it")
        .column("department", CellType::Text, None, "who has it; empty when nobody has")
        .column("issue", CellType::Text, None, "what it is about")
        .column("opened", CellType::Time, None, "since when it waits")
        .column("waiting", CellType::Duration, Some("s"), "for how long");
    let now = measures.as_of(frame);
    let zone = measures.zone();
    let limit = Duration::hours(frame.open_hours.into());
    let mut rows: Vec<_> = measures
        .cases
        .rows
        .iter()
        .filter(|(_, row)| row.review && row.waits_at(now) && now.signed_duration_since(row.opened) > limit)
        .filter(|(_, row)| frame.days.has(crate::measure::day::local(row.opened, zone).0))
        .collect();
    rows.sort_by_key(|(id, row)| (row.opened, *id));
    for (id, row) in rows {
        table.row([
            Cell::from(id.as_str()),
            Cell::from(&row.first),
            Cell::from(row.department.as_str()),
            Cell::from(row.issue.as_ref().map(|issue| issue.as_str())),
            Cell::from(row.opened),
            Cell::from(now.signed_duration_since(row.opened)),
        ]);
    }
    table
}
