//! Which holidays does a calendar take from files? The iCalendar files that `calendars.toml` names.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::ical::holidays;
use super::{Calendar, Closure};
use crate::diagnostic::{Diagnostic, Faults, Text, did_you_mean};

/// The years for which events that come again are worked out, since nothing here knows what day it is.
const YEARS: RangeInclusive<i32> = 1990..=2099;

/// The calendar, closed as the files say; what is wrong with them is reported in them. `named` gets those that are there.
pub(super) fn read_holidays(
    calendar: Calendar,
    file: &str,
    names: &[Text],
    files: &BTreeMap<String, String>,
    named: &mut BTreeSet<String>,
    faults: &mut Faults,
) -> Calendar {
    let mut closures: Vec<Closure> = Vec::new();
    for name in names {
        let Some(text) = files.get(&name.value).filter(|_| name.value.ends_with(".ics")) else {
            faults.push(missing(file, name, files));
            continue;
        };
        // What is wrong with a file is told once, whatever the number of calendars that name it.
        let is_new = named.insert(name.value.clone());
        let found = match holidays(text, calendar.tz(), range()) {
            Ok(found) => found,
            Err(error) => {
                let told = error.faults().iter().filter(|_| is_new).map(|fault| {
                    Diagnostic::error(fault.code, &name.value, Some(fault.span), &*fault.message)
                        .help(&fault.help)
                });
                faults.extend(told);
                continue;
            }
        };
        if found.is_empty() {
            let message =
                format!("`{}` closes nothing from {} to {}", name.value, YEARS.start(), YEARS.end());
            let fault = Diagnostic::warning("C015", file, Some(name.span), message);
            faults.push(fault.help("look for its events (`VEVENT`), and whether they are cancelled"));
        }
        closures.extend(found);
    }
    calendar.close(&closures)
}

fn range() -> RangeInclusive<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(*YEARS.start(), 1, 1).unwrap_or_default();
    first..=NaiveDate::from_ymd_opt(*YEARS.end(), 12, 31).unwrap_or_default()
}

fn missing(file: &str, name: &Text, files: &BTreeMap<String, String>) -> Diagnostic {
    let known = || files.keys().map(String::as_str).filter(|known| known.ends_with(".ics"));
    let fault =
        Diagnostic::error("C010", file, Some(name.span), format!("there is no file `{}`", name.value));
    if !name.value.ends_with(".ics") || name.value.contains(['/', '\\']) {
        return fault.help("name an iCalendar file that stands in the playbook, such as \"nl.ics\"");
    }
    match did_you_mean(&name.value, known()) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None if known().next().is_some() => {
            fault.help(format!("put `{}` into the playbook, beside {file}", name.value))
        }
        None => fault.help(format!(
            "put `{}` beside {file}; beside a text that is read without its file there is nothing, so write the dates under `except`",
            name.value
        )),
    }
}
