//! In what order is a report read? Parts with their headings, and which tables stand under which.

use super::Part;
use crate::measure::Table;

/// The parts, in order, with the names of their tables, in order.
const PARTS: [(&str, &[&str]); 5] = [
    ("At a glance", &["figures"]),
    (
        "What people say",
        &[
            "volume",
            "hours",
            "spikes",
            "sentiment",
            "share_of_voice",
            "topics",
            "issue_words",
            "words",
            "trends",
            "channels",
            "geography",
            "reach",
        ],
    ),
    (
        "What we do",
        &[
            "decisions",
            "load",
            "forecast",
            "response_times",
            "sla",
            "waiting",
            "acted_upon",
            "open_loop",
            "talk_listen",
        ],
    ),
    ("What comes of it", &["advocates", "value", "cost"]),
    ("How complete it is", &["balance", "coverage", "silent_monitors", "noise", "audit"]),
];
/// The heading of all other tables.
const OTHER: &str = "More";

/// Puts a table where it belongs.
pub(super) fn add(parts: &mut Vec<Part>, table: Table) {
    let place = place(table.name());
    let title = place.map_or(OTHER, |(part, _)| PARTS.get(part).map_or(OTHER, |(title, _)| title));
    // A part of another heading stays where its report has put it.
    let order = |part: &Part| {
        let known = PARTS.iter().position(|(title, _)| *title == part.title);
        known.or_else(|| (part.title == OTHER).then_some(PARTS.len()))
    };
    let at = match parts.iter().position(|part| part.title == title) {
        Some(at) => at,
        None => {
            let here = PARTS.iter().position(|(known, _)| *known == title).unwrap_or(PARTS.len());
            let at = parts
                .iter()
                .position(|part| order(part).is_some_and(|order| order > here))
                .unwrap_or(parts.len());
            parts.insert(at, Part { title: title.to_owned(), tables: Vec::new() });
            at
        }
    };
    if let Some(part) = parts.get_mut(at) {
        let number = |table: &Table| self::place(table.name()).map_or(usize::MAX, |(_, number)| number);
        let before = part.tables.iter().position(|known| number(known) > number(&table));
        part.tables.insert(before.unwrap_or(part.tables.len()), table);
    }
}

/// The part of a table, and its place in it. A table of a part of something, as `forecast_hours`, stands with it.
fn place(name: &str) -> Option<(usize, usize)> {
    let find = |name: &str| {
        PARTS.iter().enumerate().find_map(|(part, (_, names))| {
            names.iter().position(|known| *known == name).map(|number| (part, number))
        })
    };
    let mut shorter = name;
    loop {
        if let Some(found) = find(shorter) {
            return Some(found);
        }
        (shorter, _) = shorter.rsplit_once('_')?;
    }
}
