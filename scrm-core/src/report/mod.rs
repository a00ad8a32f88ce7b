//! How is it shown to people? Tables as one page that works offline, and the charts on it.
//!
//! Read [`Report`] first. It knows no measure: whatever is a [`Table`](crate::measure::Table) gets a place on the page, its
//! numbers, and a chart if it has a form that a chart can show. What a table of a known name shows best is said in
//! `catalogue.rs`; every other table is judged by its columns.
//!
//! The page needs no script, no font and nothing from anywhere: charts are inline SVG, and its policy forbids the rest. All
//! text goes through one writer (`html.rs`) that escapes it; there is no other way to the page.
//!
//! Charts are drawn by `plotters` with its SVG backend and nothing else: of the crates that draw SVG without a browser it
//! brings the fewest dependencies (its two own, and `num-traits`, which is in every tree that knows dates), no C, no fonts
//! and no `unsafe` that is used here; text stays text, escaped, which a screen reader reads; and it is the one that most
//! others build on, so that its faults are found by many.

mod catalogue;
mod chart;
mod contents;
mod html;
mod page;
mod plot;
mod scale;
mod svg;
mod tables;
mod values;
mod vega;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub use chart::Chart;
pub use svg::{Size, Svg};
pub use tables::{ROWS, TEXT, TEXTS};

use crate::measure::Table;

pub(crate) use values::day as day_name;

/// Tables with what is said about them, ready to be shown.
///
/// ```
/// use chrono_tz::Europe::Amsterdam;
/// use scrm_core::measure::{Cell, CellType, Table};
/// use scrm_core::report::Report;
///
/// let mut volume = Table::new("volume", "Messages by day")
///     .column("day", CellType::Date, None, "the day on which they were said")
///     .column("messages", CellType::Integer, Some("messages"), "how many");
/// for (day, messages) in [("2026-11-01", 120_u64), ("2026-11-02", 480)] {
///     volume.push(vec![Cell::from(day.parse::<chrono::NaiveDate>()?), Cell::from(messages)])?;
/// }
/// let report = Report::new("Northwind", Amsterdam).with([volume]);
/// let page = report.to_html();
/// assert!(page.contains(r#"<data value="480">480</data>"#));
/// assert!(!page.contains("<script"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    title: String,
    zone: Tz,
    as_of: Option<DateTime<Utc>>,
    facts: Vec<(String, String)>,
    parts: Vec<Part>,
}

/// Tables that belong together, under a heading.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) title: String,
    pub(crate) tables: Vec<Table>,
}

impl Report {
    /// A report without tables. Times are shown on the clock of `zone`.
    pub fn new(title: impl Into<String>, zone: Tz) -> Self {
        Self { title: title.into(), zone, as_of: None, facts: Vec::new(), parts: Vec::new() }
    }

    /// The same under another title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The same, for a point in time.
    #[must_use]
    pub fn as_of(mut self, at: DateTime<Utc>) -> Self {
        self.as_of = Some(at);
        self
    }

    /// The same with a line more below its title, as in `Playbook`, `airline 1.0`.
    #[must_use]
    pub fn fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.push((name.into(), value.into()));
        self
    }

    /// The same with these tables, each under the heading to which its name belongs; tables of other names come last.
    #[must_use]
    pub fn with(mut self, tables: impl IntoIterator<Item = Table>) -> Self {
        for table in tables {
            contents::add(&mut self.parts, table);
        }
        self
    }

    /// The same with a part more, after those that are there.
    #[must_use]
    pub fn part(mut self, title: impl Into<String>, tables: impl IntoIterator<Item = Table>) -> Self {
        self.parts.push(Part { title: title.into(), tables: tables.into_iter().collect() });
        self
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Its tables, in the order of the page.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.parts.iter().flat_map(|part| &part.tables)
    }

    /// Its charts, in the order of the page.
    pub fn charts(&self) -> Vec<Chart> {
        self.tables().flat_map(|table| self.charts_of(table)).collect()
    }

    /// The whole page: one file without a script, which asks for nothing.
    pub fn to_html(&self) -> String {
        page::page(self)
    }

    /// The page in a frame of its own, for a notebook or a page of somebody else: it can do nothing there.
    pub fn to_frame(&self) -> String {
        page::frame(self)
    }

    fn charts_of(&self, table: &Table) -> Vec<Chart> {
        catalogue::charts(table, self.tables().find(|table| table.name() == "spikes"), self.zone)
    }
}

#[cfg(test)]
mod tests;
