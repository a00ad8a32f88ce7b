//! Where did everything go? The balance sheet of listening: every capture ends as noise, decided or open.
//!
//! `captured = noise + decided + open`, and each of these is the sum of its reasons. Messages are counted in their current
//! versions on the day on which they were said; deliveries, which count edits and deletions as well, and records that could
//! not be read, over the whole record. `checked` is whether the sums agree.

use super::Frame;
use crate::measure::sums::Counts;
use crate::measure::{Cell, CellType, Measures, Table};
use crate::model::{NoiseReason, OpenReason};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("balance", "Every capture as noise, decided or open")
        .column("of", CellType::Text, None, "`messages` of the days, or `deliveries` of the whole record")
        .column(
            "end",
            CellType::Text,
            None,
            "`captured`, `noise`, `decided`, `open`, `quarantined` or `released`",
        )
        .column("reason", CellType::Text, None, "why; empty for the sum")
        .column("count", CellType::Integer, None, "how many")
        .column("checked", CellType::Boolean, None, "whether the parts of this sum add up to it");
    let (mut captured, mut decided) = (0, 0);
    let (mut noise, mut open): (Counts<NoiseReason>, Counts<OpenReason>) = Default::default();
    for (_, part) in measures.over(frame.days) {
        captured += part.messages;
        decided += part.decided;
        noise.join(&part.noise);
        open.join(&part.open.iter().map(|((reason, _), count)| (*reason, count)).collect());
    }
    let mut put = |of: &str, end: &str, reason: Option<&str>, count: u64, checked: Option<bool>| {
        table.row([
            Cell::from(of),
            Cell::from(end),
            Cell::from(reason),
            Cell::from(count),
            Cell::from(checked),
        ]);
    };
    let sum = noise.total() + decided + open.total();
    put("messages", "captured", None, captured, Some(sum == captured));
    put("messages", "noise", None, noise.total(), None);
    noise.iter().for_each(|(reason, count)| put("messages", "noise", Some(reason.as_str()), count, None));
    put("messages", "decided", None, decided, None);
    put("messages", "open", None, open.total(), None);
    open.iter().for_each(|(reason, count)| put("messages", "open", Some(reason.as_str()), count, None));
    let all = measures.deliveries;
    let sum = all.noise + all.decided + all.open;
    put("deliveries", "captured", None, all.captured, Some(sum == all.captured));
    for (end, count) in [
        ("noise", all.noise),
        ("decided", all.decided),
        ("open", all.open),
        ("quarantined", all.quarantined),
        ("released", all.released),
    ] {
        put("deliveries", end, None, count, None);
    }
    table
}
