//! How does a chart look? Lines, stacked columns or bars, drawn by the chart library as SVG with real text in it.
//!
//! Colours are named by the constants here; `page.css` gives each of them its hue by day and by night, and a legend of HTML
//! tells the series apart, so that it wraps on a phone.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, ValueFormatter};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::chart::{Chart, at};
use super::plot::{Axis, Form, Plot, WEEK};
use super::scale::Scale;
use super::values;

/// How large a picture is drawn. It is scaled to the room it gets; what differs is how much stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// For a phone.
    Narrow,
    /// For everything else.
    Wide,
}

/// A picture: an SVG document, or the inner part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Svg {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) title: String,
    pub(super) description: String,
    /// Elements as the library wrote them.
    // INVARIANT: comes from the library's SVG backend, which escapes texts.
    pub(super) drawing: String,
}

/// The colours of series, in order; then those of what is neither good nor bad.
pub(super) const SERIES: [RGBColor; 6] = [
    RGBColor(0x1f, 0x6f, 0xb2),
    RGBColor(0xc2, 0x41, 0x0c),
    RGBColor(0x15, 0x80, 0x3d),
    RGBColor(0x7e, 0x22, 0xce),
    RGBColor(0x92, 0x61, 0x07),
    RGBColor(0x0e, 0x74, 0x90),
];
const GREY: RGBColor = RGBColor(0x8a, 0x90, 0x99);
const PALE: RGBColor = RGBColor(0xc3, 0xc8, 0xce);
const MARK: RGBColor = RGBColor(0xb9, 0x1c, 0x1c);
const TEXT: RGBColor = RGBColor(0x4b, 0x55, 0x63);
const GRID: RGBColor = RGBColor(0xd9, 0xdd, 0xe2);

/// The height of letters, in the units of the picture.
const LETTERS: f64 = 13.0;
/// The library takes the height of a line, which is so much more.
const LINE: f64 = 1.24;
/// The width of a letter, more or less.
const LETTER: f64 = 8.4;
/// The height of one bar, and of what lies around the bars of one name.
const BAR: u32 = 20;
const GAP: u32 = 8;

type Drawn = Result<(), Box<dyn std::error::Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The class of a series in `page.css`: that of its colour.
pub(super) fn class(name: &str, at: usize) -> &'static str {
    const CLASSES: [&str; 6] = ["s1", "s2", "s3", "s4", "s5", "s6"];
    match name {
        "positive" => "s1",
        "negative" | "waiting" | "overdue" => "s2",
        "neutral" | "capacity" => "grey",
        "unknown" | "expected" | "before" => "pale",
        _ => CLASSES.get(at % CLASSES.len()).copied().unwrap_or("grey"),
    }
}

fn colour(name: &str, at: usize) -> RGBColor {
    match class(name, at) {
        "grey" => GREY,
        "pale" => PALE,
        "s1" => SERIES[0],
        "s2" => SERIES[1],
        _ => SERIES.get(at % SERIES.len()).copied().unwrap_or(GREY),
    }
}

impl Svg {
    /// A whole SVG document.
    pub fn to_document(&self) -> String {
        let mut html = super::html::Html::default();
        html.svg(self, "chart", "chart");
        let whole = html.finish();
        whole.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1)
    }
}

/// The picture of a chart.
pub(super) fn draw(chart: &Chart, size: Size) -> Option<Svg> {
    let plot = &chart.plot;
    let (width, high) = match size {
        Size::Narrow => (360, 250),
        Size::Wide => (620, 290),
    };
    let height = match &plot.axis {
        Axis::Names(names) => {
            let bars = u32::try_from(names.len() * plot.series.len()).unwrap_or_default();
            let names = u32::try_from(names.len()).unwrap_or_default();
            (bars * BAR + names * GAP + 16).max(60)
        }
        _ => high,
    };
    let mut document = String::new();
    {
        let area = SVGBackend::with_string(&mut document, (width, height)).into_drawing_area();
        let drawn = match plot.form {
            Form::Bars => bars(plot, &area, size),
            Form::Lines | Form::Stack => along(plot, &area, size),
        };
        drawn.ok()?;
        area.present().ok()?;
    }
    // The element around it is written with the page, with a title and a description.
    let (_, inner) = document.split_once('>')?;
    let (drawing, _) = inner.rsplit_once("</svg>")?;
    Some(Svg {
        width,
        height,
        title: chart.title().to_owned(),
        description: chart.description(),
        drawing: drawing.trim().to_owned(),
    })
}

fn letters() -> TextStyle<'static> {
    ("sans-serif", LETTERS * LINE).into_font().color(&TEXT)
}

/// Lines or columns over time or numbers.
fn along(plot: &Plot, area: &Area<'_>, size: Size) -> Drawn {
    let places = plot.places();
    let step =
        places.windows(2).filter_map(|pair| Some(pair.get(1)? - pair.first()?)).fold(f64::MAX, f64::min);
    let step = match &plot.axis {
        Axis::Time { daily: true } => 24.0,
        _ if step < f64::MAX => step,
        _ => 1.0,
    };
    let (first, last) = (places.first().copied().unwrap_or(0.0), places.last().copied().unwrap_or(1.0));
    let room = if plot.form == Form::Stack || places.len() == 1 { step * 0.6 } else { step * 0.15 };
    let (from, to) = (first - room, last + room);
    let count = if size == Size::Narrow { 5 } else { 9 };
    let (x, name): (Scale, fn(f64) -> String) = match &plot.axis {
        Axis::Time { .. } => Scale::time(from, to, count),
        Axis::Week => (Scale { from, to, ticks: (0..7).map(|day| f64::from(day) * 24.0).collect() }, weekday),
        _ => {
            let round = Scale::round([first, last].into_iter(), true, count);
            let ticks = round.ticks.into_iter().filter(|tick| from <= *tick && *tick <= to);
            (Scale { from, to, ticks: ticks.collect() }, values::tick)
        }
    };
    let y = match plot.form {
        Form::Stack => Scale::round(totals(plot, &places).into_iter(), plot.whole, 5),
        _ => Scale::round(plot.values(), plot.whole, 5),
    };
    let widest = y.ticks.iter().map(|tick| values::tick(*tick).chars().count()).max().unwrap_or(1);
    let mut chart = ChartBuilder::on(area)
        .margin_top(14)
        .margin_right(16)
        .margin_bottom(2)
        .x_label_area_size(26)
        .y_label_area_size(pixels(LETTER.mul_add(number(widest), 14.0)))
        .build_cartesian_2d(
            Labelled { range: x.from..x.to, ticks: x.ticks.clone(), label: name },
            Labelled { range: y.from..y.to, ticks: y.ticks.clone(), label: values::tick },
        )?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .axis_style(GRID)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .label_style(letters())
        .draw()?;
    if y.from < 0.0 && y.to > 0.0 {
        chart.draw_series([PathElement::new(vec![(x.from, 0.0), (x.to, 0.0)], TEXT.stroke_width(1))])?;
    }
    if plot.form == Form::Stack {
        let mut below: Vec<f64> = places.iter().map(|_| 0.0).collect();
        for (at, series) in plot.series.iter().enumerate() {
            let colour = colour(&series.name, at);
            for (place, value) in &series.points {
                let Some(base) =
                    places.iter().position(|known| known == place).and_then(|at| below.get_mut(at))
                else {
                    continue;
                };
                let top = *base + value.unwrap_or(0.0);
                let half = step * 0.4;
                chart.draw_series([Rectangle::new(
                    [(place - half, *base), (place + half, top)],
                    colour.filled(),
                )])?;
                *base = top;
            }
        }
        return Ok(());
    }
    if plot.band.len() > 1 {
        let low = plot.band.iter().map(|(place, low, _)| (*place, *low));
        let high = plot.band.iter().rev().map(|(place, _, high)| (*place, *high));
        let first = plot.series.first().map_or(GREY, |series| colour(&series.name, 0));
        chart.draw_series([Polygon::new(low.chain(high).collect::<Vec<_>>(), first.mix(0.18).filled())])?;
    }
    for (at, series) in plot.series.iter().enumerate() {
        let colour = colour(&series.name, at);
        let dots = series.points.len() <= 40;
        for run in series.points.split(|(_, value)| value.is_none()) {
            let run: Vec<(f64, f64)> =
                run.iter().filter_map(|(place, value)| Some((*place, (*value)?))).collect();
            if dots || run.len() == 1 {
                chart.draw_series(run.iter().map(|point| Circle::new(*point, 3, colour.filled())))?;
            }
            chart.draw_series(LineSeries::new(run, colour.stroke_width(2)))?;
        }
    }
    if let Some(first) = plot.series.first() {
        let marked = first.points.iter().filter_map(|(place, value)| {
            plot.marks.iter().any(|(mark, _)| mark == place).then_some((*place, (*value)?))
        });
        chart.draw_series(marked.map(|point| TriangleMarker::new(point, 7, MARK.filled())))?;
    }
    Ok(())
}

fn weekday(hours: f64) -> String {
    at(&WEEK.map(str::to_owned), hours / 24.0).unwrap_or_default().to_owned()
}

/// The heights of stacked columns.
fn totals(plot: &Plot, places: &[f64]) -> Vec<f64> {
    let mut totals: Vec<f64> = places.iter().map(|_| 0.0).collect();
    for (place, value) in plot.series.iter().flat_map(|series| &series.points) {
        let at = places.iter().position(|known| known == place);
        if let Some(total) = at.and_then(|at| totals.get_mut(at)) {
            *total += value.unwrap_or(0.0);
        }
    }
    totals
}

/// Bars with their names before them and their numbers behind them.
fn bars(plot: &Plot, area: &Area<'_>, size: Size) -> Drawn {
    let Axis::Names(names) = &plot.axis else { return Ok(()) };
    let most = if size == Size::Narrow { 16 } else { 24 };
    let longest = names.iter().map(|name| name.chars().count().min(most)).max().unwrap_or(1);
    let scale = Scale::round(plot.values(), false, 4);
    let labels = plot.values().map(|value| values::number(value).chars().count()).max().unwrap_or(1);
    let room = LETTER.mul_add(number(labels), 10.0);
    let (left, right) = (if scale.from < 0.0 { room } else { 0.0 }, room);
    let count = number(names.len());
    let cut = |place: f64| {
        let name = at(names, count - place - 0.5).unwrap_or_default();
        format!("{}\u{a0}\u{a0}", super::html::tamed(name, most))
    };
    let ticks = (0..names.len()).map(|at| number(at) + 0.5).collect();
    let mut chart = ChartBuilder::on(area)
        .margin_left(pixels(left))
        .margin_right(pixels(right))
        .margin_top(4)
        .margin_bottom(4)
        .y_label_area_size(pixels(LETTER.mul_add(number(longest), 16.0)))
        .build_cartesian_2d(
            Labelled { range: scale.from..scale.to, ticks: vec![], label: values::tick },
            Labelled { range: 0.0..count, ticks, label: cut },
        )?;
    chart
        .configure_mesh()
        .disable_mesh()
        .disable_x_axis()
        .axis_style(TRANSPARENT)
        .set_all_tick_mark_size(0)
        .label_style(letters())
        .draw()?;
    let each = 0.82 / number(plot.series.len()).max(1.0);
    for (order, series) in plot.series.iter().enumerate() {
        let colour = colour(&series.name, order);
        for (place, value) in &series.points {
            let top = count - place - 0.09 - each * number(order);
            let (bottom, middle) = (top - each * 0.92, top - each * 0.46);
            let Some(value) = *value else { continue };
            chart.draw_series([Rectangle::new([(0.0, top), (value, bottom)], colour.filled())])?;
            let (side, shift) = if value < 0.0 { (HPos::Right, -5) } else { (HPos::Left, 5) };
            let style = letters().pos(Pos::new(side, VPos::Center));
            let label =
                EmptyElement::at((value, middle)) + Text::new(values::number(value), (shift, 0), style);
            chart.draw_series([label])?;
        }
    }
    chart.draw_series([PathElement::new(vec![(0.0, 0.0), (0.0, count)], TEXT.stroke_width(1))])?;
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "counts of what stands in a picture")]
fn number(count: usize) -> f64 {
    count as f64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "lengths in a picture")]
fn pixels(length: f64) -> u32 {
    length.clamp(0.0, 1000.0).round() as u32
}

/// An axis with labels where they are wanted.
struct Labelled<F> {
    range: Range<f64>,
    ticks: Vec<f64>,
    label: F,
}

impl<F> Ranged for Labelled<F> {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    #[allow(clippy::cast_possible_truncation, reason = "the share of a picture")]
    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let share = ((value - self.range.start) / (self.range.end - self.range.start)).clamp(-1.0, 2.0);
        limit.0 + (f64::from(limit.1 - limit.0) * share).round() as i32
    }

    fn key_points<H: KeyPointHint>(&self, hint: H) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl<F: Fn(f64) -> String> ValueFormatter<f64> for Labelled<F> {
    fn format_ext(&self, value: &f64) -> String {
        (self.label)(*value)
    }
}
