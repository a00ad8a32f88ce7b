//! Of what each monitor found, how much was acted upon? What is heard is worth something only then.
//!
//! `acted / cases`: of the cases that messages of the monitor opened or joined, those that somebody answered or resolved. Over
//! the whole record, whatever the days; the counts of messages are of the days. A case that three monitors led to counts for
//! each of them.

use std::collections::{BTreeMap, BTreeSet};

use super::Frame;
use crate::measure::day::{MonitorPart, join_all};
use crate::measure::statistics::percent;
use crate::measure::{Cell, CellType, Measures, Table};
use crate::model::MonitorId;

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("acted_upon", "Of what each monitor found, how much was acted upon")
        .column("monitor", CellType::Text, None, "its id")
        .column("messages", CellType::Integer, Some("messages"), "that it found on the days")
        .column("relevant", CellType::Integer, Some("messages"), "those of them that are not noise")
        .column("relevant_share", CellType::Number, Some("percent"), "of what it found")
        .column("cases", CellType::Integer, Some("cases"), "that its messages led to")
        .column("acted", CellType::Integer, Some("cases"), "those of them that somebody answered or resolved")
        .column("acted_upon", CellType::Number, Some("percent"), "of its cases");
    let found = found(measures, frame);
    let acted = &measures.cases.monitors;
    let monitors: BTreeSet<&MonitorId> = found.keys().chain(acted.keys()).chain(&frame.monitors).collect();
    for monitor in monitors {
        let part = found.get(monitor).cloned().unwrap_or_default();
        let acted = acted.get(monitor).copied().unwrap_or_default();
        table.row([
            Cell::from(monitor.as_str()),
            Cell::from(part.messages),
            Cell::from(part.relevant),
            Cell::from(percent(part.relevant, part.messages)),
            Cell::from(acted.cases),
            Cell::from(acted.acted),
            Cell::from(percent(acted.acted, acted.cases)),
        ]);
    }
    table
}

/// What each monitor found on the days.
pub(super) fn found(measures: &Measures, frame: &Frame) -> BTreeMap<MonitorId, MonitorPart> {
    let mut sums = BTreeMap::new();
    for (_, part) in measures.over(frame.days) {
        join_all(&mut sums, &part.monitors, MonitorPart::join);
    }
    sums
}
