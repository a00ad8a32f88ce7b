//! How does this company work on cases? What `team.toml` says besides departments and people.

use chrono::Duration;

use super::{AssignBy, AssignPolicy, CasePolicy, SpikePolicy};
use crate::calendar::Period;
use crate::diagnostic::{Diagnostic, Document, Faults, Table, did_you_mean};
use crate::model::Channel;

/// Everything that `team.toml` says about cases, incidents and who gets what.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EngageSettings {
    /// When messages belong to one case, how long claims last, how often cases are handed over: `[cases]`.
    pub cases: CasePolicy,
    /// When many messages on one issue are an incident: `[incidents]`. Absent, incidents are only what rules and people
    /// say.
    pub incidents: Option<SpikePolicy>,
    /// How cases are given to people: `[assign]`. Absent, nobody is given a case unless somebody gives it to them.
    pub assign: Option<AssignPolicy>,
}

/// The tables of `team.toml` that are read here.
pub(crate) const TABLES: [&str; 3] = ["cases", "incidents", "assign"];

impl EngageSettings {
    /// Reads the tables `[cases]`, `[incidents]` and `[assign]`; every fault goes to `faults`.
    ///
    /// ```
    /// use scrm_core::diagnostic::{Document, Faults};
    /// use scrm_core::engage::EngageSettings;
    /// let source = r#"
    /// [cases]
    /// claim = "20m"
    /// [assign]
    /// by = "round_robin"
    /// weights = { phone = 3 }
    /// "#;
    /// let mut faults = Faults::new();
    /// let document = Document::parse("team.toml", source, &mut faults);
    /// let settings = EngageSettings::read(&document, &mut faults);
    /// assert!(faults.is_empty());
    /// assert_eq!(settings.cases.claim, chrono::Duration::minutes(20));
    /// assert!(settings.incidents.is_none());
    /// ```
    pub fn read(document: &Document, faults: &mut Faults) -> Self {
        let root = document.root("the file");
        let mut settings = Self::default();
        if let Some(table) = root.table("cases", "`[cases]`", faults) {
            let cases = &mut settings.cases;
            set(&mut cases.window, period(&table, "window", faults));
            set(&mut cases.reopen, period(&table, "reopen", faults));
            set(&mut cases.claim, period(&table, "claim", faults));
            set(&mut cases.hops, count(&table, "hops", faults));
            table.finish(faults);
        }
        if let Some(table) = root.table("incidents", "`[incidents]`", faults) {
            let mut incidents = SpikePolicy::default();
            set(&mut incidents.window, some_time(&table, "window", faults));
            set(&mut incidents.baseline, some_time(&table, "baseline", faults));
            set(&mut incidents.at_least, count(&table, "at_least", faults).map(u64::from));
            set(&mut incidents.times, factor(&table, "times", faults));
            table.finish(faults);
            settings.incidents = Some(incidents);
        }
        settings.assign = root.table("assign", "`[assign]`", faults).map(|table| assign(&table, faults));
        root.finish(faults);
        settings
    }
}

fn assign(table: &Table<'_>, faults: &mut Faults) -> AssignPolicy {
    let mut policy = AssignPolicy::default();
    if let Some(by) = table.text("by", faults) {
        let known = || AssignBy::ALL.iter().map(|by| by.as_str());
        match AssignBy::ALL.into_iter().find(|known| known.as_str() == by.value) {
            Some(by) => policy.by = by,
            None => {
                let message = format!("there is no assigner `{}`", by.value);
                let fault = Diagnostic::error("T005", table.file(), Some(by.span), message);
                faults.push(match did_you_mean(&by.value, known()) {
                    Some(near) => fault.help(format!("did you mean `{near}`?")),
                    None => fault.help(format!("write one of {}", known().collect::<Vec<_>>().join(", "))),
                });
            }
        }
    }
    policy.relax = some_time(table, "relax", faults);
    set(&mut policy.retry, some_time(table, "retry", faults));
    policy.queue = table.optional_text("queue", faults).map(|queue| queue.value);
    set(&mut policy.at_once, count(table, "at_once", faults));
    if let Some(weights) = table.table("weights", "`weights` of `[assign]`", faults) {
        for (name, span, node) in weights.all() {
            let weight = match node.value {
                crate::diagnostic::Value::Integer(weight) => u32::try_from(weight).ok(),
                _ => None,
            };
            match (Channel::new(name), weight.filter(|weight| *weight <= 100_000)) {
                (Ok(channel), Some(weight)) => {
                    policy.weights.insert(channel, weight);
                }
                _ => {
                    let message = format!("`{name}` is given no weight");
                    let fault = Diagnostic::error("T006", table.file(), Some(*span), message);
                    faults.push(fault.help("write a channel and a whole number from 0: `phone = 3`"));
                }
            }
        }
    }
    table.finish(faults);
    policy
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn period(table: &Table<'_>, key: &'static str, faults: &mut Faults) -> Option<Duration> {
    let text = table.optional_text(key, faults)?;
    let period: Option<Period> = text.value.parse().ok();
    if period.is_none() {
        let message = format!("`{}` is not a stretch of time", text.value);
        faults.push(Diagnostic::error("T007", table.file(), Some(text.span), message).help(Period::HELP));
    }
    period.map(Period::duration)
}

/// A stretch of time that is not none.
fn some_time(table: &Table<'_>, key: &'static str, faults: &mut Faults) -> Option<Duration> {
    let time = period(table, key, faults)?;
    if time > Duration::zero() {
        return Some(time);
    }
    let span = table.get(key).map(|node| node.span);
    let message = format!("`{key}` of no time at all makes no sense");
    faults.push(Diagnostic::error("T007", table.file(), span, message).help(Period::HELP));
    None
}

fn count(table: &Table<'_>, key: &'static str, faults: &mut Faults) -> Option<u32> {
    let (number, place) = table.number(key, faults)?;
    let whole = (0.0..=100_000.0).contains(&number) && number.fract() == 0.0;
    if !whole {
        let message = format!("`{key}` is not a whole number");
        let fault = Diagnostic::error("T002", table.file(), Some(place), message);
        faults.push(fault.help("write a whole number from 0 to 100000"));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
    whole.then_some(number as u32)
}

fn factor(table: &Table<'_>, key: &'static str, faults: &mut Faults) -> Option<f64> {
    let (number, place) = table.number(key, faults)?;
    if number.is_finite() && (0.0..=1e6).contains(&number) {
        return Some(number);
    }
    let message = format!("`{key}` is not how many times the usual rate it takes");
    let fault = Diagnostic::error("T008", table.file(), Some(place), message);
    faults.push(fault.help("write a number from 0 to 1000000, such as 3 or 2.5"));
    None
}
