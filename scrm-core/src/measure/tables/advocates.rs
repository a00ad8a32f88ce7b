//! Who could speak for us? The way from praise to advocates, step by step.
//!
//! Messages that are compliments, those of them that feel in favour are counted by the classifier's primary type; cases that
//! were resolved are those opened on the days. Steps whose events the record does not have are empty, not 0.

use super::Frame;
use crate::measure::{Cell, CellType, Measures, Table};
use crate::model::{MessageType, SentimentLabel};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("advocates", "From praise to advocates")
        .column("step", CellType::Text, None, "where on the way")
        .column("count", CellType::Integer, None, "how many; empty when it is not known")
        .column("unit", CellType::Text, None, "what is counted");
    let (mut positive, mut compliments) = (0, 0);
    for (_, part) in measures.over(frame.days) {
        positive += part.voice.sentiment.get(&SentimentLabel::Positive);
        compliments += part.types.get(&MessageType::Compliment);
    }
    let days = measures.cases.days.iter().filter(|(day, _)| frame.days.has(**day));
    let resolved: u64 =
        days.flat_map(|(_, departments)| departments.values()).map(|cell| cell.resolved).sum();
    for (step, count, unit) in [
        ("in_favour", positive, "messages"),
        ("compliments", compliments, "messages"),
        ("resolved", resolved, "cases"),
    ] {
        table.row([Cell::from(step), Cell::from(count), Cell::from(unit)]);
    }
    table
}
