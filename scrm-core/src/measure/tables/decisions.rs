//! Who answers what, and where? Decided messages by department and by where they are answered.

use super::Frame;
use crate::measure::statistics::percent;
use crate::measure::sums::Counts;
use crate::measure::{Cell, CellType, Measures, Table};
use crate::model::ReplyVisibility;

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("decisions", "Decisions by department and place")
        .column("department", CellType::Text, None, "who answers; empty when the protocol names nobody")
        .column("visibility", CellType::Text, None, "`public`, `public_then_private` or `private`")
        .column("messages", CellType::Integer, Some("messages"), "decided so")
        .column("share", CellType::Number, Some("percent"), "of all decided");
    let mut sums: Counts<(String, ReplyVisibility)> = Counts::default();
    measures.over(frame.days).for_each(|(_, part)| sums.join(&part.decisions));
    let all = sums.total();
    for ((department, place), messages) in sums.iter() {
        table.row([
            Cell::from(department.as_str()),
            Cell::from(place.as_str()),
            Cell::from(messages),
            Cell::from(percent(messages, all)),
        ]);
    }
    table
}
