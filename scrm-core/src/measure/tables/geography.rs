//! Where do they speak from? Places as posts state them and as profiles state them, kept apart.
//!
//! A post's place is where it was made; a profile's place is what its owner wrote there, which may be anything. Nothing is
//! looked up on a map: places that differ in case, accents or white space alone are one, shown as most wrote it.

use std::collections::BTreeMap;

use super::Frame;
use crate::measure::day::{DayPart, Group, join_all};
use crate::measure::statistics::percent;
use crate::measure::sums::most_first;
use crate::measure::{Cell, CellType, Measures, Table};
use crate::text::{fold, unaccented};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("geography", "Places, as posts and as profiles state them")
        .column("stated_by", CellType::Text, None, "`post` or `profile`")
        .column("place", CellType::Text, None, "as most wrote it")
        .column("messages", CellType::Integer, Some("messages"), "relevant messages from outside")
        .column("share", CellType::Number, Some("percent"), "of those whose place is stated so")
        .column("people", CellType::Integer, Some("people"), "their distinct authors")
        .column("net_sentiment", CellType::Number, Some("points"), "-100 to 100");
    let by: [(&str, fn(&DayPart) -> &BTreeMap<String, Group>); 2] =
        [("post", |part| &part.places), ("profile", |part| &part.homes)];
    for (by, places) in by {
        let mut written: BTreeMap<String, Group> = BTreeMap::new();
        for (_, part) in measures.over(frame.days) {
            join_all(&mut written, places(part), Group::join);
        }
        let mut sums: BTreeMap<String, (Group, u64, &str)> = BTreeMap::new();
        for (name, group) in &written {
            let (sum, most, shown) = sums.entry(key(name)).or_default();
            sum.join(group);
            if group.messages > *most {
                (*most, *shown) = (group.messages, name);
            }
        }
        let all = sums.values().map(|(group, ..)| group.messages).sum();
        for (key, messages) in most_first(sums.iter().map(|(key, (group, ..))| (key, group.messages))) {
            let Some((group, _, shown)) = sums.get(key) else { continue };
            table.row([
                Cell::from(by),
                Cell::from(*shown),
                Cell::from(messages),
                Cell::from(percent(messages, all)),
                Cell::from(group.people.count()),
                Cell::from(group.net()),
            ]);
        }
    }
    table
}

/// What two ways of writing one place have in common.
fn key(name: &str) -> String {
    let folded = fold(name);
    unaccented(&folded).unwrap_or(folded)
}
