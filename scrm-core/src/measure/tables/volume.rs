//! How much was said on each day, by how many?
//!
//! Messages in their current versions, by the day on which they were said. People are distinct accounts of authors from
//! outside; an account that wrote on two days counts on both, so the days do not add up to the people of the whole time.
//! Beyond 100,000 accounts a count of people is an estimate with 0.8 % standard error.

use super::Frame;
use crate::measure::{Cell, CellType, Measures, Table};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("volume", "Messages and people by day")
        .column("day", CellType::Date, None, "the day on which they were said")
        .column("messages", CellType::Integer, Some("messages"), "all, noise and our own included")
        .column("relevant", CellType::Integer, Some("messages"), "those that are not noise")
        .column("customers", CellType::Integer, Some("messages"), "relevant messages from outside")
        .column(
            "people",
            CellType::Integer,
            Some("people"),
            "distinct authors from outside, of noise as well",
        )
        .column(
            "customers_people",
            CellType::Integer,
            Some("people"),
            "distinct authors of relevant messages from outside",
        )
        .column("estimated", CellType::Boolean, None, "whether people are an estimate");
    for (day, part) in measures.over(frame.days) {
        table.row([
            Cell::from(day),
            Cell::from(part.messages),
            Cell::from(part.messages - part.noise.total().min(part.messages)),
            Cell::from(part.voice.messages),
            Cell::from(part.people.count()),
            Cell::from(part.voice.people.count()),
            Cell::from(part.people.is_estimate()),
        ]);
    }
    table
}
