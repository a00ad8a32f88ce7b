//! What does `calendars.toml` say? The reader, with every fault of the file.
//!
//! | code | what is wrong |
//! |---|---|
//! | C001 | a time zone that does not exist |
//! | C002 | an opening that is not written `HH:MM-HH:MM` |
//! | C003 | openings of a day that overlap (warning) |
//! | C004 | a day of the week that does not exist |
//! | C005 | an exception whose key is not a date |
//! | C006 | two calendars with the same id |
//! | C007 | an id that is no slug |
//! | C008 | a default that is missing or names no calendar |
//! | C009 | a calendar that never opens (warning) |
//! | C010 | a file of holidays that is not there |
//! | C011 | a file of holidays that is no whole calendar |
//! | C012 | an event in it that cannot be read |
//! | C013 | a file of holidays that is over a limit |
//! | C014 | an exception on a date that the zone left out (warning) |
//! | C015 | a file of holidays that closes nothing, or that no calendar names (warning) |

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, TimeZone, Weekday};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::holidays::read_holidays;
use super::{Calendar, Calendars, Opening};
use crate::diagnostic::{Diagnostic, Document, Faults, Node, Table, Text, Value, as_text, did_you_mean};
use crate::model::Span;

pub(super) const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

impl Calendars {
    /// Reads `calendars.toml`, where no holidays stand in other files. What is wrong goes to `faults`; what is left can be
    /// used.
    pub fn read(document: &Document, faults: &mut Faults) -> Self {
        Self::read_with(document, &BTreeMap::new(), faults)
    }

    /// Reads `calendars.toml`; the holidays that it names stand in `files`, by name.
    ///
    /// ```
    /// use scrm_core::calendar::Calendars;
    /// use scrm_core::diagnostic::{Document, Faults};
    /// let source = r#"
    /// [[calendar]]
    /// id = "hq"
    /// tz = "Europe/Amsterdam"
    /// week = { mon = ["09:00-18:00"] }
    /// holidays = "nl.ics"
    /// "#;
    /// let ics = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Koningsdag\nDTSTART;VALUE=DATE:20260427\n\
    ///     RRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n";
    /// let mut faults = Faults::new();
    /// let document = Document::parse("calendars.toml", source, &mut faults);
    /// let files = [("nl.ics".to_owned(), ics.to_owned())].into();
    /// let calendars = Calendars::read_with(&document, &files, &mut faults);
    /// assert!(faults.is_empty());
    /// assert!(!calendars.get("hq").unwrap().is_open("2026-04-27T10:00:00Z".parse().unwrap()));
    /// ```
    pub fn read_with(document: &Document, files: &BTreeMap<String, String>, faults: &mut Faults) -> Self {
        let root = document.root("calendars.toml");
        let default = root.optional_text("default", faults);
        let mut calendars: Vec<Calendar> = Vec::new();
        let mut named = BTreeSet::new();
        for table in root.tables("calendar", "calendar", faults) {
            let Some((id, calendar)) = read_calendar(&table, files, &mut named, faults) else { continue };
            if calendars.iter().any(|known| known.id() == calendar.id()) {
                let message = format!("calendar `{}` is written twice", id.value);
                faults.push(
                    Diagnostic::error("C006", table.file(), Some(id.span), message)
                        .help("give one of them another id, or join the two"),
                );
                continue;
            }
            calendars.push(calendar);
        }
        root.finish(faults);
        for file in files.keys().filter(|file| file.ends_with(".ics") && !named.contains(*file)) {
            let message = format!("no calendar names `{file}`, so it closes nothing");
            let fault = Diagnostic::warning("C015", file, None, message);
            faults.push(fault.help(format!("write `holidays = \"{file}\"` in a `[[calendar]]`")));
        }
        check_default(&root, default.as_ref(), &calendars, faults);
        let default = default.map_or_else(String::new, |text| text.value);
        Self::of(calendars, &default)
    }
}

fn check_default(root: &Table<'_>, default: Option<&Text>, calendars: &[Calendar], faults: &mut Faults) {
    let ids = || calendars.iter().map(Calendar::id);
    let fault = match default {
        Some(text) if ids().any(|id| id == text.value) => return,
        Some(text) => {
            let message = format!("`default` names no calendar: there is no `{}`", text.value);
            let help = match did_you_mean(&text.value, ids()) {
                Some(id) => format!("did you mean `{id}`?"),
                None => format!("the calendars are: {}", ids().collect::<Vec<_>>().join(", ")),
            };
            Diagnostic::error("C008", root.file(), Some(text.span), message).help(help)
        }
        None if calendars.len() == 1 => return,
        None if calendars.is_empty() => Diagnostic::error("C008", root.file(), None, "there is no calendar")
            .help("write one: `[[calendar]]`"),
        None => Diagnostic::error("C008", root.file(), None, "there is no `default`, and several calendars")
            .help("write `default = …` at the top: its zone cuts the days of the brief"),
    };
    faults.push(fault);
}

/// `named` gets the files of holidays that it names.
fn read_calendar(
    table: &Table<'_>,
    files: &BTreeMap<String, String>,
    named: &mut BTreeSet<String>,
    faults: &mut Faults,
) -> Option<(Text, Calendar)> {
    let id = table.text("id", faults);
    let tz = table.text("tz", faults);
    let week = table.table("week", "week", faults);
    let except = table.table("except", "except", faults);
    let holidays = file_names(table, faults);
    table.finish(faults);
    let id = id.filter(|id| check_slug(table.file(), id, faults));
    let tz = tz.and_then(|tz| read_zone(table.file(), &tz, faults)).unwrap_or(Tz::UTC);
    let mut calendar = Calendar::new(id.as_ref().map_or("", |id| &id.value), tz);
    for (day, span, node) in week.iter().flat_map(Table::all) {
        let openings = read_openings(table.file(), day, node, faults);
        match DAYS.iter().find(|(name, _)| name == day) {
            Some((_, weekday)) => calendar = calendar.open(*weekday, openings),
            None => faults.push(unknown_day(table.file(), day, *span)),
        }
    }
    check_nights(table.file(), week.as_ref(), &calendar, faults);
    for (key, span, node) in except.iter().flat_map(Table::all) {
        let openings = read_openings(table.file(), key, node, faults);
        match key.parse::<NaiveDate>() {
            Ok(date) => {
                check_date(table.file(), tz, date, *span, faults);
                calendar = calendar.except(date, openings);
            }
            Err(_) => faults.push(not_a_date(table.file(), key, *span)),
        }
    }
    calendar = read_holidays(calendar, table.file(), &holidays, files, named, faults);
    check_hours(table, id.as_ref(), &calendar, faults);
    id.map(|id| (id, calendar))
}

/// One name, or several in a list.
fn file_names(table: &Table<'_>, faults: &mut Faults) -> Vec<Text> {
    match table.get("holidays") {
        Some(Node { value: Value::Array(_), .. }) => table.texts("holidays", faults),
        _ => table.optional_text("holidays", faults).into_iter().collect(),
    }
}

/// A key that is no date, or none that there is.
fn not_a_date(file: &str, key: &str, span: Span) -> Diagnostic {
    let parts: Vec<&str> = key.split('-').collect();
    let first = match parts.as_slice() {
        [year, month, _] => format!("{year}-{month}-01").parse::<NaiveDate>().ok(),
        _ => None,
    };
    let fault = Diagnostic::error("C005", file, Some(span), format!("`{key}` is not a date"));
    match first {
        Some(first) => {
            let days = first.num_days_in_month();
            fault.help(format!("{} has {days} days", first.format("%B %Y")))
        }
        None => fault.help("write it as \"2026-12-25\""),
    }
}

/// Warns of a date that the clocks of the zone never showed.
fn check_date(file: &str, tz: Tz, date: NaiveDate, span: Span, faults: &mut Faults) {
    let shown = [(0, 0), (12, 0), (23, 59)].into_iter().any(|(hour, minute)| {
        let local = date.and_hms_opt(hour, minute, 0);
        local.is_some_and(|local| tz.from_local_datetime(&local).earliest().is_some())
    });
    if !shown {
        let message = format!("there was no {date} in {tz}");
        let help = "clocks went over that date; remove the exception";
        faults.push(Diagnostic::warning("C014", file, Some(span), message).help(help));
    }
}

/// Warns of openings over midnight that run into those of the next day of the week.
fn check_nights(file: &str, week: Option<&Table<'_>>, calendar: &Calendar, faults: &mut Faults) {
    let written = week.map_or(&[][..], Table::all);
    for (name, span, _) in written {
        let Some((_, day)) = DAYS.iter().find(|(known, _)| known == name) else { continue };
        for late in calendar.weekly(*day).iter().filter(|opening| opening.is_overnight()) {
            let next = calendar.weekly(day.succ());
            let Some(early) = next.iter().find(|opening| late.overlaps_next_day(**opening)) else { continue };
            let message = format!("`{late}` of `{name}` overlaps `{early}` of the next day");
            let help = "overlapping hours count once; end the first where the second begins";
            faults.push(Diagnostic::warning("C003", file, Some(*span), message).help(help));
        }
    }
}

fn check_slug(file: &str, id: &Text, faults: &mut Faults) -> bool {
    let slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let good =
        id.value.starts_with(slug) && id.value.chars().all(|c| slug(c) || matches!(c, '_' | '.' | '-'));
    if !good {
        let message = format!("`{}` cannot be an id", id.value);
        faults.push(
            Diagnostic::error("C007", file, Some(id.span), message)
                .help("an id is lower-case letters, digits, `_`, `.` and `-`, a letter or digit first"),
        );
    }
    good
}

fn read_zone(file: &str, tz: &Text, faults: &mut Faults) -> Option<Tz> {
    let zone = tz.value.parse().ok();
    if zone.is_none() {
        let message = format!("there is no time zone `{}`", tz.value);
        let fault = Diagnostic::error("C001", file, Some(tz.span), message);
        faults.push(match did_you_mean(&tz.value, TZ_VARIANTS.iter().map(|zone| zone.name())) {
            Some(known) => fault.help(format!("did you mean `{known}`?")),
            None => fault.help("zones are named like `Europe/Amsterdam`, after the IANA database"),
        });
    }
    zone
}

fn unknown_day(file: &str, day: &str, span: Span) -> Diagnostic {
    let fault = Diagnostic::error("C004", file, Some(span), format!("`{day}` is not a day of the week"));
    // A day written out begins like its short name.
    let short = DAYS.iter().map(|(name, _)| *name).find(|name| day.to_lowercase().starts_with(name));
    match short.or_else(|| did_you_mean(day, DAYS.iter().map(|(name, _)| *name))) {
        Some(known) => fault.help(format!("did you mean `{known}`?")),
        None => fault.help("the days are: mon, tue, wed, thu, fri, sat, sun"),
    }
}

fn read_openings(file: &str, key: &str, node: &Node, faults: &mut Faults) -> Vec<Opening> {
    let help = "write openings as [\"09:00-12:30\", \"13:30-18:00\"], and [] for closed";
    let Value::Array(items) = &node.value else {
        let message = format!("the openings of `{key}` are not a list");
        faults.push(Diagnostic::error("C002", file, Some(node.span), message).help(help));
        return Vec::new();
    };
    let mut openings: Vec<Opening> = Vec::new();
    for item in items {
        match as_text(item).map(|text| text.value.parse::<Opening>()) {
            Some(Ok(opening)) => {
                if let Some(other) = openings.iter().find(|other| other.overlaps(opening)) {
                    let message = format!("`{opening}` overlaps `{other}`");
                    let fault = Diagnostic::warning("C003", file, Some(item.span), message);
                    faults.push(fault.help("overlapping hours count once; join the two"));
                }
                openings.push(opening);
            }
            Some(Err(error)) => {
                faults.push(Diagnostic::error("C002", file, Some(item.span), error.to_string()).help(
                    "write `HH:MM-HH:MM`, from 00:00 to 24:00; an end before the start runs over midnight",
                ));
            }
            None => {
                let message = format!("an opening of `{key}` is not a text");
                faults.push(Diagnostic::error("C002", file, Some(item.span), message).help(help));
            }
        }
    }
    openings.sort_unstable();
    openings
}

fn check_hours(table: &Table<'_>, id: Option<&Text>, calendar: &Calendar, faults: &mut Faults) {
    let Some(id) = id else { return };
    if !calendar.ever_opens() {
        let message = format!("calendar `{}` never opens", id.value);
        faults.push(
            Diagnostic::warning("C009", table.file(), Some(id.span), message)
                .help("a deadline in it never falls due; write `week = { mon = [\"09:00-17:00\"] }`"),
        );
    }
}
