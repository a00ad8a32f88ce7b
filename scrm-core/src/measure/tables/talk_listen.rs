//! Do we talk at people, or listen to them? What we say unasked against what we answer.
//!
//! `unsolicited / answers`: our own messages that answer nobody, over our replies on the network and the responses on record.
//! Below 1 more is answered than announced. Empty when nothing was answered.

use super::Frame;
use crate::measure::statistics::number;
use crate::measure::{Cell, CellType, Measures, Table};

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("talk_listen", "What we say unasked against what we answer")
        .column("customers", CellType::Integer, Some("messages"), "relevant messages from outside")
        .column("replies", CellType::Integer, Some("messages"), "our messages that answer one")
        .column("responses", CellType::Integer, Some("responses"), "responses on record")
        .column("unsolicited", CellType::Integer, Some("messages"), "our messages that answer nobody")
        .column("talk_listen", CellType::Number, None, "unsolicited over replies and responses");
    let (mut customers, mut replies, mut unsolicited) = (0, 0, 0);
    for (_, part) in measures.over(frame.days) {
        customers += part.voice.messages;
        replies += part.own.replies;
        unsolicited += part.own.unsolicited;
    }
    let days = measures.cases.flow.iter().filter(|(day, _)| frame.days.has(**day));
    let responses: u64 =
        days.flat_map(|(_, departments)| departments.values()).map(|flow| flow.responses.total()).sum();
    let answers = replies + responses;
    table.row([
        Cell::from(customers),
        Cell::from(replies),
        Cell::from(responses),
        Cell::from(unsolicited),
        Cell::from((answers > 0).then(|| number(unsolicited) / number(answers))),
    ]);
    table
}
