//! How are calendars written, whatever way their author wrote them? One canonical form of `calendars.toml`.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::read::DAYS;
use super::{Calendar, Calendars, Opening};

impl Calendars {
    /// The calendars as TOML in one form, by id; holidays of files are exceptions like others. It reads back as the same
    /// calendars. Empty when there is but the one that is always open.
    ///
    /// ```
    /// use scrm_core::calendar::{Calendar, Calendars};
    /// let office = Calendar::new("hq", chrono_tz::Europe::Amsterdam)
    ///     .open(chrono::Weekday::Mon, ["09:00-17:00".parse().unwrap()])
    ///     .except("2026-12-28".parse().unwrap(), []);
    /// let written = "[[calendar]]\nid = \"hq\"\ntz = \"Europe/Amsterdam\"\nweek = { mon = [\"09:00-17:00\"] }\n\
    ///     except = { \"2026-12-28\" = [] }\n";
    /// assert_eq!(Calendars::of([office], "hq").canonical(), written);
    /// assert_eq!(Calendars::default().canonical(), "");
    /// ```
    pub fn canonical(&self) -> String {
        let mut page = String::new();
        let is_always = |calendar: &Calendar| *calendar == Calendar::always();
        if self.by_id.len() < 2 && self.by_id.values().all(is_always) {
            return page;
        }
        // Writing to a String cannot fail.
        if self.by_id.len() > 1 {
            _ = writeln!(page, "default = {:?}", self.default.id());
        }
        for calendar in self.by_id.values() {
            let space = if page.is_empty() { "" } else { "\n" };
            _ = writeln!(
                page,
                "{space}[[calendar]]\nid = {:?}\ntz = {:?}",
                calendar.id(),
                calendar.tz().name()
            );
            let week = DAYS.iter().filter(|(_, day)| !calendar.weekly(*day).is_empty());
            let week = week.map(|(name, day)| format!("{name} = {}", row(calendar.weekly(*day))));
            write_table(&mut page, "week", week.collect());
            let except = |date: NaiveDate| format!("\"{date}\" = {}", row(calendar.openings(date)));
            write_table(&mut page, "except", calendar.exceptions().map(except).collect());
        }
        page
    }
}

fn write_table(page: &mut String, key: &str, entries: Vec<String>) {
    if !entries.is_empty() {
        _ = writeln!(page, "{key} = {{ {} }}", entries.join(", "));
    }
}

fn row(openings: &[Opening]) -> String {
    let mut openings = openings.to_vec();
    openings.sort_unstable();
    let openings: Vec<String> = openings.iter().map(|opening| format!("\"{opening}\"")).collect();
    format!("[{}]", openings.join(", "))
}
