//! How do people feel? Net sentiment by day, over relevant messages from outside.
//!
//! `100 (positive - negative) / n` with `n = positive + neutral + negative`; what is unknown is in none of them. Taking each
//! message for 1, 0 or -1, the interval of 95 % is the mean ± 1.96 √((mean of squares - mean²) / n).

use super::Frame;
use crate::measure::day::Group;
use crate::measure::statistics::{Z, number};
use crate::measure::{Cell, CellType, Measures, Table};
use crate::model::SentimentLabel as Label;

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("sentiment", "Net sentiment by day")
        .column("day", CellType::Date, None, "the day on which it was said")
        .column("positive", CellType::Integer, Some("messages"), "in favour")
        .column("neutral", CellType::Integer, Some("messages"), "neither")
        .column("negative", CellType::Integer, Some("messages"), "against")
        .column("unknown", CellType::Integer, Some("messages"), "of which it is not known")
        .column("net", CellType::Number, Some("points"), "-100 to 100; empty when nothing is known")
        .column("low", CellType::Number, Some("points"), "the lower end of the interval of 95 %")
        .column("high", CellType::Number, Some("points"), "the upper end");
    for (day, part) in measures.over(frame.days) {
        let counts = &part.voice.sentiment;
        let (low, high) = interval(&part.voice).unzip();
        table.row([
            Cell::from(day),
            Cell::from(counts.get(&Label::Positive)),
            Cell::from(counts.get(&Label::Neutral)),
            Cell::from(counts.get(&Label::Negative)),
            Cell::from(part.voice.messages.saturating_sub(counts.total())),
            Cell::from(part.voice.net()),
            Cell::from(low),
            Cell::from(high),
        ]);
    }
    table
}

fn interval(group: &Group) -> Option<(f64, f64)> {
    let (n, mean) = (number(group.sentiment.total()), group.net()? / 100.0);
    let moved = group.sentiment.get(&Label::Positive) + group.sentiment.get(&Label::Negative);
    let half = Z * ((number(moved) / n - mean * mean).max(0.0) / n).sqrt();
    Some((100.0 * (mean - half).max(-1.0), 100.0 * (mean + half).min(1.0)))
}
