//! How are we doing, over any days? All that is measured of a record, in a form that can be kept, joined and added to.
//!
//! Read [`Measures`] first. It is made of messages and of the events on cases, and gives one [`Table`] for each
//! [`Measure`]. The parts of a record (by source, by worker) may be measured apart and joined: disjoint sets of messages, each
//! with the cases that they opened, joined in any order, give what the whole gives. What is an estimate says so: people beyond
//! 100,000 in one count (0.8 % standard error), quantiles of times (1 %).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::casebook::CaseBook;
use super::day::{DayPart, Said};
use super::sums::{Change, number_of, number_of_message};
use super::words::common_words;
use crate::model::{Case, Event, MessageKey, MonitorId, Outcome, Transaction};
use crate::record::Entry;

/// The form of what is kept; what another version has kept is measured anew.
const FORM: u32 = 1;

/// The measures of a record, taken event by event.
///
/// ```
/// use scrm_core::measure::Measures;
/// let measures = Measures::new(chrono_tz::Europe::Amsterdam);
/// let kept = serde_json::to_string(&measures).unwrap();
/// let again: Measures = serde_json::from_str(&kept).unwrap();
/// assert_eq!((again.read(), again == measures), (0, true));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measures {
    form: u32,
    zone: String,
    /// The number of the last event that was read.
    read: u64,
    /// The number of the last event that the log had when reading began.
    begun: u64,
    pub(super) first: Option<DateTime<Utc>>,
    pub(super) last: Option<DateTime<Utc>>,
    /// Messages that are counted, by number.
    known: BTreeSet<u64>,
    pub(super) days: BTreeMap<NaiveDate, DayPart>,
    pub(super) cases: CaseBook,
    pub(super) deliveries: Deliveries,
    pub(super) transactions: BTreeMap<String, Payment>,
    /// The monitors of the message that was captured last, for the event on its case that follows.
    captured: Option<(MessageKey, Vec<MonitorId>)>,
}

/// How every delivery ended, and what could not be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Deliveries {
    pub(super) captured: u64,
    pub(super) noise: u64,
    pub(super) decided: u64,
    pub(super) open: u64,
    pub(super) quarantined: u64,
    pub(super) released: u64,
}

/// One transaction, as far as it is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Payment {
    pub(super) account: u64,
    pub(super) kind: crate::model::TransactionKind,
    pub(super) currency: String,
    pub(super) minor: i64,
    pub(super) at: DateTime<Utc>,
    /// Whether it says itself which message it follows from.
    pub(super) linked: bool,
}

/// Which days: from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The first day; absent, from the beginning.
    pub from: Option<NaiveDate>,
    /// The last day; absent, to the end.
    pub to: Option<NaiveDate>,
}

impl Days {
    /// Every day there is.
    pub const ALL: Self = Self { from: None, to: None };

    /// One day.
    pub fn one(day: NaiveDate) -> Self {
        Self { from: Some(day), to: Some(day) }
    }

    /// From one day to another, both included.
    pub fn between(from: NaiveDate, to: NaiveDate) -> Self {
        Self { from: Some(from), to: Some(to) }
    }

    /// Whether a day is among them.
    pub fn has(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

impl From<NaiveDate> for Days {
    fn from(day: NaiveDate) -> Self {
        Self::one(day)
    }
}

impl Measures {
    /// Nothing measured yet; days are cut in `zone`.
    pub fn new(zone: Tz) -> Self {
        Self {
            form: FORM,
            zone: zone.name().to_owned(),
            read: 0,
            begun: 0,
            first: None,
            last: None,
            known: BTreeSet::new(),
            days: BTreeMap::new(),
            cases: CaseBook::default(),
            deliveries: Deliveries::default(),
            transactions: BTreeMap::new(),
            captured: None,
        }
    }

    /// The zone in which days are cut.
    pub fn zone(&self) -> Tz {
        self.zone.parse().unwrap_or(Tz::UTC)
    }

    /// The number of the last event of the log that is in it; 0 of none.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// The same for a log that has so many events by now: what they rewrote is read as it was rewritten.
    #[must_use]
    pub fn begun_at(mut self, last: u64) -> Self {
        self.begun = last;
        self
    }

    /// How many events the log had when reading began. When somebody is erased later, what was read is to be read anew.
    pub fn begun(&self) -> u64 {
        self.begun
    }

    /// Whether it can be gone on with: it was kept by this version, and its days are cut in `zone`.
    pub fn fits(&self, zone: Tz) -> bool {
        self.form == FORM && self.zone == zone.name()
    }

    /// When the last message was observed.
    pub fn last_observed(&self) -> Option<DateTime<Utc>> {
        self.last
    }

    /// The days on which anything was said, in order.
    pub fn days(&self) -> impl DoubleEndedIterator<Item = NaiveDate> {
        self.days.keys().copied()
    }

    /// How many messages are counted.
    pub fn messages(&self) -> u64 {
        self.days.values().map(|day| day.messages).sum()
    }

    /// The instant at which a day ends.
    pub fn end_of(&self, day: NaiveDate) -> DateTime<Utc> {
        start_of(day.succ_opt().unwrap_or(day), self.zone())
    }

    /// A message comes, in its current version.
    pub fn add(&mut self, entry: &Entry) {
        self.change(entry, Change::Add);
        self.known.insert(number_of_message(&entry.message.key()));
    }

    /// A message as it was before it was edited or labelled goes.
    pub fn take(&mut self, entry: &Entry) {
        self.change(entry, Change::Take);
    }

    fn change(&mut self, entry: &Entry, change: Change) {
        let said = entry.message.times().said();
        let observed = entry.message.times().observed;
        self.first = Some(self.first.map_or(said, |first| first.min(said)));
        self.last = Some(self.last.map_or(observed, |last| last.max(observed)));
        let said = Said::of(entry, self.zone(), common_words());
        let day = said.day;
        super::day::part(&mut self.days, &day, |part| part.change(&said, change));
    }

    /// Whether a message may be counted already. Of a hundred million messages that are not, it says yes of a few.
    pub fn may_know(&self, key: &MessageKey) -> bool {
        self.known.contains(&number_of_message(key))
    }

    /// Takes the event of this number, with what it says besides a message in its current version: that is for whoever
    /// reads the log to [`add`](Self::add), and to [`take`](Self::take) as it was before.
    ///
    /// Events are taken in the order of the log.
    pub fn event(&mut self, seq: u64, event: &Event) {
        let zone = self.zone();
        self.read = self.read.max(seq);
        match event {
            Event::Captured { message, assessment } => {
                self.deliveries.count(assessment.outcome);
                let monitors = assessment.hits.monitors.iter().map(|hit| hit.id.clone()).collect();
                self.captured = Some((message.key(), monitors));
            }
            Event::Quarantined { .. } => self.deliveries.quarantined += 1,
            Event::Released { .. } => self.deliveries.released += 1,
            Event::CaseOpened { case } => self.put(case, &case.first, true),
            Event::CaseJoined { case, message } => self.put(case, message, false),
            Event::Responded { response } => {
                if let Some(sent) = response.sent {
                    self.cases.answer(&response.case, response.author.as_str(), sent, zone);
                }
            }
            Event::CaseResolved { case, at, .. } => self.cases.resolve(case, *at, zone),
            Event::CaseChanged { case, at, change, .. } => self.cases.changed(case, *at, change, zone),
            Event::Transacted { transaction } => self.pay(transaction),
            _ => {}
        }
    }

    /// A case came back after it had been resolved: the event names it, and this is how it is.
    pub fn reopened(&mut self, case: &Case) {
        let zone = self.zone();
        self.cases.reopened(case, zone);
    }

    fn put(&mut self, case: &Case, message: &MessageKey, opened: bool) {
        let zone = self.zone();
        let captured = self.captured.as_ref().filter(|(key, _)| key == message);
        let monitors = captured.map_or(&[][..], |(_, monitors)| monitors);
        self.cases.put(case, monitors, opened, zone);
    }

    fn pay(&mut self, transaction: &Transaction) {
        let payment = Payment {
            account: number_of(&transaction.identity),
            kind: transaction.kind,
            currency: transaction
                .amount
                .as_ref()
                .map_or(String::new(), |amount| amount.currency().to_owned()),
            minor: transaction.amount.as_ref().map_or(0, crate::model::Money::minor),
            at: transaction.at,
            linked: transaction.message.is_some(),
        };
        self.transactions.insert(transaction.id.as_str().to_owned(), payment);
    }

    /// Adds what another measured of other messages and their cases.
    pub fn join(&mut self, other: &Self) {
        self.read = self.read.max(other.read);
        self.begun = self.begun.min(other.begun);
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.into_iter().chain(other.last).max();
        self.known.extend(&other.known);
        super::day::join_all(&mut self.days, &other.days, DayPart::join);
        self.cases.join(&other.cases);
        self.deliveries.join(&other.deliveries);
        self.transactions
            .extend(other.transactions.iter().map(|(id, payment)| (id.clone(), payment.clone())));
        self.captured = None;
    }

    /// Cases whose first response is overdue at an instant, by department. With the day that ends there, those count that
    /// were answered later, too.
    pub(super) fn overdue(&self, at: DateTime<Utc>, day: Option<NaiveDate>) -> BTreeMap<String, u64> {
        let mut sums: BTreeMap<String, u64> = BTreeMap::new();
        for (name, flow) in
            day.iter().flat_map(|day| self.cases.flow.range(..=*day)).flat_map(|(_, days)| days)
        {
            *sums.entry(name.clone()).or_default() += flow.late_from;
        }
        for (name, flow) in
            day.iter().flat_map(|day| self.cases.flow.range(..=*day)).flat_map(|(_, days)| days)
        {
            let sum = sums.entry(name.clone()).or_default();
            *sum = sum.saturating_sub(flow.late_until);
        }
        let unanswered = |row: &&super::casebook::CaseRow| day.is_none() || row.left().is_none();
        for row in self.cases.rows.values().filter(unanswered).filter(|row| row.is_late_at(at)) {
            *sums.entry(row.department.clone()).or_default() += 1;
        }
        sums.retain(|_, count| *count > 0);
        sums
    }

    /// The parts of some days, in order.
    pub(super) fn over(&self, days: Days) -> impl DoubleEndedIterator<Item = (NaiveDate, &DayPart)> {
        self.days.iter().map(|(day, part)| (*day, part)).filter(move |(day, _)| days.has(*day))
    }

    /// The days before one to compare it with, at most `count` of them, the last one first. The first day of the record is
    /// none of them, since it is seldom whole; a day without messages between two others is one.
    pub(super) fn before(&self, day: NaiveDate, count: u32) -> Vec<(NaiveDate, Option<&DayPart>)> {
        let Some(first) = self.days.keys().next().and_then(NaiveDate::succ_opt) else { return Vec::new() };
        let back =
            (1..=i64::from(count)).filter_map(|back| day.checked_sub_signed(Duration::try_days(back)?));
        back.take_while(|day| *day >= first).map(|day| (day, self.days.get(&day))).collect()
    }
}

impl Deliveries {
    fn count(&mut self, outcome: Outcome) {
        self.captured += 1;
        *match outcome {
            Outcome::Noise(_) => &mut self.noise,
            Outcome::Decided => &mut self.decided,
            Outcome::Open(_) => &mut self.open,
        } += 1;
    }

    fn join(&mut self, other: &Self) {
        self.captured += other.captured;
        self.noise += other.noise;
        self.decided += other.decided;
        self.open += other.open;
        self.quarantined += other.quarantined;
        self.released += other.released;
    }
}

/// The instant at which a day begins on the wall of a zone.
pub(super) fn start_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    use chrono::TimeZone;
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    // Where the clock leaves midnight out, the day begins when it goes on.
    (0..4)
        .filter_map(|hour| zone.from_local_datetime(&(midnight + Duration::hours(hour))).earliest())
        .map(|local| local.to_utc())
        .next()
        .unwrap_or_else(|| midnight.and_utc())
}
