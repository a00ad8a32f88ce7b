//! Which monitors find nothing? Those of the playbook without a message on the days, with when they last found one.

use super::{Frame, acted_upon};
use crate::measure::{Cell, CellType, Measures, Table};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("silent_monitors", "Monitors that find nothing")
        .column("monitor", CellType::Text, None, "its id")
        .column(
            "last_found",
            CellType::Date,
            None,
            "the last day on which it found anything; empty when it never did",
        )
        .column("ever", CellType::Integer, Some("messages"), "that it ever found");
    let found = acted_upon::found(measures, frame);
    for monitor in frame.monitors.iter().filter(|monitor| !found.contains_key(*monitor)) {
        let days =
            measures.days.iter().filter_map(|(day, part)| Some((*day, part.monitors.get(monitor)?.messages)));
        let (last, ever) = days.fold((None, 0), |(_, sum), (day, messages)| (Some(day), sum + messages));
        table.row([Cell::from(monitor.as_str()), Cell::from(last), Cell::from(ever)]);
    }
    table
}
