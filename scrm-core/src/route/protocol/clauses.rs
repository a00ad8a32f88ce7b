//! How fast, up which ladder, and with what? Service levels, ladders and incentives, and their readers.

use std::collections::BTreeSet;

use super::names::{Names, PlacedLadder, check_slug, duplicate};
use super::{Condition, Period};
use crate::diagnostic::{Diagnostic, Faults, Table, Text, did_you_mean};
use crate::model::Granted;
use crate::route::clock::{ClockEvent, ClockName};
use crate::route::condition::{Atom, Field};

/// How fast we promise to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sla {
    /// Its id.
    pub id: String,
    /// In whose business time; absent, in that of the default calendar.
    pub calendar: Option<String>,
    /// Until the first response is sent.
    pub first_response: Option<Clock>,
    /// Until the matter is resolved.
    pub resolution: Option<Clock>,
}

impl Sla {
    /// Its clocks, by name.
    pub fn clocks(&self) -> impl Iterator<Item = (ClockName, &Clock)> {
        ClockName::ALL.into_iter().filter_map(|name| Some((name, self.clock(name)?)))
    }

    /// The clock of this name.
    pub fn clock(&self, name: ClockName) -> Option<&Clock> {
        match name {
            ClockName::FirstResponse => self.first_response.as_ref(),
            ClockName::Resolution => self.resolution.as_ref(),
        }
    }

    /// The clocks that both promise and that stand still on different events. For a case that has both service levels,
    /// which deadline is the earlier one then changes while it waits.
    pub fn pauses_unlike(&self, other: &Self) -> Vec<ClockName> {
        let clocks = self.clocks().filter(|(name, clock)| {
            other.clock(*name).is_some_and(|theirs| theirs.pause_on != clock.pause_on)
        });
        clocks.map(|(name, _)| name).collect()
    }
}

/// A promise in business time: `2d` are 48 open hours, however many days that takes; two days of eight hours are `16h`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// How long it may take.
    pub within: Period,
    /// How long before the deadline somebody is warned, longest first.
    pub warn: Vec<Period>,
    /// What starts it, one of [`ClockEvent::STARTS`].
    pub start: ClockEvent,
    /// What stops it, one of [`ClockEvent::STOPS`].
    pub stop: ClockEvent,
    /// The states of the case in which it stands still, of [`ClockEvent::PAUSES`].
    pub pause_on: BTreeSet<ClockEvent>,
}

impl Clock {
    /// A clock that warns nobody, starts and stops as usual and never stands still.
    pub fn new(name: ClockName, within: Period) -> Self {
        let (start, stop) = (name.default_start(), name.default_stop());
        Self { within, warn: Vec::new(), start, stop, pause_on: BTreeSet::new() }
    }
}

/// Who is called, one after the other, until somebody acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// Its id.
    pub id: String,
    /// The rungs, first one first.
    pub rungs: Vec<Rung>,
}

/// One step of a ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// How long after the first rung, by the clock on the wall.
    pub after: Period,
    /// Who: `team:…`, `role:…` or `person:…`.
    pub to: String,
    /// How.
    pub mode: Mode,
}

/// How somebody is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// In the channel of the message.
    Channel,
    /// By telephone.
    Phone,
    /// In person.
    InPerson,
    /// By an executive.
    Executive,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Channel, Self::Phone, Self::InPerson, Self::Executive];

    /// The name in protocols.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Phone => "phone",
            Self::InPerson => "in_person",
            Self::Executive => "executive",
        }
    }
}

/// Something that may be given, how much of it, and when never.
#[derive(Debug, Clone, PartialEq)]
pub struct Incentive {
    /// Its id.
    pub id: String,
    /// What one costs: `10 EUR`.
    pub value: String,
    /// What all may cost: `500 EUR per month`.
    pub budget: Option<String>,
    /// How many one customer gets.
    pub cap: Option<Cap>,
    /// When it is never given; unknown counts as yes, because complaining must not pay. What it asks of the type it asks
    /// of all types: `type is complaint` is read as `types has complaint`.
    pub never_if: Option<Condition>,
}

impl Incentive {
    /// How many the budget pays for in its time; `None` when there is no budget, or one costs nothing.
    pub fn affordable(&self) -> Option<u64> {
        let (cost, budget) = (amount(&self.value)?.0, amount(self.budget.as_deref()?)?.0);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count, cut off at the end"
        )]
        let most = (cost > 0.0).then(|| (budget / cost + 1e-9).floor() as u64);
        most
    }

    /// What may be given at most, in its author's words, and how much of it was given, where that is known.
    pub(in crate::route) fn limits(
        &self,
        granted: Granted,
    ) -> impl Iterator<Item = (String, u64, Option<u64>)> {
        let budget = self.affordable().zip(self.budget.as_ref());
        let budget = budget.map(|(most, budget)| (format!("budget {budget}"), most, granted.in_period));
        let cap = self.cap.map(|Cap { count, per }| {
            (format!("cap {count} per customer per {per}"), count.into(), granted.to_customer)
        });
        budget.into_iter().chain(cap)
    }
}

/// How much, and in which currency: `10 EUR`, `500 EUR per month`.
fn amount(text: &str) -> Option<(f64, &str)> {
    let mut words = text.split_whitespace();
    Some((words.next()?.parse().ok()?, words.next()?))
}

/// The condition about every type of the message: who complains and asks complains.
fn of_every_type(condition: Condition) -> Condition {
    let all = |parts: Vec<Condition>| parts.into_iter().map(of_every_type).collect();
    let types = |names| Condition::Atom(Atom::HasAny(Field::Types, names));
    match condition {
        Condition::And(parts) => Condition::And(all(parts)),
        Condition::Or(parts) => Condition::Or(all(parts)),
        Condition::Not(inner) => Condition::Not(Box::new(of_every_type(*inner))),
        Condition::Atom(Atom::Is(Field::Type, name)) => types(vec![name]),
        Condition::Atom(Atom::IsNot(Field::Type, name)) => Condition::Not(Box::new(types(vec![name]))),
        Condition::Atom(Atom::In(Field::Type, names)) => types(names),
        atom => atom,
    }
}

/// How many one customer gets: `1 per customer per 90d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// So many …
    pub count: u32,
    /// … in this time.
    pub per: Period,
}

/// The stretch of time that a text says; a fault is reported.
pub(super) fn read_period(file: &str, text: &Text, faults: &mut Faults) -> Option<Period> {
    let period = text.value.parse();
    if period.is_err() {
        let message = format!("`{}` is not a stretch of time", text.value);
        faults.push(Diagnostic::error("P017", file, Some(text.span), message).help(Period::HELP));
    }
    period.ok()
}

pub(super) fn read_slas(root: &Table<'_>, names: &mut Names<'_>, faults: &mut Faults) {
    for table in root.tables("sla", "sla", faults) {
        let id = table.text("id", faults).filter(|id| check_slug(table.file(), id, faults));
        let calendar = table.optional_text("calendar", faults);
        let first_response = read_clock(&table, ClockName::FirstResponse, faults);
        let resolution = read_clock(&table, ClockName::Resolution, faults);
        table.finish(faults);
        if let Some(calendar) = &calendar {
            names.check_calendar(table.file(), calendar, faults);
        }
        let Some(id) = id else { continue };
        if !table.has("first_response") && !table.has("resolution") {
            let message = format!("sla `{}` promises nothing", id.value);
            let help = "write `first_response = { within = \"1h\" }`";
            faults.push(Diagnostic::error("P016", table.file(), Some(id.span), message).help(help));
        }
        let calendar = calendar.map(|calendar| calendar.value);
        let sla = Sla { id: id.value.clone(), calendar, first_response, resolution };
        if names.slas.insert(id.value.clone(), sla).is_some() {
            faults.push(duplicate(table.file(), "sla", &id));
        }
    }
}

fn read_clock(sla: &Table<'_>, name: ClockName, faults: &mut Faults) -> Option<Clock> {
    let table = sla.table(name.as_str(), name.as_str(), faults)?;
    let within = table.text("within", faults);
    let warnings = table.texts("warn", faults);
    let start = table.optional_text("start", faults);
    let stop = table.optional_text("stop", faults);
    let pauses = table.texts("pause_on", faults);
    table.finish(faults);
    let (file, defaults) = (table.file(), Clock::new(name, Period::default()));
    let mut event =
        |text: &Text, does: &str, known: &[ClockEvent]| read_event(file, text, does, known, faults);
    let start = start.and_then(|text| event(&text, "starts", &ClockEvent::STARTS)).unwrap_or(defaults.start);
    let stop_text = stop.as_ref();
    let stop = stop_text.and_then(|text| event(text, "stops", &ClockEvent::STOPS)).unwrap_or(defaults.stop);
    let pause_on = pauses.iter().filter_map(|text| event(text, "pauses", &ClockEvent::PAUSES)).collect();
    if let Some(text) = stop_text.filter(|_| start == stop) {
        let message = format!("`{name}` starts and stops with `{stop}`, so it never runs");
        let help = "start it earlier, or stop it with another event";
        faults.push(Diagnostic::error("P037", file, Some(text.span), message).help(help));
    }
    let within = within.and_then(|text| read_within(file, &text, faults))?;
    let warn = read_warnings(file, &warnings, within, faults);
    Some(Clock { within, warn, start, stop, pause_on })
}

/// What is promised; who writes business days is told how to.
fn read_within(file: &str, text: &Text, faults: &mut Faults) -> Option<Period> {
    let days = text.value.strip_suffix("bd").and_then(|days| days.trim().parse::<u32>().ok());
    let Some(days) = days else { return read_period(file, text, faults) };
    let message =
        format!("`{}` is not a stretch of time: how long a business day is, the calendar says", text.value);
    let help = format!("write open hours: {days} days of eight hours are `{}h`", days.saturating_mul(8));
    faults.push(Diagnostic::error("P017", file, Some(text.span), message).help(help));
    None
}

/// The event of this name, if it is one of those that are `known` to do so.
fn read_event(
    file: &str,
    text: &Text,
    does: &str,
    known: &[ClockEvent],
    faults: &mut Faults,
) -> Option<ClockEvent> {
    let found = known.iter().copied().find(|event| event.as_str() == text.value);
    if found.is_none() {
        let names: Vec<&str> = known.iter().map(|event| event.as_str()).collect();
        let help = match did_you_mean(&text.value, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("what {does} a clock is one of: {}", names.join(", ")),
        };
        let message = format!("`{}` is no event that {does} a clock", text.value);
        faults.push(Diagnostic::error("P015", file, Some(text.span), message).help(help));
    }
    found
}

/// How long before the deadline people are warned, longest first.
fn read_warnings(file: &str, texts: &[Text], within: Period, faults: &mut Faults) -> Vec<Period> {
    let mut warn = Vec::new();
    for text in texts {
        let Some(period) = read_period(file, text, faults) else { continue };
        if period > within {
            let message =
                format!("`{period}` before the deadline is before the start: it is due within `{within}`");
            let help = "warn later, or promise less";
            faults.push(Diagnostic::error("P037", file, Some(text.span), message).help(help));
        }
        warn.push(period);
    }
    warn.sort_unstable_by(|a, b| b.cmp(a));
    warn.dedup();
    warn
}

pub(super) fn read_ladders(root: &Table<'_>, names: &mut Names<'_>, faults: &mut Faults) {
    for table in root.tables("ladder", "ladder", faults) {
        let id = table.text("id", faults).filter(|id| check_slug(table.file(), id, faults));
        let tables = table.tables("rungs", "rung", faults);
        table.finish(faults);
        let mut rungs: Vec<Rung> = Vec::new();
        let mut spans = Vec::new();
        for rung_table in &tables {
            let Some((rung, after)) = read_rung(rung_table, names, faults) else { continue };
            if let Some(before) = rungs.last().filter(|before| before.after > rung.after) {
                let message =
                    format!("a rung after `{}` stands above one after `{}`", rung.after, before.after);
                let help = "write the rungs in the order in which they are climbed";
                faults.push(Diagnostic::error("P037", table.file(), Some(after.span), message).help(help));
            }
            rungs.push(rung);
            spans.push(after.span);
        }
        let Some(id) = id else { continue };
        if tables.is_empty() {
            let message = format!("ladder `{}` has no rungs", id.value);
            let help = "write `rungs = [{ after = \"0m\", to = \"team:…\", mode = \"channel\" }]`";
            faults.push(Diagnostic::error("P016", table.file(), Some(id.span), message).help(help));
        }
        let ladder = Ladder { id: id.value.clone(), rungs };
        let ladder = PlacedLadder { ladder, places: spans, written: tables.len() };
        if names.ladders.insert(id.value.clone(), ladder).is_some() {
            faults.push(duplicate(table.file(), "ladder", &id));
        }
    }
}

fn read_rung(table: &Table<'_>, names: &Names<'_>, faults: &mut Faults) -> Option<(Rung, Text)> {
    // `at` is the same, as other protocols write it.
    let key = if table.has("at") && !table.has("after") { "at" } else { "after" };
    let after = table.text(key, faults);
    let to = table.text("to", faults);
    let mode = table.text("mode", faults);
    table.finish(faults);
    let time = after.as_ref().and_then(|text| read_period(table.file(), text, faults));
    if let Some(to) = &to {
        names.check_addressee(table.file(), to, faults);
    }
    let mode = mode.and_then(|mode| {
        let found = Mode::ALL.into_iter().find(|known| known.as_str() == mode.value);
        if found.is_none() {
            let known = Mode::ALL.map(Mode::as_str);
            let help = match did_you_mean(&mode.value, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("a mode is one of: {}", known.join(", ")),
            };
            let message = format!("`{}` is not a mode", mode.value);
            faults.push(Diagnostic::error("P015", table.file(), Some(mode.span), message).help(help));
        }
        found
    });
    Some((Rung { after: time?, to: to?.value, mode: mode? }, after?))
}

pub(super) fn read_incentives(root: &Table<'_>, names: &mut Names<'_>, faults: &mut Faults) {
    for table in root.tables("incentive", "incentive", faults) {
        let id = table.text("id", faults).filter(|id| check_slug(table.file(), id, faults));
        let value = table.text("value", faults);
        let budget = table.optional_text("budget", faults);
        let cap = table.optional_text("cap", faults);
        let never_if = names.condition_under(&table, "never_if", faults).map(of_every_type);
        table.finish(faults);
        check_currency(table.file(), value.as_ref(), budget.as_ref(), faults);
        let mut checked = |text: Option<Text>, good: fn(&str) -> bool, example: &str| {
            let text = text?;
            if !good(&text.value) {
                let message = format!("`{}` cannot be read", text.value);
                let help = format!("write it as \"{example}\"");
                faults.push(Diagnostic::error("P015", table.file(), Some(text.span), message).help(help));
            }
            Some(text.value.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let (has_budget, has_cap) = (budget.is_some(), cap.is_some());
        let value = checked(value, is_amount, "10 EUR");
        let budget = checked(budget, is_budget, "500 EUR per month");
        let cap = checked(cap, |cap| read_cap(cap).is_some(), "1 per customer per 90d");
        let Some(id) = id else { continue };
        for (what, there) in [("budget", has_budget), ("cap", has_cap)] {
            if !there {
                let message = format!("incentive `{}` has no `{what}`", id.value);
                let help = "say how much may be spent, and how often one customer gets it";
                faults.push(Diagnostic::error("P051", table.file(), Some(id.span), message).help(help));
            }
        }
        let cap = cap.as_deref().and_then(read_cap);
        let value = value.unwrap_or_default();
        let incentive = Incentive { id: id.value.clone(), value, budget, cap, never_if };
        if names.incentives.insert(id.value.clone(), incentive).is_some() {
            faults.push(duplicate(table.file(), "incentive", &id));
        }
    }
}

/// Both in one currency, or nobody knows how many the budget pays for.
fn check_currency(file: &str, value: Option<&Text>, budget: Option<&Text>, faults: &mut Faults) {
    let Some((value, budget)) = value.zip(budget) else { return };
    let (Some((_, of_one)), Some((_, of_all))) = (amount(&value.value), amount(&budget.value)) else {
        return;
    };
    if of_one != of_all {
        let message = format!("the budget is in `{of_all}` and one costs `{}`", value.value);
        let fault = Diagnostic::error("P015", file, Some(budget.span), message);
        faults.push(fault.help(format!("write the budget in `{of_one}`")));
    }
}

/// `10 EUR`
fn is_amount(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let number = words.next().is_some_and(|word| {
        word.bytes().all(|b| b.is_ascii_digit() || b == b'.') && word.parse::<f64>().is_ok()
    });
    let currency =
        words.next().is_some_and(|word| word.len() == 3 && word.bytes().all(|b| b.is_ascii_uppercase()));
    number && currency && words.next().is_none()
}

/// `500 EUR per month`
fn is_budget(text: &str) -> bool {
    let per = ["day", "week", "month", "quarter", "year"];
    text.split_once(" per ").is_some_and(|(amount, time)| is_amount(amount) && per.contains(&time.trim()))
}

/// `1 per customer per 90d`
fn read_cap(text: &str) -> Option<Cap> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [count, "per", "customer", "per", time] = words.as_slice() else { return None };
    Some(Cap { count: count.parse().ok()?, per: time.parse().ok()? })
}
