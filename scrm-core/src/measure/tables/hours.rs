//! How much was said in each hour? Messages by day and hour on the wall; hours without any are listed with 0.

use super::Frame;
use crate::measure::{Cell, CellType, Measures, Table};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("hours", "Messages by day and hour")
        .column("day", CellType::Date, None, "the day on which they were said")
        .column("hour", CellType::Integer, Some("h"), "the hour on the wall, 0 to 23")
        .column("messages", CellType::Integer, Some("messages"), "all, noise and our own included")
        .column("customers", CellType::Integer, Some("messages"), "relevant messages from outside");
    for (day, part) in measures.over(frame.days) {
        for (hour, (all, customers)) in (0_u8..).zip(part.hours.iter().zip(&part.voice_hours)) {
            table.row([Cell::from(day), Cell::from(hour), Cell::from(*all), Cell::from(*customers)]);
        }
    }
    table
}
