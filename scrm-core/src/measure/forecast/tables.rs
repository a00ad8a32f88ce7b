//! How is a forecast given to people and pages? As text, and as two tables.

use std::fmt;

use super::Forecast;
use crate::measure::{Cell, CellType, Table};

impl Forecast {
    /// The forecast as tables: `departments`, and `hours` of the week.
    pub fn tables(&self) -> Vec<Table> {
        vec![self.departments_table(), self.hours_table()]
    }

    fn departments_table(&self) -> Table {
        let mut table = Table::new("departments", "Expected load against people and promises")
            .column("department", CellType::Text, None, "its id; empty for cases that nobody has")
            .column("name", CellType::Text, None, "its name")
            .column("waiting", CellType::Integer, Some("cases"), "that wait when the forecast begins")
            .column("expected", CellType::Number, Some("cases"), "that are expected to come")
            .column("low", CellType::Integer, Some("cases"), "in one of twenty runs fewer come")
            .column("high", CellType::Integer, Some("cases"), "in one of twenty runs more come")
            .column("capacity", CellType::Number, Some("cases"), "that its people can answer")
            .column("due", CellType::Number, Some("cases"), "first responses that fall due, of what comes")
            .column("missed", CellType::Number, Some("cases"), "those of them that are missed")
            .column("attainment", CellType::Number, Some("percent"), "first responses in time")
            .column("more_people", CellType::Integer, Some("people"), "with whom the target is met");
        for one in &self.departments {
            table.row([
                Cell::from(one.department.as_str()),
                Cell::from(one.name.as_str()),
                Cell::from(one.waiting),
                Cell::from(one.expected),
                Cell::from(one.low),
                Cell::from(one.high),
                Cell::from(one.capacity),
                Cell::from(one.due),
                Cell::from(one.missed),
                Cell::from(one.attainment),
                Cell::from(one.more_people),
            ]);
        }
        table
    }

    fn hours_table(&self) -> Table {
        let mut table = Table::new("hours", "Expected load by hour of the week")
            .column("department", CellType::Text, None, "its id")
            .column("weekday", CellType::Text, None, "`mon` to `sun`")
            .column("hour", CellType::Integer, Some("h"), "on the wall")
            .column("expected", CellType::Number, Some("cases"), "that come in one such hour")
            .column("capacity", CellType::Number, Some("cases"), "that can be answered in one such hour")
            .column(
                "missed",
                CellType::Number,
                Some("cases"),
                "that fall due in one such hour and are missed",
            );
        for one in &self.departments {
            for hour in &one.hours {
                table.row([
                    Cell::from(one.department.as_str()),
                    Cell::from(hour.weekday),
                    Cell::from(hour.hour),
                    Cell::from(hour.expected),
                    Cell::from(hour.capacity),
                    Cell::from(hour.missed),
                ]);
            }
        }
        table
    }
}

impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "FORECAST of {} days from {}, out of {} days of history ({} runs, seed {})\n",
            self.days, self.from, self.history, self.runs, self.seed
        )?;
        let shall = format!("for {:.0} %", 100.0 * self.target);
        writeln!(
            f,
            "  {:<26} {:>8} {:>9} {:>15} {:>9} {:>8} {:>8} {:>10}",
            "", "waiting", "expected", "19 in 20", "can do", "missed", "in time", shall
        )?;
        for one in &self.departments {
            let name: String = one.name.chars().take(26).collect();
            let or = |number: Option<f64>, unit: &str| {
                number.map_or_else(|| "-".to_owned(), |number| format!("{number:.0}{unit}"))
            };
            let more = match (one.more_people, one.capacity) {
                (Some(more), _) => format!("+{more} people"),
                (None, Some(_)) => "never".to_owned(),
                (None, None) => "-".to_owned(),
            };
            writeln!(
                f,
                "  {name:<26} {:>8} {:>9.0} {:>15} {:>9} {:>8} {:>8} {more:>10}",
                one.waiting,
                one.expected,
                format!("{} to {}", one.low, one.high),
                or(one.capacity, ""),
                or(one.missed, ""),
                or(one.attainment, " %")
            )?;
        }
        Ok(())
    }
}
