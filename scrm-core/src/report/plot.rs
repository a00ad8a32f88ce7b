//! Which numbers of a table does a chart show? Series of points over one axis.
//!
//! Read [`Shape`] (what is asked of the table) and [`Plot`] (what it gave); the picture and the Vega-Lite document are both
//! made from the plot, so they cannot differ.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;

use super::html::tamed;
use super::values::heading;
use crate::measure::{Cell, CellType, Column, Table};

/// Bars, lines or columns beyond these are left to the table.
pub(super) const BARS: usize = 13;
pub(super) const SERIES: usize = 6;
/// Points along an axis beyond these are left to the table; the last ones are shown.
pub(super) const POINTS: usize = 1500;
/// The days of a week.
pub(super) const WEEK: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// Characters of a name.
const NAME: usize = 60;

/// How the numbers are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Lines over time or numbers.
    Lines,
    /// Columns over time or numbers, one series on top of the other.
    Stack,
    /// Bars side by side, one for each name.
    Bars,
}

/// What a chart asks of a table, by the names of its columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    /// Its name, unique among the charts of its table.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) form: Form,
    /// The column along which it runs.
    pub(super) over: String,
    /// A column with the hour of the day that `over` gives.
    pub(super) hour: Option<String>,
    /// The columns with the numbers, all of one unit; one series each.
    pub(super) values: Vec<String>,
    /// A column whose values are series of their own.
    pub(super) by: Option<String>,
    /// Only rows in which a column has this text, or is empty.
    pub(super) only: Vec<(String, Option<String>)>,
    /// The columns with the ends of an interval around the first series.
    pub(super) band: Option<(String, String)>,
}

/// What stands along the axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Axis {
    /// Hours on the wall since 1970; `daily` when every point is a day.
    Time { daily: bool },
    /// Hours of a week, from Monday.
    Week,
    /// Numbers.
    Number,
    /// Names, the position being the number.
    Names(Vec<String>),
}

/// One line, or one colour of bars.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    pub(super) name: String,
    /// Where, and how much; unknown where the cell is empty.
    pub(super) points: Vec<(f64, Option<f64>)>,
}

/// Points of a table, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plot {
    pub(super) form: Form,
    pub(super) axis: Axis,
    /// What stands along the axis, in a word.
    pub(super) over: String,
    pub(super) unit: Option<String>,
    /// Whether all numbers are whole.
    pub(super) whole: bool,
    pub(super) series: Vec<Series>,
    /// An interval around the first series: where, from, to.
    pub(super) band: Vec<(f64, f64, f64)>,
    /// Points to be marked: where, and why.
    pub(super) marks: Vec<(f64, String)>,
    /// Whether the table has more than is shown.
    pub(super) cut: bool,
}

impl Plot {
    /// The points that a shape asks for; `None` when the table has no such columns or nothing to draw in them.
    pub(super) fn of(table: &Table, shape: &Shape, zone: Tz) -> Option<Self> {
        let over = column(table, &shape.over)?;
        let values: Vec<(usize, &Column)> =
            shape.values.iter().map(|name| column(table, name)).collect::<Option<_>>()?;
        let whole = values.iter().all(|(_, column)| column.kind == CellType::Integer);
        let unit = values.first().and_then(|(_, column)| column.unit.clone());
        let rows = rows(table, shape)?;
        let mut plot = Self {
            form: shape.form,
            axis: Axis::Number,
            over: heading(&shape.over),
            unit,
            whole,
            series: Vec::new(),
            band: Vec::new(),
            marks: Vec::new(),
            cut: false,
        };
        if shape.form == Form::Bars {
            plot.bars(&rows, over.0, &values);
        } else {
            plot.axis = match over.1.kind {
                CellType::Date => Axis::Time { daily: shape.hour.is_none() },
                CellType::Time => Axis::Time { daily: false },
                CellType::Text => Axis::Week,
                _ => Axis::Number,
            };
            let hour = match &shape.hour {
                Some(name) => Some(column(table, name)?.0),
                None => None,
            };
            let along = |row: &[Cell]| place(row.get(over.0)?, hour.and_then(|hour| row.get(hour)), zone);
            let placed: Vec<(f64, &[Cell])> =
                rows.iter().filter_map(|row| Some((along(row)?, *row))).collect();
            match &shape.by {
                Some(by) => plot.lines_by(&placed, column(table, by)?.0, values.first()?.0),
                None => plot.lines(&placed, &values),
            }
            if let Some((low, high)) = &shape.band {
                plot.surround(&placed, column(table, low)?.0, column(table, high)?.0);
            }
        }
        let drawn = |(_, value): &(f64, Option<f64>)| value.is_some();
        plot.series.iter().any(|series| series.points.iter().any(drawn)).then_some(plot)
    }

    fn bars(&mut self, rows: &[&[Cell]], over: usize, values: &[(usize, &Column)]) {
        self.cut = rows.len() > BARS;
        let shown: Vec<&&[Cell]> = rows.iter().take(BARS).collect();
        self.axis = Axis::Names(shown.iter().map(|row| name(row.get(over))).collect());
        for (at, column) in values.iter().take(SERIES) {
            let amount = |row: &&&[Cell]| row.get(*at).and_then(Cell::as_number);
            let points = (0_u32..).zip(&shown).map(|(place, row)| (f64::from(place), amount(row)));
            self.series.push(Series { name: heading(&column.name), points: points.collect() });
        }
    }

    fn lines(&mut self, rows: &[(f64, &[Cell])], values: &[(usize, &Column)]) {
        for (at, column) in values.iter().take(SERIES) {
            let points = rows.iter().map(|(place, row)| (*place, row.get(*at).and_then(Cell::as_number)));
            self.add(heading(&column.name), points.collect());
        }
    }

    /// The series with the largest sums, each under the name that a column gives it.
    fn lines_by(&mut self, rows: &[(f64, &[Cell])], by: usize, value: usize) {
        let mut series: Vec<Series> = Vec::new();
        for (place, row) in rows {
            let point = (*place, row.get(value).and_then(Cell::as_number));
            let name = name(row.get(by));
            match series.iter_mut().find(|known| known.name == name) {
                Some(known) => known.points.push(point),
                None => series.push(Series { name, points: vec![point] }),
            }
        }
        let sum = |series: &Series| series.points.iter().filter_map(|(_, value)| *value).sum::<f64>();
        series.sort_by(|a, b| sum(b).total_cmp(&sum(a)).then_with(|| a.name.cmp(&b.name)));
        self.cut = series.len() > SERIES;
        for series in series.into_iter().take(SERIES) {
            self.add(series.name, series.points);
        }
    }

    fn add(&mut self, name: String, mut points: Vec<(f64, Option<f64>)>) {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let skip = points.len().saturating_sub(POINTS);
        self.cut |= skip > 0;
        self.series.push(Series { name, points: points.split_off(skip) });
    }

    fn surround(&mut self, rows: &[(f64, &[Cell])], low: usize, high: usize) {
        let end = |row: &[Cell], at: usize| row.get(at).and_then(Cell::as_number);
        let ends = rows.iter().filter_map(|(place, row)| Some((*place, end(row, low)?, end(row, high)?)));
        self.band = ends.collect();
        self.band.sort_by(|a, b| a.0.total_cmp(&b.0));
        let first =
            self.series.first().and_then(|series| series.points.first()).map_or(f64::MIN, |point| point.0);
        self.band.retain(|(place, ..)| *place >= first);
    }

    /// Marks the points at which a table of spikes of all messages has an entry.
    pub(super) fn mark(&mut self, spikes: &Table) {
        let Axis::Time { daily } = self.axis else { return };
        let text = |row: usize, name: &str| spikes.get(row, name).and_then(Cell::as_text).map(str::to_owned);
        for row in (0..spikes.len()).filter(|row| text(*row, "issue").is_none()) {
            let Some(Cell::Date(day)) = spikes.get(row, "day") else { continue };
            let from = spikes.get(row, "from_hour").and_then(Cell::as_integer);
            let to = spikes.get(row, "to_hour").and_then(Cell::as_integer).or(from);
            let begin = hours(day.and_time(chrono::NaiveTime::MIN));
            let (begin, end) = match (daily, from, to) {
                (false, Some(from), Some(to)) => (begin + hour(from), begin + hour(to)),
                _ => (begin, begin),
            };
            let within = self.series.first().map(|series| {
                series
                    .points
                    .iter()
                    .filter(|(place, value)| begin <= *place && *place <= end && value.is_some())
            });
            let highest = within
                .and_then(|points| points.max_by(|a, b| a.1.unwrap_or(0.0).total_cmp(&b.1.unwrap_or(0.0))));
            if let Some((place, _)) = highest
                && !self.marks.iter().any(|(known, _)| known == place)
            {
                self.marks.push((*place, "spike".to_owned()));
            }
        }
    }

    /// Every value that is drawn.
    pub(super) fn values(&self) -> impl Iterator<Item = f64> {
        let points =
            self.series.iter().flat_map(|series| series.points.iter().filter_map(|(_, value)| *value));
        points.chain(self.band.iter().flat_map(|(_, low, high)| [*low, *high]))
    }

    /// Every place along the axis, in order, each once.
    pub(super) fn places(&self) -> Vec<f64> {
        let mut places: Vec<f64> =
            self.series.iter().flat_map(|series| series.points.iter().map(|(place, _)| *place)).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        places
    }
}

fn column<'a>(table: &'a Table, name: &str) -> Option<(usize, &'a Column)> {
    table.columns().iter().enumerate().find(|(_, column)| column.name == name)
}

/// The rows that a shape asks for.
fn rows<'a>(table: &'a Table, shape: &Shape) -> Option<Vec<&'a [Cell]>> {
    let only: Vec<(usize, &Option<String>)> =
        shape.only.iter().map(|(name, text)| Some((column(table, name)?.0, text))).collect::<Option<_>>()?;
    let holds = |row: &[Cell], at: usize, text: &Option<String>| match (row.get(at), text) {
        (Some(Cell::Null), None) => true,
        (Some(Cell::Text(found)), Some(text)) => found == text,
        _ => false,
    };
    Some(table.rows().filter(|row| only.iter().all(|(at, text)| holds(row, *at, text))).collect())
}

fn name(cell: Option<&Cell>) -> String {
    match cell {
        Some(Cell::Text(text)) if !text.is_empty() => tamed(text, NAME),
        Some(Cell::Integer(number)) => number.to_string(),
        Some(Cell::Boolean(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        Some(Cell::Date(day)) => super::values::day(*day),
        Some(Cell::Texts(texts)) => tamed(&texts.join(", "), NAME),
        _ => "(none)".to_owned(),
    }
}

/// Where a cell stands along an axis.
#[allow(clippy::cast_precision_loss, reason = "axes are drawn, not reckoned with")]
fn place(cell: &Cell, hour_of_day: Option<&Cell>, zone: Tz) -> Option<f64> {
    match cell {
        Cell::Date(day) => {
            let midnight = hours(day.and_time(chrono::NaiveTime::MIN));
            Some(midnight + hour_of_day.and_then(Cell::as_integer).map_or(0.0, hour))
        }
        Cell::Text(day) => {
            let days = WEEK.iter().position(|known| known.eq_ignore_ascii_case(day))?;
            Some(days as f64 * 24.0 + hour_of_day.and_then(Cell::as_integer).map_or(0.0, hour))
        }
        Cell::Time(at) => Some(hours(wall(*at, zone))),
        Cell::Integer(number) | Cell::Duration(number) => Some(*number as f64),
        Cell::Number(number) => Some(*number),
        _ => None,
    }
}

fn wall(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

fn hour(hour: i64) -> f64 {
    f64::from(i8::try_from(hour).unwrap_or_default())
}

/// Hours since 1970 on the wall.
#[allow(clippy::cast_precision_loss, reason = "seconds of the years a date can have are far below 2^53")]
fn hours(at: NaiveDateTime) -> f64 {
    at.and_utc().timestamp() as f64 / 3600.0
}

/// The point on the wall that is so many hours after 1970.
#[allow(clippy::cast_possible_truncation, reason = "it came from whole seconds")]
pub(super) fn moment(hours: f64) -> NaiveDateTime {
    DateTime::from_timestamp((hours * 3600.0).round() as i64, 0).unwrap_or_default().naive_utc()
}

/// The day of such a point.
pub(super) fn day_of(hours: f64) -> NaiveDate {
    moment(hours).date()
}
