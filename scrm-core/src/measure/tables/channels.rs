//! Where was it said? Relevant messages from outside by source and by channel, with people and net sentiment.

use std::collections::BTreeMap;

use super::Frame;
use crate::measure::day::{DayPart, Group, join_all};
use crate::measure::statistics::percent;
use crate::measure::sums::most_first;
use crate::measure::{Cell, CellType, Measures, Table};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("channels", "Messages, people and sentiment by source and channel")
        .column("by", CellType::Text, None, "`source` or `channel`")
        .column("name", CellType::Text, None, "which one")
        .column("messages", CellType::Integer, Some("messages"), "relevant messages from outside")
        .column("share", CellType::Number, Some("percent"), "of all of them")
        .column("people", CellType::Integer, Some("people"), "their distinct authors")
        .column("net_sentiment", CellType::Number, Some("points"), "-100 to 100");
    let by: [(&str, fn(&DayPart) -> &BTreeMap<String, Group>); 2] =
        [("source", |part| &part.sources), ("channel", |part| &part.channels)];
    for (by, groups) in by {
        let mut sums: BTreeMap<String, Group> = BTreeMap::new();
        for (_, part) in measures.over(frame.days) {
            join_all(&mut sums, groups(part), Group::join);
        }
        let all = sums.values().map(|group| group.messages).sum();
        for (name, messages) in most_first(sums.iter().map(|(name, group)| (name, group.messages))) {
            let group = sums.get(name);
            table.row([
                Cell::from(by),
                Cell::from(name.as_str()),
                Cell::from(messages),
                Cell::from(percent(messages, all)),
                Cell::from(group.map(|group| group.people.count())),
                Cell::from(group.and_then(Group::net)),
            ]);
        }
    }
    table
}
