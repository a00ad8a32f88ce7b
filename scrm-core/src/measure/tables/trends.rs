//! What grows, and what shrinks? Counts per day against those of the days before, with an interval.
//!
//! The days measured against the `baseline` days before the first of them. The ratio of the two means per day has the interval
//! of 95 % of a rate ratio of counts that vary more than chance ([`rate_ratio`]). A count is `up` when the whole interval lies
//! above 1, `down` when it lies below, else `usual`; `unknown` without a day before.

use std::collections::{BTreeMap, BTreeSet};

use super::Frame;
use crate::measure::day::DayPart;
use crate::measure::statistics::{RateRatio, rate_ratio};
use crate::measure::{Cell, CellType, Measures, Table};

/// Counts of one sort on one day, by name.
type Counted = BTreeMap<String, u64>;

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("trends", "What grows and what shrinks against the days before")
        .column("of", CellType::Text, None, "`all`, `issue`, `brand`, `type`, `channel` or `sentiment`")
        .column("name", CellType::Text, None, "which one")
        .column("day", CellType::Date, None, "the day")
        .column("messages", CellType::Integer, Some("messages"), "on that day")
        .column("expected", CellType::Number, Some("messages"), "the mean of the days before")
        .column("ratio", CellType::Number, None, "messages over expected")
        .column("low", CellType::Number, None, "the lower end of the interval of 95 %")
        .column("high", CellType::Number, None, "the upper end")
        .column("days_before", CellType::Integer, Some("days"), "how many days it is compared with")
        .column("trend", CellType::Text, None, "`up`, `down`, `usual` or `unknown`");
    for (day, part) in measures.over(frame.days) {
        let before = measures.before(day, frame.baseline);
        for (of, counts) in SERIES {
            let here = counts(part);
            let there: Vec<Counted> =
                before.iter().map(|(_, part)| part.map(counts).unwrap_or_default()).collect();
            let names: BTreeSet<&String> = here.keys().chain(there.iter().flat_map(BTreeMap::keys)).collect();
            for name in names {
                let count = here.get(name).copied().unwrap_or_default();
                let series: Vec<u64> =
                    there.iter().map(|counted| counted.get(name).copied().unwrap_or_default()).collect();
                let ratio = rate_ratio(count, &series);
                table.row([
                    Cell::from(of),
                    Cell::from(name.as_str()),
                    Cell::from(day),
                    Cell::from(count),
                    Cell::from(ratio.map(|ratio| ratio.expected)),
                    Cell::from(ratio.map(|ratio| ratio.ratio)),
                    Cell::from(ratio.map(|ratio| ratio.low)),
                    Cell::from(ratio.map(|ratio| ratio.high)),
                    Cell::from(series.len() as u64),
                    Cell::from(trend(ratio)),
                ]);
            }
        }
    }
    table
}

/// What is compared.
type Series = (&'static str, fn(&DayPart) -> Counted);

const SERIES: [Series; 6] = [
    ("all", |part| Counted::from([(String::new(), part.voice.messages)])),
    ("issue", |part| part.issues.iter().map(|(path, issue)| (path.clone(), issue.group.messages)).collect()),
    ("brand", |part| {
        part.brands.iter().map(|(brand, group)| (brand.as_str().to_owned(), group.messages)).collect()
    }),
    ("type", |part| part.types.iter().map(|(kind, count)| (kind.as_str().to_owned(), count)).collect()),
    ("channel", |part| part.channels.iter().map(|(name, group)| (name.clone(), group.messages)).collect()),
    ("sentiment", |part| {
        part.voice.sentiment.iter().map(|(label, count)| (label.as_str().to_owned(), count)).collect()
    }),
];

/// The word for a ratio.
pub(in crate::measure) fn trend(ratio: Option<RateRatio>) -> &'static str {
    match ratio {
        None => "unknown",
        Some(ratio) if ratio.low > 1.0 => "up",
        Some(ratio) if ratio.high < 1.0 => "down",
        Some(_) => "usual",
    }
}
