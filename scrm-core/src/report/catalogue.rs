//! Which chart shows a table best? Said for tables of known names; judged by the columns for all others.

use chrono_tz::Tz;

use super::chart::Chart;
use super::html::tamed;
use super::plot::{Form, Plot, Shape};
use crate::measure::{Cell, CellType, Table};

/// The charts of a table; those over time have the spikes marked.
pub(super) fn charts(table: &Table, spikes: Option<&Table>, zone: Tz) -> Vec<Chart> {
    let drawn = |shapes: Vec<Shape>| -> Vec<Chart> {
        let chart = |shape: Shape| {
            let mut plot = Plot::of(table, &shape, zone)?;
            if let Some(spikes) = spikes.filter(|_| matches!(table.name(), "volume" | "hours")) {
                plot.mark(spikes);
            }
            Some(Chart::new(shape.name, shape.title, plot))
        };
        shapes.into_iter().filter_map(chart).collect()
    };
    let known = known(table);
    let is_known = known.is_some();
    let charts = drawn(known.unwrap_or_default());
    // A measure that has other columns now than are named here is still shown.
    if charts.is_empty() && !is_known { drawn(by_columns(table)) } else { charts }
}

/// The charts of tables whose names are known. An empty list: a table says more.
fn known(table: &Table) -> Option<Vec<Shape>> {
    let shape = |name: &str, title: &str, form: Form, over: &str, values: &[&str]| Shape {
        name: format!("{}{name}", table.name()),
        title: title.to_owned(),
        form,
        over: over.to_owned(),
        hour: None,
        values: values.iter().map(|name| (*name).to_owned()).collect(),
        by: None,
        only: Vec::new(),
        band: None,
    };
    let only = |shape: Shape, column: &str, text: Option<&str>| Shape {
        only: vec![(column.to_owned(), text.map(str::to_owned))],
        ..shape
    };
    Some(match table.name() {
        "volume" => {
            vec![shape(
                "",
                "Customers' messages and people by day",
                Form::Lines,
                "day",
                &["customers", "people"],
            )]
        }
        "hours" => vec![Shape {
            hour: Some("hour".to_owned()),
            ..shape("", "Customers' messages by hour", Form::Lines, "day", &["customers"])
        }],
        "sentiment" => vec![
            Shape {
                band: Some(("low".to_owned(), "high".to_owned())),
                ..shape("", "Net sentiment by day, with its interval of 95 %", Form::Lines, "day", &["net"])
            },
            shape(
                "-messages",
                "Messages by sentiment and day",
                Form::Stack,
                "day",
                &["negative", "neutral", "positive", "unknown"],
            ),
        ],
        "share_of_voice" => {
            vec![shape(
                "",
                "Share of mentions and of authors",
                Form::Bars,
                "name",
                &["mention_share", "author_share"],
            )]
        }
        "topics" => {
            vec![only(shape("", "Messages by topic", Form::Bars, "topic", &["messages"]), "subject", None)]
        }
        "channels" => vec![only(
            shape("", "Messages by channel", Form::Bars, "name", &["messages"]),
            "by",
            Some("channel"),
        )],
        "issue_words" => vec![shape("", "Messages by issue", Form::Bars, "issue", &["messages"])],
        "issues" => vec![shape(
            "",
            "Messages of the day against the days before",
            Form::Bars,
            "issue",
            &["count", "expected"],
        )],
        "departments" => {
            let values = ["opened", "answered", "capacity"];
            vec![shape(
                "",
                "Cases of the day against what its people can answer",
                Form::Bars,
                "name",
                &values,
            )]
        }
        "forecast_departments" => {
            let values = ["expected", "capacity", "waiting"];
            vec![shape(
                "",
                "Cases that are expected, against what people can answer",
                Form::Bars,
                "name",
                &values,
            )]
        }
        "forecast_hours" => {
            let busiest = table.get(0, "department").and_then(Cell::as_text).unwrap_or_default();
            let title = format!("Expected load against capacity by hour of the week: {busiest}");
            let week = shape("", &tamed(&title, 120), Form::Lines, "weekday", &["expected", "capacity"]);
            vec![only(Shape { hour: Some("hour".to_owned()), ..week }, "department", Some(busiest))]
        }
        "audit_points" => vec![shape("", "The score of each point", Form::Bars, "point", &["score"])],
        "load" => vec![Shape {
            by: Some("department".to_owned()),
            ..shape("", "Cases that wait, by department", Form::Lines, "day", &["waiting"])
        }],
        "sla" => vec![only(
            shape(
                "",
                "First responses in time, in percent of those due",
                Form::Bars,
                "department",
                &["attainment"],
            ),
            "promise",
            Some("first_response"),
        )],
        "reach" => vec![shape("", "Followers of those who wrote", Form::Lines, "day", &["potential_reach"])],
        "balance" => {
            let shape = shape("", "What became of the messages", Form::Bars, "end", &["count"]);
            let ends = [("of", Some("messages")), ("reason", None)];
            vec![Shape {
                only: ends.map(|(name, text)| (name.to_owned(), text.map(str::to_owned))).into(),
                ..shape
            }]
        }
        "advice" | "day" | "first" | "open_loop" | "samples" | "silent_monitors" | "spikes" | "trends"
        | "words" => vec![],
        _ => return None,
    })
}

/// What the columns of a table suggest: lines over a time, or bars over names, of the numbers that share the first unit.
fn by_columns(table: &Table) -> Vec<Shape> {
    let named = |wanted: &dyn Fn(CellType) -> bool| table.columns().iter().find(|column| wanted(column.kind));
    let Some(first) = named(&CellType::is_numeric) else { return Vec::new() };
    let time = named(&|kind| matches!(kind, CellType::Date | CellType::Time));
    let text = table.columns().first().filter(|column| column.kind == CellType::Text);
    let values =
        table.columns().iter().filter(|column| column.kind == first.kind && column.unit == first.unit);
    let values: Vec<String> = values.map(|column| column.name.clone()).collect();
    let shape = |form: Form, over: &str, by: Option<&str>| Shape {
        name: table.name().to_owned(),
        title: table.title().to_owned(),
        form,
        over: over.to_owned(),
        hour: None,
        values: values.clone(),
        by: by.map(str::to_owned),
        only: Vec::new(),
        band: None,
    };
    let distinct = |column: &str| {
        let cells: Vec<String> =
            table.cells(column).into_iter().flatten().map(|cell| format!("{cell:?}")).collect();
        let mut once = cells.clone();
        once.sort();
        once.dedup();
        (once.len(), cells.len())
    };
    match (time, text) {
        (Some(time), _) if distinct(&time.name) == (table.len(), table.len()) && table.len() > 1 => {
            vec![shape(Form::Lines, &time.name, None)]
        }
        (None, Some(text)) if distinct(&text.name) == (table.len(), table.len()) => {
            vec![shape(Form::Bars, &text.name, None)]
        }
        _ => Vec::new(),
    }
}
