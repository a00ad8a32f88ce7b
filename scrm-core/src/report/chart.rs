//! What is a chart? Some numbers of a table, drawn: as SVG for people, as Vega-Lite for an analyst.

use serde_json::Value;

use super::plot::{Axis, Form, Plot, WEEK, day_of, moment};
use super::svg::{Size, Svg};
use super::values;

/// One chart of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    name: String,
    title: String,
    pub(super) plot: Plot,
}

impl Chart {
    pub(super) fn new(name: String, title: String, plot: Plot) -> Self {
        Self { name, title, plot }
    }

    /// Its name, unique in the report: that of its table, and what of it is shown where the table has several charts.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it shows.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What is to be seen on it, in words.
    pub fn description(&self) -> String {
        let Plot { axis, form, over, unit, series, cut, .. } = &self.plot;
        let unit = unit.as_ref().map_or_else(String::new, |unit| format!(" {unit}"));
        let form = match form {
            Form::Lines => "Lines",
            Form::Stack => "Columns",
            Form::Bars => "Bars",
        };
        let mut told = vec![format!("{form} over {over}.")];
        for series in series {
            let known = || series.points.iter().filter_map(|(place, value)| Some((*place, (*value)?)));
            let least = known().min_by(|a, b| a.1.total_cmp(&b.1));
            let most = known().max_by(|a, b| a.1.total_cmp(&b.1));
            if let (Some(least), Some(most)) = (least, most) {
                told.push(format!(
                    "{}: from {} ({}) to {} ({}){unit}.",
                    series.name,
                    values::number(least.1),
                    place_name(axis, least.0),
                    values::number(most.1),
                    place_name(axis, most.0),
                ));
            }
        }
        if *cut {
            told.push("The rest is in the table.".to_owned());
        }
        told.join(" ")
    }

    /// The picture. `None` when it cannot be drawn.
    pub fn svg(&self, size: Size) -> Option<Svg> {
        super::svg::draw(self, size)
    }

    /// The same chart as a Vega-Lite document (version 6) with its numbers in it, for Altair and the like.
    pub fn vega_lite(&self) -> Value {
        super::vega::document(self)
    }
}

/// What stands at a place of an axis.
pub(super) fn place_name(axis: &Axis, place: f64) -> String {
    match axis {
        Axis::Time { daily: true } => values::day(day_of(place)),
        Axis::Time { daily: false } => {
            format!("{}, {}", values::day(day_of(place)), moment(place).format("%H:%M"))
        }
        Axis::Week => hour_of_week(place),
        Axis::Number => values::number(place),
        Axis::Names(names) => at(names, place).unwrap_or_default().to_owned(),
    }
}

/// An hour of a week, as `Tue 14:00`.
fn hour_of_week(place: f64) -> String {
    let names = WEEK.map(str::to_owned);
    format!("{} {:02.0}:00", at(&names, place.div_euclid(24.0)).unwrap_or_default(), place.rem_euclid(24.0))
}

/// The name at a place, which is its number in the list.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places of names are small whole numbers"
)]
pub(super) fn at(names: &[String], place: f64) -> Option<&str> {
    names.get(place.max(0.0) as usize).map(String::as_str)
}
