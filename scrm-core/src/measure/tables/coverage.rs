//! Do we listen everywhere? Every monitor of the playbook on every source, those that found nothing included.
//!
//! A 0 is a monitor that never matched on a source that has messages: a gap in what is listened to, or nothing to hear.

use std::collections::BTreeSet;

use super::{Frame, acted_upon};
use crate::measure::{Cell, CellType, Measures, Table};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("coverage", "Every monitor on every source")
        .column("monitor", CellType::Text, None, "its id")
        .column("source", CellType::Text, None, "a source with relevant messages or matches on the days")
        .column(
            "messages",
            CellType::Integer,
            Some("messages"),
            "that the monitor found there; 0 where it found none",
        );
    let found = acted_upon::found(measures, frame);
    let heard = measures.over(frame.days).flat_map(|(_, part)| part.sources.keys().cloned());
    let matched = found.values().flat_map(|part| part.sources.iter().map(|(source, _)| source.clone()));
    let sources: BTreeSet<String> = heard.chain(matched).collect();
    let monitors: BTreeSet<_> = found.keys().chain(&frame.monitors).collect();
    for monitor in monitors {
        for source in &sources {
            let messages = found.get(monitor).map_or(0, |part| part.sources.get(source));
            table.row([Cell::from(monitor.as_str()), Cell::from(source.as_str()), Cell::from(messages)]);
        }
    }
    table
}
