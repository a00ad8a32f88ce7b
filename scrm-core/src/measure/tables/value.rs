//! What is it worth? Transactions that follow from contacts.
//!
//! A transaction is `linked` when it says itself which message it follows from; it is `after_contact` when its account wrote to
//! us within the `value_days` before it, on the day itself included. The first is a fact, the second a coincidence that may be
//! more: it is no proof that the contact brought the money. Amounts are in the smallest unit of their currency. On days with
//! more than 100,000 writers it is not known who wrote, and they are left out of the second.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};

use super::Frame;
use crate::measure::day::local;
use crate::measure::measures::Payment;
use crate::measure::{Cell, CellType, Measures, Table};
use crate::model::TransactionKind;

#[derive(Default)]
struct Sum {
    all: (u64, i64),
    linked: (u64, i64),
    after: (u64, i64),
}

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("value", "Transactions that follow from contacts")
        .column(
            "kind",
            CellType::Text,
            None,
            "`purchase`, `refund`, `subscription`, `cancellation` or `incentive`",
        )
        .column("currency", CellType::Text, None, "ISO 4217; empty when there is no amount")
        .column("transactions", CellType::Integer, Some("transactions"), "on the days")
        .column("amount", CellType::Integer, Some("smallest unit"), "their sum")
        .column("linked", CellType::Integer, Some("transactions"), "those that name a message")
        .column("linked_amount", CellType::Integer, Some("smallest unit"), "their sum")
        .column(
            "after_contact",
            CellType::Integer,
            Some("transactions"),
            "those whose account wrote shortly before",
        )
        .column("after_contact_amount", CellType::Integer, Some("smallest unit"), "their sum");
    let mut sums: BTreeMap<(TransactionKind, &str), Sum> = BTreeMap::new();
    for payment in measures.transactions.values() {
        let day = local(payment.at, measures.zone()).0;
        if !frame.days.has(day) {
            continue;
        }
        let sum = sums.entry((payment.kind, payment.currency.as_str())).or_default();
        let add = |to: &mut (u64, i64)| *to = (to.0 + 1, to.1.saturating_add(payment.minor));
        add(&mut sum.all);
        if payment.linked {
            add(&mut sum.linked);
        }
        if wrote_before(measures, payment, day, frame.value_days) {
            add(&mut sum.after);
        }
    }
    for ((kind, currency), Sum { all, linked, after }) in sums {
        table.row([
            Cell::from(kind.as_str()),
            Cell::from(currency),
            Cell::from(all.0),
            Cell::from(all.1),
            Cell::from(linked.0),
            Cell::from(linked.1),
            Cell::from(after.0),
            Cell::from(after.1),
        ]);
    }
    table
}

fn wrote_before(measures: &Measures, payment: &Payment, day: NaiveDate, days: u32) -> bool {
    let from = Duration::try_days(days.into()).and_then(|days| day.checked_sub_signed(days)).unwrap_or(day);
    let mut parts = measures.days.range(from..=day);
    parts.any(|(_, part)| part.voice.people.contains(payment.account) == Some(true))
}
