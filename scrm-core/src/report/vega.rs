//! How does an analyst get a chart? As a Vega-Lite document with its numbers in it.

use serde_json::{Value, json};

use super::chart::{Chart, place_name};
use super::plot::{Axis, Form, Plot, day_of, moment};

/// The version of the language.
pub(super) const SCHEMA: &str = "https://vega.github.io/schema/vega-lite/v6.json";

/// A chart as a document: one table of `{over, series, value}`, and how it is drawn.
pub(super) fn document(chart: &Chart) -> Value {
    let plot = &chart.plot;
    let over = plot.over.as_str();
    let title = plot.unit.clone().unwrap_or_else(|| "value".to_owned());
    let mut rows = Vec::new();
    for series in &plot.series {
        for (place, value) in &series.points {
            rows.push(json!({ "over": along(plot, *place), "series": series.name, "value": number(*value, plot.whole) }));
        }
    }
    let along_axis = match &plot.axis {
        Axis::Time { .. } => json!({ "field": "over", "type": "temporal", "title": over }),
        Axis::Number => json!({ "field": "over", "type": "quantitative", "title": over }),
        Axis::Names(_) | Axis::Week => {
            json!({ "field": "over", "type": "nominal", "title": over, "sort": null })
        }
    };
    let value = json!({ "field": "value", "type": "quantitative", "title": title });
    let colour = json!({ "field": "series", "type": "nominal", "title": null, "sort": null });
    let main = match plot.form {
        Form::Lines => json!({
            "mark": { "type": "line", "tooltip": true },
            "encoding": { "x": along_axis, "y": value, "color": colour },
        }),
        Form::Stack => json!({
            "mark": { "type": "bar", "tooltip": true },
            "encoding": { "x": along_axis, "y": value, "color": colour },
        }),
        Form::Bars => json!({
            "mark": { "type": "bar", "tooltip": true },
            "encoding": {
                "x": value, "y": along_axis, "color": colour,
                "yOffset": { "field": "series", "type": "nominal", "sort": null },
            },
        }),
    };
    let mut layers = Vec::new();
    if !plot.band.is_empty() {
        let ends = plot
            .band
            .iter()
            .map(|(place, low, high)| json!({ "over": along(plot, *place), "low": low, "high": high }));
        layers.push(json!({
            "data": { "values": ends.collect::<Vec<_>>() },
            "mark": { "type": "area", "opacity": 0.18 },
            "encoding": {
                "x": along_axis,
                "y": { "field": "low", "type": "quantitative", "title": title },
                "y2": { "field": "high" },
            },
        }));
    }
    layers.push(main);
    if let (Some(first), false) = (plot.series.first(), plot.marks.is_empty()) {
        let marked = plot.marks.iter().filter_map(|(place, why)| {
            let (_, value) = first.points.iter().find(|(known, _)| known == place)?;
            Some(json!({ "over": along(plot, *place), "why": why, "value": number(*value, plot.whole) }))
        });
        layers.push(json!({
            "data": { "values": marked.collect::<Vec<_>>() },
            "mark": { "type": "point", "shape": "triangle-up", "filled": true, "size": 90, "color": "#b91c1c", "tooltip": true },
            "encoding": { "x": along_axis, "y": value },
        }));
    }
    json!({
        "$schema": SCHEMA,
        "name": identifier(chart.name()),
        "title": chart.title(),
        "description": chart.description(),
        "data": { "values": rows },
        "width": 620,
        "layer": layers,
    })
}

/// What stands at a place, as the language reads it: times without a zone are those on the wall.
fn along(plot: &Plot, place: f64) -> Value {
    match &plot.axis {
        Axis::Time { daily: true } => Value::from(format!("{}T00:00:00", day_of(place))),
        Axis::Time { daily: false } => Value::from(moment(place).format("%Y-%m-%dT%H:%M:%S").to_string()),
        Axis::Number => number(Some(place), place.fract() == 0.0),
        Axis::Names(_) | Axis::Week => Value::from(place_name(&plot.axis, place)),
    }
}

/// A number; a whole one without a fraction.
#[allow(clippy::cast_possible_truncation, reason = "whole numbers below 2^53 are exact")]
fn number(value: Option<f64>, whole: bool) -> Value {
    match value {
        Some(value) if whole && value.abs() < 9e15 => Value::from(value as i64),
        value => Value::from(value),
    }
}

/// A name that stands in expressions.
fn identifier(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
