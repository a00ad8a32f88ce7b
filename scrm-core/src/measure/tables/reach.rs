//! How many people could have seen it? Potential reach, from followers, and views, from what platforms count.
//!
//! Potential reach is the sum of the followers of the distinct authors whose followers are known, each at the most seen on the
//! day. Who follows two of them is in it twice, and most never see a message: it bounds and does not count. Views are what
//! platforms say how often messages were shown, of those of which they say it.

use super::Frame;
use crate::measure::statistics::percent;
use crate::measure::{Cell, CellType, Measures, Table};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("reach", "How many people could have seen it")
        .column("day", CellType::Date, None, "the day")
        .column(
            "authors",
            CellType::Integer,
            Some("people"),
            "distinct authors of relevant messages from outside",
        )
        .column("authors_known", CellType::Integer, Some("people"), "those whose followers are known")
        .column("known_share", CellType::Number, Some("percent"), "of the authors")
        .column(
            "potential_reach",
            CellType::Integer,
            Some("people"),
            "the sum of their followers; empty when none is known",
        )
        .column(
            "messages_with_views",
            CellType::Integer,
            Some("messages"),
            "messages of which views are known",
        )
        .column(
            "views",
            CellType::Integer,
            Some("views"),
            "how often these were shown; empty when none is known",
        );
    for (day, part) in measures.over(frame.days) {
        let (authors, known) = (part.voice.people.count(), part.followers.len() as u64);
        let (views, counted) = part.views;
        table.row([
            Cell::from(day),
            Cell::from(authors),
            Cell::from(known),
            Cell::from(percent(known, authors)),
            Cell::from((known > 0).then(|| part.followers.values().sum::<u64>())),
            Cell::from(counted),
            Cell::from((counted > 0).then_some(views)),
        ]);
    }
    table
}
