//! Who is spoken of? Share of voice, by mentions and by authors.
//!
//! A brand's mentions over those of all brands, and its distinct authors over the sum of those of all brands. A message that
//! names two brands counts for both. Our own messages and noise count for none.

use std::collections::BTreeMap;

use super::Frame;
use crate::measure::day::{Group, join_all};
use crate::measure::statistics::percent;
use crate::measure::sums::most_first;
use crate::measure::{Cell, CellType, Measures, Table};
use crate::model::Brand;

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("share_of_voice", "Each brand's part of all mentions and authors")
        .column("brand", CellType::Text, None, "its id")
        .column("name", CellType::Text, None, "its name")
        .column(
            "mentions",
            CellType::Integer,
            Some("messages"),
            "relevant messages from outside that name it",
        )
        .column("mention_share", CellType::Number, Some("percent"), "of the mentions of all brands")
        .column("authors", CellType::Integer, Some("people"), "their distinct authors")
        .column("author_share", CellType::Number, Some("percent"), "of the authors of all brands")
        .column("net_sentiment", CellType::Number, Some("points"), "-100 to 100");
    let sums = sums(measures, frame);
    let all = sums.values().map(|group| group.messages).sum();
    let authors = sums.values().map(|group| group.people.count()).sum();
    for (brand, mentions) in most_first(sums.iter().map(|(brand, group)| (brand, group.messages))) {
        let Some(group) = sums.get(brand) else { continue };
        let name = frame.brands.get(brand).map_or(brand.as_str(), String::as_str);
        table.row([
            Cell::from(brand.as_str()),
            Cell::from(name),
            Cell::from(mentions),
            Cell::from(percent(mentions, all)),
            Cell::from(group.people.count()),
            Cell::from(percent(group.people.count(), authors)),
            Cell::from(group.net()),
        ]);
    }
    table
}

fn sums(measures: &Measures, frame: &Frame) -> BTreeMap<Brand, Group> {
    let mut sums = BTreeMap::new();
    for (_, part) in measures.over(frame.days) {
        join_all(&mut sums, &part.brands, Group::join);
    }
    sums
}
