//! What does handling cost? Minutes of work, and their price, by department.
//!
//! `answered · minutes · hourly_cost / 60`: each case that was first answered on the days takes `minutes` of somebody's time,
//! at what an hour costs. Both are the host's figures ([`Frame::minutes`], [`Frame::hourly_cost`]); the record says how many.

use std::collections::BTreeMap;

use super::Frame;
use crate::measure::statistics::number;
use crate::measure::{Cell, CellType, Measures, Table};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("cost", "What handling costs")
        .column("department", CellType::Text, None, "who answered; empty when nobody had the case")
        .column("answered", CellType::Integer, Some("cases"), "first answered on the days")
        .column("hours", CellType::Number, Some("h"), "of work")
        .column(
            "cost",
            CellType::Number,
            Some("currency"),
            "what they cost; empty when no hourly cost is given",
        );
    let mut answered: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, departments) in measures.cases.flow.iter().filter(|(day, _)| frame.days.has(**day)) {
        for (name, flow) in departments {
            *answered.entry(name).or_default() += flow.answered;
        }
    }
    for (name, answered) in answered {
        let hours = number(answered) * frame.minutes / 60.0;
        let cost = (frame.hourly_cost > 0.0).then_some(hours * frame.hourly_cost);
        table.row([Cell::from(name), Cell::from(answered), Cell::from(hours), Cell::from(cost)]);
    }
    table
}
