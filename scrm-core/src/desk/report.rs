//! What does a manager show to others? The record as one page: the latest day first, then all that is measured.
//!
//! Read [`Desk::report`] first.

use chrono::{DateTime, NaiveDate, Utc};

use super::Desk;
use crate::measure::{Brief, BriefQuery, Days, Frame, Measure, Table};
use crate::model::Tenant;
use crate::record::{Store, StoreError};
use crate::report::{Report, day_name};

/// Days of which every hour is shown.
const HOURLY: u64 = 14;
/// Issues that are shown with their words.
const ISSUES: usize = 30;
/// Parts of the brief that stand on the page beside what is measured over all days.
const OF_THE_DAY: [&str; 6] = ["advice", "day", "issues", "samples", "departments", "first"];

/// Which days a report is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportQuery {
    /// The days that are measured (default all).
    pub days: Days,
    /// The day that is looked at closely (default the last of them on which anything was said).
    pub day: Option<NaiveDate>,
    /// The instant at which what waits is asked for; absent, the end of the last day.
    pub as_of: Option<DateTime<Utc>>,
}

impl Default for ReportQuery {
    fn default() -> Self {
        Self { days: Days::ALL, day: None, as_of: None }
    }
}

impl ReportQuery {
    /// Other days.
    #[must_use]
    pub fn over(mut self, days: Days) -> Self {
        self.days = days;
        self
    }

    /// Another day to be looked at closely.
    #[must_use]
    pub fn day(mut self, day: NaiveDate) -> Self {
        self.day = Some(day);
        self
    }

    /// As of an instant.
    #[must_use]
    pub fn as_of(mut self, at: DateTime<Utc>) -> Self {
        self.as_of = Some(at);
        self
    }
}

impl<S: Store> Desk<S> {
    /// The record as one page of HTML with charts, which works offline and holds all it needs.
    ///
    /// ```
    /// # use scrm_core::{desk::{Desk, ReportQuery}, engine::Engine, playbook::Playbook, record::MemoryStore};
    /// # let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    /// # let playbook = Playbook::load(format!("{root}/examples/playbooks/northwind")).unwrap();
    /// # let mut desk = Desk::open(Engine::compile(&playbook).unwrap(), MemoryStore::new());
    /// let report = desk.report(&ReportQuery::default()).unwrap();
    /// assert!(report.to_html().starts_with("<!DOCTYPE html>"));
    /// assert!(report.tables().any(|table| table.name() == "share_of_voice"));
    /// ```
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn report(&mut self, query: &ReportQuery) -> Result<Report, StoreError> {
        let mut frame = self.frame().over(query.days);
        frame.as_of = query.as_of;
        let measures = self.measures()?;
        let zone = measures.zone();
        let said: Vec<NaiveDate> = measures.days().filter(|day| query.days.has(*day)).collect();
        let (first, last) = (said.first().copied(), said.last().copied());
        let figures = measures.figures(&frame);
        let day = query.day.or(last);
        let mut tables = vec![measures.issue_words(&frame, ISSUES)];
        tables.extend(Measure::ALL.iter().filter_map(|measure| {
            let frame = match measure {
                // The words of each issue stand with it.
                Measure::Words => return None,
                // What grows is asked of one day; hours of a year are a blur.
                Measure::Trends => frame.clone().over(day?),
                Measure::Hours => hourly(&frame, last?),
                _ => frame.clone(),
            };
            Some(measures.table(*measure, &frame))
        }));
        let protocol = self.engine.playbook().protocol.clone();
        let mut report = Report::new(format!("Report of {}", protocol.id()), zone)
            .fact("Playbook", format!("{} {}", protocol.id(), protocol.version()));
        if *self.tenant() != Tenant::default() {
            report = report.fact("Tenant", self.tenant().as_str());
        }
        if let (Some(first), Some(last)) = (first, last) {
            report = report.fact("Days", format!("{} to {}", day_name(first), day_name(last)));
        }
        report = report.with([figures]);
        let Some(day) = day else { return Ok(report.with(tables)) };
        let mut brief = BriefQuery::from(day);
        brief.as_of = query.as_of;
        let brief = self.brief(brief)?;
        for (name, forecast) in named("forecast", self.forecast(day.succ_opt().unwrap_or(day))?.tables()) {
            tables.push(forecast.renamed(name));
        }
        for (name, audit) in named("audit", self.audit(query.days, None)?.tables()) {
            tables.push(audit.renamed(name));
        }
        report = report.as_of(brief.as_of).part(format!("On {}", day_name(day)), of_the_day(&brief));
        Ok(report.with(tables))
    }
}

/// The last days of some, few enough to look at every hour.
fn hourly(frame: &Frame, last: NaiveDate) -> Frame {
    let first = last.checked_sub_days(chrono::Days::new(HOURLY - 1));
    frame.clone().over(Days { from: frame.days.from.max(first), to: frame.days.to })
}

/// Tables under names that no other table of the page has.
fn named(of: &'static str, tables: Vec<Table>) -> impl Iterator<Item = (String, Table)> {
    tables.into_iter().map(move |table| (format!("{of}_{}", table.name()), table))
}

fn of_the_day(brief: &Brief) -> Vec<Table> {
    brief.tables().into_iter().filter(|table| OF_THE_DAY.contains(&table.name())).collect()
}
